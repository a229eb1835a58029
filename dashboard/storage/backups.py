"""Backups: a zip archive of the database and the imported series, restored into either engine.

A manifest lists the members with their sizes and SHA-256. Nothing is extracted by the name it has
in the archive: a member is taken if the manifest lists it under a known name with the right hash.

SQLite is copied by its own backup call, into a database that any program opens; PostgreSQL is
written as one file a table, a row a line, all of one moment, without the private notes of other
people, unless everybody's are wanted. Tokens, roles and sign-ins are not part of a backup: what was
revoked must not come back with an old one. Nor are alerts with their rules and targets: a target is
a secret, and an alert that an old backup does not know would be sent again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    MetaData,
    Table,
    and_,
    delete,
    func,
    insert,
    inspect,
    not_,
    select,
    text,
    update,
)
from sqlalchemy import table as table_of
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import SQLAlchemyError

from dashboard import __version__
from dashboard.models.errors import InputError, RoubleReactionError, StoreError
from dashboard.models.event import Visibility
from dashboard.models.messages import translate as _
from dashboard.models.records import BackupContents
from dashboard.storage.audit import add_audit_entry
from dashboard.storage.database import new_engine, parse_address, store_error, utc_now
from dashboard.storage.schema import (
    ALERT_RULES,
    ALERT_TARGETS,
    ALERTS,
    AUDIT,
    BASKETS,
    HIDDEN_EVENTS,
    HISTORY,
    IMPORT_IS_VISIBLE,
    IMPORT_NOTES,
    IMPORTS,
    METADATA,
    NOTE_IS_VISIBLE,
    NOTES,
    PEOPLE,
    SHARED_ANSWERS,
    SHARED_FILES,
    SIGN_INS,
    TABLES_NOT_RESTORED,
    TOKENS,
)
from dashboard.storage.server_dump import dump_server
from dashboard.storage.sqlite_files import copy_sqlite_database
from dashboard.storage.upgrade import (
    CURRENT_RELEASE,
    exclusive_migration,
    migrate_to,
    schema_revision,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from dashboard.storage.database import Address
    from dashboard.storage.upgrade import CurrentDatabase

RowIterator: TypeAlias = Iterator[dict[str, Any]]

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
_TABLES_LEFT_OUT: Final = {
    "alembic_version",
    SHARED_FILES.name,
    SHARED_ANSWERS.name,
    *TABLES_NOT_RESTORED,
}
_TABLES_THAT_STAY: Final = (
    TOKENS, PEOPLE, SIGN_INS, SHARED_FILES, ALERT_RULES, ALERT_TARGETS, ALERTS,
)  # fmt: skip
"""Their rows are those before a restore; the imported series are restored as files."""
_NUMBERED_TABLES: Final = (HISTORY, AUDIT)
_BATCH_SIZE: Final = 1_000

# ---- the archive


@contextmanager
def open_new_backup(target: Path) -> Iterator[BinaryIO]:
    """A file to write a backup to, which is complete or absent: it is renamed at the end.

    Args:
        target: a new file; only its owner may read it.

    Raises:
        StoreError: it cannot be written.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(target)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else _("unknown reason")
        msg = _(
            "{name}: the backup cannot be written ({reason}); free some space",
            name=target.name,
            reason=reason,
        )
        raise StoreError(msg) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_archive(target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
    """Write a backup to a temporary file and rename it, so that it is complete or absent.

    Args:
        target: a new file; only its owner may read it.
        members: the file of each name in the archive.
        contents: stored in the manifest.

    Raises:
        StoreError: it cannot be written.
    """
    manifest = {
        "kind": BACKUP_KIND,
        "format": BACKUP_FORMAT,
        **asdict(contents),
        "software": __version__,
    }
    manifest["files"] = [{"name": name, **_size_and_hash(file)} for name, file in members.items()]
    with (
        open_new_backup(target) as opened,
        zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=_ZIP_LEVEL) as packed,
    ):
        packed.writestr(MANIFEST_FILE, json.dumps(manifest, indent=1))
        for name, file in members.items():
            packed.write(file, name)


