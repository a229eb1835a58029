"""One line about what was just done, with Undo where a note was saved or deleted."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import Event
from dashboard.services.hide_events import unhide_events
from dashboard.services.keep_events import delete_note, restore_note
from dashboard.ui import session
from dashboard.ui.text import escape_markdown

FLASH: Final = "flash"
TOLD: Final = "flash.told"
Undo = Literal["delete", "restore", "unhide"]


def say(text: str, note: Event | None = None, undo: Undo | None = None) -> None:
    """Keep a line for the next drawing; `undo` is what takes the change to `note` back."""
    st.session_state[FLASH] = (text, note, undo)
    st.session_state[TOLD] = False


def draw_flash() -> None:
    """Draw the last line said; it stays until it is closed or undone."""
    if FLASH not in st.session_state:
        return
    text, note, undo = st.session_state[FLASH]
    if not st.session_state[TOLD]:
        st.session_state[TOLD] = True
        st.toast(escape_markdown(text))
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(text)}", width="stretch")
        if undo is not None:
            st.button("Undo", key="flash.undo", on_click=_undo, args=(note, undo))
        st.button("Close", key="flash.close", type="tertiary", on_click=_close)


def _close() -> None:
    st.session_state.pop(FLASH, None)


def _undo(note: Event, undo: Undo) -> None:
    notes = session.parts().notes
    try:
        if undo == "delete":
            delete_note(notes, note.id, note.revision)
            done = "Taken back"
        elif undo == "unhide":
            unhide_events(session.parts().catalogue, notes, [note.id])
            done = "Shown again"
        else:
            restore_note(notes, note.id)
            done = "Restored"
    except RoubleReactionError as error:
        say(f"Not undone: {error}")
        return
    say(f"{done}: {note.title}")
