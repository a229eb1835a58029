"""A replica of the data services and live sources that use it."""

import pytest

from dashboard.sources.http_transport import new_session
from tests.services.live_setup import LiveSetup


@pytest.fixture
def live(replica, clock, tmp_path):
    with new_session(replica.url) as session:
        yield LiveSetup(tmp_path, session, clock)
