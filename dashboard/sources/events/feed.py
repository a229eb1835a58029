"""The feed of one publisher: fetched politely or with the SSRF guard, parsed in a subprocess."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from dashboard.models.inbox import NewsBatch, Publisher
from dashboard.sources.events.base import NewsQuery
from dashboard.sources.feeds.reader import MAX_FEED_BYTES, FeedContent, parse_feed_in_subprocess
from dashboard.sources.http_client import Request, RequestLimits

if TYPE_CHECKING:
    from dashboard.sources.clock import Clock
    from dashboard.sources.http_client import HttpClient
    from dashboard.sources.safe_fetch import ConnectionPolicy


FEED_LIMITS: Final = RequestLimits(
    connect=3.0, read=5.0, total=9.0, max_bytes=MAX_FEED_BYTES, attempts=2
)
ACCEPT_HEADER: Final = (
    "application/rss+xml, application/atom+xml, text/calendar, application/xml;q=0.9,"
    " text/xml;q=0.9"
)


class FeedFetcher(Protocol):
    """Fetches feeds."""

    def fetch(self, publisher: Publisher) -> FeedContent:
        """The bytes of a feed.

        Raises:
            InputError: its address may not be fetched.
            SourceError: there is no response; one sentence says why.
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
    """Fetches from public addresses only, checked at every connection, also after redirects.

    Args:
        policy: how names become connections; `DEFAULT_POLICY` where None.
    """

    policy: ConnectionPolicy | None = None

    def fetch(self, publisher: Publisher) -> FeedContent:
        """The bytes of a feed that the user added."""
        from dashboard.sources.safe_fetch import (
            DEFAULT_POLICY,
            FEED_CONTENT_TYPES,
            FEED_KINDS,
            LinkFetcher,
        )

        links = LinkFetcher(
            self.policy or DEFAULT_POLICY,
            FEED_LIMITS,
            types=FEED_CONTENT_TYPES,
            kinds=FEED_KINDS,
            is_feed=True,
        )
        page = links.fetch(publisher.url)
        return FeedContent(
            page.content, page.url, publisher.title, page.content_type, publisher.zone
        )


class Feed:
    """A feed of the list.

    Args:
        publisher: its entry in the registry.
        fetcher: fetches its bytes.
        clock: the present moment.
    """

    id = "feed"

    def __init__(self, publisher: Publisher, fetcher: FeedFetcher, clock: Clock) -> None:
        self.publisher = publisher
        self._fetcher = fetcher
        self._clock = clock

    @property
    def publisher_name(self) -> str:
        """The publisher."""
        return self.publisher.title

    def news(self, query: NewsQuery = NewsQuery()) -> NewsBatch:  # noqa: ARG002, B008
        """The present items of the feed.

        Raises:
            InputError: its address may not be fetched.
            SourceError: it did not answer with a feed.
        """
        content = self._fetcher.fetch(self.publisher)
        news = parse_feed_in_subprocess(content, self._clock.now())
        title, language = self.publisher.title, self.publisher.language
        reports = (
            replace(
                item, publisher=item.publisher or title, language=item.language or language
            )
            for item in news.reports
        )  # fmt: skip
        return NewsBatch(tuple(reports), news.messages, news.kind)
