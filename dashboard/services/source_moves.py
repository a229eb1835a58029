"""Comparison of sources: one move of the dollar on every series, also implied by the yuan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from dashboard.eventstudy.alignment import AFTER_DATA as AFTER
from dashboard.eventstudy.alignment import align_events
from dashboard.eventstudy.levels import compute_change
from dashboard.models.currencies import NEWS_CURRENCY
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import Fixing, Observation, SourceMove
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import Window

MAX_QUOTE_AGE: Final = np.timedelta64(5, "D")
"""An older USD/CNY rate is not used in a cross rate."""
DOLLAR_QUANTITY: Final = deferred("RUB per USD")
YUAN_QUANTITY: Final = deferred("RUB per CNY")
USD_CNY_SERIES: Final = "usd_cny_ecb"
DEFAULT_SOURCE_WINDOW: Final[Window] = (0, 1)
"""An averaged rate contains all of the news only with its second observation."""
MAX_BASE_GAP_DAYS: Final = 7
"""An observation farther from the requested day does not stand in for it."""


# ---- cross rates


def implied_dollar_series(series: Iterable[RateSeries]) -> tuple[RateSeries, ...]:
    """The dollar rates implied by the series of roubles per yuan and the ECB's USD/CNY."""
    daily = [one for one in series if not one.card.bar_minutes]
    usd_cny = next((one for one in daily if one.card.id == USD_CNY_SERIES), None)
    if usd_cny is None:
        return ()
    return tuple(
        implied_dollar_rate(one, usd_cny) for one in daily if one.card.unit == YUAN_QUANTITY
    )


