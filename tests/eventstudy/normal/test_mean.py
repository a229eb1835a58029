"""The constant-mean model predicts the mean of the estimation window, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.eventstudy.normal.base import EstimationSample
from dashboard.eventstudy.normal.mean import ConstantMean
from dashboard.eventstudy.returns import History

RETURNS = np.array([np.nan, 0.01, -0.01, 0.03, 0.01, 9.0, 9.0])


def predict(first, last, columns=2):
    rows = np.zeros((1, columns), dtype=np.int64)
    return ConstantMean().predict(
        EstimationSample(History(RETURNS), rows, np.array([first]), np.array([last]))
    )


def test_the_mean_its_spread_and_its_degrees_of_freedom():
    result = predict(1, 4)
    assert result.normal[0] == pytest.approx([0.01, 0.01])
    assert result.sigma[0] ** 2 == pytest.approx(8e-4 / 3)
    assert (result.usable[0], result.df[0]) == (4, 3)


@pytest.mark.parametrize(
    ("columns", "factor"), [((0, 0), 1 + 1 / 4), ((0, 1), 2 + 4 / 4), ((1, 3), 3 + 9 / 4)]
)
def test_the_error_of_a_window_grows_with_its_square_over_the_sample(columns, factor):
    assert predict(1, 4, columns=4).factor(*columns)[0] == pytest.approx(factor)


def test_one_usable_return_has_no_spread():
    result = predict(1, 1)
    assert np.isnan(result.sigma[0])
    assert result.df[0] == 0
