"""Bring a database to the schema this release knows: once, by one process, wholly or not at all."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import SQLAlchemyError

from dashboard.domain.errors import StoreError
from dashboard.store.backups import backup_before_upgrade
from dashboard.store.database import Database, new_engine
from dashboard.store.failures import store_error
from dashboard.store.schema import REVISION

if TYPE_CHECKING:
    from alembic.config import Config

    from dashboard.store.address import Address

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSION_TABLE: Final = "alembic_version"

# Alembic keeps the migration that runs in globals of its own, one for the whole process.
_one_at_a_time: Final = threading.Lock()


def ensure_schema(database: Database) -> None:
    """Create or upgrade the tables where needed; a current database costs two short queries.

    The writer's lock is held from the look at the revision to the end, so of two processes
    one migrates and the other finds the work done. An existing SQLite file is copied first.

    Raises:
        StoreError: the database was written by a newer release, or the migration failed
            (then nothing has changed).
    """
    if database.read(schema_revision) == REVISION:
        return
    with _one_at_a_time:
        engine = new_engine(database.address, migrating=True)
        try:
            with engine.begin() as connection:
                _upgrade(connection, database.address)
        except SQLAlchemyError as error:
            raise store_error(database.address, error) from error
        finally:
            engine.dispose()


def schema_revision(connection: Connection) -> str | None:
    """The revision of the schema; None for a database without one."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def alembic_config() -> Config:
    """Alembic's configuration, without a file; the caller adds the connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection, address: Address) -> None:
    from alembic import command

    revision = schema_revision(connection)
    if revision == REVISION:
        return
    config = alembic_config()
    config.attributes["connection"] = connection
    if revision is not None:
        _refuse_newer(config, revision, address)
        if address.file is not None:
            backup_before_upgrade(address.file, revision)
    command.upgrade(config, "head")
    if address.file is not None:
        _check_foreign_keys(connection, address)


def _refuse_newer(config: Config, revision: str, address: Address) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision not in known:
        msg = (
            f"{address.name}: was written by a newer release (schema {revision[:20]}, this one"
            f" knows {REVISION}); install that release, nothing was changed"
        )
        raise StoreError(msg)


def _check_foreign_keys(connection: Connection, address: Address) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        msg = f"{address.name}: the upgrade would lose the notes of a history; nothing was changed"
        raise StoreError(msg)
