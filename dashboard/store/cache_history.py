"""The memory of live rates as it stood at an earlier moment, rebuilt from its revisions."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dashboard.domain.errors import StoreError
from dashboard.domain.fetched import Fetched
from dashboard.domain.remembered import FetchState, Kept, Revision, Version
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.store.cache_schema import Row, micros, moment_if, series_of
from dashboard.store.rate_cache import RateCache

# A row that was written later is taken at its last revision that was there by then: the number
# before that one was replaced, or the number it became where that had happened by then.
ROWS: Final = """
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
VERSIONS: Final = """
select s.name, coalesce(max(f.id), 0),
    case when s.ok_at <= :at then s.ok_at else max(f.fetched_at) end,
    exists (select 1 from observations o join fetches of on of.id = o.fetched
        where o.series = s.id and of.fetched_at <= :at and o.provisional = 0)
    or exists (select 1 from revisions r join fetches rf on rf.id = r.fetched
        where r.series = s.id and rf.fetched_at <= :at)
from series s left join fetches f on f.series = s.id and f.fetched_at <= :at
group by s.id
"""


class CacheThen(RateCache):
    """What a memory held at a moment; it takes nothing in.

    What is lost with time is not there: a number that was still provisional then, and a number
    whose moment or printed date its publisher corrected later, count from the correction on.

    Args:
        folder: where the files of the memory lie.
        moment: until when answers count.
    """

    def __init__(self, folder: Path, moment: datetime) -> None:
        super().__init__(folder)
        self._moment = moment

    def versions(self) -> Mapping[str, Version]:
        """Which version was kept then of every series that had been answered."""
        with self._reading() as connection:
            rows = self._asked(connection, VERSIONS)
        return {
            name: Version(mark, moment_if(ok_at), bool(has_rows))
            for name, mark, ok_at, has_rows in rows
            if ok_at is not None
        }

    def read(self, card: SeriesCard) -> RateSeries | None:
        """The observations that were kept then with their values then; None where none were."""
        with self._reading() as connection:
            rows = self._asked(connection, ROWS, card.id)
        if not rows:
            return None
        version = self.versions().get(card.id)
        return series_of(card, [Row(*row) for row in rows], version.ok_at if version else None)

    def state(self, series_id: str) -> FetchState | None:
        """What was known then of a series; failures of then are not remembered."""
        return self.states().get(series_id)

    def states(self) -> Mapping[str, FetchState]:
        """The same of every series that had been answered."""
        versions = self.versions()
        found = {}
        for name, state in super().states().items():
            if name in versions:
                ok_at = versions[name].ok_at
                assert ok_at is not None
                found[name] = replace(
                    state, tried_at=ok_at, ok_at=ok_at, problem="", notes=(), stamp="",
                    revised=len(self.revisions(name)),
                )  # fmt: skip
        return found

    def revisions(self, series_id: str) -> tuple[Revision, ...]:
        """The numbers that had been replaced by then, the latest replacement first."""
        found = super().revisions(series_id)
        return tuple(one for one in found if one.seen_at <= self._moment)

    def keep(self, series_id: str, source: str, fetched: Fetched, at: datetime) -> Kept:  # noqa: ARG002 - the form
        """Take nothing in.

        Raises:
            StoreError: always.
        """
        msg = f"series {series_id}: is frozen here and takes nothing in"
        raise StoreError(msg)

    def note_failure(self, series_id: str, source: str, problem: str, at: datetime) -> None:
        """Note nothing: nobody is asked for what is frozen."""

    def _asked(
        self, connection: sqlite3.Connection | None, query: str, name: str = ""
    ) -> list[tuple[Any, ...]]:
        if connection is None:
            return []
        return connection.execute(query, {"at": micros(self._moment), "name": name}).fetchall()
