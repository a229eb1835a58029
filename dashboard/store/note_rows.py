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
from dashboard.store.schema import HIDDEN_EVENTS, HISTORY, NOTES
from dashboard.store.who_sees import (
    NOTE_IS_SEEN,
    check_may_change,
    check_may_hide,
    seen_changes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Select

    from dashboard.domain.event import Event


_RECENT: Final = 1_000
_AT_ONCE: Final = 500

_ONE: Final = select(NOTES).where(NOTES.c.id == bindparam("note_id"), NOTE_IS_SEEN)
_ONE_TO_CHANGE: Final = _ONE.with_for_update()  # SQLite's writer is alone and ignores it
_ALL: Final = select(NOTES).where(NOTE_IS_SEEN).order_by(NOTES.c.day, NOTES.c.id)
_ALL_KEPT: Final = _ALL.where(NOTES.c.deleted.is_(None))
_SEEN_HISTORY: Final = HISTORY.join(NOTES, NOTES.c.id == HISTORY.c.note_id)
_CHANGES: Final = (
    select(HISTORY)
    .select_from(_SEEN_HISTORY)
    .where(HISTORY.c.note_id == bindparam("note_id"), NOTE_IS_SEEN)
    .order_by(HISTORY.c.id)
)
_NEWEST: Final = (
    select(HISTORY.c.id, HISTORY.c.at)
    .select_from(_SEEN_HISTORY)
    .where(NOTE_IS_SEEN)
    .order_by(HISTORY.c.id.desc())
)
_LATEST: Final = _NEWEST.limit(_RECENT).subquery()
_OWN_HIDDEN: Final = HIDDEN_EVENTS.c.person == bindparam("person")
_VERSION: Final = select(
    select(func.max(_LATEST.c.id)).scalar_subquery(),
    select(func.sum(_LATEST.c.id)).scalar_subquery(),
    select(func.count()).select_from(NOTES).where(NOTE_IS_SEEN).scalar_subquery(),
    select(func.count()).select_from(HIDDEN_EVENTS).where(_OWN_HIDDEN).scalar_subquery(),
    select(func.max(HIDDEN_EVENTS.c.at)).where(_OWN_HIDDEN).scalar_subquery(),
)
_COUNTS: Final = (
    select(func.count(), func.count(NOTES.c.deleted)).select_from(NOTES).where(NOTE_IS_SEEN)
)
_NOT_SAID: Final = ("id", "created", "updated", "revision", "visibility", "owner")
"""Fields that are about a note and not what it says."""
_SAVE: Final = update(NOTES).where(
    NOTES.c.id == bindparam("note_id"), NOTES.c.revision == bindparam("read_revision")
)


class NoteRows:
    """The notes that one person may see, as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
        person: who asks; a private note of another is not there.
    """

    def __init__(self, connection: Connection, person: str = "") -> None:
        self._connection = connection
        self._person = person
        self._asks = {"person": person}

    def find(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        return self._find(_ONE, note_id)

    def find_all(self, *, with_deleted: bool) -> tuple[Event, ...]:
        """Every note in the order of day and id."""
        rows = self._connection.execute(_ALL if with_deleted else _ALL_KEPT, self._asks).mappings()
        return tuple(note_of(dict(row)) for row in rows)

    def changes(self, note_id: str) -> tuple[Change, ...]:
        """The history of a note, oldest first."""
        rows = self._connection.execute(_CHANGES, {"note_id": note_id} | self._asks).mappings()
        return tuple(seen_changes((change_of(dict(row)) for row in rows), self._person))

    def count_of(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        mine = select(func.count()).where(NOTES.c.author == author, NOTES.c.deleted.is_(None))
        return int(self._connection.scalar(mine) or 0)

    def version(self) -> str:
        """Differs after every change to what the person sees, and after no other.

        It is made of the newest id of the history and a sum over the last (on PostgreSQL a
        lower id can be committed after a higher one; the sum shows it), of the number of
        notes (it falls when one becomes private), and of what the person hides.
        """
        newest, total, notes, hidden, since = self._connection.execute(_VERSION, self._asks).one()
        hiding = f"-{hidden}-{since:%Y%m%d%H%M%S%f}" if hidden else ""
        return f"{newest or 0}-{total or 0}-{notes}{hiding}"

    def status(self, engine: str) -> StoreStatus:
        """How many notes there are, and when the last change was."""
        total, deleted = self._connection.execute(_COUNTS, self._asks).one()
        newest = self._connection.execute(_NEWEST.limit(1), self._asks).first()
        last = None if newest is None else newest.at
        return StoreStatus(engine, total - deleted, deleted, last)

    def create(self, note: Event, at: datetime, who: str) -> Event:
        """Insert a note under a new id."""
        return self.create_all([note], at, who)[0]

    def create_all(self, notes: Sequence[Event], at: datetime, who: str) -> tuple[Event, ...]:
        """Insert many notes under new ids, in their order."""
        created = tuple(
            replace(
                note, id=note_id, created=at, updated=at, revision=1, deleted=None,
                owner=self._person,
            )
            for note, note_id in zip(notes, self._new_ids(notes), strict=True)
        )  # fmt: skip
        for note in created:
            check_may_hide(note, self._person)
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

    def restore_revision(self, note_id: str, wanted: int, at: datetime, who: str) -> Event:
        """Put what a note said at an earlier revision into a new one; who may see it stays.

        A revision that says what the note says now changes nothing.
        """
        current = self._known(note_id)
        said = next((c.after for c in self.changes(note_id) if c.revision == wanted), None)
        if said is None:
            msg = f"{note_id}: there is no revision {wanted} to restore; see its history"
            raise InputError(msg)
        kept = {name: getattr(current, name) for name in _NOT_SAID}
        again = replace(said, **kept, deleted=None)
        if again == current:
            return current
        return self._save(Action.RESTORE, current, again, at, who)

    def _find(self, query: Select[Any], note_id: str) -> Event | None:
        asked = {"note_id": note_id} | self._asks
        row = self._connection.execute(query, asked).mappings().first()
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
            after, id=before.id, created=before.created, updated=at, revision=before.revision + 1,
            owner=before.owner,
        )  # fmt: skip
        check_may_change(before, after, self._person)
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
