"""Administration: backups, API tokens and the audit trail."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from dashboard.models.errors import InputError, RoubleReactionError, StoreError
from dashboard.models.event import AUTHOR_LIMIT, iso_text
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Scope
from dashboard.models.records import (
    AccessToken,
    AuditEntry,
    BackupContents,
    RestoreResult,
    SchemaUpgrade,
)
from dashboard.services.notes import clean_line, utc_now

log: Final = logging.getLogger("dashboard.backups")

DAILY_PREFIX: Final = "daily-"
MAX_DAILY_BACKUPS: Final = 7
TOKEN_PREFIX: Final = "rr_"  # noqa: S105 - no secret: every token starts with it
MAX_LIFETIME_DAYS: Final = 3_650
MAX_AUDIT_ENTRIES: Final = 100_000
_NAME_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_SECRET_PATTERN: Final = re.compile(r"rr_[A-Za-z0-9_-]{43}")
_USE_RECORD_INTERVAL: Final = timedelta(minutes=1)


# ---- backups


class DatabaseBackup(Protocol):
    """The database of notes, for backups."""

    @property
    def file(self) -> Path | None:
        """Its file; None on a server."""

    def is_empty(self) -> bool:
        """Whether it holds nothing."""

    def dump_to(
        self, folder: Path, *, everyone: bool = False
    ) -> tuple[dict[str, Path], BackupContents]:
        """Copy a consistent snapshot into a folder, with the private notes of everyone or one's."""

    def restore_from(self, folder: Path, contents: BackupContents, name: str, author: str) -> None:
        """Replace everything by the rows of a backup, in one transaction."""

    def dump_server(self, target: Path, program: str) -> None:
        """Write a database on a server to a new file by its `pg_dump`."""

    def lock(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock of a server; yields whether nobody else holds it."""

    def quarantine(self) -> Path | None:
        """Move an unreadable file away."""


class ImportedSeriesFiles(Protocol):
    """The imported series, for backups."""

    def series_ids(self) -> tuple[str, ...]:
        """The id of every series."""

    def series_files(self, folder: Path) -> tuple[Path, ...]:
        """Copy the file of every series into a folder."""

    def restore_from(self, files: Sequence[Path]) -> None:
        """Replace every series by these files."""


class BackupArchive(Protocol):
    """Packs a backup into one file and unpacks it."""

    def write(self, target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
        """Write a new file atomically."""

    def read(self, file: Path, folder: Path) -> BackupContents:
        """Check a file and unpack its members into a folder."""


def make_backup(
    file: Path,
    notes: DatabaseBackup,
    imported: ImportedSeriesFiles,
    archive: BackupArchive,
    *,
    everyone: bool = False,
) -> BackupContents:
    """Write the notes and imported series to a new file.

    Args:
        file: it may not exist.
        notes: the database.
        imported: the imported series.
        archive: writes the file.
        everyone: whether a database that people share is copied with the private notes of all: the
            act of an administrator.

    Raises:
        InputError: the file exists.
        StoreError: the database cannot be read, or the disk is full.
    """
    if file.exists():
        msg = _(
            "{name}: is there already; a backup never overwrites, name another file", name=file.name
        )
        raise InputError(msg)
    try:
        with tempfile.TemporaryDirectory(prefix="rouble-reaction-") as folder:
            files, contents = notes.dump_to(Path(folder), everyone=everyone)
            (Path(folder) / "rates").mkdir()
            series = imported.series_files(Path(folder) / "rates")
            contents = replace(contents, series=tuple(path.stem for path in series))
            members = {**files, **{f"rates/{path.name}": path for path in series}}
            archive.write(file, members, contents)
    except OSError as error:
        msg = _(
            "{name}: the backup cannot be made ({reason}); free some space",
            name=file.name,
            reason=error.strerror,
        )
        raise StoreError(msg) from error
    return contents


def restore_backup(  # noqa: PLR0913 - the archive, its two targets and the safety options
    file: Path,
    notes: DatabaseBackup,
    imported: ImportedSeriesFiles,
    archive: BackupArchive,
    *,
    backup_folder: Path,
    may_replace: bool = False,
    author: str = "",
) -> RestoreResult:
    """Restore a backup; existing data are saved to a backup of their own first.

    Args:
        file: the backup.
        notes: the database to fill.
        imported: the series to fill.
        archive: reads the file.
        backup_folder: the folder for the backup of the existing data.
        may_replace: whether existing data may be replaced.
        author: signs the entry of the audit trail.

    Raises:
        InputError: the file is no valid backup, or there are data that may not be replaced.
        StoreError: the database cannot be read or written.
    """
    with tempfile.TemporaryDirectory(prefix="rouble-reaction-") as temporary:
        folder = Path(temporary)
        contents = archive.read(file, folder)
        has_data, is_readable = _existing_data(notes, imported)
        if has_data and not may_replace:
            msg = _(
                "{name}: there are notes or series here; allow replacing them, they are kept in a "
                "backup",
                name=file.name,
            )
            raise InputError(msg)
        before, damaged = None, None
        if not is_readable:
            damaged = notes.quarantine()
        elif has_data:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            before = backup_folder / f"before-restore-{stamp}.zip"
            make_backup(before, notes, imported, archive, everyone=True)
        notes.restore_from(folder, contents, file.name, author)
        imported.restore_from(sorted((folder / "rates").glob("own_*.npz")))
    return RestoreResult(
        contents, str(before) if before else None, str(damaged) if damaged else None
    )


def write_daily_backup(  # noqa: PLR0913 - the archive, its two sources and the day
    folder: Path,
    notes: DatabaseBackup,
    imported: ImportedSeriesFiles,
    archive: BackupArchive,
    today: date,
    *,
    pg_dump: str = "pg_dump",
) -> Path | None:
    """Write the backup of a day unless it exists, and delete all but the newest seven.

    Args:
        folder: of the backups.
        notes: the database; one on a server is written by its `pg_dump`.
        imported: the imported series.
        archive: writes the file of SQLite.
        today: the day.
        pg_dump: the program, by its path or name.

    Returns:
        The new backup; None where it exists, there are no data, another process writes it,
        or writing failed, which is logged and never raised.
    """
    try:
        if notes.file is None:
            return _dump_of_day(folder, notes, today, pg_dump)
        target = folder / f"{DAILY_PREFIX}{today}.zip"
        if target.exists() or not notes.file.exists() or notes.is_empty():
            return None
        make_backup(target, notes, imported, archive)
        prune_backups(folder, f"{DAILY_PREFIX}????-??-??.zip")
    except (RoubleReactionError, OSError) as error:
        log.warning("no backup was made today: %s", error)
        return None
    return target


def _dump_of_day(folder: Path, notes: DatabaseBackup, today: date, pg_dump: str) -> Path | None:
    target = folder / f"{DAILY_PREFIX}{today}.dump"
    if target.exists() or notes.is_empty():
        return None
    with notes.lock("daily-backup") as is_alone:
        if not is_alone or target.exists():
            return None
        notes.dump_server(target, pg_dump)
    prune_backups(folder, f"{DAILY_PREFIX}????-??-??.dump")
    return target


def prune_backups(folder: Path, pattern: str) -> None:
    """Delete all but the newest seven files whose names end in the order of their times."""
    for old in sorted(folder.glob(pattern))[:-MAX_DAILY_BACKUPS]:
        old.unlink(missing_ok=True)


class UpgradedDatabase(Protocol):
    """A database whose tables can be upgraded."""

    def migrate(self, dump: Callable[[str], Path] | None) -> SchemaUpgrade:
        """Upgrade it; `dump` backs up a server that is at a revision."""


def migrate_database(
    database: UpgradedDatabase, write_dump: Callable[[Path], None] | None, folder: Path
) -> SchemaUpgrade:
    """Upgrade the tables of a database after backing it up; one process does it at a time.

    A file is copied next to itself; a server is dumped into `folder`, of which the newest seven
    such dumps stay.

    Args:
        database: the database.
        write_dump: writes the backup of a server; None: without one.
        folder: of the backups.

    Raises:
        StoreError: it cannot be backed up or upgraded; nothing was changed.
    """
    if write_dump is None:
        return database.migrate(None)

    def dump(revision: str) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        target = folder / f"before-upgrade-{stamp}-{revision}.dump"
        write_dump(target)
        prune_backups(folder, "before-upgrade-*.dump")
        return target

    return database.migrate(dump)


def backup_json(contents: BackupContents) -> dict[str, Any]:
    """A backup as `backup --json` prints it."""
    return {**asdict(contents), "series": list(contents.series)}


def _existing_data(notes: DatabaseBackup, imported: ImportedSeriesFiles) -> tuple[bool, bool]:
    """Whether there are data, and whether the database can be read."""
    try:
        return not notes.is_empty() or bool(imported.series_ids()), True
    except StoreError:
        if notes.file is None:
            raise
        return True, False


# ---- tokens
#
# A token is `rr_` and 43 characters, 256 bits from the random source of the operating system,
# so its SHA-256 can be neither guessed nor inverted; a slow hash would add no protection.


class TokenStore(Protocol):
    """Stores tokens; every method raises StoreError where the store fails."""

    def create_token(self, token: AccessToken, author: str = "") -> AccessToken:
        """Store a new token; InputError where the name is taken."""

    def find_token(self, sha256: str) -> AccessToken | None:
        """The token whose secret has this hash."""

    def tokens(self) -> tuple[AccessToken, ...]:
        """Every token, the oldest first."""

    def revoke_token(self, name: str, author: str = "") -> AccessToken:
        """Revoke a token; InputError where there is none of this name."""

    def record_use(self, name: str) -> None:
        """Record the present moment as the last use of a token."""


def create_token(  # noqa: PLR0913 - the store and the five facts about a token
    store: TokenStore,
    name: str,
    person: str = "",
    days: int | None = None,
    *,
    scope: Scope = Scope.WRITE,
    author: str = "",
    now: Callable[[], datetime] = utc_now,
) -> tuple[str, AccessToken]:
    """Create a token.

    Args:
        store: stores the hash of the secret.
        name: the name of the token.
        person: the user who writes with it; the name of the token where empty.
        days: days until it expires; None: never.
        scope: whether it only reads, or writes too.
        author: who makes it, for the audit trail; its person where empty.
        now: the clock.

    Returns:
        The secret, which is not stored, and the token as stored.

    Raises:
        InputError: the name, the person or the number of days is not valid.
    """
    if not _NAME_PATTERN.fullmatch(name):
        msg = _(
            'token "{id}": name it with letters, digits, ".", "_" and "-"',
            id=clean_line(name)[:60],
        )
        raise InputError(msg)
    writer = clean_line(person) or name
    if len(writer) > AUTHOR_LIMIT:
        msg = _(
            "person: {count} characters, at most {limit} are kept; shorten it",
            count=len(writer),
            limit=AUTHOR_LIMIT,
        )
        raise InputError(msg)
    if days is not None and not 1 <= days <= MAX_LIFETIME_DAYS:
        msg = _(
            "days: {days} is not between 1 and {most}; leave it out for no end",
            days=days,
            most=MAX_LIFETIME_DAYS,
        )
        raise InputError(msg)
    secret, at = TOKEN_PREFIX + secrets.token_urlsafe(32), now()
    expires = None if days is None else at + timedelta(days=days)
    token = AccessToken(name, writer, hash_secret(secret), at, expires, scope=scope)
    return secret, store.create_token(token, author=author or writer)


def authenticate_token(
    store: TokenStore, secret: str, *, now: Callable[[], datetime] = utc_now
) -> AccessToken | None:
    """The valid token of a secret, read from the store at each call; None where there is none.

    Raises:
        StoreError: the store cannot be read.
    """
    if not _SECRET_PATTERN.fullmatch(secret):
        return None
    sha256, at = hash_secret(secret), now()
    token = store.find_token(sha256)
    if token is None or not hmac.compare_digest(token.sha256, sha256) or not token.is_valid(at):
        return None
    if token.last_used is None or at - token.last_used >= _USE_RECORD_INTERVAL:
        store.record_use(token.name)
    return token


def record_refused_token(store: TokenStore, audit: AuditStore, secret: str) -> None:
    """Put a refused token on record: its name where it was ours, never the secret.

    Raises:
        StoreError: the store cannot be written.
    """
    known = store.find_token(hash_secret(secret)) if _SECRET_PATTERN.fullmatch(secret) else None
    audit.write("token-refused", known.name if known else "")


def revoke_token(store: TokenStore, name: str, author: str = "") -> AccessToken:
    """Revoke a token from the next request on.

    Raises:
        InputError: there is none of this name.
    """
    return store.revoke_token(clean_line(name)[:60], author)


def token_state(token: AccessToken, at: datetime) -> str:
    """`holds`, `expired` or `revoked`."""
    if token.revoked is not None:
        return deferred("revoked")
    return deferred("holds") if token.is_valid(at) else deferred("expired")


def token_json(token: AccessToken, at: datetime) -> dict[str, Any]:
    """A token as `tokens list --json` prints it, without the secret and its hash."""
    moments = ("created", "expires", "last_used", "revoked")
    timestamps = {name: iso_text(getattr(token, name)) for name in moments}
    return {
        "name": token.name,
        "person": token.person,
        "scope": token.scope,
        "state": token_state(token, at),
        **timestamps,
    }


def hash_secret(secret: str) -> str:
    """The stored hash of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


# ---- audit trail


class AuditStore(Protocol):
    """The audit trail; every method raises StoreError where the store fails."""

    def write(self, action: str, subject: str) -> None:
        """Add an action."""

    def entries(self, limit: int) -> tuple[AuditEntry, ...]:
        """The latest entries, the newest first."""


def list_audit_entries(store: AuditStore, most: int) -> tuple[AuditEntry, ...]:
    """The latest entries of the audit trail, the newest first; at most 100,000."""
    return store.entries(min(max(most, 1), MAX_AUDIT_ENTRIES))


def audit_json(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """Entries of the audit trail as `audit --json` prints them; moments in UTC."""
    return [
        {"who" if name == "author" else name: value for name, value in asdict(entry).items()}
        | {"at": iso_text(entry.at)}
        for entry in entries
    ]
