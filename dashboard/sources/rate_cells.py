"""The rates of a table: a column of numbers each, checked against what a rate can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from dashboard.domain.errors import InputError
from dashboard.domain.series import Floats, Ints
from dashboard.sources.cells import BadCell
from dashboard.sources.file_bytes import shown
from dashboard.sources.number_column import NumberColumn, could_be_thousands, read_numbers
from dashboard.sources.table_file import TextTable

JUMP: Final = 8.0
"""A rate this many times its neighbour is told: a change of unit, or a slip of decimals."""


def read_rates(
    table: TextTable, columns: Sequence[str]
) -> tuple[dict[str, NumberColumn], list[str]]:
    """The numbers of columns, and what a person should know about how they were written.

    Raises:
        InputError: a cell is no rate, or the columns write decimals in two ways.
    """
    found = {column: rate_column(table, column) for column in columns}
    _refuse_both_decimals(table, found)
    return found, list(_notes(table, found))


def rate_column(table: TextTable, column: str) -> NumberColumn:
    """The numbers of a column, all above zero or missing.

    Raises:
        InputError: a cell is no rate, or none is one.
    """
    cells = table.column(column)
    try:
        found = read_numbers(cells)
    except BadCell as error:
        raise wrong(table, error, column) from None
    rate = found.values
    missing = np.isnan(rate)
    if missing.all():
        msg = f"{table.name}, column {shown(column)}: holds no number; fill or remove the column"
        raise InputError(msg)
    bad = np.flatnonzero(~missing & ~((rate > 0) & np.isfinite(rate)))
    if len(bad):
        row = int(bad[0])
        why = "is too large" if rate[row] > 0 else "is not above zero"
        reason = f"'{shown(cells[row])}' {why}, so it is no rate; correct it or leave it empty"
        raise wrong(table, BadCell(row, reason), column)
    return found


def wrong(table: TextTable, error: BadCell, column: str) -> InputError:
    """The error of a cell with its place in the file."""
    return InputError(f"{table.place(error.index, column)}: {error.reason}")


def jumps(table: TextTable, column: str, rate: Floats, order: Ints) -> Iterator[str]:
    """The first number many times its neighbour, which is seldom meant."""
    rows = order[~np.isnan(rate[order])]
    change = np.abs(np.log(rate[rows][1:] / rate[rows][:-1]))
    far = np.flatnonzero(change > np.log(JUMP))
    if len(far):
        row, before = int(rows[far[0] + 1]), int(rows[far[0]])
        more = f" (and {len(far) - 1:,} more jumps)" if len(far) > 1 else ""
        yield (
            f"{table.place(row, column)}: {rate[row]:g} is {_times(rate[row] / rate[before])}"
            f" {rate[before]:g} on line {table.lines[before]}{more}; check the unit and the"
            " decimals"
        )


def _times(ratio: float) -> str:
    size = max(ratio, 1 / ratio)
    power = 10.0 ** round(np.log10(size))
    said = f"{power:,.0f}" if abs(size / power - 1) < 0.005 and power > 1 else f"{size:,.3g}"
    said = f"{size:,.0f}" if "e" in said else said
    return f"{said} times" if ratio > 1 else f"1/{said} of"


def _notes(table: TextTable, found: dict[str, NumberColumn]) -> Iterator[str]:
    commas = [name for name, column in found.items() if column.decimal == ","]
    if commas:
        where = f"{table.name}, column {shown(', '.join(commas))}"
        yield f"{where}: decimal commas were read (92,5 as 92.5)"
    for name, column in found.items():
        where = f"{table.name}, column {shown(name)}"
        if column.grouped:
            yield f"{where}: thousands separators were read ('{shown(column.grouped)}')"
        if column.absent:
            cells = "1 cell" if column.n_absent == 1 else f"{column.n_absent:,} cells"
            yield f"{where}: {cells} such as '{shown(column.absent)}' were taken as missing"
    if table.delimiter == ";":
        for name in found:
            cell = could_be_thousands(table.column(name))
            if cell:
                whole, rest = cell.split(".")
                yield (
                    f"{table.name}, column {shown(name)}: {cell} was read as {whole} and {rest}"
                    f" thousandths; where it means {whole}{rest}, remove the point"
                )


def _refuse_both_decimals(table: TextTable, found: dict[str, NumberColumn]) -> None:
    comma = next((name for name, column in found.items() if column.decimal == ","), None)
    point = next((name for name, column in found.items() if column.decimal == "."), None)
    if comma is None or point is None:
        return
    cells = table.column(point)
    row = next(k for k, cell in enumerate(cells) if "." in cell.strip("."))
    reason = (
        f"'{shown(cells[row])}' has a decimal point, column {shown(comma)} decimal commas;"
        " use a point in all columns"
    )
    raise wrong(table, BadCell(row, reason), point)
