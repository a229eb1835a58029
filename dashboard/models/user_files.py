"""Files of a user: their formats, how they are read, and what an import did.

Text that a spreadsheet would run as a formula is escaped here, and read back unescaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from dashboard.models.currencies import AS_QUOTED_OPTION
from dashboard.models.event import EVENT_FIELDS, Event

if TYPE_CHECKING:
    from dashboard.models.series import RateSeries


# ---- formats that are written


CsvDialect: TypeAlias = Literal["plain", "excel", "excel-ru"]
"""CSV for programs, for spreadsheets, and for an Excel with Russian settings."""
FileFormat: TypeAlias = Literal["plain", "excel", "excel-ru", "xlsx"]
"""The formats of the file of a table: CSV in a dialect, or a workbook of Excel."""


# ---- event files


DateOrder: TypeAlias = Literal["dmy", "mdy"]
"""Whether 03/04/2025 is the third of April (`dmy`) or the fourth of March (`mdy`)."""

EVENT_FILE_FIELDS: Final = (
    "time", "end_time", "all_day", *(field.column for field in EVENT_FIELDS)
)  # fmt: skip
"""What a column of a file can hold; `time` is the clock of `zone`, `time_utc` is UTC."""


@dataclass(frozen=True, slots=True)
class EventFileOptions:
    """How a file is to be read, as its user says; what is not said is inferred or requested.

    Attributes:
        columns: which column holds a field, by field (of `EVENT_FILE_FIELDS`); "" where none does.
        dates: the order of day and month in dates that could be two.
        zone: the time zone of times that have none.
        sheet: the sheet of a workbook.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder | None = None
    zone: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class EventFileRow:
    """One row of a file: an event, or the reason why it is none.

    Attributes:
        place: `file.csv, row 3 (line 4)`.
        event: as it was read; None where the row is wrong.
        wrong: `column date: … and what to do`; empty where it was read.
        messages: messages for the user about the row, whole sentences.
    """

    place: str
    event: Event | None = None
    wrong: str = ""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateOrderQuestion:
    """Which comes first in a date that can be two.

    Attributes:
        example: a date as the file writes it: `03/04/2025`.
        day_first: what it is with the day first.
        month_first: what it is with the month first.
        read_as: the order it was read in; None where the user has to say it.
    """

    example: str
    day_first: date
    month_first: date
    read_as: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class EventFileOutline:
    """What a file is before its rows are read, for a user who says how to read it.

    Attributes:
        kind: CSV, Excel, JSON or iCalendar.
        header: the names of its columns; none where no sheet is chosen or it has no columns.
        fields: the column of each field, by its name or as the user said.
        sheets: the sheets of a workbook that can be read; empty for other kinds.
        sheet: the one that would be read; empty where the user has to choose.
    """

    kind: str
    header: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class EventFileRows:
    """A file of events as it was read, row by row.

    Attributes:
        name: what messages call the file; safe to show, never a path.
        kind: CSV, Excel, JSON or iCalendar.
        sha256: of its bytes.
        columns: which column was read as which field, in the order of the file.
        rows: in the order of the file.
        messages: messages for the user about the reading as a whole.
        dates: which comes first, day or month, where the file has dates that can be two.
        zoneless: how many times of day came without a zone of their own.
    """

    name: str
    kind: str
    sha256: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[EventFileRow, ...]
    messages: tuple[str, ...] = ()
    dates: DateOrderQuestion | None = None
    zoneless: int = 0


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import on record: the file, who imported it and when, and the counts of its rows.

    `id`, `at`, `undone_at` and `undone_by` are set by the store; a new record has none.
    """

    file_name: str
    kind: str
    sha256: str
    rows: int
    added: int
    duplicates: int
    wrong: int
    author: str = ""
    id: str = ""
    at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class ImportUndo:
    """The result of undoing an import.

    Attributes:
        record: the import, now with when and by whom it was undone.
        removed: how many notes were removed.
        changed: notes that were changed since; they are not removed.
        already_removed: how many had been removed before.
    """

    record: ImportRecord
    removed: int
    changed: tuple[Event, ...]
    already_removed: int


# ---- rate files


RateDateOrder: TypeAlias = Literal["", "dmy", "mdy"]
BarStamps: TypeAlias = Literal["", "begin", "end"]
FileKind: TypeAlias = Literal["", "price", "odds", "tone", "volume", "index"]
"""What the numbers of a file count; empty: a price, or what the form of the file shows."""

IMPORTED_PREFIX: Final = "own_"
"""Prefix of the ids of imported series."""


@dataclass(frozen=True, slots=True)
class RateFileOptions:
    """What the user says about a file, because the file itself cannot.

    Attributes:
        quote: what the numbers count: two currencies as `rub-per-usd`, whose subject the table
            of currencies says; `as-quoted`: the pair that a column is named by (`USD/UAH`), else
            moves are those of the number.
        columns: read only these; None reads those that hold rates by their name.
        factors: read these besides, where the file has them.
        date: the column of the dates; empty where its name shows it.
        sheet: the sheet of a workbook; empty where only one holds dates.
        dates: which comes first in 03/04/2025, the day or the month; empty: not said.
        zone: the time zone of times of day without an offset; empty: not said.
        stamps: whether a bar is stamped when it begins or when it ends; empty: not said.
        kind: what the numbers count; empty: not said.
    """

    quote: str = AS_QUOTED_OPTION
    columns: tuple[str, ...] | None = None
    factors: tuple[str, ...] = ()
    date: str = ""
    sheet: str = ""
    dates: RateDateOrder = ""
    zone: str = ""
    stamps: BarStamps = ""
    kind: FileKind = ""


DEFAULT_RATE_OPTIONS: Final = RateFileOptions()


@dataclass(frozen=True, slots=True)
class RateFileContents:
    """What was read: one series a column, and messages for the user about the reading.

    `header` are the columns of the table, `date` is that of the dates, `columns` those of rates.
    """

    name: str
    series: tuple[RateSeries, ...]
    messages: tuple[str, ...]
    sha256: str
    header: tuple[str, ...] = ()
    date: str = ""
    columns: tuple[str, ...] = ()


# ---- formula guard
#
# A spreadsheet runs a cell that starts with `= + - @`; it may also split a cell at a comma,
# semicolon, bar or line break when its own separator differs from the file's. So the quote
# stands before a dangerous character at the start of the text and after each separator; blanks,
# quotes and invisible characters in between do not count. Exactly one quote is added at each
# such place, so `unescape_formula(guard(text)) == text` for every text.


ESCAPE_PREFIX: Final = "'"
FORMULA_CHARACTERS: Final = frozenset("=+-@\t\r\0＝＋－＠﹦﹢﹣﹫")
_SEPARATORS: Final = frozenset(",;|\n\v\f\x85\u2028\u2029")
_SKIPPED: Final = frozenset(
    " \"'\u00a0\u00ad\u1680\u180e\u202f\u205f\u3000\ufeff"
    + "".join(map(chr, range(0x2000, 0x2010)))
    + "".join(map(chr, range(0x202A, 0x202F)))
    + "".join(map(chr, range(0x2060, 0x2070)))
)


def escape_formula(text: str) -> str:
    """The text with a quote before every character that could start a formula."""
    if FORMULA_CHARACTERS.isdisjoint(text):
        return text
    out: list[str] = []
    at_start = True
    for character in text:
        if at_start and character in FORMULA_CHARACTERS:
            out.append(ESCAPE_PREFIX)
        out.append(character)
        at_start = _starts_cell(character, at_start)
    return "".join(out)


def unescape_formula(text: str) -> str:
    """The text that `escape_formula` was given."""
    if ESCAPE_PREFIX not in text:
        return text
    out: list[str] = []
    at_start = True
    for character, following in zip(text, [*text[1:], ""], strict=True):
        if at_start and character == ESCAPE_PREFIX and following in FORMULA_CHARACTERS:
            continue
        out.append(character)
        at_start = _starts_cell(character, at_start)
    return "".join(out)


def _starts_cell(character: str, at_start: bool) -> bool:  # noqa: FBT001 - a state, not a switch
    """Whether what follows `character` could be taken for the start of a cell."""
    return character in _SEPARATORS or (at_start and character in _SKIPPED)
