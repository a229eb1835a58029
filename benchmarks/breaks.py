"""Size of the tests of breaks by simulation: how often each finds one in a series without any.

Returns are independent (normal, or t with 5 degrees of freedom) or GARCH(1,1) with unit variance;
`local` takes each return of the shipped Bank of Russia series from within 40 rows with a random
sign, so that the volatility drifts as it did: there breaks of the mean are false and those of the
volatility are real. Run: `python -m benchmarks.breaks --runs 200`; it prints the table of
docs/statistics.md, 23.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy

import numpy as np

from dashboard.eventstudy.returns import compute_returns
from dashboard.eventstudy.structural_breaks import (
    CRITICAL_KAPPA,
    MAX_TESTED,
    compute_break_test,
    compute_double_maximum,
    find_partitions,
    kappa_2,
)
from dashboard.models.series import Floats
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.regimes import volatility_block
from dashboard.sources.rates.bundled import BundledRates

SEED = 20_261_201
ROWS = 3_000
TRIM = 0.05
LEVEL = 0.05
NEAR = 40
WARM_UP = 300
Draw = Callable[[np.random.Generator], Floats]


def garch(alpha: float, beta: float, freedom: float = 0) -> Draw:
    """A GARCH(1,1) with unit variance; `freedom` of the t distribution, 0 = normal."""

    def draw(rng: np.random.Generator) -> Floats:
        shock = rng.standard_normal(ROWS + WARM_UP)
        if freedom:
            shock = rng.standard_t(freedom, ROWS + WARM_UP) / np.sqrt(freedom / (freedom - 2))
        variance, out = 1.0, np.empty(ROWS + WARM_UP)
        for t, z in enumerate(shock.tolist()):
            out[t] = np.sqrt(variance) * z
            variance = 1 - alpha - beta + alpha * out[t] ** 2 + beta * variance
        return out[WARM_UP:]

    return draw


def local() -> Draw:
    """Returns of the shipped series from near each row, with random signs."""
    series = BundledRates().get(DEFAULT_SERIES)
    moves = 100 * compute_returns(series.rate, series.card.move_sign, "log")[1 : ROWS + 1]

    def draw(rng: np.random.Generator) -> Floats:
        rows = np.arange(ROWS) + rng.integers(-NEAR, NEAR + 1, ROWS)
        taken: Floats = moves[np.clip(rows, 0, ROWS - 1)] * rng.choice((-1.0, 1.0), ROWS)
        return taken

    return draw


DESIGNS: dict[str, Draw] = {
    "normal": lambda rng: rng.standard_normal(ROWS),
    "t(5)": lambda rng: rng.standard_t(5, ROWS),
    "GARCH .05/.90": garch(0.05, 0.90),
    "GARCH .10/.88, t(5)": garch(0.10, 0.88, 5),
    "GARCH .08/.91": garch(0.08, 0.91),
    "local": local(),
}
COLUMNS = (
    "mean: double maximum", "mean: one break", "volatility: double maximum",
    "volatility: breaks shown", "volatility: one break", "kappa 2",
)  # fmt: skip


def measure(move: Floats, seed: int) -> tuple[bool, ...]:
    """Which tests reject, in the order of `COLUMNS`."""
    x, least, block = np.ones((ROWS, 1)), int(TRIM * ROWS), volatility_block(ROWS)
    size = np.abs(move - move.mean())
    double = compute_double_maximum((size, x), least, MAX_TESTED, block, seed).p_value <= LEVEL
    shown = False
    if double:
        parts = find_partitions(size, x, least, MAX_TESTED)
        shown = min(range(len(parts)), key=lambda m: parts[m].lwz) > 0
    return (
        compute_double_maximum((move, x), least, MAX_TESTED, 1, seed).p_value <= LEVEL,
        compute_break_test((move, x), (), least, 1, seed).p_value <= LEVEL,
        double,
        shown,
        compute_break_test((size, x), (), least, block, seed).p_value <= LEVEL,
        kappa_2(move - move.mean())[0] > CRITICAL_KAPPA,
    )


def main() -> None:
    """Print the rejection rates of every design, in per cent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    print(f"| {runs} series of {ROWS} rows | {' | '.join(COLUMNS)} |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for number, (name, draw) in enumerate(DESIGNS.items()):
        found = [
            measure(draw(np.random.default_rng((SEED, number, run))), run) for run in range(runs)
        ]
        rates = (f"{100 * share:.1f}" for share in np.mean(found, axis=0))
        print(f"| {name} | {' | '.join(rates)} |", flush=True)


if __name__ == "__main__":
    main()
