"""Simulated size and power of every test, what they say of a p-value, and which test to read."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

import numpy as np

from dashboard.eventstudy.clusters import HEADLINE_TEST
from dashboard.eventstudy.samples import GroupSample
from dashboard.models.messages import deferred

SIZES_FILE: Final = "test_sizes.csv"
COVERAGE_FILE: Final = "projection_coverage.csv"
SIMULATED_RETURNS: Final[dict[str, str]] = {
    "iid normal": deferred("independent normal returns"),
    "GARCH": deferred("GARCH returns with normal shocks"),
    "real rouble": deferred("real returns, dates drawn at random"),
    "block": deferred("blocks of the real returns in another order"),
    "garch": deferred("GARCH returns with Student t shocks"),
    "local": deferred(
        "each real return replaced by a near one with a random sign: volatility drifts"
    ),
    "flip": deferred("the real moves with random signs: event days as volatile as they were"),
}
"""What each kind of simulated returns is."""
SYNTHETIC_PATTERNS: Final = {"scattered": 40, "clustered": 40, "dense": 150}
"""The made patterns of dates with their numbers of events.

All other dates are real ones, of a category of the catalogue.
"""
TRUSTED_SIZES: Final = (0.03, 0.07)
"""A test that rejects a true null at 5 % in 3-7 % of studies needs no caution."""
SCATTERED_BELOW: Final = 0.25
DENSE_ABOVE: Final = 0.05
DATE_PATTERNS: Final[dict[str, str]] = {
    "scattered": deferred("windows hardly overlap: fewer than a quarter touch another event's"),
    "clustered": deferred("windows overlap in bunches"),
    "dense": deferred("windows overlap, and more than one day in twenty has an event"),
}
"""What the dates of a group can look like; `classify_date_pattern` says which it is."""
OTHER_HYPOTHESES: Final[dict[str, str]] = {
    "volatility": deferred("are the moves larger than elsewhere?"),
    "direction": deferred("do the moves go the expected way?"),
}
"""Tests that ask something else than whether the moves are 0 on average."""


# ---- simulated cells


@dataclass(frozen=True, slots=True)
class SizeCell:
    """How often one test rejects at 5 % on one kind of returns with one set of dates.

    `dates` is a made pattern or a category, `pattern` the made pattern it resembles; `effect`
    is 0 for a size, else what was added to the first rates: standard deviations on made dates,
    log points on those of a category. `rejected` is a share of `studies`.
    """

    series: str
    dates: str
    pattern: str
    effect: float
    studies: int
    rejected: float

    @property
    def is_real(self) -> bool:
        """Whether the dates are those of a category."""
        return self.dates not in SYNTHETIC_PATTERNS


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """Local projections of one group on one kind of returns, with an effect or without.

    `interval` (mean of horizons 0 to 20) and `band` are the shares of `runs` in which the 95 %
    interval and the whole sup-t band hold the response, `pre_trend` the share in which the test
    before the event rejects at 5 %.
    """

    group: str
    returns: str
    has_effect: bool
    runs: int
    interval: float
    band: float
    pre_trend: float


@cache
def load_size_table() -> dict[str, tuple[SizeCell, ...]]:
    """All cells of every test, read once."""
    table: dict[str, list[SizeCell]] = {}
    for test, series, dates, pattern, effect, studies, rejected in _read_rows(SIZES_FILE):
        cell = SizeCell(series, dates, pattern, float(effect), int(studies), float(rejected))
        table.setdefault(test, []).append(cell)
    return {test: tuple(cells) for test, cells in table.items()}


@cache
def load_projection_coverage() -> tuple[CoverageCell, ...]:
    """The coverage of local projections, as `benchmarks/projections.py` wrote it, read once."""
    return tuple(
        CoverageCell(group, returns, effect == "yes", int(runs), *map(float, shares))
        for group, returns, effect, runs, *shares in _read_rows(COVERAGE_FILE)
    )


def _read_rows(name: str) -> Iterator[list[str]]:
    """The rows of a table of this package, without its header."""
    text = files("dashboard.eventstudy").joinpath(name).read_text(encoding="utf-8")
    return itertools.islice(csv.reader(text.splitlines()), 1, None)


def simulated_sizes(test: str) -> tuple[SizeCell, ...]:
    """The cells of a test without any effect; empty for one that was not simulated."""
    return tuple(cell for cell in load_size_table().get(test, ()) if cell.effect == 0)


def simulated_powers(test: str) -> tuple[SizeCell, ...]:
    """The cells of a test with an effect."""
    return tuple(cell for cell in load_size_table().get(test, ()) if cell.effect != 0)


# ---- cautions


def classify_date_pattern(sample: GroupSample) -> str:
    """The simulated pattern that the dates of a group resemble most.

    `scattered`: fewer than a quarter of the event windows overlap another's. `dense`: more
    than one event in twenty rows over the span of the group. Otherwise `clustered`.
    """
    if sample.size < 2:
        return "scattered"
    starts, ends = (days[sample.member] for days in sample.pooled.window_days())
    order = np.argsort(starts, kind="stable")
    touching = starts[order][1:] <= np.maximum.accumulate(ends[order])[:-1]
    overlapping = np.concatenate((touching, [False])) | np.concatenate(([False], touching))
    if overlapping.mean() < SCATTERED_BELOW:
        return "scattered"
    rows = sample.pooled.row[sample.member]
    span = int(rows.max() - rows.min()) + 1
    return "dense" if sample.size / span > DENSE_ABOVE else "clustered"


def size_verdict(rate: float) -> str:
    """`too often` above the trusted rates, `too rarely` below them, else empty."""
    if rate > TRUSTED_SIZES[1]:
        return "too often"
    return "too rarely" if rate < TRUSTED_SIZES[0] else ""


def find_worst_cell(test_id: str, pattern: str) -> SizeCell | None:
    """The simulated cell with such dates whose size lies farthest from the trusted ones."""
    cells = [cell for cell in simulated_sizes(test_id) if cell.pattern == pattern]
    return max(cells, key=lambda cell: abs(cell.rejected - sum(TRUSTED_SIZES) / 2), default=None)


def short_size_caution(test_id: str, pattern: str) -> str:
    """`rejects too often (20 %)` where the test's simulated size lies outside 3-7 %, else empty."""
    cell = find_worst_cell(test_id, pattern)
    verdict = "" if cell is None else size_verdict(cell.rejected)
    return f"rejects {verdict} ({_format_per_cent(cell.rejected)} %)" if cell and verdict else ""


