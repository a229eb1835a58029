"""Choose factors: which of the series at hand may explain the ordinary move of another."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.domain.series import SeriesCard
from dashboard.engine.study import ONE_FOR_ONE


def factors_for(
    studied: SeriesCard, cards: Iterable[SeriesCard], model: str = ""
) -> tuple[SeriesCard, ...]:
    """The series that count no rouble, in the same steps, and are not the studied one.

    Another rate of the rouble moves with the event itself, so it would take the answer off;
    factors are matched by market day, or by the end of bars of one length. A model that takes
    the factor off one for one needs a price.
    """
    return tuple(
        card
        for card in cards
        if card.id != studied.id
        and not card.is_rouble
        and card.bar_minutes == studied.bar_minutes
        and (card.is_price or model != ONE_FOR_ONE)
    )
