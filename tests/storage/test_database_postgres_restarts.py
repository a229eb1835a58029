"""A PostgreSQL server that stops, starts and freezes while people write."""

import os
import signal
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from dashboard.models.errors import StoreError
from dashboard.models.event import Event, Origin
from dashboard.storage.notes import NoteRepository
from tests.own_postgres import own_postgres

NOTE = Event(id="", day=date(2025, 4, 21), title="a note", origin=Origin.NOTE)
TOLD = ("does not answer", "was restarted", "cannot be used")


@pytest.fixture
def postgres_of_this_test(postgres_server):
    """Only where the run has a server, so that both stay on one worker."""
    with own_postgres() as server:
        yield server


class Writer(threading.Thread):
    """Adds notes until it is stopped; records acknowledged notes and error messages."""

    def __init__(self, url):
        super().__init__()
        self.url, self.told, self.unforeseen = url, [], []
        self.acknowledged, self.ends = [], threading.Event()

    def run(self):
        with closing(NoteRepository(self.url, person="ann")) as store:
            while not self.ends.is_set():
                try:
                    self.acknowledged.append(store.add(NOTE).id)
                except StoreError as error:
                    self.told.append(str(error))
                    time.sleep(0.05)
                except Exception as error:
                    self.unforeseen.append(repr(error))

    def wait_for(self, count):
        before = len(self.acknowledged)
        while len(self.acknowledged) < before + count and self.is_alive():
            time.sleep(0.02)


def test_pg_restart_during_writes_loses_nothing_that_was_acknowledged(postgres_of_this_test):
    server = postgres_of_this_test
    writers = [Writer(server.url) for _ in range(3)]
    for writer in writers:
        writer.start()
    for _ in range(3):
        for writer in writers:
            writer.wait_for(5)
        server.stop()
        time.sleep(0.5)
        server.start()
    for writer in writers:
        writer.wait_for(5)
        writer.ends.set()
        writer.join()
    acknowledged = [name for writer in writers for name in writer.acknowledged]
    with closing(NoteRepository(server.url)) as store:
        stored = {note.id for note in store.notes()}
    assert len(acknowledged) >= 3 * 4 * 5
    assert set(acknowledged) <= stored
    assert len(stored) - len(acknowledged) <= 3 * 3  # at most the one in hand at each stop
    assert [writer.unforeseen for writer in writers] == [[], [], []]
    message = {line for writer in writers for line in writer.told}
    assert message
    assert all(any(phrase in line for phrase in TOLD) and "\n" not in line for line in message)


def test_a_server_that_freezes_in_mid_statement_is_given_up_in_words(postgres_url):
    store = NoteRepository(postgres_url, person="ann")
    note = store.add(NOTE)
    message = []

    def edit():
        try:
            store.edit(replace(note, title="never said"), 1)
        except StoreError as error:
            message.append(str(error))

    plain = postgres_url.replace("+psycopg", "")
    with psycopg.connect(plain) as holder, psycopg.connect(plain, autocommit=True) as admin:
        holder.execute("SELECT id FROM notes FOR UPDATE")
        editing = threading.Thread(target=edit)
        editing.start()
        pid = waiting_backend(admin)
        os.kill(pid, signal.SIGSTOP)  # its own limits stand still with it
        try:
            editing.join(timeout=60)
            assert not editing.is_alive()
            holder.rollback()
            assert store.get(note.id) == note  # over another connection
        finally:
            os.kill(pid, signal.SIGCONT)
    store.close()
    (line,) = message
    assert line.endswith(": does not answer; check that the server runs and DATABASE_URL names it")


def waiting_backend(admin):
    query = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while not (row := admin.execute(query).fetchone()):
        time.sleep(0.05)
    return row[0]
