"""Event study of one series: from dated events to abnormal returns, errors and placebo ranks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
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
from dashboard.eventstudy.numerics import take_rows
from dashboard.eventstudy.placebo import (
    MIN_NEAR_DATES,
    DistinctRowReturns,
    NearPoolCounts,
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
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
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

FEW_CLOSE_DATES: Final = 50
"""A pool with fewer dates within two years of the event says so."""
PLACEBO_POOLS: Final[tuple[Pool, ...]] = get_args(Pool)
PLACEBO_FIELDS: Final = {
    "placebo_p": "p",
    "percentile": "percentile",
    "percentile_by_move": "by_move",
    "n_placebo": "size",
    "n_close": "close",
    "pool_first": "first",
    "pool_last": "last",
}
"""The fields of a `CarResult` that its rank among pseudo-dates gives, by those of the rank."""
MARKET_ADJUSTED_ID: Final = "market-adjusted"
CLEAN_OFFSETS: Final = (0, 1)
"""Offsets of other events that a clean estimation leaves out."""

# ---- reasons


def skip_reason(series: RateSeries, row: int, usable: int, request: StudyRequest) -> str:
    """Why an event aligned to `row` with `usable` estimation returns cannot be studied."""
    if len(series) == 0:
        return deferred("the series has no observations")
    if row == AFTER_DATA:
        last = observation_label(series, len(series) - 1)
        return deferred("after the data: the last observation describes {last}", last=last)
    if row < 1:
        first = observation_label(series, 0)
        return deferred("before the data: the first observation describes {first}", first=first)
    return deferred(
        "too little history: {count} returns in the estimation window, {least} needed",
        count=usable,
        least=request.min_estimation,
    )


def missing_value_reason(history: History, series: RateSeries, rows: range, window: str) -> str:
    """Why there is no abnormal return on some of an event's rows, those of a window."""
    if rows.stop > len(series):
        return deferred(
            "window {window} reaches past the last observation, which describes {last}",
            window=window,
            last=observation_label(series, len(series) - 1),
        )
    for row in rows:
        observation = observation_label(series, row)
        if not np.isfinite(history.returns[row]):
            return deferred(
                "window {window}: the return on {observation} is missing",
                window=window,
                observation=observation,
            )
        if not np.isfinite(history.factors[row]).all():
            return deferred(
                "window {window}: the return of a factor on {observation} is missing",
                window=window,
                observation=observation,
            )
    return deferred(
        "window {window}: the factors do not vary in its estimation window, or repeat one another",
        window=window,
    )


# ---- result of one series


@dataclass(frozen=True, eq=False)
class SeriesStudy:
    """What was measured on one series: N events on D first rates, and how to measure the rest.

    `rows` (D,) are those of the first rates, `abnormal` the moves there and `inverse` (N,) the
    index of each event's first rate among them. The moves of all positions are in `grid`;
    `locate_known` finds the rows of all known events. A page that reads only CARs needs neither.
    """

    dated: DatedEvents
    alignment: Alignment
    request: StudyRequest
    rows: Ints
    inverse: Ints
    abnormal: AbnormalReturns
    grid: PlaceboGrid
    locate_known: Callable[[], KnownEventRows]

    @property
    def events(self) -> tuple[Event, ...]:
        """The events, in the order of their first rates."""
        return self.dated.events

    @property
    def is_distinct(self) -> bool:
        """Whether no two events share a first rate."""
        return np.array_equal(self.rows[self.inverse], self.rows)

    def find_nearby(self, window: Window) -> Sequence[tuple[str, ...]]:
        """Ids of the other events in a window of each event."""
        known = self.locate_known()
        known_rows = (known.first, known.last, known.ids)
        return find_nearby_events(self.alignment.row, self.dated.ids, known_rows, window)

    @cached_property
    def candidates(self) -> PlaceboCandidates:
        """The pseudo-dates."""
        return find_candidates(self.grid, self.locate_known().occupied)

    def near_sizes(self, window: Window, k: int) -> Floats:
        """The |SCAR| of the dates that the first rate of event `k` is compared with, ascending."""
        scar = self.candidates.scar[window]
        member = np.isfinite(scar)
        row = self.rows[self.inverse[k : k + 1]]
        spans = NearPoolCounts(self.candidates.row[member], row, window).spans
        before = slice(int(spans.start[0]), int(spans.gap_start[0]))
        after = slice(int(spans.gap_end[0]), int(spans.stop[0]))
        sizes = np.abs(scar[member])
        return np.sort(np.concatenate((sizes[before], sizes[after])))

    def rank(self, window: Window, pool: Pool) -> PlaceboRanks:
        """Every event among the pseudo-dates of a pool."""
        volatility = cached_eve_volatility(self.grid.history)[self.rows]
        car, se = self.abnormal.car(window)
        move = (self.rows, car, standardise(car, se), volatility)
        return take_rows(rank_among_placebos(self.candidates, window, pool, move), self.inverse)


