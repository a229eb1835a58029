"""Series and events made by hand for tests; nothing here is taken from the code under test."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from dashboard.models.event import Event
from dashboard.models.publication import END_OF_DAY, PublicationRule
from dashboard.models.series import MethodBreak, RateSeries, SeriesCard

LONG_AGO = np.datetime64("2024-01-01", "D")


def made_card(series_id="made", move_sign=1, breaks=(), rule=END_OF_DAY):
    return SeriesCard(
        id=series_id,
        title="Made by hand",
        unit="RUB per USD" if move_sign == -1 else "per unit",
        inverse_unit="USD per RUB" if move_sign == -1 else "units per",
        publisher="nobody",
        source_url="https://example.org",
        licence="none",
        date_rule=rule.id,
        move_sign=move_sign,
        breaks=tuple(MethodBreak(date.fromisoformat(day), "changed") for day in breaks),
    )


def made_series(rates, records=None, *, rule: PublicationRule = END_OF_DAY, **card) -> RateSeries:
    """`rates` on the printed dates `records`, or on consecutive days from 2024-01-01 on."""
    rate = np.array(rates, dtype=float)
    if records is None:
        record = LONG_AGO + np.arange(len(rate))
    else:
        record = np.array(records, dtype="datetime64[D]")
    day, opens, known_at = rule.timestamps(record)
    return RateSeries(made_card(rule=rule, **card), record, day, opens, known_at, rate)


def series_of_returns(returns, **card) -> RateSeries:
    """A series whose log returns (as quoted) from row 1 on are `returns`."""
    return made_series(100 * np.exp(np.concatenate(([0.0], np.cumsum(returns)))), **card)


def event_on(day, event_id=None, *, at=None, **rest) -> Event:
    """An event on an ISO day, at an ISO time in UTC where one is given."""
    moment = None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC)
    day = date.fromisoformat(day)
    return Event(id=event_id or f"on-{day}", day=day, title="Something", moment=moment, **rest)


def event_at_row(row, event_id=None, **rest) -> Event:
    """A date-only event whose first observation is `row` of a series made day by day."""
    return event_on(str(LONG_AGO + row), event_id or f"row-{row}", **rest)
