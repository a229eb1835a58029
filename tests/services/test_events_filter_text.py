"""Any text in any filter finds what holds it, or nothing, and never an error (S9)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.models.errors import InputError
from dashboard.models.event import CATEGORY_LIMIT, Draft
from dashboard.services.events import EventFilter, count_facets, find_events, hide_events
from dashboard.services.notes import (
    add_note,
    all_events,
    clean_category,
    clean_line,
    get_event,
    list_notes,
    note_history,
    restore_revision,
)
from dashboard.storage.notes import NoteRepository


class NoEvents:
    def events(self):
        return ()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notes")
    store = NoteRepository(f"sqlite:///{folder / 'events.db'}", person="o'ann; --")
    yield store
    store.close()


any_text = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=60),
    st.sampled_from(
        ["' OR '1'='1", "'; DROP TABLE notes; --", '"', "%", "_", "\\", "]", ":person", "?", "\x00"]
    ),
)


@settings(max_examples=1_000)
@given(any_text)
def test_sql_of_1000_texts_through_every_filter(store, typed):
    events = list_notes(store)
    for query in (
        EventFilter(text=typed),
        EventFilter(categories=(typed,)),
        EventFilter(tags=(typed,)),
        EventFilter(choices={"origin": typed}),
        EventFilter(choices={"expected": typed}),
    ):
        assert set(find_events(events, query)) <= set(events)
    assert store.get(typed) is None
    assert store.history(typed) == ()
    for ask in (
        lambda: get_event(NoEvents(), store, typed),
        lambda: note_history(store, typed),
        lambda: hide_events(NoEvents(), store, [typed]),
        lambda: restore_revision(store, "note-" + typed, 1),
        lambda: store.undo_import(typed),
    ):
        with pytest.raises(InputError):
            ask()


@settings(max_examples=200)
@given(any_text)
def test_sql_of_a_category_and_a_tag_of_any_text_is_stored_and_found_verbatim(store, typed):
    try:
        category = clean_category(typed)
    except InputError:
        with pytest.raises(InputError, match="category: "):
            add_note(store, Draft("x", date(2025, 4, 21), category=typed))
        return
    tag = clean_line(typed)[:40].strip()
    note = add_note(store, Draft("x", date(2025, 4, 21), category=typed, tags=(tag,)))
    assert store.get(note.id) == note
    assert note.category == category
    assert len(category) <= CATEGORY_LIMIT
    found = find_events(all_events(NoEvents(), store), EventFilter((category,), tags=(tag,)))
    assert note in found
    assert count_facets(found)["categories"] == {category: len(found)}
