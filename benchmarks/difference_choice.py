"""Which test answers for the difference of two groups: the rule applied to simulated studies.

Candidates, each on the clusters of both groups together: a t with the error of the cluster sums
(CR1) or of the jackknife over clusters (CR3: MacKinnon, Nielsen & Webb 2023, J. Econometrics 232)
and G - 1 degrees of freedom; CR1 and CR3 with those of Bell & McCaffrey 2002, Survey Methodology
28 ("BM"); the jackknife t of the SCARs; and the wild cluster bootstrap with the null imposed
(Cameron, Gelbach & Miller 2008, Rev. Economics & Statistics 90), of the difference and of the
jackknife t. The rule, fixed beforehand: of the candidates about the difference of mean CARs that
reject a true null at 5 % in at most 7 % of studies in every cell of `size_difference`, the one
with the highest mean power at +1 log point on the first group.

Run: `python -m benchmarks.difference_choice [RUNS]`; one run without and one with the effect.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from scipy import special

from benchmarks.designs import DESIGNS, real_groups, shipped_returns, simulate
from benchmarks.size_difference import KINDS, PAIRS, PATTERNS, SIZES, made_returns, made_rows
from dashboard.eventstudy.clusters import (
    MAX_EXACT_CLUSTERS,
    cluster_sign_p,
    iterate_sign_vectors,
    sign_share_p,
)
from dashboard.eventstudy.comparison import satterthwaite_df
from dashboard.models.series import Floats, Ints
from dashboard.models.study import StudyRequest

RUNS: Final = 2_000
BATCH: Final = 250
SEED: Final = 20_261_201
EFFECT: Final = 0.01
REQUEST: Final = StudyRequest()
WIDTH: Final = REQUEST.cars[0][1] - REQUEST.cars[0][0] + 1
LENGTH: Final = REQUEST.window[1] - REQUEST.window[0] + 1


class Studies:
    """B studies of the same dates: rates of two groups, G joint clusters, one CAR window."""

    def __init__(self, returns: Floats, rows: tuple[Ints, Ints], effect: float) -> None:
        """Add the effect to the first group's first rates and measure all, (B, T) returns."""
        first, second = (np.unique(each) for each in rows)
        self.row = np.concatenate((first, second))
        self.group = np.repeat([0, 1], [len(first), len(second)])
        made = np.nan_to_num(returns)
        made[:, first] += effect
        self.car, self.scar = _measured(made, self.row)
        order = np.argsort(self.row, kind="stable")
        self.label = np.empty(len(order), dtype=np.int64)
        self.label[order] = np.cumsum(np.diff(self.row[order], prepend=self.row.min()) >= LENGTH)
        self.clusters = int(self.label.max()) + 1
        self.inside = np.eye(self.clusters)[self.label]
        self.size = np.bincount(self.group)[self.group]
        self.weight = np.where(self.group == 0, 1.0, -1.0) / self.size

    @cached_property
    def left_out(self) -> Floats:
        """Weights of centred CARs in the difference without a cluster less the whole, (n, G)."""
        held = np.stack([self.inside[self.group == k].sum(axis=0) for k in (0, 1)])[self.group]
        with np.errstate(divide="ignore", invalid="ignore"):
            return -np.sign(self.weight)[:, None] * self.inside / (self.size[:, None] - held)

    def centred(self, values: Floats) -> Floats:
        """Values less the mean of their group, (B, n)."""
        out = values.copy()
        for k in (0, 1):
            out[:, self.group == k] -= values[:, self.group == k].mean(axis=1, keepdims=True)
        return out

    def cr1(self) -> Floats:
        """Error of the cluster sums, (B,)."""
        sums = (self.centred(self.car) * self.weight) @ self.inside
        return np.sqrt(self.clusters / (self.clusters - 1) * (sums**2).sum(axis=1))

    def cr3(self, values: Floats) -> Floats:
        """Error of the jackknife over clusters, (B,); NaN where a group is one cluster."""
        squares = ((self.centred(values) @ self.left_out) ** 2).sum(axis=1)
        return np.sqrt((self.clusters - 1) / self.clusters * squares)


def _measured(returns: Floats, row: Ints) -> tuple[Floats, Floats]:
    """CAR and SCAR of the constant mean model at each row, (B, n) each."""
    m = REQUEST.estimation
    zero = np.zeros((len(returns), 1))
    total = np.concatenate((zero, np.cumsum(returns, axis=1)), axis=1)
    square = np.concatenate((zero, np.cumsum(returns**2, axis=1)), axis=1)
    last = row + REQUEST.window[0] - REQUEST.gap
    mean = (total[:, last] - total[:, last - m]) / m
    variance = (square[:, last] - square[:, last - m] - m * mean**2) / (m - 1)
    car = total[:, row + WIDTH] - total[:, row] - WIDTH * mean
    return car, car / np.sqrt(variance * (WIDTH + WIDTH**2 / m))


