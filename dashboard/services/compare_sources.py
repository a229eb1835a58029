"""Compare sources: the same move of the dollar, measured on every series there is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from dashboard.domain.date_rules import RULES
from dashboard.domain.day_facts import Observation
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.event_view import Fixing
from dashboard.domain.series import RateSeries
from dashboard.domain.source_move import SourceMove
from dashboard.domain.study import Window
from dashboard.engine.dated_events import align_events
from dashboard.engine.facts import change
from dashboard.services.cross_rates import implied_dollars

DOLLAR: Final = "RUB per USD"
FAR_DAYS: Final = 7
"""An observation farther from the day that was meant does not stand in for it."""


def dollar_series(series: Iterable[RateSeries]) -> tuple[RateSeries, ...]:
    """The daily series of roubles per dollar, and those that the yuan implies."""
    every = list(series)
    direct = [each for each in every if each.card.unit == DOLLAR and not each.card.bar_minutes]
    return (*direct, *implied_dollars(every))


def compare_event(
    series: Iterable[RateSeries], event: Event, window: Window = (0, 1)
) -> tuple[SourceMove, ...]:
    """The move around an event on every series of the dollar.

    Offsets count the observations of each series by its own clock, so offset 0 is the first
    number of each that can contain the event; that is why moves may differ.

    Args:
        series: all that are known.
        event: the event.
        window: first and last offset; the base is the observation before the first.
    """
    return tuple(_event_move(each, event, window) for each in dollar_series(series))


def compare_days(series: Iterable[RateSeries], since: date, until: date) -> tuple[SourceMove, ...]:
    """The move from one market day to another on every series of the dollar.

    A day without an observation means the last one before it, no more than a week back.

    Raises:
        InputError: `until` does not lie after `since`.
    """
    if until <= since:
        msg = f"--since {since}: does not lie before {until}; give an earlier day"
        raise InputError(msg)
    return tuple(_days_move(each, since, until) for each in dollar_series(series))


def comparison_rows(moves: Sequence[SourceMove]) -> list[dict[str, Any]]:
    """The rows of the table `source_moves`, for CSV and JSON alike."""
    return [_row(move) for move in moves]


def _event_move(series: RateSeries, event: Event, window: Window) -> SourceMove:
    rule = RULES[series.card.date_rule].description
    alignment = align_events(series, [event])
    row = int(alignment.row[0])
    if row < 1:
        where = "after" if len(series) and row == -2 else "before"
        return SourceMove(series.card, rule, reason=f"the event lies {where} the data")
    if bool(alignment.far[0]):
        days = int(alignment.shift_days[0])
        return SourceMove(series.card, rule, reason=f"the next number is {days} days later")
    first, last = row + window[0] - 1, row + window[1]
    if first < 0 or last >= len(series):
        return SourceMove(series.card, rule, reason="the window reaches beyond the data")
    return _measured(series, (first, last), partial=bool(alignment.partial[0]))


def _days_move(series: RateSeries, since: date, until: date) -> SourceMove:
    rule = RULES[series.card.date_rule].description
    rows = [series.row_on_or_before(day) for day in (since, until)]
    for row, day in zip(rows, (since, until), strict=True):
        if row < 0 or (day - series.day[row].astype(object)).days > FAR_DAYS:
            return SourceMove(series.card, rule, reason=f"no number within a week before {day}")
    return _measured(series, (rows[0], rows[1]))


def _measured(series: RateSeries, rows: tuple[int, int], *, partial: bool = False) -> SourceMove:
    rule = RULES[series.card.date_rule].description
    base, end = (Fixing.at(series, row) for row in rows)
    if not (math.isfinite(base.rate) and math.isfinite(end.rate)):
        return SourceMove(series.card, rule, base, end, reason="a rate is missing")
    moved = change("base", Observation(base.day, base.rate), end.rate, series.card.move_sign)
    return SourceMove(
        series.card, rule, base, end, moved.log_points, moved.rub_per_usd_pct,
        moved.usd_per_rub_pct, partial,
    )  # fmt: skip


def _row(move: SourceMove) -> dict[str, Any]:
    base, end = move.base, move.end
    return {
        "series": move.card.id,
        "publisher": move.card.publisher,
        "quantity": move.card.quantity,
        "date_rule": move.rule,
        "base_day": base.day if base else None,
        "base_known_at": base.known_at if base else None,
        "base_rate": base.rate if base else None,
        "end_day": end.day if end else None,
        "end_known_at": end.known_at if end else None,
        "end_rate": end.rate if end else None,
        "move_log_pts": move.log_points,
        "move_pct_rub_per_usd": move.pct_quoted,
        "move_pct_usd_per_rub": move.pct_inverse,
        "partly_in_rate": int(move.partial),
        "reason": move.reason,
    }
