"""A rate series: observations, gaps between bars, revisions, and the as-of moment."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from dashboard.models.currencies import (
    CurrencyPair,
    Subject,
    currency_subject,
    name_unit,
    pair_of_unit,
    thing_subject,
)
from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW
from dashboard.models.messages import translate as _
from dashboard.models.messages import (
    translate_deferred,
)

# ---- series


Days: TypeAlias = NDArray[np.datetime64]
Moments: TypeAlias = NDArray[np.datetime64]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

QUOTE_IS_SUBJECT: Final = -1
"""Of a pair: moves are those of the quote currency, so that a rising number is a weaker one."""
AS_QUOTED: Final = 1
"""Moves are those of the number: of a pair, of its base currency."""

ChangeKind: TypeAlias = Literal["ratio", "difference"]
"""How two numbers of a series are compared: by their ratio, or by their difference."""
SeriesKind: TypeAlias = Literal["", "odds", "tone", "volume", "index"]
"""What a series that is no price counts: a probability in per cent, the tone of texts, how much of
something there is, an index; empty: a price, or as `change` says."""


@dataclass(frozen=True, slots=True)
class MethodBreak:
    """A day from which the publisher computes the rate in another way."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """What a series is, in the texts that pages, README and exports print.

    `unit` of a currency pair is `QUOTE per BASE` with two ISO 4217 codes. `move_sign` is -1
    where moves are those of the quote currency (a rising number is a weaker one) and +1 where
    they are those of the number, which is the value of the base currency. `quantity`
    says what is measured, `limits` what it cannot say; `history_from` and `history_until`
    bound what the publisher has (None: it goes on, or it is not known); `bar_minutes` is the
    length of a bar, 0 where there is one number a day; `stale_after` is how many days may
    pass without a new number before that is worth a message. `checked_by` names the series
    without which no number of this one is believed. `change` is "difference" where a ratio
    says nothing: an interest rate in per cent, an index that can be zero. `kind` says what a
    driver counts.
    """

    id: str
    title: str
    unit: str
    inverse_unit: str
    publisher: str
    source_url: str
    licence: str
    date_rule: str
    description: str = ""
    move_sign: int = AS_QUOTED
    decimals: int = 4
    inverse_decimals: int = 6
    breaks: tuple[MethodBreak, ...] = ()
    quantity: str = ""
    limits: str = ""
    history_from: date | None = None
    history_until: date | None = None
    bar_minutes: int = 0
    stale_after: int = 5
    checked_by: str = ""
    change: ChangeKind = "ratio"
    kind: SeriesKind = ""

    @property
    def label(self) -> str:
        """The title in the language in use; files and links have `title`."""
        return translate_deferred(self.title)

    @property
    def unit_label(self) -> str:
        """The unit in the language in use."""
        return name_unit(self.unit)

    @property
    def inverse_unit_label(self) -> str:
        """The inverse unit in the language in use."""
        return name_unit(self.inverse_unit)

    @property
    def publisher_label(self) -> str:
        """The publisher in the language in use."""
        return translate_deferred(self.publisher)

    @property
    def is_price(self) -> bool:
        """Whether the number is a price or an index whose log change is a return."""
        return self.change == "ratio"

    @property
    def pair(self) -> CurrencyPair | None:
        """The base and the quote currency; None where the series is no pair."""
        return pair_of_unit(self.unit)

    @property
    def base(self) -> str | None:
        """The ISO 4217 code of the currency that is priced; None where there is none."""
        return self.pair.base if self.pair else None

    @property
    def quote(self) -> str | None:
        """The ISO 4217 code of the currency that it is priced in; None where there is none."""
        return self.pair.quote if self.pair else None

    @property
    def subject(self) -> Subject:
        """What moves of the series are moves of."""
        if self.pair is None:
            return thing_subject(self.label)
        is_quote = self.move_sign == QUOTE_IS_SUBJECT
        return currency_subject(self.pair.quote if is_quote else self.pair.base)

    @property
    def subject_unit(self) -> str:
        """The unit that counts the value of one unit of the subject: `USD per RUB`."""
        return self.inverse_unit if self.move_sign == QUOTE_IS_SUBJECT else self.unit


def with_pair(card: SeriesCard, pair: CurrencyPair) -> SeriesCard:
    """The card of a series that quotes a pair, about the subject that `CURRENCIES` gives it."""
    sign = QUOTE_IS_SUBJECT if pair.is_about_quote else AS_QUOTED
    return replace(card, unit=pair.unit, inverse_unit=pair.inverse_unit, move_sign=sign)


def require_price(card: SeriesCard) -> None:
    """Refuse a series whose log change says nothing.

    Raises:
        InputError: what the series is, and what can be done with it.
    """
    if not card.is_price:
        msg = _(
            "series {id}: counts {unit} and is no price, so it has no log change to measure; "
            "study an exchange rate, and give {id} as a factor",
            id=card.id,
            unit=card.unit,
        )
        raise InputError(msg)


@dataclass(frozen=True, eq=False, slots=True)
class RateSeries:
    """Observations in ascending order of `known_at`.

    `record` is the date the publisher prints; `day` the market day the number describes;
    `opens` and `known_at` the UTC moments between which information enters the number
    (equal where the number is a snapshot); `rate` the quoted number, NaN where missing.
    The last `provisional` numbers may still change: a bar under way, a live quote. All arrays
    have the same length n; dates are datetime64[D], moments datetime64[s].
    """

    card: SeriesCard
    record: Days
    day: Days
    opens: Moments
    known_at: Moments
    rate: Floats
    fetched_at: datetime | None = None
    provisional: int = 0

    def __post_init__(self) -> None:
        """Refuse arrays of different lengths or out of order."""
        arrays: tuple[NDArray[Any], ...] = (self.record, self.day, self.opens, self.known_at)
        if any(len(array) != len(self.rate) for array in arrays):
            msg = _("series {id}: arrays of different lengths", id=self.card.id)
            raise ValueError(msg)
        if np.any(self.known_at[1:] <= self.known_at[:-1]):
            msg = _("series {id}: observations are not in ascending order", id=self.card.id)
            raise ValueError(msg)

    def __len__(self) -> int:
        """The number of observations."""
        return len(self.rate)

    def part(self, rows: slice) -> RateSeries:
        """The observations of some consecutive rows; none of them counts as provisional."""
        return RateSeries(
            self.card, self.record[rows], self.day[rows], self.opens[rows],
            self.known_at[rows], self.rate[rows], self.fetched_at,
        )  # fmt: skip

    def between(self, since: date | None, until: date | None) -> RateSeries:
        """The observations whose market day lies between two days, both included; None: open."""
        first = 0 if since is None else int(np.searchsorted(self.day, np.datetime64(since, "D")))
        end = len(self) if until is None else self.row_on_or_before(until) + 1
        return self.part(slice(first, max(first, end)))

    def row_on_or_before(self, day: date) -> int:
        """The row of the last observation whose market day is not after `day`; -1 if none."""
        return int(np.searchsorted(self.day, np.datetime64(day, "D"), side="right")) - 1


# ---- bars


GapKind: TypeAlias = Literal["", "session", "missing"]
SECONDS_PER_MINUTE: Final = 60
SATURDAY_REMAINDER: Final = 2
"""1 January 1970 was a Thursday: days since then, modulo 7, are 2 on a Saturday, 3 on a Sunday."""


@dataclass(frozen=True, eq=False, slots=True)
class BarGaps:
    """What precedes each bar, and when it was; every array has shape (n,).

    `session`: the market was closed before this bar, which belongs to a later market day than
    the one before it. `missing`: bars of the same day are not there, because nothing was
    traded or the market halted; nothing is filled in for them. `weekend`: the bar is of a
    Saturday or Sunday in Moscow.
    """

    session: Bools
    missing: Bools
    weekend: Bools

    def before(self, row: int) -> GapKind:
        """What precedes one bar."""
        return "session" if self.session[row] else "missing" if self.missing[row] else ""


def observation_ends(series: RateSeries) -> Moments:
    """When each observation ends: the first moment that cannot be inside it, (n,).

    `known_at` of a bar is its last second, 13:59:59, or its end, 14:00:00, as the source stamps
    it; both end at 14:00. Observations of a day end at `known_at`.
    """
    if not series.card.bar_minutes:
        return series.known_at
    is_last_second = series.known_at.astype(np.int64) % SECONDS_PER_MINUTE == SECONDS_PER_MINUTE - 1
    ends: Moments = series.known_at + is_last_second.astype("timedelta64[s]")
    return ends


def find_gaps(series: RateSeries) -> BarGaps:
    """Where the bars of a series are broken; nothing is where it has one number a day.

    A bar follows another when its end lies one bar's length after the other's end.
    """
    none = np.zeros(len(series), dtype=bool)
    if not series.card.bar_minutes:
        return BarGaps(none, none, none)
    length = np.timedelta64(60 * series.card.bar_minutes, "s")
    broken, later = none.copy(), none.copy()
    broken[1:] = np.diff(series.known_at) > length
    later[1:] = series.day[1:] > series.day[:-1]
    weekend = (series.day.astype("datetime64[D]").astype(np.int64) - SATURDAY_REMAINDER) % 7 < 2
    return BarGaps(broken & later, broken & ~later, weekend)


# ---- as-of moments


FIRST_AS_OF_DAY: Final = date(2014, 1, 1)
"""Before it there is too little of the default series to look at."""
LAST_TIME_OF_DAY: Final = time(23, 59, 59, 999_999)

_DAY_PATTERN: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT_PATTERN: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class RevisedObservation:
    """An observation in which live data differ; `was` is None where it was added since."""

    day: date
    record: date
    was: float | None
    became: float


def read_as_of(field: str, text: str) -> datetime:
    """The UTC moment that is meant: a day is its end in Moscow.

    Args:
        field: the name of the parameter.
        text: `2026-11-20`, or a moment with its zone as `2026-11-20T09:00Z`.

    Raises:
        InputError: it is neither, or lies before 2014.
    """
    shown = "".join(c for c in text if c.isprintable())[:40]
    msg = _("is no moment; write it like 2026-11-20 or 2026-11-20T09:00Z")
    try:
        if _DAY_PATTERN.fullmatch(text):
            moment = datetime.combine(
                date.fromisoformat(text), LAST_TIME_OF_DAY, ZoneInfo(MOSCOW)
            ).astimezone(UTC)
        elif _MOMENT_PATTERN.fullmatch(text):
            moment = datetime.fromisoformat(text).astimezone(UTC)
        else:
            raise InputError(msg, field=field, value=shown)
    except (ValueError, OverflowError):
        raise InputError(msg, field=field, value=shown) from None
    if moment.date() < FIRST_AS_OF_DAY:
        msg = _(
            "lies before {first}, when the data begin; give a later moment", first=FIRST_AS_OF_DAY
        )
        raise InputError(msg, field=field, value=shown)
    return moment


def as_of_text(moment: datetime) -> str:
    """A moment as `read_as_of` reads it; the end of a day in Moscow is the day alone."""
    local = moment.astimezone(ZoneInfo(MOSCOW))
    if local.time() == LAST_TIME_OF_DAY:
        return local.date().isoformat()
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    is_whole_minute = utc.second == 0 and utc.microsecond == 0
    return f"{utc.isoformat(timespec='minutes' if is_whole_minute else 'auto')}Z"


# ---- fetching


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What one fetch brought.

    Attributes:
        series: the observations since the requested day, ascending; None where the publisher says
            that nothing has changed.
        notes: messages for the user about them, a sentence each.
        stamp: how the publisher marked this version, to be handed in next time.
    """

    series: RateSeries | None
    notes: tuple[str, ...] = ()
    stamp: str = ""


