"""The calendar that looks ahead: what is upcoming, entries of an address, what was usual."""

import statistics
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import Event, HourKind, Origin
from dashboard.models.inbox import Publisher
from dashboard.services.inbox import count_inbox, list_inbox
from dashboard.services.news import NewFeed, refresh_news, register_feed
from dashboard.services.schedule import (
    add_usual_moves,
    calendar_events,
    days_until,
    find_any_event,
    is_upcoming,
    upcoming_events,
    upcoming_json,
)
from dashboard.services.study import usual_moves
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.events.feed import FEED_LIMITS, Feed, PoliteFetcher
from dashboard.sources.events.schedule import Schedule
from dashboard.sources.feeds.registry import FeedRegistry
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from dashboard.storage.inbox import InboxRepository
from dashboard.storage.notes import NoteRepository
from tests.made_series import event_at_row, series_of_returns
from tests.replica import Replica
from tests.replica.wire import Reply
from tests.sources.made_clock import MadeClock

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)  # 15:00 in Moscow
MINE = Publisher("mine", "Calendar of summits", "https://tass.com/rss/v2.xml")


def event(day, event_id="one", *, at=None, **more):
    moment = None if at is None else datetime.fromisoformat(f"{day}T{at}:00+00:00")
    return Event(
        event_id, date.fromisoformat(day), more.pop("title", event_id), moment=moment, **more
    )


# ---------------------------------------------------------------- what is upcoming


@pytest.mark.parametrize(
    ("of", "ahead"),
    [
        (event("2026-12-01"), True),
        (event("2026-11-30"), True),  # the hour is not known, and the day is not over
        (event("2026-11-29"), False),
        (event("2026-11-30", at="12:01"), True),
        (event("2026-11-30", at="12:00"), False),
        (event("2026-11-30", at="11:00"), False),
    ],
)
def test_an_event_is_upcoming_until_its_moment_or_the_end_of_its_day(of, ahead):
    assert is_upcoming(of, NOW) is ahead


def test_days_are_counted_by_the_clock_of_moscow():
    late = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)  # 00:30 on 1 December in Moscow
    assert [days_until(event("2026-12-18", at="10:30"), at) for at in (NOW, late)] == [18, 17]
    assert days_until(event("2026-11-30", at="21:30"), NOW) == 1
    assert days_until(event("2026-11-30"), NOW) == 0


def test_the_next_one_is_first_and_a_known_event_takes_the_place_of_a_scheduled_one():
    known = (event("2026-12-24", "note-1", title="Summit"), event("2020-01-01", "old"))
    scheduled = (
        event("2027-01-10", "last"),
        event("2026-12-24", "same-day-and-title", title="summit"),
        event("2026-12-18", "first"),
        event("2026-11-01", "over"),
    )
    found = upcoming_events(known, scheduled, NOW)
    assert [one.id for one in found] == ["first", "note-1", "last"]


def test_the_meetings_that_ship_are_scheduled_fridays_at_half_past_one():
    meetings = Schedule().events()
    assert [str(meeting.day) for meeting in meetings] == [
        "2026-10-23", "2026-12-18", "2027-02-12", "2027-03-19", "2027-04-30", "2027-06-11",
        "2027-07-30", "2027-09-10", "2027-10-22", "2027-12-17",
    ]  # fmt: skip
    assert {meeting.day.isoweekday() for meeting in meetings} == {5}
    assert {f"{meeting.moment:%H:%M}" for meeting in meetings} == {"10:30"}
    assert {meeting.hour_kind for meeting in meetings} == {HourKind.SCHEDULED}
    assert {meeting.source_url for meeting in meetings} == {"https://www.cbr.ru/dkp/cal_mp/"}
    sure = {meeting.confidence: meeting.day.year for meeting in meetings}
    assert sure == {"high": 2026, "medium": 2027}


def test_no_meeting_that_ships_is_in_the_catalogue_too():
    decisions = {one.day for one in Catalogue().events() if one.category == "monetary_policy"}
    assert not decisions & {meeting.day for meeting in Schedule().events()}
    later = max(decisions)
    assert all(meeting.day > later for meeting in Schedule().events())


# ---------------------------------------------------------------- an iCalendar address


