"""SQLite files: private creation, write-ahead log, locks between processes, consistent copies."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dashboard.models.errors import StoreError
from dashboard.models.messages import translate as _

MAX_UPGRADE_BACKUPS: Final = 7
_WAL_RETRY_SECONDS: Final = 0.001


def create_private_file(file: Path) -> None:
    """Create an empty file only its owner may read, in a folder only its owner may enter.

    Folders and files that exist keep their permissions.

    Raises:
        StoreError: the folder or the file cannot be created.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # O_EXCL: closing a file that SQLite has open in this process would drop SQLite's locks.
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else _("unknown reason")
        msg = _(
            "{name}: cannot be created ({reason}); free or name another place",
            name=file.name,
            reason=reason,
        )
        raise StoreError(msg) from error


def enable_wal(connection: Any, timeout: float) -> None:
    """Switch to the write-ahead log; while another does the same, SQLite answers "busy" at once.

    Args:
        connection: to a file of SQLite; no transaction is open.
        timeout: seconds to go on trying.

    Raises:
        sqlite3.Error: the file is busy for longer, or cannot be used.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_WAL_RETRY_SECONDS)
        else:
            return


@contextmanager
def file_lock(file: Path, timeout: float) -> Iterator[bool]:
    """Hold a lock between processes; yield whether it was acquired in `timeout` seconds.

    SQLite's own locking is used: it works alike on every system, needs no library, and the
    system releases the lock however its holder ends.

    Raises:
        StoreError: the file cannot be created.
    """
    create_private_file(file)
    with closing(sqlite3.connect(file, timeout=timeout, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
            return
        try:
            yield True
        finally:
            connection.execute("ROLLBACK")


def backup_before_upgrade(file: Path, revision: str) -> Path:
    """Copy the database in its folder and delete all but the newest seven such copies.

    Args:
        file: the database.
        revision: its schema, part of the copy's name.

    Returns:
        The copy: `<stem>.before-upgrade-<moment>-<revision><suffix>`, readable by its owner.

    Raises:
        StoreError: the copy cannot be written.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = file.with_name(f"{file.stem}.before-upgrade-{stamp}-{revision}{file.suffix}")
    copy_sqlite_database(file, target)
    prefix = f"{file.stem}.before-upgrade-"
    copies = sorted(path for path in file.parent.iterdir() if path.name.startswith(prefix))
    for old in copies[:-MAX_UPGRADE_BACKUPS]:
        old.unlink(missing_ok=True)
    return target


def copy_sqlite_database(file: Path, target: Path) -> None:
    """Copy a database with SQLite's backup call, also while others write, to a file of mode 0600.

    Raises:
        StoreError: the copy cannot be written, or `target` exists.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except (OSError, sqlite3.Error) as error:
        msg = _(
            "{name}: no copy could be written to {folder}; free some space",
            name=file.name,
            folder=target.name,
        )
        raise StoreError(msg) from error
