"""Run a study: events on one or several series, none of them lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.domain.study import Skipped, StudyAnswer, StudyRequest, StudyResult
from dashboard.engine import study
from dashboard.engine.panel import pooled_answer
from dashboard.services.check_bars import common_bar, refuse_too_large

if TYPE_CHECKING:
    from dashboard.compute.base import Compute


def run_study(  # noqa: PLR0913 - a study has this many parts
    series: Sequence[RateSeries],
    events: Sequence[Event],
    request: StudyRequest,
    *,
    known: Sequence[Event] | None = None,
    factors: Sequence[RateSeries] = (),
    compute: Compute | None = None,
) -> StudyAnswer:
    """Study events on every series, each event on the series it is bound to or on all.

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
        msg = "a study needs at least one series; name one with --rates"
        raise InputError(msg)
    twice = [name for name, count in Counter(e.id for e in events).items() if count > 1]
    if twice:
        msg = f"event id {twice[0]}: given more than once; give each its own"
        raise InputError(msg)
    common_bar(series, factors)
    refuse_too_large(series, request)
    study.model_by_id(request.model)
    one = partial(
        study.measure, events=events, known=known or events, request=request, factors=factors
    )
    found = compute.map(one, series) if compute else [one(each) for each in series]
    names = tuple(factor.card.id for factor in factors)
    answer = pooled_answer(found, request, len(events), names)
    bound = _bound_elsewhere(events, {each.card.id for each in series})
    return replace(answer, skipped=bound + answer.skipped, factors=tuple(factors))


def _bound_elsewhere(events: Sequence[Event], series: set[str]) -> tuple[Skipped, ...]:
    """The events that belong to a series which is not studied."""
    return tuple(
        Skipped(event.id, event.series, f"no series {event.series} in this study")
        for event in events
        if event.series is not None and event.series not in series
    )


def measure_events(
    series: RateSeries,
    events: Sequence[Event],
    request: StudyRequest,
    known: Sequence[Event] | None = None,
) -> StudyResult:
    """The moves of events on one series without averages and tests, for pages that list them."""
    result = study.run(series, events, known or events, request)
    return replace(result, skipped=_bound_elsewhere(events, {series.card.id}) + result.skipped)
