"""Notes as rows and as the JSON of their history, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from dashboard.domain.event import Event, Origin, Visibility
from dashboard.domain.note import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS: Final = (
    *("id", "title", "day", "moment", "zone", "end_day", "category", "expected", "text"),
    *("source_url", "tags", "author", "created", "updated", "revision", "deleted"),
    *("visibility", "owner"),
)
_SINCE_0003: Final = {"visibility": Visibility.SHARED.value, "owner": ""}
"""What a line of history older than that revision says about them."""
_DAYS: Final = ("day", "end_day")
_MOMENTS: Final = ("moment", "created", "updated", "deleted")


def row_of(note: Event) -> dict[str, Any]:
    """The columns of the table of notes."""
    row = {name: getattr(note, name) for name in FIELDS}
    row["tags"] = list(note.tags)
    return row


def note_of(row: Mapping[str, Any]) -> Event:
    """The note of a row, or of `json_of` with its dates read."""
    values = {name: row[name] for name in FIELDS}
    values["tags"] = tuple(row["tags"])
    return Event(origin=Origin.NOTE, **values)


def json_of(note: Event) -> dict[str, Any]:
    """The note as JSON: ISO days, ISO moments in UTC."""
    row = row_of(note)
    for name in _DAYS:
        row[name] = row[name] and row[name].isoformat()
    for name in _MOMENTS:
        row[name] = row[name] and row[name].astimezone(UTC).isoformat()
    return row


def note_of_json(stored: Mapping[str, Any] | None) -> Event | None:
    """The note that `json_of` wrote."""
    if stored is None:
        return None
    row = _SINCE_0003 | dict(stored)
    for name in _DAYS:
        row[name] = row[name] and date.fromisoformat(row[name])
    for name in _MOMENTS:
        row[name] = row[name] and datetime.fromisoformat(row[name])
    return note_of(row)


def change_of(row: Mapping[str, Any]) -> Change:
    """The change of a row of the history."""
    return Change(
        note_id=row["note_id"],
        revision=row["revision"],
        action=row["action"],
        at=row["at"],
        who=row["who"],
        before=note_of_json(row["before"]),
        after=note_of_json(row["after"]),
        origin=row["origin"],
    )
