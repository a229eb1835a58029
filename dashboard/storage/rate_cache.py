"""Cache of fetched rates: observations, their revisions and the requests, in SQL of both engines.

Of one machine it is a file of SQLite in the user's cache directory (`CacheFile`), which holds no
only copy: a damaged file is renamed and a new one is filled. Replicas share the tables of their
PostgreSQL (`shared_cache.CacheTables`). `AsOfRateCache` is its state at an earlier moment, rebuilt
from the revisions.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import numpy as np

from dashboard.models.errors import StoreError
from dashboard.models.messages import translate as _
from dashboard.models.series import (
    CacheUpdate,
    FetchResult,
    FetchState,
    RateRevision,
    RateSeries,
    SeriesCard,
    SeriesVersion,
)
from dashboard.models.tickers import TickerFacts
from dashboard.storage.sqlite_files import create_private_file, enable_wal, file_lock

T = TypeVar("T")

CACHE_FILE: Final = "rates.sqlite3"
LOCK_TIMEOUT_SECONDS: Final = 5.0
UNIX_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
CORRUPTION_ERRORS: Final = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
CACHE_SCHEMA_VERSION: Final = 1
CREATE_TABLES: Final = """
create table series (
    id integer primary key,
    name text not null unique,
    source text not null,
    tried_at integer not null,
    ok_at integer,
    problem text not null default '',
    notes text not null default '',
    stamp text not null default ''
);
create table fetches (
    id integer primary key,
    series integer not null references series(id),
    source text not null,
    fetched_at integer not null
);
create table observations (
    series integer not null references series(id),
    key integer not null,
    record integer not null,
    day integer not null,
    opens integer not null,
    known_at integer not null,
    rate real,
    provisional integer not null,
    revision integer not null,
    fetched integer not null references fetches(id),
    primary key (series, key)
) without rowid;
create table revisions (
    series integer not null references series(id),
    key integer not null,
    revision integer not null,
    record integer not null,
    opens integer not null,
    rate real not null,
    became real not null,
    fetched integer not null references fetches(id),
    replaced integer not null references fetches(id),
    primary key (series, key, revision)
) without rowid;
"""
CREATE_TICKERS: Final = """
create table if not exists tickers (
    name text primary key,
    facts text not null
)
"""
"""What publishers say of series that people named; files of earlier versions have none."""
"""`key` is the printed date in days, or the beginning of a bar in seconds; days and moments
are counted from 1970-01-01 (UTC), the times of requests (`…_at` of series and fetches) in
microseconds; a missing rate is null."""
VERSION_QUERY: Final = """
with marks as (select series, max(id) as mark from fetches group by series)
select s.name, coalesce(m.mark, 0), s.ok_at,
    exists (select 1 from observations o where o.series = s.id and o.provisional = 0)
from series s left join marks m on m.series = s.id
"""
STATE_QUERY: Final = """
select s.name, s.source, s.tried_at, s.ok_at, s.problem, s.notes, s.stamp,
    (select day from observations o where o.series = s.id order by key desc limit 1),
    (select count(*) from observations o where o.series = s.id),
    (select count(*) from revisions r where r.series = s.id)
from series s
"""
STATE_OF_SERIES_QUERY: Final = STATE_QUERY + "where s.name = :name"
# A row that was written after the moment is read at its last revision stored by then: the value
# before that revision was replaced, or the value after it where that had happened by then.
AS_OF_ROWS_QUERY: Final = """
select o.key, coalesce(r.record, o.record), o.day, coalesce(r.opens, o.opens), o.known_at,
    case when f.fetched_at <= :at then o.rate when later.fetched_at > :at then r.rate
         else r.became end,
    case when f.fetched_at <= :at then o.provisional else 0 end
from observations o
join fetches f on f.id = o.fetched
left join revisions r on f.fetched_at > :at and r.series = o.series and r.key = o.key
    and r.revision = (
        select max(x.revision) from revisions x join fetches xf on xf.id = x.fetched
        where x.series = o.series and x.key = o.key and xf.fetched_at <= :at)
left join fetches later on later.id = r.replaced
where o.series = (select id from series where name = :name)
    and (f.fetched_at <= :at or r.key is not null)
