"""Relate events: how categories, expectations and scores go together with moves of series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.relation import CrossCell, Projection, ScoredEvents, ScoreRow, unread_scores
from dashboard.domain.series import RateSeries
from dashboard.domain.study import (
    CorrelationRow,
    DirectionRow,
    RegressionRow,
    Skipped,
    StudyRequest,
    StudyResult,
    Window,
)
from dashboard.engine.correlation import lead_lag
from dashboard.engine.cross_table import SeriesCells, cells_of, corrected
from dashboard.engine.local_projections import project
from dashboard.engine.panel import directions
from dashboard.engine.pooled import Pooled
from dashboard.engine.regression import regress
from dashboard.engine.scores import score_moves
from dashboard.engine.study import measure
from dashboard.services.check_bars import common_bar


@dataclass(frozen=True, slots=True)
class Related:
    """What goes together on one series, over the first CAR window of the request.

    `used` of `asked` events are measured, in `result`; `skipped` names the others with their
    reason; `unread` are id and tag of events whose score cannot be read.
    """

    request: StudyRequest
    asked: int
    used: int
    skipped: tuple[Skipped, ...]
    correlations: tuple[CorrelationRow, ...] = ()
    directions: tuple[DirectionRow, ...] = ()
    regression: tuple[RegressionRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    points: tuple[ScoredEvents, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    result: StudyResult | None = None

    @property
    def window(self) -> Window:
        """The CAR window of hit rates and scores."""
        return self.request.cars[0]


def relate_events(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    controls: Sequence[RateSeries] = (),
) -> Related:
    """Lead-lag correlations, hit rates, regression and scores of events on one series.

    The rows are those of `run_study` with the same request; the tests of a study, which take
    longer, are not run.

    Args:
        series: the observations.
        events: the events to relate.
        known: every known event.
        request: the parameters.
        controls: series whose returns stand in the regression beside the categories.

    Raises:
        InputError: series of different lengths of bars, or a model that does not fit.
    """
    common_bar([series], controls)
    result, measured = measure(series, events, known, request, controls)
    if not result.events:
        return Related(request, len(events), 0, result.skipped)
    pooled = Pooled([measured], request.cars, request)
    scores, points = score_moves(measured, request, request.cars[0])
    return Related(
        request=request,
        asked=len(events),
        used=len(result.events),
        skipped=result.skipped,
        correlations=lead_lag(pooled),
        directions=directions(pooled),
        regression=regress(pooled, tuple(each.card.id for each in controls)),
        scores=scores,
        points=points,
        unread=unread_scores(events),
        result=result,
    )


def project_group(
    related: Related, group: str, controls: Sequence[RateSeries] = ()
) -> Projection | None:
    """The local projections of the series on one group of the measured events.

    Args:
        related: the measured events.
        group: "all" or a category.
        controls: series whose returns stand beside the events.

    Returns:
        None where no event of the group is measured.
    """
    if related.result is None:
        return None
    return next(iter(project(related.result, controls, [group])), None)


def relate_across(
    series: Sequence[RateSeries],
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
) -> tuple[CrossCell, ...]:
    """Mean move of every category on every series, each by its own clock; p over all cells.

    Each cell is what a study of that series alone says of the category.

    Raises:
        InputError: no series, or two with one id.
    """
    ids = [each.card.id for each in series]
    if not ids or len(set(ids)) < len(ids):
        msg = f"series {', '.join(ids) or '(none)'}: give each series once"
        raise InputError(msg)
    window = request.cars[0]
    request = replace(request, cars=(window,))
    cells: list[SeriesCells] = []
    for each in series:
        result, measured = measure(each, events, known, request)
        if result.events:
            cells.append(cells_of(each.card.id, measured, request, window))
    return corrected(cells, request)
