"""The controls of Robustness: which events, and which choices are combined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.domain.robustness import EVENT_FILTERS, OVERLAPS
from dashboard.services.choose_factors import factors_for
from dashboard.services.describe_method import wants_factor
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.echoes import heard
from dashboard.ui.events_scene import ANY
from dashboard.ui.palette import CATEGORY_LANES, LANE_OF
from dashboard.ui.robustness_scene import (
    CHOICES,
    ESTIMATIONS,
    GAPS,
    MODELS,
    WINDOWS,
    RobustnessScene,
    window_label,
)
from dashboard.ui.robustness_words import (
    FILTER_WORDS,
    MODEL_WORDS,
    OVERLAP_WORDS,
    grid_words,
    window_shown,
)
from dashboard.ui.text import label_text
from dashboard.ui.widgets.explore_controls import draw_period, draw_series
from dashboard.ui.wording import EXPECTED_TITLES

EXPECTED_WORDS: Final = {ANY: "All"} | EXPECTED_TITLES


def draw_group(view: View) -> None:
    """Draw which events, on which series."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Categories",
            [lane.id for lane in CATEGORY_LANES],
            format_func=lambda name: LANE_OF[name].title,
            placeholder="all",
            width=300,
            **view.widget("cat"),
        )
        st.selectbox(
            "Expected rouble",
            list(EXPECTED_WORDS),
            format_func=EXPECTED_WORDS.__getitem__,
            width=130,
            **view.widget("exp"),
        )
        draw_period(view)
        st.text_input("Tag", placeholder="of your notes", width=130, **view.typed("tag"))
        draw_series(view, session.prices())


def draw_choices(view: View, scene: RobustnessScene) -> None:
    """Draw the folded choices; their product stands above them, folded or not."""
    st.markdown(f"**Choices:** {grid_words(scene)}")
    fold = st.expander("Change the choices", icon=":material/tune:")
    with fold:
        _pills(view, "car", "Windows", WINDOWS, lambda text: window_shown(window_label(text)))
        with st.container(horizontal=True):
            _pills(view, "estimation", "Rows of the estimation window", ESTIMATIONS, str)
            _pills(view, "gap", "Rows between estimation and event", GAPS, str)
        with st.container(horizontal=True):
            _pills(view, "model", "Models of an ordinary move", MODELS, MODEL_WORDS.__getitem__)
            _draw_factor(view, scene)
        with st.container(horizontal=True):
            _pills(view, "overlap", "Overlapping windows", OVERLAPS, OVERLAP_WORDS.__getitem__)
            _pills(view, "events", "Events", tuple(EVENT_FILTERS), FILTER_WORDS.__getitem__)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.segmented_control(
                "Returns", ["log", "simple"], required=True, **view.widget("returns")
            )
            _draw_others(view, scene)
            st.button("The usual choices", key="robustness.usual", on_click=_usual, args=(view,))


def _pills(
    view: View, key: str, label: str, options: tuple[str, ...], words: Callable[[str], str]
) -> None:
    widget = view.widget(key)

    def changed() -> None:
        chosen = st.session_state[widget["key"]]
        usual = next(param.default for param in view.params if param.key == key)
        view.set(**{key: tuple(each for each in options if each in chosen) or usual})

    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=words,
        help="Several; none chosen brings the usual ones back.",
        key=widget["key"],
        on_change=heard(changed),
    )


def _draw_factor(view: View, scene: RobustnessScene) -> None:
    """Draw which series explains the ordinary move, where a model asks for one."""
    if not any(wants_factor(model) for model in scene.grid.models) or not scene.factors:
        return
    titles = {card.id: card.title for card in factors_for(scene.series[0].card, session.cards())}
    st.selectbox(
        "Factor",
        list(titles),
        format_func=lambda name: label_text(titles[name]),
        width=200,
        **view.widget("factor", scene.factors[0].card.id),
    )


def _draw_others(view: View, scene: RobustnessScene) -> None:
    """Draw further series that count as the first one does."""
    first = scene.series[0].card
    titles = {
        card.id: card.title
        for card in session.prices()
        if card.id != first.id
        and (card.is_rouble, card.bar_minutes) == (first.is_rouble, first.bar_minutes)
    }
    if titles:
        st.multiselect(
            "Also on",
            list(titles),
            format_func=lambda name: label_text(titles[name]),
            placeholder="no other series",
            width=320,
            **view.widget("also"),
        )


def _usual(view: View) -> None:
    defaults = {param.key: param.default for param in view.params}
    keys = (*CHOICES, "factor", "returns", "also")
    view.set(**{key: defaults[key] for key in keys})
