"""A disk that is full at growing points of a change: for a process of its own, which it limits."""

from __future__ import annotations

import resource
from pathlib import Path

from dashboard.models.errors import RoubleReactionError
from dashboard.storage.notes import NoteRepository
from tests.storage.notes_form import NOTE

STEP = 1_024


def write_on_full_disks(answers, folder, points):
    """At each point: notes are written until the disk is full, then it is emptied.

    A file of SQLite may then not grow beyond what it is and `point` KiB (RLIMIT_FSIZE), so
    that the write-ahead log, its index or the database fails at another write each time.

    Sends for every point: the message, whether what was acknowledged could still be read,
    and whether the next note was taken without a restart.
    """
    for point in points:
        file = Path(folder) / f"{point}.db"
        store = NoteRepository(f"sqlite:///{file}")
        stored, message = [store.add(NOTE)], ""
        largest = max(item.stat().st_size for item in Path(folder).glob(f"{point}.db*"))
        limit(largest + point * STEP)
        while not message:
            try:
                stored.append(store.add(NOTE))
            except RoubleReactionError as error:
                message = str(error)
        is_readable = read_or_fail(store) == len(stored)
        limit(resource.RLIM_INFINITY)
        stored.append(store.add(NOTE))
        answers.put((message, is_readable, {n.id for n in store.notes()} == ids_of(stored)))
        store.close()


def limit(size):
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


def read_or_fail(store):
    try:
        return len(store.notes())
    except RoubleReactionError:
        return -1


def ids_of(notes):
    return {note.id for note in notes}
