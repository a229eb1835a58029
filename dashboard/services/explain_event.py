"""Explain an event: its timing, its moves with their ordinary range, and its neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from dashboard.domain.bars import gaps_of
from dashboard.domain.day_facts import Observation
from dashboard.domain.event import Event
from dashboard.domain.event_view import EventView, Fixing, Move, PathPoint, Timing
from dashboard.domain.rank import Rank
from dashboard.domain.series import MethodBreak, RateSeries
from dashboard.domain.study import (
    CarResult,
    StudyRequest,
    StudyResult,
    Window,
    window_text,
)
from dashboard.engine import study
from dashboard.engine.bars import measurable
from dashboard.engine.dated_events import align_events
from dashboard.engine.facts import change
from dashboard.engine.returns import log_points
from dashboard.services.choose_windows import PAGE_REQUEST, page_request

__all__ = ["PAGE_REQUEST", "explain_event"]


def explain_event(
    series: RateSeries,
    event: Event,
    known: Sequence[Event],
    request: StudyRequest | None = None,
    factors: Sequence[RateSeries] = (),
) -> EventView:
    """Everything one event did on one series.

    Args:
        series: the observations.
        event: the event, stored or only a draft.
        known: every known event, for crowding, quiet dates and the neighbours' ids.
        request: the windows and the model, else what the pages ask; every pool is used
            whatever it says.
        factors: series that explain the ordinary move, for the models that need them.

    Returns:
        An `EventView`, with a `reason` instead of numbers where the event cannot be studied.

    Raises:
        InputError: the model lacks its factors, or does not fit this series.
    """
    request = request or page_request(series.card.bar_minutes)
    result, placebos = study.run_in_every_pool(series, [event], known, request, factors)
    before, after = _neighbours(event, known)
    cards = tuple(factor.card for factor in factors)
    if not result.events:
        return replace(_unstudied(series, event, (result, before, after)), factors=cards)
    by_id = {each.id: each for each in known}
    row = int(result.anchor[0])
    moves = []
    for at, car in enumerate(result.cars):
        ranks = tuple(of_car[at].rank(pool, 0) for pool, of_car in placebos.items())
        moves.append(_with_reason(_move(series, row, (car, ranks), by_id), result))
    return EventView(
        event=event,
        card=series.card,
        request=request,
        timing=_timing(series, event, result),
        moves=tuple(moves),
        path=_path(series, result),
        crowd=_crowd(series, row, result.crowd[0], by_id),
        flags=result.flags[0],
        n_estimation=int(result.n_estimation[0]),
        sigma=_percent(result.sigma),
        previous_id=before,
        next_id=after,
        breaks=_breaks(series, row, request.window),
        factors=cards,
    )


def _unstudied(
    series: RateSeries, event: Event, found: tuple[StudyResult, str | None, str | None]
) -> EventView:
    result, before, after = found
    row = int(align_events(series, [event]).row[0])
    timed = bool(measurable(series, np.array([event.moment is not None]))[0])
    return EventView(
        event=event,
        card=series.card,
        request=result.request,
        timing=_timing_at(series, event, row) if row >= 1 and timed else None,
        moves=(),
        path=(),
        crowd=(),
        flags=(),
        n_estimation=0,
        sigma=None,
        previous_id=before,
        next_id=after,
        reason=_reason(series, event, result),
    )


def _reason(series: RateSeries, event: Event, result: StudyResult) -> str:
    if result.skipped:
        return result.skipped[0].reason
    return f"the event belongs to the series {event.series}, not to {series.card.id}"


def _timing(series: RateSeries, event: Event, result: StudyResult) -> Timing:
    return _timing_at(series, event, int(result.anchor[0]))


def _timing_at(series: RateSeries, event: Event, row: int) -> Timing:
    alignment = align_events(series, [event])
    latest = int(alignment.latest[0])
    return Timing(
        event.moment,
        Fixing.at(series, row),
        Fixing.at(series, row - 1),
        Fixing.at(series, latest) if row < latest < len(series) else None,
        int(alignment.shift_days[0]),
        bool(alignment.partial[0]),
        bool(alignment.far[0]),
        bool(alignment.settled[0]),
    )


def _move(
    series: RateSeries, row: int, found: tuple[CarResult, tuple[Rank, ...]], by_id: dict[str, Event]
) -> Move:
    car, ranks = found
    first, last = row + car.window[0] - 1, row + car.window[1]
    crowd = tuple(by_id[name] for name in car.crowd[0] if name in by_id)
    base = Fixing.at(series, first)
    if last >= len(series):
        missing = last - len(series) + 1
        reason = f"needs {missing} more observation{'s' if missing > 1 else ''}"
        return _unknown(car.window, base, ranks, crowd, reason)
    end = Fixing.at(series, last)
    if not (math.isfinite(base.rate) and math.isfinite(end.rate)):
        return _unknown(car.window, base, (), crowd, "a rate is missing")
    measured = change("base", Observation(base.day, base.rate), end.rate, series.card.move_sign)
    return Move(
        car.window,
        base,
        end,
        measured.log_points,
        measured.rub_per_usd_pct,
        measured.usd_per_rub_pct,
        _percent(car.car),
        _percent(car.se),
        _number(car.t),
        _number(car.p),
        ranks,
        crowd,
    )


def _with_reason(move: Move, result: StudyResult) -> Move:
    """The move with the reason why it has no CAR, where it has none."""
    if move.car is not None or move.reason:
        return move
    begin = f"window {window_text(move.window)}"
    why = (row.reason.removeprefix(begin) for row in result.skipped if row.reason.startswith(begin))
    return replace(move, reason=next(why, "").lstrip(": "))


def _unknown(
    window: Window, base: Fixing, ranks: tuple[Rank, ...], crowd: tuple[Event, ...], reason: str
) -> Move:
    return Move(window, base, None, *(None,) * 7, ranks, crowd, reason)


def _breaks(series: RateSeries, row: int, window: Window) -> tuple[MethodBreak, ...]:
    """The changes of method after the observation before the window, up to its last one."""
    days = series.day[np.clip([row + window[0] - 1, row + window[1]], 0, len(series) - 1)]
    after, until = (date.fromisoformat(str(day)) for day in days)
    return tuple(method for method in series.card.breaks if after < method.day <= until)


def _path(series: RateSeries, result: StudyResult) -> tuple[PathPoint, ...]:
    """The offsets that the data reach; a missing rate is a gap, not the end of the path."""
    _, low, high = (100.0 * matrix[0] for matrix in result.from_base)
    row = int(result.anchor[0])
    move = np.asarray(
        log_points(result.rate[0], float(series.rate[row - 1]), series.card.move_sign)
    )
    gaps = gaps_of(series)
    points = []
    for k, offset in enumerate(result.offsets.tolist()):
        at = row + offset
        if at >= len(series):
            break
        fixing = Fixing.at(series, at)
        here = (float(move[k]), float(low[k]), float(high[k]))
        points.append(
            PathPoint(
                offset,
                fixing.day,
                float(result.rate[0, k]),
                *here,
                opens=fixing.opens,
                known_at=fixing.known_at,
                gap=gaps.before(at),
                weekend=bool(gaps.weekend[at]),
            )
        )
    return tuple(points)


def _crowd(
    series: RateSeries, row: int, ids: tuple[str, ...], by_id: dict[str, Event]
) -> tuple[tuple[int, Event], ...]:
    others = [by_id[name] for name in ids if name in by_id]
    rows = align_events(series, others).row if others else np.array([], dtype=np.int64)
    return tuple((int(at) - row, other) for at, other in zip(rows, others, strict=True))


def _neighbours(event: Event, known: Sequence[Event]) -> tuple[str | None, str | None]:
    ordered = sorted({e.id: e for e in (*known, event)}.values(), key=lambda e: (e.starts_at, e.id))
    at = next(k for k, each in enumerate(ordered) if each.id == event.id)
    before = ordered[at - 1].id if at else None
    return before, ordered[at + 1].id if at + 1 < len(ordered) else None


def _number(values: np.ndarray) -> float | None:
    value = float(values[0])
    return value if math.isfinite(value) else None


def _percent(values: np.ndarray) -> float | None:
    value = _number(values)
    return None if value is None else 100.0 * value
