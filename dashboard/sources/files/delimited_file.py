"""Delimited text (CSV): strict tables whose cells stay text, and grids of events.

The delimiter is found from the header alone: the one of `, ; TAB |` under which the needed columns
appear. Nothing is repaired: in a strict table a row with a field too many is refused with its line.
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
from typing import Final

from dashboard.models.errors import InputError
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
    read_bytes,
)

# ------------------------------------------------------------
# Strict reading of a delimited text file: every cell stays text, every row has its place.
#
# The separator is told from the header alone: the one of `, ; TAB |` under which the needed
# columns appear. Nothing is repaired: a row with a field too many is refused with its line.


DELIMITERS: Final = (",", ";", "\t", "|")
MAX_ROWS: Final = 1_500_000
MAX_COLUMNS: Final = 500

_HEADER_SCAN_CHARS: Final = 200_000
_DELIMITER_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class TextTable:
    """The cells of a file below its header.

    `header` as written (trimmed); `rows` have its length; `lines` are the line numbers on
    which they start; `messages` what a person should know about the reading.
    """

    name: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    sha256: str
    messages: tuple[str, ...] = field(default=())

    def index(self, column: str) -> int | None:
        """Where a column is, whatever its capitals; None if it is not there."""
        names = [name.casefold() for name in self.header]
        return names.index(column.casefold()) if column.casefold() in names else None

    def column(self, name: str) -> list[str]:
        """The trimmed cells of a column; empty ones where the file has no such column."""
        index = self.index(name)
        if index is None:
            return [""] * len(self.rows)
        return [row[index].strip() for row in self.rows]

    def place(self, row: int, column: str = "") -> str:
        """`file.csv, row 3 (line 4), column rate`; rows are counted from 1, below the header."""
        where = f"{self.name}, row {row + 1} (line {self.lines[row]})"
        return f"{where}, column {display_text(column)}" if column else where


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
        needed: columns without which the file is of no use, in lower case.
        name: what messages call the file; the last part of the path if empty.
        max_bytes: larger files are refused.
        max_rows: longer files are refused.

    Raises:
        InputError: one line that names the file, the row, what is wrong and what to do.
    """
    called = display_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, max_bytes) if isinstance(source, Path) else source
    check_size(called, len(data), max_bytes)
    text, messages = decode_delimited(data, called)
    if not text.strip():
        msg = f"{called}: is empty; give a file with a header and at least one row"
        raise InputError(msg)
    delimiter, skip = find_delimiter(text, needed, called)
    records = _RecordReader(called, text, delimiter, skip)
    header = _check_header(called, records.header(), needed)
    rows, lines, blank = records.read(len(header), max_rows)
    if blank:
        messages.append(f"{called}: {blank} empty rows were left out")
    header = _trim_header(called, header, rows)
    digest = hashlib.sha256(data).hexdigest()
    return TextTable(called, header, rows, lines, delimiter, digest, tuple(messages))


def find_delimiter(text: str, needed: Sequence[str], name: str) -> tuple[str, int]:
    """The separator, and how many lines to skip (`sep=;`, which Excel writes, is one).

    Raises:
        InputError: no separator shows the needed columns, or more than one does.
    """
    start = text[:_HEADER_SCAN_CHARS]
    stated = start.partition("\n")[0].rstrip("\r").strip('"').casefold()
    if stated.startswith("sep=") and len(stated) == len("sep=") + 1:
        mark = stated[-1]
        if mark in DELIMITERS:
            return mark, 1
    headers = {mark: _header_names(_first_table_record(start, mark)) for mark in DELIMITERS}
    found = [mark for mark, names in headers.items() if set(needed) <= set(names)]
    split = [mark for mark in found if len(headers[mark]) > 1]
    if len(split) == 1 or (found and not split):
        return (split or found)[0], 0
    if split:
        marks = " or ".join(_DELIMITER_NAMES[mark] for mark in split)
        msg = f"{name}, line 1: the separator may be {marks}; use one of them only"
        raise InputError(msg)
    raise InputError(_missing_column_message(name, needed, max(headers.values(), key=len)))


