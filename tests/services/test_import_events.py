"""A plan of an import: what becomes a note, what is left out, what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event, Origin
from dashboard.services.import_events import import_events, plan_import
from tests.made_series import event_on

TODAY = date(2026, 1, 1)


@dataclass
class File:
    events: tuple
    messages: tuple = ()
    name: str = "f.csv"

    @property
    def places(self):
        return tuple(f"f.csv, row {k + 1} (line {k + 2})" for k in range(len(self.events)))


class Store:
    def __init__(self):
        self.calls = []

    def add_all(self, notes, who=""):
        self.calls.append(notes)
        return notes


def titled(title, day="2024-03-05", **rest):
    return Event(id="x", day=date.fromisoformat(day), title=title, origin=Origin.FILE, **rest)


def plan(*events, already=(), messages=()):
    return plan_import(File(events, messages), already, today=TODAY)


def test_a_clean_file_is_accepted_as_it_is():
    made = plan(titled("One"), titled("Two"))
    assert (made.status, made.messages) == ("accept", ())
    assert [(note.title, note.origin) for note in made.notes] == [("One", "note"), ("Two", "note")]


def test_what_the_reader_said_is_a_warning():
    made = plan(titled("One"), messages=("f.csv: was read as windows-1251",))
    assert (made.status, made.messages) == ("warn", ("f.csv: was read as windows-1251",))


@pytest.mark.parametrize("title", ["One", "ONE", " One "])
def test_an_event_that_is_there_is_left_out_and_named(title):
    known = event_on("2024-03-05", "known-one")
    known = Event(id="known-one", day=known.day, title="One")
    made = plan(titled(title), already=[known])
    assert made.notes == ()
    assert made.messages == ("f.csv, row 1 (line 2): is already there (known-one) and is left out",)


def test_another_day_or_another_hour_is_another_event():
    known = Event(id="k", day=date(2024, 3, 5), title="One")
    made = plan(
        titled("One", "2024-03-06"),
        event_on("2024-03-05", at="2024-03-05T10:00"),
        already=[known],
    )
    assert len(made.notes) == 2


def test_a_row_twice_in_the_file_becomes_one_note():
    made = plan(titled("One"), titled("One"))
    assert len(made.notes) == 1
    assert made.messages == (
        "f.csv, row 2 (line 3): is already there (f.csv, row 1 (line 2)) and is left out",
    )


def test_a_word_that_is_no_category_becomes_a_tag():
    made = plan(titled("One", category="harvest", tags=("a",)))
    assert (made.notes[0].category, made.notes[0].tags) == ("other", ("a", "harvest"))
    assert made.messages == (
        "f.csv, row 1 (line 2), column category: 'harvest' is not on the list and became a tag",
    )


def test_fields_that_a_note_has_no_place_for_are_named():
    made = plan(titled("One", actor="Somebody", series="usd_rub_cbr"))
    assert made.messages == (
        "f.csv: notes do not keep actor, series; the rest of each row is taken",
    )


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (titled("One", "2031-01-01"), "f.csv, row 2 (line 3), day: 2031-01-01 is not between"),
        (titled("One", tags=("t" * 50,)), "f.csv, row 2 (line 3), tags: 50 characters"),
        (titled("One", author="a" * 100), "f.csv, row 2 (line 3), author: 100 characters"),
        (titled("\u200b"), "f.csv, row 2 (line 3), title: is empty"),
    ],
)
def test_a_row_that_cannot_be_a_note_is_refused_with_its_place(event, said):
    with pytest.raises(InputError) as caught:
        plan(titled("Good"), event)
    assert str(caught.value).startswith(said)


def test_of_many_rows_that_are_there_the_first_are_told_and_the_rest_are_counted():
    rows = [titled(f"Row {k}") for k in range(30)]
    made = plan(*rows, already=plan(*rows).notes)
    assert len(made.messages) == 11
    assert made.messages[-1] == "and 20 more rows like this"


def test_the_notes_of_a_plan_are_stored_at_once():
    store = Store()
    import_events(store, plan(titled("One"), titled("Two")))
    assert [len(call) for call in store.calls] == [2]


def test_a_plan_without_notes_does_not_touch_the_store():
    store = Store()
    assert import_events(store, plan()) == ()
    assert store.calls == []
