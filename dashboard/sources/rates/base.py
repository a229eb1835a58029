"""Protocols of rate sources, the base class of live sources, and how to add one.

1. `sources/rates/<id>.py`: a class with `id = "<id>"` that implements `RateSource`.
2. One import and one entry in `sources/rates/__init__.py`; of a live source in `LIVE_SOURCES`.
3. A fixture for it in `tests/contracts/test_rate_sources.py`; the tests there hold for all.

A source that uses the network implements `LiveSource` as well and derives from `BaseLiveSource`:
it fetches what is new, and never splices the data of two publishers. One whose series can be
named says how a symbol is written (`symbol_pattern`), what the publisher says of it (`resolve`),
the card of that, and how it is fetched (`fetch_ticker`).
"""

from __future__ import annotations

import csv
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, Self, cast, runtime_checkable
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.currencies import pair_of_unit
from dashboard.models.errors import InputError, SourceError
from dashboard.models.event import MOSCOW
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import FetchResult, RateSeries, SeriesCard
from dashboard.models.tickers import TickerFacts, TickerKind, TickerMatch, is_ticker
from dashboard.sources.datapackage import DATA_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from dashboard.sources.http_client import HttpClient

FIRST_TICKER_DAY: Final = date(2000, 1, 1)
"""No ticker is fetched from before it."""


@runtime_checkable
class RateSource(Protocol):
    """A source of rates. Reading the same series twice gives the same numbers."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series on offer, the most important first.

        Raises:
            SourceError: the source cannot be read.
        """

    def get(self, series_id: str) -> RateSeries:
        """All observations of one series, in ascending order.

        Raises:
            InputError: the source has no such series; the message names those it has.
            SourceError: the source cannot be read.
        """

    def files(self) -> dict[str, str]:
        """The sha256 of the file of each series, by its id; a live source has none."""


@runtime_checkable
class LiveSource(RateSource, Protocol):
    """A source that uses the network; `get` fetches the whole history."""

    @classmethod
    def create(cls, client: HttpClient, cache_folder: Path) -> Self:
        """The source as the program uses it, with its client and the folder of caches."""

    @property
    def publisher_name(self) -> str:
        """The publisher, as messages name it."""

    @property
    def overlap_days(self) -> int:
        """The number of last days that are fetched again, because they may have been revised."""

    def today(self) -> date:
        """The calendar day in Moscow, by the clock of its client."""

    def start(self, series_id: str) -> date:
        """The first day of a first fetch."""

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:
        """The observations whose printed date is `since` or later.

        Raises:
            InputError: the source has no such series.
            SourceError: the publisher did not answer, or its answer is implausible.
        """

    def ticker_id(self, symbol: str) -> str:
        """The id of the series that a symbol names: a ticker, or a series of the cards.

        Raises:
            InputError: the publisher writes no symbol so.
        """

    def directory(self) -> tuple[TickerMatch, ...]:
        """The well-known series of the publisher that ship as names, without a number."""

    def search_publisher(self, text: str) -> tuple[TickerMatch, ...]:
        """The series that the publisher itself finds; nothing where it has no search.

        Raises:
            SourceError: the publisher did not answer.
        """

    def resolve(self, symbol: str) -> TickerFacts:
        """What the publisher says of a symbol.

        Raises:
            InputError: it has no such series, or one that cannot be used.
            SourceError: it did not answer.
        """

    def ticker_card(self, facts: TickerFacts) -> SeriesCard:
        """The card of a ticker."""

    def fetch_ticker(self, facts: TickerFacts, since: date, stamp: str = "") -> FetchResult:
        """The observations of a ticker whose printed date is `since` or later.

        Raises:
            SourceError: the publisher did not answer, or its answer is implausible.
        """


@dataclass(frozen=True, slots=True)
class FetchPeriod:
    """A request: the publisher, the first and last printed date, the time of the response."""

    publisher: str
    since: date
    until: date
    fetched_at: datetime


