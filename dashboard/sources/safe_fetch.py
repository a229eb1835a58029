"""Fetching URLs of users: public addresses only (SSRF guard), bounded time, size and redirects.

The guard is where the socket is opened: a name is resolved once, every address it has must be
public, and the connection goes to one of exactly these addresses. Neither a redirect nor a name
that resolves differently the second time gets around it.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Final, TypeAlias
from urllib.parse import urljoin

import requests

from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.sources.content_sniff import kind_name, sniff_kind
from dashboard.sources.http_client import RequestLimits
from dashboard.sources.http_transport import (
    USER_AGENT,
    AbortableAdapter,
    AbortableHTTP,
    AbortableHTTPS,
    BoundedSession,
    DeadlineExceeded,
    RequestFailed,
    read_body,
    run_with_deadline,
)
from dashboard.sources.public_url import PublicUrl, is_public_address, parse_public_url

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
Dialer: TypeAlias = Callable[[str, int, float], socket.socket]
REQUEST_HEADERS: Final = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html, text/plain, application/json;q=0.8",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
MAX_ADDRESSES: Final = 3
"""The number of addresses of a name that are tried."""
LINK_LIMITS: Final = RequestLimits(
    connect=3.0, read=5.0, total=9.0, max_bytes=10_000_000, attempts=1
)
"""Name resolution and redirects included, a fetch ends within ten seconds."""
MAX_REDIRECTS: Final = 5
PAGE_CONTENT_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
PAGE_KINDS: Final = frozenset({"html", "text", "csv", "xml"})
"""Sniffed formats of pages and plain texts; a first line with a comma looks like CSV."""
FEED_CONTENT_TYPES: Final = PAGE_CONTENT_TYPES | {
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml",
    "text/xml", "text/calendar", "application/octet-stream",
}  # fmt: skip
FEED_KINDS: Final = PAGE_KINDS | {"bytes", "nothing"}
"""Sniffed formats that are accepted for a feed; its parser checks further."""
JSON_CONTENT_TYPES: Final = frozenset(
    {"application/json", "text/json", "text/plain", "text/javascript", "application/octet-stream"}
)
JSON_KINDS: Final = frozenset({"json", "text", "csv"})
"""Sniffed formats that are accepted for JSON, which may also be a bare number."""
STATUS_MESSAGES: Final = {
    HTTPStatus.UNAUTHORIZED: deferred("{host} wants a login"),
    HTTPStatus.PAYMENT_REQUIRED: deferred("{host} wants to be paid (402)"),
    HTTPStatus.FORBIDDEN: deferred("{host} does not let programs in (403)"),
    HTTPStatus.NOT_FOUND: deferred("{host} has no such page (404)"),
    HTTPStatus.GONE: deferred("{host} has taken the page down (410)"),
    HTTPStatus.TOO_MANY_REQUESTS: deferred("{host} says that we ask too often (429)"),
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: deferred("{host} does not show the page here (451)"),
}


# ---- connections to public addresses


class AddressNotPublic(Exception):
    """A name resolves to an address that is not public; nothing was sent."""


class HostNotFound(Exception):
    """A name does not resolve."""


def resolve_host(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name, by the resolver of this machine."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(info[4][0]) for info in infos))


def open_connection(address: str, port: int, timeout: float) -> socket.socket:
    """A connection to an address."""
    return socket.create_connection((address, port), timeout)


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """How names are resolved and connections opened; tests replace both."""

    resolve: Resolver = resolve_host
    dial: Dialer = open_connection

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """A connection to a public address of a host.

        Raises:
            AddressNotPublic: one of its addresses is not.
            HostNotFound: it has none.
            OSError: none of them answers.
        """
        failed: OSError | None = None
        for address in self._public_addresses(host, port)[:MAX_ADDRESSES]:
            try:
                return self.dial(address, port, timeout)
            except OSError as error:
                failed = error
        raise failed or HostNotFound

    def _public_addresses(self, host: str, port: int) -> list[str]:
        host = host.strip("[]")
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise HostNotFound from None
        for address in addresses:
            if not is_public_address(ipaddress.ip_address(address)):
                raise AddressNotPublic
        return list(addresses)


DEFAULT_POLICY: Final = ConnectionPolicy()


def new_public_session(policy: ConnectionPolicy) -> requests.Session:
    """A session that reaches public addresses only, and discloses nothing.

    No proxy and no password of the environment is used, no cookie stored, no referrer sent.
    """
    session = BoundedSession()
    session.trust_env = False
    session.headers.clear()
    session.headers.update(REQUEST_HEADERS)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = AbortableAdapter(*_connections(policy))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _connections(policy: ConnectionPolicy) -> tuple[type[AbortableHTTP], type[AbortableHTTPS]]:
    """Connection classes whose sockets are opened by a policy."""

    class PublicHTTP(AbortableHTTP):
        def _new_conn(self) -> socket.socket:
            seconds = self.timeout
            limit = float(seconds) if isinstance(seconds, int | float) else 3.0
            # urllib3 keeps the name for the certificate; only the socket goes to the address.
            return policy.connect(self.host, self.port or 80, limit)

    class PublicHTTPS(PublicHTTP, AbortableHTTPS):
        """The same, encrypted."""

    return PublicHTTP, PublicHTTPS


# ---- pages


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A fetched page: its final address, announced content type and bytes."""

    url: str
    content_type: str
    content: bytes


