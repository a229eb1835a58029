"""One database: engines set up so that no accepted write is lost, and transactions on them.

SQLite: one writer at a time from the first statement on (BEGIN IMMEDIATE), readers never
wait (WAL). PostgreSQL: one writer at a time for each note (its row is read FOR UPDATE).
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from dashboard.store.action_lines import forget_actions, tell_actions
from dashboard.store.address import prepare_file
from dashboard.store.failures import may_try_again, store_error
from dashboard.store.postgresql import postgresql_engine
from dashboard.store.sqlite import sqlite_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from dashboard.store.address import Address

T = TypeVar("T")

WAIT_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 6.0  # so that a wait of 5 s that ends in "busy" is taken up once more
MIGRATION_WAIT_SECONDS: Final = 60.0


class Database:
    """Transactions on one address; nothing is opened before the first of them.

    Args:
        address: where the database is.
        door: through which door changes come: page, cli or api; rows of the history say it.
    """

    def __init__(self, address: Address, door: str = "") -> None:
        self.address = address
        self._door = door
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
        engine = self._opened().execution_options(reading=reading, door=self._door)
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
            forget_actions(connection)
            result = work(connection)
            try:
                transaction.commit()
            except SQLAlchemyError as error:  # never run again: it may have been committed
                raise store_error(self.address, error) from error
            tell_actions(connection, self._door)
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
    wait = MIGRATION_WAIT_SECONDS if migrating else WAIT_SECONDS
    pool: dict[str, Any] = {"poolclass": NullPool} if migrating else {"pool_timeout": wait}
    if address.file is None:
        return postgresql_engine(address, pool, wait)
    prepare_file(address.file)
    return sqlite_engine(address, pool, wait, foreign_keys=not migrating)
