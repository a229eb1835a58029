"""The card of a chosen event: what it says, its moves, and what can be done with it."""

from __future__ import annotations

import math
from collections.abc import Callable

import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import TEXT_LIMIT, Event, Origin
from dashboard.services.keep_events import delete_note, restore_note
from dashboard.ui import session
from dashboard.ui.events_scene import EventsScene
from dashboard.ui.move_words import both_rank_words
from dashboard.ui.palette import category_title, direction_colour, lane_of
from dashboard.ui.studied import Studied
from dashboard.ui.text import escape_markdown, plain_block
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.event_line import draw_event_line, facts_of
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.hidden_events import draw_hide_button
from dashboard.ui.widgets.links import open_page
from dashboard.ui.widgets.note_form import open_copy, open_edit
from dashboard.ui.widgets.note_history import open_history
from dashboard.ui.wording import count

LISTED = 5


def draw_event_card(scene: EventsScene, event: Event, close: Callable[[], None]) -> None:
    """Draw the card of an event; `close` is called in a callback to put it away."""
    with st.container(border=True):
        _draw_head(event, close)
        _draw_text(event)
        _draw_moves(scene, event)
        _draw_buttons(scene, event)


def _draw_head(event: Event, close: Callable[[], None]) -> None:
    lane = lane_of(event)
    glyph = f':color[{lane.glyph}]{{foreground="{lane.colour}"}}'
    note = f" · {note_words(event)}" if event.origin == Origin.NOTE else ""
    kind = f"{glyph} **{escape_markdown(category_title(event.category))}**{note}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(kind, width="stretch")
        st.button(
            "", icon=":material/close:", key="card.close", help="Close", type="tertiary",
            on_click=close,
        )  # fmt: skip


def note_words(note: Event) -> str:
    """Whose note it is and who sees it."""
    mine = note.owner in {"", session.parts().notes.person}
    whose = "your note" if mine else f"a note of {escape_markdown(note.owner, 80)}"
    return f":material/lock: {whose}, only you see it" if note.is_private else whose


def _draw_text(event: Event) -> None:
    st.markdown(f"#### {escape_markdown(event.title)}")
    if event.text:
        st.text(plain_block(event.text, TEXT_LIMIT))
    st.markdown("  \n".join(facts_of(event)))


def _draw_moves(scene: EventsScene, event: Event) -> None:
    studied = scene.studied.get(event.id, Studied())
    if math.isnan(studied.first):
        if studied.reason:
            where = f"No move on {scene.series.card.title}: {studied.reason}."
            st.caption(escape_markdown(where))
        return
    for window, move in (("[0,0]", studied.first), ("[0,1]", studied.both)):
        st.markdown(f":small[{window}] {_coloured(scene, move)}")
    told = both_rank_words((studied.rank_first, studied.rank_both), scene.series.card)
    if told:
        st.caption(told)
    _draw_crowd(scene, studied)


def _coloured(scene: EventsScene, log_points: float) -> str:
    quoting = scene.quoting
    if math.isnan(log_points):
        return "not yet: the data end before it"
    colour = direction_colour(quoting.direction(log_points), dark=scene.dark)
    return f'**:color[{quoting.move(log_points, 2)}]{{foreground="{colour}"}}** {quoting.unit}'


def _draw_crowd(scene: EventsScene, studied: Studied) -> None:
    by_id = {event.id: event for event in scene.known.events}
    others = [by_id[name] for name in studied.crowd if name in by_id]
    if not others:
        return
    with st.expander(f"{count(len(others), 'other event')} in [0,1]"):
        for other in others[:LISTED]:
            draw_event_line(other, up=scene.quoting.mode.value, series=scene.series.card.id)
        if len(others) > LISTED:
            st.caption(f"and {len(others) - LISTED} more on its page")


def _draw_buttons(scene: EventsScene, event: Event) -> None:
    series = scene.series.card.id
    with st.container(horizontal=True):
        if st.button("Open", icon=":material/open_in_new:", type=emphasis(), key="card.open"):
            open_page("event", id=event.id, series=series, up=scene.quoting.mode.value)
        if event.origin != Origin.NOTE:
            if st.button("Copy into a note", icon=":material/content_copy:", key="card.copy"):
                open_copy(event, series)
            draw_hide_button(event, "card.hide")
            return
        if st.button("Edit", icon=":material/edit:", key="card.edit"):
            open_edit(event, series)
        st.button(
            "Delete", icon=":material/delete:", key="card.delete", on_click=delete, args=(event,)
        )
        if st.button("History", icon=":material/history:", key="card.history"):
            open_history(event)


def delete(note: Event) -> None:
    """Delete a note, with a line that takes it back; a note changed meanwhile stays."""
    try:
        deleted = delete_note(session.parts().notes, note.id, note.revision)
    except RoubleReactionError as error:
        say(f"Not deleted: {error}")
        return
    say(f"Deleted: {note.title}", deleted, "restore")


def restore(note: Event) -> None:
    """Take the deletion of a note back."""
    try:
        restore_note(session.parts().notes, note.id)
    except RoubleReactionError as error:
        say(f"Not restored: {error}")
        return
    say(f"Restored: {note.title}")
