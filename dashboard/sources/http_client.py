"""The HTTP client as its users see it: requests, responses and limits, without a network library.

`polite_client.PoliteClient` is the client that sends.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from dashboard.sources.clock import WallClock
from dashboard.sources.content_sniff import ContentKind

if TYPE_CHECKING:
    import requests

    from dashboard.sources.clock import Clock


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What one request may take, with its retries: seconds, bytes after decoding, attempts."""

    connect: float = 3.0
    read: float = 5.0
    total: float = 10.0
    max_bytes: int = 10_000_000
    attempts: int = 3

    def timeouts(self, remaining: float) -> tuple[float, float]:
        """Seconds to connect, and to wait for bytes, within the seconds that remain."""
        remaining = max(remaining, 0.01)
        return min(self.connect, remaining), min(self.read, remaining)


DEFAULT_LIMITS: Final = RequestLimits()


@dataclass(frozen=True, slots=True)
class CacheValidator:
    """The version of a resource (RFC 9110, 8.8), so that only a newer one is sent again."""

    url: str = ""
    etag: str = ""
    last_modified: str = ""

    def to_text(self) -> str:
        """One line, to be stored with what was fetched; empty without a version."""
        if not (self.etag or self.last_modified):
            return ""
        return json.dumps([self.url, self.etag, self.last_modified])

    @classmethod
    def from_text(cls, text: str) -> CacheValidator:
        """Read it back; any other text is no version."""
        try:
            url, etag, last_modified = json.loads(text)
        except (ValueError, TypeError):
            return cls()
        return cls(str(url), str(etag), str(last_modified))

    def headers(self, url: str) -> dict[str, str]:
        """The conditions for a request of an address; none where it is of another resource."""
        if url != self.url:
            return {}
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in conditions.items() if value}


@dataclass(frozen=True, slots=True)
class Request:
    """One request to one publisher.

    Attributes:
        url: without parameters.
        publisher: its name in messages.
        expects: what the body must be.
        params: of the query.
        headers: in addition to those of the client.
        body: makes it a POST.
        validator: the version that is already stored.
        empty_statuses: statuses that mean "there is none", and are a response.
        redirect_domain: redirects are followed within the host, and to hosts of this domain.
        allow_empty: take an empty body for "there is none".
        any_status: return whatever came, for a caller that checks it itself.
    """

    url: str
    publisher: str
    expects: ContentKind
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    validator: CacheValidator = CacheValidator()
    empty_statuses: frozenset[int] = frozenset()
    redirect_domain: str = ""
    allow_empty: bool = False
    any_status: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """A response: complete, within the limits, and of the kind that was expected."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    validator: CacheValidator
    fetched_at: datetime

    @property
    def is_unchanged(self) -> bool:
        """Whether the resource still has the version of the request; then without content."""
        return self.status == HTTPStatus.NOT_MODIFIED


class HttpClient(Protocol):
    """Sends requests to publishers."""

    @property
    def clock(self) -> Clock:
        """The time that limits and pauses are measured with."""

    @property
    def session(self) -> requests.Session:
        """The connections, and the cookies."""

    def send(self, request: Request) -> Response:
        """Send a request, with retries where they may help.

        Raises:
            CircuitOpen: nothing may be sent to the host now; nothing was sent.
            SourceError: one sentence: the publisher, and what it did instead.
        """


class LazyClient:
    """A client that is made, and whose libraries are imported, with the first request.

    Args:
        factory: creates the client.
    """

    def __init__(self, factory: Callable[[], HttpClient]) -> None:
        self._factory = factory
        self._lock = threading.Lock()
        self._instance: HttpClient | None = None
        self.clock: Clock = WallClock()

    @property
    def session(self) -> requests.Session:
        """The connections, and the cookies."""
        return self._client().session

    def send(self, request: Request) -> Response:
        """Send a request, with retries where they may help.

        Raises:
            SourceError: as the client that is made does.
        """
        return self._client().send(request)

    def _client(self) -> HttpClient:
        with self._lock:
            self._instance = self._instance or self._factory()
            return self._instance
