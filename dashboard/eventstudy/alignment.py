"""Alignment of events with the observations of a series: offset 0, bars and nearby events."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Final, overload
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dashboard.eventstudy.numerics import cached_on, take_rows
from dashboard.models.event import MOSCOW, Event
from dashboard.models.messages import deferred
from dashboard.models.series import (
    BarGaps,
    Bools,
    Days,
    Floats,
    Ints,
    Moments,
    RateSeries,
    find_gaps,
    observation_ends,
)
from dashboard.models.study import Overlap, Window

FAR_DAYS: Final = 5
"""More calendar days than this between event and observation are flagged (New Year, halts)."""

BEFORE_DATA: Final = -1
AFTER_DATA: Final = -2
REASON_HOUR_UNKNOWN: Final = deferred(
    "hour unknown: on bars an event needs the moment, this one has only a day"
)
REASON_HOUR_PUBLISHED: Final = deferred(
    "hour of kind published: it is that of the first report, before which the event "
    "was; on bars an event needs an hour of kind statement or scheduled"
)
SEARCH_SIDES: Final = ("left", "right")
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
ONE_MINUTE: Final = np.timedelta64(60, "s")


@dataclass(frozen=True, eq=False, slots=True)
class Alignment:
    """Where events lie on a series; every array has shape (N,).

    `row` is the observation at offset 0, or BEFORE_DATA / AFTER_DATA. `shift_days` counts
    calendar days from the event's day to that observation's market day (0 where there is
    none). `partial` marks events inside the averaging window of their observation, which
    hence contains them only in part. `latest` is the first observation that contains the event
    at the latest hour it can have been, n where it lies after the data.
    """

    row: Ints
    shift_days: Ints
    partial: Bools
    latest: Ints

    @property
    def inside(self) -> Bools:
        """Whether the event has an observation and a base before it."""
        return self.row >= 1

    @property
    def settled(self) -> Bools:
        """Whether `row` is the same for every hour the event can have been."""
        settled: Bools = self.inside & (self.latest == self.row)
        return settled

    @property
    def far(self) -> Bools:
        """Whether the observation lies more than FAR_DAYS after the event."""
        return self.inside & (self.shift_days > FAR_DAYS)


@dataclass(frozen=True, eq=False, slots=True)
class EventTimes:
    """When events were; every array has shape (N,), moments are UTC.

    `day` is the local day, `first` the moment an event cannot precede, `last` the one it cannot
    follow: both are its moment where that is known. `timed` says if it is, or if it was
    scheduled; `bounded` if `last` is a moment and not the last minute of the day.
    """

    day: Days
    first: Moments
    last: Moments
    timed: Bools
    bounded: Bools


def align_times(observations: tuple[Days, Moments, Moments], events: EventTimes) -> Alignment:
    """Find offset 0 of every event, without a loop over events.

    With a moment: the first observation with `known_at > moment`, because what is known at
    the very moment cannot contain it. Date only: the first with `known_at >=` the start of
    the day. An event whose observation would be the very first has no base and counts as
    before the data.

    Args:
        observations: `day`, `opens`, `known_at` of the series, each (n,), ascending; of bars
            their ends, which are outside them.
        events: when the N events were.

    Returns:
        An `Alignment` of N events.
    """
    day, opens, known_at = observations
    first = _first_observation_after(known_at, events.first, events.timed)
    latest = _first_observation_after(known_at, events.last, events.bounded)
    row = np.where(first >= len(day), AFTER_DATA, np.where(first == 0, BEFORE_DATA, first))
    inside = row >= 1
    at = np.where(inside, row, 0)
    if len(day) == 0:
        nothing = np.zeros(len(row), dtype=np.int64)
        return Alignment(np.full(len(row), AFTER_DATA), nothing, nothing.astype(bool), nothing)
    shift = (day[at] - events.day).astype("timedelta64[D]").astype(np.int64)
    partial = inside & events.timed & (opens[at] < events.first)
    return Alignment(row, np.where(inside, shift, 0), partial, latest)


def _first_observation_after(known_at: Moments, moments: Moments, exclusive: Bools) -> Ints:
    """The first observation known after each moment, or at it where not `exclusive`, (N,)."""
    earliest = moments.astype("datetime64[s]") + exclusive.astype("timedelta64[s]")
    rows: Ints = np.searchsorted(known_at.astype("datetime64[s]"), earliest).astype(np.int64)
    return rows


# ---- bars


def is_measurable(series: RateSeries, timed: Bools) -> Bools:
    """Whether a series can measure each event: bars cannot where the hour is not known, (N,)."""
    return timed if series.card.bar_minutes else np.ones(len(timed), dtype=bool)


def bar_skip_reason(event: Event) -> str:
    """Why bars cannot measure an event whose moment is not known."""
    return REASON_HOUR_UNKNOWN if event.reported is None else REASON_HOUR_PUBLISHED


def matching_calendar(series: RateSeries) -> Days | Moments:
    """What the observations of several series are matched by: the day, or a bar's end, (n,)."""
    return series.known_at if series.card.bar_minutes else series.day