order by o.known_at
"""
AS_OF_VERSION_QUERY: Final = """
select s.name, coalesce(max(f.id), 0),
    case when s.ok_at <= :at then s.ok_at else max(f.fetched_at) end,
    exists (select 1 from observations o join fetches of on of.id = o.fetched
        where o.series = s.id and of.fetched_at <= :at and o.provisional = 0)
    or exists (select 1 from revisions r join fetches rf on rf.id = r.fetched
        where r.series = s.id and rf.fetched_at <= :at)
from series s left join fetches f on f.series = s.id and f.fetched_at <= :at
group by s.id
"""

PUT_OBSERVATION: Final = """
insert into observations
    (series, key, record, day, opens, known_at, rate, provisional, revision, fetched)
values (:series, :key, :record, :day, :opens, :known_at, :rate, :provisional, :revision, :fetched)
on conflict (series, key) do update set
    record = excluded.record, day = excluded.day, opens = excluded.opens,
    known_at = excluded.known_at, rate = excluded.rate, provisional = excluded.provisional,
    revision = excluded.revision, fetched = excluded.fetched
"""
PUT_REVISION: Final = (
    "insert into revisions"
    " (series, key, revision, record, opens, rate, became, fetched, replaced) values"
    " (:series, :key, :revision, :record, :opens, :rate, :became, :fetched, :replaced)"
)


class CacheRows(Protocol):
    """The result of a query."""

    def fetchall(self) -> Sequence[Any]:
        """The rows."""

    def fetchone(self) -> Any:
        """The first row; None where there is none."""


class CacheConnection(Protocol):
    """A connection in a transaction; parameters are named `:name`."""

    def execute(self, sql: str, parameters: Mapping[str, Any] = ..., /) -> CacheRows:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Sequence[Mapping[str, Any]], /) -> object:
        """Run one statement for each of the parameters."""


class CacheStore(Protocol):
    """Where the tables of a cache are."""

    def fingerprint(self) -> object:
        """A cheap value that differs after every change; None where nothing is stored."""

    def read(self, work: Callable[[CacheConnection], T], default: T) -> T:
        """Run `work` on one state of the tables; `default` where there are none."""

    def write(self, work: Callable[[CacheConnection], T]) -> T:
        """Run `work` in one transaction, which an error undoes."""

    def lock(self, name: str, timeout: float) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was acquired in that many seconds."""


# ---- rows as series, states and revisions, and back


class ObservationRow(NamedTuple):
    """One observation as it is stored."""

    key: int
    record: int
    day: int
    opens: int
    known_at: int
    rate: float | None
    provisional: int


def rows_from_series(series: RateSeries) -> Iterator[ObservationRow]:
    """The observations of a series as rows."""
    record, day = (array.astype(np.int64).tolist() for array in (series.record, series.day))
    opens, known = (array.astype(np.int64).tolist() for array in (series.opens, series.known_at))
    keys = opens if series.card.bar_minutes else record
    final = len(series) - series.provisional
    for i, rate in enumerate(series.rate.tolist()):
        value = None if math.isnan(rate) else rate
        yield ObservationRow(keys[i], record[i], day[i], opens[i], known[i], value, int(i >= final))


def series_from_rows(
    card: SeriesCard, rows: Sequence[ObservationRow], fetched_at: datetime | None
) -> RateSeries:
    """A series from rows in ascending order, with read-only arrays."""
    _key, record, day, opens, known_at, rate, provisional = zip(*rows, strict=True)
    last_final = max((i for i, flag in enumerate(provisional) if not flag), default=-1)
    return RateSeries(
        card,
        record=_read_only_array(record, "datetime64[D]"),
        day=_read_only_array(day, "datetime64[D]"),
        opens=_read_only_array(opens, "datetime64[s]"),
        known_at=_read_only_array(known_at, "datetime64[s]"),
        rate=_read_only_array([np.nan if value is None else value for value in rate], "float64"),
        fetched_at=fetched_at,
        provisional=len(rows) - 1 - last_final,
    )


def _read_only_array(values: Sequence[Any], kind: str) -> Any:
    numbers = np.array(values) if kind == "float64" else np.array(values, dtype=np.int64)
    array = numbers.astype(kind)
    array.setflags(write=False)
    return array


def to_microseconds(moment: datetime) -> int:
    """A moment as it is stored."""
    return (moment - UNIX_EPOCH) // MICROSECOND


