"""Backups of the database of notes: one is written while others write, one is put back whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from dashboard.domain.backup import BackupContents
from dashboard.domain.errors import RoubleReactionError, StoreError
from dashboard.store.archive_rows import copy_out, put_in, rows_in
from dashboard.store.audit_rows import AuditRows
from dashboard.store.database import new_engine
from dashboard.store.failures import store_error
from dashboard.store.schema import AUDIT, HISTORY, METADATA, TOKENS
from dashboard.store.upgrade import THIS_RELEASE, migrate_to, migration_alone, schema_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dashboard.store.address import Address
    from dashboard.store.database import Database

_COUNTED: Final = (HISTORY, AUDIT)


class BackupStore:
    """What a backup asks of the database.

    Args:
        address: where the database is.
        current: gives it opened and brought up to date.
        door: through which door a restore comes.
    """

    def __init__(self, address: Address, current: Callable[[], Database], door: str) -> None:
        self._address = address
        self._current = current
        self._door = door

    @property
    def file(self) -> Path | None:
        """The file of the database; None for PostgreSQL."""
        return self._address.file

    def is_empty(self) -> bool:
        """Whether nothing was ever written to it.

        Raises:
            StoreError: it cannot be read.
        """

        def look(connection: Connection) -> bool:
            return all(connection.scalar(select(table).limit(1)) is None for table in _COUNTED)

        return self._current().read(look)

    def copy_out(self, folder: Path) -> tuple[dict[str, Path], BackupContents]:
        """Copy everything but the tokens into a folder, as it stands at one moment.

        Raises:
            StoreError: it cannot be read, or there is no room for the copy.
        """
        self._current()
        try:
            files, counts = copy_out(self._address, folder)
        except SQLAlchemyError as error:
            raise store_error(self._address, error) from error
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        revision = THIS_RELEASE.revision
        return files, BackupContents(self._address.engine, revision, counts, (), at)

    def put_back(self, folder: Path, contents: BackupContents, name: str, who: str) -> None:
        """Put the rows of a backup in the place of everything but the tokens, or change nothing.

        The tables are made anew as its release knew them, filled, and brought up to date, in
        one transaction; programs that have the database open see the old or the new rows.

        Raises:
            InputError: the backup does not hold what it should.
            StoreError: the database cannot be written.
        """
        rows = rows_in(folder, name)
        engine = new_engine(self._address, migrating=True).execution_options(door=self._door)
        try:
            with migration_alone(), engine.begin() as connection:
                _refill(connection, self._address, contents.schema, rows)
                told = {"rows": dict(contents.rows), "created_at": contents.created_at}
                at = datetime.now(UTC)
                AuditRows(connection).add("restore-backup", name, (None, told), at, who)
        except SQLAlchemyError as error:
            raise store_error(self._address, error) from error
        except RoubleReactionError:
            raise
        except Exception as error:
            msg = f"{self._address.name}: the backup could not be put back; nothing was changed"
            raise StoreError(msg) from error
        finally:
            engine.dispose()

    def move_aside(self) -> Path | None:
        """Move a database that cannot be read out of the way; None where there is no file."""
        file = self._address.file
        if file is None or not file.exists():
            return None
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = file.with_name(f"{file.stem}.damaged-{stamp}{file.suffix}")
        for end in ("", "-wal", "-shm"):
            part = file.with_name(file.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
        return aside


def _refill(
    connection: Connection,
    address: Address,
    revision: str,
    rows: Mapping[str, Iterable[dict[str, Any]]],
) -> None:
    has_schema = schema_revision(connection) is not None
    tokens = []
    if has_schema:
        tokens = [dict(row) for row in connection.execute(select(TOKENS)).mappings()]
    highest = {table.name: _highest(connection, table) for table in _COUNTED if has_schema}
    if has_schema:
        migrate_to(connection, address, "base")
    migrate_to(connection, address, revision)
    put_in(connection, rows)
    migrate_to(connection, address, THIS_RELEASE.revision)
    if tokens:
        connection.execute(insert(TOKENS), tokens)
    _count_on(connection, highest)


def _highest(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.max(table.c.id))) or 0


def _count_on(connection: Connection, highest: Mapping[str, int]) -> None:
    """Give the next rows numbers that were never used: pages keep what they read under them."""
    for table in METADATA.sorted_tables:
        if "id" not in table.c or table.c.id.type.python_type is not int:
            continue
        last = max(_highest(connection, table), highest.get(table.name, 0))
        if connection.dialect.name == "sqlite":
            done = connection.execute(
                text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"),
                {"last": last, "name": table.name},
            )
            if not done.rowcount:
                connection.execute(
                    text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
                    {"last": last, "name": table.name},
                )
        elif last:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                {"last": last, "name": table.name},
            )
