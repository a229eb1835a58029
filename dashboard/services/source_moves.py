"""Source comparison: the same move of the dollar measured on every series, also implied from the yuan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np

from dashboard.eventstudy.alignment import AFTER_DATA as AFTER
from dashboard.eventstudy.alignment import align_events
from dashboard.eventstudy.levels import compute_change
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.moves import Fixing, Observation, SourceMove
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import Window, window_text

# ------------------------------------------------------------
# Cross rates: the dollar implied by the yuan, where the dollar itself is hard to come by.


MAX_QUOTE_AGE: Final = np.timedelta64(5, "D")
"""A USD/CNY older than this does not go into a cross."""
YUAN_QUANTITY: Final = "RUB per CNY"
USD_CNY_SERIES: Final = "usd_cny_ecb"


def implied_dollar_series(series: Iterable[RateSeries]) -> tuple[RateSeries, ...]:
    """For every series of roubles per yuan, the dollar it implies with the ECB's USD/CNY."""
    every = [each for each in series if not each.card.bar_minutes]
    by = next((each for each in every if each.card.id == USD_CNY_SERIES), None)
    if by is None:
        return ()
    return tuple(implied_dollar_rate(each, by) for each in every if each.card.unit == YUAN_QUANTITY)


def implied_dollar_rate(yuan: RateSeries, usd_cny: RateSeries) -> RateSeries:
    """Roubles per yuan times yuan per dollar, the latest known when the first was.

    A rate whose USD/CNY is missing or more than five days old is missing.
    """
    present = np.isfinite(usd_cny.rate)
    known, rates = usd_cny.known_at[present], usd_cny.rate[present]
    row = np.searchsorted(known, yuan.known_at, side="right") - 1
    at = np.maximum(row, 0)
    if len(known) == 0:
        rate = np.full(len(yuan), np.nan)
    else:
        is_fresh = (row >= 0) & (yuan.known_at - known[at] <= MAX_QUOTE_AGE)
        rate = np.where(is_fresh, yuan.rate * rates[at], np.nan)
    rate.setflags(write=False)
    return RateSeries(
        _implied_card(yuan.card),
        yuan.record,
        yuan.day,
        yuan.opens,
        yuan.known_at,
        rate,
        yuan.fetched_at,
    )


def _implied_card(yuan: SeriesCard) -> SeriesCard:
    return SeriesCard(
        id=f"usd_rub_by_{yuan.id}",
        title=f"USD/RUB implied by {yuan.title}",
        unit="RUB per USD",
        inverse_unit="USD per RUB",
        publisher=f"{yuan.publisher} and European Central Bank",
        source_url=yuan.source_url,
        licence=yuan.licence,
        date_rule=yuan.date_rule,
        description=f"{yuan.id} times {USD_CNY_SERIES}, the latest known then.",
        move_sign=yuan.move_sign,
        breaks=yuan.breaks,
        quantity="implied by the yuan",
        limits="The yuan's rouble price went its own way at times: 2-10 % in August 2024.",
    )


# ------------------------------------------------------------
# Compare sources: the same move of the dollar, measured on every series there is.


DEFAULT_SOURCE_WINDOW: Final[Window] = (0, 1)
"""An averaged rate has all of the news only with its second number."""
DOLLAR_QUANTITY: Final = "RUB per USD"
MAX_BASE_GAP_DAYS: Final = 7
"""An observation farther from the day that was meant does not stand in for it."""


def dollar_series(series: Iterable[RateSeries]) -> tuple[RateSeries, ...]:
    """The daily series of roubles per dollar, and those that the yuan implies."""
    every = list(series)
    direct = [
        each for each in every if each.card.unit == DOLLAR_QUANTITY and not each.card.bar_minutes
    ]
    return (*direct, *implied_dollar_series(every))


def compare_sources_of_events(
    series: Iterable[RateSeries], events: Sequence[Event], window: Window = DEFAULT_SOURCE_WINDOW
) -> tuple[SourceMove, ...]:
    """The moves around events on every series of the dollar, event by event.

    Offsets count the observations of each series by its own clock, so offset 0 is the first
    number of each that can contain the event; that is why moves may differ.

    Args:
        series: all that are known.
        events: the events, in the order of the answer.
        window: first and last offset; the base is the observation before the first.
    """
    by_series = [_moves_of_events(each, events, window) for each in dollar_series(series)]
    return tuple(move for of_event in zip(*by_series, strict=True) for move in of_event)


def compare_sources_of_event(
    series: Iterable[RateSeries], event: Event, window: Window = DEFAULT_SOURCE_WINDOW
) -> tuple[SourceMove, ...]:
    """The move around one event on every series of the dollar; see `compare_sources_of_events`."""
    return compare_sources_of_events(series, [event], window)


