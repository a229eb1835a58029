"""Cross rates: the dollar implied by the yuan, where the dollar itself is hard to come by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from dashboard.domain.series import RateSeries, SeriesCard

OLDEST: Final = np.timedelta64(5, "D")
"""A USD/CNY older than this does not go into a cross."""
YUAN: Final = "RUB per CNY"
DOLLAR_IN_YUAN: Final = "usd_cny_ecb"


def implied_dollars(series: Iterable[RateSeries]) -> tuple[RateSeries, ...]:
    """For every series of roubles per yuan, the dollar it implies with the ECB's USD/CNY."""
    every = [each for each in series if not each.card.bar_minutes]
    by = next((each for each in every if each.card.id == DOLLAR_IN_YUAN), None)
    if by is None:
        return ()
    return tuple(implied_dollar(each, by) for each in every if each.card.unit == YUAN)


def implied_dollar(yuan: RateSeries, usd_cny: RateSeries) -> RateSeries:
    """Roubles per yuan times yuan per dollar, the latest known when the first was.

    A rate whose USD/CNY is missing or more than five days old is missing.
    """
    present = np.isfinite(usd_cny.rate)
    known, rates = usd_cny.known_at[present], usd_cny.rate[present]
    row = np.searchsorted(known, yuan.known_at, side="right") - 1
    at = np.maximum(row, 0)
    if len(known) == 0:
        rate = np.full(len(yuan), np.nan)
    else:
        is_fresh = (row >= 0) & (yuan.known_at - known[at] <= OLDEST)
        rate = np.where(is_fresh, yuan.rate * rates[at], np.nan)
    rate.setflags(write=False)
    return RateSeries(
        _card(yuan.card), yuan.record, yuan.day, yuan.opens, yuan.known_at, rate, yuan.fetched_at
    )


def _card(yuan: SeriesCard) -> SeriesCard:
    return SeriesCard(
        id=f"usd_rub_by_{yuan.id}",
        title=f"USD/RUB implied by {yuan.title}",
        unit="RUB per USD",
        inverse_unit="USD per RUB",
        publisher=f"{yuan.publisher} and European Central Bank",
        source_url=yuan.source_url,
        licence=yuan.licence,
        date_rule=yuan.date_rule,
        description=f"{yuan.id} times {DOLLAR_IN_YUAN}, the latest known then.",
        move_sign=yuan.move_sign,
        breaks=yuan.breaks,
        quantity="implied by the yuan",
        limits="The yuan's rouble price went its own way at times: 2-10 % in August 2024.",
    )
