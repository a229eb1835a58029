"""Backups of SQLite, and the one that is made every day."""

import stat
from datetime import date, timedelta

from dashboard.container import BackupArchive
from dashboard.services.admin import write_daily_backup
from tests.storage.backups_form import NOTE, BackupForm, desk, other_desk, write_something, zip_file
from tests.storage.sqlite_file import file, url

__all__ = ["desk", "file", "other_desk", "url", "zip_file"]

TODAY = date(2026, 11, 26)


class TestBackups(BackupForm):
    pass


def make(desk, day=TODAY):
    return write_daily_backup(desk.folder, desk.store.backups, desk.own, BackupArchive(), day)


def test_backup_restore_a_database_that_cannot_be_read_is_moved_aside(desk, file, zip_file):
    note = write_something(desk.store)
    desk.back_up(zip_file)
    desk.store.close()
    file.write_bytes(b"torn" * 5_000)
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    done = desk.restore(zip_file, may_replace=True)
    assert desk.store.get(note.id).title == "edited"
    assert ".damaged-" in done.damaged
    assert (file.parent / done.damaged).read_bytes() == b"torn" * 5_000


def test_backup_restore_a_day_has_one_backup_and_seven_are_kept(desk):
    assert make(desk) is None  # there is nothing yet
    desk.store.add(NOTE)
    made = make(desk)
    assert made.name == "daily-2026-11-26.zip"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert make(desk) is None
    for day in range(1, 10):
        assert make(desk, TODAY + timedelta(days=day)) is not None
    stored = sorted(file.name for file in desk.folder.iterdir())
    days = ("11-29", "11-30", "12-01", "12-02", "12-03", "12-04", "12-05")
    assert stored == [f"daily-2026-{day}.zip" for day in days]


def test_backup_restore_a_daily_backup_that_fails_stops_nobody(desk, file, caplog):
    desk.store.add(NOTE)
    desk.folder.parent.mkdir(parents=True)
    desk.folder.write_text("a file where the folder should be")
    assert make(desk) is None
    assert "no backup was made today" in caplog.text
