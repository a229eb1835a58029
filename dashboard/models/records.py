"""Records of the store: revisions of notes, audit entries, access tokens, backups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dashboard.models.people import Scope

if TYPE_CHECKING:
    from dashboard.models.event import Event


# ---- revisions of notes


class NoteAction(StrEnum):
    """an action on a note."""

    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class NoteRevision:
    """One line of a note's history; `before` is None for its creation.

    `revision` is the one the change made, `at` its UTC moment, `author` the person who made it
    or the label that was given, empty where neither is known. `before` is also None where it
    was private to another user. `origin` is the interface it came through: page, cli or api;
    empty where that was not yet recorded.
    """

    note_id: str
    revision: int
    action: str
    at: datetime
    author: str
    before: Event | None
    after: Event | None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """State of the store, for a status line; `problem` is empty where it answers.

    `engine` names the kind of database; `last_change` is the UTC moment of the last change
    to any note, None where there never was one.
    """

    engine: str
    notes: int = 0
    deleted: int = 0
    last_change: datetime | None = None
    problem: str = ""


# ---- audit log


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action of a person or a program.

    Attributes:
        at: its UTC moment.
        author: the label of the person; empty where none was given.
        origin: page, cli or api; empty where it was not yet recorded.
        action: create, edit, delete, restore, import, token-create …
        subject: the id of the note, the import, the token, the file.
        before: its state before; None: it did not exist.
        after: its state since; None: it was removed.
    """

    at: datetime
    author: str
    origin: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


# ---- access tokens


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is stored, without its secret; all moments in UTC.

    Attributes:
        name: what its owner calls it; unique, also among revoked ones.
        person: who writes with it: the author of what it writes.
        sha256: of its secret.
        created: when it was made.
        expires: from when it is refused; None: never.
        last_used: when something was last written with it, to the minute; None: never.
        revoked: since when it is refused; None: it is not.
        scope: whether it only reads, or writes too.
    """

    name: str
    person: str
    sha256: str
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: datetime | None = None
    scope: Scope = Scope.WRITE

    def is_valid(self, at: datetime) -> bool:
        """Whether the token is valid at a moment."""
        return self.revoked is None and (self.expires is None or at < self.expires)


# ---- backups


@dataclass(frozen=True, slots=True)
class SchemaUpgrade:
    """The upgrade of a database.

    Attributes:
        database: its name, without folder, user and password.
        before: the revision of its tables before; None: it had none.
        after: the revision now.
        backup: the file to which it was copied first; None where there was nothing to copy.
    """

    database: str
    before: str | None
    after: str
    backup: str | None = None


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What a backup holds.

    Attributes:
        engine: the kind of database it was made from: SQLite or PostgreSQL.
        schema: the revision of its tables.
        rows: how many rows each table has.
        series: the ids of the imported series in it.
        created_at: when it was made, ISO in UTC.
        software: the release that made it.
        private_of: whose private notes it holds; None: those of everybody.
    """

    engine: str
    schema: str
    rows: Mapping[str, int]
    series: tuple[str, ...]
    created_at: str = ""
    software: str = ""
    private_of: str | None = None


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """The result of restoring a backup.

    Attributes:
        contents: of the backup.
        previous_data: where the previous data were moved; None: there were none.
        damaged: the file that could not be read and was moved aside; None: none was.
    """

    contents: BackupContents
    previous_data: str | None = None
    damaged: str | None = None
