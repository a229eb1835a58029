"""Hours through the API: the same windows as on the command line, on fetched bars."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest

from dashboard.models.event import Draft
from dashboard.services.notes import add_note
from tests.api.conftest import build_client
from tests.asgi_client import get
from tests.services.bar_cache import HOURS, fill_cache

MOMENT = datetime(2026, 11, 18, 9, 20, tzinfo=UTC)  # 12:20 in Moscow


@pytest.fixture
def ask(tmp_path):
    """Request the API of a store with hours of the yuan and one note of a known hour."""
    fill_cache(tmp_path)
    app, context = build_client(tmp_path)
    note = add_note(context.notes, Draft("Said at noon", date(2026, 11, 18), moment=MOMENT))
    yield partial(get, app), note.id
    context.notes.close()


def test_a_study_in_hours_has_the_end_of_every_bar(ask):
    get_it, note = ask
    response = f"origin=note&rates={HOURS}&window=-2h:6h&car=0:1h&estimation=90h"
    content = get_it(f"/v1/study.json?{response}&table=paths").json
    assert [row["offset"] for row in content["rows"]] == list(range(-2, 7))
    assert content["rows"][2]["known_at"] == "2026-11-18T09:59:59Z"
    header = get_it(f"/v1/study.csv?{response}&table=paths").body.split(b"\n", 1)[0]
    assert header.endswith(b",ordinary_high,known_at")
    assert note in get_it(f"/v1/study.csv?{response}").body.decode()


def test_one_event_is_seen_through_the_window_requested_for(ask):
    get_it, note = ask
    content = get_it(f"/v1/events/{note}/window.json?series={HOURS}&window=-1h:4h&car=0:2h").json
    assert [point["offset"] for point in content["path"]] == list(range(-1, 5))
    assert content["path"][1]["known_at"] == "2026-11-18T09:59:59Z"
    assert [move["window"] for move in content["moves"]] == ["[0,2]"]
    assert content["moves"][0]["end_known_at"] == "2026-11-18T11:59:59Z"
    assert content["series"]["bar_minutes"] == 60


def test_without_a_window_bars_are_seen_from_two_hours_before_to_six_after(ask):
    get_it, note = ask
    content = get_it(f"/v1/events/{note}/window.json?series={HOURS}").json
    assert [point["offset"] for point in content["path"]] == list(range(-2, 7))
    assert [move["window"] for move in content["moves"]] == ["[0,0]", "[0,1]", "[0,5]", "[-2,-1]"]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/v1/study.json?window=-2h:6h", "window -2h:6h: "),
        (f"/v1/study.json?rates={HOURS}&window=-30m:2h", "whole number of bars"),
        (f"/v1/study.json?rates={HOURS}&rates=usd_rub_cbr", "give series of one length"),
        ("/v1/study.json?estimation=2501", "estimation 2501: is more than 2,500 observations"),
        (f"/v1/events/NOTE/window.json?series={HOURS}&window=0:9999h", "reaches more than 1,440"),
    ],
)
def test_what_does_not_fit_is_a_problem_with_a_sentence(ask, address, message):
    get_it, note = ask
    answer = get_it(address.replace("NOTE", note))
    assert answer.status in {400, 422}
    assert message in answer.json["detail"]
