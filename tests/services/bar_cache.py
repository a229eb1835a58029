"""A home whose cache holds bars of the replica, as a refresh leaves them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from dashboard.sources.http_transport import new_session
from tests.replica import Replica
from tests.services.live_setup import LiveSetup
from tests.sources.made_clock import MadeClock

HOURS = "cny_rub_moex_60m"


@cache
def refreshed(series):
    """What a refresh of some series answers, the replica's market, and the files it leaves."""
    with tempfile.TemporaryDirectory() as folder, Replica() as replica:
        home, clock = Path(folder), MadeClock(replica.market.now)
        with new_session(replica.url) as session:
            results = LiveSetup(home, session, clock).refresh(*series)
        files = {
            path.relative_to(home): path.read_bytes() for path in home.rglob("*") if path.is_file()
        }
        return results, replica.market, files


def fill_cache(home, *series):
    """Give a home the cache of some series; what became of each, and the replica's market.

    Its clock stands at Monday 23 November 2026, 21:00 in Moscow. The series are fetched once
    in a run of tests.
    """
    results, market, files = refreshed(series or (HOURS,))
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return results, market
