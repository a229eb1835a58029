"""What a series promises, wherever it comes from: held to the replica and to real services.

A class of tests that derives from the form brings the fixtures `source` and `all_series`.
"""

import numpy as np

from dashboard.sources.rates import LIVE_SOURCES


class SeriesForm:
    """The promises of every series of a source."""

    def test_a_series_carries_a_card_that_is_offered(self, source, all_series):
        assert all_series
        assert all(series.card in source.cards() for series in all_series)

    def test_arrays_have_their_types_and_the_same_length(self, all_series):
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

    def test_days_ascend_without_a_duplicate_and_bars_within_their_day(self, all_series):
        for series in all_series:
            least = 0 if series.card.bar_minutes else 1
            assert np.all(np.diff(series.day).astype(int) >= least)
            assert np.all(np.diff(series.record).astype(int) >= least)
            assert np.all(np.diff(series.opens).astype(int) > 0)

    def test_a_number_is_known_after_its_window_opens_and_within_a_day_of_its_market_day(
        self, all_series
    ):
        for series in all_series:
            assert np.all(series.opens <= series.known_at)
            distance = (series.known_at - series.day.astype("datetime64[s]")).astype(int)
            assert np.all(np.abs(distance) < 2 * 86_400)

    def test_a_rate_is_positive_or_missing(self, all_series):
        for series in all_series:
            least = np.nextafter(0, 1) if series.card.is_price else 0.0  # an index may be zero
            known = series.rate[~np.isnan(series.rate)]
            assert np.all((known >= least) & np.isfinite(known))

    def test_a_live_series_has_the_moment_it_was_fetched_and_a_provisional_end_at_most(
        self, source, all_series
    ):
        if type(source) in LIVE_SOURCES:
            for series in all_series:
                assert series.fetched_at is not None
                assert series.provisional in {0, 1}
                assert series.known_at[-1] <= np.datetime64(series.fetched_at.replace(tzinfo=None))
