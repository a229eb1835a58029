"""Limit use: how often one person may write, fetch, import and export, so that nobody floods.

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

from dashboard.domain.errors import TooOften

Kind: TypeAlias = Literal["write", "fetch", "import", "export"]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in so many seconds, and what a person calls them."""

    most: int
    seconds: int
    words: str


MOST_NOTES: Final = 100_000
LIMITS: Final[dict[Kind, Limit]] = {
    "write": Limit(60, 60, "changes in a minute"),
    "fetch": Limit(10, 60, "links in a minute"),
    "import": Limit(10, 3_600, "imports in an hour"),
    "export": Limit(20, 3_600, "exports in an hour"),
}
_MOST_PEOPLE: Final = 10_000


class CountedNotes(Protocol):
    """Where notes are counted."""

    def count_of(self, author: str) -> int:
        """How many notes of an author there are, without deleted ones."""
        ...


class Limits:
    """What every person did lately.

    Args:
        now: seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._done: dict[tuple[str, Kind], deque[float]] = {}
        self._counting = threading.Lock()

    def take(self, person: str, kind: Kind) -> None:
        """Count one more, if there is room for it.

        Args:
            person: who does it: a name, or the session of a reader without one.
            kind: what is done.

        Raises:
            TooOften: there is no room; the line says from when on there is.
        """
        now = self._now()
        with self._counting:
            refused = self._refused(person, kind, now)
            if refused is not None:
                raise refused
            self._done.setdefault((person, kind), deque()).append(now)
            if len(self._done) > _MOST_PEOPLE:
                self._forget_the_idle(now)

    def why_not(self, person: str, kind: Kind) -> str:
        """Why there is no room for one more now, as `take` would say it; empty where there is."""
        with self._counting:
            return str(self._refused(person, kind, self._now()) or "")

    def _refused(self, person: str, kind: Kind, now: float) -> TooOften | None:
        limit, done = LIMITS[kind], self._done.get((person, kind), deque())
        while done and done[0] <= now - limit.seconds:
            done.popleft()
        if len(done) < limit.most:
            return None
        wait = math.ceil(done[0] + limit.seconds - now)
        return TooOften(f"at most {limit.most} {limit.words}; try again in {_in_words(wait)}", wait)

    def _forget_the_idle(self, now: float) -> None:
        idle = [who for who, done in self._done.items() if _is_idle(who[1], done, now)]
        for who in idle:
            del self._done[who]


def check_room(store: CountedNotes, author: str) -> None:
    """Refuse one more note of an author who has as many as are kept.

    Raises:
        TooOften: there are; waiting does not help.
        StoreError: the store cannot be read.
    """
    if author and store.count_of(author) >= MOST_NOTES:
        msg = f"{author} has {MOST_NOTES:,} notes, which is the most that are kept; remove some"
        raise TooOften(msg, 0)


def _is_idle(kind: Kind, done: deque[float], now: float) -> bool:
    return not done or done[-1] <= now - LIMITS[kind].seconds


def _in_words(seconds: int) -> str:
    if seconds >= 120:
        return f"{math.ceil(seconds / 60)} minutes"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
