"""A person's own file of rates: how it says it is to be read, and what one reading gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from dashboard.domain.series import RateSeries  # numpy, for which help need not wait

Quote: TypeAlias = Literal["as-quoted", "rub-per-usd", "usd-per-rub"]
DateOrder: TypeAlias = Literal["", "dmy", "mdy"]
Stamps: TypeAlias = Literal["", "begin", "end"]

OWN: Final = "own_"
"""How the id of every series begins that a person brought."""


@dataclass(frozen=True, slots=True)
class RateReading:
    """What a person says about a file, because the file itself cannot.

    Attributes:
        quote: what the numbers count: `rub-per-usd` where a falling number is a stronger
            rouble; otherwise moves are those of the quoted number.
        columns: read only these; None reads all.
        dates: which comes first in 03/04/2025, the day or the month; empty: not said.
        zone: the time zone of times of day without an offset; empty: not said.
        stamps: whether a bar is stamped when it begins or when it ends; empty: not said.
    """

    quote: Quote = "as-quoted"
    columns: tuple[str, ...] | None = None
    dates: DateOrder = ""
    zone: str = ""
    stamps: Stamps = ""


AS_IT_IS: Final = RateReading()


@dataclass(frozen=True, slots=True)
class RateTable:
    """What was read: one series a column, and what a person should know about the reading."""

    name: str
    series: tuple[RateSeries, ...]
    messages: tuple[str, ...]
    sha256: str
