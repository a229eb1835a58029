"""Backups of PostgreSQL, which people may share: private notes stay with their owners."""

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.container import BackupArchive
from dashboard.models.errors import InputError
from dashboard.services.admin import make_backup
from dashboard.sources.rates.imported import ImportedRates
from dashboard.storage.notes import NoteRepository
from tests.storage.backups_form import (
    NOTE,
    RECORD,
    BackupForm,
    Desk,
    desk,
    other_desk,
    zip_file,
)

__all__ = ["desk", "other_desk", "zip_file"]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestBackups(BackupForm):
    pass


# ------------------------------------------------------------------ one database of several people

ROOT = Path(__file__).parents[2]
WORD = "quicksilver"


@pytest.fixture
def people(postgres_url):
    """Ann and Bob on one database, each with private notes, an import and hidden events."""
    ann, bob = (NoteRepository(postgres_url, person=name) for name in ("Ann", "Bob"))
    for store in (ann, bob):
        secret = f"{WORD} of {store.person}"
        store.add(replace(NOTE, title=secret, visibility="private"))
        note = store.add(replace(NOTE, title=f"{secret}, then", visibility="private"))
        store.edit(replace(note, title=f"{store.person} shares", visibility="shared"), 1)
        record = replace(RECORD, file_name=f"{secret}.csv", author=store.person)
        store.import_notes(record, [replace(NOTE, title=secret, visibility="private")])
        store.hide([f"{WORD}-event-of-{store.person}"])
    yield ann, bob
    for store in (ann, bob):
        store.close()


def packed_text(file):
    """Everything in an archive as one text."""
    with zipfile.ZipFile(file) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist())


def test_a_backup_holds_the_private_notes_of_its_maker_only(people, tmp_path, zip_file):
    ann, _ = people
    contents = Desk(ann, tmp_path / "ann").back_up(zip_file)
    content = packed_text(zip_file)
    assert contents.private_of == "Ann"
    assert f"{WORD} of Ann" in content
    assert f"{WORD} of Bob" not in content
    assert "Bob shares" in content
    assert contents.rows["hidden_events"] == 1
    assert zip_file.stat().st_mode & 0o777 == 0o600
    # Of Bob: the note that he shared and its last change; nothing of what it said before.
    assert contents.rows["notes"] == 4
    assert contents.rows["imports"] == 1


def test_a_backup_of_everyone_is_the_act_of_an_administrator(people, tmp_path, zip_file):
    ann, _ = people
    contents = make_backup(
        zip_file, ann.backups, ImportedRates(tmp_path), BackupArchive(), everyone=True
    )
    assert contents.private_of is None
    assert f"{WORD} of Bob" in packed_text(zip_file)


def test_the_backup_of_one_person_takes_no_private_note_from_another(people, tmp_path, zip_file):
    ann, bob = people
    desk = Desk(ann, tmp_path / "ann")
    desk.back_up(zip_file)
    before = bob.notes()
    with pytest.raises(InputError, match="private notes of Ann alone"):
        desk.restore(zip_file, may_replace=True)
    assert bob.notes() == before


def test_the_backup_of_one_person_fills_an_empty_database(people, other_desk, tmp_path, zip_file):
    ann, _ = people
    Desk(ann, tmp_path / "ann").back_up(zip_file)
    other_desk.restore(zip_file)
    restored = other_desk.store.for_user("Ann")
    assert restored.notes() == ann.notes()
    shared = next(note for note in restored.notes() if note.title == "Bob shares")
    assert [change.after.title for change in restored.history(shared.id)] == ["Bob shares"]


def test_the_command_says_whose_private_notes_went_into_a_backup(people, tmp_path, monkeypatch):
    ann, bob = people
    monkeypatch.setenv("DATABASE_URL", ann.database.address.url.render_as_string(False))
    monkeypatch.setenv("DASHBOARD_USER", "Ann")
    for name, options in (("own.zip", []), ("all.zip", ["--everyone"])):
        command = [sys.executable, "-m", "dashboard", "backup", tmp_path / name, *options]
        subprocess.run(command, check=True, cwd=ROOT, timeout=60)
    assert f"{WORD} of Bob" not in packed_text(tmp_path / "own.zip")
    assert f"{WORD} of Bob" in packed_text(tmp_path / "all.zip")
    entries = {e.subject: e.after["private_of"] for e in bob.audit.entries(2)}
    assert entries == {"own.zip": "Ann", "all.zip": None}