def observation_label(series: RateSeries, row: int) -> str:
    """The market day of an observation; of a bar its end too, by the clock of Moscow."""
    if not series.card.bar_minutes:
        return str(series.day[row])
    ends = datetime.fromisoformat(str(series.known_at[row])).replace(tzinfo=UTC)
    return f"{ends.astimezone(ZoneInfo(MOSCOW)):%Y-%m-%d %H:%M} MSK"


def match_rates(factor: RateSeries, series: RateSeries) -> Floats:
    """The factor's rate on each day or bar of a series, NaN where it has none."""
    theirs, ours = matching_calendar(factor), matching_calendar(series)
    at = np.minimum(np.searchsorted(theirs, ours), len(factor) - 1)
    return np.where(theirs[at] == ours, factor.rate[at], np.nan)


def last_possible_rows(series: RateSeries, events: Sequence[Event], first: Ints) -> Ints:
    """The last row each event may lie in, (N,); `first` are those of offset 0.

    On bars an event of which only the day is known may lie in any bar of that day, and a range
    in any to its end: up to the first bar that ends after that day's midnight in Moscow, or after
    the first report.
    """
    last, final = first.copy(), len(series) - 1
    if not series.card.bar_minutes:
        end_days = list(map(attrgetter("end_day"), events))
        if end_days.count(None) == len(end_days):
            return last
        for k, end_day in enumerate(end_days):
            if end_day is not None:
                end = int(np.searchsorted(series.day, np.datetime64(end_day, "D"), side="left"))
                last[k] = max(last[k], min(end, final))
        return last
    for k, event in enumerate(events):
        day = event.end_day or event.day
        if event.end_day is not None or event.moment is None:
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(MOSCOW))
            reported = None if event.end_day else event.reported
            over = (reported or midnight + timedelta(days=1)).astimezone(UTC).replace(tzinfo=None)
            end = int(np.searchsorted(series.known_at, np.datetime64(over, "s"), side="right"))
            last[k] = max(last[k], min(end, final))
    return last


def find_occupied_rows(series: RateSeries, timed: Bools, spans: tuple[Ints, Ints]) -> Ints:
    """The rows that are offset 0 of an event, or may be where its hour is not known.

    Args:
        series: the observations.
        timed: whether the hour of each event is known, (K,).
        spans: the first and the last row of each, (K,).
    """
    first, last = spans
    if not series.card.bar_minutes:
        return first
    rows = [np.arange(a, b + 1) for a, b in zip(first[~timed], last[~timed], strict=True)]
    return np.unique(np.concatenate((first[timed], *rows))).astype(np.int64)