def compare_sources_between(
    series: Iterable[RateSeries], since: date, until: date
) -> tuple[SourceMove, ...]:
    """The move from one market day to another on every series of the dollar.

    A day without an observation means the last one before it, no more than a week back.

    Raises:
        InputError: `until` does not lie after `since`.
    """
    if until <= since:
        msg = f"does not lie before {until}; give an earlier day"
        raise InputError(msg, field="since", value=since)
    return tuple(_move_between_days(each, since, until) for each in dollar_series(series))


def resolve_base_day(day: date, since: date | None) -> date:
    """The day a move is counted from: the one given, else the last of the year before."""
    return since or date(day.year - 1, 12, 31)


def compare_sources_of_facts(
    known: Iterable[RateSeries], asked: Sequence[RateSeries], day: date, since: date | None = None
) -> tuple[SourceMove, ...]:
    """What every source says beside the facts of a day: the move since a base.

    Args:
        known: all that are known.
        asked: the series that were asked about; files of dollars are compared too.
        day: the day asked about.
        since: the base, see `resolve_base_day`.

    Returns:
        Nothing where no series asked about counts roubles, or the base is the day itself.
    """
    base = resolve_base_day(day, since)
    if base >= day or not any(each.card.is_rouble for each in asked):
        return ()
    every = {each.card.id: each for each in (*known, *asked)}
    return compare_sources_between(every.values(), base, day)


def source_series_ids(known: Iterable[RateSeries]) -> tuple[str, ...]:
    """The ids of the series that a comparison is computed from."""
    cards = [each.card for each in known if not each.card.bar_minutes]
    return tuple(
        c.id for c in cards if c.unit in {DOLLAR_QUANTITY, YUAN_QUANTITY} or c.id == USD_CNY_SERIES
    )


def source_move_rows(moves: Sequence[SourceMove]) -> list[dict[str, Any]]:
    """The rows of the table `source_moves`, for CSV and JSON alike."""
    return [_source_move_row(move) for move in moves]


def _moves_of_events(
    series: RateSeries, events: Sequence[Event], window: Window
) -> list[SourceMove]:
    alignment = align_events(series, events)
    shifts = alignment.shift_days.tolist()
    found = zip(alignment.row.tolist(), alignment.far.tolist(), alignment.partial.tolist(),
                strict=True)  # fmt: skip
    moves = []
    for event, shift, (row, far, partial) in zip(events, shifts, found, strict=True):
        first, last = row + window[0] - 1, row + window[1]
        if row < 1:
            move = _unmeasured_move(series, _outside_reason(series, is_after=row == AFTER))
        elif far:
            move = _unmeasured_move(series, f"the next number is {shift} days later")
        elif first < 0 or last >= len(series):
            move = _unmeasured_move(series, "the window reaches beyond the data")
        else:
            move = _measured_move(series, (first, last), partial=partial)
        moves.append(replace(move, event_id=event.id, window=window))
    return moves


def _outside_reason(series: RateSeries, *, is_after: bool) -> str:
    if not is_after:
        return "the event lies before the data"
    return _ended_reason(series) or "the event lies after the data"


def _ended_reason(series: RateSeries) -> str:
    until = series.card.history_until
    return f"the series ended on {until}" if until else ""


def _unmeasured_move(series: RateSeries, reason: str) -> SourceMove:
    return SourceMove(
        series.card, PUBLICATION_RULES[series.card.date_rule].description, reason=reason
    )


def _move_between_days(series: RateSeries, since: date, until: date) -> SourceMove:
    rows = [series.row_on_or_before(day) for day in (since, until)]
    for row, day in zip(rows, (since, until), strict=True):
        if row < 0 or (day - series.day[row].astype(object)).days > MAX_BASE_GAP_DAYS:
            ended = _ended_reason(series) if row == len(series) - 1 else ""
            return _unmeasured_move(series, ended or f"no number within a week before {day}")
    return _measured_move(series, (rows[0], rows[1]))


def _measured_move(
    series: RateSeries, rows: tuple[int, int], *, partial: bool = False
) -> SourceMove:
    rule = PUBLICATION_RULES[series.card.date_rule].description
    base, end = (Fixing.at(series, row) for row in rows)
    if not (math.isfinite(base.rate) and math.isfinite(end.rate)):
        missing = (base if not math.isfinite(base.rate) else end).day
        reason = f"the number of {missing} is missing"
        if series.card.checked_by:
            reason += " or left out, too far from the official rate"
        return SourceMove(series.card, rule, base, end, reason=reason)
    moved = compute_change(
        "base", Observation(base.day, base.rate), end.rate, series.card.move_sign
    )
    return SourceMove(
        series.card, rule, base, end, moved.log_points, moved.rub_per_usd_pct,
        moved.usd_per_rub_pct, partial,
    )  # fmt: skip


def _source_move_row(move: SourceMove) -> dict[str, Any]:
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
