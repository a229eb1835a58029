"""A table to read: on a phone, where it would be wider than the page, a list of its rows."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.ui import session

WIDEST_ON_PHONE: Final = 3


def draw_reading_table(columns: dict[str, list[str]], alt: str) -> None:
    """Draw a table of safe Markdown; on a phone more than three columns become a list."""
    if not session.is_phone() or len(columns) <= WIDEST_ON_PHONE:
        st.table(columns, hide_index=True, border="horizontal", alt=alt)
        return
    first, *others = columns.values()
    names = list(columns)[1:]
    for head, *cells in zip(first, *others, strict=True):
        told = [f":gray[{name}:] {cell}" for name, cell in zip(names, cells, strict=True)]
        st.markdown("  \n".join([head, *told]))
