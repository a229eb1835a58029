"""A lock among processes on one file, given back by the system however its holder ends.

SQLite's own locking is used: it works alike on every system and needs no library.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dashboard.store.private_file import prepare_file


@contextmanager
def held(file: Path, patience: float) -> Iterator[bool]:
    """Hold the lock of a file; yield whether it was got in `patience` seconds.

    Raises:
        StoreError: the file cannot be created.
    """
    prepare_file(file)
    with closing(sqlite3.connect(file, timeout=patience, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
            return
        try:
            yield True
        finally:
            connection.execute("ROLLBACK")
