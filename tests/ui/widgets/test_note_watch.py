"""The look at the notes: a page is drawn anew for a change, and for nothing else."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.services.jobs import NoteVersionWatcher
from tests.ui.app_in_test import SECONDS

PAGE = """
import streamlit as st
from dashboard.ui.components import dialog, note_watch
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.session_state[dialog.OPEN] = st.session_state.get("writing", False)
note_watch.note_what_is_seen()
st.session_state[note_watch.DRAWING] = False
note_watch._look()
"""


@pytest.fixture
def heard(monkeypatch):
    """What the process heard of the notes, look by look; then what the page has just read."""
    told = []

    def look(watch):
        return told.pop(0) if told else watch._version

    monkeypatch.setattr(NoteVersionWatcher, "look", look)
    return told


def runs_of(**state):
    st.cache_resource.clear()
    app = AppTest.from_string(PAGE, default_timeout=SECONDS)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app.session_state["runs"]


def test_nothing_is_drawn_anew_when_nothing_changed(heard):
    assert runs_of() == 1


def test_a_change_draws_the_page_anew_once(heard):
    heard.append("of a colleague")
    assert runs_of() == 2


def test_nothing_is_drawn_anew_while_a_person_writes_in_a_dialog(heard):
    heard.append("of a colleague")
    assert runs_of(writing=True) == 1


def test_nothing_is_drawn_anew_while_the_notes_cannot_be_read(heard):
    heard.append("")
    assert runs_of() == 1
