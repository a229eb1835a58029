"""Facts about a day: the journalist's sentence, and every base by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest

from dashboard.eventstudy.levels import compute_day_facts, subtract_months
from dashboard.models.errors import InputError
from dashboard.models.moves import Observation
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import made_series

NAN = float("nan")


def changes(facts):
    return {change.base: change for change in facts.changes}


@pytest.fixture(scope="module")
def bank_of_russia():
    return BundledRates().get("usd_rub_cbr")


# ------------------------------------------------------------------ the acceptance sentence


def test_the_journalists_sentence(bank_of_russia):
    facts = compute_day_facts(bank_of_russia, date(2025, 4, 21))
    assert (facts.day, facts.rate) == (date(2025, 4, 21), 80.7597)
    assert facts.strongest_since == Observation(date(2023, 5, 30), 80.6872)
    base = changes(facts)["year_end"]
    assert (base.base_day, base.base_rate) == (date(2024, 12, 28), 101.6797)
    assert base.rub_per_usd_pct == pytest.approx(-20.574, abs=5e-4)
    assert base.usd_per_rub_pct == pytest.approx(25.904, abs=5e-4)
    # 100 ln(101.6797 / 80.7597), written as logarithms of its own
    assert base.log_points == pytest.approx(100 * (math.log(101.6797) - math.log(80.7597)))


def test_the_move_on_the_day_of_kelloggs_remark(bank_of_russia):
    previous = changes(compute_day_facts(bank_of_russia, date(2025, 4, 21)))["previous"]
    assert (previous.base_day, previous.base_rate) == (date(2025, 4, 18), 81.1371)
    assert previous.log_points == pytest.approx(0.466, abs=5e-4)


# ------------------------------------------------------------------ by hand

# Market days of a file: known on their own date.
DAYS = ["2023-03-31", "2023-12-29", "2024-01-03", "2024-01-31", "2024-03-22", "2024-03-28",
        "2024-03-31"]  # fmt: skip
RATES = [80.0, 90.0, 91.0, 95.0, 97.0, 99.0, 100.0]


def test_every_base_is_the_last_observation_on_or_before_its_day():
    result = changes(compute_day_facts(made_series(RATES, DAYS), date(2024, 3, 31)))
    bases = {name: (str(change.base_day), change.base_rate) for name, change in result.items()}
    assert bases == {
        "previous": ("2024-03-28", 99.0),
        "week": ("2024-03-22", 97.0),  # 24 March has none
        "month": ("2024-01-31", 95.0),  # 29 February, the shorter month's last day
        "quarter": ("2023-12-29", 90.0),  # 31 December
        "year": ("2023-03-31", 80.0),
        "year_end": ("2023-12-29", 90.0),
        "year_start": ("2024-01-03", 91.0),
    }


def test_a_change_in_both_quotes_and_in_log_points():
    change = changes(compute_day_facts(made_series(RATES, DAYS, move_sign=-1), date(2024, 3, 31)))[
        "year"
    ]
    assert change.rub_per_usd_pct == pytest.approx(25.0)
    assert change.usd_per_rub_pct == pytest.approx(-20.0)
    assert change.log_points == pytest.approx(-22.314355131420976)  # -100 ln 1.25: weaker


def test_a_series_as_quoted_moves_with_its_number():
    change = changes(compute_day_facts(made_series(RATES, DAYS), date(2024, 3, 31)))["year"]
    assert change.log_points == pytest.approx(22.314355131420976)


def test_a_day_without_an_observation_answers_with_the_last_one_before_it():
    facts = compute_day_facts(made_series(RATES, DAYS), date(2024, 3, 30))
    assert (facts.requested, facts.day) == (date(2024, 3, 30), date(2024, 3, 28))


@pytest.mark.parametrize(("requested", "year_end"), [("2024-01-02", "2023-12-29")])
def test_new_years_holidays_belong_to_the_year_asked(requested, year_end):
    # The last observation is still the old year's: the change since its end is nil.
    result = changes(compute_day_facts(made_series(RATES, DAYS), date.fromisoformat(requested)))
    assert (str(result["year_end"].base_day), result["year_end"].log_points) == (year_end, 0.0)
    assert "year_start" not in result


def test_a_year_after_the_data_has_no_start():
    facts = compute_day_facts(made_series(RATES, DAYS), date(2026, 2, 1))
    result = changes(facts)
    assert facts.day == date(2024, 3, 31)
    assert result["year_end"].base_day == date(2024, 3, 31)
    assert "year_start" not in result


def test_the_first_observation_has_no_earlier_base():
    facts = compute_day_facts(made_series(RATES, DAYS), date(2023, 3, 31))
    assert set(changes(facts)) == {"year_start"}
    assert facts.strongest_since is None
    assert facts.weakest_since is None


def test_a_day_before_the_data_is_refused_with_their_start():
    with pytest.raises(InputError, match="2023-03-30: before the data of made; they start on 2023"):
        compute_day_facts(made_series(RATES, DAYS), date(2023, 3, 30))


def test_an_empty_series_is_refused():
    with pytest.raises(InputError, match="the series is empty"):
        compute_day_facts(made_series([]), date(2024, 1, 1))


# ------------------------------------------------------------------ since when

UP_AND_DOWN = [100.0, 90.0, 95.0, 105.0, 95.0, 98.0]  # 1 … 6 January 2024


def test_strongest_is_the_last_day_with_as_few_roubles():
    rouble = compute_day_facts(made_series(UP_AND_DOWN, move_sign=-1), date(2024, 1, 6))
    assert rouble.strongest_since == Observation(date(2024, 1, 5), 95.0)
    assert rouble.weakest_since == Observation(date(2024, 1, 4), 105.0)


def test_as_strong_counts_as_strong():
    facts = compute_day_facts(made_series(UP_AND_DOWN, move_sign=-1), date(2024, 1, 5))
    assert facts.strongest_since == Observation(date(2024, 1, 3), 95.0)


def test_never_in_the_data_is_nothing():
    facts = compute_day_facts(made_series(UP_AND_DOWN, move_sign=-1), date(2024, 1, 4))
    assert facts.weakest_since is None
    assert (
        compute_day_facts(made_series(UP_AND_DOWN, move_sign=-1), date(2024, 1, 2)).strongest_since
        is None
    )


def test_a_series_as_quoted_is_strong_when_its_number_is_high():
    facts = compute_day_facts(made_series(UP_AND_DOWN), date(2024, 1, 6))
    assert facts.strongest_since == Observation(date(2024, 1, 4), 105.0)
    assert facts.weakest_since == Observation(date(2024, 1, 5), 95.0)


def test_since_adds_a_base_and_bounds_the_search():
    facts = compute_day_facts(
        made_series(UP_AND_DOWN, move_sign=-1), date(2024, 1, 6), date(2024, 1, 5)
    )
    assert changes(facts)["since"].base_day == date(2024, 1, 5)
    assert facts.weakest_since is None  # 4 January is out of reach


def test_since_must_not_lie_after_the_day():
    with pytest.raises(InputError, match="since 2024-01-07: lies after 2024-01-06"):
        compute_day_facts(made_series(UP_AND_DOWN), date(2024, 1, 6), date(2024, 1, 7))


def test_a_missing_rate_is_passed_over():
    facts = compute_day_facts(made_series([100.0, NAN, 90.0, NAN], move_sign=-1), date(2024, 1, 4))
    assert (facts.day, facts.rate) == (date(2024, 1, 3), 90.0)
    assert changes(facts)["previous"].base_day == date(2024, 1, 1)


def test_the_range_of_52_weeks_reaches_back_364_days_and_takes_the_latest_of_equals():
    # 364 days before 2024-12-30 is 2024-01-01; the 50 of 2023-12-31 is out of the range.
    days = ["2023-12-31", "2024-01-01", "2024-06-03", "2024-09-02", "2024-12-30"]
    facts = compute_day_facts(
        made_series([50.0, 120.0, 80.0, 80.0, 100.0], days), date(2024, 12, 30)
    )
    assert facts.year_low == Observation(date(2024, 9, 2), 80.0)
    assert facts.year_high == Observation(date(2024, 1, 1), 120.0)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-03-31", 1, "2024-02-29"),
        ("2023-03-31", 1, "2023-02-28"),
        ("2024-01-15", 1, "2023-12-15"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2024-05-31", 3, "2024-02-29"),
        ("2024-12-31", 12, "2023-12-31"),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_months_last(day, months, expected):
    assert str(subtract_months(date.fromisoformat(day), months)) == expected
