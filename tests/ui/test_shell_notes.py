"""The check of the notes: a page is rerun after a change only."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.services.jobs import NoteVersionWatcher
from tests.ui.app_in_test import SECONDS

PAGE = """
import streamlit as st
from dashboard.ui import shell
from dashboard.ui.components import elements
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.session_state[elements.DIALOG_OPEN_KEY] = st.session_state.get("writing", False)
shell.remember_notes_version()
st.session_state[shell.NOTES_DRAWING_KEY] = False
shell._check_notes()
"""


@pytest.fixture
def versions(monkeypatch):
    """The versions of the notes at each check; afterwards the one that the page has read."""
    pending = []

    def read(watch, person):
        return pending.pop(0) if pending else watch._versions[person]

    monkeypatch.setattr(NoteVersionWatcher, "read", read)
    return pending


def runs_of(**state):
    st.cache_resource.clear()
    app = AppTest.from_string(PAGE, default_timeout=SECONDS)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app.session_state["runs"]


def test_nothing_is_drawn_anew_when_nothing_changed(versions):
    assert runs_of() == 1


def test_a_change_draws_the_page_anew_once(versions):
    versions.append("of a colleague")
    assert runs_of() == 2


def test_nothing_is_drawn_anew_while_a_person_writes_in_a_dialog(versions):
    versions.append("of a colleague")
    assert runs_of(writing=True) == 1


def test_nothing_is_drawn_anew_while_the_notes_cannot_be_read(versions):
    versions.append("")
    assert runs_of() == 1
