"""The market-adjusted model by hand: the factor's own return, nothing estimated."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.eventstudy.normal.base import EstimationSample
from dashboard.eventstudy.normal.market_adjusted import MarketAdjusted
from dashboard.eventstudy.returns import History
from dashboard.models.errors import InputError

NAN = float("nan")


def predict(returns, factors, rows, first, last):
    history = History(np.array(returns), np.array(factors))
    return MarketAdjusted().predict(
        EstimationSample(history, np.array(rows), np.array([first]), np.array([last]))
    )


def test_by_hand():
    # Return less factor 1, -2, (missing), 3: sigma^2 = (1 + 4 + 9) / 3, nothing is fitted.
    result = predict(
        [NAN, 0.02, 0.01, 0.05, 0.04, 0.09],
        [[NAN], [0.01], [0.03], [NAN], [0.01], [0.06]],
        [[5]], 1, 4,
    )  # fmt: skip
    assert result.normal.tolist() == [[0.06]]
    assert result.sigma[0] == pytest.approx(math.sqrt(14 / 3) / 100)
    assert (result.usable[0], result.df[0], result.factor(0, 0)[0]) == (3, 3, 1.0)


@pytest.mark.parametrize(
    ("width", "message"),
    [(0, "needs a factor"), (2, "takes 1 factor, 2 are given; use the model market")],
)
def test_it_takes_one_factor(width, message):
    with pytest.raises(InputError, match=f"model market-adjusted: {message}"):
        predict([NAN, 0.01], np.zeros((2, width)), [[1]], 1, 1)
