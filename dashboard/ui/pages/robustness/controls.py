"""Controls of the Robustness page: the group of events and the grid of choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.models.analyses import EVENT_FILTERS, OVERLAPS
from dashboard.models.event import EXPECTED_TITLES
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.escaping import escape_label
from dashboard.presentation.palette import CATEGORY_STYLES, STYLE_BY_ID
from dashboard.services.study import needs_factor
from dashboard.services.study_inputs import available_factors, is_comparable
from dashboard.ui import session
from dashboard.ui.components.event_filters import ANY_OPTION
from dashboard.ui.components.view_controls import draw_period_fields, draw_series_choice
from dashboard.ui.pages.robustness.messages import (
    FILTER_LABELS,
    MODEL_LABELS,
    OVERLAP_LABELS,
    describe_grid,
    format_window,
)
from dashboard.ui.pages.robustness.state import (
    ESTIMATION_OPTIONS,
    GAP_OPTIONS,
    GRID_KEYS,
    MODEL_OPTIONS,
    WINDOW_OPTIONS,
    RobustnessState,
    format_window_label,
)
from dashboard.ui.url_state import UrlState, ignore_fragment_echo

EXPECTED_LABELS: Final = {ANY_OPTION: deferred("All")} | EXPECTED_TITLES


def draw_group_controls(view: UrlState) -> None:
    """Draw the choice of events and series."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            _("Categories"),
            [style.id for style in CATEGORY_STYLES],
            format_func=lambda name: STYLE_BY_ID[name].title,
            placeholder=_("all"),
            width=300,
            **view.widget("cat"),
        )
        st.selectbox(
            _("Expected rouble"),
            list(EXPECTED_LABELS),
            format_func=lambda value: translate_deferred(EXPECTED_LABELS[value]),
            width=130,
            **view.widget("exp"),
        )
        draw_period_fields(view)
        st.text_input(_("Tag"), placeholder=_("of your notes"), width=130, **view.typed("tag"))
        draw_series_choice(view, session.get_price_cards())


def draw_grid_choices(view: UrlState, state: RobustnessState) -> None:
    """Draw the choices of the grid in an expander, their product above it."""
    st.markdown(_("**Choices:** {grid}", grid=describe_grid(state)))
    fold = st.expander(_("Change the choices"), icon=":material/tune:")
    with fold:
        _draw_option_pills(
            view,
            "car",
            _("Windows"),
            WINDOW_OPTIONS,
            lambda text: format_window(format_window_label(text)),
        )
        with st.container(horizontal=True):
            _draw_option_pills(
                view, "estimation", _("Rows of the estimation window"), ESTIMATION_OPTIONS, str
            )
            _draw_option_pills(
                view, "gap", _("Rows between estimation and event"), GAP_OPTIONS, str
            )
        with st.container(horizontal=True):
            _draw_option_pills(
                view,
                "model",
                _("Models of an ordinary move"),
                MODEL_OPTIONS,
                lambda value: translate_deferred(MODEL_LABELS[value]),
            )
            _draw_factor_choice(view, state)
        with st.container(horizontal=True):
            _draw_option_pills(
                view,
                "overlap",
                _("Overlapping windows"),
                OVERLAPS,
                lambda value: translate_deferred(OVERLAP_LABELS[value]),
            )
            _draw_option_pills(
                view,
                "events",
                _("Events"),
                tuple(EVENT_FILTERS),
                lambda value: translate_deferred(FILTER_LABELS[value]),
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.segmented_control(
                _("Returns"), ["log", "simple"], required=True, **view.widget("returns")
            )
            _draw_series_choices(view, state)
            st.button(
                _("The usual choices"), key="robustness.usual", on_click=_reset_grid, args=(view,)
            )


def _draw_option_pills(
    view: UrlState,
    key: str,
    label: str,
    options: tuple[str, ...],
    format_option: Callable[[str], str],
) -> None:
    widget = view.widget(key)

    def changed() -> None:
        chosen = st.session_state[widget["key"]]
        usual = next(param.default for param in view.params if param.key == key)
        view.set(**{key: tuple(option for option in options if option in chosen) or usual})

    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=format_option,
        help=_("Several; none chosen brings the usual ones back."),
        key=widget["key"],
        on_change=ignore_fragment_echo(changed),
    )


def _draw_factor_choice(view: UrlState, state: RobustnessState) -> None:
    """Draw the choice of the factor, where a model has one."""
    if not any(needs_factor(model) for model in state.grid.models) or not state.factors:
        return
    titles = {
        card.id: card.label for card in available_factors(state.series[0].card, session.get_cards())
    }
    st.selectbox(
        _("Factor"),
        list(titles),
        format_func=lambda name: escape_label(titles[name]),
        width=200,
        **view.widget("factor", state.factors[0].card.id),
    )


def _draw_series_choices(view: UrlState, state: RobustnessState) -> None:
    """Draw the choice of further series with the subject of the first."""
    first = state.series[0].card
    titles = {
        card.id: card.label
        for card in session.get_price_cards()
        if card.id != first.id and is_comparable(card, first)
    }
    if titles:
        st.multiselect(
            _("Also on"),
            list(titles),
            format_func=lambda name: escape_label(titles[name]),
            placeholder=_("no other series"),
            width=320,
            **view.widget("also"),
        )


def _reset_grid(view: UrlState) -> None:
    defaults = {param.key: param.default for param in view.params}
    keys = (*GRID_KEYS, "factor", "returns", "also")
    view.set(**{key: defaults[key] for key in keys})
