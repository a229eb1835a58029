"""Scheduled events on the pages: to the right of today, as a countdown, in a list of their own."""

from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import Draft
from dashboard.services.notes import add_note
from dashboard.ui import session
from tests.ui.app_in_test import HOSTILE, as_read, figure_of, has_markup, open_page, words_of

DECISION = "Bank of Russia decision on the key rate"
USUAL = "Usual move over the first two fixings, up or down: "


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the pages: noon in UTC on a day."""

    def set_day(day):
        moment = datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC)
        monkeypatch.setattr(session, "get_wall_time", lambda: moment)

    set_day("2026-11-30")
    return set_day


def traces_of(app):
    return {trace.get("name"): trace for trace in figure_of(app)["data"]}


def axis_end(app):
    return figure_of(app)["layout"]["xaxis"]["range"][1]


@pytest.mark.usefixtures("at")
def test_explore_goes_on_to_the_right_of_today_and_counts_down():
    app = open_page()
    words = as_read(app)
    assert f"**{DECISION} in 18 days**" in words
    assert "Fri 18 Dec 2026, 13:30 MSK" in words
    assert USUAL in words
    scheduled = traces_of(app)["scheduled"]
    assert scheduled["x"] == ["2026-12-18", "2027-02-12"]
    assert set(scheduled["marker"]["symbol"]) == {"square-open-dot"}
    assert "in 18 days" in scheduled["customdata"][0]
    # 12 % of the two years are 87.5 days: from 30 November to 26 February, and the margin
    assert axis_end(app).startswith("2027-03-0")
    assert "today" in {note["text"] for note in figure_of(app)["layout"]["annotations"]}
    assert "To the right of today: 2 scheduled events." in app.get("plotly_chart")[0].proto.alt
    assert app.query_params == {}


@pytest.mark.usefixtures("at")
def test_events_after_the_last_rate_are_on_an_axis_that_goes_beyond_it():
    days = traces_of(open_page())["events"]["x"]
    assert max(days) > "2026-09-30"  # the catalogue goes to 9 October, the rates to 1 September
    narrow = traces_of(open_page(**{"from": "2026-08-01"}))["events"]["x"]
    assert max(narrow) <= "2026-09-01"


@pytest.mark.usefixtures("at")
def test_a_day_that_lies_ahead_has_its_event_and_no_rate():
    words = words_of(open_page(sel="2026-12-18"))
    assert "This day lies ahead, in 18 days: there is no rate yet." in words
    assert "**Scheduled for this day**" in words
    assert "#### Fri 18 Dec 2026" in words
    assert "The last rate before it" not in words


def test_a_filter_and_a_narrow_window_leave_the_axis_where_the_rates_end(at):
    assert "scheduled" not in traces_of(open_page(cat="sanctions"))
    narrow = open_page(**{"from": "2026-08-01"})  # the rates end 90 days before today
    assert axis_end(narrow).startswith("2026-09-01")
    assert f"**{DECISION} in 18 days**" in words_of(narrow)
    at("2028-01-10")  # every meeting that ships is over
    late = open_page()
    assert axis_end(late).startswith("2026-09-05")
    assert DECISION not in words_of(late)


@pytest.mark.usefixtures("at")
def test_the_list_of_upcoming_events_has_a_note_with_a_future_day_too():
    draft = Draft("Summit in Geneva", date(2026, 12, 12), category="leader_call_or_summit")
    open_page("events")
    add_note(session.get_live_context().notes, draft, now=session.get_wall_time)
    app = open_page("events", show="upcoming")
    frame = app.dataframe[0].value
    assert frame["Title"].tolist()[:2] == ["Summit in Geneva", DECISION]
    assert frame["Days"].tolist()[:2] == ["in 12 days", "in 18 days"]
    assert frame["When, MSK"].tolist()[:2] == [
        "Sat 12 Dec 2026, time not known",
        "Fri 18 Dec 2026, 13:30",
    ]
    assert frame["Rests on"][1].startswith("Monetary policy: 89 events on 88 rates, 2014–2026")
    assert "**10 scheduled events**" in words_of(app)
    assert "Summit in Geneva in 12 days: see *Upcoming*." in words_of(open_page("events"))
    explore = open_page()
    assert "2026-12-12" in traces_of(explore)["scheduled"]["x"]
    assert "2026-12-12" not in traces_of(explore)["events"]["x"]


@pytest.mark.usefixtures("at")
def test_the_page_of_a_scheduled_event_says_not_yet_and_what_is_usual():
    words = as_read(open_page("event", id="cbr-2027-02-12"))
    assert "### Not yet: in 74 days, Fri 12 Feb 2027, 13:30 MSK" in words
    assert USUAL in words
    assert "Monetary policy: 89 events on 88 rates, 2014–2026" in words


@pytest.mark.usefixtures("at")
def test_a_frozen_view_does_not_know_the_calendar_of_today():
    app = open_page(asof="2026-06-01")
    assert DECISION not in words_of(app)
    assert "scheduled" not in traces_of(app)


@pytest.mark.usefixtures("at")
def test_the_title_of_a_scheduled_event_is_shown_as_it_is():
    open_page("events")
    draft = Draft(HOSTILE, date(2026, 12, 5), text=HOSTILE, source_name=HOSTILE)
    note = add_note(session.get_live_context().notes, draft, now=session.get_wall_time)
    app = open_page()
    hover = traces_of(app)["scheduled"]["customdata"][0]
    assert "&lt;img src=x&gt; ![a](http://x) &lt;b&gt;<br>in 5 days · " in hover
    assert "<img" not in hover
    assert f"**{HOSTILE} in 5 days**" in as_read(app)
    pages = (app, open_page(sel="2026-12-05"), open_page("event", id=note.id),
             open_page("events", show="upcoming", sel=note.id))  # fmt: skip
    assert [has_markup(page) for page in pages] == [False] * 4
