"""Database connections to SQLite and PostgreSQL: addresses, engines, transactions, error messages.

SQLite: a transaction takes the writer's lock at its first statement (BEGIN IMMEDIATE) and waits
for it; readers never wait (WAL). With SQLAlchemy's defaults 3,338 of 4,000 concurrent edits were
lost without an error, and a migration that failed left half of its tables.

PostgreSQL: one writer at a time for each note (its row is read FOR UPDATE). The policies of its
tables show private rows to the person alone whom each transaction names. A server that freezes
in the middle of a statement answers nothing, and its system still accepts what is sent, so neither
its own limits nor those of the network end the wait: the client must.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import URL, create_engine, event, func, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from dashboard.models.errors import InputError, StoreError
from dashboard.models.event import Visibility
from dashboard.models.messages import at_place, deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.storage.sqlite_files import create_private_file, enable_wal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, Connection, Engine, Table


T = TypeVar("T")

LOCK_WAIT_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 6.0  # so that a wait of 5 s that ends in "busy" is tried once more
MIGRATION_WAIT_SECONDS: Final = 60.0
MIGRATION_STATEMENT_SECONDS: Final = 120.0
PING_SECONDS: Final = 1.5
STATEMENT_GRACE_SECONDS: Final = 1.0
"""How much longer than a statement may take its end by the server is waited for."""
LOCK_POLL_SECONDS: Final = 0.1
KEEPALIVE: Final = {
    "tcp_keepalives_idle": 15,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
IDS_PER_QUERY: Final = 400
SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Limits of a process on PostgreSQL.

    Attributes:
        connections: how many it opens at most.
        connect_seconds: how long it waits for a new one.
        statement_seconds: how long a statement may take.
    """

    connections: int = 15
    connect_seconds: int = 3
    statement_seconds: float = 7.0


DEFAULT_LIMITS: Final = ServerLimits()


@dataclass(frozen=True, slots=True)
class Address:
    """Where the store is; `file` is None for PostgreSQL.

    `name` is what messages say: the bare name of the file or database, never a folder,
    a user or a password.
    """

    url: URL
    file: Path | None
    name: str
    limits: ServerLimits = DEFAULT_LIMITS

    @property
    def engine(self) -> str:
        """The name of the database product."""
        return "PostgreSQL" if self.file is None else "SQLite"


def _with_url_hint(message: str) -> str:
    return join_clauses(message, _("write sqlite:///events.db or postgresql://user@host/database"))


def parse_address(text: str, limits: ServerLimits = DEFAULT_LIMITS) -> Address:
    """Read a database URL; `postgres://` and `postgresql://` mean the psycopg driver.

    Args:
        text: the URL.
        limits: those of a server.

    Raises:
        InputError: the URL cannot be read, or names a database of another kind.
    """
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        msg = _("DATABASE_URL: cannot be read")
        raise InputError(_with_url_hint(msg)) from None
    if backend in {"postgres", POSTGRESQL}:
        url = url.set(drivername="postgresql+psycopg")
        return Address(url, None, f"database {url.database or ''}".strip(), limits)
    if backend != SQLITE:
        msg = _("DATABASE_URL: databases of the kind {kind} are not supported", kind=backend[:20])
        raise InputError(_with_url_hint(msg))
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        msg = _("DATABASE_URL: names no file to keep notes in")
        raise InputError(_with_url_hint(msg))
    file = Path(url.database)
    return Address(url.set(drivername="sqlite+pysqlite"), file, file.name)


# ---- error messages: one line that names what to do, without paths, SQL or library text

