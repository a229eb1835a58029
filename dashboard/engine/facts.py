"""Facts about a day: changes against named bases, since when the rate was last there."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import numpy as np

from dashboard.domain.day_facts import Change, DayFacts, Observation
from dashboard.domain.errors import InputError
from dashboard.domain.series import ROUBLE_QUOTED, Days, Floats, RateSeries
from dashboard.engine.returns import log_points

MONTHS_BACK = {"month": 1, "quarter": 3, "year": 12}


def facts_on(series: RateSeries, asked: date, since: date | None = None) -> DayFacts:
    """What a series says about a day.

    The day is that of the last observation on or before `asked`; a base is the last
    observation on or before its own day, `year_start` the first observation of the year
    asked. A base without an observation is left out.

    Args:
        series: the observations; missing rates are passed over.
        asked: market day.
        since: adds a base `since` (the last observation on or before it) and limits how far
            back "strongest since" looks.

    Raises:
        InputError: when the day lies before the first observation, or `since` after the day.
    """
    if since is not None and since > asked:
        msg = f"--since {since}: lies after {asked}; give an earlier day"
        raise InputError(msg)
    present = np.isfinite(series.rate)
    days, rates = series.day[present], series.rate[present]
    here = _row(days, asked)
    if here < 0:
        first = f"they start on {days[0]}" if len(days) else "the series is empty"
        msg = f"{asked}: before the data of {series.card.id}; {first}"
        raise InputError(msg)
    bases = _bases(days, asked, here)
    earliest = 0
    if since is not None:
        bases["since"] = _row(days, since)
        earliest = max(bases["since"], 0)
    return DayFacts(
        series=series.card.id,
        quote=series.card.unit,
        asked=asked,
        day=_date(days[here]),
        rate=float(rates[here]),
        first_day=_date(days[0]),
        changes=tuple(
            change(name, _observation(days, rates, row), float(rates[here]), series.card.move_sign)
            for name, row in bases.items()
            if 0 <= row <= here
        ),
        strongest_since=_since(days, rates, (earliest, here), series.card.move_sign),
        weakest_since=_since(days, rates, (earliest, here), -series.card.move_sign),
        year_low=_extreme(days, rates, here, lowest=True),
        year_high=_extreme(days, rates, here, lowest=False),
    )


def change(name: str, base: Observation, rate: float, move_sign: int) -> Change:
    """The change from a base to a rate in both quotes and in log points.

    `rub_per_usd_pct` = 100 (P/P0 - 1), `usd_per_rub_pct` = 100 (P0/P - 1),
    `log_points` = 100 x move_sign x ln(P/P0).
    """
    ratio = rate / base.rate
    move = float(log_points(rate, base.rate, move_sign))
    return Change(name, base.day, base.rate, 100.0 * (ratio - 1), 100.0 * (1 / ratio - 1), move)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _bases(days: Days, asked: date, here: int) -> dict[str, int]:
    day = _date(days[here])
    rows = {"previous": here - 1, "week": _row(days, day - timedelta(days=7))}
    rows |= {name: _row(days, months_before(day, count)) for name, count in MONTHS_BACK.items()}
    rows["year_end"] = _row(days, date(asked.year - 1, 12, 31))
    start = rows["year_end"] + 1
    of_year = start <= here and _date(days[start]).year == asked.year
    rows["year_start"] = start if of_year else -1
    return rows


def _since(days: Days, rates: Floats, span: tuple[int, int], move_sign: int) -> Observation | None:
    """The last earlier observation at least as strong; stronger = fewer roubles per unit."""
    first, here = span
    earlier = rates[first:here]
    lower_is_stronger = move_sign == ROUBLE_QUOTED
    reached = earlier <= rates[here] if lower_is_stronger else earlier >= rates[here]
    rows = np.flatnonzero(reached)
    return _observation(days, rates, first + int(rows[-1])) if len(rows) else None


def _extreme(days: Days, rates: Floats, here: int, *, lowest: bool) -> Observation:
    """The 52-week (364-day) low or high up to and including the day; the latest if tied."""
    start = int(np.searchsorted(days, days[here] - np.timedelta64(364, "D"), side="left"))
    window = rates[start : here + 1][::-1]
    row = here - int(window.argmin() if lowest else window.argmax())
    return _observation(days, rates, row)


def _row(days: Days, day: date) -> int:
    return int(np.searchsorted(days, np.datetime64(day, "D"), side="right")) - 1


def _observation(days: Days, rates: Floats, row: int) -> Observation:
    return Observation(_date(days[row]), float(rates[row]))


def _date(day: np.datetime64) -> date:
    return date.fromisoformat(str(day))