def _missing_column_message(name: str, needed: Sequence[str], seen: Sequence[str]) -> str:
    return (
        f"{name}, line 1: has no column {' and '.join(needed)} (found:"
        f" {display_text(', '.join(seen), 80) or 'nothing'}); the first line names the columns,"
        " separated by comma, semicolon, tab or |"
    )


class _RecordReader:
    """The records of a text, with the line on which each starts."""

    def __init__(self, name: str, text: str, delimiter: str, skip: int) -> None:
        lines = io.StringIO(text, newline="")
        for _ in range(skip):
            lines.readline()
        self._name, self._skip = name, skip
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)

    def header(self) -> list[str]:
        """The first record that is not blank."""
        return next((record for _, record in self._all() if any(record)), [])

    def read(self, width: int, max_rows: int) -> tuple[list[list[str]], list[int], int]:
        """Rows, their lines, and how many empty rows lay between them."""
        rows: list[list[str]] = []
        lines: list[int] = []
        blank = pending = 0
        for line, record in self._all():
            if len(rows) + blank + pending >= max_rows:
                msg = f"{self._name}: more than {max_rows:,} rows; split the file"
                raise InputError(msg)
            if not any(record):
                pending += 1
                continue
            if len(record) != width:
                raise InputError(self._ragged(line, record, width))
            blank, pending = blank + pending, 0
            rows.append(record)
            lines.append(line)
        if not rows:
            msg = f"{self._name}: has a header but no rows; add at least one"
            raise InputError(msg)
        return rows, lines, blank

    def _all(self) -> Iterable[tuple[int, list[str]]]:
        while True:
            start = self._reader.line_num + self._skip + 1
            try:
                record = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise InputError(self._broken(start, str(error))) from None
            yield start, record

    def _broken(self, line: int, error: str) -> str:
        if "unexpected end" in error:
            return f"{self._name}, line {line}: a quote is opened and never closed; close it"
        if "field larger" in error:
            return f"{self._name}, line {line}: a cell is longer than 131,072 characters; cut it"
        return (
            f"{self._name}, line {line}: text follows a closing quote;"
            ' write a quote inside a quoted cell twice ("")'
        )

    def _ragged(self, line: int, record: list[str], width: int) -> str:
        many = "more" if len(record) > width else "fewer"
        advice = (
            "quote cells that hold the separator (a decimal comma too)"
            if len(record) > width
            else "add the missing separators"
        )
        return (
            f"{self._name}, line {line}: {len(record)} fields, {many} than the {width} of the"
            f" header ({display_text(' '.join(record))}); {advice}"
        )


