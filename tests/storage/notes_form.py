"""What every store of notes does; a test module adds the fixtures `url` and `store`."""

import sys
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from dashboard.models.errors import InputError, StoreError
from dashboard.models.event import EditConflict, Event, Origin
from dashboard.storage.notes import NoteRepository
from tests.storage import writing_processes
from tests.storage.writing_processes import run_together

NOTE = Event(id="", day=date(2025, 4, 21), title="Kellogg on NATO", text="0", origin=Origin.NOTE)
FULL = Event(
    id="",
    day=date(2025, 4, 21),
    moment=datetime(2025, 4, 21, 1, 30, tzinfo=timezone(timedelta(hours=3))),
    zone="America/New_York",
    end_day=date(2025, 4, 25),
    title='<b>Ünicode</b> =1+1 \u202eright to left "; DROP TABLE notes; --',
    category="nato_remark",
    expected="stronger",
    text="two\nlines, {curly} %(percent)s :colon",
    source_url="https://example.org/?a=1&b=%20",
    tags=("рубль", "a,b", '"'),
    author="Ann",
    origin=Origin.NOTE,
    value_actual=21.0,
    value_expected=0.1 + 0.2,
    value_previous=-1e-17,
    value_unit="%",
    value_source="https://example.org/poll",
    intensity=0.0,
    story="talks",
)


class Clock:
    """A minute later at each look."""

    def __init__(self):
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(minutes=1)
        return self.now


