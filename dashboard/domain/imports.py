"""An import of events: how a file is to be read, what it held, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from dashboard.domain.event import Event

DateOrder: TypeAlias = Literal["dmy", "mdy"]
"""Whether 03/04/2025 is the third of April (`dmy`) or the fourth of March (`mdy`)."""

FIELDS: Final = (
    "date", "time", "time_utc", "zone", "end_date", "title", "text", "category", "expected",
    "source_url", "tags", "author", "actor", "source_name", "series", "id", "confidence",
    "origin", "created", "updated", "revision", "visibility", "hour_kind", "reported_utc",
)  # fmt: skip
"""What a column of a file can hold; `time` is the clock of `zone`, `time_utc` is UTC."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person said about a file before it is read; nothing said: it is told or asked.

    Attributes:
        columns: which column holds a field, by field (of `FIELDS`); "" where none does.
        dates: the order of day and month in dates that could be two.
        zone: the time zone of times that have none.
        sheet: the sheet of a workbook.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder | None = None
    zone: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a file: an event, or the reason why it is none.

    Attributes:
        place: `file.csv, row 3 (line 4)`.
        event: as it was read; None where the row is wrong.
        wrong: `column date: … and what to do`; empty where it was read.
        told: what a person should know about the row, whole sentences.
    """

    place: str
    event: Event | None = None
    wrong: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateQuestion:
    """Which comes first in a date that can be two.

    Attributes:
        example: a date as the file writes it: `03/04/2025`.
        day_first: what it is with the day first.
        month_first: what it is with the month first.
        read_as: the order it was read in; None where a person has to say it.
    """

    example: str
    day_first: date
    month_first: date
    read_as: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file is before its rows are read, for a person who says how to read it.

    Attributes:
        kind: CSV, Excel, JSON or iCalendar.
        header: the names of its columns; none where no sheet is chosen or it has no columns.
        fields: the column of each field, as its name tells or as a person said.
        sheets: the sheets of a workbook that can be read; empty for other kinds.
        sheet: the one that would be read; empty where a person has to choose.
    """

    kind: str
    header: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class EventRows:
    """A file of events as it was read, row by row.

    Attributes:
        name: what messages call the file; safe to show, never a path.
        kind: CSV, Excel, JSON or iCalendar.
        sha256: of its bytes.
        columns: which column was read as which field, in the order of the file.
        rows: in the order of the file.
        messages: what a person should know about the reading as a whole.
        dates: which comes first, day or month, where the file has dates that can be two.
        zoneless: how many times of day came without a zone of their own.
    """

    name: str
    kind: str
    sha256: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[FileRow, ...]
    messages: tuple[str, ...] = ()
    dates: DateQuestion | None = None
    zoneless: int = 0


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import on record: the file, who took it in and when, what came of its rows.

    `id`, `at` and the two of the undoing are the store's; a new record has none.
    """

    file_name: str
    kind: str
    sha256: str
    rows: int
    added: int
    duplicates: int
    wrong: int
    who: str = ""
    id: str = ""
    at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class UndoneImport:
    """What the undoing of an import did.

    Attributes:
        record: the import, now with when and by whom it was undone.
        removed: how many notes were removed.
        kept: notes that somebody changed since; they stay.
        gone: how many had been removed before.
    """

    record: ImportRecord
    removed: int
    kept: tuple[Event, ...]
    gone: int
