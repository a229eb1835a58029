"""Schema upgrades: migrate a database to the revision of this release, in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from dashboard.models.errors import StoreError
from dashboard.models.messages import translate as _
from dashboard.models.records import SchemaUpgrade
from dashboard.storage.database import (
    DEFAULT_LIMITS,
    Database,
    advisory_lock,
    new_engine,
    parse_address,
    store_error,
)
from dashboard.storage.schema import MIGRATIONS, REVISION
from dashboard.storage.sqlite_files import backup_before_upgrade

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from alembic.config import Config

    from dashboard.storage.database import Address, ServerLimits

T = TypeVar("T")

_VERSION_TABLE: Final = "alembic_version"
_ADVISORY_LOCK_ID: Final = 0x526F75626C65  # any number, the same in every process

# Alembic keeps the migration that runs in globals of its own, one for the whole process.
_process_lock: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Release:
    """The migrations of a release: its newest revision and the folder of all."""

    revision: str
    migrations: Path


CURRENT_RELEASE: Final = Release(REVISION, MIGRATIONS)


def ensure_schema(
    database: Database,
    release: Release = CURRENT_RELEASE,
    dump: Callable[[str], Path] | None = None,
) -> SchemaUpgrade:
    """Create or upgrade the tables where needed; a current database costs two short queries.

    A lock is held from the second look at the revision to the end (on SQLite the writer's,
    on PostgreSQL an advisory one), so of two processes one migrates and the other finds it
    done. An existing SQLite file is copied first.

    Args:
        database: the database.
        release: the release to upgrade it to.
        dump: backs up a server that is at a revision; such a backup is not made where None.

    Raises:
        StoreError: the database was written by a newer release, or the migration failed
            (then nothing has changed).
    """
    address = database.address
    if database.read(schema_revision) == release.revision:
        return SchemaUpgrade(address.name, release.revision, release.revision)
    with _process_lock:
        engine = new_engine(address, migrating=True)
        try:
            with engine.begin() as connection:
                return _upgrade(connection, address, release, dump)
        except StoreError:
            raise
        except SQLAlchemyError as error:
            raise store_error(address, error) from error
        except Exception as error:  # whatever a migration raises, the transaction is rolled back
            msg = _("{name}: the upgrade failed; nothing was changed", name=address.name)
            raise StoreError(msg) from error
        finally:
            engine.dispose()


class CurrentDatabase:
    """A database with the schema of this release, opened and upgraded on first use.

    Args:
        url: `sqlite:////folder/events.db` or `postgresql://user@host/database`; it is not read
            before the first use.
        interface: where changes come from: page, cli or api.
        limits: those of a server.
    """

    def __init__(
        self, url: str, interface: str = "", limits: ServerLimits = DEFAULT_LIMITS
    ) -> None:
        self._url = url
        self._limits = limits
        self.interface = interface
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._is_current = False

    @property
    def address(self) -> Address:
        """Where the database is.

        Raises:
            InputError: the URL is wrong.
        """
        return self._opened().address

    def read(self, work: Callable[[Connection], T], person: str | None = "") -> T:
        """Run `work` in a transaction that never waits for a writer, see `Database.read`."""
        return self.upgraded().read(work, person)

    def write(self, work: Callable[[Connection], T], person: str | None = "") -> T:
        """Run `work` as a writer, see `Database.write`."""
        return self.upgraded().write(work, person)

    def upgraded(self) -> Database:
        """The database after the upgrade.

        Raises:
            InputError: the URL is wrong.
            StoreError: it cannot be opened or upgraded.
        """
        database = self._opened()
        if not self._is_current:
            ensure_schema(database)
            self._is_current = True
        return database

    def migrate(self, dump: Callable[[str], Path] | None) -> SchemaUpgrade:
        """Upgrade the database now, see `ensure_schema`.

        Raises:
            InputError: the URL is wrong.
            StoreError: it cannot be opened, backed up or upgraded.
        """
        done = ensure_schema(self._opened(), dump=dump)
        self._is_current = True
        return done

    def lock(self, name: str, timeout: float) -> AbstractContextManager[bool]:
        """Hold a lock between processes on one server, see `advisory_lock`."""
        return advisory_lock(self.address, name, timeout)

    def close(self) -> None:
        """Give every connection back."""
        with self._lock:
            if self._database is not None:
                self._database.close()

    def _opened(self) -> Database:
        with self._lock:
            if self._database is None:
                self._database = Database(parse_address(self._url, self._limits), self.interface)
            return self._database


def schema_revision(connection: Connection) -> str | None:
    """The revision of the schema; None for a database without one."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if revision is None else str(revision)


def alembic_config(release: Release = CURRENT_RELEASE) -> Config:
    """Alembic's configuration, without a file; the caller adds the connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(release.migrations).replace("%", "%%"))
    return config


@contextmanager
def exclusive_migration() -> Iterator[None]:
    """Hold the lock of migrations within this process."""
    with _process_lock:
        yield


def migrate_to(connection: Connection, address: Address, revision: str) -> None:
    """Migrate up or down to a revision, in the transaction given.

    Raises:
        StoreError: this release does not know the revision.
    """
    from alembic import command

    if address.file is None:
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK_ID)))
    config = alembic_config()
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
        return
    _check_not_newer(config, revision, address, CURRENT_RELEASE)
    command.upgrade(config, revision)


def _upgrade(
    connection: Connection,
    address: Address,
    release: Release,
    dump: Callable[[str], Path] | None,
) -> SchemaUpgrade:
    from alembic import command

    if address.file is None:
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK_ID)))
    revision = schema_revision(connection)
    if revision == release.revision:
        return SchemaUpgrade(address.name, revision, revision)
    config, backup = alembic_config(release), None
    config.attributes["connection"] = connection
    if revision is not None:
        _check_not_newer(config, revision, address, release)
        if address.file is not None:
            backup = backup_before_upgrade(address.file, revision)
        elif dump is not None:
            backup = dump(revision)
    command.upgrade(config, release.revision)
    if address.file is not None:
        _check_foreign_keys(connection, address)
    copy = None if backup is None else str(backup)
    return SchemaUpgrade(address.name, revision, release.revision, copy)


def _check_not_newer(config: Config, revision: str, address: Address, release: Release) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision not in known:
        msg = _(
            "{name}: was written by a newer release (schema {revision}, this one knows "
            "{known}); install that release, nothing was changed",
            name=address.name,
            revision=revision[:20],
            known=release.revision,
        )
        raise StoreError(msg)


def _check_foreign_keys(connection: Connection, address: Address) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        msg = _(
            "{name}: the upgrade would lose the notes of a history; nothing was changed",
            name=address.name,
        )
        raise StoreError(msg)
