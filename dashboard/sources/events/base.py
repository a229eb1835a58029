"""Protocols of event sources and news sources, and how to add one.

1. `sources/events/<id>.py`: a class with `id = "<id>"` that implements `EventSource` (dated
   events) or `NewsSource` (news items for the inbox).
2. One import and one entry in the register (`sources/events/__init__.py`).
3. A fixture for it in `tests/contracts/test_event_sources.py` or `test_news_sources.py`; the
   tests there hold for all.
4. `container.py` creates it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from dashboard.models.event import Event
from dashboard.models.inbox import NewsBatch, ToneTimeline


@runtime_checkable
class EventSource(Protocol):
    """A source of dated events. Reading twice gives the same events."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    def events(self) -> tuple[Event, ...]:
        """Every event of the source, ordered by day, then as the source lists them.

        Raises:
            InputError: a file of the user is wrong; the message names the row.
            SourceError: the source cannot be read.
        """

    def files(self) -> dict[str, str]:
        """The sha256 of each file of the source by its name; a live source has none."""


@dataclass(frozen=True, slots=True)
class NewsQuery:
    """A search: text, and the UTC moments between which it was published.

    A feed has no search; it returns all of its items.
    """

    query: str = ""
    since: datetime | None = None
    until: datetime | None = None


@runtime_checkable
class NewsSource(Protocol):
    """A source of news items, used on demand of the user only."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    @property
    def publisher_name(self) -> str:
        """The publisher, as messages name it."""

    def news(self, query: NewsQuery) -> NewsBatch:
        """The present news items.

        Raises:
            InputError: the query is invalid; one line with what to do.
            SourceError: one sentence: the publisher, and what it did instead.
        """


class ToneSource(Protocol):
    """A source of the tone of articles on a query."""

    def tone(self, query: NewsQuery) -> ToneTimeline:
        """The tone over the period of the query.

        Raises:
            InputError: the query is invalid.
            SourceError: the service did not answer.
        """
