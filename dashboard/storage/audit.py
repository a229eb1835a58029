"""Audit trail: one entry for every action, written in its transaction and logged after the commit."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import exists, insert, literal_column, not_, select, union_all

from dashboard.models.event import Visibility
from dashboard.models.records import AuditEntry
from dashboard.storage.schema import AUDIT, HISTORY, IMPORTS, NOTES
from dashboard.storage.visibility import IMPORT_IS_VISIBLE, NOTE_IS_VISIBLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Table


# ------------------------------------------------------------
# Actions on record: a row in the same transaction, and one line in the log once it is committed.
#
# A line is one JSON object, so that a title with line ends cannot forge a second one. It names
# who did what to which note; what the note says stays in the database.


log: Final = logging.getLogger("dashboard.actions")
_PENDING: Final = "actions"
_BULK_ACTIONS: Final = {"import", "undo-import"}


def write_audit(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows to a table of actions, and have them told when the transaction is committed.

    Args:
        connection: in a writing transaction.
        table: `note_history` or `list_audit_log`.
        rows: with `at`, `who`, `action` and `note_id` or `name_subject`.
    """
    connection.execute(insert(table), list(rows))
    connection.info.setdefault(_PENDING, []).extend(rows)


def discard_pending_actions(connection: Connection) -> None:
    """Forget what an earlier transaction on this connection left untold: it was rolled back."""
    connection.info.pop(_PENDING, None)


def log_committed_actions(connection: Connection, door: str) -> None:
    """Write one line for every action of the transaction that was just committed.

    An import is one action, whatever it did to its notes: ten thousand lines tell nobody more.
    """
    rows = connection.info.pop(_PENDING, [])
    whole = [row for row in rows if row["action"] in _BULK_ACTIONS]
    for row in whole or rows:
        log.info("%s", _log_line(row, door))


def _log_line(row: dict[str, Any], door: str) -> str:
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


# ------------------------------------------------------------
# The record in the database: what was done, to notes and to everything else.


if TYPE_CHECKING:
    State: TypeAlias = Mapping[str, Any] | None

_AUDIT_COLUMNS: Final = ("at", "who", "origin", "action", "subject", "before", "after")
_NOTE_ACTIONS: Final = select(
    HISTORY.c.at, HISTORY.c.who, HISTORY.c.origin, HISTORY.c.action,
    HISTORY.c.note_id.label("subject"), HISTORY.c.before, HISTORY.c.after,
    HISTORY.c.id, literal_column("1").label("kind"),
).join(NOTES, NOTES.c.id == HISTORY.c.note_id).where(NOTE_IS_VISIBLE)  # fmt: skip
_OTHER_ACTIONS: Final = select(
    *(AUDIT.c[name] for name in _AUDIT_COLUMNS), AUDIT.c.id, literal_column("2").label("kind")
).where(not_(exists().where(IMPORTS.c.id == AUDIT.c.subject, not_(IMPORT_IS_VISIBLE))))
_ALL_ACTIONS: Final = union_all(_NOTE_ACTIONS, _OTHER_ACTIONS).subquery()
_NEWEST_ACTIONS: Final = select(_ALL_ACTIONS).order_by(
    _ALL_ACTIONS.c.at.desc(), _ALL_ACTIONS.c.kind.desc(), _ALL_ACTIONS.c.id.desc()
)


class AuditRows:
    """The record as one transaction sees it.

    Args:
        connection: in a transaction, a writing one to add to it.
        person: who reads it; what is private to others is not there.
    """

    def __init__(self, connection: Connection, person: str = "") -> None:
        self._connection = connection
        self._person = person

    def add(
        self, action: str, subject: str, states: tuple[State, State], at: datetime, who: str
    ) -> None:
        """Put an action on record: on what, how it stood before and after, when, by whom."""
        before, after = states
        row = {"action": action, "subject": subject, "before": before, "after": after}
        write_audit(self._connection, AUDIT, [row | {"at": at, "who": who}])

    def newest(self, most: int) -> tuple[AuditEntry, ...]:
        """The last actions on notes and on everything else, the newest first."""
        asked = {"person": self._person}
        rows = self._connection.execute(_NEWEST_ACTIONS.limit(most), asked).mappings()
        return tuple(
            self._seen(AuditEntry(*(row[name] for name in _AUDIT_COLUMNS))) for row in rows
        )

    def _seen(self, action: AuditEntry) -> AuditEntry:
        """The action without a state that was private to somebody else then."""
        return replace(
            action, before=self._seen_state(action.before), after=self._seen_state(action.after)
        )

    def _seen_state(self, state: State) -> State:
        if state is None or state.get("visibility", Visibility.SHARED) == Visibility.SHARED:
            return state
        return state if self._person and state.get("owner") == self._person else None
