"""Backups of the database: copy every row to one archive and restore it, from either engine into either."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import JSON, Connection, Date, DateTime, MetaData, Table, func, insert, select, text
from sqlalchemy import table as table_of
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import SQLAlchemyError

from dashboard import __version__
from dashboard.models.errors import InputError, RoubleReactionError, StoreError
from dashboard.models.records import BackupContents
from dashboard.storage.audit import AuditRows
from dashboard.storage.database import new_engine, parse_address, store_error
from dashboard.storage.schema import AUDIT, HISTORY, METADATA, TOKENS
from dashboard.storage.sqlite_files import copy_sqlite_database
from dashboard.storage.upgrade import (
    CURRENT_RELEASE,
    exclusive_migration,
    migrate_to,
    schema_revision,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.storage.database import Address, Database


# ------------------------------------------------------------
# One file for a backup: a zip of the database, a person's own series, and a manifest with hashes.
#
# Nothing is extracted by the name it has in the file: a member is taken if the manifest lists
# it under a name we know, with its size and SHA-256.


BACKUP_KIND: Final = "rouble-reaction backup"
BACKUP_FORMAT: Final = 1
MANIFEST_FILE: Final = "manifest.json"
DATABASE_FILE: Final = "notes.sqlite3"
_MEMBER_NAME: Final = re.compile(
    r"notes\.sqlite3|tables/[a-z_]{1,60}\.jsonl|rates/own_[a-z0-9_]{1,120}\.npz"
)
_MAX_MANIFEST_BYTES: Final = 10_000_000
_MAX_TOTAL_BYTES: Final = 20_000_000_000
_CHUNK_BYTES: Final = 1 << 20
_ZIP_LEVEL: Final = 1
"""The level of deflate: notes shrink to a quarter, and 100 MB take seconds."""


def write_archive(target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
    """Write a backup beside its place and put it there whole.

    Args:
        target: a file that is not there yet; only its owner may read it.
        members: the file behind each name.
        contents: what the manifest says of them.

    Raises:
        StoreError: it cannot be written.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    about = {
        "kind": BACKUP_KIND,
        "format": BACKUP_FORMAT,
        **asdict(contents),
        "software": __version__,
    }
    about["files"] = [{"name": name, **_size_and_hash(file)} for name, file in members.items()]
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as opened:
            with zipfile.ZipFile(
                opened, "w", zipfile.ZIP_DEFLATED, compresslevel=_ZIP_LEVEL
            ) as packed:
                packed.writestr(MANIFEST_FILE, json.dumps(about, indent=1))
                for name, file in members.items():
                    packed.write(file, name)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(target)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "unknown reason"
        msg = f"{target.name}: the backup cannot be written ({reason}); free some room"
        raise StoreError(msg) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def read_archive(file: Path, folder: Path) -> BackupContents:
    """Check a backup and put its members into a folder, each under the name it has in it.

    Raises:
        InputError: it is no backup, was made by a newer release, or is damaged.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            about = _read_manifest(packed, file.name)
            for member in about["files"]:
                _extract_member(packed, member, folder, file.name)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number else "is damaged"
        msg = f"{file.name}: cannot be read as a backup ({reason}); take another one"
        raise InputError(msg) from error
    return BackupContents(
        engine=str(about["engine"]),
        schema=str(about["schema"]),
        rows={str(name): int(count) for name, count in about["rows"].items()},
        series=tuple(map(str, about["series"])),
        created_at=str(about["created_at"]),
        software=str(about["software"]),
    )


def _read_manifest(packed: zipfile.ZipFile, name: str) -> dict[str, Any]:
    try:
        with packed.open(MANIFEST_FILE) as opened:
            about: dict[str, Any] = json.loads(opened.read(_MAX_MANIFEST_BYTES))
        is_ours = about["kind"] == BACKUP_KIND
        listed = {MANIFEST_FILE, *(member["name"] for member in about["files"])}
        wanted = {"engine", "schema", "rows", "series", "created_at", "software"}
    except (KeyError, ValueError, TypeError):
        msg = f"{name}: is no backup of this program; take a file that `backup` wrote"
        raise InputError(msg) from None
    if is_ours and about["format"] > BACKUP_FORMAT:
        msg = f"{name}: was made by a newer release ({about['software']}); install that one"
        raise InputError(msg)
    if not is_ours or not wanted <= about.keys() or listed != set(packed.namelist()):
        msg = f"{name}: is no backup of this program, or was changed; take another one"
        raise InputError(msg)
    return about


def _extract_member(
    packed: zipfile.ZipFile, member: dict[str, Any], folder: Path, name: str
) -> None:
    info, digest = packed.getinfo(member["name"]), hashlib.sha256()
    is_right = (
        _MEMBER_NAME.fullmatch(info.filename)
        and info.file_size == member["bytes"] < _MAX_TOTAL_BYTES
    )
    if is_right:
        place = folder / info.filename
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with packed.open(info) as source, place.open("wb") as target:
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
    if not is_right or digest.hexdigest() != member["sha256"]:
        msg = f"{name}: {member['name']} is damaged in it; nothing was changed, take another backup"
        raise InputError(msg)


def _size_and_hash(file: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
    return {"bytes": file.stat().st_size, "sha256": digest.hexdigest()}


# ------------------------------------------------------------
# Rows on their way into a backup and out of it: from either engine into either.
#
# SQLite gives a copy made by its own backup call, which is a database that any program opens.
# PostgreSQL gives one file a table, a row a line, all of one moment. Tokens stay at home: what
# was revoked must not come back with an old backup.


RowIterator: TypeAlias = Iterator[dict[str, Any]]

TOKENS_TABLE: Final = "tokens"
TABLES_NOT_RESTORED: Final = frozenset({"alembic_version", TOKENS_TABLE})
_BATCH_SIZE: Final = 1_000


def dump_database(address: Address, folder: Path) -> tuple[dict[str, Path], dict[str, int]]:
    """Copy a database into a folder, as it stands at one moment, while others write.

    Returns:
        The file behind each name in the backup, and how many rows each table has.

    Raises:
        StoreError: it cannot be read, or the copy is not sound.
    """
    if address.file is not None:
        copy = folder / DATABASE_FILE
        copy_sqlite_database(address.file, copy)
        return {DATABASE_FILE: copy}, _check_database_copy(copy, address.name)
    return _write_tables(address, folder)


def read_dump(folder: Path, name: str) -> Mapping[str, Iterable[dict[str, Any]]]:
    """The rows of every table of a backup that was taken out into a folder.

    Raises:
        InputError: its database is damaged.
    """
    copy = folder / DATABASE_FILE
    if not copy.is_file():
        return {file.stem: _JsonLines(file) for file in sorted((folder / "tables").glob("*.jsonl"))}
    try:
        _check_database_copy(copy, name)
    except StoreError as error:
        raise InputError(str(error)) from error
    engine = new_engine(parse_address(f"sqlite:///{copy}"), migrating=True)
    with engine.connect() as connection:
        found = {
            table.name: list(_iterate_rows(connection, table))
            for table in _reflect_tables(connection)
        }
    engine.dispose()
    return found


def load_rows(connection: Connection, rows: Mapping[str, Iterable[dict[str, Any]]]) -> None:
    """Insert rows into the tables of these names; the connection is in a transaction.

    Raises:
        InputError: there is no such table, or a row does not fit it.
    """
    tables = {table.name: table for table in _reflect_tables(connection)}
    strange = sorted(set(rows) - set(tables))
    if strange:
        msg = f"the backup has a table {strange[0][:60]} that its release did not; take another"
        raise InputError(msg)
    aware = connection.dialect.name != "sqlite"
    for name, table in tables.items():
        lines = iter(rows.get(name, ()))
        while some := [_convert_row(table, row, aware=aware) for row in islice(lines, _BATCH_SIZE)]:
            connection.execute(insert(table), some)


class _JsonLines:
    """The rows of a file, a row a line; read anew each time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __iter__(self) -> RowIterator:
        with self._file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _write_tables(address: Address, folder: Path) -> tuple[dict[str, Path], dict[str, int]]:
    engine = new_engine(address, migrating=True)
    files, counts = {}, {}
    (folder / "tables").mkdir()
    with engine.connect() as unset:
        connection = unset.execution_options(isolation_level="REPEATABLE READ")
        for table in _reflect_tables(connection):
            file = files[f"tables/{table.name}.jsonl"] = folder / "tables" / f"{table.name}.jsonl"
            counts[table.name] = 0
            with file.open("w", encoding="utf-8") as lines:
                for row in _iterate_rows(connection, table):
                    lines.write(json.dumps(row, default=_json_text, ensure_ascii=False) + "\n")
                    counts[table.name] += 1
    engine.dispose()
    return files, counts


