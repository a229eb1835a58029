"""One database: engines set up so that no accepted write is lost, and transactions on them.

SQLite: one writer at a time from the first statement on (BEGIN IMMEDIATE), readers never
wait (WAL). PostgreSQL: one writer at a time for each note (its row is read FOR UPDATE).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from dashboard.store.address import prepare_file
from dashboard.store.failures import may_try_again, store_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from dashboard.store.address import Address

T = TypeVar("T")

WAIT_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 6.0  # so that a wait of 5 s that ends in "busy" is taken up once more
MIGRATION_WAIT_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 3
POLL_SECONDS: Final = 0.001


class Database:
    """Transactions on one address; nothing is opened before the first of them.

    Args:
        address: where the database is.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that sees one state and never waits for a writer.

        Raises:
            StoreError: the database cannot be read.
        """
        return self._run(work, reading=True)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` as a writer; committed when this returns, else nothing happened.

        `work` may run again after a lost connection or a deadlock, so it must do nothing but
        read and write through the connection.

        Raises:
            StoreError: the database cannot be written.
        """
        return self._run(work, reading=False)

    def close(self) -> None:
        """Give every connection back; the next transaction opens anew."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _run(self, work: Callable[[Connection], T], *, reading: bool) -> T:
        engine = self._opened().execution_options(**_options(self.address, reading=reading))
        give_up = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                return self._attempt(engine, work)
            except DBAPIError as error:
                if time.monotonic() > give_up or not may_try_again(error):
                    raise store_error(self.address, error) from error
            except SQLAlchemyError as error:
                raise store_error(self.address, error) from error

    def _attempt(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        with engine.connect() as connection, connection.begin() as transaction:
            result = work(connection)
            try:
                transaction.commit()
            except SQLAlchemyError as error:  # never run again: it may have been committed
                raise store_error(self.address, error) from error
            return result

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = new_engine(self.address)
            return self._engine


def new_engine(address: Address, *, migrating: bool = False) -> Engine:
    """An engine with the product's settings.

    Args:
        address: where the database is.
        migrating: for one migration: a patient wait, no pool, and on SQLite no enforcement
            of foreign keys (tables are rebuilt; the migration checks them at its end).
    """
    if address.file is None:
        return _postgresql_engine(address, migrating=migrating)
    prepare_file(address.file)
    return _sqlite_engine(address, migrating=migrating)


def _options(address: Address, *, reading: bool) -> dict[str, Any]:
    if address.file is None:
        return {"reading": reading, "postgresql_readonly": reading}
    return {"reading": reading}


def _sqlite_engine(address: Address, *, migrating: bool) -> Engine:
    wait = MIGRATION_WAIT_SECONDS if migrating else WAIT_SECONDS
    pool: dict[str, Any] = {"poolclass": NullPool} if migrating else {"pool_timeout": wait}
    engine = create_engine(address.url, **pool)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        connection.execute("PRAGMA synchronous = NORMAL")
        _use_wal(connection, time.monotonic() + wait)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _use_wal(connection: Any, give_up: float) -> None:
    """Switch to WAL; while another process does the same SQLite answers "busy" at once."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return


def _postgresql_engine(address: Address, *, migrating: bool) -> Engine:
    wait = MIGRATION_WAIT_SECONDS if migrating else WAIT_SECONDS
    pool: dict[str, Any] = {"poolclass": NullPool} if migrating else {"pool_timeout": wait}
    engine = create_engine(
        address.url,
        pool_pre_ping=not migrating,
        connect_args={"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": round(wait * 1000)},
        **pool,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute(f"SET lock_timeout = '{wait}s'")
        connection.commit()

    return engine
