"""The notes as they stood at an earlier moment, rebuilt from their history; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from dashboard.domain.errors import InputError
from dashboard.store.events import EventStore
from dashboard.store.who_sees import may_see

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from dashboard.domain.event import Event
    from dashboard.domain.imports import ImportRecord
    from dashboard.domain.note import Change
    from dashboard.store.database import Database
    from dashboard.store.import_rows import ImportRows
    from dashboard.store.note_rows import NoteRows

T = TypeVar("T")
READ_ONLY: Final = (
    "notes: this view is frozen, so that they are read-only in it; go back to the live view"
)


class NotesThen(EventStore):
    """What a store held at a moment.

    Args:
        live: the store; its connections are shared.
        moment: until when changes count.
    """

    def __init__(self, live: EventStore, moment: datetime) -> None:
        super().__init__("", person=live.person)
        self._live = live
        self._moment = moment

    def get(self, note_id: str) -> Event | None:
        """The note as it stood then, a deleted one too; None where it was not there yet."""
        changes = self.history(note_id)
        note = changes[-1].after if changes else None
        return note if note is not None and may_see(note, self.person) else None

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note of then in the order of its day."""
        found = [self._then(note) for note in self._live.notes(with_deleted=True)]
        there = [note for note in found if note is not None and may_see(note, self.person)]
        kept = [note for note in there if with_deleted or note.deleted is None]
        return tuple(sorted(kept, key=lambda note: (note.day, note.id)))

    def history(self, note_id: str) -> tuple[Change, ...]:
        """Every change to a note until then, oldest first."""
        return tuple(change for change in self._live.history(note_id) if change.at <= self._moment)

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import of a file until then, the newest first."""
        found = self._live.imports()
        return tuple(each for each in found if each.at is not None and each.at <= self._moment)

    def version(self) -> str:
        """That of the live store with the moment: both make a difference."""
        return f"{self._live.version()}@{self._moment.isoformat()}"

    def _then(self, note: Event) -> Event | None:
        """The note itself where nothing happened to it since, else what its history says."""
        touched = [at for at in (note.created, note.updated, note.deleted) if at is not None]
        if touched and max(touched) <= self._moment:
            return note
        return self.get(note.id)

    def _write(self, work: Callable[[NoteRows], T]) -> T:  # noqa: ARG002 - the form
        raise InputError(READ_ONLY)

    def _write_imports(self, work: Callable[[ImportRows], T]) -> T:  # noqa: ARG002 - the form
        raise InputError(READ_ONLY)

    def hide(self, ids: Sequence[str]) -> None:  # noqa: ARG002 - the form
        """Refuse it, like every change."""
        raise InputError(READ_ONLY)

    def unhide(self, ids: Sequence[str]) -> None:  # noqa: ARG002 - the form
        """Refuse it, like every change."""
        raise InputError(READ_ONLY)

    def current(self) -> Database:
        """The database of the live store."""
        return self._live.current()

    def _opened(self) -> Database:
        return self._live._opened()
