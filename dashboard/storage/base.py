"""Protocols of the rate cache and of the inbox, as the services use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from dashboard.models.event import Event
from dashboard.models.inbox import Decision, FeedState, InboxItem
from dashboard.models.series import (
    CacheUpdate,
    FetchResult,
    FetchState,
    RateRevision,
    RateSeries,
    SeriesCard,
    SeriesVersion,
)


class RateStore(Protocol):
    """Keeps what live sources answered; reading never waits for who writes."""

    def fingerprint(self) -> object:
        """Something cheap that differs whenever anything kept differs; None: nothing is."""

    def versions(self) -> Mapping[str, SeriesVersion]:
        """Which version is kept of every series that was ever asked for, by its id.

        Raises:
            StoreError: they cannot be read.
        """

    def read(self, card: SeriesCard) -> RateSeries | None:
        """The observations kept of a series, ascending; None where there are none.

        Raises:
            StoreError: they cannot be read.
        """

    def state(self, series_id: str) -> FetchState | None:
        """What is known of the attempts at a series; None: it was never asked for.

        Raises:
            StoreError: it cannot be read.
        """

    def states(self) -> Mapping[str, FetchState]:
        """The same of every series that was ever asked for, by its id.

        Raises:
            StoreError: they cannot be read.
        """

    def revisions(self, series_id: str) -> tuple[RateRevision, ...]:
        """The numbers that were replaced, the latest replacement first.

        Raises:
            StoreError: they cannot be read.
        """

    def store(self, series_id: str, source: str, fetched: FetchResult, at: datetime) -> CacheUpdate:
        """Take in an answer, whole or not at all.

        Raises:
            StoreError: it cannot be written, or the series is another source's.
        """

    def record_failure(self, series_id: str, source: str, problem: str, at: datetime) -> None:
        """Note an attempt that failed; nothing that is kept changes.

        Raises:
            StoreError: it cannot be written.
        """

    def alone(self, name: str, patience: float) -> AbstractContextManager[bool]:
        """Hold a lock among all processes; it says whether it was got in that many seconds."""


class InboxStore(Protocol):
    """Where reports wait for a decision; every method raises StoreError where the store fails."""

    def find(self, since: datetime | None = None) -> tuple[InboxItem, ...]:
        """Every candidate that was seen since a moment, in the order of ids."""

    def by_ids(self, ids: Sequence[str]) -> tuple[InboxItem, ...]:
        """The candidates of some ids; what there is not is left out."""

    def ingest(self, candidates: Sequence[InboxItem]) -> int:
        """Keep reports, each once; how many are new. What was decided stays decided."""

    def accept(self, ids: Sequence[str], note: Event, who: str = "") -> Event:
        """Make one note of candidates; InputError where somebody decided before."""

    def decide(self, ids: Sequence[str], state: Decision, who: str = "") -> None:
        """Decide about candidates, all or none; InputError where somebody decided before."""

    def reopen(self, ids: Sequence[str]) -> None:
        """Take a dismissal back; InputError where one is a note by now."""

    def feed_states(self) -> tuple[FeedState, ...]:
        """What became of each feed when it was last asked."""

    def record_feed_state(self, state: FeedState) -> None:
        """Keep what became of a feed."""
