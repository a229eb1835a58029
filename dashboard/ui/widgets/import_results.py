"""What an import did, what its undoing did, and the imports that were made before."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.imports import ImportRecord, UndoneImport
from dashboard.services.import_events import list_imports, undo_import
from dashboard.ui import session
from dashboard.ui.import_scene import DONE, Done, the_done
from dashboard.ui.import_words import done_words, record_words, undone_words
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.import_preview import draw_rows_table, draw_wrong_downloads
from dashboard.ui.widgets.links import page_link
from dashboard.ui.widgets.your_name import your_name
from dashboard.ui.wording import count

UNDONE: Final = "import.undone"
FEW: Final = 5
MOST_LISTED: Final = 200
MOST_KEPT: Final = 20


def draw_results() -> None:
    """Draw what the last import and the last undoing did, until they are closed."""
    done = the_done()
    if done is not None:
        _draw_done(done)
    undone: UndoneImport | None = st.session_state.get(UNDONE)
    if undone is not None:
        _draw_undone(undone)


def _draw_done(done: Done) -> None:
    with st.container(border=True):
        st.markdown(f":material/check: **{escape_markdown(done_words(done.record))}**")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Undo this import", key="import.undo", icon=":material/undo:",
                on_click=undo, args=(done.record.id,),
            )  # fmt: skip
            page_link("events", "See your notes", icon=":material/list:", origin="note")
            st.button("Close", key="import.close", type="tertiary", on_click=_close, args=(DONE,))
        if done.wrong:
            listed = done.wrong[:MOST_LISTED]
            st.markdown(f"**{count(len(done.wrong), 'row')} left out**, each with its reason:")
            draw_rows_table(list(listed))
            if len(listed) < len(done.wrong):
                st.caption(f"The first {len(listed):,} are shown; the file has all.")
            with st.container(horizontal=True):
                draw_wrong_downloads(done.record.file_name, done.wrong, "import.done")


def _draw_undone(undone: UndoneImport) -> None:
    with st.container(border=True):
        st.markdown(f":material/undo: **{escape_markdown(undone_words(undone))}**")
        for note in undone.kept[:MOST_KEPT]:
            page_link("event", f"Stays: {note.title}", icon=":material/edit_note:", id=note.id)
        if len(undone.kept) > MOST_KEPT:
            st.caption(f"and {count(len(undone.kept) - MOST_KEPT, 'more', 'more')}")
        st.button(
            "Close", key="import.close_undone", type="tertiary", on_click=_close, args=(UNDONE,)
        )


def _close(key: str) -> None:
    st.session_state.pop(key, None)


def undo(import_id: str) -> None:
    """Take an import back; what was changed since stays, and that is told."""
    try:
        st.session_state[UNDONE] = undo_import(session.parts().notes, import_id, your_name())
    except RoubleReactionError as error:
        say(f"Not undone: {error}")
        return
    done = the_done()
    if done is not None and done.record.id == import_id:
        _close(DONE)


def draw_earlier() -> None:
    """Draw the imports that were made, the newest first, each with the way to take it back."""
    try:
        records = list_imports(session.parts().notes)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    st.markdown("#### Earlier imports")
    if not records:
        st.markdown("None yet. Each import is listed here, and can be undone as a whole.")
        return
    for record in records[:FEW]:
        _draw_record(record)
    if len(records) > FEW:
        with st.expander(count(len(records) - FEW, "earlier one")):
            for record in records[FEW:MOST_LISTED]:
                _draw_record(record)


def _draw_record(record: ImportRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        told = [f"**{escape_markdown(record.file_name)}**"]
        told += [escape_markdown(word) for word in record_words(record)]
        st.markdown(" · ".join(told), width="stretch")
        if record.undone_at is None:
            st.button(
                "Undo", key=f"import.undo.{record.id}", icon=":material/undo:",
                on_click=undo, args=(record.id,),
            )  # fmt: skip
