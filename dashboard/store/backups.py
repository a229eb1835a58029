"""Copies of a SQLite database that hold every committed row, also while others write."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from dashboard.domain.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

KEPT: Final = 7


def backup_before_upgrade(file: Path, revision: str) -> Path:
    """Copy the database beside itself and drop all but the newest seven such copies.

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
    backup(file, target)
    prefix = f"{file.stem}.before-upgrade-"
    copies = sorted(place for place in file.parent.iterdir() if place.name.startswith(prefix))
    for old in copies[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def backup(file: Path, target: Path) -> None:
    """Copy a database with SQLite's own backup, never as a file, to a new file of mode 0600.

    Raises:
        StoreError: the copy cannot be written, or `target` exists.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except (OSError, sqlite3.Error) as error:
        msg = f"{file.name}: no copy could be written to {target.name}; free some space"
        raise StoreError(msg) from error
