"""Compare sources: the same move of the dollar, measured on every series there is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from dashboard.domain.date_rules import RULES
from dashboard.domain.day_facts import Observation
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.event_view import Fixing
from dashboard.domain.series import RateSeries
from dashboard.domain.source_move import SourceMove
from dashboard.domain.study import Window, window_text
from dashboard.engine.alignment import AFTER_DATA as AFTER
from dashboard.engine.dated_events import align_events
from dashboard.engine.facts import change
from dashboard.services.cross_rates import DOLLAR_IN_YUAN, YUAN, implied_dollars

FIRST_TWO: Final[Window] = (0, 1)
"""An averaged rate has all of the news only with its second number."""
DOLLAR: Final = "RUB per USD"
FAR_DAYS: Final = 7
"""An observation farther from the day that was meant does not stand in for it."""


def dollar_series(series: Iterable[RateSeries]) -> tuple[RateSeries, ...]:
    """The daily series of roubles per dollar, and those that the yuan implies."""
    every = list(series)
    direct = [each for each in every if each.card.unit == DOLLAR and not each.card.bar_minutes]
    return (*direct, *implied_dollars(every))


def compare_events(
    series: Iterable[RateSeries], events: Sequence[Event], window: Window = FIRST_TWO
) -> tuple[SourceMove, ...]:
    """The moves around events on every series of the dollar, event by event.

    Offsets count the observations of each series by its own clock, so offset 0 is the first
    number of each that can contain the event; that is why moves may differ.

    Args:
        series: all that are known.
        events: the events, in the order of the answer.
        window: first and last offset; the base is the observation before the first.
    """
    by_series = [_event_moves(each, events, window) for each in dollar_series(series)]
    return tuple(move for of_event in zip(*by_series, strict=True) for move in of_event)


def compare_event(
    series: Iterable[RateSeries], event: Event, window: Window = FIRST_TWO
) -> tuple[SourceMove, ...]:
    """The move around one event on every series of the dollar; see `compare_events`."""
    return compare_events(series, [event], window)


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


def base_of(day: date, since: date | None) -> date:
    """The day a move is counted from: the one given, else the last of the year before."""
    return since or date(day.year - 1, 12, 31)


def compare_facts(
    known: Iterable[RateSeries], asked: Sequence[RateSeries], day: date, since: date | None = None
) -> tuple[SourceMove, ...]:
    """What every source says beside the facts of a day: the move since a base.

    Args:
        known: all that are known.
        asked: the series that were asked about; files of dollars are compared too.
        day: the day asked about.
        since: the base, see `base_of`.

    Returns:
        Nothing where no series asked about counts roubles, or the base is the day itself.
    """
    base = base_of(day, since)
    if base >= day or not any(each.card.is_rouble for each in asked):
        return ()
    every = {each.card.id: each for each in (*known, *asked)}
    return compare_days(every.values(), base, day)


def series_behind(known: Iterable[RateSeries]) -> tuple[str, ...]:
    """The ids of the series that a comparison is computed from."""
    cards = [each.card for each in known if not each.card.bar_minutes]
    return tuple(c.id for c in cards if c.unit in {DOLLAR, YUAN} or c.id == DOLLAR_IN_YUAN)


def comparison_rows(moves: Sequence[SourceMove]) -> list[dict[str, Any]]:
    """The rows of the table `source_moves`, for CSV and JSON alike."""
    return [_row(move) for move in moves]


def _event_moves(series: RateSeries, events: Sequence[Event], window: Window) -> list[SourceMove]:
    alignment = align_events(series, events)
    shifts = alignment.shift_days.tolist()
    found = zip(alignment.row.tolist(), alignment.far.tolist(), alignment.partial.tolist(),
                strict=True)  # fmt: skip
    moves = []
    for event, shift, (row, far, partial) in zip(events, shifts, found, strict=True):
        first, last = row + window[0] - 1, row + window[1]
        if row < 1:
            move = _unmeasured(series, _outside(series, is_after=row == AFTER))
        elif far:
            move = _unmeasured(series, f"the next number is {shift} days later")
        elif first < 0 or last >= len(series):
            move = _unmeasured(series, "the window reaches beyond the data")
        else:
            move = _measured(series, (first, last), partial=partial)
        moves.append(replace(move, event_id=event.id, window=window))
    return moves


def _outside(series: RateSeries, *, is_after: bool) -> str:
    if not is_after:
        return "the event lies before the data"
    return _ended(series) or "the event lies after the data"


def _ended(series: RateSeries) -> str:
    until = series.card.history_until
    return f"the series ended on {until}" if until else ""


def _unmeasured(series: RateSeries, reason: str) -> SourceMove:
    return SourceMove(series.card, RULES[series.card.date_rule].description, reason=reason)


def _days_move(series: RateSeries, since: date, until: date) -> SourceMove:
    rows = [series.row_on_or_before(day) for day in (since, until)]
    for row, day in zip(rows, (since, until), strict=True):
        if row < 0 or (day - series.day[row].astype(object)).days > FAR_DAYS:
            ended = _ended(series) if row == len(series) - 1 else ""
            return _unmeasured(series, ended or f"no number within a week before {day}")
    return _measured(series, (rows[0], rows[1]))


def _measured(series: RateSeries, rows: tuple[int, int], *, partial: bool = False) -> SourceMove:
    rule = RULES[series.card.date_rule].description
    base, end = (Fixing.at(series, row) for row in rows)
    if not (math.isfinite(base.rate) and math.isfinite(end.rate)):
        missing = (base if not math.isfinite(base.rate) else end).day
        reason = f"the number of {missing} is missing"
        if series.card.checked_by:
            reason += " or left out, too far from the official rate"
        return SourceMove(series.card, rule, base, end, reason=reason)
    moved = change("base", Observation(base.day, base.rate), end.rate, series.card.move_sign)
    return SourceMove(
        series.card, rule, base, end, moved.log_points, moved.rub_per_usd_pct,
        moved.usd_per_rub_pct, partial,
    )  # fmt: skip


def _row(move: SourceMove) -> dict[str, Any]:
    base, end = move.base, move.end
    return {
        "event_id": move.event_id,
        "window": window_text(move.window) if move.window else None,
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
