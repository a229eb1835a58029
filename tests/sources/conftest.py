"""A replica of the services that sources ask, and a client of it; one clock for both."""

import pytest

from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
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
def client(replica, clock):
    with new_session(replica.url) as session:
        yield PoliteClient(session, clock)
