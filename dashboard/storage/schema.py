"""Tables of the database: notes, their history, imports, inbox, audit, tokens, people, alerts.

`recent_actions` holds when each person did what is limited, in seconds since 1970: the limits hold
for all processes on one database.

`shared_files` holds the series and feeds of a team on PostgreSQL, `shared_answers` answers that
took long to compute; one machine has files and its memory for them.

Rows of the history and of the audit trail can only be added: a trigger refuses changes, made by
the migrations on both engines. Their column `origin` is the interface that made the change. A
column with a `key` has another name in the records of the program than in the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Double,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    or_,
)
from sqlalchemy.types import TypeDecorator

from dashboard.models.event import NOTE_FIELDS, Event, EventField, Origin, Visibility

MIGRATIONS: Final = Path(__file__).parent / "migrations"
REVISION: Final = max(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The newest revision: migrations are numbered."""
METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def interface_of(context: Any) -> str:
    """The interface that writes a row (page, cli or api), an execution option of `Database`."""
    return str(context.execution_options.get("interface", ""))


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware on both engines; SQLite stores it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; without the zone for SQLite."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Back to an aware moment in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _note_column(field: EventField) -> Column[Any]:
    """The column of a field of a note; a day, moment or number is NULL where it is not known."""
    kinds: dict[str, Any] = {"date": Date, "moment": UtcDateTime, "tags": JSON, "number": Double}
    if field.kind in {"zone", "category", "choice"}:
        kinds[field.kind] = String(field.limit)
    is_optional = field.kind in {"date", "moment", "number"} and not field.required
    is_indexed = True if field.name == "day" else None
    kind = kinds.get(field.kind, Text)
    return Column(field.name, kind, nullable=is_optional, index=is_indexed)


