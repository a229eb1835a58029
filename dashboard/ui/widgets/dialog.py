"""Dialogs, and whether one is open: then nothing may draw the page anew behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

OPEN: Final = "dialog.open"


def open_dialog(title: str, icon: str, draw: Callable[..., None], *given: Any) -> None:
    """Open a wide dialog; when it is dismissed, the page is brought up to date."""
    st.session_state[OPEN] = True
    st.dialog(title, width="large", icon=icon, on_dismiss="rerun")(draw)(*given)


def close_dialogs() -> None:
    """Note that a page is drawn from its beginning, which closes every dialog."""
    st.session_state[OPEN] = False


def is_dialog_open() -> bool:
    """Whether a person may be writing in a dialog."""
    return bool(st.session_state.get(OPEN))


def draw_page_anew() -> None:
    """Run the whole page again, from a part of it; not while a dialog is open, which it closes."""
    if not is_dialog_open():
        st.rerun()
