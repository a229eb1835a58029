"""The card of a set of data: what it is, its files, a look at it, its address and columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.services.answer_json import json_bytes
from dashboard.services.describe_columns import describe_columns
from dashboard.services.export_tables import download_name
from dashboard.ui.code_lines import code_lines, description_address
from dashboard.ui.data_scene import DataFile, Dataset, Rows
from dashboard.ui.exports import told_of
from dashboard.ui.text import plain
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.wording import count

PREVIEW: Final = 100
HEIGHT: Final = 320
NO_PAGE: Final = "http://127.0.0.1:8501"
LANGUAGES: Final = {"pandas": "python", "R": "r", "curl": "bash"}


def draw_dataset(
    data: Dataset, facts: Sequence[str], more: Callable[[], None] | None = None
) -> None:
    """Draw the card; `facts` are safe Markdown, `more` draws what only this card has."""
    with st.container(border=True):
        st.markdown(f"#### {data.heading}")
        st.markdown(" · ".join(fact for fact in facts if fact))
        if more is not None:
            more()
        if not data.files[-1].count:
            return
        for file in data.files:
            _draw_files(data, file)
        with st.expander("View, address, code, columns", icon=":material/code:"):
            _draw_inside(data)


def _draw_files(data: Dataset, file: DataFile) -> None:
    label = f"{file.label}, {count(file.count, 'row')}"
    key = f"data.{data.id}.{file.label}"
    with st.container(horizontal=True):
        draw_csv_buttons(label, file.name, file.csv, key)
        file_name = download_name(*file.name, extension="json")
        st.download_button(
            f"JSON ({label})",
            data=told_of(partial(_json, file), file_name),
            file_name=file_name,
            mime="application/json",
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}.json",
        )


def _json(file: DataFile) -> bytes:
    return json_bytes(file.rows())


def _draw_inside(data: Dataset) -> None:
    file = data.files[0]
    page = st.context.url or NO_PAGE
    view, address, code, columns = st.tabs(["View", "API address", "pandas, R, curl", "Columns"])
    with view:
        _draw_preview(file)
    with address:
        for each in data.files:
            st.markdown(f"{each.label[0].upper()}{each.label[1:]}, CSV and JSON")
            both = [each.address.below(page, extension) for extension in ("csv", "json")]
            st.code("\n".join(both), language=None, wrap_lines=True)
        st.caption("JSON lists come in pages: follow the Link header. Described for programs at:")
        st.code(description_address(page), language=None)
    with code:
        lines = code_lines(file.address.below(page, "csv"), data.table)
        for name, language in LANGUAGES.items():
            st.caption(name)
            st.code(lines[name], language=language, wrap_lines=True)
    with columns:
        _draw_columns(data.table)


def _draw_preview(file: DataFile) -> None:
    rows = file.last_rows(PREVIEW)
    if not rows:
        st.markdown(f"No rows in {file.label}.")
        return
    shown = rows[::-1]
    st.caption(f"The last {len(shown):,} of {count(file.count, 'row')} of {file.label}")
    st.dataframe(
        preview_frame(shown), hide_index=True, height=HEIGHT, alt="A look at the rows of the file"
    )


def preview_frame(rows: Rows) -> pd.DataFrame:
    """Rows as they are in the file, with text as plain text."""
    return pd.DataFrame(
        [
            {name: plain(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in rows
        ]
    )


def _draw_columns(table: str) -> None:
    columns = describe_columns(table)
    st.table(
        {
            "Column": [f"`{column.name}`" for column in columns],
            "Holds": [column.kind for column in columns],
            "Meaning": [column.meaning for column in columns],
        },
        hide_index=True,
        border="horizontal",
    )
