"""Drawing figures and tables, and deferred rendering after the first chart.

Streamlit loads a large script for charts and another for tables. To show the first chart sooner,
the first run of a session leaves the place of a table empty and asks the browser for a second run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from dashboard.presentation.charts.theme import Figure, build_chart_config
from dashboard.ui import session
from dashboard.ui.components.interaction import rerun_page

MAX_PHONE_COLUMNS: Final = 3
CHART_DRAWN_KEY: Final = "chart_first.drawn"
DEFERRAL_SECONDS: Final = 1.8  # on the clock of the browser


def draw_figure(figure: Figure, key: str, alt: str, file_name: str, *, phone: bool = False) -> None:
    """Draw a figure that is only looked at; touch scrolls the page over it."""
    fixed = {"dragmode": False, "hovermode": figure["layout"].get("hovermode", "closest")}
    st.plotly_chart(
        {**figure, "layout": figure["layout"] | fixed},
        theme=None,
        key=key,
        alt=alt,
        config=build_chart_config(file_name, interactive=not phone),
    )


def draw_selectable_figure(
    figure: Figure, key: str, alt: str, file_name: str, on_select: Callable[[Any], None]
) -> None:
    """Draw a figure on which a reader picks a point, or a window where its drag mode says so.

    `on_select` is called with the state of the selection, ready for `get_picked_day` and
    `get_picked_window` of `dashboard.presentation.charts.theme`.
    """
    brush = figure["layout"]["dragmode"] == "select"
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        alt=alt,
        on_select=lambda: on_select(st.session_state[key]),
        selection_mode="box" if brush else "points",
        config=build_chart_config(file_name),
    )


def draw_text_table(columns: dict[str, list[str]], alt: str) -> None:
    """Draw a table of safe Markdown; on a phone more than three columns become a list."""
    if not session.is_phone() or len(columns) <= MAX_PHONE_COLUMNS:
        st.table(columns, hide_index=True, border="horizontal", alt=alt)
        return
    first, *others = columns.values()
    names = list(columns)[1:]
    for head, *cells in zip(first, *others, strict=True):
        lines = [f":gray[{name}:] {cell}" for name, cell in zip(names, cells, strict=True)]
        st.markdown("  \n".join([head, *lines]))


# ------------------------------------------------------------------ deferred rendering


def draw_after_chart(draw: Callable[[], None], height: int) -> None:
    """Draw something heavy; in the first run of a session a skeleton of `height` pixels."""
    if CHART_DRAWN_KEY in st.session_state:
        draw()
    else:
        st.skeleton(height)


def request_deferred_run() -> None:
    """End a page that used `draw_after_chart`: ask for the second run where one is needed."""
    if CHART_DRAWN_KEY not in st.session_state:
        _run_deferred()
        st.session_state[CHART_DRAWN_KEY] = True


@st.fragment(run_every=DEFERRAL_SECONDS)
def _run_deferred() -> None:
    if CHART_DRAWN_KEY in st.session_state:
        rerun_page()
