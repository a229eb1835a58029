"""Actions on record: a row in the same transaction, and one line in the log once it is committed.

A line is one JSON object, so that a title with line ends cannot forge a second one. It names
who did what to which note; what the note says stays in the database.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Table

log: Final = logging.getLogger("dashboard.actions")
_WAITING: Final = "actions"
_AS_ONE: Final = {"import", "undo-import"}


def put_on_record(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows to a table of actions, and have them told when the transaction is committed.

    Args:
        connection: in a writing transaction.
        table: `note_history` or `audit`.
        rows: with `at`, `who`, `action` and `note_id` or `subject`.
    """
    connection.execute(insert(table), list(rows))
    connection.info.setdefault(_WAITING, []).extend(rows)


def forget_actions(connection: Connection) -> None:
    """Forget what an earlier transaction on this connection left untold: it was rolled back."""
    connection.info.pop(_WAITING, None)


def tell_actions(connection: Connection, door: str) -> None:
    """Write one line for every action of the transaction that was just committed.

    An import is one action, whatever it did to its notes: ten thousand lines tell nobody more.
    """
    rows = connection.info.pop(_WAITING, [])
    whole = [row for row in rows if row["action"] in _AS_ONE]
    for row in whole or rows:
        log.info("%s", _line(row, door))


def _line(row: dict[str, Any], door: str) -> str:
    at: datetime = row["at"]
    told = {
        "at": at.astimezone(UTC).isoformat(),
        "action": row["action"],
        "subject": row.get("note_id") or row.get("subject", ""),
        "revision": row.get("revision"),
        "who": row["who"],
        "origin": door,
        "title": (row.get("after") or {}).get("title"),
    }
    return json.dumps({name: value for name, value in told.items() if value is not None})
