"""The address bar and the controls agree, also when the browser is late by a step."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.app_in_test import SECONDS

SCRIPT = """
import streamlit as st
from dashboard.ui.url_state import (
    choice_param, choices_param, day_param, open_url_state, text_param,
)
PARAMS = (
    day_param("from"),
    choices_param("cat", ("sanctions", "energy")),
    choice_param("up", ("weaker", "inverted", "usd"), "weaker", shared=True),
    choice_param("scale", ("linear", "log"), "linear"),
    text_param("q"),
)
page = st.session_state.get("page", "one")
view = open_url_state(page, PARAMS)
st.selectbox("Up", ["weaker", "inverted", "usd"], **view.widget("up"))
st.pills("Cat", ["sanctions", "energy"], selection_mode="multi", **view.widget("cat"))
st.toggle("Log", **view.switch("scale", on="log", off="linear"))
st.text_input("Search", **view.widget("q"))
st.button("Day", on_click=lambda: view.set(**{"from": __import__("datetime").date(2024, 3, 13)}))
if st.session_state.get("drop"):
    view.ignore("from", "up")
st.text(str({p.key: view[p.key] for p in PARAMS}))
st.text("ignored: " + ", ".join(view.ignored))
st.text("query: " + view.query(q="x"))
"""


def open_link(**link):
    app = AppTest.from_string(SCRIPT, default_timeout=SECONDS)
    for key, value in link.items():
        app.query_params[key] = value
    return app.run()


def read_texts(app):
    return [text.value for text in app.text]


def test_a_cold_link_sets_every_widget():
    app = open_link(up="usd", cat=["energy"], scale="log", q="swift")
    assert app.selectbox[0].value == "usd"
    assert app.get("pills")[0].value == ["energy"]
    assert app.toggle[0].value is True
    assert app.text_input[0].value == "swift"
    assert app.query_params == {"up": "usd", "cat": "energy", "scale": "log", "q": "swift"}


def test_bad_settings_leave_the_address_and_are_told_until_something_is_changed():
    app = open_link(up="sideways", cat=["energy", "foo"])
    assert read_texts(app)[1] == "ignored: up=sideways, cat=foo"
    assert app.query_params == {"cat": "energy"}
    app.toggle[0].set_value(True).run()
    assert read_texts(app)[1] == "ignored:"


def test_a_control_writes_the_address_and_its_default_leaves_it():
    app = open_link()
    app.selectbox[0].set_value("usd").run()
    assert app.query_params == {"up": "usd"}
    app.selectbox[0].set_value("weaker").run()
    assert app.query_params == {}


def test_an_emptied_search_leaves_the_address():
    app = open_link(q="swift")
    app.text_input[0].set_value("").run()
    assert app.query_params == {}


def test_a_callback_can_change_what_is_no_widget():
    app = open_link()
    app.button[0].click().run()
    assert app.query_params == {"from": "2024-03-13"}


def test_back_restores_what_the_address_says():
    app = open_link(up="usd")
    app.selectbox[0].set_value("inverted").run()
    app.query_params.clear()
    app.query_params["cat"] = "energy"
    app.run()
    assert app.selectbox[0].value == "weaker"
    assert app.get("pills")[0].value == ["energy"]


def test_an_address_that_is_one_step_behind_does_not_undo_a_control():
    app = open_link()
    app.selectbox[0].set_value("usd").run()
    app.query_params.clear()  # what the browser still had when it sent the next step
    app.toggle[0].set_value(True).run()
    assert app.query_params == {"up": "usd", "scale": "log"}


def test_settings_that_cannot_be_together_go_back_to_their_defaults():
    app = open_link(**{"from": "2024-03-13", "up": "usd", "q": "swift"})
    app.session_state["drop"] = True
    app.run()
    assert read_texts(app)[1] == "ignored: from=2024-03-13, up=usd"
    assert app.query_params == {"q": "swift"}


@pytest.mark.parametrize(("link", "up"), [({}, "usd"), ({"up": "inverted"}, "inverted")])
def test_a_shared_setting_goes_along_to_the_next_page_unless_its_link_says_otherwise(link, up):
    app = open_link(up="usd", q="swift")
    app.session_state["page"] = "two"
    app.query_params.clear()
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert app.selectbox[0].value == up
    assert app.text_input[0].value == ""


def test_a_query_can_be_written_for_other_values():
    assert read_texts(open_link(up="usd"))[2] == "query: up=usd&q=x"


TRAVEL = """
import streamlit as st
from dashboard.ui.url_state import (
    build_page_query, choices_param, day_param, open_url_state, text_param,
)
PAGES = {
    "explore": (day_param("from"), choices_param("cat", ("sanctions", "energy")), day_param("sel"),
                text_param("q")),
    "facts": (day_param("day"),),
    "events": (day_param("from"), choices_param("cat", ("sanctions",)), text_param("sel")),
    "inbox": (day_param("from"),),
}
page = st.session_state.get("page", "explore")
view = open_url_state(page, PAGES[page])
for name, params in PAGES.items():
    st.text(f"{name}: {build_page_query(name, params)}")
"""


def open_on(app, page, **link):
    app.session_state["page"] = page
    app.query_params.clear()
    for key, value in link.items():
        app.query_params[key] = value
    return app.run()


def links_of(app):
    return dict(text.split(": ", 1) for text in read_texts(app))


def test_links_of_the_navigation_take_the_state_along_and_back():
    app = AppTest.from_string(TRAVEL, default_timeout=SECONDS)
    left = {"from": "2024-03-13", "cat": ["sanctions", "energy"], "sel": "2024-03-14", "q": "swift"}
    links = links_of(open_on(app, "explore", **left))
    assert links["facts"] == "{'day': ['2024-03-14']}"
    assert links["events"] == "{'from': ['2024-03-13'], 'cat': ['sanctions']}"  # it has no energy
    assert links["inbox"] == "{}"  # its days are those of the news
    links = links_of(open_on(app, "events", **{"from": "2025-01-01", "cat": "sanctions"}))
    assert links["explore"] == (
        "{'from': ['2025-01-01'], 'cat': ['sanctions'], 'sel': ['2024-03-14'], 'q': ['swift']}"
    )
    links = links_of(open_on(app, "facts"))
    assert links["explore"] == "{'from': ['2025-01-01'], 'cat': ['sanctions'], 'q': ['swift']}"
