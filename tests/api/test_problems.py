"""Errors of the API: RFC 9457, one line each, without internals."""

import re
from dataclasses import replace

import pytest

from dashboard.api.app import build_app
from dashboard.api.dependencies import get_live_context
from dashboard.models.errors import StoreError
from tests.asgi_client import get

WRONG = {
    "/v1/rates.csv?series=nope": (400, "series nope: not known; choose one of usd_rub_cbr"),
    "/v1/rates.csv?sereis=usd_rub_cbr": (422, 'sereis: "usd_rub_cbr" there is no such parameter'),
    "/v1/rates.csv?from=2024-13-01": (422, 'from: "2024-13-01" is not a date'),
    "/v1/rates.csv?from=02.03.2024": (422, 'from: "02.03.2024" is not a date'),
    "/v1/rates.csv?flavour=xml": (422, 'flavour: "xml" is unknown; take one of plain, excel'),
    "/v1/rates.json?limit=0": (422, 'limit: "0" is too small; at least 1'),
    "/v1/rates.json?limit=10001": (422, 'limit: "10001" is too large; at most 10000'),
    "/v1/rates.json?offset=-1": (422, 'offset: "-1" is too small; at least 0'),
    "/v1/rates.json?offset=many": (422, 'offset: "many" is not a whole number'),
    "/v1/events.json?category=wars": (400, 'category: "wars" is unknown; take one of sanctions'),
    "/v1/events.json?from=2025-01-02&to=2025-01-01": (400, "to: 2025-01-01 is before from"),
    "/v1/events.csv?q=" + "a" * 201: (422, "is too long; at most 200 characters"),
    "/v1/events/nope": (404, "nope: there is no event with this id"),
    "/v1/events/note-nope": (404, "note-nope: there is no event with this id"),
    "/v1/events/nope/window.csv": (404, "nope: there is no event with this id"),
    "/v1/study.csv?window=wide": (422, 'window: "wide" is not a window; write it as -5:10'),
    "/v1/study.csv?car=0:20": (400, "car 0:20: lies outside the event window -5:10"),
    "/v1/study.csv?min_estimation=200": (400, "min_estimation 200: must lie between 3 and"),
    "/v1/study.csv?model=magic": (400, "model magic: not known; choose one of none, mean"),
    "/v1/study.csv?rates=nope": (400, "series nope: not known"),
    "/v1/rates.csv?from=1400000000": (422, 'from: "1400000000" is not a date'),
    "/v1/facts.json?date=2025-04-21&since=-6.2e-113": (422, 'since: "-6.2e-113" is not a date'),
    "/v1/facts.json": (422, "date: is missing"),
    "/v1/facts.json?date=1900-01-01": (400, "1900-01-01"),
    "/v1/facts.json?date=2099-01-01": (400, "more than a year after the data"),
    "/v2/rates.csv": (404, "There is nothing at this address"),
    "/docs": (404, "There is nothing at this address"),
}


@pytest.mark.parametrize("address", WRONG)
def test_what_is_wrong_is_reported_with_the_way_out(ask, address):
    status, output = WRONG[address]
    answer = ask(address)
    problem = answer.json
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.status, problem["status"]) == (status, status)
    assert output in problem["detail"]
    assert set(problem) >= {"type", "title", "detail", "instance"}
    assert problem["instance"] == "/api" + re.sub(r"\?.*", "", address)


def test_writing_is_not_offered(ask):
    answer = ask("/v1/events.json", method="POST")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET"
    assert answer.headers["content-type"] == "application/problem+json"


def test_several_mistakes_are_reported_at_once(ask):
    problem = ask("/v1/rates.json?from=x&limit=y&colour=z").json
    assert len(problem["errors"]) == 3


def test_what_was_given_is_shortened_and_made_harmless(ask):
    problem = ask("/v1/rates.json?limit=" + "%00%0A" + "9x" * 500).json
    assert len(problem["detail"]) < 200
    assert problem["detail"].isprintable()


def broken_app(context, **parts):
    """An application with some parts of its context replaced."""
    app = build_app()
    app.dependency_overrides[get_live_context] = lambda: replace(context, **parts)
    return app


def test_a_failing_store_is_reported_clearly(own_client, caplog):
    class FailingNotes:
        def for_user(self, person):
            return self

        def notes(self, *, with_deleted=False):
            raise StoreError("the notes cannot be read now; try again in a moment")

    answer = get(broken_app(own_client[1], notes=FailingNotes()), "/v1/events.json")
    assert answer.status == 503
    assert answer.json["detail"] == "the notes cannot be read now; try again in a moment"
    assert "Traceback" in caplog.text


def test_an_unforeseen_error_shows_a_number_that_is_in_the_log(own_client, caplog):
    class BrokenRates:
        def __iter__(self):
            raise RuntimeError("select * from secrets at /home/somebody")

    app = broken_app(own_client[1], rates=BrokenRates())
    answer = answered_before_raising(app, "/v1/rates.csv")
    assert answer.status == 500
    assert "secrets" not in answer.body.decode()
    assert "/home" not in answer.body.decode()
    assert answer.json["error_id"] in caplog.text


def answered_before_raising(app, address):
    """The server's answer; Starlette raises the error again afterwards, for the server's log."""
    answers = []

    async def keeping(scope, receive, send):
        async def keep(message):
            answers.append(message)
            await send(message)

        try:
            await app(scope, receive, keep)
        except RuntimeError:
            assert answers

    return get(keeping, address)


def test_other_sites_are_given_no_leave_to_read(ask):
    answer = ask("/v1/events.json", origin="https://evil.example")
    assert not [name for name in answer.headers if name.startswith("access-control")]
