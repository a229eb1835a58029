"""Sign flip: the mean CAR among those with the events' signs thrown by a coin."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import Bools, Floats
from dashboard.engine.pooled import GroupSample
from dashboard.engine.significance.base import Outcome, outcome
from dashboard.engine.spread import count_mean_sd

EXACT_UP_TO = 20
DRAWS = 4_999
TIE = 1e-12
AT_ONCE = 64
"""Draws whose signs are held as numbers at once: few enough for the processor's cache."""


class SignFlip:
    """Exact over all 2^N signs for N <= 20, else 4,999 seeded draws with the (B+1) rule."""

    id = "sign_flip"
    title = "Sign-flip permutation"
    null_hypothesis = "CARs are symmetric around 0"
    reference = "Fisher 1935, The Design of Experiments; Phipson & Smyth 2010, SAGMB 9"
    assumptions = "assumes independent events and symmetry; no assumption on the variance"
    needs = "an event"

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided; the statistic is the mean CAR."""
        n, mean, _ = count_mean_sd(sample.car)
        p = np.full(len(n), np.nan)
        for windows, events in sample.tested:
            values = sample.car[np.ix_(events, windows)]
            if len(values) <= EXACT_UP_TO:
                p[windows] = [_exact(column) for column in values.T]
            else:
                p[windows] = _drawn(values, sample.pooled.request.seed)
        return outcome(mean, p, n, (n >= 1, f"needs {self.needs}"))


def _exact(values: Floats) -> float:
    """Share of all sign patterns whose |sum| is at least the one seen.

    The sums of the two halves are made one by one and paired by bisection, so that 2^20
    patterns cost 2^10 steps.
    """
    half = len(values) // 2
    left, right = _sums(values[:half]), np.sort(_sums(values[half:]))
    seen = abs(values.sum()) * (1 - TIE) - TIE * np.abs(values).sum()
    at_least = len(right) - np.searchsorted(right, seen - left, side="left")
    at_most = np.searchsorted(right, -seen - left, side="right")
    hits = at_least.sum() + at_most.sum() if seen > 0 else len(left) * len(right)
    return float(min(1.0, hits / (len(left) * len(right))))


def _sums(values: Floats) -> Floats:
    sums = np.zeros(1)
    for value in values.tolist():
        sums = np.concatenate((sums + value, sums - value))
    return sums


def _drawn(values: Floats, seed: int) -> Floats:
    positive = coins(seed, DRAWS, len(values))
    total = values.sum(axis=0)
    seen = np.abs(total) * (1 - TIE)
    hits = np.zeros(values.shape[1], dtype=np.int64)
    drawn: Floats = np.empty((AT_ONCE, len(values)))
    for start in range(0, DRAWS, AT_ONCE):
        part = positive[start : start + AT_ONCE]
        drawn[: len(part)] = part
        sums = drawn[: len(part)] @ (2.0 * values) - total
        hits += (np.abs(sums) >= seen).sum(axis=0)
    p: Floats = np.asarray((hits + 1.0) / (DRAWS + 1.0), dtype=np.float64)
    return p


def coins(seed: int, draws: int, count: int) -> Bools:
    """Fair coins, (draws, count).

    The highest bit of each random byte: what `integers(0, 2, dtype=int8)` of the same
    generator draws, without its call a coin.
    """
    raw = np.random.default_rng(seed).bytes(draws * count)
    heads: Bools = np.frombuffer(raw, dtype=np.int8).reshape(draws, count) < 0
    return heads
