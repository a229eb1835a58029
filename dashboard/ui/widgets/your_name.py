"""The name a person gives to what they add: asked once, offered wherever something is kept."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.services.clean_draft import AUTHOR_LIMIT
from dashboard.ui.kept_choice import chosen, kept
from dashboard.ui.widgets.note_form import AUTHOR

NAME: Final = "person.name"
WIDTH: Final = 220


def draw_your_name() -> None:
    """Draw the field; it starts with the name of the note written last."""
    st.text_input(
        "Your name, if you like", max_chars=AUTHOR_LIMIT, width=WIDTH, **kept(NAME, _before())
    )


def your_name() -> str:
    """What stands in the field; empty where nothing does."""
    return str(chosen(NAME, _before()) or "")


def _before() -> str:
    return str(st.session_state.get(AUTHOR, ""))
