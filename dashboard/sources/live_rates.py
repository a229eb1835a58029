"""What live sources share: cards by id, numbers put on the clock, and what cannot be right."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.domain.date_rules import RULES
from dashboard.domain.errors import InputError, SourceError
from dashboard.domain.event import MOSCOW
from dashboard.domain.fetched import Fetched
from dashboard.domain.series import RateSeries, SeriesCard

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: of whom, from which printed date to which, and when it was answered."""

    who: str
    since: date
    until: date
    fetched_at: datetime


class LiveRates(ABC):
    """A live source. A subclass names itself and its cards, and says how to fetch.

    Args:
        client: what sends its requests.
    """

    id: ClassVar[str]
    who: ClassVar[str]
    overlap_days: ClassVar[int] = 14
    quiet_days: ClassVar[int] = 14
    """More days than this without any number are no holidays, but a failure."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    @abstractmethod
    def cards(self) -> tuple[SeriesCard, ...]:
        """What the source offers."""

    @abstractmethod
    def fetch(self, series_id: str, since: date, stamp: str = "") -> Fetched:
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

    def heard(self, card: SeriesCard, series: RateSeries, asked: Asked) -> RateSeries:
        """The series, unless its emptiness cannot be right.

        Raises:
            SourceError: there is no number in more days than holidays last.
        """
        quiet = (asked.until - asked.since).days
        if len(series) == 0 and card.history_until is None and quiet > self.quiet_days:
            msg = f"{asked.who} answered no rate at all since {asked.since}"
            raise SourceError(msg)
        return series


def daily_series(
    card: SeriesCard, rows: Iterable[tuple[date, float]], asked: Asked, provisional: int = 0
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
    found = _one_a_date(rows, asked)
    record = np.array(sorted(found), dtype="datetime64[D]")
    rate = np.array([found[day] for day in sorted(found)], dtype=np.float64)
    day, opens, known_at = RULES[card.date_rule].clock(record)
    if provisional:  # known up to now, not to the end of its day
        fetched = np.datetime64(asked.fetched_at.replace(tzinfo=None), "s")
        opens[-provisional:] = np.minimum(opens[-provisional:], fetched)
        known_at[-provisional:] = np.minimum(known_at[-provisional:], fetched)
    return sealed(
        RateSeries(card, record, day, opens, known_at, rate, asked.fetched_at, provisional)
    )


def sealed(series: RateSeries) -> RateSeries:
    """The same series, whose shared arrays can no longer be written to."""
    for array in (series.record, series.day, series.opens, series.known_at, series.rate):
        array.setflags(write=False)
    return series


def _one_a_date(rows: Iterable[tuple[date, float]], asked: Asked) -> dict[date, float]:
    found: dict[date, float] = {}
    for day, number in rows:
        if day < asked.since:
            continue
        if day > asked.until:
            msg = f"{asked.who} answered a rate of {day}, which is still to come"
            raise SourceError(msg)
        refuse_no_rate(number, day, asked.who)
        same = number == found.get(day, number) or math.isnan(number)
        if not same:
            msg = f"{asked.who} answered two rates for {day}: {found[day]:g} and {number:g}"
            raise SourceError(msg)
        found[day] = number
    return found


def refuse_no_rate(number: float, when: object, who: str) -> None:
    """Refuse what is no rate; a missing one (NaN) is.

    Raises:
        SourceError: it is zero, negative or infinite.
    """
    if not math.isnan(number) and not (number > 0 and math.isfinite(number)):
        msg = f"{who} answered {number:g} for {when}, which is no rate"
        raise SourceError(msg)
