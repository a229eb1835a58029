"""What a backup and its restoring do on every engine; a test module adds `url` and `store`."""

import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from dashboard.container import BackupArchive
from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.models.user_files import ImportRecord
from dashboard.services.admin import (
    authenticate_token,
    create_token,
    make_backup,
    restore_backup,
    revoke_token,
)
from dashboard.sources.rates.imported import ImportedRates
from dashboard.storage.notes import NoteRepository
from dashboard.storage.upgrade import CURRENT_RELEASE
from tests.made_series import made_series
from tests.storage import writing_processes
from tests.storage.upgrade_form import migrate, snapshot

NOTE = Event(
    id="", day=date(2025, 4, 21), title="Kellogg «НАТО» \u202e\n<b>", text="=1+1\x7f",
    tags=("a", "б"),
    moment=datetime(2025, 4, 21, 9, 5, 7, 123456, UTC), end_day=date(2025, 4, 22),
    origin=Origin.NOTE,
)  # fmt: skip
NOW = datetime(2026, 11, 26, tzinfo=UTC)
RECORD = ImportRecord(
    "e.csv", "CSV", "0" * 64, rows=1, added=1, duplicates=0, wrong=0, author="Ann"
)


def rows_of(url):
    """Every row of every table but the tokens, as text."""
    return {
        name: rows
        for name, (_, _, rows) in snapshot(url).items()
        if name not in {"tokens", "audit"}
    }


def write_something(store):
    """A note that was edited, a deleted one, and an import."""
    note = store.add(NOTE, author="Ann")
    store.edit(replace(note, title="edited"), 1, author="Bob")
    gone = store.add(NOTE)
    store.delete(gone.id, 1)
    store.import_notes(RECORD, [NOTE])
    return note


class Desk:
    """A store, its series and where its backups go."""

    def __init__(self, store, folder):
        self.store, self.own, self.folder = (
            store,
            ImportedRates(folder / "rates"),
            folder / "backups",
        )

    def back_up(self, file):
        return make_backup(file, self.store.backups, self.own, BackupArchive())

    def restore(self, file, *, may_replace=False):
        return restore_backup(
            file, self.store.backups, self.own, BackupArchive(),
            backup_folder=self.folder, may_replace=may_replace, author="Ann",
        )  # fmt: skip


@pytest.fixture
def desk(store, tmp_path):
    return Desk(store, tmp_path / "here")


@pytest.fixture
def other_desk(tmp_path):
    """An empty SQLite store elsewhere."""
    store = NoteRepository(f"sqlite:///{tmp_path / 'other.db'}")
    yield Desk(store, tmp_path / "there")
    store.close()


@pytest.fixture
def zip_file(tmp_path):
    return tmp_path / "all.zip"


