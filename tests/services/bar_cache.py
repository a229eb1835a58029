"""A home whose cache holds bars of the replica, as a refresh leaves them."""

from __future__ import annotations

from dashboard.sources.http_transport import new_session
from tests.replica import Replica
from tests.services.live_setup import LiveSetup
from tests.sources.made_clock import MadeClock

HOURS = "cny_rub_moex_60m"


def fill_cache(home, *series):
    """Refresh some series into the cache of a home; what became of each, and the replica's world.

    Its clock stands at Monday 23 November 2026, 21:00 in Moscow.
    """
    with Replica() as replica:
        clock = MadeClock(replica.market.now)
        with new_session(replica.url) as session:
            live = LiveSetup(home, session, clock)
            return live.refresh(*(series or (HOURS,))), replica.market
