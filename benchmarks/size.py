"""Size and power of every test by simulation: how often each rejects at 5 % when nothing happened.

Made dates: iid normal, GARCH(1,1) and real rouble returns (shipped, re-dated at random), each with
scattered, clustered and dense dates. Size: no effect. Power: half a standard deviation added to
offset 0. Real dates: the four designs of `benchmarks/designs.py` with the dates and expectations of
every category of the catalogue. Size: no effect. Power: one log point on every first rate.

Run: `python -m benchmarks.size --write` (about an hour); it renews `docs/size.md` and
`dashboard/eventstudy/test_sizes.csv`. `--part` runs one part and keeps the other cells of the file;
`--write` alone with `--part none` writes the document anew from the file.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.designs import DESIGNS, RealGroup, real_groups, shipped_returns, simulate
from benchmarks.size_document import document
from dashboard.eventstudy.abnormal_returns import compute_abnormal_returns
from dashboard.eventstudy.clusters import HEADLINE_TEST, compute_cluster_scores, signed_rank_test
from dashboard.eventstudy.normal.mean import ConstantMean
from dashboard.eventstudy.placebo import PlaceboGrid
from dashboard.eventstudy.returns import History, has_full_windows
from dashboard.eventstudy.samples import GroupSample, PooledSample, SeriesSample
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.eventstudy.simulated_size import (
    SIZES_FILE,
    SYNTHETIC_PATTERNS,
    SizeCell,
    classify_date_pattern,
    load_size_table,
)
from dashboard.models.event import Event
from dashboard.models.series import Floats, Ints
from dashboard.models.study import StudyRequest

ROOT: Final = Path(__file__).resolve().parents[1]
SEED, LEVEL, DAYS = 20_260_902, 0.05, 1_500
REQUEST: Final = StudyRequest(returns="simple")
SERIES: Final = ("iid normal", "GARCH", "real rouble")
MADE_EFFECT, REAL_EFFECT = 0.5, 0.01
FIRST: Final = REQUEST.estimation + REQUEST.gap - REQUEST.window[0] + 1
SAME_EXPECTATION: Final = 0.8
"""An event shares the expectation of its bunch with this probability."""
READ_FIRST: Final = (HEADLINE_TEST, "overlap_t", "cluster_t", "corrado_rank", "calendar_shift",
                     "wilcoxon", "direction", "volatility")  # fmt: skip
"""Tests that are read first or were: 2,000 studies a cell on real dates; the others 500."""
AS_VOLATILE: Final = ("local", "flip")
"""Returns that are as volatile round the dates as they were: no null for the test of that."""
FOR_POWER: Final = (HEADLINE_TEST, "overlap_t", "corrado_rank")
COVERAGE: Final = "interval"
"""Row of the file for the share of studies whose interval misses the true mean."""
ALL_TESTS: Final = tuple(test.id for test in SIGNIFICANCE_TESTS)


@dataclass
class Count:
    """Studies in which a test applied, and those it rejected."""

    applied: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)

    def add(self, p_values: dict[str, float]) -> None:
        """Count one study."""
        for test, p in p_values.items():
            if np.isfinite(p):
                self.applied[test] = self.applied.get(test, 0) + 1
                self.rejected[test] = self.rejected.get(test, 0) + int(p <= LEVEL)

    def cells(self, series: str, dates: str, pattern: str, effect: float) -> Iterator[Row]:
        """One row a test."""
        for test, applied in self.applied.items():
            share = self.rejected[test] / applied
            yield test, SizeCell(series, dates, pattern, effect, applied, share)


Row = tuple[str, SizeCell]


def simulated(kind: str, random: np.random.Generator, rouble: Floats) -> Floats:
    """One series of DAYS returns with row 0 missing."""
    if kind == "real rouble":
        start = random.integers(1, len(rouble) - DAYS)
        returns = rouble[start : start + DAYS].copy()
    elif kind == "GARCH":
        shocks = random.standard_normal(DAYS + 200)
        returns, variance = np.empty(len(shocks)), 1e-4
        for t, shock in enumerate(shocks):
            returns[t] = np.sqrt(variance) * shock
            variance = 5e-6 + 0.10 * returns[t] ** 2 + 0.85 * variance
        returns = returns[200:]
    else:
        returns = random.standard_normal(DAYS) * 0.01
    returns[0] = np.nan
    return returns


def dated(kind: str, random: np.random.Generator) -> Ints:
    """Rows of offset 0: without overlap, eight bunches of five a week, or a third of all days."""
    last, count = DAYS - REQUEST.window[1] - 1, SYNTHETIC_PATTERNS[kind]
    if kind == "scattered":
        length = REQUEST.window[1] - REQUEST.window[0] + 1
        slots = np.arange(FIRST, last - length, length)
        rows = random.choice(slots, count, replace=False)
    elif kind == "clustered":
        centres = random.choice(np.arange(FIRST, last - 6), count // 5, replace=False)
        rows = (centres[:, None] + random.integers(0, 6, (count // 5, 5))).ravel()
    else:
        rows = random.integers(FIRST, last, count)
    return np.sort(rows).astype(np.int64)


def made_events(count: int, random: np.random.Generator) -> tuple[Event, ...]:
    """Events in bunches of five, most of a bunch with one expectation, some against it."""
    bunch = np.repeat(random.integers(0, 2, count // 5 + 1), 5)[:count]
    turned = random.random(count) > SAME_EXPECTATION
    expected = ["stronger" if up else "weaker" for up in (bunch ^ turned).tolist()]
    return tuple(
        Event(f"e{k}", date(2020, 1, 1), "simulated", expected=word)
        for k, word in enumerate(expected)
    )


class Series:
    """One simulated series; everything that its groups have in common is made once."""

    def __init__(self, returns: Floats) -> None:
        """Store the history and all its positions."""
        self.history, self.model = History(returns), ConstantMean()
        rows = np.arange(1, len(returns), dtype=np.int64)
        rows = rows[
            has_full_windows(rows, REQUEST.window, (REQUEST.estimation, REQUEST.gap), len(returns))
        ]
        self.day = np.arange(len(returns)).astype("datetime64[D]")
        self.candidates = PlaceboGrid(self.history, rows, REQUEST, self.model)

    def sample(self, events: tuple[Event, ...], rows: Ints) -> GroupSample:
        """Events on rows, measured in the window [0,1]."""
        abnormal = compute_abnormal_returns(self.history, rows, REQUEST, self.model)
        measured = SeriesSample(self.day, self.history, events, rows, abnormal, self.candidates)
        pooled = PooledSample([measured], REQUEST.cars, REQUEST)
        return GroupSample(pooled, np.ones(len(rows), dtype=bool))


def p_values(sample: GroupSample, tests: Collection[str]) -> dict[str, float]:
    """The p-value of some tests in the window [0,1]."""
    return {
        test.id: float(test.apply(sample).p_value[0])
        for test in SIGNIFICANCE_TESTS
        if test.id in tests
    }


def made_cells(studies: int) -> Iterator[Row]:
    """Every test on made dates; power where they are scattered."""
    rouble = np.expm1(shipped_returns())
    cells = [(kind, dates, 0.0) for kind in SERIES for dates in SYNTHETIC_PATTERNS]
    for kind, dates, effect in [*cells, *((kind, "scattered", MADE_EFFECT) for kind in SERIES)]:
        number = (
            SERIES.index(kind) * 10 + list(SYNTHETIC_PATTERNS).index(dates) + (100 if effect else 0)
        )
        random, for_events = (np.random.default_rng([SEED, number, k]) for k in (0, 1))
        count, start = Count(), time.perf_counter()
        for _ in range(studies):
            returns, rows = simulated(kind, random, rouble), dated(dates, random)
            if effect:
                returns[np.unique(rows)] += effect * np.nanstd(returns)
            events = made_events(len(rows), for_events)
            count.add(p_values(Series(returns).sample(events, rows), ALL_TESTS))
        yield from count.cells(kind, dates, dates, effect)
        report(f"{kind}, {dates}, {effect}", start)


def real_cells(studies: int, others: int, designs: Sequence[str]) -> Iterator[Row]:
    """Every test on the real dates of every category, without an effect."""
    returns, groups = shipped_returns(), real_groups(REQUEST)
    for design in designs:
        random, start = (
            np.random.default_rng([SEED, 1_000 + DESIGNS.index(design)]),
            time.perf_counter(),
        )
        counts, patterns = {group.name: Count() for group in groups}, {}
        for number in range(studies):
            series = Series(np.expm1(simulate(design, returns, 1, random)[0]))
            tests = set(ALL_TESTS if number < others else READ_FIRST)
            if design in AS_VOLATILE:
                tests.discard("volatility")
            for group in groups:
                sample = series.sample(group.events, group.row)
                patterns[group.name] = classify_date_pattern(sample)
                counts[group.name].add(p_values(sample, tests))
        for name, count in counts.items():
            yield from count.cells(design, name, patterns[name], 0.0)
        report(f"{design}, real dates", start)


def few_remarks(groups: Sequence[RealGroup]) -> RealGroup:
    """17 remarks on NATO, evenly over the list: a group as small as many a question is."""
    remarks = next(group for group in groups if group.name == "nato_remark")
    chosen = np.linspace(0, len(remarks.row) - 1, 17).round().astype(int)
    row = remarks.row[chosen]
    length = REQUEST.window[1] - REQUEST.window[0] + 1
    cluster = np.concatenate(([0], np.cumsum(np.diff(row) >= length)))
    events = tuple(remarks.events[k] for k in chosen.tolist())
    return RealGroup("nato_remark, 17 of them", events, row, cluster)


def true_mean(row: Ints) -> float:
    """The mean CAR of first rates that each hold the effect.

    A CAR also holds the effects of other events in its window, less what theirs in its
    estimation window add to the normal return.
    """
    first = np.unique(row)
    window, ends = REQUEST.cars[0], REQUEST.window[0] - REQUEST.gap
    held = [np.isin(np.arange(r + window[0], r + window[1] + 1), first).sum() for r in first]
    past = [
        np.isin(np.arange(r + ends - REQUEST.estimation, r + ends), first).mean() for r in first
    ]
    length = window[1] - window[0] + 1
    return float(REAL_EFFECT * np.mean(np.array(held) - length * np.array(past)))


def power_cells(studies: int) -> Iterator[Row]:
    """The declared test and two others at one log point, and what its interval holds.

    The interval holds the true mean where the test does not reject it: the means that are not
    rejected form the interval.
    """
    returns, groups = shipped_returns(), real_groups(REQUEST)
    groups = (*groups, few_remarks(groups))
    truths = {group.name: true_mean(group.row) for group in groups}
    for number, design in enumerate(DESIGNS):
        random, start = np.random.default_rng([SEED, 2_000 + number]), time.perf_counter()
        counts, patterns = {group.name: Count() for group in groups}, {}
        for _ in range(studies):
            made = np.expm1(simulate(design, returns, 1, random)[0])
            for group in groups:
                moved = made.copy()
                moved[np.unique(group.row)] += REAL_EFFECT
                sample = Series(moved).sample(group.events, group.row)
                patterns[group.name] = classify_date_pattern(sample)
                sums = compute_cluster_scores(sample).sums_with_effects(REQUEST.cars[0])
                p_of_truth = signed_rank_test(sums(np.array([-truths[group.name]])).T)[1][0]
                rejected = p_values(sample, FOR_POWER) | {COVERAGE: float(p_of_truth)}
                counts[group.name].add(rejected)
        for name, count in counts.items():
            yield from count.cells(design, name, patterns[name], REAL_EFFECT)
        report(f"{design}, one log point", start)


def report(what: str, start: float) -> None:
    """Say on the error stream how long a part took."""
    print(f"{what}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)


def renewed(rows: Sequence[Row]) -> list[Row]:
    """The cells of the file with those that were run again put in their place."""
    table = {(test, cell.series, cell.dates, cell.effect): cell
             for test, cells in load_size_table().items() for cell in cells}  # fmt: skip
    table |= {(test, cell.series, cell.dates, cell.effect): cell for test, cell in rows}
    order = {test: k for k, test in enumerate((*ALL_TESTS, COVERAGE))}
    return sorted(
        ((key[0], cell) for key, cell in table.items() if key[0] in order),
        key=lambda row: (order[row[0]], row[1].effect != 0, row[1].is_real),
    )


def write(rows: Sequence[Row]) -> None:
    """Write the file that ships and the document."""
    path = ROOT / "dashboard" / "eventstudy" / SIZES_FILE
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(("test", "series", "dates", "pattern", "effect", "studies", "rejected"))
        for test, c in rows:
            numbers = (f"{c.effect:g}", c.studies, f"{c.rejected:.4f}")
            out.writerow((test, c.series, c.dates, c.pattern, *numbers))
    load_size_table.cache_clear()
    (ROOT / "docs" / "size.md").write_text(document(real_groups(REQUEST)), encoding="utf-8")


def main() -> None:
    """Run the chosen parts, print their cells, and write them with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("all", "made", "real", "power", "none"), default="all")
    parser.add_argument("--studies", type=int, default=0, help="instead of 4,000, 2,000 and 2,000")
    parser.add_argument("--design", choices=DESIGNS, action="append")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("error")
    rows: list[Row] = []
    if options.part in {"all", "made"}:
        rows += made_cells(options.studies or 4_000)
    if options.part in {"all", "real"}:
        rows += real_cells(options.studies or 2_000, (options.studies or 2_000) // 4,
                           options.design or DESIGNS)  # fmt: skip
    if options.part in {"all", "power"}:
        rows += power_cells(options.studies or 2_000)
    for test, cell in rows:
        print(test, cell.series, cell.dates, cell.effect, cell.studies, round(cell.rejected, 4))
    if options.write:
        write(renewed(rows))


if __name__ == "__main__":
    main()