class NoteStoreForm:
    def test_a_note_comes_back_as_it_was_given(self, url):
        store = NoteRepository(url, clock=Clock())
        added = store.add(FULL)
        store.close()
        again = NoteRepository(url)
        stored = again.get(added.id)
        again.close()
        first_minute = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
        assert stored == added
        assert stored == replace(
            FULL, id=added.id, created=first_minute, updated=first_minute, revision=1
        )
        assert stored.moment.utcoffset() == timedelta(0)

    def test_an_id_tells_the_day_and_cannot_be_guessed(self, store):
        ids = {store.add(NOTE).id for _ in range(20)}
        assert len(ids) == 20
        assert all(note_id.startswith("note-2025-04-21-") for note_id in ids)
        assert all(len(note_id) == len("note-2025-04-21-") + 8 for note_id in ids)

    def test_an_edit_is_a_new_revision_with_the_first_creation_kept(self, url):
        store = NoteRepository(url, clock=Clock())
        added = store.add(NOTE)
        edited = store.edit(replace(added, title="Other", day=date(2025, 4, 20)), 1, author="Bob")
        stored = store.get(added.id)
        store.close()
        assert stored == edited
        assert (stored.title, stored.day, stored.revision) == ("Other", date(2025, 4, 20), 2)
        assert (stored.created, stored.updated) == (added.created, edited.updated)
        assert stored.updated == added.created + timedelta(minutes=1)

    def test_every_change_is_a_line_of_history_with_before_and_after(self, store):
        added = store.add(FULL, author="Ann")
        edited = store.edit(replace(added, title="Other"), 1, author="Bob")
        deleted = store.delete(added.id, 2, author="Cid")
        restored = store.restore(added.id, author="Dot")
        changes = store.history(added.id)
        assert [(c.revision, c.action, c.author) for c in changes] == [
            (1, "create", "Ann"),
            (2, "edit", "Bob"),
            (3, "delete", "Cid"),
            (4, "restore", "Dot"),
        ]
        assert [c.before for c in changes] == [None, added, edited, deleted]
        assert [c.after for c in changes] == [added, edited, deleted, restored]
        assert [c.at for c in changes] == [c.after.updated for c in changes]
        assert {c.note_id for c in changes} == {added.id}

    def test_a_deleted_note_is_out_of_the_list_until_it_is_restored(self, store):
        remaining, gone = store.add(NOTE), store.add(NOTE)
        deleted = store.delete(gone.id, 1)
        assert deleted.deleted == deleted.updated
        assert store.notes() == (remaining,)
        assert set(store.notes(with_deleted=True)) == {remaining, deleted}
        assert store.get(gone.id) == deleted
        restored = store.restore(gone.id)
        assert restored == replace(gone, revision=3, updated=restored.updated)
        assert set(store.notes()) == {remaining, restored}

    def test_restoring_or_deleting_twice_changes_nothing_more(self, store):
        note = store.add(NOTE)
        assert store.restore(note.id) == note
        deleted = store.delete(note.id, 1)
        assert store.delete(note.id, 2) == deleted
        assert len(store.history(note.id)) == 2

    def test_notes_are_listed_in_the_order_of_their_days(self, store):
        days = [date(2025, 4, 21), date(1999, 1, 1), date(2026, 1, 1), date(2025, 4, 20)]
        for day in days:
            store.add(replace(NOTE, day=day))
        assert [note.day for note in store.notes()] == sorted(days)

    def test_many_notes_are_added_all_or_none(self, store):
        added = store.add_all([NOTE, FULL], author="import")
        assert [note.title for note in added] == [NOTE.title, FULL.title]
        assert [store.history(note.id)[0].author for note in added] == ["import", "import"]
        not_storable = replace(NOTE, title=None)
        with pytest.raises(StoreError, match="nothing was saved"):
            store.add_all([NOTE, not_storable])
        assert set(store.notes()) == set(added)

    def test_the_version_differs_after_every_change(self, store):
        versions = [store.version()]
        note = store.add(NOTE)
        versions.append(store.version())
        assert store.version() == versions[-1]
        store.edit(note, 1)
        versions.append(store.version())
        store.delete(note.id, 2)
        versions.append(store.version())
        store.restore(note.id)
        versions.append(store.version())
        assert len(set(versions)) == 5

    def test_an_unknown_id_is_told(self, store):
        for note_id in (
            "note-2025-04-21-00000000",
            "",
            "x" * 5_000,
            "\x00",
            "' OR 1=1 --",
            "\ud800",
        ):
            assert store.get(note_id) is None
            assert store.history(note_id) == ()
            with pytest.raises(InputError, match="no note with this id"):
                store.delete(note_id, 1)

    def test_the_status_counts_notes_and_names_the_last_change(self, store):
        assert (store.probe().notes, store.probe().last_change) == (0, None)
        note = store.add(NOTE)
        gone = store.delete(store.add(NOTE).id, 1)
        status = store.probe()
        assert (status.notes, status.deleted, status.problem) == (1, 1, "")
        assert status.last_change == gone.updated
        assert status.last_change > note.updated

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE note_history SET who = 'nobody'",
            "DELETE FROM note_history",
            "UPDATE note_history SET revision = 9 WHERE id = 1",
        ],
    )
    def test_the_history_cannot_be_changed(self, url, store, statement):
        note = store.add(NOTE, author="Ann")
        engine = create_engine(url)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()
        assert [change.author for change in store.history(note.id)] == ["Ann"]

    def test_threads_share_a_store_from_its_first_use_on(self, store):
        failed = []

        def add_some():
            try:
                for _ in range(5):
                    store.add(NOTE)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=add_some) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert len(store.notes()) == 40