def build_result(
    series: RateSeries, study: SeriesStudy, skipped: list[SkippedEvent]
) -> StudyResult:
    """The answer for one series from what was measured and the events that were skipped."""
    request, prediction, inverse = study.request, study.abnormal.prediction, study.inverse
    cars = tuple(_build_car_result(study, window) for window in dict.fromkeys(request.cars))
    matrices = cache(partial(_build_matrices, series, study))

    def matrix(name: str) -> Floats | tuple[Floats, ...]:
        return matrices()[name]

    return StudyResult.create_lazy(
        {
            "estimation_events": lambda: _count_estimation_events(study)[inverse],
            "crowd": lambda: study.find_nearby(request.window),
            "flags": lambda: _build_flags(series, study, cars),
            **{name: partial(matrix, name) for name in MATRICES},
        },
        request=request,
        series=series,
        events=study.events,
        anchor=study.alignment.row,
        shift_days=study.alignment.shift_days,
        offsets=np.arange(request.window[0], request.window[1] + 1, dtype=np.int64),
        sigma=prediction.sigma[inverse],
        n_estimation=prediction.usable[inverse],
        cars=cars,
        skipped=(*skipped, *_list_incomplete_windows(series, study, cars)),
    )


def _build_car_result(study: SeriesStudy, window: Window) -> CarResult:
    """The CARs of a window; their rank among pseudo-dates and their crowd when they are read."""
    abnormal, inverse = study.abnormal, study.inverse
    car, se = abnormal.car(window)
    scar, df = standardise(car, se), abnormal.prediction.df.astype(float)
    simple = study.request.returns == "simple"
    ranks = cache(partial(study.rank, window, study.request.pool))

    def rank(name: str) -> NDArray[Any]:
        values: NDArray[Any] = getattr(ranks(), name)
        return values

    return CarResult.create_lazy(
        {
            "crowd": partial(study.find_nearby, window),
            **{name: partial(rank, of_rank) for name, of_rank in PLACEBO_FIELDS.items()},
        },
        window=window,
        car=car[inverse],
        se=se[inverse],
        t=scar[inverse],
        df=df[inverse],
        p=two_sided_p(scar, df)[inverse],
        bhar=abnormal.bhar(window)[inverse] if simple else np.full(len(inverse), np.nan),
    )


def _build_matrices(
    series: RateSeries, study: SeriesStudy
) -> dict[str, Floats | tuple[Floats, ...]]:
    """The fields of a result that are matrices, (N, L)."""
    abnormal, window = study.abnormal, study.request.window
    *matrices, base, low, high = _expand_to_events(
        study,
        take_or_nan(series.rate, event_rows(study.rows, window)),
        abnormal.returns,
        np.asarray(abnormal.prediction.normal),
        abnormal.ar,
        abnormal.ar_se,
        *abnormal.path(),
        *abnormal.from_base(),
    )
    return dict(zip(MATRICES, (*matrices, (base, low, high)), strict=True))


def _expand_to_events(study: SeriesStudy, *matrices: Floats) -> tuple[Floats, ...]:
    """Matrices (D, L) of the first rates as those of the events, (N, L).

    They lie in one block of memory, which the system hands out in large pages: a page at a time
    it takes longer than the numbers.
    """
    if study.is_distinct:
        return matrices
    block = np.empty((len(matrices), matrices[0].shape[1], len(study.inverse)))
    for matrix, out in zip(matrices, block, strict=True):
        matrix.T.take(study.inverse, axis=1, mode="clip", out=out)
    return tuple(matrix.T for matrix in block)


