"""Two sections of the Method page: the simulated size of every test, and which test to read."""

from __future__ import annotations

import streamlit as st

from dashboard.services.describe_size import describe_projections, describe_size
from dashboard.ui import session
from dashboard.ui.size_words import (
    brief_size_columns,
    error_words,
    projection_words,
    reading_columns,
    reading_notes,
    size_columns,
    size_intro,
)
from dashboard.ui.widgets.reading_table import draw_reading_table


def draw_size() -> None:
    """Draw how often each test rejects when nothing happened."""
    table = describe_size()
    st.subheader("How often each test rejects when nothing happened")
    st.markdown(size_intro(table))
    columns = brief_size_columns(table) if session.is_phone() else size_columns(table)
    draw_reading_table(columns, "Rejection rates of every test in every simulated cell")
    st.caption(error_words(table))
    st.caption(projection_words(describe_projections()))


def draw_readings() -> None:
    """Draw which test to read in which situation."""
    table = describe_size()
    st.subheader("Which test to read")
    draw_reading_table(reading_columns(table), "Which test to read in which situation")
    st.markdown("\n".join(f"- {sentence}" for sentence in reading_notes(table)))
