"""Description of the method: models, tests, constants and simulated sizes of the tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import numpy as np

from dashboard import __version__
from dashboard.eventstudy import study
from dashboard.eventstudy.alignment import AFTER_DATA, FAR_DAYS, align_events
from dashboard.eventstudy.clusters import HEADLINE_TEST
from dashboard.eventstudy.normal import NORMAL_MODELS
from dashboard.eventstudy.panel import P_VALUE_FAMILY
from dashboard.eventstudy.placebo import EWMA_DECAY
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.eventstudy.simulated_size import (
    DATE_PATTERNS,
    OTHER_HYPOTHESES,
    SIMULATED_RETURNS,
    SYNTHETIC_PATTERNS,
    TRUSTED_SIZES,
    RecommendedTests,
    SizeCell,
    keeps_size,
    load_projection_coverage,
    mean_power,
    recommend_tests,
    simulated_powers,
    simulated_sizes,
    size_verdict,
)
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.publication import PUBLICATION_RULES, PublicationRule
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import CONFIDENCE_LEVEL, SIGNIFICANCE_LEVEL, StudyRequest


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """A normal-return model; `needs` says how many factors."""

    id: str
    title: str
    says: str
    needs: str
    reference: str


@dataclass(frozen=True, slots=True)
class TestDescription:
    """A significance test: null hypothesis, assumptions, requirements and reference."""

    __test__ = False

    id: str
    title: str
    null_hypothesis: str
    assumptions: str
    needs: str
    reference: str


@dataclass(frozen=True, slots=True)
class MethodConstants:
    """The constants of the method: coverage of the ordinary range, days, EWMA decay."""

    coverage: float
    far_days: int
    decay: float
    family: str


@dataclass(frozen=True, slots=True)
class MethodDescription:
    """The parts of the method that do not depend on the event."""

    models: tuple[ModelDescription, ...]
    tests: tuple[TestDescription, ...]
    constants: MethodConstants


@dataclass(frozen=True, slots=True)
class AttritionCounts:
    """The number of listed events left on one series after each exclusion.

    `windows` counts the events with a CAR for each CAR window of the request; `alone` those
    whose first CAR window holds no other event.
    """

    listed: int
    before_data: int
    after_data: int
    short_history: int
    used: int
    windows: tuple[tuple[tuple[int, int], int], ...]
    alone: int


@cache
def describe_method() -> MethodDescription:
    """The models and tests of the package `eventstudy`."""
    models = tuple(
        ModelDescription(m.id, m.title, (m.__doc__ or "").strip().split("\n")[0].replace("`", ""),
                         m.needs, m.reference)
        for m in NORMAL_MODELS
    )  # fmt: skip
    tests = tuple(
        TestDescription(t.id, t.title, t.null_hypothesis, t.assumptions, t.needs, t.reference)
        for t in SIGNIFICANCE_TESTS
    )
    return MethodDescription(
        models, tests, MethodConstants(CONFIDENCE_LEVEL, FAR_DAYS, EWMA_DECAY, P_VALUE_FAMILY)
    )


def model_ids() -> tuple[str, ...]:
    """The ids of the models, in the order of their registry."""
    return tuple(model.id for model in NORMAL_MODELS)


def publication_rule_of(card: SeriesCard) -> PublicationRule:
    """The publication rule of a series."""
    return PUBLICATION_RULES[card.date_rule]


def count_attrition(
    series: RateSeries, events: Sequence[Event], request: StudyRequest
) -> AttritionCounts:
    """Count the events left on one series after each exclusion.

    Args:
        series: the observations.
        events: every listed event.
        request: windows, estimation and overlap rule.
    """
    bound = [event for event in events if event.series in (None, series.card.id)]
    row = align_events(series, bound).row if bound else np.array([], dtype=np.int64)
    result = study.study_series(series, bound, bound, request)
    inside = int((row >= 1).sum())
    after = int((row == AFTER_DATA).sum())
    return AttritionCounts(
        listed=len(bound),
        before_data=len(bound) - inside - after,
        after_data=after,
        short_history=inside - len(result.events),
        used=len(result.events),
        windows=tuple((car.window, int(np.isfinite(car.car).sum())) for car in result.cars),
        alone=sum(not crowd for crowd in result.cars[0].crowd) if result.cars else 0,
    )


def software_versions() -> tuple[str, ...]:
    """This program and its main libraries with their versions."""
    libraries = ("numpy", "pandas", "scipy", "plotly", "streamlit")
    return (
        _("Rouble Reaction {version__}", version__=__version__),
        *(f"{name} {version(name)}" for name in libraries),
    )


# ---- simulated sizes


@dataclass(frozen=True, slots=True)
class RejectionRate:
    """The rejection rate of a test in one cell with its Monte Carlo standard error, as shares.

    `verdict` is `too often`, `too rarely`, or empty where the rate is near the nominal size.
    """

    series: str
    dates: str
    rate: float
    error: float
    verdict: str


@dataclass(frozen=True, slots=True)
class RejectionRange:
    """The lowest and the highest size of a test over the dates of every category.

    `verdict` is that of the worst cell; `dates` name the category of the highest.
    """

    series: str
    low: float
    high: float
    dates: str
    verdict: str


@dataclass(frozen=True, slots=True)
class SizeRow:
    """One test: rejection rates for synthetic dates, ranges for real dates of each design.

    `power` is the mean power over the series with scattered dates.
    """

    test: str
    title: str
    cells: tuple[RejectionRate, ...]
    ranges: tuple[RejectionRange, ...]
    power: float


@dataclass(frozen=True, slots=True)
class SizeTable:
    """The table of simulated sizes and the tests recommended by it.

    `studies` and `error` (the standard error of a rate of 5 %) are those of synthetic dates;
    `effect`, in standard deviations, is that of `power`; `real_studies` are the fewest and the
    most on real dates. `events` are the numbers of simulated events by dates; `readings` the
    recommended tests for each pattern of dates with its description; `others` the tests of
    other hypotheses than a zero mean, with their questions; `designs` describe the simulated
    returns; `declared` is the id of the declared test of a group.
    """

    studies: int
    real_studies: tuple[int, int]
    error: float
    effect: float
    trusted: tuple[float, float]
    events: dict[str, int]
    rows: tuple[SizeRow, ...]
    readings: tuple[tuple[RecommendedTests, str], ...]
    others: tuple[tuple[str, str], ...]
    designs: dict[str, str]
    declared: str = HEADLINE_TEST


def describe_size() -> SizeTable:
    """The simulated sizes, as in `docs/size.md`, and the recommended tests."""
    tests = [test.id for test in SIGNIFICANCE_TESTS]
    synthetic = next(cell for cell in simulated_sizes(tests[0]) if not cell.is_real)
    real = [cell.studies for test in tests for cell in simulated_sizes(test) if cell.is_real]
    return SizeTable(
        studies=synthetic.studies,
        real_studies=(min(real), max(real)),
        error=share_standard_error(SIGNIFICANCE_LEVEL, synthetic.studies),
        effect=next(cell.effect for cell in simulated_powers(tests[0]) if not cell.is_real),
        trusted=TRUSTED_SIZES,
        events=dict(SYNTHETIC_PATTERNS),
        rows=tuple(_size_row(test.id, test.title) for test in SIGNIFICANCE_TESTS),
        readings=tuple(
            (recommend_tests(dates), description) for dates, description in DATE_PATTERNS.items()
        ),
        others=tuple(item for item in OTHER_HYPOTHESES.items() if keeps_size(item[0])),
        designs=SIMULATED_RETURNS,
    )


@dataclass(frozen=True, slots=True)
class ProjectionCoverage:
    """The simulated coverage of local projections: lowest and highest, as shares.

    `interval` is the mean over horizons, `band` that of the whole path, `rejected` the rejection
    rate of the pre-trend test at 5 %.
    """

    runs: int
    interval: tuple[float, float]
    band: tuple[float, float]
    rejected: tuple[float, float]


def describe_projections() -> ProjectionCoverage:
    """The simulated coverage as `docs/projections.md` prints it."""
    cells = load_projection_coverage()
    shares = zip(*((cell.interval, cell.band, cell.pre_trend) for cell in cells), strict=True)
    return ProjectionCoverage(cells[0].runs, *((min(each), max(each)) for each in shares))


def _size_row(test: str, title: str) -> SizeRow:
    sizes = simulated_sizes(test)
    cells = tuple(
        RejectionRate(cell.series, cell.dates, cell.rejected,
             share_standard_error(cell.rejected, cell.studies), size_verdict(cell.rejected))
        for cell in sizes if not cell.is_real
    )  # fmt: skip
    designs: dict[str, list[SizeCell]] = {}
    for cell in sizes:
        if cell.is_real:
            designs.setdefault(cell.series, []).append(cell)
    ranges = []
    for of_design in designs.values():
        low, high = (pick(of_design, key=lambda cell: cell.rejected) for pick in (min, max))
        verdict = size_verdict(high.rejected) or size_verdict(low.rejected)
        ranges.append(RejectionRange(high.series, low.rejected, high.rejected, high.dates, verdict))
    return SizeRow(test, title, cells, tuple(ranges), mean_power(simulated_powers(test)))


def share_standard_error(rate: float, studies: int) -> float:
    """Standard error of a share of simulated studies."""
    return math.sqrt(rate * (1 - rate) / studies)