def from_microseconds(stored: int) -> datetime:
    """A stored moment."""
    return UNIX_EPOCH + stored * MICROSECOND


def from_optional_microseconds(stored: int | None) -> datetime | None:
    """A stored moment that may be missing."""
    return None if stored is None else from_microseconds(stored)


def day_from_number(stored: int | None) -> date | None:
    """A stored day."""
    return None if stored is None else np.datetime64(stored, "D").astype(object)


def _state_from_row(row: tuple[Any, ...]) -> FetchState:
    series, source, tried_at, ok_at, problem, notes, stamp, last_day, rows, revised = row
    return FetchState(
        series=series,
        source=source,
        tried_at=from_microseconds(tried_at),
        ok_at=from_optional_microseconds(ok_at),
        problem=problem,
        notes=tuple(json.loads(notes or "[]")),
        stamp=stamp,
        last_day=day_from_number(last_day),
        rows=rows,
        revised=revised,
    )


def revision_from_row(
    series_id: str, row: tuple[int, int, int, float, float, int, int]
) -> RateRevision:
    """A replaced value as it is stored."""
    record, opens, revision, was, became, fetched, seen = row
    day = day_from_number(record)
    assert day is not None
    begins = datetime.fromtimestamp(opens, UTC)
    first, later = from_microseconds(fetched), from_microseconds(seen)
    return RateRevision(series_id, day, begins, revision, was, became, first, later)


# ---- writing an answer


@dataclass(slots=True)
class _RowChanges:
    """What is to be written.

    Attributes:
        put: rows, each with the number of its revision.
        replaced: old row, new row, the old one's revision and its fetch.
        new: how many rows are new.
        settled: how many provisional rows became final or changed without a revision.
    """

    put: list[tuple[ObservationRow, int]] = field(default_factory=list)
    replaced: list[tuple[ObservationRow, ObservationRow, int, int]] = field(default_factory=list)
    new: int = 0
    settled: int = 0


def write_rows(
    connection: CacheConnection, number: int, source: str, series: RateSeries, at: datetime
) -> CacheUpdate:
    """Write the observations that differ from the stored ones of the series with this number."""
    rows = list(rows_from_series(series))
    stored = _stored_rows_since(connection, number, rows[0].key)
    changes = _compare_rows(rows, stored)
    keys = {row.key for row in rows}
    dropped = [key for key, (row, *_) in stored.items() if row.provisional and key not in keys]
    connection.executemany(
        "delete from observations where series = :series and key = :key",
        [{"series": number, "key": key} for key in dropped],
    )
    if not changes.put:
        return CacheUpdate()
    (fetch,) = connection.execute(
        "insert into fetches (series, source, fetched_at) values (:series, :source, :at)"
        " returning id",
        {"series": number, "source": source, "at": to_microseconds(at)},
    ).fetchone()
    connection.executemany(
        PUT_REVISION,
        [
            {
                "series": number, "key": old.key, "revision": revision, "record": old.record,
                "opens": old.opens, "rate": old.rate, "became": new.rate, "fetched": first,
                "replaced": fetch,
            }
            for old, new, revision, first in changes.replaced
        ],
    )  # fmt: skip
    written = {"series": number, "fetched": fetch}
    connection.executemany(
        PUT_OBSERVATION,
        [row._asdict() | {"revision": revision} | written for row, revision in changes.put],
    )
    return CacheUpdate(changes.new, len(changes.replaced), changes.settled)


def _stored_rows_since(
    connection: CacheConnection, number: int, key: int
) -> dict[int, tuple[ObservationRow, int, int]]:
    """Row, revision and fetch of every stored observation from a key on."""
    rows = connection.execute(
        "select key, record, day, opens, known_at, rate, provisional, revision, fetched"
        " from observations where series = :series and key >= :key",
        {"series": number, "key": key},
    ).fetchall()
    return {row[0]: (ObservationRow(*row[:7]), row[7], row[8]) for row in rows}


