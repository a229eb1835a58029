"""Limits: how often one person may write, fetch, import, export and study, and heavy reads.

The store holds the actions of a person, so that a limit holds across tabs and processes. Refused
actions are not counted, so that waiting always helps. The command line is not limited.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias, TypeVar

from dashboard.models.errors import RateLimited, StoreError
from dashboard.models.messages import deferred, join_clauses, plural, translate_deferred
from dashboard.models.messages import translate as _

T = TypeVar("T")

LimitedAction: TypeAlias = Literal["write", "fetch", "import", "export", "study", "refusal"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A limit: the number of actions, the period, and its description in messages."""

    most: int
    seconds: int
    description: str


MAX_NOTES: Final = 100_000
RATE_LIMITS: Final[dict[LimitedAction, RateLimit]] = {
    "write": RateLimit(60, 60, deferred("at most {most} changes in a minute")),
    "fetch": RateLimit(10, 60, deferred("at most {most} links, feeds and searches in a minute")),
    "import": RateLimit(10, 3_600, deferred("at most {most} imports in an hour")),
    "export": RateLimit(20, 3_600, deferred("at most {most} exports in an hour")),
    "study": RateLimit(60, 60, deferred("at most {most} studies in a minute")),
    "refusal": RateLimit(60, 60, deferred("at most {most} refused tokens in a minute")),
}


class NoteCounter(Protocol):
    """Counts notes."""

    def count_by_author(self, author: str) -> int:
        """The number of notes of an author, without deleted ones."""


class ActionStore(Protocol):
    """Stores when each person did what is limited; raises StoreError where it fails."""

    def times(self, person: str, action: str) -> Sequence[float]:
        """The times of a person's actions of one kind, in seconds since 1970."""

    def update(
        self, person: str, action: str, change: Callable[[Sequence[float]], Sequence[float]]
    ) -> None:
        """Replace the times by what `change` makes of them, nobody else changing them meanwhile."""


class RateLimiter:
    """The recent actions of every person.

    Where the store fails, what needs no store (a link, an export) is not limited; a change of a
    note fails by itself.

    Args:
        store: gives the store at the first use.
        now: the clock, in seconds since 1970.
        is_counting: whether there are persons at all: visitors of a public instance have no name,
            and the queues of what is heavy bound them.
    """

    def __init__(
        self,
        store: Callable[[], ActionStore],
        now: Callable[[], float] = time.time,
        *,
        is_counting: bool = True,
    ) -> None:
        self._store = store
        self._now = now
        self._is_counting = is_counting

    def take(self, person: str, kind: LimitedAction) -> None:
        """Count one more action, if the limit allows it.

        Args:
            person: the name of the person; empty for all without one.
            kind: the action.

        Raises:
            RateLimited: the limit is reached; the message says when to try again.
        """
        if not self._is_counting:
            return
        now = self._now()

        def add(times: Sequence[float]) -> Sequence[float]:
            recent = _recent(times, kind, now)
            _check(recent, kind, now)
            return [*recent, now]

        with suppress(StoreError):
            self._store().update(person, kind, add)

    def refusal_reason(self, person: str, kind: LimitedAction) -> str:
        """The message of `take` where the limit is reached; else empty."""
        if not self._is_counting:
            return ""
        now = self._now()
        try:
            _check(_recent(self._store().times(person, kind), kind, now), kind, now)
        except RateLimited as refused:
            return str(refused)
        except StoreError:
            return ""
        return ""


def _recent(times: Sequence[float], kind: LimitedAction, now: float) -> list[float]:
    """Those within the period; a clock that was put back must not refuse for longer than that."""
    seconds = RATE_LIMITS[kind].seconds
    return [at for at in times if now - seconds < at <= now + seconds]


def _check(recent: Sequence[float], kind: LimitedAction, now: float) -> None:
    limit = RATE_LIMITS[kind]
    if len(recent) < limit.most:
        return
    wait = math.ceil(min(recent) + limit.seconds - now)
    raise RateLimited(
        join_clauses(
            translate_deferred(limit.description, most=limit.most),
            _("try again in {duration}", duration=_duration_text(wait)),
        ),
        wait,
    )


# ---- heavy reads

HEAVY_MODEL: Final = "garch"
"""The model of normal returns that takes seconds; the others take a fraction of one."""
HEAVY_AT_ONCE: Final = 1
MAX_WAITING: Final = 8
MAX_WAIT_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 10
BUSY: Final = deferred("other studies are computed at present; try again in {n} seconds")


class HeavyReadQueue:
    """Lets one heavy read compute at a time, so that light ones are answered meanwhile.

    Numbers are computed by one process: two studies at once take as long as one after the other,
    and every other answer waits for both.

    Args:
        at_once: how many compute at once.
        waiting: how many may wait.
        seconds: how long one waits.
        busy: what is answered where too many wait, a deferred message with `{n}` seconds.
    """

    def __init__(
        self,
        at_once: int = HEAVY_AT_ONCE,
        waiting: int = MAX_WAITING,
        seconds: float = MAX_WAIT_SECONDS,
        busy: str = BUSY,
    ) -> None:
        self._busy = busy
        self._slots = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._at_once, self._admitted = at_once, at_once + waiting
        self._seconds = seconds
        self.refused = 0

    @property
    def running(self) -> int:
        """How many compute now."""
        return self._at_once - self._slots._value

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return max(0, self._admitted - self._places._value - self.running)

    def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, once it is its turn.

        Raises:
            RateLimited: too many wait, or it was not its turn in time.
        """
        if not self._places.acquire(blocking=False):
            raise self._refuse()
        try:
            if not self._slots.acquire(timeout=self._seconds):
                raise self._refuse()
            try:
                return work()
            finally:
                self._slots.release()
        finally:
            self._places.release()

    def _refuse(self) -> RateLimited:
        self.refused += 1
        return RateLimited(translate_deferred(self._busy, n=RETRY_SECONDS), RETRY_SECONDS)


HEAVY_READS: Final = HeavyReadQueue()
"""The queue of this process, for pages and API alike."""


def check_note_quota(store: NoteCounter, author: str) -> None:
    """Refuse a new note of an author with the maximal number of notes.

    Raises:
        RateLimited: the number is reached; waiting does not help.
        StoreError: the store cannot be read.
    """
    if author and store.count_by_author(author) >= MAX_NOTES:
        msg = _(
            "{author} has {most:,} notes, which is the most that are kept; remove some",
            author=author,
            most=MAX_NOTES,
        )
        raise RateLimited(msg, 0)


def _duration_text(seconds: int) -> str:
    if seconds >= 120:
        return plural("{n} minute", "{n} minutes", math.ceil(seconds / 60))
    return plural("{n} second", "{n} seconds", seconds)
