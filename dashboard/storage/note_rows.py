"""Rows of notes, their history, file imports and hidden events, within one transaction.

A change of a note is an UPDATE of the row *with the revision that was read*: where none matches,
the note was changed meanwhile (the optimistic lock that SQLAlchemy calls version_id_col).
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Date, bindparam, delete, func, insert, select, update

from dashboard.models.errors import InputError
from dashboard.models.event import EditConflict, Event, Origin, Visibility
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.records import NoteAction, NoteRevision, StoreStatus
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.storage.audit import AuditRows, write_audit
from dashboard.storage.schema import (
    HIDDEN_EVENTS,
    HISTORY,
    IMPORT_IS_VISIBLE,
    IMPORT_NOTES,
    IMPORTS,
    NOTE_IS_VISIBLE,
    NOTES,
    UtcDateTime,
)
from dashboard.storage.visibility import (
    check_private_has_owner,
    check_visibility_change,
    is_visible_to,
    visible_changes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Select

NOTE_COLUMNS: Final = tuple(NOTES.columns.keys())
_DATE_COLUMNS: Final = tuple(c.name for c in NOTES.columns if isinstance(c.type, Date))
_TIMESTAMP_COLUMNS: Final = tuple(c.name for c in NOTES.columns if isinstance(c.type, UtcDateTime))


def row_from_note(note: Event) -> dict[str, Any]:
    """The columns of the table of notes."""
    row = {name: getattr(note, name) for name in NOTE_COLUMNS}
    row["tags"] = list(note.tags)
    return row


def note_from_row(row: Mapping[str, Any]) -> Event:
    """The note of a row, or of `json_from_note` with its dates read."""
    values = {name: row[name] for name in NOTE_COLUMNS if name in row}
    values["tags"] = tuple(row["tags"])
    return Event(origin=Origin.NOTE, **values)


def json_from_note(note: Event) -> dict[str, Any]:
    """The note as JSON: ISO days, ISO moments in UTC."""
    row = row_from_note(note)
    for name in _DATE_COLUMNS:
        row[name] = row[name] and row[name].isoformat()
    for name in _TIMESTAMP_COLUMNS:
        row[name] = row[name] and row[name].astimezone(UTC).isoformat()
    return row


def note_from_json(stored: Mapping[str, Any] | None) -> Event | None:
    """The note that `json_from_note` wrote; an older release may lack columns."""
    if stored is None:
        return None
    row = dict(stored)
    for name in _DATE_COLUMNS:
        row[name] = row[name] and date.fromisoformat(row[name])
    for name in _TIMESTAMP_COLUMNS:
        row[name] = row[name] and datetime.fromisoformat(row[name])
    return note_from_row(row)


def change_from_row(row: Mapping[str, Any]) -> NoteRevision:
    """The change of a row of the history."""
    return NoteRevision(
        note_id=row["note_id"],
        revision=row["revision"],
        action=row["action"],
        at=row["at"],
        author=row["who"],
        before=note_from_json(row["before"]),
        after=note_from_json(row["after"]),
        origin=row["origin"],
    )


_VERSION_HISTORY_ROWS: Final = 1_000
_BATCH_SIZE: Final = 500

_NOTE_BY_ID: Final = select(NOTES).where(NOTES.c.id == bindparam("note_id"), NOTE_IS_VISIBLE)
_NOTE_BY_ID_FOR_UPDATE: Final = _NOTE_BY_ID.with_for_update()  # SQLite has one writer; ignored
_ALL_NOTES: Final = select(NOTES).where(NOTE_IS_VISIBLE).order_by(NOTES.c.day, NOTES.c.id)
_NOTES_NOT_DELETED: Final = _ALL_NOTES.where(NOTES.c.deleted.is_(None))
_HISTORY_WITH_NOTES: Final = HISTORY.join(NOTES, NOTES.c.id == HISTORY.c.note_id)
_CHANGES_OF_NOTE: Final = (
    select(HISTORY)
    .select_from(_HISTORY_WITH_NOTES)
    .where(HISTORY.c.note_id == bindparam("note_id"), NOTE_IS_VISIBLE)
    .order_by(HISTORY.c.id)
)
_NEWEST_CHANGES: Final = (
    select(HISTORY.c.id, HISTORY.c.at)
    .select_from(_HISTORY_WITH_NOTES)
    .where(NOTE_IS_VISIBLE)
    .order_by(HISTORY.c.id.desc())
)
_RECENT_CHANGES: Final = _NEWEST_CHANGES.limit(_VERSION_HISTORY_ROWS).subquery()
_IS_HIDDEN_BY_PERSON: Final = HIDDEN_EVENTS.c.person == bindparam("person")
_VERSION_QUERY: Final = select(
    select(func.max(_RECENT_CHANGES.c.id)).scalar_subquery(),
    select(func.sum(_RECENT_CHANGES.c.id)).scalar_subquery(),
    select(func.count()).select_from(NOTES).where(NOTE_IS_VISIBLE).scalar_subquery(),
    select(func.count()).select_from(HIDDEN_EVENTS).where(_IS_HIDDEN_BY_PERSON).scalar_subquery(),
    select(func.max(HIDDEN_EVENTS.c.at)).where(_IS_HIDDEN_BY_PERSON).scalar_subquery(),
)
_COUNT_QUERY: Final = (
    select(func.count(), func.count(NOTES.c.deleted)).select_from(NOTES).where(NOTE_IS_VISIBLE)
)
_METADATA_FIELDS: Final = ("id", "created", "updated", "revision", "visibility", "owner")
"""Fields that describe a note and are no part of its content."""
_UPDATE_NOTE: Final = update(NOTES).where(
    NOTES.c.id == bindparam("note_id"), NOTES.c.revision == bindparam("read_revision")
)


class NoteRows:
    """The notes that one user may see, as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
        person: the user; private notes of other users are invisible.
    """

    def __init__(self, connection: Connection, person: str = "") -> None:
        self._connection = connection
        self._person = person
        self._viewer_params = {"person": person}

    def find(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        return self._find(_NOTE_BY_ID, note_id)

    def find_all(self, *, with_deleted: bool) -> tuple[Event, ...]:
        """Every note in the order of day and id."""
        rows = self._connection.execute(
            _ALL_NOTES if with_deleted else _NOTES_NOT_DELETED, self._viewer_params
        ).mappings()
        return tuple(note_from_row(dict(row)) for row in rows)

    def changes(self, note_id: str) -> tuple[NoteRevision, ...]:
        """The history of a note, oldest first."""
        rows = self._connection.execute(
            _CHANGES_OF_NOTE, {"note_id": note_id} | self._viewer_params
        ).mappings()
        return tuple(visible_changes((change_from_row(dict(row)) for row in rows), self._person))

    def count_by_author(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        mine = select(func.count()).where(NOTES.c.author == author, NOTES.c.deleted.is_(None))
        return int(self._connection.scalar(mine) or 0)

    def version(self) -> str:
        """A text that differs after every change to what the user sees, and after no other.

        It is made of the newest id of the history and a sum over the last (on PostgreSQL a
        lower id can be committed after a higher one; the sum shows it), of the number of
        notes (it falls when one becomes private), and of the events that the user hides.
        """
        newest, total, notes, hidden, since = self._connection.execute(
            _VERSION_QUERY, self._viewer_params
        ).one()
        hiding = f"-{hidden}-{since:%Y%m%d%H%M%S%f}" if hidden else ""
        return f"{newest or 0}-{total or 0}-{notes}{hiding}"

    def status(self, engine: str) -> StoreStatus:
        """The number of notes and the time of the last change."""
        total, deleted = self._connection.execute(_COUNT_QUERY, self._viewer_params).one()
        newest = self._connection.execute(_NEWEST_CHANGES.limit(1), self._viewer_params).first()
        last = None if newest is None else newest.at
        return StoreStatus(engine, total - deleted, deleted, last)

    def create(self, note: Event, at: datetime, author: str) -> Event:
        """Insert a note under a new id."""
        return self.create_all([note], at, author)[0]

    def create_all(self, notes: Sequence[Event], at: datetime, author: str) -> tuple[Event, ...]:
        """Insert many notes under new ids, in their order."""
        created = tuple(
            replace(
                note, id=note_id, created=at, updated=at, revision=1, deleted=None,
                owner=self._person,
            )
            for note, note_id in zip(notes, self._new_ids(notes), strict=True)
        )  # fmt: skip
        for note in created:
            check_private_has_owner(note, self._person)
        if created:
            self._connection.execute(insert(NOTES), [row_from_note(note) for note in created])
            lines = [_history_row(NoteAction.CREATE, None, note, author) for note in created]
            write_audit(self._connection, HISTORY, lines)
        return created

    def delete_all(self, notes: Sequence[Event], at: datetime, author: str) -> None:
        """Mark many notes deleted; they were read for update in this transaction."""
        after = [replace(n, deleted=at, updated=at, revision=n.revision + 1) for n in notes]
        if not after:
            return
        pairs = list(zip(notes, after, strict=True))
        params = [
            {"note_id": old.id, "read_revision": old.revision} | row_from_note(new)
            for old, new in pairs
        ]
        self._connection.execute(_UPDATE_NOTE, params)
        lines = [_history_row(NoteAction.DELETE, old, new, author) for old, new in pairs]
        write_audit(self._connection, HISTORY, lines)

    def edit(self, note: Event, revision: int, at: datetime, author: str) -> Event:
        """Put `note` in the place of the note with its id, if that is still at `revision`."""
        current = self._at_revision(note.id, revision)
        return self._save(NoteAction.EDIT, self._not_deleted(current), note, at, author)

    def change(
        self, note_id: str, function: Callable[[Event], Event], at: datetime, author: str
    ) -> Event:
        """Replace a note by what `function` makes of it, in this transaction."""
        current = self._not_deleted(self._for_update(note_id))
        return self._save(NoteAction.EDIT, current, function(current), at, author)

    def delete(self, note_id: str, revision: int, at: datetime, author: str) -> Event:
        """Mark a note deleted, if it is still at `revision`."""
        current = self._at_revision(note_id, revision)
        if current.deleted is not None:
            return current
        return self._save(NoteAction.DELETE, current, replace(current, deleted=at), at, author)

    def restore(self, note_id: str, at: datetime, author: str) -> Event:
        """Take a deletion back; a note that is not deleted stays as it is."""
        current = self._for_update(note_id)
        if current.deleted is None:
            return current
        return self._save(NoteAction.RESTORE, current, replace(current, deleted=None), at, author)

    def restore_revision(self, note_id: str, wanted: int, at: datetime, author: str) -> Event:
        """Copy the content of an earlier revision into a new one; visibility and owner stay.

        A revision with the present content changes nothing.
        """
        current = self._for_update(note_id)
        past = next((c.after for c in self.changes(note_id) if c.revision == wanted), None)
        if past is None:
            msg = _(
                "{note_id}: there is no revision {wanted} to restore; see its history",
                note_id=note_id,
                wanted=wanted,
            )
            raise InputError(msg)
        metadata = {name: getattr(current, name) for name in _METADATA_FIELDS}
        restored = replace(past, **metadata, deleted=None)
        if restored == current:
            return current
        return self._save(NoteAction.RESTORE, current, restored, at, author)

    def _find(self, query: Select[Any], note_id: str) -> Event | None:
        params = {"note_id": note_id} | self._viewer_params
        row = self._connection.execute(query, params).mappings().first()
        return None if row is None else note_from_row(dict(row))

    def _for_update(self, note_id: str) -> Event:
        current = self._find(_NOTE_BY_ID_FOR_UPDATE, note_id)
        if current is None:
            msg = _("{note_id}: there is no note with this id", note_id=note_id)
            raise InputError(msg)
        return current

    def _not_deleted(self, current: Event) -> Event:
        if current.deleted is not None:
            raise self._conflict(current)
        return current

    def _at_revision(self, note_id: str, revision: int) -> Event:
        current = self._for_update(note_id)
        if current.revision != revision:
            raise self._conflict(current)
        return current

    def _save(
        self, action: NoteAction, before: Event, after: Event, at: datetime, author: str
    ) -> Event:
        after = replace(
            after, id=before.id, created=before.created, updated=at, revision=before.revision + 1,
            owner=before.owner,
        )  # fmt: skip
        check_visibility_change(before, after, self._person)
        params = {"note_id": before.id, "read_revision": before.revision}
        if self._connection.execute(_UPDATE_NOTE, row_from_note(after) | params).rowcount != 1:
            raise self._conflict(self._for_update(before.id))
        write_audit(self._connection, HISTORY, [_history_row(action, before, after, author)])
        return after

    def _new_ids(self, notes: Sequence[Event]) -> list[str]:
        ids = [_new_note_id(note.day) for note in notes]
        while taken := self._existing_ids(ids) | _duplicate_ids(ids):
            ids = [
                _new_note_id(note.day) if note_id in taken else note_id
                for note, note_id in zip(notes, ids, strict=True)
            ]
        return ids

    def _existing_ids(self, ids: Sequence[str]) -> set[str]:
        existing: set[str] = set()
        for first in range(0, len(ids), _BATCH_SIZE):
            query = select(NOTES.c.id).where(NOTES.c.id.in_(ids[first : first + _BATCH_SIZE]))
            existing.update(self._connection.scalars(query))
        return existing

    def _conflict(self, current: Event) -> EditConflict:
        last = self.changes(current.id)[-1]
        is_deleted = current.deleted is not None
        message = deferred(
            '"{title}" was changed by {author} at {at:%Y-%m-%d %H:%M:%S} UTC; your change was not'
            " saved: read the new text, then save again"
        )
        if is_deleted:
            message = deferred(
                '"{title}" was deleted by {author} at {at:%Y-%m-%d %H:%M:%S} UTC; your change was'
                " not saved: restore the note, then save again"
            )
        author = last.author or _("somebody")
        msg = translate_deferred(message, title=current.title[:60], author=author, at=last.at)
        return EditConflict(msg, current)


def _history_row(
    action: NoteAction, before: Event | None, after: Event, author: str
) -> dict[str, Any]:
    return {
        "note_id": after.id,
        "revision": after.revision,
        "action": action.value,
        "at": after.updated,
        "who": author,
        "before": before and json_from_note(before),
        "after": json_from_note(after),
    }


def _duplicate_ids(ids: Sequence[str]) -> set[str]:
    return {note_id for note_id, count in Counter(ids).items() if count > 1}


def _new_note_id(day: date) -> str:
    return f"note-{day}-{secrets.token_hex(4)}"


# ------------------------------------------------------------
# The imports of files in the database: each with the notes that came with it.


_IMPORT_COLUMNS: Final = {
    field.name: "who" if field.name == "author" else field.name for field in fields(ImportRecord)
}
"""The column of each field of an import record."""
_ALL_IMPORTS: Final = (
    select(IMPORTS).where(IMPORT_IS_VISIBLE).order_by(IMPORTS.c.at.desc(), IMPORTS.c.id)
)
_IMPORT_TO_UNDO: Final = (
    select(IMPORTS).where(IMPORTS.c.id == bindparam("of"), IMPORT_IS_VISIBLE).with_for_update()
)
_NOTES_TO_UNDO: Final = (
    select(NOTES)
    .join(IMPORT_NOTES, IMPORT_NOTES.c.note_id == NOTES.c.id)
    .where(IMPORT_NOTES.c.import_id == bindparam("of"))
    .order_by(NOTES.c.id)
    .with_for_update(of=NOTES)
)


class ImportRows:
    """The imports that one user may see, as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
        person: the user; imports with private notes of other users are invisible.
    """

    def __init__(self, connection: Connection, person: str = "") -> None:
        self._connection = connection
        self._person = person
        self._viewer_params = {"person": person}

    def find_all(self) -> tuple[ImportRecord, ...]:
        """Every import, the newest first."""
        return tuple(
            _import_from_row(row)
            for row in self._connection.execute(_ALL_IMPORTS, self._viewer_params).mappings()
        )

    def ingest(
        self, record: ImportRecord, notes: Sequence[Event], at: datetime
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Insert the notes of a file and the record of the import."""
        stored = replace(record, id=f"import-{at:%Y-%m-%d}-{secrets.token_hex(4)}", at=at)
        access = {"visibility": _import_visibility(notes), "owner": self._person}
        row = {column: getattr(stored, name) for name, column in _IMPORT_COLUMNS.items()}
        self._connection.execute(insert(IMPORTS), row | access)
        created = NoteRows(self._connection, self._person).create_all(notes, at, stored.author)
        if created:
            links = [{"note_id": note.id, "import_id": stored.id} for note in created]
            self._connection.execute(insert(IMPORT_NOTES), links)
        AuditRows(self._connection).add(
            "import", stored.id, (None, _audit_state_of_import(stored)), at, stored.author
        )
        return stored, created

    def undo(self, import_id: str, at: datetime, author: str) -> ImportUndo:
        """Mark the notes of an import deleted; those changed since stay."""
        record = self._to_undo(import_id)
        rows = self._connection.execute(_NOTES_TO_UNDO, {"of": import_id}).mappings()
        notes = [note_from_row(dict(row)) for row in rows]
        present = [note for note in notes if note.deleted is None]
        unchanged = [note for note in present if note.revision == 1]
        changed = [note for note in present if note.revision > 1]
        visible = tuple(note for note in changed if is_visible_to(note, self._person))
        NoteRows(self._connection, self._person).delete_all(unchanged, at, author)
        mark = (
            update(IMPORTS).where(IMPORTS.c.id == import_id).values(undone_at=at, undone_by=author)
        )
        self._connection.execute(mark)
        before, record = record, replace(record, undone_at=at, undone_by=author)
        states = _audit_state_of_import(before), _audit_state_of_import(record)
        AuditRows(self._connection).add("undo-import", import_id, states, at, author)
        return ImportUndo(record, len(unchanged), visible, len(notes) - len(present))

    def _to_undo(self, import_id: str) -> ImportRecord:
        params = {"of": import_id} | self._viewer_params
        row = self._connection.execute(_IMPORT_TO_UNDO, params).mappings().first()
        if row is None:
            msg = _(
                "{import_id}: there is no import with this id; see `events imports`",
                import_id=import_id,
            )
            raise InputError(msg)
        record = _import_from_row(row)
        if record.undone_at is not None:
            message = deferred(
                "{id}: was undone already at {at:%Y-%m-%d %H:%M} UTC; import the file again, or"
                " restore single notes"
            )
            if record.undone_by:
                message = deferred(
                    "{id}: was undone already by {author} at {at:%Y-%m-%d %H:%M} UTC; import the"
                    " file again, or restore single notes"
                )
            msg = translate_deferred(
                message, id=import_id, author=record.undone_by, at=record.undone_at
            )
            raise InputError(msg)
        return record


