"""Links from page to page that carry their settings, made from page ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from dashboard.ui.text import label_text

TARGETS: Final = "shell.pages"


def remember_pages(targets: Mapping[str, st.Page]) -> None:
    """Keep Streamlit's page objects of this run, so that links can name pages by id."""
    st.session_state[TARGETS] = dict(targets)


def page_link(page_id: str, label: str, *, icon: str | None = None, **params: str) -> None:
    """Draw a link to a page; `label` may hold a user's text, `params` go into the address.

    A page that is not registered is written as plain text.
    """
    target = st.session_state.get(TARGETS, {}).get(page_id)
    if target is None:
        st.markdown(label_text(label))
        return
    st.page_link(target, label=f":primary[{label_text(label)}]", icon=icon, query_params=params)


def open_page(page_id: str, **params: str) -> None:
    """Go to another page now, with these settings in its address."""
    st.switch_page(st.session_state[TARGETS][page_id], query_params=params)


def address_of(page_id: str, **params: str) -> str:
    """The whole address of a page on this server, for copying."""
    target = st.session_state.get(TARGETS, {}).get(page_id)
    path = target.url_path if target is not None else page_id
    base = (st.context.url or "http://127.0.0.1").split("?")[0].split("#")[0]
    here = base if base.endswith("/") else base.rsplit("/", 1)[0] + "/"
    query = urlencode(params, doseq=True)
    return f"{here}{path}?{query}" if query else f"{here}{path}"
