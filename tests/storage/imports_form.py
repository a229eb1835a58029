"""What every store does with imports of files; a test module adds `url` and `store`."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.models.errors import InputError, StoreError
from dashboard.models.event import Event, Origin
from dashboard.models.user_files import ImportRecord
from dashboard.storage.notes import NoteRepository
from tests.storage import writing_processes
from tests.storage.upgrade_form import migrate, write_thousand_notes

NOTE = Event(id="", day=date(2025, 4, 21), title="Kellogg on NATO", origin=Origin.NOTE)
RECORD = ImportRecord(
    file_name="events.csv", kind="CSV", sha256="0" * 64, rows=5, added=3, duplicates=1, wrong=1,
    author="Ann",
)  # fmt: skip


def three():
    return [replace(NOTE, title=f"note {number}") for number in range(3)]


class ImportForm:
    def test_an_import_is_on_record_with_who_when_and_what(self, store):
        before = datetime.now(UTC)
        record, notes = store.import_notes(RECORD, three())
        assert replace(record, id="", at=None) == RECORD
        assert record.id.startswith(f"import-{record.at:%Y-%m-%d}-")
        assert before <= record.at <= datetime.now(UTC)
        assert store.imports() == (record,)
        assert [note.title for note in notes] == ["note 0", "note 1", "note 2"]
        assert set(store.notes()) == set(notes)
        assert {store.history(note.id)[0].author for note in notes} == {"Ann"}

    def test_the_newest_import_is_listed_first(self, store):
        first, _ = store.import_notes(RECORD, three())
        second, _ = store.import_notes(RECORD, [])
        assert [record.id for record in store.imports()] == [second.id, first.id]

    def test_an_undo_removes_what_came_with_the_import_and_nothing_else(self, store):
        other = store.add(NOTE)
        first, _ = store.import_notes(RECORD, three())
        _, second_notes = store.import_notes(RECORD, three())
        done = store.undo_import(first.id, author="Bob")
        assert (done.removed, done.changed, done.already_removed) == (3, (), 0)
        assert set(store.notes()) == {other, *second_notes}
        assert done.record.undone_by == "Bob"
        assert done.record.undone_at >= first.at
        assert done.record in store.imports()

    def test_an_undone_note_is_in_the_history_and_can_be_restored(self, store):
        record, (note, *_) = store.import_notes(RECORD, three())
        store.undo_import(record.id, author="Bob")
        changes = store.history(note.id)
        assert [(c.revision, c.action, c.author) for c in changes] == [
            (1, "create", "Ann"),
            (2, "delete", "Bob"),
        ]
        assert changes[1].before == note
        assert changes[1].after == store.get(note.id)
        assert store.get(note.id).deleted == changes[1].at
        assert replace(store.restore(note.id), revision=1, updated=note.updated) == note

    def test_a_note_that_was_changed_since_is_kept_and_told(self, store):
        record, (edited, removed, left) = store.import_notes(RECORD, three())
        edited = store.edit(replace(edited, title="my own words"), 1, author="Cid")
        store.delete(removed.id, 1)
        done = store.undo_import(record.id)
        assert (done.removed, done.changed, done.already_removed) == (1, (edited,), 1)
        assert store.notes() == (edited,)
        assert store.get(left.id).deleted is not None

    def test_an_import_is_undone_once(self, store):
        record, _ = store.import_notes(RECORD, three())
        store.undo_import(record.id, author="Bob")
        with pytest.raises(InputError, match=r"was undone already by Bob at 20\d\d-"):
            store.undo_import(record.id)
        assert len(store.notes(with_deleted=True)) == 3

    def test_an_unknown_import_is_told(self, store):
        for import_id in ("import-2025-04-21-00000000", "", "x" * 5_000, "\x00", "' OR 1=1 --"):
            with pytest.raises(InputError, match="no import with this id"):
                store.undo_import(import_id)

    def test_an_import_is_stored_whole_or_not_at_all(self, store):
        with pytest.raises(StoreError, match="nothing was saved"):
            store.import_notes(RECORD, [*three(), replace(NOTE, title=None)])
        assert (store.notes(), store.imports()) == ((), ())

    def test_ten_thousand_notes_are_stored_and_undone_at_once(self, store):
        notes = [replace(NOTE, title=f"note {number}") for number in range(9_863)]
        record, created = store.import_notes(RECORD, notes)
        assert len({note.id for note in created}) == 9_863
        assert len(store.notes()) == 9_863
        began = time.perf_counter()
        assert store.undo_import(record.id).removed == 9_863
        assert time.perf_counter() - began < 30  # measured in benchmarks/imports.py
        assert store.notes() == ()

    def test_kill9_in_the_middle_of_an_import_leaves_all_of_it_or_nothing(self, url, store):
        store.version()
        message = set()
        for number in range(50):
            message |= killed_after(url, 0.004 * (number % 10))
        stored = {record.id for record in store.imports()}
        assert message <= stored
        by_import = {}
        for note in store.notes():
            by_import.setdefault(note.author, []).append(note)
        assert all(len(notes) == 300 for notes in by_import.values())
        assert len(by_import) == len(stored)

    def test_a_database_of_the_release_before_is_upgraded_with_its_notes(self, url):
        from dashboard.storage.upgrade import CURRENT_RELEASE

        write_thousand_notes(url)
        migrate(url, CURRENT_RELEASE, "0001", "downgrade")
        store = NoteRepository(url)
        assert len(store.notes(with_deleted=True)) == 1_000
        record, _ = store.import_notes(RECORD, three())
        assert store.imports() == (record,)
        store.close()


def killed_after(url, seconds):
    """Import 300 notes again and again in a process; kill it so long after its first answer."""
    reading, writing = writing_processes.PROCESSES.Pipe(duplex=False)
    child = writing_processes.PROCESSES.Process(
        target=writing_processes.import_until_killed, args=(url, writing)
    )
    child.start()
    writing.close()
    message = {reading.recv()}
    time.sleep(seconds)
    child.kill()
    child.join()
    try:
        while True:
            message.add(reading.recv())
    except EOFError:
        reading.close()
    return message
