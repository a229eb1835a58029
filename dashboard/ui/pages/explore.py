"""Explore: the rouble with its events, the day chosen, the largest moves in view."""

from __future__ import annotations

import streamlit as st

from dashboard.ui.address import View
from dashboard.ui.pages.base import Page


def draw(view: View) -> None:
    """Draw the page."""
    st.header("Explore")


PAGE = Page("explore", "Explore", ":material/show_chart:", "", draw)
