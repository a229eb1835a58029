"""Notes through the services: cleaned, stored, conflicting, deleted and taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.models.errors import InputError
from dashboard.models.event import Draft, EditConflict, Event, Origin, draft_from_event
from dashboard.services.notes import (
    add_note,
    all_events,
    clean_line,
    clean_text,
    delete_note,
    edit_note,
    get_event,
    list_notes,
    note_history,
    restore_note,
)
from dashboard.storage.notes import NoteRepository

DRAFT = Draft(
    "Kellogg on NATO",
    date(2025, 4, 20),
    moment=datetime(2025, 4, 20, 12, 0, tzinfo=UTC),
    zone="America/New_York",
    end_day=date(2025, 4, 25),
    category="nato_remark",
    expected="stronger",
    text="Said on a Sunday.",
    source_url="https://example.org/kellogg",
    tags=("nato", "usa"),
    author="Ann",
    value_actual=21.0,
    value_expected=20.0,
    value_previous=20.5,
    value_unit="%",
    value_source="https://example.org/poll",
    intensity=-2.0,
    story="Talks of the spring",
)


class TwoEvents:
    def events(self):
        return (
            Event(id="late", day=date(2025, 4, 21), title="late in the catalogue"),
            Event(id="early", day=date(2020, 1, 1), title="early in the catalogue"),
        )


@pytest.fixture
def store(tmp_path):
    store = NoteRepository(f"sqlite:///{tmp_path / 'events.db'}")
    yield store
    store.close()


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    store = NoteRepository(f"sqlite:///{tmp_path_factory.mktemp('notes') / 'events.db'}")
    yield store
    store.close()


def test_every_field_of_a_draft_is_kept(store):
    note = add_note(store, DRAFT)
    assert draft_from_event(note) == DRAFT
    assert draft_from_event(get_event(TwoEvents(), store, note.id)) == DRAFT
    assert (note.origin, note.revision, note.deleted) == (Origin.NOTE, 1, None)


def test_what_cannot_be_kept_is_not_stored(store):
    with pytest.raises(InputError, match="title: is empty"):
        add_note(store, replace(DRAFT, title=" "))
    with pytest.raises(InputError, match="value_actual: nan is not finite"):
        add_note(store, replace(DRAFT, value_actual=float("nan")))
    note = add_note(store, DRAFT)
    with pytest.raises(InputError, match="end: "):
        edit_note(store, note.id, replace(DRAFT, end_day=date(2020, 1, 1)), 1)
    assert list_notes(store) == (note,)


@pytest.mark.clock
def test_two_years_ahead_are_counted_from_the_clock_given(store):
    far = replace(DRAFT, moment=None, end_day=None, day=date(2032, 1, 1))
    with pytest.raises(InputError, match="day: 2032-01-01"):
        add_note(store, far, now=lambda: datetime(2029, 12, 31, tzinfo=UTC))
    note = add_note(store, far, now=lambda: datetime(2030, 1, 1, tzinfo=UTC))
    assert note.day == date(2032, 1, 1)


def test_an_edit_is_signed_by_its_author_and_a_stale_one_is_told(store):
    note = add_note(store, DRAFT)
    edited = edit_note(store, note.id, replace(DRAFT, title="By Bob", author="Bob"), 1)
    with pytest.raises(EditConflict, match="changed by Bob at ") as caught:
        edit_note(store, note.id, replace(DRAFT, title="By Ann"), 1)
    assert caught.value.current == edited
    assert [change.author for change in note_history(store, note.id)] == ["Ann", "Bob"]


def test_a_deletion_is_signed_and_can_be_taken_back(store):
    note = add_note(store, DRAFT)
    gone = delete_note(store, note.id, 1, author=" Bob\n")
    assert list_notes(store) == ()
    assert list_notes(store, with_deleted=True) == (gone,)
    assert get_event(TwoEvents(), store, note.id).deleted == gone.deleted
    back = restore_note(store, note.id, author="Cid")
    assert list_notes(store) == (back,)
    assert draft_from_event(back) == DRAFT
    actions = [(change.action, change.author) for change in note_history(store, note.id)]
    assert actions == [("create", "Ann"), ("delete", "Bob"), ("restore", "Cid")]


def test_the_catalogue_is_read_only_and_says_what_to_do(store):
    for act in (
        lambda: edit_note(store, "late", DRAFT, 0),
        lambda: delete_note(store, "late", 0),
        lambda: restore_note(store, "late"),
    ):
        with pytest.raises(InputError, match="late: the catalogue is read-only; copy the event"):
            act()


def test_a_catalogue_event_can_be_copied_into_a_note(store):
    note = add_note(store, draft_from_event(get_event(TwoEvents(), store, "late")))
    assert (note.title, note.origin) == ("late in the catalogue", Origin.NOTE)


def test_an_unknown_event_is_told_on_one_short_line(store):
    for event_id in ("nobody", "note-2025-04-20-00000000", "note-\n<b>" + "x" * 9_999):
        for act in (
            lambda event_id=event_id: get_event(TwoEvents(), store, event_id),
            lambda event_id=event_id: note_history(store, event_id),
        ):
            with pytest.raises(InputError, match="there is no event with this id") as caught:
                act()
            assert len(str(caught.value)) < 200
            assert "\n" not in str(caught.value)


def test_all_events_are_in_the_order_of_day_moment_and_id(store):
    at_noon = add_note(store, replace(DRAFT, day=date(2025, 4, 20), end_day=None))
    all_day = add_note(store, replace(DRAFT, day=date(2025, 4, 20), moment=None, end_day=None))
    gone = add_note(store, DRAFT)
    delete_note(store, gone.id, 1)
    found = [event.id for event in all_events(TwoEvents(), store)]
    assert found == ["early", all_day.id, at_noon.id, "late"]


def test_the_version_differs_after_a_change_and_only_then(store):
    empty = store.version()
    note = add_note(store, DRAFT)
    added = store.version()
    assert store.version() == added != empty
    delete_note(store, note.id, 1)
    assert store.version() not in {empty, added}


HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![](https://evil.example/beacon.png)",
    "=1+1",
    "@SUM(A1:A9)",
    "+cmd|' /C calc'!A0",
    "\u202egnp.exe\u202c",
    "'; DROP TABLE notes; --",
    "%(name)s %s {0} ${x} :bound ?",
    "%{customdata[0]}<extra></extra>",
    "NULL",
    "\\x00\\N",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_stored_as_they_were_typed(store, words):
    note = add_note(
        store, replace(DRAFT, title=words, text=words, tags=(words[:40],), author=words)
    )
    stored = get_event(TwoEvents(), store, note.id)
    assert (stored.title, stored.text, stored.author) == (words, words, words)
    assert list_notes(store) == (note,)


def test_a_title_of_10_000_characters_is_refused(store):
    with pytest.raises(InputError, match="title: 10,000 characters, at most 500 are kept"):
        add_note(store, replace(DRAFT, title="x" * 10_000))
    assert list_notes(store) == ()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=[])))
def test_sql_of_any_text_stores_what_cleaning_leaves(shared_store, typed):
    draft = replace(DRAFT, title="x" + typed, text=typed, author=typed[:80], tags=(typed[:40],))
    note = add_note(shared_store, draft)
    assert shared_store.get(note.id) == note
    assert note.title == clean_line("x" + typed)
    assert note.text == clean_text(typed)
    assert note.author == clean_line(typed[:80])
    assert note.tags == tuple(tag for tag in (clean_line(typed[:40]),) if tag)
    assert note_history(shared_store, note.id)[0].after == note
