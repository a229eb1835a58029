"""The second run of a session: it comes where it is needed, and closes nobody's form."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.app_in_test import SECONDS

PAGE = """
import streamlit as st
from dashboard.ui.components import elements
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.session_state[elements.DIALOG_OPEN_KEY] = st.session_state.get("writing", False)
drawn = elements.CHART_DRAWN_KEY in st.session_state
elements.draw_after_chart(lambda: st.write("the table"), 100)
elements.request_deferred_run()
if not drawn:
    elements._run_deferred()
"""


@pytest.fixture
def app():
    return AppTest.from_string(PAGE, default_timeout=SECONDS)


def test_the_second_run_draws_what_waited(app):
    app.run()
    assert app.session_state["runs"] == 2
    assert [item.value for item in app.markdown] == ["the table"]


def test_no_second_run_comes_while_a_person_writes_in_a_dialog(app):
    app.session_state["writing"] = True
    app.run()
    assert not app.exception
    assert app.session_state["runs"] == 1
    assert [item.value for item in app.markdown] == []
    app.run()
    assert [item.value for item in app.markdown] == ["the table"]
