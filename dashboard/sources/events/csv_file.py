"""Events from a CSV file of the user: `date` and, where known, id, time, title and other fields.

A file that this program exported is read back as it was written: the quotes of the formula
guard, which only such a file has, are removed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.sources.files.delimited_file import TextTable, read_table
from dashboard.sources.files.event_grid import (
    DATE_COLUMN,
    EVENT_COLUMNS,
    EXPORT_COLUMNS,
    EventReader,
    generate_event_id,
)
from dashboard.sources.files.text import MAX_BYTES, display_text


@dataclass(frozen=True, slots=True)
class EventTable:
    """The events of a file in the order of their days, and messages for the user.

    `places` are the places of the events: `file.csv, row 3 (line 4)`.
    """

    name: str
    events: tuple[Event, ...]
    places: tuple[str, ...]
    messages: tuple[str, ...]
    sha256: str


class CsvEvents:
    """The events of a file; it is read once, when it is first needed."""

    id = "csv_file"

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def table(self) -> EventTable:
        """The file as read, with its messages and hash."""
        return read_event_file(self._path)

    def events(self) -> tuple[Event, ...]:
        """Every event of the file, ordered by day, then as the file lists them.

        Raises:
            InputError: the file cannot be read as it is; the message names the row.
        """
        return self.table.events

    def files(self) -> dict[str, str]:
        """The sha256 of the file by its name."""
        return {self.table.name: self.table.sha256}


def read_event_file(
    source: Path | bytes, *, name: str = "", max_bytes: int = MAX_BYTES
) -> EventTable:
    """Read a file of events: `date`, and any of the other `EVENT_COLUMNS`.

    Args:
        source: a path, or the bytes of an upload.
        name: of the file in messages.
        max_bytes: larger files are refused.

    Raises:
        InputError: one line with file, row, column, what it holds and what to do.
    """
    table = read_table(source, [DATE_COLUMN], name=name, max_bytes=max_bytes)
    is_export = {column.casefold() for column in table.header} >= EXPORT_COLUMNS
    reader = EventReader(table, is_export=is_export, is_escaped=is_export)
    rows = [reader.event(row) for row in range(len(table.rows))]
    events = _assign_ids(table, rows)
    order = sorted(range(len(events)), key=lambda row: events[row].day)
    messages = (*table.messages, *reader.notes, *_reading_messages(table, rows))
    return EventTable(
        name=table.name,
        events=tuple(events[row] for row in order),
        places=tuple(table.place(row) for row in order),
        messages=messages,
        sha256=table.sha256,
    )


def _assign_ids(table: TextTable, events: list[Event]) -> list[Event]:
    """The events with an id and a title each; two rows with one id are refused."""
    seen: dict[str, int] = {}
    for row, event in enumerate(events):
        if event.id and seen.setdefault(event.id, row) != row:
            line = table.lines[seen[event.id]]
            place = table.place(row, "id")
            msg = _(
                "{place}: '{id}' is already on line {line}; rename",
                place=place,
                id=display_text(event.id),
                line=line,
            )
            raise InputError(msg)
    named = []
    for event in events:
        event_id = event.id or generate_event_id(event, seen)
        seen.setdefault(event_id, -1)
        named.append(replace(event, id=event_id, title=event.title or event_id))
    return named


def _reading_messages(table: TextTable, events: list[Event]) -> list[str]:
    """Messages about unused columns and generated ids."""
    messages = []
    unknown = [c for c in table.header if c.casefold() not in EVENT_COLUMNS]
    if unknown:
        messages.append(
            _(
                "{name}: not used: {unknown}",
                name=table.name,
                unknown=display_text(", ".join(unknown), 120),
            )
        )
    generated = sum(not event.id for event in events)
    if generated:
        messages.append(
            plural(
                "{name}: {n} event had no id; made from title and date",
                "{name}: {n} events had no id; made from title and date",
                generated,
                name=table.name,
            )
        )
    return messages
