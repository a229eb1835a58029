"""Every change that a page makes counts against the limit of its person, in every tab."""

import ast
from datetime import date
from pathlib import Path

import pytest
import streamlit as st

from dashboard.models.event import Draft
from dashboard.services.notes import add_note
from dashboard.ui import session
from dashboard.ui.components import event_card
from dashboard.ui.pages.data import user_rates
from dashboard.ui.pages.inbox import page as inbox

UI = Path(session.__file__).parent
CHANGES = {
    "add_note", "edit_note", "delete_note", "restore_note", "restore_revision", "hide_events",
    "unhide_events", "undo_import", "import_events", "accept_cluster", "dismiss_news",
    "undo_dismissal", "register_feed", "set_feed_enabled", "unregister_feed",
    "delete_imported_rates", "import_rates", "search_news", "tone_timeline", "article_from_link",
    "submit",
}  # fmt: skip
PARTS_OF_A_COUNTED_CHANGE = {"_hide_copied_event"}
NO_CHANGE_OF_A_PERSON = {"draw", "request_background_refresh", "_check_rates"}
"""They ask for a refresh while a page is open; the job itself says how often."""


def called_names(function):
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


def uncounted_changes():
    for path in sorted(UI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                names = set(called_names(node))
                if names & CHANGES and "count_against_limit" not in names:
                    yield f"{path.relative_to(UI)}: {node.name} {sorted(names & CHANGES)}"


def test_no_change_of_a_page_is_left_uncounted():
    allowed = PARTS_OF_A_COUNTED_CHANGE | NO_CHANGE_OF_A_PERSON
    assert [line for line in uncounted_changes() if line.split()[1] not in allowed] == []


@pytest.fixture
def said(monkeypatch):
    """What the pages say after a change, outside of a session, on a store of the test's own."""
    st.cache_resource.clear()
    lines = []
    for module in (event_card, inbox, user_rates):
        monkeypatch.setattr(module, "set_flash", lambda text, *_: lines.append(text))
    yield lines
    session.get_context().notes.close()
    st.cache_resource.clear()


def test_limits_deletes_restores_hides_and_feeds_are_writes(said):
    notes, catalogue = session.get_context().notes, session.get_context().catalogue
    note = add_note(notes, Draft("Mine", date(2025, 4, 21)))
    for _ in range(60):
        session.count_against_limit("write")
    event_card.delete_with_undo(note)
    event_card.restore_with_undo(note)
    event_card.hide_with_undo(catalogue.events()[0])
    event_card.unhide_with_undo([catalogue.events()[0]])
    inbox._remove_feed("tass")
    user_rates._remove_series("own_x")
    assert len(said) == 6
    assert all("at most 60 changes in a minute" in line for line in said)
    assert notes.get(note.id).deleted is None
    assert notes.hidden() == frozenset()


def test_feeds_that_a_page_changes_and_rates_that_it_removes_are_on_record(said, monkeypatch):
    feed = session.get_context().feeds.publishers()[0].id
    inbox._switch_feed(feed, enabled=False)
    inbox._switch_feed(feed, enabled=True)
    inbox._remove_feed(feed)
    monkeypatch.setattr(user_rates, "delete_imported_rates", lambda own, series_id: None)
    user_rates._remove_series("own_desk")
    entries = session.get_context().notes.audit.entries(4)
    assert [(e.action, e.subject, e.author, e.origin) for e in reversed(entries)] == [
        ("feed-off", feed, "Anna", "page"),
        ("feed-on", feed, "Anna", "page"),
        ("feed-remove", feed, "Anna", "page"),
        ("rates-remove", "own_desk", "Anna", "page"),
    ]
