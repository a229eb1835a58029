"""Caches that the replicas of a team share in their PostgreSQL: fetched rates, shared answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from dashboard.storage.database import utc_now
from dashboard.storage.schema import SHARED_ANSWERS
from dashboard.storage.shared_files import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, CursorResult

    from dashboard.storage.rate_cache import CacheConnection
    from dashboard.storage.upgrade import CurrentDatabase

T = TypeVar("T")

ROWS_PER_STATEMENT: Final = 2_000
MAX_SHARED_ANSWERS: Final = 200
_FINGERPRINT: Final = (
    "select (select max(id) from fetches), count(*), sum(tried_at), sum(ok_at) from series"
)


class CacheTables:
    """The tables of the rate cache on a server, in its schema `rates`.

    Every method raises StoreError where it fails.

    Args:
        database: a PostgreSQL.
    """

    def __init__(self, database: CurrentDatabase) -> None:
        self._database = database
        empty: tuple[str, ...] = ()
        self._fingerprint = Remembered(self._read_fingerprint, empty)

    def fingerprint(self) -> tuple[str, ...]:
        """The newest fetch and the sums of the times of the requests, as last read."""
        return self._fingerprint.get()

    def read(self, work: Callable[[CacheConnection], T], default: T) -> T:  # noqa: ARG002
        """Run `work` on one state of the tables."""
        return self._database.read(lambda connection: work(_in_schema(connection)))

    def write(self, work: Callable[[CacheConnection], T]) -> T:
        """Run `work` in one transaction."""
        try:
            return self._database.write(lambda connection: work(_in_schema(connection)))
        finally:
            self._fingerprint.forget()

    def _read_fingerprint(self) -> tuple[str, ...]:
        row = self.read(lambda connection: connection.execute(_FINGERPRINT).fetchone(), ())
        return tuple(map(str, row))

    def lock(self, name: str, timeout: float) -> AbstractContextManager[bool]:
        """Hold a lock between the replicas, which the server releases where one dies."""
        return self._database.lock(f"rates/{name}", timeout)


class SharedAnswers:
    """The newest answers that took long to compute; a method raises StoreError where it fails.

    Args:
        database: a PostgreSQL.
    """

    def __init__(self, database: CurrentDatabase) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """The answer of a key, or None."""
        query = select(SHARED_ANSWERS.c.content).where(SHARED_ANSWERS.c.key == key)
        return self._database.read(lambda connection: connection.scalar(query))

    def store(self, key: str, content: str) -> None:
        """Store an answer and delete all but the newest 200."""
        row = {"key": key, "content": content, "stored": utc_now()}
        newest = select(SHARED_ANSWERS.c.key).order_by(SHARED_ANSWERS.c.stored.desc())
        old = SHARED_ANSWERS.c.key.in_(newest.offset(MAX_SHARED_ANSWERS))

        def store(connection: Connection) -> None:
            statement = insert(SHARED_ANSWERS).values(row)
            connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
            connection.execute(delete(SHARED_ANSWERS).where(old))

        self._database.write(store)


class _TextConnection:
    """A connection of SQLAlchemy that takes statements as text."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        return self._connection.execute(text(sql), parameters)

    def executemany(self, sql: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        for first in range(0, len(parameters), ROWS_PER_STATEMENT):
            rows = parameters[first : first + ROWS_PER_STATEMENT]
            self._connection.execute(text(sql), rows)


def _in_schema(connection: Connection) -> _TextConnection:
    connection.exec_driver_sql("SET LOCAL search_path TO rates")
    return _TextConnection(connection)
