"""Sign flip: the mean CAR against those with randomly flipped signs."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.numerics import count_mean_sd
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, build_outcome
from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Floats

MAX_EXACT_EVENTS = 20
SIGN_DRAWS = 4_999
SUM_TIE = 1e-12
DRAW_BLOCK = 64
"""Draws whose signs are held as numbers at once: few enough for the processor's cache."""


class SignFlip:
    """Exact over all 2^N signs for N <= 20, else 4,999 seeded draws with the (B+1) rule."""

    id = "sign_flip"
    title = deferred("Sign-flip permutation")
    null_hypothesis = deferred("CARs are symmetric around 0")
    reference = "Fisher 1935, The Design of Experiments; Phipson & Smyth 2010, SAGMB 9"
    assumptions = deferred("assumes independent events and symmetry; no assumption on the variance")
    needs = "an event"

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided; the statistic is the mean CAR."""
        n, mean, _ = count_mean_sd(sample.car)
        p = np.full(len(n), np.nan)
        for windows, events in sample.tested:
            values = sample.car[np.ix_(events, windows)]
            if len(values) <= MAX_EXACT_EVENTS:
                p[windows] = [_exact_p(column) for column in values.T]
            else:
                p[windows] = _drawn_p(values, sample.pooled.request.seed)
        return build_outcome(mean, p, n, (n >= 1, f"needs {self.needs}"))


def _exact_p(values: Floats) -> float:
    """Share of all sign patterns whose |sum| is at least the one seen.

    The sums of the two halves are made one by one and paired by bisection, so that 2^20
    patterns cost 2^10 steps.
    """
    half = len(values) // 2
    left, right = _signed_sums(values[:half]), np.sort(_signed_sums(values[half:]))
    observed = abs(values.sum()) * (1 - SUM_TIE) - SUM_TIE * np.abs(values).sum()
    at_least = len(right) - np.searchsorted(right, observed - left, side="left")
    at_most = np.searchsorted(right, -observed - left, side="right")
    hits = at_least.sum() + at_most.sum() if observed > 0 else len(left) * len(right)
    return float(min(1.0, hits / (len(left) * len(right))))


def _signed_sums(values: Floats) -> Floats:
    sums = np.zeros(1)
    for value in values.tolist():
        sums = np.concatenate((sums + value, sums - value))
    return sums


def _drawn_p(values: Floats, seed: int) -> Floats:
    positive = draw_coins(seed, SIGN_DRAWS, len(values))
    total = values.sum(axis=0)
    observed = np.abs(total) * (1 - SUM_TIE)
    hits = np.zeros(values.shape[1], dtype=np.int64)
    drawn: Floats = np.empty((DRAW_BLOCK, len(values)))
    for start in range(0, SIGN_DRAWS, DRAW_BLOCK):
        block = positive[start : start + DRAW_BLOCK]
        drawn[: len(block)] = block
        sums = drawn[: len(block)] @ (2.0 * values) - total
        hits += (np.abs(sums) >= observed).sum(axis=0)
    p: Floats = np.asarray((hits + 1.0) / (SIGN_DRAWS + 1.0), dtype=np.float64)
    return p


def draw_coins(seed: int, draws: int, count: int) -> Bools:
    """Fair coins, (draws, count).

    The highest bit of each random byte: what `integers(0, 2, dtype=int8)` of the same
    generator draws, without its call a coin.
    """
    raw = np.random.default_rng(seed).bytes(draws * count)
    heads: Bools = np.frombuffer(raw, dtype=np.int8).reshape(draws, count) < 0
    return heads
