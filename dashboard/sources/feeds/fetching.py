"""How the bytes of a feed come: politely from the list that ships, guarded from any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from dashboard.domain.errors import SourceError
from dashboard.sources.feeds.items import MOST_BYTES, FeedBytes
from dashboard.sources.http_client import Request, RequestLimits

if TYPE_CHECKING:
    from dashboard.domain.candidate import Publisher
    from dashboard.sources.http_client import HttpClient
    from dashboard.sources.public_route import Way

OF_A_FEED: Final = RequestLimits(connect=3.0, read=5.0, total=9.0, max_bytes=MOST_BYTES, attempts=2)
ACCEPT: Final = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9"


class Fetching(Protocol):
    """Fetches feeds."""

    def fetch(self, publisher: Publisher) -> FeedBytes:
        """The bytes of a feed.

        Raises:
            InputError: its address may not be asked.
            SourceError: there is no answer; one sentence says who did what.
        """


@dataclass(frozen=True, slots=True)
class PoliteFetching:
    """Fetches with the client: at the interval of each host, not while its circuit is open."""

    client: HttpClient

    def fetch(self, publisher: Publisher) -> FeedBytes:
        """The bytes of a feed; redirects are followed within its domain."""
        host = urlsplit(publisher.url).hostname or ""
        request = Request(
            publisher.url, publisher.title, "any", headers={"Accept": ACCEPT},
            redirect_domain=host.removeprefix("www."), allow_empty=True,
        )  # fmt: skip
        response = self.client.send(request)
        kind = response.headers.get("Content-Type", "")
        return FeedBytes(response.content, response.url, publisher.title, kind, publisher.zone)


@dataclass(frozen=True, slots=True)
class GuardedFetching:
    """Asks public addresses only, checked where the connection is opened, again at redirects.

    Args:
        way: how names become connections; the Internet's where None.
    """

    way: Way | None = None

    def fetch(self, publisher: Publisher) -> FeedBytes:
        """The bytes of a feed that a person added."""
        from dashboard.sources.public_link import FEED_KINDS, FEED_TYPES, INSTEAD, Links
        from dashboard.sources.public_route import THE_INTERNET

        links = Links(self.way or THE_INTERNET, OF_A_FEED, types=FEED_TYPES, kinds=FEED_KINDS)
        try:
            page = links.fetch(publisher.url)
        except SourceError as error:
            told = str(error).replace(INSTEAD, "").replace("instead of a page", "instead of a feed")
            raise SourceError(told.replace(", not a page", ", not a feed")) from None
        return FeedBytes(page.content, page.url, publisher.title, page.content_type, publisher.zone)