class EditConflictForm:
    def test_edit_conflict_names_who_was_faster_and_when(self, store):
        note = store.add(NOTE, author="Ann")
        edited = store.edit(replace(note, title="Bob's title"), 1, author="Bob")
        with pytest.raises(EditConflict) as caught:
            store.edit(replace(note, title="Ann's title"), 1, author="Ann")
        message = str(caught.value)
        assert f"changed by Bob at {edited.updated:%Y-%m-%d %H:%M:%S} UTC" in message
        assert "\n" not in message
        assert caught.value.current == edited
        assert store.get(note.id) == edited

    def test_edit_conflict_with_a_deletion_says_so(self, store):
        note = store.add(NOTE)
        deleted = store.delete(note.id, 1, author="Bob")
        for act in (
            lambda: store.edit(note, 1),
            lambda: store.edit(note, 2),
            lambda: store.change(note.id, lambda current: current),
        ):
            with pytest.raises(EditConflict, match="deleted by Bob") as caught:
                act()
            assert caught.value.current == deleted

    def test_edit_conflict_stops_a_deletion_of_what_was_edited_meanwhile(self, store):
        note = store.add(NOTE)
        edited = store.edit(note, 1)
        with pytest.raises(EditConflict, match="changed by somebody"):
            store.delete(note.id, 1)
        assert store.get(note.id) == edited

    def test_edit_conflict_is_told_200_times_out_of_200(self, store):
        for number in range(200):
            note = store.add(NOTE)
            store.edit(replace(note, title=f"first {number}"), 1, author=f"Ann {number}")
            with pytest.raises(EditConflict, match=f"changed by Ann {number} at "):
                store.edit(replace(note, title=f"second {number}"), 1)
            assert store.get(note.id).title == f"first {number}"

    def test_edit_conflict_among_processes_loses_no_saved_edit(self, url, store):
        note = store.add(NOTE)
        answers = run_together(writing_processes.save_or_message, 4, url, note.id, 60)
        saved = sum(count for count, _ in answers)
        message = [line for _, lines in answers for line in lines]
        assert saved + len(message) == 4 * 60
        assert all("changed by Ann at 20" in line for line in message)
        assert int(store.get(note.id).text) == saved
        assert [c.revision for c in store.history(note.id)] == list(range(1, saved + 2))

    def test_edit_conflict_of_a_deletion_and_an_edit_lets_one_of_them_win(self, url, store):
        for _ in range(10):
            note = store.add(NOTE)
            taken = run_together(writing_processes.delete_or_edit, 2, url, note.id)
            assert sum(len(one) for one in taken) == 1
            assert len(store.history(note.id)) == 2


class ConcurrentEditsForm:
    def test_concurrent_edits_of_8_processes_are_all_kept(self, url, store, capsys):
        notes = [store.add(NOTE).id for _ in range(4)]
        answers = run_together(writing_processes.raise_counters, 8, url, notes, 500)
        seconds = sorted(second for all_seconds, _ in answers for second in all_seconds)
        errors = [error for _, all_errors in answers for error in all_errors]
        remaining = sum(int(store.get(note_id).text) for note_id in notes)
        measured = (
            f"\n{store.probe().engine}, 8 processes x 500 edits: {4_000 - remaining} lost,"
            f" {len(errors)} errors, p50 {1_000 * seconds[2_000]:.1f} ms,"
            f" p99 {1_000 * seconds[3_960]:.1f} ms, max {1_000 * seconds[-1]:.0f} ms\n"
        )
        with capsys.disabled():
            sys.stdout.write(measured)
        assert errors == []
        assert remaining == 4_000
        assert sum(len(store.history(note_id)) for note_id in notes) == 4_004

    def test_concurrent_creates_of_8_processes_are_a_row_each(self, url, store):
        answers = run_together(writing_processes.add_notes, 8, url, 100)
        assert [errors for _, errors in answers] == [[]] * 8
        acknowledged = [note_id for ids, _ in answers for note_id in ids]
        remaining = [note.id for note in store.notes()]
        assert len(remaining) == 800
        assert sorted(acknowledged) == sorted(remaining)


class KilledForm:
    def test_kill9_of_a_writer_loses_nothing_it_was_told_is_stored(self, url, store):
        store.version()
        message = set()
        for number in range(50):
            reading, writing = writing_processes.PROCESSES.Pipe(duplex=False)
            child = writing_processes.PROCESSES.Process(
                target=writing_processes.add_until_killed, args=(url, writing)
            )
            child.start()
            writing.close()
            for _ in range(5 + 3 * (number % 10)):
                message.add(reading.recv())
            child.kill()
            child.join()
            message |= rest_of(reading)
            self.check_soundness(url)
        remaining = {note.id for note in store.notes()}
        assert message <= remaining
        assert len(remaining) - len(message) <= 50  # at most the one in hand at each kill
        assert all(len(store.history(note_id)) == 1 for note_id in remaining)

    def check_soundness(self, url):
        """Nothing to check where a server keeps the files."""


def rest_of(reading):
    result = set()
    try:
        while True:
            result.add(reading.recv())
    except EOFError:
        reading.close()
        return result