# ---- cached series


@dataclass(frozen=True, slots=True)
class FetchState:
    """The last attempt at a series, and the last one that succeeded; moments in UTC.

    Attributes:
        series: its id.
        source: the source that it comes from; it never changes.
        tried_at: when it was last requested.
        ok_at: when an answer was last taken in, also one without anything new; None: never.
        problem: why the last attempt failed, a sentence; empty where it succeeded.
        notes: messages for the user about the last answer.
        stamp: how the publisher marked the last answer.
        last_day: the last market day known; None: none.
        rows: how many observations are stored.
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
class SeriesVersion:
    """The stored version of a series.

    Attributes:
        mark: grows whenever an answer changed anything that is stored.
        ok_at: when an answer was last taken in; None: never.
        has_rows: whether any final observation is stored.
    """

    mark: int
    ok_at: datetime | None
    has_rows: bool


@dataclass(frozen=True, slots=True)
class RateRevision:
    """A number that its publisher replaced.

    Attributes:
        record: the printed date.
        opens: the beginning of the bar or window, which distinguishes the bars of a day (UTC).
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
class CacheUpdate:
    """What an answer changed: rows that are new, numbers revised, bars that became final."""

    new: int = 0
    revised: int = 0
    settled: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything differs from before."""
        return bool(self.new or self.revised or self.settled)
