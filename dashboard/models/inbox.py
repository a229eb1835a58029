"""News items that feeds and searches returned, each waiting for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from dashboard.models.article import Precision
from dashboard.models.event import MOSCOW

EXCERPT_LIMIT: Final = 400
PRINTED_DATE_LIMIT: Final = 80
NEWS_KIND: Final = "feed"
CALENDAR_KIND: Final = "calendar"
"""What brought an item: RSS or Atom, whose items wait for a decision, or iCalendar, whose entries
are scheduled events. The content decides, not the address."""
WAITING_KINDS: Final = (NEWS_KIND, "gdelt")
"""The kinds of items that wait for a decision."""


class DatedBy(StrEnum):
    """What a date of a report is the date of."""

    PUBLISHED = "published"
    UPDATED = "updated"
    SEEN = "seen"


class Decision(StrEnum):
    """The decision about a candidate."""

    NEW = "new"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Publisher:
    """A feed in the list of feeds.

    `zone` is the clock of its times without one, empty where it is not known. `terms` says what
    its publisher allows. `is_imported` marks a feed that the user added; its address is guarded.
    """

    id: str
    title: str
    url: str
    zone: str = ""
    language: str = ""
    terms: str = ""
    enabled: bool = True
    is_imported: bool = False


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One item as a source gave it, its date read.

    `day` is the day by the clock of `zone` (of the publisher), `moment` the UTC moment; both are
    None where `precision` is NONE. `dated_by` says what the date is of, `printed` how it was
    written, `doubt` what is uncertain about it.
    """

    guid: str
    link: str
    title: str
    excerpt: str = ""
    day: date | None = None
    moment: datetime | None = None
    zone: str = MOSCOW
    precision: Precision = Precision.NONE
    dated_by: DatedBy = DatedBy.PUBLISHED
    printed: str = ""
    doubt: str = ""
    language: str = ""
    publisher: str = ""
    tone: float | None = None


@dataclass(frozen=True, slots=True)
class NewsBatch:
    """The answer of a source: its reports in its order, and messages for the user.

    `kind` is `NEWS_KIND`, or `CALENDAR_KIND` where they are entries of a calendar.
    """

    reports: tuple[NewsItem, ...]
    messages: tuple[str, ...] = ()
    kind: str = NEWS_KIND


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A report on its way into the notes.

    `kind` is the id of the source that brought it (`feed`, `calendar`, `gdelt`), `source_id` the
    feed or the words of the search. `cluster` is shared by reports of one event. `first_seen` and
    `fetched_at` are the first and last moment (UTC) at which the source brought it.
    """

    id: str
    kind: str
    source_id: str
    report: NewsItem
    cluster: str
    first_seen: datetime
    fetched_at: datetime
    state: Decision = Decision.NEW
    note_id: str = ""
    decided_at: datetime | None = None
    decided_by: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether the minute of the publication is known, and not only that of another moment."""
        return self.report.precision == Precision.MINUTE and (
            self.report.dated_by == DatedBy.PUBLISHED
        )

    @property
    def sort_moment(self) -> datetime:
        """Where it stands in a list: its moment, else when it was first seen here."""
        return self.report.moment or self.first_seen


@dataclass(frozen=True, slots=True)
class NewsCluster:
    """Reports of one event; `lead` is the one with the most exact and earliest date."""

    lead: InboxItem
    reports: tuple[InboxItem, ...]

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who reported it, each once, in the order of the reports."""
        named = (item.report.publisher or item.source_id for item in self.reports)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class FeedState:
    """The last attempts at a feed; `problem` is empty where the last one worked.

    `tried_at` and `answered_at` are UTC; `items` counts the items of the last good answer.
    """

    feed_id: str
    tried_at: datetime
    answered_at: datetime | None = None
    items: int = 0
    new: int = 0
    problem: str = ""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TonePoint:
    """The average tone of the articles of one stretch of time, which begins at `at` (UTC)."""

    at: datetime
    tone: float


@dataclass(frozen=True, slots=True)
class ToneTimeline:
    """How the tone of the articles on a query went; `resolution` is the service's own word."""

    query: str
    resolution: str
    points: tuple[TonePoint, ...]
    messages: tuple[str, ...] = ()