NOTES: Final = Table(
    "notes",
    METADATA,
    Column("id", String(40), primary_key=True),
    *map(_note_column, NOTE_FIELDS),
    Column("created", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("deleted", UtcDateTime, index=True),
    Column("owner", Text, nullable=False, server_default=""),
    CheckConstraint("end_day >= day", name="end_not_before_start"),
)

HISTORY: Final = Table(
    "note_history",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("note_id", String(40), ForeignKey(NOTES.c.id), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("action", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, key="author", nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("origin", String(10), nullable=False, server_default="", default=interface_of),
    UniqueConstraint("note_id", "revision", name="uq_note_history_note_id"),
    sqlite_autoincrement=True,
)

IMPORTS: Final = Table(
    "imports",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, key="author", nullable=False),
    Column("file_name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by", Text, nullable=False),
    Column("visibility", String(20), nullable=False, server_default="shared"),
    Column("owner", Text, nullable=False, server_default=""),
)

IMPORT_NOTES: Final = Table(
    "import_notes",
    METADATA,
    Column("note_id", String(40), ForeignKey(NOTES.c.id), primary_key=True),
    Column("import_id", String(40), ForeignKey(IMPORTS.c.id), nullable=False, index=True),
)

CANDIDATES: Final = Table(
    "candidates",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("source_id", Text, nullable=False),
    Column("guid", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("day", Date),
    Column("moment", UtcDateTime),
    Column("zone", String(64), nullable=False),
    Column("precision", String(10), nullable=False),
    Column("dated_by", String(10), nullable=False),
    Column("printed", Text, nullable=False),
    Column("doubt", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("tone", Float),
    Column("cluster", String(40), nullable=False, index=True),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("note_id", String(40), ForeignKey(NOTES.c.id)),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text, nullable=False),
)

FEED_STATES: Final = Table(
    "feed_states",
    METADATA,
    Column("feed_id", String(40), primary_key=True),
    Column("asked_at", UtcDateTime, key="tried_at", nullable=False),
    Column("answered_at", UtcDateTime),
    Column("items", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("told", JSON, key="messages", nullable=False),
)

HIDDEN_EVENTS: Final = Table(
    "hidden_events",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, key="author", nullable=False),
    Column("origin", String(10), nullable=False, default=interface_of),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    sqlite_autoincrement=True,
)

TOKENS: Final = Table(
    "tokens",
    METADATA,
    Column("name", String(60), primary_key=True),
    Column("person", Text, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("created", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime),
    Column("last_used", UtcDateTime),
    Column("revoked", UtcDateTime),
    Column("scope", String(10), nullable=False, server_default="write"),
)

PEOPLE: Final = Table(
    "people",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("given_role", String(20)),
    Column("claimed_role", String(20)),
    Column("first_seen", UtcDateTime),
    Column("last_active", UtcDateTime),
    Column("signed_out_at", UtcDateTime),
)

SIGN_INS: Final = Table(
    "sign_ins",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("started", UtcDateTime, nullable=False),
    Column("last_active", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
)

RECENT_ACTIONS: Final = Table(
    "recent_actions",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("action", String(20), primary_key=True),
    Column("times", JSON, nullable=False),
)

ALERT_RULES: Final = Table(
    "alert_rules",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("person", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("target", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("known_until", UtcDateTime, nullable=False),
    Column("removed", UtcDateTime),
)

ALERT_TARGETS: Final = Table(
    "alert_targets",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("label", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("created", UtcDateTime, nullable=False),
)

ALERTS: Final = Table(
    "alerts",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rule_id", String(40), ForeignKey(ALERT_RULES.c.id), nullable=False),
    Column("rule_title", Text, nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("occasion", String(160), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("due", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("problem", Text, nullable=False),
    UniqueConstraint("rule_id", "occasion", name="uq_alerts_rule_id"),
    sqlite_autoincrement=True,
)

BASKETS: Final = Table(
    "baskets",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("members", JSON, nullable=False),
    Column("changed", UtcDateTime, nullable=False),
)

SHARED_FILES: Final = Table(
    "shared_files",
    METADATA,
    Column("folder", String(20), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("version", String(32), nullable=False),
    Column("changed", UtcDateTime, nullable=False),
)

SHARED_ANSWERS: Final = Table(
    "shared_answers",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("content", Text, nullable=False),
    Column("stored", UtcDateTime, nullable=False),
)

TABLES_NOT_RESTORED: Final = frozenset(
    {
        TOKENS.name,
        PEOPLE.name,
        SIGN_INS.name,
        RECENT_ACTIONS.name,
        ALERT_RULES.name,
        ALERT_TARGETS.name,
        ALERTS.name,
    }
)
"""A token, a role or a sign-in that was taken away must not come back with an old backup, and no
alert be sent again."""
ROW_SECURITY_OFF: Final = "dashboard.everyone=on"


def _visible_rows(table: Table) -> ColumnElement[bool]:
    is_own = and_(table.c.owner != "", table.c.owner == bindparam("person"))
    return or_(table.c.visibility == Visibility.SHARED.value, is_own)


NOTE_IS_VISIBLE: Final = _visible_rows(NOTES)
IMPORT_IS_VISIBLE: Final = _visible_rows(IMPORTS)
"""Conditions on `:person`, the user; without a name only shared rows are visible."""


# ---- rows of notes

_NOTE_COLUMNS: Final = tuple(NOTES.columns.keys())
_DATE_COLUMNS: Final = tuple(c.name for c in NOTES.columns if isinstance(c.type, Date))
_TIMESTAMP_COLUMNS: Final = tuple(c.name for c in NOTES.columns if isinstance(c.type, UtcDateTime))


def row_from_note(note: Event) -> dict[str, Any]:
    """The columns of the table of notes."""
    row = {name: getattr(note, name) for name in _NOTE_COLUMNS}
    row["tags"] = list(note.tags)
    return row


def note_from_row(row: Mapping[str, Any]) -> Event:
    """The note of a row, or of `json_from_note` with its dates read."""
    values = {name: row[name] for name in _NOTE_COLUMNS if name in row}
    values["tags"] = tuple(row["tags"])
    return Event(origin=Origin.NOTE, **values)


def json_from_note(note: Event) -> dict[str, Any]:
    """The note as JSON: ISO days, ISO moments in UTC."""
    row = row_from_note(note)
    for name in _DATE_COLUMNS:
        row[name] = row[name] and row[name].isoformat()
    for name in _TIMESTAMP_COLUMNS:
        row[name] = row[name] and row[name].astimezone(UTC).isoformat()
    return row


def note_from_json(stored: Mapping[str, Any] | None) -> Event | None:
    """The note that `json_from_note` wrote; an older release may lack columns."""
    if stored is None:
        return None
    row = dict(stored)
    for name in _DATE_COLUMNS:
        row[name] = row[name] and date.fromisoformat(row[name])
    for name in _TIMESTAMP_COLUMNS:
        row[name] = row[name] and datetime.fromisoformat(row[name])
    return note_from_row(row)
