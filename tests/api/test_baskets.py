"""Baskets by the API: the same bytes as the command line, lists of a person, what is refused."""

import json

import pytest

from dashboard.services.admin import create_token
from tests.api.conftest import rows_of

EVENT = "/v1/events/hegseth-nato-2025-02-12"
DESK = json.dumps({"members": ["usd_rub_cbr", "moex:RGBI"]}).encode()


@pytest.fixture
def anna(own_client):
    """Requests with the token of Anna, and the client without it."""
    ask, context = own_client
    secret, _token = create_token(context.notes.tokens, "desk", "anna")
    headers = {"authorization": f"Bearer {secret}", "content_type": "application/json"}
    return ask, headers


def test_one_event_on_a_basket_is_one_table(ask):
    rows = rows_of(ask(f"{EVENT}/basket.csv?basket=peace-and-war"))
    assert len(rows) == 10
    answer = ask(f"{EVENT}/basket.json?basket=peace-and-war").json
    assert answer["basket"] == "peace-and-war"
    assert [row["series"] for row in answer["rows"]] == [row["series"] for row in rows]
    numbers = [row for row in answer["rows"] if row["placebo_p"] is not None]
    assert {row["family"] for row in numbers} == {len(numbers)}
    assert "was fetched yet" in answer["rows"][-1]["reason"]


@pytest.mark.parametrize(
    ("query", "status"), [("basket=roubel", 400), ("window=5:0", 400), ("window=a", 422)]
)
def test_a_wrong_request_says_what(ask, query, status):
    assert ask(f"{EVENT}/basket.json?{query}").status in {status, 422}
    assert ask("/v1/events/none/basket.json").status == 404


def test_a_basket_of_a_person_is_stored_and_seen_by_this_person_alone(anna):
    ask, headers = anna
    assert ask("/v1/baskets/desk", method="PUT", body=DESK).status == 401
    stored = ask("/v1/baskets/desk", method="PUT", body=DESK, **headers)
    assert (stored.status, stored.json["members"]) == (200, ["usd_rub_cbr", "moex:RGBI"])
    own = ask("/v1/baskets.json", **headers).json["rows"]
    assert (own[-1]["name"], own[-1]["series"][1]["series"]) == ("desk", None)
    assert all(row["shipped"] for row in ask("/v1/baskets.json").json["rows"])
    assert ask(f"{EVENT}/basket.csv?basket=desk", **headers).status == 200
    assert ask(f"{EVENT}/basket.csv?basket=desk").status in {400, 422}
    assert ask("/v1/baskets/desk", method="DELETE", **headers).status == 204
    assert ask("/v1/baskets/desk", method="DELETE", **headers).status == 204
    assert ask("/v1/baskets.json", **headers).json["rows"][-1]["shipped"]


@pytest.mark.parametrize(
    ("name", "body"),
    [("energy", DESK), ("A B", DESK), ("x", b'{"members": []}'), ("x", b'{"members": ["<b>"]}')],
)
def test_what_is_no_basket_is_not_stored(anna, name, body):
    ask, headers = anna
    path = f"/v1/baskets/{name.replace(' ', '%20')}"
    assert ask(path, method="PUT", body=body, **headers).status in {400, 422}
