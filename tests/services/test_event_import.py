"""A plan of an import: what becomes a note, what is left out, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import Event, Hour, Origin
from dashboard.models.user_files import EventFileRow, EventFileRows
from dashboard.services.event_import import import_events, plan_event_import
from tests.made_series import event_on

TODAY = date(2026, 1, 1)


class Store:
    def __init__(self):
        self.calls = []

    def import_notes(self, record, notes):
        self.calls.append((record, notes))
        return record, notes


def row(number, event, wrong=""):
    return EventFileRow(f"f.csv, row {number} (line {number + 1})", event, wrong)


def titled(title, day="2024-03-05", **rest):
    return Event(id="x", day=date.fromisoformat(day), title=title, origin=Origin.FILE, **rest)


def plan(*events, already=(), messages=(), good_rows=False):
    rows = tuple(
        row(k, None, each) if isinstance(each, str) else row(k, each)
        for k, each in enumerate(events, 1)
    )
    file = EventFileRows("f.csv", "CSV", "0" * 64, (("date", "date"),), rows, messages)
    return plan_event_import(file, already, today=TODAY, good_rows=good_rows)


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


def test_a_word_that_is_not_on_the_list_is_kept_as_a_category_and_told():
    made = plan(titled("One", category="harvest", tags=("a",)))
    assert (made.notes[0].category, made.notes[0].tags) == ("harvest", ("a",))
    assert made.messages == (
        "f.csv, row 1 (line 2), column category: 'harvest' is not on the list and is kept as"
        " a category of your own",
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
def test_a_row_that_cannot_be_a_note_is_wrong_with_its_place(event, said):
    made = plan(titled("Good"), event)
    assert [row.verdict for row in made.rows] == ["new", "wrong"]
    assert made.rows[1].reason.startswith(said)
    assert (made.status, made.notes) == ("reject", ())
    assert made.refusal == made.messages[0] == made.rows[1].reason


def test_the_good_rows_are_taken_where_they_are_wanted_and_the_wrong_ones_told():
    made = plan("f.csv, row 1: no", titled("Good"), "f.csv, row 3: no", good_rows=True)
    assert (made.status, [note.title for note in made.notes]) == ("warn", ["Good"])
    assert made.messages == ("f.csv, row 1: no", "f.csv, row 3: no")


def test_without_a_good_row_nothing_is_taken():
    made = plan("f.csv, row 1: no", good_rows=True)
    assert (made.status, made.notes) == ("reject", ())


def test_of_many_wrong_rows_the_refusal_tells_the_first_and_how_many():
    made = plan(titled("Good"), *["f.csv, row 2: no"] * 136, "f.csv, row 138: no")
    assert made.refusal == (
        "f.csv: 137 of 138 rows are wrong; mend them, or take the good rows only;"
        " the first: f.csv, row 2: no"
    )
    assert len(made.messages) == 137


def test_of_many_rows_that_are_there_the_first_are_told_and_the_rest_are_counted():
    rows = [titled(f"Row {k}") for k in range(30)]
    made = plan(*rows, already=plan(*rows).notes)
    assert len(made.messages) == 11
    assert made.messages[-1] == "and 20 more rows like this"


def test_the_notes_of_a_plan_are_stored_at_once_with_what_the_file_held():
    store = Store()
    made = plan(titled("One"), titled("One"), "wrong", titled("Two"), good_rows=True)
    import_events(store, made, author=" Ann\n")
    ((record, notes),) = store.calls
    assert [note.title for note in notes] == ["One", "Two"]
    assert (record.rows, record.added, record.duplicates, record.wrong) == (4, 2, 1, 1)
    assert (record.author, record.file_name, record.kind) == ("Ann", "f.csv", "CSV")


def test_a_rejected_plan_is_never_stored():
    store = Store()
    with pytest.raises(InputError, match="row 2: no"):
        import_events(store, plan(titled("One"), "f.csv, row 2: no"))
    assert store.calls == []


def test_a_plan_without_notes_does_not_touch_the_store():
    store = Store()
    assert import_events(store, plan(messages=("empty",))) == (None, ())
    assert store.calls == []


def test_a_note_says_that_it_keeps_no_kind_of_an_hour_and_no_first_report():
    at = datetime(2024, 3, 5, 9, tzinfo=UTC)
    made = plan(titled("Planned", moment=at, hours=(Hour(at, "scheduled"),)),
                titled("Reported", hours=(Hour(at, "published"),)))  # fmt: skip
    assert made.messages == (
        "f.csv: notes do not keep the kind of an hour and a first report; the rest of each row is"
        " taken",
    )
    assert [(note.moment, note.hours) for note in made.notes] == [(at, ()), (None, ())]
