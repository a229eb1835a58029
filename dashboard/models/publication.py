"""Publication rules: from a printed date to the market day and the moment it was known.

Sources: Bank of Russia ordinance 6088-U of 2022-03-11 and its notices of 2022-03-14,
2022-04-25 and 2024-06-13; ECB euro reference rates (concertation at 14:15 in Frankfurt);
EIA Brent (Europe Brent spot, London close at 16:30); Federal Reserve H.10 (noon buying rates
in New York); Cboe (the VIX index is computed to 16:15 in New York). MOEX ISS stamps candles
with their end in Moscow. Yahoo stamps a daily bar with the midnight at which it begins, in the
zone of the exchange (London for currencies).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from dashboard.models.messages import deferred
from dashboard.models.series import Bools, Days, Ints, MethodBreak, Moments

BANK_OF_RUSSIA_BREAKS: Final = (
    MethodBreak(date(2022, 3, 14), deferred("averaging window 10:00-16:30 instead of 10:00-11:30")),
    MethodBreak(date(2022, 4, 25), deferred("averaging window 10:00-15:30")),
    MethodBreak(date(2024, 6, 13), deferred("bank reports of over-the-counter deals as of 15:30")),
    MethodBreak(date(2024, 12, 27), deferred("over-the-counter method amended")),
)


@dataclass(frozen=True, slots=True)
class AveragingWindow:
    """From `since` on, deals between `opens` and `closes` (local, HH:MM) make the number."""

    since: date
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class PublicationRule:
    """How a publisher's printed date relates to the market day and the clock.

    `lag_days` is how many calendar days the printed date lies after the market day. `published` is
    the clock time (HH:MM in `zone`) from which a new number is usually to be had, on the days
    `published_days`; empty where it has none.
    """

    id: str
    zone: str
    lag_days: int
    sessions: tuple[AveragingWindow, ...]
    description: str
    published: str = ""
    published_days: str = "mon-fri"

    def timestamps(self, record: Days) -> tuple[Days, Moments, Moments]:
        """Market day, opening and closing moment (UTC) of each printed date.

        Args:
            record: printed dates, datetime64[D], shape (n,).

        Returns:
            `day` datetime64[D], `opens` and `known_at` datetime64[s] in UTC, each (n,).
        """
        day = record - np.timedelta64(self.lag_days, "D")
        starts = np.array([session.since for session in self.sessions], dtype="datetime64[D]")
        which = np.maximum(np.searchsorted(starts, day, side="right") - 1, 0)
        opens = self._utc(day, np.array([_seconds_of_day(s.opens) for s in self.sessions])[which])
        closes = self._utc(day, np.array([_seconds_of_day(s.closes) for s in self.sessions])[which])
        return day, opens, closes

    def _utc(self, day: Days, seconds: Ints) -> Moments:
        local = pd.DatetimeIndex(day.astype("datetime64[s]") + seconds.astype("timedelta64[s]"))
        utc = local.tz_localize(self.zone).tz_convert("UTC").tz_localize(None)
        return utc.to_numpy().astype("datetime64[s]")


def _seconds_of_day(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes)


BANK_OF_RUSSIA: Final = PublicationRule(
    id="bank-of-russia",
    zone="Europe/Moscow",
    lag_days=1,
    sessions=(
        AveragingWindow(date.min, "10:00", "11:30"),
        AveragingWindow(date(2022, 3, 14), "10:00", "16:30"),
        AveragingWindow(date(2022, 4, 25), "10:00", "15:30"),
    ),
    description=deferred(
        "The record is dated the first day it is in force; it was set the calendar day "
        "before, from deals between 10:00 and 15:30 Moscow (to 11:30 before 14 Mar 2022, "
        "to 16:30 until 24 Apr 2022)."
    ),
    published="16:00",
    published_days="mon-sat",
)
ECB: Final = PublicationRule(
    id="ecb",
    zone="Europe/Berlin",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "14:15", "14:15"),),
    description=deferred("Snapshot at 14:15 Frankfurt time of the printed date."),
    published="16:00",
)
LONDON_CLOSE: Final = PublicationRule(
    id="london-close",
    zone="Europe/London",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "16:30", "16:30"),),
    description=deferred("Assessed at 16:30 London time of the printed date."),
    published="18:15",
)
END_OF_DAY: Final = PublicationRule(
    id="end-of-day",
    zone="Europe/Moscow",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "00:00", "23:59"),),
    description=deferred("Known at the end (Moscow) of the printed date."),
)

KEY_RATE: Final = PublicationRule(
    id="key-rate",
    zone="Europe/Moscow",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "00:00", "00:00"),),
    description=deferred(
        "In force from the start (Moscow) of the printed date. The decision is announced "
        "about 13:30 Moscow on the Friday before, so the event is earlier than the "
        "number."
    ),
    published="13:30",
)
OVERNIGHT_LOANS: Final = PublicationRule(
    id="overnight-loans",
    zone="Europe/Moscow",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "00:00", "23:59"),),
    description=deferred(
        "Average of the overnight loans made on the printed date, whose end (Moscow) is "
        "the last moment that can be inside. Published on the next business day."
    ),
)
PRESS_DAY: Final = PublicationRule(
    id="press-day",
    zone="America/New_York",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "00:00", "24:00"),),
    description=deferred(
        "Counts articles printed on the date, whose end (New York) is the last moment "
        "that can be inside; most of them tell of the day before. Published days later, "
        "and revised."
    ),
)
MOEX_DAY: Final = PublicationRule(
    id="moex-day",
    zone="Europe/Moscow",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "18:40", "23:59"),),
    description=deferred(
        "Close of the day's session. It ended between 18:40 and 23:50 Moscow, by market "
        "and year; an event in these hours may or may not be inside."
    ),
    published="00:10",
    published_days="mon-sun",
)
MOEX_BAR: Final = PublicationRule(
    id="moex-bar",
    zone="Europe/Moscow",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "00:00", "23:59"),),
    description=deferred("Close of a bar, known at the end of the bar (Moscow)."),
)
LONDON_DAY: Final = PublicationRule(
    id="london-day",
    zone="Europe/London",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "24:00", "24:00"),),
    description=deferred("Last quote of the day, which ends at midnight in London."),
    published="00:05",
    published_days="mon-sun",
)
NEW_YORK_DAY: Final = PublicationRule(
    id="new-york-day",
    zone="America/New_York",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "24:00", "24:00"),),
    description=deferred("Last quote of the day, which ends at midnight in New York."),
    published="00:05",
    published_days="mon-sun",
)
NEW_YORK_NOON: Final = PublicationRule(
    id="new-york-noon",
    zone="America/New_York",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "12:00", "12:00"),),
    description=deferred(
        "Noon buying rates in New York on the printed date; published once a week."
    ),
    published="16:15",
    published_days="mon-mon",
)
NEW_YORK_CLOSE: Final = PublicationRule(
    id="new-york-close",
    zone="America/New_York",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "16:15", "16:15"),),
    description=deferred("Close at 16:15 New York time of the printed date."),
    published="09:40",
    published_days="tue-sat",
)
NEXT_DAY_UTC: Final = PublicationRule(
    id="next-day-utc",
    zone="UTC",
    lag_days=1,
    sessions=(AveragingWindow(date.min, "24:00", "24:00"),),
    description=deferred("The file of a date holds the market of the day before, to midnight UTC."),
    published="00:15",
    published_days="mon-sun",
)
IMPORTED_BAR: Final = PublicationRule(
    id="own-bar",
    zone="Europe/Moscow",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "00:00", "23:59"),),
    description=deferred("A bar of a person's own file, known when it ends."),
)
IMPORTED_MOMENT: Final = PublicationRule(
    id="own-moment",
    zone="Europe/Moscow",
    lag_days=0,
    sessions=(AveragingWindow(date.min, "00:00", "23:59"),),
    description=deferred("Known at the moment a person's own file gives for each day."),
)

EXCHANGE_CLOSE: Final = "exchange-close"


class _Rules(dict[str, PublicationRule]):
    """The rules by id; that of an exchange is made from its id and is not listed."""

    def __missing__(self, key: str) -> PublicationRule:
        return _exchange_close(key)


@lru_cache(maxsize=256)
def _exchange_close(key: str) -> PublicationRule:
    """The rule of an id by `exchange_close_id`.

    Raises:
        KeyError: it is another id.
    """
    name, *rest = key.split(" ")
    if name != EXCHANGE_CLOSE or len(rest) != 2:
        raise KeyError(key)
    zone, close = rest
    return PublicationRule(
        id=key,
        zone=zone,
        lag_days=0,
        sessions=(AveragingWindow(date.min, close, close),),
        description=deferred(
            "Close at {close} ({zone}) of the printed date; on a shortened day earlier.",
            close=close,
            zone=zone,
        ),
    )


def exchange_close_id(zone: str, close: str) -> str:
    """The id of the rule of an exchange: its time zone, and when its day ends there, HH:MM."""
    return f"{EXCHANGE_CLOSE} {zone} {close}"


PUBLICATION_RULES: Final = _Rules(
    {
        rule.id: rule
        for rule in (
            BANK_OF_RUSSIA, ECB, LONDON_CLOSE, END_OF_DAY, KEY_RATE, OVERNIGHT_LOANS, PRESS_DAY,
            MOEX_DAY, MOEX_BAR, LONDON_DAY, NEW_YORK_DAY, NEW_YORK_NOON, NEW_YORK_CLOSE,
            NEXT_DAY_UTC, IMPORTED_BAR, IMPORTED_MOMENT,
        )
    }
)  # fmt: skip


def crosses_break(breaks: tuple[MethodBreak, ...], after: Days, until: Days) -> Bools:
    """Whether a method break falls into `(after, until]`, for N pairs of market days, (N,)."""
    days = np.array(sorted(method.day for method in breaks), dtype="datetime64[D]")
    crosses: Bools = np.searchsorted(days, until, "right") > np.searchsorted(days, after, "right")
    return crosses
