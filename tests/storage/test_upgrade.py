"""Migrations on SQLite."""

import sqlite3
import stat
from contextlib import closing

import pytest
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)

from dashboard.models.errors import StoreError
from dashboard.storage.schema import REVISION
from dashboard.storage.sqlite_files import backup_before_upgrade, copy_sqlite_database
from dashboard.storage.upgrade import CURRENT_RELEASE, ensure_schema
from tests.storage import writing_processes
from tests.storage.sqlite_file import file, url
from tests.storage.upgrade_form import InterruptAfter, MigrationForm, snapshot
from tests.storage.writing_processes import run_together

__all__ = [
    "file",
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
    "url",
]


class TestMigrations(MigrationForm):
    pass


def copies_of(file):
    return sorted(file.parent.glob("events.before-upgrade-*.db"))


def test_the_newest_revision_is_the_one_the_tables_are_written_for(alembic_runner):
    assert alembic_runner.heads == [REVISION] == [CURRENT_RELEASE.revision]


def test_a_new_database_is_made_without_a_copy(file, database):
    ensure_schema(database)
    assert copies_of(file) == []


def test_an_upgrade_copies_the_database_first(file, url, database, thousand_notes, next_release):
    before = snapshot(url)
    ensure_schema(database, next_release)
    (copy,) = copies_of(file)
    assert copy.name.endswith(f"-{REVISION}.db")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert snapshot(f"sqlite:///{copy}") == before


def test_of_processes_that_upgrade_together_one_copies_and_migrates(
    file, url, thousand_notes, next_release
):
    assert run_together(writing_processes.upgrade_store, 4, url, next_release) == [""] * 4
    assert len(copies_of(file)) == 1


def test_a_failed_upgrade_leaves_a_sound_file_and_its_copy(
    file, database, thousand_notes, next_release
):
    with pytest.raises(StoreError), InterruptAfter(5):
        ensure_schema(database, next_release)
    assert len(copies_of(file)) == 1
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_newest_seven_copies_are_kept(file, store):
    store.version()
    made = [backup_before_upgrade(file, "0001") for _ in range(9)]
    assert copies_of(file) == sorted(made)[-7:]


def test_a_copy_never_overwrites(file, store, tmp_path):
    store.version()
    taken = tmp_path / "taken.db"
    taken.write_text("mine")
    with pytest.raises(StoreError, match=r"events\.db: no copy could be written to taken\.db"):
        copy_sqlite_database(file, taken)
    assert taken.read_text() == "mine"


def test_an_upgrade_that_would_orphan_a_history_is_refused(
    url, database, thousand_notes, next_release
):
    before = snapshot(url)
    revision = next_release.migrations / "versions" / "9999_importance.py"
    losing = revision.read_text().replace("UPDATE notes SET importance = 3", "DELETE FROM notes")
    revision.write_text(losing)
    with pytest.raises(StoreError, match="lose the notes of a history; nothing was changed"):
        ensure_schema(database, next_release)
    assert snapshot(url) == before
