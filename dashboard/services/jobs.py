"""Background jobs: refresh rates and news, and watch the version of the notes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeAlias, TypeVar

from dashboard.models.errors import RoubleReactionError
from dashboard.services.live_rates import RefreshRequest, RefreshResult, refresh_rates
from dashboard.services.news import FeedSource, refresh_news

if TYPE_CHECKING:
    from dashboard.services.rates import CombinedRates
    from dashboard.storage.base import InboxStore, RateStore


rates_log: Final = logging.getLogger("dashboard.rates")
news_log: Final = logging.getLogger("dashboard.news")

RATES_INTERVAL: Final = timedelta(minutes=1)
NEWS_INTERVAL: Final = timedelta(minutes=10)
POLL_SECONDS: Final = 0.75
"""Seconds between two polls; pages poll once a second, so a change shows within 1.75 s."""
RETRY_SECONDS: Final = 3.0
MAX_IDLE_POLLS: Final = 12
"""Polls without a reader before the thread ends."""


# ---- refreshing


@dataclass(frozen=True, slots=True)
class RateRefreshState:
    """The state of the background refresh of rates.

    Attributes:
        is_running: whether a refresh is running.
        started_at: when the last refresh started; None: none did.
        done: the number of finished series.
        total: the number of all series.
        current: the id of the series being fetched.
        finished_at: when the last refresh finished; None: none did.
        results: the result for each series in the last refresh.
    """

    is_running: bool = False
    started_at: datetime | None = None
    done: int = 0
    total: int = 0
    current: str = ""
    finished_at: datetime | None = None
    results: tuple[RefreshResult, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsRefreshState:
    """The state of the background refresh of news; `problem` is a failure of the whole refresh."""

    is_running: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    done: int = 0
    total: int = 0
    problem: str = ""


State = TypeVar("State", RateRefreshState, NewsRefreshState)
ReplicaLock: TypeAlias = Callable[[], AbstractContextManager[bool]]
"""Takes a lock between replicas at once, or not; yields whether."""


class _RefreshJob(Generic[State]):
    """A refresh in a background thread, for all sessions of a process; never two at once.

    Of several replicas the one that holds the lock refreshes; where it dies, the server releases
    the lock and the next one that is due takes it.
    """

    def __init__(
        self,
        state: State,
        interval: timedelta,
        now: Callable[[], datetime],
        *,
        is_offline: bool,
        lock: ReplicaLock | None,
    ) -> None:
        self._state: State = state
        self._lock_of_replicas = lock
        self._interval = interval
        self._now = now
        self.is_offline = is_offline
        self.runs = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def state(self) -> State:
        """The present state."""
        return self._state

    @property
    def is_due(self) -> bool:
        """Whether `submit` would start a refresh now."""
        now, started = self._now(), self._state.started_at
        is_recent = started is not None and started <= now < started + self._interval
        return not (self.is_offline or self._state.is_running or is_recent)

    def _lead(self) -> AbstractContextManager[bool]:
        """Whether this process is to refresh: no other replica is at it."""
        lock = self._lock_of_replicas
        return nullcontext(enter_result=True) if lock is None else lock()

    def wait(self, seconds: float) -> None:
        """Wait for the running refresh."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _start(self, run: Callable[[], None], *, force: bool, **reset: Any) -> bool:
        """Run in a thread unless offline, running or, without `force`, not due.

        `reset` are further fields of the state to set at the start.
        """
        with self._lock:
            is_forced = force and not (self.is_offline or self._state.is_running)
            if not (self.is_due or is_forced):
                return False
            self._state = replace(
                self._state, is_running=True, started_at=self._now(), done=0, total=0, **reset
            )
            self.runs += 1
            self._thread = threading.Thread(target=run, name="refresh", daemon=True)
            self._thread.start()
            return True


class RateRefreshJob(_RefreshJob[RateRefreshState]):
    """Refreshes rates in the background.

    Args:
        rates: the series and their sources.
        rate_cache: stores the answers.
        now: the clock.
        is_offline: never use the network.
        lock: held by the replica that refreshes; None where there is one.
    """

    def __init__(
        self,
        rates: CombinedRates,
        rate_cache: RateStore,
        now: Callable[[], datetime],
        *,
        is_offline: bool = False,
        lock: ReplicaLock | None = None,
    ) -> None:
        super().__init__(RateRefreshState(), RATES_INTERVAL, now, is_offline=is_offline, lock=lock)
        self._rates = rates
        self._rate_cache = rate_cache

    def submit(self, request: RefreshRequest = RefreshRequest()) -> bool:  # noqa: B008 - frozen
        """Start a refresh unless one is running or has just run; returns whether it started.

        Cheap enough to be called by every page at every rerun.
        """
        return self._start(partial(self._run, request), force=request.force)

    def _run(self, request: RefreshRequest) -> None:
        results: tuple[RefreshResult, ...] = self._state.results
        try:
            with self._lead() as leads:
                if leads:
                    results = refresh_rates(
                        self._rates, self._rate_cache, request, self._now, self._report
                    )
        except Exception:
            rates_log.exception("the refresh failed")
        finally:
            self._state = RateRefreshState(
                started_at=self._state.started_at,
                done=self._state.total, total=self._state.total,
                finished_at=self._now(), results=results,
            )  # fmt: skip

    def _report(self, done: int, total: int, series_id: str) -> None:
        self._state = replace(self._state, done=done, total=total, current=series_id)


