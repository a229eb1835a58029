"""The HTTP client of live sources: polite to each host, bounded in time, size and attempts.

urllib3's `Retry` counts the attempts, reads `Retry-After` and gives the waits. It sleeps inside
one exchange, though, and ends where the body begins; so the loop is here: it spaces the requests
of a host, ends with the deadline, and tries again after a broken body.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import responses
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.util import Retry

from dashboard.models.errors import CircuitOpen, SourceError
from dashboard.models.messages import deferred, join_clauses, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.sources.clock import WallClock
from dashboard.sources.content_sniff import (
    describe_content,
    has_other_kind,
    kind_name,
    sniff_kind,
)
from dashboard.sources.http_client import (
    DEFAULT_LIMITS,
    CacheValidator,
    Request,
    RequestLimits,
    Response,
)
from dashboard.sources.http_transport import (
    DeadlineExceeded,
    RequestFailed,
    new_session,
    read_body,
    run_with_deadline,
)

if TYPE_CHECKING:
    from dashboard.sources.clock import Clock
    from dashboard.sources.http_client import HttpClient

MAX_REDIRECTS: Final = 3
RETRY_STATUSES: Final = frozenset({429, 500, 502, 503, 504})
CONNECTION_MESSAGES: Final = {
    "NameResolution": deferred("{publisher} could not be found (no network?)"),
    "getaddrinfo": deferred("{publisher} could not be found (no network?)"),
    "refused": deferred("{publisher} refused the connection"),
    "ProxyError": deferred("{publisher} could not be reached through the proxy"),
    "": deferred("{publisher} broke the connection"),
}
"""By what the error says; the first that fits."""
HOST_FAULTS: Final = RETRY_STATUSES | {401, 403, 451}
"""Statuses that count as failures of the host; other 4xx are failures of the request."""
FIRST_BACKOFF: Final = 0.5
DEFAULT_PAUSE: Final = 60.0
"""Seconds of a pause after status 429, where the host names none."""
LONGEST_PAUSE: Final = 3_600
"""The maximum of `Retry-After` in seconds."""

DEFAULT_INTERVAL: Final = 0.5
"""Seconds between two requests to a host that is not in `INTERVALS`."""
INTERVALS: Final = {
    "iss.moex.com": 1.0,
    "www.cbr.ru": 1.0,
    "fred.stlouisfed.org": 1.0,
    "api.gdeltproject.org": 6.0,
}
MAX_FAILURES: Final = 5
OPEN_FOR: Final = timedelta(seconds=60)


# ---- one attempt


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a request, which must be over at `deadline` of the clock."""

    request: Request
    session: requests.Session
    clock: Clock
    limits: RequestLimits
    deadline: float

    @property
    def remaining(self) -> float:
        """Seconds to the deadline."""
        return self.deadline - self.clock.monotonic()

    def run(self) -> Response:
        """Send the request, follow redirects, read and check the body.

        Raises:
            RequestFailed: there is no response, or it cannot be used.
        """
        try:
            raw = self._follow_redirects()
        except (requests.RequestException, OSError) as error:
            raise _connection_failure(error, self.request.publisher) from None
        with raw:
            self._check_status(raw)
            content = b""
            if raw.status_code != HTTPStatus.NOT_MODIFIED:
                content = read_body(raw.raw, self.limits.max_bytes, self.request.publisher)
        self._check_content(raw.status_code, content)
        validator = CacheValidator(
            _full_url(self.request),
            raw.headers.get("ETag", ""),
            raw.headers.get("Last-Modified", ""),
        )
        return Response(
            raw.url, raw.status_code, raw.headers, content, validator, self.clock.now()
        )  # fmt: skip

    def _follow_redirects(self) -> requests.Response:
        """Send, and follow redirects that stay with the publisher."""
        url, request = self.request.url, self.request
        params: Mapping[str, str] | None = request.params
        for _attempt in range(MAX_REDIRECTS + 1):
            response = self.session.request(
                "GET" if request.body is None else "POST", url,
                params=params, data=request.body, stream=True, allow_redirects=False,
                headers={**request.headers, **request.validator.headers(_full_url(request))},
                timeout=self.limits.timeouts(self.remaining),
            )  # fmt: skip
            if not response.is_redirect:
                return response
            before, params = url, None
            url = urljoin(before, response.headers["Location"])
            response.close()
            if not _stays_with_publisher(request, url):
                msg = _("{publisher} sent us to another host", publisher=request.publisher)
                raise RequestFailed(msg, retryable=False)
            if urlsplit(before).scheme == "https" != urlsplit(url).scheme:
                msg = _(
                    "{host} sent us from https to an address without encryption",
                    host=request.publisher,
                )
                raise RequestFailed(msg, retryable=False)
        msg = _("{publisher} sent us round in circles", publisher=request.publisher)
        raise RequestFailed(msg, retryable=False)

    def _check_status(self, response: requests.Response) -> None:
        status, publisher = response.status_code, self.request.publisher
        is_expected = status < 300 or status == HTTPStatus.NOT_MODIFIED
        if is_expected or status in self.request.empty_statuses:
            return
        if self.request.any_status and status not in RETRY_STATUSES:
            return
        name, pause = f"{status} {responses.get(status, '')}".rstrip(), 0.0
        text = _("{publisher} answered {status}", publisher=publisher, status=name)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            text = _("{publisher} answered that we ask too often (429)", publisher=publisher)
            pause = DEFAULT_PAUSE
        raise RequestFailed(
            text,
            retryable=status in RETRY_STATUSES,
            host_fault=status in HOST_FAULTS,
            retry_after=_retry_after(response, pause),
        )

    def _check_content(self, status: int, content: bytes) -> None:
        request = self.request
        is_unchecked = request.any_status or status == HTTPStatus.NOT_MODIFIED
        if is_unchecked or status in request.empty_statuses:
            return
        may_be_empty = request.allow_empty and sniff_kind(content) == "nothing"
        if has_other_kind(request.expects, content) and not may_be_empty:
            msg = _(
                "{publisher} answered {kind} instead of {expected}",
                publisher=request.publisher,
                kind=describe_content(content),
                expected=kind_name(request.expects),
            )
            raise RequestFailed(msg, retryable=False)


