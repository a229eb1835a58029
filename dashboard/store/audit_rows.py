"""The record in the database: what was done, to notes and to everything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import exists, literal_column, not_, select, union_all

from dashboard.domain.event import Visibility
from dashboard.domain.on_record import OnRecord
from dashboard.store.action_lines import put_on_record
from dashboard.store.schema import AUDIT, HISTORY, IMPORTS, NOTES
from dashboard.store.who_sees import IMPORT_IS_SEEN, NOTE_IS_SEEN

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
).join(NOTES, NOTES.c.id == HISTORY.c.note_id).where(NOTE_IS_SEEN)  # fmt: skip
_OF_THE_REST: Final = select(
    *(AUDIT.c[name] for name in _NAMES), AUDIT.c.id, literal_column("2").label("kind")
).where(not_(exists().where(IMPORTS.c.id == AUDIT.c.subject, not_(IMPORT_IS_SEEN))))
_BOTH: Final = union_all(_OF_NOTES, _OF_THE_REST).subquery()
_NEWEST: Final = select(_BOTH).order_by(_BOTH.c.at.desc(), _BOTH.c.kind.desc(), _BOTH.c.id.desc())


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
        put_on_record(self._connection, AUDIT, [row | {"at": at, "who": who}])

    def newest(self, most: int) -> tuple[OnRecord, ...]:
        """The last actions on notes and on everything else, the newest first."""
        asked = {"person": self._person}
        rows = self._connection.execute(_NEWEST.limit(most), asked).mappings()
        return tuple(self._seen(OnRecord(**{name: row[name] for name in _NAMES})) for row in rows)

    def _seen(self, action: OnRecord) -> OnRecord:
        """The action without a state that was private to somebody else then."""
        return replace(
            action, before=self._seen_state(action.before), after=self._seen_state(action.after)
        )

    def _seen_state(self, state: State) -> State:
        if state is None or state.get("visibility", Visibility.SHARED) == Visibility.SHARED:
            return state
        return state if self._person and state.get("owner") == self._person else None
