"""The store of notes on SQLite."""

import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from dashboard.storage.notes import NoteRepository
from tests.storage.notes_form import (
    NOTE,
    ConcurrentEditsForm,
    EditConflictForm,
    KilledForm,
    NoteStoreForm,
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "notes" / "events.db"


@pytest.fixture
def url(file):
    return f"sqlite:///{file}"


class TestNotes(NoteStoreForm):
    pass


class TestEditConflict(EditConflictForm):
    pass


class TestConcurrentEdits(ConcurrentEditsForm):
    pass


class TestKilled(KilledForm):
    def check_soundness(self, url):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_only_its_owner_may_read_the_file_and_enter_a_folder_made_for_it(file, store):
    store.add(NOTE)
    modes = {place.name: stat.S_IMODE(place.stat().st_mode) for place in file.parent.iterdir()}
    assert modes["events.db"] == 0o600
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_file_is_set_up_for_many_writers(file, store):
    store.add(NOTE)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_reader_does_not_wait_for_a_writer(file, store):
    note = store.add(NOTE)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE notes SET title = 'not yet committed'")
        assert store.notes() == (note,)
        other.execute("ROLLBACK")


def test_a_writer_waits_for_another_writer(file, store):
    store.add(NOTE)
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.execute, ("COMMIT",))
        release.start()
        store.add(NOTE)
        release.join()
    assert len(store.notes()) == 2


def test_making_a_store_opens_nothing(tmp_path):
    NoteRepository(f"sqlite:///{tmp_path / 'no' / 'events.db'}")
    assert list(tmp_path.iterdir()) == []


def test_opening_a_current_store_does_not_load_alembic(url, store):
    store.version()
    program = (
        "import sys; from dashboard.storage.notes import NoteRepository;"
        f" NoteRepository({url!r}).version(); print('alembic' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert answer.stdout == "False\n"


def test_a_closed_store_opens_again(store):
    note = store.add(NOTE)
    store.close()
    assert store.get(note.id) == note