def _full_url(request: Request) -> str:
    """The address with its parameters: what a version belongs to."""
    return requests.Request("GET", request.url, params=request.params).prepare().url or request.url


def _stays_with_publisher(request: Request, target: str) -> bool:
    start, end = urlsplit(request.url), urlsplit(target)
    host, domain = end.hostname or "", request.redirect_domain
    is_in_domain = bool(domain) and (host == domain or host.endswith("." + domain))
    return end.scheme in {"http", "https"} and (host == start.hostname or is_in_domain)


def _retry_after(response: requests.Response, default: float) -> float:
    """The seconds of `Retry-After`, at most `LONGEST_PAUSE`."""
    try:
        seconds = RETRY.get_retry_after(response.raw)
    except (InvalidHeader, ValueError, OverflowError):
        seconds = None
    return default if seconds is None else seconds


def _connection_failure(error: Exception, publisher: str) -> RequestFailed:
    if isinstance(error, requests.exceptions.SSLError):
        msg = _("{publisher} could not be reached safely (certificate)", publisher=publisher)
        return RequestFailed(msg, retryable=False)
    if isinstance(error, requests.ConnectTimeout):
        msg = _("{publisher} could not be reached in time", publisher=publisher)
    elif isinstance(error, requests.Timeout):
        msg = _("{publisher} did not answer in time", publisher=publisher)
    else:
        details = repr(error)
        message = next(text for word, text in CONNECTION_MESSAGES.items() if word in details)
        msg = translate_deferred(message, publisher=publisher)
    return RequestFailed(msg, retryable=True)


# ---- one host


