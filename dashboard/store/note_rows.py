"""Read and change notes inside one transaction; each change writes its line of history too.

A change is an UPDATE of the row *with the revision that was read*: where none matches,
somebody was faster and is named (the optimistic lock that SQLAlchemy calls version_id_col).
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, insert, select, update

from dashboard.domain.errors import EditConflict, InputError
from dashboard.domain.note import Action, Change, StoreStatus
from dashboard.store.action_lines import put_on_record
from dashboard.store.rows import change_of, json_of, note_of, row_of
from dashboard.store.schema import HISTORY, NOTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Select

    from dashboard.domain.event import Event


_RECENT: Final = 1_000
_AT_ONCE: Final = 500

_ONE: Final = select(NOTES).where(NOTES.c.id == bindparam("note_id"))
_ONE_TO_CHANGE: Final = _ONE.with_for_update()  # SQLite's writer is alone and ignores it
_ALL: Final = select(NOTES).order_by(NOTES.c.day, NOTES.c.id)
_ALL_KEPT: Final = _ALL.where(NOTES.c.deleted.is_(None))
_CHANGES: Final = (
    select(HISTORY).where(HISTORY.c.note_id == bindparam("note_id")).order_by(HISTORY.c.id)
)
_LATEST: Final = select(HISTORY.c.id).order_by(HISTORY.c.id.desc()).limit(_RECENT).subquery()
_VERSION: Final = select(func.max(_LATEST.c.id), func.sum(_LATEST.c.id))
_SAVE: Final = update(NOTES).where(
    NOTES.c.id == bindparam("note_id"), NOTES.c.revision == bindparam("read_revision")
)


class NoteRows:
    """The notes as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        return self._find(_ONE, note_id)

    def find_all(self, *, with_deleted: bool) -> tuple[Event, ...]:
        """Every note in the order of day and id."""
        rows = self._connection.execute(_ALL if with_deleted else _ALL_KEPT).mappings()
        return tuple(note_of(dict(row)) for row in rows)

    def changes(self, note_id: str) -> tuple[Change, ...]:
        """The history of a note, oldest first."""
        rows = self._connection.execute(_CHANGES, {"note_id": note_id}).mappings()
        return tuple(change_of(dict(row)) for row in rows)

    def count_of(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        mine = select(func.count()).where(NOTES.c.author == author, NOTES.c.deleted.is_(None))
        return int(self._connection.scalar(mine) or 0)

    def version(self) -> str:
        """Differs after every change: the newest id of the history, and a sum over the last.

        On PostgreSQL a lower id can be committed after a higher one; the sum shows it.
        """
        newest, total = self._connection.execute(_VERSION).one()
        return f"{newest or 0}-{total or 0}"

    def status(self, engine: str) -> StoreStatus:
        """How many notes there are, and when the last change was."""
        counts = select(func.count(), func.count(NOTES.c.deleted)).select_from(NOTES)
        total, deleted = self._connection.execute(counts).one()
        last = select(HISTORY.c.at).order_by(HISTORY.c.id.desc()).limit(1)
        return StoreStatus(engine, total - deleted, deleted, self._connection.scalar(last))

    def create(self, note: Event, at: datetime, who: str) -> Event:
        """Insert a note under a new id."""
        note_id = _new_id(note.day)
        while self.find(note_id) is not None:
            note_id = _new_id(note.day)
        created = replace(note, id=note_id, created=at, updated=at, revision=1, deleted=None)
        self._connection.execute(insert(NOTES), row_of(created))
        self._remember(Action.CREATE, None, created, who)
        return created

    def create_all(self, notes: Sequence[Event], at: datetime, who: str) -> tuple[Event, ...]:
        """Insert many notes under new ids, in their order."""
        created = tuple(
            replace(note, id=note_id, created=at, updated=at, revision=1, deleted=None)
            for note, note_id in zip(notes, self._new_ids(notes), strict=True)
        )
        if created:
            self._connection.execute(insert(NOTES), [row_of(note) for note in created])
            lines = [_line(Action.CREATE, None, note, who) for note in created]
            put_on_record(self._connection, HISTORY, lines)
        return created

    def delete_all(self, notes: Sequence[Event], at: datetime, who: str) -> None:
        """Mark many notes deleted; they were read for update in this transaction."""
        after = [replace(n, deleted=at, updated=at, revision=n.revision + 1) for n in notes]
        if not after:
            return
        pairs = list(zip(notes, after, strict=True))
        seen = [
            {"note_id": old.id, "read_revision": old.revision} | row_of(new) for old, new in pairs
        ]
        self._connection.execute(_SAVE, seen)
        lines = [_line(Action.DELETE, old, new, who) for old, new in pairs]
        put_on_record(self._connection, HISTORY, lines)

    def edit(self, note: Event, revision: int, at: datetime, who: str) -> Event:
        """Put `note` in the place of the note with its id, if that is still at `revision`."""
        current = self._at_revision(note.id, revision)
        return self._save(Action.EDIT, self._not_deleted(current), note, at, who)

    def change(
        self, note_id: str, function: Callable[[Event], Event], at: datetime, who: str
    ) -> Event:
        """Replace a note by what `function` makes of it; nobody comes between."""
        current = self._not_deleted(self._known(note_id))
        return self._save(Action.EDIT, current, function(current), at, who)

    def delete(self, note_id: str, revision: int, at: datetime, who: str) -> Event:
        """Mark a note deleted, if it is still at `revision`."""
        current = self._at_revision(note_id, revision)
        if current.deleted is not None:
            return current
        return self._save(Action.DELETE, current, replace(current, deleted=at), at, who)

    def restore(self, note_id: str, at: datetime, who: str) -> Event:
        """Take the mark away; a note without one stays as it is."""
        current = self._known(note_id)
        if current.deleted is None:
            return current
        return self._save(Action.RESTORE, current, replace(current, deleted=None), at, who)

    def _find(self, query: Select[Any], note_id: str) -> Event | None:
        row = self._connection.execute(query, {"note_id": note_id}).mappings().first()
        return None if row is None else note_of(dict(row))

    def _known(self, note_id: str) -> Event:
        current = self._find(_ONE_TO_CHANGE, note_id)
        if current is None:
            msg = f"{note_id}: there is no note with this id"
            raise InputError(msg)
        return current

    def _not_deleted(self, current: Event) -> Event:
        if current.deleted is not None:
            raise self._conflict(current)
        return current

    def _at_revision(self, note_id: str, revision: int) -> Event:
        current = self._known(note_id)
        if current.revision != revision:
            raise self._conflict(current)
        return current

    def _save(self, action: Action, before: Event, after: Event, at: datetime, who: str) -> Event:
        after = replace(
            after, id=before.id, created=before.created, updated=at, revision=before.revision + 1
        )
        seen = {"note_id": before.id, "read_revision": before.revision}
        if self._connection.execute(_SAVE, row_of(after) | seen).rowcount != 1:
            raise self._conflict(self._known(before.id))
        self._remember(action, before, after, who)
        return after

    def _remember(self, action: Action, before: Event | None, after: Event, who: str) -> None:
        put_on_record(self._connection, HISTORY, [_line(action, before, after, who)])

    def _new_ids(self, notes: Sequence[Event]) -> list[str]:
        ids = [_new_id(note.day) for note in notes]
        while taken := self._taken(ids) | _twice(ids):
            ids = [
                _new_id(note.day) if note_id in taken else note_id
                for note, note_id in zip(notes, ids, strict=True)
            ]
        return ids

    def _taken(self, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for first in range(0, len(ids), _AT_ONCE):
            query = select(NOTES.c.id).where(NOTES.c.id.in_(ids[first : first + _AT_ONCE]))
            found.update(self._connection.scalars(query))
        return found

    def _conflict(self, current: Event) -> EditConflict:
        last = self.changes(current.id)[-1]
        gone = current.deleted is not None
        msg = (
            f'"{current.title[:60]}" was {"deleted" if gone else "changed"} by'
            f" {last.who or 'somebody'} at {last.at:%Y-%m-%d %H:%M:%S} UTC; your change was not"
            f" saved: {'restore the note' if gone else 'read the new text'}, then save again"
        )
        return EditConflict(msg, current)


def _line(action: Action, before: Event | None, after: Event, who: str) -> dict[str, Any]:
    return {
        "note_id": after.id,
        "revision": after.revision,
        "action": action.value,
        "at": after.updated,
        "who": who,
        "before": before and json_of(before),
        "after": json_of(after),
    }


def _twice(ids: Sequence[str]) -> set[str]:
    return {note_id for note_id, count in Counter(ids).items() if count > 1}


def _new_id(day: date) -> str:
    return f"note-{day}-{secrets.token_hex(4)}"
