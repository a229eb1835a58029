"""The same move on every source by its publication rule; the sentence about 40 % checked."""

import csv
import io
import math
from datetime import date

import numpy as np
import pytest

from dashboard.models.errors import InputError
from dashboard.models.publication import BANK_OF_RUSSIA, ECB, LONDON_DAY
from dashboard.services.exports import table_file
from dashboard.services.source_moves import (
    compare_sources_between,
    compare_sources_of_event,
    dollar_series,
    implied_dollar_rate,
)
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import event_on, made_card, made_series

DOLLARS = {"unit": "RUB per USD", "move_sign": -1}


def dollars(series_id, rates, rule):
    from dataclasses import replace

    series = made_series(list(rates.values()), list(rates), rule=rule, series_id=series_id)
    return replace(series, card=replace(series.card, **DOLLARS))


# The same three market days on two clocks: fixing at 15:30 Moscow, quote at midnight London.
OFFICIAL = dollars("official", {"2026-11-18": 80.0, "2026-11-19": 80.0, "2026-11-20": 76.0},
                   BANK_OF_RUSSIA)  # fmt: skip
QUOTED = dollars("quoted", {"2026-11-17": 80.0, "2026-11-18": 76.0, "2026-11-19": 76.0},
                 LONDON_DAY)  # fmt: skip


def by_series(moves):
    return {move.card.id: move for move in moves}


def test_each_source_measures_the_event_by_its_own_clock():
    evening = event_on("2026-11-18", at="2026-11-18T17:00")  # 20:00 in Moscow: after the fixing
    found = by_series(compare_sources_of_event([OFFICIAL, QUOTED], evening, (0, 0)))
    assert (found["official"].base.day, found["official"].end.day) == (
        date(2026, 11, 18), date(2026, 11, 19),
    )  # fmt: skip
    assert (found["quoted"].base.day, found["quoted"].end.day) == (
        date(2026, 11, 17), date(2026, 11, 18),
    )  # fmt: skip
    stronger = 100 * math.log(80 / 76)
    assert math.isclose(found["official"].log_points, stronger)
    assert math.isclose(found["quoted"].log_points, stronger)
    assert math.isclose(found["quoted"].pct_quoted, -5.0)
    assert math.isclose(found["quoted"].pct_inverse, 100 * (80 / 76 - 1))
    assert "midnight in London" in found["quoted"].rule


def test_an_event_inside_the_averaging_hours_is_only_partly_in():
    noon = event_on("2026-11-18", at="2026-11-18T09:00")
    found = by_series(compare_sources_of_event([OFFICIAL, QUOTED], noon, (0, 0)))
    assert found["official"].partial
    assert not found["quoted"].partial


@pytest.mark.parametrize(
    ("event", "window", "said"),
    [
        (event_on("2026-11-01"), (0, 0), "the event lies before the data"),
        (event_on("2026-11-30"), (0, 0), "the event lies after the data"),
        (event_on("2026-11-18"), (0, 9), "the window reaches beyond the data"),
    ],
    ids=["before", "after", "window"],
)
def test_a_source_that_cannot_measure_it_says_why(event, window, said):
    found = by_series(compare_sources_of_event([OFFICIAL], event, window))["official"]
    assert found.reason == said
    assert found.log_points is None


def test_the_40_per_cent_of_april_2025_are_not_in_the_official_rate():
    """80.7597 on 21 April 2025 against the last record of 2024: −20.6 % and +25.9 %."""
    every = [BundledRates().get(card.id) for card in BundledRates().cards()]
    found = by_series(compare_sources_between(every, date(2024, 12, 31), date(2025, 4, 21)))
    official = found["usd_rub_cbr"]
    assert official.end.rate == 80.7597
    assert round(official.pct_quoted, 1) == -20.6
    assert round(official.pct_inverse, 1) == 25.9
    assert found["usd_rub_ecb"].reason == "no number within a week before 2024-12-31"
    implied = found["usd_rub_by_cny_rub_cbr"]
    assert implied.reason == ""
    assert abs(implied.pct_inverse) < 40


