"""Files that the replicas of a team share, in their PostgreSQL: series of their own, feeds."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final, Generic, TypeVar

from sqlalchemy import delete, insert, select, text

from dashboard.models.errors import StoreError
from dashboard.storage.database import utc_now
from dashboard.storage.schema import SHARED_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from sqlalchemy import ColumnElement, Connection

    from dashboard.storage.upgrade import CurrentDatabase

T = TypeVar("T")

log: Final = logging.getLogger("dashboard.database")

REMEMBERED_SECONDS: Final = 0.5
RETRY_SECONDS: Final = 2.0
_LOCK: Final = text("LOCK TABLE shared_files IN SHARE ROW EXCLUSIVE MODE")


class Remembered(Generic[T]):
    """A value that pages ask for many times, read from a database at most every half second.

    While the database fails it is the last one that was read, so that pages go on with it.

    Args:
        read: reads it; raises StoreError where the database fails.
        empty: the value before the first.
    """

    def __init__(self, read: Callable[[], T], empty: T) -> None:
        self._read = read
        self._value = empty
        self._valid_until = 0.0
        self._lock = threading.Lock()

    def get(self) -> T:
        """The value."""
        with self._lock:
            if time.monotonic() >= self._valid_until:
                seconds = REMEMBERED_SECONDS
                try:
                    self._value = self._read()
                except StoreError as error:
                    log.warning("%s", error)
                    seconds = RETRY_SECONDS
                self._valid_until = time.monotonic() + seconds
            return self._value

    def forget(self) -> None:
        """Read it again the next time."""
        self._valid_until = 0.0


class SharedFolder:
    """The files of one folder in a database; a method raises StoreError where it fails.

    Args:
        database: a PostgreSQL.
        folder: the name of the folder.
    """

    def __init__(self, database: CurrentDatabase, folder: str) -> None:
        self._database = database
        self._folder = folder
        empty: Mapping[str, Hashable] = {}
        self._versions = Remembered(lambda: database.read(self._read_versions), empty)

    def versions(self) -> Mapping[str, Hashable]:
        """The version of each file by its name, as last read; it never fails."""
        return self._versions.get()

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
        self._versions.forget()

    def _read_versions(self, connection: Connection) -> Mapping[str, Hashable]:
        query = select(SHARED_FILES.c.name, SHARED_FILES.c.version)
        rows = connection.execute(query.where(SHARED_FILES.c.folder == self._folder)).all()
        return dict(sorted((name, version) for name, version in rows))

    def _is_file(self, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return SHARED_FILES.c.folder == self._folder, SHARED_FILES.c.name == name
