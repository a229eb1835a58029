"""The clock of a person's own file: dates known at the end of the day, or bars with moments.

A file that prints a date is known at the end of it. One that prints a moment a day is known at
that moment. One that prints several moments a day holds bars, whose length is the step that
comes most often; a bar is known when it ends, which the stamp says or is added to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from dashboard.domain.date_rules import END_OF_DAY, OWN_BAR, OWN_MOMENT
from dashboard.domain.event import MOSCOW
from dashboard.domain.rate_file import RateReading
from dashboard.domain.series import Days, Ints, Moments
from dashboard.sources.cells import BadCell
from dashboard.sources.date_column import DateColumn

DAY: Final = 86_400
MINUTE: Final = 60
EXAMPLE: Final = "2026-09-01T07:05Z"


@dataclass(frozen=True, eq=False, slots=True)
class Stamped:
    """When each row is, one key a row, before rows are sorted.

    Attributes:
        key: the date, or the moment in UTC, (n,), datetime64[D] or datetime64[s].
        day: the market day, (n,), datetime64[D]: in the zone told, else in Moscow.
        has_clock: whether there are times of day.
        notes: what a person should know about the reading.
    """

    key: Moments
    day: Days
    has_clock: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Clock:
    """The moments of the rows that are kept, ascending, and the date rule they follow."""

    record: Days
    day: Days
    opens: Moments
    known_at: Moments
    rule: str
    bar_minutes: int = 0
    notes: tuple[str, ...] = ()


def refuse_no_zone(zone: str) -> None:
    """Refuse a zone that the databases do not know.

    Raises:
        ValueError: with what to write instead.
    """
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        msg = f"--zone {zone}: is no time zone; write one as Europe/Moscow"
        raise ValueError(msg) from None


def stamp(dates: DateColumn, zone: str) -> Stamped:
    """What a column says about when each row is.

    Raises:
        BadCell: a time of day has no zone, or does not exist in it or comes twice.
    """
    notes = dates.notes
    if dates.seconds is None:
        return Stamped(dates.days, dates.days, has_clock=False, notes=notes)
    if not dates.seconds.any():
        told = ("every time is midnight; read as dates",) if dates.offsets is not None else ()
        return Stamped(dates.days, dates.days, has_clock=False, notes=(*notes, *told))
    local = dates.days.astype("datetime64[s]") + dates.seconds.astype("timedelta64[s]")
    if dates.offsets is None:
        if not zone:
            said = str(local[0]).replace("T", " ")[:16]
            reason = f"'{said}' has no zone; say --zone Europe/Moscow, or write it as {EXAMPLE}"
            raise BadCell(0, reason)
        return Stamped(_utc(local, zone), dates.days, has_clock=True, notes=notes)
    moment = local - dates.offsets.astype("timedelta64[s]")
    there = _local(moment, zone or MOSCOW)
    day = there.astype("datetime64[D]")
    if bool(np.all(there == day)):
        note = f"every time is midnight in {zone or MOSCOW}; read as dates"
        return Stamped(day, day, has_clock=False, notes=(*notes, note))
    return Stamped(moment, day, has_clock=True, notes=notes)


def read_clock(stamped: Stamped, rows: Ints, reading: RateReading) -> Clock:
    """The clock of the rows kept, in ascending order of their keys and without a key twice.

    Raises:
        BadCell: two bars lie closer than a bar is long; the index is that of the row.
    """
    key, day = stamped.key[rows], stamped.day[rows]
    if not stamped.has_clock:
        market_day, opens, known_at = END_OF_DAY.clock(key)
        return Clock(key, market_day, opens, known_at, END_OF_DAY.id)
    if len(np.unique(day)) == len(day):
        return Clock(day, day, key, key, OWN_MOMENT.id)
    seconds = _bar_seconds(key, rows)
    length = np.timedelta64(seconds, "s")
    minutes = seconds // MINUTE
    notes: tuple[str, ...] = ()
    if not reading.stamps:
        notes = (
            f"bars of {_length(minutes)}, taken to be stamped when they begin: each is known"
            f" {_length(minutes)} after its stamp; say --stamps begin, or --stamps end",
        )
    if reading.stamps == "end":
        return Clock(day, day, key - length, key, OWN_BAR.id, minutes)
    known_at = key + length - np.timedelta64(1, "s")
    return Clock(day, day, key, known_at, OWN_BAR.id, minutes, notes)


def bar_seconds(key: Moments) -> int:
    """The step between moments that comes most often, the shorter of two."""
    steps = np.diff(key).astype("timedelta64[s]").astype(np.int64)
    lengths, counts = np.unique(steps, return_counts=True)
    return int(lengths[np.argmax(counts)])


def _bar_seconds(key: Moments, rows: Ints) -> int:
    """The length of a bar in whole minutes, where no two bars lie closer than that."""
    seconds = bar_seconds(key)
    if seconds < MINUTE or seconds % MINUTE:
        reason = (
            f"the times lie {seconds} seconds apart; bars of at least a minute, and of whole"
            " minutes, are read"
        )
        raise BadCell(int(rows[0]), reason)
    steps = np.diff(key).astype("timedelta64[s]").astype(np.int64)
    close = np.flatnonzero(steps < seconds)
    if len(close):
        reason = (
            f"comes {steps[close[0]] / MINUTE:g} minutes after the bar before, and most bars are"
            f" {_length(seconds // MINUTE)}; correct it, or make bars of one length"
        )
        raise BadCell(int(rows[close[0] + 1]), reason)
    return seconds


def _length(minutes: int) -> str:
    if minutes == 1:
        return "1 minute"
    return f"{minutes} minutes" if minutes < 60 or minutes % 60 else _hours(minutes // 60)


def _hours(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours} hours"


def _utc(local: Moments, zone: str) -> Moments:
    """Local times as moments; an hour that comes twice must be there twice.

    Raises:
        BadCell: a time that summer time leaves out, or one that could be two moments.
    """
    falls = bool(len(local) > 1 and local[0] > local[-1])
    forward = local[::-1] if falls else local
    index = pd.DatetimeIndex(forward)
    try:
        zoned = index.tz_localize(zone, ambiguous="infer", nonexistent="raise")
    except ValueError:
        told = index.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
        missing = np.flatnonzero(told.isna())
        if not len(missing):
            raise
        row = len(local) - 1 - int(missing[-1]) if falls else int(missing[0])
        raise BadCell(row, _why_no_such_time(local[row], zone)) from None
    utc = zoned.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")
    return utc[::-1] if falls else utc


def _why_no_such_time(local: np.datetime64, zone: str) -> str:
    said = str(local).replace("T", " ")[:16]
    index = pd.DatetimeIndex([local])
    skipped = index.tz_localize(zone, ambiguous=np.array([True]), nonexistent="NaT").isna()[0]
    if skipped:
        return f"'{said}' is left out by summer time in {zone}; correct it or the zone"
    return f"'{said}' comes twice that night in {zone}; write moments as {EXAMPLE}"


def _local(moment: Moments, zone: str) -> Moments:
    there = pd.DatetimeIndex(moment).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return there.to_numpy().astype("datetime64[s]")
