"""The notes as they stood at a moment, without later ones, later words and later deletions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.storage.notes import NoteRepository

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def store(tmp_path):
    clock = Clock()
    return NoteRepository(f"sqlite:///{tmp_path / 'notes.db'}", clock=clock), clock


def note(title):
    return Event("", date(2026, 11, 19), title, origin=Origin.NOTE)


@pytest.fixture
def message(store):
    """A note made at 9, changed at 10, deleted at 11; another one made at 10."""
    live, clock = store
    first = live.add(note("as it was"))
    clock.now = START + HOUR
    first = live.edit(replace(first, title="as it became"), first.revision)
    second = live.add(note("later"))
    clock.now = START + 2 * HOUR
    live.delete(first.id, first.revision)
    return live, first.id, second.id


@pytest.mark.parametrize(
    ("hours", "titles"),
    [
        (-0.1, []),
        (0.0, ["as it was"]),
        (0.9, ["as it was"]),
        (1.0, ["as it became", "later"]),
        (1.9, ["as it became", "later"]),
        (2.0, ["later"]),
        (999.0, ["later"]),
    ],
)
def test_the_notes_are_those_of_the_moment(message, hours, titles):
    live, *_ = message
    then = live.as_of(START + hours * HOUR)
    assert sorted(item.title for item in then.notes()) == titles


def test_one_note_its_history_and_the_deleted_ones_are_those_of_the_moment(message):
    live, first, second = message
    then = live.as_of(START)
    assert then.get(first).title == "as it was"
    assert then.get(second) is None
    assert [change.action for change in then.history(first)] == ["create"]
    late = live.as_of(START + 2 * HOUR)
    assert {item.title for item in late.notes(with_deleted=True)} == {"as it became", "later"}
    assert late.get(first).deleted is not None


def test_the_version_differs_by_moment_and_by_change(message):
    live, first, _ = message
    one, other = (live.as_of(START + hours * HOUR).version() for hours in (1, 2))
    assert one != other != live.version()
    live.restore(first)
    assert live.as_of(START + HOUR).version() != one


def test_nothing_can_be_written(message):
    live, first, _ = message
    then = live.as_of(START + HOUR)
    for act in (
        lambda: then.add(note("new")),
        lambda: then.edit(replace(then.get(first), title="new"), 2),
        lambda: then.delete(first, 2),
        lambda: then.restore(first),
        lambda: then.add_all([note("new")]),
        lambda: then.undo_import("imp-1"),
        lambda: then.hide(["an-event"]),
        lambda: then.unhide(["an-event"]),
    ):
        with pytest.raises(InputError, match="this view is frozen"):
            act()
    assert {item.title for item in live.notes()} == {"later"}
