"""The inbox: reports and what was decided about them, beside the notes in the same database."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from dashboard.store.events import EventStore, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from dashboard.domain.candidate import Candidate, Decision, FeedState
    from dashboard.domain.event import Event
    from dashboard.store.candidate_rows import CandidateRows

T = TypeVar("T")


class CandidateStore:
    """The inbox of a store of notes; any number of threads and processes may share one.

    Every method raises StoreError where the database cannot be used.

    Args:
        notes: the store of notes, whose database it shares.
        clock: the present moment in UTC.
    """

    def __init__(self, notes: EventStore, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._notes = notes
        self._clock = clock

    def find(self, since: datetime | None = None) -> tuple[Candidate, ...]:
        """Every candidate that was seen since a moment, in the order of ids."""
        return self._read(lambda rows: rows.find(since))

    def named(self, ids: Sequence[str]) -> tuple[Candidate, ...]:
        """The candidates of some ids; what there is not is left out."""
        return self._read(lambda rows: rows.named(ids))

    def take_in(self, candidates: Sequence[Candidate]) -> int:
        """Keep reports, each once; how many are new. What was decided stays decided."""
        return self._write(lambda rows: rows.take_in(candidates))

    def accept(self, ids: Sequence[str], note: Event, who: str = "") -> Event:
        """Make one note of candidates, note and decision together or neither.

        Raises:
            InputError: somebody decided about one of them before, or there is none such.
        """
        return self._write(lambda rows: rows.accept(ids, note, self._clock(), self._who(who)))

    def decide(self, ids: Sequence[str], state: Decision, who: str = "") -> None:
        """Decide about candidates, all of them or none.

        Raises:
            InputError: somebody decided about one of them before, or there is none such.
        """
        self._write(lambda rows: rows.decide(ids, state, self._clock(), self._who(who)))

    def reopen(self, ids: Sequence[str]) -> None:
        """Take a dismissal back.

        Raises:
            InputError: one of them is a note by now, or there is none such.
        """
        self._write(lambda rows: rows.reopen(ids))

    def feed_states(self) -> tuple[FeedState, ...]:
        """What became of each feed when it was last asked."""
        return self._read(lambda rows: rows.feed_states())

    def note_feed(self, state: FeedState) -> None:
        """Keep what became of a feed."""
        self._write(lambda rows: rows.note_feed(state))

    def _who(self, told: str) -> str:
        return self._notes.person or told

    def _read(self, work: Callable[[CandidateRows], T]) -> T:
        from dashboard.store.candidate_rows import CandidateRows

        return self._notes.reading(lambda link: work(CandidateRows(link, self._notes.person)))

    def _write(self, work: Callable[[CandidateRows], T]) -> T:
        from dashboard.store.candidate_rows import CandidateRows

        return self._notes.writing(lambda link: work(CandidateRows(link, self._notes.person)))
