"""The size table in words: errors by hand, marks by the rule."""

import pytest

from dashboard.services.describe_size import describe_size


def row(test):
    return next(each for each in describe_size().rows if each.test == test)


def cell(test, series, dates):
    return next(c for c in row(test).cells if (c.series, c.dates) == (series, dates))


def test_a_rate_has_the_error_of_its_studies():
    # sqrt(0.05 0.95 / 4000) = 0.003446; sqrt(0.2010 0.7990 / 4000) = 0.006337
    assert describe_size().studies == 4_000
    assert describe_size().error == pytest.approx(0.003446, abs=1e-6)
    assert cell("cross_section_t", "iid normal", "clustered").error == pytest.approx(
        0.006337, abs=1e-6
    )


def test_a_rate_outside_three_to_seven_per_cent_is_marked():
    assert cell("cross_section_t", "real rouble", "clustered").verdict == "too often"
    assert cell("kolari_pynnonen", "GARCH", "dense").verdict == "too rarely"
    assert {c.verdict for c in row("overlap_t").cells} == {""}


def test_every_test_is_in_every_cell():
    rows = describe_size().rows
    assert len(rows) == 23
    assert {len(each.cells) for each in rows} == {9}


def test_power_is_the_mean_over_the_series():
    # 52.9, 53.6 and 60.5 % in docs/size.md
    assert 100 * row("cross_section_t").power == pytest.approx((52.9 + 53.6 + 60.5) / 3, abs=0.1)


def test_the_readings_and_the_other_questions_are_told():
    table = describe_size()
    assert [reading.dates for reading, _ in table.readings] == ["scattered", "clustered", "dense"]
    assert all(words for _, words in table.readings)
    assert [test for test, _ in table.others] == ["volatility", "direction"]
