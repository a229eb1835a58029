"""The address of the store: a SQLite file or a PostgreSQL database, and its name in messages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dashboard.domain.errors import InputError
from dashboard.store.private_file import prepare_file

__all__ = ["Address", "parse_address", "prepare_file"]

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