def _count_estimation_events(study: SeriesStudy) -> Ints:
    """How many known events lie in the estimation window of each first rate, (D,)."""
    request, size = study.request, len(study.grid.history)
    first, last = estimation_rows(study.rows, request.window, request.estimation, request.gap)
    known = np.bincount(study.locate_known().first, minlength=size)
    before = np.concatenate(([0], np.cumsum(known)))
    within: Ints = before[np.clip(last + 1, 0, size)] - before[np.clip(first, 0, size)]
    return within


def _list_incomplete_windows(
    series: RateSeries, study: SeriesStudy, cars: tuple[CarResult, ...]
) -> list[SkippedEvent]:
    """Events taken out of a CAR window, because a return in it is missing."""
    out: list[SkippedEvent] = []
    for result in cars:
        for k in np.flatnonzero(~np.isfinite(result.car)).tolist():
            row = int(study.alignment.row[k])
            rows = range(row + result.window[0], row + result.window[1] + 1)
            window = window_text(result.window)
            reason = missing_value_reason(study.grid.history, series, rows, window)
            out.append(SkippedEvent(study.events[k].id, series.card.id, reason))
    return out


def _build_flags(
    series: RateSeries, study: SeriesStudy, cars: tuple[CarResult, ...]
) -> tuple[tuple[str, ...], ...]:
    rows, last = study.alignment.row, len(series) - 1
    marks: dict[str, Sequence[bool] | Bools] = {
        **_hour_flags(study),
        "partly_in_fixing": study.alignment.partial,
        "far_from_event": study.alignment.far,
        "window_cut": rows + study.request.window[1] > last,
        "short_history": (study.abnormal.prediction.usable < study.request.estimation)[
            study.inverse
        ],
        "no_variance": ~(study.abnormal.prediction.sigma > 0)[study.inverse],
        "few_placebos": np.any([result.n_close < FEW_CLOSE_DATES for result in cars], axis=0),
        "method_break": _crosses_method_break(series, study)[study.inverse],
        **compute_bar_flags(series, study.events, rows, study.request.window),
    }
    return _flag_names(marks, len(rows))


def _hour_flags(study: SeriesStudy) -> dict[str, Bools]:
    """What to know of each event's hour, (N,).

    `date_only`: the moment is not known, and no first report leaves but one first rate.
    """
    times, settled = study.dated.times, study.alignment.settled
    reported = times.bounded & ~times.timed
    scheduled = np.zeros(len(times.timed), dtype=bool)
    for k in indices_with_hours(study.events) if times.timed.any() else ():
        scheduled[k] = study.events[k].hour_kind == HourKind.SCHEDULED
    return {
        "date_only": ~times.timed & ~(reported & settled),
        "hour_upper_bound": reported,
        "hour_scheduled": scheduled,
    }


def _crosses_method_break(series: RateSeries, study: SeriesStudy) -> Bools:
    """Whether the event window of each first rate holds a break of the method, (D,)."""
    day, window = series.day, study.request.window
    if not series.card.breaks:
        return np.zeros(len(study.rows), dtype=bool)
    first = np.clip(study.rows + window[0] - 1, 0, len(day) - 1)
    final = np.clip(study.rows + window[1], 0, len(day) - 1)
    return crosses_break(series.card.breaks, day[first], day[final])


def _flag_names(
    marks: Mapping[str, Sequence[bool] | Bools], count: int
) -> tuple[tuple[str, ...], ...]:
    """The names of the marks that are set, for each of `count` events."""
    code = np.zeros(count, dtype=np.int64)
    for bit, values in enumerate(marks.values()):
        code |= np.asarray(values, dtype=np.int64) << bit
    names = np.empty(1 << len(marks), dtype=object)
    for combination in np.flatnonzero(np.bincount(code)).tolist():
        names[combination] = tuple(name for bit, name in enumerate(marks) if combination >> bit & 1)
    return tuple(names[code].tolist())


# ---- study of one series


