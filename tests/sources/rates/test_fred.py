"""FRED: both headers, both spellings of a missing value, and every known failure."""

import math
from datetime import date

import pytest

from dashboard.models.errors import SourceError
from dashboard.sources.rates.fred import Fred, parse_graph
from tests.replica import failures
from tests.replica.services import fred as how


@pytest.fixture
def fred(client):
    return Fred(client)


def failure_of(fred, since=date(2026, 10, 20)):
    with pytest.raises(SourceError) as caught:
        fred.fetch("brent_fred", since)
    return str(caught.value)


def test_values_come_as_published_and_a_week_late(fred, replica):
    series = fred.fetch("brent_fred", date(2026, 8, 28)).series
    assert series.rate[0] == 89.75  # 28 August 2026, as the EIA published it
    assert str(series.known_at[0]) == "2026-08-28T15:30:00"  # 16:30 in London, summer
    assert str(series.record[-1]) == "2026-11-16"  # it is the 23rd
    assert replica.fred.requests[0].params == {"id": "DCOILBRENTEU", "cosd": "2026-08-28"}


@pytest.mark.parametrize("header", ["observation_date", "DATE"])
@pytest.mark.parametrize("missing", ["", "."], ids=["blank", "point"])
def test_both_headers_and_both_spellings_of_missing_are_read(header, missing):
    content = f"{header},DCOILBRENTEU\n2024-11-27,72.98\n2024-11-28,{missing}\n2024-11-29,73.20\n"
    first, holiday, last = parse_graph(content.encode(), "DCOILBRENTEU")
    assert first == (date(2024, 11, 27), 72.98)
    assert math.isnan(holiday[1])
    assert last == (date(2024, 11, 29), 73.2)


def test_a_missing_value_is_never_a_number_and_at_the_end_no_observation(fred, replica):
    whole = fred.fetch("brent_fred", date(2026, 10, 20)).series
    replica.fred.answers(how.blank_and_point)
    without = fred.fetch("brent_fred", date(2026, 10, 20)).series
    assert len(without) == len(whole) - 2
    assert not (without.rate == 0).any()


def test_a_holiday_in_the_middle_stays_a_row_without_a_value(fred):
    # The summer bank holiday of 31 August 2026; shipped data have no number for it.
    series = fred.fetch("brent_fred", date(2026, 8, 28)).series
    assert str(series.record[1]) == "2026-08-31"
    assert math.isnan(series.rate[1])


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (how.header_only, "FRED answered no rate at all since 2026-10-20"),
        (how.another_series, "FRED answered VIXCLS instead of DCOILBRENTEU"),
        (failures.html_with_200, "FRED answered HTML instead of CSV"),
        (failures.forbidden_html, "FRED answered 403 Forbidden"),
        (failures.not_found, "FRED answered 404 Not Found"),
        (failures.cut_off_gzip, "FRED broke off its answer"),
        (failures.cut_off_unnoticed(0.505), "FRED "),
        (failures.instead("a,b\n1,2\n", "text/csv"), "FRED answered a table with the columns a, b"),
    ],
    ids=["header only", "series", "html", "403", "404", "cut gzip", "cut unnoticed", "table"],
)
def test_every_known_failure_is_told_in_one_sentence(fred, replica, failure, text):
    replica.fred.answers(failure)
    assert failure_of(fred).startswith(text)


def test_a_value_that_was_cut_in_the_middle_is_not_taken_for_a_smaller_one():
    with pytest.raises(SourceError, match="broke off"):
        parse_graph(b"observation_date,VIXCLS\n2026-08-20,16.01\n2026-08-21,1", "VIXCLS")