def _first_table_record(text: str, delimiter: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return next((record for record in reader if any(record)), [])
    except csv.Error:
        return []


def _header_names(record: list[str]) -> list[str]:
    return [_tidy_table_name(name).casefold() for name in record]


def _tidy_table_name(name: str) -> str:
    """A column name in NFC, without invisible characters and blanks around it."""
    kept = "".join(c if unicodedata.category(c) != "Cc" else " " for c in name)
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _check_header(name: str, record: list[str], needed: Sequence[str]) -> tuple[str, ...]:
    header = tuple(map(_tidy_table_name, record))
    if not {column.casefold() for column in header} >= set(needed):
        raise InputError(_missing_column_message(name, needed, header))
    if len(header) > MAX_COLUMNS:
        msg = f"{name}, line 1: {len(header):,} columns, at most {MAX_COLUMNS} are read; drop some"
        raise InputError(msg)
    counts = Counter(column.casefold() for column in header if column)
    twice = [column for column in header if counts[column.casefold()] > 1]
    if twice:
        msg = f"{name}, line 1: the column {display_text(twice[0])} is there twice; rename one"
        raise InputError(msg)
    return header


def _trim_header(name: str, header: tuple[str, ...], rows: list[list[str]]) -> tuple[str, ...]:
    """The header without an empty last column (a separator that ends every line)."""
    if header[-1] == "" and not any(row[-1] for row in rows):
        for row in rows:
            row.pop()
        header = header[:-1]
    if "" in header:
        msg = f"{name}, line 1: column {header.index('') + 1} has no name; name or remove it"
        raise InputError(msg)
    return header


# ------------------------------------------------------------
# Delimited text as a grid: separator told by the header, every cell as it is written.


KIND: Final = "CSV"
GRID_DELIMITERS: Final = (",", ";", "\t", "|")

_GRID_HEADER_SCAN_CHARS: Final = 200_000
_GRID_DELIMITER_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def read_csv(data: bytes, name: str, said: Mapping[str, str]) -> EventGrid:
    """The cells of a file with separators; a row of another width is marked wrong.

    Args:
        data: the bytes of the file.
        name: what messages call it.
        said: columns by field, as the person named them; they help to tell the separator.

    Raises:
        InputError: the file as a whole cannot be read; the line says why and what to do.
    """
    text, told = decode_delimited(data, name)
    if not text.strip():
        msg = f"{name}: is empty; give a file with a header and at least one row"
        raise InputError(msg)
    mark, skip = _find_grid_delimiter(text, said, name)
    records = _grid_records(text, mark, skip, name)
    header = _grid_header(next((r for _, r in records if any(map(str.strip, r))), []))
    check_column_count(name, len(header))
    grid = EventGrid(name, KIND, tuple(header), [], [], {}, told)
    blank = _fill_grid(grid, records)
    if blank:
        grid.told.append(f"{name}: {blank} empty rows were left out")
    return grid


def _fill_grid(grid: EventGrid, records: Iterator[tuple[int, list[str]]]) -> int:
    """Take the rows in; how many empty ones lay between them."""
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
        grid.where.append(f"row {index + 1} (line {line})")
    return blank


def tidy_column_name(name: str) -> str:
    """A column name in NFC, without invisible characters and blanks around it."""
    kept = "".join(c if unicodedata.category(c) != "Cc" else " " for c in name)
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _grid_header(record: list[str]) -> list[str]:
    names = [tidy_column_name(cell) for cell in record]
    while names and not names[-1]:
        names.pop()
    return names


def _find_grid_delimiter(text: str, said: Mapping[str, str], name: str) -> tuple[str, int]:
    """The separator, and how many lines to skip (`sep=;`, which Excel writes, is one)."""
    start = text[:_GRID_HEADER_SCAN_CHARS]
    stated = start.partition("\n")[0].strip().strip('"').casefold()
    if stated.startswith("sep=") and stated[4:] in GRID_DELIMITERS:
        return stated[4:], 1
    headers = {mark: _grid_header(_first_grid_record(start, mark)) for mark in GRID_DELIMITERS}
    dated = [mark for mark in GRID_DELIMITERS if "date" in match_columns(headers[mark], said)]
    split = [mark for mark in dated if len(headers[mark]) > 1]
    if len(split) > 1:
        marks = " or ".join(_GRID_DELIMITER_NAMES[mark] for mark in split)
        msg = f"{name}, line 1: the separator may be {marks}; use one of them only"
        raise InputError(msg)
    if dated:
        return (split or dated)[0], 0
    return max(GRID_DELIMITERS, key=lambda mark: len(headers[mark])), 0


def _first_grid_record(text: str, mark: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        return next((record for record in reader if any(map(str.strip, record))), [])
    except csv.Error:
        return []


def _grid_records(text: str, mark: str, skip: int, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line on which it starts."""
    lines = io.StringIO(text, newline="")
    for _ in range(skip):
        lines.readline()
    reader = csv.reader(lines, delimiter=mark, strict=True)
    while True:
        line = reader.line_num + skip + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name}, line {line}: {_csv_error_reason(str(error))}") from None
        yield line, record


def _csv_error_reason(error: str) -> str:
    if "unexpected end" in error:
        return "a quote is opened and never closed; close it"
    if "field larger" in error:
        return "a cell is longer than 131,072 characters; cut it"
    return 'text follows a closing quote; write a quote inside a quoted cell twice ("")'
