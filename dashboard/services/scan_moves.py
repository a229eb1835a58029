"""Scan moves: the largest moves of a period and the events each can contain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np

from dashboard.domain.day_facts import Observation
from dashboard.domain.event import Event
from dashboard.domain.event_view import DayMove, Fixing
from dashboard.domain.rank import Rank
from dashboard.domain.series import Floats, Ints, RateSeries, SeriesCard
from dashboard.engine.dated_events import align_events
from dashboard.engine.facts import change
from dashboard.engine.returns import log_points, observed_returns
from dashboard.engine.study import rank_rows
from dashboard.services.choose_windows import first_moves_request


def largest_moves(
    series: RateSeries, events: Sequence[Event], since: date, until: date, count: int = 5
) -> tuple[DayMove, ...]:
    """The observations of a period that moved most, in size, the largest first.

    Each is ranked among the dates near it, as an event is that it is the first rate of.
    """
    move = move_size(series)
    rows = np.flatnonzero(
        np.isfinite(move)
        & (series.day >= np.datetime64(since, "D"))
        & (series.day <= np.datetime64(until, "D"))
    )
    top = rows[np.argsort(-move[rows], kind="stable")[:count]]
    contained = events_by_row(series, events)
    ranks = _ranks(series, top)
    return tuple(
        _day_move(series, row, ranks[k], tuple(contained.get(row, ())))
        for k, row in enumerate(top.tolist())
    )


def move_on(series: RateSeries, events: Sequence[Event], day: date) -> DayMove | None:
    """The move of the last observation on or before a day; None without a base."""
    row = series.row_on_or_before(day)
    move = move_size(series)
    if row < 1 or not np.isfinite(move[row]):
        return None
    ranks = _ranks(series, np.array([row]))[0]
    return _day_move(series, row, ranks, tuple(events_by_row(series, events).get(row, ())))


def log_points_of(rate: Floats, card: SeriesCard) -> Floats:
    """Moves of a line of rates against the point before, 100 x log, (n,); NaN at the first."""
    return 100.0 * observed_returns(rate, card.move_sign, "log")


def move_between(card: SeriesCard, base: float, rate: float) -> float:
    """The move from a base to a rate in log points, positive = stronger for rouble series."""
    return float(log_points(rate, base, card.move_sign))


def move_size(series: RateSeries) -> Floats:
    """Absolute log move of every observation, (n,), NaN where it has no base."""
    return np.abs(observed_returns(series.rate, series.card.move_sign, "log"))


def events_by_row(series: RateSeries, events: Sequence[Event]) -> dict[int, list[Event]]:
    """The events whose offset 0 is each row of the series."""
    found: dict[int, list[Event]] = defaultdict(list)
    if not events:
        return found
    for event, row in zip(events, align_events(series, events).row.tolist(), strict=True):
        if row >= 1:
            found[row].append(event)
    return found


def _ranks(series: RateSeries, rows: Ints) -> list[tuple[Rank, Rank]]:
    """Where the moves at rows stand in [0,0] and [0,1], among the dates near each."""
    ranked = rank_rows(series, rows, first_moves_request(series.card.bar_minutes))
    first, both = (placebo for _, placebo in ranked.values())
    return [(first.rank("near", k), both.rank("near", k)) for k in range(len(rows))]


def _day_move(
    series: RateSeries, row: int, ranks: tuple[Rank, Rank], events: tuple[Event, ...]
) -> DayMove:
    here, base = Fixing.at(series, row), Fixing.at(series, row - 1)
    measured = change(
        "previous", Observation(base.day, base.rate), here.rate, series.card.move_sign
    )
    of_bars = bool(series.card.bar_minutes)
    return DayMove(
        here.day,
        base.day,
        here.rate,
        base.rate,
        measured.log_points,
        measured.rub_per_usd_pct,
        measured.usd_per_rub_pct,
        *ranks,
        events,
        here.known_at if of_bars else None,
        base.known_at if of_bars else None,
    )