def _t(s: Studies, values: Floats, error: Floats, df: float) -> Floats:
    return 2 * special.stdtr(df, -np.abs(values @ s.weight / error))


def _bell_mccaffrey(s: Studies) -> float:
    """Degrees of freedom of the jackknife error for independent CARs of one variance."""
    held = np.column_stack([s.group == k for k in (0, 1)]).astype(float)
    centred = s.left_out - held @ ((held.T @ s.left_out) / held.sum(axis=0)[:, None])
    square = s.left_out.T @ centred
    return float(np.trace(square) ** 2 / (square**2).sum())


def _wild(s: Studies) -> Floats:
    """Signs of whole clusters on the CARs less their common mean, which the null imposes."""
    around = (s.car - s.car.mean(axis=1, keepdims=True)) * s.weight
    return cluster_sign_p((around @ s.inside).T, SEED)


def _wild_t(s: Studies) -> Floats:
    """The same of the t of the jackknife."""
    around = s.car - s.car.mean(axis=1, keepdims=True)
    seen = np.abs(s.car @ s.weight / s.cr3(s.car)) * (1 - 1e-9)
    signs = next(iter(iterate_sign_vectors(s.clusters, SEED)))
    signs = signs if s.clusters <= MAX_EXACT_CLUSTERS else signs[:999]
    found = np.empty(len(seen))
    for k, moves in enumerate(around):
        turned = moves * signs[:, s.label]
        found[k] = (np.abs(turned @ s.weight / s.cr3(turned)) >= seen[k]).sum()
    return sign_share_p(found, len(signs), s.clusters)


CANDIDATES: Final[dict[str, Callable[[Studies], Floats]]] = {
    "CR1, G-1": lambda s: _t(s, s.car, s.cr1(), s.clusters - 1),
    "CR1, BM": lambda s: _t(s, s.car, s.cr1(), satterthwaite_df(s.group, s.row, s.label)),
    "CR3, G-1": lambda s: _t(s, s.car, s.cr3(s.car), s.clusters - 1),
    "CR3, BM": lambda s: _t(s, s.car, s.cr3(s.car), _bell_mccaffrey(s)),
    "CR3 of SCAR": lambda s: _t(s, s.scar, s.cr3(s.scar), s.clusters - 1),
    "wild": _wild,
    "wild CR3": _wild_t,
}


def rejected(studies: Studies) -> Floats:
    """Which of B studies each candidate rejects at 5 %, (candidates, B)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([candidate(studies) <= 0.05 for candidate in CANDIDATES.values()])


def cells(runs: int, effect: float) -> dict[str, Floats]:
    """Share of studies that each candidate rejects, by series and dates."""
    found: dict[str, list[Floats]] = {}
    for kind in KINDS:
        for pattern in PATTERNS:
            random = np.random.default_rng(SEED)
            for _ in range(runs):
                returns = np.concatenate(([0.0], made_returns(random, kind)))[None]
                first, second = (made_rows(random, pattern, n) for n in SIZES)
                share = rejected(Studies(returns, (first, second), effect))
                found.setdefault(f"{kind}, {pattern}", []).append(share)
    groups = {group.name: group.row for group in real_groups(REQUEST)}
    for number, design in enumerate(DESIGNS):
        random = np.random.default_rng([SEED, number])
        for _ in range(runs // BATCH):
            made = simulate(design, shipped_returns(), BATCH, random)
            for one, other in PAIRS:
                share = rejected(Studies(made, (groups[one], groups[other]), effect))
                found.setdefault(f"{design}, {one} and {other}", []).append(share)
    return {cell: np.hstack(shares).mean(axis=1) for cell, shares in found.items()}


def main() -> int:
    """Print the share rejected without and with the effect, with mean and largest."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    for effect in (0.0, EFFECT):
        print(f"{runs} studies a cell, effect {effect}: % rejected by {'; '.join(CANDIDATES)}")
        found = cells(runs, effect)
        columns = np.array(list(found.values()))
        rows = found | {"mean": columns.mean(axis=0), "largest": columns.max(axis=0)}
        for cell, shares in rows.items():
            print(f"{cell}: {'  '.join(f'{100 * share:.1f}' for share in shares)}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
