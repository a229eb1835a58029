"""A replica of the data services and a client that asks it."""

import pytest

from dashboard.sources.web import Web
from dashboard.sources.web_route import new_session
from tests.replica import Replica
from tests.sources.made_clock import MadeClock


@pytest.fixture
def replica():
    with Replica() as running:
        yield running


@pytest.fixture
def clock(replica):
    return MadeClock(replica.market.now)


@pytest.fixture
def web(replica, clock):
    with new_session(replica.url) as session:
        yield Web(session, clock)
