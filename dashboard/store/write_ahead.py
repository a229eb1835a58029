"""SQLite's write-ahead log, switched on although others may be doing the same."""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

_PAUSE_SECONDS: Final = 0.001


def use_wal(connection: Any, patience: float) -> None:
    """Switch to the write-ahead log; while another does the same, SQLite answers "busy" at once.

    Args:
        connection: to a file of SQLite; no transaction is open.
        patience: seconds to go on trying.

    Raises:
        sqlite3.Error: the file is busy for longer, or cannot be used.
    """
    give_up = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
