"""Event files of every format, read row by row: an event, or the reason why it is none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final

from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, Event
from dashboard.models.user_files import (
    DateOrderQuestion,
    EventFileOptions,
    EventFileOutline,
    EventFileRow,
    EventFileRows,
)
from dashboard.sources.files import delimited_file, excel_file, icalendar_file, json_file
from dashboard.sources.files.date_formats import (
    LocalTime,
    ambiguous_days,
    resolve_day_order,
    resolve_time,
    split_date_time,
    to_iso_date,
)
from dashboard.sources.files.event_grid import (
    EXPORT_COLUMNS,
    MAX_BYTES,
    EventGrid,
    EventReader,
    choose_columns,
    match_columns,
)
from dashboard.sources.files.text import check_size, display_name, display_text, read_bytes

# ------------------------------------------------------------
# A grid under the names of our fields, with its days and times brought to one form.


MIDNIGHT_TIMES: Final = frozenset({"0:00", "00:00", "00:00:00", "0:00:00", "00:00:00.000"})


@dataclass(slots=True)
class EventColumns:
    """Columns of text by field.

    Attributes:
        grid: where they come from.
        fields: the column of each field, as the file calls it.
        cells: trimmed cells by field; `time` is resolved into `time_utc`.
        wrong: why a row cannot be read, with its place, by its index.
        told: what a person should know.
        dates: which comes first in dates that can be two.
        zoneless: how many times of day came without a zone of their own.
    """

    grid: EventGrid
    fields: Mapping[str, str]
    cells: dict[str, list[str]]
    wrong: dict[int, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    dates: DateOrderQuestion | None = None
    zoneless: int = 0

    def column(self, name: str) -> list[str]:
        """The cells of a field; empty ones where the file has none."""
        return self.cells.get(name) or [""] * len(self.grid.rows)

    def place(self, row: int, column: str = "") -> str:
        """`file.csv, row 3 (line 4), column Дата`."""
        where = f"{self.grid.name}, {self.grid.where[row]}"
        return (
            f"{where}, column {display_text(self.fields.get(column, column))}" if column else where
        )

    def mark_invalid(self, row: int, column: str, reason: str) -> None:
        """Remember the first reason why a row is wrong."""
        self.wrong.setdefault(row, f"{self.place(row, column)}: {reason}")


def build_columns(
    grid: EventGrid, fields: Mapping[str, str], reading: EventFileOptions
) -> EventColumns:
    """The cells of a grid by field; days are ISO where they are certain, times are UTC.

    Args:
        grid: the file.
        fields: the column of each field.
        reading: the order of dates and the zone of times, where a person said them.
    """
    named = EventColumns(grid, fields, {})
    for name, column in fields.items():
        index = grid.header.index(column)
        named.cells[name] = [row[index] for row in grid.rows]
    for row, reason in grid.wrong.items():
        named.wrong[row] = f"{named.place(row)}: {reason}"
    split = _split_dates_and_times(named)
    _apply_day_order(named, reading)
    _resolve_times(named, split, reading)
    return named


def _split_dates_and_times(named: EventColumns) -> list[tuple[str, str]]:
    """Take the time of day out of the date cells; time and zone of each row."""
    ends = [to_iso_date(split_date_time(cell)[0]) for cell in named.column("end_date")]
    parts = [split_date_time(cell) for cell in named.column("date")]
    named.cells["end_date"] = ends
    named.cells["date"] = [to_iso_date(day) for day, _, _ in parts]
    if all(time in MIDNIGHT_TIMES for _, time, _ in parts if time):
        return [("", "")] * len(parts)  # a spreadsheet's way to write a day
    return [(time, zone) for _, time, zone in parts]


def _apply_day_order(named: EventColumns, reading: EventFileOptions) -> None:
    both = [*named.cells["date"], *named.cells["end_date"]]
    rows = len(named.grid.rows)
    ordered = resolve_day_order(both, reading.dates)
    named.cells["date"], named.cells["end_date"] = ordered.cells[:rows], ordered.cells[rows:]
    for index, reason in ordered.wrong.items():
        column = "date" if index < rows else "end_date"
        named.mark_invalid(index % rows, column, reason)
    if ordered.told:
        named.told.append(f"{named.grid.name}: {ordered.told}")
    if ordered.ambiguous_cell:
        named.dates = DateOrderQuestion(
            display_text(ordered.ambiguous_cell),
            *ambiguous_days(ordered.ambiguous_cell),
            ordered.order,
        )


def _resolve_times(
    named: EventColumns, split: list[tuple[str, str]], reading: EventFileOptions
) -> None:
    stated, zones = named.column("time_utc"), named.column("zone")
    utc = list(stated)
    for row, ((time, zone), own) in enumerate(zip(split, named.column("time"), strict=True)):
        if row in named.wrong or not (time or own):
            continue
        if (time and own) or stated[row]:
            named.mark_invalid(row, "date", "the time of day is given twice; keep one of the two")
            continue
        place = zones[row] or reading.zone
        clock = LocalTime(named.cells["date"][row], time or own, zone, place or MOSCOW)
        try:
            read = resolve_time(clock)
        except ValueError as error:
            named.mark_invalid(row, "date" if time else "time", str(error))
            continue
        if read.is_day_shifted:
            told = f"{named.cells['date'][row]} with its offset is {read.day} in Moscow"
            named.told.append(f"{named.place(row)}: {told}, which was taken")
        utc[row] = read.utc
        named.cells["date"][row] = read.day
        named.zoneless += read.used_default_zone and not zones[row]
    named.cells["time_utc"] = utc
    if reading.zone and not any(zones):
        named.cells["zone"] = [reading.zone if moment else "" for moment in utc]
    if named.zoneless and not reading.zone:
        named.told.append(
            f"{named.grid.name}: {named.zoneless} times have no zone and were read as {MOSCOW};"
            " say their time zone on import if it is another"
        )


# ------------------------------------------------------------
# A file of events, whatever its format, read row by row: an event, or why it is none.


_UNSUPPORTED_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one with a password",
     "save it as .xlsx without one"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ", "an xz archive", "unpack it first"),
    (b"%PDF", "a PDF", "put the events into a table"),
    (b"{\\rtf", "a rich text document", "put the events into a table"),
    (b"SQLite format 3", "a SQLite database", "export the table as CSV"),
    (b"PAR1", "a Parquet file", "export it as CSV"),
    (b"\x89PNG", "a picture", "type the events into a table"),
    (b"\xff\xd8\xff", "a picture", "type the events into a table"),
    (b"GIF8", "a picture", "type the events into a table"),
    (b"\x7fELF", "a program", "give a file of events"),
    (b"MZ\x90", "a program", "give a file of events"),
)  # fmt: skip
_MARKUP: Final = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    rb"<(?P<tag>!doctype\s+\w+|[a-z][\w:.-]*)",
    re.IGNORECASE | re.DOTALL,
)
_FEED_TAGS: Final = frozenset({b"rss", b"feed", b"rdf:rdf"})
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FILE_EXTENSIONS: Final = {
    "csv": delimited_file.KIND, "tsv": delimited_file.KIND, "txt": "", "xlsx": excel_file.KIND,
    "xlsm": excel_file.KIND, "json": json_file.KIND, "ics": icalendar_file.KIND,
}  # fmt: skip


def read_event_rows(
    source: Path | bytes, reading: EventFileOptions, today: date, *, name: str = ""
) -> EventFileRows:
    """Read CSV, Excel, JSON or iCalendar; what a file is, its content says, not its name.

    Args:
        source: a path, or the bytes of an upload.
        reading: what a person said about the file.
        today: the day from which "at most two years ahead" counts.
        name: what messages call an upload.

    Raises:
        InputError: the file as a whole cannot be read; one line with what to do.
    """
    called = display_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, MAX_BYTES) if isinstance(source, Path) else source
    check_size(called, len(data), MAX_BYTES)
    grid = _read_grid(data, called, reading, today)
    if reading.sheet and grid.kind != excel_file.KIND:
        msg = f"{called} is {grid.kind} and has no sheets"
        raise InputError(msg, field="sheet", value=display_text(reading.sheet))
    fields = _match_fields(grid, reading)
    if not grid.rows:
        msg = f"{called}: has a header but no rows; add at least one"
        raise InputError(msg)
    named = build_columns(grid, fields, reading)
    rows = _RowReader(named).all()
    return EventFileRows(
        name=called,
        kind=grid.kind,
        sha256=hashlib.sha256(data).hexdigest(),
        columns=tuple((column, field) for field, column in fields.items()),
        rows=rows,
        messages=(
            *_extension_messages(called, grid.kind),
            *grid.told,
            *named.told,
            *_unused_column_messages(grid, fields),
        ),
        dates=named.dates,
        zoneless=named.zoneless,
    )


def outline_event_file(
    data: bytes, reading: EventFileOptions, today: date, *, name: str = ""
) -> EventFileOutline:
    """What an upload is and has for columns and sheets, before its rows are read.

    Args:
        data: the bytes of the upload.
        reading: what a person said about it so far.
        today: the day from which "at most two years ahead" counts.
        name: what messages call it.

    Raises:
        InputError: it is no file that can be read; one line with what to do.
    """
    called = display_name(name or "file")
    check_size(called, len(data), MAX_BYTES)
    _reject_unsupported(data, called)
    if data.startswith(b"PK"):
        return excel_file.outline_workbook(data, called, reading.sheet, reading.columns)
    if _leading_text(data)[:15].upper() == "BEGIN:VCALENDAR":
        return EventFileOutline(icalendar_file.KIND)
    grid = _read_grid(data, called, reading, today)
    return EventFileOutline(grid.kind, grid.header, match_columns(grid.header, reading.columns))


def _read_grid(data: bytes, name: str, reading: EventFileOptions, today: date) -> EventGrid:
    _reject_unsupported(data, name)
    if data.startswith(b"PK"):
        return excel_file.read_workbook(data, name, reading.sheet, reading.columns)
    start = _leading_text(data)
    if start[:15].upper() == "BEGIN:VCALENDAR":
        _reject_mapping(name, icalendar_file.KIND, reading)
        return icalendar_file.read_calendar(data, name, today)
    if start[:1] in {"[", "{"}:
        return json_file.read_json(data, name)
    return delimited_file.read_csv(data, name, reading.columns)


def _leading_text(data: bytes) -> str:
    """The first letters of a text, whatever its encoding."""
    codec = "utf-16" if data[:2] in _BYTE_ORDER_MARKS else "utf-8-sig"
    return data[:400].decode(codec, "replace").lstrip("\ufeff \t\r\n")


def _reject_unsupported(data: bytes, name: str) -> None:
    for start, kind, advice in _UNSUPPORTED_SIGNATURES:
        if data.startswith(start):
            msg = f"{name}: is {kind}; {advice}"
            raise InputError(msg)
    found = _MARKUP.match(
        _leading_text(data)[:400].encode() if data[:2] in _BYTE_ORDER_MARKS else data[:4_000]
    )
    if not found and data.startswith(_BYTE_ORDER_MARKS[0]):
        found = _MARKUP.match(data[3:4_000])
    if found:
        tag = found["tag"].lower().split()
        kind, advice = "XML", "export the events as CSV, Excel, JSON or iCalendar"
        if tag[0] in _FEED_TAGS:
            kind = "a news feed (RSS or Atom)"
        elif b"html" in tag:
            kind, advice = "a web page", "save its table as CSV or Excel"
        msg = f"{name}: is {kind}, no file of events; {advice}"
        raise InputError(msg)


def _reject_mapping(name: str, kind: str, reading: EventFileOptions) -> None:
    if reading.columns:
        msg = f"{name} is {kind}, whose fields are known; leave the mapping out"
        raise InputError(msg, field="map")


def _match_fields(grid: EventGrid, reading: EventFileOptions) -> dict[str, str]:
    if grid.kind == icalendar_file.KIND:
        return dict(icalendar_file.FIELDS)
    place = {json_file.KIND: "names", excel_file.KIND: "header"}.get(grid.kind, "line 1")
    return choose_columns(grid.name, grid.header, reading.columns, place)


def _extension_messages(name: str, kind: str) -> list[str]:
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if _FILE_EXTENSIONS.get(ending, kind) in {kind, ""}:
        return []
    return [f"{name}: is {kind} whatever its name says, and was read as that"]


def _unused_column_messages(grid: EventGrid, fields: dict[str, str]) -> list[str]:
    if grid.kind == icalendar_file.KIND:
        return []
    told = []
    if "title" not in fields:
        told.append(f"{grid.name}: has no column of titles; the ids were taken")
    unused = [name for name in grid.header if name and name not in fields.values()]
    if unused:
        told.append(f"{grid.name}: not used: {display_text(', '.join(unused), 120)}")
    return told


class _RowReader:
    """The rows of a file, one after the other."""

    def __init__(self, named: EventColumns) -> None:
        ours = {column.casefold() for column in named.grid.header} >= EXPORT_COLUMNS
        guarded = ours and named.grid.kind != json_file.KIND
        self._named = named
        self._reader = EventReader(named, is_ours=ours, is_guarded=guarded)
        self._ids: dict[str, str] = {}

    def all(self) -> tuple[EventFileRow, ...]:
        """Every row in the order of the file."""
        return tuple(self._row(index) for index in range(len(self._named.grid.rows)))

    def _row(self, index: int) -> EventFileRow:
        place = self._named.place(index)
        wrong = self._named.wrong.get(index)
        if wrong:
            return EventFileRow(place, wrong=wrong)
        told_before = len(self._reader.notes)
        try:
            event = self._titled(index, self._reader.event(index))
        except InputError as error:
            return EventFileRow(place, wrong=str(error))
        return EventFileRow(place, event, told=tuple(self._reader.notes[told_before:]))

    def _titled(self, index: int, event: Event) -> Event:
        """The event; where a file has no titles at all, with its id as one."""
        if (
            event.id
            and self._ids.setdefault(event.id, self._named.grid.where[index])
            != (self._named.grid.where[index])
        ):
            msg = (
                f"{self._named.place(index, 'id')}: '{display_text(event.id)}' is already in"
                f" {self._ids[event.id]}; rename"
            )
            raise InputError(msg)
        if "title" not in self._named.fields:
            return replace(event, title=event.id)
        return event