def read_archive(file: Path, folder: Path) -> BackupContents:
    """Check a backup and extract its members into a folder under their names in the archive.

    Raises:
        InputError: it is no backup, was made by a newer release, or is damaged.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = _read_manifest(packed, file.name)
            for member in manifest["files"]:
                _extract_member(packed, member, folder, file.name)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number else _("is damaged")
        msg = _(
            "{name}: cannot be read as a backup ({reason}); take another one",
            name=file.name,
            reason=reason,
        )
        raise InputError(msg) from error
    return BackupContents(
        engine=str(manifest["engine"]),
        schema=str(manifest["schema"]),
        rows={str(name): int(count) for name, count in manifest["rows"].items()},
        series=tuple(map(str, manifest["series"])),
        created_at=str(manifest["created_at"]),
        software=str(manifest["software"]),
        private_of=manifest.get("private_of"),
    )


def _read_manifest(packed: zipfile.ZipFile, name: str) -> dict[str, Any]:
    try:
        with packed.open(MANIFEST_FILE) as opened:
            manifest: dict[str, Any] = json.loads(opened.read(_MAX_MANIFEST_BYTES))
        is_ours = manifest["kind"] == BACKUP_KIND
        listed = {MANIFEST_FILE, *(member["name"] for member in manifest["files"])}
        wanted = {"engine", "schema", "rows", "series", "created_at", "software"}
    except (KeyError, ValueError, TypeError):
        msg = _("{name}: is no backup of this program; take a file that `backup` wrote", name=name)
        raise InputError(msg) from None
    if is_ours and manifest["format"] > BACKUP_FORMAT:
        msg = _(
            "{name}: was made by a newer release ({release}); install that one",
            name=name,
            release=manifest["software"],
        )
        raise InputError(msg)
    if not is_ours or not wanted <= manifest.keys() or listed != set(packed.namelist()):
        msg = _("{name}: is no backup of this program, or was changed; take another one", name=name)
        raise InputError(msg)
    return manifest


def _extract_member(
    packed: zipfile.ZipFile, member: dict[str, Any], folder: Path, name: str
) -> None:
    info, digest = packed.getinfo(member["name"]), hashlib.sha256()
    is_right = (
        _MEMBER_NAME.fullmatch(info.filename)
        and info.file_size == member["bytes"] < _MAX_TOTAL_BYTES
    )
    if is_right:
        path = folder / info.filename
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with packed.open(info) as source, path.open("wb") as target:
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
    if not is_right or digest.hexdigest() != member["sha256"]:
        msg = _(
            "{name}: {member} is damaged in it; nothing was changed, take another backup",
            name=name,
            member=member["name"],
        )
        raise InputError(msg)


def _size_and_hash(file: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            digest.update(chunk)
    return {"bytes": file.stat().st_size, "sha256": digest.hexdigest()}


# ---- rows of the database


def dump_database(
    address: Address, folder: Path, person: str | None = None
) -> tuple[dict[str, Path], dict[str, int]]:
    """Copy a database into a folder, as it stands at one moment, while others write.

    Args:
        address: the database; a file is copied whole.
        folder: an empty folder.
        person: whose private notes are copied; those of everybody where None.

    Returns:
        The file of each name in the archive, and the number of rows of each table.

    Raises:
        StoreError: it cannot be read, or the copy is not sound.
    """
    if address.file is not None:
        copy = folder / DATABASE_FILE
        copy_sqlite_database(address.file, copy)
        return {DATABASE_FILE: copy}, _check_database_copy(copy, address.name)
    return _write_tables(address, folder, person)


def read_dump(folder: Path, name: str) -> Mapping[str, Iterable[dict[str, Any]]]:
    """The rows of every table of a backup that was extracted into a folder.

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
        tables = _reflect_tables(connection)
        rows = {table.name: list(_iterate_rows(connection, table)) for table in tables}
    engine.dispose()
    return rows


