"""Protocols of the rate cache and of the inbox, as the services use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from dashboard.models.event import Event
from dashboard.models.inbox import WAITING_KINDS, Decision, FeedState, InboxItem
from dashboard.models.series import (
    CacheUpdate,
    FetchResult,
    FetchState,
    RateRevision,
    RateSeries,
    SeriesCard,
    SeriesVersion,
)
from dashboard.models.tickers import TickerFacts


class RateStore(Protocol):
    """Stores answers of live sources; reading never waits for a writer."""

    def fingerprint(self) -> object:
        """A cheap value that differs after every change; None where nothing is stored."""

    def versions(self) -> Mapping[str, SeriesVersion]:
        """The stored version of every series ever requested, by its id.

        Raises:
            StoreError: they cannot be read.
        """

    def read(self, card: SeriesCard) -> RateSeries | None:
        """The stored observations of a series, ascending; None where there are none.

        Raises:
            StoreError: they cannot be read.
        """

    def state(self, series_id: str) -> FetchState | None:
        """The state of the requests for a series; None where it was never requested.

        Raises:
            StoreError: it cannot be read.
        """

    def states(self) -> Mapping[str, FetchState]:
        """The states of every series ever requested, by its id.

        Raises:
            StoreError: they cannot be read.
        """

    def revisions(self, series_id: str) -> tuple[RateRevision, ...]:
        """The values that were replaced, the latest replacement first.

        Raises:
            StoreError: they cannot be read.
        """

    def tickers(self) -> Mapping[str, TickerFacts]:
        """The facts of every ticker ever stored, by its id.

        Raises:
            StoreError: they cannot be read.
        """

    def store_ticker(self, facts: TickerFacts) -> None:
        """Store the facts of a ticker; they replace earlier ones.

        Raises:
            StoreError: they cannot be written.
        """

    def store(self, series_id: str, source: str, fetched: FetchResult, at: datetime) -> CacheUpdate:
        """Store an answer in one transaction.

        Raises:
            StoreError: it cannot be written, or the series is another source's.
        """

    def record_failure(self, series_id: str, source: str, problem: str, at: datetime) -> None:
        """Record a failed request; stored observations do not change.

        Raises:
            StoreError: it cannot be written.
        """

    def lock(self, name: str, timeout: float) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was acquired in that many seconds."""


class InboxStore(Protocol):
    """News items that wait for a decision; every method raises StoreError where the store fails."""

    def find(
        self, since: datetime | None = None, kinds: Sequence[str] = WAITING_KINDS
    ) -> tuple[InboxItem, ...]:
        """Every item of some kinds fetched since a moment, in the order of ids."""

    def by_ids(self, ids: Sequence[str]) -> tuple[InboxItem, ...]:
        """The items of some ids; unknown ids are left out."""

    def ingest(self, items: Sequence[InboxItem]) -> int:
        """Store items, each once; returns how many are new. Decisions stay."""

    def accept(self, ids: Sequence[str], note: Event, author: str = "") -> Event:
        """Make one note of items; InputError where one was decided before."""

    def decide(self, ids: Sequence[str], state: Decision, author: str = "") -> None:
        """Decide about items, all or none; InputError where one was decided before."""

    def reopen(self, ids: Sequence[str]) -> None:
        """Take a dismissal back; InputError where one became a note."""

    def feed_states(self) -> tuple[FeedState, ...]:
        """The result of the last request to each feed."""

    def record_feed_state(self, state: FeedState) -> None:
        """Store the result of a request to a feed."""
