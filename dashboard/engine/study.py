"""The event study of one series: from dated events to moves, their errors and their placebo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.date_rules import breaks_between
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.series import Days, Floats, Ints, Moments, RateSeries
from dashboard.domain.study import (
    CarResult,
    Skipped,
    StudyRequest,
    StudyResult,
    Window,
    window_text,
)
from dashboard.engine.abnormal import Abnormal, abnormal_returns, standardise, two_sided_p
from dashboard.engine.alignment import Alignment, align
from dashboard.engine.crowding import kept_by_rule, others_in_window
from dashboard.engine.history import History
from dashboard.engine.normal import NORMAL_MODELS
from dashboard.engine.normal.base import NormalModel, Prediction
from dashboard.engine.placebo import Candidates, compare, eve_volatility, find_candidates
from dashboard.engine.pooled import Measured
from dashboard.engine.reasons import why_no_value, why_not_studied
from dashboard.engine.returns import observed_returns
from dashboard.engine.windows import estimation_rows, event_rows, take

FEW_PLACEBOS: Final = 50
CLEANED: Final = (0, 1)
"""Offsets of other events that a clean estimation leaves out."""


def moments(events: Sequence[Event]) -> Moments:
    """`starts_at` of events as datetime64[s] in UTC, (N,)."""
    naive = [event.starts_at.replace(tzinfo=None) for event in events]
    return np.array(naive, dtype="datetime64[s]")


def align_events(series: RateSeries, events: Sequence[Event]) -> Alignment:
    """Offset 0 of every event on a series (DESIGN section 5)."""
    days = np.array([event.day for event in events], dtype="datetime64[D]")
    timed = np.array([event.moment is not None for event in events], dtype=bool)
    observations = (series.day, series.opens, series.known_at)
    return align(observations, moments(events), timed, days)


@dataclass(frozen=True, eq=False, slots=True)
class _Known:
    """All known events on the series' rows: first and last row, ids."""

    first: Ints
    last: Ints
    ids: tuple[str, ...]


