"""The address of what is on the page, ready to copy."""

from __future__ import annotations

import streamlit as st

from dashboard.ui.address import View
from dashboard.ui.widgets.links import address_of


def draw_copy_link(page_path: str, view: View) -> None:
    """Draw a folded block with the link to exactly this view."""
    block = st.expander("Copy link", icon=":material/link:", key="copy_link", on_change="rerun")
    if block.open:
        query = view.query()
        address = address_of(page_path)
        block.code(f"{address}?{query}" if query else address, language=None, wrap_lines=True)
