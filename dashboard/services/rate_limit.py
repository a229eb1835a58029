"""Rate limits: how often one user may write, fetch, import and export.

The count is kept in this process and for each person alone. What is refused is not counted,
so that waiting always helps. A person at a shell is at their own machine and is not limited.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from dashboard.models.errors import RateLimited

LimitedAction: TypeAlias = Literal["write", "fetch", "import", "export"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most so many in so many seconds, and what a person calls them."""

    most: int
    seconds: int
    words: str


MAX_NOTES: Final = 100_000
RATE_LIMITS: Final[dict[LimitedAction, RateLimit]] = {
    "write": RateLimit(60, 60, "changes in a minute"),
    "fetch": RateLimit(10, 60, "links in a minute"),
    "import": RateLimit(10, 3_600, "imports in an hour"),
    "export": RateLimit(20, 3_600, "exports in an hour"),
}
_MAX_TRACKED_USERS: Final = 10_000


class NoteCounter(Protocol):
    """Where notes are counted."""

    def count_by_author(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        ...


class RateLimiter:
    """What every person did lately.

    Args:
        now: seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._done: dict[tuple[str, LimitedAction], deque[float]] = {}
        self._counting = threading.Lock()

    def take(self, person: str, kind: LimitedAction) -> None:
        """Count one more, if there is room for it.

        Args:
            person: who does it: a name, or the session of a reader without one.
            kind: what is done.

        Raises:
            TooOften: there is no room; the line says from when on there is.
        """
        now = self._now()
        with self._counting:
            refused = self._refusal(person, kind, now)
            if refused is not None:
                raise refused
            self._done.setdefault((person, kind), deque()).append(now)
            if len(self._done) > _MAX_TRACKED_USERS:
                self._drop_idle(now)

    def refusal_reason(self, person: str, kind: LimitedAction) -> str:
        """Why there is no room for one more now, as `take` would say it; empty where there is."""
        with self._counting:
            return str(self._refusal(person, kind, self._now()) or "")

    def _refusal(self, person: str, kind: LimitedAction, now: float) -> RateLimited | None:
        limit, done = RATE_LIMITS[kind], self._done.get((person, kind), deque())
        while done and done[0] <= now - limit.seconds:
            done.popleft()
        if len(done) < limit.most:
            return None
        wait = math.ceil(done[0] + limit.seconds - now)
        return RateLimited(
            f"at most {limit.most} {limit.words}; try again in {_duration_text(wait)}", wait
        )

    def _drop_idle(self, now: float) -> None:
        idle = [key for key, done in self._done.items() if _is_idle(key[1], done, now)]
        for key in idle:
            del self._done[key]


def check_note_quota(store: NoteCounter, author: str) -> None:
    """Refuse one more note of an author who has as many as are kept.

    Raises:
        TooOften: there are; waiting does not help.
        StoreError: the store cannot be read.
    """
    if author and store.count_by_author(author) >= MAX_NOTES:
        msg = f"{author} has {MAX_NOTES:,} notes, which is the most that are kept; remove some"
        raise RateLimited(msg, 0)


def _is_idle(kind: LimitedAction, done: deque[float], now: float) -> bool:
    return not done or done[-1] <= now - RATE_LIMITS[kind].seconds


def _duration_text(seconds: int) -> str:
    if seconds >= 120:
        return f"{math.ceil(seconds / 60)} minutes"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
