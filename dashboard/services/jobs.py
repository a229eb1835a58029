"""Background jobs: refresh rates and news, and watch the version of the notes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from dashboard.models.errors import RoubleReactionError
from dashboard.services.live_rates import RefreshRequest, RefreshResult, refresh_rates
from dashboard.services.news import FeedSource, refresh_news

if TYPE_CHECKING:
    from dashboard.services.rates import CombinedRates
    from dashboard.storage.base import InboxStore, RateStore


# ------------------------------------------------------------
# Refresh behind the pages: nobody waits, nothing is raised, and once a while is enough.


rates_log: Final = logging.getLogger("dashboard.rates")
RATES_INTERVAL: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RateRefreshState:
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
    results: tuple[RefreshResult, ...] = ()


class RateRefreshJob:
    """Refreshes in a thread of its own, for all sessions of a process together.

    Args:
        known: the series and their sources.
        memory: where answers are kept.
        now: the clock.
        is_offline: never ask.
    """

    def __init__(
        self,
        rates: CombinedRates,
        rate_cache: RateStore,
        now: Callable[[], datetime],
        *,
        is_offline: bool = False,
    ) -> None:
        self._known = rates
        self._memory = rate_cache
        self._now = now
        self.is_offline = is_offline
        self._state = RateRefreshState()
        self._started_at: datetime | None = None
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None

    def state(self) -> RateRefreshState:
        """How it is going, at once."""
        return self._state

    @property
    def is_due(self) -> bool:
        """Whether `ask` would start a refresh now."""
        now, started = self._now(), self._started_at
        is_recent = started is not None and started <= now < started + RATES_INTERVAL
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
        results: tuple[RefreshResult, ...] = self._state.results
        try:
            results = refresh_rates(self._known, self._memory, request, self._now, self._note)
        except Exception:
            rates_log.exception("the refresh failed")
        finally:
            self._state = RateRefreshState(
                started_at=self._started_at,
                done=self._state.total, total=self._state.total,
                finished_at=self._now(), results=results,
            )  # fmt: skip

    def _note(self, done: int, total: int, series_id: str) -> None:
        self._state = replace(self._state, done=done, total=total, current=series_id)


# ------------------------------------------------------------
# Refresh news behind the Inbox: nobody waits, nothing is raised, and only where it was asked.


news_log: Final = logging.getLogger("dashboard.news")
NEWS_INTERVAL: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class NewsRefreshState:
    """How asking the feeds goes: `problem_response` says why the last round as a whole failed."""

    is_running: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    done: int = 0
    total: int = 0
    problem: str = ""


class NewsRefreshJob:
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
        inbox: InboxStore,
        now: Callable[[], datetime],
        *,
        is_offline: bool = False,
    ) -> None:
        self._feeds = feeds
        self._inbox = inbox
        self._now = now
        self.is_offline = is_offline
        self._state = NewsRefreshState()
        self._changing = threading.Lock()
        self._thread: threading.Thread | None = None

    def state(self) -> NewsRefreshState:
        """How it goes, at once."""
        return self._state

    @property
    def is_due(self) -> bool:
        """Whether `ask` would begin a round now."""
        now, started = self._now(), self._state.started_at
        is_recent = started is not None and started <= now < started + NEWS_INTERVAL
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
            news_log.exception("asking the feeds failed")
        finally:
            self._state = replace(
                self._state, is_running=False, finished_at=self._now(), problem=problem
            )

    def _note(self, done: int, total: int, _title: str) -> None:
        self._state = replace(self._state, done=done, total=total)


# ------------------------------------------------------------
# Watch notes: one thread of the process asks which version the notes have, and all pages look.
#
# A colleague writes from another process, so nobody here is told. The question is one short
# query for the whole process, however many pages are open, and none at all while no page looks.


POLL_SECONDS: Final = 0.75
"""Seconds between two questions; a page looks once a second, which is 1.75 s at the most."""
RETRY_SECONDS: Final = 3.0
MAX_IDLE_POLLS: Final = 12
"""Questions after the last look of a page, before the thread ends."""


class VersionedStore(Protocol):
    """What has a version."""

    def version(self) -> str:
        """A short text that differs after every change; StoreError where it cannot be told."""


class NoteVersionWatcher:
    """The version of the notes as this process last heard of it.

    Args:
        notes: what is asked.
        every: seconds between two questions.
        after_failure: seconds after one that failed.
    """

    def __init__(
        self,
        notes: VersionedStore,
        interval: float = POLL_SECONDS,
        retry_interval: float = RETRY_SECONDS,
    ) -> None:
        self._notes = notes
        self._every = interval
        self._after_failure = retry_interval
        self._lock = threading.Lock()
        self._version = ""
        self._told = 0
        self._left = 0
        self._running = False

    def look(self) -> str:
        """The version last heard of, and an interest in later ones; empty where none is known."""
        with self._lock:
            self._left = MAX_IDLE_POLLS
            if not self._running:
                self._running = True
                threading.Thread(target=self._ask, name="notes", daemon=True).start()
            return self._version

    def set_version(self, version: str) -> None:
        """Take a version that a page just read; it is newer than any answer under way."""
        with self._lock:
            self._version = version
            self._told += 1

    def _ask(self) -> None:
        pause = threading.Event()
        while self._is_wanted():
            answered = self._poll_version(self._notes.version)
            pause.wait(self._every if answered else self._after_failure)

    def _is_wanted(self) -> bool:
        with self._lock:
            self._left -= 1
            self._running = self._left >= 0
            return self._running

    def _poll_version(self, get_version: Callable[[], str]) -> bool:
        """Ask once; a failure leaves no version, so that no page is drawn anew for it."""
        updates = self._told
        try:
            version = get_version()
        except RoubleReactionError:
            version = ""
        with self._lock:
            if self._told == updates:
                self._version = version
        return bool(version)
