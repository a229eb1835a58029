"""Protocols of rate sources, the base class of live sources, and how to add one.

1. `sources/rates/<id>.py`: a class with `id = "<id>"` that implements `RateSource`.
2. One import and one entry in `RATE_SOURCES` (`sources/rates/__init__.py`).
3. A fixture for it in `tests/contracts/test_rate_sources.py`; the tests there hold for all.
4. `container.py` creates it.

A source that uses the network implements `LiveSource` as well and derives from `BaseLiveSource`:
it fetches what is new, and never splices the data of two publishers.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.errors import InputError, SourceError
from dashboard.models.event import MOSCOW
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import FetchResult, RateSeries, SeriesCard

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient


# ------------------------------------------------------------
# The forms of rate sources, and the recipe for a new one.
#
# 1. `sources/rates/<id>.py`: a class with `id = "<id>"` that fits `RateSource`.
# 2. One import and one entry in `RATE_SOURCES` (`sources/rates/__init__.py`).
# 3. A fixture for it in `tests/contracts/test_rate_sources.py`; the tests there hold for all.
# 4. `assembly.py` takes it into the house.
#
# A source that asks the network fits `LiveSource` as well and starts from
# `sources/live_rates.py`: it fetches what is new, and never splices what two publishers say.


@runtime_checkable
class RateSource(Protocol):
    """Somewhere rates come from. Reading the same series twice gives the same numbers."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    def cards(self) -> tuple[SeriesCard, ...]:
        """What the source offers, the most important series first.

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
        """The sha256 of the file behind each series, by its id; a live source has none."""


@runtime_checkable
class LiveSource(RateSource, Protocol):
    """A source that asks the network; `get` asks for all there is."""

    @property
    def who(self) -> str:
        """The publisher, as messages name it."""

    @property
    def overlap_days(self) -> int:
        """How many of the last days are read again, because they may have been revised."""

    def today(self) -> date:
        """The calendar day in Moscow, by the clock it asks with."""

    def start(self, series_id: str) -> date:
        """The first day that a first fetch asks for."""

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:
        """The observations whose printed date is `since` or later.

        Raises:
            InputError: the source has no such series.
            SourceError: the publisher did not answer, or answered what cannot be right.
        """


# ------------------------------------------------------------
# What live sources share: cards by id, numbers put on the clock, and what cannot be right.


@dataclass(frozen=True, slots=True)
class FetchPeriod:
    """What was asked: of whom, from which printed date to which, and when it was answered."""

    who: str
    since: date
    until: date
    fetched_at: datetime


class BaseLiveSource(ABC):
    """A live source. A subclass names itself and its cards, and says how to fetch.

    Args:
        client: what sends its requests.
    """

    id: ClassVar[str]
    who: ClassVar[str]
    overlap_days: ClassVar[int] = 14
    max_silent_days: ClassVar[int] = 14
    """More days than this without any number are no holidays, but a failure."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    @abstractmethod
    def cards(self) -> tuple[SeriesCard, ...]:
        """What the source offers."""

    @abstractmethod
    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:
        """The observations whose printed date is `since` or later."""

    def start(self, series_id: str) -> date:
        """The first day that a first fetch asks for: that of the publisher's history."""
        return self.card(series_id).history_from or self.today() - timedelta(days=365)

    def get(self, series_id: str) -> RateSeries:
        """All that a first fetch brings, straight from the network.

        Raises:
            InputError: the source has no such series.
            SourceError: the publisher failed.
        """
        found = self.fetch(series_id, self.start(series_id)).series
        if found is None:
            msg = f"{self.who} answered that nothing has changed, without having been asked"
            raise SourceError(msg)
        return found

    def files(self) -> dict[str, str]:
        """There is no file behind a live series."""
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
        msg = f"series {series_id}: {self.who} has none of this name; choose {known}"
        raise InputError(msg)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._client.clock.now()

    def today(self, zone: str = MOSCOW) -> date:
        """The calendar day somewhere."""
        return self.now().astimezone(ZoneInfo(zone)).date()

    def check_not_empty(
        self, card: SeriesCard, series: RateSeries, asked: FetchPeriod
    ) -> RateSeries:
        """The series, unless its emptiness cannot be right.

        Raises:
            SourceError: there is no number in more days than holidays last.
        """
        quiet = (asked.until - asked.since).days
        if len(series) == 0 and card.history_until is None and quiet > self.max_silent_days:
            msg = f"{asked.who} answered no rate at all since {asked.since}"
            raise SourceError(msg)
        return series


def build_daily_series(
    card: SeriesCard, rows: Iterable[tuple[date, float]], asked: FetchPeriod, provisional: int = 0
) -> RateSeries:
    """Put printed dates and numbers on the clock of the card's date rule.

    Args:
        card: the card of the series.
        rows: printed date and number, in any order; NaN where it is missing.
        asked: rows before `since` are left out, rows after `until` cannot be.
        provisional: how many of the last numbers may still change.

    Raises:
        SourceError: a date is to come or has two numbers, or a number is no rate.
    """
    found = _unique_by_date(rows, asked)
    record = np.array(sorted(found), dtype="datetime64[D]")
    rate = np.array([found[day] for day in sorted(found)], dtype=np.float64)
    day, opens, known_at = PUBLICATION_RULES[card.date_rule].timestamps(record)
    if provisional:  # known up to now, not to the end of its day
        fetched = np.datetime64(asked.fetched_at.replace(tzinfo=None), "s")
        opens[-provisional:] = np.minimum(opens[-provisional:], fetched)
        known_at[-provisional:] = np.minimum(known_at[-provisional:], fetched)
    return make_read_only(
        RateSeries(card, record, day, opens, known_at, rate, asked.fetched_at, provisional)
    )


def make_read_only(series: RateSeries) -> RateSeries:
    """The same series, whose shared arrays can no longer be written to."""
    for array in (series.record, series.day, series.opens, series.known_at, series.rate):
        array.setflags(write=False)
    return series


def _unique_by_date(rows: Iterable[tuple[date, float]], asked: FetchPeriod) -> dict[date, float]:
    found: dict[date, float] = {}
    for day, number in rows:
        if day < asked.since:
            continue
        if day > asked.until:
            msg = f"{asked.who} answered a rate of {day}, which is still to come"
            raise SourceError(msg)
        reject_invalid_rate(number, day, asked.who)
        same = number == found.get(day, number) or math.isnan(number)
        if not same:
            msg = f"{asked.who} answered two rates for {day}: {found[day]:g} and {number:g}"
            raise SourceError(msg)
        found[day] = number
    return found


def reject_invalid_rate(number: float, when: object, who: str) -> None:
    """Refuse what is no rate; a missing one (NaN) is.

    Raises:
        SourceError: it is zero, negative or infinite.
    """
    if not math.isnan(number) and not (number > 0 and math.isfinite(number)):
        msg = f"{who} answered {number:g} for {when}, which is no rate"
        raise SourceError(msg)
