"""A rate series: published numbers, the market day each describes and when it was known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.errors import InputError

Days: TypeAlias = NDArray[np.datetime64]
Moments: TypeAlias = NDArray[np.datetime64]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

ROUBLE_QUOTED: Final = -1
AS_QUOTED: Final = 1

Change: TypeAlias = Literal["ratio", "difference"]
"""How two numbers of a series are compared: by their ratio, or by their difference."""


@dataclass(frozen=True, slots=True)
class MethodBreak:
    """A day from which the publisher computes the rate in another way."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """What a series is, in the words that pages, README and exports print.

    `move_sign` is -1 where the number counts roubles per foreign unit (a rising number is
    a weaker rouble) and +1 where moves are those of the quoted number itself. `quantity`
    says what is measured, `limits` what it cannot say; `history_from` and `history_until`
    bound what the publisher has (None: it goes on, or it is not known); `bar_minutes` is the
    length of a bar, 0 where there is one number a day; `stale_after` is how many days may
    pass without a new number before that is worth a word. `checked_by` names the series
    without which no number of this one is believed. `change` is "difference" where a ratio
    says nothing: an interest rate in per cent, an index that can be zero.
    """

    id: str
    title: str
    unit: str
    inverse_unit: str
    publisher: str
    source_url: str
    licence: str
    date_rule: str
    description: str = ""
    move_sign: int = AS_QUOTED
    decimals: int = 4
    inverse_decimals: int = 6
    breaks: tuple[MethodBreak, ...] = ()
    quantity: str = ""
    limits: str = ""
    history_from: date | None = None
    history_until: date | None = None
    bar_minutes: int = 0
    stale_after: int = 5
    checked_by: str = ""
    change: Change = "ratio"

    @property
    def is_price(self) -> bool:
        """Whether the number is a price or an index whose log change is a return."""
        return self.change == "ratio"

    @property
    def is_rouble(self) -> bool:
        """Whether moves of the series are moves of the rouble."""
        return self.move_sign == ROUBLE_QUOTED


def refuse_no_price(card: SeriesCard) -> None:
    """Refuse a series whose log change says nothing.

    Raises:
        InputError: what the series is, and what can be done with it.
    """
    if not card.is_price:
        msg = (
            f"series {card.id}: counts {card.unit} and is no price, so it has no log change to"
            f" measure; study an exchange rate, and give this as a control: --factor {card.id}"
        )
        raise InputError(msg)


@dataclass(frozen=True, eq=False, slots=True)
class RateSeries:
    """Observations in ascending order of `known_at`.

    `record` is the date the publisher prints; `day` the market day the number describes;
    `opens` and `known_at` the UTC moments between which information enters the number
    (equal where the number is a snapshot); `rate` the quoted number, NaN where missing.
    The last `provisional` numbers may still change: a bar under way, a live quote. All arrays
    have the same length n; dates are datetime64[D], moments datetime64[s].
    """

    card: SeriesCard
    record: Days
    day: Days
    opens: Moments
    known_at: Moments
    rate: Floats
    fetched_at: datetime | None = None
    provisional: int = 0

    def __post_init__(self) -> None:
        """Refuse arrays of different lengths or out of order."""
        arrays: tuple[NDArray[Any], ...] = (self.record, self.day, self.opens, self.known_at)
        if any(len(array) != len(self.rate) for array in arrays):
            msg = f"series {self.card.id}: arrays of different lengths"
            raise ValueError(msg)
        if np.any(self.known_at[1:] <= self.known_at[:-1]):
            msg = f"series {self.card.id}: observations are not in ascending order"
            raise ValueError(msg)

    def __len__(self) -> int:
        """The number of observations."""
        return len(self.rate)

    def part(self, rows: slice) -> RateSeries:
        """The observations of some consecutive rows; none of them counts as provisional."""
        return RateSeries(
            self.card, self.record[rows], self.day[rows], self.opens[rows],
            self.known_at[rows], self.rate[rows], self.fetched_at,
        )  # fmt: skip

    def row_on_or_before(self, day: date) -> int:
        """The row of the last observation whose market day is not after `day`; -1 if none."""
        return int(np.searchsorted(self.day, np.datetime64(day, "D"), side="right")) - 1