def compute_bar_flags(
    series: RateSeries, events: Sequence[Event], rows: Ints, window: Window
) -> dict[str, list[bool]]:
    """What to know of each event's window before its bars are taken for hours.

    `no_bar_then`: it came while the market was closed or nothing was traded; `session_break`,
    `missing_bars`, `weekend_session`: the window, from its base on, holds one. Empty where the
    series has one number a day.
    """
    if not series.card.bar_minutes:
        return {}
    gaps = find_gaps(series)
    return {
        "no_bar_then": _is_between_bars(series, events, rows, gaps).tolist(),
        "session_break": _any_in_window(gaps.session, rows, window).tolist(),
        "missing_bars": _any_in_window(gaps.missing, rows, window).tolist(),
        "weekend_session": _any_in_window(gaps.weekend, rows, window).tolist(),
    }


def _is_between_bars(
    series: RateSeries, events: Sequence[Event], rows: Ints, gaps: BarGaps
) -> Bools:
    naive = [event.starts_at.replace(tzinfo=None) for event in events]
    early: Bools = np.array(naive, dtype="datetime64[s]") < series.opens[rows]
    between: Bools = early & (gaps.session[rows] | gaps.missing[rows])
    return between


def _any_in_window(marks: Bools, rows: Ints, window: Window) -> Bools:
    """Whether a mark is on any row of each window; the ends are cut to the series, (N,)."""
    total = np.concatenate(([0], np.cumsum(marks)))
    first = np.clip(rows + window[0], 0, len(marks))
    last = np.clip(rows + window[1] + 1, 0, len(marks))
    marked: Bools = total[last] > total[first]
    return marked


# ---- dated events


def to_day_array(days: Iterable[date]) -> Days:
    """Dates as datetime64[D], (N,); through their ordinals, which is many times faster."""
    ordinals = np.array(list(map(date.toordinal, days)), dtype=np.int64)
    return (ordinals - EPOCH_ORDINAL).astype("datetime64[D]")


def moscow_midnights(days: Days) -> Moments:
    """00:00 Moscow of days in UTC, (N,)."""
    naive = pd.DatetimeIndex(days.astype("datetime64[s]"))
    summer = np.ones(len(days), dtype=bool)
    local = naive.tz_localize(MOSCOW, ambiguous=summer, nonexistent="shift_forward")
    return np.array(local.tz_convert("UTC").tz_localize(None), dtype="datetime64[s]")


def read_event_times(events: Sequence[Event]) -> EventTimes:
    """When events were, (N,): by the second, the day of an unknown hour to its last minute."""
    days = to_day_array(map(attrgetter("day"), events))
    at = _indices_with_field(events, "moment", None)
    timed = np.zeros(len(days), dtype=bool)
    timed[at] = True
    first, last = _day_bounds(days)
    first[at] = last[at] = _to_seconds(filter(None, map(attrgetter("moment"), events)))
    bounded = timed.copy()
    for k in indices_with_hours(events):
        first[k], latest = _to_seconds([events[k].starts_at])[0], events[k].latest
        bounded[k] = latest is not None
        if latest is not None:
            last[k] = _to_seconds([latest])[0]
    return EventTimes(days, first, last, timed, bounded)


def indices_with_hours(events: Sequence[Event]) -> list[int]:
    """The places of the events of which clock times are given."""
    return _indices_with_field(events, "hours", ())


def _indices_with_field(events: Sequence[Event], name: str, nothing: object) -> list[int]:
    """The places of the events whose field `name` is not `nothing`; often there are none."""
    values = list(map(attrgetter(name), events))
    if values.count(nothing) == len(values):
        return []
    return [k for k, value in enumerate(values) if value != nothing]


def _day_bounds(days: Days) -> tuple[Moments, Moments]:
    """00:00 and 23:59 Moscow of days in UTC, (N,) each; days that lie close are read once."""
    next_days = days + np.timedelta64(1, "D")
    span = int((days.max() - days.min()).astype(np.int64)) + 2 if len(days) else 0
    if span >= len(days):
        return moscow_midnights(days), moscow_midnights(next_days) - ONE_MINUTE
    every = moscow_midnights(days.min() + np.arange(span))
    at = (days - days.min()).astype(np.int64)
    return every[at], every[at + 1] - ONE_MINUTE


