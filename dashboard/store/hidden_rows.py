"""Which events of the catalogue a person does not want to see; the catalogue itself stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, insert, select

from dashboard.store.audit_rows import AuditRows
from dashboard.store.schema import HIDDEN_EVENTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_OWN: Final = select(HIDDEN_EVENTS.c.event_id).where(HIDDEN_EVENTS.c.person == bindparam("of"))
_FORGET: Final = delete(HIDDEN_EVENTS).where(
    HIDDEN_EVENTS.c.person == bindparam("of"), HIDDEN_EVENTS.c.event_id == bindparam("named")
)


class HiddenRows:
    """What one person hides, as one transaction sees it.

    Args:
        connection: in a transaction, a writing one for a change.
        person: whose list it is; people without a name share one.
    """

    def __init__(self, connection: Connection, person: str) -> None:
        self._connection = connection
        self._person = person

    def find_all(self) -> frozenset[str]:
        """The ids of the events."""
        return frozenset(self._connection.scalars(_OWN, {"of": self._person}))

    def hide(self, ids: Sequence[str], at: datetime) -> None:
        """Add ids; those that are there already stay as they are."""
        there = self.find_all()
        new = [name for name in dict.fromkeys(ids) if name not in there]
        if new:
            rows = [{"person": self._person, "event_id": name, "at": at} for name in new]
            self._connection.execute(insert(HIDDEN_EVENTS), rows)
            self._put_on_record("hide", new, at)

    def show(self, ids: Sequence[str], at: datetime) -> None:
        """Take ids away again; those that are not there stay away."""
        there = self.find_all()
        gone = [name for name in dict.fromkeys(ids) if name in there]
        if gone:
            rows = [{"of": self._person, "named": name} for name in gone]
            self._connection.execute(_FORGET, rows)
            self._put_on_record("unhide", gone, at)

    def _put_on_record(self, action: str, names: Sequence[str], at: datetime) -> None:
        record = AuditRows(self._connection, self._person)
        for name in names:
            record.add(action, name, (None, None), at, self._person)
