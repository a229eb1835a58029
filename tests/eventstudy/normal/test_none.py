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
    result = NoChange().predict(
        EstimationSample(
            History(RETURNS), np.zeros((1, 2), dtype=np.int64), np.array([1]), np.array([4])
        )
    )
    assert result.normal.tolist() == [[0.0, 0.0]]
    assert result.sigma[0] == pytest.approx(math.sqrt((9 + 16 + 0) * 1e-4 / 3))
    assert (result.usable[0], result.df[0]) == (3, 3)  # the missing return is not counted
    assert result.factor(0, 1)[0] == 2.0