def _import_visibility(notes: Sequence[Event]) -> str:
    """An import is private when one of its notes is: its record names the file."""
    is_private = any(note.is_private for note in notes)
    return Visibility.PRIVATE.value if is_private else Visibility.SHARED.value


def _audit_state_of_import(record: ImportRecord) -> dict[str, Any]:
    values = {column: getattr(record, name) for name, column in _IMPORT_COLUMNS.items()}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def _import_from_row(row: Mapping[Any, Any]) -> ImportRecord:
    return ImportRecord(**{name: row[column] for name, column in _IMPORT_COLUMNS.items()})


_HIDDEN_IDS: Final = select(HIDDEN_EVENTS.c.event_id).where(
    HIDDEN_EVENTS.c.person == bindparam("of")
)
_DELETE_HIDDEN: Final = delete(HIDDEN_EVENTS).where(
    HIDDEN_EVENTS.c.person == bindparam("of"), HIDDEN_EVENTS.c.event_id == bindparam("named")
)


class HiddenEventRows:
    """The events of the catalogue that one user hides, as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
        person: the user; those without a name share one list.
    """

    def __init__(self, connection: Connection, person: str) -> None:
        self._connection = connection
        self._person = person

    def find_all(self) -> frozenset[str]:
        """The ids of the events."""
        return frozenset(self._connection.scalars(_HIDDEN_IDS, {"of": self._person}))

    def hide(self, ids: Sequence[str], at: datetime) -> None:
        """Add ids; those that are hidden already stay as they are."""
        hidden = self.find_all()
        new = [name for name in dict.fromkeys(ids) if name not in hidden]
        if new:
            rows = [{"person": self._person, "event_id": name, "at": at} for name in new]
            self._connection.execute(insert(HIDDEN_EVENTS), rows)
            self._write_audit("hide", new, at)

    def show(self, ids: Sequence[str], at: datetime) -> None:
        """Remove ids; those that are not hidden are ignored."""
        hidden = self.find_all()
        removed = [name for name in dict.fromkeys(ids) if name in hidden]
        if removed:
            rows = [{"of": self._person, "named": name} for name in removed]
            self._connection.execute(_DELETE_HIDDEN, rows)
            self._write_audit("unhide", removed, at)

    def _write_audit(self, action: str, names: Sequence[str], at: datetime) -> None:
        audit = AuditRows(self._connection, self._person)
        for name in names:
            audit.add(action, name, (None, None), at, self._person)
