"""Event studies: of events on several series, of one event, and the largest moves of a period."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.eventstudy import study
from dashboard.eventstudy.alignment import align_events, is_measurable
from dashboard.eventstudy.levels import BAND_WIDTH, compute_change, compute_rolling_mean
from dashboard.eventstudy.panel import build_study_answer
from dashboard.eventstudy.returns import compute_returns, log_points
from dashboard.eventstudy.study import rank_rows
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred, plural
from dashboard.models.messages import translate as _
from dashboard.models.moves import (
    DayMove,
    EventView,
    Fixing,
    Move,
    Observation,
    PathPoint,
    PlaceboRank,
    Timing,
    UsualMoves,
)
from dashboard.models.series import Bools, Floats, Ints, RateSeries, SeriesCard, find_gaps
from dashboard.models.study import (
    MIN_CLUSTERS,
    CarResult,
    SkippedEvent,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    Window,
    window_text,
)
from dashboard.services.study_inputs import DEFAULT_REQUEST, default_request, first_moves_request

if TYPE_CHECKING:
    from dashboard.compute.base import ComputeBackend

__all__ = ["DEFAULT_REQUEST", "build_event_view"]


MAX_CELLS: Final = 60_000_000
"""The limit of rows times offsets of a study."""


# ---- checks


def common_bar_minutes(series: Sequence[RateSeries], factors: Sequence[RateSeries] = ()) -> int:
    """The common length of bars of all series in minutes; 0 for daily series.

    Offsets must have the same length on all series, and factors are matched by the end of
    their bars.

    Raises:
        InputError: two series differ.
    """
    if not series:
        return 0
    first = series[0].card
    for field, others in (("rates", series), ("factor", factors)):
        for other in others:
            if other.card.bar_minutes != first.bar_minutes:
                msg = _(
                    "has {step}, and {other} has {other_step}; give series of one length",
                    step=_step_text(other.card.bar_minutes),
                    other=first.id,
                    other_step=_step_text(first.bar_minutes),
                )
                raise InputError(msg, field=field, value=other.card.id)
    return first.bar_minutes


def check_study_size(series: Sequence[RateSeries], request: StudyRequest) -> None:
    """Refuse a study that would need too much memory.

    Every test compares with every row of a series at every offset of the event window.

    Raises:
        InputError: the message names the window and the series.
    """
    first, last = request.window
    offsets = last - first + 1
    for one in series:
        if len(one) * offsets > MAX_CELLS:
            msg = _(
                "{offsets:,} offsets at each of the {count:,} rows of {id} are too much at once; "
                "shorten the window or the series",
                offsets=offsets,
                count=len(one),
                id=one.card.id,
            )
            raise InputError(msg, field="window", value=f"{first}:{last}")


def needs_factor(model_id: str) -> bool:
    """Whether a model explains the move by that of another series."""
    return study.get_normal_model(model_id).needs != "no factor"


def check_model(model_id: str) -> None:
    """Refuse an unknown model.

    Raises:
        InputError: the message names the known models.
    """
    study.get_normal_model(model_id)


def _step_text(bar_minutes: int) -> str:
    if not bar_minutes:
        return _("one number a day")
    return plural("bars of {n} minute", "bars of {n} minutes", bar_minutes)


# ---- studies


def run_study(  # noqa: PLR0913 - a study has this many parts
    series: Sequence[RateSeries],
    events: Sequence[Event],
    request: StudyRequest,
    *,
    known: Sequence[Event] | None = None,
    factors: Sequence[RateSeries] = (),
    compute: ComputeBackend | None = None,
) -> StudyAnswer:
    """Study events on every series, events bound to a series on this series only.

    Args:
        series: the series of the panel.
        events: the events to study.
        request: the parameters.
        known: every known event, for crowding and quiet dates; the studied ones if None.
        factors: series that explain normal returns on the same market days.
        compute: where the work runs; in this process if None.

    Raises:
        InputError: for no series, series of different lengths of bars, an unknown model, or
            two events with one id.
    """
    if not series:
        msg = _("a study needs at least one series; name one")
        raise InputError(msg)
    twice = [name for name, count in Counter(e.id for e in events).items() if count > 1]
    if twice:
        msg = _("event id {id}: given more than once; give each its own", id=twice[0])
        raise InputError(msg)
    common_bar_minutes(series, factors)
    check_study_size(series, request)
    study.get_normal_model(request.model)
    measure = partial(
        study.measure_series, events=events, known=known or events, request=request, factors=factors
    )
    measured = compute.map(measure, series) if compute else [measure(item) for item in series]
    names = tuple(factor.card.id for factor in factors)
    answer = build_study_answer(measured, request, len(events), names)
    bound = _skip_other_series(events, {item.card.id for item in series})
    return answer.evolve(skipped=bound + answer.skipped, factors=tuple(factors))


def _skip_other_series(events: Sequence[Event], series: set[str]) -> tuple[SkippedEvent, ...]:
    """The events bound to a series that is not studied."""
    return tuple(
        SkippedEvent(
            event.id,
            event.series,
            deferred("no series {series} in this study", series=event.series),
        )
        for event in events
        if event.series is not None and event.series not in series
    )


def measure_events(
    series: RateSeries,
    events: Sequence[Event],
    request: StudyRequest,
    known: Sequence[Event] | None = None,
) -> StudyResult:
    """The moves of events on one series, without averages and tests."""
    result = study.study_series(series, events, known or events, request)
    return result.evolve(skipped=_skip_other_series(events, {series.card.id}) + result.skipped)


# ---- what is usual after events of a kind


def usual_moves(series: RateSeries, known: Sequence[Event], category: str) -> UsualMoves:
    """How much a series moved over the first two observations at past events of a category.

    The moves are those of the event study (`measure_events`), without their direction.

    Args:
        series: the observations.
        known: every known event; those that the data do not reach have no move and do not count.
        category: that of the events.
    """
    request = first_moves_request(series.card.bar_minutes)
    window = request.cars[-1]
    events = [event for event in known if event.category == category]
    result = measure_events(series, events, request, known)
    end = int(np.searchsorted(result.offsets, window[1]))
    moves = 100.0 * np.abs(result.from_base[0][:, end]) if result.events else np.array([])
    measured = np.flatnonzero(np.isfinite(moves))
    rows, firsts = np.unique(result.anchor[measured], return_index=True)
    usual = UsualMoves(category, series.card.id, window, len(measured), len(rows))
    if not len(rows):
        return usual
    days = sorted(result.events[k].day for k in measured.tolist())
    usual = replace(usual, first=days[0], last=days[-1])
    if len(rows) < MIN_CLUSTERS:
        return usual
    low, median, high = np.quantile(moves[measured[firsts]], (0.25, 0.5, 0.75)).tolist()
    ordinary = _median_of_windows(series, int(rows[0]), int(rows[-1]), window)
    return replace(usual, median=median, low=low, high=high, ordinary=ordinary)


def _median_of_windows(series: RateSeries, first: int, last: int, window: Window) -> float:
    """The median absolute move of every window whose offset 0 is one of some rows, log points."""
    rows = np.arange(first, min(last, len(series) - 1 - window[1]) + 1)
    sizes = np.abs(
        100.0 * np.log(series.rate[rows + window[1]] / series.rate[rows - 1 + window[0]])
    )
    return float(np.median(sizes[np.isfinite(sizes)]))


# ---- one event


def build_event_view(
    series: RateSeries,
    event: Event,
    known: Sequence[Event],
    request: StudyRequest | None = None,
    factors: Sequence[RateSeries] = (),
) -> EventView:
    """Study one event on one series.

    Args:
        series: the observations.
        event: the event, stored or a draft.
        known: every known event, for crowding, quiet dates and the ids of neighbours.
        request: the windows and the model, else the defaults of pages; all placebo pools are
            used in any case.
        factors: series that explain normal returns, for the models that need them.

    Returns:
        An `EventView`, with a `reason` instead of numbers where the event cannot be studied.

    Raises:
        InputError: the model lacks its factors, or does not fit this series.
    """
    request = request or default_request(series.card.bar_minutes)
    result, placebos = study.study_series_in_all_pools(series, [event], known, request, factors)
    before, after = _neighbour_ids(event, known)
    cards = tuple(factor.card for factor in factors)
    if not result.events:
        return replace(_unstudied_view(series, event, (result, before, after)), factors=cards)
    by_id = {neighbour.id: neighbour for neighbour in known}
    row = int(result.anchor[0])
    ends = np.clip([row + request.window[0] - 1, row + request.window[1]], 0, len(series) - 1)
    base_day, last_day = series.day[ends].tolist()
    moves = []
    for at, car in enumerate(result.cars):
        ranks = tuple(of_car[at].rank(pool, 0) for pool, of_car in placebos.items())
        moves.append(_with_missing_reason(_event_move(series, row, (car, ranks), by_id), result))
    return EventView(
        event=event,
        card=series.card,
        request=request,
        timing=_timing_at_row(series, event, row),
        moves=tuple(moves),
        path=_event_path(series, result),
        crowd=_overlapping_events(series, row, result.crowd[0], by_id),
        flags=result.flags[0],
        n_estimation=int(result.n_estimation[0]),
        sigma=_single_percent(result.sigma),
        previous_id=before,
        next_id=after,
        breaks=tuple(b for b in series.card.breaks if base_day < b.day <= last_day),
        factors=cards,
    )


def _unstudied_view(
    series: RateSeries, event: Event, outcome: tuple[StudyResult, str | None, str | None]
) -> EventView:
    result, before, after = outcome
    row = int(align_events(series, [event]).row[0])
    timed = bool(is_measurable(series, np.array([event.moment is not None]))[0])
    reason = deferred(
        "the event belongs to the series {series}, not to {id}",
        series=event.series,
        id=series.card.id,
    )
    return EventView(
        event, series.card, result.request,
        timing=_timing_at_row(series, event, row) if row >= 1 and timed else None,
        moves=(), path=(), crowd=(), flags=(), n_estimation=0, sigma=None,
        previous_id=before, next_id=after,
        reason=result.skipped[0].reason if result.skipped else reason,
    )  # fmt: skip


def _timing_at_row(series: RateSeries, event: Event, row: int) -> Timing:
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


def _event_move(
    series: RateSeries,
    row: int,
    measurement: tuple[CarResult, tuple[PlaceboRank, ...]],
    by_id: dict[str, Event],
) -> Move:
    car, ranks = measurement
    first, last = row + car.window[0] - 1, row + car.window[1]
    crowd = tuple(by_id[name] for name in car.crowd[0] if name in by_id)
    base = Fixing.at(series, first)
    if last >= len(series):
        missing = last - len(series) + 1
        reason = deferred("needs 1 more observation")
        if missing > 1:
            reason = deferred("needs {n} more observations", n=missing)
        return Move(car.window, base, None, *(None,) * 7, ranks, crowd, reason)
    end = Fixing.at(series, last)
    if not (math.isfinite(base.rate) and math.isfinite(end.rate)):
        reason = deferred("a rate is missing")
        return Move(car.window, base, None, *(None,) * 7, (), crowd, reason)
    measured = compute_change(
        "base", Observation(base.day, base.rate), end.rate, series.card.move_sign
    )
    return Move(
        car.window,
        base,
        end,
        measured.log_points,
        measured.rub_per_usd_pct,
        measured.usd_per_rub_pct,
        _single_percent(car.car),
        _single_percent(car.se),
        _single_value(car.t),
        _single_value(car.p),
        ranks,
        crowd,
    )


def _with_missing_reason(move: Move, result: StudyResult) -> Move:
    """The move with the reason why it has no CAR, where it has none."""
    if move.car is not None or move.reason:
        return move
    begin = f"window {window_text(move.window)}"
    why = (row.reason.removeprefix(begin) for row in result.skipped if row.reason.startswith(begin))
    return replace(move, reason=next(why, "").lstrip(": "))


def _event_path(series: RateSeries, result: StudyResult) -> tuple[PathPoint, ...]:
    """The offsets within the data; a missing rate is a gap, not the end of the path."""
    _median, low, high = (100.0 * matrix[0] for matrix in result.from_base)
    row = int(result.anchor[0])
    move = np.asarray(
        log_points(result.rate[0], float(series.rate[row - 1]), series.card.move_sign)
    )
    gaps = find_gaps(series)
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


def _overlapping_events(
    series: RateSeries, row: int, ids: tuple[str, ...], by_id: dict[str, Event]
) -> tuple[tuple[int, Event], ...]:
    others = [by_id[name] for name in ids if name in by_id]
    rows = align_events(series, others).row if others else np.array([], dtype=np.int64)
    return tuple((int(at) - row, other) for at, other in zip(rows, others, strict=True))


def _neighbour_ids(event: Event, known: Sequence[Event]) -> tuple[str | None, str | None]:
    ordered = sorted({e.id: e for e in (*known, event)}.values(), key=lambda e: (e.starts_at, e.id))
    at = next(k for k, candidate in enumerate(ordered) if candidate.id == event.id)
    before = ordered[at - 1].id if at else None
    return before, ordered[at + 1].id if at + 1 < len(ordered) else None


def _single_value(values: np.ndarray) -> float | None:
    value = float(values[0])
    return value if math.isfinite(value) else None


def _single_percent(values: np.ndarray) -> float | None:
    value = _single_value(values)
    return None if value is None else 100.0 * value


# ---- largest moves


def largest_moves(
    series: RateSeries, events: Sequence[Event], since: date, until: date, count: int = 5
) -> tuple[DayMove, ...]:
    """The largest moves of a period in size, the largest first.

    Each is ranked among the dates near it, like an event at the same offset 0.
    """
    move = move_sizes(series)
    rows = np.flatnonzero(
        np.isfinite(move)
        & (series.day >= np.datetime64(since, "D"))
        & (series.day <= np.datetime64(until, "D"))
    )
    top = rows[np.argsort(-move[rows], kind="stable")[:count]]
    contained = events_by_row(series, events)
    ranks = _rank_rows(series, top)
    return tuple(
        _day_move(series, row, ranks[k], tuple(contained.get(row, ())))
        for k, row in enumerate(top.tolist())
    )


def move_on_day(series: RateSeries, events: Sequence[Event], day: date) -> DayMove | None:
    """The move of the last observation on or before a day; None without a base."""
    row = series.row_on_or_before(day)
    move = move_sizes(series)
    if row < 1 or not np.isfinite(move[row]):
        return None
    ranks = _rank_rows(series, np.array([row]))[0]
    return _day_move(series, row, ranks, tuple(events_by_row(series, events).get(row, ())))


def log_changes(rate: Floats, card: SeriesCard) -> Floats:
    """Moves against the observation before in log points, (n,); NaN at the first."""
    return 100.0 * compute_returns(rate, card.move_sign, "log")


def move_between(card: SeriesCard, base: float, rate: float) -> float:
    """The move from a base to a rate in log points; positive = stronger, for rouble series."""
    return float(log_points(rate, base, card.move_sign))


def moving_average(values: Floats, length: int) -> tuple[Floats, Floats, Floats]:
    """The mean of the last `length` numbers and the ends of its band, each (n,)."""
    mean, deviation = compute_rolling_mean(values, length)
    return mean, mean - BAND_WIDTH * deviation, mean + BAND_WIDTH * deviation


def rebase(values: Floats, inside: Bools) -> Floats:
    """Numbers divided by the first finite one that is inside, times 100, (n,); NaN without one."""
    first = np.flatnonzero(inside & np.isfinite(values))
    base = values[first[0]] if len(first) else np.nan
    return 100.0 * values / base


def move_sizes(series: RateSeries) -> Floats:
    """Absolute log move of every observation, (n,), NaN where it has no base."""
    return np.abs(compute_returns(series.rate, series.card.move_sign, "log"))


def events_by_row(series: RateSeries, events: Sequence[Event]) -> dict[int, list[Event]]:
    """The events whose offset 0 is each row of the series."""
    by_row: dict[int, list[Event]] = defaultdict(list)
    if not events:
        return by_row
    for event, row in zip(events, align_events(series, events).row.tolist(), strict=True):
        if row >= 1:
            by_row[row].append(event)
    return by_row


def first_rate_days(series: RateSeries, events: Sequence[Event]) -> dict[str, date]:
    """The market day of the first rate that can contain each event, by event id."""
    return {
        event.id: date.fromisoformat(str(series.day[row]))
        for row, contained in events_by_row(series, events).items()
        for event in contained
    }


def _rank_rows(series: RateSeries, rows: Ints) -> list[tuple[PlaceboRank, PlaceboRank]]:
    """The ranks of the moves at rows in [0,0] and [0,1], among the dates near each."""
    ranked = rank_rows(series, rows, first_moves_request(series.card.bar_minutes))
    first, both = (placebo for _, placebo in ranked.values())
    return [(first.rank("near", k), both.rank("near", k)) for k in range(len(rows))]


def _day_move(
    series: RateSeries, row: int, ranks: tuple[PlaceboRank, PlaceboRank], events: tuple[Event, ...]
) -> DayMove:
    here, base = Fixing.at(series, row), Fixing.at(series, row - 1)
    measured = compute_change(
        "previous", Observation(base.day, base.rate), here.rate, series.card.move_sign
    )
    moments = (here.known_at, base.known_at) if series.card.bar_minutes else (None, None)
    return DayMove(
        here.day, base.day, here.rate, base.rate, measured.log_points, measured.rub_per_usd_pct,
        measured.usd_per_rub_pct, *ranks, events, *moments,
    )  # fmt: skip
