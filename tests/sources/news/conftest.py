"""A replica of the services of news, and the clock they and the clients go by."""

from datetime import UTC, datetime

import pytest

from tests.replica import Replica
from tests.sources.made_clock import MadeClock

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.fixture
def replica():
    with Replica() as running:
        yield running


@pytest.fixture
def clock():
    return MadeClock(NOW)