def run(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> StudyResult:
    """Study events on one series; see `measure`."""
    return measure(series, events, known, request, factors)[0]


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
        InputError: for a model that is not on the shelf, lacks its factors or fits as many
            coefficients as there are returns.
    """
    model = model_by_id(request.model)
    ordered = sorted(events, key=lambda event: (event.starts_at, event.id))
    context = _known_rows(series, ordered, known)
    history = _history(series, factors, context, request)
    chosen, alignment, skipped = _choose(series, ordered, (request, history, model))
    found = abnormal_returns(history, alignment.row, request, model)
    pool = find_candidates(history, context.first, request, model)
    _refuse_few(request, pool.everywhere.prediction)
    study = _Study(series, chosen, alignment, request, found, history)
    crowds = {window: _crowd(study, context, window) for window in request.cars}
    volatility = eve_volatility(history.returns)[alignment.row]
    cars = tuple(
        _car_result(study, pool, (window, crowds[window], volatility)) for window in request.cars
    )
    result = _result(study, cars, context, skipped)
    measured = Measured(
        series.day, history, chosen, alignment.row, found, pool.positions, pool.everywhere
    )
    return result, measured


def _refuse_few(request: StudyRequest, prediction: Prediction) -> None:
    fitted = int((prediction.usable - prediction.df).max(initial=0))
    if request.min_estimation <= fitted:
        msg = (
            f"--min-estimation {request.min_estimation}: --model {request.model} fits {fitted}"
            f" coefficients; give at least {fitted + 1}"
        )
        raise InputError(msg)


def _history(
    series: RateSeries, factors: Sequence[RateSeries], known: _Known, request: StudyRequest
) -> History:
    returns = observed_returns(series.rate, series.card.move_sign, request.returns)
    columns = [
        observed_returns(on_days(factor, series.day), factor.card.move_sign, request.returns)
        for factor in factors
    ]
    barred = np.zeros(len(series), dtype=bool)
    if request.clean_estimation:
        for offset in CLEANED:
            rows = known.first + offset
            barred[rows[rows < len(series)]] = True
    return History(returns, np.column_stack(columns) if columns else None, barred)


def on_days(factor: RateSeries, day: Days) -> Floats:
    """The factor's rate on each market day, NaN where it has none; nothing is carried over."""
    at = np.searchsorted(factor.day, day)
    inside = np.minimum(at, len(factor) - 1)
    return np.where(factor.day[inside] == day, factor.rate[inside], np.nan)


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


@dataclass(frozen=True, eq=False, slots=True)
class _Study:
    series: RateSeries
    events: tuple[Event, ...]
    alignment: Alignment
    request: StudyRequest
    found: Abnormal
    history: History


def _known_rows(series: RateSeries, events: Sequence[Event], known: Sequence[Event]) -> _Known:
    both = list({event.id: event for event in (*known, *events)}.values())
    both = [e for e in both if e.series in (None, series.card.id)]
    first = align_events(series, both)
    last = first.row.copy()
    for k, event in enumerate(both):
        if event.end_day is not None:
            end = np.searchsorted(series.day, np.datetime64(event.end_day, "D"), side="left")
            last[k] = max(last[k], min(int(end), len(series) - 1))
    inside = first.inside
    ids = tuple(event.id for event, kept in zip(both, inside.tolist(), strict=True) if kept)
    return _Known(first.row[inside], last[inside], ids)


def _choose(
    series: RateSeries,
    events: Sequence[Event],
    by: tuple[StudyRequest, History, NormalModel],
) -> tuple[tuple[Event, ...], Alignment, list[Skipped]]:
    request, history, model = by
    card, skipped = series.card, []
    bound = [event for event in events if event.series in (None, card.id)]
    alignment = align_events(series, bound)
    rows = np.where(alignment.inside, alignment.row, 0)
    usable = abnormal_returns(history, rows, request, model).prediction.usable
    keep = alignment.inside & (usable >= request.min_estimation)
    for k, event in enumerate(bound):
        if not keep[k]:
            reason = why_not_studied(series, int(alignment.row[k]), int(usable[k]), request)
            skipped.append(Skipped(event.id, card.id, reason))
    order = np.flatnonzero(keep)
    order = order[np.argsort(alignment.row[order], kind="stable")]
    stays = kept_by_rule(alignment.row[order], request.window, request.overlap)
    for k in order[~stays].tolist():
        reason = f"its event window overlaps another event's (--overlap {request.overlap})"
        skipped.append(Skipped(bound[k].id, card.id, reason))
    order = order[stays]
    cut = Alignment(alignment.row[order], alignment.shift_days[order], alignment.partial[order])
    return tuple(bound[k] for k in order.tolist()), cut, skipped


def _car_result(
    study: _Study, pool: Candidates, at: tuple[Window, tuple[tuple[str, ...], ...], Floats]
) -> CarResult:
    window, crowd, volatility = at
    car, se = study.found.car(window)
    scar = standardise(car, se)
    df = study.found.prediction.df.astype(float)
    simple = study.request.returns == "simple"
    placebo = compare(
        pool, window, study.request.pool, (study.alignment.row, car, scar, volatility)
    )
    return CarResult(
        window=window,
        car=car,
        se=se,
        t=scar,
        df=df,
        p=two_sided_p(scar, df),
        bhar=study.found.bhar(window) if simple else np.full(len(car), np.nan),
        placebo_p=placebo.p,
        percentile=placebo.percentile,
        percentile_matched=placebo.percentile_matched,
        n_placebo=placebo.pool,
        crowd=crowd,
    )


def _crowd(study: _Study, known: _Known, window: Window) -> tuple[tuple[str, ...], ...]:
    own = tuple(event.id for event in study.events)
    return others_in_window(study.alignment.row, own, (known.first, known.last, known.ids), window)


def _result(
    study: _Study, cars: tuple[CarResult, ...], known: _Known, skipped: list[Skipped]
) -> StudyResult:
    request, found = study.request, study.found
    offsets = np.arange(request.window[0], request.window[1] + 1, dtype=np.int64)
    car, low, high = found.path()
    return StudyResult(
        request=request,
        series=study.series,
        events=study.events,
        anchor=study.alignment.row,
        shift_days=study.alignment.shift_days,
        offsets=offsets,
        rate=take(study.series.rate, event_rows(study.alignment.row, request.window)),
        returns=found.returns,
        normal=np.asarray(found.prediction.normal),
        abnormal=found.ar,
        abnormal_se=found.ar_se,
        car=car,
        ordinary_low=low,
        ordinary_high=high,
        from_base=found.from_base(),
        sigma=found.prediction.sigma,
        n_estimation=found.prediction.usable,
        estimation_events=_estimation_events(study, known),
        crowd=_crowd(study, known, request.window),
        flags=_flags(study, cars),
        cars=cars,
        skipped=(*skipped, *_incomplete(study, cars)),
    )


def _estimation_events(study: _Study, known: _Known) -> Ints:
    """How many known events lie in each event's estimation window, (N,)."""
    rows, request = np.sort(known.first), study.request
    first, last = estimation_rows(
        study.alignment.row, request.window, request.estimation, request.gap
    )
    within = np.searchsorted(rows, last, "right") - np.searchsorted(rows, first, "left")
    return within.astype(np.int64)


def _incomplete(study: _Study, cars: tuple[CarResult, ...]) -> list[Skipped]:
    """Events taken out of a CAR window, because a return in it is missing."""
    out, card = [], study.series.card
    for result in cars:
        for k in np.flatnonzero(~np.isfinite(result.car)).tolist():
            row = int(study.alignment.row[k])
            rows = range(row + result.window[0], row + result.window[1] + 1)
            why = why_no_value(study.history, study.series.day, rows)
            reason = f"window {window_text(result.window)}{why}"
            out.append(Skipped(study.events[k].id, card.id, reason))
    return out


def _flags(study: _Study, cars: tuple[CarResult, ...]) -> tuple[tuple[str, ...], ...]:
    rows, last = study.alignment.row, len(study.series) - 1
    first = np.clip(rows + study.request.window[0] - 1, 0, last)
    final = np.clip(rows + study.request.window[1], 0, last)
    sigma = study.found.prediction.sigma
    marks = {
        "date_only": [event.moment is None for event in study.events],
        "partly_in_fixing": study.alignment.partial.tolist(),
        "far_from_event": study.alignment.far.tolist(),
        "window_cut": (rows + study.request.window[1] > last).tolist(),
        "short_history": (study.found.prediction.usable < study.request.estimation).tolist(),
        "no_variance": (~(sigma > 0)).tolist(),
        "few_placebos": [
            any(c.n_placebo[k] < FEW_PLACEBOS for c in cars) for k in range(len(rows))
        ],
        "method_break": breaks_between(
            study.series.card.breaks, study.series.day[first], study.series.day[final]
        ),
    }
    return tuple(
        tuple(name for name, values in marks.items() if values[k]) for k in range(len(rows))
    )
