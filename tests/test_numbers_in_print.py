"""The page of numbers in print is what the program answers; its numbers by hand from the file."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from dashboard.sources.rates.bundled import BundledRates
from tools.write_numbers_in_print import SERIES, write_page

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "numbers_in_print.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d", line)
]
with (ROOT / "data/rates/usd_rub_cbr.csv").open(encoding="utf-8", newline="") as lines:
    RECORDS = {row["date"]: float(row["rate"]) for row in csv.DictReader(lines)}


def row_of(claim, source=""):
    (row,) = [row for row in ROWS if row[1] == claim and source in row[2]]
    return row


def test_the_page_is_what_the_program_answers():
    page = write_page(BundledRates().get(SERIES))
    assert page == PAGE, "python -m tools.write_numbers_in_print renews it"


def test_every_row_has_source_day_quantity_number_and_verdict():
    assert len(ROWS) >= 20
    verdicts = {"true", "roughly true", "not since then", "false", "another number"}
    for row in ROWS:
        assert len(row) == 6
        assert all(row)
        assert row[5].strip("*") in verdicts
        assert re.search(r"\d", row[4])


def test_a_number_of_another_market_is_never_false():
    named = [row for row in ROWS if row[3] == "the over-the-counter market"]
    assert len(named) >= 9
    assert {row[5] for row in named} == {"**another number**"}


@pytest.mark.parametrize(("claim", "record", "rate"), [
    ("80.2237 for 15 May", "2025-05-15", 80.2237),
    ("88.2065 for 25 February", "2025-02-25", 88.2065),
])  # fmt: skip
def test_official_rates_are_those_of_the_file(claim, record, rate):
    assert RECORDS[record] == rate
    assert row_of(claim)[5] == "**true**"


def test_strongest_since_the_record_of_31_may_2023_is_one_record_short():
    since = {day: rate for day, rate in RECORDS.items() if "2023-05-31" <= day < "2025-05-15"}
    assert min(since.values()) > RECORDS["2025-05-15"] > RECORDS["2023-05-30"] == 80.0555
    row = row_of("strongest since the record of 31 May 2023")
    assert row[5] == "**not since then**"
    assert "80.0555" in row[4]


def test_more_than_10_per_cent_took_two_fixings():
    first, middle, last = (RECORDS[f"2022-03-{day}"] for day in (29, 30, 31))
    assert round(100 * (1 - last / first), 2) == 10.27
    assert 100 * (1 - middle / first) < 10 < 100 * (first / last - 1)
    row = row_of("up more than 10 % on 29 March 2022")
    assert row[5] == "**true**"
    assert "10.27" in row[4]


def test_nearly_half_its_value_is_the_rise_of_the_dollar():
    """80.4194 to 120.3785: the dollar 49.7 % dearer, the rouble 33.2 % cheaper."""
    first, last = RECORDS["2022-02-23"], RECORDS["2022-03-11"]
    assert last == max(rate for day, rate in RECORDS.items() if day < "2022-12-31")
    assert (round(100 * (last / first - 1), 1), round(100 * (1 - first / last), 1)) == (49.7, 33.2)
    row = row_of("lost nearly half its value in March 2022")
    assert "In one quote only" in row[4]


def test_half_since_january_2014_is_44_per_cent():
    first, last = RECORDS["2014-01-01"], RECORDS["2015-03-31"]
    assert (round(100 * (1 - first / last), 1), round(100 * (last / first - 1), 1)) == (44.1, 79.0)
    assert row_of("lost 50 % since January 2014 (to 31 March 2015)")[5] == "**false**"


def test_the_fall_of_april_2018_is_the_largest_since_january_2015():
    days = sorted(RECORDS)
    at = days.index("2018-04-12")
    fall = RECORDS[days[at]] / RECORDS[days[at - 3]] - 1
    assert round(100 * fall, 2) == 10.77
    larger = [k for k in range(3, at - 2) if RECORDS[days[k]] / RECORDS[days[k - 3]] - 1 >= fall]
    assert days[larger[-1]] == "2015-01-15"
    assert "by 10.77 %" in PAGE
    assert "end on 14 Jan 2015" in PAGE


def test_the_claims_of_spring_2025():
    """Last record of 2024 before the year: 101.6797 (29 December); 80.7597 on 22 April 2025."""
    assert row_of("around 80", "21 Apr")[5] == "**true**"
    assert row_of("highest since June 2024")[5] == "**not since then**"
    assert "30 May 2023 (80.6872)" in row_of("highest since June 2024")[4]
    assert row_of("up more than 40 % this year", "21 Apr")[5] == "**false**"
    # 82.695 x 1.375 = 113.706; 82.805 / 0.725 = 114.214
    assert "meet at one base of 113.7 to 114.2 roubles" in PAGE
