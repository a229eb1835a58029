"""A replica of the services that sources ask, and a client of it; one clock for both."""

import pytest

from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient


@pytest.fixture
def client(replica, clock):
    with new_session(replica.url) as session:
        yield PoliteClient(session, clock)