_BUSY_REASON: Final = deferred(
    "was held by another program for too long; nothing was saved, try again"
)
_UNKNOWN_REASON: Final = deferred("failed; nothing was saved, try again")
_SQLITE_REASONS: Final = {
    "SQLITE_BUSY": _BUSY_REASON,
    "SQLITE_LOCKED": _BUSY_REASON,
    "SQLITE_FULL": deferred("the disk is full; nothing was saved, free some space and try again"),
    "SQLITE_READONLY": deferred(
        "is read-only; nothing was saved, allow writing or name another place"
    ),
    "SQLITE_CANTOPEN": deferred(
        "cannot be opened; check that its folder exists and may be written to"
    ),
    "SQLITE_IOERR": deferred("the disk reports an error; nothing was saved, check the disk"),
    "SQLITE_NOTADB": deferred("is no SQLite database; move it away or name another place"),
    "SQLITE_CORRUPT": deferred("is damaged; put a backup in its place with the command restore"),
    "SQLITE_AUTH": deferred("may not be read; check its permissions"),
    "SQLITE_PERM": deferred("may not be read; check its permissions"),
}
_POSTGRESQL_REASONS: Final = {
    "08": deferred("does not answer; check that the server runs and DATABASE_URL names it"),
    "25006": deferred("is read-only; nothing was saved, connect to the primary server"),
    "28": deferred("refused the user or the password; check DATABASE_URL"),
    "3D": deferred("does not exist on the server; create it or check DATABASE_URL"),
    "40": _BUSY_REASON,
    "42501": deferred("does not let this user write; grant the rights"),
    "53100": deferred(
        "the disk of the server is full; nothing was saved, free some space and try again"
    ),
    "53": deferred("has no room for another connection; try again"),
    "55P03": _BUSY_REASON,
    "57014": deferred("did not finish in time; nothing was saved, try again"),
    "57": deferred("was restarted; nothing was saved, try again"),
}
_RETRYABLE_SQLSTATES: Final = ("40001", "40P01")
_CONNECTION_ERRORS: Final = {"OperationalError", "ConnectionTimeout", "InterfaceError"}


def store_error(address: Address, error: SQLAlchemyError | OSError) -> StoreError:
    """The error as one line that names the database and what to do.

    The error itself, whose text may be logged, loses the details of the server: they hold rows.
    """
    for each in (error, getattr(error, "orig", None)):
        if each is not None and "\nDETAIL:" in str(each):
            each.args = (str(each).partition("\nDETAIL:")[0],)
    return StoreError(at_place(address.name, translate_deferred(_failure_reason(error))))


