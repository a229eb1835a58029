"""An Excel workbook (.xlsx) as a grid: last saved values, days as ISO, nothing calculated."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from dashboard.domain.errors import InputError
from dashboard.domain.imports import Outline
from dashboard.sources.event_files.columns import fields_of
from dashboard.sources.event_files.delimited import tidy_name
from dashboard.sources.event_files.grid import (
    Grid,
    refuse_many_columns,
    refuse_many_rows,
    uneven_row,
)
from dashboard.sources.event_files.workbook_parts import Merges, check_parts, sheet_facts
from dashboard.sources.file_bytes import shown

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

KIND: Final = "Excel"
_ERROR: Final = "\0error "
_FORMULA: Final = "\0formula"

Cells = list[tuple[int, list[str]]]


def read_workbook(data: bytes, name: str, sheet: str, said: Mapping[str, str]) -> Grid:
    """The cells of one sheet: the named one, or the only visible one with dated events.

    Args:
        data: the bytes of the file.
        name: what messages call it.
        sheet: the title of a sheet; empty where the person named none.
        said: columns by field, as the person named them.

    Raises:
        InputError: it is damaged, unpacks too large, or the sheet cannot be told.
    """
    check_parts(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions we do not use
            return _read(data, name, sheet, said)
    except InputError:
        raise
    except Exception:  # whatever the library makes of a damaged file
        msg = f"{name}: is a damaged Excel workbook; open it in Excel and save it again"
        raise InputError(msg) from None


def outline_workbook(data: bytes, name: str, sheet: str, said: Mapping[str, str]) -> Outline:
    """The sheets of a workbook, and the columns of the one that would be read.

    Raises:
        InputError: it is damaged, empty, unpacks too large, or has no such sheet.
    """
    check_parts(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _outlined(data, name, sheet, said)
    except InputError:
        raise
    except Exception:  # whatever the library makes of a damaged file
        msg = f"{name}: is a damaged Excel workbook; open it in Excel and save it again"
        raise InputError(msg) from None


def _outlined(data: bytes, name: str, sheet: str, said: Mapping[str, str]) -> Outline:
    with closing(_opened(data, values=True)) as book:
        wanted = {each.title: each for each in _sheets(book, name, sheet)} if sheet else {}
        sheets = {each.title: each for each in _sheets(book, name, "")} | wanted
        tables = {title: _Table(data, book, each, name) for title, each in sheets.items()}
        asked = {title: tables[title] for title in wanted} or tables
        filled = tuple(title for title, table in tables.items() if table.header)
        if len(_dated(asked, said)) > 1:
            return Outline(KIND, sheets=filled)
        title, _ = _chosen(asked, name, said)
        header = tables[title].header
        return Outline(KIND, header, fields_of(header, said), filled, title)


def _read(data: bytes, name: str, sheet: str, said: Mapping[str, str]) -> Grid:
    with closing(_opened(data, values=True)) as book:
        sheets = _sheets(book, name, sheet)
        tables = {each.title: _Table(data, book, each, name) for each in sheets}
        title, others = _chosen(tables, name, said)
        if "date" not in fields_of(tables[title].header, said):
            return Grid(name, KIND, tables[title].header, [], [])  # the columns are refused next
        grid = tables[title].grid()
    if others:
        listed = shown(", ".join(others), 80)
        grid.told.insert(0, f"{name}: the sheet {shown(title)} was read, not {listed}")
    return grid


def _opened(data: bytes, *, values: bool) -> Workbook:
    from openpyxl import load_workbook

    return load_workbook(BytesIO(data), read_only=True, data_only=values, keep_links=False)


def _sheets(book: Workbook, name: str, wanted: str) -> list[Any]:
    every = book.worksheets
    visible = [each for each in every if each.sheet_state == "visible"]
    if not wanted:
        return list(visible or every)
    found = [each for each in every if each.title.casefold() == wanted.casefold()]
    if not found:
        listed = shown(", ".join(each.title for each in every), 200)
        msg = f"{name}: has no sheet {shown(wanted)}; choose one of {listed}"
        raise InputError(msg)
    return found


def _chosen(
    tables: Mapping[str, _Table], name: str, said: Mapping[str, str]
) -> tuple[str, list[str]]:
    """The sheet to read, and the sheets with cells that are left."""
    filled = {title: table for title, table in tables.items() if table.header}
    if not filled:
        msg = f"{name}: is empty; give a sheet with a header and at least one row"
        raise InputError(msg)
    dated = _dated(filled, said)
    if len(dated) > 1:
        listed = shown(", ".join(dated), 80)
        msg = f"{name}: several sheets hold dates ({listed}); say which with --sheet NAME"
        raise InputError(msg)
    title = (dated or list(filled))[0]
    return title, [other for other in filled if other != title]


def _dated(tables: Mapping[str, _Table], said: Mapping[str, str]) -> list[str]:
    """The sheets with a column of dates."""
    return [title for title, each in tables.items() if "date" in fields_of(each.header, said)]


class _Table:
    """One sheet; the header is read at once, the rest when it is asked for."""

    def __init__(self, data: bytes, book: Workbook, sheet: Any, name: str) -> None:
        self._data, self._sheet, self._name = data, sheet, name
        self._facts = sheet_facts(data, sheet, name)
        self._epoch = book.epoch
        sheet.reset_dimensions()  # what a sheet says of its size need not be so
        self._rows = self._text_rows()
        self._first, header = next(self._rows, (0, []))
        self.header = tuple(map(tidy_name, header))
        refuse_many_columns(name, len(self.header))

    def grid(self) -> Grid:
        """The rows below the header."""
        rows = self._with_merges(list(self._rows), self._facts.merges)
        grid = Grid(self._name, KIND, self.header, [], [], {}, list(self._told()))
        for index, (number, cells) in enumerate(rows):
            width = len(self.header)
            grid.where.append(f"row {index + 1} (row {number} of the sheet)")
            grid.rows.append([_shown_cell(cell) for cell in (cells + [""] * width)[:width]])
            reason = _why_wrong(cells, self.header)
            if reason:
                grid.wrong[index] = reason
        return grid

    def _told(self) -> Iterator[str]:
        if self._facts.formulas:
            yield f"{self._name}: holds formulas; their last saved values were read"
        if self._facts.merges:
            yield f"{self._name}: cells are merged; the value counts for each of their rows"
        if self._facts.has_hidden_rows:
            yield f"{self._name}: rows are hidden by a filter or by hand; they were read too"

    def _with_merges(self, rows: Cells, merges: Merges) -> Cells:
        """Rows with the value of a merged cell in each of its rows."""
        by_number = dict(rows)
        for top, bottom, column in merges:
            first = by_number.get(top)
            if first is None or column >= len(first):
                continue
            for number in range(top + 1, bottom + 1):
                cells = by_number.get(number)
                if cells is not None:
                    cells.extend([""] * (column + 1 - len(cells)))
                    cells[column] = cells[column] or first[column]
        return rows

    def _text_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that hold something, with their number in the sheet."""
        unsaved = self._formulas_without_value() if self._facts.formulas else {}
        count = 0
        for number, row in enumerate(self._sheet.iter_rows(), 1):
            if not row and number not in unsaved:
                continue
            cells = [_text(cell) for cell in row]
            for column in unsaved.get(number, ()):
                cells.extend([""] * (column - len(cells)))
                cells[column - 1] = _FORMULA
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                count += 1
                refuse_many_rows(self._name, count - 1)
                refuse_many_columns(self._name, len(cells))
                yield number, cells

    def _formulas_without_value(self) -> dict[int, list[int]]:
        """Where a formula was never calculated, by row: a second look at the same sheet."""
        found: dict[int, list[int]] = {}
        with closing(_opened(self._data, values=True)) as saved:
            valued = {
                (cell.row, cell.column)
                for row in _cells_of(saved, self._sheet.title)
                for cell in row
                if cell.value is not None
            }
        with closing(_opened(self._data, values=False)) as written:
            for row in _cells_of(written, self._sheet.title):
                for cell in row:
                    if cell.data_type == "f" and (cell.row, cell.column) not in valued:
                        found.setdefault(cell.row, []).append(cell.column)
        return found


