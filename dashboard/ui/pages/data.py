"""Data: every table as a file, of this view and of all, with its source, licence and address."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from dashboard.domain.event import Origin
from dashboard.domain.series import RateSeries
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.data_scene import (
    PARAMS,
    STUDY_TABLES,
    DataScene,
    Dataset,
    events_of,
    moves_of,
    rates_of,
    read_data_scene,
    study_in_view,
)
from dashboard.ui.data_sources import source_facts, sources_of
from dashboard.ui.pages.base import Page
from dashboard.ui.rate_words import age_words, fetched_words, known_words, problem_words
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.dataset_card import draw_dataset
from dashboard.ui.widgets.event_filters import clear_filters, draw_plain_filters
from dashboard.ui.widgets.every_series import draw_every_series, ends_words
from dashboard.ui.widgets.everything import draw_everything
from dashboard.ui.widgets.explore_controls import draw_series
from dashboard.ui.widgets.own_rates import draw_own_rates
from dashboard.ui.widgets.revised_values import draw_revised_values
from dashboard.ui.widgets.verdicts import draw_verdicts
from dashboard.ui.wording import count, days, stamp

LONG_SERIES: Final = 100_000
ASKED: Final = "data.study.asked"
CATALOGUE_LICENCE: Final = "As the project; titles are in our own words"


def draw(view: View) -> None:
    """Draw the page."""
    scene = read_data_scene(view)
    _draw_view(view, scene)
    rates = rates_of(scene)
    draw_dataset(rates, _rate_facts(scene))
    draw_every_series()
    draw_revised_values()
    draw_own_rates()
    catalogue = events_of(scene, Origin.CATALOGUE)
    draw_dataset(catalogue, _catalogue_facts(catalogue))
    notes = events_of(scene, Origin.NOTE)
    draw_dataset(notes, _note_facts(scene, notes))
    if _is_wanted(scene.series):
        draw_dataset(moves_of(scene), _move_facts(scene), partial(_draw_table_choice, view, scene))
    else:
        _draw_study_on_demand(scene)
    draw_dataset(sources_of(scene), source_facts())
    draw_everything()
    draw_copy_link("data", view)


def _draw_view(view: View, scene: DataScene) -> None:
    st.markdown(
        "**This view** is the series, the period and the filters chosen here; **all** is all"
        " there is. Source and licence stand on each card."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_series(view, session.cards())
        draw_plain_filters(view)
        if scene.is_part:
            st.button("Clear", key="data.clear", on_click=clear_filters, args=(view,))


def _rate_facts(scene: DataScene) -> list[str]:
    card = scene.series.card
    (report,) = session.rate_reports(card.id)
    wrong = problem_words(report)
    return [
        f"**{escape_markdown(card.title)}**, {escape_markdown(card.unit)}",
        count(report.rows, "row"),
        ends_words(report),
        f"source: {markdown_link(card.publisher, card.source_url)}",
        f"licence: {escape_markdown(card.licence)}",
        f"last rate: {age_words(report)}, known at {known_words(report)}",
        fetched_words(report),
        f":orange[:material/warning: {escape_markdown(wrong)}]" if wrong else "",
    ]


def _catalogue_facts(data: Dataset) -> list[str]:
    return [
        "**Catalogue of events**, read-only",
        count(data.files[-1].count, "row"),
        _range_words(data),
        "source: named in every row",
        f"licence: {CATALOGUE_LICENCE[0].lower()}{CATALOGUE_LICENCE[1:]}",
        "ships with the program",
    ]


def _note_facts(scene: DataScene, data: Dataset) -> list[str]:
    if scene.known.notes_fail:
        return [":orange[:material/warning: The notes cannot be read now.] Try again soon."]
    notes = [event for event in scene.known.events if event.origin == Origin.NOTE]
    if not notes:
        return ["No notes yet. Click any day on the chart, or press A on Events & notes."]
    latest = max((note.updated for note in notes if note.updated is not None), default=None)
    return [
        "**Your notes**, kept by this dashboard",
        count(len(notes), "row"),
        _range_words(data),
        "licence: yours",
        f"updated {stamp(latest)}" if latest else "",
    ]


def _move_facts(scene: DataScene) -> list[str]:
    card = scene.series.card
    return [
        f"**Event study on {escape_markdown(card.title)}**, as the command *study* makes it",
        count(len(scene.known.events), "event"),
        "event window −5 to 10, CAR window [0,1], mean model, 120 returns to estimate it",
        "computed from the rates and events above",
    ]


def _range_words(data: Dataset) -> str:
    if data.since is None or data.until is None:
        return ""
    return days(data.since, data.until)


def _draw_table_choice(view: View, scene: DataScene) -> None:
    st.selectbox(
        "Table",
        list(STUDY_TABLES),
        format_func=lambda name: f"{name}.csv: {STUDY_TABLES[name]}",
        **view.widget("table"),
    )
    if scene.table == "tests":
        draw_verdicts(study_in_view(scene))


def _is_wanted(series: RateSeries) -> bool:
    """Whether to make the study now: at once, or for a very long series when asked for."""
    asked = st.session_state.get(ASKED) == session.series_version(series)
    return len(series) <= LONG_SERIES or asked


def _draw_study_on_demand(scene: DataScene) -> None:
    def ask() -> None:
        st.session_state[ASKED] = session.series_version(scene.series)

    with st.container(border=True):
        st.markdown("#### Moves")
        st.markdown(" · ".join(_move_facts(scene)))
        st.markdown(
            "The study compares every event with every other moment of the series; on one so"
            " long that takes a while, up to some minutes."
        )
        st.button(f"Study {len(scene.series):,} rows now", key="data.study", on_click=ask)


PAGE = Page("data", "Data", ":material/database:", "data", draw, PARAMS)
