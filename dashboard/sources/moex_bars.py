"""Bars of the exchange, put on the clock: naive Moscow stamps, keyed by when a bar begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard.domain.errors import SourceError
from dashboard.domain.event import MOSCOW
from dashboard.domain.series import Moments, RateSeries, SeriesCard
from dashboard.sources.live_rates import Asked, refuse_no_rate, sealed

if TYPE_CHECKING:
    from collections.abc import Sequence


def bar_series(card: SeriesCard, rows: Sequence[dict[str, Any]], asked: Asked) -> RateSeries:
    """The closes of bars; `opens` is when a bar begins, `known_at` its last second.

    The end that is told is not used: for the bar under way, and for some others, it is odd.

    Args:
        card: with the length of a bar.
        rows: `begin` (Moscow, without a zone) and `close`, ascending.
        asked: when they were answered; the bar under way then is provisional.

    Raises:
        SourceError: a stamp or a price cannot be read, or bars are out of order.
    """
    try:
        local = pd.DatetimeIndex([row["begin"] for row in rows], dtype="datetime64[s]")
        rate = np.array([float(row["close"]) for row in rows]).round(card.decimals)
    except (KeyError, TypeError, ValueError):
        msg = f"{asked.who} answered bars that cannot be read"
        raise SourceError(msg) from None
    for number, begin in zip(rate.tolist(), local, strict=True):
        refuse_no_rate(number, begin, asked.who)
    opens = _utc(local)
    if np.any(opens[1:] <= opens[:-1]):
        msg = f"{asked.who} answered bars out of order"
        raise SourceError(msg)
    ends = opens + np.timedelta64(60 * card.bar_minutes - 1, "s")
    fetched = np.datetime64(asked.fetched_at.replace(tzinfo=None), "s")
    known_at = np.maximum(np.minimum(ends, fetched), opens)
    day = local.to_numpy().astype("datetime64[D]")
    under_way = int(np.count_nonzero(ends >= fetched))
    return sealed(
        RateSeries(card, day.copy(), day, opens, known_at, rate, asked.fetched_at, under_way)
    )


def _utc(local: pd.DatetimeIndex) -> Moments:
    """Moscow was not always three hours ahead: UTC+4 from 2011 to 2014, summer time before."""
    winter = np.zeros(len(local), dtype=bool)
    zoned = local.tz_localize(MOSCOW, ambiguous=winter, nonexistent="shift_forward")
    utc = zoned.tz_convert("UTC").tz_localize(None)
    return utc.to_numpy().astype("datetime64[s]")
