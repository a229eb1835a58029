"""The memory of live rates as it stood: values of then, nothing fetched later."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from dashboard.models.errors import StoreError
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.models.series import FetchResult, RateSeries
from dashboard.storage.rate_cache import AsOfRateCache, RateCache
from tests.made_series import made_card, made_series

CARD = made_card("made", rule=BANK_OF_RUSSIA)
FIRST = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)
THIRD = FIRST + timedelta(days=2)
JUST = timedelta(microseconds=1)


@pytest.fixture
def folder(tmp_path):
    """A memory that was answered three times.

    First  19: 84.1   20: 84.2
    Second 19: 84.5 (revised)  20: 84.2   21: 84.3
    Third  19: 84.9 (revised again)  21: 84.0 (revised)  24: 84.4
    """
    answer_three_times(RateCache(tmp_path / "cache"))
    return tmp_path / "cache"


def answer_three_times(cache):
    keep(cache, {"2026-11-19": 84.1, "2026-11-20": 84.2}, FIRST)
    keep(cache, {"2026-11-19": 84.5, "2026-11-20": 84.2, "2026-11-21": 84.3}, SECOND)
    keep(cache, {"2026-11-19": 84.9, "2026-11-21": 84.0, "2026-11-24": 84.4}, THIRD)


def keep(cache, rates, at, provisional=0):
    made = made_series(list(rates.values()), list(rates), rule=BANK_OF_RUSSIA, series_id="made")
    whole = RateSeries(
        made.card, made.record, made.day, made.opens, made.known_at, made.rate, at, provisional
    )
    return cache.store("made", "source", FetchResult(whole), at)


def rates_of(cache):
    series = cache.read(CARD)
    if series is None:
        return {}
    return dict(zip((str(day)[8:] for day in series.record), series.rate.tolist(), strict=True))


@pytest.mark.parametrize(
    ("moment", "rates"),
    [
        (FIRST - JUST, {}),
        (FIRST, {"19": 84.1, "20": 84.2}),
        (SECOND - JUST, {"19": 84.1, "20": 84.2}),
        (SECOND, {"19": 84.5, "20": 84.2, "21": 84.3}),
        (THIRD - JUST, {"19": 84.5, "20": 84.2, "21": 84.3}),
        (THIRD, {"19": 84.9, "20": 84.2, "21": 84.0, "24": 84.4}),
    ],
)
def test_every_number_is_that_of_the_moment(folder, moment, rates):
    assert rates_of(AsOfRateCache(folder, moment)) == rates


def test_far_in_the_future_it_is_the_memory_itself(folder):
    then, live = AsOfRateCache(folder, THIRD + timedelta(days=9_999)), RateCache(folder)
    frozen, series = then.read(CARD), live.read(CARD)
    for name in ("record", "day", "opens", "known_at", "rate"):
        assert np.array_equal(getattr(frozen, name), getattr(series, name))
    assert (frozen.fetched_at, frozen.provisional) == (series.fetched_at, 0)
    assert then.versions() == live.versions()
    assert then.revisions("made") == live.revisions("made")


def test_versions_and_revisions_are_those_of_the_moment(folder):
    assert AsOfRateCache(folder, FIRST - JUST).versions() == {}
    version = AsOfRateCache(folder, SECOND).versions()["made"]
    assert (version.ok_at, version.has_rows) == (SECOND, True)
    (revision,) = AsOfRateCache(folder, SECOND).revisions("made")
    assert (revision.was, revision.became) == (84.1, 84.5)
    assert AsOfRateCache(folder, SECOND).state("made").revised == 1
    assert AsOfRateCache(folder, FIRST - JUST).state("made") is None


def test_a_series_was_fetched_when_it_was_last_changed_before_the_moment(folder):
    keep(RateCache(folder), {"2026-11-24": 84.4}, THIRD + timedelta(days=5))  # nothing new
    assert AsOfRateCache(folder, SECOND + timedelta(hours=1)).read(CARD).fetched_at == SECOND
    assert AsOfRateCache(folder, THIRD + timedelta(days=6)).read(
        CARD
    ).fetched_at == THIRD + timedelta(days=5)


def test_a_number_that_was_provisional_then_counts_once_it_is_settled(tmp_path):
    cache = RateCache(tmp_path)
    keep(cache, {"2026-11-19": 84.1, "2026-11-20": 84.2}, FIRST, provisional=1)
    keep(cache, {"2026-11-20": 84.6}, SECOND)
    assert rates_of(AsOfRateCache(tmp_path, FIRST)) == {"19": 84.1}
    assert rates_of(AsOfRateCache(tmp_path, SECOND)) == {"19": 84.1, "20": 84.6}


def test_a_frozen_memory_takes_nothing_in(folder):
    then = AsOfRateCache(folder, FIRST)
    with pytest.raises(StoreError, match="is frozen here and takes nothing in"):
        keep(then, {"2026-11-25": 85.0}, THIRD)
    then.record_failure("made", "source", "It did not answer", THIRD)
    assert RateCache(folder).state("made").problem == ""


def test_without_a_file_nothing_was_known(tmp_path):
    assert AsOfRateCache(tmp_path / "none", FIRST).read(CARD) is None
    assert AsOfRateCache(tmp_path / "none", FIRST).versions() == {}
