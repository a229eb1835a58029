"""The controls of Correlation: period, window, series, categories, controls of the regression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard.domain.relation import AGAINST, SCORES
from dashboard.domain.spans import read_window
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.correlation_scene import ALL, CELLS, FIRST, WINDOWS, CorrelationScene
from dashboard.ui.correlation_words import (
    AGAINST_WORDS,
    CELL_WORDS,
    SCORE_TITLES,
    group_mark,
    window_shown,
)
from dashboard.ui.palette import CATEGORY_LANES
from dashboard.ui.text import label_text
from dashboard.ui.widgets.explore_controls import draw_period, draw_series

SCORE_OPTIONS: Final[Mapping[str, str]] = {FIRST: "The first there is", **SCORE_TITLES}


def draw_question(view: View) -> None:
    """Draw which events, which window of moves, on which series."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_series(view, session.prices())
        draw_period(view)
        st.selectbox(
            "Window of the move",
            list(WINDOWS),
            format_func=lambda text: window_shown(read_window("car", text)),
            width=140,
            **view.widget("car"),
        )


def draw_panels(view: View) -> None:
    """Draw which categories have a panel; the corrections count all of them."""
    st.pills(
        "Categories (none chosen: all)",
        [lane.id for lane in CATEGORY_LANES],
        selection_mode="multi",
        format_func=group_mark,
        **view.widget("cat"),
    )


def draw_score_choice(view: View) -> None:
    """Draw which score is set against what."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Score",
            [FIRST, *SCORES],
            format_func=SCORE_OPTIONS.__getitem__,
            width=250,
            **view.widget("score"),
        )
        st.segmented_control(
            "Against",
            list(AGAINST),
            required=True,
            format_func=AGAINST_WORDS.__getitem__,
            **view.widget("against"),
        )


def draw_cell_unit(view: View) -> None:
    """Draw what the cells of the heat map show."""
    st.segmented_control(
        "Cells show",
        list(CELLS),
        required=True,
        format_func=CELL_WORDS.__getitem__,
        **view.widget("cells"),
    )


def draw_projection_choice(view: View) -> None:
    """Draw the events whose path is shown."""
    st.selectbox(
        "Moves around",
        [ALL, *(lane.id for lane in CATEGORY_LANES)],
        format_func=group_mark,
        width=260,
        **view.widget("projection"),
    )


def draw_controls_choice(view: View, scene: CorrelationScene) -> None:
    """Draw which other series stand in the regression and the projections."""
    titles = {card.id: card.title for card in scene.possible}
    st.multiselect(
        "Controls beside the categories",
        list(titles),
        format_func=lambda name: label_text(titles[name]),
        placeholder="none",
        width=420,
        **view.widget("ctrl", tuple(each.card.id for each in scene.controls)),
    )
