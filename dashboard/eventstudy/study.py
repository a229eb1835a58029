"""Event study of one series: from dated events to abnormal returns, errors and placebo ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from dashboard.eventstudy.abnormal_returns import (
    AbnormalReturns,
    compute_abnormal_returns,
    standardise,
    two_sided_p,
)
from dashboard.eventstudy.alignment import (
    AFTER_DATA,
    Alignment,
    DatedEvents,
    KnownEventRows,
    apply_overlap_rule,
    bar_skip_reason,
    compute_bar_flags,
    find_nearby_events,
    indices_with_hours,
    is_measurable,
    locate_known_events,
    match_rates,
    matching_calendar,
    observation_label,
)
from dashboard.eventstudy.normal import NORMAL_MODELS
from dashboard.eventstudy.normal.base import NormalModel
from dashboard.eventstudy.placebo import (
    MIN_NEAR_DATES,
    DistinctRowReturns,
    EventMoves,
    PlaceboCandidates,
    PlaceboGrid,
    PlaceboRanks,
    cached_eve_volatility,
    find_candidates,
    iterate_near_rows,
    rank_among_placebos,
)
from dashboard.eventstudy.returns import (
    History,
    compute_changes,
    compute_returns,
    estimation_rows,
    event_rows,
    take_or_nan,
)
from dashboard.eventstudy.samples import SeriesSample
from dashboard.models.errors import InputError
from dashboard.models.event import Event, HourKind
from dashboard.models.publication import crosses_break
from dashboard.models.series import Bools, Floats, Ints, RateSeries, require_price
from dashboard.models.study import (
    MATRICES,
    CarResult,
    Pool,
    SkippedEvent,
    StudyRequest,
    StudyResult,
    Window,
    window_text,
)

# ------------------------------------------------------------
# Reasons: why an event is not studied, or is in some windows and not in others.


def skip_reason(series: RateSeries, row: int, usable: int, request: StudyRequest) -> str:
    """Why an event aligned to `row` with `usable` estimation returns cannot be studied."""
    if len(series) == 0:
        return "the series has no observations"
    if row == AFTER_DATA:
        last = observation_label(series, len(series) - 1)
        return f"after the data: the last observation describes {last}"
    if row < 1:
        first = observation_label(series, 0)
        return f"before the data: the first observation describes {first}"
    return (
        f"too little history: {usable} returns in the estimation window,"
        f" {request.min_estimation} needed"
    )


def missing_value_reason(history: History, series: RateSeries, rows: range) -> str:
    """Why there is no abnormal return on some of an event's rows."""
    if rows.stop > len(series):
        last = observation_label(series, len(series) - 1)
        return f" reaches past the last observation, which describes {last}"
    for row in rows:
        if not np.isfinite(history.returns[row]):
            return f": the return on {observation_label(series, row)} is missing"
        if not np.isfinite(history.factors[row]).all():
            return f": the return of a factor on {observation_label(series, row)} is missing"
    return ": the factors do not vary in its estimation window, or repeat one another"


# ------------------------------------------------------------
# The result of one series: its matrices, crowds and flags, and the events with no value.


FEW_CLOSE_DATES: Final = 50
"""A pool with fewer dates within two years of the event says so."""


@dataclass(frozen=True, eq=False)
class SeriesStudy:
    """What was measured on one series, before it is laid out: N events on D first rates.

    Their moves are in `places`.
    """

    series: RateSeries
    dated: DatedEvents
    alignment: Alignment
    request: StudyRequest
    places: DistinctRowReturns
    history: History
    known: KnownEventRows

    @property
    def events(self) -> tuple[Event, ...]:
        """The events, in the order of their first rates."""
        return self.dated.events

    @property
    def at(self) -> Ints:
        """The rows that are measured, (D,)."""
        return self.places.at

    @property
    def back(self) -> Ints:
        """The place of each event's first rate among them, (N,)."""
        return self.places.back

    @property
    def found(self) -> AbnormalReturns:
        """The abnormal returns at those rows."""
        return self.places.found

    @property
    def event_returns(self) -> AbnormalReturns:
        """The abnormal returns of every event."""
        return (
            self.found if np.array_equal(self.at[self.back], self.at) else self.found.at(self.back)
        )

    @cached_property
    def nearby_events(self) -> dict[Window, Sequence[tuple[str, ...]]]:
        """Ids of the other events in the event window and in each CAR window."""
        own = self.dated.ids
        known = (self.known.first, self.known.last, self.known.ids)
        return {
            window: find_nearby_events(self.alignment.row, own, known, window)
            for window in {self.request.window, *self.request.cars}
        }


