"""Fetching a link that a person pasted: public addresses only, bounded, and never again."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Final
from urllib.parse import urljoin

import requests

from dashboard.domain.errors import InputError, SourceError
from dashboard.sources.content_sniff import KIND_NAMES, sniff_kind
from dashboard.sources.http_client import RequestLimits
from dashboard.sources.http_transport import (
    DeadlineExceeded,
    RequestFailed,
    read_body,
    run_with_deadline,
)
from dashboard.sources.public_address import Link, read_link
from dashboard.sources.public_route import THE_INTERNET, NotFound, NotPublic, Way, public_session

OF_A_LINK: Final = RequestLimits(connect=3.0, read=5.0, total=9.0, max_bytes=10_000_000, attempts=1)
"""All of it, the look-up of names and redirects too, is over within ten seconds."""

HOPS: Final = 5
TEXTS: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
KINDS: Final = frozenset({"html", "text", "csv", "xml"})
"""What a page or a plain text looks like; a text whose first line has a comma looks like CSV."""

FEED_TYPES: Final = TEXTS | {
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml",
    "text/xml", "application/octet-stream",
}  # fmt: skip
FEED_KINDS: Final = KINDS | {"bytes", "nothing"}
"""What is let through where a feed is wanted; its reader says what else it is."""

INSTEAD: Final = "; open it in a browser and paste the text"
TOLD: Final = {
    HTTPStatus.UNAUTHORIZED: "wants a login",
    HTTPStatus.PAYMENT_REQUIRED: "wants to be paid (402)",
    HTTPStatus.FORBIDDEN: "does not let programs in (403)",
    HTTPStatus.NOT_FOUND: "has no such page (404)",
    HTTPStatus.GONE: "has taken the page down (410)",
    HTTPStatus.TOO_MANY_REQUESTS: "says that we ask too often (429)",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "does not show the page here (451)",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a link led to: the address in the end, the kind it was announced as, the bytes."""

    url: str
    content_type: str
    content: bytes


class _Failed(Exception):
    """The fetch failed; the text completes "the host …"."""


@dataclass(frozen=True, slots=True)
class Links:
    """Follows pasted links.

    Args:
        way: how names become addresses and connections.
        limits: of one link, its redirects included.
        types: the content types that are let through.
        kinds: what the bytes may look like.
    """

    way: Way = THE_INTERNET
    limits: RequestLimits = OF_A_LINK
    types: frozenset[str] = TEXTS
    kinds: frozenset[str] = KINDS

    def fetch(self, text: str) -> Page:
        """The page behind a link.

        Raises:
            InputError: it is no web link, or leads to an address that is not public.
            SourceError: the host did not answer with a page within the limits.
        """
        link = read_link(text)
        ends = monotonic() + self.limits.total
        try:
            return run_with_deadline(self.limits.total, lambda: _Fetch(self, ends).follow(link))
        except DeadlineExceeded:
            msg = f"{link.host} did not answer within {self.limits.total + 1:g} s{INSTEAD}"
            raise SourceError(msg) from None
        except _Failed as failed:
            msg = f"{link.host} {failed}"
            raise SourceError(msg) from None
        except NotPublic:
            msg = f"link {link.host}: leads to an address that is not public{INSTEAD}"
            raise InputError(msg) from None


@dataclass(frozen=True, slots=True)
class _Fetch:
    links: Links
    ends: float

    def follow(self, link: Link) -> Page:
        with public_session(self.links.way) as session:
            for _ in range(HOPS + 1):
                response = self._ask(session, link)
                with response:
                    if not response.is_redirect:
                        return self._page(response)
                    link = _next(link, response.headers["Location"])
                session.close()  # every hop opens, and so checks, a connection of its own
        raise _Failed("sent us round in circles")

    def _ask(self, session: requests.Session, link: Link) -> requests.Response:
        timeout = self.links.limits.timeouts(self.ends - monotonic())
        try:
            return session.get(link.url, timeout=timeout, allow_redirects=False, stream=True)
        except NotFound:
            raise _Failed("could not be found; check the address or the network") from None
        except requests.ConnectTimeout:
            raise _Failed(f"could not be reached in time{INSTEAD}") from None
        except requests.Timeout:
            raise _Failed(f"did not answer in time{INSTEAD}") from None
        except (requests.exceptions.SSLError, ssl.SSLError):
            raise _Failed(f"could not be reached safely (certificate){INSTEAD}") from None
        except (requests.RequestException, OSError):
            raise _Failed(f"refused or broke the connection{INSTEAD}") from None

    def _page(self, response: requests.Response) -> Page:
        _refuse_status(response.status_code)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind and kind not in self.links.types:
            raise _Failed(f"answered {kind[:60]}, not a page{INSTEAD}")
        most = self.links.limits.max_bytes
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > most:
            raise _Failed(f"announced {int(announced) / 1e6:,.0f} MB, at most {most / 1e6:.0f} MB"
                          " are read")  # fmt: skip
        try:
            content = read_body(response.raw, most)
        except RequestFailed as failure:
            raise _Failed(str(failure)) from None
        found = sniff_kind(content)
        if found not in self.links.kinds:
            raise _Failed(f"answered {KIND_NAMES[found]} instead of a page{INSTEAD}")
        return Page(response.url, response.headers.get("Content-Type", ""), content)


def _next(link: Link, location: str) -> Link:
    """Where a redirect leads, checked as the first link was."""
    try:
        return read_link(urljoin(link.url, location))
    except (InputError, ValueError):
        raise NotPublic from None


def _refuse_status(status: int) -> None:
    if status == HTTPStatus.OK:
        return
    told = TOLD.get(HTTPStatus(status)) if status in set(HTTPStatus) else None
    raise _Failed(f"{told or f'answered {status} instead of a page'}{INSTEAD}")
