"""Which test answers for a group: the rule of choice, applied to simulated studies only.

Candidates: randomised signs of whole clusters of events
(Canay, Romano & Shaikh 2017, Econometrica 85) and Wilcoxon's signed ranks of clusters, each on
the cluster sums of standardised CARs and of rank scores; calendar shifts of the mean rank score
and of t. The rule, fixed before any real group was looked at: of the candidates that reject a
true null at 5 % in at most 7 % of studies in every cell of design x category, the one with the
highest mean power at +1 log point over the same cells.

Run: `python -m benchmarks.headline_choice [RUNS] [--write]`; `--write` renews
`docs/headline_choice.md`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.designs import DESIGNS, RealGroup, real_groups, shipped_returns, simulate
from dashboard.eventstudy.clusters import cluster_sign_p, signed_rank_test
from dashboard.models.series import Floats, Ints
from dashboard.models.study import StudyRequest

RUNS: Final = 2_000
BATCH: Final = 250
SEED: Final = 20_261_130
LEVEL, LARGEST, EFFECT = 0.05, 0.07, 0.01
REQUEST: Final = StudyRequest()
WIDTH: Final = REQUEST.cars[0][1] - REQUEST.cars[0][0] + 1
PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "headline_choice.md"


class Simulated:
    """A batch of B simulated series with an effect on the first rates of a group, or without."""

    def __init__(self, returns: Floats, group: RealGroup, effect: float) -> None:
        """Add the effect and measure every admissible row."""
        self.group = group
        self.row, first = np.unique(group.row, return_index=True)
        self.cluster = group.cluster[first]
        self.returns = returns.copy()
        self.returns[:, self.row] += effect
        ends = REQUEST.window[0] - REQUEST.gap - 1
        self.start = REQUEST.estimation - ends
        self.stop = returns.shape[1] - REQUEST.window[1]

    def standardised(self, row: Ints) -> Floats:
        """SCAR of the CAR window that begins at each row, constant mean model, (B, n)."""
        m = REQUEST.estimation
        filled = np.nan_to_num(self.returns)
        zero = np.zeros((len(filled), 1))
        total = np.concatenate((zero, np.cumsum(filled, axis=1)), axis=1)
        square = np.concatenate((zero, np.cumsum(filled**2, axis=1)), axis=1)
        last = row + REQUEST.window[0] - REQUEST.gap
        mean = (total[:, last] - total[:, last - m]) / m
        variance = (square[:, last] - square[:, last - m] - m * mean**2) / (m - 1)
        car = total[:, row + WIDTH] - total[:, row] - WIDTH * mean
        return car / np.sqrt(variance * (WIDTH + WIDTH**2 / m))

    def rank_scores(self, row: Ints) -> Floats:
        """Rank of each return among its event's estimation rows, less 1/2, summed, (B, n)."""
        m = REQUEST.estimation
        total = np.zeros((len(self.returns), len(row)))
        for step in range(WIDTH):
            value = self.returns[:, row + step]
            rank = np.ones_like(total)
            for back in range(1, m + 1):
                other = self.returns[:, row + REQUEST.window[0] - REQUEST.gap - back]
                rank += (other < value) + 0.5 * (other == value)
            total += rank / (m + 2) - 0.5
        return total

    def in_clusters(self, values: Floats) -> Floats:
        """Sums of each cluster, (B, G)."""
        member = np.zeros((len(self.cluster), self.group.clusters))
        member[np.arange(len(self.cluster)), self.cluster] = 1.0
        return values @ member


def signs_of(scores: Floats) -> Floats:
    """The p-values of randomised signs of clusters for each of B studies."""
    return cluster_sign_p(scores.T, seed=1)


def ranks_of(scores: Floats) -> Floats:
    """Share of shifts: p of Wilcoxon's signed ranks of clusters for each of B studies."""
    return signed_rank_test(scores)[1]


def shift_of(
    values: Floats, made: Simulated, statistic: Callable[[Floats, Floats], Floats]
) -> Floats:
    """The p-values of a statistic of sums and sums of squares among all shifts of the dates."""
    here = np.bincount(made.row - made.start, minlength=values.shape[1]).astype(float)
    spectrum = np.conj(np.fft.rfft(here))
    size = values.shape[1]
    sums = np.fft.irfft(np.fft.rfft(values, axis=1) * spectrum, n=size, axis=1)
    squares = np.fft.irfft(np.fft.rfft(values**2, axis=1) * spectrum, n=size, axis=1)
    found = np.abs(statistic(sums, squares))
    return (found >= found[:, :1] * (1 - 1e-9)).mean(axis=1)


