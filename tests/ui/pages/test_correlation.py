"""The Correlation page: one answer over six parts, each with N, method and correction."""

from __future__ import annotations

from datetime import date

import pytest
import streamlit as st

from dashboard.models.event import Draft, Event, Origin
from dashboard.services.notes import add_note
from dashboard.ui import session
from dashboard.ui.session import KnownEvents
from tests.ui.app_in_test import as_read, figures_of, open_page, page_to_read, press, unfold

PARTS = {
    "lags": ("Before and after the event", 1),
    "hits": ("Did it move as expected?", 1),
    "series": ("The same events on other series", 1),
    "path": ("Day by day around the event", 1),
    "regression": ("All kinds of events in one regression", 0),
    "scores": ("Tone, intensity, crowding", 1),
    "columns": ("Moves by columns of their events", 0),
}


@pytest.fixture
def opened():
    return page_to_read("correlation")


@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens_alone_with_a_small_figure_under_one_answer(part):
    app = page_to_read("correlation", part=part)
    title, figures = PARTS[part]
    assert not app.exception
    assert [head.value for head in app.header] == [title]
    assert [head.value for head in app.title] == ["What moves with the rouble?"]
    assert "Nothing beyond chance: none of 99 correlations and 9 hit rates" in as_read(app)
    sizes = [len(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(sizes) == figures
    assert max(sizes, default=0) < 300_000


def test_the_menu_of_a_part_has_its_chart_and_its_table():
    app = unfold(open_page("correlation", part="hits"), "correlation.download")
    labels = [button.label for button in app.get("download_button")]
    assert {"PNG, web", "SVG, print", "CSV", "Excel"} <= set(labels)
    assert "direction.csv, 9 rows" in as_read(app)


def test_a_series_that_ended_before_most_events_is_grey_and_last():
    (figure,) = figures_of(page_to_read("correlation", part="series"))
    heat, grey = figure["data"]
    columns = figure["layout"]["xaxis"]["ticktext"]
    assert columns[-1] == "Rouble / euro<br>to March 2022"
    assert not any("<br>to" in title for title in columns[:-1])
    assert all(row[-1] is None for row in heat["z"])
    assert all(row[-1] == 0 for row in grey["z"])
    assert any("the series ended on 1 Mar 2022" in row[-1] for row in grey["customdata"])


def test_a_panel_stands_for_all_events_and_for_every_category(opened):
    titles = [note["text"] for note in figures_of(opened)[0]["layout"]["annotations"]]
    assert sum("<b>" in text for text in titles) == 9  # all and the eight of the catalogue


def test_lead_is_explained_and_nothing_is_called_significant(opened):
    said = as_read(opened) + opened.header[0].proto.help
    assert "is a move *before* the event: no effect of it can be there" in said
    for forbidden in ("significant", "because", "due to", "caused by", "reacted"):
        assert forbidden not in said.lower()
    assert "After the Holm correction over all 99" in said  # nine groups, eleven lags


def test_without_any_score_the_page_says_how_to_bring_one():
    app = page_to_read("correlation", part="scores")
    said = as_read(app)
    assert "Chart of events at the same first rate" in [fold.label for fold in app.expander]
    assert "No event has a tone or an intensity yet" in said
    assert "**tone:−3.2**" in said
    assert "Events at the same first rate against the move: Spearman's rho" in said


def test_the_regression_names_its_lags_and_its_n():
    opened = page_to_read("correlation", part="regression")
    # The integer part of 4 (T/100)^(2/9) with T of some 3,300 rates is 8
    assert "Newey-West with 8 lags" in as_read(opened)
    shown = opened.dataframe[0].value
    assert {"Estimate", "Standard error", "t", "p", "p (Holm)", "N"} <= set(shown.columns)
    assert "Constant: an ordinary day" in list(shown["Term"])


def test_a_category_of_the_link_has_its_panel_beside_all_and_the_correction_stays():
    app = open_page("correlation", cat="nato_remark")
    texts = [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    assert sum("<b>" in text for text in texts) == 2
    assert "over all 99" in as_read(app)


def test_a_table_opens_with_n_method_band_and_correction():
    app = open_page("correlation")
    app = press(app, "Table of this part")
    (lags,) = [f.value for f in app.dataframe if "Lag" in f.value.columns]
    assert {"r", "Band", "p (calendar shift)", "p (Holm)", "N", "Method"} <= set(lags.columns)


def test_a_period_without_events_is_told_with_the_controls_kept():
    app = open_page("correlation", **{"from": "1990-01-01", "to": "1990-12-31"})
    assert not app.exception
    assert "No event lies in this period" in as_read(app)
    assert len(app.get("plotly_chart")) == 0


def test_a_category_without_events_leaves_the_others():
    app = open_page("correlation", cat="other")
    assert not app.exception
    texts = [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    assert sum("<b>" in text for text in texts) == 1  # all events


def test_tones_of_notes_are_set_against_the_moves(monkeypatch):
    catalogue = session.get_context().catalogue.events()
    notes = tuple(
        Event(f"n{k}", date(2024, 3, 1 + 2 * k), "<b>$x$</b>", tags=(f"tone:{k - 3}",),
              origin=Origin.NOTE)
        for k in range(8)
    )  # fmt: skip
    unread = Event("u", date(2024, 5, 6), "Unread", tags=("tone:high",), origin=Origin.NOTE)
    known = KnownEvents((*catalogue, *notes, unread), "made")
    monkeypatch.setattr(session, "get_known_events", lambda: known)
    app = open_page("correlation", part="scores")
    said = as_read(app)
    assert "Tone against the move: Spearman's rho" in said
    assert "N = 8" in said
    assert "No event has a tone" not in said
    assert "1 tag without a number" in said
    (dots,) = [f["data"][0] for f in figures_of(app) if f["data"][0].get("x") == list(range(-3, 5))]
    assert "<b>" not in dots["customdata"][0].split("<br>")[1]


def test_the_response_says_bands_n_and_what_came_before():
    opened = page_to_read("correlation", part="path")
    said = as_read(opened) + opened.header[0].proto.help.replace("\\", "").replace("\u2060", "")
    assert "weaker 1 rate after the first (95 % band" in said
    assert "weaker 5 rates after the first (95 % band" in said
    assert "first rates." in said
    assert "Before the event (−5 to −2)" in said
    assert "no return of EUR/USD" in said  # the control of the page, by its title
    (path,) = [f for f in figures_of(opened) if f["data"][-1].get("name") == "move from the base"]
    assert path["data"][-1]["x"] == list(range(-5, 21))


def test_the_response_of_a_category_is_in_the_link():
    app = open_page("correlation", part="path", projection="escalation", ctrl="none")
    assert not app.exception
    said = as_read(app) + app.header[0].proto.help
    assert "Escalation: " in said
    assert "with no other series" in said


def test_the_table_of_responses_has_both_errors_and_every_horizon():
    app = open_page("correlation", part="path", projection="peace_talks")
    folds = [fold for fold in app.expander if "(26 rows)" in fold.label]
    assert len(folds) == 1
    app.session_state["correlation.fold.projections"] = True
    app.run()
    (table,) = [f.value for f in app.dataframe if "Horizon" in f.value.columns]
    assert list(table["Horizon"])[:5] == ["−5", "−4", "−3", "−2", "−1"]
    assert len(table) == 26
    assert {"Error, HC1", "Error, Newey-West", "p (all horizons)", "N (rates)"} <= set(
        table.columns
    )


def test_a_category_without_a_measured_event_has_no_response():
    app = open_page("correlation", part="path", projection="other")
    assert not app.exception
    assert "No event of this category is measured on this series." in as_read(app)


DECISIONS = ("2024-02-16", "2024-03-22", "2024-04-26", "2024-06-07", "2024-07-26", "2024-09-13")


def test_moves_stand_against_the_surprise_and_few_decisions_get_no_verdict():
    st.cache_resource.clear()
    notes = session.get_context().notes
    for k, day in enumerate(DECISIONS):
        draft = Draft(f"Decision {k}", date.fromisoformat(day), category="energy",
                      value_actual=16.0 + k, value_expected=16.0, value_unit="%")  # fmt: skip
        add_note(notes, draft)
    app = open_page("correlation", part="dose", of="energy")
    assert not app.exception
    text = as_read(app)
    assert "No verdict (6 clusters of events, fewer than 8" in text
    assert "per percentage point of the surprise" in text
    (figure,) = figures_of(app)
    assert figure["data"][-1]["x"] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert {note["text"] for note in figure["layout"]["annotations"]} <= {
        f"Decision {k}" for k in range(6)
    }
    assert "dose_events.csv, 6 rows" in as_read(unfold(app, "correlation.download"))
