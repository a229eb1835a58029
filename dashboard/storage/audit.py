"""Audit trail: one entry for every action, stored in its transaction, logged after the commit.

A line of the log is one JSON object, so that a title with line ends cannot forge a second line.
It names the author, the action and the note; the text of the note stays in the database.
"""

from __future__ import annotations

import json
import logging
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import exists, insert, literal_column, not_, select, union_all

from dashboard.models.event import Visibility
from dashboard.models.records import AuditEntry
from dashboard.storage.schema import (
    AUDIT,
    HISTORY,
    IMPORT_IS_VISIBLE,
    IMPORTS,
    NOTE_IS_VISIBLE,
    NOTES,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from dashboard.storage.upgrade import CurrentDatabase

    State: TypeAlias = Mapping[str, Any] | None

log: Final = logging.getLogger("dashboard.actions")
_PENDING: Final = "actions"
_BULK_ACTIONS: Final = {"import", "undo-import"}

_AUDIT_COLUMNS: Final = tuple(field.name for field in fields(AuditEntry))
_NOTE_ACTIONS: Final = select(
    HISTORY.c.at, HISTORY.c.author, HISTORY.c.origin, HISTORY.c.action,
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


def write_actions(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows to a table of actions; they are logged once the transaction is committed.

    Args:
        connection: in a writing transaction.
        table: `note_history` or `audit_log`.
        rows: with `at`, `author`, `action` and `note_id` or `subject`.
    """
    connection.execute(insert(table), list(rows))
    connection.info.setdefault(_PENDING, []).extend(rows)


def discard_pending_actions(connection: Connection) -> None:
    """Drop the actions of an earlier transaction on this connection that was rolled back."""
    connection.info.pop(_PENDING, None)


def log_committed_actions(connection: Connection, interface: str) -> None:
    """Write one line for every action of the transaction that was just committed.

    An import is one action, however many notes it created.
    """
    rows = connection.info.pop(_PENDING, [])
    bulk = [row for row in rows if row["action"] in _BULK_ACTIONS]
    for row in bulk or rows:
        log.info("%s", _log_line(row, interface))


def _log_line(row: dict[str, Any], interface: str) -> str:
    at: datetime = row["at"]
    values = {
        "at": at.astimezone(UTC).isoformat(),
        "action": row["action"],
        "subject": row.get("note_id") or row.get("subject", ""),
        "revision": row.get("revision"),
        "who": row["author"],
        "origin": interface,
        "title": (row.get("after") or {}).get("title"),
    }
    return json.dumps({name: value for name, value in values.items() if value is not None})


def add_audit_entry(
    connection: Connection,
    action: str,
    subject: str,
    signature: tuple[datetime, str],
    states: tuple[State, State] = (None, None),
) -> None:
    """Add an action on a subject, within a transaction.

    Args:
        connection: in a writing transaction.
        action: what was done, such as `import`.
        subject: the id of what it was done to.
        signature: when and by whom.
        states: the subject before and after.
    """
    (at, author), (before, after) = signature, states
    row = {"action": action, "subject": subject, "before": before, "after": after}
    write_actions(connection, AUDIT, [row | {"at": at, "author": author}])


def json_state(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record as the audit trail stores them: moments as text, `who` its author."""
    return {
        "who" if name == "author" else name: value.isoformat()
        if isinstance(value, datetime)
        else value
        for name, value in values.items()
    }


class AuditRepository:
    """The audit trail; each method raises StoreError where the database fails.

    Args:
        database: holds it.
        clock: the present moment in UTC.
        person: the author of actions without one, and the reader: private entries of other users
            are invisible.
    """

    def __init__(
        self, database: CurrentDatabase, clock: Callable[[], datetime], person: str = ""
    ) -> None:
        self._database = database
        self._clock = clock
        self._person = person

    def write(
        self, action: str, subject: str, states: tuple[State, State] = (None, None),
        author: str = "",
    ) -> None:  # fmt: skip
        """Add an action on anything but a note (notes have their own history)."""
        at, signed = self._clock(), author or self._person
        self._database.write(lambda c: add_audit_entry(c, action, subject, (at, signed), states))

    def entries(self, limit: int) -> tuple[AuditEntry, ...]:
        """The last actions on notes and on everything else, the newest first."""
        query, params = _NEWEST_ACTIONS.limit(limit), {"person": self._person}
        rows = self._database.read(lambda c: c.execute(query, params).all())
        entries = (AuditEntry(*row[: len(_AUDIT_COLUMNS)]) for row in rows)
        return tuple(
            replace(e, before=self._visible(e.before), after=self._visible(e.after))
            for e in entries
        )

    def _visible(self, state: State) -> State:
        """The state, or None where it was private to another user."""
        if state is None or state.get("visibility", Visibility.SHARED) == Visibility.SHARED:
            return state
        return state if self._person and state.get("owner") == self._person else None
