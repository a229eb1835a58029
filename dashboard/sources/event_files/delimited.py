"""Delimited text as a grid: separator told by the header, every cell as it is written."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.sources.event_files.columns import fields_of
from dashboard.sources.event_files.grid import (
    Grid,
    refuse_many_columns,
    refuse_many_rows,
    uneven_row,
)
from dashboard.sources.file_bytes import decode

KIND: Final = "CSV"
DELIMITERS: Final = (",", ";", "\t", "|")

_HEADER_REACH: Final = 200_000
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def read_delimited(data: bytes, name: str, said: Mapping[str, str]) -> Grid:
    """The cells of a file with separators; a row of another width is marked wrong.

    Args:
        data: the bytes of the file.
        name: what messages call it.
        said: columns by field, as the person named them; they help to tell the separator.

    Raises:
        InputError: the file as a whole cannot be read; the line says why and what to do.
    """
    text, told = decode(data, name)
    if not text.strip():
        msg = f"{name}: is empty; give a file with a header and at least one row"
        raise InputError(msg)
    mark, skip = _separator(text, said, name)
    records = _records(text, mark, skip, name)
    header = _header(next((r for _, r in records if any(map(str.strip, r))), []))
    refuse_many_columns(name, len(header))
    grid = Grid(name, KIND, tuple(header), [], [], {}, told)
    blank = _fill(grid, records)
    if blank:
        grid.told.append(f"{name}: {blank} empty rows were left out")
    return grid


def _fill(grid: Grid, records: Iterator[tuple[int, list[str]]]) -> int:
    """Take the rows in; how many empty ones lay between them."""
    blank = pending = 0
    width = len(grid.header)
    for line, record in records:
        cells = [cell.strip() for cell in record]
        if not any(cells):
            pending += 1
            continue
        blank, pending = blank + pending, 0
        refuse_many_rows(grid.name, len(grid.rows) + 1)
        index = len(grid.rows)
        if len(cells) < width or any(cells[width:]):
            grid.wrong[index] = uneven_row(cells, width)
        grid.rows.append((cells + [""] * width)[:width])
        grid.where.append(f"row {index + 1} (line {line})")
    return blank


def tidy_name(name: str) -> str:
    """A column name in NFC, without invisible characters and blanks around it."""
    kept = "".join(c if unicodedata.category(c) != "Cc" else " " for c in name)
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _header(record: list[str]) -> list[str]:
    names = [tidy_name(cell) for cell in record]
    while names and not names[-1]:
        names.pop()
    return names


def _separator(text: str, said: Mapping[str, str], name: str) -> tuple[str, int]:
    """The separator, and how many lines to skip (`sep=;`, which Excel writes, is one)."""
    start = text[:_HEADER_REACH]
    stated = start.partition("\n")[0].strip().strip('"').casefold()
    if stated.startswith("sep=") and stated[4:] in DELIMITERS:
        return stated[4:], 1
    headers = {mark: _header(_first_record(start, mark)) for mark in DELIMITERS}
    dated = [mark for mark in DELIMITERS if "date" in fields_of(headers[mark], said)]
    split = [mark for mark in dated if len(headers[mark]) > 1]
    if len(split) > 1:
        marks = " or ".join(_NAMES[mark] for mark in split)
        msg = f"{name}, line 1: the separator may be {marks}; use one of them only"
        raise InputError(msg)
    if dated:
        return (split or dated)[0], 0
    return max(DELIMITERS, key=lambda mark: len(headers[mark])), 0


def _first_record(text: str, mark: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        return next((record for record in reader if any(map(str.strip, record))), [])
    except csv.Error:
        return []


def _records(text: str, mark: str, skip: int, name: str) -> Iterator[tuple[int, list[str]]]:
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
            raise InputError(f"{name}, line {line}: {_broken(str(error))}") from None
        yield line, record


def _broken(error: str) -> str:
    if "unexpected end" in error:
        return "a quote is opened and never closed; close it"
    if "field larger" in error:
        return "a cell is longer than 131,072 characters; cut it"
    return 'text follows a closing quote; write a quote inside a quoted cell twice ("")'
