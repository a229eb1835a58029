"""Protocol of a normal-return model, its estimation sample and its prediction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dashboard.eventstudy.returns import History
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats, Ints


@dataclass(frozen=True, eq=False, slots=True)
class EstimationSample:
    """Data that a model may use: the history of one series and the rows of N positions.

    `rows` (N, L) are the event rows, `first` and `last` (N,) bound the estimation window.
    """

    history: History
    rows: Ints
    first: Ints
    last: Ints


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """The normal returns of N positions and what their errors depend on.

    `normal` (N, L) is E[R]; `sigma` (N,) the residual standard deviation with M - p degrees
    of freedom; `usable` (N,) = M_i; `df` (N,) = M_i - p. `factor(i, j)` is `1' V 1` over the
    event columns i..j inclusive, shape (N,), with V of Campbell, Lo & MacKinlay 1997, 4.4.11.
    `intercept` (N,) and `slopes` (N, K) predict any other row, such as those of the
    estimation window, from its factors.
    """

    normal: Floats
    sigma: Floats
    usable: Ints
    df: Ints
    factor: Callable[[int, int], Floats]
    intercept: Floats
    slopes: Floats


class NormalModel(Protocol):
    """One model of the return without the event; `factors` says how many it needs."""

    id: str
    title: str
    reference: str
    needs: str

    def predict(self, sample: EstimationSample) -> Prediction:
        """Predict the normal returns on the event rows of every position."""
        ...


def check_factor_count(model_id: str, history: History, least: int, most: int | None) -> None:
    """Say which factors a model needs.

    Raises:
        InputError: when the history has fewer or more factors than the model takes.
    """
    count = history.factors.shape[1]
    if count < least:
        msg = _("needs a factor; name its column or its series as the factor")
        raise InputError(msg, field="model", value=model_id)
    if most is not None and count > most:
        msg = _(
            "takes {most} factor, {count} are given; use the model market", most=most, count=count
        )
        raise InputError(msg, field="model", value=model_id)


def residual_sd(sse: Floats, df: Ints) -> Floats:
    """`sqrt(sse / df)`, NaN without degrees of freedom; tiny negative sums count as 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(df > 0, np.sqrt(np.maximum(sse, 0.0) / df), np.nan)


def zero_slopes(sample: EstimationSample) -> Floats:
    """Slopes (N, 0..K) of a model that uses no factor."""
    return np.zeros((len(sample.first), sample.history.factors.shape[1]))
