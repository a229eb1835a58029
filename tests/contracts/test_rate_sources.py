"""One form for every rate source: what a series promises, wherever it comes from."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.models.errors import InputError
from dashboard.models.publication import ECB, PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from dashboard.sources.rates import LIVE_SOURCES, RATE_SOURCES
from dashboard.sources.rates.base import LiveSource, RateSource
from tests.contracts.rate_source_form import SeriesForm
from tests.replica import Replica
from tests.sources.made_clock import MadeClock


@pytest.fixture(scope="module")
def client():
    """A client that asks the replica."""
    with Replica() as replica, new_session(replica.url) as session:
        yield PoliteClient(session, MadeClock(replica.market.now))


def bundled(source, folder, client):
    return source()


def live(source, folder, client):
    return source(client)


def yahoo(source, folder, client):
    return source(client, folder / "yfinance")


def csv_file(source, folder, client):
    path = folder / "rates.csv"
    path.write_text(
        "date,USDRUB,BRENT\n2025-01-09,102.3,76.1\n2025-01-10,,77\n2025-01-13,101,78.5\n"
    )
    return source(path)


def imported(source, folder, client):
    made = source(folder / "rates")
    day = np.array(["2026-09-01", "2026-09-02"], dtype="datetime64[D]")
    card = SeriesCard("own_a", "A", "as quoted", "inverse", "your own file", "", "yours", ECB.id)
    series = RateSeries(card, day, *ECB.timestamps(day), np.array([80.5, np.nan]))
    made.store([replace(series, fetched_at=datetime(2026, 9, 3, tzinfo=UTC))], "0" * 64)
    return made


# How a test makes each source; a new source adds its line.
MAKERS = {
    "bundled": bundled, "csv_file": csv_file, "imported": imported, "cbr": live, "ecb": live,
    "fred": live, "moex": live, "yahoo": yahoo, "exchange_api": live,
}  # fmt: skip


@pytest.fixture(scope="module", params=RATE_SOURCES, ids=lambda source: source.id)
def source(request, tmp_path_factory, client):
    return MAKERS[request.param.id](request.param, tmp_path_factory.mktemp("source"), client)


@pytest.fixture(scope="module")
def all_series(source):
    return [source.get(card.id) for card in source.cards()]


def test_a_source_fits_the_form(source):
    assert isinstance(source, RateSource)


def test_a_source_offers_at_least_one_series_and_no_id_twice(source):
    ids = [card.id for card in source.cards()]
    assert ids
    assert len(set(ids)) == len(ids)


def test_a_card_is_filled_in(source):
    for card in source.cards():
        assert card.title
        assert card.unit
        assert card.inverse_unit
        assert card.publisher
        assert card.licence
        assert card.date_rule in PUBLICATION_RULES
        assert card.move_sign in {-1, 1}


def test_reading_twice_gives_the_same_numbers(source, all_series):
    for first in all_series:
        second = source.get(first.card.id)
        assert np.array_equal(first.rate, second.rate, equal_nan=True)
        final = len(first) - first.provisional  # what may still change is known up to now
        assert np.array_equal(first.known_at[:final], second.known_at[:final])


def test_a_series_it_does_not_have_is_refused_with_the_names_of_those_it_has(source):
    with pytest.raises(InputError) as caught:
        source.get("no_such_series")
    assert "no_such_series" in str(caught.value)
    assert source.cards()[0].id in str(caught.value)


def test_a_file_behind_a_series_has_its_hash(source):
    files = source.files()
    assert set(files) <= {card.id for card in source.cards()}
    assert all(len(sha256) == 64 for sha256 in files.values())


class TestSeries(SeriesForm):
    """Every series of every source, the live ones as the replica answers."""


def test_every_series_that_is_offered_can_be_had(source, all_series):
    assert [series.card for series in all_series] == list(source.cards())


# ---------------------------------------------------------------- what asks the network


def test_every_source_that_asks_the_network_fits_its_form(source):
    is_live = type(source) in LIVE_SOURCES
    assert isinstance(source, LiveSource) == is_live
    assert (
        type(source).__module__.rpartition(".")[2] in {"bundled", "csv_file", "imported"}
    ) != is_live


def test_a_live_card_says_what_it_measures_and_what_it_cannot_say(source):
    if type(source) in LIVE_SOURCES:
        for card in source.cards():
            assert card.quantity
            assert card.limits.endswith(".")
            assert card.history_from or card.bar_minutes


def test_a_fetch_brings_what_is_dated_since_a_day(source, all_series):
    if type(source) in LIVE_SOURCES:
        for series in all_series:
            since = series.record[-3].astype(object)
            part = source.fetch(series.card.id, since).series
            assert part.record[0] == series.record[-3]
            wanted = series.rate[series.record >= series.record[-3]]
            assert np.array_equal(part.rate, wanted, equal_nan=True)
