"""Bundled and fetched series: merged per publisher only."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from dashboard.models.errors import InputError, SourceError
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.models.series import RateSeries
from dashboard.services.rates import merge_series, split_provisional
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import made_series
from tests.replica import failures
from tests.replica.services import yahoo as yahoo_how

USD = "usd_rub_cbr"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def made(rates, **more):
    series = made_series(list(rates.values()), list(rates), rule=BANK_OF_RUSSIA, series_id="made")
    return replace(series, fetched_at=NOON, **more)


SHIPPED = made({"2026-09-01": 86.3793, "2026-09-02": 86.753})


def rates_of(series):
    return dict(zip(series.record.astype(str).tolist(), series.rate.tolist(), strict=True))


# ---------------------------------------------------------------- joining


def test_later_rows_of_the_publisher_extend_what_ships():
    found = merge_series(SHIPPED, made({"2026-09-02": 86.753, "2026-09-03": 87.0}))
    assert rates_of(found.series) == {
        "2026-09-01": 86.3793,
        "2026-09-02": 86.753,
        "2026-09-03": 87.0,
    }
    assert found.bundled_rows == 2
    assert found.series.fetched_at == NOON
    assert found.series.card == SHIPPED.card


def test_a_number_the_publisher_changed_replaces_the_shipped_one():
    found = merge_series(SHIPPED, made({"2026-09-01": 86.3793, "2026-09-02": 86.8}))
    assert rates_of(found.series)["2026-09-02"] == 86.8
    assert found.bundled_rows == 1


def test_a_missing_number_replaces_nothing():
    found = merge_series(SHIPPED, made({"2026-09-02": np.nan, "2026-09-03": np.nan}))
    assert rates_of(found.series)["2026-09-02"] == 86.753
    assert np.isnan(rates_of(found.series)["2026-09-03"])


def test_without_anything_new_the_shipped_arrays_are_kept():
    found = merge_series(SHIPPED, made({"2026-09-02": 86.753}))
    assert found.series.rate is SHIPPED.rate
    assert found.series.fetched_at == NOON


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("publisher", "Yahoo", "another publisher"), ("unit", "RUB per EUR", "another unit"),
     ("date_rule", "ecb", "another date rule")],
)  # fmt: skip
def test_different_sources_are_never_spliced(name, value, said):
    other = made({"2026-09-02": 86.753, "2026-09-03": 87.0})
    other = replace(other, card=replace(other.card, **{name: value}))
    with pytest.raises(SourceError, match=said):
        merge_series(SHIPPED, other)


def test_another_level_is_not_joined():
    with pytest.raises(SourceError, match="differs from what ships on most common days"):
        merge_series(SHIPPED, made({"2026-09-01": 96.4, "2026-09-02": 96.7, "2026-09-03": 97.0}))


def test_a_hole_is_not_joined():
    with pytest.raises(SourceError, match="nothing is known from 2026-09-02 to 2026-11-20"):
        merge_series(SHIPPED, made({"2026-11-20": 87.0}))


def test_numbers_that_may_still_change_are_split_off():
    series = made({"2026-09-01": 86.0, "2026-09-02": 87.0}, provisional=1)
    final, live = split_provisional(series)
    assert rates_of(final) == {"2026-09-01": 86.0}
    assert rates_of(live) == {"2026-09-02": 87.0}
    assert split_provisional(final) == (final, None)


# ---------------------------------------------------------------- as a source


def test_before_anything_is_fetched_it_offers_what_ships(live):
    ids = [card.id for card in live.known.cards()]
    assert ids == [card.id for card in BundledRates().cards()]
    assert ids[0] == USD
    assert live.known.files() == BundledRates().files()
    shipped = BundledRates().get(USD)
    assert np.array_equal(live.known.get(USD).rate, shipped.rate)


def test_a_shipped_card_says_what_the_live_one_knows(live):
    card = live.known.cards()[0]
    assert card.quantity == "official rate, an average of the day's deals"
    assert card.publisher == "Bank of Russia"
    assert live.known.get(USD).card == card


def test_every_series_is_listed_with_those_of_which_nothing_was_fetched(live):
    ids = [card.id for card in live.known.all_cards()]
    assert len(ids) == len(set(ids))
    assert {"usd_rub_yahoo", "imoex_moex", "brent_eia", "usd_rub_exchange_api"} <= set(ids)


def test_a_series_that_was_not_fetched_says_how_to_get_it(live):
    with pytest.raises(InputError, match="nothing was fetched yet; run rates refresh"):
        live.known.get("usd_rub_yahoo")
    with pytest.raises(InputError, match="not known; choose one of usd_rub_cbr"):
        live.known.get("no_such_series")


def test_reading_twice_gives_the_very_same_series_until_something_is_fetched(live):
    first = live.known.get(USD)
    assert live.known.get(USD) is first
    live.refresh("eur_rub_cbr")
    live.refresh(USD)
    assert live.known.get(USD) is not first


def test_the_shipped_hash_is_told_only_while_nothing_is_added(live):
    live.refresh(USD)
    assert USD not in live.known.files()
    assert "brent_eia" in live.known.files()


def test_a_series_that_only_ships_takes_nothing_fetched(live):
    live.refresh("brent_fred")
    ids = [card.id for card in live.known.cards()]
    assert ids.index("brent_eia") < ids.index("brent_fred")
    assert str(live.known.get("brent_eia").day[-1]) == "2026-09-01"


def test_a_live_number_is_in_no_series_and_is_told_apart(live):
    live.refresh("usd_rub_yahoo")
    found = live.known.known("usd_rub_yahoo")
    assert str(found.series.day[-1]) == "2026-11-20"
    assert str(found.live.day[0]) == "2026-11-23"
    assert found.series.provisional == 0


def test_a_damaged_cache_leaves_what_ships(live, tmp_path):
    live.refresh(USD)
    for path in (tmp_path / "cache").iterdir():
        if path.is_file():
            path.write_bytes(b"damaged" * 1_000)
    found = live.known.known(USD)
    assert str(found.series.record[-1]) == "2026-09-02"
    assert "rates stay as they ship" in found.problem


# ---------------------------------------------------------------- what is read again


class Counting:
    """A memory that tells what was read of it."""

    def __init__(self, memory):
        self._memory = memory
        self.read_ids = []

    def __getattr__(self, name):
        return getattr(self._memory, name)

    def read(self, card):
        self.read_ids.append(card.id)
        return self._memory.read(card)


@pytest.fixture
def counted(live):
    live.known._rate_cache = Counting(live.rate_cache)
    live.refresh(USD, "eur_usd_ecb", "usd_rub_yahoo")
    live.known.get(USD)
    live.known.get("eur_usd_ecb")
    live.known.get("usd_rub_yahoo")
    live.known._rate_cache.read_ids.clear()
    return live.known._rate_cache.read_ids


def test_an_answer_makes_only_its_own_series_be_read_again(live, counted, clock):
    clock.pass_by(3_600)
    live.refresh("eur_usd_ecb")
    counted.clear()
    for name in (USD, "eur_usd_ecb", "usd_rub_yahoo"):
        live.known.get(name)
    assert counted == []  # the refresh itself has read it again
    assert live.known.get("eur_usd_ecb").fetched_at == clock.now()


def test_quotes_are_checked_again_when_the_official_rates_change(live, counted, clock):
    clock.pass_by(3_600)
    live.refresh(USD)
    counted.clear()
    live.known.get("usd_rub_yahoo")
    assert counted == ["usd_rub_yahoo"]


def test_an_attempt_that_failed_makes_nothing_be_read_again(live, replica, counted, clock):
    replica.cbr.answers(failures.html_with_200)
    clock.pass_by(3_600)
    before, marks = live.known.get(USD), live.known.series_versions()
    live.refresh(USD)
    assert live.known.get(USD) is before
    assert live.known.series_versions() == marks
    assert counted == []


def test_the_list_of_series_reads_none_of_them(live, counted):
    live.known._series.clear()
    assert {"usd_rub_yahoo", "eur_usd_ecb", "brent_eia"} <= {c.id for c in live.known.cards()}
    assert counted == []


def test_a_mark_grows_with_new_numbers_and_with_revised_ones_only(live, replica, clock):
    live.refresh(USD)
    first = live.known.series_versions()[USD]
    clock.pass_by(3_600)
    live.refresh(USD)
    assert live.known.series_versions()[USD] == first
    replica.market.change("USD", date(2026, 11, 20), 85.5)
    clock.pass_by(3_600)
    live.refresh(USD)
    assert live.known.series_versions()[USD] > first
    assert live.rates(USD)["2026-11-20"] == 85.5


# ---------------------------------------------------------------- plausible


def test_quotes_far_from_the_official_rate_are_withheld(live, replica):
    replica.market.change("RUB=X", date(2026, 11, 11), 120.0)
    live.refresh(USD)
    live.refresh("usd_rub_yahoo")
    found = live.known.known("usd_rub_yahoo")
    (row,) = np.flatnonzero(found.series.day == np.datetime64("2026-11-11"))
    assert np.isnan(found.series.rate[row])
    assert np.isfinite(found.series.rate[[row - 1, row + 1]]).all()
    assert found.withheld == np.isnan(found.series.rate).sum()


def test_a_frozen_price_is_told_with_the_series(live, replica):
    replica.yahoo.answers(yahoo_how.frozen, when=lambda asked: "/chart/" in asked.path)
    live.refresh("usd_rub_yahoo")
    assert "frozen?" in live.rate_cache.state("usd_rub_yahoo").notes[0]


def test_without_official_rates_near_them_quotes_are_shown_as_unchecked(live):
    live.refresh("eur_rub_yahoo")
    found = live.known.known("eur_rub_yahoo")
    official = set(live.known.get("eur_rub_cbr").day.tolist())
    # A fixing of the same day, or of one of the five before, is near enough to check with.
    alone = [
        day
        for day in found.series.day.tolist()
        if not any(day - timedelta(days=ago) in official for ago in range(6))
    ]
    assert found.unchecked == len(alone) > 0


def test_series_arrays_cannot_be_written_to(live):
    live.refresh(USD)
    for name in ("record", "day", "opens", "known_at", "rate"):
        array = getattr(live.known.get(USD), name)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_rows_before_those_that_ship_are_added_in_order():
    earlier = made({"2026-08-28": 86.0, "2026-09-01": 86.3793})
    joined = merge_series(SHIPPED, earlier).series
    assert isinstance(joined, RateSeries)
    assert joined.record.astype(str).tolist() == ["2026-08-28", "2026-09-01", "2026-09-02"]
