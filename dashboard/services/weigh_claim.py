"""Weigh a claim: how near a number must come for a sentence to be true, or about true.

A number is true where it is what was written, to the last digit that was written; "around 80"
is true within 2 %, "about 20 %" within a twentieth of it; "more than" is true where it is more.
Beside that lies "about": a reader would not be led astray.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.domain.article import Claim, Exactness
from dashboard.domain.claim_check import Truth

_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Shares of the number: within what "around" is true, and what still is about so."""

    around: float
    about: float


LEVEL: Final = Tolerance(around=0.02, about=0.01)
CHANGE: Final = Tolerance(around=0.05, about=0.10)


def weigh_level(claim: Claim, found: float) -> Truth:
    """Whether a rate is the level that is claimed."""
    return _weigh(claim, found, LEVEL)


def weigh_change(claim: Claim, found: float) -> Truth:
    """Whether a change in per cent, in the direction of the claim, is what is claimed."""
    return _weigh(claim, found, CHANGE)


def _weigh(claim: Claim, found: float, tolerance: Tolerance) -> Truth:
    value = claim.value or 0.0
    beyond, about = _beyond(claim, found, value), tolerance.about * value
    if claim.exactness == Exactness.ABOUT:
        about += tolerance.around * value
        is_true = beyond <= tolerance.around * value + _TINY
    elif claim.exactness == Exactness.EXACT:
        written = 0.5 * 10.0**-claim.decimals
        about = max(about, written)
        is_true = beyond <= written + _TINY
    else:
        is_true = beyond <= 0
    if is_true:
        return Truth.TRUE
    return Truth.ABOUT if beyond <= about + _TINY else Truth.FALSE


def _beyond(claim: Claim, found: float, value: float) -> float:
    """How far the number lies outside of what was claimed."""
    if claim.exactness == Exactness.MORE:
        return value - found
    return found - value if claim.exactness == Exactness.LESS else abs(found - value)
