"""PostgreSQL restarts while a person writes: a message, nothing lost, then saved."""

from datetime import date

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.models.event import Draft
from dashboard.services.notes import add_note, list_notes
from dashboard.ui import session
from tests.own_postgres import own_postgres
from tests.ui.app_in_test import SECONDS, open_page, press, words_of
from tests.ui.components.test_note_form import WRITER, form


@pytest.fixture
def server(postgres_server, monkeypatch):
    """A server of this test's own, which the pages use."""
    with own_postgres() as running:
        monkeypatch.setenv("DATABASE_URL", running.url)
        yield running
        session.get_context().notes.close()
        st.cache_resource.clear()


def test_the_form_says_so_keeps_the_text_and_saves_when_the_server_is_back(server):
    st.cache_resource.clear()
    app = AppTest.from_string(WRITER.replace("DAY", "2025-04-21"), default_timeout=SECONDS).run()
    form(app, "Title").set_value("Written while the server was away").run()
    form(app, "Text").set_value("Two hours of work").run()
    server.stop()
    press(app, "Save note")
    assert not app.exception
    assert any("does not answer" in error.value for error in app.error)
    assert "Your text is kept in this form" in words_of(app)
    assert form(app, "Title").value == "Written while the server was away"
    assert form(app, "Text").value == "Two hours of work"
    server.start()
    press(app, "Save note")
    assert not app.error
    (note,) = list_notes(session.get_context().notes)
    assert (note.title, note.text) == ("Written while the server was away", "Two hours of work")


def test_pg_restart_fails_no_page_load_and_an_absent_server_is_told(server):
    st.cache_resource.clear()
    add_note(session.get_context().notes, Draft("Kept by the server", date(2025, 4, 21)))
    for _ in range(3):
        server.stop()
        server.start()
        for path in ("", "events"):
            app = AppTest.from_file(open_page.__globals__["SCRIPT"], default_timeout=SECONDS)
            app._page_hash = "" if not path else open_page.__globals__["calc_hash"](path)
            app.run()
            assert not app.exception
            assert "1 note\n" in words_of(app)
    server.stop()
    app.run()
    assert not app.exception
    assert "the notes cannot be read now" in words_of(app)
    server.start()
    app.run()
    assert "1 note\n" in words_of(app)
