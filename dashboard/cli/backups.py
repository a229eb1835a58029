"""The commands that keep everything in one file and put it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from dashboard.cli.house import parts_of_house
from dashboard.cli.options import Arg, AsJson, Opt

BackupFile = Annotated[Path, Arg(metavar="FILE", help="A .zip.")]


def backup(file: BackupFile, *, as_json: AsJson = False) -> None:
    """Write notes, their history and your own series to one file, while others go on writing."""
    from dashboard.assembly import ArchiveFile
    from dashboard.services.keep_backups import contents_json, make_backup
    from dashboard.ui import terminal, terminal_record

    parts = parts_of_house()
    contents = make_backup(file, parts.notes.backups, parts.own, ArchiveFile())
    parts.notes.beside.put_on_record("backup", file.name, (None, {"rows": dict(contents.rows)}))
    if as_json:
        terminal.show_json(contents_json(contents))
    else:
        terminal_record.show_backup(contents, file)


def restore(
    file: BackupFile,
    *,
    replace: Annotated[
        bool, Opt("--replace", help="Put it in the place of what is here, which is backed up.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup back, from SQLite or PostgreSQL into either; tokens stay as they are."""
    from dashboard.assembly import ArchiveFile
    from dashboard.services.keep_backups import contents_json, restore_backup
    from dashboard.ui import terminal, terminal_record

    parts = parts_of_house()
    done = restore_backup(
        file,
        parts.notes.backups,
        parts.own,
        ArchiveFile(),
        keep_in=parts.settings.backup_folder,
        may_replace=replace,
    )
    if as_json:
        terminal.show_json({**contents_json(done.contents), "kept_before": done.kept_before})
    else:
        terminal_record.show_restored(done)
