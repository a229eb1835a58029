"""Describe size: how often each test rejects in simulations, and which to read as a consequence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.engine.cautions import TRUSTED, verdict
from dashboard.engine.headline import HEADLINE
from dashboard.engine.projection_coverage import COVERAGE, RUNS
from dashboard.engine.recommended import (
    OTHER_QUESTIONS,
    SITUATIONS,
    Reading,
    holds_everywhere,
    mean_power,
    reading_for,
)
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.size_table import MADE_EVENTS, SERIES, SizeCell, powers_of, sizes_of


@dataclass(frozen=True, slots=True)
class Cell:
    """How often a test rejects in one cell, with its Monte Carlo standard error; both shares.

    `verdict` is `too often`, `too rarely`, or empty where the rate is trusted.
    """

    series: str
    dates: str
    rate: float
    error: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest size of a test over the real dates of every category.

    `verdict` is that of the worst cell; `dates` name the category of the highest.
    """

    series: str
    low: float
    high: float
    dates: str
    verdict: str


@dataclass(frozen=True, slots=True)
class SizeRow:
    """One test in every cell: made dates in `cells`, real ones as a range for each design.

    `power` is the mean share of effects found over the series with scattered dates.
    """

    test: str
    title: str
    cells: tuple[Cell, ...]
    ranges: tuple[Range, ...]
    power: float


@dataclass(frozen=True, slots=True)
class SizeTable:
    """The whole table and what follows from it.

    `studies` and `error` (the standard error of a rate of 5 %) are those of made dates, and
    `effect` in standard deviations is the one behind `power`; `real_studies` are the fewest and
    the most on real dates. `events` are the numbers of events simulated, by dates; `readings`
    say what to read for each pattern of dates, in words too; `others` are the tests that ask
    something else than the mean, with their questions; `designs` say what the returns were;
    `declared` is the id of the test that answers for a group.
    """

    studies: int
    real_studies: tuple[int, int]
    error: float
    effect: float
    trusted: tuple[float, float]
    events: dict[str, int]
    rows: tuple[SizeRow, ...]
    readings: tuple[tuple[Reading, str], ...]
    others: tuple[tuple[str, str], ...]
    designs: dict[str, str]
    declared: str = HEADLINE


def describe_size() -> SizeTable:
    """The simulated sizes as `docs/size.md` prints them, and the tests to read."""
    tests = [test.id for test in SIGNIFICANCE_TESTS]
    made = next(cell for cell in sizes_of(tests[0]) if not cell.is_real)
    real = [cell.studies for test in tests for cell in sizes_of(test) if cell.is_real]
    return SizeTable(
        studies=made.studies,
        real_studies=(min(real), max(real)),
        error=standard_error(0.05, made.studies),
        effect=next(cell.effect for cell in powers_of(tests[0]) if not cell.is_real),
        trusted=TRUSTED,
        events=dict(MADE_EVENTS),
        rows=tuple(_row(test.id, test.title) for test in SIGNIFICANCE_TESTS),
        readings=tuple((reading_for(dates), words) for dates, words in SITUATIONS.items()),
        others=tuple(each for each in OTHER_QUESTIONS.items() if holds_everywhere(each[0])),
        designs=SERIES,
    )


@dataclass(frozen=True, slots=True)
class ProjectionCoverage:
    """How often local projections hold the true response in simulations: least and most, shares.

    `interval` is the mean over horizons, `band` that of the whole path, `rejected` how often
    the test of what came before rejects at 5 %.
    """

    runs: int
    interval: tuple[float, float]
    band: tuple[float, float]
    rejected: tuple[float, float]


def describe_projections() -> ProjectionCoverage:
    """The simulated coverage as `docs/projections.md` prints it."""
    ends = [(min(shares), max(shares)) for shares in zip(*COVERAGE.values(), strict=True)]
    return ProjectionCoverage(RUNS, *ends)


def _row(test: str, title: str) -> SizeRow:
    sizes = sizes_of(test)
    cells = tuple(
        Cell(cell.series, cell.dates, cell.rejected,
             standard_error(cell.rejected, cell.studies), verdict(cell.rejected))
        for cell in sizes if not cell.is_real
    )  # fmt: skip
    real = [cell for cell in sizes if cell.is_real]
    designs = dict.fromkeys(cell.series for cell in real)
    ranges = tuple(_range([cell for cell in real if cell.series == design]) for design in designs)
    return SizeRow(test, title, cells, ranges, mean_power(powers_of(test)))


def _range(cells: list[SizeCell]) -> Range:
    low, high = (pick(cells, key=lambda cell: cell.rejected) for pick in (min, max))
    word = verdict(high.rejected) or verdict(low.rejected)
    return Range(high.series, low.rejected, high.rejected, high.dates, word)


def standard_error(rate: float, studies: int) -> float:
    """Standard error of a share of simulated studies."""
    return math.sqrt(rate * (1 - rate) / studies)
