"""Signs: events that moved up or down, as expected or not, against a fair coin."""

from __future__ import annotations

import numpy as np
from scipy import special

from dashboard.domain.series import Floats, Ints
from dashboard.engine.pooled import GroupSample


def binomial_p(up: Ints, n: Ints) -> Floats:
    """Exact two-sided p of `up` heads in `n` fair throws (twice the smaller tail)."""
    p: Floats = 2 * special.bdtr(np.minimum(up, n - up).astype(float), n, 0.5)
    return np.minimum(1.0, p)


def dropped(zeros: Ints) -> tuple[str, ...]:
    """How many unmoved events each window leaves out, in words."""
    return tuple(f"{count} unmoved events dropped" if count else "" for count in zeros.tolist())


def hits_of(sample: GroupSample) -> tuple[Ints, Ints]:
    """Events that moved as expected, and events with an expectation that moved, (W,)."""
    expected = sample.pooled.expected[sample.member][:, None]
    agreed = np.sign(np.nan_to_num(sample.car)) * expected
    return (agreed > 0).sum(axis=0), (agreed != 0).sum(axis=0)
