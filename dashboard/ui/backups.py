"""The backup that the running product makes by itself, once a day."""

from __future__ import annotations

from dashboard.assembly import ArchiveFile
from dashboard.services.keep_backups import backup_of_today
from dashboard.ui import session


def back_up_today() -> None:
    """Make the backup of this day in Moscow, unless it was made; a failure is only logged."""
    parts = session.parts()
    folder = parts.settings.backup_folder
    backup_of_today(folder, parts.notes.backups, parts.own, ArchiveFile(), session.today())
