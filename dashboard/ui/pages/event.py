"""One event: when it was, the first rate that can contain it, the move, how unusual, what else."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.event_window import build_window_figure, window_summary
from dashboard.ui.event_model import reach_words
from dashboard.ui.event_scene import (
    PARAMS,
    EventScene,
    carried,
    chart_file_name,
    read_event_scene,
    titles_with_rates,
    window_chart,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.palette import ink
from dashboard.ui.text import escape_markdown, label_text, plain
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.event_buttons import draw_event_buttons
from dashboard.ui.widgets.event_card import restore
from dashboard.ui.widgets.event_controls import draw_event_controls, draw_pool
from dashboard.ui.widgets.event_crowd import draw_crowd
from dashboard.ui.widgets.event_head import draw_head, draw_headline
from dashboard.ui.widgets.event_moves import draw_moves, draw_moves_list
from dashboard.ui.widgets.event_ways_out import draw_copy, draw_files, path_columns
from dashboard.ui.widgets.figure import draw_figure
from dashboard.ui.widgets.flash import draw_flash
from dashboard.ui.widgets.keys import Key, draw_keys
from dashboard.ui.widgets.links import page_link
from dashboard.ui.widgets.source_moves import draw_source_moves
from dashboard.ui.widgets.timing_strip import draw_hours, draw_notices, draw_timing
from dashboard.ui.wording import stamp

NEIGHBOUR_LIMIT: Final = 48
KEYS: Final = (
    Key("Left", "The event before"), Key("Right", "The event after"), Key("A", "Add a note"),
)  # fmt: skip


def draw(link: View) -> None:
    """Draw the event of the link, or say why there is none."""
    draw_flash()
    if not link["id"]:
        _draw_no_event("No event was asked for.", "")
        return
    event = session.find_event(link["id"])
    if event is None:
        _draw_no_event("There is no event with this id:", link["id"])
    elif event.deleted is not None:
        _draw_deleted(event)
    else:
        _draw_event(link, read_event_scene(link, event))


def _draw_event(link: View, scene: EventScene) -> None:
    view = scene.view
    _draw_neighbours(link, scene)
    draw_head(scene.event)
    draw_event_buttons(scene.event, link["series"])
    draw_headline(scene)
    if view.timing is not None:
        draw_timing(scene.event, view.timing, view.card, scene.quoting.mode)
        draw_notices(view)
    draw_hours(scene.event)
    draw_event_controls(link, view.card)
    if scene.notice:
        st.markdown(f":material/info: {escape_markdown(scene.notice, 300)}")
    if view.path:
        _draw_window(link, scene)
        _draw_moves(link, scene)
    else:
        _draw_other_series(scene)
    draw_source_moves(scene)
    draw_copy(link, scene)
    draw_keys(KEYS)


def _draw_other_series(scene: EventScene) -> None:
    """Draw where rates of the day can be found, and how far the factor of the model goes."""
    for factor in scene.view.factors:
        st.markdown(escape_markdown(reach_words(factor), 300))
    titles = titles_with_rates(scene.event)
    if titles:
        st.markdown(escape_markdown(f"Series with rates on this day: {'; '.join(titles)}.", 500))


def _draw_window(link: View, scene: EventScene) -> None:
    left, right = st.columns([8, 4], gap="medium")
    with left:
        chart = window_chart(scene)
        draw_figure(
            build_window_figure(chart, ink(dark=scene.dark)),
            "event.window.chart",
            window_summary(chart),
            chart_file_name(scene),
        )
        with st.expander("The table behind the chart", icon=":material/table:"):
            st.table(path_columns(scene), hide_index=True, border="horizontal")
    with right:
        draw_crowd(scene.view, carried(link))


def _draw_moves(link: View, scene: EventScene) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Moves around the event", anchor=False, width="stretch")
        draw_pool(link, scene.view)
    draw_table = draw_moves_list if scene.phone else draw_moves
    draw_table(scene.view, scene.quoting, scene.pool, dark=scene.dark)
    draw_files(scene)


def _draw_neighbours(link: View, scene: EventScene) -> None:
    """Draw the way to the event before and after; the arrow keys do the same."""
    by_id = {event.id: event for event in scene.known}
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for key, target, icon in (
            ("Left", scene.view.previous_id, ":material/arrow_back:"),
            ("Right", scene.view.next_id, ":material/arrow_forward:"),
        ):
            event = by_id.get(target or "")
            name = label_text(event.title, NEIGHBOUR_LIMIT) if event else "no other event"
            if scene.phone and event:
                name = "Event before" if key == "Left" else "Event after"
            st.button(
                name,
                key=f"event.{key}",
                icon=icon,
                icon_position="left" if key == "Left" else "right",
                type="tertiary",
                shortcut=key,
                disabled=event is None,
                on_click=partial(link.set, id=target),
            )


def _draw_deleted(note: Event) -> None:
    st.header(escape_markdown(note.title), anchor=False)
    when = stamp(note.deleted) if note.deleted is not None else ""
    st.markdown(f"This note was deleted on {escape_markdown(when)}. It can be taken back.")
    st.button(
        "Restore this note",
        icon=":material/restore_from_trash:",
        key="event.restore",
        type=emphasis(),
        on_click=restore,
        args=(note,),
    )
    page_link("events", "All events and notes", icon=":material/list:")


def _draw_no_event(what: str, event_id: str) -> None:
    st.header("No event to show", anchor=False)
    st.markdown(what)
    if event_id:
        st.text(plain(event_id))
        words = " ".join(word for word in event_id.replace("-", " ").split() if word.isalpha())
        page_link("events", "Search the events for its words", icon=":material/search:", q=words)
    page_link("explore", "Explore the rate with its events", icon=":material/show_chart:")
    page_link("events", "All events and notes", icon=":material/list:")


PAGE = Page("event", "Event", ":material/event:", "event", draw, PARAMS, visible=False)