def _cells_of(book: Workbook, title: str) -> Iterator[tuple[Any, ...]]:
    sheet = book[title]
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        yield tuple(cell for cell in row if cell.data_type != "n" or cell.value is not None)


def _text(cell: Any) -> str:
    """What a cell holds as text: days as ISO, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return f"{_ERROR}{value}"
    if isinstance(value, (date, time, timedelta)):
        return _of_time(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _of_time(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, timedelta):
        return _of_duration(value)
    return value.isoformat("seconds") if isinstance(value, time) else value.isoformat()


def _of_duration(value: timedelta) -> str:
    """A cell formatted as hours, `[h]:mm`."""
    seconds = round(value.total_seconds())
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _shown_cell(cell: str) -> str:
    return "" if cell == _FORMULA else cell.removeprefix(_ERROR)


def _why_wrong(cells: list[str], header: tuple[str, ...]) -> str:
    if len(cells) > len(header):
        return uneven_row([_shown_cell(cell) for cell in cells], len(header))
    for cell, column in zip(cells, header, strict=False):
        if cell == _FORMULA:
            return (
                f"column {shown(column)}: is a formula without a saved value; open the file in"
                " Excel and save it, or write the value"
            )
        if cell.startswith(_ERROR):
            error = shown(cell.removeprefix(_ERROR))
            return f"column {shown(column)}: '{error}' is an error of the sheet; mend the cell"
    return ""