class HostLimiter:
    """One host: its queue, the interval between requests, and its circuit.

    The circuit opens after five failures in a row; then nothing is sent for a minute, after which
    one request decides: success closes the circuit, failure opens it for a minute more. A
    `Retry-After` of the host opens it for that time.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._queue = threading.Lock()
        self.failures = 0
        self._open_until: datetime | None = None
        self._requests_pause = False
        self._requested_at: float | None = None

    @contextmanager
    def acquire(self, publisher: str, timeout: float) -> Iterator[None]:
        """Be the only one who sends to this host.

        Raises:
            CircuitOpen: the circuit is open, or the others take longer than `timeout` seconds.
        """
        if not self._queue.acquire(timeout=timeout):
            msg = _(
                "{publisher} is being asked already; try again in a moment", publisher=publisher
            )
            raise CircuitOpen(msg, self._clock.now())
        try:
            if self._open_until is not None and self.is_open:
                raise CircuitOpen(
                    self._describe_pause(publisher, self._open_until), self._open_until
                )
            yield
        finally:
            self._queue.release()

    def _describe_pause(self, publisher: str, until: datetime) -> str:
        if self._requests_pause:
            return _(
                "{publisher} asked for a pause; the next try is at {until:%H:%M:%S} UTC",
                publisher=publisher,
                until=until,
            )
        return plural(
            "{publisher} failed once; the next try is at {until:%H:%M:%S} UTC",
            "{publisher} failed {n} times in a row; the next try is at {until:%H:%M:%S} UTC",
            self.failures,
            publisher=publisher,
            until=until,
        )

    @property
    def is_open(self) -> bool:
        """Whether nothing may be sent now."""
        return self._open_until is not None and self._clock.now() < self._open_until

    @property
    def is_half_open(self) -> bool:
        """Whether the next request decides if the circuit closes."""
        return self.failures >= MAX_FAILURES

    def throttle(self) -> None:
        """Wait until the interval since the last request is over, and begin the next."""
        interval = INTERVALS.get(self.name, DEFAULT_INTERVAL)
        if self._requested_at is not None:
            wait = self._requested_at + interval - self._clock.monotonic()
            if wait > 0:
                self._clock.sleep(wait)
        self._requested_at = self._clock.monotonic()

    def record_success(self) -> None:
        """Close the circuit."""
        self.failures = 0
        self._open_until = None

    def record_failure(self) -> None:
        """Count a failure; the fifth in a row opens the circuit."""
        self.failures += 1
        if self.failures >= MAX_FAILURES:
            self._requests_pause = False
            self._open_until = self._clock.now() + OPEN_FOR

    def open_for(self, seconds: float) -> datetime:
        """Open the circuit for the time of a `Retry-After`; returns its end."""
        until = self._clock.now() + timedelta(seconds=seconds)
        if self._open_until is None or until > self._open_until:
            self._requests_pause = True
            self._open_until = until
        return self._open_until


# ---- the client


class BackoffRetry(Retry):
    """urllib3's policy, but for its first retry, which would be sent at once."""

    def get_backoff_time(self) -> float:
        """Seconds: a half, then one, two … with a jitter."""
        return max(super().get_backoff_time(), FIRST_BACKOFF)


RETRY: Final = BackoffRetry(
    backoff_factor=FIRST_BACKOFF, backoff_jitter=FIRST_BACKOFF, retry_after_max=LONGEST_PAUSE
)


