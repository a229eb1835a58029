"""The world that the replica tells of: shipped rates as they are, made ones after them.

Everything after the shipped data, and everything of MOEX and Yahoo, is a random walk with a
fixed seed, so that every question has one answer and none is anybody's data.
"""

from __future__ import annotations

import csv
import math
import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

RATES = Path(__file__).parents[2] / "data" / "rates"
MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EPOCH = date(2020, 1, 1)
ROUBLES = frozenset({"USD", "CNY"})
DECIMALS = {"KZT": 6, "JPY": 6, "UAH": 5, "TRY": 5, "UZS": 8}
"""Of official rates for one unit, where the nominal is more."""
LEVELS = {
    "USD": 86.0, "EUR": 96.0, "CNY": 12.6, "BRENT": 92.0, "VIX": 17.0, "DOLLAR": 119.0,
    "IMOEX": 2900.0, "EURUSD": 1.11, "USDCNY": 6.65, "KEY": 14.0,
    "KZT": 0.17, "UAH": 1.95, "BYN": 26.5, "TRY": 2.1, "JPY": 0.55, "UZS": 0.0065, "LTL": 18.0,
    "SBER": 310.0, "GAZP": 130.0, "LKOH": 7000.0, "GMKN": 120.0, "RGBI": 118.0, "RTSI": 1100.0,
    "OFZ": 60.0, "GLD": 10_500.0, "USDUAH": 42.0, "EURPLN": 4.25, "GOLD": 4000.0, "GSPC": 6500.0,
    "GAS": 3.5, "SHEL": 2700.0, "AAPL": 240.0, "CURVE": 0.5, "DGS10": 4.2, "DGS2": 3.7,
    "WTI": 75.0, "SOLAR": 5.0, "PLN": 4.25, "HUF": 390.0, "CZK": 24.5, "TRYEUR": 48.0,
    "GBP": 0.86, "SEK": 11.0, "NOK": 11.5, "HRK": 7.53,
}  # fmt: skip


@cache
def shipped(name):
    """The rates of a shipped file by printed date."""
    with (RATES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {
            date.fromisoformat(row["date"]): float(row["rate"])
            for row in csv.DictReader(lines)
            if row["rate"]
        }


@cache
def _steps(name):
    seeded = random.Random(f"replica {name}")
    return [0.0] + [seeded.gauss(0, 0.006) for _ in range(6_000)]


@cache
def _sums(name):
    total, result = 0.0, []
    for step in _steps(name):
        total = 0.995 * total + step
        result.append(total)
    return result


def made(name, day, fraction=0.0):
    """A made rate near the level of its kind; `fraction` of the way to the next day."""
    sums = _sums(name)
    at = min(max((day - EPOCH).days, 0), len(sums) - 2)
    here = sums[at] + fraction * (sums[at + 1] - sums[at])
    return LEVELS[name] * math.exp(here)


def near(name, day, fraction=0.0):
    """A made rate near the shipped official one of its market day, where there is one."""
    known = shipped({"USD": "usd_rub_cbr", "CNY": "cny_rub_cbr"}[name]) if name in ROUBLES else {}
    for back in range(5):
        if (rate := known.get(day + DAY - back * DAY)) is not None and max(known) > day:
            return rate * 1.002
    return made(name, day, fraction)


def is_working(day):
    """Whether Moscow works: weekdays without the New Year and two holidays."""
    new_year = day.month == 1 and day.day <= 11
    return day.weekday() < 5 and not new_year and (day.month, day.day) not in {(5, 9), (6, 12)}


def days(first, last):
    """Every day from the first to the last."""
    while first <= last:
        yield first
        first += DAY


class Market:
    """The data of the services at `now` (UTC); tests move it and change what is published."""

    def __init__(self, now=None):
        self.now = now or NOW
        self.changed = {}

    @property
    def moscow(self):
        return self.now.astimezone(MOSCOW)

    @property
    def today(self):
        return self.moscow.date()

    def change(self, name, day, value):
        """Publish another value: a revision where there was one."""
        self.changed[name, day] = value

    def official(self, code, first, last):
        """Official rates by the first day in force: shipped ones, then made ones."""
        names = {"USD": "usd_rub_cbr", "CNY": "cny_rub_cbr"}
        known = shipped(names[code]) if code in names else {}
        last_shipped = max(known) if known else date(2013, 1, 9)
        result = {day: rate for day, rate in known.items() if first <= day <= last}
        for fixed_on in days(max(first - DAY, last_shipped), last - DAY):
            is_set = fixed_on < self.today or (fixed_on == self.today and self.moscow.hour >= 16)
            if is_working(fixed_on) and is_set:
                result[fixed_on + DAY] = round(made(code, fixed_on), DECIMALS.get(code, 4))
        result |= {
            day: value
            for (name, day), value in self.changed.items()
            if name == code and first <= day <= last
        }
        return dict(sorted(result.items()))

    def daily(self, name, first, last, lag=0):
        """Made rates of weekdays, up to `lag` days ago."""
        upto = min(last, self.now.date() - lag * DAY)
        result = {day: round(made(name, day), 4) for day in days(first, upto) if day.weekday() < 5}
        return result | {
            day: value
            for (key, day), value in self.changed.items()
            if key == name and first <= day <= upto
        }
