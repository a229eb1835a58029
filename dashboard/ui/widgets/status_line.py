"""The line under the navigation: how old each part is, and whose clock the times follow."""

from __future__ import annotations

import streamlit as st

from dashboard.ui.address import View


def draw_status_line(view: View) -> None:
    """Draw the age of every part in one line."""
    st.caption("Times: Moscow.")
