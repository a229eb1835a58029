"""Which comes first in dates like 03/04/2025: asked, stated or proved by the column; no guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias

from dashboard.sources.file_bytes import shown

Order: TypeAlias = Literal["dmy", "mdy"]

SAID: Final[dict[Order, str]] = {"dmy": "day/month/year", "mdy": "month/day/year"}

_PARTED: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_TWO_DIGITS: Final = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}")


@dataclass(frozen=True, slots=True)
class OrderedDays:
    """Cells with their dates as 2024-12-31 where the order is certain.

    Attributes:
        cells: what was given; dates with slashes and the like rewritten.
        wrong: why a cell could not be, with what to do, by its index.
        told: what a person should know; empty where no order was needed.
        open_cell: the first cell that can be two days; empty where there is none.
        order: the order that such cells were read in; None where nothing tells it.
    """

    cells: list[str]
    wrong: dict[int, str] = field(default_factory=dict)
    told: str = ""
    open_cell: str = ""
    order: Order | None = None


def order_days(cells: Sequence[str], stated: Order | None = None) -> OrderedDays:
    """Write dates of two parts and a year as ISO; every other cell stays as it is.

    The order is the stated one; else the one that some cell proves (31/12/2024), if no other
    cell proves the opposite. Dotted dates are day first unless month first is stated.

    Args:
        cells: a column, or several that were written by one hand.
        stated: what a person said.
    """
    found = {
        index: parted
        for index, cell in enumerate(cells)
        if (parted := _parted(cell)) and (parted.mark != "." or stated == "mdy")
    }
    proofs: dict[Order, int] = {}
    for index, parted in found.items():
        if parted.proves:
            proofs.setdefault(parted.proves, index)
    ordered = OrderedDays(list(cells), _two_digit_years(cells))
    if not stated and len(proofs) > 1:
        reason = _contradiction(cells, proofs)
        ordered.wrong.update(
            {k: reason for k, parted in found.items() if parted.first != parted.second}
        )
    order: Order | None = stated or next(iter(proofs), None)
    for index, parted in found.items():
        if index not in ordered.wrong:
            _rewrite(ordered, index, parted, stated or parted.own or order)
    needed = [k for k, parted in found.items() if not parted.own and k not in ordered.wrong]
    if needed and not stated and order:
        told = (
            f"dates like {shown(cells[needed[0]])} were read as {SAID[order]}, as"
            f" {shown(cells[proofs[order]])} proves; say --dates if they are not"
        )
    else:
        told = ""
    either = next((cells[k] for k, parted in found.items() if parted.is_either), "")
    is_told = len(proofs) < 2 or bool(stated)
    return OrderedDays(
        ordered.cells, ordered.wrong, told, either if is_told else "", order if is_told else None
    )


def both_days(cell: str) -> tuple[date, date]:
    """What a cell like 03/04/2025 means with the day first, and with the month first.

    Raises:
        ValueError: it cannot be both.
    """
    parted = _parted(cell)
    if parted is None or not parted.is_either:
        msg = f"{shown(cell)} cannot be two days"
        raise ValueError(msg)
    return date.fromisoformat(parted.iso("dmy")), date.fromisoformat(parted.iso("mdy"))


@dataclass(frozen=True, slots=True)
class _Parted:
    first: int
    second: int
    year: int
    mark: str

    @property
    def proves(self) -> Order | None:
        """The only order in which this can be a date."""
        if self.first > 12 >= self.second:
            return "dmy"
        return "mdy" if self.second > 12 >= self.first else None

    @property
    def own(self) -> Order | None:
        """The order that needs no other cell: the proved one, or any where both are the same."""
        return "dmy" if self.first == self.second else self.proves

    @property
    def is_either(self) -> bool:
        """Whether it is one day in one order and another in the other."""
        return not self.own and bool(self.iso("dmy") and self.iso("mdy"))

    def iso(self, order: Order) -> str:
        month, day = (self.second, self.first) if order == "dmy" else (self.first, self.second)
        try:
            return date(self.year, month, day).isoformat()
        except ValueError:
            return ""


def _parted(cell: str) -> _Parted | None:
    found = _PARTED.fullmatch(cell)
    return _Parted(int(found[1]), int(found[3]), int(found[4]), found[2]) if found else None


def _rewrite(ordered: OrderedDays, index: int, parted: _Parted, order: Order | None) -> None:
    cell = shown(ordered.cells[index])
    if order is None:
        ordered.wrong[index] = _question(parted, cell)
    elif iso := parted.iso(order):
        ordered.cells[index] = iso
    elif parted.proves and parted.proves != order:
        ordered.wrong[index] = f"'{cell}' is no date in {SAID[order]}; write it as 2024-12-31"
    else:
        ordered.wrong[index] = f"'{cell}' is a date that does not exist; correct it"


def _question(parted: _Parted, cell: str) -> str:
    day_first, month_first = parted.iso("dmy"), parted.iso("mdy")
    if not (day_first and month_first):
        return f"'{cell}' is a date that does not exist; correct it"
    return f"'{cell}' can be {day_first} or {month_first}; say --dates dmy or --dates mdy"


def _contradiction(cells: Sequence[str], proofs: dict[Order, int]) -> str:
    one, other = (shown(cells[proofs[order]]) for order in ("dmy", "mdy"))
    return f"'{one}' has the day first and '{other}' the month; write every date as 2024-12-31"


def _two_digit_years(cells: Sequence[str]) -> dict[int, str]:
    return {
        index: f"'{shown(cell)}' has a year of two digits; write it as 2024-12-31"
        for index, cell in enumerate(cells)
        if _TWO_DIGITS.fullmatch(cell)
    }
