"""Protocols of event sources and news sources, and how to add one.

1. `sources/news/<id>.py`: a class with `id = "<id>"` that fits `EventSource` (dated events) or
   `NewsSource` (reports that a person has yet to decide about).
2. One import and one entry in the register (`sources/news/__init__.py`).
3. A fixture for it in `tests/contracts/test_event_sources.py` or `test_news_sources.py`; the
   tests there hold for all.
4. `assembly.py` takes it into the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from dashboard.models.event import Event
from dashboard.models.inbox import NewsBatch, ToneTimeline


@runtime_checkable
class EventSource(Protocol):
    """Somewhere dated events come from. Asking twice gives the same events."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    def events(self) -> tuple[Event, ...]:
        """Every event of the source, ordered by day, then as the source lists them.

        Raises:
            InputError: a file that a person gave is wrong; the message names the row.
            SourceError: the source cannot be read.
        """

    def files(self) -> dict[str, str]:
        """The sha256 of each file of the source by its name; a live source has none."""


@dataclass(frozen=True, slots=True)
class NewsQuery:
    """What is looked for: words, and the moments (UTC) between which it was reported.

    A feed knows no words and no period; it gives what it holds.
    """

    query: str = ""
    since: datetime | None = None
    until: datetime | None = None


@runtime_checkable
class NewsSource(Protocol):
    """Somewhere reports come from; it is asked only where a person wants it."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    @property
    def who(self) -> str:
        """Who is asked, as messages name it."""

    def news(self, asked: NewsQuery) -> NewsBatch:
        """The reports there are now.

        Raises:
            InputError: the question cannot be asked so; one line with what to do.
            SourceError: one sentence: who, and what it did instead of answering.
        """


class ToneSource(Protocol):
    """Somewhere that measures the tone of what is written about a thing."""

    def tone(self, asked: NewsQuery) -> ToneTimeline:
        """How the tone went in the period.

        Raises:
            InputError: the question cannot be asked so.
            SourceError: the service did not answer.
        """
