"""The real data services keep the contract that the replica imitates; run with -m network."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dashboard.sources.rates import LIVE_SOURCES
from dashboard.sources.rates.yahoo import Yahoo
from dashboard.sources.web import Web
from dashboard.sources.web_route import new_session

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def web():
    with new_session() as session:
        yield Web(session)


@pytest.fixture(params=LIVE_SOURCES, ids=lambda source: source.id)
def source(request, web, tmp_path):
    return request.param(web, tmp_path) if request.param is Yahoo else request.param(web)


def test_the_real_service_answers_its_last_weeks(source):
    since = (datetime.now(UTC) - timedelta(days=25)).date()
    for card in source.cards():
        if card.history_until is None:
            series = source.fetch(card.id, since).series
            assert len(series) > 0, card.id
            assert series.card == card
            assert np.all(np.isnan(series.rate) | (series.rate > 0))
            assert series.day[0] >= np.datetime64(since) - 2
