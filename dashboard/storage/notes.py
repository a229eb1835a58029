"""Repository of notes in SQLite or PostgreSQL, with their history, imports and hidden events.

A change of a note is an UPDATE of the row *with the revision that was read*: where none matches,
the note was changed meanwhile (the optimistic lock that SQLAlchemy calls version_id_col). Every
function that takes a connection runs in the transaction of its caller.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from copy import copy
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import bindparam, delete, func, insert, select, update

from dashboard.models.errors import InputError, StoreError
from dashboard.models.event import EditConflict, Event, Visibility
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.records import NoteAction, NoteRevision, StoreStatus
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.storage.audit import AuditRepository, RecentActions, add_audit_entry, json_state
from dashboard.storage.database import DEFAULT_LIMITS, existing_ids, utc_now, write_actions
from dashboard.storage.schema import (
    HIDDEN_EVENTS,
    HISTORY,
    IMPORT_IS_VISIBLE,
    IMPORT_NOTES,
    IMPORTS,
    NOTE_IS_VISIBLE,
    NOTES,
    json_from_note,
    note_from_json,
    note_from_row,
    row_from_note,
)
from dashboard.storage.tokens import TokenRepository
from dashboard.storage.upgrade import CurrentDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Select

    from dashboard.storage.backups import BackupStore
    from dashboard.storage.database import ServerLimits
    from dashboard.storage.people import PeopleRepository

T = TypeVar("T")

READ_ONLY_MESSAGE: Final = (
    "notes: this view is frozen, so that they are read-only in it; go back to the live view"
)
_NOTE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,40}")


def _change_from_row(row: Mapping[Any, Any]) -> NoteRevision:
    values = {field.name: row[HISTORY.c[field.name]] for field in fields(NoteRevision)}
    values["before"], values["after"] = map(note_from_json, (values["before"], values["after"]))
    return NoteRevision(**values)


def _import_from_row(row: Mapping[Any, Any]) -> ImportRecord:
    return ImportRecord(
        **{field.name: row[IMPORTS.c[field.name]] for field in fields(ImportRecord)}
    )


_BATCH_SIZE: Final = 500
_VERSION_HISTORY_ROWS: Final = 1_000
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
_UPDATE_NOTE: Final = update(NOTES).where(
    NOTES.c.id == bindparam("note_id"), NOTES.c.revision == bindparam("read_revision")
)
_HIDDEN_IDS: Final = select(HIDDEN_EVENTS.c.event_id).where(_IS_HIDDEN_BY_PERSON)
_ALL_IMPORTS: Final = (
    select(IMPORTS).where(IMPORT_IS_VISIBLE).order_by(IMPORTS.c.at.desc(), IMPORTS.c.id)
)
_IMPORT_TO_UNDO: Final = (
    select(IMPORTS)
    .where(IMPORTS.c.id == bindparam("import_id"), IMPORT_IS_VISIBLE)
    .with_for_update()
)
_NOTES_TO_UNDO: Final = (
    select(NOTES)
    .join(IMPORT_NOTES, IMPORT_NOTES.c.note_id == NOTES.c.id)
    .where(IMPORT_NOTES.c.import_id == bindparam("import_id"))
    .order_by(NOTES.c.id)
    .with_for_update(of=NOTES)
)
_METADATA_FIELDS: Final = ("id", "created", "updated", "revision", "visibility", "owner")
"""Fields that describe a note and are no part of its content."""


class NoteRepository:
    """Notes in SQLite or PostgreSQL; any number of threads and processes may share one.

    Making one opens nothing; the first method called does. Every method raises StoreError where
    the database cannot be used, and InputError where the URL is wrong or there is no such note.

    Args:
        url: `sqlite:////folder/events.db` or `postgresql://user@host/database`.
        person: the user, who signs the changes; private notes of other users are invisible.
            Without a name only shared notes are visible.
        clock: the present moment in UTC.
        interface: where changes come from: page, cli or api.
        limits: those of a server.
    """

    def __init__(
        self,
        url: str,
        *,
        person: str = "",
        clock: Callable[[], datetime] = utc_now,
        interface: str = "",
        limits: ServerLimits = DEFAULT_LIMITS,
    ) -> None:
        self.person = person
        self.database = CurrentDatabase(url, interface, limits)
        self._clock = clock
        self._moment: datetime | None = None

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

    # ---- reading

    def get(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        if not _is_note_id(note_id):
            return None
        if self._moment is None:
            return self._read(lambda c: self._find(c, _NOTE_BY_ID, note_id))
        changes = self.history(note_id)
        note = changes[-1].after if changes else None
        return note if note is not None and _is_visible(note, self.person) else None

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note in the order of its day."""
        if self._moment is None:
            return self._all(_ALL_NOTES if with_deleted else _NOTES_NOT_DELETED)
        notes = [self._past_state(note) for note in self._all(_ALL_NOTES)]
        visible = [n for n in notes if n is not None and _is_visible(n, self.person)]
        wanted = [note for note in visible if with_deleted or note.deleted is None]
        return tuple(sorted(wanted, key=lambda note: (note.day, note.id)))

    def history(self, note_id: str) -> tuple[NoteRevision, ...]:
        """Every change to a note, oldest first."""
        if not _is_note_id(note_id):
            return ()
        changes = self._read(lambda c: self._changes(c, note_id))
        return tuple(change for change in changes if self._is_past(change.at))

    def count_by_author(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        query = select(func.count()).where(NOTES.c.author == author, NOTES.c.deleted.is_(None))
        return int(self._read(lambda c: c.scalar(query)) or 0)

    def version(self) -> str:
        """A short text that differs after every change to what the user sees: a key for caches.

        It is made of the newest id of the history and a sum over the last (on PostgreSQL a
        lower id can be committed after a higher one; the sum shows it), of the number of
        notes (it falls when one becomes private), and of the events that the user hides.
        """
        newest, total, notes, hidden, since = self._read(
            lambda c: c.execute(_VERSION_QUERY, self._viewer).one()
        )
        hiding = f"-{hidden}-{since:%Y%m%d%H%M%S%f}" if hidden else ""
        live = f"{newest or 0}-{total or 0}-{notes}{hiding}"
        return live if self._moment is None else f"{live}@{self._moment.isoformat()}"

    def probe(self) -> StoreStatus:
        """The state of the store; never raises, `problem` describes a failure."""
        try:
            engine = self.database.address.engine
            return self._read(lambda c: self._status(c, engine))
        except (StoreError, InputError) as error:
            return StoreStatus(engine="", problem=str(error))

    # ---- changes of notes

    def add(self, note: Event, author: str = "") -> Event:
        """Store a new note; the store gives it its id, revision 1 and its times."""
        return self.add_all([note], author)[0]

    def add_all(self, notes: Sequence[Event], author: str = "") -> tuple[Event, ...]:
        """Store new notes in their order, all of them or none."""
        return self._write(lambda c: self.create(c, notes, self._clock(), self.signature(author)))

    def create(
        self, connection: Connection, notes: Sequence[Event], at: datetime, author: str
    ) -> tuple[Event, ...]:
        """Insert notes under new ids, in their order, within a transaction."""
        created = tuple(
            replace(
                note, id=note_id, created=at, updated=at, revision=1, deleted=None,
                owner=self.person,
            )
            for note, note_id in zip(notes, _new_ids(connection, notes), strict=True)
        )  # fmt: skip
        for note in created:
            _check_private_has_owner(note, self.person)
        if created:
            connection.execute(insert(NOTES), [row_from_note(note) for note in created])
            _record_changes(connection, NoteAction.CREATE, [(None, n) for n in created], author)
        return created

    def edit(self, note: Event, revision: int, author: str = "") -> Event:
        """Replace the note of that id.

        Raises:
            EditConflict: the note is no longer at `revision`, or is deleted.
        """
        return self._change(note.id, NoteAction.EDIT, lambda *_args: note, author, revision)

    def change(self, note_id: str, function: Callable[[Event], Event], author: str = "") -> Event:
        """Replace a note by what `function` makes of it, in one transaction.

        `function` may be called again after a lost connection; it must only compute.

        Raises:
            EditConflict: the note is deleted.
        """
        return self._change(
            note_id, NoteAction.EDIT, lambda _conn, note, _at: function(note), author
        )

    def delete(self, note_id: str, revision: int, author: str = "") -> Event:
        """Mark a note deleted; it stays in the database.

        Raises:
            EditConflict: the note is no longer at `revision`.
        """

        def deleted(_connection: Connection, note: Event, at: datetime) -> Event:
            return note if note.deleted is not None else replace(note, deleted=at)

        return self._change(note_id, NoteAction.DELETE, deleted, author, revision)

    def restore(self, note_id: str, author: str = "") -> Event:
        """Take a deletion back; a note that is not deleted stays as it is."""
        return self._change(
            note_id,
            NoteAction.RESTORE,
            lambda _connection, note, _at: replace(note, deleted=None),
            author,
        )

    def restore_revision(self, note_id: str, revision: int, author: str = "") -> Event:
        """Make the content of an earlier revision the newest one; visibility and owner stay.

        A deleted note is restored; a revision with the present content changes nothing.
        """

        def past(connection: Connection, current: Event, _at: datetime) -> Event:
            changes = self._changes(connection, note_id)
            content = next((c.after for c in changes if c.revision == revision), None)
            if content is None:
                msg = _(
                    "{note_id}: there is no revision {wanted} to restore; see its history",
                    note_id=note_id,
                    wanted=revision,
                )
                raise InputError(msg)
            metadata = {name: getattr(current, name) for name in _METADATA_FIELDS}
            return replace(content, **metadata, deleted=None)

        return self._change(note_id, NoteAction.RESTORE, past, author)

    # ---- imports of files

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import of a file, the newest first."""
        rows = self._read(lambda c: c.execute(_ALL_IMPORTS, self._viewer).mappings().all())
        return tuple(record for record in map(_import_from_row, rows) if self._is_past(record.at))

    def import_notes(
        self, record: ImportRecord, notes: Sequence[Event]
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Store the notes of a file and the record of the import, all of them or nothing."""

        def store(connection: Connection) -> tuple[ImportRecord, tuple[Event, ...]]:
            at, author = self._clock(), self.signature(record.author)
            new_id = f"import-{at:%Y-%m-%d}-{secrets.token_hex(4)}"
            stored = replace(record, id=new_id, at=at, author=author)
            # Its record names the file, so an import is private when one of its notes is.
            is_private = any(note.is_private for note in notes)
            visibility = Visibility.PRIVATE if is_private else Visibility.SHARED
            access = {"visibility": visibility.value, "owner": self.person}
            connection.execute(insert(IMPORTS), asdict(stored) | access)
            created = self.create(connection, notes, at, author)
            if created:
                links = [{"note_id": note.id, "import_id": stored.id} for note in created]
                connection.execute(insert(IMPORT_NOTES), links)
            states = None, json_state(asdict(stored))
            add_audit_entry(connection, "import", stored.id, (at, author), states)
            return stored, created

        return self._write(store)

    def undo_import(self, import_id: str, author: str = "") -> ImportUndo:
        """Remove the notes of an import in one transaction; those changed since stay.

        Raises:
            InputError: there is no such import, or it was undone before.
        """
        if not _is_note_id(import_id):
            msg = _("there is no import with this id; see `events imports`")
            raise InputError(msg)
        return self._write(lambda c: self._undo(c, import_id, self.signature(author)))

    # ---- hidden events; users without a name share one list

    def hidden(self) -> frozenset[str]:
        """The ids of the events of the catalogue that the user hides."""
        return self._read(self._hidden_ids)

    def hide(self, ids: Sequence[str]) -> None:
        """Hide events of the catalogue from this user only."""
        self._write(lambda c: self._set_hidden(c, ids, hide=True))

    def unhide(self, ids: Sequence[str]) -> None:
        """Show hidden events again."""
        self._write(lambda c: self._set_hidden(c, ids, hide=False))

    # ---- the rest of the database

    @property
    def tokens(self) -> TokenRepository:
        """The API tokens in the same database."""
        return TokenRepository(self.database, self._clock, self.person)

    @property
    def audit(self) -> AuditRepository:
        """The audit trail in the same database."""
        return AuditRepository(self.database, self._clock, self.person)

    @property
    def people(self) -> PeopleRepository:
        """The people in the same database, their roles and sign-ins."""
        from dashboard.storage.people import PeopleRepository

        return PeopleRepository(self.database, self._clock, self.person)

    @property
    def recent_actions(self) -> RecentActions:
        """When each person did what is limited, in the same database."""
        return RecentActions(self.database)

    @property
    def backups(self) -> BackupStore:
        """Backup and restore of the same database."""
        from dashboard.storage.backups import BackupStore

        return BackupStore(self.database, self.person)

    def close(self) -> None:
        """Give every connection back; the next call opens the store again."""
        self.database.close()

    def signature(self, author: str) -> str:
        """The author of a change: the user of the process, else the name that was given."""
        return self.person or author

    # ---- within a transaction

    @property
    def _viewer(self) -> dict[str, str]:
        return {"person": self.person}

    def _read(self, work: Callable[[Connection], T]) -> T:
        return self.database.read(work, self.person)

    def _write(self, work: Callable[[Connection], T]) -> T:
        if self._moment is not None:
            raise InputError(READ_ONLY_MESSAGE)
        return self.database.write(work, self.person)

    def _all(self, query: Select[Any]) -> tuple[Event, ...]:
        rows = self._read(lambda c: c.execute(query, self._viewer).mappings().all())
        return tuple(note_from_row(dict(row)) for row in rows)

    def _find(self, connection: Connection, query: Select[Any], note_id: str) -> Event | None:
        params = {"note_id": note_id} | self._viewer
        row = connection.execute(query, params).mappings().first()
        return None if row is None else note_from_row(dict(row))

    def _changes(self, connection: Connection, note_id: str) -> tuple[NoteRevision, ...]:
        params = {"note_id": note_id} | self._viewer
        rows = connection.execute(_CHANGES_OF_NOTE, params).mappings()
        return tuple(_visible_changes(map(_change_from_row, rows), self.person))

    def _status(self, connection: Connection, engine: str) -> StoreStatus:
        total, deleted = connection.execute(_COUNT_QUERY, self._viewer).one()
        newest = connection.execute(_NEWEST_CHANGES.limit(1), self._viewer).first()
        return StoreStatus(engine, total - deleted, deleted, newest and newest.at)

    def _is_past(self, at: datetime | None) -> bool:
        """Whether something happened by the moment of this view; always where it is live."""
        return self._moment is None or (at is not None and at <= self._moment)

    def _past_state(self, note: Event) -> Event | None:
        """The note itself where nothing changed since the moment, else its revision of then."""
        times = [at for at in (note.created, note.updated, note.deleted) if at is not None]
        return note if times and self._is_past(max(times)) else self.get(note.id)

    def _change(
        self,
        note_id: str,
        action: NoteAction,
        new_state: Callable[[Connection, Event, datetime], Event],
        author: str,
        revision: int | None = None,
    ) -> Event:
        """Replace a note, if it is at `revision` where that is given; the same state is none."""
        if not _is_note_id(note_id):
            msg = _("there is no note with this id; take the id from the list of notes")
            raise InputError(msg)

        def save(connection: Connection) -> Event:
            before = self._for_update(connection, note_id)
            is_stale = revision is not None and before.revision != revision
            if is_stale or (action is NoteAction.EDIT and before.deleted is not None):
                raise self._conflict(connection, before)
            at = self._clock()
            after = new_state(connection, before, at)
            if action is not NoteAction.EDIT and after == before:
                return before
            after = replace(after, updated=at)
            return self._save(connection, action, (before, after), self.signature(author))

        return self._write(save)

    def _save(
        self, connection: Connection, action: NoteAction, states: tuple[Event, Event], author: str
    ) -> Event:
        before, after = states
        after = replace(
            after, id=before.id, created=before.created, revision=before.revision + 1,
            owner=before.owner,
        )  # fmt: skip
        _check_visibility_change(before, after, self.person)
        if connection.execute(_UPDATE_NOTE, _update_params(before, after)).rowcount != 1:
            raise self._conflict(connection, self._for_update(connection, before.id))
        _record_changes(connection, action, [(before, after)], author)
        return after

    def _for_update(self, connection: Connection, note_id: str) -> Event:
        current = self._find(connection, _NOTE_BY_ID_FOR_UPDATE, note_id)
        if current is None:
            msg = _("{note_id}: there is no note with this id", note_id=note_id)
            raise InputError(msg)
        return current

    def _conflict(self, connection: Connection, current: Event) -> EditConflict:
        last = self._changes(connection, current.id)[-1]
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

    def _undo(self, connection: Connection, import_id: str, author: str) -> ImportUndo:
        at, before = self._clock(), self._import_to_undo(connection, import_id)
        rows = connection.execute(_NOTES_TO_UNDO, {"import_id": import_id}).mappings()
        notes = [note_from_row(dict(row)) for row in rows]
        present = [note for note in notes if note.deleted is None]
        unchanged = [note for note in present if note.revision == 1]
        changed = tuple(n for n in present if n.revision > 1 and _is_visible(n, self.person))
        pairs = [(n, replace(n, deleted=at, updated=at, revision=2)) for n in unchanged]
        if pairs:
            connection.execute(_UPDATE_NOTE, [_update_params(*pair) for pair in pairs])
            _record_changes(connection, NoteAction.DELETE, pairs, author)
        mark = {"undone_at": at, "undone_by": author}
        connection.execute(update(IMPORTS).where(IMPORTS.c.id == import_id).values(mark))
        after = replace(before, undone_at=at, undone_by=author)
        states = json_state(asdict(before)), json_state(asdict(after))
        add_audit_entry(connection, "undo-import", import_id, (at, author), states)
        return ImportUndo(after, len(unchanged), changed, len(notes) - len(present))

    def _import_to_undo(self, connection: Connection, import_id: str) -> ImportRecord:
        params = {"import_id": import_id} | self._viewer
        row = connection.execute(_IMPORT_TO_UNDO, params).mappings().first()
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

    def _hidden_ids(self, connection: Connection) -> frozenset[str]:
        return frozenset(connection.scalars(_HIDDEN_IDS, self._viewer))

    def _set_hidden(self, connection: Connection, ids: Sequence[str], *, hide: bool) -> None:
        hidden, at = self._hidden_ids(connection), self._clock()
        changed = [name for name in dict.fromkeys(ids) if (name in hidden) != hide]
        if not changed:
            return
        if hide:
            rows = [{"person": self.person, "event_id": name, "at": at} for name in changed]
            connection.execute(insert(HIDDEN_EVENTS), rows)
        else:
            is_changed = HIDDEN_EVENTS.c.event_id.in_(changed)
            connection.execute(
                delete(HIDDEN_EVENTS).where(HIDDEN_EVENTS.c.person == self.person, is_changed)
            )
        for name in changed:
            action = "hide" if hide else "unhide"
            add_audit_entry(connection, action, name, (at, self.person))


def _is_note_id(note_id: str) -> bool:
    return _NOTE_ID.fullmatch(note_id) is not None


def _new_ids(connection: Connection, notes: Sequence[Event]) -> list[str]:
    ids = [_new_note_id(note.day) for note in notes]
    while taken := existing_ids(connection, NOTES.c.id, ids) | _duplicates(ids):
        ids = [
            _new_note_id(note.day) if note_id in taken else note_id
            for note, note_id in zip(notes, ids, strict=True)
        ]
    return ids


def _new_note_id(day: date) -> str:
    return f"note-{day}-{secrets.token_hex(4)}"


def _duplicates(ids: Sequence[str]) -> set[str]:
    return {note_id for note_id, count in Counter(ids).items() if count > 1}


def _update_params(before: Event, after: Event) -> dict[str, Any]:
    read = {"note_id": before.id, "read_revision": before.revision}
    return row_from_note(after) | read


def _record_changes(
    connection: Connection,
    action: NoteAction,
    pairs: Iterable[tuple[Event | None, Event]],
    author: str,
) -> None:
    rows = [
        {
            "note_id": after.id,
            "revision": after.revision,
            "action": action.value,
            "at": after.updated,
            "author": author,
            "before": before and json_from_note(before),
            "after": json_from_note(after),
        }
        for before, after in pairs
    ]
    write_actions(connection, HISTORY, rows)


# ---- visibility: shared notes for everybody, private ones for their owner only
#
# Every query about notes and imports applies it (as SQL conditions, see `schema`), so that a
# private row of another user cannot be listed, counted, changed or named.


def _is_visible(note: Event, person: str) -> bool:
    return not note.is_private or bool(person and note.owner == person)


def _visible_changes(changes: Iterable[NoteRevision], person: str) -> Iterator[NoteRevision]:
    """The changes a user may see: a note that is shared now may have been private before."""
    for change in changes:
        if change.after is None or not _is_visible(change.after, person):
            continue
        is_visible = change.before is None or _is_visible(change.before, person)
        yield change if is_visible else replace(change, before=None)


def _check_private_has_owner(note: Event, person: str) -> None:
    """Refuse a private note without an owner, which nobody could ever see again."""
    if note.is_private and not person:
        msg = _("visibility: a private note needs to know whose it is; set DASHBOARD_USER")
        raise InputError(msg)


def _check_visibility_change(before: Event, after: Event, person: str) -> None:
    """Refuse that anybody but the owner makes a note private or shares it."""
    if before.visibility == after.visibility or (person and before.owner == person):
        return
    message = deferred(
        "visibility: can be changed by nobody: it has no owner, and not by you; copy it into a"
        " note of your own"
    )
    if before.owner:
        message = deferred(
            "visibility: can be changed by {owner}, whose note it is, not by you; copy it into a"
            " note of your own"
        )
    raise InputError(translate_deferred(message, owner=before.owner))