def _check_database_copy(copy: Path, name: str) -> dict[str, int]:
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
            if TOKENS_TABLE in tables:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("DELETE FROM tokens")
            return {
                table: connection.execute(_count_query(table)).fetchone()[0]
                for table in tables
                if table not in TABLES_NOT_RESTORED
            }
    except sqlite3.Error as error:
        msg = f"{name}: the database in the backup is damaged; take another backup"
        raise StoreError(msg) from error


def _count_query(name: str) -> str:
    """The query that counts a table's rows, its name quoted where it must be."""
    return str(select(func.count()).select_from(table_of(name)).compile(dialect=sqlite_dialect()))


def _reflect_tables(connection: Connection) -> list[Table]:
    """The tables as they are in the database, those that others point at first."""
    found = MetaData()
    found.reflect(connection)
    tables = [table for table in found.sorted_tables if table.name not in TABLES_NOT_RESTORED]
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return tables


def _iterate_rows(connection: Connection, table: Table) -> RowIterator:
    asked = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=_BATCH_SIZE).execute(asked).mappings():
        yield dict(row)


def _convert_row(table: Table, row: Mapping[str, Any], *, aware: bool) -> dict[str, Any]:
    try:
        return {
            name: _convert_value(table.columns[name].type, value, aware=aware)
            for name, value in row.items()
        }
    except (KeyError, ValueError, TypeError):
        msg = f"the backup has a row that does not fit its table {table.name}; take another backup"
        raise InputError(msg) from None


