"""A replica and services that fetch from it, for rates that were fetched before a page opens."""

import pytest

from dashboard.sources.http_transport import new_session
from dashboard.ui import session
from tests.services.live_setup import LiveSetup
from tests.sources.made_clock import MadeClock


@pytest.fixture
def live_setup(replica, dashboard_home, monkeypatch):
    """Services that share the cache and the clock of the pages, at the replica's time."""
    clock = MadeClock(replica.market.now)
    monkeypatch.setattr(session, "get_wall_time", clock.now)
    with new_session(replica.url) as connection:
        yield LiveSetup(dashboard_home, connection, clock)
