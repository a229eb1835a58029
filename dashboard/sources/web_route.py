"""The way to a host: a session that is honest about itself, and can be led to a replica.

A replica is a server on this machine that speaks as the data services do; every request is
sent to it whatever its host, with the host in a header. It is how the product is tried
without a network (`DASHBOARD_UPSTREAM=http://127.0.0.1:PORT`).
"""

from __future__ import annotations

import contextlib
import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from dashboard import __version__
from dashboard.domain.errors import InputError

USER_AGENT: Final = f"rouble-reaction/{__version__} (exchange rates for research; requests)"
HOST_HEADER: Final = "X-Upstream-Host"

Found = TypeVar("Found")


class TooSlow(Exception):
    """The time for an exchange is over."""


class Watch:
    """The socket of the exchange under way, so that it can be cut when its time is over."""

    _of_thread: Final = threading.local()

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.is_cut = False

    @classmethod
    def of_thread(cls) -> Watch | None:
        """The watch of the exchange that this thread makes."""
        return getattr(cls._of_thread, "watch", None)

    def enter_thread(self) -> None:
        """Watch what this thread does from now on."""
        self._of_thread.watch = self

    def cut(self) -> None:
        """End the exchange, wherever it is."""
        self.is_cut = True
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """Do some work in a thread, and go on without it when its time is over.

    Time limits of sockets bound every single read but not their sum, and nothing bounds the
    look-up of a name; only this bounds the whole.

    Raises:
        TooSlow: it is not done in time; its socket has been cut.
        Exception: what the work raised.
    """
    watch = Watch()
    done: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

    def run() -> None:
        watch.enter_thread()
        try:
            done.put((True, work()))
        except BaseException as error:
            done.put((False, error))

    threading.Thread(target=run, name="web", daemon=True).start()
    try:
        is_good, found = done.get(timeout=max(seconds, 0.01))
    except queue.Empty:
        watch.cut()
        raise TooSlow from None
    if is_good:
        answer: Found = found
        return answer
    if watch.is_cut:
        raise TooSlow from found
    raise found


class WatchedHTTP(HTTPConnection):
    """A connection that tells its socket to whoever watches."""

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        """Tell the socket, then wait for the answer."""
        _watch_socket(self.sock)
        return super().getresponse(*args, **kwargs)


class WatchedHTTPS(HTTPSConnection):
    """The same, encrypted."""

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        """Tell the socket, then wait for the answer."""
        _watch_socket(self.sock)
        return super().getresponse(*args, **kwargs)


def _watch_socket(sock: socket.socket | None) -> None:
    watch = Watch.of_thread()
    if watch is not None:
        watch.socket = sock


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = WatchedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = WatchedHTTPS


class WatchedAdapter(HTTPAdapter):
    """Sends as requests does, without retries of its own, over sockets that can be cut."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Take connections that tell their socket."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


class ReplicaAdapter(WatchedAdapter):
    """Leads every request to a replica on this machine, with its host in a header."""

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self._upstream = replica_address(upstream)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send it to the replica; the answer keeps the address that was asked for."""
        asked = request.url or ""
        parts = urlsplit(asked)
        request.headers[HOST_HEADER] = parts.hostname or ""
        request.url = f"{self._upstream}{parts.path or '/'}"
        if parts.query:
            request.url += f"?{parts.query}"
        response = super().send(request, *args, **kwargs)
        response.url = request.url = asked
        return response


def replica_address(upstream: str) -> str:
    """The address of a replica; only this machine is one.

    Raises:
        InputError: it is another machine, or no address.
    """
    parts = urlsplit(upstream.rstrip("/"))
    try:
        is_local = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_local = parts.hostname == "localhost"
    if parts.scheme != "http" or not is_local or parts.path or parts.query or parts.username:
        msg = "DASHBOARD_UPSTREAM: is not a replica on this machine; write http://127.0.0.1:PORT"
        raise InputError(msg)
    return f"http://{parts.netloc}"


def new_session(upstream: str | None = None, headers: Mapping[str, str] = {}) -> requests.Session:
    """A session for the data services, or for their replica.

    Args:
        upstream: the address of a replica; None asks the real services.
        headers: sent with every request beside our name.

    Raises:
        InputError: `upstream` is not a server on this machine.
    """
    session = requests.Session()
    adapter = WatchedAdapter() if upstream is None else ReplicaAdapter(upstream)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.trust_env = upstream is None
    session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers})
    return session
