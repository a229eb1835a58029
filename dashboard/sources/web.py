"""The one client through which the product asks the world: polite, bounded, suspicious."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from dashboard.domain.errors import SourceError, SourceResting
from dashboard.sources.clock import WallClock
from dashboard.sources.web_exchange import SICK, Exchange, Failure
from dashboard.sources.web_forms import USUAL, Answer, Ask, Limits
from dashboard.sources.web_host import Host, HostState
from dashboard.sources.web_route import TooSlow, new_session, within

if TYPE_CHECKING:
    from dashboard.sources.clock import Clock


class Web:
    """Asks hosts: one request at a time each, at their pace, within limits, and not when sick.

    Args:
        session: how requests are sent; `web_route.new_session` makes one.
        clock: the time, and how it passes.
        limits: of one question.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        clock: Clock | None = None,
        limits: Limits = USUAL,
    ) -> None:
        self._session = session or new_session()
        self._clock = clock or WallClock()
        self._limits = limits
        self._hosts: dict[str, Host] = {}
        self._adding = threading.Lock()
        self._jitter = random.Random()  # noqa: S311 - spreads retries, guards nothing

    @property
    def session(self) -> requests.Session:
        """How requests are sent."""
        return self._session

    @property
    def clock(self) -> Clock:
        """The time that questions are measured with."""
        return self._clock

    def states(self) -> tuple[HostState, ...]:
        """What is known of the hosts asked so far."""
        with self._adding:
            return tuple(host.state() for host in self._hosts.values())

    def ask(self, ask: Ask) -> Answer:
        """Ask, and again where that may help.

        Raises:
            SourceResting: the host is left alone for now; nothing was sent.
            SourceError: one sentence: who, and what it did instead of answering.
        """
        host = self._host(ask.url)
        with host.turn(ask.who, self._limits.total):
            host.refuse_while_resting(ask.who)
            tries = 1 if host.is_probing else self._limits.tries
            host.keep_pace()
            ends = self._clock.monotonic() + self._limits.total
            exchange = Exchange(ask, self._session, self._clock, self._limits, ends)
            for further in reversed(range(tries)):
                try:
                    answer = within(exchange.left, exchange.run)
                except (Failure, TooSlow) as error:
                    failure = self._judged(error)
                    wait = self._note(failure, host, tries - further)
                    if not (failure.again and further) or host.is_resting or wait >= exchange.left:
                        raise self._told(failure, host, ask.who) from None
                    self._clock.sleep(wait)
                    host.keep_pace()
                else:
                    host.answered(sick=answer.status in SICK)
                    return answer
        raise AssertionError  # the last try returned or raised

    def _host(self, url: str) -> Host:
        name = urlsplit(url).hostname or ""
        with self._adding:
            return self._hosts.setdefault(name, Host(name, self._clock))

    def _judged(self, error: Exception) -> Failure:
        if isinstance(error, Failure):
            return error
        return Failure(f"did not answer within {self._limits.total:g} s", again=False)

    def _note(self, failure: Failure, host: Host, tries: int) -> float:
        """Count a failure; the seconds to wait before another try."""
        if failure.sick:
            host.failed()
        backoff = 2.0 ** (tries - 2) * self._jitter.uniform(0.5, 1.5)
        return max(failure.pause, backoff)

    def _told(self, failure: Failure, host: Host, who: str) -> SourceError:
        if not failure.pause:
            return SourceError(f"{who} {failure}")
        until = host.pause(failure.pause)
        return SourceResting(f"{who} {failure}; the next try is at {until:%H:%M:%S} UTC", until)
