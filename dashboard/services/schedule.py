"""The calendar that looks ahead: scheduled events, and what was usual after others of their kind.

An event is upcoming while its day, or its moment where that is known, lies after the present one.
It comes from the bundled calendar, from an iCalendar address in the list of feeds, or is an event
or a note with a future day. A scheduled event has no move yet: only events and notes are studied,
those after the data with the reason that the data do not reach them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, Event, Hour, HourKind, Origin
from dashboard.models.inbox import CALENDAR_KIND, InboxItem, Publisher
from dashboard.models.moves import UsualMoves
from dashboard.services.events import DuplicateIndex
from dashboard.services.inbox import propose_category
from dashboard.services.notes import get_event
from dashboard.services.serializers import table_json
from dashboard.services.study import usual_moves

if TYPE_CHECKING:
    from dashboard.models.series import RateSeries
    from dashboard.services.notes import EventCatalogue, NoteStore
    from dashboard.sources.events.base import EventSource
    from dashboard.storage.base import InboxStore


@dataclass(frozen=True, slots=True)
class UpcomingEvent:
    """A scheduled event, the days to it by the clock of Moscow, and the usual moves of its kind."""

    event: Event
    days: int
    usual: UsualMoves


def upcoming_events(
    known: Iterable[Event], scheduled: Iterable[Event], now: datetime
) -> tuple[Event, ...]:
    """The events after a moment, by day and moment.

    An event of today whose hour is not known counts as upcoming until the day is over in Moscow.

    Args:
        known: events of the catalogue and notes; one of them takes the place of a scheduled event
            with its id, or with its day and title.
        scheduled: events of calendars.
        now: the present moment, UTC.
    """
    events = list(known)
    ids, known_events = {event.id for event in events}, DuplicateIndex.of(events)
    for event in scheduled:
        if event.id not in ids and known_events.find_duplicate(event) is None:
            ids.add(event.id)
            known_events.add(event, event.id)
            events.append(event)
    ahead = (event for event in events if is_upcoming(event, now))
    return tuple(sorted(ahead, key=lambda event: (event.day, event.starts_at, event.id)))


def is_upcoming(event: Event, now: datetime) -> bool:
    """Whether an event lies after a moment, or on its day in Moscow at an unknown hour."""
    if event.moment is not None:
        return event.moment > now
    return event.day >= now.astimezone(ZoneInfo(MOSCOW)).date() and event.reported is None


def days_until(event: Event, now: datetime) -> int:
    """The days to an event by the clock of Moscow; 0 for one of today."""
    zone = ZoneInfo(MOSCOW)
    day = event.day if event.moment is None else event.moment.astimezone(zone).date()
    return (day - now.astimezone(zone).date()).days


def calendar_events(inbox: InboxStore, publishers: Iterable[Publisher]) -> tuple[Event, ...]:
    """What the calendars in the list of feeds hold, as of the last good answer of each.

    An entry that its calendar no longer holds, or moved to another day, is left out.

    Raises:
        StoreError: the database cannot be read.
    """
    titles = {publisher.id: publisher.title for publisher in publishers if publisher.enabled}
    answered = {state.feed_id: state.answered_at for state in inbox.feed_states()}
    return tuple(
        _event_from_item(item, titles[item.source_id])
        for item in inbox.find(kinds=(CALENDAR_KIND,))
        if item.source_id in titles and item.fetched_at == answered.get(item.source_id)
    )


def _event_from_item(item: InboxItem, publisher: str) -> Event:
    report = item.report
    hours = (Hour(report.moment, HourKind.SCHEDULED, publisher),) if report.moment else ()
    return Event(
        id=item.id,
        day=report.day or item.first_seen.date(),
        title=report.title,
        category=propose_category(item),
        moment=report.moment,
        zone=report.zone,
        text=report.excerpt,
        source_name=publisher,
        source_url=report.link,
        origin=Origin.FILE,
        hours=hours,
    )


def scheduled_events(
    schedule: EventSource, inbox: InboxStore, publishers: Iterable[Publisher]
) -> tuple[Event, ...]:
    """The events of the bundled calendar and of those in the list of feeds.

    Raises:
        SourceError: the bundled file is damaged.
        StoreError: the database cannot be read.
    """
    return (*schedule.events(), *calendar_events(inbox, publishers))


def find_any_event(
    catalogue: EventCatalogue,
    notes: NoteStore,
    scheduled: Callable[[], Iterable[Event]],
    event_id: str,
) -> Event:
    """An event of the catalogue, a note, or a scheduled event.

    Raises:
        InputError: there is no such event.
    """
    try:
        return get_event(catalogue, notes, event_id)
    except InputError:
        event = next((event for event in scheduled() if event.id == event_id), None)
        if event is None:
            raise
        return event


def add_usual_moves(
    events: Sequence[Event], series: RateSeries, known: Sequence[Event], now: datetime
) -> tuple[UpcomingEvent, ...]:
    """Upcoming events with the days to them and the usual moves of their kind on a series."""
    kinds = {str(event.category) for event in events}
    usual = {kind: usual_moves(series, known, kind) for kind in kinds}
    return tuple(
        UpcomingEvent(event, days_until(event, now), usual[str(event.category)]) for event in events
    )


def upcoming_json(upcoming: Sequence[UpcomingEvent]) -> list[dict[str, Any]]:
    """Upcoming events as JSON: the columns of a list of events, the days, and the usual moves."""
    rows = table_json("event_list", [item.event for item in upcoming])
    return [
        row | {"in_days": item.days, "usual": _usual_json(item.usual)}
        for row, item in zip(rows, upcoming, strict=True)
    ]


def _usual_json(usual: UsualMoves) -> dict[str, Any]:
    def day_text(day: date | None) -> str | None:
        return None if day is None else day.isoformat()

    return {
        "category": usual.category,
        "series": usual.series,
        "window": list(usual.window),
        "events": usual.events,
        "rates": usual.rates,
        "first": day_text(usual.first),
        "last": day_text(usual.last),
        "median_abs_log_points": usual.median,
        "quartile_low": usual.low,
        "quartile_high": usual.high,
        "all_windows_median": usual.ordinary,
    }
