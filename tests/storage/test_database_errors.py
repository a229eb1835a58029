"""A store that fails says so in one line, and works again when the cause is gone."""

import socket
import sqlite3
import traceback
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import Pool

from dashboard.models.errors import StoreError
from dashboard.storage.database import is_retryable, parse_address, store_error
from dashboard.storage.notes import NoteRepository
from tests.storage.full_disk import write_on_full_disks
from tests.storage.notes_form import NOTE
from tests.storage.sqlite_file import file, url
from tests.storage.writing_processes import PROCESSES

__all__ = ["file", "url"]

SQLITE = parse_address("sqlite:////home/ann/events.db")
POSTGRESQL = parse_address("postgresql://ann:secret@db.example/notes")


def message(act):
    with pytest.raises(StoreError) as caught:
        act()
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_a_full_disk_is_told_and_nothing_is_damaged(file, store):
    first = store.add(NOTE)
    store.close()

    def fill(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Pool, "connect", fill)
    try:
        line = message(lambda: [store.add(NOTE) for _ in range(100)])
    finally:
        event.remove(Pool, "connect", fill)
    assert line == ("events.db: the disk is full; nothing was saved, free some space and try again")
    store.close()
    store.add(NOTE)
    assert first in store.notes()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_disk_full_at_thirty_points_is_told_loses_nothing_and_passes(tmp_path):
    answers = PROCESSES.Queue()
    points = range(30)
    child = PROCESSES.Process(target=write_on_full_disks, args=(answers, str(tmp_path), points))
    child.start()
    result = [answers.get(timeout=120) for _ in points]
    child.join()
    assert {is_readable for _, is_readable, _ in result} == {True}
    assert {goes_on for *_, goes_on in result} == {True}
    reasons = {message.partition(": ")[2] for message, *_ in result}
    assert all("nothing was saved" in reason for reason in reasons)
    for point in points:
        with closing(sqlite3.connect(tmp_path / f"{point}.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_file_that_is_no_database_is_told_and_left_alone(file, store):
    file.write_text("my diary, not a database" * 100)
    assert message(store.notes).startswith("events.db: is no SQLite database")
    assert store.probe().problem == message(store.notes)
    assert file.read_text() == "my diary, not a database" * 100


def test_a_folder_in_the_place_of_the_file_is_told(file, store):
    file.mkdir()
    assert message(store.notes).startswith("events.db: cannot be opened")


def test_a_server_that_does_not_run_is_told():
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    store = NoteRepository(f"postgresql://ann:secret@127.0.0.1:{port}/notes")
    assert message(store.notes) == (
        "database notes: does not answer; check that the server runs and DATABASE_URL names it"
    )


def test_a_server_that_says_nothing_is_told():
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        store = NoteRepository(f"postgresql://ann:secret@127.0.0.1:{silent.getsockname()[1]}/notes")
        assert message(store.notes).startswith("database notes: does not answer")


def sqlite_error(name):
    error = sqlite3.OperationalError("library text with /home/ann")
    error.sqlite_errorname = name
    return OperationalError("SELECT secret", {}, error)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("SQLITE_BUSY", "held by another program"),
        ("SQLITE_BUSY_SNAPSHOT", "held by another program"),
        ("SQLITE_READONLY", "is read-only"),
        ("SQLITE_READONLY_DBMOVED", "is read-only"),
        ("SQLITE_CANTOPEN_ISDIR", "cannot be opened"),
        ("SQLITE_IOERR_WRITE", "the disk reports an error"),
        ("SQLITE_CORRUPT_INDEX", "is damaged"),
        ("SQLITE_NEW_IN_THE_FUTURE", "failed; nothing was saved"),
    ],
)
def test_sqlite_failures_are_told_without_library_text(name, part):
    line = str(store_error(SQLITE, sqlite_error(name)))
    assert line.startswith("events.db: ")
    assert part in line
    assert "library" not in line
    assert "/home" not in line
    assert "SELECT" not in line


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (psycopg.errors.InvalidPassword("secret"), "refused the user or the password"),
        (psycopg.errors.InvalidCatalogName("notes"), "does not exist on the server"),
        (psycopg.errors.InsufficientPrivilege("notes"), "does not let this user write"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), "is read-only"),
        (psycopg.errors.DiskFull("x"), "the disk of the server is full"),
        (psycopg.errors.TooManyConnections("x"), "no room for another connection"),
        (psycopg.errors.LockNotAvailable("x"), "held by another program"),
        (psycopg.errors.AdminShutdown("x"), "was restarted"),
        (psycopg.OperationalError("connection refused"), "does not answer"),
        (psycopg.DataError("x"), "failed; nothing was saved"),
    ],
)
def test_postgresql_failures_are_told_without_library_text(error, part):
    line = str(store_error(POSTGRESQL, OperationalError("SELECT 1", {}, error)))
    assert line.startswith("database notes: ")
    assert part in line
    assert "secret" not in line


def test_a_fault_that_may_be_logged_holds_no_row():
    cause = psycopg.errors.CheckViolation("new row violates it\nDETAIL:  Failing row: my secret")
    error = OperationalError("INSERT", {"title": "my secret"}, cause, hide_parameters=True)
    assert "my secret" in str(error)
    store_error(POSTGRESQL, error)
    assert "my secret" not in f"{error}{error.orig}{error.__cause__}"


def test_no_value_of_a_statement_that_fails_is_in_the_text_of_its_fault(store):
    title = "-".join(("a", "private", "title"))  # the text of a fault shows lines of the source
    query = text("INSERT INTO nothing VALUES (:title)")
    with pytest.raises(StoreError) as caught:
        store.database.write(lambda c: c.execute(query, {"title": title}))
    faults = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO nothing" in faults
    assert title not in faults


def test_only_what_may_succeed_is_tried_again():
    def is_tried_again(error):
        return is_retryable(OperationalError("UPDATE", {}, error))

    assert is_tried_again(psycopg.errors.SerializationFailure("x"))
    assert is_tried_again(psycopg.errors.DeadlockDetected("x"))
    assert not is_tried_again(psycopg.errors.UniqueViolation("x"))
    assert is_retryable(sqlite_error("SQLITE_BUSY_RECOVERY"))
    assert not is_retryable(sqlite_error("SQLITE_FULL"))
