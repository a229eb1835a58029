"""Get rates: which series there are, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from dashboard.domain.errors import InputError
from dashboard.domain.series import RateSeries, SeriesCard

if TYPE_CHECKING:
    from dashboard.sources.rates.base import RateSource

DEFAULT_SERIES: Final = "usd_rub_cbr"


def list_cards(sources: Sequence[RateSource]) -> tuple[SeriesCard, ...]:
    """The cards of every series of every source, in the order of the shelf."""
    return tuple(card for source in sources for card in source.cards())


def get_series(sources: Sequence[RateSource], series_id: str) -> RateSeries:
    """The observations of a series.

    Raises:
        InputError: for an id no source knows, naming those there are.
        SourceError: when the source cannot deliver it.
    """
    for source in sources:
        if any(card.id == series_id for card in source.cards()):
            return source.get(series_id)
    known = ", ".join(card.id for card in list_cards(sources))
    msg = f"series {series_id}: not known; choose one of {known}"
    raise InputError(msg)


def daily_series(sources: Sequence[RateSource]) -> list[RateSeries]:
    """Every price with one number a day; bars, of which there may be a million, are not read."""
    cards = [card for card in list_cards(sources) if card.is_price and not card.bar_minutes]
    return [get_series(sources, card.id) for card in cards]
