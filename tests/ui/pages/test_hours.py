"""Pages with a series of bars: a timed event in hours, the clock of Moscow, links that keep it."""

from datetime import UTC, date, datetime

import pytest
import streamlit as st

from dashboard.models.event import Draft
from dashboard.services.notes import add_note
from dashboard.ui import session
from tests.services.bar_cache import HOURS, fill_cache
from tests.ui.app_in_test import figure_of, open_page, tables_of, words_of

NOON = datetime(2026, 11, 18, 9, 20, tzinfo=UTC)  # 12:20 in Moscow, in the bar 12:00-13:00
FRIDAY_NIGHT = datetime(2026, 11, 20, 19, 40, tzinfo=UTC)
TENS = "cny_rub_moex_10m"


@pytest.fixture
def bars(dashboard_home, monkeypatch):
    """A home with hours and ten minutes of the yuan; nothing is fetched."""
    fill_cache(dashboard_home, HOURS, TENS)
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    st.cache_resource.clear()


def note_at(moment, day=date(2026, 11, 18)):
    draft = Draft("Said", day, moment=moment, category="nato_remark")
    return add_note(session.get_context().notes, draft).id


def open_event(note, **link):
    app = open_page("event", id=note, **link)
    assert not app.exception
    return app


def told(app):
    """What a page says, without the joiners that keep text from being taken for Markdown."""
    return words_of(app).replace("\u2060", "")


def axis_of(app):
    return figure_of(app)["layout"]["xaxis"]


def test_a_timed_event_is_shown_in_hours_of_moscow(bars):
    app = open_event(note_at(NOON), series=HOURS)
    words = told(app)
    assert "Wed 18 Nov 2026, 12:00–13:00 MSK" in words
    assert "over the first 2 bars (2 hours)" in words
    assert "It came inside a bar" in words
    assert axis_of(app)["ticktext"][0] == "<b>11:00</b><br>2 h before<br>Wed 18 Nov"
    assert axis_of(app)["ticktext"][-1].startswith("<b>19:00</b><br>6 h after")
    (behind,) = (table for table in tables_of(app) if "Bar (Moscow time)" in table)
    assert behind["Bar (Moscow time)"].iloc[0] == "Wed 18 Nov 2026, 10:00–11:00 MSK"
    assert behind["From the event"].iloc[-1] == "6 hours after"


def test_the_window_in_hours_is_in_the_link_and_waits_while_days_are_shown(bars):
    note = note_at(FRIDAY_NIGHT, date(2026, 11, 20))
    app = open_event(note, series=HOURS, wh="-6h:12h")
    assert axis_of(app)["range"] == [-6.6, 12.6]
    assert "weekend session" in [n["text"] for n in figure_of(app)["layout"]["annotations"]]
    control = next(box for box in app.selectbox if box.label == "Window, time of trading")
    assert control.value == "-6h:12h"
    control.set_value("-12h:24h").run()
    assert app.query_params["wh"] == "-12h:24h"
    series = next(box for box in app.selectbox if box.label == "Series")
    series.set_value("usd_rub_cbr").run()
    assert app.query_params["wh"] == "-12h:24h"  # it waits
    assert "not valid" not in told(app)


def test_a_window_that_is_no_whole_bar_is_ignored_and_told(bars):
    note = note_at(NOON)
    app = open_event(note, series=HOURS, wh="-30m:90m")
    assert "wh=-30m:90m" in told(app)
    assert axis_of(app)["range"] == [-2.6, 6.6]
    app = open_event(note, series=TENS, wh="-30m:90m")
    assert axis_of(app)["range"] == [-3.6, 9.6]
    assert "not valid" not in told(app)


def test_an_event_without_an_hour_is_not_measured_on_bars(bars):
    app = open_event(note_at(None), series=HOURS)
    assert "hour unknown" in told(app)
    assert not app.get("plotly_chart")


def test_explore_shows_bars_by_the_clock_of_moscow(bars):
    note_at(NOON)
    app = open_page(series=HOURS)
    assert not app.exception
    line = figure_of(app)["data"][0]
    assert line["x"][-1] == "2026-11-23T19:00:00"
    assert axis_of(app)["title"]["text"] == "Moscow time"
    words = told(app)
    assert "Largest one-hour moves in view (5)" in [e.label for e in app.expander]
    assert "in the last bar of the day, to 19:00 MSK" in words
    assert app.query_params == {"series": HOURS}


@pytest.mark.parametrize("page", ["events", "data", "method"])
def test_no_page_minds_a_series_of_bars(bars, page):
    note_at(NOON)
    app = open_page(page, series=HOURS)
    assert not app.exception
    assert "not valid" not in told(app)
