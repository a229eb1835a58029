"""A file of events, whatever its format, read row by row: an event, or why it is none."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.imports import EventRows, FileRow, Outline, Reading
from dashboard.sources.event_cells import OUR_EXPORT, EventReader
from dashboard.sources.event_files import calendar_events, delimited, json_list, workbook
from dashboard.sources.event_files.columns import choose_columns, fields_of
from dashboard.sources.event_files.grid import MAX_BYTES, Grid
from dashboard.sources.event_files.named_cells import NamedCells, name_cells
from dashboard.sources.file_bytes import check_size, read_bytes, shown, shown_name

_NOT_READ: Final = (
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
_FEEDS: Final = frozenset({b"rss", b"feed", b"rdf:rdf"})
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ENDINGS: Final = {
    "csv": delimited.KIND, "tsv": delimited.KIND, "txt": "", "xlsx": workbook.KIND,
    "xlsm": workbook.KIND, "json": json_list.KIND, "ics": calendar_events.KIND,
}  # fmt: skip


def read_events(
    source: Path | bytes, reading: Reading, today: date, *, name: str = ""
) -> EventRows:
    """Read CSV, Excel, JSON or iCalendar; what a file is, its content says, not its name.

    Args:
        source: a path, or the bytes of an upload.
        reading: what a person said about the file.
        today: the day from which "at most two years ahead" counts.
        name: what messages call an upload.

    Raises:
        InputError: the file as a whole cannot be read; one line with what to do.
    """
    called = shown_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, MAX_BYTES) if isinstance(source, Path) else source
    check_size(called, len(data), MAX_BYTES)
    grid = _grid(data, called, reading, today)
    if reading.sheet and grid.kind != workbook.KIND:
        msg = f"--sheet {shown(reading.sheet)}: {called} is {grid.kind} and has no sheets"
        raise InputError(msg)
    fields = _fields(grid, reading)
    if not grid.rows:
        msg = f"{called}: has a header but no rows; add at least one"
        raise InputError(msg)
    named = name_cells(grid, fields, reading)
    rows = _Rows(named).all()
    return EventRows(
        name=called,
        kind=grid.kind,
        sha256=hashlib.sha256(data).hexdigest(),
        columns=tuple((column, field) for field, column in fields.items()),
        rows=rows,
        messages=(
            *_of_another_name(called, grid.kind),
            *grid.told,
            *named.told,
            *_unused(grid, fields),
        ),
        dates=named.dates,
        zoneless=named.zoneless,
    )


def outline_events(data: bytes, reading: Reading, today: date, *, name: str = "") -> Outline:
    """What an upload is and has for columns and sheets, before its rows are read.

    Args:
        data: the bytes of the upload.
        reading: what a person said about it so far.
        today: the day from which "at most two years ahead" counts.
        name: what messages call it.

    Raises:
        InputError: it is no file that can be read; one line with what to do.
    """
    called = shown_name(name or "file")
    check_size(called, len(data), MAX_BYTES)
    _refuse_what_is_not_read(data, called)
    if data.startswith(b"PK"):
        return workbook.outline_workbook(data, called, reading.sheet, reading.columns)
    if _start(data)[:15].upper() == "BEGIN:VCALENDAR":
        return Outline(calendar_events.KIND)
    grid = _grid(data, called, reading, today)
    return Outline(grid.kind, grid.header, fields_of(grid.header, reading.columns))


def _grid(data: bytes, name: str, reading: Reading, today: date) -> Grid:
    _refuse_what_is_not_read(data, name)
    if data.startswith(b"PK"):
        return workbook.read_workbook(data, name, reading.sheet, reading.columns)
    start = _start(data)
    if start[:15].upper() == "BEGIN:VCALENDAR":
        _refuse_columns(name, calendar_events.KIND, reading)
        return calendar_events.read_calendar(data, name, today)
    if start[:1] in {"[", "{"}:
        return json_list.read_json(data, name)
    return delimited.read_delimited(data, name, reading.columns)


def _start(data: bytes) -> str:
    """The first letters of a text, whatever its encoding."""
    codec = "utf-16" if data[:2] in _MARKS else "utf-8-sig"
    return data[:400].decode(codec, "replace").lstrip("\ufeff \t\r\n")


def _refuse_what_is_not_read(data: bytes, name: str) -> None:
    for start, kind, advice in _NOT_READ:
        if data.startswith(start):
            msg = f"{name}: is {kind}; {advice}"
            raise InputError(msg)
    found = _MARKUP.match(_start(data)[:400].encode() if data[:2] in _MARKS else data[:4_000])
    if not found and data.startswith(_MARKS[0]):
        found = _MARKUP.match(data[3:4_000])
    if found:
        tag = found["tag"].lower().split()
        kind, advice = "XML", "export the events as CSV, Excel, JSON or iCalendar"
        if tag[0] in _FEEDS:
            kind = "a news feed (RSS or Atom)"
        elif b"html" in tag:
            kind, advice = "a web page", "save its table as CSV or Excel"
        msg = f"{name}: is {kind}, no file of events; {advice}"
        raise InputError(msg)


def _refuse_columns(name: str, kind: str, reading: Reading) -> None:
    if reading.columns:
        msg = f"--map: {name} is {kind}, whose fields are known; leave --map out"
        raise InputError(msg)


def _fields(grid: Grid, reading: Reading) -> dict[str, str]:
    if grid.kind == calendar_events.KIND:
        return dict(calendar_events.FIELDS)
    place = {json_list.KIND: "names", workbook.KIND: "header"}.get(grid.kind, "line 1")
    return choose_columns(grid.name, grid.header, reading.columns, place)


def _of_another_name(name: str, kind: str) -> list[str]:
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if _ENDINGS.get(ending, kind) in {kind, ""}:
        return []
    return [f"{name}: is {kind} whatever its name says, and was read as that"]


def _unused(grid: Grid, fields: dict[str, str]) -> list[str]:
    if grid.kind == calendar_events.KIND:
        return []
    told = []
    if "title" not in fields:
        told.append(f"{grid.name}: has no column of titles; the ids were taken")
    unused = [name for name in grid.header if name and name not in fields.values()]
    if unused:
        told.append(f"{grid.name}: not used: {shown(', '.join(unused), 120)}")
    return told


class _Rows:
    """The rows of a file, one after the other."""

    def __init__(self, named: NamedCells) -> None:
        ours = {column.casefold() for column in named.grid.header} >= OUR_EXPORT
        guarded = ours and named.grid.kind != json_list.KIND
        self._named = named
        self._reader = EventReader(named, is_ours=ours, is_guarded=guarded)
        self._ids: dict[str, str] = {}

    def all(self) -> tuple[FileRow, ...]:
        """Every row in the order of the file."""
        return tuple(self._row(index) for index in range(len(self._named.grid.rows)))

    def _row(self, index: int) -> FileRow:
        place = self._named.place(index)
        wrong = self._named.wrong.get(index)
        if wrong:
            return FileRow(place, wrong=wrong)
        told_before = len(self._reader.notes)
        try:
            event = self._titled(index, self._reader.event(index))
        except InputError as error:
            return FileRow(place, wrong=str(error))
        return FileRow(place, event, told=tuple(self._reader.notes[told_before:]))

    def _titled(self, index: int, event: Event) -> Event:
        """The event; where a file has no titles at all, with its id as one."""
        if (
            event.id
            and self._ids.setdefault(event.id, self._named.grid.where[index])
            != (self._named.grid.where[index])
        ):
            msg = (
                f"{self._named.place(index, 'id')}: '{shown(event.id)}' is already in"
                f" {self._ids[event.id]}; rename"
            )
            raise InputError(msg)
        if "title" not in self._named.fields:
            return replace(event, title=event.id)
        return event
