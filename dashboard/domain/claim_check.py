"""A claim about the rate, held against a series and a base."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.domain.article import Claim
    from dashboard.domain.day_facts import Observation
    from dashboard.domain.series import SeriesCard


class Truth(StrEnum):
    """Whether it is so by the numbers of one series from one base."""

    TRUE = "true"
    ABOUT = "about"
    FALSE = "false"
    UNKNOWN = "cannot be known"


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What one series says to a claim, from one base and in one quote.

    `at` is the observation of the day of the claim, `base` that it is compared with: the base of
    a change, or the last day at least as strong (or weak) for a record. `found` is the number
    itself, in the claim's terms: a level, or a change in per cent with the claim's own sign.
    `is_claimed` is false for a base that the claim did not name but that would make it so.
    `reason` says why nothing can be known.
    """

    card: SeriesCard
    truth: Truth
    base_name: str = ""
    quote: str = ""
    at: Observation | None = None
    base: Observation | None = None
    found: float | None = None
    is_claimed: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NeededBase:
    """What the base of a change would have to be for the claim to hold, and when it last was.

    `reached` is the last observation there before the day of the claim; None: not in the data,
    which begin on `data_from`.
    """

    card: SeriesCard
    quote: str
    rate: float
    reached: Observation | None
    data_from: Observation


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with the verdicts of every series of its currency."""

    claim: Claim
    verdicts: tuple[ClaimVerdict, ...]
    needed: tuple[NeededBase, ...] = ()