def build_result(
    study: SeriesStudy, cars: tuple[CarResult, ...], skipped: list[SkippedEvent]
) -> StudyResult:
    """The answer for one series from what was measured and the events that were skipped."""
    request, prediction, back = study.request, study.found.prediction, study.back
    return StudyResult.with_lazy_matrices(
        partial(_build_matrices, study),
        request=request,
        series=study.series,
        events=study.events,
        anchor=study.alignment.row,
        shift_days=study.alignment.shift_days,
        offsets=np.arange(request.window[0], request.window[1] + 1, dtype=np.int64),
        sigma=prediction.sigma[back],
        n_estimation=prediction.usable[back],
        estimation_events=_count_estimation_events(study)[back],
        crowd=study.nearby_events[request.window],
        flags=_build_flags(study, cars),
        cars=cars,
        skipped=(*skipped, *_list_incomplete_windows(study, cars)),
    )


def _build_matrices(study: SeriesStudy) -> dict[str, Floats | tuple[Floats, ...]]:
    """The fields of a result that are matrices, (N, L)."""
    found, window = study.found, study.request.window
    *matrices, base, low, high = _expand_to_events(
        study,
        take_or_nan(study.series.rate, event_rows(study.at, window)),
        found.returns,
        np.asarray(found.prediction.normal),
        found.ar,
        found.ar_se,
        *found.path(),
        *found.from_base(),
    )
    return dict(zip(MATRICES, (*matrices, (base, low, high)), strict=True))


def _expand_to_events(study: SeriesStudy, *matrices: Floats) -> tuple[Floats, ...]:
    """Matrices (D, L) of the first rates as those of the events, (N, L).

    They lie in one block of memory, which the system hands out in large pages: a page at a time
    it takes longer than the numbers.
    """
    if np.array_equal(study.at[study.back], study.at):
        return matrices
    block = np.empty((len(matrices), matrices[0].shape[1], len(study.back)))
    for each, out in zip(matrices, block, strict=True):
        each.T.take(study.back, axis=1, mode="clip", out=out)
    return tuple(each.T for each in block)


def _count_estimation_events(study: SeriesStudy) -> Ints:
    """How many known events lie in the estimation window of each first rate, (D,)."""
    request, size = study.request, len(study.series)
    first, last = estimation_rows(study.at, request.window, request.estimation, request.gap)
    before = np.concatenate(([0], np.cumsum(np.bincount(study.known.first, minlength=size))))
    within: Ints = before[np.clip(last + 1, 0, size)] - before[np.clip(first, 0, size)]
    return within


def _list_incomplete_windows(study: SeriesStudy, cars: tuple[CarResult, ...]) -> list[SkippedEvent]:
    """Events taken out of a CAR window, because a return in it is missing."""
    out, card = [], study.series.card
    for result in cars:
        for k in np.flatnonzero(~np.isfinite(result.car)).tolist():
            row = int(study.alignment.row[k])
            rows = range(row + result.window[0], row + result.window[1] + 1)
            why = missing_value_reason(study.history, study.series, rows)
            reason = f"window {window_text(result.window)}{why}"
            out.append(SkippedEvent(study.events[k].id, card.id, reason))
    return out


