"""The store of notes on PostgreSQL."""

import os
import signal

import psycopg
import pytest

from tests.storage.notes_form import (
    NOTE,
    ConcurrentEditsForm,
    EditConflictForm,
    KilledForm,
    NoteStoreForm,
)


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestNotes(NoteStoreForm):
    pass


class TestEditConflict(EditConflictForm):
    pass


class TestConcurrentEdits(ConcurrentEditsForm):
    pass


class TestKilled(KilledForm):
    pass


def plain(url):
    return url.replace("+psycopg", "")


def test_the_history_cannot_be_emptied(url, store):
    note = store.add(NOTE)
    with (
        psycopg.connect(plain(url)) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        connection.execute("TRUNCATE note_history")
    assert len(store.history(note.id)) == 1


def test_a_pg_restart_between_two_calls_is_not_seen(url, store):
    note = store.add(NOTE)
    with psycopg.connect(plain(url), autocommit=True) as admin:
        for act in (store.notes, lambda: store.edit(note, 1), store.version):
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            act()
    assert store.get(note.id).revision == 2


def test_a_connection_that_says_nothing_any_more_is_replaced(url, store):
    note = store.add(NOTE)
    with psycopg.connect(plain(url), autocommit=True) as admin:
        (pid,) = backends(admin)
        os.kill(pid, signal.SIGSTOP)  # neither an answer nor an end of the connection
        try:
            assert store.notes() == (note,)
            assert len(backends(admin)) == 2
        finally:
            os.kill(pid, signal.SIGCONT)


def backends(admin):
    rows = admin.execute(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return [pid for (pid,) in rows]


def test_a_version_seen_before_a_slower_change_is_committed_differs_afterwards(url, store):
    """Ids of the history can be committed in another order than they were given out."""
    slow = store.add(NOTE)
    with psycopg.connect(plain(url)) as connection:
        connection.execute(
            "INSERT INTO note_history (note_id, revision, action, at, who)"
            " VALUES (%s, 2, 'edit', now(), '')",
            (slow.id,),
        )
        store.add(NOTE)
        before = store.version()
    assert store.version() != before
