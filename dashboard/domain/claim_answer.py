"""A claim about the rate as it is asked, and what every source says to it from every base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.domain.article import Claim
    from dashboard.domain.claim_check import ClaimVerdict, NeededBase
    from dashboard.domain.event_view import Fixing


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A verdict with the two observations behind it, printed dates and moments included.

    `at` is the observation of the day of the claim, `base` what it is compared with; None where
    there is none.
    """

    verdict: ClaimVerdict
    at: Fixing | None = None
    base: Fixing | None = None


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """A claim with a row for every source, base and quote, those of the main series first.

    `main` is the id of the series that headline, chart and paragraph speak of; empty where
    there is no series of the currency. `needed` are the bases that would make a change so.
    """

    claim: Claim
    main: str
    rows: tuple[ClaimRow, ...]
    needed: tuple[NeededBase, ...] = ()

    @property
    def of_main(self) -> tuple[ClaimRow, ...]:
        """The rows of the main series that the claim itself names."""
        rows = [row for row in self.rows if row.verdict.card.id == self.main]
        return tuple(row for row in rows if row.verdict.is_claimed)
