"""The Event page: one event on every series of a basket, computed only when it is opened."""

import pytest
import streamlit as st

from dashboard.models.baskets import create_basket
from dashboard.ui import session
from dashboard.ui.components import baskets
from tests.ui.app_in_test import open_page, tables_of, words_of

HEGSETH = "hegseth-nato-2025-02-12"


def open_event(**link):
    return open_page("event", id=HEGSETH, **link)


def test_a_link_with_a_basket_opens_the_answer_the_panels_and_the_table():
    app = open_event(basket="rouble")
    words = words_of(app)
    assert "2 of 5 series moved outside the ordinary range" in words
    assert "corrected by Holm over 5 series" in words
    table = next(t for t in tables_of(app) if "larger than" in t)
    assert len(table) == 9
    assert "was fetched yet" in " ".join(table["to know"])
    assert any("--series cbr:KZT --series cbr:BYN" in code.value for code in app.code)


def test_nothing_is_computed_before_it_is_opened(monkeypatch):
    def refuse(*_arguments, **_named):
        pytest.fail("computed without being asked")

    monkeypatch.setattr(baskets, "measure_basket", refuse)
    assert "moved outside the ordinary range of the dates" not in words_of(open_event())


def test_a_basket_of_ones_own_is_chosen_and_an_unknown_one_is_named():
    st.cache_resource.clear()
    session.get_context().baskets.put(create_basket("desk", ["usd_rub_cbr", "key_rate_cbr"]))
    app = open_event(basket="desk", bw="0:5")
    assert "of 2 series" in words_of(app) or "2 series tested" in words_of(app)
    assert "basket=nothing" in words_of(open_event(basket="nothing"))
