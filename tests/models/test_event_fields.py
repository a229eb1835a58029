"""The list of the fields of an event fits the classes, and its names in files never change."""

from dataclasses import fields
from datetime import UTC, date, datetime

import pytest

from dashboard.models.event import (
    EVENT_FIELDS,
    NOTE_FIELDS,
    Draft,
    Event,
    draft_from_event,
    note_from_draft,
)

DRAFT = Draft(
    "Kellogg on NATO",
    date(2025, 4, 20),
    moment=datetime(2025, 4, 20, 15, 5, tzinfo=UTC),
    tags=("a", "b"),
    author="Ann",
    value_actual=21.0,
    value_unit="%",
    story="talks",
)
RELEASED_COLUMNS = (
    "id", "date", "time_utc", "zone", "end_date", "title", "actor", "category", "expected", "text",
    "source_name", "source_url", "tags", "series", "author", "origin", "confidence", "created",
    "updated", "revision", "visibility", "hour_kind", "reported_utc", "value_actual",
    "value_expected", "value_previous", "value_unit", "value_source", "intensity", "story",
)  # fmt: skip


def test_columns_that_were_released_come_first_in_their_order():
    columns = tuple(field.column for field in EVENT_FIELDS)
    assert columns[: len(RELEASED_COLUMNS)] == RELEASED_COLUMNS


def test_names_are_unique():
    for name in ("name", "column", "key", "option"):
        values = [getattr(field, name) for field in EVENT_FIELDS]
        assert len(set(values)) == len(values)


def test_every_field_of_a_draft_is_one_of_an_event_with_a_label():
    event_fields = {field.name: field.default for field in fields(Event)}
    drafted = {field.name: field.default for field in fields(Draft)}
    assert [field.name for field in NOTE_FIELDS] == list(drafted)
    assert {name: event_fields[name] for name in drafted if name not in {"day", "title"}} == {
        name: default for name, default in drafted.items() if name not in {"day", "title"}
    }
    assert all(field.label for field in NOTE_FIELDS)


def test_a_draft_and_its_note_say_the_same():
    note = note_from_draft(DRAFT, "note-1")
    assert (note.id, note.origin, note.title) == ("note-1", "note", "Kellogg on NATO")
    assert draft_from_event(note) == DRAFT


def test_an_end_before_the_start_is_no_note():
    with pytest.raises(ValueError, match="before the start"):
        note_from_draft(Draft("x", date(2025, 4, 20), end_day=date(2025, 4, 19)))


def test_a_surprise_is_the_released_value_less_the_expected_one():
    note = Event("cpi", date(2025, 4, 11), "Inflation", value_actual=2.3, value_expected=2.2)
    assert (note.surprise, note.value_change) == (0.1, None)  # not 0.09999999999999964
    changed = Event("cpi", date(2025, 4, 11), "Inflation", value_actual=2.3, value_previous=2.5)
    assert (changed.surprise, changed.value_change) == (None, -0.2)
