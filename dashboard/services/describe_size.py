"""Describe size: how often each test rejects in simulations, and which to read as a consequence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.engine.cautions import TRUSTED, verdict
from dashboard.engine.projection_coverage import COVERAGE, RUNS
from dashboard.engine.recommended import (
    OTHER_QUESTIONS,
    SITUATIONS,
    Reading,
    holds_everywhere,
    reading_for,
)
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.size_table import EFFECT, EVENTS, POWER, SIZE, STUDIES


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
class SizeRow:
    """One test in every cell; `power` is its mean share of effects found over the series."""

    test: str
    title: str
    cells: tuple[Cell, ...]
    power: float


@dataclass(frozen=True, slots=True)
class SizeTable:
    """The whole table and what follows from it.

    `events` are the numbers of events simulated, by dates; `error` is the standard error of a
    rate of 5 %; `readings` say what to read for each pattern of dates, in words too; `others`
    are the tests that ask something else than the mean, with their questions.
    """

    studies: int
    error: float
    effect: float
    trusted: tuple[float, float]
    events: dict[str, int]
    rows: tuple[SizeRow, ...]
    readings: tuple[tuple[Reading, str], ...]
    others: tuple[tuple[str, str], ...]


def describe_size() -> SizeTable:
    """The simulated sizes as `docs/size.md` prints them, and the tests to read."""
    return SizeTable(
        studies=STUDIES,
        error=standard_error(0.05),
        effect=EFFECT,
        trusted=TRUSTED,
        events=dict(EVENTS),
        rows=tuple(_row(test.id, test.title) for test in SIGNIFICANCE_TESTS),
        readings=tuple((reading_for(dates), words) for dates, words in SITUATIONS.items()),
        others=tuple(each for each in OTHER_QUESTIONS.items() if holds_everywhere(each[0])),
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
    cells = tuple(
        Cell(series, dates, rate, standard_error(rate), verdict(rate))
        for (series, dates), rate in SIZE[test].items()
    )
    return SizeRow(test, title, cells, sum(POWER[test].values()) / len(POWER[test]))


def standard_error(rate: float) -> float:
    """Standard error of a share of `STUDIES` studies."""
    return math.sqrt(rate * (1 - rate) / STUDIES)
