"""Repository of notes in SQLite or PostgreSQL, also for another user or as of an earlier moment."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from dashboard.models.errors import InputError, StoreError
from dashboard.models.records import StoreStatus
from dashboard.storage.visibility import is_visible_to

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from dashboard.models.event import Event
    from dashboard.models.records import NoteRevision
    from dashboard.models.user_files import ImportRecord, ImportUndo
    from dashboard.storage.backups import BackupStore
    from dashboard.storage.database import Database
    from dashboard.storage.note_rows import HiddenEventRows, ImportRows, NoteRows
    from dashboard.storage.tokens import TokenAuditStore


WorkResult = TypeVar("WorkResult")

# ------------------------------------------------------------
# The event store: notes that survive, opened and brought up to date on first use.


_NOTE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,40}")


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class NoteRepository:
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
        self._interface = door
        self._opening = threading.Lock()
        self._database: Database | None = None
        self._is_current = False

    def add(self, note: Event, who: str = "") -> Event:
        """Store a new note; the store gives it its id, revision 1 and its times."""
        return self._write(lambda rows: rows.create(note, self._clock(), self._author(who)))

    def add_all(self, notes: Sequence[Event], who: str = "") -> tuple[Event, ...]:
        """Store new notes in their order, all of them or none."""
        return self._write(lambda rows: rows.create_all(notes, self._clock(), self._author(who)))

    def import_notes(
        self, record: ImportRecord, notes: Sequence[Event]
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Store the notes of a file, all of them or none, and the file on record with them."""
        signed = replace(record, author=self._author(record.author))
        return self._write_imports(lambda rows: rows.ingest(signed, notes, self._clock()))

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import of a file, the newest first."""
        from dashboard.storage.note_rows import ImportRows

        return self.current().read(lambda link: ImportRows(link, self.person).find_all())

    def undo_import(self, import_id: str, who: str = "") -> ImportUndo:
        """Remove the notes of an import in one go; those that were changed since stay.

        Raises:
            InputError: there is no such import, or it was undone before.
        """
        if not _is_note_id(import_id):
            msg = "there is no import with this id; see `events imports`"
            raise InputError(msg)
        return self._write_imports(
            lambda rows: rows.undo(import_id, self._clock(), self._author(who))
        )

    def edit(self, note: Event, revision: int, who: str = "") -> Event:
        """Replace the note of that id.

        Raises:
            EditConflict: the note is no longer at `revision`, or is deleted.
        """
        _check_note_id(note.id)
        return self._write(lambda rows: rows.edit(note, revision, self._clock(), self._author(who)))

    def change(self, note_id: str, function: Callable[[Event], Event], who: str = "") -> Event:
        """Replace a note by what `function` makes of it, with nobody in between.

        `function` may be called again after a lost connection; it must only compute.

        Raises:
            EditConflict: the note is deleted.
        """
        _check_note_id(note_id)
        return self._write(
            lambda rows: rows.change(note_id, function, self._clock(), self._author(who))
        )

    def delete(self, note_id: str, revision: int, who: str = "") -> Event:
        """Mark a note deleted; it stays in the database.

        Raises:
            EditConflict: the note is no longer at `revision`.
        """
        _check_note_id(note_id)
        return self._write(
            lambda rows: rows.delete(note_id, revision, self._clock(), self._author(who))
        )

    def restore(self, note_id: str, who: str = "") -> Event:
        """Take a deletion back; a note that is not deleted stays as it is."""
        _check_note_id(note_id)
        return self._write(lambda rows: rows.restore(note_id, self._clock(), self._author(who)))

    def restore_revision(self, note_id: str, revision: int, who: str = "") -> Event:
        """Make what a note said at an earlier revision its newest one, deleted or not."""
        _check_note_id(note_id)
        now = self._clock()
        return self._write(
            lambda rows: rows.restore_revision(note_id, revision, now, self._author(who))
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
        return self._read(lambda rows: rows.find(note_id)) if _is_note_id(note_id) else None

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note in the order of its day."""
        return self._read(lambda rows: rows.find_all(with_deleted=with_deleted))

    def history(self, note_id: str) -> tuple[NoteRevision, ...]:
        """Every change to a note, oldest first."""
        return self._read(lambda rows: rows.changes(note_id)) if _is_note_id(note_id) else ()

    def count_by_author(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        return self._read(lambda rows: rows.count_by_author(author))

    def version(self) -> str:
        """A short text that differs after every change to any note: the key for caches."""
        return self._read(lambda rows: rows.version())

    def probe(self) -> StoreStatus:
        """How the store is; never raises, a failure is told in `problem_response`."""
        try:
            engine = self._ensure_open().address.engine
            return self._read(lambda rows: rows.status(engine))
        except (StoreError, InputError) as error:
            return StoreStatus(engine="", problem=str(error))

    @property
    def beside(self) -> TokenAuditStore:
        """The tokens and the record that are kept in the same database."""
        from dashboard.storage.tokens import TokenAuditStore

        return TokenAuditStore(self.current, self._clock, self.person)

    @property
    def backups(self) -> BackupStore:
        """What backups ask of the same database."""
        from dashboard.storage.backups import BackupStore

        return BackupStore(self._ensure_open().address, self.current, self._interface)

    def close(self) -> None:
        """Give every connection back; the next call opens the store again."""
        with self._opening:
            if self._database is not None:
                self._database.close()

    def read_transaction(self, work: Callable[[Connection], WorkResult]) -> WorkResult:
        """Run `work` on the database, brought up to date: for what is kept beside the notes."""
        return self.current().read(work)

    def write_transaction(self, work: Callable[[Connection], WorkResult]) -> WorkResult:
        """The same as a writer; `work` may run again, so it must only read and write."""
        return self.current().write(work)

    def _read(self, work: Callable[[NoteRows], WorkResult]) -> WorkResult:
        from dashboard.storage.note_rows import NoteRows

        return self.current().read(lambda link: work(NoteRows(link, self.person)))

    def _write(self, work: Callable[[NoteRows], WorkResult]) -> WorkResult:
        from dashboard.storage.note_rows import NoteRows

        return self.current().write(lambda link: work(NoteRows(link, self.person)))

    def _write_imports(self, work: Callable[[ImportRows], WorkResult]) -> WorkResult:
        from dashboard.storage.note_rows import ImportRows

        return self.current().write(lambda link: work(ImportRows(link, self.person)))

    def _hidden_rows(self, connection: Connection) -> HiddenEventRows:
        from dashboard.storage.note_rows import HiddenEventRows

        return HiddenEventRows(connection, self.person)

    def _author(self, told: str) -> str:
        """Who a change is signed by: the person of the process, else the label that was told."""
        return self.person or told

    def current(self) -> Database:
        """The database, opened and brought up to date: for what is kept beside the notes."""
        database = self._ensure_open()
        if not self._is_current:
            from dashboard.storage.upgrade import ensure_schema

            ensure_schema(database)
            self._is_current = True
        return database

    def _ensure_open(self) -> Database:
        with self._opening:
            if self._database is None:
                from dashboard.storage.database import Database, parse_address

                self._database = Database(parse_address(self._url), self._interface)
            return self._database


def _is_note_id(note_id: str) -> bool:
    return _NOTE_ID.fullmatch(note_id) is not None


def _check_note_id(note_id: str) -> None:
    if not _is_note_id(note_id):
        msg = "there is no note with this id; take the id from the list of notes"
        raise InputError(msg)


# ------------------------------------------------------------
# The notes as another person sees and signs them, in the same database.


class UserNoteRepository(NoteRepository):
    """A store of notes for somebody who is not the person of this process.

    Args:
        live: the store; its connections are shared.
        person: who sees their own private notes in it and signs the changes.
    """

    def __init__(self, live: NoteRepository, person: str) -> None:
        super().__init__("", person=person, clock=live._clock, door=live._interface)
        self._live = live

    def current(self) -> Database:
        """The database of the store, brought up to date."""
        return self._live.current()

    def _ensure_open(self) -> Database:
        return self._live._ensure_open()


# ------------------------------------------------------------
# The notes as they stood at an earlier moment, rebuilt from their history; nothing is written.


READ_ONLY_MESSAGE: Final = (
    "notes: this view is frozen, so that they are read-only in it; go back to the live view"
)


class AsOfNoteRepository(NoteRepository):
    """What a store held at a moment.

    Args:
        live: the store; its connections are shared.
        moment: until when changes count.
    """

    def __init__(self, live: NoteRepository, moment: datetime) -> None:
        super().__init__("", person=live.person)
        self._live = live
        self._moment = moment

    def get(self, note_id: str) -> Event | None:
        """The note as it stood then, a deleted one too; None where it was not there yet."""
        changes = self.history(note_id)
        note = changes[-1].after if changes else None
        return note if note is not None and is_visible_to(note, self.person) else None

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note of then in the order of its day."""
        found = [self._as_of(note) for note in self._live.notes(with_deleted=True)]
        there = [note for note in found if note is not None and is_visible_to(note, self.person)]
        kept = [note for note in there if with_deleted or note.deleted is None]
        return tuple(sorted(kept, key=lambda note: (note.day, note.id)))

    def history(self, note_id: str) -> tuple[NoteRevision, ...]:
        """Every change to a note until then, oldest first."""
        return tuple(change for change in self._live.history(note_id) if change.at <= self._moment)

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import of a file until then, the newest first."""
        found = self._live.imports()
        return tuple(each for each in found if each.at is not None and each.at <= self._moment)

    def version(self) -> str:
        """That of the live store with the moment: both make a difference."""
        return f"{self._live.version()}@{self._moment.isoformat()}"

    def _as_of(self, note: Event) -> Event | None:
        """The note itself where nothing happened to it since, else what its history says."""
        touched = [at for at in (note.created, note.updated, note.deleted) if at is not None]
        if touched and max(touched) <= self._moment:
            return note
        return self.get(note.id)

    def _write(self, work: Callable[[NoteRows], WorkResult]) -> WorkResult:  # noqa: ARG002
        raise InputError(READ_ONLY_MESSAGE)

    def _write_imports(self, work: Callable[[ImportRows], WorkResult]) -> WorkResult:  # noqa: ARG002
        raise InputError(READ_ONLY_MESSAGE)

    def hide(self, ids: Sequence[str]) -> None:  # noqa: ARG002 - the form
        """Refuse it, like every change."""
        raise InputError(READ_ONLY_MESSAGE)

    def unhide(self, ids: Sequence[str]) -> None:  # noqa: ARG002 - the form
        """Refuse it, like every change."""
        raise InputError(READ_ONLY_MESSAGE)

    def current(self) -> Database:
        """The database of the live store."""
        return self._live.current()

    def _ensure_open(self) -> Database:
        return self._live._ensure_open()
