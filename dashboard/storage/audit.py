"""Audit trail: every action on notes, imports, tokens and backups, stored in its transaction.

The times of what is limited are here too: the limits hold for all processes on one database.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import (
    and_,
    bindparam,
    exists,
    literal_column,
    not_,
    select,
    text,
    union_all,
    update,
)

from dashboard.models.event import Visibility
from dashboard.models.records import AuditEntry
from dashboard.storage.database import write_actions
from dashboard.storage.schema import (
    AUDIT,
    HISTORY,
    IMPORT_IS_VISIBLE,
    IMPORTS,
    NOTE_IS_VISIBLE,
    NOTES,
    RECENT_ACTIONS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from dashboard.storage.upgrade import CurrentDatabase

    State: TypeAlias = Mapping[str, Any] | None


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
        rows = self._database.read(lambda c: c.execute(query, params).all(), person=None)
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


# ---- recent actions, for rate limits

_OF_PERSON: Final = and_(
    RECENT_ACTIONS.c.person == bindparam("of"), RECENT_ACTIONS.c.action == bindparam("kind")
)
_TIMES: Final = select(RECENT_ACTIONS.c.times).where(_OF_PERSON)
_TIMES_FOR_UPDATE: Final = _TIMES.with_for_update()
_ADD_PERSON: Final = text(
    "INSERT INTO recent_actions (person, action, times) VALUES (:of, :kind, '[]')"
    " ON CONFLICT DO NOTHING"
)


class RecentActions:
    """When each person did what is limited; each method raises StoreError where it fails.

    Args:
        database: holds the times.
    """

    def __init__(self, database: CurrentDatabase) -> None:
        self._database = database

    def times(self, person: str, action: str) -> Sequence[float]:
        """The times of a person's actions of one kind, in seconds since 1970."""
        params = {"of": person, "kind": action}
        return self._database.read(lambda c: c.scalar(_TIMES, params)) or ()

    def update(
        self, person: str, action: str, change: Callable[[Sequence[float]], Sequence[float]]
    ) -> None:
        """Replace the times by what `change` makes of them; other processes wait meanwhile.

        Where `change` raises, nothing is stored.
        """
        params = {"of": person, "kind": action}

        def replace_times(connection: Connection) -> None:
            times = connection.scalar(_TIMES_FOR_UPDATE, params)
            if times is None:
                connection.execute(_ADD_PERSON, params)
                times = connection.scalar(_TIMES_FOR_UPDATE, params)
            query = update(RECENT_ACTIONS).where(_OF_PERSON).values(times=list(change(times or ())))
            connection.execute(query, params)

        self._database.write(replace_times)