def load_rows(connection: Connection, rows: Mapping[str, Iterable[dict[str, Any]]]) -> None:
    """Insert rows into the tables of these names; the connection is in a transaction.

    Raises:
        InputError: there is no such table, or a row does not fit it.
    """
    tables = {table.name: table for table in _reflect_tables(connection)}
    unknown = sorted(set(rows) - set(tables))
    if unknown:
        msg = _(
            "the backup has a table {unknown} that its release did not; take another",
            unknown=unknown[0][:60],
        )
        raise InputError(msg)
    aware = connection.dialect.name != "sqlite"
    for name, table in tables.items():
        lines = iter(rows.get(name, ()))
        while batch := [
            _convert_row(table, row, aware=aware) for row in islice(lines, _BATCH_SIZE)
        ]:
            connection.execute(insert(table), batch)


class _JsonLines:
    """The rows of a JSON Lines file; every iteration reads it again."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __iter__(self) -> RowIterator:
        with self._file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


class _VisibleRows:
    """The rows that one person may take away: shared ones, and private ones of this person.

    Args:
        connection: in a transaction that sees one state.
        person: the name; without one only shared rows are visible.
    """

    def __init__(self, connection: Connection, person: str) -> None:
        self._person = person
        params = {"person": person}
        self._hidden = frozenset(
            row_id
            for table, is_visible in ((NOTES, NOTE_IS_VISIBLE), (IMPORTS, IMPORT_IS_VISIBLE))
            for row_id in connection.scalars(select(table.c.id).where(not_(is_visible)), params)
        )

    def of(self, table: str, rows: RowIterator) -> RowIterator:
        """The visible rows of a table, without states and links that are not."""
        for row in rows:
            keys = {row.get(name) for name in _KEYS_OF_PRIVATE_ROWS.get(table, ())}
            is_foreign = table in _TABLES_OF_A_PERSON and row["person"] != self._person
            if keys & self._hidden or is_foreign:
                continue
            if row.get("note_id") in self._hidden:
                row["note_id"] = None  # of a candidate, which is shared
            for name in ("before", "after"):
                if name in row and not self._is_visible(row[name]):
                    row[name] = None
            yield row

    def _is_visible(self, state: Mapping[str, Any] | None) -> bool:
        if state is None or state.get("visibility", Visibility.SHARED) == Visibility.SHARED:
            return True
        return bool(self._person) and state.get("owner") == self._person


_TABLES_OF_A_PERSON: Final = (HIDDEN_EVENTS.name, BASKETS.name)
_KEYS_OF_PRIVATE_ROWS: Final = {
    NOTES.name: ("id",),
    HISTORY.name: ("note_id",),
    IMPORTS.name: ("id",),
    IMPORT_NOTES.name: ("note_id", "import_id"),
    AUDIT.name: ("subject",),
}
"""The columns of each table that name the note or import to which a row belongs."""


def _write_tables(
    address: Address, folder: Path, person: str | None
) -> tuple[dict[str, Path], dict[str, int]]:
    engine = new_engine(address, migrating=True)
    files, counts = {}, {}
    (folder / "tables").mkdir()
    with engine.connect() as default:
        connection = default.execution_options(isolation_level="REPEATABLE READ")
        visible = None if person is None else _VisibleRows(connection, person)
        for table in _reflect_tables(connection):
            rows = _iterate_rows(connection, table)
            file = files[f"tables/{table.name}.jsonl"] = folder / "tables" / f"{table.name}.jsonl"
            counts[table.name] = 0
            with file.open("w", encoding="utf-8") as lines:
                for row in rows if visible is None else visible.of(table.name, rows):
                    lines.write(json.dumps(row, default=_json_text, ensure_ascii=False) + "\n")
                    counts[table.name] += 1
    engine.dispose()
    return files, counts


def _check_database_copy(copy: Path, name: str) -> dict[str, int]:
    """Check a copy of SQLite, delete what is in no backup, and count its rows."""
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
            connection.execute("PRAGMA secure_delete = ON")
            for secret in TABLES_NOT_RESTORED.intersection(tables):
                query = delete(METADATA.tables[secret]).compile(dialect=sqlite_dialect())
                connection.execute(str(query))
            return {
                table: connection.execute(_count_query(table)).fetchone()[0]
                for table in tables
                if table not in _TABLES_LEFT_OUT
            }
    except sqlite3.Error as error:
        msg = _("{name}: the database in the backup is damaged; take another backup", name=name)
        raise StoreError(msg) from error


def _count_query(name: str) -> str:
    """The query that counts a table's rows, its name quoted where it must be."""
    return str(select(func.count()).select_from(table_of(name)).compile(dialect=sqlite_dialect()))