def _to_seconds(moments: Iterable[datetime]) -> Moments:
    """The seconds that moments with a zone are in, in UTC."""
    seconds = [math.floor(moment.timestamp()) for moment in moments]
    return np.array(seconds, dtype=np.int64).astype("datetime64[s]")


@dataclass(frozen=True, eq=False)
class DatedEvents:
    """Events and when they were, each (N,)."""

    events: tuple[Event, ...]
    times: EventTimes

    @classmethod
    def of(cls, events: Sequence[Event]) -> DatedEvents:
        """Read the dates of events once."""
        return cls(tuple(events), read_event_times(events))

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the events, (N,)."""
        return cached_on(self, "ids", lambda: tuple(map(attrgetter("id"), self.events)))

    @property
    def timed(self) -> Bools:
        """Whether the moment is known, (N,)."""
        return self.times.timed

    def take(self, order: Sequence[int]) -> DatedEvents:
        """Those of some places, in their order."""
        events = tuple(map(self.events.__getitem__, order))
        return DatedEvents(events, take_rows(self.times, np.asarray(order, dtype=np.int64)))

    def sorted_by_date(self) -> DatedEvents:
        """In the order of `starts_at`, then of the ids."""
        starts = self.times.first
        if (starts[1:] < starts[:-1]).any():
            return self.take(np.argsort(starts, kind="stable").tolist()).sorted_by_date()
        ids, same_start = self.ids, np.flatnonzero(starts[1:] == starts[:-1]).tolist()
        unsorted = [k for k in same_start if ids[k] > ids[k + 1]]
        if not unsorted:
            return self
        events, order = list(self.events), np.arange(len(starts))
        for start in np.unique(starts[unsorted]):
            same = slice(*(np.searchsorted(starts, start, side) for side in SEARCH_SIDES))
            order[same] = sorted(order[same].tolist(), key=self.ids.__getitem__)
            events[same] = [self.events[k] for k in order[same].tolist()]
        return DatedEvents(tuple(events), take_rows(self.times, order))

    def for_series(self, series_id: str) -> DatedEvents:
        """Those of one series and of every series."""
        if {None, series_id}.issuperset(map(attrgetter("series"), self.events)):
            return self
        return self.take([k for k, e in enumerate(self.events) if e.series in (None, series_id)])

    def align_to(self, series: RateSeries) -> Alignment:
        """Offset 0 of every event on a series; computed once."""
        observations = (series.day, series.opens, observation_ends(series))
        return cached_on(self, series, lambda: align_times(observations, self.times))


def align_events(series: RateSeries, events: Sequence[Event]) -> Alignment:
    """Offset 0 of every event on a series."""
    return DatedEvents.of(events).align_to(series)


@dataclass(frozen=True, eq=False, slots=True)
class KnownEventRows:
    """All known events on the rows of a series: first and last row, ids; each (K,).

    `occupied` are the rows that leave no quiet date: those of offset 0, and on bars the whole
    day of an event whose hour is not known.
    """

    first: Ints
    last: Ints
    ids: tuple[str, ...]
    occupied: Ints


def locate_known_events(
    series: RateSeries, studied: DatedEvents, known: Sequence[Event] | DatedEvents | None
) -> KnownEventRows:
    """Where all known events lie, those bound to another series left out.

    Args:
        series: the observations.
        studied: the events that are studied, none of another series; they are known too.
        known: every known event; the studied ones alone if None.
    """
    both = studied
    if known is not None:
        both = _join_known(known, studied).for_series(series.card.id)
    first = both.align_to(series)
    inside = first.inside
    if not inside.all():
        both = both.take(np.flatnonzero(inside).tolist())
    rows = first.row[inside]
    last = last_possible_rows(series, both.events, rows)
    occupied = find_occupied_rows(series, both.timed, (rows, last))
    return KnownEventRows(rows, last, both.ids, occupied)


def _join_known(known: Sequence[Event] | DatedEvents, studied: DatedEvents) -> DatedEvents:
    """The known events with the studied ones, which replace those of their ids."""
    events = known.events if isinstance(known, DatedEvents) else known
    named = {event.id: event for event in events}
    if isinstance(known, DatedEvents) and all(named.get(e.id) is e for e in studied.events):
        return known
    return DatedEvents.of(tuple((named | {event.id: event for event in studied.events}).values()))


# ---- nearby events


class NearbyEvents(Sequence[tuple[str, ...]]):
    """The other events near each of N events, stored as spans of one list of ids.

    Ten thousand events with forty others each are twenty thousand numbers, not four hundred
    thousand; the ids near one event are read on access.
    """

    def __init__(
        self, names: tuple[str, ...], event_ids: tuple[str, ...], low: Ints, high: Ints
    ) -> None:
        """The ids near event k are `names[low[k]:high[k]]` without its own."""
        self.names = names
        self._event_ids, self._low, self._high = event_ids, low, high

    def __len__(self) -> int:
        """The number of events."""
        return len(self._event_ids)

    @overload
    def __getitem__(self, index: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[str, ...], ...]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, ...] | tuple[tuple[str, ...], ...]:
        """The ids near one event, or near some."""
        if isinstance(index, slice):
            return tuple(self[k] for k in range(len(self))[index])
        event_id = self._event_ids[index]
        return tuple(
            name for name in self.names[self._low[index] : self._high[index]] if name != event_id
        )

    def __eq__(self, other: object) -> bool:
        """Whether the same ids are near the same events."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def find_nearby_events(
    anchor: Ints,
    event_ids: tuple[str, ...],
    known: tuple[Ints, Ints, tuple[str, ...]],
    window: Window,
) -> Sequence[tuple[str, ...]]:
    """Ids of the other events whose rows fall into each event's window.

    Args:
        anchor: rows of offset 0, (N,).
        event_ids: ids of the same events, left out of their own list.
        known: first row, last row and id of every known event (a range covers more than one
            row), each (K,).
        window: offsets.

    Returns:
        N tuples of ids, each in the order of the known events' first rows.
    """
    first, last, ids = known
    starts, ends, names = first, last, ids
    if (first[1:] < first[:-1]).any():
        order = np.argsort(first, kind="stable")
        starts, ends, names = first[order], last[order], tuple(map(ids.__getitem__, order.tolist()))
    longest = int((ends - starts).max()) if len(starts) else 0
    low = np.searchsorted(starts, anchor + window[0] - longest, side="left")
    high = np.searchsorted(starts, anchor + window[1], side="right")
    nearby = NearbyEvents(names, event_ids, low, high)
    if longest == 0:
        return nearby
    bounds = anchor + window[0]
    return tuple(
        tuple(
            nearby.names[k]
            for k in (begin + np.flatnonzero(ends[begin:end] >= bounds[event])).tolist()
            if nearby.names[k] != event_ids[event]
        )
        for event, (begin, end) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
    )


def apply_overlap_rule(anchor: Ints, window: Window, rule: Overlap) -> Bools:
    """Which events stay under an overlap rule, (N,).

    `keep`: all. `first`: an event goes when its event window overlaps that of an earlier
    event that stayed. `exclude`: every event goes whose event window overlaps another's.

    Args:
        anchor: rows of offset 0 in ascending order, (N,).
        window: the event window.
        rule: the overlap rule.
    """
    length = window[1] - window[0] + 1
    retained = np.ones(len(anchor), dtype=bool)
    if rule == "exclude" and len(anchor) > 1:
        close = np.diff(anchor) < length
        retained[1:] &= ~close
        retained[:-1] &= ~close
    if rule == "first":
        free_from = -(2**62)
        for event, row in enumerate(anchor.tolist()):
            retained[event] = row >= free_from
            free_from = row + length if retained[event] else free_from
    return retained