class PoliteClient:
    """Sends requests: to each host one at a time, spaced, bounded, and not while it fails.

    Args:
        session: its connections; see `new_session`.
        clock: the time, and how to wait.
        limits: of one request.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        clock: Clock | None = None,
        limits: RequestLimits = DEFAULT_LIMITS,
    ) -> None:
        self.session = session or new_session()
        self.clock: Clock = clock or WallClock()
        self._limits = limits
        self._hosts: dict[str, HostLimiter] = {}
        self._lock = threading.Lock()

    def limiter(self, url: str) -> HostLimiter:
        """The limiter of the host of an address."""
        name = urlsplit(url).hostname or ""
        with self._lock:
            return self._hosts.setdefault(name, HostLimiter(name, self.clock))

    def send(self, request: Request) -> Response:
        """Send a request, with retries where they may help.

        Raises:
            CircuitOpen: nothing may be sent to the host now.
            SourceError: one sentence: the publisher, and what it did instead.
        """
        host = self.limiter(request.url)
        with host.acquire(request.publisher, self._limits.total):
            host.throttle()
            deadline = self.clock.monotonic() + self._limits.total
            attempt = Attempt(request, self.session, self.clock, self._limits, deadline)
            retry: Retry = RETRY.new(total=0 if host.is_half_open else self._limits.attempts - 1)
            while True:
                try:
                    response = self._run(attempt)
                except RequestFailed as failure:
                    retry = self._wait(retry, failure, host, attempt)
                    host.throttle()
                    continue
                if response.status in HOST_FAULTS:  # of a request that takes any status
                    host.record_failure()
                else:
                    host.record_success()
                return response

    def _run(self, attempt: Attempt) -> Response:
        try:
            return run_with_deadline(attempt.remaining, attempt.run)
        except DeadlineExceeded:
            msg = _(
                "{publisher} did not answer within {seconds:g} s",
                publisher=attempt.request.publisher,
                seconds=self._limits.total,
            )
            raise RequestFailed(msg, retryable=False) from None

    def _wait(
        self, retry: Retry, failure: RequestFailed, host: HostLimiter, attempt: Attempt
    ) -> Retry:
        """Count a failure, and wait for the next attempt.

        Raises:
            SourceError: there is none.
        """
        if failure.is_host_fault:
            host.record_failure()
        try:
            retry = retry.increment(error=failure)
            wait = max(failure.retry_after, retry.get_backoff_time())
            is_over = not failure.is_retryable or host.is_open or wait >= attempt.remaining
        except MaxRetryError:
            is_over = True
        if is_over:
            raise _final_error(failure, host) from None
        self.clock.sleep(wait)
        return retry


def _final_error(failure: RequestFailed, host: HostLimiter) -> SourceError:
    if not failure.retry_after:
        return SourceError(str(failure))
    until = host.open_for(failure.retry_after)
    retry = _("the next try is at {until:%H:%M:%S} UTC", until=until)
    return CircuitOpen(join_clauses(str(failure), retry), until)


# ---- for libraries


class ClientError(requests.ConnectionError):
    """The client got no response; `source_error` is its sentence."""

    def __init__(self, source_error: SourceError) -> None:
        """Keep the sentence, for whoever called the library."""
        super().__init__(str(source_error))
        self.source_error = source_error


class ClientSession(requests.Session):
    """A session for libraries that insist on one; everything is sent by the client.

    Args:
        client: what sends.
        publisher: its name in messages.
        redirect_domain: redirects are followed to hosts of this domain only.
    """

    def __init__(self, client: HttpClient, publisher: str, redirect_domain: str) -> None:
        super().__init__()
        self._client = client
        self._publisher = publisher
        self._redirect_domain = redirect_domain
        self.cookies = client.session.cookies

    def request(self, method: str | bytes, url: str | bytes, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send a request; time limits and retries are the client's own.

        Raises:
            ClientError: there is no response; it is an OSError, as a failing network is.
        """
        data = kwargs.get("data")
        body = None
        if str(method).upper() == "POST":
            body = data if isinstance(data, bytes) else urlencode(data or {}, doseq=True).encode()
        request = Request(
            str(url), self._publisher, "any", params=_as_text(kwargs.get("params")),
            headers=_as_text(kwargs.get("headers")), body=body,
            redirect_domain=self._redirect_domain, any_status=True,
        )  # fmt: skip
        try:
            answer = self._client.send(request)
        except SourceError as error:
            raise ClientError(error) from error
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response.url = answer.url
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response._content = answer.content
        return response


def _as_text(values: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (values or {}).items() if value is not None}