def _convert_value(kind: Any, value: Any, *, aware: bool) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return utc if aware else utc.replace(tzinfo=None)
    if isinstance(kind, Date):
        return date.fromisoformat(value) if isinstance(value, str) else value
    return value


def _json_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    msg = f"{type(value).__name__} has no place in a backup"
    raise TypeError(msg)


# ------------------------------------------------------------
# Backups of the database of notes: one is written while others write, one is put back whole.


_NUMBERED_TABLES: Final = (HISTORY, AUDIT)


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
        self._interface = door

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
            return all(
                connection.scalar(select(table).limit(1)) is None for table in _NUMBERED_TABLES
            )

        return self._current().read(look)

    def dump_to(self, folder: Path) -> tuple[dict[str, Path], BackupContents]:
        """Copy everything but the tokens into a folder, as it stands at one moment.

        Raises:
            StoreError: it cannot be read, or there is no room for the copy.
        """
        self._current()
        try:
            files, counts = dump_database(self._address, folder)
        except SQLAlchemyError as error:
            raise store_error(self._address, error) from error
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        revision = CURRENT_RELEASE.revision
        return files, BackupContents(self._address.engine, revision, counts, (), at)

    def restore_from(self, folder: Path, contents: BackupContents, name: str, who: str) -> None:
        """Put the rows of a backup in the place of everything but the tokens, or change nothing.

        The tables are made anew as its release knew them, filled, and brought up to date, in
        one transaction; programs that have the database open see the old or the new rows.

        Raises:
            InputError: the backup does not hold what it should.
            StoreError: the database cannot be written.
        """
        rows = read_dump(folder, name)
        engine = new_engine(self._address, migrating=True).execution_options(door=self._interface)
        try:
            with exclusive_migration(), engine.begin() as connection:
                _replace_rows(connection, self._address, contents.schema, rows)
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

    def quarantine(self) -> Path | None:
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


def _replace_rows(
    connection: Connection,
    address: Address,
    revision: str,
    rows: Mapping[str, Iterable[dict[str, Any]]],
) -> None:
    has_schema = schema_revision(connection) is not None
    tokens = []
    if has_schema:
        tokens = [dict(row) for row in connection.execute(select(TOKENS)).mappings()]
    highest = {
        table.name: _highest_id(connection, table) for table in _NUMBERED_TABLES if has_schema
    }
    if has_schema:
        migrate_to(connection, address, "base")
    migrate_to(connection, address, revision)
    load_rows(connection, rows)
    migrate_to(connection, address, CURRENT_RELEASE.revision)
    if tokens:
        connection.execute(insert(TOKENS), tokens)
    _advance_id_sequences(connection, highest)


def _highest_id(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.max(table.c.id))) or 0


def _advance_id_sequences(connection: Connection, highest: Mapping[str, int]) -> None:
    """Give the next rows numbers that were never used: pages keep what they read under them."""
    for table in METADATA.sorted_tables:
        if "id" not in table.c or table.c.id.type.python_type is not int:
            continue
        last = max(_highest_id(connection, table), highest.get(table.name, 0))
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
