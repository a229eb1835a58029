"""One form for every rate source: what a series promises, wherever it comes from."""

import numpy as np
import pytest

from dashboard.domain.date_rules import RULES
from dashboard.domain.errors import InputError
from dashboard.sources.rates import RATE_SOURCES
from dashboard.sources.rates.base import RateSource


def shipped(source, folder):
    return source()


def csv_file(source, folder):
    path = folder / "rates.csv"
    path.write_text(
        "date,USDRUB,BRENT\n2025-01-09,102.3,76.1\n2025-01-10,,77\n2025-01-13,101,78.5\n"
    )
    return source(path)


# How a test makes each source; a new source adds its line.
MAKERS = {"shipped": shipped, "csv_file": csv_file}


@pytest.fixture(params=RATE_SOURCES, ids=lambda source: source.id)
def source(request, tmp_path):
    return MAKERS[request.param.id](request.param, tmp_path)


@pytest.fixture
def all_series(source):
    return [source.get(card.id) for card in source.cards()]


def test_a_source_fits_the_form(source):
    assert isinstance(source, RateSource)


def test_a_source_offers_at_least_one_series_and_no_id_twice(source):
    ids = [card.id for card in source.cards()]
    assert ids
    assert len(set(ids)) == len(ids)


def test_a_series_carries_the_card_that_was_offered(source):
    for card in source.cards():
        assert source.get(card.id).card == card


def test_a_card_is_filled_in(source):
    for card in source.cards():
        assert card.title
        assert card.unit
        assert card.inverse_unit
        assert card.publisher
        assert card.licence
        assert card.date_rule in RULES
        assert card.move_sign in {-1, 1}


def test_arrays_have_their_types_and_the_same_length(all_series):
    for series in all_series:
        assert len(series) > 0
        types = [series.record, series.day, series.opens, series.known_at, series.rate]
        assert [array.dtype for array in types] == [
            np.dtype("datetime64[D]"),
            np.dtype("datetime64[D]"),
            np.dtype("datetime64[s]"),
            np.dtype("datetime64[s]"),
            np.dtype("float64"),
        ]
        assert {array.shape for array in types} == {(len(series),)}


def test_days_ascend_without_a_duplicate(all_series):
    for series in all_series:
        assert np.all(np.diff(series.day).astype(int) > 0)
        assert np.all(np.diff(series.record).astype(int) > 0)


def test_a_number_is_known_after_its_window_opens_and_within_a_day_of_its_market_day(all_series):
    for series in all_series:
        assert np.all(series.opens <= series.known_at)
        apart = (series.known_at - series.day.astype("datetime64[s]")).astype(int)
        assert np.all(np.abs(apart) < 2 * 86_400)


def test_a_rate_is_positive_or_missing(all_series):
    for series in all_series:
        assert np.all(np.isnan(series.rate) | ((series.rate > 0) & np.isfinite(series.rate)))


def test_reading_twice_gives_the_same_numbers(source):
    for card in source.cards():
        first, second = source.get(card.id), source.get(card.id)
        assert np.array_equal(first.known_at, second.known_at)
        assert np.array_equal(first.rate, second.rate, equal_nan=True)


def test_a_series_it_does_not_have_is_refused_with_the_names_of_those_it_has(source):
    with pytest.raises(InputError) as caught:
        source.get("no_such_series")
    assert "no_such_series" in str(caught.value)
    assert source.cards()[0].id in str(caught.value)


def test_a_file_behind_a_series_has_its_hash(source):
    files = source.files()
    assert set(files) <= {card.id for card in source.cards()}
    assert all(len(sha256) == 64 for sha256 in files.values())
