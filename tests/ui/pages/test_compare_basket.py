"""Categories on a basket on Compare, and baskets of one's own on Data."""

import streamlit as st

from dashboard.ui import session
from tests.ui.app_in_test import figures_of, open_page, words_of


def test_the_map_has_a_verdict_a_reason_or_a_sign_in_every_cell():
    app = open_page("compare", part="assets", basket="rouble")
    words = words_of(app)
    assert "with a verdict has a p below 0.05" in words or "a p below 0.05 is left" in words
    assert "one rate with more than 20 % of the sum of all moves" in words
    heat = next(f for f in figures_of(app) if f["data"] and f["data"][0]["type"] == "heatmap")
    coloured, grey = heat["data"]
    for values, signs, reasons in zip(coloured["z"], coloured["text"], grey["text"], strict=True):
        for value, sign, reason in zip(values, signs, reasons, strict=True):
            assert bool(reason) == (value is None)
            assert (value is None) == (sign == "")
    assert any("--series cbr:KZT" in code.value for code in app.code)


def test_a_basket_is_saved_and_removed_on_data():
    app = open_page("data")
    assert "Named lists of series" in words_of(app)
    app.session_state["data.basket.form"] = True
    app.run()
    app.text_input(key="data.basket.name").set_value("desk")
    app.text_input(key="data.basket.tickers").set_value("moex:RGBI yahoo:UAH=X")
    app.multiselect(key="data.basket.series").set_value(["usd_rub_cbr"])
    app.button(key="data.basket.save").click().run()
    assert not app.exception
    stored = session.get_context().baskets.baskets()
    assert [(b.name, b.members) for b in stored] == [
        ("desk", ("usd_rub_cbr", "moex:RGBI", "yahoo:UAH=X"))
    ]
    app.button(key="data.basket.remove.desk").click().run()
    assert session.get_context().baskets.baskets() == ()
    st.cache_resource.clear()