def study_series(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event] | DatedEvents,
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> StudyResult:
    """Study events on one series; see `measure_series`.

    Whoever studies one event on many series reads the dates of the known events once, with
    `DatedEvents.of`.
    """
    study, skipped = _measure_events(series, (events, known), request, factors)
    return build_result(series, study, skipped)


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
        InputError: for log or simple returns of a series that is no price, and a model that is
            not known, lacks its factors or fits as many coefficients as there are returns.
    """
    study, skipped = _measure_events(series, (events, known), request, factors)
    measured = SeriesSample(
        matching_calendar(series),
        study.grid.history,
        study.events,
        study.alignment.row,
        study.abnormal if study.is_distinct else study.abnormal.take(study.inverse),
        study.grid,
    )
    return build_result(series, study, skipped), measured


def study_event_with_near_sizes(
    series: RateSeries, event: Event, known: Sequence[Event] | DatedEvents, request: StudyRequest
) -> tuple[StudyResult, Floats]:
    """The study of one event, and the sizes that its move is compared with.

    Returns:
        The result, and the |SCAR| of the dates near the event in the first CAR window, ascending;
        none where the event cannot be studied. See `measure_series`.
    """
    study, skipped = _measure_events(series, ([event], known), request, ())
    result = build_result(series, study, skipped)
    return result, study.near_sizes(request.cars[0], 0) if result.events else np.array([])


def study_series_in_all_pools(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> tuple[StudyResult, dict[Pool, tuple[PlaceboRanks, ...]]]:
    """The study with its own pool, and its placebo among those of every pool.

    Returns:
        The result, and of each pool the `PlaceboRanks` of each CAR window; see `measure_series`.
    """
    study, skipped = _measure_events(series, (events, known), request, factors)
    ranked = {
        pool: tuple(study.rank(window, pool) for window in dict.fromkeys(request.cars))
        for pool in PLACEBO_POOLS
    }
    return build_result(series, study, skipped), ranked


def list_candidates(series: RateSeries, request: StudyRequest) -> PlaceboCandidates:
    """The admissible pseudo-dates of a series with their moves, whether events lie there or not."""
    returns = compute_returns(series.rate, series.card.move_sign, request.returns)
    history = History(returns, day=series.day)
    grid = PlaceboGrid.admissible(history, request, get_normal_model(request.model))
    return find_candidates(grid, np.array([], dtype=np.int64))


def rank_rows(
    series: RateSeries, rows: Ints, request: StudyRequest
) -> dict[Window, tuple[Floats, PlaceboRanks]]:
    """The CARs (N,) at rows of a series with their placebo among the dates near them.

    The same as an event with one of these rows as offset 0 has in a study of `request`; of a
    long series only what lies around the rows is measured.
    """
    model = get_normal_model(request.model)
    returns = compute_returns(series.rate, series.card.move_sign, request.returns)
    history = History(returns, day=series.day)
    abnormal = compute_abnormal_returns(history, rows, request, model)
    enough = abnormal.prediction.usable >= request.min_estimation
    volatility = np.full(len(rows), np.nan)
    ranked: dict[Window, tuple[Floats, PlaceboRanks]] = {}
    for around in iterate_near_rows(rows, len(series)):
        grid = PlaceboGrid.admissible(history, request, model, around)
        candidates = find_candidates(grid, np.array([], dtype=np.int64))
        for window in request.cars:
            car, se = abnormal.car(window)
            car = np.where(enough, car, np.nan)
            move = (rows, car, standardise(car, se), volatility)
            ranked[window] = car, rank_among_placebos(candidates, window, "near", move)
        if all((placebo.size >= MIN_NEAR_DATES).all() for _, placebo in ranked.values()):
            break
    return ranked


def _measure_events(
    series: RateSeries,
    event_lists: tuple[Sequence[Event], Sequence[Event] | DatedEvents],
    request: StudyRequest,
    factors: Sequence[RateSeries],
) -> tuple[SeriesStudy, list[SkippedEvent]]:
    """The events chosen with their abnormal returns, and what was skipped."""
    if request.returns != "difference":
        require_price(series.card)
    _refuse_non_price_factor(request.model, factors)
    model = get_normal_model(request.model)
    events, known = event_lists
    dated = DatedEvents.of(events).sorted_by_date().for_series(series.card.id)
    others = None if known is events else known
    locate_known = cache(partial(locate_known_events, series, dated, others))
    history = _build_history(series, factors, locate_known, request)
    grid = PlaceboGrid.admissible(history, request, model)
    chosen, row_returns, skipped = _select_events(series, dated, request, grid)
    _refuse_short_estimation(request, grid.count_coefficients())
    rows, inverse, abnormal = row_returns.rows, row_returns.inverse, row_returns.abnormal
    study = SeriesStudy(*chosen, request, rows, inverse, abnormal, grid, locate_known)
    return study, skipped


def _refuse_non_price_factor(model_id: str, factors: Sequence[RateSeries]) -> None:
    """Refuse to take changes that are no returns off returns, as one coefficient of 1 does."""
    points = next((factor.card for factor in factors if not factor.card.is_price), None)
    if model_id == MARKET_ADJUSTED_ID and points is not None:
        msg = _(
            "takes a factor's return off one for one, and {id} counts {unit}; use the model market",
            id=points.id,
            unit=points.unit,
        )
        raise InputError(msg, field="model", value=model_id)


def _refuse_short_estimation(request: StudyRequest, n_coefficients: int) -> None:
    if request.min_estimation <= n_coefficients:
        msg = _(
            "the model {model} fits {count} coefficients; give at least {least}",
            model=request.model,
            count=n_coefficients,
            least=n_coefficients + 1,
        )
        raise InputError(msg, field="min_estimation", value=request.min_estimation)


def _build_history(
    series: RateSeries,
    factors: Sequence[RateSeries],
    locate_known: Callable[[], KnownEventRows],
    request: StudyRequest,
) -> History:
    returns = compute_returns(series.rate, series.card.move_sign, request.returns)
    columns = [
        compute_changes(factor.card, match_rates(factor, series), request.returns)
        for factor in factors
    ]
    excluded = np.zeros(len(series), dtype=bool)
    if request.clean_estimation:
        for offset in CLEAN_OFFSETS:
            rows = locate_known().occupied + offset
            excluded[rows[rows < len(series)]] = True
    factor_returns = np.column_stack(columns) if columns else None
    return History(returns, factor_returns, excluded, series.day)


def get_normal_model(model_id: str) -> NormalModel:
    """The normal-return model of an id.

    Raises:
        InputError: naming the models there are.
    """
    for model in NORMAL_MODELS:
        if model.id == model_id:
            return model
    ids = ", ".join(model.id for model in NORMAL_MODELS)
    msg = _("not known; choose one of {ids}", ids=ids)
    raise InputError(msg, field="model", value=model_id)


def _select_events(
    series: RateSeries, dated: DatedEvents, request: StudyRequest, grid: PlaceboGrid
) -> tuple[tuple[DatedEvents, Alignment], DistinctRowReturns, list[SkippedEvent]]:
    """The events that are studied, the abnormal returns at their first rates, and the others."""
    card, skipped = series.card, []
    alignment = dated.align_to(series)
    rows = np.where(alignment.inside, alignment.row, 0)
    row_returns = grid.measure_rows(rows)
    usable = row_returns.abnormal.prediction.usable[row_returns.inverse]
    timed = is_measurable(series, dated.timed)
    keep = alignment.inside & (usable >= request.min_estimation) & timed
    for k in np.flatnonzero(~keep).tolist():
        detail = skip_reason(series, int(alignment.row[k]), int(usable[k]), request)
        reason = detail if timed[k] else bar_skip_reason(dated.events[k])
        skipped.append(SkippedEvent(dated.events[k].id, card.id, reason))
    order = np.flatnonzero(keep)
    order = order[np.argsort(alignment.row[order], kind="stable")]
    retained = apply_overlap_rule(alignment.row[order], request.window, request.overlap)
    for k in order[~retained].tolist():
        reason = deferred(
            "its event window overlaps another event's (--overlap {overlap})",
            overlap=request.overlap,
        )
        skipped.append(SkippedEvent(dated.events[k].id, card.id, reason))
    order = order[retained]
    if np.array_equal(order, np.arange(len(rows))):
        return (dated, alignment), row_returns, skipped
    cut = take_rows(alignment, order)
    return (dated.take(order.tolist()), cut), grid.measure_rows(cut.row), skipped
