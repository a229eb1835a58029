"""Repository of the inbox: news items, the decisions about them and the state of each feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from dashboard.storage.notes import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from dashboard.models.event import Event
    from dashboard.models.inbox import Decision, FeedState, InboxItem
    from dashboard.storage.inbox_rows import InboxRows
    from dashboard.storage.notes import NoteRepository

T = TypeVar("T")


class InboxRepository:
    """The inbox of a repository of notes; any number of threads and processes may share one.

    Every method raises StoreError where the database cannot be used.

    Args:
        notes: the repository of notes, whose database it shares.
        clock: the present moment in UTC.
    """

    def __init__(self, notes: NoteRepository, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._notes = notes
        self._clock = clock

    def find(self, since: datetime | None = None) -> tuple[InboxItem, ...]:
        """Every item fetched since a moment, in the order of ids."""
        return self._read(lambda rows: rows.find(since))

    def by_ids(self, ids: Sequence[str]) -> tuple[InboxItem, ...]:
        """The items of some ids; unknown ids are left out."""
        return self._read(lambda rows: rows.by_ids(ids))

    def ingest(self, items: Sequence[InboxItem]) -> int:
        """Store items, each once; returns how many are new. Decisions stay."""
        return self._write(lambda rows: rows.ingest(items))

    def accept(self, ids: Sequence[str], note: Event, author: str = "") -> Event:
        """Make one note of items, note and decision in one transaction.

        Raises:
            InputError: one of them was decided before, or does not exist.
        """
        return self._write(
            lambda rows: rows.accept(ids, note, self._clock(), self._signature(author))
        )

    def decide(self, ids: Sequence[str], state: Decision, author: str = "") -> None:
        """Decide about items, all of them or none.

        Raises:
            InputError: one of them was decided before, or does not exist.
        """
        self._write(lambda rows: rows.decide(ids, state, self._clock(), self._signature(author)))

    def reopen(self, ids: Sequence[str]) -> None:
        """Take a dismissal back.

        Raises:
            InputError: one of them became a note, or does not exist.
        """
        self._write(lambda rows: rows.reopen(ids))

    def feed_states(self) -> tuple[FeedState, ...]:
        """The result of the last request to each feed."""
        return self._read(lambda rows: rows.feed_states())

    def record_feed_state(self, state: FeedState) -> None:
        """Store the result of a request to a feed."""
        self._write(lambda rows: rows.record_feed_state(state))

    def _signature(self, author: str) -> str:
        return self._notes.person or author

    def _read(self, work: Callable[[InboxRows], T]) -> T:
        from dashboard.storage.inbox_rows import InboxRows

        return self._notes.current().read(lambda c: work(InboxRows(c, self._notes.person)))

    def _write(self, work: Callable[[InboxRows], T]) -> T:
        from dashboard.storage.inbox_rows import InboxRows

        return self._notes.current().write(lambda c: work(InboxRows(c, self._notes.person)))
