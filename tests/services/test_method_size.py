"""The size table in words: errors by hand, marks by the rule, ranges from the file."""

import csv
from pathlib import Path

import pytest

from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.services.method import describe_size, share_standard_error

FILE = Path(__file__).parents[2] / "dashboard" / "eventstudy" / "test_sizes.csv"


def row(test):
    return next(each for each in describe_size().rows if each.test == test)


def cell(test, series, dates):
    return next(c for c in row(test).cells if (c.series, c.dates) == (series, dates))


def shipped(test, series):
    """Sizes of a test on the real dates, by category, read without the program."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {
            line["dates"]: float(line["rejected"]) for line in csv.DictReader(lines)
            if (line["test"], line["series"], line["effect"]) == (test, series, "0")
        }  # fmt: skip


def test_a_rate_has_the_error_of_its_studies():
    # sqrt(0.05 0.95 / 4000) = 0.003446; sqrt(0.2 0.8 / 2000) = 0.008944
    assert describe_size().studies == 4_000
    assert describe_size().error == pytest.approx(0.003446, abs=1e-6)
    assert share_standard_error(0.2, 2_000) == pytest.approx(0.008944, abs=1e-6)


def test_a_rate_outside_three_to_seven_per_cent_is_marked():
    assert cell("cross_section_t", "real rouble", "clustered").verdict == "too often"
    assert cell("kolari_pynnonen", "GARCH", "dense").verdict == "too rarely"
    assert {c.verdict for c in row("overlap_t").cells} == {""}


def test_every_test_is_in_every_cell():
    rows = describe_size().rows
    assert len(rows) == len(SIGNIFICANCE_TESTS)
    assert {len(each.cells) for each in rows} == {9}
    assert {len(each.ranges) for each in rows if each.test != "volatility"} == {4}
    # Days as volatile as they were are no null for the test of volatility.
    assert [span.series for span in row("volatility").ranges] == ["block", "garch"]


def test_a_range_holds_every_category():
    for span in row("calendar_shift").ranges:
        sizes = shipped("calendar_shift", span.series)
        assert (span.low, span.high) == (min(sizes.values()), max(sizes.values()))
        assert sizes[span.dates] == span.high
    assert row("calendar_shift").ranges[-1].verdict == "too often"


def test_power_is_the_mean_over_the_series():
    with FILE.open(encoding="utf-8", newline="") as lines:
        found = [float(line["rejected"]) for line in csv.DictReader(lines)
                 if (line["test"], line["effect"]) == ("cross_section_t", "0.5")]  # fmt: skip
    assert len(found) == 3
    assert row("cross_section_t").power == pytest.approx(sum(found) / 3)


def test_the_readings_and_the_other_questions_are_told():
    table = describe_size()
    assert [reading.dates for reading, _ in table.readings] == ["scattered", "clustered", "dense"]
    assert all(words for _, words in table.readings)
    assert {test for test, _ in table.others} <= {"volatility", "direction"}