def implied_dollar_rate(yuan: RateSeries, usd_cny: RateSeries) -> RateSeries:
    """Roubles per yuan times yuan per dollar, the latest USD/CNY known at the same moment.

    The result is missing where USD/CNY is missing or more than five days old.
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
    times = (yuan.record, yuan.day, yuan.opens, yuan.known_at)
    return RateSeries(_implied_card(yuan.card), *times, rate, yuan.fetched_at)


def _implied_card(yuan: SeriesCard) -> SeriesCard:
    return SeriesCard(
        id=f"usd_rub_by_{yuan.id}",
        title=deferred("USD/RUB implied by {series}", series=yuan.title),
        unit="RUB per USD",
        inverse_unit="USD per RUB",
        publisher=f"{yuan.publisher} and European Central Bank",
        source_url=yuan.source_url,
        licence=yuan.licence,
        date_rule=yuan.date_rule,
        description=f"{yuan.id} times {USD_CNY_SERIES}, the latest known then.",
        move_sign=yuan.move_sign,
        breaks=yuan.breaks,
        quantity=deferred("implied by the yuan"),
        limits=deferred(
            "The yuan's rouble price went its own way at times: 2-10 % in August 2024."
        ),
    )


# ---- comparison


def dollar_series(series: Iterable[RateSeries]) -> tuple[RateSeries, ...]:
    """The daily series of roubles per dollar, and those implied by the yuan."""
    candidates = list(series)
    direct = [
        one for one in candidates if one.card.unit == DOLLAR_QUANTITY and not one.card.bar_minutes
    ]
    return (*direct, *implied_dollar_series(candidates))


def compare_sources_of_events(
    series: Iterable[RateSeries], events: Sequence[Event], window: Window = DEFAULT_SOURCE_WINDOW
) -> tuple[SourceMove, ...]:
    """The moves around events on every dollar series, event by event.

    Offsets count the observations of each series, with offset 0 at the first that can contain
    the event by its publication rule; moves differ for this reason.

    Args:
        series: all known series.
        events: the events, in the order of the answer.
        window: first and last offset; the base is the observation before the first.
    """
    by_series = [_moves_of_events(one, events, window) for one in dollar_series(series)]
    return tuple(move for of_event in zip(*by_series, strict=True) for move in of_event)


def compare_sources_of_event(
    series: Iterable[RateSeries], event: Event, window: Window = DEFAULT_SOURCE_WINDOW
) -> tuple[SourceMove, ...]:
    """The move around one event on every dollar series; see `compare_sources_of_events`."""
    return compare_sources_of_events(series, [event], window)


def compare_sources_between(
    series: Iterable[RateSeries], since: date, until: date
) -> tuple[SourceMove, ...]:
    """The move from one market day to another on every dollar series.

    For a day without an observation the last one before is used, at most a week back.

    Raises:
        InputError: `until` is not after `since`.
    """
    if until <= since:
        msg = _("does not lie before {until}; give an earlier day", until=until)
        raise InputError(msg, field="since", value=since)
    return tuple(_move_between_days(one, since, until) for one in dollar_series(series))


def resolve_base_day(day: date, since: date | None) -> date:
    """The base of a move: `since`, else the last day of the year before."""
    return since or date(day.year - 1, 12, 31)


def compare_sources_of_facts(
    known: Iterable[RateSeries], chosen: Sequence[RateSeries], day: date, since: date | None = None
) -> tuple[SourceMove, ...]:
    """The move since a base on every dollar series, to complement the facts of a day.

    Args:
        known: all known series.
        chosen: the series of the facts; dollar series of a user's file are compared too.
        day: the day of the facts.
        since: the base, see `resolve_base_day`.

    Returns:
        Empty where no chosen series quotes the rouble, or the base is the day itself.
    """
    base = resolve_base_day(day, since)
    if base >= day or all(one.card.subject.code != NEWS_CURRENCY for one in chosen):
        return ()
    by_id = {one.card.id: one for one in (*known, *chosen)}
    return compare_sources_between(by_id.values(), base, day)


def source_series_ids(known: Iterable[RateSeries]) -> tuple[str, ...]:
    """The ids of the series used in a comparison."""
    cards = [one.card for one in known if not one.card.bar_minutes]
    return tuple(
        c.id for c in cards if c.unit in {DOLLAR_QUANTITY, YUAN_QUANTITY} or c.id == USD_CNY_SERIES
    )


def _moves_of_events(
    series: RateSeries, events: Sequence[Event], window: Window
) -> list[SourceMove]:
    alignment = align_events(series, events)
    shifts = alignment.shift_days.tolist()
    placements = zip(alignment.row.tolist(), alignment.far.tolist(), alignment.partial.tolist(),
                strict=True)  # fmt: skip
    moves = []
    for event, shift, (row, far, partial) in zip(events, shifts, placements, strict=True):
        first, last = row + window[0] - 1, row + window[1]
        if row < 1:
            reason = deferred("the event lies before the data")
            if row == AFTER:
                reason = _ended_reason(series) or deferred("the event lies after the data")
            move = _unmeasured_move(series, reason)
        elif far:
            move = _unmeasured_move(series, deferred("the next number is {n} days later", n=shift))
        elif first < 0 or last >= len(series):
            move = _unmeasured_move(series, deferred("the window reaches beyond the data"))
        else:
            move = _measured_move(series, (first, last), partial=partial)
        moves.append(replace(move, event_id=event.id, window=window))
    return moves


def _ended_reason(series: RateSeries) -> str:
    until = series.card.history_until
    return deferred("the series ended on {day}", day=until) if until else ""


def _unmeasured_move(series: RateSeries, reason: str) -> SourceMove:
    return SourceMove(
        series.card, PUBLICATION_RULES[series.card.date_rule].description, reason=reason
    )


def _move_between_days(series: RateSeries, since: date, until: date) -> SourceMove:
    rows = [series.row_on_or_before(day) for day in (since, until)]
    for row, day in zip(rows, (since, until), strict=True):
        if row < 0 or (day - series.day[row].astype(object)).days > MAX_BASE_GAP_DAYS:
            ended = _ended_reason(series) if row == len(series) - 1 else ""
            return _unmeasured_move(
                series, ended or deferred("no number within a week before {day}", day=day)
            )
    return _measured_move(series, (rows[0], rows[1]))


def _measured_move(
    series: RateSeries, rows: tuple[int, int], *, partial: bool = False
) -> SourceMove:
    rule = PUBLICATION_RULES[series.card.date_rule].description
    base, end = (Fixing.at(series, row) for row in rows)
    if not (math.isfinite(base.rate) and math.isfinite(end.rate)):
        missing = (base if not math.isfinite(base.rate) else end).day
        reason = deferred("the number of {day} is missing", day=missing)
        if series.card.checked_by:
            reason = deferred(
                "the number of {day} is missing or left out, too far from the official rate",
                day=missing,
            )
        return SourceMove(series.card, rule, base, end, reason=reason)
    moved = compute_change(
        "base", Observation(base.day, base.rate), end.rate, series.card.move_sign
    )
    return SourceMove(
        series.card, rule, base, end, moved.log_points, moved.rub_per_usd_pct,
        moved.usd_per_rub_pct, partial,
    )  # fmt: skip
