"""The event study of one series: from dated events to moves, their errors and their placebo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.series import Floats, Ints, RateSeries, refuse_no_price
from dashboard.domain.study import CarResult, Pool, Skipped, StudyRequest, StudyResult, Window
from dashboard.engine.abnormal import abnormal_returns, standardise, two_sided_p
from dashboard.engine.alignment import Alignment
from dashboard.engine.bars import calendar_of, matched_rate, measurable, why_no_bar
from dashboard.engine.crowding import kept_by_rule
from dashboard.engine.dated_events import Dated, known_rows
from dashboard.engine.history import History
from dashboard.engine.near_pool import LEAST, rows_around
from dashboard.engine.normal import NORMAL_MODELS
from dashboard.engine.normal.base import NormalModel
from dashboard.engine.placebo import (
    Candidates,
    Everywhere,
    Moves,
    Placebo,
    Places,
    compare,
    eves_of,
    find_candidates,
)
from dashboard.engine.pooled import Measured
from dashboard.engine.reasons import why_not_studied
from dashboard.engine.returns import changes_of, observed_returns
from dashboard.engine.study_result import Studied, lay_out

POOLS: Final[tuple[Pool, ...]] = get_args(Pool)
ONE_FOR_ONE: Final = "market-adjusted"
CLEANED: Final = (0, 1)
"""Offsets of other events that a clean estimation leaves out."""


def run(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> StudyResult:
    """Study events on one series; see `measure`."""
    return _answer(*_measure_all(series, (events, known), request, factors))


def measure(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> tuple[StudyResult, Measured]:
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
    study, pool, skipped = _measure_all(series, (events, known), request, factors)
    measured = Measured(
        calendar_of(series),
        study.history,
        study.events,
        study.alignment.row,
        study.found_of_events,
        pool.everywhere,
    )
    return _answer(study, pool, skipped), measured


def run_in_every_pool(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> tuple[StudyResult, dict[Pool, tuple[Placebo, ...]]]:
    """The study among the dates it asks for, and its placebo among those of every pool.

    Returns:
        The result, and of each pool a `Placebo` for each CAR window; see `measure`.
    """
    study, pool, skipped = _measure_all(series, (events, known), request, factors)
    cars = _moves(study)
    ranked = {
        name: tuple(
            compare(pool, window, name, move).at(study.back) for window, move in cars.items()
        )
        for name in POOLS
    }
    return _answer(study, pool, skipped), ranked


def rank_rows(
    series: RateSeries, rows: Ints, request: StudyRequest
) -> dict[Window, tuple[Floats, Placebo]]:
    """The CARs (N,) at rows of a series with their placebo among the dates near them.

    The same as an event with one of these rows as offset 0 has in a study of `request`; of a
    long series only what lies around the rows is measured.
    """
    model = model_by_id(request.model)
    nobody = np.array([], dtype=np.int64)
    history = _history(series, (), nobody, request)
    found = abnormal_returns(history, rows, request, model)
    enough = found.prediction.usable >= request.min_estimation
    volatility = np.full(len(rows), np.nan)
    answer: dict[Window, tuple[Floats, Placebo]] = {}
    for around in rows_around(rows, len(series)):
        pool = find_candidates(history, nobody, request, model, around)
        for window in request.cars:
            car, se = found.car(window)
            car = np.where(enough, car, np.nan)
            move = (rows, car, standardise(car, se), volatility)
            answer[window] = car, compare(pool, window, "near", move)
        if all((placebo.size >= LEAST).all() for _, placebo in answer.values()):
            break
    return answer


def _answer(study: Studied, pool: Candidates, skipped: list[Skipped]) -> StudyResult:
    cars = tuple(
        _car_result(study, window, move, compare(pool, window, study.request.pool, move))
        for window, move in _moves(study).items()
    )
    return lay_out(study, cars, skipped)


def _moves(study: Studied) -> dict[Window, Moves]:
    """Row, CAR, SCAR and eve volatility at each first rate in each CAR window."""
    row = study.at
    volatility = eves_of(study.history)[row]
    cars = {window: study.found.car(window) for window in study.request.cars}
    return {w: (row, car, standardise(car, se), volatility) for w, (car, se) in cars.items()}


def _measure_all(
    series: RateSeries,
    of: tuple[Sequence[Event], Sequence[Event]],
    request: StudyRequest,
    factors: Sequence[RateSeries],
) -> tuple[Studied, Candidates, list[Skipped]]:
    """The events chosen with their abnormal returns, the pseudo-dates, and what was skipped."""
    refuse_no_price(series.card)
    _refuse_one_for_one(request.model, factors)
    model = model_by_id(request.model)
    events, known = of
    dated = Dated.of(events).by_date().bound_to(series.card.id)
    context = known_rows(series, dated, None if known is events else known)
    history = _history(series, factors, context.occupied, request)
    pool = find_candidates(history, context.occupied, request, model)
    chosen, places, skipped = _choose(series, dated, request, pool.everywhere)
    _refuse_few(request, pool.fitted)
    study = Studied(series, *chosen, request, places, history, context)
    return study, pool, skipped


def _refuse_one_for_one(model_id: str, factors: Sequence[RateSeries]) -> None:
    """Refuse to take changes that are no returns off returns, as one coefficient of 1 does."""
    points = next((factor.card for factor in factors if not factor.card.is_price), None)
    if model_id == ONE_FOR_ONE and points is not None:
        msg = (
            f"--model {model_id}: takes a factor's return off one for one, and {points.id} counts"
            f" {points.unit}; use --model market"
        )
        raise InputError(msg)


def _refuse_few(request: StudyRequest, fitted: int) -> None:
    if request.min_estimation <= fitted:
        msg = (
            f"--min-estimation {request.min_estimation}: --model {request.model} fits {fitted}"
            f" coefficients; give at least {fitted + 1}"
        )
        raise InputError(msg)


def _history(
    series: RateSeries, factors: Sequence[RateSeries], occupied: Ints, request: StudyRequest
) -> History:
    returns = observed_returns(series.rate, series.card.move_sign, request.returns)
    columns = [
        changes_of(factor.card, matched_rate(factor, series), request.returns) for factor in factors
    ]
    barred = np.zeros(len(series), dtype=bool)
    if request.clean_estimation:
        for offset in CLEANED:
            rows = occupied + offset
            barred[rows[rows < len(series)]] = True
    together = np.column_stack(columns) if columns else None
    return History(returns, together, barred, series.day)


def model_by_id(model_id: str) -> NormalModel:
    """The normal-return model of an id.

    Raises:
        InputError: naming the models there are.
    """
    for model in NORMAL_MODELS:
        if model.id == model_id:
            return model
    known = ", ".join(model.id for model in NORMAL_MODELS)
    msg = f"--model {model_id}: not known; choose one of {known}"
    raise InputError(msg)


def _choose(
    series: RateSeries,
    bound: Dated,
    request: StudyRequest,
    everywhere: Everywhere,
) -> tuple[tuple[Dated, Alignment], Places, list[Skipped]]:
    """The events that are studied, the abnormal returns at their first rates, and the others."""
    card, skipped = series.card, []
    alignment = bound.on(series)
    rows = np.where(alignment.inside, alignment.row, 0)
    places = everywhere.places_of(rows)
    usable = places.found.prediction.usable[places.back]
    timed = measurable(series, bound.timed)
    keep = alignment.inside & (usable >= request.min_estimation) & timed
    for k in np.flatnonzero(~keep).tolist():
        why = why_not_studied(series, int(alignment.row[k]), int(usable[k]), request)
        reason = why if timed[k] else why_no_bar(bound.events[k])
        skipped.append(Skipped(bound.events[k].id, card.id, reason))
    order = np.flatnonzero(keep)
    order = order[np.argsort(alignment.row[order], kind="stable")]
    stays = kept_by_rule(alignment.row[order], request.window, request.overlap)
    for k in order[~stays].tolist():
        reason = f"its event window overlaps another event's (--overlap {request.overlap})"
        skipped.append(Skipped(bound.events[k].id, card.id, reason))
    order = order[stays]
    if np.array_equal(order, np.arange(len(rows))):
        return (bound, alignment), places, skipped
    cut = alignment.take(order)
    return (bound.take(order.tolist()), cut), everywhere.places_of(cut.row), skipped


def _car_result(study: Studied, window: Window, move: Moves, placebo: Placebo) -> CarResult:
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
    return CarResult(window=window, crowd=study.crowds[window], **of_events)
