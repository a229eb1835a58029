"""Repository of the inbox: news items, the decisions about them and the state of each feed."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from dashboard.models.article import Precision
from dashboard.models.errors import InputError
from dashboard.models.inbox import (
    WAITING_KINDS,
    DatedBy,
    Decision,
    FeedState,
    InboxItem,
    NewsItem,
)
from dashboard.models.messages import deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.storage.database import existing_ids, utc_now
from dashboard.storage.schema import CANDIDATES, FEED_STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from dashboard.models.event import Event
    from dashboard.storage.notes import NoteRepository

_NEWS_ITEM_FIELDS: Final = tuple(field.name for field in fields(NewsItem))
_INBOX_ITEM_FIELDS: Final = tuple(f.name for f in fields(InboxItem) if f.name != "report")
_FEED_STATE_COLUMNS: Final = [FEED_STATES.c[field.name] for field in fields(FeedState)]
_ALL_ITEMS: Final = select(CANDIDATES).order_by(CANDIDATES.c.id)
_UPDATE_FETCHED_AT: Final = (
    update(CANDIDATES)
    .where(CANDIDATES.c.id == bindparam("of"))
    .values(fetched_at=bindparam("seen"))
)


class InboxRepository:
    """The inbox of a repository of notes; any number of threads and processes may share one.

    Every method raises StoreError where the database cannot be used.

    Args:
        notes: the repository of notes, whose database it shares.
        clock: the present moment in UTC.
    """

    def __init__(self, notes: NoteRepository, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._notes = notes
        self._clock = clock

    def find(
        self, since: datetime | None = None, kinds: Sequence[str] = WAITING_KINDS
    ) -> tuple[InboxItem, ...]:
        """Every item of some kinds fetched since a moment, in the order of ids."""
        query = _ALL_ITEMS.where(CANDIDATES.c.kind.in_(kinds))
        if since is not None:
            query = query.where(CANDIDATES.c.fetched_at >= since)
        rows = self._notes.database.read(lambda c: c.execute(query).mappings().all())
        return tuple(map(_item_from_row, rows))

    def by_ids(self, ids: Sequence[str]) -> tuple[InboxItem, ...]:
        """The items of some ids, in the order of ids; unknown ids are left out."""
        query = _ALL_ITEMS.where(CANDIDATES.c.id.in_(ids))
        rows = self._notes.database.read(lambda c: c.execute(query).mappings().all())
        return tuple(map(_item_from_row, rows))

    def ingest(self, items: Sequence[InboxItem]) -> int:
        """Store items, each once; returns how many are new. Decisions stay."""
        return self._notes.database.write(lambda connection: _ingest(connection, items))

    def accept(self, ids: Sequence[str], note: Event, author: str = "") -> Event:
        """Make one note of items, note and decision in one transaction.

        Raises:
            InputError: one of them was decided before, or does not exist.
        """

        def accept(connection: Connection) -> Event:
            at, signed = self._clock(), self._notes.signature(author)
            _decide(connection, ids, Decision.ACCEPTED, at, signed)
            (created,) = self._notes.create(connection, [note], at, signed)
            _set(connection, ids, note_id=created.id)
            return created

        return self._notes.database.write(accept, self._notes.person)

    def decide(self, ids: Sequence[str], state: Decision, author: str = "") -> None:
        """Decide about items, all of them or none.

        Raises:
            InputError: one of them was decided before, or does not exist.
        """
        signed = self._notes.signature(author)
        self._notes.database.write(lambda c: _decide(c, ids, state, self._clock(), signed))

    def reopen(self, ids: Sequence[str]) -> None:
        """Take a dismissal back; what became a note stays accepted.

        Raises:
            InputError: one of them became a note, or does not exist.
        """

        def reopen(connection: Connection) -> None:
            _check_state(connection, ids, {Decision.NEW, Decision.DISMISSED})
            _set(connection, ids, state=Decision.NEW.value, decided_at=None, decided_by="")

        self._notes.database.write(reopen)

    def feed_states(self) -> tuple[FeedState, ...]:
        """The result of the last request to each feed, in the order of ids."""
        query = select(*_FEED_STATE_COLUMNS).order_by(FEED_STATES.c.feed_id)
        rows = self._notes.database.read(lambda c: c.execute(query).all())
        states = (dict(zip((f.name for f in fields(FeedState)), row, strict=True)) for row in rows)
        return tuple(
            FeedState(**state | {"messages": tuple(state["messages"])}) for state in states
        )

    def record_feed_state(self, state: FeedState) -> None:
        """Store the result of a request to a feed; a failure keeps the last good answer."""
        row = asdict(state) | {"messages": list(state.messages)}
        updated = ("tried_at", "problem") if state.problem else tuple(row)[1:]

        def store(connection: Connection) -> None:
            statement = _insert(connection, FEED_STATES).values(row)
            values = {FEED_STATES.c[name]: statement.excluded[name] for name in updated}
            connection.execute(
                statement.on_conflict_do_update(index_elements=["feed_id"], set_=values)
            )

        self._notes.database.write(store)


def _ingest(connection: Connection, items: Sequence[InboxItem]) -> int:
    known = existing_ids(connection, CANDIDATES.c.id, [item.id for item in items])
    seen = [{"of": item.id, "seen": item.fetched_at} for item in items if item.id in known]
    if seen:
        connection.execute(_UPDATE_FETCHED_AT, seen)
    rows = {item.id: _row_from_item(item) for item in items if item.id not in known}
    if not rows:
        return 0
    # Another process may have inserted the same item a moment ago.
    statement = _insert(connection, CANDIDATES).on_conflict_do_nothing(index_elements=["id"])
    connection.execute(statement, list(rows.values()))
    return len(rows)


def _decide(
    connection: Connection, ids: Sequence[str], state: Decision, at: datetime, author: str
) -> None:
    _check_state(connection, ids, {Decision.NEW})
    _set(connection, ids, state=state.value, decided_at=at, decided_by=author)


def _check_state(connection: Connection, ids: Sequence[str], allowed: set[Decision]) -> None:
    """Lock items and refuse ids that do not exist or have another state."""
    query = _ALL_ITEMS.where(CANDIDATES.c.id.in_(ids)).with_for_update()
    items = [_item_from_row(row) for row in connection.execute(query).mappings()]
    missing = set(ids) - {item.id for item in items}
    if missing or not ids:
        named = min(missing)[:60] if missing else _("nothing")
        msg = _("{id}: there is no report with this id; see `inbox list`", id=named)
        raise InputError(msg)
    for item in items:
        if item.state not in allowed:
            raise InputError(_already_decided_message(item))


def _set(connection: Connection, ids: Iterable[str], **values: Any) -> None:
    connection.execute(update(CANDIDATES).where(CANDIDATES.c.id.in_(list(ids))).values(**values))


def _insert(connection: Connection, table: Table) -> Any:
    is_sqlite = connection.dialect.name == "sqlite"
    return insert_on_sqlite(table) if is_sqlite else insert_on_postgresql(table)


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
    news = {name: row[name] for name in _NEWS_ITEM_FIELDS}
    news["precision"], news["dated_by"] = Precision(row["precision"]), DatedBy(row["dated_by"])
    report = NewsItem(**news)
    values = {name: row[name] for name in _INBOX_ITEM_FIELDS}
    values["state"], values["note_id"] = Decision(row["state"]), row["note_id"] or ""
    return InboxItem(report=report, **values)
