"""Dated events: the moments they start, their rows on a series, and all that are known there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Final

import numpy as np
import pandas as pd

from dashboard.domain.bars import ends_of
from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.series import Bools, Days, Ints, Moments, RateSeries
from dashboard.engine.alignment import Alignment, Starts, align
from dashboard.engine.bars import last_rows, occupied_rows
from dashboard.engine.memo import once

SIDES: Final = ("left", "right")
EPOCH: Final = date(1970, 1, 1).toordinal()
MINUTE: Final = np.timedelta64(60, "s")


def days_of(days: Iterable[date]) -> Days:
    """Dates as datetime64[D], (N,); through their ordinals, which is many times faster."""
    ordinals = np.array(list(map(date.toordinal, days)), dtype=np.int64)
    return (ordinals - EPOCH).astype("datetime64[D]")


def midnights(days: Days) -> Moments:
    """00:00 Moscow of days in UTC, (N,)."""
    naive = pd.DatetimeIndex(days.astype("datetime64[s]"))
    summer = np.ones(len(days), dtype=bool)
    there = naive.tz_localize(MOSCOW, ambiguous=summer, nonexistent="shift_forward")
    return np.array(there.tz_convert("UTC").tz_localize(None), dtype="datetime64[s]")


def when_of(events: Sequence[Event]) -> Starts:
    """When events were, (N,): by the second, the day of an unknown hour to its last minute."""
    days = days_of(map(attrgetter("day"), events))
    at = _places_of_some(events, "moment", None)
    timed = np.zeros(len(days), dtype=bool)
    timed[at] = True
    first, last = _first_and_last(days)
    first[at] = last[at] = _seconds_of(filter(None, map(attrgetter("moment"), events)))
    bounded = timed.copy()
    for k in with_hours(events):
        first[k], latest = _seconds_of([events[k].starts_at])[0], events[k].latest
        bounded[k] = latest is not None
        if latest is not None:
            last[k] = _seconds_of([latest])[0]
    return Starts(days, first, last, timed, bounded)


def with_hours(events: Sequence[Event]) -> list[int]:
    """The places of the events of which clock times are given."""
    return _places_of_some(events, "hours", ())


def _places_of_some(events: Sequence[Event], name: str, nothing: object) -> list[int]:
    """The places of the events whose field `name` is not `nothing`; often there are none."""
    values = list(map(attrgetter(name), events))
    if values.count(nothing) == len(values):
        return []
    return [k for k, value in enumerate(values) if value != nothing]


def _first_and_last(days: Days) -> tuple[Moments, Moments]:
    """00:00 and 23:59 Moscow of days in UTC, (N,) each; days that lie close are read once."""
    next_days = days + np.timedelta64(1, "D")
    span = int((days.max() - days.min()).astype(np.int64)) + 2 if len(days) else 0
    if span >= len(days):
        return midnights(days), midnights(next_days) - MINUTE
    every = midnights(days.min() + np.arange(span))
    at = (days - days.min()).astype(np.int64)
    return every[at], every[at + 1] - MINUTE


def _seconds_of(moments: Iterable[datetime]) -> Moments:
    """The seconds that moments with a zone are in, in UTC."""
    seconds = [math.floor(moment.timestamp()) for moment in moments]
    return np.array(seconds, dtype=np.int64).astype("datetime64[s]")


@dataclass(frozen=True, eq=False)
class Dated:
    """Events and when they were, each (N,)."""

    events: tuple[Event, ...]
    when: Starts

    @classmethod
    def of(cls, events: Sequence[Event]) -> Dated:
        """Read the dates of events once."""
        return cls(tuple(events), when_of(events))

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the events, (N,)."""
        return once(self, "ids", lambda: tuple(map(attrgetter("id"), self.events)))

    @property
    def timed(self) -> Bools:
        """Whether the moment is known, (N,)."""
        return self.when.timed

    def take(self, order: Sequence[int]) -> Dated:
        """Those of some places, in their order."""
        events = tuple(map(self.events.__getitem__, order))
        return Dated(events, self.when.take(np.asarray(order, dtype=np.int64)))

    def by_date(self) -> Dated:
        """In the order of `starts_at`, then of the ids."""
        starts = self.when.first
        if (starts[1:] < starts[:-1]).any():
            return self.take(np.argsort(starts, kind="stable").tolist()).by_date()
        ids, same_start = self.ids, np.flatnonzero(starts[1:] == starts[:-1]).tolist()
        wrong = [k for k in same_start if ids[k] > ids[k + 1]]
        if not wrong:
            return self
        events, places = list(self.events), np.arange(len(starts))
        for start in np.unique(starts[wrong]):
            same = slice(*(np.searchsorted(starts, start, side) for side in SIDES))
            places[same] = sorted(places[same].tolist(), key=self.ids.__getitem__)
            events[same] = [self.events[k] for k in places[same].tolist()]
        return Dated(tuple(events), self.when.take(places))

    def bound_to(self, series_id: str) -> Dated:
        """Those of one series and of every series."""
        if {None, series_id}.issuperset(map(attrgetter("series"), self.events)):
            return self
        return self.take([k for k, e in enumerate(self.events) if e.series in (None, series_id)])

    def on(self, series: RateSeries) -> Alignment:
        """Offset 0 of every event on a series (DESIGN section 5); worked out once."""
        return once(self, series, lambda: self._on(series))

    def _on(self, series: RateSeries) -> Alignment:
        return align((series.day, series.opens, ends_of(series)), self.when)


def align_events(series: RateSeries, events: Sequence[Event]) -> Alignment:
    """Offset 0 of every event on a series (DESIGN section 5)."""
    return Dated.of(events).on(series)


@dataclass(frozen=True, eq=False, slots=True)
class KnownRows:
    """All known events on the rows of a series: first and last row, ids; each (K,).

    `occupied` are the rows that leave no quiet date: those of offset 0, and on bars the whole
    day of an event whose hour is not known.
    """

    first: Ints
    last: Ints
    ids: tuple[str, ...]
    occupied: Ints


def known_rows(series: RateSeries, studied: Dated, known: Sequence[Event] | None) -> KnownRows:
    """Where all known events lie, those bound to another series left out.

    Args:
        series: the observations.
        studied: the events that are studied, none of another series; they are known too.
        known: every known event; the studied ones alone if None.
    """
    both = studied
    if known is not None:
        named = {event.id: event for event in (*known, *studied.events)}
        both = Dated.of(tuple(named.values()))
        both = both.bound_to(series.card.id)
    first = both.on(series)
    inside = first.inside
    if not inside.all():
        both = both.take(np.flatnonzero(inside).tolist())
    rows = first.row[inside]
    last = last_rows(series, both.events, rows)
    occupied = occupied_rows(series, both.timed, (rows, last))
    return KnownRows(rows, last, both.ids, occupied)
