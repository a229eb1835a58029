"""Rows on their way into a backup and out of it: from either engine into either.

SQLite gives a copy made by its own backup call, which is a database that any program opens.
PostgreSQL gives one file a table, a row a line, all of one moment. Tokens stay at home: what
was revoked must not come back with an old backup.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import JSON, Date, DateTime, MetaData, Table, func, insert, select
from sqlalchemy import table as table_of
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from dashboard.domain.errors import InputError, StoreError
from dashboard.store.address import parse_address
from dashboard.store.archive import DATABASE
from dashboard.store.backups import backup
from dashboard.store.database import new_engine

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dashboard.store.address import Address

Rows: TypeAlias = Iterator[dict[str, Any]]

TOKENS: Final = "tokens"
STAYS: Final = frozenset({"alembic_version", TOKENS})
_AT_ONCE: Final = 1_000


def copy_out(address: Address, folder: Path) -> tuple[dict[str, Path], dict[str, int]]:
    """Copy a database into a folder, as it stands at one moment, while others write.

    Returns:
        The file behind each name in the backup, and how many rows each table has.

    Raises:
        StoreError: it cannot be read, or the copy is not sound.
    """
    if address.file is not None:
        copy = folder / DATABASE
        backup(address.file, copy)
        return {DATABASE: copy}, _check_copy(copy, address.name)
    return _write_tables(address, folder)


def rows_in(folder: Path, name: str) -> Mapping[str, Iterable[dict[str, Any]]]:
    """The rows of every table of a backup that was taken out into a folder.

    Raises:
        InputError: its database is damaged.
    """
    copy = folder / DATABASE
    if not copy.is_file():
        return {file.stem: _JsonLines(file) for file in sorted((folder / "tables").glob("*.jsonl"))}
    try:
        _check_copy(copy, name)
    except StoreError as error:
        raise InputError(str(error)) from error
    engine = new_engine(parse_address(f"sqlite:///{copy}"), migrating=True)
    with engine.connect() as connection:
        found = {table.name: list(_rows_of(connection, table)) for table in _tables(connection)}
    engine.dispose()
    return found


def put_in(connection: Connection, rows: Mapping[str, Iterable[dict[str, Any]]]) -> None:
    """Insert rows into the tables of these names; the connection is in a transaction.

    Raises:
        InputError: there is no such table, or a row does not fit it.
    """
    tables = {table.name: table for table in _tables(connection)}
    strange = sorted(set(rows) - set(tables))
    if strange:
        msg = f"the backup has a table {strange[0][:60]} that its release did not; take another"
        raise InputError(msg)
    aware = connection.dialect.name != "sqlite"
    for name, table in tables.items():
        lines = iter(rows.get(name, ()))
        while some := [_fitted(table, row, aware=aware) for row in islice(lines, _AT_ONCE)]:
            connection.execute(insert(table), some)


class _JsonLines:
    """The rows of a file, a row a line; read anew each time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __iter__(self) -> Rows:
        with self._file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _write_tables(address: Address, folder: Path) -> tuple[dict[str, Path], dict[str, int]]:
    engine = new_engine(address, migrating=True)
    files, counts = {}, {}
    (folder / "tables").mkdir()
    with engine.connect() as unset:
        connection = unset.execution_options(isolation_level="REPEATABLE READ")
        for table in _tables(connection):
            file = files[f"tables/{table.name}.jsonl"] = folder / "tables" / f"{table.name}.jsonl"
            counts[table.name] = 0
            with file.open("w", encoding="utf-8") as lines:
                for row in _rows_of(connection, table):
                    lines.write(json.dumps(row, default=_written, ensure_ascii=False) + "\n")
                    counts[table.name] += 1
    engine.dispose()
    return files, counts


def _check_copy(copy: Path, name: str) -> dict[str, int]:
    """Check a copy of SQLite, take the tokens out of it, and count its rows."""
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise sqlite3.DatabaseError(name)
            connection.execute("PRAGMA journal_mode = DELETE")
            tables = [
                row[0]
                for row in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                    " AND name NOT LIKE 'sqlite_%' ORDER BY name"
                )
            ]
            if TOKENS in tables:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("DELETE FROM tokens")
            return {
                table: connection.execute(_count_of(table)).fetchone()[0]
                for table in tables
                if table not in STAYS
            }
    except sqlite3.Error as error:
        msg = f"{name}: the database in the backup is damaged; take another backup"
        raise StoreError(msg) from error


def _count_of(name: str) -> str:
    """The query that counts a table's rows, its name quoted where it must be."""
    return str(select(func.count()).select_from(table_of(name)).compile(dialect=sqlite_dialect()))


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are in the database, those that others point at first."""
    found = MetaData()
    found.reflect(connection)
    tables = [table for table in found.sorted_tables if table.name not in STAYS]
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return tables


def _rows_of(connection: Connection, table: Table) -> Rows:
    asked = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(asked).mappings():
        yield dict(row)


def _fitted(table: Table, row: Mapping[str, Any], *, aware: bool) -> dict[str, Any]:
    try:
        return {
            name: _value(table.columns[name].type, value, aware=aware)
            for name, value in row.items()
        }
    except (KeyError, ValueError, TypeError):
        msg = f"the backup has a row that does not fit its table {table.name}; take another backup"
        raise InputError(msg) from None


def _value(kind: Any, value: Any, *, aware: bool) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return utc if aware else utc.replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat(value) if isinstance(value, str) else value
    return value


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    msg = f"{type(value).__name__} has no place in a backup"
    raise TypeError(msg)
