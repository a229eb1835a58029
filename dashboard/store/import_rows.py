"""The imports of files in the database: each with the notes that came with it."""

from __future__ import annotations

import secrets
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from dashboard.domain.errors import InputError
from dashboard.domain.event import Visibility
from dashboard.domain.imports import ImportRecord, UndoneImport
from dashboard.store.audit_rows import AuditRows
from dashboard.store.note_rows import NoteRows
from dashboard.store.rows import note_of
from dashboard.store.schema import IMPORT_NOTES, IMPORTS, NOTES
from dashboard.store.who_sees import IMPORT_IS_SEEN, may_see

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from dashboard.domain.event import Event

_NAMES: Final = tuple(each.name for each in fields(ImportRecord))
_ALL: Final = select(IMPORTS).where(IMPORT_IS_SEEN).order_by(IMPORTS.c.at.desc(), IMPORTS.c.id)
_ONE_TO_UNDO: Final = (
    select(IMPORTS).where(IMPORTS.c.id == bindparam("of"), IMPORT_IS_SEEN).with_for_update()
)
_NOTES_TO_UNDO: Final = (
    select(NOTES)
    .join(IMPORT_NOTES, IMPORT_NOTES.c.note_id == NOTES.c.id)
    .where(IMPORT_NOTES.c.import_id == bindparam("of"))
    .order_by(NOTES.c.id)
    .with_for_update(of=NOTES)
)


class ImportRows:
    """The imports that one person may see, as one transaction sees them.

    Args:
        connection: in a transaction, a writing one for a change.
        person: who asks; an import of private notes is its owner's alone.
    """

    def __init__(self, connection: Connection, person: str = "") -> None:
        self._connection = connection
        self._person = person
        self._asks = {"person": person}

    def find_all(self) -> tuple[ImportRecord, ...]:
        """Every import, the newest first."""
        return tuple(
            _record_of(row) for row in self._connection.execute(_ALL, self._asks).mappings()
        )

    def take_in(
        self, record: ImportRecord, notes: Sequence[Event], at: datetime
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Insert the notes of a file and the line that says where they came from."""
        kept = replace(record, id=f"import-{at:%Y-%m-%d}-{secrets.token_hex(4)}", at=at)
        whose = {"visibility": _seen_by(notes), "owner": self._person}
        row = {name: getattr(kept, name) for name in _NAMES}
        self._connection.execute(insert(IMPORTS), row | whose)
        created = NoteRows(self._connection, self._person).create_all(notes, at, kept.who)
        if created:
            links = [{"note_id": note.id, "import_id": kept.id} for note in created]
            self._connection.execute(insert(IMPORT_NOTES), links)
        AuditRows(self._connection).add("import", kept.id, (None, _told(kept)), at, kept.who)
        return kept, created

    def undo(self, import_id: str, at: datetime, who: str) -> UndoneImport:
        """Mark the notes of an import deleted; what somebody changed since stays."""
        record = self._to_undo(import_id)
        rows = self._connection.execute(_NOTES_TO_UNDO, {"of": import_id}).mappings()
        notes = [note_of(dict(row)) for row in rows]
        alive = [note for note in notes if note.deleted is None]
        untouched = [note for note in alive if note.revision == 1]
        changed = [note for note in alive if note.revision > 1]
        kept = tuple(note for note in changed if may_see(note, self._person))
        NoteRows(self._connection, self._person).delete_all(untouched, at, who)
        mark = update(IMPORTS).where(IMPORTS.c.id == import_id).values(undone_at=at, undone_by=who)
        self._connection.execute(mark)
        before, record = record, replace(record, undone_at=at, undone_by=who)
        states = _told(before), _told(record)
        AuditRows(self._connection).add("undo-import", import_id, states, at, who)
        return UndoneImport(record, len(untouched), kept, len(notes) - len(alive))

    def _to_undo(self, import_id: str) -> ImportRecord:
        found = self._connection.execute(_ONE_TO_UNDO, {"of": import_id} | self._asks)
        row = found.mappings().first()
        if row is None:
            msg = f"{import_id}: there is no import with this id; see `events imports`"
            raise InputError(msg)
        record = _record_of(row)
        if record.undone_at is not None:
            by = f" by {record.undone_by}" if record.undone_by else ""
            msg = (
                f"{import_id}: was undone already{by} at {record.undone_at:%Y-%m-%d %H:%M} UTC;"
                " import the file again, or restore single notes"
            )
            raise InputError(msg)
        return record


def _seen_by(notes: Sequence[Event]) -> str:
    """An import is private when one of its notes is: its line names the file and counts them."""
    private = any(note.is_private for note in notes)
    return Visibility.PRIVATE.value if private else Visibility.SHARED.value


def _told(record: ImportRecord) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in _NAMES}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _record_of(row: Mapping[Any, Any]) -> ImportRecord:
    return ImportRecord(**{name: row[name] for name in _NAMES})
