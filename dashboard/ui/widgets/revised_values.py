"""The values that publishers replaced: what stood first, what stands now, and when it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.remembered import Revision
from dashboard.domain.series import SeriesCard
from dashboard.services.export_tables import revisions_csv
from dashboard.ui import session
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.wording import count, day, number, percent, stamp

NONE: Final = "No value has been revised by its publisher since it was fetched here."
HEIGHT: Final = 260
SHOWN: Final = 500


def draw_revised_values() -> None:
    """Draw the card of revised values with its CSV, or say that there are none."""
    found = session.revisions()
    with st.container(border=True):
        st.markdown("#### Revised values")
        if not found:
            st.markdown(NONE)
            return
        st.markdown(
            f"{count(len(found), 'value')} replaced by their publishers after they were fetched"
            " here. Charts and studies use the new value; the first one is kept."
        )
        with st.container(horizontal=True):
            draw_csv_buttons(
                f"all, {count(len(found), 'row')}",
                ("rates", "revisions", f"asof-{session.today()}"),
                lambda flavour: revisions_csv(found, flavour),
                "data.revisions",
            )
        cards = {card.id: card for card in session.parts().known.all_cards()}
        st.dataframe(
            revisions_frame(found[:SHOWN], cards),
            hide_index=True,
            height=HEIGHT if len(found) > 5 else "content",
            alt="Revised values, the latest first",
        )


def revisions_frame(found: Sequence[Revision], cards: dict[str, SeriesCard]) -> pd.DataFrame:
    """The revisions as they are read; a bar is told by its beginning, a day by its date."""
    return pd.DataFrame(
        {
            "Series": [cards[one.series].title for one in found],
            "Printed date": [_when(one, cards[one.series]) for one in found],
            "Was": [number(one.was, cards[one.series].decimals) for one in found],
            "Is now": [number(one.became, cards[one.series].decimals) for one in found],
            "Change": [percent(100.0 * (one.became / one.was - 1.0), 2) for one in found],
            "First fetched": [stamp(one.was_fetched_at) for one in found],
            "Revision seen": [stamp(one.seen_at) for one in found],
        }
    )


def _when(one: Revision, card: SeriesCard) -> str:
    return stamp(one.opens) if card.bar_minutes else day(one.record)
