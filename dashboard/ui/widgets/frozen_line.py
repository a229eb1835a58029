"""The line under the navigation of a frozen view: when it is frozen, how live data differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.as_of import LiveRow
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.services.freeze import CAVEAT, live_differences
from dashboard.services.get_rates import get_series
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.text import escape_markdown
from dashboard.ui.wording import NOTHING, count, day, number, stamp

MOST_ROWS: Final = 50


def draw_frozen_line(view: View, series_id: str) -> None:
    """Draw the moment, the difference to the live data, and the way back to them."""
    frozen = session.series(series_id)
    live = get_series(session.live_parts().rates, series_id)
    rows = live_differences(frozen, live)
    others = len(set(session.live_events()) ^ set(session.known_events().events))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(frozen_words(view, frozen, rows, others))
        st.button(
            "Back to live", key="frozen.live", icon=":material/history_toggle_off:",
            type="tertiary", on_click=lambda: view.set(asof=None),
        )  # fmt: skip
    with st.expander("How live data differ", icon=":material/difference:"):
        st.caption(CAVEAT)
        if rows:
            shown = rows[::-1][:MOST_ROWS]
            st.table(difference_columns(shown, live.card), hide_index=True, border="horizontal")
            if len(rows) > MOST_ROWS:
                st.caption(f"The last {MOST_ROWS} of {len(rows):,} rows.")


def frozen_words(view: View, frozen: RateSeries, rows: Sequence[LiveRow], other_events: int) -> str:
    """`Frozen: as known on 20 Nov 2026, 12:00 MSK · live data differ in 3 rows`."""
    revised = sum(row.was is not None for row in rows)
    differ = "live data are the same"
    if rows:
        parts = [f"{len(rows) - revised:,} added"] * (len(rows) > revised)
        parts += [f"{revised:,} revised"] * (revised > 0)
        differ = f"live data differ in {count(len(rows), 'row')} ({', '.join(parts)})"
    last = frozen.day[-1].astype(object)
    told = [
        f":blue-badge[:material/ac_unit: Frozen: as known on {stamp(view['asof'])}]",
        f"{escape_markdown(frozen.card.title)}: last {day(last)}",
        differ,
    ]
    if other_events:
        told.append(f"{count(other_events, 'event')} or notes differ")
    return f":small[{' · '.join([*told, 'notes are read-only', 'times: Moscow'])}]"


def difference_columns(rows: Sequence[LiveRow], card: SeriesCard) -> dict[str, list[str]]:
    """Day, printed date, the number then and the number now."""
    return {
        "Market day": [day(row.day) for row in rows],
        "Record date": [day(row.record) for row in rows],
        f"Then, {card.unit}": [
            NOTHING if row.was is None else number(row.was, card.decimals) for row in rows
        ],
        "Live": [number(row.became, card.decimals) for row in rows],
        "What": ["added since" if row.was is None else "revised since" for row in rows],
    }
