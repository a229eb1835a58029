"""Files that only their owner may read, in folders that only their owner may enter."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from dashboard.domain.errors import StoreError


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