def _reflect_tables(connection: Connection) -> list[Table]:
    """The tables as they are in the database; those that foreign keys refer to come first."""
    metadata = MetaData()
    metadata.reflect(connection)
    tables = [table for table in metadata.sorted_tables if table.name not in _TABLES_LEFT_OUT]
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return tables


def _iterate_rows(connection: Connection, table: Table) -> RowIterator:
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=_BATCH_SIZE).execute(query).mappings():
        yield dict(row)


def _convert_row(table: Table, row: Mapping[str, Any], *, aware: bool) -> dict[str, Any]:
    try:
        return {
            name: _convert_value(table.columns[name].type, value, aware=aware)
            for name, value in row.items()
        }
    except (KeyError, ValueError, TypeError):
        msg = _(
            "the backup has a row that does not fit its table {name}; take another backup",
            name=table.name,
        )
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
    msg = _("{type} cannot be stored in a backup", type=type(value).__name__)
    raise TypeError(msg)


# ---- backup and restore of the database of notes


class BackupStore:
    """Backup and restore of one database.

    Args:
        database: the database; its interface is where a restore comes from.
        person: who makes the backup.
    """

    def __init__(self, database: CurrentDatabase, person: str = "") -> None:
        self._database = database
        self._person = person
        self._address = database.address

    @property
    def file(self) -> Path | None:
        """The file of the database; None for PostgreSQL."""
        return self._address.file

    def is_empty(self) -> bool:
        """Whether nothing was ever written to it.

        Raises:
            StoreError: it cannot be read.
        """

        def has_no_rows(connection: Connection) -> bool:
            return all(
                connection.scalar(select(table).limit(1)) is None for table in _NUMBERED_TABLES
            )

        return self._database.read(has_no_rows, person=None)

    def dump_to(
        self, folder: Path, *, everyone: bool = False
    ) -> tuple[dict[str, Path], BackupContents]:
        """Copy everything but tokens and alerts into a folder, as it stands at one moment.

        Of a server, which people share, the private notes of others are left out. A file is copied
        whole: who makes the backup can read it anyway.

        Args:
            folder: an empty folder.
            everyone: whether the private notes of others are copied too.

        Raises:
            StoreError: it cannot be read, or the disk is full.
        """
        self._database.upgraded()
        try:
            person = None if everyone or self.file is not None else self._person
            files, counts = dump_database(self._address, folder, person)
        except SQLAlchemyError as error:
            raise store_error(self._address, error) from error
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        revision = CURRENT_RELEASE.revision
        return files, BackupContents(
            self._address.engine, revision, counts, (), at, private_of=person
        )

    def restore_from(self, folder: Path, contents: BackupContents, name: str, author: str) -> None:
        """Replace everything but tokens and alerts by the rows of a backup, or change nothing.

        The tables are created as its release knew them, filled and migrated to this release in
        one transaction; programs that have the database open see the old or the new rows.

        Raises:
            InputError: the backup does not hold what it should.
            StoreError: the database cannot be written.
        """
        rows = read_dump(folder, name)
        engine = new_engine(self._address, migrating=True).execution_options(
            interface=self._database.interface
        )
        try:
            with exclusive_migration(), engine.begin() as connection:
                _check_nobody_loses_notes(connection, contents, name)
                _replace_rows(connection, self._address, contents.schema, rows)
                state = {"rows": dict(contents.rows), "created_at": contents.created_at}
                at = utc_now()
                add_audit_entry(connection, "restore-backup", name, (at, author), (None, state))
        except SQLAlchemyError as error:
            raise store_error(self._address, error) from error
        except RoubleReactionError:
            raise
        except Exception as error:
            msg = _(
                "{name}: the backup could not be put back; nothing was changed",
                name=self._address.name,
            )
            raise StoreError(msg) from error
        finally:
            engine.dispose()

    def dump_server(self, target: Path, program: str) -> None:
        """Write a database on a server to a new file by `pg_dump`, see `server_dump.dump_server`.

        Raises:
            StoreError: the program was not found or failed, or the file cannot be written.
        """
        with open_new_backup(target) as file:
            dump_server(self._address, file, program)

    def lock(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock of the database; yields whether nobody else holds it."""
        return self._database.lock(name, 0.0)

    def quarantine(self) -> Path | None:
        """Rename a database that cannot be read; None where there is no file."""
        file = self._address.file
        if file is None or not file.exists():
            return None
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        target = file.with_name(f"{file.stem}.damaged-{stamp}{file.suffix}")
        for end in ("", "-wal", "-shm"):
            part = file.with_name(file.name + end)
            if part.exists():
                part.rename(target.with_name(target.name + end))
        return target


def _check_nobody_loses_notes(connection: Connection, contents: BackupContents, name: str) -> None:
    """Refuse the backup of one person where there are private notes of others."""
    if contents.private_of is None or schema_revision(connection) is None:
        return
    is_foreign = and_(
        NOTES.c.visibility != Visibility.SHARED.value, NOTES.c.owner != contents.private_of
    )
    if connection.scalar(select(NOTES.c.id).where(is_foreign).limit(1)) is not None:
        msg = _(
            "{name}: holds the private notes of {person} alone, and there are those of others here,"
            " which would be lost; take a backup of everyone's notes",
            name=name,
            person=contents.private_of or _("nobody"),
        )
        raise InputError(msg)


def _replace_rows(
    connection: Connection,
    address: Address,
    revision: str,
    rows: Mapping[str, Iterable[dict[str, Any]]],
) -> None:
    has_schema = schema_revision(connection) is not None
    present = set(inspect(connection).get_table_names())
    staying = {
        table: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in _TABLES_THAT_STAY
        if table.name in present
    }
    highest = {
        table.name: _highest_id(connection, table) for table in _NUMBERED_TABLES if has_schema
    }
    if has_schema:
        # A downgrade refuses what would publish private notes or widen tokens; here all goes away.
        connection.execute(delete(TOKENS))
        connection.execute(update(NOTES).values(visibility=Visibility.SHARED.value))
        migrate_to(connection, address, "base")
    migrate_to(connection, address, revision)
    load_rows(connection, rows)
    migrate_to(connection, address, CURRENT_RELEASE.revision)
    for table, lines in staying.items():
        if lines:
            connection.execute(insert(table), lines)
    _advance_id_sequences(connection, highest)


def _highest_id(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.max(table.c.id))) or 0


def _advance_id_sequences(connection: Connection, highest: Mapping[str, int]) -> None:
    """Number the next rows with ids never used before: pages cache what they read by id."""
    for table in METADATA.sorted_tables:
        if "id" not in table.c or table.c.id.type.python_type is not int:
            continue
        last = max(_highest_id(connection, table), highest.get(table.name, 0))
        if connection.dialect.name == "sqlite":
            updated = connection.execute(
                text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"),
                {"last": last, "name": table.name},
            )
            if not updated.rowcount:
                connection.execute(
                    text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
                    {"last": last, "name": table.name},
                )
        elif last:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                {"last": last, "name": table.name},
            )
