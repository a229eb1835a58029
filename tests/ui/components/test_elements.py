"""What several pages draw: the help of a term, messages, reruns."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui.components import elements
from tests.ui.app_in_test import SECONDS

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
