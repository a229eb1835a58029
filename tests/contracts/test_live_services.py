"""The real data services keep the contract that the replica imitates; run with -m network."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dashboard.models.errors import InputError
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from dashboard.sources.rates import LIVE_SOURCES
from dashboard.sources.rates.yahoo import Yahoo
from tests.contracts.rate_source_form import SeriesForm

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def client():
    with new_session() as session:
        yield PoliteClient(session)


@pytest.fixture(scope="module", params=LIVE_SOURCES, ids=lambda source: source.id)
def source(request, client, tmp_path_factory):
    folder = tmp_path_factory.mktemp("yfinance")
    return request.param(client, folder) if request.param is Yahoo else request.param(client)


@pytest.fixture(scope="module")
def all_series(source):
    """The last weeks of every series that goes on; bars of the last days."""
    result = []
    for card in source.cards():
        if card.history_until is None:
            days = 4 if card.bar_minutes else 25
            since = (datetime.now(UTC) - timedelta(days=days)).date()
            result.append(source.fetch(card.id, since).series)
    return result


class TestRealSeries(SeriesForm):
    """What the replica is held to, the real services keep."""


def test_the_real_service_answers_no_day_before_the_one_that_was_asked(source, all_series):
    requests = np.datetime64((datetime.now(UTC) - timedelta(days=25)).date())
    assert all(series.record[0] >= requests for series in all_series)


TICKERS = (
    "cbr:KZT",
    "ecb:GBP",
    "fred:DGS10",
    "moex:SBER",
    "moex:RGBI",
    "yahoo:UAH=X",
    "yahoo:^GSPC",
)
UNKNOWN = ("cbr:QQQ", "fred:NOPE12345", "moex:NOPE12345", "yahoo:NOPE12345")


def live_source(name, client, folder):
    (kind,) = (kind for kind in LIVE_SOURCES if kind.id == name.partition(":")[0])
    return kind.create(client, folder)


@pytest.mark.parametrize("name", TICKERS)
def test_a_ticker_of_the_real_service_has_facts_and_recent_numbers(name, client, tmp_path):
    live = live_source(name, client, tmp_path)
    facts = live.resolve(name.partition(":")[2])
    assert facts.id == name
    assert facts.last_day is None
    since = (datetime.now(UTC) - timedelta(days=25)).date()
    series = live.fetch_ticker(facts, since).series
    assert series.card == live.ticker_card(facts)
    assert len(series) > 5
    assert np.isfinite(series.rate).all()


@pytest.mark.parametrize("name", UNKNOWN)
def test_the_real_service_has_no_such_name(name, client, tmp_path):
    with pytest.raises(InputError):
        live_source(name, client, tmp_path).resolve(name.partition(":")[2])


@pytest.mark.parametrize(
    ("source_id", "text"), [("moex", "SBER"), ("cbr", "KZT"), ("yahoo", "SHEL")]
)
def test_the_search_of_the_real_service_finds_a_name(source_id, text, client, tmp_path):
    assert live_source(f"{source_id}:", client, tmp_path).search_publisher(text)
