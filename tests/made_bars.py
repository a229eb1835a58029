"""Series of bars made by hand: sessions in Moscow time, converted by zoneinfo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.event import Event
from dashboard.models.publication import MOEX_BAR
from dashboard.models.series import RateSeries
from tests.made_series import made_card

MOSCOW = ZoneInfo("Europe/Moscow")


def begins_of(days, first=10, last=18, minutes=60):
    """When the bars of some days begin in Moscow, from `first` o'clock to the end of `last`."""
    step = timedelta(minutes=minutes)
    result = []
    for day in days:
        begin = datetime.combine(date.fromisoformat(day), time(first), MOSCOW)
        while begin.hour <= last and begin.date().isoformat() == day:
            result.append(begin)
            begin += step
    return result


def working_days(first, count):
    """That many days from Monday to Friday, from a day on."""
    day, result = date.fromisoformat(first), []
    while len(result) < count:
        if day.weekday() < 5:
            result.append(day.isoformat())
        day += timedelta(days=1)
    return result


def made_bars(rates, begins, minutes=60, **card) -> RateSeries:
    """`rates` of bars that begin at aware moments; each is known at its last second."""
    utc = [begin.astimezone(UTC).replace(tzinfo=None) for begin in begins]
    opens = np.array(utc, dtype="datetime64[s]")
    day = np.array([begin.date() for begin in begins], dtype="datetime64[D]")
    of_bars = replace(made_card(rule=MOEX_BAR, **card), bar_minutes=minutes)
    ends = opens + np.timedelta64(60 * minutes - 1, "s")
    return RateSeries(of_bars, day, day, opens, ends, np.array(rates, dtype=float))


def bars_of_returns(returns, begins, **card):
    """Bars whose log returns (as quoted) from the second on are `returns`."""
    rates = 100 * np.exp(np.concatenate(([0.0], np.cumsum(returns))))
    return made_bars(rates, begins, **card)


def event_on(day, clock=None, event_id=None, zone="Europe/Moscow", **rest) -> Event:
    """An event on a day, at HH:MM or HH:MM:SS in a zone where one is given."""
    moment = None
    if clock is not None:
        expected = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone))
        moment = expected.astimezone(UTC)
    return Event(
        id=event_id or f"said-{day}-{clock}", day=date.fromisoformat(day), title="Something said",
        moment=moment, zone=zone, **rest,
    )  # fmt: skip