class BaseLiveSource(ABC):
    """Base class of live sources; a subclass has an id, its cards and `fetch`.

    Args:
        client: sends its requests.
    """

    id: ClassVar[str]
    publisher_name: ClassVar[str]
    overlap_days: ClassVar[int] = 14
    max_silent_days: ClassVar[int] = 14
    """More days than this without an observation are a failure, not holidays."""
    symbol_pattern: ClassVar[str] = ""
    """How a symbol is written; empty: no series of this publisher can be named."""
    symbol_examples: ClassVar[str] = ""
    aliases: ClassVar[Mapping[str, str]] = {}
    """The series of the cards by their symbols."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    @classmethod
    def create(cls, client: HttpClient, cache_folder: Path) -> Self:  # noqa: ARG003
        """The source as the program uses it; it may keep files in a folder of its own there."""
        return cls(client)

    @abstractmethod
    def cards(self) -> tuple[SeriesCard, ...]:
        """The series on offer."""

    @abstractmethod
    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:
        """The observations whose printed date is `since` or later."""

    def start(self, series_id: str) -> date:
        """The first day of a first fetch: that of the publisher's history."""
        return self.card(series_id).history_from or self.today() - timedelta(days=365)

    def get(self, series_id: str) -> RateSeries:
        """The whole history, straight from the network.

        Raises:
            InputError: the source has no such series.
            SourceError: the publisher failed.
        """
        series = self.fetch(series_id, self.start(series_id)).series
        if series is None:
            name = self.publisher_name
            msg = _(
                "{name} answered that nothing has changed, without having been asked", name=name
            )
            raise SourceError(msg)
        return series

    def files(self) -> dict[str, str]:
        """No files: the series is live."""
        return {}

    def card(self, series_id: str) -> SeriesCard:
        """The card of a series.

        Raises:
            InputError: the source has no such series; the message names those it has.
        """
        for card in self.cards():
            if card.id == series_id:
                return card
        known = ", ".join(card.id for card in self.cards())
        msg = _(
            "series {series_id}: {publisher_name} has none of this name; choose {known}",
            series_id=series_id,
            publisher_name=self.publisher_name,
            known=known,
        )
        raise InputError(msg)

    def normal_symbol(self, symbol: str) -> str:
        """A symbol in the spelling of its publisher, as far as that is known without asking."""
        return symbol.upper()

    def ticker_id(self, symbol: str) -> str:
        """The id of the series that a symbol names: a ticker, or a series of the cards.

        Raises:
            InputError: the publisher writes no symbol so.
        """
        normal = self.normal_symbol(symbol)
        if not re.fullmatch(self.symbol_pattern, normal, re.ASCII):
            msg = _(
                "series {id}:{symbol}: {publisher} has no symbol like that; write it like"
                " {examples}",
                id=self.id,
                symbol=symbol,
                publisher=self.publisher_name,
                examples=self.symbol_examples,
            )
            raise InputError(msg)
        return self.aliases.get(normal, f"{self.id}:{normal}")

    def directory(self) -> tuple[TickerMatch, ...]:
        """The well-known series of the publisher that ship as names, without a number."""
        return tuple(
            TickerMatch(
                self.aliases.get(symbol, f"{self.id}:{symbol}"), entry.title, self.publisher_name,
                entry.kind, entry.note, f"{symbol} {entry.also}",
            )
            for symbol, entry in read_directory(self.id).items()
        )  # fmt: skip

    def search_publisher(self, text: str) -> tuple[TickerMatch, ...]:  # noqa: ARG002
        """The series that the publisher itself finds; nothing where it has no search."""
        return ()

    def resolve(self, symbol: str) -> TickerFacts:
        """What the publisher says of a symbol.

        Raises:
            InputError: it has no such series.
        """
        raise self.unknown_symbol(symbol)

    def ticker_card(self, facts: TickerFacts) -> SeriesCard:
        """The card of a ticker.

        Raises:
            InputError: no series of this source can be named.
        """
        raise self.unknown_symbol(facts.symbol)

    def fetch_ticker(self, facts: TickerFacts, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The observations of a ticker whose printed date is `since` or later.

        Raises:
            InputError: no series of this source can be named.
        """
        raise self.unknown_symbol(facts.symbol)

    def unknown_symbol(self, symbol: str) -> InputError:
        """The error of a name that the publisher does not have."""
        msg = _(
            "series {id}:{symbol}: {publisher} has nothing of this name;"
            " look for it with rates search",
            id=self.id,
            symbol=symbol,
            publisher=self.publisher_name,
        )
        return InputError(msg)

    def now(self) -> datetime:
        """The present moment in UTC."""
        return self._client.clock.now()

    def today(self, zone: str = MOSCOW) -> date:
        """The calendar day in a time zone."""
        return self.now().astimezone(ZoneInfo(zone)).date()

    def check_not_empty(
        self, card: SeriesCard, series: RateSeries, period: FetchPeriod
    ) -> RateSeries:
        """The series, unless it is implausibly empty.

        Raises:
            SourceError: no observation in more days than holidays last.
        """
        days = (period.until - period.since).days
        if len(series) == 0 and card.history_until is None and days > self.max_silent_days:
            msg = _(
                "{publisher} answered no rate at all since {since}",
                publisher=period.publisher,
                since=period.since,
            )
            raise SourceError(msg)
        return series


def build_daily_series(
    card: SeriesCard, rows: Iterable[tuple[date, float]], period: FetchPeriod, provisional: int = 0
) -> RateSeries:
    """Build a daily series with the times of the card's date rule.

    Args:
        card: the card of the series.
        rows: printed date and value, in any order; NaN where it is missing.
        period: rows before `since` are left out, rows after `until` are refused.
        provisional: the number of last values that may still change.

    Raises:
        SourceError: a date is in the future or has two values, or a value is no rate.
    """
    # A ticker shows what its publisher has; numbers without a logarithm are left out later.
    has_log = card.is_price and not is_ticker(card.id)
    rates = _unique_by_date(rows, period, has_log=has_log)
    record = np.array(sorted(rates), dtype="datetime64[D]")
    rate = np.array([rates[day] for day in sorted(rates)], dtype=np.float64)
    day, opens, known_at = PUBLICATION_RULES[card.date_rule].timestamps(record)
    if provisional:  # known up to now, not to the end of its day
        fetched = np.datetime64(period.fetched_at.replace(tzinfo=None), "s")
        opens[-provisional:] = np.minimum(opens[-provisional:], fetched)
        known_at[-provisional:] = np.minimum(known_at[-provisional:], fetched)
    return make_read_only(
        RateSeries(card, record, day, opens, known_at, rate, period.fetched_at, provisional)
    )


def make_read_only(series: RateSeries) -> RateSeries:
    """The same series with its arrays set read-only."""
    for array in (series.record, series.day, series.opens, series.known_at, series.rate):
        array.setflags(write=False)
    return series


def drop_missing(series: RateSeries) -> RateSeries:
    """A daily series without the days that have no number; a provisional end stays one."""
    present = np.isfinite(series.rate)
    if present.all():
        return series
    provisional = series.provisional if present[-1] else 0
    return make_read_only(
        RateSeries(
            series.card, series.record[present], series.day[present], series.opens[present],
            series.known_at[present], series.rate[present], series.fetched_at, provisional,
        )
    )  # fmt: skip


def _unique_by_date(
    rows: Iterable[tuple[date, float]], period: FetchPeriod, *, has_log: bool
) -> dict[date, float]:
    rates: dict[date, float] = {}
    for day, number in rows:
        if day < period.since:
            continue
        if day > period.until:
            msg = _(
                "{publisher} answered a rate of {day}, which is still to come",
                publisher=period.publisher,
                day=day,
            )
            raise SourceError(msg)
        reject_invalid_rate(number, day, period.publisher, has_log=has_log)
        is_consistent = number == rates.get(day, number) or math.isnan(number)
        if not is_consistent:
            msg = _(
                "{publisher} answered two rates for {day}: {rates:g} and {number:g}",
                publisher=period.publisher,
                day=day,
                rates=rates[day],
                number=number,
            )
            raise SourceError(msg)
        rates[day] = number
    return rates


def reject_invalid_rate(number: float, at: object, publisher: str, *, has_log: bool = True) -> None:
    """Refuse a value that is no rate; a missing one (NaN) passes.

    Raises:
        SourceError: it is infinite or, of a series with log changes, zero or negative.
    """
    is_valid = math.isfinite(number) and (number > 0 or not has_log)
    if not math.isnan(number) and not is_valid:
        msg = _(
            "{publisher} answered {number:g} for {at}, which is no rate",
            publisher=publisher,
            number=number,
            at=at,
        )
        raise SourceError(msg)


# ---- names that ship


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A well-known series of a publisher, a line of `data/tickers.csv`.

    Attributes:
        title: our own name of it, in English.
        also: other names, in Russian and English.
        kind: a `TickerKind`.
        unit: as in `TickerFacts`.
        place: as in `TickerFacts`.
        note: what to know before it is fetched; empty where nothing.
    """

    title: str
    also: str
    kind: TickerKind
    unit: str
    place: str
    note: str


@cache
def read_directory(source: str) -> Mapping[str, DirectoryEntry]:
    """The well-known series of a source by symbol; the file is read when it is first needed.

    Raises:
        SourceError: the file is missing or damaged.
    """
    try:
        with (DATA_FOLDER / "tickers.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
        return {
            row["symbol"]: DirectoryEntry(
                row["title"],
                row["also"],
                cast("TickerKind", row["kind"]),
                row["unit"],
                row["place"],
                row["note"],
            )
            for row in rows
            if row["source"] == source
        }
    except (OSError, ValueError, KeyError, csv.Error) as error:
        msg = _("data/tickers.csv: cannot be read; fetch the program again")
        raise SourceError(msg) from error


def name_units(
    facts: TickerFacts, of_kind: tuple[str, str] | None, *, is_share: bool
) -> tuple[str, str]:
    """The unit of a ticker's number and of one over it, for people.

    Args:
        facts: what the publisher says of it.
        of_kind: the units of a kind that only this publisher has, such as a bond.
        is_share: whether it is the price of a share.
    """
    if pair := pair_of_unit(facts.unit):
        return pair.unit, pair.inverse_unit
    if of_kind is not None:
        return of_kind
    if facts.kind == "index":
        return deferred("points"), deferred("inverse points")
    if is_share:
        return (
            deferred("{currency} per share", currency=facts.unit),
            deferred("shares per {currency}", currency=facts.unit),
        )
    return (
        deferred("{currency}, as quoted", currency=facts.unit),
        deferred("inverse of {unit}", unit=facts.unit),
    )