def _build_flags(study: SeriesStudy, cars: tuple[CarResult, ...]) -> tuple[tuple[str, ...], ...]:
    rows, last = study.alignment.row, len(study.series) - 1
    marks: dict[str, Sequence[bool] | Bools] = {
        **_hour_flags(study),
        "partly_in_fixing": study.alignment.partial,
        "far_from_event": study.alignment.far,
        "window_cut": rows + study.request.window[1] > last,
        "short_history": (study.found.prediction.usable < study.request.estimation)[study.back],
        "no_variance": ~(study.found.prediction.sigma > 0)[study.back],
        "few_placebos": np.any([result.n_close < FEW_CLOSE_DATES for result in cars], axis=0),
        "method_break": _crosses_method_break(study)[study.back],
        **compute_bar_flags(study.series, study.events, rows, study.request.window),
    }
    return _flag_names(marks, len(rows))


def _hour_flags(study: SeriesStudy) -> dict[str, Bools]:
    """What to know of each event's hour, (N,).

    `date_only`: the moment is not known, and no first report leaves but one first rate.
    """
    when, settled = study.dated.when, study.alignment.settled
    reported = when.bounded & ~when.timed
    scheduled = np.zeros(len(when.timed), dtype=bool)
    for k in indices_with_hours(study.events) if when.timed.any() else ():
        scheduled[k] = study.events[k].hour_kind == HourKind.SCHEDULED
    return {
        "date_only": ~when.timed & ~(reported & settled),
        "hour_upper_bound": reported,
        "hour_scheduled": scheduled,
    }


def _crosses_method_break(study: SeriesStudy) -> Bools:
    """Whether the event window of each first rate holds a break of the method, (D,)."""
    day, window = study.series.day, study.request.window
    if not study.series.card.breaks:
        return np.zeros(len(study.at), dtype=bool)
    first = np.clip(study.at + window[0] - 1, 0, len(day) - 1)
    final = np.clip(study.at + window[1], 0, len(day) - 1)
    found = crosses_break(study.series.card.breaks, day[first], day[final])
    return np.array(found, dtype=bool)


def _flag_names(
    marks: Mapping[str, Sequence[bool] | Bools], count: int
) -> tuple[tuple[str, ...], ...]:
    """The names of the marks that are set, for each of `format_count` events."""
    code = np.zeros(count, dtype=np.int64)
    for bit, values in enumerate(marks.values()):
        code |= np.asarray(values, dtype=np.int64) << bit
    words = np.empty(1 << len(marks), dtype=object)
    for each in np.flatnonzero(np.bincount(code)).tolist():
        words[each] = tuple(name for bit, name in enumerate(marks) if each >> bit & 1)
    return tuple(words[code].tolist())


# ------------------------------------------------------------
# The event study of one series: from dated events to moves, their errors and their placebo.


PLACEBO_POOLS: Final[tuple[Pool, ...]] = get_args(Pool)
MARKET_ADJUSTED_ID: Final = "market-adjusted"
CLEAN_OFFSETS: Final = (0, 1)
"""Offsets of other events that a clean estimation leaves out."""


