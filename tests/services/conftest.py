"""A replica of the data services and a house that asks it."""

import pytest

from dashboard.sources.http_transport import new_session
from tests.replica import Replica
from tests.services.live_house import LiveHouse
from tests.sources.made_clock import MadeClock


@pytest.fixture
def replica():
    with Replica() as running:
        yield running


@pytest.fixture
def clock(replica):
    return MadeClock(replica.market.now)


@pytest.fixture
def house(replica, clock, tmp_path):
    with new_session(replica.url) as session:
        yield LiveHouse(tmp_path, session, clock)