def _compare_rows(
    rows: list[ObservationRow], stored: dict[int, tuple[ObservationRow, int, int]]
) -> _RowChanges:
    changes = _RowChanges()
    for row in rows:
        if row.key not in stored:
            changes.put.append((row, 0))
            changes.new += 1
            continue
        old, revision, fetch = stored[row.key]
        if row == old or not _supersedes(row, old):
            continue
        is_revised = not old.provisional and old.rate is not None and row.rate != old.rate
        if is_revised:
            changes.replaced.append((old, row, revision, fetch))
        else:
            changes.settled += 1
        changes.put.append((row, revision + is_revised))
    return changes


def _supersedes(row: ObservationRow, old: ObservationRow) -> bool:
    """Whether a row may replace another: never a missing value a rate, nor a live row a final."""
    if row.rate is None and old.rate is not None:
        return False
    return bool(old.provisional or not row.provisional)


# ---- the cache


class RateCache:
    """The cache of live rates; no file is created before the first answer is stored.

    Every method raises StoreError where the cache cannot be used.

    Args:
        place: the folder of its file, or the tables that replicas share.
    """

    def __init__(self, place: Path | CacheStore) -> None:
        self._tables: CacheStore = CacheFile(place) if isinstance(place, Path) else place

    def as_of(self, moment: datetime) -> AsOfRateCache:
        """The state at a moment, read-only."""
        return AsOfRateCache(self._tables, moment)

    def fingerprint(self) -> object:
        """A cheap value that differs after every change; None where nothing is stored."""
        return self._tables.fingerprint()

    def versions(self) -> Mapping[str, SeriesVersion]:
        """The stored version of every series ever requested, by its id."""
        return {
            name: SeriesVersion(mark, from_optional_microseconds(ok_at), bool(has_rows))
            for name, mark, ok_at, has_rows in self._rows(VERSION_QUERY)
        }

    def read(self, card: SeriesCard) -> RateSeries | None:
        """The stored observations of a series, ascending; None where there are none."""

        def read(connection: CacheConnection) -> RateSeries | None:
            of = {"name": card.id}
            rows = connection.execute(
                "select key, record, day, opens, known_at, rate, provisional from observations"
                " where series = (select id from series where name = :name) order by known_at",
                of,
            ).fetchall()
            if not rows:
                return None
            query = "select ok_at from series where name = :name"
            (ok_at,) = connection.execute(query, of).fetchone()
            observations = [ObservationRow(*row) for row in rows]
            return series_from_rows(card, observations, from_optional_microseconds(ok_at))

        return self._tables.read(read, None)

    def state(self, series_id: str) -> FetchState | None:
        """The state of the requests for a series; None where it was never requested."""
        rows = self._rows(STATE_OF_SERIES_QUERY, name=series_id)
        return _state_from_row(rows[0]) if rows else None

    def states(self) -> Mapping[str, FetchState]:
        """The states of every series ever requested, by its id."""
        return {state.series: state for state in map(_state_from_row, self._rows(STATE_QUERY))}

    def revisions(self, series_id: str) -> tuple[RateRevision, ...]:
        """The values that were replaced, the latest replacement first."""
        rows = self._rows(
            "select r.record, r.opens, r.revision, r.rate, r.became, f.fetched_at,"
            " n.fetched_at from revisions r join fetches f on f.id = r.fetched"
            " join fetches n on n.id = r.replaced"
            " where r.series = (select id from series where name = :name)"
            " order by n.fetched_at desc, r.key desc, r.revision desc",
            name=series_id,
        )
        return tuple(revision_from_row(series_id, row) for row in rows)

    def tickers(self) -> Mapping[str, TickerFacts]:
        """The facts of every ticker ever stored, by its id; those that cannot be read are not."""

        def read(connection: CacheConnection) -> Sequence[Any]:
            try:
                return connection.execute("select name, facts from tickers").fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                return ()

        nothing: Sequence[Any] = ()
        facts: dict[str, TickerFacts] = {}
        for name, text in self._tables.read(read, nothing):
            with contextlib.suppress(ValueError):
                facts[name] = TickerFacts.from_json(text)
        return facts

    def store_ticker(self, facts: TickerFacts) -> None:
        """Store the facts of a ticker; they replace earlier ones.

        Raises:
            StoreError: they cannot be written.
        """
        query = (
            "insert into tickers (name, facts) values (:name, :facts)"
            " on conflict (name) do update set facts = excluded.facts"
        )
        values = {"name": facts.id, "facts": facts.to_json()}
        self._tables.write(lambda connection: connection.execute(query, values))

    def store(self, series_id: str, source: str, fetched: FetchResult, at: datetime) -> CacheUpdate:
        """Store an answer in one transaction.

        A value that differs from the stored one replaces it, and the earlier one is stored
        as a revision. A missing value replaces nothing, and a provisional one replaces no
        final one.

        Raises:
            StoreError: it cannot be written, or the series is another source's.
        """

        def store(connection: CacheConnection) -> CacheUpdate:
            number = _record_attempt(connection, series_id, source, at)
            values = {"at": to_microseconds(at), "notes": json.dumps(fetched.notes)}
            connection.execute(
                "update series set ok_at = :at, problem = '', notes = :notes, stamp = :stamp"
                " where id = :id",
                values | {"stamp": fetched.stamp, "id": number},
            )
            if fetched.series is None or len(fetched.series) == 0:
                return CacheUpdate()
            return write_rows(connection, number, source, fetched.series, at)

        return self._tables.write(store)

    def record_failure(self, series_id: str, source: str, problem: str, at: datetime) -> None:
        """Record a failed request; stored observations do not change."""

        def record(connection: CacheConnection) -> None:
            number = _record_attempt(connection, series_id, source, at)
            query = "update series set problem = :problem where id = :id"
            connection.execute(query, {"problem": problem, "id": number})

        self._tables.write(record)

    def lock(self, name: str, timeout: float) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was acquired in that many seconds."""
        return self._tables.lock(name, timeout)

    def _rows(self, query: str, **params: Any) -> Sequence[Any]:
        def read(connection: CacheConnection) -> Sequence[Any]:
            return connection.execute(query, params).fetchall()

        return self._tables.read(read, ())


def _record_attempt(connection: CacheConnection, series_id: str, source: str, at: datetime) -> int:
    connection.execute(
        "insert into series (name, source, tried_at) values (:name, :source, :at)"
        " on conflict (name) do update set tried_at = excluded.tried_at",
        {"name": series_id, "source": source, "at": to_microseconds(at)},
    )
    query = "select id, source from series where name = :name"
    row = connection.execute(query, {"name": series_id}).fetchone()
    if row[1] != source:
        msg = _(
            "series {series_id}: is kept from {row} and takes nothing from {source}",
            series_id=series_id,
            row=row[1],
            source=source,
        )
        raise StoreError(msg)
    return int(row[0])


class CacheFile:
    """The tables in a file of SQLite; no file is created before something is written.

    Args:
        folder: of its files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / CACHE_FILE

    def fingerprint(self) -> tuple[int, ...] | None:
        """Size, time and identity of the files; None where nothing is stored."""
        values: list[int] = []
        for name in (CACHE_FILE, f"{CACHE_FILE}-wal"):
            try:
                stat = os.stat(self._folder / name)  # noqa: PTH116 - called on every page
            except OSError:
                continue
            values += [stat.st_mtime_ns, stat.st_size, stat.st_ino]
        return tuple(values) or None

    def read(self, work: Callable[[CacheConnection], T], default: T) -> T:
        """Run `work` on one state of the file; `default` where there is none.

        Raises:
            StoreError: the file cannot be read.
        """
        if not self._file.exists():
            return default
        with self._mapped_errors(), closing(self._connect()) as connection:
            if _read_schema_version(connection) != CACHE_SCHEMA_VERSION:
                return default
            connection.execute("begin")
            return work(connection)

    def write(self, work: Callable[[CacheConnection], T]) -> T:
        """Run `work` in one transaction: committed at the end, rolled back on any error.

        Raises:
            StoreError: the file cannot be written.
        """
        with self._mapped_errors():
            self._prepare()
            with closing(self._connect()) as connection:
                connection.execute("begin immediate")
                try:
                    result = work(connection)
                except BaseException as error:
                    connection.execute("rollback")
                    if getattr(error, "sqlite_errorname", "") in CORRUPTION_ERRORS:
                        self._quarantine()
                    raise
                connection.execute("commit")
                return result

    def lock(self, name: str, timeout: float) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was acquired in that many seconds."""
        return file_lock(self._folder / f"{name}.lock", timeout)

    def _prepare(self) -> None:
        """Create the file and its tables; rename a file that is damaged or of another version."""
        create_private_file(self._file)
        try:
            with closing(self._connect()) as connection:
                if _read_schema_version(connection) == CACHE_SCHEMA_VERSION:
                    connection.execute(CREATE_TICKERS)
                    return
                connection.execute("begin exclusive")
                if (version := _read_schema_version(connection)) == 0:
                    for statement in (*CREATE_TABLES.split(";\n"), CREATE_TICKERS):
                        connection.execute(statement)
                    connection.execute(f"pragma user_version = {CACHE_SCHEMA_VERSION}")
                    connection.execute("commit")
                # Another process may have created them meanwhile.
                if version in {0, CACHE_SCHEMA_VERSION}:
                    return
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname not in CORRUPTION_ERRORS:
                raise
        self._quarantine()
        self._prepare()

    def _quarantine(self) -> None:
        for name in (CACHE_FILE, f"{CACHE_FILE}-wal", f"{CACHE_FILE}-shm"):
            with contextlib.suppress(OSError):
                (self._folder / name).replace(self._folder / f"{name}.damaged")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None)
        try:
            enable_wal(connection, LOCK_TIMEOUT_SECONDS)
            connection.execute("pragma synchronous = normal")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        """Raise errors of the file as StoreError, in one line without its path."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            reason = getattr(error, "sqlite_errorname", "") or type(error).__name__
            msg = _(
                "the rate cache cannot be used ({reason}); rates stay as they ship", reason=reason
            )
            raise StoreError(msg) from error


