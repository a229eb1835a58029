"""Levels of a series: changes since a date, last time reached, rolling mean, vintages."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

import numpy as np

from dashboard.eventstudy.returns import log_points
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayFacts, Observation, RateChange
from dashboard.models.series import QUOTE_IS_SUBJECT, Days, Floats, RateSeries, RevisedObservation

MONTHS_BACK = {"month": 1, "quarter": 3, "year": 12}


def compute_day_facts(series: RateSeries, requested: date, since: date | None = None) -> DayFacts:
    """What a series says about a day.

    The day is that of the last observation on or before `requested`; a base is the
    last observation on or before its own day, `year_start` the first observation of the
    requested year. A base without an observation is left out.

    Args:
        series: the observations; missing rates are passed over.
        requested: market day.
        since: adds a base `since` (the last observation on or before it) and limits how far
            back "strongest since" looks.

    Raises:
        InputError: when the day lies before the first observation, or `since` after the day.
    """
    if since is not None and since > requested:
        msg = _("lies after {requested}; give an earlier day", requested=requested)
        raise InputError(msg, field="since", value=since)
    present = np.isfinite(series.rate)
    days, rates = series.day[present], series.rate[present]
    current = _row_on_or_before(days, requested)
    if current < 0:
        first = _("the series is empty")
        if len(days):
            first = _("they start on {day}", day=days[0])
        msg = _(
            "{requested}: before the data of {id}; {first}",
            requested=requested,
            id=series.card.id,
            first=first,
        )
        raise InputError(msg)
    bases = _base_rows(days, requested, current)
    earliest = 0
    if since is not None:
        bases["since"] = _row_on_or_before(days, since)
        earliest = max(bases["since"], 0)
    return DayFacts(
        series=series.card.id,
        quote=series.card.unit,
        requested=requested,
        day=_to_date(days[current]),
        rate=float(rates[current]),
        first_day=_to_date(days[0]),
        changes=tuple(
            compute_change(
                name,
                _observation_at(days, rates, row),
                float(rates[current]),
                series.card.move_sign,
            )
            for name, row in bases.items()
            if 0 <= row <= current
        ),
        strongest_since=_last_as_strong(days, rates, (earliest, current), series.card.move_sign),
        weakest_since=_last_as_strong(days, rates, (earliest, current), -series.card.move_sign),
        year_low=_year_extreme(days, rates, current, lowest=True),
        year_high=_year_extreme(days, rates, current, lowest=False),
    )


def compute_change(name: str, base: Observation, rate: float, move_sign: int) -> RateChange:
    """The change from a base to a rate in both quotes and in log points.

    `rub_per_usd_pct` = 100 (P/P0 - 1), `usd_per_rub_pct` = 100 (P0/P - 1),
    `log_points` = 100 x move_sign x ln(P/P0).
    """
    ratio = rate / base.rate
    move = float(log_points(rate, base.rate, move_sign))
    return RateChange(name, base.day, base.rate, 100.0 * (ratio - 1), 100.0 * (1 / ratio - 1), move)


def subtract_months(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _base_rows(days: Days, requested: date, current: int) -> dict[str, int]:
    day = _to_date(days[current])
    rows = {"previous": current - 1, "week": _row_on_or_before(days, day - timedelta(days=7))}
    rows |= {
        name: _row_on_or_before(days, subtract_months(day, count))
        for name, count in MONTHS_BACK.items()
    }
    rows["year_end"] = _row_on_or_before(days, date(requested.year - 1, 12, 31))
    start = rows["year_end"] + 1
    of_year = start <= current and _to_date(days[start]).year == requested.year
    rows["year_start"] = start if of_year else -1
    return rows


def _last_as_strong(
    days: Days, rates: Floats, span: tuple[int, int], move_sign: int
) -> Observation | None:
    """The last earlier observation at least as strong; stronger = fewer roubles per unit."""
    first, current = span
    earlier = rates[first:current]
    lower_is_stronger = move_sign == QUOTE_IS_SUBJECT
    reached = earlier <= rates[current] if lower_is_stronger else earlier >= rates[current]
    rows = np.flatnonzero(reached)
    return _observation_at(days, rates, first + int(rows[-1])) if len(rows) else None


def _year_extreme(days: Days, rates: Floats, current: int, *, lowest: bool) -> Observation:
    """The 52-week (364-day) low or high up to and including the day; the latest if tied."""
    start = int(np.searchsorted(days, days[current] - np.timedelta64(364, "D"), side="left"))
    window = rates[start : current + 1][::-1]
    row = current - int(window.argmin() if lowest else window.argmax())
    return _observation_at(days, rates, row)


def _row_on_or_before(days: Days, day: date) -> int:
    return int(np.searchsorted(days, np.datetime64(day, "D"), side="right")) - 1


def _observation_at(days: Days, rates: Floats, row: int) -> Observation:
    return Observation(_to_date(days[row]), float(rates[row]))


def _to_date(day: np.datetime64) -> date:
    return date.fromisoformat(str(day))


# ---- last time reached


def last_reached(
    series: RateSeries, before: date, level: float, *, from_above: bool
) -> Observation | None:
    """The last observation before a day at `level` or beyond it; None where there is none.

    Args:
        series: the observations; missing rates are passed over.
        before: market day, itself not included.
        level: of the quoted number.
        from_above: whether "beyond" means higher.
    """
    earlier = np.isfinite(series.rate) & (series.day < np.datetime64(before, "D"))
    beyond = series.rate >= level if from_above else series.rate <= level
    rows = np.flatnonzero(earlier & beyond)
    return _observation_at(series.day, series.rate, int(rows[-1])) if len(rows) else None


def first_observation(series: RateSeries) -> Observation | None:
    """The first observation that is not missing."""
    rows = np.flatnonzero(np.isfinite(series.rate))
    return _observation_at(series.day, series.rate, int(rows[0])) if len(rows) else None


# ---- vintages


def restrict_to_known(series: RateSeries, moment: datetime) -> RateSeries:
    """The observations that could be known at a moment.

    Args:
        series: observations that are never revised, or the values held at that moment.
        moment: with a time zone; an observation known exactly then is inside.
    """
    limit = np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")
    rows = int(np.searchsorted(series.known_at.astype("datetime64[us]"), limit, side="right"))
    return series if rows == len(series) else series.part(slice(0, rows))


def compare_vintages(frozen: RateSeries, live: RateSeries) -> tuple[RevisedObservation, ...]:
    """The rows in which a live series differs from a frozen one, by day.

    Rows are matched by `opens`. A row that only the live one has was added; one with another
    number was revised.
    """
    was = dict(zip(frozen.opens.tolist(), frozen.rate.tolist(), strict=True))
    changes = []
    for row, (opens, rate) in enumerate(zip(live.opens.tolist(), live.rate.tolist(), strict=True)):
        before = was.get(opens)
        if before == rate or (before is not None and np.isnan(before) and np.isnan(rate)):
            continue
        day, record = (dates[row].astype(object) for dates in (live.day, live.record))
        previous = None if before is None else float(before)
        changes.append(RevisedObservation(day, record, previous, float(rate)))
    return tuple(changes)


# ---- rolling statistics


BAND_WIDTH = 2.0
"""Standard deviations from the mean to each end of the band."""


def compute_rolling_mean(values: Floats, length: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the last `length` numbers, each (n,).

    The simple moving average and the deviation of Bollinger's bands (Bollinger 2001, *Bollinger
    on Bollinger Bands*, ch. 7): the sum of squares is divided by `length`. What is not finite is
    passed over and has neither; the first `length` - 1 numbers have none.

    Args:
        values: (n,), in their order.
        length: how many numbers a mean is of, at least 1.
    """
    mean, deviation = np.full(len(values), np.nan), np.full(len(values), np.nan)
    present = np.flatnonzero(np.isfinite(values))
    if len(present) < length:
        return mean, deviation
    windows = np.lib.stride_tricks.sliding_window_view(values[present], length)
    rows = present[length - 1 :]
    mean[rows], deviation[rows] = windows.mean(axis=1), windows.std(axis=1)
    return mean, deviation
