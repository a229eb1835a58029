"""Corrections: p-values adjusted for the number of tests in a declared family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from dashboard.domain.series import Floats


def bonferroni(p: Floats) -> Floats:
    """Bonferroni: p times the number of tests."""
    return _stepped(p, lambda ordered: np.minimum(1.0, len(ordered) * ordered))


def holm(p: Floats) -> Floats:
    """Holm 1979 (Scand. J. Statistics 6), step-down; as R's `p.adjust`."""

    def adjust(ordered: Floats) -> Floats:
        factor = np.arange(len(ordered), 0, -1)
        return np.minimum(1.0, np.maximum.accumulate(factor * ordered))

    return _stepped(p, adjust)


def hochberg(p: Floats) -> Floats:
    """Hochberg 1988 (Biometrika 75), step-up; assumes no negative dependence."""
    return _step_up(p, lambda size: np.arange(size, 0, -1.0))


def benjamini_hochberg(p: Floats) -> Floats:
    """Benjamini & Hochberg 1995 (JRSS B 57): false discovery rate."""
    return _step_up(p, lambda size: size / np.arange(1, size + 1))


def benjamini_yekutieli(p: Floats) -> Floats:
    """Benjamini & Yekutieli 2001 (Annals of Statistics 29): under any dependence."""
    return _step_up(
        p, lambda size: (1 / np.arange(1, size + 1)).sum() * size / np.arange(1, size + 1)
    )


CORRECTIONS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "holm": holm,
    "hochberg": hochberg,
    "bonferroni": bonferroni,
    "bh": benjamini_hochberg,
    "by": benjamini_yekutieli,
}


def _step_up(p: Floats, factor: Callable[[int], Floats]) -> Floats:
    def adjust(ordered: Floats) -> Floats:
        scaled = factor(len(ordered)) * ordered
        return np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])

    return _stepped(p, adjust)


def _stepped(p: Floats, adjust: Callable[[Floats], Floats]) -> Floats:
    """Adjust the p-values in ascending order; NaN entries are not counted and stay NaN."""
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    if len(known):
        order = known[np.argsort(p[known], kind="stable")]
        out[order] = adjust(p[order])
    return out
