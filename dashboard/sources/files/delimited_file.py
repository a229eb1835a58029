"""Delimited text (CSV): strict tables whose cells stay text, and grids of events.

The delimiter is found from the header alone: the one of `, ; TAB |` under which it appears, which
may be below a preamble. Nothing is repaired: in a strict table a row with a field too many is
refused with its line, in a grid it is marked wrong.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from dashboard.models.errors import InputError
from dashboard.models.messages import (
    at_place,
    deferred,
    deferred_in_context,
    join_or,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.sources.files.date_formats import is_date_text
from dashboard.sources.files.event_grid import (
    EventGrid,
    check_column_count,
    check_row_count,
    infer_columns,
    match_columns,
    uneven_row_reason,
)
from dashboard.sources.files.text import (
    decode_delimited,
    display_text,
    find_column,
    is_date_like,
    line_place,
)

KIND: Final = "CSV"
DELIMITERS: Final = (",", ";", "\t", "|")
MAX_ROWS: Final = 1_500_000
MAX_COLUMNS: Final = 500
MIN_SENTENCE_LENGTH: Final = 3
MAX_PREAMBLE: Final = 60
"""How many lines may stand above a table."""

_HEADER_SCAN_CHARS: Final = 200_000
_DELIMITER_NAMES: Final = {
    ",": deferred("comma"),
    ";": deferred("semicolon"),
    "\t": deferred("tab"),
    "|": deferred_in_context("separator", "bar"),
}

_NumberedRecords: TypeAlias = Iterator[tuple[int, list[str]]]
"""Records with the line on which each starts."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table.

    Attributes:
        first: the index of its first record.
        length: how many records it has; 0 where the file has none and its kind is known.
        names: of the columns, trimmed; empty where a column has none.
        date_place: the index of the column of dates, where its cells alone show it.
    """

    first: int
    length: int
    names: tuple[str, ...]
    date_place: int | None = None


HeaderFinder: TypeAlias = Callable[[Sequence[Sequence[str]]], Header | None]
"""Finds the header among the first records of a table."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """The cells of a file below its header.

    `header` as written (trimmed); `rows` have its length; `lines` are the numbers of the lines, or
    of the rows of a sheet, on which they start; `delimiter` is empty for a sheet; `messages` are
    notes for the user about the reading.
    """

    name: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    sha256: str
    messages: tuple[str, ...] = field(default=())

    def index(self, column: str) -> int | None:
        """The index of a column, case-insensitive; None if there is none."""
        return find_column(self.header, column)

    def column(self, name: str) -> list[str]:
        """The trimmed cells of a column; empty ones where the file has no such column."""
        index = self.index(name)
        if index is None:
            return [""] * len(self.rows)
        return [row[index] for row in self.rows]

    def column_place(self, column: str) -> str:
        """`file.csv, column rate`."""
        return _("{name}, column {column}", name=self.name, column=display_text(column))

    def place(self, row: int, column: str = "") -> str:
        """`file.csv, row 3 (line 4), column rate`; rows are counted from 1, below the header."""
        values = {"name": self.name, "row": row + 1, "line": self.lines[row]}
        if not self.delimiter:
            row_place = _("{name}, row {row} (row {line} of the sheet)", **values)
        else:
            row_place = _("{name}, row {row} (line {line})", **values)
        if not column:
            return row_place
        return _("{place}, column {column}", place=row_place, column=display_text(column))


def read_table(
    data: bytes, name: str, find_header: HeaderFinder, max_rows: int = MAX_ROWS
) -> TextTable:
    """Read a delimited file whose header may stand below other lines.

    Args:
        data: the bytes of the file.
        name: of the file in messages.
        find_header: finds the header among the first records.
        max_rows: longer files are refused.

    Raises:
        InputError: one line that names the file, the row, what is wrong and what to do.
    """
    text, messages = _decode(data, name)
    delimiter, skip, header = find_table(text, find_header, name)
    records = ((n, list(map(str.strip, r))) for n, r in _read_records(text, delimiter, skip, name))
    return build_table(
        (name, delimiter, hashlib.sha256(data).hexdigest()), records, header, messages, max_rows
    )


def build_table(
    source: tuple[str, str, str],
    records: _NumberedRecords,
    header: Header,
    messages: list[str],
    max_rows: int = MAX_ROWS,
) -> TextTable:
    """The table below a header.

    Args:
        source: name, delimiter (empty for a sheet) and sha256 of the file.
        records: trimmed cells with the number of their line, from the start of the file.
        header: as found.
        messages: about the file, to which those of the table are added.
        max_rows: longer tables are refused.

    Raises:
        InputError: a row or the header cannot be read.
    """
    name, delimiter, sha256 = source
    above = [line for line, record in itertools.islice(records, header.first) if any(record)]
    lines = [line for line, _ in itertools.islice(records, header.length)]
    if above:
        messages.append(preamble_message(name, lines[0] if lines else above[-1] + 1, delimiter))
    names = tuple(map(tidy_column_name, header.names))
    _check_header(name, names, lines[0] if lines else 1)
    rows, lines = _read_rows(records, len(names), max_rows, name, messages)
    names = _complete_header(names, rows)
    return TextTable(name, names, rows, lines, delimiter, sha256, tuple(messages))


def preamble_message(name: str, line: int, delimiter: str) -> str:
    """That lines above a table were left out."""
    if delimiter:
        return _(
            "{name}: the table starts on line {line}; what stands above it was left out",
            name=name,
            line=line,
        )
    return _(
        "{name}: the table starts on row {line} of the sheet; what stands above it was left out",
        name=name,
        line=line,
    )


def read_csv(data: bytes, name: str, mapping: Mapping[str, str]) -> EventGrid:
    """The cells of a delimited file; a row of another width is marked wrong.

    Args:
        data: the bytes of the file.
        name: of the file in messages.
        mapping: columns by field, as the user named them; they help to find the delimiter.

    Raises:
        InputError: the file as a whole cannot be read; the line says why and what to do.
    """
    text, messages = _decode(data, name)
    delimiter, skip, found = find_table(text, partial(find_event_header, mapping=mapping), name)
    records = _read_records(text, delimiter, skip, name)
    above = [line for line, record in itertools.islice(records, found.first) if any(record)]
    line, record = next(records, (1, []))
    if above:
        messages.append(preamble_message(name, line, delimiter))
    header = _grid_header(record)
    check_column_count(name, len(header))
    grid = EventGrid(name, KIND, tuple(header), [], [], {}, messages)
    blank = _fill_grid(grid, records)
    if blank:
        grid.messages.append(blank_rows_message(name, blank))
    return grid


def find_event_header(records: Sequence[Sequence[str]], mapping: Mapping[str, str]) -> Header:
    """The first record that names a column of dates, with one of titles if any has both."""
    found = [match_columns(record, mapping) for record in records]
    dated = [k for k, fields in enumerate(found) if "date" in fields]
    titled = [k for k in dated if found[k].keys() & {"title", "id"}]
    filled = [k for k, record in enumerate(records) if any(record)]
    shown = () if dated else (k for k in filled if _is_header_by_content(records, k, mapping))
    inferred = next(iter(shown), None)
    first = next(iter(titled or dated), filled[0] if filled else 0)
    first = first if inferred is None else inferred
    names = tuple(records[first]) if records else ()
    return Header(first, 1, names, None if dated or inferred is not None else -1)


def _is_header_by_content(
    records: Sequence[Sequence[str]], place: int, mapping: Mapping[str, str]
) -> bool:
    """Whether names stand in a record and dates in a column below it."""
    header, rows = records[place], records[place + 1 :]
    is_wide = len(list(filter(None, header))) >= min(2, max(map(len, rows), default=2))
    if not is_wide or any(map(is_date_text, header)):
        return False
    return "date" in infer_columns(header, rows, mapping)


def tidy_column_name(name: str) -> str:
    """A column name in NFC, without invisible characters and surrounding blanks."""
    visible = "".join(c if unicodedata.category(c) != "Cc" else " " for c in name)
    visible = "".join(c for c in visible if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).split())


def blank_rows_message(name: str, count: int) -> str:
    """How many empty rows of a file were left out."""
    return plural(
        "{name}: {n} empty row was left out",
        "{name}: {n} empty rows were left out",
        count,
        name=name,
    )


# ---- records


def _decode(data: bytes, name: str) -> tuple[str, list[str]]:
    text, messages = decode_delimited(data, name)
    if not text.strip():
        msg = _("{name}: is empty; give a file with a header and at least one row", name=name)
        raise InputError(msg)
    return text, messages


def _read_records(text: str, delimiter: str, skip: int, name: str) -> _NumberedRecords:
    lines = io.StringIO(text, newline="")
    for _line in range(skip):
        lines.readline()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skip + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = _csv_error_reason(str(error))
            raise InputError(at_place(line_place(name, line), reason)) from None
        yield line, record


def _csv_error_reason(error: str) -> str:
    if "unexpected end" in error:
        return _("a quote is opened and never closed; close it")
    if "field larger" in error:
        return _("a cell is longer than 131,072 characters; cut it")
    return _('text follows a closing quote; write a quote inside a quoted cell twice ("")')


def find_table(text: str, find_header: HeaderFinder, name: str) -> tuple[str, int, Header]:
    """The delimiter, how many lines to skip (`sep=;`, which Excel writes, is one), the header.

    Raises:
        InputError: no delimiter shows a header, or more than one does.
    """
    start = text[:_HEADER_SCAN_CHARS]
    stated = _stated_delimiter(start)
    skip = int(bool(stated))
    first = {
        mark: _first_records(start, mark, skip) for mark in ([stated] if stated else DELIMITERS)
    }
    headers = {mark: find_header(records) for mark, records in first.items()}
    found = {mark: header for mark, header in headers.items() if header}
    certain = {mark: header for mark, header in found.items() if header.date_place is None}
    if found and not certain:
        mark = max(found, key=lambda mark: len(found[mark].names))
        return mark, skip, found[mark]
    if not certain:
        widest = max((next(filter(any, records), []) for records in first.values()), key=len)
        raise InputError(_missing_column_message(name, widest))
    top = min(header.first for header in certain.values())
    possible = [mark for mark, header in certain.items() if header.first == top]
    mark = _only_delimiter(possible, {mark: certain[mark].names for mark in possible}, name)
    return mark, skip, certain[mark]


def _first_records(text: str, delimiter: str, skip: int) -> list[list[str]]:
    """The first records with tidy cells, until one cannot be read."""
    records: list[list[str]] = []
    with suppress(InputError):
        for _line, record in _read_records(text, delimiter, skip, ""):
            records.append(list(map(tidy_column_name, record)))
            if len(records) >= MAX_PREAMBLE:
                break
    return records


def _stated_delimiter(text: str) -> str:
    """The delimiter of a first line such as `sep=;`; empty where there is none."""
    line = text.partition("\n")[0].strip(" \r").strip('"').casefold()
    return line[4:] if line.startswith("sep=") and line[4:] in DELIMITERS else ""


def _only_delimiter(
    possible: Sequence[str], headers: Mapping[str, Sequence[str]], name: str
) -> str:
    """The one that splits the header; any where none does.

    Raises:
        InputError: several do.
    """
    splitting = [mark for mark in possible if len(headers[mark]) > 1]
    if len(splitting) > 1:
        marks = join_or(translate_deferred(_DELIMITER_NAMES[mark]) for mark in splitting)
        msg = _(
            "{name}, line 1: the separator may be {marks}; use one of them only",
            name=name,
            marks=marks,
        )
        raise InputError(msg)
    return (splitting or possible)[0]


# ---- strict tables


def _read_rows(
    records: _NumberedRecords, width: int, max_rows: int, name: str, messages: list[str]
) -> tuple[list[list[str]], list[int]]:
    """Rows of one width with their lines; empty rows and text below the table are left out."""
    rows: list[list[str]] = []
    lines: list[int] = []
    blank = pending = 0
    for line, record in records:
        if len(rows) + blank + pending >= max_rows:
            msg = _("{name}: more than {limit:,} rows; split the file", name=name, limit=max_rows)
            raise InputError(msg)
        if not any(record):
            pending += 1
            continue
        if rows and _is_below_table(record, width, is_after_blank=pending > 0):
            _check_nothing_follows(records, width, f"{name}, line {line}", record)
            messages.append(_below_table_message(name, line, record))
            break
        record = _resize(record, width, f"{name}, line {line}")  # noqa: PLW2901
        blank, pending = blank + pending, 0
        rows.append(record)
        lines.append(line)
    if not rows:
        msg = _("{name}: has a header but no rows; add at least one", name=name)
        raise InputError(msg)
    if blank:
        messages.append(_("{name}: {blank} empty rows were left out", name=name, blank=blank))
    return rows, lines


def _is_below_table(record: list[str], width: int, *, is_after_blank: bool) -> bool:
    """Whether a record begins something else: a sentence in one cell, or a second table."""
    if any(map(is_date_like, record)):
        return False
    filled = [cell for cell in record if cell]
    is_sentence = len(filled) == 1 and len(filled[0].split()) >= MIN_SENTENCE_LENGTH
    return is_sentence or (is_after_blank and len(record) != width)


def _check_nothing_follows(
    records: _NumberedRecords, width: int, place: str, record: list[str]
) -> None:
    """Refuse a line in the middle of a table: the rows below it must not get lost.

    Raises:
        InputError: a row with a date and of the width of the table follows.
    """
    for _line, following in records:
        if len(following) == width and any(map(is_date_like, following)):
            text = display_text(" ".join(record))
            msg = _(
                "{place}: '{text}' is no row of the table, and rows follow it; remove it",
                place=place,
                text=text,
            )
            raise InputError(msg)


def _below_table_message(name: str, line: int, record: list[str]) -> str:
    text = display_text(" ".join(record))
    return _(
        "{name}, line {line}: the table ends here; '{text}' and what follows was left out",
        name=name,
        line=line,
        text=text,
    )


def _resize(record: list[str], width: int, place: str) -> list[str]:
    """The record without empty cells beyond the header.

    Raises:
        InputError: it has more cells, or fewer.
    """
    if len(record) == width:
        return record
    if len(record) < width or any(record[width:]):
        raise InputError(at_place(place, uneven_row_reason(record, width, with_decimals=True)))
    return record[:width]


def _check_header(name: str, header: tuple[str, ...], line: int) -> None:
    if len(header) > MAX_COLUMNS:
        msg = _(
            "{place}: {count:,} columns, at most {limit} are read; drop some",
            place=line_place(name, line),
            count=len(header),
            limit=MAX_COLUMNS,
        )
        raise InputError(msg)
    counts = Counter(column.casefold() for column in header if column)
    duplicates = [column for column in header if counts[column.casefold()] > 1]
    if duplicates:
        msg = _(
            "{place}: the column {column} is there twice; rename one",
            place=line_place(name, line),
            column=display_text(duplicates[0]),
        )
        raise InputError(msg)


def _missing_column_message(name: str, seen: Sequence[str]) -> str:
    return _(
        "{name}, line 1: has no column date (found: {found}); the first line names the columns, "
        "separated by comma, semicolon, tab or |; say on import which column holds the dates "
        "where it has another name",
        name=name,
        found=display_text(", ".join(seen).casefold(), 80) or _("nothing"),
    )


def _complete_header(header: tuple[str, ...], rows: list[list[str]]) -> tuple[str, ...]:
    """The header without empty last columns; a column without a name is called by its place."""
    while len(header) > 1 and not header[-1] and not any(row[-1] for row in rows):
        for row in rows:
            row.pop()
        header = header[:-1]
    return tuple(
        name or _("column {place}", place=place) for place, name in enumerate(header, start=1)
    )


# ---- grids of events


def _grid_header(record: Iterable[str]) -> list[str]:
    names = [tidy_column_name(cell) for cell in record]
    while names and not names[-1]:
        names.pop()
    return names


def _fill_grid(grid: EventGrid, records: _NumberedRecords) -> int:
    """Add the rows; returns the number of empty ones between them."""
    blank = pending = 0
    width = len(grid.header)
    for line, record in records:
        cells = [cell.strip() for cell in record]
        if not any(cells):
            pending += 1
            continue
        blank, pending = blank + pending, 0
        check_row_count(grid.name, len(grid.rows) + 1)
        index = len(grid.rows)
        if len(cells) < width or any(cells[width:]):
            grid.wrong[index] = uneven_row_reason(cells, width)
        grid.rows.append((cells + [""] * width)[:width])
        grid.places.append(_("row {index} (line {line})", index=index + 1, line=line))
    return blank