class NewsRefreshJob(_RefreshJob[NewsRefreshState]):
    """Refreshes news in the background.

    Args:
        feeds: returns the enabled feeds; may raise InputError where their list is invalid.
        inbox: stores the items.
        now: the clock.
        is_offline: never use the network.
        lock: held by the replica that refreshes; None where there is one.
    """

    def __init__(
        self,
        feeds: Callable[[], Sequence[FeedSource]],
        inbox: InboxStore,
        now: Callable[[], datetime],
        *,
        is_offline: bool = False,
        lock: ReplicaLock | None = None,
    ) -> None:
        super().__init__(NewsRefreshState(), NEWS_INTERVAL, now, is_offline=is_offline, lock=lock)
        self._feeds = feeds
        self._inbox = inbox

    def submit(self, *, force: bool = False) -> bool:
        """Start a refresh unless one is running or ran recently; returns whether it started."""
        return self._start(partial(self._run, force=force), force=force, problem="")

    def _run(self, *, force: bool) -> None:
        problem = ""
        try:
            with self._lead() as leads:
                if leads and (force or not self._was_refreshed_by_another()):
                    refresh_news(self._feeds(), self._inbox, self._now, self._report)
        except Exception as error:
            problem = " ".join(str(error).split())[:300] or type(error).__name__
            news_log.exception("asking the feeds failed")
        finally:
            self._state = replace(
                self._state, is_running=False, finished_at=self._now(), problem=problem
            )

    def _was_refreshed_by_another(self) -> bool:
        """Whether another replica has fetched a feed within the interval."""
        if self._lock_of_replicas is None:
            return False
        last = max((state.tried_at for state in self._inbox.feed_states()), default=None)
        return last is not None and timedelta() <= self._now() - last < self._interval

    def _report(self, done: int, total: int, _title: str) -> None:
        self._state = replace(self._state, done=done, total=total)


# ---- the version of the notes
#
# Other processes write notes without notifying this one. One thread polls the version with one
# short query for the whole process, however many pages are open, and stops while none reads it.


class VersionedStore(Protocol):
    """A store with a version."""

    def version(self) -> str:
        """A short text that differs after every change; StoreError where it cannot be read."""

    def for_user(self, person: str) -> VersionedStore:
        """The store as another person sees it."""


class NoteVersionWatcher:
    """Polls the version of the notes in a background thread, as each person sees them.

    Args:
        notes: the store of notes.
        interval: seconds between two polls.
        retry_interval: seconds after a failed poll.
    """

    def __init__(
        self,
        notes: VersionedStore,
        interval: float = POLL_SECONDS,
        retry_interval: float = RETRY_SECONDS,
    ) -> None:
        self._notes = notes
        self._interval = interval
        self._retry_interval = retry_interval
        self._lock = threading.Lock()
        self._versions: dict[str, str] = {}
        self._polls_left: dict[str, int] = {}
        self._updates = 0
        self._running = False

    def read(self, person: str = "") -> str:
        """The latest version as a person sees it; empty where none is known.

        It keeps the polling for this person alive. Without a name it is that of the store given.
        """
        with self._lock:
            self._polls_left[person] = MAX_IDLE_POLLS
            if not self._running:
                self._running = True
                threading.Thread(target=self._poll, name="notes", daemon=True).start()
            return self._versions.get(person, "")

    def set_version(self, version: str, person: str = "") -> None:
        """Set a version that was just read; it is newer than that of any running poll."""
        with self._lock:
            self._versions[person] = version
            self._updates += 1

    def _poll(self) -> None:
        pause = threading.Event()
        while people := self._readers():
            answered = {person for person in people if self._poll_once(person)}
            has_failed = len(answered) < len(people)
            pause.wait(self._retry_interval if has_failed else self._interval)

    def _readers(self) -> tuple[str, ...]:
        """The people whose pages still read; of the others nothing is remembered."""
        with self._lock:
            left = {person: polls - 1 for person, polls in self._polls_left.items() if polls > 0}
            self._polls_left = left
            self._versions = {name: text for name, text in self._versions.items() if name in left}
            self._running = bool(left)
            return tuple(left)

    def _poll_once(self, person: str) -> bool:
        """Read the version; a failure leaves it empty, so that no page is redrawn for it."""
        updates = self._updates
        try:
            version = (self._notes.for_user(person) if person else self._notes).version()
        except RoubleReactionError:
            version = ""
        with self._lock:
            if self._updates == updates:
                self._versions[person] = version
        return bool(version)