def is_retryable(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed if it is run again from its beginning."""
    if error.connection_invalidated:
        return True
    return _sqlite_code(error) == "SQLITE_BUSY" or _sqlstate(error) in _RETRYABLE_SQLSTATES


def _failure_reason(error: SQLAlchemyError | OSError) -> str:
    if isinstance(error, PoolTimeout):
        return deferred("too many people use it at once; try again")
    if not isinstance(error, DBAPIError):
        return _UNKNOWN_REASON
    known = _SQLITE_REASONS.get(_sqlite_code(error))
    if known is None:
        state = _sqlstate(error)
        known = next(
            (_POSTGRESQL_REASONS[key] for key in (state, state[:2]) if key in _POSTGRESQL_REASONS),
            None,
        )
    if known is None and error.connection_invalidated:
        known = _POSTGRESQL_REASONS["08"]
    return known or _UNKNOWN_REASON


def _sqlite_code(error: DBAPIError) -> str:
    """The primary result code, such as SQLITE_BUSY for SQLITE_BUSY_SNAPSHOT."""
    name = getattr(error.orig, "sqlite_errorname", "") or ""
    return "_".join(name.split("_")[:2])


def _sqlstate(error: DBAPIError) -> str:
    """The SQLSTATE of PostgreSQL; a connection that failed counts as class 08."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None and type(error.orig).__module__.startswith("psycopg"):
        return "08" if type(error.orig).__name__ in _CONNECTION_ERRORS else ""
    return state or ""


# ---- engines


def sqlite_engine(
    address: Address, pool: dict[str, Any], wait: float, *, foreign_keys: bool
) -> Engine:
    """An engine on a file; transactions with the option `reading` take no lock.

    Args:
        address: the file; it exists.
        pool: the pool's arguments of `create_engine`.
        wait: how many seconds a writer waits for another.
        foreign_keys: whether they are enforced.
    """
    engine = create_engine(address.url, hide_parameters=True, **pool)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where `begin` says so
        connection.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA synchronous = NORMAL")
        enable_wal(connection, wait)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def postgresql_engine(
    address: Address, pool: dict[str, Any], wait: float, statement: float
) -> Engine:
    """An engine on a server; a connection is used only after the server answered through it.

    (SQLAlchemy's own `pool_pre_ping` waits without end for a server that does not answer.)

    Args:
        address: the database.
        pool: the pool's arguments of `create_engine`.
        wait: how many seconds a writer waits for another.
        statement: how many seconds a statement may take.
    """
    network = {
        "connect_timeout": address.limits.connect_seconds,
        "tcp_user_timeout": round(wait * 1000),
    }
    engine = create_engine(address.url, connect_args=network, hide_parameters=True, **pool)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: Any, named: Any) -> Any:
        return _connection_class(statement + STATEMENT_GRACE_SECONDS).connect(*arguments, **named)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = {round(wait * 1000)}")
        connection.execute(f"SET statement_timeout = {round(statement * 1000)}")
        for name, seconds in KEEPALIVE.items():  # the locks of a machine that died are released
            connection.execute(f"SET {name} = {seconds}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        person = connection.get_execution_options().get("person")
        values = ("on", "") if person is None else ("off", person)
        connection.exec_driver_sql(_SET_PERSON, values)

    @event.listens_for(engine, "checkout")
    def check(connection: Any, _record: object, _proxy: object) -> None:
        if not _responds(connection.pgconn, time.monotonic() + PING_SECONDS):
            raise DisconnectionError

    return engine


_SET_PERSON: Final = (
    "SELECT set_config('dashboard.everyone', %s, true), set_config('dashboard.person', %s, true)"
)


@cache
def _connection_class(seconds: float) -> Any:
    """A class of connections that are closed when one statement takes longer than that."""
    from psycopg import Connection, OperationalError
    from psycopg.errors import _WaitTimeout

    class TimedConnection(Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, seconds if timeout is None else timeout)
            except _WaitTimeout:
                self.pgconn.finish()  # a late answer would belong to no statement
                msg = _("the server said nothing for {seconds:g} seconds", seconds=seconds)
                raise OperationalError(msg) from None

    return TimedConnection


def _responds(connection: Any, deadline: float) -> bool:
    """Whether the server answers an empty query on this libpq connection in time."""
    from psycopg import Error
    from psycopg.pq import ConnStatus

    try:
        connection.send_query(b"")
        connection.flush()
        while connection.is_busy():
            with DefaultSelector() as selector:
                selector.register(connection.socket, EVENT_READ)
                if not selector.select(max(deadline - time.monotonic(), 0.0)):
                    return False
            connection.consume_input()
        while connection.get_result() is not None:
            continue
    except Error:
        return False
    return bool(connection.status == ConnStatus.OK)


# ---- actions: stored in their transaction, logged after its commit
#
# A line of the log is one JSON object, so that a title with line ends cannot forge a second line.
# It names the author, the action and the note; the text of the note stays in the database.

log: Final = logging.getLogger("dashboard.actions")
_PENDING: Final = "actions"
_BULK_ACTIONS: Final = {"import", "undo-import"}


def write_actions(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows to a table of actions; they are logged once the transaction is committed.

    Args:
        connection: in a writing transaction.
        table: the history of notes or the audit trail.
        rows: with `at`, `author`, `action` and `note_id` or `subject`.
    """
    connection.execute(insert(table), list(rows))
    connection.info.setdefault(_PENDING, []).extend(rows)


def _log_committed_actions(connection: Connection, interface: str) -> None:
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
        "title": _loggable_title(row.get("after") or {}),
    }
    return json.dumps({name: value for name, value in values.items() if value is not None})


def _loggable_title(state: Mapping[str, Any]) -> str | None:
    """The title of a shared note; that of a private one is nothing for a log."""
    is_shared = state.get("visibility", Visibility.SHARED) == Visibility.SHARED
    return state.get("title") if is_shared else None


# ---- transactions


def utc_now() -> datetime:
    """The present moment in UTC: the clock of every repository."""
    return datetime.now(UTC)


def existing_ids(connection: Connection, column: Column[str], ids: Sequence[str]) -> set[str]:
    """Those of some ids that a column has."""
    existing: set[str] = set()
    for first in range(0, len(ids), IDS_PER_QUERY):
        query = select(column).where(column.in_(ids[first : first + IDS_PER_QUERY]))
        existing.update(connection.scalars(query))
    return existing


class Database:
    """Transactions on one address; nothing is opened before the first of them.

    Args:
        address: where the database is.
        interface: where changes come from (page, cli or api), stored with the history.
    """

    def __init__(self, address: Address, interface: str = "") -> None:
        self.address = address
        self.interface = interface
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def read(self, work: Callable[[Connection], T], person: str | None = "") -> T:
        """Run `work` in a transaction that sees one state and never waits for a writer.

        Args:
            work: reads through the connection.
            person: whose private rows PostgreSQL shows; those of everybody where None.

        Raises:
            StoreError: the database cannot be read.
        """
        return self._run(work, person, reading=True)

    def write(self, work: Callable[[Connection], T], person: str | None = "") -> T:
        """Run `work` as a writer; committed when this returns, else nothing has changed.

        Args:
            work: it may run again after a lost connection or a deadlock, so it must do nothing
                but read and write through the connection.
            person: whose private rows PostgreSQL shows; those of everybody where None.

        Raises:
            StoreError: the database cannot be written.
        """
        return self._run(work, person, reading=False)

    def close(self) -> None:
        """Give every connection back; the next transaction opens anew."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _run(self, work: Callable[[Connection], T], person: str | None, *, reading: bool) -> T:
        with self._lock:
            self._engine = self._engine or new_engine(self.address)
            engine = self._engine.execution_options(
                reading=reading, interface=self.interface, person=person
            )
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                return self._attempt(engine, work)
            except DBAPIError as error:
                if time.monotonic() > deadline or not is_retryable(error):
                    raise store_error(self.address, error) from error
            except SQLAlchemyError as error:
                raise store_error(self.address, error) from error

    def _attempt(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        with engine.connect() as connection, connection.begin() as transaction:
            connection.info.pop(_PENDING, None)  # of an earlier one that was rolled back
            result = work(connection)
            try:
                transaction.commit()
            except SQLAlchemyError as error:  # never run again: it may have been committed
                raise store_error(self.address, error) from error
            _log_committed_actions(connection, self.interface)
            return result


@contextmanager
def advisory_lock(address: Address, name: str, timeout: float) -> Iterator[bool]:
    """Hold a lock of a PostgreSQL between processes; yield whether it was acquired in time.

    It belongs to a connection of its own, with which the server releases it, however this
    process ends.

    Args:
        address: the database.
        name: of the lock.
        timeout: how many seconds to wait for it.

    Raises:
        StoreError: the server cannot be reached.
    """
    digest = hashlib.sha256(name.encode()).digest()
    acquire = select(func.pg_try_advisory_lock(int.from_bytes(digest[:8], signed=True)))
    deadline = time.monotonic() + timeout
    engine = new_engine(address, migrating=True).execution_options(isolation_level="AUTOCOMMIT")
    connection: Connection | None = None
    try:
        connection = engine.connect()
        while not (is_held := bool(connection.scalar(acquire))) and time.monotonic() < deadline:
            time.sleep(LOCK_POLL_SECONDS)
    except SQLAlchemyError as error:
        if connection is not None:
            connection.close()
        raise store_error(address, error) from error
    try:
        yield is_held
    finally:
        connection.close()


def new_engine(address: Address, *, migrating: bool = False) -> Engine:
    """An engine with the product's settings.

    Args:
        address: where the database is.
        migrating: for one migration: a longer wait, no pool, and on SQLite no enforcement
            of foreign keys (tables are rebuilt; the migration checks them at its end).
    """
    wait = MIGRATION_WAIT_SECONDS if migrating else LOCK_WAIT_SECONDS
    pool: dict[str, Any] = {"poolclass": NullPool} if migrating else {"pool_timeout": wait}
    if address.file is None:
        limits = address.limits
        if not migrating:
            pool |= {"pool_size": limits.connections, "max_overflow": 0}
        statement = MIGRATION_STATEMENT_SECONDS if migrating else limits.statement_seconds
        return postgresql_engine(address, pool, wait, statement)
    create_private_file(address.file)
    return sqlite_engine(address, pool, wait, foreign_keys=not migrating)
