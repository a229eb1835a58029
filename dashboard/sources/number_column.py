"""A column of numbers: one way of writing them, told from the whole column, or refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dashboard.domain.series import Floats
from dashboard.sources.cells import BadCell
from dashboard.sources.file_bytes import shown

_PLAIN: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]{1,4})?")
_THOUSANDS_OR_DECIMALS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_THOUSANDS_OR_THOUSANDTHS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_BLANK: Final = re.compile(r"(?<=[0-9])[\s'’](?=[0-9])")
_GROUPS: Final = {
    mark: re.compile(
        rf"[+-]?(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]+)(?:{re.escape(point)}[0-9]+)?"
    )
    for mark, point in (("[.]", ","), ("[,]", "."))
}
_BLANK_GROUPS: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[\s'’][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?")
_ABSENT: Final = frozenset(
    {"na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "nil", "nd", "-", "--", "–", ".", "..."}
)
_INFINITE: Final = frozenset({"inf", "infinity", "∞"})


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Numbers of a column and how they were written.

    Attributes:
        values: (n,), NaN where the cell is empty or says that nothing is there.
        decimal: the decimal mark that was met; empty where none was.
        grouped: a cell with a thousands separator; empty where there is none.
        absent: a cell that says in words that nothing is there; empty where none does.
        n_absent: how many such cells there are.
    """

    values: Floats
    decimal: str = ""
    grouped: str = ""
    absent: str = ""
    n_absent: int = 0


def read_numbers(cells: Sequence[str]) -> NumberColumn:
    """Read the numbers of a column; an infinite or negative one is left to the caller.

    Raises:
        BadCell: for the first cell that is no number or could be two different ones.
    """
    absent = [cell for cell in cells if not cell[:1].isdigit() and cell.casefold() in _ABSENT]
    if absent:
        cells = ["" if cell.casefold() in _ABSENT else cell for cell in cells]
    plain, decimal, grouped = _as_plain(cells)
    values = np.array([float(cell) if cell else np.nan for cell in plain])
    return NumberColumn(values, decimal, grouped, absent[0] if absent else "", len(absent))


def could_be_thousands(cells: Sequence[str]) -> str:
    """The first cell, where every one has a single point before three digits, as 1.234."""
    told = [cell for cell in cells if cell and cell.casefold() not in _ABSENT]
    return told[0] if told and all(map(_THOUSANDS_OR_THOUSANDTHS.fullmatch, told)) else ""


def _as_plain(cells: Sequence[str]) -> tuple[Sequence[str], str, str]:
    """The cells with a point for decimals and no groups, the decimal mark, a grouped cell."""
    odd = next((k for k, cell in enumerate(cells) if cell and not _PLAIN.fullmatch(cell)), None)
    if odd is None:
        return cells, "." if any("." in cell for cell in cells) else "", ""
    blank = next((cell for cell in cells if _BLANK.search(cell)), "")
    if blank:
        return _without_blanks(cells, blank)
    both = [k for k, cell in enumerate(cells) if "," in cell and "." in cell]
    if both:
        return _without_groups(cells, both)
    for index in range(odd, len(cells)):
        cell = cells[index]
        if cell and not _PLAIN.fullmatch(cell) and not _COMMA.fullmatch(cell):
            raise BadCell(index, f"'{shown(cell)}' {_why_no_number(cell)}")
    _refuse_two_ways(cells)
    _refuse_thousands_or_decimals(cells)
    return [cell.replace(",", ".") for cell in cells], ",", ""


def _without_blanks(cells: Sequence[str], blank: str) -> tuple[Sequence[str], str, str]:
    for index, cell in enumerate(cells):
        if cell and not _BLANK_GROUPS.fullmatch(cell) and not _PLAIN.fullmatch(cell):
            raise BadCell(index, f"'{shown(cell)}' {_why_no_number(cell)}")
    _refuse_two_ways(cells)
    decimal = next((mark for mark in ",." if any(mark in cell for cell in cells)), "")
    return [_BLANK.sub("", cell).replace(",", ".") for cell in cells], decimal, blank


def _without_groups(cells: Sequence[str], both: list[int]) -> tuple[Sequence[str], str, str]:
    """Cells of which some hold a comma and a point: the later mark is the decimal one."""
    marks = ["," if cells[k].rindex(",") > cells[k].rindex(".") else "." for k in both]
    if len(set(marks)) > 1:
        here = marks.index("." if marks[0] == "," else ",")
        raise BadCell(both[here], _two_ways(cells, both[here], both[0]))
    decimal = marks[0]
    group = "." if decimal == "," else ","
    form = _GROUPS[f"[{group}]"]
    for index, cell in enumerate(cells):
        if cell and not form.fullmatch(cell):
            raise BadCell(index, f"'{shown(cell)}' {_why_no_number(cell)}")
    plain = [cell.replace(group, "").replace(decimal, ".") for cell in cells]
    return plain, decimal, cells[both[0]]


def _refuse_two_ways(cells: Sequence[str]) -> None:
    comma = next((k for k, cell in enumerate(cells) if "," in cell), None)
    point = next((k for k, cell in enumerate(cells) if "." in cell), None)
    if comma is not None and point is not None:
        later, other = max(comma, point), min(comma, point)
        raise BadCell(later, _two_ways(cells, later, other))


def _two_ways(cells: Sequence[str], later: int, other: int) -> str:
    return (
        f"'{shown(cells[later])}' and '{shown(cells[other])}' (row {other + 1}) write decimals"
        " in two ways; use a point in all rows"
    )


def _refuse_thousands_or_decimals(cells: Sequence[str]) -> None:
    comma = next(k for k, cell in enumerate(cells) if "," in cell)
    if all(_THOUSANDS_OR_DECIMALS.fullmatch(cell) for cell in cells if "," in cell):
        cell = shown(cells[comma])
        whole, point_form = cell.replace(",", ""), cell.replace(",", ".")
        reason = f"'{cell}' can be {whole} or {point_form}; write which, without a comma"
        raise BadCell(comma, reason)


def _why_no_number(cell: str) -> str:
    if cell.casefold().lstrip("+-") in _INFINITE:
        return "is not finite; correct it, or leave the cell empty"
    return "is not a number; write it like 92.5"
