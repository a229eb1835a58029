"""The way to a pasted link: connections to public addresses only, checked where they are made.

The check stands at the one place where a socket is opened: the name is looked up, every
address it has must be public, and the socket goes to one of exactly these addresses. A name
that answers differently the second time, or a redirect, cannot get round it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Final, TypeAlias

import requests

from dashboard.sources.http_transport import (
    USER_AGENT,
    AbortableAdapter,
    AbortableHTTP,
    AbortableHTTPS,
    BoundedSession,
)
from dashboard.sources.public_address import is_public

Resolve: TypeAlias = Callable[[str, int], Sequence[str]]
Dial: TypeAlias = Callable[[str, int, float], socket.socket]

HEADERS: Final = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html, text/plain",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
TRIED: Final = 3
"""How many of a name's addresses are tried."""


class NotPublic(Exception):
    """A name leads to an address that is not public; nothing was sent."""


class NotFound(Exception):
    """A name leads nowhere."""


def look_up(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name, as this machine finds them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def dial(address: str, port: int, timeout: float) -> socket.socket:
    """A connection to an address."""
    return socket.create_connection((address, port), timeout)


@dataclass(frozen=True, slots=True)
class Way:
    """How names become addresses, and addresses connections; tests bring their own."""

    resolve: Resolve = look_up
    dial: Dial = dial

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """A connection to a public address of a host.

        Raises:
            NotPublic: one of its addresses is not.
            NotFound: it has none.
            OSError: none of them answers.
        """
        failed: OSError | None = None
        for address in self._public_addresses(host, port)[:TRIED]:
            try:
                return self.dial(address, port, timeout)
            except OSError as error:
                failed = error
        raise failed or NotFound

    def _public_addresses(self, host: str, port: int) -> list[str]:
        host = host.strip("[]")
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise NotFound from None
        for address in found:
            if not is_public(ipaddress.ip_address(address)):
                raise NotPublic
        return list(found)


THE_INTERNET: Final = Way()


def public_session(way: Way) -> requests.Session:
    """A session that reaches public addresses only, and brings nothing along.

    No proxy and no password of the environment is used, no cookie kept, no referrer sent.
    """
    session = BoundedSession()
    session.trust_env = False
    session.headers.clear()
    session.headers.update(HEADERS)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = AbortableAdapter(*_connections(way))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _connections(way: Way) -> tuple[type[AbortableHTTP], type[AbortableHTTPS]]:
    """Classes of connections whose sockets are opened by a way of ours."""

    class PublicHTTP(AbortableHTTP):
        def _new_conn(self) -> socket.socket:
            seconds = self.timeout
            limit = float(seconds) if isinstance(seconds, int | float) else 3.0
            # urllib3 keeps the name for the certificate; only the socket goes to the address.
            return way.connect(self.host, self.port or 80, limit)

    class PublicHTTPS(PublicHTTP, AbortableHTTPS):
        """The same, encrypted."""

    return PublicHTTP, PublicHTTPS
