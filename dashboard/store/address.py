"""The address of the store: a SQLite file or a PostgreSQL database, and its name in messages."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dashboard.domain.errors import InputError, StoreError

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
_HINT: Final = "write sqlite:///events.db or postgresql://user@host/database"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the store is; `file` is None for PostgreSQL.

    `name` is what messages say: the bare name of the file or database, never a folder,
    a user or a password.
    """

    url: URL
    file: Path | None
    name: str

    @property
    def engine(self) -> str:
        """The kind of database, as a person writes it."""
        return "PostgreSQL" if self.file is None else "SQLite"


def parse_address(text: str) -> Address:
    """Read a database URL; `postgres://` and `postgresql://` mean the psycopg driver.

    Raises:
        InputError: the URL cannot be read, or names a database of another kind.
    """
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        msg = f"DATABASE_URL: cannot be read; {_HINT}"
        raise InputError(msg) from None
    if backend in {"postgres", POSTGRESQL}:
        url = url.set(drivername="postgresql+psycopg")
        return Address(url, None, f"database {url.database or ''}".strip())
    if backend != SQLITE:
        msg = f"DATABASE_URL: databases of the kind {backend[:20]} are not supported; {_HINT}"
        raise InputError(msg)
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        msg = f"DATABASE_URL: names no file to keep notes in; {_HINT}"
        raise InputError(msg)
    file = Path(url.database)
    return Address(url.set(drivername="sqlite+pysqlite"), file, file.name)


def prepare_file(file: Path) -> None:
    """Create an empty file only its owner may read, in a folder only its owner may enter.

    Folders and files that exist keep their permissions.

    Raises:
        StoreError: the folder or the file cannot be created.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # O_EXCL: closing a file that SQLite has open in this process would drop SQLite's locks.
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "unknown reason"
        msg = f"{file.name}: cannot be created ({reason}); free or name another place"
        raise StoreError(msg) from error
