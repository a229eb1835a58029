"""A grid: what every format becomes first, cells of text under names, each row with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.sources.file_bytes import shown

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 500


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a file.

    Attributes:
        name: what messages call the file.
        kind: CSV, Excel, JSON or iCalendar.
        header: the names of the columns, as written.
        rows: trimmed cells, as many as names.
        where: where each row stands: `row 3 (line 4)`.
        wrong: why a row cannot be read at all, by its index.
        told: what a person should know about the reading.
    """

    name: str
    kind: str
    header: tuple[str, ...]
    rows: list[list[str]]
    where: list[str]
    wrong: dict[int, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def index(self, column: str) -> int | None:
        """Where a column is, whatever its capitals; None if it is not there."""
        names = [name.casefold() for name in self.header]
        return names.index(column.casefold()) if column.casefold() in names else None


def refuse_many_rows(name: str, count: int) -> None:
    """Refuse a file that has more rows than an import takes.

    Raises:
        InputError: with the limit.
    """
    if count > MAX_ROWS:
        msg = f"{name}: more than {MAX_ROWS:,} rows; split the file"
        raise InputError(msg)


def refuse_many_columns(name: str, count: int) -> None:
    """Refuse a file that has more columns than an import takes.

    Raises:
        InputError: with the limit.
    """
    if count > MAX_COLUMNS:
        msg = f"{name}: {count:,} columns, at most {MAX_COLUMNS} are read; drop some"
        raise InputError(msg)


def uneven_row(cells: list[str], width: int) -> str:
    """Why a row with too few or too many cells is wrong."""
    many = len(cells) > width
    advice = "quote cells that hold the separator" if many else "add the missing separators"
    return (
        f"{len(cells)} fields, {'more' if many else 'fewer'} than the {width} of the header"
        f" ({shown(' '.join(cells))}); {advice}"
    )
