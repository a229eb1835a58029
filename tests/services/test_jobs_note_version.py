"""One thread of the process polls the version of the notes; pages read it."""

import threading
import time

from dashboard.models.errors import StoreError
from dashboard.services.jobs import MAX_IDLE_POLLS, NoteVersionWatcher


class Notes:
    def __init__(self, *versions):
        self.versions = list(versions)
        self.asked = 0
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()

    def version(self):
        self.entered.set()
        self.open.wait()
        self.asked += 1
        version = self.versions[min(self.asked, len(self.versions)) - 1]
        if version is None:
            raise StoreError("the server does not answer")
        return version


def poll_until(watch, wanted, polls=2_000):
    """Poll until a version is read; the last version where it never is."""
    for _ in range(polls):
        result = watch.read()
        if result == wanted:
            break
        time.sleep(0.005)
    return result


def test_nothing_is_asked_before_a_page_looks():
    notes = Notes("1")
    NoteVersionWatcher(notes, interval=0.001)
    assert notes.asked == 0


def test_a_change_elsewhere_is_told_to_who_looks():
    notes = Notes("1", "1", "2")
    watch = NoteVersionWatcher(notes, interval=0.001)
    assert watch.read() == ""
    assert poll_until(watch, "2") == "2"


def test_many_looks_are_one_thread():
    notes, before = Notes("1"), set(threading.enumerate())
    notes.open.clear()
    watch = NoteVersionWatcher(notes, interval=0.01)
    for _ in range(200):
        watch.read()
    begun = [thread for thread in threading.enumerate() if thread not in before]
    notes.open.set()
    assert [thread.name for thread in begun] == ["notes"]


def test_it_ends_when_nobody_looks_and_begins_again():
    notes = Notes("1")
    watch = NoteVersionWatcher(notes, interval=0.001)
    watch.read()
    for _ in range(2_000):
        if notes.asked >= MAX_IDLE_POLLS and watch._running is False:
            break
        time.sleep(0.005)
    assert notes.asked == MAX_IDLE_POLLS
    notes.versions.append("2")
    assert poll_until(watch, "2") == "2"


def test_a_failure_leaves_no_version_so_that_no_page_is_drawn_for_it():
    notes = Notes("1")
    watch = NoteVersionWatcher(notes, interval=0.001, retry_interval=0.001)
    assert poll_until(watch, "1") == "1"
    notes.versions.append(None)
    assert poll_until(watch, "") == ""
    notes.versions.append("3")
    assert poll_until(watch, "3") == "3"


def test_what_a_page_just_read_is_not_overwritten_by_an_older_answer():
    notes = Notes("old")
    notes.open.clear()
    watch = NoteVersionWatcher(notes, interval=60)
    watch.read()
    notes.entered.wait()
    watch.set_version("new")
    notes.open.set()
    for _ in range(200):
        if notes.asked:
            break
        time.sleep(0.005)
    time.sleep(0.02)
    assert watch.read() == "new"
