"""The first chart of a session goes first: what needs much of the browser waits a moment.

Tables and charts are each drawn by a large script of Streamlit's; loaded together, they make a
reader wait for both. So the first run of a session leaves a table's place empty and asks the
browser for a second run soon after; from then on everything is drawn at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.ui.widgets.dialog import draw_page_anew

CHART_DRAWN: Final = "chart_first.drawn"
MOMENT: Final = 1.8  # seconds, on the clock of the browser


def draw_after_chart(draw: Callable[[], None], height: int) -> None:
    """Draw something heavy, or keep its place (`height` in pixels) in a session's first run."""
    if CHART_DRAWN in st.session_state:
        draw()
    else:
        st.skeleton(height)


def let_chart_go_first() -> None:
    """End a page that used `draw_after_chart`: ask for the second run where one is needed."""
    if CHART_DRAWN not in st.session_state:
        _second_run()
        st.session_state[CHART_DRAWN] = True


@st.fragment(run_every=MOMENT)
def _second_run() -> None:
    if CHART_DRAWN in st.session_state:
        draw_page_anew()
