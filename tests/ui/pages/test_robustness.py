"""The Robustness page: run, watched, cancelled; the curve, its words and its way to Compare."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from dashboard.models.analyses import SpecificationGrid
from dashboard.models.study import Headline
from dashboard.services import robustness
from dashboard.ui import session
from dashboard.ui.components.robustness_run import (
    RUN_KEY,
    build_run_key,
    build_usual_request,
    get_cached_answers,
)
from dashboard.ui.pages.robustness import page as robustness_page
from dashboard.ui.pages.robustness import state as robustness_state
from dashboard.ui.pages.robustness.messages import describe_relation
from tests.ui.app_in_test import as_read, open_page, press

SMALL = {"car": ["0:0", "0:1"], "estimation": ["120"], "gap": ["10"], "overlap": ["keep"],
         "events": ["all", "alone"]}  # fmt: skip
SECONDS = 60


def finished(app):
    """The page after its run has ended."""
    until = time.monotonic() + SECONDS
    while app.session_state[RUN_KEY].poll().is_running and time.monotonic() < until:
        time.sleep(0.05)
    return app.run()


@pytest.fixture
def opened():
    return finished(open_page("robustness", **SMALL))


@pytest.fixture
def held():
    """A run that has to wait, because another one goes first."""
    with robustness.RUN_LOCK:
        yield open_page("robustness", **SMALL)


def test_every_combination_is_a_point_and_the_plain_study_is_among_them(opened):
    assert not opened.exception
    assert "2 windows × 2 models × 2 choices of events = 8 specifications" in as_read(opened)
    figure = json.loads(opened.get("plotly_chart")[0].proto.spec)
    assert len(figure["data"][2]["x"]) == 8
    assert figure["data"][2]["y"] == sorted(figure["data"][2]["y"])
    assert len(figure["data"]) == 4  # with the ring round the plain study


def test_the_joint_p_is_told_with_its_clusters_and_the_single_ones_with_what_chance_gives(opened):
    said = as_read(opened)
    assert re.search(
        r"\d % of 8 distinct choices agree: rouble \d\.\d+ % \w+ at the median after NATO remarks"
        r" \(joint p = 0\.\d+\)",
        opened.title[0].value.replace("\u202f", " ").replace("\\", ""),
    )
    assert "Not corrected for other groups you tried." in said
    assert re.search(
        r"Taken together: joint p \S+\. With the signs of whole clusters of events \(\d+ of them\)",
        said,
    )
    assert re.search(r"Times the \d+ categories that could be asked \(Bonferroni\): p ", said)
    assert "Compare’s declared test" in said or "Compare has the verdict" in said
    assert "have a p below 0.05, uncorrected; about 5\u202f% would by chance alone" in said
    for forbidden in ("significant", "because", "due to", "reacted"):
        assert forbidden not in said.lower()


def test_while_it_runs_there_is_a_bar_and_a_way_to_end_it(held):
    assert any("Waiting for another" in bar.proto.text for bar in held.get("progress"))
    assert len(held.get("plotly_chart")) == 0
    app = press(held, "Cancel")
    app.session_state[RUN_KEY].wait(SECONDS)
    app.run()
    assert "Cancelled after 0 of 8 specifications; nothing is shown of a part" in as_read(app)


def test_a_cancelled_run_can_be_started_again(held):
    held.session_state[RUN_KEY].cancel()
    held.session_state[RUN_KEY].wait(SECONDS)
    app = held.run()
    robustness.RUN_LOCK.release()
    try:
        app = finished(press(app, "Run again"))
        assert "of 8 distinct choices agree" in as_read(app)
    finally:
        robustness.RUN_LOCK.acquire()


def test_another_choice_ends_the_run_of_the_first(held):
    before = held.session_state[RUN_KEY]
    held.multiselect(key="view:cat").set_value(["sanctions"]).run()
    assert held.session_state[RUN_KEY] is not before
    assert before.wait(SECONDS).is_cancelled


def test_many_specifications_wait_to_be_asked_for(monkeypatch):
    monkeypatch.setattr("dashboard.ui.pages.robustness.state.MAX_IMMEDIATE_RUNS", 4)
    app = open_page("robustness", **SMALL)
    assert RUN_KEY not in app.session_state
    app = finished(press(app, "Run 8 specifications"))
    assert "of 8 distinct choices agree" in as_read(app)


def test_more_than_the_most_are_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(robustness_state, "MAX_SPECIFICATIONS", 7)
    app = open_page("robustness", **SMALL)
    assert "8 specifications are more than 7, the most that this page runs" in as_read(app)
    assert RUN_KEY not in app.session_state


def test_a_group_without_events_is_told():
    app = open_page("robustness", cat="other", **SMALL)
    assert not app.exception
    assert "No event fits this choice" in as_read(app)


def test_a_group_that_no_rate_reaches_has_no_curve():
    app = finished(open_page("robustness", **SMALL, cat="all", **{"from": "2026-10-01"}))
    assert not app.exception
    assert "No specification has an event with a move" in as_read(app)


def test_a_model_with_a_factor_takes_the_one_of_the_link_or_a_usual_one():
    app = finished(open_page("robustness", **SMALL | {"model": ["market"]}, cat="sanctions"))
    assert "4 specifications" in as_read(app)
    assert app.selectbox(key="view:factor").value == "eur_usd_ecb"


def test_other_series_of_the_rouble_can_stand_beside():
    app = finished(open_page("robustness", **SMALL, also="cny_rub_cbr"))
    assert "2 series × 2 windows × 2 models × 2 choices of events = 16" in as_read(app)
    refused = open_page("robustness", **SMALL, also="eur_usd_ecb")
    assert "also=eur" in as_read(refused)


def test_a_chosen_row_has_a_card_with_its_choices(opened, monkeypatch):
    monkeypatch.setattr(robustness_page, "get_picked_place", lambda _state, _rows: 2)
    app = opened.run()
    said = as_read(app)
    assert "Specification 3 of 8" in said
    assert "120 rows, gap 10" in said


def test_the_rows_of_choices_are_named_in_words(opened):
    figure = json.loads(opened.get("plotly_chart")[0].proto.spec)
    labels = figure["layout"]["yaxis2"]["ticktext"]
    assert labels[:2] == ["<b>Window</b>  first fixing", "first 2 fixings"]
    assert not any("[" in label for label in labels)


@pytest.mark.parametrize(
    ("joint", "declared", "said"),
    [
        (0.01, 0.18, "Compare has the verdict: its declared test asks whether the mean of one study"
                     " is beyond chance (p = 0.18, 17 events); the joint p = 0.010 says only"),
        (0.30, 0.02, "finds the mean beyond chance (p = 0.020, 17 events), but the joint p = 0.30"),
        (0.01, 0.02, "(p = 0.020, 17 events) and the joint p = 0.010 over all choices agree"),
        (0.30, 0.18, "(p = 0.18, 17 events) and the joint p = 0.30 over all choices agree"),
    ],
)  # fmt: skip
def test_the_joint_p_is_set_beside_that_of_compare(joint, declared, said):
    answer = SimpleNamespace(joint_p=joint, draws=1_000)
    headline = Headline("g", (0, 1), 17, 16, 13, 0.005, 0.004, 0.003, -0.002, 0.012, declared,
                        declared, 0.013, "", 1.3)  # fmt: skip
    assert said in describe_relation(answer, headline)
    for nothing in (None, replace(headline, reason="too few clusters")):
        assert "The verdict is that of Compare" in describe_relation(answer, nothing)


def test_what_was_run_here_stands_on_compare_and_a_run_there_stands_here(opened):
    """The same events and choices have one answer, whichever page asked for it."""
    assert "8 distinct choices" in as_read(opened)
    series, known = session.load_series("usd_rub_cbr"), session.get_known_events()
    events = [event for event in known.events if event.category == "nato_remark"]
    usual = build_usual_request(series, events, known.events, "log")
    grid = SpecificationGrid(series=("usd_rub_cbr",), windows=((0, 0), (0, 1)), estimations=(120,),
                             gaps=(10,), overlaps=("keep",),
                             event_filters=("all", "alone"))  # fmt: skip
    key = build_run_key(replace(usual, grid=grid), known.version)
    assert len(get_cached_answers().get(key).rows) == 8
