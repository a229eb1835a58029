"""The event store: notes that survive, opened and brought up to date on first use."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from dashboard.domain.errors import InputError, StoreError
from dashboard.domain.note import StoreStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from dashboard.domain.event import Event
    from dashboard.domain.imports import ImportRecord, UndoneImport
    from dashboard.domain.note import Change
    from dashboard.store.backup_store import BackupStore
    from dashboard.store.beside_notes import BesideNotes
    from dashboard.store.database import Database
    from dashboard.store.hidden_rows import HiddenRows
    from dashboard.store.import_rows import ImportRows
    from dashboard.store.note_rows import NoteRows

T = TypeVar("T")

_NOTE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,40}")


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class EventStore:
    """Notes in SQLite or PostgreSQL; any number of threads and processes may share one.

    Making one opens nothing (not even SQLAlchemy is imported); the first method called does.
    Every method raises StoreError where the database cannot be used, and InputError where
    the URL is wrong or there is no such note.

    Args:
        url: `sqlite:////folder/events.db` or `postgresql://user@host/database`.
        person: whose notes these are; private ones of others are not there. Without a name
            only what is shared is.
        clock: the present moment in UTC.
        door: through which door changes come: page, cli or api.
    """

    def __init__(
        self,
        url: str,
        *,
        person: str = "",
        clock: Callable[[], datetime] = utc_now,
        door: str = "",
    ) -> None:
        self._url = url
        self.person = person
        self._clock = clock
        self._door = door
        self._opening = threading.Lock()
        self._database: Database | None = None
        self._is_current = False

    def add(self, note: Event, who: str = "") -> Event:
        """Store a new note; the store gives it its id, revision 1 and its times."""
        return self._write(lambda rows: rows.create(note, self._clock(), self._who(who)))

    def add_all(self, notes: Sequence[Event], who: str = "") -> tuple[Event, ...]:
        """Store new notes in their order, all of them or none."""
        return self._write(lambda rows: rows.create_all(notes, self._clock(), self._who(who)))

    def import_notes(
        self, record: ImportRecord, notes: Sequence[Event]
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Store the notes of a file, all of them or none, and the file on record with them."""
        signed = replace(record, who=self._who(record.who))
        return self._write_imports(lambda rows: rows.take_in(signed, notes, self._clock()))

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import of a file, the newest first."""
        from dashboard.store.import_rows import ImportRows

        return self.current().read(lambda link: ImportRows(link, self.person).find_all())

    def undo_import(self, import_id: str, who: str = "") -> UndoneImport:
        """Remove the notes of an import in one go; those that were changed since stay.

        Raises:
            InputError: there is no such import, or it was undone before.
        """
        if not _is_id(import_id):
            msg = "there is no import with this id; see `events imports`"
            raise InputError(msg)
        return self._write_imports(lambda rows: rows.undo(import_id, self._clock(), self._who(who)))

    def edit(self, note: Event, revision: int, who: str = "") -> Event:
        """Replace the note of that id.

        Raises:
            EditConflict: the note is no longer at `revision`, or is deleted.
        """
        _check_id(note.id)
        return self._write(lambda rows: rows.edit(note, revision, self._clock(), self._who(who)))

    def change(self, note_id: str, function: Callable[[Event], Event], who: str = "") -> Event:
        """Replace a note by what `function` makes of it, with nobody in between.

        `function` may be called again after a lost connection; it must only compute.

        Raises:
            EditConflict: the note is deleted.
        """
        _check_id(note_id)
        return self._write(
            lambda rows: rows.change(note_id, function, self._clock(), self._who(who))
        )

    def delete(self, note_id: str, revision: int, who: str = "") -> Event:
        """Mark a note deleted; it stays in the database.

        Raises:
            EditConflict: the note is no longer at `revision`.
        """
        _check_id(note_id)
        return self._write(
            lambda rows: rows.delete(note_id, revision, self._clock(), self._who(who))
        )

    def restore(self, note_id: str, who: str = "") -> Event:
        """Take a deletion back; a note that is not deleted stays as it is."""
        _check_id(note_id)
        return self._write(lambda rows: rows.restore(note_id, self._clock(), self._who(who)))

    def restore_revision(self, note_id: str, revision: int, who: str = "") -> Event:
        """Make what a note said at an earlier revision its newest one, deleted or not."""
        _check_id(note_id)
        now = self._clock()
        return self._write(
            lambda rows: rows.restore_revision(note_id, revision, now, self._who(who))
        )

    def hidden(self) -> frozenset[str]:
        """The ids of the events of the catalogue that the person hides."""
        return self.current().read(lambda link: self._hidden_rows(link).find_all())

    def hide(self, ids: Sequence[str]) -> None:
        """Hide events of the catalogue from the person, and from nobody else."""
        self.current().write(lambda link: self._hidden_rows(link).hide(ids, self._clock()))

    def unhide(self, ids: Sequence[str]) -> None:
        """Show hidden events again."""
        self.current().write(lambda link: self._hidden_rows(link).show(ids, self._clock()))

    def get(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        return self._read(lambda rows: rows.find(note_id)) if _is_id(note_id) else None

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note in the order of its day."""
        return self._read(lambda rows: rows.find_all(with_deleted=with_deleted))

    def history(self, note_id: str) -> tuple[Change, ...]:
        """Every change to a note, oldest first."""
        return self._read(lambda rows: rows.changes(note_id)) if _is_id(note_id) else ()

    def count_of(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        return self._read(lambda rows: rows.count_of(author))

    def version(self) -> str:
        """A short text that differs after every change to any note: the key for caches."""
        return self._read(lambda rows: rows.version())

    def probe(self) -> StoreStatus:
        """How the store is; never raises, a failure is told in `problem`."""
        try:
            engine = self._opened().address.engine
            return self._read(lambda rows: rows.status(engine))
        except (StoreError, InputError) as error:
            return StoreStatus(engine="", problem=str(error))

    @property
    def beside(self) -> BesideNotes:
        """The tokens and the record that are kept in the same database."""
        from dashboard.store.beside_notes import BesideNotes

        return BesideNotes(self.current, self._clock, self.person)

    @property
    def backups(self) -> BackupStore:
        """What backups ask of the same database."""
        from dashboard.store.backup_store import BackupStore

        return BackupStore(self._opened().address, self.current, self._door)

    def close(self) -> None:
        """Give every connection back; the next call opens the store again."""
        with self._opening:
            if self._database is not None:
                self._database.close()

    def reading(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the database, brought up to date: for what is kept beside the notes."""
        return self.current().read(work)

    def writing(self, work: Callable[[Connection], T]) -> T:
        """The same as a writer; `work` may run again, so it must only read and write."""
        return self.current().write(work)

    def _read(self, work: Callable[[NoteRows], T]) -> T:
        from dashboard.store.note_rows import NoteRows

        return self.current().read(lambda link: work(NoteRows(link, self.person)))

    def _write(self, work: Callable[[NoteRows], T]) -> T:
        from dashboard.store.note_rows import NoteRows

        return self.current().write(lambda link: work(NoteRows(link, self.person)))

    def _write_imports(self, work: Callable[[ImportRows], T]) -> T:
        from dashboard.store.import_rows import ImportRows

        return self.current().write(lambda link: work(ImportRows(link, self.person)))

    def _hidden_rows(self, connection: Connection) -> HiddenRows:
        from dashboard.store.hidden_rows import HiddenRows

        return HiddenRows(connection, self.person)

    def _who(self, told: str) -> str:
        """Who a change is signed by: the person of the process, else the label that was told."""
        return self.person or told

    def current(self) -> Database:
        """The database, opened and brought up to date: for what is kept beside the notes."""
        database = self._opened()
        if not self._is_current:
            from dashboard.store.upgrade import ensure_schema

            ensure_schema(database)
            self._is_current = True
        return database

    def _opened(self) -> Database:
        with self._opening:
            if self._database is None:
                from dashboard.store.address import parse_address
                from dashboard.store.database import Database

                self._database = Database(parse_address(self._url), self._door)
            return self._database


def _is_id(note_id: str) -> bool:
    return _NOTE_ID.fullmatch(note_id) is not None


def _check_id(note_id: str) -> None:
    if not _is_id(note_id):
        msg = "there is no note with this id; take the id from the list of notes"
        raise InputError(msg)
