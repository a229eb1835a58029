"""Keep backups: everything a person wrote or brought in one file, made while others write."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from dashboard.domain.backup import BackupContents, Restored
from dashboard.domain.errors import InputError, RoubleReactionError, StoreError

log: Final = logging.getLogger("dashboard.backups")
DAILY: Final = "daily-"
DAYS_KEPT: Final = 7


class BackedUp(Protocol):
    """The database of notes, as a backup sees it."""

    @property
    def file(self) -> Path | None:
        """Its file; None where it is a server's."""
        ...

    def is_empty(self) -> bool:
        """Whether nothing was ever written to it."""
        ...

    def copy_out(self, folder: Path) -> tuple[dict[str, Path], BackupContents]:
        """Copy it into a folder, as it stands at one moment."""
        ...

    def put_back(self, folder: Path, contents: BackupContents, name: str, who: str) -> None:
        """Put the rows of a backup in the place of all that is there, or change nothing."""
        ...

    def move_aside(self) -> Path | None:
        """Move a file that cannot be read out of the way."""
        ...


class OwnSeries(Protocol):
    """A person's own series, as a backup sees them."""

    def kept_files(self) -> tuple[Path, ...]:
        """The file of every series."""
        ...

    def put_back(self, files: Sequence[Path]) -> None:
        """Put files in the place of every series."""
        ...


class Archive(Protocol):
    """How a backup becomes one file, and is taken out of it."""

    def write(self, target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
        """Write a new file, whole or not at all."""
        ...

    def read(self, file: Path, folder: Path) -> BackupContents:
        """Check a file and take its members out into a folder."""
        ...


def make_backup(file: Path, notes: BackedUp, own: OwnSeries, archive: Archive) -> BackupContents:
    """Write everything a person wrote or brought to a new file.

    Raises:
        InputError: the file is there already.
        StoreError: the database cannot be read, or there is no room.
    """
    if file.exists():
        msg = f"{file.name}: is there already; a backup never overwrites, name another file"
        raise InputError(msg)
    try:
        with tempfile.TemporaryDirectory(prefix="rouble-reaction-") as place:
            files, contents = notes.copy_out(Path(place))
            series = own.kept_files()
            contents = replace(contents, series=tuple(each.stem for each in series))
            members = {**files, **{f"rates/{each.name}": each for each in series}}
            archive.write(file, members, contents)
    except OSError as error:
        msg = f"{file.name}: the backup cannot be made ({error.strerror}); free some room"
        raise StoreError(msg) from error
    return contents


def restore_backup(  # noqa: PLR0913 - what is read, what is filled, and what may be lost
    file: Path,
    notes: BackedUp,
    own: OwnSeries,
    archive: Archive,
    *,
    keep_in: Path,
    may_replace: bool = False,
    who: str = "",
) -> Restored:
    """Put a backup back; what is there is written to a backup of its own first.

    Args:
        file: the backup.
        notes: the database to fill.
        own: the series to fill.
        archive: how the file is read.
        keep_in: the folder for the backup of what is there.
        may_replace: whether anything that is there may be replaced.
        who: who does it.

    Raises:
        InputError: the file is no sound backup, or something is there and may not be replaced.
        StoreError: the database cannot be read or written.
    """
    with tempfile.TemporaryDirectory(prefix="rouble-reaction-") as place:
        folder = Path(place)
        contents = archive.read(file, folder)
        is_there, is_readable = _what_is_there(notes, own)
        if is_there and not may_replace:
            msg = f"{file.name}: there are notes or series here; --replace keeps them in a backup"
            raise InputError(msg)
        before, damaged = None, None
        if not is_readable:
            damaged = notes.move_aside()
        elif is_there:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            before = keep_in / f"before-restore-{stamp}.zip"
            make_backup(before, notes, own, archive)
        notes.put_back(folder, contents, file.name, who)
        own.put_back(sorted((folder / "rates").glob("own_*.npz")))
    return Restored(contents, _name(before), _name(damaged))


def backup_of_today(
    folder: Path, notes: BackedUp, own: OwnSeries, archive: Archive, today: date
) -> Path | None:
    """Make the backup of a day, unless it was made; the newest seven are kept. Never raises.

    Returns:
        The backup made; None where there is one, there is nothing to keep, the database is a
        server's, or it failed, which is logged.
    """
    target = folder / f"{DAILY}{today}.zip"
    try:
        if target.exists() or notes.file is None or not notes.file.exists() or notes.is_empty():
            return None
        make_backup(target, notes, own, archive)
        for old in sorted(folder.glob(f"{DAILY}????-??-??.zip"))[:-DAYS_KEPT]:
            old.unlink(missing_ok=True)
    except (RoubleReactionError, OSError) as error:
        log.warning("no backup was made today: %s", error)
        return None
    return target


def contents_json(contents: BackupContents) -> dict[str, Any]:
    """What `backup --json` prints of a backup."""
    return {**asdict(contents), "series": list(contents.series)}


def _name(place: Path | None) -> str | None:
    return None if place is None else str(place)


def _what_is_there(notes: BackedUp, own: OwnSeries) -> tuple[bool, bool]:
    """Whether anything is there, and whether the database can be read."""
    try:
        return not notes.is_empty() or bool(own.kept_files()), True
    except StoreError:
        if notes.file is None:
            raise
        return True, False
