"""What other processes do to a store in these tests; each function runs in one of its own."""

import multiprocessing
import secrets
import time
from dataclasses import replace
from datetime import UTC, date, datetime

from dashboard.models.errors import InputError
from dashboard.models.event import EditConflict, Event
from dashboard.models.inbox import InboxItem, NewsItem
from dashboard.models.user_files import ImportRecord
from dashboard.storage.database import Database, parse_address
from dashboard.storage.inbox import InboxRepository
from dashboard.storage.notes import NoteRepository
from dashboard.storage.upgrade import ensure_schema

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([
    "pytest", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite",
    "dashboard.storage.notes", "tests.storage.writing_processes",
])  # fmt: skip
"""What every process would import for itself, imported once."""


def run_together(work, count, *arguments):
    """Start `work(start, answers, *arguments)` in `format_count` processes; their answers.

    A process that fails without an answer fails the test, which does not wait for it.
    """
    start, answers = PROCESSES.Barrier(count), PROCESSES.Queue()
    running = [
        PROCESSES.Process(target=work, args=(start, answers, *arguments)) for _ in range(count)
    ]
    for process in running:
        process.start()
    try:
        return [answers.get(timeout=120) for _ in running]
    finally:
        for process in running:
            process.join(timeout=10)
            process.kill()


def raise_counters(start, answers, url, note_ids, edits):
    """Add one to the number in each note in turn; the seconds of each edit, and the errors."""
    store = NoteRepository(url)
    store.version()
    start.wait()
    seconds, errors = [], []
    for number in range(edits):
        began = time.perf_counter()
        try:
            store.change(note_ids[number % len(note_ids)], add_one)
        except Exception as error:
            errors.append(repr(error))
        seconds.append(time.perf_counter() - began)
    store.close()
    answers.put((seconds, errors))


def add_notes(start, answers, url, count):
    """Add notes one by one; the ids that were acknowledged, and the errors."""
    store = NoteRepository(url)
    store.version()
    start.wait()
    ids, errors = [], []
    for number in range(count):
        try:
            ids.append(store.add(Event(id="", day=date(2025, 4, 21), title=f"note {number}")).id)
        except Exception as error:
            errors.append(repr(error))
    store.close()
    answers.put((ids, errors))


def add_one(note):
    return replace(note, text=str(int(note.text) + 1))


def save_or_message(start, answers, url, note_id, times):
    """Read, change and save without a lock; the number of saves, and the messages."""
    store = NoteRepository(url)
    saved, message = 0, []
    store.version()
    start.wait()
    for _ in range(times):
        note = store.get(note_id)
        try:
            store.edit(add_one(note), note.revision, author="Ann")
            saved += 1
        except EditConflict as error:
            message.append(str(error))
    store.close()
    answers.put((saved, message))


def delete_or_edit(start, answers, url, note_id):
    """Try both at revision 1; which of the two was taken."""
    store = NoteRepository(url)
    note = store.get(note_id)
    start.wait()
    taken = []
    for name, act in (
        ("edit", lambda: store.edit(add_one(note), 1)),
        ("delete", lambda: store.delete(note_id, 1)),
    ):
        try:
            act()
            taken.append(name)
        except EditConflict:
            continue
    store.close()
    answers.put(taken)


def add_until_killed(url, acknowledged):
    """Add notes without end and tell each id once it is stored."""
    store = NoteRepository(url)
    number = 0
    while True:
        number += 1
        note = store.add(Event(id="", day=date(2025, 4, 21), title=f"note {number}"))
        acknowledged.send(note.id)


def import_until_killed(url, acknowledged):
    """Import 300 notes at a time without end and tell each import once it is stored."""
    store = NoteRepository(url)
    while True:
        label = secrets.token_hex(8)
        note = Event(id="", day=date(2025, 4, 21), title="a note", author=label)
        record = ImportRecord(label, "CSV", "", rows=300, added=300, duplicates=0, wrong=0)
        stored, _ = store.import_notes(record, [note] * 300)
        acknowledged.send(stored.id)


def open_store(start, answers, url):
    """Open the store for the first time, all at once; the error or an empty text."""
    store = NoteRepository(url)
    start.wait()
    try:
        store.version()
        answers.put("")
    except Exception as error:
        answers.put(repr(error))
    store.close()


def upgrade_store(start, answers, url, release):
    """Bring the schema to a release, all at once; the error or an empty text."""
    database = Database(parse_address(url))
    start.wait()
    try:
        ensure_schema(database, release)
        answers.put("")
    except Exception as error:
        answers.put(repr(error))
    database.close()


def accept_report(start, answers, url):
    """Make a note of the report `report-1`; the message of a refusal, or nothing."""
    store = NoteRepository(url)
    store.version()
    note = Event(id="", day=date(2026, 11, 26), title="The Bank kept its rate")
    start.wait()
    message = ""
    try:
        InboxRepository(store).accept(["report-1"], note, f"process {secrets.token_hex(2)}")
    except InputError as error:
        message = str(error)
    store.close()
    answers.put(message)


def take_reports_in(start, answers, url):
    """Take the same fifty reports in as others do at this moment."""
    store = NoteRepository(url)
    store.version()
    at = datetime(2026, 11, 26, 12, tzinfo=UTC)
    reports = [
        InboxItem(f"report-{n}", "feed", "f", NewsItem("", "", f"Title {n}"), f"report-{n}", at, at)
        for n in range(50)
    ]
    start.wait()
    message = ""
    try:
        InboxRepository(store).ingest(reports)
    except Exception as error:
        message = repr(error)
    store.close()
    answers.put(message)
