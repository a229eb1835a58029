"""The last resort when a page fails: a calm line with an id, the traceback in the log."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from dashboard.domain.errors import InputError
from dashboard.ui.text import plain

log = logging.getLogger("dashboard.pages")


def show_calm_error(error: Exception) -> bool:
    """Say on the page what happened; keep traceback, paths and library words in the log.

    Returns:
        True, so that Streamlit does not draw its own exception box.
    """
    error_id = secrets.token_hex(4)
    log.error("page error %s", error_id, exc_info=error)
    with st.container(border=True):
        st.markdown("**Something went wrong on this page.** Your notes are safe.")
        if isinstance(error, InputError):
            st.text(plain(str(error)))
        st.markdown(
            "Reload the page, or start again from *Explore*. If it happens again,"
            " report the number below: it is in the log of the server."
        )
        st.code(error_id, language=None)
    return True
