"""Repository of notes in SQLite or PostgreSQL, also for another user or as of an earlier moment."""

from __future__ import annotations

import re
import threading
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from dashboard.models.errors import InputError, StoreError
from dashboard.models.messages import translate as _
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
    from dashboard.storage.tokens import AuditStore, TokenStore

T = TypeVar("T")

READ_ONLY_MESSAGE: Final = (
    "notes: this view is frozen, so that they are read-only in it; go back to the live view"
)
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
        person: the user; private notes of other users are invisible. Without a name only
            shared notes are visible.
        clock: the present moment in UTC.
        interface: where changes come from: page, cli or api.
    """

    def __init__(
        self,
        url: str,
        *,
        person: str = "",
        clock: Callable[[], datetime] = utc_now,
        interface: str = "",
    ) -> None:
        self.person = person
        self._clock = clock
        self._moment: datetime | None = None
        self._database = _LazyDatabase(url, interface)

    def for_user(self, person: str) -> NoteRepository:
        """The same notes as another user sees them; this user signs the changes."""
        view = copy(self)
        view.person = person
        return view

    def as_of(self, moment: datetime) -> NoteRepository:
        """The same notes as they stood at a moment, rebuilt from their history; read-only."""
        view = copy(self)
        view._moment = moment
        return view

    def add(self, note: Event, author: str = "") -> Event:
        """Store a new note; the store gives it its id, revision 1 and its times."""
        return self._write(lambda rows: rows.create(note, self._clock(), self._signature(author)))

    def add_all(self, notes: Sequence[Event], author: str = "") -> tuple[Event, ...]:
        """Store new notes in their order, all of them or none."""
        return self._write(
            lambda rows: rows.create_all(notes, self._clock(), self._signature(author))
        )

    def import_notes(
        self, record: ImportRecord, notes: Sequence[Event]
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Store the notes of a file and the record of the import, all of them or nothing."""
        signed = replace(record, author=self._signature(record.author))
        return self._write_imports(lambda rows: rows.ingest(signed, notes, self._clock()))

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import of a file, the newest first."""
        from dashboard.storage.note_rows import ImportRows

        records = self.current().read(lambda c: ImportRows(c, self.person).find_all())
        return tuple(record for record in records if self._is_past(record.at))

    def undo_import(self, import_id: str, author: str = "") -> ImportUndo:
        """Remove the notes of an import in one transaction; those changed since stay.

        Raises:
            InputError: there is no such import, or it was undone before.
        """
        if not _is_note_id(import_id):
            msg = _("there is no import with this id; see `events imports`")
            raise InputError(msg)
        return self._write_imports(
            lambda rows: rows.undo(import_id, self._clock(), self._signature(author))
        )

    def edit(self, note: Event, revision: int, author: str = "") -> Event:
        """Replace the note of that id.

        Raises:
            EditConflict: the note is no longer at `revision`, or is deleted.
        """
        _check_note_id(note.id)
        return self._write(
            lambda rows: rows.edit(note, revision, self._clock(), self._signature(author))
        )

    def change(self, note_id: str, function: Callable[[Event], Event], author: str = "") -> Event:
        """Replace a note by what `function` makes of it, in one transaction.

        `function` may be called again after a lost connection; it must only compute.

        Raises:
            EditConflict: the note is deleted.
        """
        _check_note_id(note_id)
        return self._write(
            lambda rows: rows.change(note_id, function, self._clock(), self._signature(author))
        )

    def delete(self, note_id: str, revision: int, author: str = "") -> Event:
        """Mark a note deleted; it stays in the database.

        Raises:
            EditConflict: the note is no longer at `revision`.
        """
        _check_note_id(note_id)
        return self._write(
            lambda rows: rows.delete(note_id, revision, self._clock(), self._signature(author))
        )

    def restore(self, note_id: str, author: str = "") -> Event:
        """Take a deletion back; a note that is not deleted stays as it is."""
        _check_note_id(note_id)
        return self._write(
            lambda rows: rows.restore(note_id, self._clock(), self._signature(author))
        )

    def restore_revision(self, note_id: str, revision: int, author: str = "") -> Event:
        """Make an earlier revision of a note, deleted or not, its newest one."""
        _check_note_id(note_id)
        now = self._clock()
        return self._write(
            lambda rows: rows.restore_revision(note_id, revision, now, self._signature(author))
        )

    def hidden(self) -> frozenset[str]:
        """The ids of the events of the catalogue that the user hides."""
        return self.current().read(lambda c: self._hidden_rows(c).find_all())

    def hide(self, ids: Sequence[str]) -> None:
        """Hide events of the catalogue from this user only."""
        self._check_writable()
        self.current().write(lambda c: self._hidden_rows(c).hide(ids, self._clock()))

    def unhide(self, ids: Sequence[str]) -> None:
        """Show hidden events again."""
        self._check_writable()
        self.current().write(lambda c: self._hidden_rows(c).show(ids, self._clock()))

    def get(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        if not _is_note_id(note_id):
            return None
        if self._moment is None:
            return self._read(lambda rows: rows.find(note_id))
        changes = self.history(note_id)
        note = changes[-1].after if changes else None
        return note if note is not None and is_visible_to(note, self.person) else None

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note in the order of its day."""
        if self._moment is None:
            return self._read(lambda rows: rows.find_all(with_deleted=with_deleted))
        notes = [self._past_state(n) for n in self._read(lambda r: r.find_all(with_deleted=True))]
        visible = [n for n in notes if n is not None and is_visible_to(n, self.person)]
        wanted = [note for note in visible if with_deleted or note.deleted is None]
        return tuple(sorted(wanted, key=lambda note: (note.day, note.id)))

    def history(self, note_id: str) -> tuple[NoteRevision, ...]:
        """Every change to a note, oldest first."""
        if not _is_note_id(note_id):
            return ()
        changes = self._read(lambda rows: rows.changes(note_id))
        return tuple(change for change in changes if self._is_past(change.at))

    def count_by_author(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        return self._read(lambda rows: rows.count_by_author(author))

    def version(self) -> str:
        """A short text that differs after every change to any note: the key for caches."""
        live = self._read(lambda rows: rows.version())
        return live if self._moment is None else f"{live}@{self._moment.isoformat()}"

    def probe(self) -> StoreStatus:
        """The state of the store; never raises, `problem` describes a failure."""
        try:
            engine = self._database.opened().address.engine
            return self._read(lambda rows: rows.status(engine))
        except (StoreError, InputError) as error:
            return StoreStatus(engine="", problem=str(error))

    @property
    def tokens(self) -> TokenStore:
        """The API tokens in the same database."""
        from dashboard.storage.tokens import TokenStore

        return TokenStore(self.current, self._clock, self.person)

    @property
    def audit(self) -> AuditStore:
        """The audit trail in the same database."""
        from dashboard.storage.tokens import AuditStore

        return AuditStore(self.current, self._clock, self.person)

    @property
    def backups(self) -> BackupStore:
        """Backup and restore of the same database."""
        from dashboard.storage.backups import BackupStore

        return BackupStore(self._database.opened().address, self.current, self._database.interface)

    def close(self) -> None:
        """Give every connection back; the next call opens the store again."""
        self._database.close()

    def current(self) -> Database:
        """The database with the schema of this release, for its other tables."""
        return self._database.upgraded()

    def _read(self, work: Callable[[NoteRows], T]) -> T:
        from dashboard.storage.note_rows import NoteRows

        return self.current().read(lambda c: work(NoteRows(c, self.person)))

    def _write(self, work: Callable[[NoteRows], T]) -> T:
        from dashboard.storage.note_rows import NoteRows

        self._check_writable()
        return self.current().write(lambda c: work(NoteRows(c, self.person)))

    def _write_imports(self, work: Callable[[ImportRows], T]) -> T:
        from dashboard.storage.note_rows import ImportRows

        self._check_writable()
        return self.current().write(lambda c: work(ImportRows(c, self.person)))

    def _hidden_rows(self, connection: Connection) -> HiddenEventRows:
        from dashboard.storage.note_rows import HiddenEventRows

        return HiddenEventRows(connection, self.person)

    def _check_writable(self) -> None:
        if self._moment is not None:
            raise InputError(READ_ONLY_MESSAGE)

    def _is_past(self, at: datetime | None) -> bool:
        """Whether something happened by the moment of this view; always where it is live."""
        return self._moment is None or (at is not None and at <= self._moment)

    def _past_state(self, note: Event) -> Event | None:
        """The note itself where nothing changed since the moment, else its revision of then."""
        times = [at for at in (note.created, note.updated, note.deleted) if at is not None]
        return note if times and self._is_past(max(times)) else self.get(note.id)

    def _signature(self, author: str) -> str:
        """The author of a change: the user of the process, else the name that was given."""
        return self.person or author


class _LazyDatabase:
    """One database, opened and upgraded on first use, shared by all views of a repository."""

    def __init__(self, url: str, interface: str) -> None:
        self.interface = interface
        self._url = url
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._is_current = False

    def opened(self) -> Database:
        """The database, whatever the revision of its schema."""
        with self._lock:
            if self._database is None:
                from dashboard.storage.database import Database, parse_address

                self._database = Database(parse_address(self._url), self.interface)
            return self._database

    def upgraded(self) -> Database:
        """The database with the schema of this release."""
        database = self.opened()
        if not self._is_current:
            from dashboard.storage.upgrade import ensure_schema

            ensure_schema(database)
            self._is_current = True
        return database

    def close(self) -> None:
        """Give every connection back."""
        with self._lock:
            if self._database is not None:
                self._database.close()


def _is_note_id(note_id: str) -> bool:
    return _NOTE_ID.fullmatch(note_id) is not None


def _check_note_id(note_id: str) -> None:
    if not _is_note_id(note_id):
        msg = _("there is no note with this id; take the id from the list of notes")
        raise InputError(msg)
