"""A person hides events of the catalogue: they leave everything but the catalogue."""

from datetime import date

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import Draft, Event
from dashboard.services.events import (
    hidden_count_text,
    hidden_events,
    hidden_notice,
    hide_events,
    unhide_events,
)
from dashboard.services.notes import add_note, all_events, get_event
from dashboard.storage.notes import NoteRepository


class ThreeEvents:
    def events(self):
        return tuple(Event(id=name, day=date(2025, 4, 21), title=name) for name in "abc")


@pytest.fixture
def store(tmp_path):
    store = NoteRepository(f"sqlite:///{tmp_path / 'events.db'}", person="ann")
    yield store
    store.close()


def ids(events):
    return [event.id for event in events]


def test_hidden_events_leave_the_events_and_can_be_shown_again(store):
    catalogue = ThreeEvents()
    assert ids(hide_events(catalogue, store, ["c", "a"])) == ["a", "c"]
    assert ids(all_events(catalogue, store)) == ["b"]
    assert ids(hidden_events(catalogue, store)) == ["a", "c"]
    assert ids(unhide_events(catalogue, store, ["a", "b"])) == ["a"]
    assert ids(all_events(catalogue, store)) == ["a", "b"]


def test_hiding_what_is_hidden_changes_nothing(store):
    hide_events(ThreeEvents(), store, ["a"])
    assert hide_events(ThreeEvents(), store, ["a"]) == ()


def test_a_hidden_event_is_still_found_by_its_id(store):
    hide_events(ThreeEvents(), store, ["a"])
    assert get_event(ThreeEvents(), store, "a").title == "a"


def test_of_ids_that_are_not_all_known_none_is_hidden(store):
    note = add_note(store, Draft("a note", date(2025, 4, 21)))
    with pytest.raises(InputError, match="nope: there is no event with this id in the catalogue"):
        hide_events(ThreeEvents(), store, ["a", "nope"])
    with pytest.raises(InputError, match="is a note; remove it instead"):
        hide_events(ThreeEvents(), store, ["a", note.id])
    assert hidden_events(ThreeEvents(), store) == ()


def test_how_many_are_hidden_is_said_in_words():
    assert (hidden_count_text(0), hidden_count_text(3)) == ("", "3 hidden")
    assert hidden_notice(1).startswith("1 event of the catalogue is hidden")
    assert hidden_notice(1_200).startswith("1,200 events of the catalogue are hidden")
