"""The feed of one publisher: fetched with the polite client or with the SSRF guard, parsed in a subprocess."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from dashboard.models.errors import SourceError
from dashboard.models.inbox import NewsBatch, Publisher
from dashboard.sources.events.base import NewsQuery
from dashboard.sources.feeds.reader import MAX_FEED_BYTES, FeedContent, parse_feed_in_subprocess
from dashboard.sources.http_client import Request, RequestLimits

if TYPE_CHECKING:
    from dashboard.sources.clock import Clock
    from dashboard.sources.http_client import HttpClient
    from dashboard.sources.safe_fetch import ConnectionPolicy


# ------------------------------------------------------------
# How the bytes of a feed come: politely from the list that ships, guarded from any other.


FEED_LIMITS: Final = RequestLimits(
    connect=3.0, read=5.0, total=9.0, max_bytes=MAX_FEED_BYTES, attempts=2
)
ACCEPT_HEADER: Final = (
    "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9"
)


class FeedFetcher(Protocol):
    """Fetches feeds."""

    def fetch(self, publisher: Publisher) -> FeedContent:
        """The bytes of a feed.

        Raises:
            InputError: its address may not be asked.
            SourceError: there is no answer; one sentence says who did what.
        """


@dataclass(frozen=True, slots=True)
class PoliteFetcher:
    """Fetches with the client: at the interval of each host, not while its circuit is open."""

    client: HttpClient

    def fetch(self, publisher: Publisher) -> FeedContent:
        """The bytes of a feed; redirects are followed within its domain."""
        host = urlsplit(publisher.url).hostname or ""
        request = Request(
            publisher.url, publisher.title, "any", headers={"Accept": ACCEPT_HEADER},
            redirect_domain=host.removeprefix("www."), allow_empty=True,
        )  # fmt: skip
        response = self.client.send(request)
        kind = response.headers.get("Content-Type", "")
        return FeedContent(response.content, response.url, publisher.title, kind, publisher.zone)


@dataclass(frozen=True, slots=True)
class GuardedFetcher:
    """Asks public addresses only, checked where the connection is opened, again at redirects.

    Args:
        way: how names become connections; the Internet's where None.
    """

    way: ConnectionPolicy | None = None

    def fetch(self, publisher: Publisher) -> FeedContent:
        """The bytes of a feed that a person added."""
        from dashboard.sources.safe_fetch import (
            DEFAULT_POLICY,
            FEED_CONTENT_TYPES,
            FEED_KINDS,
            PASTE_HINT,
            LinkFetcher,
        )

        links = LinkFetcher(
            self.way or DEFAULT_POLICY, FEED_LIMITS, types=FEED_CONTENT_TYPES, kinds=FEED_KINDS
        )
        try:
            page = links.fetch(publisher.url)
        except SourceError as error:
            told = (
                str(error).replace(PASTE_HINT, "").replace("instead of a page", "instead of a feed")
            )
            raise SourceError(told.replace(", not a page", ", not a feed")) from None
        return FeedContent(
            page.content, page.url, publisher.title, page.content_type, publisher.zone
        )


# ------------------------------------------------------------
# The feed of one publisher: fetched by our own client, read in a process of its own.


class Feed:
    """A feed of the list.

    Args:
        publisher: whose it is, where it lies and by which clock it goes.
        fetching: how its bytes come; see `sources.feeds.fetching`.
        clock: the present moment.
    """

    id = "feed"

    def __init__(self, publisher: Publisher, fetching: FeedFetcher, clock: Clock) -> None:
        self.publisher = publisher
        self._fetching = fetching
        self._clock = clock

    @property
    def who(self) -> str:
        """The publisher."""
        return self.publisher.title

    def news(self, asked: NewsQuery = NewsQuery()) -> NewsBatch:  # noqa: ARG002, B008
        """What the feed holds now.

        Raises:
            InputError: its address may not be asked.
            SourceError: it did not answer with a feed.
        """
        found = self._fetching.fetch(self.publisher)
        news = parse_feed_in_subprocess(found, self._clock.now())
        of, language = self.publisher.title, self.publisher.language
        reports = (
            replace(
                each, publisher=each.publisher or of, language=each.language or language
            )
            for each in news.reports
        )  # fmt: skip
        return NewsBatch(tuple(reports), news.messages)
