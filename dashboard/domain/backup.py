"""A backup: what one holds, and what came of putting it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What a backup holds.

    Attributes:
        engine: the kind of database it was made from: SQLite or PostgreSQL.
        schema: the revision of its tables.
        rows: how many rows each table has.
        series: the ids of a person's own series in it.
        created_at: when it was made, ISO in UTC.
        software: the release that made it.
    """

    engine: str
    schema: str
    rows: Mapping[str, int]
    series: tuple[str, ...]
    created_at: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What putting a backup back did.

    Attributes:
        contents: of the backup.
        kept_before: where that went which was there before; None: nothing was.
        damaged: the file that could not be read and was moved aside; None: none was.
    """

    contents: BackupContents
    kept_before: str | None = None
    damaged: str | None = None
