"""What the memory of live rates says about itself: attempts, versions, revisions."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any, Final

from dashboard.domain.remembered import FetchState, Revision
from dashboard.store.cache_schema import day_of, moment_if, moment_of

VERSIONS: Final = """
with marks as (select series, max(id) as mark from fetches group by series)
select s.name, coalesce(m.mark, 0), s.ok_at,
    exists (select 1 from observations o where o.series = s.id and o.provisional = 0)
from series s left join marks m on m.series = s.id
"""
STATES: Final = """
select s.name, s.source, s.tried_at, s.ok_at, s.problem, s.notes, s.stamp,
    (select day from observations o where o.series = s.id order by key desc limit 1),
    (select count(*) from observations o where o.series = s.id),
    (select count(*) from revisions r where r.series = s.id)
from series s
"""


def state_of(connection: sqlite3.Connection, series_id: str) -> FetchState | None:
    """What is known of the attempts at a series; None: it was never asked for."""
    row = connection.execute(f"{STATES} where s.name = ?", (series_id,)).fetchone()
    return None if row is None else _state(row)


def states_in(connection: sqlite3.Connection) -> list[FetchState]:
    """The same of every series."""
    return [_state(row) for row in connection.execute(STATES)]


def _state(row: tuple[Any, ...]) -> FetchState:
    series, source, tried_at, ok_at, problem, notes, stamp, last_day, rows, revised = row
    return FetchState(
        series=series,
        source=source,
        tried_at=moment_of(tried_at),
        ok_at=moment_if(ok_at),
        problem=problem,
        notes=tuple(json.loads(notes or "[]")),
        stamp=stamp,
        last_day=day_of(last_day),
        rows=rows,
        revised=revised,
    )


def revision_of(series_id: str, row: tuple[int, int, int, float, float, int, int]) -> Revision:
    """A number that was replaced, as it was kept."""
    record, opens, revision, was, became, fetched, seen = row
    day = day_of(record)
    assert day is not None
    begins = datetime.fromtimestamp(opens, UTC)
    first, later = moment_of(fetched), moment_of(seen)
    return Revision(series_id, day, begins, revision, was, became, first, later)
