"""Coverage of local projections by simulation: intervals, bands and the test before the event.

The dates are the real first rates of each category on the shipped Bank of Russia series from
2020 on, its method breaks among them; the returns are simulated. `local` takes each return from
within 40 rows with a random sign, so that volatility drifts as it did. With an effect, every
event adds `EFFECT` to the returns from its first rate on; what a projection should find then is
its own regression without noise, which counts later events of the category too.
Run: `python benchmarks/projections.py --runs 1000 --write` (about a quarter of an hour);
`--write` renews `docs/projections.md` and `dashboard/eventstudy/projection_coverage.csv`.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # many small products; read by numpy

import numpy as np
from scipy import special

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dashboard.eventstudy.alignment import align_events
from dashboard.eventstudy.local_projections import build_projection_sample, project_rows, shift_rows
from dashboard.eventstudy.simulated_size import COVERAGE_FILE
from dashboard.models.analyses import Projection
from dashboard.models.series import RateSeries
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates

SEED = 20_261_130
GROUPS = ("nato_remark", "monetary_policy", "all")
SINCE = date(2020, 1, 1)
DESIGNS = ("iid", "garch", "local")
EFFECT = np.array([0.01, -0.001, -0.001, -0.001, -0.001, -0.001])
NEAR = 40
BEYOND = special.chdtri(4, 0.05)


@dataclass(frozen=True)
class Cell:
    """Shares of the runs of one cell; `at` (21,) coverage by horizon."""

    at: np.ndarray
    hac: float
    band: float
    rejected: float
    by_chi_square: float


def real_dates(series: RateSeries) -> dict[str, np.ndarray]:
    """Rows of the first rates of the events of every group."""
    events = Catalogue().events()
    found = align_events(series, events)
    kinds = np.array([str(event.category) for event in events])
    return {name: found.row[found.inside & ((kinds == name) | (name == "all"))] for name in GROUPS}


def simulator(design: str, real: np.ndarray) -> Callable[[np.random.Generator], np.ndarray]:
    """Makes the returns of one run, (T - 1,)."""
    size = len(real)

    def garch(random: np.random.Generator) -> np.ndarray:
        shocks, out, variance = random.standard_normal(size + 200), np.empty(size + 200), 1e-4
        for t, shock in enumerate(shocks):
            out[t] = np.sqrt(variance) * shock
            variance = 5e-6 + 0.10 * out[t] ** 2 + 0.85 * variance
        return out[200:]

    def local(random: np.random.Generator) -> np.ndarray:
        near = np.arange(size) + random.integers(-NEAR, NEAR + 1, size)
        return real[np.clip(near, 0, size - 1)] * random.choice((-1.0, 1.0), size)

    def iid(random: np.random.Generator) -> np.ndarray:
        return 0.01 * random.standard_normal(size)

    return {"garch": garch, "local": local, "iid": iid}[design]


def truth(series: RateSeries, rows: np.ndarray, effect: np.ndarray) -> np.ndarray:
    """What a projection without noise finds at horizons 0..20."""
    sample = build_projection_sample(series, [rows], ())
    moved = np.cumsum(np.convolve(sample.counts[:, 0], effect)[: len(sample)])
    out = np.empty(21)
    row = np.arange(len(sample))
    for horizon in range(21):
        crossing = [(row <= at) & (at <= row + horizon) for at in sample.breaks]
        design = np.column_stack((sample.events[:, ::-1], np.ones(len(sample)), *crossing))
        outcome = shift_rows(moved, horizon) - shift_rows(moved, -1)
        used = np.isfinite(outcome) & np.isfinite(design).all(axis=1) & (row > 4)
        out[horizon] = np.linalg.lstsq(design[used], outcome[used], rcond=None)[0][0]
    return out


def cells(
    series: RateSeries, dates: dict[str, np.ndarray], at: tuple[str, bool], runs: int
) -> dict[str, Cell]:
    """Simulate the cells of one design, with or without an effect, for every group."""
    design, moved = at
    effect = EFFECT if moved else 0 * EFFECT
    make = simulator(design, -np.diff(np.log(series.rate)))
    expected = {name: truth(series, rows, effect) for name, rows in dates.items()}
    random = np.random.default_rng([SEED, DESIGNS.index(design), int(moved)])
    seen: dict[str, list[tuple]] = {name: [] for name in dates}
    for _ in range(runs):
        returns, seed = make(random), int(random.integers(2**31))
        # Without an effect all groups look at one series; with one each has its own.
        for names in ([name] for name in dates) if moved else [list(dates)]:
            counts = np.bincount(dates[names[0]], minlength=len(series))
            added = np.convolve(counts, effect)[1 : len(series)]
            path = np.concatenate(([0.0], np.cumsum(returns + added)))
            run = replace(series, rate=80.0 * np.exp(-path))
            for found in project_rows(run, {name: dates[name] for name in names}, seed=seed):
                seen[found.group].append(_seen(found, expected[found.group]))
    return {name: _cell(rows) for name, rows in seen.items()}


def _cell(seen: list[tuple]) -> Cell:
    inside, hac, band, rejected, chi = (np.array(column) for column in zip(*seen, strict=True))
    return Cell(inside.mean(axis=0), hac.mean(), band.mean(), rejected.mean(), chi.mean())


def _seen(found: Projection, expected: np.ndarray) -> tuple:
    after = [row for row in found.rows if row.horizon >= 0]
    gap = np.array([row.estimate for row in after]) - expected
    half = np.array([row.high - row.estimate for row in after])
    edge = np.array([row.supt_high - row.estimate for row in after])
    hac = half * np.array([row.se_hac / row.se_hc1 for row in after])
    inside = np.abs(gap) <= half
    return (inside, (np.abs(gap) <= hac).mean(), (np.abs(gap) <= edge).all(),
            found.pre_trend.p_value < 0.05, found.pre_trend.statistic > BEYOND)  # fmt: skip


def table(found: dict[tuple[str, str, bool], Cell], rates: dict[str, str], runs: int) -> str:
    """The page of documentation."""
    lines = [
        "# Local projections: coverage by simulation",
        "",
        f"{runs:,} runs a cell on the real first rates of each group (`{DEFAULT_SERIES}` from"
        f" {SINCE.year} on, method breaks included), no controls. iid: normal, 1 % a day; garch:"
        " alpha 0.10, beta 0.85;"
        f" local: the real returns, each replaced by one from within {NEAR} rows with a random"
        " sign. Effect: +1 log point on the first rate, then -0.1 on each of the next five."
        " Nominal: 95 % for intervals and band, 5 % for the test before the event. Monte Carlo"
        f" standard error at 95 %: {100 * np.sqrt(0.95 * 0.05 / runs):.1f}. Made by"
        " `benchmarks/projections.py`.",
        "",
        "| group | returns | effect | interval, mean of h 0-20 | lowest h | with the HAC error |"
        " sup-t band | pre-trend test rejects | the same with chi-square |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (name, design, moved), one in found.items():
        shares = (one.at.mean(), one.at.min(), one.hac, one.band, one.rejected, one.by_chi_square)
        lines.append(
            f"| {name} ({rates[name]}) | {design} | {'yes' if moved else 'no'} | "
            + " | ".join(f"{100 * share:.1f}" for share in shares)
            + " |"
        )
    return "\n".join([*lines, ""])


def write_cells(found: dict[tuple[str, str, bool], Cell], runs: int) -> None:
    """Write the numbers that the page Method states."""
    path = ROOT / "dashboard" / "eventstudy" / COVERAGE_FILE
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(("group", "returns", "effect", "runs", "interval", "band", "pre_trend"))
        for (name, design, moved), cell in found.items():
            shares = (f"{share:.4f}" for share in (cell.at.mean(), cell.band, cell.rejected))
            out.writerow((name, design, "yes" if moved else "no", runs, *shares))


def main() -> None:
    """Run every cell, print the table, and write it with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    whole = BundledRates().get(DEFAULT_SERIES)
    series = whole.part(slice(whole.row_on_or_before(SINCE), None))
    dates = real_dates(series)
    rates = {name: f"{len(rows)} events, {len(set(rows.tolist()))} rates"
             for name, rows in dates.items()}  # fmt: skip
    made: dict[tuple[str, str, bool], Cell] = {}
    for design in DESIGNS:
        for moved in (False, True):
            start = time.perf_counter()
            for name, one in cells(series, dates, (design, moved), given.runs).items():
                made[name, design, moved] = one
            spent = time.perf_counter() - start
            print(f"{design}, {moved}: {spent:.0f} s", file=sys.stderr, flush=True)
    found = {key: made[key] for key in sorted(made, key=lambda key: GROUPS.index(key[0]))}
    text = table(found, rates, given.runs)
    print(text)
    if given.write:
        (ROOT / "docs" / "projections.md").write_text(text, encoding="utf-8")
        write_cells(found, given.runs)


if __name__ == "__main__":
    main()
