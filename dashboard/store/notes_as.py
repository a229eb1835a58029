"""The notes as another person sees and signs them, in the same database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.store.events import EventStore

if TYPE_CHECKING:
    from dashboard.store.database import Database


class NotesAs(EventStore):
    """A store of notes for somebody who is not the person of this process.

    Args:
        live: the store; its connections are shared.
        person: who sees their own private notes in it and signs the changes.
    """

    def __init__(self, live: EventStore, person: str) -> None:
        super().__init__("", person=person, clock=live._clock, door=live._door)
        self._live = live

    def current(self) -> Database:
        """The database of the store, brought up to date."""
        return self._live.current()

    def _opened(self) -> Database:
        return self._live._opened()
