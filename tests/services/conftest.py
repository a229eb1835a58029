"""A replica of the data services and live sources that use it."""

import pytest

from dashboard.sources.http_transport import new_session
from tests.replica import Replica
from tests.services.live_setup import LiveSetup
from tests.sources.made_clock import MadeClock


@pytest.fixture
def replica():
    with Replica() as running:
        yield running


@pytest.fixture
def clock(replica):
    return MadeClock(replica.market.now)


@pytest.fixture
def live(replica, clock, tmp_path):
    with new_session(replica.url) as session:
        yield LiveSetup(tmp_path, session, clock)