def _read_schema_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


class AsOfRateCache(RateCache):
    """The state of a cache at a moment, read-only.

    Overwritten details are lost: a value that was provisional at the moment, and one whose
    moment or printed date its publisher corrected later, appear from the correction on.

    Args:
        place: the folder of the cache, or the tables that replicas share.
        moment: answers until then count.
    """

    def __init__(self, place: Path | CacheStore, moment: datetime) -> None:
        super().__init__(place)
        self._moment = moment

    def versions(self) -> Mapping[str, SeriesVersion]:
        """The version at the moment of every series that had been answered."""
        at = to_microseconds(self._moment)
        return {
            name: SeriesVersion(mark, from_optional_microseconds(ok_at), bool(has_rows))
            for name, mark, ok_at, has_rows in self._rows(AS_OF_VERSION_QUERY, at=at)
            if ok_at is not None
        }

    def read(self, card: SeriesCard) -> RateSeries | None:
        """The observations at the moment with their values then; None where there were none."""
        rows = self._rows(AS_OF_ROWS_QUERY, at=to_microseconds(self._moment), name=card.id)
        if not rows:
            return None
        version = self.versions().get(card.id)
        return series_from_rows(
            card, [ObservationRow(*row) for row in rows], version.ok_at if version else None
        )

    def state(self, series_id: str) -> FetchState | None:
        """The state at the moment, without failures; None where it had not been answered."""
        return self.states().get(series_id)

    def states(self) -> Mapping[str, FetchState]:
        """The states at the moment of every series that had been answered."""
        versions = self.versions()
        states = {}
        for name, state in super().states().items():
            if name in versions:
                ok_at = versions[name].ok_at
                assert ok_at is not None
                states[name] = replace(
                    state, tried_at=ok_at, ok_at=ok_at, problem="", notes=(), stamp="",
                    revised=len(self.revisions(name)),
                )  # fmt: skip
        return states

    def revisions(self, series_id: str) -> tuple[RateRevision, ...]:
        """The values that had been replaced by the moment, the latest replacement first."""
        return tuple(r for r in super().revisions(series_id) if r.seen_at <= self._moment)

    def store(self, series_id: str, source: str, fetched: FetchResult, at: datetime) -> CacheUpdate:  # noqa: ARG002
        """Refuse an answer.

        Raises:
            StoreError: always.
        """
        msg = _("series {series_id}: is frozen here and takes nothing in", series_id=series_id)
        raise StoreError(msg)

    def store_ticker(self, facts: TickerFacts) -> None:
        """Refuse it.

        Raises:
            StoreError: always.
        """
        msg = _("series {series_id}: is frozen here and takes nothing in", series_id=facts.id)
        raise StoreError(msg)

    def record_failure(self, series_id: str, source: str, problem: str, at: datetime) -> None:
        """Ignore it: an as-of cache sends no requests."""
