"""Repository of the inbox: news items, the decisions about them and the state of each feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite

from dashboard.models.article import Precision
from dashboard.models.errors import InputError
from dashboard.models.inbox import DatedBy, Decision, FeedState, InboxItem, NewsItem
from dashboard.storage.note_rows import NoteRows
from dashboard.storage.notes import NoteRepository, utc_now
from dashboard.storage.schema import CANDIDATES, FEED_STATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from dashboard.models.event import Event


# ------------------------------------------------------------
# The inbox in the database: reports taken in once, decided once, with the note each became.


_BATCH_SIZE: Final = 400
_NEWS_ITEM_FIELDS: Final = tuple(each.name for each in fields(NewsItem))
_INBOX_ITEM_FIELDS: Final = tuple(each.name for each in fields(InboxItem) if each.name != "report")
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
        person: whose notes the accepted ones become.
    """

    def __init__(self, connection: Connection, person: str = "") -> None:
        self._connection = connection
        self._person = person

    def find(self, since: datetime | None = None) -> tuple[InboxItem, ...]:
        """Every candidate that was seen since a moment, in the order of ids."""
        query = select(CANDIDATES).order_by(CANDIDATES.c.id)
        if since is not None:
            query = query.where(CANDIDATES.c.fetched_at >= since)
        return tuple(map(_item_from_row, self._connection.execute(query).mappings()))

    def by_ids(self, ids: Sequence[str], *, to_change: bool = False) -> tuple[InboxItem, ...]:
        """The candidates of some ids, in the order of ids, locked where they will be changed."""
        query = select(CANDIDATES).where(CANDIDATES.c.id.in_(ids)).order_by(CANDIDATES.c.id)
        query = query.with_for_update() if to_change else query
        return tuple(map(_item_from_row, self._connection.execute(query).mappings()))

    def ingest(self, candidates: Sequence[InboxItem]) -> int:
        """Insert those that are new, and note that the others were seen again; how many are new.

        What was decided stays decided: of a candidate that is known only `fetched_at` changes.
        """
        known = self._known([each.id for each in candidates])
        seen = (each for each in candidates if each.id in known)
        again = [{"of": each.id, "seen": each.fetched_at} for each in seen]
        if again:
            self._connection.execute(_UPDATE_FETCHED_AT, again)
        rows = {each.id: _row_from_item(each) for each in candidates if each.id not in known}
        if not rows:
            return 0
        # Another process may have taken the same report in a moment ago.
        made = self._insert(CANDIDATES).on_conflict_do_nothing(index_elements=["id"])
        self._connection.execute(made, list(rows.values()))
        return len(rows)

    def decide(self, ids: Sequence[str], state: Decision, at: datetime, who: str) -> None:
        """Decide about new candidates, all of them or none.

        Raises:
            InputError: somebody decided about one of them before.
        """
        for each in self._all_of(ids):
            if each.state is not Decision.NEW:
                raise InputError(_already_decided_message(each))
        self._set(ids, state=state.value, decided_at=at, decided_by=who)

    def accept(self, ids: Sequence[str], note: Event, at: datetime, who: str) -> Event:
        """Make a note of candidates: note and decision together, or neither."""
        self.decide(ids, Decision.ACCEPTED, at, who)
        created = NoteRows(self._connection, self._person).create(note, at, who)
        self._set(ids, note_id=created.id)
        return created

    def reopen(self, ids: Sequence[str]) -> None:
        """Take the dismissal of candidates back; one that became a note stays accepted.

        Raises:
            InputError: one of them is a note by now.
        """
        for each in self._all_of(ids):
            if each.state is Decision.ACCEPTED:
                raise InputError(_already_decided_message(each))
        self._set(ids, state=Decision.NEW.value, decided_at=None, decided_by="")

    def feed_states(self) -> tuple[FeedState, ...]:
        """What became of each feed when it was last asked, in the order of ids."""
        query = select(FEED_STATES).order_by(FEED_STATES.c.feed_id)
        rows = self._connection.execute(query).mappings()
        return tuple(
            FeedState(**{name: row[column] for name, column in _FEED_STATE_COLUMNS.items()}
                      | {"messages": tuple(row["told"])})
            for row in rows
        )  # fmt: skip

    def record_feed_state(self, state: FeedState) -> None:
        """Keep what became of a feed; a failure leaves the last good answer on record."""
        row = {column: getattr(state, name) for name, column in _FEED_STATE_COLUMNS.items()}
        row["told"] = list(state.messages)
        kept = ("asked_at", "problem") if state.problem else tuple(row)[1:]
        made = self._insert(FEED_STATES).values(row)
        changed = {name: made.excluded[name] for name in kept}
        self._connection.execute(
            made.on_conflict_do_update(index_elements=["feed_id"], set_=changed)
        )

    def _insert(self, table: Table) -> Any:
        is_sqlite = self._connection.dialect.name == "sqlite"
        return insert_on_sqlite(table) if is_sqlite else insert_on_postgresql(table)

    def _known(self, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for first in range(0, len(ids), _BATCH_SIZE):
            some = select(CANDIDATES.c.id).where(
                CANDIDATES.c.id.in_(ids[first : first + _BATCH_SIZE])
            )
            found.update(self._connection.scalars(some))
        return found

    def _all_of(self, ids: Sequence[str]) -> tuple[InboxItem, ...]:
        found = self.by_ids(ids, to_change=True)
        missing = set(ids) - {each.id for each in found}
        if missing or not ids:
            named = min(missing)[:60] if missing else "nothing"
            msg = f"{named}: there is no report with this id; see `inbox list`"
            raise InputError(msg)
        return found

    def _set(self, ids: Iterable[str], **values: Any) -> None:
        self._connection.execute(
            update(CANDIDATES).where(CANDIDATES.c.id.in_(list(ids))).values(**values)
        )


def _already_decided_message(candidate: InboxItem) -> str:
    who = candidate.decided_by or "somebody"
    when = f" at {candidate.decided_at:%Y-%m-%d %H:%M} UTC" if candidate.decided_at else ""
    became = f" (note {candidate.note_id})" if candidate.note_id else ""
    return (
        f"“{candidate.report.title[:60]}” was {candidate.state.value} by {who}{when}{became};"
        " nothing was changed, look at the inbox again"
    )


def _row_from_item(candidate: InboxItem) -> dict[str, Any]:
    row = {name: getattr(candidate, name) for name in _INBOX_ITEM_FIELDS}
    row |= {name: getattr(candidate.report, name) for name in _NEWS_ITEM_FIELDS}
    row["note_id"] = candidate.note_id or None
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


# ------------------------------------------------------------
# The inbox: reports and what was decided about them, beside the notes in the same database.


T = TypeVar("T")


class InboxRepository:
    """The inbox of a store of notes; any number of threads and processes may share one.

    Every method raises StoreError where the database cannot be used.

    Args:
        notes: the store of notes, whose database it shares.
        clock: the present moment in UTC.
    """

    def __init__(self, notes: NoteRepository, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._notes = notes
        self._clock = clock

    def find(self, since: datetime | None = None) -> tuple[InboxItem, ...]:
        """Every candidate that was seen since a moment, in the order of ids."""
        return self._read(lambda rows: rows.find(since))

    def by_ids(self, ids: Sequence[str]) -> tuple[InboxItem, ...]:
        """The candidates of some ids; what there is not is left out."""
        return self._read(lambda rows: rows.by_ids(ids))

    def ingest(self, candidates: Sequence[InboxItem]) -> int:
        """Keep reports, each once; how many are new. What was decided stays decided."""
        return self._write(lambda rows: rows.ingest(candidates))

    def accept(self, ids: Sequence[str], note: Event, who: str = "") -> Event:
        """Make one note of candidates, note and decision together or neither.

        Raises:
            InputError: somebody decided about one of them before, or there is none such.
        """
        return self._write(lambda rows: rows.accept(ids, note, self._clock(), self._author(who)))

    def decide(self, ids: Sequence[str], state: Decision, who: str = "") -> None:
        """Decide about candidates, all of them or none.

        Raises:
            InputError: somebody decided about one of them before, or there is none such.
        """
        self._write(lambda rows: rows.decide(ids, state, self._clock(), self._author(who)))

    def reopen(self, ids: Sequence[str]) -> None:
        """Take a dismissal back.

        Raises:
            InputError: one of them is a note by now, or there is none such.
        """
        self._write(lambda rows: rows.reopen(ids))

    def feed_states(self) -> tuple[FeedState, ...]:
        """What became of each feed when it was last asked."""
        return self._read(lambda rows: rows.feed_states())

    def record_feed_state(self, state: FeedState) -> None:
        """Keep what became of a feed."""
        self._write(lambda rows: rows.record_feed_state(state))

    def _author(self, told: str) -> str:
        return self._notes.person or told

    def _read(self, work: Callable[[InboxRows], T]) -> T:

        return self._notes.read_transaction(lambda link: work(InboxRows(link, self._notes.person)))

    def _write(self, work: Callable[[InboxRows], T]) -> T:

        return self._notes.write_transaction(lambda link: work(InboxRows(link, self._notes.person)))
