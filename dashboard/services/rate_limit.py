"""Rate limits: how often one user may write, fetch, import and export.

Actions are counted in this process, for each user. Refused actions are not counted, so that
waiting always helps. The command line is not limited.
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
from dashboard.models.messages import deferred, join_clauses, plural, translate_deferred
from dashboard.models.messages import translate as _

LimitedAction: TypeAlias = Literal["write", "fetch", "import", "export"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A limit: the number of actions, the period, and its description in messages."""

    most: int
    seconds: int
    description: str


MAX_NOTES: Final = 100_000
RATE_LIMITS: Final[dict[LimitedAction, RateLimit]] = {
    "write": RateLimit(60, 60, deferred("at most {most} changes in a minute")),
    "fetch": RateLimit(10, 60, deferred("at most {most} links in a minute")),
    "import": RateLimit(10, 3_600, deferred("at most {most} imports in an hour")),
    "export": RateLimit(20, 3_600, deferred("at most {most} exports in an hour")),
}
_MAX_TRACKED_USERS: Final = 10_000


class NoteCounter(Protocol):
    """Counts notes."""

    def count_by_author(self, author: str) -> int:
        """The number of notes of an author, without deleted ones."""


class RateLimiter:
    """The recent actions of every user.

    Args:
        now: a monotonic clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._done: dict[tuple[str, LimitedAction], deque[float]] = {}
        self._counting = threading.Lock()

    def take(self, person: str, kind: LimitedAction) -> None:
        """Count one more action, if the limit allows it.

        Args:
            person: the name of the user, or the session of an anonymous one.
            kind: the action.

        Raises:
            RateLimited: the limit is reached; the message says when to try again.
        """
        now = self._now()
        with self._counting:
            refused = self._refusal(person, kind, now)
            if refused is not None:
                raise refused
            self._done.setdefault((person, kind), deque()).append(now)
            if len(self._done) > _MAX_TRACKED_USERS:
                self._done = {
                    key: done
                    for key, done in self._done.items()
                    if done and done[-1] > now - RATE_LIMITS[key[1]].seconds
                }

    def refusal_reason(self, person: str, kind: LimitedAction) -> str:
        """The message of `take` where the limit is reached; else empty."""
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
            join_clauses(
                translate_deferred(limit.description, most=limit.most),
                _("try again in {duration}", duration=_duration_text(wait)),
            ),
            wait,
        )


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