def calendar(*entries):
    """A calendar of `DTSTART` and `SUMMARY` pairs."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for k, (start, title) in enumerate(entries):
        begin = f"DTSTART:{start}" if "T" in start else f"DTSTART;VALUE=DATE:{start}"
        lines += ["BEGIN:VEVENT", f"UID:{k}@example", begin, f"SUMMARY:{title}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def serves(content):
    return lambda question, reply: Reply(content, "text/calendar; charset=utf-8")


@pytest.fixture
def notes(tmp_path):
    store = NoteRepository(f"sqlite:///{tmp_path / 'events.db'}")
    yield store
    store.close()


@pytest.fixture
def inbox(notes):
    return InboxRepository(notes, clock=lambda: NOW)


@pytest.fixture
def refresh(inbox):
    """Fetch the calendar that holds some bytes, so many days after `NOW`."""
    with Replica() as replica, new_session(replica.url) as session:

        def refreshed(content, days=0):
            clock = MadeClock(NOW + timedelta(days=days))
            client = PoliteClient(session, clock, FEED_LIMITS)
            replica.feeds.answers(serves(content))
            return refresh_news([Feed(MINE, PoliteFetcher(client), clock)], inbox, clock.now)[0]

        yield refreshed


SUMMIT = ("20261220T090000Z", "Putin and Trump hold a summit")


def test_the_future_entries_of_a_calendar_are_scheduled_events_and_not_in_the_inbox(refresh, inbox):
    state = refresh(calendar(SUMMIT, ("20270110", "Ceasefire talks"), ("20260101", "Past")))
    assert (state.items, state.new, state.problem) == (2, 2, "")
    summit, talks = sorted(calendar_events(inbox, [MINE]), key=lambda one: one.day)
    assert (summit.title, summit.day) == ("Putin and Trump hold a summit", date(2026, 12, 20))
    assert summit.moment == datetime(2026, 12, 20, 9, tzinfo=UTC)
    assert (summit.hour_kind, summit.source_name) == (HourKind.SCHEDULED, "Calendar of summits")
    assert (summit.category, summit.origin) == ("leader_call_or_summit", Origin.FILE)
    assert (talks.day, talks.moment, talks.category) == (date(2027, 1, 10), None, "peace_talks")
    assert list_inbox(inbox) == ()
    assert set(count_inbox(inbox).values()) == {0}


def test_an_entry_that_moved_or_went_is_shown_where_the_calendar_has_it_now(refresh, inbox):
    refresh(calendar(SUMMIT, ("20270110", "Ceasefire talks")))
    refresh(calendar(("20261222T090000Z", SUMMIT[1])), days=1)
    (moved,) = calendar_events(inbox, [MINE])
    assert moved.day == date(2026, 12, 22)


def test_a_calendar_that_fails_keeps_what_it_said_and_one_that_is_off_says_nothing(refresh, inbox):
    refresh(calendar(SUMMIT))
    state = refresh(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", days=1)
    assert "Calendar of summits" in state.problem
    assert len(calendar_events(inbox, [MINE])) == 1
    assert calendar_events(inbox, [replace(MINE, enabled=False)]) == ()
    assert calendar_events(inbox, []) == ()


def test_an_address_of_a_calendar_program_is_fetched_as_a_web_address(tmp_path):
    added = register_feed(FeedRegistry(tmp_path), NewFeed("webcal://example.org/summits.ics"))
    assert added.url == "https://example.org/summits.ics"


def test_a_scheduled_event_is_found_by_its_id_and_an_unknown_one_is_refused(notes):
    schedule = Schedule()
    found = find_any_event(Catalogue(), notes, schedule.events, "cbr-2026-12-18")
    assert found.day == date(2026, 12, 18)
    with pytest.raises(InputError, match="there is no event with this id"):
        find_any_event(Catalogue(), notes, schedule.events, "cbr-2031-01-01")


# ---------------------------------------------------------------- what was usual


SIZES = (0.01, -0.02, 0.03, -0.04, 0.05, -0.06, 0.07, -0.08, 0.09)
ROWS = range(130, 130 + 5 * len(SIZES), 5)


def made_history():
    """A quiet series; after each fifth row from 130 on one move of a known size, then none."""
    returns = [0.001 * (-1) ** k for k in range(200)]
    for row, size in zip(ROWS, SIZES, strict=True):
        returns[row - 1 : row + 1] = [size, 0.0]  # the return of row k is number k - 1
    return series_of_returns(returns), returns


def kind(rows, category="monetary_policy"):
    return [event_at_row(row, f"{category}-{row}", category=category) for row in rows]


def test_the_usual_move_is_the_median_without_direction_and_a_rate_counts_once():
    series, returns = made_history()
    twice = event_at_row(ROWS[0], "again", category="monetary_policy")
    future = event_at_row(400, "future", category="monetary_policy")
    known = [*kind(ROWS), twice, future, *kind([140], "sanctions")]
    usual = usual_moves(series, known, "monetary_policy")
    assert (usual.window, usual.events, usual.rates) == ((0, 1), 10, 9)
    # |moves| are 1 to 9 log points: the middle one is 5, a quarter lies below 3 and above 7
    assert [usual.low, usual.median, usual.high] == pytest.approx([3, 5, 7])
    pairs = [abs(returns[row - 1] + returns[row]) for row in range(ROWS[0], ROWS[-1] + 1)]
    assert usual.ordinary == pytest.approx(100 * statistics.median(pairs))
    assert (usual.first, usual.last) == (known[0].day, known[len(SIZES) - 1].day)


def test_few_rates_say_nothing_of_what_is_usual_and_none_say_so():
    series, _returns = made_history()
    few = usual_moves(series, kind(ROWS[:7]), "monetary_policy")
    assert (few.rates, few.median, few.ordinary) == (7, None, None)
    none = usual_moves(series, kind(ROWS), "energy")
    assert (none.events, none.rates, none.first) == (0, 0, None)


def test_an_upcoming_event_has_its_days_and_the_usual_move_of_its_kind_in_json():
    series, _returns = made_history()
    ahead = [event("2026-12-18", "cbr", category="monetary_policy", at="10:30")]
    (row,) = upcoming_json(add_usual_moves(ahead, series, kind(ROWS), NOW))
    assert (row["id"], row["date"], row["in_days"]) == ("cbr", "2026-12-18", 18)
    assert row["usual"]["median_abs_log_points"] == pytest.approx(5)
    assert (row["usual"]["window"], row["usual"]["rates"]) == ([0, 1], 9)
