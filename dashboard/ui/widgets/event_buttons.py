"""What can be done with the event of the Event page: write, edit, copy, hide, take back."""

from __future__ import annotations

import streamlit as st

from dashboard.domain.event import Event, Origin
from dashboard.ui.widgets.event_card import delete
from dashboard.ui.widgets.hidden_events import draw_hide_button
from dashboard.ui.widgets.note_form import open_copy, open_edit, open_new_note
from dashboard.ui.widgets.note_history import open_history


def draw_event_buttons(event: Event, series_id: str) -> None:
    """Draw the buttons that belong to an event or a note; `A` adds a note on its day."""
    with st.container(horizontal=True):
        if event.origin == Origin.NOTE:
            _draw_of_note(event, series_id)
        else:
            if st.button("Copy into a note", icon=":material/content_copy:", key="event.copy"):
                open_copy(event, series_id)
            draw_hide_button(event, "event.hide")
        told = "On the day of this event. Key A does the same."
        add = st.button("Add note", icon=":material/add:", key="event.add", shortcut="A", help=told)
        if add:
            open_new_note(event.day, series_id)


def _draw_of_note(note: Event, series_id: str) -> None:
    if st.button("Edit note", icon=":material/edit:", key="event.edit"):
        open_edit(note, series_id)
    st.button(
        "Delete note",
        icon=":material/delete:",
        key="event.delete",
        on_click=delete,
        args=(note,),
    )
    if st.button("History", icon=":material/history:", key="event.history"):
        open_history(note)
