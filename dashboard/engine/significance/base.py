"""The form of a test: an object that carries its claim, and says when it does not apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from dashboard.domain.series import Floats

NOT_APPLICABLE: Final = float("nan")


@dataclass(frozen=True, eq=False, slots=True)
class GroupSample:
    """The abnormal moves of one group in one window; events without a value are left out.

    `car` and `se` (N,) are CAR (or AR for a one-day window) and its forecast standard error.
    """

    car: Floats
    se: Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test found. NaN `p_value` with a `reason` where it does not apply."""

    statistic: float
    df: float
    p_value: float
    n: int
    reason: str = ""


def does_not_apply(n: int, reason: str) -> Outcome:
    """An outcome without a number, with the reason a person reads."""
    return Outcome(NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, n, reason)


class SignificanceTest(Protocol):
    """One test of the abnormal moves of a group of events."""

    id: str
    title: str
    null_hypothesis: str
    reference: str
    assumptions: str

    def apply(self, sample: GroupSample) -> Outcome:
        """Test one group in one window."""
        ...
