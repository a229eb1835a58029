"""Event files of every format, read row by row into an event or the reason why it is none."""

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
from dashboard.models.messages import at_place, deferred, translate_deferred
from dashboard.models.messages import translate as _
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
from dashboard.sources.files.text import (
    check_size,
    display_name,
    display_text,
    read_bytes,
    unsupported_format_error,
)

MIDNIGHT_TIMES: Final = frozenset({"0:00", "00:00", "00:00:00", "0:00:00", "00:00:00.000"})
_UNSUPPORTED_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0", deferred("an old Excel workbook (.xls), or one with a password"),
     deferred("save it as .xlsx without one")),
    (b"\x1f\x8b", deferred("a gzip archive"), deferred("unpack it first")),
    (b"Rar!", deferred("a RAR archive"), deferred("unpack it first")),
    (b"7z\xbc\xaf", deferred("a 7z archive"), deferred("unpack it first")),
    (b"BZh", deferred("a bzip2 archive"), deferred("unpack it first")),
    (b"\xfd7zXZ", deferred("an xz archive"), deferred("unpack it first")),
    (b"%PDF", deferred("a PDF"), deferred("put the events into a table")),
    (b"{\\rtf", deferred("a rich text document"), deferred("put the events into a table")),
    (b"SQLite format 3", deferred("a SQLite database"), deferred("export the table as CSV")),
    (b"PAR1", deferred("a Parquet file"), deferred("export it as CSV")),
    (b"\x89PNG", deferred("a picture"), deferred("type the events into a table")),
    (b"\xff\xd8\xff", deferred("a picture"), deferred("type the events into a table")),
    (b"GIF8", deferred("a picture"), deferred("type the events into a table")),
    (b"\x7fELF", deferred("a program"), deferred("give a file of events")),
    (b"MZ\x90", deferred("a program"), deferred("give a file of events")),
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
    source: Path | bytes, options: EventFileOptions, today: date, *, name: str = ""
) -> EventFileRows:
    """Read CSV, Excel, JSON or iCalendar; the content decides about the format, not the name.

    Args:
        source: a path, or the bytes of an upload.
        options: what the user states about the file.
        today: the day from which "at most two years ahead" counts.
        name: of an upload in messages.

    Raises:
        InputError: the file as a whole cannot be read; one line with what to do.
    """
    name = display_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, MAX_BYTES) if isinstance(source, Path) else source
    check_size(name, len(data), MAX_BYTES)
    grid = _read_grid(data, name, options, today)
    if options.sheet and grid.kind != excel_file.KIND:
        msg = _("{name} is {kind} and has no sheets", name=name, kind=grid.kind)
        raise InputError(msg, field="sheet", value=display_text(options.sheet))
    fields = _match_fields(grid, options)
    if not grid.rows:
        msg = _("{name}: has a header but no rows; add at least one", name=name)
        raise InputError(msg)
    columns = build_columns(grid, fields, options)
    rows = _RowReader(columns).all()
    return EventFileRows(
        name=name,
        kind=grid.kind,
        sha256=hashlib.sha256(data).hexdigest(),
        columns=tuple((column, field) for field, column in fields.items()),
        rows=rows,
        messages=(
            *_extension_messages(name, grid.kind),
            *grid.messages,
            *columns.messages,
            *_unused_column_messages(grid, fields),
        ),
        dates=columns.dates,
        zoneless=columns.zoneless,
    )


def outline_event_file(
    data: bytes, options: EventFileOptions, today: date, *, name: str = ""
) -> EventFileOutline:
    """The format, columns and sheets of an upload, before its rows are read.

    Args:
        data: the bytes of the upload.
        options: what the user has stated so far.
        today: the day from which "at most two years ahead" counts.
        name: in messages.

    Raises:
        InputError: it is no file that can be read; one line with what to do.
    """
    name = display_name(name or "file")
    check_size(name, len(data), MAX_BYTES)
    _reject_unsupported(data, name)
    if data.startswith(b"PK"):
        return excel_file.outline_workbook(data, name, options.sheet, options.columns)
    if _leading_text(data)[:15].upper() == "BEGIN:VCALENDAR":
        return EventFileOutline(icalendar_file.KIND)
    grid = _read_grid(data, name, options, today)
    return EventFileOutline(grid.kind, grid.header, match_columns(grid.header, options.columns))


def _read_grid(data: bytes, name: str, options: EventFileOptions, today: date) -> EventGrid:
    _reject_unsupported(data, name)
    if data.startswith(b"PK"):
        return excel_file.read_workbook(data, name, options.sheet, options.columns)
    start = _leading_text(data)
    if start[:15].upper() == "BEGIN:VCALENDAR":
        _reject_mapping(name, icalendar_file.KIND, options)
        return icalendar_file.read_calendar(data, name, today)
    if start[:1] in {"[", "{"}:
        return json_file.read_json(data, name)
    return delimited_file.read_csv(data, name, options.columns)


