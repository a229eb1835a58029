"""Tickers over the network: the search, the fetch with a token, and that a GET asks nobody."""

from datetime import date
from functools import partial
from urllib.parse import quote

import pytest

from dashboard.api.dependencies import get_live_context
from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.services.admin import create_token
from tests.api.conftest import build_client, rows_of
from tests.asgi_client import get
from tests.replica.market import made


@pytest.fixture
def desk(tmp_path, replica):
    """An API whose services are the replica, and Ann's token."""

    def start(**more):
        settings = Settings(
            dashboard_home=tmp_path, database_url=None, dashboard_user="Ann",
            dashboard_upstream=replica.url, **{"dashboard_offline": False} | more,
        )  # fmt: skip
        context = build_context(settings, interface="api")
        app, unused = build_client(tmp_path)
        app.dependency_overrides[get_live_context] = lambda: context
        opened.extend((context, unused))
        ask = partial(get, app)
        ask.tokens = context.notes.tokens
        return ask

    opened = []
    yield start
    for context in opened:
        context.notes.close()


def token_of(tokens, scope="write"):
    name = f"desk-{scope}-{len(tokens.tokens())}"
    secret, _ = create_token(tokens, name, "Ann", scope=scope)
    return {"authorization": f"Bearer {secret}"}


READS = (
    "/v1/rates.json?series={name}", "/v1/facts.json?date=2025-02-12&rates={name}",
    "/v1/value.txt?series={name}", "/v1/study.json?rates={name}", "/v1/rates/search?q={name}",
    "/v1/events/kellogg-nato-off-table-2025-04-20/window.json?series={name}",
)  # fmt: skip


@pytest.mark.parametrize("address", READS)
def test_a_get_never_asks_a_publisher_and_says_what_to_do(desk, replica, address):
    answer = desk()(address.format(name=quote("yahoo:UAH=X")))
    assert replica.requests == []
    if "search" not in address:
        assert answer.status in {400, 422}
        assert b"yahoo:UAH=X: nothing was fetched yet" in answer.body


def test_a_fetched_ticker_is_taken_by_every_address(desk, replica):
    ask = desk()
    answer = ask(
        "/v1/rates/fetch?series=yahoo:uah%3Dx&series=ecb:GBP", method="POST", **token_of(ask.tokens)
    )
    assert answer.status == 200, answer.body
    outcomes = {row["series"]: row["outcome"] for row in answer.json["results"]}
    assert outcomes == {"ecb:GBP": "new", "yahoo:UAH=X": "new"}
    count = len(replica.requests)
    for address in READS:
        assert ask(address.format(name=quote("yahoo:UAH=X"))).status == 200, address
    assert len(replica.requests) == count
    (row,) = rows_of(ask("/v1/rates.csv?series=ecb:gbp&from=2025-02-12&to=2025-02-12"))
    assert row["series"] == "ecb:GBP"
    assert float(row["rate"]) == round(made("GBP", date(2025, 2, 12)), 4)


def test_a_fetch_needs_a_token_that_may_write(desk, replica):
    ask = desk()
    address = "/v1/rates/fetch?series=moex:SBER"
    assert ask(address, method="POST").status == 401
    assert ask(address, method="POST", **token_of(ask.tokens, "read")).status == 403
    cross_site = {"origin": "https://elsewhere.example"} | token_of(ask.tokens)
    assert ask(address, method="POST", **cross_site).status == 403
    assert replica.requests == []


def test_a_public_or_offline_instance_fetches_nothing(desk, replica):
    ask = desk()
    headers, address = token_of(ask.tokens), "/v1/rates/fetch?series=moex:SBER"
    assert desk(dashboard_public=True)(address, method="POST", **headers).status == 403
    offline = desk(dashboard_offline=True)(address, method="POST", **headers)
    assert offline.status == 409
    frozen = ask(f"{address}&asof=2026-01-01", method="POST", **headers)
    assert frozen.status == 409
    assert replica.requests == []


def test_what_could_not_be_fetched_is_told(desk):
    ask = desk()
    answer = ask("/v1/rates/fetch?series=moex:NOPE", method="POST", **token_of(ask.tokens))
    (row,) = answer.json["results"]
    assert (answer.status, answer.json["status"], row["outcome"]) == (200, "failed", "failed")
    assert row["told"].startswith("series moex:NOPE: Moscow Exchange has nothing of this name")
    wrong = ask(
        "/v1/rates/fetch?series=bloomberg:X", method="POST", **token_of(ask.tokens, "write")
    )
    assert wrong.status == 400
    assert b"no publisher is called bloomberg" in wrong.body


def test_the_search_answers_ids_that_can_be_asked_for(desk, replica):
    answer = desk()("/v1/rates/search?q=" + quote("тенге"))
    assert answer.json["series"][0] == {
        "id": "cbr:KZT", "title": "KZT/RUB, official rate", "publisher": "Bank of Russia",
        "kind": "rate", "note": None, "stored": False,
    }  # fmt: skip
    assert answer.json["problems"] == []
    assert replica.requests == []
