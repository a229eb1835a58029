"""The error box of a page: a message with an id; the traceback goes to the log."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.presentation.escaping import plain_text

logger = logging.getLogger("dashboard.pages")


def show_error(error: Exception) -> bool:
    """Draw the error box; traceback, paths and messages of libraries go to the log only.

    Returns:
        True, so that Streamlit does not draw its own exception box.
    """
    error_id = secrets.token_hex(4)
    logger.error("page error %s", error_id, exc_info=error)
    with st.container(border=True):
        st.markdown(_("**Something went wrong on this page.** Your notes are safe."))
        if isinstance(error, InputError):
            st.text(plain_text(str(error)))
        st.markdown(
            _(
                "Reload the page, or start again from *Explore*. If it happens again, report the"
                " number below: it is in the log of the server."
            )
        )
        st.code(error_id, language=None)
    return True