def study_series(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> StudyResult:
    """Study events on one series; see `measure`."""
    return _finish_study(*_measure_events(series, (events, known), request, factors))


def measure_series(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> tuple[StudyResult, SeriesSample]:
    """Study events on one series.

    Args:
        series: the observations.
        events: the events to study; their order changes nothing.
        known: every known event, for crowding and quiet pseudo-dates; `events` are added.
        request: the parameters.
        factors: series whose returns on the same market days explain normal returns.

    Returns:
        A `StudyResult`, events that cannot be studied in `skipped` with the reason, and the
        raw measurements that tests over several series need.

    Raises:
        InputError: for a series that is no price, and a model that is not on the shelf, lacks
            its factors or fits as many coefficients as there are returns.
    """
    study, pool, skipped = _measure_events(series, (events, known), request, factors)
    measured = SeriesSample(
        matching_calendar(series),
        study.history,
        study.events,
        study.alignment.row,
        study.event_returns,
        pool.grid,
    )
    return _finish_study(study, pool, skipped), measured


def study_series_in_all_pools(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> tuple[StudyResult, dict[Pool, tuple[PlaceboRanks, ...]]]:
    """The study among the dates it asks for, and its placebo among those of every pool.

    Returns:
        The result, and of each pool a `Placebo` for each CAR window; see `measure`.
    """
    study, pool, skipped = _measure_events(series, (events, known), request, factors)
    cars = _event_moves(study)
    ranked = {
        name: tuple(
            rank_among_placebos(pool, window, name, move).at(study.back)
            for window, move in cars.items()
        )
        for name in PLACEBO_POOLS
    }
    return _finish_study(study, pool, skipped), ranked


def rank_rows(
    series: RateSeries, rows: Ints, request: StudyRequest
) -> dict[Window, tuple[Floats, PlaceboRanks]]:
    """The CARs (N,) at rows of a series with their placebo among the dates near them.

    The same as an event with one of these rows as offset 0 has in a study of `request`; of a
    long series only what lies around the rows is measured.
    """
    model = get_normal_model(request.model)
    nobody = np.array([], dtype=np.int64)
    history = _build_history(series, (), nobody, request)
    found = compute_abnormal_returns(history, rows, request, model)
    enough = found.prediction.usable >= request.min_estimation
    volatility = np.full(len(rows), np.nan)
    answer: dict[Window, tuple[Floats, PlaceboRanks]] = {}
    for around in iterate_near_rows(rows, len(series)):
        pool = find_candidates(history, nobody, request, model, around)
        for window in request.cars:
            car, se = found.car(window)
            car = np.where(enough, car, np.nan)
            move = (rows, car, standardise(car, se), volatility)
            answer[window] = car, rank_among_placebos(pool, window, "near", move)
        if all((placebo.size >= MIN_NEAR_DATES).all() for _, placebo in answer.values()):
            break
    return answer


def _finish_study(
    study: SeriesStudy, pool: PlaceboCandidates, skipped: list[SkippedEvent]
) -> StudyResult:
    cars = tuple(
        _build_car_result(
            study, window, move, rank_among_placebos(pool, window, study.request.pool, move)
        )
        for window, move in _event_moves(study).items()
    )
    return build_result(study, cars, skipped)


def _event_moves(study: SeriesStudy) -> dict[Window, EventMoves]:
    """Row, CAR, SCAR and eve volatility at each first rate in each CAR window."""
    row = study.at
    volatility = cached_eve_volatility(study.history)[row]
    cars = {window: study.found.car(window) for window in study.request.cars}
    return {w: (row, car, standardise(car, se), volatility) for w, (car, se) in cars.items()}


def _measure_events(
    series: RateSeries,
    of: tuple[Sequence[Event], Sequence[Event]],
    request: StudyRequest,
    factors: Sequence[RateSeries],
) -> tuple[SeriesStudy, PlaceboCandidates, list[SkippedEvent]]:
    """The events chosen with their abnormal returns, the pseudo-dates, and what was skipped."""
    require_price(series.card)
    _refuse_non_price_factor(request.model, factors)
    model = get_normal_model(request.model)
    events, known = of
    dated = DatedEvents.of(events).sorted_by_date().for_series(series.card.id)
    context = locate_known_events(series, dated, None if known is events else known)
    history = _build_history(series, factors, context.occupied, request)
    pool = find_candidates(history, context.occupied, request, model)
    chosen, places, skipped = _select_events(series, dated, request, pool.grid)
    _refuse_short_estimation(request, pool.n_coefficients)
    study = SeriesStudy(series, *chosen, request, places, history, context)
    return study, pool, skipped


def _refuse_non_price_factor(model_id: str, factors: Sequence[RateSeries]) -> None:
    """Refuse to take changes that are no returns off returns, as one coefficient of 1 does."""
    points = next((factor.card for factor in factors if not factor.card.is_price), None)
    if model_id == MARKET_ADJUSTED_ID and points is not None:
        msg = (
            f"takes a factor's return off one for one, and {points.id} counts {points.unit};"
            " use the model market"
        )
        raise InputError(msg, field="model", value=model_id)


def _refuse_short_estimation(request: StudyRequest, fitted: int) -> None:
    if request.min_estimation <= fitted:
        msg = f"the model {request.model} fits {fitted} coefficients; give at least {fitted + 1}"
        raise InputError(msg, field="min_estimation", value=request.min_estimation)


def _build_history(
    series: RateSeries, factors: Sequence[RateSeries], occupied: Ints, request: StudyRequest
) -> History:
    returns = compute_returns(series.rate, series.card.move_sign, request.returns)
    columns = [
        compute_changes(factor.card, match_rates(factor, series), request.returns)
        for factor in factors
    ]
    barred = np.zeros(len(series), dtype=bool)
    if request.clean_estimation:
        for offset in CLEAN_OFFSETS:
            rows = occupied + offset
            barred[rows[rows < len(series)]] = True
    together = np.column_stack(columns) if columns else None
    return History(returns, together, barred, series.day)


def get_normal_model(model_id: str) -> NormalModel:
    """The normal-return model of an id.

    Raises:
        InputError: naming the models there are.
    """
    for model in NORMAL_MODELS:
        if model.id == model_id:
            return model
    known = ", ".join(model.id for model in NORMAL_MODELS)
    msg = f"not known; choose one of {known}"
    raise InputError(msg, field="model", value=model_id)


def _select_events(
    series: RateSeries,
    bound: DatedEvents,
    request: StudyRequest,
    everywhere: PlaceboGrid,
) -> tuple[tuple[DatedEvents, Alignment], DistinctRowReturns, list[SkippedEvent]]:
    """The events that are studied, the abnormal returns at their first rates, and the others."""
    card, skipped = series.card, []
    alignment = bound.on(series)
    rows = np.where(alignment.inside, alignment.row, 0)
    places = everywhere.measure_rows(rows)
    usable = places.found.prediction.usable[places.back]
    timed = is_measurable(series, bound.timed)
    keep = alignment.inside & (usable >= request.min_estimation) & timed
    for k in np.flatnonzero(~keep).tolist():
        why = skip_reason(series, int(alignment.row[k]), int(usable[k]), request)
        reason = why if timed[k] else bar_skip_reason(bound.events[k])
        skipped.append(SkippedEvent(bound.events[k].id, card.id, reason))
    order = np.flatnonzero(keep)
    order = order[np.argsort(alignment.row[order], kind="stable")]
    stays = apply_overlap_rule(alignment.row[order], request.window, request.overlap)
    for k in order[~stays].tolist():
        reason = f"its event window overlaps another event's (--overlap {request.overlap})"
        skipped.append(SkippedEvent(bound.events[k].id, card.id, reason))
    order = order[stays]
    if np.array_equal(order, np.arange(len(rows))):
        return (bound, alignment), places, skipped
    cut = alignment.take(order)
    return (bound.take(order.tolist()), cut), everywhere.measure_rows(cut.row), skipped


def _build_car_result(
    study: SeriesStudy, window: Window, move: EventMoves, placebo: PlaceboRanks
) -> CarResult:
    _, car, scar, _ = move
    df = study.found.prediction.df.astype(float)
    simple = study.request.returns == "simple"
    columns: dict[str, NDArray[Any]] = {
        "car": car,
        "se": study.found.se(window),
        "t": scar,
        "df": df,
        "p": two_sided_p(scar, df),
        "bhar": study.found.bhar(window) if simple else np.full(len(car), np.nan),
        "placebo_p": placebo.p,
        "percentile": placebo.percentile,
        "percentile_by_move": placebo.by_move,
        "n_placebo": placebo.size,
        "n_close": placebo.close,
        "pool_first": placebo.first,
        "pool_last": placebo.last,
    }
    of_events = {name: values[study.back] for name, values in columns.items()}
    return CarResult(window=window, crowd=study.nearby_events[window], **of_events)