def test_days_must_be_in_order():
    with pytest.raises(InputError, match="does not lie before"):
        compare_sources_between([OFFICIAL], date(2026, 11, 19), date(2026, 11, 19))


def test_a_missing_rate_is_told():
    holed = dollars("holed", {"2026-11-17": 80.0, "2026-11-18": np.nan}, LONDON_DAY)
    found = compare_sources_between([holed], date(2026, 11, 17), date(2026, 11, 18))
    assert found[0].reason == "the number of 2026-11-18 is missing"


def test_only_dollars_are_compared_and_bars_are_not():
    from dataclasses import replace

    bars = replace(QUOTED, card=replace(QUOTED.card, id="bars", bar_minutes=60))
    euro = made_series([90.0], ["2026-11-17"], series_id="euro")
    assert [each.card.id for each in dollar_series([OFFICIAL, bars, euro])] == ["official"]


# ---------------------------------------------------------------- the cross


def test_a_dollar_is_implied_by_the_yuan_and_the_latest_cross_earlier_only():
    yuan = made_series([12.0, 12.5], ["2026-11-18", "2026-11-19"], rule=BANK_OF_RUSSIA)
    # Known at 14:15 in Frankfurt, 13:15 UTC; the fixing of the 18th at 12:30 UTC has the 17th's.
    crosses = made_series([7.0, 8.0], ["2026-11-17", "2026-11-18"], rule=ECB)
    assert np.isnan(implied_dollar_rate(yuan, crosses).rate[0])  # 12:30 on the 17th: none known yet
    assert implied_dollar_rate(yuan, crosses).rate[1] == 12.5 * 7.0


def test_a_cross_older_than_five_days_implies_nothing():
    yuan = made_series([12.0, 12.0], ["2026-11-21", "2026-11-25"], rule=BANK_OF_RUSSIA)
    crosses = made_series([7.0], ["2026-11-18"], rule=ECB)
    assert implied_dollar_rate(yuan, crosses).rate[0] == 84.0
    assert np.isnan(implied_dollar_rate(yuan, crosses).rate[1])


def test_the_card_of_an_implied_dollar_names_both_publishers():
    yuan = made_series([12.0], ["2026-11-21"], rule=BANK_OF_RUSSIA, series_id="cny_rub_cbr")
    card = implied_dollar_rate(yuan, made_series([7.0], ["2026-11-18"], rule=ECB)).card
    assert card.id == "usd_rub_by_cny_rub_cbr"
    assert card.unit == "RUB per USD"
    assert card.publisher == f"{made_card().publisher} and European Central Bank"


# ---------------------------------------------------------------- as a table


def test_the_comparison_is_a_csv_with_the_time_rules():
    moves = compare_sources_of_event(
        [OFFICIAL, QUOTED], event_on("2026-11-18", at="2026-11-18T17:00")
    )
    rows = list(csv.DictReader(io.StringIO(table_file("source_moves", moves).decode())))
    assert [row["series"] for row in rows] == ["official", "quoted"]
    assert rows[1]["base_known_at"] == "2026-11-18T00:00:00Z"
    assert "London" in rows[1]["date_rule"]


# ---------------------------------------------------------------- with live sources


def test_every_live_source_of_the_dollar_is_compared(live):
    live.refresh("usd_rub_cbr", "usd_rub_yahoo", "usd_rub_future_moex", "cny_rub_moex",
                  "usd_rub_exchange_api", "usd_cny_ecb", "cny_rub_cbr")  # fmt: skip
    every = [live.known.get(card.id) for card in live.known.cards()]
    found = by_series(compare_sources_between(every, date(2026, 11, 13), date(2026, 11, 19)))
    measured = {name for name, move in found.items() if not move.reason}
    assert measured == {
        "usd_rub_cbr", "usd_rub_yahoo", "usd_rub_future_moex", "usd_rub_exchange_api",
        "usd_rub_by_cny_rub_cbr", "usd_rub_by_cny_rub_moex",
    }  # fmt: skip
    assert all(move.card.quantity for name, move in found.items() if name in measured)
