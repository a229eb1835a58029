"""Explore: the rouble with its events, the day chosen, the largest moves in view."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.services.scan_moves import largest_moves
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.bar_words import step_words
from dashboard.ui.charts.explore import build_figure
from dashboard.ui.charts.grammar import picked_day, picked_window
from dashboard.ui.explore_scene import Scene, alt_text, figure_view, read_scene, title_of
from dashboard.ui.pages.base import Page
from dashboard.ui.palette import CATEGORY_LANES, ink
from dashboard.ui.quoting import Quote
from dashboard.ui.text import escape_markdown
from dashboard.ui.view import a_day, a_name, a_text, many_of, one_of
from dashboard.ui.widgets import explore_controls as controls
from dashboard.ui.widgets.behind_chart import draw_behind_chart
from dashboard.ui.widgets.chart_first import draw_after_chart, let_chart_go_first
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.day_card import Card, draw_day_card
from dashboard.ui.widgets.event_line import draw_event_line
from dashboard.ui.widgets.figure import draw_figure, draw_selectable
from dashboard.ui.widgets.flash import draw_flash
from dashboard.ui.widgets.keys import Key, draw_keys, turn_fold
from dashboard.ui.widgets.moves_table import draw_moves_table, table_height
from dashboard.ui.widgets.note_form import open_new_note
from dashboard.ui.window import PRESETS, widened

CHART: Final = "chart"
LISTED: Final = 12

PARAMS: Final = (
    a_day("from", "2022-01-01"),
    a_day("to", "2022-06-30"),
    many_of("cat", tuple(lane.id for lane in CATEGORY_LANES)),
    a_text("q"),
    one_of("up", tuple(quote.value for quote in Quote), Quote.WEAKER.value, shared=True),
    one_of("scale", ("linear", "log"), "linear"),
    one_of("notes", ("shown", "hidden"), "shown"),
    a_day("sel", "2025-04-21"),
    a_name("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
    one_of("drag", ("day", "window"), "day"),
    one_of("view", ("auto", "full", "compact"), "auto"),
)


def draw(view: View) -> None:
    """Draw the page for a desk or for a phone."""
    scene = read_scene(view)
    if scene.shown.told:
        st.caption(f":material/info: {scene.shown.told}")
    if scene.phone:
        _draw_phone(view, scene)
    else:
        _draw_desk(view, scene)


def _draw_desk(view: View, scene: Scene) -> None:
    first, second = (st.container(horizontal=True, vertical_alignment="bottom") for _ in range(2))
    third = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    nothing = st.container()
    _draw_chart(view, scene)  # sent before the controls above it: the browser begins with it
    with first:
        controls.draw_series(view, session.prices())
        controls.draw_quote(view, scene.series.card)
        controls.draw_days(view, scene.shown, scene.bounds)
        controls.draw_presets(view, scene.shown, scene.bounds)
    with second:
        controls.draw_categories(view)
        controls.draw_search(view)
    with third:
        controls.draw_pick(view)
        controls.draw_switches(view)
    if not scene.events:
        with nothing:
            controls.draw_empty_filter(view, scene.shown, scene.bounds)
    _draw_below(view, scene)
    let_chart_go_first()


def _draw_below(view: View, scene: Scene) -> None:
    left, right = st.columns([5, 7], gap="medium")
    with left:
        draw_flash()
        with st.container(border=True):
            _draw_card(view, scene)
    with right:
        _draw_moves(view, scene)
        draw_copy_link("", view)
        _draw_keys(view, scene)
    behind = st.expander(
        "The table behind the chart", icon=":material/table:", key="behind", on_change="rerun"
    )
    if behind.open:
        with behind:
            draw_behind_chart(scene.series, scene.quoting, scene.events, scene.shown)


def _draw_phone(view: View, scene: Scene) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        controls.draw_presets(view, scene.shown, scene.bounds)
    st.markdown(f"**{escape_markdown(title_of(scene))}**")
    figure = build_figure(
        figure_view(scene, log_scale=view["scale"] == "log", brush=False), ink(dark=scene.dark)
    )
    draw_figure(figure, CHART, alt_text(scene), _file_name(scene), phone=True)
    draw_flash()
    with st.popover("Filters", icon=":material/tune:", width="stretch"):
        controls.draw_series(view, session.prices())
        controls.draw_quote(view, scene.series.card)
        controls.draw_days(view, scene.shown, scene.bounds)
        controls.draw_switches(view)
        controls.draw_categories(view)
        controls.draw_search(view)
    if not scene.events:
        controls.draw_empty_filter(view, scene.shown, scene.bounds)
    with st.container(border=True):
        _draw_card(view, scene)
    st.markdown("**Events in view, newest first**")
    for event in scene.events[::-1][:LISTED]:
        draw_event_line(event, up=scene.quoting.mode.value, series=scene.series.card.id)
    _draw_moves(view, scene)
    draw_copy_link("", view)
    let_chart_go_first()


def _draw_chart(view: View, scene: Scene) -> None:
    brush = view["drag"] == "window"
    figure = build_figure(
        figure_view(scene, log_scale=view["scale"] == "log", brush=brush), ink(dark=scene.dark)
    )

    def selected(state: Any) -> None:
        window = picked_window(state) if brush else None
        day = picked_day(state)
        if window is not None:
            since, until = widened(*window)
            view.set(**{"from": since, "to": until})
        elif day is not None and not brush:
            view.set(sel=day)

    draw_selectable(figure, CHART, alt_text(scene), _file_name(scene), selected)


def _draw_card(view: View, scene: Scene) -> None:
    card = Card(
        series=scene.series,
        quoting=scene.quoting,
        known=scene.known,
        shown=scene.events,
        chosen=scene.chosen,
        latest=scene.bounds.last,
        dark=scene.dark,
    )
    draw_day_card(
        card,
        choose=lambda day: view.set(sel=day),
        add_note=lambda: open_new_note(card.asked, scene.series.card.id),
    )


def _draw_moves(view: View, scene: Scene) -> None:
    st.markdown(f"**Largest {step_words(scene.series.card.bar_minutes)} moves in view**")
    moves = largest_moves(scene.series, scene.known, scene.shown.since, scene.shown.until)

    def draw_table() -> None:
        draw_moves_table(moves, scene.quoting, scene.chosen, choose=lambda day: view.set(sel=day))

    draw_after_chart(draw_table, table_height(len(moves)))


def _draw_keys(view: View, scene: Scene) -> None:
    def preset(name: str) -> Key:
        since, until = scene.bounds.preset(name)
        number = str(list(PRESETS).index(name) + 1)
        return Key(number, name, lambda: view.set(**{"from": since, "to": until}))

    draw_keys(
        [
            *(preset(name) for name in PRESETS),
            Key("A", "Add a note on the chosen day"),
            Key("N", "My notes on or off", lambda: controls.flip_notes(view)),
            Key("I", "Turn what up means", lambda: controls.flip_quote(view)),
            Key("E", "The table behind the chart, and its CSV", lambda: turn_fold("behind")),
        ]
    )


def _file_name(scene: Scene) -> str:
    return f"{scene.series.card.id}_{scene.shown.since}_{scene.shown.until}"


PAGE = Page("explore", "Explore", ":material/show_chart:", "", draw, PARAMS)
