"""Delimited text (CSV): strict tables whose cells stay text, and grids of events.

The delimiter is found from the header alone: the one of `, ; TAB |` under which the needed columns
appear. Nothing is repaired: in a strict table a row with a field too many is refused with its line,
in a grid it is marked wrong.
"""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from dashboard.models.errors import InputError
from dashboard.models.messages import (
    at_place,
    deferred,
    join_and,
    join_or,
    plural,
    translate_deferred,
)
from dashboard.models.messages import translate as _
from dashboard.sources.files.event_grid import (
    EventGrid,
    check_column_count,
    check_row_count,
    match_columns,
    uneven_row_reason,
)
from dashboard.sources.files.text import (
    MAX_BYTES,
    check_size,
    decode_delimited,
    display_name,
    display_text,
    line_place,
    read_bytes,
)

KIND: Final = "CSV"
DELIMITERS: Final = (",", ";", "\t", "|")
MAX_ROWS: Final = 1_500_000
MAX_COLUMNS: Final = 500

_HEADER_SCAN_CHARS: Final = 200_000
_DELIMITER_NAMES: Final = {
    ",": deferred("comma"),
    ";": deferred("semicolon"),
    "\t": deferred("tab"),
    "|": deferred("bar"),
}

_NumberedRecords: TypeAlias = Iterator[tuple[int, list[str]]]
"""Records with the line on which each starts."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """The cells of a file below its header.

    `header` as written (trimmed); `rows` have its length; `lines` are the line numbers on
    which they start; `messages` are notes for the user about the reading.
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
        names = [name.casefold() for name in self.header]
        return names.index(column.casefold()) if column.casefold() in names else None

    def column(self, name: str) -> list[str]:
        """The trimmed cells of a column; empty ones where the file has no such column."""
        index = self.index(name)
        if index is None:
            return [""] * len(self.rows)
        return [row[index].strip() for row in self.rows]

    def column_place(self, column: str) -> str:
        """`file.csv, column rate`."""
        return _("{name}, column {column}", name=self.name, column=display_text(column))

    def place(self, row: int, column: str = "") -> str:
        """`file.csv, row 3 (line 4), column rate`; rows are counted from 1, below the header."""
        values = {"name": self.name, "row": row + 1, "line": self.lines[row]}
        if not column:
            return _("{name}, row {row} (line {line})", **values)
        values["column"] = display_text(column)
        return _("{name}, row {row} (line {line}), column {column}", **values)


def read_table(
    source: Path | bytes,
    needed: Sequence[str],
    *,
    name: str = "",
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> TextTable:
    """Read a delimited file.

    Args:
        source: a path, or the bytes of an upload.
        needed: required columns, in lower case.
        name: of the file in messages; the last part of the path if empty.
        max_bytes: larger files are refused.
        max_rows: longer files are refused.

    Raises:
        InputError: one line that names the file, the row, what is wrong and what to do.
    """
    name = display_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, max_bytes) if isinstance(source, Path) else source
    check_size(name, len(data), max_bytes)
    text, messages = _decode(data, name)
    delimiter, skip = find_delimiter(text, needed, name)
    records = _read_records(text, delimiter, skip, name)
    header = _check_header(name, next((r for _, r in records if any(r)), []), needed)
    rows, lines, blank = _read_rows(records, len(header), max_rows, name)
    if blank:
        messages.append(blank_rows_message(name, blank))
    header = _trim_header(name, header, rows)
    digest = hashlib.sha256(data).hexdigest()
    return TextTable(name, header, rows, lines, delimiter, digest, tuple(messages))


