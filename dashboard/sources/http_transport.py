"""Connections, sessions and bodies on requests: with a deadline, a limit of size, and a replica.

A replica is a server on this machine that answers as the data services do; every request is sent
to it whatever its host, with the host in a header (`DASHBOARD_UPSTREAM=http://127.0.0.1:PORT`).
"""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import socket
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import DecodeError, HTTPError, IncompleteRead, ReadTimeoutError

from dashboard import __version__
from dashboard.models.errors import InputError
from dashboard.models.messages import keep_language
from dashboard.models.messages import translate as _

USER_AGENT: Final = f"rouble-reaction/{__version__} (exchange rates for research; requests)"
REPLICA_HEADER: Final = "X-Upstream-Host"
GZIP: Final = frozenset({"gzip", "x-gzip"})

T = TypeVar("T")


class RequestFailed(Exception):
    """An attempt failed; the text is a sentence that names the publisher.

    Attributes:
        is_retryable: whether another attempt may help.
        is_host_fault: whether the host failed, and not the request.
        retry_after: seconds of a pause that the host requests.
    """

    def __init__(
        self, text: str, *, retryable: bool, host_fault: bool = True, retry_after: float = 0.0
    ) -> None:
        """Keep what decides about another attempt."""
        super().__init__(text)
        self.is_retryable = retryable
        self.is_host_fault = host_fault
        self.retry_after = retry_after


# ---- deadline


class DeadlineExceeded(Exception):
    """Something was not done in time."""


class AbortHandle:
    """The socket that a thread waits for, so that another thread can end the exchange."""

    _of_thread: Final = threading.local()

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self.is_aborted = False

    def use_in_thread(self) -> None:
        """Take the sockets of this thread from now on."""
        self._of_thread.handle = self

    @classmethod
    def register(cls, connected: socket.socket | None) -> None:
        """Give a socket to the handle of this thread, if it has one.

        Raises:
            ConnectionAbortedError: the exchange has been ended meanwhile.
        """
        handle: AbortHandle | None = getattr(cls._of_thread, "handle", None)
        if handle is not None:
            handle._socket = connected
            if handle.is_aborted:
                raise ConnectionAbortedError

    def abort(self) -> None:
        """End the exchange: a blocked read returns, a later one is refused."""
        self.is_aborted = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def run_with_deadline(seconds: float, work: Callable[[], T]) -> T:
    """Run something in a thread, and go on without it after some seconds.

    A time limit of a socket bounds one read and not their sum, and nothing bounds the look-up of
    a name: only this bounds the whole, with a server that sends one byte a second, too.

    Raises:
        DeadlineExceeded: it is not done in time; its socket has been shut down.
        Exception: what it raised.
    """
    handle = AbortHandle()
    future: Future[T] = Future()

    def run() -> None:
        handle.use_in_thread()
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=keep_language(run), name="http", daemon=True).start()
    wait([future], timeout=max(seconds, 0.01))
    if not future.done():
        handle.abort()
        raise DeadlineExceeded
    return future.result()


# ---- sessions


class AbortableHTTP(HTTPConnection):
    """A connection whose exchanges can be aborted."""

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        """Register the socket, then wait for the response."""
        AbortHandle.register(self.sock)
        return super().getresponse(*args, **kwargs)


class AbortableHTTPS(AbortableHTTP, HTTPSConnection):
    """The same, encrypted."""


