"""One specification of the curve: its choices and answer, and the way to Compare."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.robustness import Specification, SpecificationRow
from dashboard.domain.study import StudyRequest
from dashboard.services.describe_method import wants_factor
from dashboard.ui.robustness_curve import card_of, pick_words, sorted_rows
from dashboard.ui.robustness_runs import kept_answers
from dashboard.ui.robustness_scene import RobustnessScene
from dashboard.ui.robustness_words import choices_of, filter_meaning, mean_words
from dashboard.ui.spec_link import PAGE_ID, compare_query
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.links import TARGETS

PICKED: Final = "robustness.picked"
GO: Final = "robustness.go"
USUAL_LEAST: Final = StudyRequest().min_estimation


def pick(scene: RobustnessScene, place: int | None) -> None:
    """Choose a specification by its place; call it in a callback."""
    st.session_state[PICKED] = None if place is None else (scene.key, place)


def open_specification(scene: RobustnessScene, place: int) -> None:
    """Choose a specification and go to it at the next run; call it in a callback."""
    pick(scene, place)
    st.session_state[GO] = (scene.key, place)


def picked_place(scene: RobustnessScene, rows: tuple[SpecificationRow, ...]) -> int | None:
    """The place of the chosen specification of this scene."""
    key, place = st.session_state.get(PICKED) or (None, -1)
    return place if key == scene.key and 0 <= place < len(rows) else None


def follow_click(scene: RobustnessScene) -> None:
    """Go to Compare where a point was clicked that Compare can show as it is."""
    key, place = st.session_state.pop(GO, None) or (None, -1)
    answer = kept_answers().get(scene.key)
    if key != scene.key or answer is None:
        return
    rows = sorted_rows(answer)
    target = st.session_state.get(TARGETS, {}).get(PAGE_ID)
    if target is None or not 0 <= place < len(rows):
        return
    chosen = rows[place].specification
    if chosen.event_filter == "all":
        st.switch_page(target, query_params=_query(scene, chosen))


def draw_specification(
    scene: RobustnessScene, rows: tuple[SpecificationRow, ...], place: int
) -> None:
    """Draw the chosen specification with its link to Compare."""
    row = rows[place]
    chosen = row.specification
    with st.container(border=True):
        st.markdown(f"**{pick_words(row, place, len(rows))}**: {choices_of(chosen)}")
        st.markdown(escape_markdown(mean_words(row, card_of(scene, chosen)), 300))
        target = st.session_state.get(TARGETS, {}).get(PAGE_ID)
        if target is None:
            st.caption("The page Compare is not part of this dashboard.")
            return
        whole = chosen.event_filter == "all"
        st.page_link(
            target,
            label=":primary[Open in Compare]" if whole else ":primary[Compare, with all events]",
            icon=":material/compare_arrows:",
            query_params=_query(scene, chosen),
        )
        for sentence in differences(chosen):
            st.caption(sentence)


def differences(chosen: Specification) -> tuple[str, ...]:
    """Where Compare counts other events than the specification."""
    told = []
    if chosen.event_filter != "all":
        told.append(
            f"This specification takes {filter_meaning(chosen.event_filter)} only; Compare shows"
            " the same choices with every event of the group, so its numbers differ."
        )
    least = chosen.request(1).min_estimation
    if least != min(USUAL_LEAST, chosen.estimation):
        told.append(
            f"Here an event needs {least} rows of history, in Compare"
            f" {min(USUAL_LEAST, chosen.estimation)}: events near the start of the series can"
            " make a difference."
        )
    return tuple(told)


def _query(scene: RobustnessScene, chosen: Specification) -> dict[str, str | list[str]]:
    wanted = wants_factor(chosen.model) and scene.factors
    return compare_query(chosen, scene.group, scene.factors[0].card.id if wanted else "")