def size_caution(test_id: str, pattern: str) -> str:
    """A sentence where the test's simulated size lies outside 3-7 % for this pattern, else empty.

    The worst cell counts, whatever its returns: made ones or the real ones, with made dates or
    those of a category.
    """
    cell = find_worst_cell(test_id, pattern)
    if cell is None or not size_verdict(cell.rejected):
        return ""
    dates = deferred("{pattern} dates", pattern=cell.dates)
    if cell.is_real:
        dates = deferred("the dates of {category}", category=cell.dates)
    return deferred(
        "rejects {rejected} % at the 5 % level in {studies:,} simulated studies without "
        "effect and with {dates} ({returns})",
        rejected=_format_per_cent(cell.rejected),
        studies=cell.studies,
        dates=dates,
        returns=SIMULATED_RETURNS[cell.series],
    )


def _format_per_cent(rate: float) -> str:
    """A whole number, with a decimal where rounding would hide on which side of a bound it is."""
    is_near_bound = any(abs(rate - bound) < 0.005 for bound in TRUSTED_SIZES)
    return f"{100 * rate:.{1 if is_near_bound else 0}f}"


# ---- recommended tests


CellsByTest: TypeAlias = Mapping[str, Sequence[SizeCell]]


@dataclass(frozen=True, slots=True)
class RecommendedTests:
    """The tests of one situation, each in one list, the most powerful first.

    `first` is the declared test, which answers whatever the dates are like; `also` keep their
    size (3-7 %) in every cell with such dates; `too_often` do not on some returns and
    give false alarms, `too_rarely` do not and may miss an effect.
    """

    dates: str
    first: tuple[str, ...]
    also: tuple[str, ...]
    too_often: tuple[str, ...]
    too_rarely: tuple[str, ...]


def recommend_tests(
    dates: str, sizes: CellsByTest | None = None, powers: CellsByTest | None = None
) -> RecommendedTests:
    """What to read where the dates of a group are `scattered`, `clustered` or `dense`.

    Args:
        dates: one of `DATE_PATTERNS`.
        sizes: cells without effect, by test; the shipped ones if None.
        powers: cells with one, by test.
    """
    if sizes is None:
        sizes = {test: simulated_sizes(test) for test in load_size_table() if simulated_sizes(test)}
    powers = {test: simulated_powers(test) for test in sizes} if powers is None else powers
    others = [test for test in sizes if test not in {*OTHER_HYPOTHESES, HEADLINE_TEST}]
    failing = {test: _size_failure(sizes[test], dates) for test in others}

    def strongest(tests: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(tests, key=lambda test: -mean_power(powers[test])))

    return RecommendedTests(
        dates,
        (HEADLINE_TEST,),
        strongest(test for test in others if not failing[test]),
        strongest(test for test in others if failing[test] == "too often"),
        strongest(test for test in others if failing[test] == "too rarely"),
    )


def mean_power(cells: Sequence[SizeCell]) -> float:
    """Mean share of effects found on made dates; 0 where none was simulated."""
    synthetic = [cell.rejected for cell in cells if not cell.is_real]
    return sum(synthetic) / len(synthetic) if synthetic else 0.0


def keeps_size(test_id: str) -> bool:
    """Whether a test keeps its size in every cell."""
    return not any(size_verdict(cell.rejected) for cell in simulated_sizes(test_id))


def _size_failure(cells: Sequence[SizeCell], dates: str) -> str:
    verdicts = {size_verdict(cell.rejected) for cell in cells if cell.pattern == dates}
    return next((verdict for verdict in ("too often", "too rarely") if verdict in verdicts), "")
