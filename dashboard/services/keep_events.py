"""Keep a person's notes: add, edit, delete with undo, and the history of every change."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event, Origin
from dashboard.domain.note import Action, Change
from dashboard.services.clean_draft import Draft, clean_draft, clean_line

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Action",
    "Catalogue",
    "Change",
    "Draft",
    "NoteStore",
    "add_note",
    "all_events",
    "delete_note",
    "draft_of",
    "edit_note",
    "get_event",
    "list_notes",
    "note_history",
    "notes_version",
    "restore_note",
    "restore_revision",
]

NOTE_PREFIX: Final = "note-"


class Catalogue(Protocol):
    """Events that nobody can edit."""

    def events(self) -> tuple[Event, ...]:
        """Every event."""
        ...


class NoteStore(Protocol):
    """Where notes are remembered, as one person sees them: private ones of others are not there.

    Every method raises StoreError where the store fails.
    """

    def add(self, note: Event, who: str = "") -> Event:
        """Store a new note; the store gives it its id, revision 1 and its times."""
        ...

    def edit(self, note: Event, revision: int, who: str = "") -> Event:
        """Replace the note of that id; EditConflict where `revision` is not the current one."""
        ...

    def delete(self, note_id: str, revision: int, who: str = "") -> Event:
        """Mark a note deleted; EditConflict where `revision` is not the current one."""
        ...

    def restore(self, note_id: str, who: str = "") -> Event:
        """Take a deletion back."""
        ...

    def restore_revision(self, note_id: str, revision: int, who: str = "") -> Event:
        """Make what a note said at an earlier revision its newest one."""
        ...

    def hidden(self) -> frozenset[str]:
        """The ids of the events of the catalogue that the person hides."""
        ...

    def get(self, note_id: str) -> Event | None:
        """The note, deleted ones too; None where there never was one."""
        ...

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note in the order of its day."""
        ...

    def history(self, note_id: str) -> tuple[Change, ...]:
        """Every change to a note, oldest first."""
        ...

    def version(self) -> str:
        """A short text that differs after every change to any note."""
        ...


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def draft_of(event: Event) -> Draft:
    """An event as a draft: to fill an edit form, or to copy a catalogue event into a note."""
    return Draft(**{field.name: getattr(event, field.name) for field in fields(Draft)})


def add_note(store: NoteStore, draft: Draft, *, now: Callable[[], datetime] = utc_now) -> Event:
    """Check a draft and store it as a new note.

    Raises:
        InputError: a field is wrong; the line names it and the fix.
        StoreError: the store cannot be written.
    """
    note = _note("", draft, now())
    return store.add(note, who=note.author)


def edit_note(  # noqa: PLR0913 - which note, what, over which revision, by whom
    store: NoteStore,
    note_id: str,
    draft: Draft,
    revision: int,
    *,
    who: str = "",
    now: Callable[[], datetime] = utc_now,
) -> Event:
    """Replace a note by a draft, if nobody changed it since `revision` was read.

    `who` signs the change; the author of the draft where it is empty.

    Raises:
        InputError: a field is wrong, the note is unknown, or it is a catalogue event.
        EditConflict: somebody changed or deleted it meanwhile; says who and when.
        StoreError: the store cannot be written.
    """
    _check_is_note(note_id)
    note = _note(note_id, draft, now())
    return store.edit(note, revision, who=clean_line(who) or note.author)


def delete_note(store: NoteStore, note_id: str, revision: int, *, who: str = "") -> Event:
    """Mark a note deleted; `restore_note` takes it back. Raises as `edit_note` does."""
    _check_is_note(note_id)
    return store.delete(note_id, revision, who=clean_line(who))


def restore_note(store: NoteStore, note_id: str, *, who: str = "") -> Event:
    """Take the deletion of a note back; a note that is not deleted stays as it is."""
    _check_is_note(note_id)
    return store.restore(note_id, who=clean_line(who))


def restore_revision(store: NoteStore, note_id: str, revision: int, *, who: str = "") -> Event:
    """Make what a note said at an earlier revision its newest one; the history only grows.

    Who may see the note stays as it is now. A deleted note comes back.

    Raises:
        InputError: there is no such note or revision, or it is a catalogue event.
        StoreError: the store cannot be written.
    """
    _check_is_note(note_id)
    return store.restore_revision(note_id, revision, who=clean_line(who))


def note_history(store: NoteStore, note_id: str) -> tuple[Change, ...]:
    """Every change to a note, oldest first.

    Raises:
        InputError: there never was such a note.
    """
    changes = store.history(note_id)
    if not changes:
        raise _unknown(note_id)
    return changes


def list_notes(store: NoteStore, *, with_deleted: bool = False) -> tuple[Event, ...]:
    """Every note, sorted by day, moment and id."""
    return tuple(sorted(store.notes(with_deleted=with_deleted), key=_order))


def notes_version(store: NoteStore) -> str:
    """A short text that differs after every change to any note: the key for caches."""
    return store.version()


def get_event(catalogue: Catalogue, store: NoteStore, event_id: str) -> Event:
    """An event of the catalogue or a note; a deleted note comes back with `deleted` set.

    Raises:
        InputError: there is no such event.
    """
    note = store.get(event_id) if event_id.startswith(NOTE_PREFIX) else None
    if note is not None:
        return note
    found = next((event for event in catalogue.events() if event.id == event_id), None)
    if found is None:
        raise _unknown(event_id)
    return found


def all_events(catalogue: Catalogue, store: NoteStore) -> tuple[Event, ...]:
    """What the person sees, sorted by day, moment and id.

    That is the catalogue but for what the person hides, and the notes that are not deleted.
    """
    notes, hidden = store.notes(), store.hidden()
    shown = (event for event in catalogue.events() if event.id not in hidden)
    return tuple(sorted((*shown, *notes), key=_order))


def _order(event: Event) -> tuple[object, ...]:
    return event.day, event.starts_at, event.id


def _note(note_id: str, draft: Draft, now: datetime) -> Event:
    clean = clean_draft(draft, today=now.date())
    values = {field.name: getattr(clean, field.name) for field in fields(Draft)}
    return Event(id=note_id, origin=Origin.NOTE, **values)


def _check_is_note(note_id: str) -> None:
    if not note_id.startswith(NOTE_PREFIX):
        msg = f"{clean_line(note_id)[:80]}: the catalogue is read-only; copy the event into a note"
        raise InputError(msg)


def _unknown(event_id: str) -> InputError:
    return InputError(f"{clean_line(event_id)[:80]}: there is no event with this id")
