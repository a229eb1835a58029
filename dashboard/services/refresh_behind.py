"""Refresh behind the pages: nobody waits, nothing is raised, and once a while is enough."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dashboard.services.refresh_rates import Refreshed, RefreshRequest, refresh_rates

if TYPE_CHECKING:
    from dashboard.services.known_rates import KnownRates
    from dashboard.store.base import RateMemory

log: Final = logging.getLogger("dashboard.rates")
AT_MOST_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RefreshState:
    """How the refresh is going.

    Attributes:
        is_running: whether one is under way.
        started_at: when the last one began; None: none has.
        done: how many series are done.
        total: of how many.
        current: the one that is being asked for.
        finished_at: when the last one ended; None: none has.
        results: what became of each series in the last one.
    """

    is_running: bool = False
    started_at: datetime | None = None
    done: int = 0
    total: int = 0
    current: str = ""
    finished_at: datetime | None = None
    results: tuple[Refreshed, ...] = ()


class Refresher:
    """Refreshes in a thread of its own, for all sessions of a process together.

    Args:
        known: the series and their sources.
        memory: where answers are kept.
        now: the clock.
        is_offline: never ask.
    """

    def __init__(
        self,
        known: KnownRates,
        memory: RateMemory,
        now: Callable[[], datetime],
        *,
        is_offline: bool = False,
    ) -> None:
        self._known = known
        self._memory = memory
        self._now = now
        self.is_offline = is_offline
        self._state = RefreshState()
        self._started_at: datetime | None = None
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None

    def state(self) -> RefreshState:
        """How it is going, at once."""
        return self._state

    @property
    def is_due(self) -> bool:
        """Whether `ask` would start a refresh now."""
        now, started = self._now(), self._started_at
        is_recent = started is not None and started <= now < started + AT_MOST_EVERY
        return not (self.is_offline or self._state.is_running or is_recent)

    def ask(self, request: RefreshRequest = RefreshRequest()) -> bool:  # noqa: B008 - frozen
        """Start a refresh unless one runs or has just run; returns at once whether it did.

        Every page may call this at every rerun.
        """
        with self._changing:
            is_forced = request.force and not (self.is_offline or self._state.is_running)
            if not (self.is_due or is_forced):
                return False
            now = self._started_at = self._now()
            self._state = replace(
                self._state, is_running=True, started_at=now, done=0, total=0, current=""
            )
            self._thread = threading.Thread(
                target=self._run, args=(request,), name="refresh-behind", daemon=True
            )
            self._thread.start()
            return True

    def wait(self, seconds: float) -> None:
        """Wait for the one under way, for a command line or a test."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, request: RefreshRequest) -> None:
        results: tuple[Refreshed, ...] = self._state.results
        try:
            results = refresh_rates(self._known, self._memory, request, self._now, self._note)
        except Exception:
            log.exception("the refresh failed")
        finally:
            self._state = RefreshState(
                started_at=self._started_at,
                done=self._state.total, total=self._state.total,
                finished_at=self._now(), results=results,
            )  # fmt: skip

    def _note(self, done: int, total: int, series_id: str) -> None:
        self._state = replace(self._state, done=done, total=total, current=series_id)
