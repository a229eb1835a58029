"""One exchange with a host: sent, followed, and judged by status, body and kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

import requests

from dashboard.sources.web_body import BadBody, read_body
from dashboard.sources.web_forms import UNCHANGED, Answer, Ask, Limits, Stamp
from dashboard.sources.web_route import TooSlow
from dashboard.sources.web_sniff import instead_of, kind_of

if TYPE_CHECKING:
    from dashboard.sources.clock import Clock

REDIRECTS: Final = 3
AGAIN: Final = frozenset({429, 500, 502, 503, 504})
SICK: Final = AGAIN | {401, 403, 451}
"""Statuses that count as failures of the host; other 4xx are failures of the question."""


class Failure(Exception):
    """A try that failed; the text completes "the publisher …".

    Attributes:
        again: whether another try may help.
        sick: whether it is a failure of the host, and not of the question.
        pause: seconds that the host wants to be left alone.
    """

    def __init__(self, text: str, *, again: bool, sick: bool = True, pause: float = 0.0) -> None:
        """Keep what decides about another try."""
        super().__init__(text)
        self.again = again
        self.sick = sick
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Exchange:
    """One try of one question, which must be over at `ends` of the clock."""

    ask: Ask
    session: requests.Session
    clock: Clock
    limits: Limits
    ends: float

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.ends - self.clock.monotonic()

    def run(self) -> Answer:
        """Send the question and take in the answer.

        Raises:
            Failure: there is none, or it cannot be used.
            TooSlow: the time is over.
        """
        try:
            response = self._follow()
        except requests.ConnectTimeout:
            raise Failure("could not be reached in time", again=True) from None
        except requests.Timeout:
            raise Failure("did not answer in time", again=True) from None
        except requests.exceptions.SSLError:
            raise Failure("could not be reached safely (certificate)", again=False) from None
        except (requests.RequestException, OSError) as error:
            raise Failure(_unreachable(error), again=True) from None
        with response:
            self._refuse_status(response)
            content = self._content(response)
        return self._checked(response, content)

    def _follow(self) -> requests.Response:
        """Send, and follow redirects that stay with the publisher."""
        url, method = self.ask.url, "GET" if self.ask.body is None else "POST"
        params: Mapping[str, str] | None = self.ask.params
        for _ in range(REDIRECTS + 1):
            request = requests.Request(
                method, url, headers=_headers(self.ask), params=params, data=self.ask.body
            )
            response = self._send(request)
            if not response.is_redirect:
                return response
            target = urljoin(url, response.headers["Location"])
            response.close()
            if not _stays(self.ask, target):
                raise Failure("sent us to another host", again=False)
            url, params = target, None
        raise Failure("sent us round in circles", again=False)

    def _send(self, request: requests.Request) -> requests.Response:
        prepared = self.session.prepare_request(request)
        left = max(self.left, 0.01)
        settings = self.session.merge_environment_settings(prepared.url, {}, True, None, None)
        return self.session.send(
            prepared,
            timeout=(min(self.limits.connect, left), min(self.limits.read, left)),
            allow_redirects=False,
            **settings,
        )

    def _refuse_status(self, response: requests.Response) -> None:
        status = response.status_code
        expected = status < 300 or status == UNCHANGED or status in self.ask.nothing_on
        if expected or (self.ask.any_status and status not in AGAIN):
            return
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            pause = _retry_after(response, self.clock.now())
            text = "answered that we ask too often (429)"
            raise Failure(text, again=True, pause=pause)
        pause = _retry_after(response, self.clock.now(), missing=0.0)
        raise Failure(
            f"answered {status} {_phrase(status)}".rstrip(),
            again=status in AGAIN,
            sick=status in SICK,
            pause=pause,
        )

    def _content(self, response: requests.Response) -> bytes:
        if response.status_code == UNCHANGED:
            return b""

        def in_time() -> None:
            if self.left <= 0:
                raise TooSlow

        try:
            return read_body(response.raw, self.limits.max_bytes, in_time)
        except BadBody as bad:
            raise Failure(str(bad), again=bad.again) from None

    def _checked(self, response: requests.Response, content: bytes) -> Answer:
        status = response.status_code
        if not (self.ask.any_status or status == UNCHANGED or status in self.ask.nothing_on):
            instead = instead_of(self.ask.expect, content)
            if instead and not (self.ask.may_be_empty and kind_of(content) == "nothing"):
                raise Failure(f"answered {instead}", again=False)
        headers: Mapping[str, Any] = response.headers
        stamp = Stamp(_address(self.ask), headers.get("ETag", ""), headers.get("Last-Modified", ""))
        return Answer(response.url, status, headers, content, stamp, self.clock.now())


def _headers(ask: Ask) -> dict[str, str]:
    headers = dict(ask.headers)
    if ask.stamp.url == _address(ask):
        if ask.stamp.etag:
            headers["If-None-Match"] = ask.stamp.etag
        if ask.stamp.last_modified:
            headers["If-Modified-Since"] = ask.stamp.last_modified
    return headers


def _address(ask: Ask) -> str:
    """Where a question goes, with its parameters: what a stamp belongs to."""
    return requests.Request("GET", ask.url, params=ask.params).prepare().url or ask.url


def _stays(ask: Ask, target: str) -> bool:
    host, home = urlsplit(target).hostname or "", urlsplit(ask.url).hostname or ""
    is_web = urlsplit(target).scheme in {"https", urlsplit(ask.url).scheme}
    in_family = bool(ask.family) and (host == ask.family or host.endswith("." + ask.family))
    return is_web and (host == home or in_family)


def _retry_after(response: requests.Response, now: datetime, missing: float = 60.0) -> float:
    """Seconds that the host wants to be left alone; it may name them or a moment."""
    said = response.headers.get("Retry-After", "").strip()
    if not said:
        return missing
    if said.isdigit():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return missing
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _unreachable(error: BaseException) -> str:
    said = repr(error)
    for word, text in {
        "NameResolution": "could not be found (no network?)",
        "getaddrinfo": "could not be found (no network?)",
        "refused": "refused the connection",
        "ProxyError": "could not be reached through the proxy",
    }.items():
        if word in said:
            return text
    return "broke the connection"
