"""Events & notes: every event with its move, found by facets; notes are written and kept here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.domain.event import Event, Origin
from dashboard.services.export_tables import event_list_csv
from dashboard.services.hide_events import hidden_words
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.events_scene import FILTERS, PARAMS, EventsScene, read_events_scene
from dashboard.ui.pages.base import Page
from dashboard.ui.view import write_link
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.deleted_notes import draw_deleted
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.event_card import draw_event_card
from dashboard.ui.widgets.event_filters import (
    clear_filters,
    draw_filters,
    draw_measure,
    draw_nothing_found,
)
from dashboard.ui.widgets.event_list import draw_event_list
from dashboard.ui.widgets.event_table import draw_event_table
from dashboard.ui.widgets.flash import draw_flash
from dashboard.ui.widgets.hidden_events import draw_hidden
from dashboard.ui.widgets.keys import Key, draw_keys
from dashboard.ui.widgets.links import page_link
from dashboard.ui.widgets.note_form import open_new_note
from dashboard.ui.wording import count, short_day

VIEWS: Final = {
    "kept": "Events and notes",
    "deleted": "Deleted notes",
    "hidden": "Hidden events",
}
CARD: Final = 370
MEASURED: Final = (
    "Click a heading to sort. Moves are those of the rate from the last one before the event:"
    " [0,0] to the first rate that can contain it, [0,1] to the one after. *Percentile*: the share"
    " of the dates within 250 observations with a smaller move in that window, each in units of the"
    " volatility before it. *Others*: other events in [0,1]."
)


def draw(view: View) -> None:
    """Draw the page."""
    scene = read_events_scene(view)
    draw_flash()
    _draw_bar(view, scene)
    _draw_shown(view, scene)
    draw_keys((Key("A", "Add a note"),))


def _draw_shown(view: View, scene: EventsScene) -> None:
    if view["show"] == "deleted":
        draw_deleted()
        return
    if view["show"] == "hidden":
        draw_hidden()
        return
    draw_filters(view, scene)
    if not any(event.origin == Origin.NOTE for event in scene.known.events):
        _draw_no_notes(scene)
    if not scene.events:
        draw_nothing_found(view, scene)
        return
    _draw_list(view, scene)
    _draw_files(view, scene)
    draw_copy_link("events", view)


def _draw_bar(view: View, scene: EventsScene) -> None:
    """Draw what is listed, the quote of the moves, and the way to a new note."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "List",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            required=True,
            label_visibility="collapsed" if scene.phone else "visible",
            **view.widget("show"),
        )
        if not scene.phone:
            draw_measure(view, scene)
            st.space("stretch")
        if st.button("Add note", icon=":material/add:", type=emphasis(), shortcut="A"):
            open_new_note(session.today(), scene.series.card.id, after=_choose_it(view))


def _draw_list(view: View, scene: EventsScene) -> None:
    chosen = _chosen(view)
    close = partial(view.set, sel="")
    st.markdown(heading(scene))
    if scene.phone:
        if chosen is not None:
            draw_event_card(scene, chosen, close)
        draw_event_list(scene)
        return
    with st.container(horizontal=True, gap="medium"):
        with st.container():
            draw_event_table(scene, view["sel"], choose=lambda name: view.set(sel=name))
        if chosen is not None:
            with st.container(width=CARD):
                draw_event_card(scene, chosen, close)
                _draw_left_out(view, scene, chosen)
    st.caption(MEASURED)


def _draw_left_out(view: View, scene: EventsScene, chosen: Event) -> None:
    if chosen.id not in {event.id for event in scene.events}:
        st.caption("The filters leave this event out of the list.")
        st.button("Clear all filters", key="card.clear", on_click=clear_filters, args=(view,))


def _chosen(view: View) -> Event | None:
    """The event of the link, unless it is gone; one that never was is ignored and told."""
    if not view["sel"]:
        return None
    event = session.find_event(view["sel"])
    if event is None:
        view.ignore("sel")
    return event if event is not None and event.deleted is None else None


def _draw_no_notes(scene: EventsScene) -> None:
    """Say how a first note is written, or that the notes cannot be read now."""
    if scene.known.notes_fail:
        st.warning("The notes cannot be read now; the catalogue is shown alone. Try again soon.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/star: No notes yet. Click any day on the chart, or press A.")
        page_link("explore", "Open the chart", icon=":material/show_chart:")


def heading(scene: EventsScene) -> str:
    """`**68 of 365** events and notes, newest first`."""
    shown, total = len(scene.events), len(scene.known.events)
    many = (
        f"**{count(total, 'event')}**" if shown == total else f"**{shown:,} of {total:,}** events"
    )
    span = ""
    if scene.events:
        first, last = scene.events[-1].day, scene.events[0].day
        span = f", {short_day(first)} – {short_day(last)}"
    hint = "" if scene.phone else " Click a row to read it."
    hidden = hidden_words(len(scene.known.hidden))
    told = f" {hidden}: see *Hidden events*." if hidden else ""
    return f"{many}{span}, newest first.{hint}{told}"


def _draw_files(view: View, scene: EventsScene) -> None:
    shown, everything = scene.earlier_first, scene.known.events
    asof = f"asof-{session.today()}"
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_csv_buttons(
            f"this view, {count(len(shown), 'row')}",
            ("usdrub", "events", scene.since, scene.until, asof),
            lambda flavour: event_list_csv(shown, flavour),
            "events.view",
        )
        if scene.is_filtered:
            draw_csv_buttons(
                f"all, {count(len(everything), 'row')}",
                ("usdrub", "events", "all", asof),
                lambda flavour: event_list_csv(everything, flavour),
                "events.all",
            )
        same: dict[str, Any] = write_link(
            [param for param in FILTERS if param.key != "origin"],
            {param.key: view[param.key] for param in FILTERS},
        )
        page_link("data", "This view on Data", icon=":material/database:", **same)


def _choose_it(view: View) -> Callable[[Event], None]:
    def chosen(note: Event) -> None:
        view.set(sel=note.id)

    return chosen


PAGE = Page("events", "Events & notes", ":material/list:", "events", draw, PARAMS)
