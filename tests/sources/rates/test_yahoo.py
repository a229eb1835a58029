"""Yahoo through yfinance: its days, its live bar, and errors it would rather hide."""

import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from dashboard.models.errors import SourceError
from dashboard.sources.rates.yahoo import Yahoo
from tests.replica import failures
from tests.replica.market import near
from tests.replica.services import yahoo as how
from tests.sources.made_time import at

DOLLAR = "usd_rub_yahoo"
ON_CHART = {"when": lambda requests: "/chart/" in requests.path}


@pytest.fixture
def yahoo(client, tmp_path):
    return Yahoo(client, tmp_path / "yfinance")


def failure_of(yahoo, since=date(2026, 10, 1)):
    with pytest.raises(SourceError) as caught:
        yahoo.fetch(DOLLAR, since)
    return str(caught.value)


def test_a_summer_stamp_of_23_utc_is_the_next_london_day(yahoo, replica, clock):
    """Clocks changed on 29 March 2026; dated in UTC, all bars after it would be a day early."""
    at("2026-04-10T20:00:00+00:00", replica, clock)
    series = yahoo.fetch(DOLLAR, date(2026, 3, 25)).series
    expected = [one for one in how.days(date(2026, 3, 25), date(2026, 4, 10)) if one.weekday() < 5]
    assert series.day.astype(object).tolist() == expected
    assert series.rate[0] == round(near("USD", date(2026, 3, 25)), 4)
    known = dict(zip(series.day.astype(str), series.known_at.astype(str), strict=True))
    assert known["2026-03-26"] == "2026-03-27T00:00:00"  # midnight in London, winter
    assert known["2026-04-01"] == "2026-04-01T23:00:00"  # midnight in London, summer


def test_the_live_last_bar_is_provisional_and_known_up_to_now(yahoo, replica):
    series = yahoo.fetch(DOLLAR, date(2026, 11, 16)).series
    assert str(series.day[-1]) == "2026-11-23"
    assert series.provisional == 1
    assert str(series.known_at[-1])[:16] == "2026-11-23T18:00"
    assert str(series.known_at[-2]) == "2026-11-21T00:00:00"


@pytest.mark.parametrize("moment", ["22:00:30", "23:00:05", "22:59:00", "23:59:59"])
def test_a_live_quote_of_22_or_23_sharp_is_not_taken_for_the_midnight_after(
    yahoo, replica, clock, moment
):
    """yfinance mends stamps of 22:00 and 23:00 into midnight, and the live quote has one."""
    at(f"2026-11-23T{moment}+00:00", replica, clock)
    series = yahoo.fetch(DOLLAR, date(2026, 11, 16)).series
    assert (str(series.day[-1]), series.provisional) == ("2026-11-23", 1)


def test_a_null_bar_is_missing_and_keeps_its_day(yahoo, replica):
    replica.yahoo.answers(how.null_bar, **ON_CHART)
    series = yahoo.fetch(DOLLAR, date(2026, 11, 9)).series
    assert str(series.day[2]) == "2026-11-11"
    assert np.isnan(series.rate[2])
    assert np.isfinite(series.rate[[0, 1, 3, 4]]).all()


def test_a_price_that_stands_still_while_dates_advance_is_told(yahoo, replica):
    assert yahoo.fetch(DOLLAR, date(2026, 11, 9)).notes == ()
    replica.yahoo.answers(how.frozen, **ON_CHART)
    assert yahoo.fetch(DOLLAR, date(2026, 11, 9)).notes == (
        "Yahoo repeats 92.125 from 2026-11-09 to 2026-11-23: frozen?",
    )


def test_the_day_of_a_future_ends_in_new_york(yahoo):
    series = yahoo.fetch("brent_yahoo", date(2026, 11, 16)).series
    assert str(series.known_at[0]) == "2026-11-17T05:00:00"


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (how.no_bars, "Yahoo answered no prices of RUB=X"),
        (how.no_such_symbol, "Yahoo answered about RUB=X: No data found, symbol may be delisted"),
        (how.too_long_a_range, "Yahoo answered about RUB=X: 1m data not available"),
        (how.invalid_crumb, "Yahoo answered no prices of RUB=X"),
        (how.consent, "Yahoo answered something else than JSON"),
        (failures.html_with_200, "Yahoo answered something else than JSON"),
        (failures.too_many(), "Yahoo answered that we ask too often (429)"),
        (failures.server_error, "Yahoo answered 500 Internal Server Error"),
        (failures.cut_off_gzip, "Yahoo broke off its answer"),
        (failures.altered(b'"symbol": "RUB=X"', b'"symbol": "EURRUB=X"'),
         "Yahoo answered EURRUB=X instead of RUB=X"),
    ],
    ids=["no bars", "404", "422", "401", "consent", "html", "429", "500", "cut gzip", "symbol"],
)  # fmt: skip
def test_an_error_that_yfinance_would_hide_is_told(yahoo, replica, failure, sentence):
    replica.yahoo.answers(failure, **ON_CHART)
    assert failure_of(yahoo).startswith(sentence)


def test_without_its_cookie_and_crumb_hosts_the_chart_still_comes(yahoo, replica):
    replica.yahoo.answers(failures.not_found, when=lambda requests: "/chart/" not in requests.path)
    assert len(yahoo.fetch(DOLLAR, date(2026, 11, 16)).series) == 6


def test_a_sick_yahoo_is_asked_five_times_a_host_and_minute_at_most(yahoo, replica):
    replica.yahoo.answers(failures.server_error)
    for _ in range(25):
        failure_of(yahoo)
    hosts = [request.host for request in replica.yahoo.requests]
    assert max(hosts.count(host) for host in set(hosts)) <= 5


def run(code, *arguments):
    """What a program of its own prints."""
    answer = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return answer.stdout.strip()


def test_what_yfinance_keeps_is_kept_in_our_folder(replica, tmp_path):
    code = """
import datetime, pathlib, sys
from dashboard.sources.rates.yahoo import Yahoo
from dashboard.sources.polite_client import PoliteClient
from dashboard.sources.http_transport import new_session
folder = pathlib.Path(sys.argv[2])
source = Yahoo(PoliteClient(new_session(sys.argv[1])), folder)
source.fetch("usd_rub_yahoo", datetime.date(2026, 11, 16))
print(sorted(path.name for path in folder.iterdir()))
"""
    stored = run(code, replica.url, tmp_path / "yfinance")
    assert "tkr-tz.db" in stored
    assert "cookies.db" in stored


def test_yfinance_and_other_heavy_things_are_not_imported_before_they_are_needed():
    heavy = "{'yfinance', 'curl_cffi', 'pyarrow.dataset', 'arch', 'statsmodels', 'requests'}"
    modules = "dashboard.container, dashboard.sources.rates"
    code = f"import sys, {modules}; print({heavy} & set(sys.modules))"
    assert run(code) == "set()"
