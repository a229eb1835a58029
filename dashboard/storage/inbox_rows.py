"""Rows of the inbox and of feed states, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from dashboard.models.article import Precision
from dashboard.models.errors import InputError
from dashboard.models.inbox import DatedBy, Decision, FeedState, InboxItem, NewsItem
from dashboard.models.messages import deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.storage.note_rows import NoteRows
from dashboard.storage.schema import CANDIDATES, FEED_STATES

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from dashboard.models.event import Event

_BATCH_SIZE: Final = 400
_NEWS_ITEM_FIELDS: Final = tuple(field.name for field in fields(NewsItem))
_INBOX_ITEM_FIELDS: Final = tuple(f.name for f in fields(InboxItem) if f.name != "report")
_FEED_STATE_COLUMNS: Final = {
    field.name: {"tried_at": "asked_at", "messages": "told"}.get(field.name, field.name)
    for field in fields(FeedState)
}
"""The column of each field of a feed's state."""
_UPDATE_FETCHED_AT: Final = (
    update(CANDIDATES)
    .where(CANDIDATES.c.id == bindparam("of"))
    .values(fetched_at=bindparam("seen"))
)


class InboxRows:
    """The inbox as one transaction sees it.

    Args:
        connection: in a transaction, a writing one for a change.
        person: the owner of the notes that accepted items become.
    """

    def __init__(self, connection: Connection, person: str = "") -> None:
        self._connection = connection
        self._person = person

    def find(self, since: datetime | None = None) -> tuple[InboxItem, ...]:
        """Every item fetched since a moment, in the order of ids."""
        query = select(CANDIDATES).order_by(CANDIDATES.c.id)
        if since is not None:
            query = query.where(CANDIDATES.c.fetched_at >= since)
        return tuple(map(_item_from_row, self._connection.execute(query).mappings()))

    def by_ids(self, ids: Sequence[str], *, to_change: bool = False) -> tuple[InboxItem, ...]:
        """The items of some ids, in the order of ids, locked where they will be changed."""
        query = select(CANDIDATES).where(CANDIDATES.c.id.in_(ids)).order_by(CANDIDATES.c.id)
        query = query.with_for_update() if to_change else query
        return tuple(map(_item_from_row, self._connection.execute(query).mappings()))

    def ingest(self, items: Sequence[InboxItem]) -> int:
        """Insert new items and update `fetched_at` of known ones; returns how many are new."""
        known = self._existing_ids([item.id for item in items])
        seen = [{"of": item.id, "seen": item.fetched_at} for item in items if item.id in known]
        if seen:
            self._connection.execute(_UPDATE_FETCHED_AT, seen)
        rows = {item.id: _row_from_item(item) for item in items if item.id not in known}
        if not rows:
            return 0
        # Another process may have inserted the same item a moment ago.
        statement = self._insert(CANDIDATES).on_conflict_do_nothing(index_elements=["id"])
        self._connection.execute(statement, list(rows.values()))
        return len(rows)

    def decide(self, ids: Sequence[str], state: Decision, at: datetime, author: str) -> None:
        """Decide about new items, all of them or none.

        Raises:
            InputError: one of them was decided before.
        """
        for item in self._find_all(ids):
            if item.state is not Decision.NEW:
                raise InputError(_already_decided_message(item))
        self._set(ids, state=state.value, decided_at=at, decided_by=author)

    def accept(self, ids: Sequence[str], note: Event, at: datetime, author: str) -> Event:
        """Make a note of items; note and decision are written together."""
        self.decide(ids, Decision.ACCEPTED, at, author)
        created = NoteRows(self._connection, self._person).create(note, at, author)
        self._set(ids, note_id=created.id)
        return created

    def reopen(self, ids: Sequence[str]) -> None:
        """Take the dismissal of items back; one that became a note stays accepted.

        Raises:
            InputError: one of them became a note.
        """
        for item in self._find_all(ids):
            if item.state is Decision.ACCEPTED:
                raise InputError(_already_decided_message(item))
        self._set(ids, state=Decision.NEW.value, decided_at=None, decided_by="")

    def feed_states(self) -> tuple[FeedState, ...]:
        """The result of the last request to each feed, in the order of ids."""
        query = select(FEED_STATES).order_by(FEED_STATES.c.feed_id)
        rows = self._connection.execute(query).mappings()
        return tuple(
            FeedState(
                **{name: row[column] for name, column in _FEED_STATE_COLUMNS.items()}
                | {"messages": tuple(row["told"])}
            )
            for row in rows
        )

    def record_feed_state(self, state: FeedState) -> None:
        """Store the result of a request to a feed; a failure keeps the last good answer."""
        row = {column: getattr(state, name) for name, column in _FEED_STATE_COLUMNS.items()}
        row["told"] = list(state.messages)
        updated = ("asked_at", "problem") if state.problem else tuple(row)[1:]
        statement = self._insert(FEED_STATES).values(row)
        values = {name: statement.excluded[name] for name in updated}
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["feed_id"], set_=values)
        )

    def _insert(self, table: Table) -> Any:
        is_sqlite = self._connection.dialect.name == "sqlite"
        return insert_on_sqlite(table) if is_sqlite else insert_on_postgresql(table)

    def _existing_ids(self, ids: Sequence[str]) -> set[str]:
        existing: set[str] = set()
        for first in range(0, len(ids), _BATCH_SIZE):
            batch = CANDIDATES.c.id.in_(ids[first : first + _BATCH_SIZE])
            existing.update(self._connection.scalars(select(CANDIDATES.c.id).where(batch)))
        return existing

    def _find_all(self, ids: Sequence[str]) -> tuple[InboxItem, ...]:
        items = self.by_ids(ids, to_change=True)
        missing = set(ids) - {item.id for item in items}
        if missing or not ids:
            named = min(missing)[:60] if missing else _("nothing")
            msg = _("{id}: there is no report with this id; see `inbox list`", id=named)
            raise InputError(msg)
        return items

    def _set(self, ids: Iterable[str], **values: Any) -> None:
        self._connection.execute(
            update(CANDIDATES).where(CANDIDATES.c.id.in_(list(ids))).values(**values)
        )


