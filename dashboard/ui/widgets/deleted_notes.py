"""The notes that were deleted: each can be read, followed back in time and restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import TEXT_LIMIT, Event
from dashboard.services.keep_events import list_notes
from dashboard.ui import session
from dashboard.ui.palette import category_title
from dashboard.ui.text import escape_markdown, plain, plain_block
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.event_card import restore
from dashboard.ui.widgets.event_line import facts_of
from dashboard.ui.widgets.note_history import open_history
from dashboard.ui.wording import stamp

KEY: Final = "deleted.table"
ROW: Final = 35
HEIGHT: Final = 480


def deleted_notes() -> tuple[Event, ...]:
    """The deleted notes, the last deleted first.

    Raises:
        StoreError: the notes cannot be read.
    """
    notes = list_notes(session.parts().notes, with_deleted=True)
    gone = [(note.deleted, note) for note in notes if note.deleted is not None]
    return tuple(note for _, note in sorted(gone, key=lambda pair: pair[0], reverse=True))


def draw_deleted() -> None:
    """Draw the list and the card of the chosen note."""
    try:
        notes = deleted_notes()
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    if not notes:
        st.markdown(":material/delete: No deleted notes. What you delete waits here.")
        return
    left, right = st.columns([7, 4], gap="medium")
    with left:
        chosen = _draw_table(notes)
    with right:
        _draw_card(notes[chosen])


def _draw_table(notes: Sequence[Event]) -> int:
    frame = pd.DataFrame(
        {
            "Deleted": [stamp(note.deleted) if note.deleted else "" for note in notes],
            "Day": [note.day.isoformat() for note in notes],
            "Category": [plain(category_title(note.category)) for note in notes],
            "Title": [plain(note.title) for note in notes],
            "Author": [plain(note.author, 80) for note in notes],
        }
    )
    state = st.dataframe(
        frame,
        key=KEY,
        hide_index=True,
        height=min(HEIGHT, ROW * (len(notes) + 1) + 3),
        row_height=ROW,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        column_config={"Title": st.column_config.TextColumn(width="large")},
        alt="Deleted notes",
    )
    rows = state["selection"]["rows"]
    return rows[0] if rows and rows[0] < len(notes) else 0


def _draw_card(note: Event) -> None:
    with st.container(border=True):
        st.markdown(f"#### {escape_markdown(note.title)}")
        if note.text:
            st.text(plain_block(note.text, TEXT_LIMIT))
        st.markdown("  \n".join(facts_of(note)))
        with st.container(horizontal=True):
            st.button(
                "Restore",
                icon=":material/restore_from_trash:",
                type=emphasis(),
                key="deleted.restore",
                on_click=restore,
                args=(note,),
            )
            if st.button("History", icon=":material/history:", key="deleted.history"):
                open_history(note)
