"""The second run of a session: it comes where it is needed, and closes nobody's form."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui.components import elements
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


TERM_PAGE = """
import streamlit as st
from dashboard.ui.components.elements import term_help, term_link
st.metric("p", 0.18, help=term_help("placebo_p", "holm", text="Two terms."))
st.markdown(term_link("bca"))
st.markdown(term_link("bca", "interval"))
"""


def test_the_help_of_a_term_is_its_meaning_and_a_link_to_the_glossary():
    page = AppTest.from_string(TERM_PAGE, default_timeout=SECONDS).run()
    first, placebo, holm = page.metric[0].proto.help.split("\n\n")
    assert first == "Two terms."
    assert placebo.startswith("**Placebo p.** How often")
    assert placebo.endswith("/method?term=placebo-p#placebo-p)")
    assert holm.endswith("/method?term=holm#holm)")
    named, labelled = (item.value for item in page.markdown)
    assert named.startswith("[BCa](http")
    assert '/method?term=bca#bca "Bias-corrected' in named
    assert labelled.startswith("[interval](http")


def test_a_term_that_does_not_exist_is_an_error_of_the_program():
    with pytest.raises(KeyError):
        elements.term_help("plazebo")
