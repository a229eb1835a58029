"""How one host is treated: one request at a time, at its pace, and left alone when it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dashboard.domain.errors import SourceResting

if TYPE_CHECKING:
    from dashboard.sources.clock import Clock

PACE: Final = 0.5
"""Seconds between two requests to a host that has no pace of its own."""

PACES: Final = {
    "iss.moex.com": 1.0,
    "www.cbr.ru": 1.0,
    "fred.stlouisfed.org": 1.0,
    "api.gdeltproject.org": 6.0,
}
"""Seconds between two requests, where a host asks for more than the usual."""

FAILURES: Final = 5
REST: Final = timedelta(seconds=60)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""However long a host asks to be left alone, it is asked again after this."""


@dataclass(frozen=True, slots=True)
class HostState:
    """What is known of a host, for the page and the doctor."""

    name: str
    failures: int
    resting_until: datetime | None


class Host:
    """One host: its queue, its pace and its circuit.

    The circuit opens after five failures in a row; then nothing is sent for a minute, after
    which one request probes it: success closes the circuit, failure opens it for a minute
    more. A pause the host asks for (`Retry-After`) is kept in the same way, by not asking.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._turn = threading.Lock()
        self._failures = 0
        self._resting_until: datetime | None = None
        self._why = ""
        self._asked_at: float | None = None

    @contextmanager
    def turn(self, who: str, patience: float) -> Iterator[None]:
        """Be the only one who asks this host.

        Raises:
            SourceResting: the others take longer than `patience` seconds.
        """
        if not self._turn.acquire(timeout=patience):
            msg = f"{who} is being asked already; try again in a moment"
            raise SourceResting(msg, self._clock.now())
        try:
            yield
        finally:
            self._turn.release()

    @property
    def is_probing(self) -> bool:
        """Whether the next request decides if the circuit closes."""
        return self._failures >= FAILURES

    @property
    def is_resting(self) -> bool:
        """Whether it is to be left alone now."""
        return self._resting_until is not None and self._clock.now() < self._resting_until

    def refuse_while_resting(self, who: str) -> None:
        """Say so instead of asking a host that is to be left alone.

        Raises:
            SourceResting: with the moment it may be asked again.
        """
        if self._resting_until is not None and self.is_resting:
            msg = f"{who} {self._why}; the next try is at {self._resting_until:%H:%M:%S} UTC"
            raise SourceResting(msg, self._resting_until)

    def keep_pace(self) -> None:
        """Wait until the host may be asked again, and count this request."""
        pace = PACES.get(self.name, PACE)
        if self._asked_at is not None:
            wait = self._asked_at + pace - self._clock.monotonic()
            if wait > 0:
                self._clock.sleep(wait)
        self._asked_at = self._clock.monotonic()

    def answered(self, *, sick: bool = False) -> None:
        """Close the circuit, unless the answer was only returned for a client to judge."""
        if sick:
            self.failed()
            return
        self._failures = 0
        self._resting_until = None

    def failed(self) -> None:
        """Count a failure; the fifth in a row opens the circuit."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._why = f"failed {self._failures} times in a row"
            self._resting_until = self._clock.now() + REST

    def pause(self, seconds: float) -> datetime:
        """Keep a pause that the host asked for; return when it ends."""
        wanted = self._clock.now() + min(timedelta(seconds=seconds), LONGEST_PAUSE)
        if self._resting_until is None or wanted > self._resting_until:
            self._why = "asked for a pause"
            self._resting_until = wanted
        return self._resting_until

    def state(self) -> HostState:
        """What is known of the host now."""
        return HostState(
            self.name, self._failures, self._resting_until if self.is_resting else None
        )
