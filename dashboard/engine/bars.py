"""Bars in a study: what their calendar is, which events they can measure, what to flag."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.domain.bars import Gaps, gaps_of
from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.series import Bools, Days, Floats, Ints, Moments, RateSeries
from dashboard.domain.study import Window

HOUR_UNKNOWN: Final = "hour unknown: on bars an event needs the moment, this one has only a day"
HOUR_PUBLISHED: Final = (
    "hour of kind published: it is that of the first report, before which the event was; on bars"
    " an event needs an hour of kind statement or scheduled"
)


def measurable(series: RateSeries, timed: Bools) -> Bools:
    """Whether a series can measure each event: bars cannot where the hour is not known, (N,)."""
    return timed if series.card.bar_minutes else np.ones(len(timed), dtype=bool)


def why_no_bar(event: Event) -> str:
    """Why bars cannot measure an event whose moment is not known."""
    return HOUR_UNKNOWN if event.reported is None else HOUR_PUBLISHED


def calendar_of(series: RateSeries) -> Days | Moments:
    """What the observations of several series are matched by: the day, or a bar's end, (n,)."""
    return series.known_at if series.card.bar_minutes else series.day


def observation_named(series: RateSeries, row: int) -> str:
    """The market day of an observation; of a bar its end too, by the clock of Moscow."""
    if not series.card.bar_minutes:
        return str(series.day[row])
    ends = datetime.fromisoformat(str(series.known_at[row])).replace(tzinfo=UTC)
    return f"{ends.astimezone(ZoneInfo(MOSCOW)):%Y-%m-%d %H:%M} MSK"


def matched_rate(factor: RateSeries, series: RateSeries) -> Floats:
    """The factor's rate on each day or bar of a series, NaN where it has none; none is kept on."""
    theirs, ours = calendar_of(factor), calendar_of(series)
    at = np.minimum(np.searchsorted(theirs, ours), len(factor) - 1)
    return np.where(theirs[at] == ours, factor.rate[at], np.nan)


def last_rows(series: RateSeries, events: Sequence[Event], first: Ints) -> Ints:
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


def occupied_rows(series: RateSeries, timed: Bools, spans: tuple[Ints, Ints]) -> Ints:
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


def bar_flags(
    series: RateSeries, events: Sequence[Event], rows: Ints, window: Window
) -> dict[str, list[bool]]:
    """What to know of each event's window before its bars are taken for hours.

    `no_bar_then`: it came while the market was closed or nothing was traded; `session_break`,
    `missing_bars`, `weekend_session`: the window, from its base on, holds one. Empty where the
    series has one number a day.
    """
    if not series.card.bar_minutes:
        return {}
    gaps = gaps_of(series)
    return {
        "no_bar_then": _between_bars(series, events, rows, gaps).tolist(),
        "session_break": _any_within(gaps.session, rows, window).tolist(),
        "missing_bars": _any_within(gaps.missing, rows, window).tolist(),
        "weekend_session": _any_within(gaps.weekend, rows, window).tolist(),
    }


def _between_bars(series: RateSeries, events: Sequence[Event], rows: Ints, gaps: Gaps) -> Bools:
    naive = [event.starts_at.replace(tzinfo=None) for event in events]
    early: Bools = np.array(naive, dtype="datetime64[s]") < series.opens[rows]
    found: Bools = early & (gaps.session[rows] | gaps.missing[rows])
    return found


def _any_within(marks: Bools, rows: Ints, window: Window) -> Bools:
    """Whether a mark is on any row of each window; the ends are cut to the series, (N,)."""
    total = np.concatenate(([0], np.cumsum(marks)))
    first = np.clip(rows + window[0], 0, len(marks))
    last = np.clip(rows + window[1] + 1, 0, len(marks))
    found: Bools = total[last] > total[first]
    return found