def _with_paste_hint(message: str) -> str:
    return join_clauses(message, _("open it in a browser and paste the text"))


@dataclass(frozen=True, slots=True)
class LinkFetcher:
    """Fetches links of users.

    Args:
        policy: how connections are opened.
        limits: of one fetch, its redirects included.
        types: the accepted content types.
        kinds: the accepted sniffed formats.
        is_feed: whether it is a feed, whose text nobody could paste.
    """

    policy: ConnectionPolicy = DEFAULT_POLICY
    limits: RequestLimits = LINK_LIMITS
    types: frozenset[str] = PAGE_CONTENT_TYPES
    kinds: frozenset[str] = PAGE_KINDS
    is_feed: bool = False

    def source_error(self, message: str) -> SourceError:
        """The error with what else can be done."""
        return SourceError(message if self.is_feed else _with_paste_hint(message))

    def fetch(self, text: str) -> FetchedPage:
        """Fetch the page of a link.

        Raises:
            InputError: it is no web link, or resolves to an address that is not public.
            SourceError: the host did not answer with a page within the limits.
        """
        link = parse_public_url(text)
        ends = monotonic() + self.limits.total
        try:
            return run_with_deadline(
                self.limits.total, lambda: _FetchAttempt(self, ends).follow(link)
            )
        except DeadlineExceeded:
            seconds = self.limits.total + 1
            raise self.source_error(
                _(
                    "{publisher} did not answer within {seconds:g} s",
                    publisher=link.host,
                    seconds=seconds,
                )
            ) from None
        except RequestFailed as failure:
            raise SourceError(str(failure)) from None
        except AddressNotPublic:
            msg = _("link {host}: leads to an address that is not public", host=link.host)
            raise InputError(_with_paste_hint(msg)) from None


@dataclass(frozen=True, slots=True)
class _FetchAttempt:
    links: LinkFetcher
    ends: float

    def follow(self, link: PublicUrl) -> FetchedPage:
        with new_public_session(self.links.policy) as session:
            host = link.host
            for _hop in range(MAX_REDIRECTS + 1):
                response = self._send(session, link, host)
                with response:
                    if not response.is_redirect:
                        return self._page(response, host)
                    link = _redirect_target(link, response.headers["Location"])
                session.close()  # every hop opens, and so checks, a connection of its own
        raise SourceError(_("{publisher} sent us round in circles", publisher=host))

    def _send(self, session: requests.Session, link: PublicUrl, host: str) -> requests.Response:
        timeout = self.links.limits.timeouts(self.ends - monotonic())
        try:
            return session.get(link.url, timeout=timeout, allow_redirects=False, stream=True)
        except HostNotFound:
            msg = _("{host} could not be found; check the address or the network", host=host)
            raise SourceError(msg) from None
        except requests.ConnectTimeout:
            msg = _("{publisher} could not be reached in time", publisher=host)
            raise self.links.source_error(msg) from None
        except requests.Timeout:
            msg = _("{publisher} did not answer in time", publisher=host)
            raise self.links.source_error(msg) from None
        except (requests.exceptions.SSLError, ssl.SSLError):
            msg = _("{publisher} could not be reached safely (certificate)", publisher=host)
            raise self.links.source_error(msg) from None
        except (requests.RequestException, OSError):
            msg = _("{host} refused or broke the connection", host=host)
            raise self.links.source_error(msg) from None

    def _page(self, response: requests.Response, host: str) -> FetchedPage:
        self._check_status(response.status_code, host)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind and kind not in self.links.types:
            raise self.links.source_error(self._other_type(host, kind[:60]))
        max_bytes = self.links.limits.max_bytes
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > max_bytes:
            msg = _(
                "{host} announced {size:,.0f} MB, at most {limit:.0f} MB are read",
                host=host,
                size=int(announced) / 1e6,
                limit=max_bytes / 1e6,
            )
            raise SourceError(msg)
        content = read_body(response.raw, max_bytes, host)
        sniffed = sniff_kind(content)
        if sniffed not in self.links.kinds:
            kind = kind_name(sniffed)
            raise self.links.source_error(self._not_a_page(host, kind))
        return FetchedPage(response.url, response.headers.get("Content-Type", ""), content)

    def _check_status(self, status: int, host: str) -> None:
        if status == HTTPStatus.OK:
            return
        message = STATUS_MESSAGES.get(HTTPStatus(status)) if status in set(HTTPStatus) else None
        if message is None:
            raise self.links.source_error(self._not_a_page(host, str(status)))
        raise self.links.source_error(translate_deferred(message, host=host))

    def _other_type(self, host: str, kind: str) -> str:
        if self.links.is_feed:
            return _("{host} answered {kind}, not a feed", host=host, kind=kind)
        return _("{host} answered {kind}, not a page", host=host, kind=kind)

    def _not_a_page(self, host: str, answer: str) -> str:
        if self.links.is_feed:
            return _("{publisher} answered {kind} instead of a feed", publisher=host, kind=answer)
        return _("{host} answered {answer} instead of a page", host=host, answer=answer)


def _redirect_target(link: PublicUrl, location: str) -> PublicUrl:
    """The target of a redirect, checked like the first link; https never leads to http."""
    try:
        target = parse_public_url(urljoin(link.url, location))
    except (InputError, ValueError):
        raise AddressNotPublic from None
    if link.scheme == "https" and target.scheme != "https":
        msg = _("{host} sent us from https to an address without encryption", host=link.host)
        raise SourceError(msg)
    return target