class AbortableAdapter(HTTPAdapter):
    """Sends as requests does, over connections of given classes, without retries of its own."""

    def __init__(
        self,
        http: type[HTTPConnection] = AbortableHTTP,
        https: type[HTTPSConnection] = AbortableHTTPS,
    ) -> None:
        self._pools = {
            "http": type("HTTPPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("HTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
        }
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools of these connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools


class ReplicaAdapter(AbortableAdapter):
    """Leads every request to a replica on this machine, with its host in a header."""

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self._upstream = replica_address(upstream)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send it to the replica; the response keeps the address of the request."""
        url = request.url or ""
        parts = urlsplit(url)
        request.headers[REPLICA_HEADER] = parts.hostname or ""
        request.url = f"{self._upstream}{parts.path or '/'}"
        if parts.query:
            request.url += f"?{parts.query}"
        response = super().send(request, *args, **kwargs)
        response.url = request.url = url
        return response


class BoundedSession(requests.Session):
    """A session that does not touch the body of a redirect.

    requests would read all of it, without a limit, to reuse the connection; here the caller
    follows redirects, and closes them.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """Nowhere, as far as requests is concerned."""
        return None


def replica_address(upstream: str) -> str:
    """The address of a replica; only this machine can be one.

    Raises:
        InputError: it is another machine, or no address.
    """
    parts = urlsplit(upstream.rstrip("/"))
    try:
        is_local = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_local = parts.hostname == "localhost"
    if parts.scheme != "http" or not is_local or parts.path or parts.query or parts.username:
        msg = _("DASHBOARD_UPSTREAM: is not a replica on this machine; write http://127.0.0.1:PORT")
        raise InputError(msg)
    return f"http://{parts.netloc}"


def new_session(upstream: str | None = None) -> requests.Session:
    """A session for the data services, or for their replica.

    Args:
        upstream: the address of a replica; None for the real services.

    Raises:
        InputError: `upstream` is not a server on this machine.
    """
    session = BoundedSession()
    adapter = AbortableAdapter() if upstream is None else ReplicaAdapter(upstream)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.trust_env = upstream is None
    session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
    return session


# ---- body


def read_body(raw: urllib3.HTTPResponse, max_bytes: int, publisher: str) -> bytes:
    """Read and decode a body.

    urllib3 returns a gzip body that was cut off without a word; so gzip is decoded by the
    standard library, which looks for the end marker.

    Args:
        raw: a response whose body has not been read.
        max_bytes: after decoding.
        publisher: its name in messages.

    Raises:
        RequestFailed: it is too large, cut off, damaged or encoded in an unknown way.
    """
    encoding = raw.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", "deflate", *GZIP}:
        msg = _(
            "{publisher} packed its answer in an unknown way ({encoding})",
            publisher=publisher,
            encoding=encoding[:20],
        )
        raise RequestFailed(msg, retryable=False)
    raw.decode_content = encoding not in GZIP
    try:
        with gzip.GzipFile(fileobj=raw) if encoding in GZIP else raw as stream:
            content: bytes = stream.read(max_bytes + 1)
    except (HTTPError, OSError, EOFError, ValueError, zlib.error) as error:
        raise RequestFailed(_describe_break(error, publisher), retryable=True) from None
    if len(content) > max_bytes:
        limit = max_bytes / 1e6
        msg = _("{publisher} answered more than {limit:.0f} MB", publisher=publisher, limit=limit)
        raise RequestFailed(msg, retryable=False)
    return content


def _describe_break(error: Exception, publisher: str) -> str:
    cause = error.args[-1] if error.args else None
    if isinstance(error, ReadTimeoutError | TimeoutError):
        return _("{publisher} stopped in the middle of its answer", publisher=publisher)
    if isinstance(error, gzip.BadGzipFile | zlib.error | DecodeError):
        return _("{publisher} answered a damaged gzip body", publisher=publisher)
    if isinstance(error, EOFError):
        return _(
            "{publisher} broke off its answer (the gzip end marker is missing)",
            publisher=publisher,
        )
    if isinstance(cause, IncompleteRead) and cause.partial and cause.expected:
        total = cause.partial + cause.expected
        return _(
            "{publisher} broke off its answer ({partial:,} of {total:,} bytes)",
            publisher=publisher,
            partial=cause.partial,
            total=total,
        )
    return _("{publisher} broke off its answer", publisher=publisher)