def _already_decided_message(item: InboxItem) -> str:
    decision = translate_deferred(
        _DECISIONS[item.state, item.decided_at is not None],
        title=item.report.title[:60],
        author=item.decided_by or _("somebody"),
        at=item.decided_at,
    )
    if item.note_id:
        decision = _("{decision} (note {id})", decision=decision, id=item.note_id)
    return join_clauses(decision, _("nothing was changed, look at the inbox again"))


_DECISIONS: Final = {
    (Decision.ACCEPTED, True): deferred(
        "“{title}” was accepted by {author} at {at:%Y-%m-%d %H:%M} UTC"
    ),
    (Decision.ACCEPTED, False): deferred("“{title}” was accepted by {author}"),
    (Decision.DISMISSED, True): deferred(
        "“{title}” was dismissed by {author} at {at:%Y-%m-%d %H:%M} UTC"
    ),
    (Decision.DISMISSED, False): deferred("“{title}” was dismissed by {author}"),
}
"""By the decision, and whether its time is known."""


def _row_from_item(item: InboxItem) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in _INBOX_ITEM_FIELDS}
    row |= {name: getattr(item.report, name) for name in _NEWS_ITEM_FIELDS}
    row["note_id"] = item.note_id or None
    for name in ("state", "precision", "dated_by"):
        row[name] = str(row[name])
    return row


def _item_from_row(row: Mapping[Any, Any]) -> InboxItem:
    report = NewsItem(**{name: row[name] for name in _NEWS_ITEM_FIELDS})
    report = replace(
        report, precision=Precision(report.precision), dated_by=DatedBy(report.dated_by)
    )
    values = {name: row[name] for name in _INBOX_ITEM_FIELDS}
    values["state"], values["note_id"] = Decision(row["state"]), row["note_id"] or ""
    return InboxItem(report=report, **values)
