"""What live sources answered, kept in one SQLite file of the user's cache directory.

Nothing in it is the only copy of anything: a damaged file is put aside and filled anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from dashboard.domain.errors import StoreError
from dashboard.domain.fetched import Fetched
from dashboard.domain.remembered import FetchState, Kept, Revision, Version
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.store.cache_reading import VERSIONS, revision_of, state_of, states_in
from dashboard.store.cache_schema import (
    DAMAGED,
    TABLES,
    VERSION,
    Row,
    micros,
    moment_if,
    series_of,
)
from dashboard.store.cache_writing import keep_rows
from dashboard.store.file_lock import held
from dashboard.store.private_file import prepare_file
from dashboard.store.write_ahead import use_wal

FILE: Final = "rates.sqlite3"
WAIT: Final = 5.0


class RateCache:
    """The memory of live rates; nothing is created before something is kept.

    Args:
        folder: where its files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / FILE

    def fingerprint(self) -> tuple[int, ...] | None:
        """Size, change and identity of the files; None where nothing is kept."""
        found: list[int] = []
        for name in (FILE, f"{FILE}-wal"):
            try:
                told = os.stat(self._folder / name)  # noqa: PTH116 - asked at every page
            except OSError:
                continue
            found += [told.st_mtime_ns, told.st_size, told.st_ino]
        return tuple(found) or None

    def versions(self) -> Mapping[str, Version]:
        """Which version is kept of every series that was ever asked for, by its id.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(VERSIONS).fetchall()
        return {
            name: Version(mark, moment_if(ok_at), bool(has_rows))
            for name, mark, ok_at, has_rows in rows
        }

    def read(self, card: SeriesCard) -> RateSeries | None:
        """The observations kept of a series, ascending; None where there are none.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._reading() as connection:
            if connection is None:
                return None
            rows = connection.execute(
                "select key, record, day, opens, known_at, rate, provisional from observations"
                " where series = (select id from series where name = ?) order by known_at",
                (card.id,),
            ).fetchall()
            ok_at = connection.execute(
                "select ok_at from series where name = ?", (card.id,)
            ).fetchone()
        if not rows:
            return None
        return series_of(card, [Row(*row) for row in rows], moment_if(ok_at[0]))

    def state(self, series_id: str) -> FetchState | None:
        """What is known of the attempts at a series; None: it was never asked for.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._reading() as connection:
            return None if connection is None else state_of(connection, series_id)

    def states(self) -> Mapping[str, FetchState]:
        """The same of every series that was ever asked for, by its id.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._reading() as connection:
            found = () if connection is None else states_in(connection)
        return {state.series: state for state in found}

    def revisions(self, series_id: str) -> tuple[Revision, ...]:
        """The numbers that were replaced, the latest replacement first.

        Raises:
            StoreError: the file cannot be read.
        """
        with self._reading() as connection:
            if connection is None:
                return ()
            rows = connection.execute(
                "select r.record, r.opens, r.revision, r.rate, r.became, f.fetched_at,"
                " n.fetched_at from revisions r join fetches f on f.id = r.fetched"
                " join fetches n on n.id = r.replaced"
                " where r.series = (select id from series where name = ?)"
                " order by n.fetched_at desc, r.key desc, r.revision desc",
                (series_id,),
            ).fetchall()
        return tuple(revision_of(series_id, row) for row in rows)

    def keep(self, series_id: str, source: str, fetched: Fetched, at: datetime) -> Kept:
        """Take in an answer, whole or not at all.

        A number that differs from one that is kept replaces it, and the earlier one is kept
        as a revision. A missing number replaces nothing, and neither does a provisional one
        replace one that is final.

        Raises:
            StoreError: it cannot be written, or the series is another source's.
        """
        with self._writing() as connection:
            number = self._attempted(connection, series_id, source, at)
            connection.execute(
                "update series set ok_at = ?, problem = '', notes = ?, stamp = ? where id = ?",
                (micros(at), json.dumps(fetched.notes), fetched.stamp, number),
            )
            if fetched.series is None or len(fetched.series) == 0:
                return Kept()
            return keep_rows(connection, (number, source), fetched.series, at)

    def note_failure(self, series_id: str, source: str, problem: str, at: datetime) -> None:
        """Note an attempt that failed; nothing that is kept changes.

        Raises:
            StoreError: it cannot be written.
        """
        with self._writing() as connection:
            number = self._attempted(connection, series_id, source, at)
            connection.execute("update series set problem = ? where id = ?", (problem, number))

    def alone(self, name: str, patience: float) -> AbstractContextManager[bool]:
        """Hold a lock among all processes; it says whether it was got in that many seconds."""
        return held(self._folder / f"{name}.lock", patience)

    # ------------------------------------------------------------ the file

    def _attempted(
        self, connection: sqlite3.Connection, series_id: str, source: str, at: datetime
    ) -> int:
        connection.execute(
            "insert into series (name, source, tried_at) values (?, ?, ?)"
            " on conflict (name) do update set tried_at = excluded.tried_at",
            (series_id, source, micros(at)),
        )
        row = connection.execute(
            "select id, source from series where name = ?", (series_id,)
        ).fetchone()
        if row[1] != source:
            msg = f"series {series_id}: is kept from {row[1]} and takes nothing from {source}"
            raise StoreError(msg)
        return int(row[0])

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """A view of one state of the file; None where there is no file, or a damaged one."""
        if not self._file.exists():
            yield None
            return
        with self._told(), closing(self._connect()) as connection:
            if _version(connection) != VERSION:
                yield None
                return
            connection.execute("begin")
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed at the end, or as if it had never begun."""
        with self._told():
            self._prepare()
            with closing(self._connect()) as connection:
                connection.execute("begin immediate")
                try:
                    yield connection
                except BaseException as error:
                    connection.execute("rollback")
                    if getattr(error, "sqlite_errorname", "") in DAMAGED:
                        self._put_aside()
                    raise
                connection.execute("commit")

    def _prepare(self) -> None:
        """Make the file and its tables; put one aside that is damaged or of another version."""
        prepare_file(self._file)
        try:
            with closing(self._connect()) as connection:
                if _version(connection) == VERSION:
                    return
                connection.execute("begin exclusive")
                if (found := _version(connection)) == 0:
                    for statement in TABLES.split(";\n"):
                        connection.execute(statement)
                    connection.execute(f"pragma user_version = {VERSION}")
                    connection.execute("commit")
                if found in {0, VERSION}:  # another process may have made them meanwhile
                    return
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname not in DAMAGED:
                raise
        self._put_aside()
        self._prepare()

    def _put_aside(self) -> None:
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
            with contextlib.suppress(OSError):
                (self._folder / name).replace(self._folder / f"{name}.damaged")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=WAIT, isolation_level=None)
        try:
            use_wal(connection, WAIT)
            connection.execute("pragma synchronous = normal")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the file in one line, without its path."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            reason = getattr(error, "sqlite_errorname", "") or type(error).__name__
            msg = f"the rate cache cannot be used ({reason}); rates stay as they ship"
            raise StoreError(msg) from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])
