"""The form of a normal-return model: it predicts, nothing else; the engine subtracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dashboard.domain.series import Floats, Ints
from dashboard.engine.windows import RunningSums


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """What a model may look at: returns of one series and the rows of N positions.

    `rows` (N, L) are the event rows, `first` and `last` (N,) bound the estimation window.
    """

    returns: Floats
    sums: RunningSums
    rows: Ints
    first: Ints
    last: Ints


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """The normal returns of N positions and what their errors depend on.

    `normal` (N, L) is E[R]; `sigma` (N,) the residual standard deviation with M - p degrees
    of freedom; `usable` (N,) = M_i; `df` (N,) = M_i - p. `factor(i, j)` is `1' V 1` over the
    event columns i..j inclusive, shape (N,), with V of Campbell, Lo & MacKinlay 1997, 4.4.11.
    """

    normal: Floats
    sigma: Floats
    usable: Ints
    df: Ints
    factor: Callable[[int, int], Floats]


class NormalModel(Protocol):
    """One model of the return without the event."""

    id: str
    title: str
    reference: str

    def predict(self, sample: Sample) -> Prediction:
        """Predict the normal returns on the event rows of every position."""
        ...
