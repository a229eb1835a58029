"""The event study of one series: from dated events to moves, their errors and their placebo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.date_rules import breaks_between
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.series import Floats, Ints, Moments, RateSeries
from dashboard.domain.study import (
    CarResult,
    Skipped,
    StudyRequest,
    StudyResult,
    Window,
    window_text,
)
from dashboard.engine.abnormal import Abnormal, abnormal_returns, standardise, two_sided_p
from dashboard.engine.alignment import AFTER_DATA, Alignment, align
from dashboard.engine.crowding import kept_by_rule, others_in_window
from dashboard.engine.normal import NORMAL_MODELS
from dashboard.engine.normal.base import NormalModel
from dashboard.engine.placebo import Candidates, compare, eve_volatility, find_candidates
from dashboard.engine.returns import observed_returns
from dashboard.engine.windows import RunningSums, event_rows, take

FEW_PLACEBOS: Final = 50


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
    series: RateSeries, events: Sequence[Event], known: Sequence[Event], request: StudyRequest
) -> StudyResult:
    """Study events on one series.

    Args:
        series: the observations.
        events: the events to study; their order changes nothing.
        known: every known event, for crowding and quiet pseudo-dates; `events` are added.
        request: the parameters.

    Returns:
        A `StudyResult`; events that cannot be studied are in `skipped` with the reason.

    Raises:
        InputError: for a model that is not on the shelf.
    """
    model = model_by_id(request.model)
    ordered = sorted(events, key=lambda event: (event.starts_at, event.id))
    context = _known_rows(series, ordered, known)
    returns = observed_returns(series.rate, series.card.move_sign, request.returns)
    sums = RunningSums(returns)
    chosen, alignment, skipped = _choose(series, ordered, request, sums)
    found = abnormal_returns(returns, sums, alignment.row, request, model)
    pool = find_candidates(returns, sums, context.first, request, model)
    study = _Study(series, chosen, alignment, request, found, returns)
    crowds = {w: _crowd(study, context, w) for w in (*request.cars, request.window)}
    volatility = eve_volatility(returns)[alignment.row]
    cars = tuple(
        _car_result(study, pool, (window, crowds[window], volatility)) for window in request.cars
    )
    return _result(study, cars, crowds[request.window], skipped)


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
    returns: Floats


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
    series: RateSeries, events: Sequence[Event], request: StudyRequest, sums: RunningSums
) -> tuple[tuple[Event, ...], Alignment, list[Skipped]]:
    card, skipped = series.card, []
    bound = [event for event in events if event.series in (None, card.id)]
    alignment = align_events(series, bound)
    last = alignment.row + request.window[0] - request.gap - 1
    first = np.maximum(last - request.estimation + 1, 1)
    usable, _, _ = sums.over(first, np.maximum(last, 0))
    keep = alignment.inside & (usable >= request.min_estimation)
    for k, event in enumerate(bound):
        if not keep[k]:
            reason = _why_not(series, int(alignment.row[k]), int(usable[k]), request)
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


def _why_not(series: RateSeries, row: int, usable: int, request: StudyRequest) -> str:
    if len(series) == 0:
        return "the series has no observations"
    if row == AFTER_DATA:
        return f"after the data: the last observation describes {series.day[-1]}"
    if row < 1:
        return f"before the data: the first observation describes {series.day[0]}"
    return (
        f"too little history: {usable} returns in the estimation window,"
        f" {request.min_estimation} needed"
    )


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
    study: _Study,
    cars: tuple[CarResult, ...],
    crowd: tuple[tuple[str, ...], ...],
    skipped: list[Skipped],
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
        crowd=crowd,
        flags=_flags(study, cars),
        cars=cars,
        skipped=(*skipped, *_incomplete(study, cars)),
    )


def _incomplete(study: _Study, cars: tuple[CarResult, ...]) -> list[Skipped]:
    """Events taken out of a CAR window, because a return in it is missing."""
    out, days = [], study.series.day
    for result in cars:
        for k in np.flatnonzero(~np.isfinite(result.car)).tolist():
            first, last = (int(study.alignment.row[k]) + offset for offset in result.window)
            name = f"window {window_text(result.window)}"
            if last >= len(days):
                reason = f"{name} reaches past the last observation, which describes {days[-1]}"
            else:
                gap = next(r for r in range(first, last + 1) if not np.isfinite(study.returns[r]))
                reason = f"{name}: the return on {days[gap]} is missing"
            out.append(Skipped(study.events[k].id, study.series.card.id, reason))
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
