"""An article, the statements and claims found in it, and the verdict on each claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from dashboard.models.event import Category
from dashboard.models.messages import deferred

if TYPE_CHECKING:
    from dashboard.models.moves import Fixing, Observation
    from dashboard.models.series import SeriesCard


# ---- an article and what is found in it


MAX_TEXT_LENGTH: Final = 60_000
"""Characters of a text that are read; a longer one is cut, and that is said."""


class Precision(StrEnum):
    """How exactly it is known when something was said or published."""

    MINUTE = "minute"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PublicationTime:
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
    """A page or a text as it was read; `messages` are those for the user about the reading."""

    text: str
    title: str = ""
    published: PublicationTime | None = None
    url: str = ""
    author: str = ""
    site: str = ""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as a text says it, and the days it means.

    `day` to `end_day` (both inside) is what it means; None where that is not known. `phrase`
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
    `is_background` is true of what is dated to a year alone: no day of it can be studied.
    """

    mention: DateMention
    actor: str
    title: str
    category: Category
    sentence: str
    is_background: bool = False

    @property
    def day(self) -> date | None:
        """The first day it may have been."""
        return self.mention.day

    @property
    def end_day(self) -> date | None:
        """The last day it may have been, where that is not the first."""
        return self.mention.end_day if self.mention.end_day != self.mention.day else None


class ClaimKind(StrEnum):
    """What a sentence claims about the rouble."""

    LEVEL = "level"
    STRONGEST = "strongest"
    WEAKEST = "weakest"
    UP = "up"
    DOWN = "down"


class Market(StrEnum):
    """The market a number is of; `REFERENCE` and `IMPLIED` are said of series only."""

    OFFICIAL = "official"
    EXCHANGE = "exchange"
    OTC = "otc"
    FUTURE = "future"
    REFERENCE = "reference"
    IMPLIED = "implied"


class Exactness(StrEnum):
    """How a number is meant."""

    EXACT = "exact"
    ABOUT = "about"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about the rate; up, strongest and "more" always refer to the value of the rouble.

    `level` counts roubles for one unit of `currency`, and `MORE` of a level is above it; `up` and
    `down` are per cent. `since` is the period it is compared with; `base` names it where it is one
    of the bases of a facts check ("year_start"); `day` is the day it refers to, or the last of
    the days from `first_day` where it speaks of a week, a month or a year. `subject` says whose
    change the number is: the rouble's or the currency's. `market` is the one that the text names;
    `doubt` says that the sentence has another reading, which is a claim of its own.
    """

    kind: ClaimKind
    currency: str
    sentence: str
    phrase: str
    value: float | None = None
    exactness: Exactness = Exactness.EXACT
    decimals: int = 0
    since: DateMention | None = None
    base: str = ""
    day: date | None = None
    subject: str = "RUB"
    first_day: date | None = None
    market: Market | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class TextFindings:
    """What a text says: candidates and claims, in its order."""

    statements: tuple[Statement, ...]
    claims: tuple[Claim, ...]


# ---- verdicts on a claim


class ClaimTruth(StrEnum):
    """Whether a claim is true by the numbers of one series from one base.

    `ANOTHER`: the claim speaks of another market than the series, so that its number is another.
    """

    TRUE = "true"
    ABOUT = "about"
    FALSE = "false"
    ANOTHER = deferred("another number")
    UNKNOWN = deferred("cannot be known")


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What one series says to a claim, from one base and in one quote.

    `at` is the observation of the day of the claim, `base` that it is compared with: the base of
    a change, or the last day at least as strong (or weak) for a record. `found` is the number
    itself, in the claim's terms: a level, or a change in per cent with the claim's own sign.
    `is_claimed` is false for a base that the claim did not name but that would make it true.
    `reason` says why nothing can be known.
    """

    card: SeriesCard
    truth: ClaimTruth
    base_name: str = ""
    quote: str = ""
    at: Observation | None = None
    base: Observation | None = None
    found: float | None = None
    is_claimed: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequiredBase:
    """What the base of a change would have to be for the claim to hold, and when it last was.

    `reached` is the last observation there before the day of the claim; None: not in the data,
    which begin on `data_from`.
    """

    card: SeriesCard
    quote: str
    rate: float
    reached: Observation | None
    data_from: Observation


@dataclass(frozen=True, slots=True)
class CommonBase:
    """The base, from `low` to `high` roubles, at which several changes of a text meet.

    `counted` holds each change and the quote it is counted in ("RUB per USD", "USD per RUB");
    `held` the last rate of every series before that year, with the series.
    """

    low: float
    high: float
    year: int
    counted: tuple[tuple[Claim, str], ...]
    held: tuple[tuple[SeriesCard, Observation], ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with the verdicts of every series of its currency."""

    claim: Claim
    verdicts: tuple[ClaimVerdict, ...]
    needed: tuple[RequiredBase, ...] = ()


# ---- claims as they are checked


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A verdict with its two observations, printed dates and moments included.

    `at` is the observation of the day of the claim, `base` what it is compared with; None where
    there is none.
    """

    verdict: ClaimVerdict
    at: Fixing | None = None
    base: Fixing | None = None


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """A claim with a row for every source, base and quote, those of the main series first.

    `main` is the id of the series that headline, chart and paragraph speak of; empty where
    there is no series of the currency. `needed` are the bases that would make a change true.
    """

    claim: Claim
    main: str
    rows: tuple[ClaimRow, ...]
    needed: tuple[RequiredBase, ...] = ()

    @property
    def of_main(self) -> tuple[ClaimRow, ...]:
        """The rows of the main series that the claim itself names."""
        rows = [row for row in self.rows if row.verdict.card.id == self.main]
        return tuple(row for row in rows if row.verdict.is_claimed)
