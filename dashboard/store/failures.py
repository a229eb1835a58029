"""Database errors in one line a person can act on, without paths, SQL or library text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dashboard.domain.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.exc import SQLAlchemyError

    from dashboard.store.address import Address

_BUSY: Final = "was held by another program for too long; nothing was saved, try again"
_SQLITE: Final = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": "the disk is full; nothing was saved, free some space and try again",
    "SQLITE_READONLY": "is read-only; nothing was saved, allow writing or name another place",
    "SQLITE_CANTOPEN": "cannot be opened; check that its folder exists and may be written to",
    "SQLITE_IOERR": "the disk reports an error; nothing was saved, check the disk",
    "SQLITE_NOTADB": "is no SQLite database; move it away or name another place",
    "SQLITE_CORRUPT": "is damaged; put a backup back with `restore FILE --replace`",
    "SQLITE_AUTH": "may not be read; check its permissions",
    "SQLITE_PERM": "may not be read; check its permissions",
}
_POSTGRESQL: Final = {
    "08": "does not answer; check that the server runs and DATABASE_URL names it",
    "25006": "is read-only; nothing was saved, connect to the primary server",
    "28": "refused the user or the password; check DATABASE_URL",
    "3D": "does not exist on the server; create it or check DATABASE_URL",
    "40": _BUSY,
    "42501": "does not let this user write; grant the rights",
    "53100": "the disk of the server is full; nothing was saved, free some space and try again",
    "53": "has no room for another connection; try again",
    "55P03": _BUSY,
    "57": "was restarted; nothing was saved, try again",
}
_TRY_AGAIN: Final = ("40001", "40P01")


def store_error(address: Address, error: SQLAlchemyError | OSError) -> StoreError:
    """The error as one line that names the database and what to do."""
    return StoreError(f"{address.name}: {_reason(error)}")


def may_try_again(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed if it is run again from its beginning."""
    if error.connection_invalidated:
        return True
    return _sqlite_code(error) == "SQLITE_BUSY" or _sqlstate(error) in _TRY_AGAIN


def _reason(error: SQLAlchemyError | OSError) -> str:
    if isinstance(error, PoolTimeout):
        return "too many people use it at once; try again"
    if not isinstance(error, DBAPIError):
        return "failed; nothing was saved, try again"
    known = _SQLITE.get(_sqlite_code(error))
    if known is None:
        state = _sqlstate(error)
        known = next((_POSTGRESQL[key] for key in (state, state[:2]) if key in _POSTGRESQL), None)
    if known is None and error.connection_invalidated:
        known = _POSTGRESQL["08"]
    return known or "failed; nothing was saved, try again"


def _sqlite_code(error: DBAPIError) -> str:
    """The primary result code, such as SQLITE_BUSY for SQLITE_BUSY_SNAPSHOT."""
    name = getattr(error.orig, "sqlite_errorname", "") or ""
    return "_".join(name.split("_")[:2])


def _sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's code; a connection that never came about counts as 08 (class 08)."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None and type(error.orig).__module__.startswith("psycopg"):
        return "08" if type(error.orig).__name__ in _CONNECTION_ERRORS else ""
    return state or ""


_CONNECTION_ERRORS: Final = {"OperationalError", "ConnectionTimeout", "InterfaceError"}
