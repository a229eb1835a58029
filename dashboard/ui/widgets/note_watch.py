"""A colleague's note appears without a reload: a look each second at one number of the process.

The look asks no database and draws nothing; one thread of the process asks which version the
notes have. The page is drawn anew only where that differs from what it was drawn from, and
never while a dialog is open, where a person may be writing.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.ui import session
from dashboard.ui.widgets.dialog import draw_page_anew

EVERY: Final = 1.0
"""Seconds between two looks, on the clock of the browser."""

SEEN: Final = "note_watch.seen"
DRAWING: Final = "note_watch.drawing"


def note_what_is_seen() -> None:
    """Remember which notes a page is about to be drawn from."""
    st.session_state[SEEN] = session.known_events().version


def watch_notes() -> None:
    """End a page: from now on look whether the notes have changed."""
    st.session_state[DRAWING] = True
    try:
        _look()
    finally:
        st.session_state[DRAWING] = False


@st.fragment(run_every=EVERY)
def _look() -> None:
    if st.session_state[DRAWING]:
        return
    version = session.parts().watch.look()
    if version and version != st.session_state[SEEN]:
        draw_page_anew()
