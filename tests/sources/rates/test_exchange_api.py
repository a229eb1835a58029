"""exchange-api: a file a day, a second host, the market of the day before."""

import pytest

from dashboard.models.errors import SourceError
from dashboard.sources.rates.exchange_api import ExchangeApi
from tests.replica import failures


@pytest.fixture
def source(client):
    return ExchangeApi(client)


def fetch(source):
    return source.fetch("usd_rub_exchange_api", source.start("usd_rub_exchange_api")).series


def test_the_file_of_a_date_is_the_market_of_the_day_before(source):
    series = fetch(source)
    assert str(series.record[-1]) == "2026-11-21"  # Saturday: Friday's market
    assert str(series.day[-1]) == "2026-11-20"
    assert str(series.known_at[-1]) == "2026-11-21T00:00:00"


def test_files_that_repeat_friday_are_left_out(source):
    assert {day.astype(object).isoweekday() for day in fetch(source).day} == {1, 2, 3, 4, 5}


def test_a_date_without_a_file_is_asked_of_the_second_host_and_left_out(source, replica):
    replica.exchange_api.answers(
        failures.not_found, when=lambda requests: "2026-11-20" in str(requests)
    )
    days = fetch(source).record.astype(str).tolist()
    assert "2026-11-19" in days
    assert "2026-11-20" not in days
    assert "2026-11-20.currency-api.pages.dev" in {
        one.host for one in replica.exchange_api.requests
    }


@pytest.mark.parametrize(
    "failure",
    [failures.html_with_200, failures.not_found, failures.reset],
    ids=["html", "404 text", "reset"],
)
def test_where_the_first_host_fails_the_second_answers(source, replica, failure):
    right = fetch(source)
    replica.exchange_api.answers(failure, when=lambda requests: requests.host == "cdn.jsdelivr.net")
    assert fetch(source).rate.tolist() == right.rate.tolist()


def test_where_both_fail_it_is_told(source, replica):
    replica.exchange_api.answers(failures.html_with_200)
    with pytest.raises(SourceError, match=r"^exchange-api answered HTML instead of JSON$"):
        fetch(source)


@pytest.mark.parametrize(
    "body",
    ['{"date": "2024-06-14", "usd": {"rub": 88.4}}', '{"date": "2026-11-13", "usd": {}}', "[1]",
     '{"date": "2026-11-13", "usd": {"rub": "88"}}', '{"date": "2026-11-13", "usd": {"rub": 0}}',
     '{"date": "2026-11-13", "usd": {"rub": 88.'],
    ids=["another day", "no rouble", "list", "text", "zero", "cut"],
)  # fmt: skip
def test_what_is_no_rate_of_the_day_is_refused(source, replica, body):
    replica.exchange_api.answers(failures.instead(body, "application/json"))
    with pytest.raises(SourceError, match=r"^exchange-api answered"):
        fetch(source)
