"""The record in the database: what was done, to notes and to everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import literal_column, select, union_all

from dashboard.domain.on_record import OnRecord
from dashboard.store.action_lines import put_on_record
from dashboard.store.schema import AUDIT, HISTORY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    State: TypeAlias = Mapping[str, Any] | None

_NAMES: Final = ("at", "who", "origin", "action", "subject", "before", "after")
_OF_NOTES: Final = select(
    HISTORY.c.at, HISTORY.c.who, HISTORY.c.origin, HISTORY.c.action,
    HISTORY.c.note_id.label("subject"), HISTORY.c.before, HISTORY.c.after,
    HISTORY.c.id, literal_column("1").label("kind"),
)  # fmt: skip
_OF_THE_REST: Final = select(
    *(AUDIT.c[name] for name in _NAMES), AUDIT.c.id, literal_column("2").label("kind")
)
_BOTH: Final = union_all(_OF_NOTES, _OF_THE_REST).subquery()
_NEWEST: Final = select(_BOTH).order_by(_BOTH.c.at.desc(), _BOTH.c.kind.desc(), _BOTH.c.id.desc())


class AuditRows:
    """The record as one transaction sees it.

    Args:
        connection: in a transaction, a writing one to add to it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, action: str, subject: str, states: tuple[State, State], at: datetime, who: str
    ) -> None:
        """Put an action on record: on what, how it stood before and after, when, by whom."""
        before, after = states
        row = {"action": action, "subject": subject, "before": before, "after": after}
        put_on_record(self._connection, AUDIT, [row | {"at": at, "who": who}])

    def newest(self, most: int) -> tuple[OnRecord, ...]:
        """The last actions on notes and on everything else, the newest first."""
        rows = self._connection.execute(_NEWEST.limit(most)).mappings()
        return tuple(OnRecord(**{name: row[name] for name in _NAMES}) for row in rows)