def _leading_text(data: bytes) -> str:
    """The first characters of a text in any encoding."""
    codec = "utf-16" if data[:2] in _BYTE_ORDER_MARKS else "utf-8-sig"
    return data[:400].decode(codec, "replace").lstrip("\ufeff \t\r\n")


def _reject_unsupported(data: bytes, name: str) -> None:
    for start, kind, advice in _UNSUPPORTED_SIGNATURES:
        if data.startswith(start):
            raise unsupported_format_error(name, kind, advice)
    match = _MARKUP.match(
        _leading_text(data)[:400].encode() if data[:2] in _BYTE_ORDER_MARKS else data[:4_000]
    )
    if not match and data.startswith(_BYTE_ORDER_MARKS[0]):
        match = _MARKUP.match(data[3:4_000])
    if match:
        tag = match["tag"].lower().split()
        message = deferred(
            "{name}: is XML, no file of events; export the events as CSV, Excel, JSON or iCalendar"
        )
        if tag[0] in _FEED_TAGS:
            message = deferred(
                "{name}: is a news feed (RSS or Atom), no file of events; export the events as CSV,"
                " Excel, JSON or iCalendar"
            )
        elif b"html" in tag:
            message = deferred(
                "{name}: is a web page, no file of events; save its table as CSV or Excel"
            )
        raise InputError(translate_deferred(message, name=name))


def _reject_mapping(name: str, kind: str, options: EventFileOptions) -> None:
    if options.columns:
        msg = _(
            "{name} is {kind}, whose fields are known; leave the mapping out", name=name, kind=kind
        )
        raise InputError(msg, field="map")


def _match_fields(grid: EventGrid, options: EventFileOptions) -> dict[str, str]:
    if grid.kind == icalendar_file.KIND:
        return dict(icalendar_file.FIELDS)
    header_place = {json_file.KIND: "names", excel_file.KIND: "header"}.get(grid.kind, "line 1")
    return choose_columns(grid.name, grid.header, options.columns, header_place)


def _extension_messages(name: str, kind: str) -> list[str]:
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if _FILE_EXTENSIONS.get(ending, kind) in {kind, ""}:
        return []
    return [
        _("{name}: is {kind} whatever its name says, and was read as that", name=name, kind=kind)
    ]


def _unused_column_messages(grid: EventGrid, fields: dict[str, str]) -> list[str]:
    if grid.kind == icalendar_file.KIND:
        return []
    messages = []
    if "title" not in fields:
        messages.append(_("{name}: has no column of titles; the ids were taken", name=grid.name))
    unused = [name for name in grid.header if name and name not in fields.values()]
    if unused:
        messages.append(
            _(
                "{name}: not used: {unused}",
                name=grid.name,
                unused=display_text(", ".join(unused), 120),
            )
        )
    return messages


# ---- columns by field


