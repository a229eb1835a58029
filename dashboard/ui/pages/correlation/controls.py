"""Controls of the Correlation page: period, window, series, categories, regression controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard.models.analyses import SCORE_TARGETS, SCORES
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.study import read_window
from dashboard.presentation.correlation import (
    CELL_UNIT_TITLES,
    OUTCOME_TITLES,
    SCORE_TITLES,
    format_group_label,
)
from dashboard.presentation.escaping import escape_label
from dashboard.presentation.formatting import format_window
from dashboard.presentation.palette import CATEGORY_STYLES
from dashboard.ui import session
from dashboard.ui.components.view_controls import draw_period_fields, draw_series_choice
from dashboard.ui.pages.correlation.state import (
    ALL_GROUPS,
    CELL_UNITS,
    FIRST_SCORE,
    WINDOW_OPTIONS,
    CorrelationState,
)
from dashboard.ui.url_state import UrlState

SCORE_OPTIONS: Final[Mapping[str, str]] = {
    FIRST_SCORE: deferred("The first there is"),
    **SCORE_TITLES,
}


def draw_sample_controls(view: UrlState) -> None:
    """Draw the choice of events, window of moves and series."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_series_choice(view, session.get_price_cards())
        draw_period_fields(view)
        st.selectbox(
            _("Window of the move"),
            list(WINDOW_OPTIONS),
            format_func=lambda text: format_window(read_window("car", text)),
            width=140,
            **view.widget("car"),
        )


def draw_panel_choice(view: UrlState) -> None:
    """Draw the choice of categories that have a panel; the corrections count all of them."""
    st.pills(
        _("Categories (none chosen: all)"),
        [style.id for style in CATEGORY_STYLES],
        selection_mode="multi",
        format_func=format_group_label,
        **view.widget("cat"),
    )


def draw_score_choice(view: UrlState) -> None:
    """Draw the choice of the score and of what it is correlated with."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Score"),
            [FIRST_SCORE, *SCORES],
            format_func=lambda value: translate_deferred(SCORE_OPTIONS[value]),
            width=250,
            **view.widget("score"),
        )
        st.segmented_control(
            _("Against"),
            list(SCORE_TARGETS),
            required=True,
            format_func=lambda value: translate_deferred(OUTCOME_TITLES[value]),
            **view.widget("against"),
        )


def draw_cell_unit(view: UrlState) -> None:
    """Draw the choice of the unit in the heat map."""
    st.segmented_control(
        _("Cells show"),
        list(CELL_UNITS),
        required=True,
        format_func=lambda value: translate_deferred(CELL_UNIT_TITLES[value]),
        **view.widget("cells"),
    )


def draw_projection_choice(view: UrlState) -> None:
    """Draw the choice of the group whose projection is shown."""
    st.selectbox(
        _("Moves around"),
        [ALL_GROUPS, *(style.id for style in CATEGORY_STYLES)],
        format_func=format_group_label,
        width=260,
        **view.widget("projection"),
    )


def draw_controls_choice(view: UrlState, state: CorrelationState) -> None:
    """Draw the choice of control series of the regression and the projections."""
    titles = {card.id: card.label for card in state.possible}
    st.multiselect(
        _("Controls beside the categories"),
        list(titles),
        format_func=lambda name: escape_label(titles[name]),
        placeholder=_("none"),
        width=420,
        **view.widget("ctrl", tuple(control.card.id for control in state.controls)),
    )
