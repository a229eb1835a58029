"""Files that the replicas of a team share, in their PostgreSQL: series of their own, feeds."""

from __future__ import annotations

import threading
import time
import uuid
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

from sqlalchemy import delete, insert, select, text

from dashboard.storage.database import utc_now
from dashboard.storage.schema import SHARED_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from dashboard.storage.upgrade import CurrentDatabase

VERSIONS_SECONDS: Final = 0.5
"""How long the versions of the files are remembered: a page asks for them many times."""
_LOCK: Final = text("LOCK TABLE shared_files IN SHARE ROW EXCLUSIVE MODE")


class SharedFolder:
    """The files of one folder in a database; every method raises StoreError where it fails.

    Args:
        database: a PostgreSQL.
        folder: the name of the folder.
    """

    def __init__(self, database: CurrentDatabase, folder: str) -> None:
        self._database = database
        self._folder = folder
        self._lock = threading.Lock()
        self._read_at = -VERSIONS_SECONDS
        self._versions: Mapping[str, Hashable] = {}

    def versions(self) -> Mapping[str, Hashable]:
        """The version of each file, in the order of their names; at most half a second old."""
        with self._lock:
            if time.monotonic() - self._read_at >= VERSIONS_SECONDS:
                self._versions = self._database.read(self._read_versions)
                self._read_at = time.monotonic()
            return self._versions

    def open(self, name: str) -> BinaryIO:
        """The content of a file.

        Raises:
            FileNotFoundError: there is none of this name.
        """
        query = select(SHARED_FILES.c.content).where(*self._is_file(name))
        content = self._database.read(lambda connection: connection.scalar(query))
        if content is None:
            raise FileNotFoundError(name)
        return BytesIO(content)

    def change(
        self, decide: Callable[[Mapping[str, Hashable]], Mapping[str, bytes | None]]
    ) -> None:
        """Change files, all or none; other replicas wait and then decide from the new ones."""

        def change(connection: Connection) -> None:
            connection.execute(_LOCK)
            for name, content in decide(self._read_versions(connection)).items():
                connection.execute(delete(SHARED_FILES).where(*self._is_file(name)))
                if content is not None:
                    row = {
                        "folder": self._folder,
                        "name": name,
                        "content": content,
                        "version": uuid.uuid4().hex,
                        "changed": utc_now(),
                    }
                    connection.execute(insert(SHARED_FILES).values(row))

        self._database.write(change)
        self._read_at = -VERSIONS_SECONDS

    def _read_versions(self, connection: Connection) -> Mapping[str, Hashable]:
        query = select(SHARED_FILES.c.name, SHARED_FILES.c.version)
        rows = connection.execute(query.where(SHARED_FILES.c.folder == self._folder)).all()
        return dict(sorted((name, version) for name, version in rows))

    def _is_file(self, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return SHARED_FILES.c.folder == self._folder, SHARED_FILES.c.name == name
