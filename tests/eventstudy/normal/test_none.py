"""The no-change model predicts nothing, so that its spread is about zero."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.eventstudy.normal.base import EstimationSample
from dashboard.eventstudy.normal.none import NoChange
from dashboard.eventstudy.returns import History

RETURNS = np.array([np.nan, 0.03, 0.04, np.nan, 0.0, 9.0])


def test_the_spread_is_the_root_of_the_mean_square():
    found = NoChange().predict(
        EstimationSample(
            History(RETURNS), np.zeros((1, 2), dtype=np.int64), np.array([1]), np.array([4])
        )
    )
    assert found.normal.tolist() == [[0.0, 0.0]]
    assert found.sigma[0] == pytest.approx(math.sqrt((9 + 16 + 0) * 1e-4 / 3))
    assert (found.usable[0], found.df[0]) == (3, 3)  # the missing return is not counted
    assert found.factor(0, 1)[0] == 2.0
