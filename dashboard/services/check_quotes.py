"""Check quotes: which numbers of an indicative source are too far from the official ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.series import Bools, Floats, RateSeries

FAR: Final = np.log(1.07)
"""About 7 %: more than this away from the official fixing is not believed."""
NEAR_DAYS: Final = 5
"""A fixing farther away than this says nothing about a quote."""


@dataclass(frozen=True, eq=False, slots=True)
class Checked:
    """A series whose implausible numbers are missing, and how many there are of each kind.

    Attributes:
        withheld: numbers that are not believed.
        unchecked: numbers that no fixing is near enough to check.
    """

    series: RateSeries
    withheld: int
    unchecked: int


def believable(quotes: RateSeries, official: RateSeries) -> Checked:
    """Withhold every quote that is far from the official fixings around it.

    A quote is believed if it is near the fixing of its own market day, or near the next one:
    a large move after the fixing shows in the next. Where the next is not there yet, a quote
    far from its own is withheld until it is.

    Args:
        quotes: an indicative series of the same pair.
        official: the fixings; missing ones are passed over.
    """
    present = np.isfinite(official.rate)
    days, rates = official.day[present], official.rate[present]
    if len(days) == 0:
        return Checked(quotes, 0, int(np.isfinite(quotes.rate).sum()))
    own = np.searchsorted(days, quotes.day, side="right") - 1
    far_from_own, has_own = _far(quotes, (own, days, rates))
    far_from_next, has_next = _far(quotes, (own + 1, days, rates))
    doubted = has_own & far_from_own & (far_from_next | ~has_next)
    unchecked = np.isfinite(quotes.rate) & ~has_own
    rate = np.where(doubted, np.nan, quotes.rate)
    rate.setflags(write=False)
    series = RateSeries(
        quotes.card, quotes.record, quotes.day, quotes.opens, quotes.known_at, rate,
        quotes.fetched_at, quotes.provisional,
    )  # fmt: skip
    return Checked(series if doubted.any() else quotes, int(doubted.sum()), int(unchecked.sum()))


def _far(quotes: RateSeries, fixings: tuple[np.ndarray, np.ndarray, Floats]) -> tuple[Bools, Bools]:
    """Whether each quote is far from the fixing of a row, and whether one is there and near."""
    row, days, rates = fixings
    inside = (row >= 0) & (row < len(days))
    at = np.where(inside, row, 0)
    apart = np.abs((days[at] - quotes.day).astype(np.int64))
    there = inside & (apart <= NEAR_DAYS)
    with np.errstate(invalid="ignore"):
        far = np.abs(np.log(quotes.rate / rates[at])) > FAR
    return far, there
