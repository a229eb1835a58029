"""Excel workbooks (.xlsx) as grids: last saved values, days as ISO, nothing calculated.

The zip is checked before openpyxl reads it: sizes, counts, document types.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.user_files import EventFileOutline
from dashboard.sources.files.delimited_file import (
    MAX_PREAMBLE,
    Header,
    HeaderFinder,
    TextTable,
    build_table,
    find_event_header,
    preamble_message,
    tidy_column_name,
)
from dashboard.sources.files.event_grid import (
    EventGrid,
    check_column_count,
    check_row_count,
    infer_columns,
    match_columns,
    uneven_row_reason,
)
from dashboard.sources.files.text import (
    display_text,
    unsupported_format_error,
)

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook


KIND: Final = "Excel"
_ERROR_MARK: Final = "\0error "
_FORMULA_MARK: Final = "\0formula"
NumberedRows: TypeAlias = list[tuple[int, list[str]]]
MAX_UNPACKED_BYTES: Final = 50 * 1024 * 1024
MAX_PARTS: Final = 1_000
MAX_TAGS: Final = 3_000_000
"""In all parts; 50,000 rows of seven columns have as many."""
MAX_TAGS_PER_PART: Final = 200_000
"""In a part without rows; 64,000 formats, the maximum of Excel, have as many."""
MAX_MERGED_CELLS: Final = 100_000

MergedCells: TypeAlias = tuple[tuple[int, int, int], ...]
"""Merged cells that span rows: first row, last row (from 1), column (from 0)."""

_CHUNK_BYTES: Final = 1 << 20
_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_FORMULA_TAG: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_HIDDEN_ROW_TAG: Final = re.compile(rb"<(?:\w+:)?row\s[^<>]*\bhidden=[\"'](?:1|true)")
_MERGED_CELL_TAG: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)
_LARGE_PARTS: Final = (
    "xl/worksheets/", "xl/sharedStrings", "xl/pivot", "xl/drawings/", "xl/charts/", "xl/comments",
    "customXml/",
)  # fmt: skip
_OTHER_ZIP_FORMATS: Final = (
    ("mimetype", deferred("an OpenDocument file"), deferred("save it as .xlsx or CSV")),
    (
        "word/document.xml",
        deferred("a Word document"),
        deferred("put the events into a table and save that as .xlsx"),
    ),
    ("xl/workbook.bin", deferred("a binary Excel workbook"), deferred("save it as .xlsx")),
    ("ppt/presentation.xml", deferred("a presentation"), deferred("put the events into a table")),
)


def read_workbook(data: bytes, name: str, sheet: str, mapping: Mapping[str, str]) -> EventGrid:
    """The cells of one sheet: the named one, or the only visible one with dated events.

    Args:
        data: the bytes of the file.
        name: of the file in messages.
        sheet: the title of a sheet; empty where the user named none.
        mapping: columns by field, as the user named them.

    Raises:
        InputError: it is damaged, unpacks too large, or the sheet is ambiguous.
    """
    with _checked_workbook(data, name) as book:
        finder = partial(find_event_header, mapping=mapping)
        table, message = _choose_table(data, book, (name, sheet), finder)
        if not table.is_dated:
            return EventGrid(name, KIND, table.header, [], [])  # the columns are refused next
        grid = table.grid()
    grid.messages[:0] = filter(None, [message])
    return grid


def read_sheet_table(data: bytes, name: str, sheet: str, find_header: HeaderFinder) -> TextTable:
    """The table of one sheet: the named one, or the only visible one with a header.

    Args:
        data: the bytes of the file.
        name: of the file in messages.
        sheet: the title of a sheet; empty where the user named none.
        find_header: finds the header among the first rows.

    Raises:
        InputError: it is damaged, unpacks too large, holds no table, or the sheet is ambiguous.
    """
    with _checked_workbook(data, name) as book:
        table, message = _choose_table(data, book, (name, sheet), find_header)
        return table.text_table(message)


def outline_workbook(
    data: bytes, name: str, sheet: str, mapping: Mapping[str, str]
) -> EventFileOutline:
    """The sheets of a workbook, and the columns of the one that would be read.

    Raises:
        InputError: it is damaged, empty, unpacks too large, or has no such sheet.
    """
    finder = partial(find_event_header, mapping=mapping)
    with _checked_workbook(data, name) as book:
        chosen = {item.title: item for item in _select_sheets(book, name, sheet)} if sheet else {}
        sheets = {item.title: item for item in _select_sheets(book, name, "")} | chosen
        tables = {
            title: _SheetTable(data, book, item, name, finder) for title, item in sheets.items()
        }
        candidates = {title: tables[title] for title in chosen} or tables
        filled = tuple(title for title, table in tables.items() if table.header)
        if sum(table.is_dated for table in candidates.values()) > 1:
            return EventFileOutline(KIND, sheets=filled)
        title, _others = _choose_sheet(candidates, name)
        header = tables[title].header
        fields = match_columns(header, infer_columns(header, tables[title].first_rows, mapping))
        return EventFileOutline(KIND, header, fields, filled, title)


@contextmanager
def _checked_workbook(data: bytes, name: str) -> Iterator[Workbook]:
    """A workbook that was checked before; what openpyxl raises on a damaged one is one error."""
    check_workbook(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions we do not use
            with closing(_open_workbook(data, values=True)) as book:
                yield book
    except InputError:
        raise
    except Exception:  # openpyxl raises many types on a damaged file
        msg = _(
            "{name}: is a damaged Excel workbook; open it in Excel and save it again", name=name
        )
        raise InputError(msg) from None


def _choose_table(
    data: bytes, book: Workbook, named: tuple[str, str], find_header: HeaderFinder
) -> tuple[_SheetTable, str]:
    """The table of the sheet to read, and a message about the other sheets."""
    name, sheet = named
    sheets = _select_sheets(book, name, sheet)
    tables = {item.title: _SheetTable(data, book, item, name, find_header) for item in sheets}
    title, others = _choose_sheet(tables, name)
    listed = display_text(", ".join(others), 80)
    message = (
        _(
            "{name}: the sheet {title} was read, not {listed}",
            name=name,
            title=display_text(title),
            listed=listed,
        )
        if others
        else ""
    )
    return tables[title], message


def _open_workbook(data: bytes, *, values: bool) -> Workbook:
    from openpyxl import load_workbook

    return load_workbook(BytesIO(data), read_only=True, data_only=values, keep_links=False)


def _select_sheets(book: Workbook, name: str, wanted: str) -> list[Any]:
    sheets = book.worksheets
    visible = [item for item in sheets if item.sheet_state == "visible"]
    if not wanted:
        return list(visible or sheets)
    matching = [item for item in sheets if item.title.casefold() == wanted.casefold()]
    if not matching:
        listed = display_text(", ".join(item.title for item in sheets), 200)
        msg = _(
            "{name}: has no sheet {wanted}; choose one of {listed}",
            name=name,
            wanted=display_text(wanted),
            listed=listed,
        )
        raise InputError(msg)
    return matching


def _choose_sheet(tables: Mapping[str, _SheetTable], name: str) -> tuple[str, list[str]]:
    """The sheet to read, and the other sheets with cells."""
    filled = {title: table for title, table in tables.items() if table.header}
    if not filled:
        msg = _("{name}: is empty; give a sheet with a header and at least one row", name=name)
        raise InputError(msg)
    dated = [title for title, table in filled.items() if table.is_dated]
    if len(dated) > 1:
        listed = display_text(", ".join(dated), 80)
        msg = _(
            "{name}: several sheets hold dates ({listed}); say on import which to read",
            name=name,
            listed=listed,
        )
        raise InputError(msg, remedy="sheet")
    title = (dated or list(filled))[0]
    return title, [other for other in filled if other != title]


class _SheetTable:
    """One sheet; the header is read at once, the rows by `grid` and `text_table`."""

    def __init__(
        self, data: bytes, book: Workbook, sheet: Any, name: str, find_header: HeaderFinder
    ) -> None:
        self._data, self._sheet, self._name = data, sheet, name
        self._properties = read_sheet_properties(data, sheet, name)
        self._epoch = book.epoch
        sheet.reset_dimensions()  # the size that a sheet states may be wrong
        rows = self._text_rows()
        self._start = list(itertools.islice(rows, MAX_PREAMBLE))
        self._rest = rows
        records = _padded([list(map(tidy_column_name, cells)) for _, cells in self._start])
        self._found = find_header(records)
        self.is_dated = self._found is not None and self._found.date_place != -1
        first = next(iter(records), [])
        self.header = _without_last_empty(self._found.names if self._found else first)
        check_column_count(name, len(self.header))

    @property
    def first_rows(self) -> list[list[str]]:
        """The cells of the first rows below the header."""
        first = self._found.first + self._found.length if self._found else 0
        return [cells for _number, cells in self._start[first:]]

    def grid(self) -> EventGrid:
        """The rows below the header."""
        messages = list(self._messages())
        if self._found and self._found.first:
            number = self._start[self._found.first][0]
            messages.append(preamble_message(self._name, number, ""))
        grid = EventGrid(self._name, KIND, self.header, [], [], {}, messages)
        for index, (number, cells) in enumerate(self._rows_from(self._found)):
            width = len(self.header)
            grid.places.append(
                _("row {index} (row {number} of the sheet)", index=index + 1, number=number)
            )
            grid.rows.append([_display_cell(cell) for cell in (cells + [""] * width)[:width]])
            reason = _row_error(cells, self.header)
            if reason:
                grid.wrong[index] = reason
        return grid

    def text_table(self, message: str) -> TextTable:
        """The table of the sheet.

        Raises:
            InputError: there is none, or a formula of it was never calculated.
        """
        if self._found is None:
            listed = display_text(", ".join(filter(None, self.header)), 80) or "nothing"
            msg = _(
                "{name}, header: has no column date (found: {listed}); say on import which column "
                "holds the dates",
                name=self._name,
                listed=listed,
            )
            raise InputError(msg)
        width = len(self._found.names)
        rows = self._rows_from(None)
        for number, cells in rows:
            if _FORMULA_MARK in cells:
                msg = _(
                    "{name}, row {number} of the sheet: {row_error}",
                    name=self._name,
                    number=number,
                    row_error=_row_error(cells, tuple(cells)),
                )
                raise InputError(msg)
        records = (
            (number, [_display_cell(cell) for cell in cells] + [""] * (width - len(cells)))
            for number, cells in rows
        )
        messages = [*filter(None, [message]), *self._messages()]
        digest = hashlib.sha256(self._data).hexdigest()
        return build_table((self._name, "", digest), records, self._found, messages)

    def _rows_from(self, header: Header | None) -> NumberedRows:
        """The rows below a header, or all, with merged cells filled."""
        first = header.first + header.length if header else 0
        return self._with_merges([*self._start[first:], *self._rest], self._properties.merges)

    def _messages(self) -> Iterator[str]:
        if self._properties.formulas:
            yield _("{name}: holds formulas; their last saved values were read", name=self._name)
        if self._properties.merges:
            yield _(
                "{name}: cells are merged; the value counts for each of their rows", name=self._name
            )
        if self._properties.has_hidden_rows:
            yield _(
                "{name}: rows are hidden by a filter or by hand; they were read too",
                name=self._name,
            )

    def _with_merges(self, rows: NumberedRows, merges: MergedCells) -> NumberedRows:
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
        """Rows that are not empty, with their number in the sheet."""
        unsaved = self._formulas_without_value() if self._properties.formulas else {}
        count = 0
        for number, row in enumerate(self._sheet.iter_rows(), 1):
            if not row and number not in unsaved:
                continue
            cells = [_cell_text(cell) for cell in row]
            for column in unsaved.get(number, ()):
                cells.extend([""] * (column - len(cells)))
                cells[column - 1] = _FORMULA_MARK
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                count += 1
                check_row_count(self._name, count - 1)
                check_column_count(self._name, len(cells))
                yield number, cells

    def _formulas_without_value(self) -> dict[int, list[int]]:
        """The columns of formulas that were never calculated, by row."""
        cells: dict[int, list[int]] = {}
        with closing(_open_workbook(self._data, values=True)) as values_book:
            present = {
                (cell.row, cell.column)
                for row in _sheet_cells(values_book, self._sheet.title)
                for cell in row
                if cell.value is not None
            }
        with closing(_open_workbook(self._data, values=False)) as formulas_book:
            for row in _sheet_cells(formulas_book, self._sheet.title):
                for cell in row:
                    if cell.data_type == "f" and (cell.row, cell.column) not in present:
                        cells.setdefault(cell.row, []).append(cell.column)
        return cells


def _padded(records: list[list[str]]) -> list[list[str]]:
    """Records of one width, that of the longest."""
    width = max(map(len, records), default=0)
    return [record + [""] * (width - len(record)) for record in records]


def _without_last_empty(names: Sequence[str]) -> tuple[str, ...]:
    filled = list(names)
    while filled and not filled[-1]:
        filled.pop()
    return tuple(filled)


def _sheet_cells(book: Workbook, title: str) -> Iterator[tuple[Any, ...]]:
    sheet = book[title]
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        yield tuple(cell for cell in row if cell.data_type != "n" or cell.value is not None)


def _cell_text(cell: Any) -> str:
    """A cell as text: days as ISO, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return f"{_ERROR_MARK}{value}"
    if isinstance(value, (date, time, timedelta)):
        return _format_time(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _format_time(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, timedelta):
        return _format_duration(value)
    return value.isoformat("seconds") if isinstance(value, time) else value.isoformat()


def _format_duration(value: timedelta) -> str:
    """A cell formatted as hours, `[h]:mm`."""
    seconds = round(value.total_seconds())
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def _display_cell(cell: str) -> str:
    return "" if cell == _FORMULA_MARK else cell.removeprefix(_ERROR_MARK)


def _row_error(cells: list[str], header: tuple[str, ...]) -> str:
    if len(cells) > len(header):
        return uneven_row_reason([_display_cell(cell) for cell in cells], len(header))
    for cell, column in zip(cells, header, strict=False):
        if cell == _FORMULA_MARK:
            return _(
                "column {column}: is a formula without a saved value; open the file in Excel and "
                "save it, or write the value",
                column=display_text(column),
            )
        if cell.startswith(_ERROR_MARK):
            error = display_text(cell.removeprefix(_ERROR_MARK))
            return _(
                "column {column}: '{error}' is an error of the sheet; mend the cell",
                column=display_text(column),
                error=error,
            )
    return ""


# ---- the zip archive


@dataclass(frozen=True, slots=True)
class SheetProperties:
    """Properties of a sheet that are reported to the user."""

    formulas: bool
    merges: MergedCells
    has_hidden_rows: bool


def check_workbook(data: bytes, name: str) -> None:
    """Refuse a file that is no workbook, unpacks too large, or has a document type.

    Every part is unpacked once and counted: the sizes that a zip states may be wrong.

    Raises:
        InputError: with what it is and what to do.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_format(archive, name)
            bytes_left, tags_left = MAX_UNPACKED_BYTES, MAX_TAGS
            for part in archive.infolist():
                least = (
                    0 if part.filename.startswith(_LARGE_PARTS) else tags_left - MAX_TAGS_PER_PART
                )
                for chunk in _unpack_part(archive, part, name):
                    bytes_left -= len(chunk)
                    tags_left -= chunk.count(b"<")
                    _check_unpacked_size(name, bytes_left, tags_left - max(least, 0))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        msg = _("{name}: is a damaged Excel workbook or zip archive; save it again", name=name)
        raise InputError(msg) from None
    except RuntimeError:  # a part with a password
        msg = _("{name}: is protected by a password; save it without one", name=name)
        raise InputError(msg) from None


def read_sheet_properties(data: bytes, sheet: Any, name: str) -> SheetProperties:
    """Formulas, merged cells and hidden rows of a sheet, from its own bytes.

    Args:
        data: the workbook, checked before.
        sheet: a read-only sheet of openpyxl.
        name: of the file in messages.

    Raises:
        InputError: too many cells are merged.
    """
    part = str(sheet._worksheet_path).lstrip("/")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        content = archive.read(part)
    return SheetProperties(
        formulas=_FORMULA_TAG.search(content) is not None,
        merges=tuple(_merged_cells(content, name)),
        has_hidden_rows=_HIDDEN_ROW_TAG.search(content) is not None,
    )


def _merged_cells(content: bytes, name: str) -> Iterator[tuple[int, int, int]]:
    cells_left = MAX_MERGED_CELLS
    for match in _MERGED_CELL_TAG.finditer(content):
        first, last = _column_number(match[1]), _column_number(match[3])
        top, bottom = int(match[2]), int(match[4])
        if top >= bottom:
            continue
        cells_left -= (bottom - top) * (abs(last - first) + 1)
        if cells_left < 0:
            msg = _(
                "{name}: more than {max_merged_cells:,} cells are merged; take the merges back",
                name=name,
                max_merged_cells=MAX_MERGED_CELLS,
            )
            raise InputError(msg)
        for column in range(first, last + 1):
            yield top, bottom, column


def _check_format(archive: zipfile.ZipFile, name: str) -> None:
    names = set(archive.namelist())
    if len(names) > MAX_PARTS:
        msg = _(
            "{name}: is an archive of {count:,} files; give one workbook",
            name=name,
            count=len(names),
        )
        raise InputError(msg)
    if "xl/workbook.xml" in names:
        return
    for part, kind, advice in _OTHER_ZIP_FORMATS:
        if part in names:
            raise unsupported_format_error(name, kind, advice)
    msg = _("{name}: is a zip archive; unpack it and give the file that is in it", name=name)
    raise InputError(msg)


def _unpack_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The content of a part in chunks; document types are refused."""
    is_xml = part.filename.endswith((".xml", ".rels"))
    tail = b""
    with archive.open(part) as content:
        while chunk := content.read(_CHUNK_BYTES):
            if is_xml and (
                _DOCTYPE.search(tail + chunk) or (tail + chunk).startswith(_UTF_16_MARKS)
            ):
                msg = _(
                    "{name}: holds XML with a document type, as no workbook does; save it again",
                    name=name,
                )
                raise InputError(msg)
            tail = chunk[-16:]
            yield chunk


def _check_unpacked_size(name: str, bytes_left: int, tags_left: int) -> None:
    if bytes_left < 0:
        msg = _(
            "{name}: unpacks to more than {max_unpacked_bytes} MB; split it",
            name=name,
            max_unpacked_bytes=MAX_UNPACKED_BYTES // 2**20,
        )
        raise InputError(msg)
    if tags_left < 0:
        msg = _(
            "{name}: holds more cells than 50,000 rows have; save the table alone, as CSV",
            name=name,
        )
        raise InputError(msg)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number - 1
