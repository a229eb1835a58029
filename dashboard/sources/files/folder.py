"""Files of a user by name: in a folder of this machine, or elsewhere with the same protocol."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

FileVersions: TypeAlias = Mapping[str, Hashable]
"""The version of each file by its name; it differs after every change."""
FileChanges: TypeAlias = Mapping[str, bytes | None]
"""The new content of files by their names; None removes one."""


class FileStore(Protocol):
    """Files by name; other processes may change them at any time.

    A store on this machine raises OSError where it fails, one in a database StoreError.
    """

    def versions(self) -> FileVersions:
        """The present files, in the order of their names."""

    def open(self, name: str) -> BinaryIO:
        """The content of a file; FileNotFoundError where there is none of this name."""

    def change(self, decide: Callable[[FileVersions], FileChanges]) -> None:
        """Change files, all or none, from what `decide` makes of the present ones.

        Nobody else changes them meanwhile; `decide` may be called again and must only compute.
        """


class LocalFolder:
    """The files of a folder of this machine that match a pattern, each written atomically.

    Only their owner may read them. A process that is killed leaves the old file or the new one.

    Args:
        folder: created with the first file.
        pattern: of their names.
    """

    def __init__(self, folder: Path, pattern: str) -> None:
        self._folder = folder
        self._pattern = pattern
        self._lock = threading.RLock()

    def versions(self) -> FileVersions:
        """Time of change, size and inode of each file."""
        versions: dict[str, Hashable] = {}
        for file in sorted(self._folder.glob(self._pattern)):
            with suppress(FileNotFoundError):  # removed since the folder was listed
                stat = file.stat()
                versions[file.name] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        return versions

    def open(self, name: str) -> BinaryIO:
        """The file, opened for reading."""
        return (self._folder / name).open("rb")

    def change(self, decide: Callable[[FileVersions], FileChanges]) -> None:
        """Write temporary files, then rename them; a reader sees old files or new ones."""
        with self._lock:
            changes = decide(self.versions())
            prepared: list[tuple[Path, Path]] = []
            try:
                for name, content in changes.items():
                    if content is not None:
                        prepared.append((self._write_temporary(name, content), self._folder / name))
                for temporary, target in prepared:
                    temporary.replace(target)
            finally:
                for temporary, _target in prepared:
                    temporary.unlink(missing_ok=True)
            for name, content in changes.items():
                if content is None:
                    (self._folder / name).unlink(missing_ok=True)

    def _write_temporary(self, name: str, content: bytes) -> Path:
        temporary = self._folder / f".{name}.{uuid.uuid4().hex}.new"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return temporary
