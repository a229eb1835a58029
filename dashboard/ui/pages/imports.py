"""Import: a file of events becomes notes, looked at row by row before, undone as a whole after."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.ui.address import View
from dashboard.ui.import_scene import (
    MOST_MB,
    Upload,
    close_upload,
    planned,
    take_upload,
    the_upload,
    uploader_key,
)
from dashboard.ui.import_words import SHOWN, on_page
from dashboard.ui.pages.base import Page
from dashboard.ui.text import escape_markdown
from dashboard.ui.view import one_of
from dashboard.ui.widgets.flash import draw_flash
from dashboard.ui.widgets.import_preview import draw_plan
from dashboard.ui.widgets.import_questions import draw_columns, draw_questions
from dashboard.ui.widgets.import_results import draw_earlier, draw_results

WHAT: Final = (
    "A table or a calendar becomes notes: CSV, Excel (`.xlsx`), JSON or iCalendar, with a column"
    " for the **date** and one for the **title**. You see every row before anything is stored."
)
MESSAGE_LIMIT: Final = 400


def draw(view: View) -> None:
    """Draw the page."""
    draw_flash()
    draw_results()
    st.markdown(WHAT)
    st.file_uploader(
        f"A file of events, at most {MOST_MB} MB and 50,000 rows",
        key=uploader_key(),
        on_change=take_upload,
        max_upload_size=MOST_MB,
    )
    upload = the_upload()
    if upload is not None:
        _draw_upload(view, upload)
    draw_earlier()


def _draw_upload(view: View, upload: Upload) -> None:
    found = planned(upload)
    kind = found.outline.kind if found.outline else "not read"
    with st.container(horizontal=True, vertical_alignment="center"):
        named = f"**{escape_markdown(upload.name, 80)}**"
        st.markdown(f"{named} · {kind}", width="stretch")
        st.button("Put it away", key="import.away", on_click=close_upload, icon=":material/close:")
    draw_questions(found)
    if found.problem:
        told = escape_markdown(on_page(found.problem), MESSAGE_LIMIT)
        st.warning(f"This file is not taken as it is: {told}", icon=":material/block:")
    if found.outline is not None:
        draw_columns(found.outline, is_open=bool(found.problem))
    if found.plan is not None:
        draw_plan(view, found.plan)


PAGE = Page(
    "imports", "Import", ":material/upload_file:", "import", draw,
    (one_of("show", tuple(SHOWN), "all"),),
)  # fmt: skip