@dataclass(slots=True)
class EventColumns:
    """The cells of a file by field.

    Attributes:
        grid: the file.
        fields: the column of each field, as named in the file.
        cells: trimmed cells by field; `time` is resolved into `time_utc`.
        wrong: why a row cannot be read, with its place, by its index.
        messages: for the user.
        dates: the question about the order of day and month, where a date is ambiguous.
        zoneless: the number of times of day without a zone of their own.
    """

    grid: EventGrid
    fields: Mapping[str, str]
    cells: dict[str, list[str]]
    wrong: dict[int, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    dates: DateOrderQuestion | None = None
    zoneless: int = 0

    def column(self, name: str) -> list[str]:
        """The cells of a field; empty ones where the file has none."""
        return self.cells.get(name) or [""] * len(self.grid.rows)

    def place(self, row: int, column: str = "") -> str:
        """`file.csv, row 3 (line 4), column Дата`."""
        row_place = _("{name}, {row}", name=self.grid.name, row=self.grid.places[row])
        if not column:
            return row_place
        name = display_text(self.fields.get(column, column))
        return _("{place}, column {column}", place=row_place, column=name)

    def mark_invalid(self, row: int, column: str, reason: str) -> None:
        """Store the first reason why a row is wrong."""
        self.wrong.setdefault(row, at_place(self.place(row, column), reason))


def build_columns(
    grid: EventGrid, fields: Mapping[str, str], options: EventFileOptions
) -> EventColumns:
    """The cells of a grid by field; days are ISO where they are certain, times are UTC.

    Args:
        grid: the file.
        fields: the column of each field.
        options: the order of dates and the zone of times, where the user states them.
    """
    columns = EventColumns(grid, fields, {})
    for name, column in fields.items():
        index = grid.header.index(column)
        columns.cells[name] = [row[index] for row in grid.rows]
    for row, reason in grid.wrong.items():
        columns.wrong[row] = at_place(columns.place(row), reason)
    split = _split_dates_and_times(columns)
    _apply_day_order(columns, options)
    _resolve_times(columns, split, options)
    return columns


def _split_dates_and_times(columns: EventColumns) -> list[tuple[str, str]]:
    """Remove the time of day from the date cells; returns time and zone of each row."""
    ends = [to_iso_date(split_date_time(cell)[0]) for cell in columns.column("end_date")]
    parts = [split_date_time(cell) for cell in columns.column("date")]
    columns.cells["end_date"] = ends
    columns.cells["date"] = [to_iso_date(day) for day, _, _ in parts]
    if all(time in MIDNIGHT_TIMES for _, time, _ in parts if time):
        return [("", "")] * len(parts)  # a spreadsheet's way to write a day
    return [(time, zone) for _, time, zone in parts]


def _apply_day_order(columns: EventColumns, options: EventFileOptions) -> None:
    both = [*columns.cells["date"], *columns.cells["end_date"]]
    rows = len(columns.grid.rows)
    ordered = resolve_day_order(both, options.dates)
    columns.cells["date"], columns.cells["end_date"] = ordered.cells[:rows], ordered.cells[rows:]
    for index, reason in ordered.wrong.items():
        column = "date" if index < rows else "end_date"
        columns.mark_invalid(index % rows, column, reason)
    if ordered.message:
        columns.messages.append(f"{columns.grid.name}: {ordered.message}")
    if ordered.ambiguous_cell:
        columns.dates = DateOrderQuestion(
            display_text(ordered.ambiguous_cell),
            *ambiguous_days(ordered.ambiguous_cell),
            ordered.order,
        )


def _resolve_times(
    columns: EventColumns, split: list[tuple[str, str]], options: EventFileOptions
) -> None:
    stated, zones = columns.column("time_utc"), columns.column("zone")
    utc = list(stated)
    for row, ((time, zone), cell) in enumerate(zip(split, columns.column("time"), strict=True)):
        if row in columns.wrong or not (time or cell):
            continue
        if (time and cell) or stated[row]:
            columns.mark_invalid(
                row, "date", _("the time of day is given twice; keep one of the two")
            )
            continue
        zone_name = zones[row] or options.zone
        local_time = LocalTime(columns.cells["date"][row], time or cell, zone, zone_name or MOSCOW)
        try:
            resolved = resolve_time(local_time)
        except ValueError as error:
            columns.mark_invalid(row, "date" if time else "time", str(error))
            continue
        if resolved.is_day_shifted:
            columns.messages.append(
                _(
                    "{place}: {written} with its offset is {day} in Moscow, which was taken",
                    place=columns.place(row),
                    written=columns.cells["date"][row],
                    day=resolved.day,
                )
            )
        utc[row] = resolved.utc
        columns.cells["date"][row] = resolved.day
        columns.zoneless += resolved.used_default_zone and not zones[row]
    columns.cells["time_utc"] = utc
    if options.zone and not any(zones):
        columns.cells["zone"] = [options.zone if moment else "" for moment in utc]
    if columns.zoneless and not options.zone:
        columns.messages.append(
            _(
                "{name}: {count} times have no zone and were read as {zone}; say their time "
                "zone on import if it is another",
                name=columns.grid.name,
                count=columns.zoneless,
                zone=MOSCOW,
            )
        )


# ---- rows


class _RowReader:
    """Reads the rows of a file in order."""

    def __init__(self, columns: EventColumns) -> None:
        is_export = {column.casefold() for column in columns.grid.header} >= EXPORT_COLUMNS
        is_escaped = is_export and columns.grid.kind != json_file.KIND
        self._columns = columns
        self._reader = EventReader(columns, is_export=is_export, is_escaped=is_escaped)
        self._ids: dict[str, str] = {}

    def all(self) -> tuple[EventFileRow, ...]:
        """Every row, in file order."""
        return tuple(self._row(index) for index in range(len(self._columns.grid.rows)))

    def _row(self, index: int) -> EventFileRow:
        place = self._columns.place(index)
        reason = self._columns.wrong.get(index)
        if reason:
            return EventFileRow(place, wrong=reason)
        first_note = len(self._reader.notes)
        try:
            event = self._titled(index, self._reader.event(index))
        except InputError as error:
            return EventFileRow(place, wrong=str(error))
        return EventFileRow(place, event, messages=tuple(self._reader.notes[first_note:]))

    def _titled(self, index: int, event: Event) -> Event:
        """The event; in a file without titles the id is the title. Two equal ids are refused."""
        place = self._columns.grid.places[index]
        if event.id and self._ids.setdefault(event.id, place) != place:
            msg = _(
                "{place}: '{id}' is already in {row}; rename",
                place=self._columns.place(index, "id"),
                id=display_text(event.id),
                row=self._ids[event.id],
            )
            raise InputError(msg)
        if "title" not in self._columns.fields:
            return replace(event, title=event.id)
        return event
