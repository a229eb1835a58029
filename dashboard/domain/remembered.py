"""What is remembered of a live series: when it was asked for, what came, what was revised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class FetchState:
    """The last attempt at a series, and the last one that succeeded; moments in UTC.

    Attributes:
        series: its id.
        source: the source that it comes from; it never changes.
        tried_at: when it was last asked for.
        ok_at: when an answer was last taken in, also one without anything new; None: never.
        problem: why the last attempt failed, a sentence; empty where it succeeded.
        notes: what a person should know about the last answer.
        stamp: how the publisher marked the last answer.
        last_day: the last market day known; None: none.
        rows: how many observations are kept.
        revised: how many numbers were replaced by later ones.
    """

    series: str
    source: str
    tried_at: datetime
    ok_at: datetime | None
    problem: str
    notes: tuple[str, ...]
    stamp: str
    last_day: date | None
    rows: int
    revised: int


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a series is kept.

    Attributes:
        mark: grows whenever an answer changed anything that is kept.
        ok_at: when an answer was last taken in; None: never.
        has_rows: whether any observation that is final is kept.
    """

    mark: int
    ok_at: datetime | None
    has_rows: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """A number that its publisher replaced.

    Attributes:
        record: the printed date.
        opens: the beginning of the bar or window, which tells bars of a day apart (UTC).
        was: the number as it was first published.
        became: the number that replaced it.
        was_fetched_at: when the first was fetched.
        seen_at: when the replacement was.
    """

    series: str
    record: date
    opens: datetime
    revision: int
    was: float
    became: float
    was_fetched_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer changed: rows that are new, numbers revised, bars that became final."""

    new: int = 0
    revised: int = 0
    settled: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything differs from before."""
        return bool(self.new or self.revised or self.settled)
