"""Comparison of one or two groups of events; relations of categories and scores with moves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dashboard.eventstudy import comparison
from dashboard.eventstudy.clusters import HEADLINE_TEST
from dashboard.eventstudy.comparison import DIFFERENCE_GROUP, DIFFERENCE_TESTS
from dashboard.eventstudy.local_projections import project_groups
from dashboard.eventstudy.panel import compute_hit_rates
from dashboard.eventstudy.relations import (
    SeriesCells,
    adjust_cells,
    build_series_cells,
    compute_lead_lag,
    correlate_scores,
    regress_returns,
)
from dashboard.eventstudy.samples import PooledSample
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.eventstudy.simulated_size import recommend_tests, short_size_caution
from dashboard.eventstudy.study import measure_series
from dashboard.models.analyses import (
    Comparison,
    CrossCell,
    Dose,
    DoseResponse,
    Group,
    Projection,
    ScoredEvents,
    ScoreRow,
    SecondStageRow,
    event_dose,
    unreadable_scores,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import (
    MIN_CLUSTERS,
    SIGNIFICANCE_LEVEL,
    CorrelationRow,
    DirectionRow,
    Headline,
    RegressionRow,
    SkippedEvent,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    TestResult,
    Window,
)
from dashboard.services.study import check_study_size, common_bar_minutes, needs_factor

__all__ = [
    "DIFFERENCE_GROUP",
    "HEADLINE_ROLE",
    "HEADLINE_TEST",
    "MIN_CLUSTERS",
    "GroupTestLine",
    "TestReading",
    "compare_groups",
    "count_corrected_tests",
    "count_kinds_of_tests",
    "declared_test_title",
    "explain_tests",
    "group_test_lines",
    "is_significant",
    "read_tests",
]


HEADLINE_ROLE: Final = "headline"
"""The role of the test that was declared before the analysis."""
MAX_GROUPS: Final = 2


# ---- reading the tests of a study


@dataclass(frozen=True, slots=True)
class TestReading:
    """One test of one group and window.

    `declared` marks the declared test; `caution` says that the test does not apply, or that its
    simulated size is off for such dates; else it is empty.
    """

    __test__ = False

    result: TestResult
    declared: bool
    caution: str

    @property
    def text(self) -> str:
        """Whether it is the declared test, and the caution."""
        declared = _("the declared test") if self.declared else ""
        return "; ".join(text for text in (declared, self.caution) if text)


def is_significant(headline: Headline) -> bool:
    """Whether the declared test rejects at 5 % after correction; False where it has no result."""
    return not headline.reason and headline.p_adjusted <= SIGNIFICANCE_LEVEL


def read_tests(answer: StudyAnswer) -> tuple[TestReading, ...]:
    """The tests of the CAR windows, the declared one first."""
    lines = []
    for row in answer.tests:
        if row.window in answer.request.cars:
            caution = short_size_caution(row.test, row.dates)
            if math.isnan(row.p_value):
                reason = row.note.removeprefix("does not apply: ")
                caution = _("does not apply: {reason}", reason=reason)
            lines.append(TestReading(row, row.role == HEADLINE_ROLE, caution))
    return tuple(sorted(lines, key=lambda line: not line.declared))


_ONE_TEST: Final = deferred("{groups}: {dates} dates. {test} answers.")
_SOUND_TESTS: Final = deferred(
    "{groups}: {dates} dates. {test} answers; sound with such dates too: {others}."
)


def explain_tests(answer: StudyAnswer) -> tuple[str, ...]:
    """Sentences: the recommended tests for each pattern of dates, and the meaning of cautions."""
    groups: dict[str, list[str]] = {}
    for group, dates in {row.group: row.dates for row in answer.tests}.items():
        groups.setdefault(dates, []).append(group)
    sentences = []
    for dates, names in groups.items():
        recommended = recommend_tests(dates)
        sound = [test for test in (*recommended.first, *recommended.also) if test != HEADLINE_TEST]
        values = {"test": HEADLINE_TEST, "others": ", ".join(sound)}
        sentences.append(
            translate_deferred(
                _SOUND_TESTS if sound else _ONE_TEST, groups=", ".join(names), dates=dates, **values
            )
        )
    if sentences:
        sentences.append(
            _(
                "Too often, too rarely: in brackets the share of simulated studies without effect "
                "and with such dates in which the test rejects at the 5 % level."
            )
        )
    return tuple(sentences)


# ---- groups of events


def compare_groups(
    series: RateSeries,
    groups: Sequence[Group],
    known: Sequence[Event],
    request: StudyRequest,
    factors: Sequence[RateSeries] = (),
) -> Comparison:
    """Study one or two groups of events and their difference; see `eventstudy.comparison`.

    Raises:
        InputError: for no group or more than two, two groups of one name, an unknown model or
            one without its factor, and series with different lengths of bars.
    """
    if not 1 <= len(groups) <= MAX_GROUPS:
        msg = _("a comparison takes one or two groups of events, not {count}", count=len(groups))
        raise InputError(msg)
    if len({group.name for group in groups}) < len(groups):
        msg = _("two groups are called {name}; give each a name of its own", name=groups[0].name)
        raise InputError(msg)
    if needs_factor(request.model) and not factors:
        msg = _(
            "model {model}: explains the move by that of another series, and none was chosen; "
            "choose a factor, or the model mean",
            model=request.model,
        )
        raise InputError(msg)
    common_bar_minutes([series], factors)
    check_study_size([series], request)
    return comparison.compare_groups(series, groups, known, request, factors)


@dataclass(frozen=True, slots=True)
class GroupTestLine:
    """One test in the compared window, with its assumptions.

    `declared` marks the declared test of a group or of the difference; `family` counts the
    p-values corrected together.
    """

    __test__ = False

    row: TestResult
    title: str
    assumptions: str
    family: int
    declared: bool


def group_test_lines(answer: Comparison) -> tuple[GroupTestLine, ...]:
    """Every test in the compared window: of the groups and of their difference."""
    tables = (answer.differences, *(group.tests for group in answer.groups))
    rows = [row for table in tables for row in table if row.window == answer.window]
    texts = {test.id: (test.title, test.assumptions) for test in SIGNIFICANCE_TESTS}
    texts |= {test.id: (test.title, test.assumptions) for test in DIFFERENCE_TESTS}
    families = [comparison.p_value_family(row, answer.request) for row in rows]
    sizes = Counter(f for f, row in zip(families, rows, strict=True) if not math.isnan(row.p_value))
    return tuple(
        GroupTestLine(row, *texts[row.test], sizes[family], row.role == HEADLINE_ROLE)
        for family, row in zip(families, rows, strict=True)
    )


def count_corrected_tests(answer: Comparison) -> int:
    """The number of p-values of declared tests that were corrected together."""
    return sum(
        row.window == answer.window and not math.isnan(row.p_value) for row in answer.declared
    )


def count_kinds_of_tests(answer: Comparison) -> int:
    """How many tests there are of a group, and of the difference where there are two."""
    return len(SIGNIFICANCE_TESTS) + (len(DIFFERENCE_TESTS) if len(answer.groups) > 1 else 0)


def declared_test_title(*, difference: bool = False) -> str:
    """The title of the declared test of a group, or of the difference of two."""
    if difference:
        return DIFFERENCE_TESTS[0].title
    return next(test.title for test in SIGNIFICANCE_TESTS if test.id == HEADLINE_TEST)


# ---- relations of events with moves


@dataclass(frozen=True, slots=True)
class EventRelations:
    """Relations of events with moves of one series, over the first CAR window of the request.

    `used` of `requested` events are measured, in `result`; `skipped` names the others with their
    reason; `unread` are id and tag of events whose score cannot be read.
    """

    request: StudyRequest
    requested: int
    used: int
    skipped: tuple[SkippedEvent, ...]
    correlations: tuple[CorrelationRow, ...] = ()
    directions: tuple[DirectionRow, ...] = ()
    regression: tuple[RegressionRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    points: tuple[ScoredEvents, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    result: StudyResult | None = None

    @property
    def window(self) -> Window:
        """The CAR window of the hit rates and scores."""
        return self.request.cars[0]


def relate_events(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    controls: Sequence[RateSeries] = (),
) -> EventRelations:
    """Lead-lag correlations, hit rates, regression and scores of events on one series.

    The rows are those of `run_study` with the same request; the slower tests of a study are
    not run.

    Args:
        series: the observations.
        events: the events to relate.
        known: every known event.
        request: the parameters.
        controls: series whose returns are further regressors.

    Raises:
        InputError: series with different lengths of bars, or a model that does not fit.
    """
    common_bar_minutes([series], controls)
    result, measured = measure_series(series, events, known, request, controls)
    if not result.events:
        return EventRelations(request, len(events), 0, result.skipped)
    pooled = PooledSample([measured], request.cars, request)
    scores, points = correlate_scores(measured, request, request.cars[0])
    return EventRelations(
        request=request,
        requested=len(events),
        used=len(result.events),
        skipped=result.skipped,
        correlations=compute_lead_lag(pooled),
        directions=compute_hit_rates(pooled),
        regression=regress_returns(pooled, tuple(control.card.id for control in controls)),
        scores=scores,
        points=points,
        unread=unreadable_scores(events),
        result=result,
    )


def project_group(
    related: EventRelations, group: str, controls: Sequence[RateSeries] = ()
) -> Projection | None:
    """The local projections of the series on one group of the measured events.

    Args:
        related: the measured events.
        group: "all" or a category.
        controls: series whose returns are further regressors.

    Returns:
        None where no event of the group is measured.
    """
    if related.result is None:
        return None
    return next(iter(project_groups(related.result, controls, [group])), None)


def relate_to_columns(
    results: Sequence[StudyResult], dose: Dose | None, columns: Sequence[str] = ()
) -> dict[str, tuple[Any, ...]]:
    """The objects of the tables of a dose response and of a second stage, by table.

    Args:
        results: of a study, one a series.
        dose: which number of an event its moves are set against; None for none.
        columns: what the CARs are regressed on; none for no second stage.

    Raises:
        InputError: a column is unknown, has no values, or too many levels.
    """
    from dashboard.eventstudy.dose_response import compute_dose_response, regress_cars

    correction = results[0].request.correction if results else "holm"
    tables: dict[str, tuple[Any, ...]] = {}
    if dose is not None:
        response = compute_dose_response(results, dose, correction)
        tables |= {"dose_response": response.rows, "dose_events": response.points}
    if columns:
        tables["second_stage"] = regress_cars(results, columns, correction)
    return tables


def relate_dosed_events(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    dose: Dose,
) -> DoseResponse:
    """The dose response of a series to the events that have a dose, in every CAR window."""
    from dashboard.eventstudy.dose_response import compute_dose_response

    dosed = [event for event in events if math.isfinite(event_dose(event, dose))]
    result, _measured = measure_series(series, dosed, known, request)
    return compute_dose_response([result], dose, request.correction)


def relate_event_columns(
    series: RateSeries,
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
    columns: Sequence[str],
) -> tuple[SecondStageRow, ...]:
    """The CARs of events on one series regressed on their columns.

    Raises:
        InputError: a column is unknown, has no values, or too many levels.
    """
    result, _measured = measure_series(series, events, known, request)
    return relate_to_columns([result], None, columns)["second_stage"] if result.events else ()


def request_for(card: SeriesCard, request: StudyRequest) -> StudyRequest:
    """The study of one series among others: differences where its numbers are no prices."""
    return request if card.is_price else replace(request, returns="difference")


def relate_across_series(
    series: Sequence[RateSeries],
    events: Sequence[Event],
    known: Sequence[Event],
    request: StudyRequest,
) -> tuple[CrossCell, ...]:
    """Mean move of every category on every series; p-values are adjusted over all cells.

    The mean of a number that is no price is in hundreds of its unit: 0.01 is one point. Each cell
    equals that of a study of the series alone.

    Raises:
        InputError: no series, or two with one id.
    """
    ids = [one.card.id for one in series]
    if not ids or len(set(ids)) < len(ids):
        msg = _("series {value}: give each series once", value=", ".join(ids) or "(none)")
        raise InputError(msg)
    window = request.cars[0]
    request = replace(request, cars=(window,))
    cells: list[SeriesCells] = []
    for one in series:
        result, measured = measure_series(one, events, known, request_for(one.card, request))
        if result.events:
            cells.append(build_series_cells(one.card.id, measured, request, window))
    return adjust_cells(cells, request)
