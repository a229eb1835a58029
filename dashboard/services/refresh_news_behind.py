"""Refresh news behind the Inbox: nobody waits, nothing is raised, and only where it was asked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from dashboard.services.refresh_news import FeedSource, refresh_news

if TYPE_CHECKING:
    from dashboard.store.base import Inbox

log: Final = logging.getLogger("dashboard.news")
AT_MOST_EVERY: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewsState:
    """How asking the feeds goes: `problem` says why the last round as a whole failed."""

    is_running: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    done: int = 0
    total: int = 0
    problem: str = ""


class NewsRefresher:
    """Asks the feeds in a thread of its own, for all sessions of a process together.

    Args:
        feeds: gives the feeds to ask; may raise InputError where their list is wrong.
        inbox: where reports are kept.
        now: the clock.
        is_offline: never ask.
    """

    def __init__(
        self,
        feeds: Callable[[], Sequence[FeedSource]],
        inbox: Inbox,
        now: Callable[[], datetime],
        *,
        is_offline: bool = False,
    ) -> None:
        self._feeds = feeds
        self._inbox = inbox
        self._now = now
        self.is_offline = is_offline
        self._state = NewsState()
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None

    def state(self) -> NewsState:
        """How it goes, at once."""
        return self._state

    @property
    def is_due(self) -> bool:
        """Whether `ask` would begin a round now."""
        now, started = self._now(), self._state.started_at
        is_recent = started is not None and started <= now < started + AT_MOST_EVERY
        return not (self.is_offline or self._state.is_running or is_recent)

    def ask(self, *, force: bool = False) -> bool:
        """Begin a round unless one runs or has run lately; returns at once whether it did."""
        with self._changing:
            is_forced = force and not (self.is_offline or self._state.is_running)
            if not (self.is_due or is_forced):
                return False
            self._state = replace(
                self._state, is_running=True, started_at=self._now(), done=0, total=0, problem=""
            )
            self._thread = threading.Thread(target=self._run, name="news-behind", daemon=True)
            self._thread.start()
            return True

    def wait(self, seconds: float) -> None:
        """Wait for the round under way, for a test."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        problem = ""
        try:
            refresh_news(self._feeds(), self._inbox, self._now, self._note)
        except Exception as error:
            problem = " ".join(str(error).split())[:300] or type(error).__name__
            log.exception("asking the feeds failed")
        finally:
            self._state = replace(
                self._state, is_running=False, finished_at=self._now(), problem=problem
            )

    def _note(self, done: int, total: int, _title: str) -> None:
        self._state = replace(self._state, done=done, total=total)
