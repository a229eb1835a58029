"""Hidden events on the pages: out of the lists, counted, and back again."""

import streamlit as st

from dashboard.services.events import hide_events
from dashboard.ui import session
from tests.shipped_catalogue import COUNT
from tests.ui.app_in_test import open_page, press, words_of

KELLOGG = "kellogg-nato-off-table-2025-04-20"


def test_an_event_is_hidden_told_and_shown_again():
    app = press(open_page("event", id=KELLOGG), "Hide")
    assert "Hidden from you: Kellogg says NATO membership" in words_of(app)
    assert f"{COUNT - 1} events in the catalogue, 1 hidden" in words_of(app)
    listed = open_page("events", q="Kellogg NATO off the table")
    assert "No events match the search" in words_of(listed)
    hidden = open_page("events", show="hidden")
    assert not hidden.exception
    assert "They stay in the catalogue" in words_of(hidden)
    press(hidden, "Show all again")
    assert f"{COUNT} events in the catalogue" in words_of(open_page("events"))


def test_a_hidden_event_can_still_be_opened_from_its_link():
    st.cache_resource.clear()
    parts = session.get_context()
    hide_events(parts.catalogue, parts.notes, [KELLOGG])
    app = open_page("event", id=KELLOGG)
    assert not app.exception
    press(app, "Show again")
    assert parts.notes.hidden() == frozenset()


def test_without_hidden_events_the_list_says_how_one_gets_there():
    assert "No hidden events" in words_of(open_page("events", show="hidden"))