def find_delimiter(text: str, needed: Sequence[str], name: str) -> tuple[str, int]:
    """The delimiter, and how many lines to skip (`sep=;`, which Excel writes, is one).

    Raises:
        InputError: no delimiter shows the needed columns, or more than one does.
    """
    start = text[:_HEADER_SCAN_CHARS]
    stated = _stated_delimiter(start)
    if stated:
        return stated, 1
    headers = {
        mark: [tidy_column_name(cell).casefold() for cell in _first_record(start, mark)]
        for mark in DELIMITERS
    }
    complete = [mark for mark, names in headers.items() if set(needed) <= set(names)]
    if complete:
        return _only_delimiter(complete, headers, name), 0
    raise InputError(_missing_column_message(name, needed, max(headers.values(), key=len)))


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
    delimiter, skip = _find_grid_delimiter(text, mapping, name)
    records = _read_records(text, delimiter, skip, name)
    header = _grid_header(next((r for _, r in records if any(map(str.strip, r))), []))
    check_column_count(name, len(header))
    grid = EventGrid(name, KIND, tuple(header), [], [], {}, messages)
    blank = _fill_grid(grid, records)
    if blank:
        grid.messages.append(blank_rows_message(name, blank))
    return grid


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


def _first_record(text: str, delimiter: str, *, skip_blank: bool = False) -> list[str]:
    """The first record that is not empty; `skip_blank` skips records of blanks too."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return next((r for r in reader if any(map(str.strip, r) if skip_blank else r)), [])
    except csv.Error:
        return []


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
    records: _NumberedRecords, width: int, max_rows: int, name: str
) -> tuple[list[list[str]], list[int], int]:
    """Rows, their lines, and the number of empty rows between them."""
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
        if len(record) != width:
            reason = uneven_row_reason(record, width, with_decimals=True)
            raise InputError(at_place(line_place(name, line), reason))
        blank, pending = blank + pending, 0
        rows.append(record)
        lines.append(line)
    if not rows:
        msg = _("{name}: has a header but no rows; add at least one", name=name)
        raise InputError(msg)
    return rows, lines, blank


def _check_header(name: str, record: list[str], needed: Sequence[str]) -> tuple[str, ...]:
    header = tuple(map(tidy_column_name, record))
    if not {column.casefold() for column in header} >= set(needed):
        raise InputError(_missing_column_message(name, needed, header))
    if len(header) > MAX_COLUMNS:
        msg = _(
            "{name}, line 1: {count:,} columns, at most {limit} are read; drop some",
            name=name,
            count=len(header),
            limit=MAX_COLUMNS,
        )
        raise InputError(msg)
    counts = Counter(column.casefold() for column in header if column)
    duplicates = [column for column in header if counts[column.casefold()] > 1]
    if duplicates:
        msg = _(
            "{name}, line 1: the column {column} is there twice; rename one",
            name=name,
            column=display_text(duplicates[0]),
        )
        raise InputError(msg)
    return header


def _missing_column_message(name: str, needed: Sequence[str], seen: Sequence[str]) -> str:
    return _(
        "{name}, line 1: has no column {needed} (found: {found}); the first line names "
        "the columns, separated by comma, semicolon, tab or |",
        name=name,
        needed=join_and(needed),
        found=display_text(", ".join(seen), 80) or _("nothing"),
    )


def _trim_header(name: str, header: tuple[str, ...], rows: list[list[str]]) -> tuple[str, ...]:
    """The header without an empty last column (a delimiter that ends every line)."""
    if header[-1] == "" and not any(row[-1] for row in rows):
        for row in rows:
            row.pop()
        header = header[:-1]
    if "" in header:
        msg = _(
            "{name}, line 1: column {index} has no name; name or remove it",
            name=name,
            index=header.index("") + 1,
        )
        raise InputError(msg)
    return header


# ---- grids of events


def _find_grid_delimiter(text: str, mapping: Mapping[str, str], name: str) -> tuple[str, int]:
    """The delimiter, and how many lines to skip."""
    start = text[:_HEADER_SCAN_CHARS]
    stated = _stated_delimiter(start)
    if stated:
        return stated, 1
    headers = {m: _grid_header(_first_record(start, m, skip_blank=True)) for m in DELIMITERS}
    dated = [mark for mark in DELIMITERS if "date" in match_columns(headers[mark], mapping)]
    if dated:
        return _only_delimiter(dated, headers, name), 0
    return max(DELIMITERS, key=lambda mark: len(headers[mark])), 0


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
