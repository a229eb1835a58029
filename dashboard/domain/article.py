"""An article, and what is proposed from it: dated statements, and claims about the rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from dashboard.domain.event import Category

TEXT_MOST: Final = 60_000
"""Characters of a text that are read; a longer one is cut, and that is said."""


class Precision(StrEnum):
    """How exactly it is known when something was said or published."""

    MINUTE = "minute"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, and where that is written.

    `day` is the day where it was published, in the publisher's own zone; `moment` the UTC
    moment where hour and zone are known. `origin` is `given`, `json-ld`, `open-graph`, `time`,
    `htmldate`, `text` or `modified`.
    """

    day: date
    origin: str
    moment: datetime | None = None

    @property
    def precision(self) -> Precision:
        """To the minute where the moment is known, else to the day."""
        return Precision.DAY if self.moment is None else Precision.MINUTE


@dataclass(frozen=True, slots=True)
class Article:
    """A page or a text as it was read; `messages` are what a person should know about that."""

    text: str
    title: str = ""
    published: Published | None = None
    url: str = ""
    author: str = ""
    site: str = ""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A date as a text says it, and the days it means.

    `day` to `end_day` (both inside) is what it means; None where that cannot be told. `phrase`
    are the words, `start` where they begin in their sentence, `doubt` says what is uncertain.
    """

    phrase: str
    start: int
    precision: Precision
    day: date | None = None
    end_day: date | None = None
    moment: datetime | None = None
    doubt: str = ""

    @property
    def end(self) -> int:
        """Where the words end in their sentence."""
        return self.start + len(self.phrase)


@dataclass(frozen=True, slots=True)
class Statement:
    """A candidate for an event: who said or did what, when; nothing of it is stored.

    `day` is None where the text says only "on Tuesday" and its own date is not known.
    """

    said: SaidDate
    actor: str
    title: str
    category: Category
    sentence: str

    @property
    def day(self) -> date | None:
        """The first day it may have been."""
        return self.said.day

    @property
    def end_day(self) -> date | None:
        """The last day it may have been, where that is not the first."""
        return self.said.end_day if self.said.end_day != self.said.day else None


class ClaimKind(StrEnum):
    """What a sentence claims about the rouble."""

    LEVEL = "level"
    STRONGEST = "strongest"
    WEAKEST = "weakest"
    UP = "up"
    DOWN = "down"


class Exactness(StrEnum):
    """How a number is meant."""

    EXACT = "exact"
    ABOUT = "about"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about the rate; up, strongest and "more" are always told of the rouble's worth.

    `level` counts roubles for one unit of `currency`, and `MORE` of a level is above it; `up` and
    `down` are per cent. `since` is the period it is compared with; `base` names it where it is one
    of the bases of a facts check ("year_start"); `day` is the day it is told of, `subject` whose
    change the number is: the rouble's or the currency's.
    """

    kind: ClaimKind
    currency: str
    sentence: str
    phrase: str
    value: float | None = None
    exactness: Exactness = Exactness.EXACT
    decimals: int = 0
    since: SaidDate | None = None
    base: str = ""
    day: date | None = None
    subject: str = "RUB"


@dataclass(frozen=True, slots=True)
class TextReading:
    """What a text says: candidates and claims, in its order."""

    statements: tuple[Statement, ...]
    claims: tuple[Claim, ...]
