"""Read and change notes inside one transaction; each change writes its line of history too.

A change is an UPDATE of the row *with the revision that was read*: where none matches,
somebody was faster and is named (the optimistic lock that SQLAlchemy calls version_id_col).
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from dashboard.domain.errors import EditConflict, InputError
from dashboard.domain.note import Action, Change, StoreStatus
from dashboard.store.rows import change_of, json_of, note_of, row_of
from dashboard.store.schema import HISTORY, NOTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy import Connection

    from dashboard.domain.event import Event


class NoteRows:
    """The notes as one transaction sees them.

    Args:
        connection: in a transaction; for a change, one that holds the writer's lock.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        query = select(NOTES).where(NOTES.c.id == note_id)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else note_of(dict(row))

    def find_all(self, *, with_deleted: bool) -> tuple[Event, ...]:
        """Every note in the order of day and id."""
        query = select(NOTES).order_by(NOTES.c.day, NOTES.c.id)
        if not with_deleted:
            query = query.where(NOTES.c.deleted.is_(None))
        return tuple(note_of(dict(row)) for row in self._connection.execute(query).mappings())

    def changes(self, note_id: str) -> tuple[Change, ...]:
        """The history of a note, oldest first."""
        query = select(HISTORY).where(HISTORY.c.note_id == note_id).order_by(HISTORY.c.id)
        return tuple(change_of(dict(row)) for row in self._connection.execute(query).mappings())

    def last_change_id(self) -> int:
        """The id of the newest line of history, 0 before the first; grows with every change."""
        return self._connection.execute(select(func.max(HISTORY.c.id))).scalar() or 0

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
        self._connection.execute(insert(NOTES).values(row_of(created)))
        self._remember(Action.CREATE, None, created, who)
        return created

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

    def _known(self, note_id: str) -> Event:
        current = self.find(note_id)
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
        row = row_of(after)
        del row["id"]
        same = (NOTES.c.id == before.id) & (NOTES.c.revision == before.revision)
        if self._connection.execute(update(NOTES).where(same).values(row)).rowcount != 1:
            raise self._conflict(self._known(before.id))
        self._remember(action, before, after, who)
        return after

    def _remember(self, action: Action, before: Event | None, after: Event, who: str) -> None:
        line = {
            "note_id": after.id,
            "revision": after.revision,
            "action": action.value,
            "at": after.updated,
            "who": who,
            "before": before and json_of(before),
            "after": json_of(after),
        }
        self._connection.execute(insert(HISTORY).values(line))

    def _conflict(self, current: Event) -> EditConflict:
        last = self.changes(current.id)[-1]
        gone = current.deleted is not None
        msg = (
            f'"{current.title[:60]}" was {"deleted" if gone else "changed"} by'
            f" {last.who or 'somebody'} at {last.at:%Y-%m-%d %H:%M:%S} UTC; your change was not"
            f" saved: {'restore the note' if gone else 'read the new text'}, then save again"
        )
        return EditConflict(msg, current)


def _new_id(day: date) -> str:
    return f"note-{day}-{secrets.token_hex(4)}"
