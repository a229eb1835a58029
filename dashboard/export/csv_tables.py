"""CSV files of tables: UTF-8, ISO dates, full precision, RFC 4180.

Three dialects: `plain` ends lines with LF; `excel` starts with a byte order mark and ends lines
with CRLF, so that spreadsheets detect the encoding; `excel-ru` has semicolons and decimal commas
too, as an Excel with Russian settings reads them: with points it takes 11.6 for 11 June. Missing
values are empty. Text is escaped against formulas; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final

import numpy as np

from dashboard.models.tables import Cells, Column, ColumnKind, Table
from dashboard.models.user_files import ESCAPE_PREFIX, CsvDialect, escape_formula

CHUNK_ROWS: Final = 5_000
BOM: Final = b"\xef\xbb\xbf"

_CONTROL_CHARACTERS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WINDOW_PATTERN: Final = re.compile(r"\[-?\d+,-?\d+\]")
_DATE_LIKE: Final = re.compile(r"(?!\d{4}-\d\d-\d\d$)\s*\d{1,4}(?:\s*[-./,:]\s*\d{1,4}){1,2}\s*")
"""Text that a Russian Excel takes for a date or an hour; ISO dates are meant as such."""


def csv_bytes(table: Table, rows: Iterable[Cells], dialect: CsvDialect = "plain") -> bytes:
    """The whole file of a table.

    Args:
        table: its columns.
        rows: cells in the order of the columns; NaN and None are missing values.
        dialect: `plain`, `excel` or `excel-ru`.

    Raises:
        ValueError: a tuple has more or fewer cells than the table has columns.
    """
    return b"".join(csv_chunks(table, rows, dialect))


def csv_chunks(
    table: Table, rows: Iterable[Cells], dialect: CsvDialect = "plain"
) -> Iterator[bytes]:
    """The file of a table in chunks, for tables too long for memory."""
    yield (b"" if dialect == "plain" else BOM) + _encode_lines([table.header], dialect)
    source = iter(rows)
    cells = _CellFormatter(dialect)
    while chunk := list(islice(source, CHUNK_ROWS)):
        columns = zip(*chunk, strict=True)
        written = [
            cells.column(column, values)
            for column, values in zip(table.columns, columns, strict=True)
        ]
        yield _encode_lines(zip(*written, strict=True), dialect)


def clean_text(text: str) -> str:
    r"""Text without control characters; line ends become `\n`, tabs a space."""
    if text.isascii() and text.isprintable():
        return text
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _CONTROL_CHARACTERS.sub(lambda m: "" if m.group() < "\u0100" else "\ufffd", unified)


def safe_file_name(text: str, fallback: str = "export", limit: int = 120) -> str:
    """A file name of ASCII letters, digits, `.`, `_` and `-` that starts with a letter or digit.

    Path separators, formulas, quotes and invisible characters are replaced; the extension is
    preserved by the limit.
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9._]+", "-", ascii_only)).strip("-._")
    stem, dot, extension = name.rpartition(".")
    stem_limit = max(limit - len(dot) - len(extension), 1)
    return f"{stem[:stem_limit]}{dot}{extension}"[:limit] or fallback


def _encode_lines(rows: Iterable[Iterable[Any]], dialect: CsvDialect) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(
        out,
        delimiter=";" if dialect == "excel-ru" else ",",
        lineterminator="\n" if dialect == "plain" else "\r\n",
    ).writerows(rows)
    return out.getvalue().encode("utf-8")


class _CellFormatter:
    """Formats columns; caches texts, because ids repeat on many rows."""

    def __init__(self, dialect: CsvDialect) -> None:
        self._texts: dict[str, str] = {}
        self._is_russian = dialect == "excel-ru"
        self._writers: dict[ColumnKind, Callable[[Any], object]] = {
            "text": self._text,
            "number": _format_russian_number if self._is_russian else _format_number,
            "int": lambda value: None if value is None else int(value),
            "date": _format_date,
            "moment": _format_timestamp,
            "window": self._window,
        }

    def column(self, column: Column, values: Iterable[Any]) -> list[object]:
        write = self._writers[column.kind]
        return [write(value) for value in values]

    def _text(self, value: object) -> str | None:
        if value is None:
            return None
        text = str(value)
        written = self._texts.get(text)
        if written is None:
            written = escape_formula(clean_text(text))
            if self._is_russian and _DATE_LIKE.fullmatch(written):
                written = ESCAPE_PREFIX + written
            self._texts[text] = written
        return written

    def _window(self, value: object) -> str | None:
        return (
            value
            if isinstance(value, str) and _WINDOW_PATTERN.fullmatch(value)
            else self._text(value)
        )


def _format_number(value: Any) -> float | None:
    if value is None or value != value:  # noqa: PLR0124 - NaN is the number unequal to itself
        return None
    return float(value) + 0.0


def _format_russian_number(value: Any) -> str | None:
    number = _format_number(value)
    return None if number is None else repr(number).replace(".", ",")


def _format_date(value: date | np.datetime64 | str | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    text = value.isoformat() if isinstance(value, date) else str(value)
    return None if text == "NaT" else text[:10]


def _format_timestamp(value: datetime | np.datetime64 | str | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    return None if np.isnat(value) else f"{value.astype('datetime64[s]')}Z"
