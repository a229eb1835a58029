"""The address of what is on the page, ready to copy: live, and frozen at what is known now."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.widgets.links import address_of


def draw_copy_link(page_path: str, view: View) -> None:
    """Draw a folded block with the live and the frozen link to exactly this view."""
    block = st.expander("Copy link", icon=":material/link:", key="copy_link", on_change="rerun")
    if block.open:
        with block:
            draw_links(page_path, view)


def draw_links(page_path: str, view: View) -> None:
    """Draw both links, each with its own copy button."""
    live, frozen = links_of(page_path, view)
    st.markdown("**Live**: it follows the data")
    st.code(live, language=None, wrap_lines=True)
    st.markdown("**Frozen**: what is known now, whatever is fetched or revised later")
    st.code(frozen, language=None, wrap_lines=True)


def links_of(page_path: str, view: View) -> tuple[str, str]:
    """The live link, and the one frozen at this second or at the moment of this view."""
    moment = session.as_of() or session.now().replace(microsecond=0)
    queries = view.query(asof=None), view.query(asof=moment)
    address = address_of(page_path)
    live, frozen = (f"{address}?{query}" if query else address for query in queries)
    return live, frozen