def _mean_rank(made: Simulated) -> Floats:
    values = made.rank_scores(np.arange(made.start, made.stop))
    return shift_of(values, made, lambda sums, _: sums)


def _t(made: Simulated) -> Floats:
    row, n = np.arange(made.start, made.stop), len(made.row)
    ends = REQUEST.window[0] - REQUEST.gap
    total = np.concatenate(
        (np.zeros((len(made.returns), 1)), np.cumsum(np.nan_to_num(made.returns), axis=1)), axis=1
    )
    mean = (total[:, row + ends] - total[:, row + ends - REQUEST.estimation]) / REQUEST.estimation
    car = total[:, row + WIDTH] - total[:, row] - WIDTH * mean

    def t(sums: Floats, squares: Floats) -> Floats:
        return sums / np.sqrt((squares - sums**2 / n) / (n - 1) * n)

    return shift_of(car, made, t)


CANDIDATES: Final[dict[str, Callable[[Simulated], Floats]]] = {
    "signs of clusters, SCAR": lambda s: signs_of(s.in_clusters(s.standardised(s.row))),
    "signs of clusters, rank score": lambda s: signs_of(s.in_clusters(s.rank_scores(s.row))),
    "signed ranks of clusters, SCAR": lambda s: ranks_of(s.in_clusters(s.standardised(s.row))),
    "signed ranks of clusters, rank score": lambda s: ranks_of(s.in_clusters(s.rank_scores(s.row))),
    "calendar shift, mean rank score": _mean_rank,
    "calendar shift, t": _t,
}


def rates(names: list[str], effect: float, runs: int) -> dict[tuple[str, str], list[float]]:
    """Share of studies that each candidate rejects, by design and category."""
    returns, groups = shipped_returns(), real_groups(REQUEST)
    found: dict[tuple[str, str], list[float]] = {}
    for number, design in enumerate(DESIGNS):
        random = np.random.default_rng([SEED, number])
        rejected = {group.name: np.zeros(len(names)) for group in groups}
        for _ in range(runs // BATCH):
            batch = simulate(design, returns, BATCH, random)
            for group in groups:
                made = Simulated(batch, group, effect)
                p = [CANDIDATES[name](made) <= LEVEL for name in names]
                rejected[group.name] += [share.sum() for share in p]
        for group in groups:
            found[design, group.name] = (rejected[group.name] / (runs // BATCH * BATCH)).tolist()
    return found


def chosen(size: dict[str, list[float]], power: dict[str, list[float]]) -> str:
    """The candidate that the rule names."""
    holding = [name for name, cells in size.items() if max(cells) <= LARGEST]
    return max(holding, key=lambda name: float(np.mean(power[name])))


def table(names: list[str], found: dict[tuple[str, str], list[float]]) -> list[str]:
    """Markdown rows, one a cell, with the mean and the largest."""
    lines = [f"| % rejected | {' | '.join(names)} |", "|---|" + "---|" * len(names)]
    for (design, group), cells in found.items():
        lines.append(f"| {design}, {group} | " + " | ".join(f"{100 * c:.1f}" for c in cells) + " |")
    columns = np.array(list(found.values())).T
    for word, values in (("mean", columns.mean(axis=1)), ("largest", columns.max(axis=1))):
        lines.append(f"| **{word}** | " + " | ".join(f"{100 * v:.1f}" for v in values) + " |")
    return lines


def main() -> int:
    """Print both tables and the candidate that the rule names."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    runs, start = int(arguments[0]) if arguments else RUNS, time.perf_counter()
    names = list(CANDIDATES)
    size = rates(names, 0.0, runs)
    columns = np.array(list(size.values())).T
    holding = [name for name, cells in zip(names, columns, strict=True) if cells.max() <= LARGEST]
    power = rates(holding, EFFECT, runs)
    best = chosen(
        dict(zip(names, columns.tolist(), strict=True)),
        dict(zip(holding, np.array(list(power.values())).T.tolist(), strict=True)),
    )
    text = "\n".join(
        [
            "# Which test answers for a group",
            "",
            *(__doc__ or "").split("\n\n")[1].splitlines(),
            "",
            f"{runs:,} simulated studies a cell; window [0,1], constant mean over"
            f" {REQUEST.estimation} rows, gap {REQUEST.gap}; real dates of the catalogue on the"
            f" Bank of Russia series. Seed {SEED}. Made by `benchmarks/headline_choice.py`.",
            "",
            "## No effect",
            "",
            *table(names, size),
            "",
            "## One log point on every first rate",
            "",
            *table(holding, power),
            "",
            f"The rule names: **{best}**.",
            "",
        ]
    )
    print(text)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
