"""A figure on the page: Plotly's dictionary as it is, no theme over it, an alternative text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.ui.charts.grammar import Figure, chart_config


def draw_figure(figure: Figure, key: str, alt: str, file_name: str, *, phone: bool = False) -> None:
    """Draw a figure that is only looked at; touch scrolls the page over it."""
    quiet = {"dragmode": False, "hovermode": figure["layout"].get("hovermode", "closest")}
    st.plotly_chart(
        {**figure, "layout": figure["layout"] | quiet},
        theme=None,
        key=key,
        alt=alt,
        config=chart_config(file_name, interactive=not phone),
    )


def draw_selectable(
    figure: Figure, key: str, alt: str, file_name: str, on_select: Callable[[Any], None]
) -> None:
    """Draw a figure on which a reader picks a point, or a window where its drag mode says so.

    `on_select` is called with the state of the selection, ready for `picked_day` and
    `picked_window` of `dashboard.ui.charts.grammar`.
    """
    brush = figure["layout"]["dragmode"] == "select"
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        alt=alt,
        on_select=lambda: on_select(st.session_state[key]),
        selection_mode="box" if brush else "points",
        config=chart_config(file_name),
    )