class BackupForm:
    def test_backup_restore_brings_everything_back(self, url, desk, zip_file):
        note = write_something(desk.store)
        desk.own.store(
            [replace(made_series([90.5, 91.25], series_id="own_desk"), fetched_at=NOW)], "0" * 64
        )
        before, series = rows_of(url), desk.own.get("own_desk")
        contents = desk.back_up(zip_file)
        assert (contents.rows["notes"], contents.rows["note_history"]) == (3, 5)
        assert contents.series == ("own_desk",)
        desk.store.delete(note.id, 2)
        desk.store.add(NOTE)
        desk.own.remove("own_desk")
        desk.restore(zip_file, may_replace=True)
        assert rows_of(url) == before
        assert desk.store.get(note.id).title == "edited"
        assert (desk.own.get("own_desk").rate == series.rate).all()

    def test_backup_restore_into_an_empty_sqlite_elsewhere(self, url, desk, other_desk, zip_file):
        write_something(desk.store)
        desk.back_up(zip_file)
        other_desk.restore(zip_file)
        assert other_desk.store.notes(with_deleted=True) == desk.store.notes(with_deleted=True)
        for note in desk.store.notes(with_deleted=True):
            assert other_desk.store.history(note.id) == desk.store.history(note.id)
        assert other_desk.store.imports() == desk.store.imports()

    def test_backup_restore_from_a_sqlite_elsewhere(self, desk, other_desk, zip_file):
        write_something(other_desk.store)
        other_desk.back_up(zip_file)
        desk.restore(zip_file)
        assert desk.store.notes(with_deleted=True) == other_desk.store.notes(with_deleted=True)
        record = other_desk.store.imports()[0]
        assert desk.store.imports() == (record,)
        assert desk.store.undo_import(record.id).removed == 1

    def test_backup_restore_keeps_what_was_there_in_a_backup_of_its_own(self, url, desk, zip_file):
        write_something(desk.store)
        desk.back_up(zip_file)
        desk.store.add(NOTE)
        newer = rows_of(url)
        done = desk.restore(zip_file, may_replace=True)
        assert rows_of(url) != newer
        (stored,) = desk.folder.iterdir()
        assert str(stored) == done.previous_data
        desk.restore(stored, may_replace=True)
        assert rows_of(url) == newer

    def test_backup_restore_overwrites_nothing_unless_it_is_told(self, url, desk, zip_file):
        write_something(desk.store)
        desk.back_up(zip_file)
        desk.store.add(NOTE)
        before = rows_of(url)
        with pytest.raises(InputError, match="allow replacing"):
            desk.restore(zip_file)
        with pytest.raises(InputError, match="never overwrites"):
            desk.back_up(zip_file)
        assert rows_of(url) == before

    def test_backup_restore_goes_on_with_numbers_that_were_never_used(self, desk, zip_file):
        desk.store.add(NOTE)
        desk.back_up(zip_file)
        desk.store.add(NOTE)
        present = desk.store.version()
        desk.restore(zip_file, may_replace=True)
        first = desk.store.version()
        desk.store.add(NOTE)
        # A page that remembers the other second note under its version must not take it for this.
        assert len({present, first, desk.store.version()}) == 3

    def test_backup_restore_leaves_the_tokens_as_they_are(self, desk, zip_file):
        desk.store.add(NOTE)
        secret, _ = create_token(desk.store.tokens, "desk")
        desk.back_up(zip_file)
        revoke_token(desk.store.tokens, "desk")
        other, _ = create_token(desk.store.tokens, "other")
        desk.restore(zip_file, may_replace=True)
        assert authenticate_token(desk.store.tokens, secret) is None
        assert authenticate_token(desk.store.tokens, other).name == "other"
        with zipfile.ZipFile(zip_file) as packed:
            held = b"".join(packed.read(name) for name in packed.namelist())
        for token in desk.store.tokens.tokens():
            assert token.sha256.encode() not in held

    def test_backup_restore_is_on_record_and_history_stays_append_only(self, url, desk, zip_file):
        write_something(desk.store)
        desk.back_up(zip_file)
        desk.restore(zip_file, may_replace=True)
        newest = desk.store.audit.entries(1)[0]
        assert (newest.action, newest.subject, newest.author) == (
            "restore-backup",
            "all.zip",
            "Ann",
        )
        engine = create_engine(url)
        for table in ("note_history", "audit"):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(text(f"DELETE FROM {table}"))
        engine.dispose()

    def test_backup_restore_of_an_older_release_is_brought_up_to_date(
        self, url, desk, other_desk, zip_file
    ):
        write_something(other_desk.store)
        other_desk.back_up(zip_file)
        older = zip_file.with_name("older.zip")
        age(zip_file, older, "0002")
        desk.restore(older)
        assert desk.store.notes() == other_desk.store.notes()
        history = desk.store.history(desk.store.notes()[0].id)
        assert {change.origin for change in history} == {""}

    @pytest.mark.parametrize("harm", ["no zip", "cut", "flipped", "added", "newer", "strange"])
    def test_backup_restore_of_a_damaged_file_changes_nothing(
        self, url, desk, other_desk, zip_file, harm
    ):
        write_something(other_desk.store)
        other_desk.back_up(zip_file)
        desk.store.add(NOTE)
        before = rows_of(url)
        spoil(zip_file, harm)
        with pytest.raises(InputError, match=r"take|install"):
            desk.restore(zip_file, may_replace=True)
        assert rows_of(url) == before

    def test_backup_restore_of_twenty_made_while_others_write(self, url, desk, tmp_path):
        """Every one is sound and holds each row that was acknowledged before it began."""
        desk.store.version()
        reading, writing = writing_processes.PROCESSES.Pipe(duplex=False)
        child = writing_processes.PROCESSES.Process(
            target=writing_processes.add_until_killed, args=(url, writing)
        )
        child.start()
        writing.close()
        message, files = {reading.recv()}, []
        try:
            for number in range(20):
                while reading.poll():
                    message.add(reading.recv())
                file = tmp_path / f"{number}.zip"
                desk.back_up(file)
                files.append((file, set(message)))
        finally:
            child.kill()
            child.join()
            reading.close()
        for file, wanted in files:
            assert wanted <= ids_in(file, tmp_path)
        assert len(files[-1][1]) > len(files[0][1])


def ids_in(file, folder):
    """The notes in a backup, read without the product; its history must hold them too."""
    with zipfile.ZipFile(file) as packed:
        if "notes.sqlite3" not in packed.namelist():
            notes = packed.read("tables/notes.jsonl").decode().splitlines()
            changes = packed.read("tables/note_history.jsonl").decode().splitlines()
            ids = {json.loads(line)["id"] for line in notes}
            assert ids == {json.loads(line)["note_id"] for line in changes}
            return ids
        copy = folder / "copy.sqlite3"
        copy.write_bytes(packed.read("notes.sqlite3"))
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ids = {row[0] for row in connection.execute("SELECT id FROM notes")}
        assert ids == {row[0] for row in connection.execute("SELECT note_id FROM note_history")}
    return ids


def age(source, target, revision):
    """A backup as an older release would have made it."""
    import hashlib

    with zipfile.ZipFile(source) as packed:
        about = json.loads(packed.read("manifest.json"))
        copy = target.with_suffix(".sqlite3")
        copy.write_bytes(packed.read("notes.sqlite3"))
    migrate(f"sqlite:///{copy}", CURRENT_RELEASE, revision, "downgrade")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("pragma journal_mode = delete")  # all of it is in the one file
    content = copy.read_bytes()
    about["schema"] = revision
    about["files"] = [
        {
            "name": "notes.sqlite3",
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    ]
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("manifest.json", json.dumps(about))
        packed.writestr("notes.sqlite3", content)


def spoil(file, harm):
    """Do something to a backup."""
    content = bytearray(file.read_bytes())
    if harm == "no zip":
        file.write_text("my diary")
    elif harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "flipped":
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)
    elif harm == "added":
        with zipfile.ZipFile(file, "a") as packed:
            packed.writestr("../../evil.sh", "rm -rf ~")
    else:
        with zipfile.ZipFile(file) as packed:
            members = {name: packed.read(name) for name in packed.namelist()}
        about = json.loads(members["manifest.json"])
        about |= {"format": 99} if harm == "newer" else {"kind": "somebody's photographs"}
        members["manifest.json"] = json.dumps(about).encode()
        with zipfile.ZipFile(file, "w") as packed:
            for name, held in members.items():
                packed.writestr(name, held)
