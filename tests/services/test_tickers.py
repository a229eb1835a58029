"""Tickers of five publishers by the replica: right, told or refused; and the search of names."""

import math
import sqlite3
from datetime import date
from typing import NamedTuple

import numpy as np
import pytest

from dashboard.models.errors import InputError, SourceError
from dashboard.services.live_rates import RefreshOutcome, series_status
from dashboard.services.tickers import fetch_missing, missing_tickers, search_tickers
from dashboard.sources.http_transport import new_session
from dashboard.storage.rate_cache import CACHE_FILE, RateCache
from tests.replica import Replica, failures
from tests.replica.market import made
from tests.replica.services.fred import NEGATIVE_OIL
from tests.replica.services.moex import CLOSED, SPLITS
from tests.replica.services.yahoo import DIVIDEND, SPLIT
from tests.services.live_setup import LiveSetup
from tests.sources.made_clock import MadeClock

WEDNESDAY = date(2025, 2, 12)
"""A winter day on which every publisher of the replica has a number."""
JULY = date(2026, 7, 15)


class Ticker(NamedTuple):
    """What a ticker must become.

    Attributes:
        name: as it is typed.
        id: of the stored series.
        unit: what its numbers count.
        level: the made level of the replica that its numbers are, times `times`.
        winter: when the number of `WEDNESDAY` was known, UTC.
        summer: when that of `JULY` was.
        change: how two numbers are compared.
        note: what is told, a part of it; empty: nothing.
        times: the size of the unit.
        decimals: to which the publisher rounds.
    """

    name: str
    id: str
    unit: str
    level: str
    winter: str
    summer: str
    change: str = "ratio"
    note: str = ""
    times: float = 1
    decimals: int = 4


# The clocks: Moscow is UTC+3; London UTC, in summer UTC+1; New York UTC-5, in summer UTC-4;
# Frankfurt UTC+1, in summer UTC+2; Chicago UTC-6, in summer UTC-5; Tokyo UTC+9.
TICKERS = (
    Ticker("cbr:KZT", "cbr:KZT", "RUB per KZT", "KZT", "12:30", "12:30", decimals=6),
    Ticker("CBR:uah", "cbr:UAH", "RUB per UAH", "UAH", "12:30", "12:30", decimals=5),
    Ticker("cbr:R01717", "cbr:UZS", "RUB per UZS", "UZS", "12:30", "12:30", decimals=8),
    Ticker("ecb:GBP", "ecb:GBP", "GBP per EUR", "GBP", "13:15", "12:15"),
    Ticker("ecb:SEK", "ecb:SEK", "SEK per EUR", "SEK", "13:15", "12:15"),
    Ticker("ecb:NOK", "ecb:NOK", "NOK per EUR", "NOK", "13:15", "12:15"),
    Ticker(
        "fred:DGS10", "fred:DGS10", "% a year", "DGS10", "21:15", "20:15", "difference",
        decimals=2,
    ),
    Ticker(
        "fred:T10Y2Y", "fred:T10Y2Y", "% a year", "CURVE", "21:15", "20:15", "difference",
        decimals=2,
    ),
    Ticker("fred:DEXCHUS", "fred:DEXCHUS", "CNY per USD", "USDCNY", "17:00", "16:00", decimals=2),
    Ticker(
        "fred:solarx", "fred:SOLARX", "Dollars per Megawatt Hour", "SOLAR", "+05:00", "+04:00",
        decimals=2,
    ),
    Ticker("moex:SBER", "moex:SBER", "RUB per share", "SBER", "20:59", "20:59", decimals=2),
    Ticker(
        "moex:sber@tqbr", "moex:SBER@TQBR", "RUB per share", "SBER", "20:59", "20:59",
        decimals=2,
    ),
    Ticker("moex:RGBI", "moex:RGBI", "points", "RGBI", "20:59", "20:59", decimals=2),
    Ticker(
        "moex:SU26238RMFS4", "moex:SU26238RMFS4", "% of face value", "OFZ", "20:59", "20:59",
        decimals=3,
    ),
    Ticker(
        "moex:GLDRUB_TOM", "moex:GLDRUB_TOM", "RUB, as quoted", "GLD", "20:59", "20:59",
        decimals=2,
    ),
    Ticker(
        "moex:GMKN", "moex:GMKN", "RUB per share", "GMKN", "20:59", "20:59",
        note="closes before 2024-04-08 are in shares after the split (100 for one)",
        decimals=2,
    ),
    Ticker(
        "moex:LKOH", "moex:LKOH", "RUB per share", "LKOH", "20:59", "20:59",
        note="no number from 2025-05-04 to 2025-06-04", decimals=1,
    ),
    Ticker("yahoo:USDUAH=X", "yahoo:UAH=X", "UAH per USD", "USDUAH", "+00:00", "23:00"),
    Ticker("yahoo:^gspc", "yahoo:^GSPC", "points", "GSPC", "21:00", "20:00", decimals=2),
    Ticker("yahoo:GC=F", "yahoo:GC=F", "USD, as quoted", "GOLD", "+05:00", "+04:00", decimals=2),
    Ticker(
        "yahoo:SHEL.L", "yahoo:SHEL.L", "GBp per share", "SHEL", "16:30", "15:30",
        times=1 - DIVIDEND[2],
    ),
    Ticker("yahoo:7203.T", "yahoo:7203.T", "JPY per share", "SHEL", "06:30", "06:30"),
    Ticker(
        "yahoo:AAPL", "yahoo:AAPL", "USD per share", "AAPL", "21:00", "20:00",
        note="closes before 2025-08-28 are in shares after the split (4 for one)",
    ),
    Ticker(
        "yahoo:^TNX", "yahoo:^TNX", "% a year", "DGS10", "20:00", "19:00", "difference"
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """All tickers of the table, fetched once."""
    with Replica() as replica, new_session(replica.url) as session:
        live = LiveSetup(tmp_path_factory.mktemp("live"), session, MadeClock(replica.market.now))
        yield live, {ticker.name: live.refresh(ticker.name) for ticker in TICKERS}


def known_at(series, day):
    """When the number of a market day was known: `HH:MM`, with a plus on the day after."""
    (row,) = np.flatnonzero(series.day == np.datetime64(day))
    moment = str(series.known_at[row])
    return ("" if moment[:10] == str(day) else "+") + moment[11:16]


@pytest.mark.parametrize("ticker", TICKERS, ids=lambda ticker: ticker.name)
def test_a_ticker_becomes_a_series_with_its_card_its_numbers_and_its_clock(world, ticker):
    live, results = world
    (result,) = results[ticker.name].values()
    assert (result.series, result.outcome) == (ticker.id, RefreshOutcome.NEW)
    assert ticker.note in result.message
    assert bool(ticker.note) == bool(result.message)
    series = live.known.get(ticker.name)
    card = series.card
    assert (card.id, card.unit, card.change) == (ticker.id, ticker.unit, ticker.change)
    assert all((card.title, card.publisher, card.licence, card.quantity, card.description))
    assert card.limits.endswith(".")
    rate = dict(zip(series.day.astype(str).tolist(), series.rate.tolist(), strict=True))
    shift = -0.5 if ticker.level == "CURVE" else 0  # the replica's slope, which is often negative
    expected = made(ticker.level, WEDNESDAY) * ticker.times + shift
    assert rate[str(WEDNESDAY)] == pytest.approx(expected, abs=6 * 10**-ticker.decimals)
    assert known_at(series, WEDNESDAY) == ticker.winter
    assert known_at(series, JULY) == ticker.summer


def test_twenty_tickers_of_five_publishers_are_in_the_table():
    assert len(TICKERS) >= 20
    assert {ticker.id.partition(":")[0] for ticker in TICKERS} == {
        "cbr", "ecb", "fred", "moex", "yahoo",
    }  # fmt: skip


def test_fetched_tickers_are_listed_with_all_other_series(world):
    live, _results = world
    ids = {card.id for card in live.known.cards()}
    assert {ticker.id for ticker in TICKERS} <= ids
    statuses = series_status(live.known, live.rate_cache, live.clock.now(), ["moex:LKOH"])
    assert [(s.source, s.remark, s.problem) for s in statuses] == [
        ("moex", "no number from 2025-05-04 to 2025-06-04", "")
    ]


def test_another_process_reads_them_from_the_cache(world):
    live, _results = world
    again = RateCache(live.rate_cache._tables._folder)
    assert set(again.tickers()) == {ticker.id for ticker in TICKERS}
    assert again.tickers()["moex:SBER"] == live.known.ticker_facts("moex:SBER")


# ---------------------------------------------------------------- refused


REFUSED = (
    ("cbr:QQQ", "series cbr:QQQ: Bank of Russia has nothing of this name; look for it with rates"),
    (
        "cbr:TENGE",
        "series cbr:TENGE: Bank of Russia has no symbol like that; write it like cbr:KZT",
    ),
    ("ecb:KZT", "series ecb:KZT: the ECB has no reference rate of it; choose AUD, BGN,"),
    ("ecb:P L", "series ecb:P L: cannot be refreshed; choose"),
    ("fred:NOPE", "series fred:NOPE: FRED has nothing of this name; look for it with rates search"),
    ("fred:CPIAUCSL", "series fred:CPIAUCSL: is monthly; only daily series can be set against"),
    ("moex:NOPE", "series moex:NOPE: Moscow Exchange has nothing of this name; look for it with"),
    ("moex:SBER@XXXX", "series moex:SBER@XXXX: is not on this board; choose TQBR, SMAL"),
    ("moex:SBER@SMAL", "Moscow Exchange answered no rate at all since 2024-02-01"),
    (
        "moex:a/b",
        "series moex:a/b: Moscow Exchange has no symbol like that; write it like moex:SBER",
    ),
    ("yahoo:NOPE", "series yahoo:NOPE: Yahoo finds nothing of this name, or it is delisted; look"),
    ("yahoo:a!", "series yahoo:a!: Yahoo has no symbol like that; write it like yahoo:UAH=X"),
    (
        "bloomberg:SPX",
        "no publisher is called bloomberg; write cbr or ecb or fred or moex or yahoo",
    ),
    ("exchange_api:RUB", "no publisher is called exchange_api; write cbr or ecb or fred or moex"),
)


@pytest.mark.parametrize(("name", "message"), REFUSED, ids=[name for name, _message in REFUSED])
def test_a_wrong_name_is_refused_in_one_line_and_nothing_is_stored(live, name, message):
    try:
        (result,) = live.refresh(name).values()
        told = result.message
        assert result.outcome is RefreshOutcome.FAILED
    except InputError as error:
        told = str(error)
    assert message in told
    assert "\n" not in told
    assert live.rate_cache.tickers() == {}
    assert live.rate_cache.states() == {}


def test_a_name_that_is_wrong_is_told_from_a_publisher_that_does_not_answer(live, replica):
    with pytest.raises(InputError, match="has nothing of this name"):
        fetch_missing(live.known, live.rate_cache, ["moex:NOPE"], live.clock.now)
    replica.moex.answers(failures.forbidden_html)
    with pytest.raises(SourceError, match="Moscow Exchange answered 403 Forbidden"):
        fetch_missing(live.known, live.rate_cache, ["moex:SBER"], live.clock.now)


@pytest.mark.parametrize("name", ["cbr:KZT", "ecb:GBP", "fred:DGS10", "moex:SBER", "yahoo:UAH=X"])
@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (failures.too_many(), "that we ask too often (429)"),
        (failures.forbidden_html, "403 Forbidden"),
        (failures.html_with_200, "HTML"),
        (failures.nothing_at_all, ""),
    ],
    ids=["429", "403", "html", "nothing"],
)
def test_a_publisher_that_fails_is_told_and_last_good_data_stay(live, replica, name, failure, told):
    live.refresh(name)
    before = live.known.get(name)
    service = getattr(replica, name.partition(":")[0])
    service.answers(failure)
    (result,) = live.refresh(name, force=True).values()
    assert result.outcome is RefreshOutcome.FAILED
    assert result.message.endswith(f"kept the data of {before.day[-1].astype(object):%-d %b %Y}")
    if name != "yahoo:UAH=X" or "(429)" in told:  # yfinance swallows the rest of the others
        assert told in result.message
    assert np.array_equal(live.known.get(name).rate, before.rate)
    (status,) = series_status(live.known, live.rate_cache, live.clock.now(), [name])
    assert status.problem
    assert status.rows == len(before)


# ---------------------------------------------------------------- ended


@pytest.mark.parametrize(
    ("name", "last", "ended", "told"),
    [
        ("moex:EUR_RUB__TOM", "2024-06-11", "2024-06-11", ""),
        ("moex:USD000UTSTOM", "2024-06-11", "2024-06-11", ""),
        ("ecb:HRK", "2022-12-30", "2022-12-30", ""),
        ("cbr:LTL", "2014-12-30", "2014-12-30", ""),  # in force on the 31st, set on the 30th
        ("fred:DSWP10", "2016-10-28", None, "FRED has no number of DSWP10 after 2016-10-28"),
    ],
)
def test_a_series_that_ended_is_complete_and_says_so(live, name, last, ended, told):
    (result,) = live.refresh(name).values()
    series = live.known.get(name)
    assert str(series.day[-1]) == last
    assert str(series.card.history_until) == str(ended)
    assert told in result.message
    (status,) = series_status(live.known, live.rate_cache, live.clock.now(), [series.card.id])
    assert (status.has_ended, status.is_overdue) == ((True, False) if ended else (False, True))


def test_a_complete_series_is_not_asked_for_again(live, replica):
    live.refresh("moex:EUR_RUB__TOM")
    live.clock.pass_by(7_200)
    count = len(replica.moex.requests)
    (result,) = live.refresh("moex:EUR_RUB__TOM").values()
    assert result.message == "it ended on 2024-06-11 and is complete"
    assert len(replica.moex.requests) == count


# ---------------------------------------------------------------- numbers


def test_a_negative_price_has_no_log_change_and_is_left_out_with_its_reason(live):
    (result,) = live.refresh("fred:DCOILWTICO").values()
    assert result.message == (
        "1 number is zero or negative and has no log change, it is left out: -36.98 of 2020-04-20"
    )
    series = live.known.get("fred:DCOILWTICO")
    (row,) = np.flatnonzero(series.day == np.datetime64(NEGATIVE_OIL[0]))
    assert math.isnan(series.rate[row])
    assert np.isfinite(series.rate[[row - 1, row + 1]]).all()
    stored = live.rate_cache.read(series.card)
    assert stored.rate[row] == NEGATIVE_OIL[1]  # what was published is stored as it is


def test_a_split_that_the_exchange_lists_is_worked_in(live, replica):
    live.refresh("moex:GMKN")
    rates = live.rates("moex:GMKN")
    day, _before, _after = SPLITS["GMKN"]
    for one in (date(2024, 4, 5), day):
        assert rates[str(one)] == pytest.approx(made("GMKN", one), abs=0.01)


def test_a_split_that_is_on_no_list_is_flagged(live, replica):
    replica.moex.lists_splits = False
    (result,) = live.refresh("moex:GMKN").values()
    assert result.message == (
        "the jump of 2024-04-08 is near 1:100: a split that is not worked in? No move of it is one"
        " of the market"
    )


def test_a_redenomination_is_flagged_and_a_change_of_nominal_is_none(live, replica):
    replica.cbr.redenominates = True
    (result,) = live.refresh("cbr:BYN").values()
    assert result.message == (
        "the jump of 2025-06-30 is near 1000:1: a redenomination? No move of it is one of the"
        " market"
    )


def test_earlier_adjusted_closes_change_with_a_dividend(live, replica):
    """Before the ex-date no close is adjusted; a fetch after it brings all of them anew."""
    replica.market.now = live.clock._now = replica.market.now.replace(month=8, day=11)
    live.refresh("yahoo:SHEL.L")
    assert live.rates("yahoo:SHEL.L")["2025-02-12"] == pytest.approx(
        made("SHEL", WEDNESDAY), abs=1e-3
    )
    replica.market.now = live.clock._now = replica.market.now.replace(day=14)
    live.refresh("yahoo:SHEL.L")
    paid = made("SHEL", WEDNESDAY) * (1 - DIVIDEND[2])
    assert live.rates("yahoo:SHEL.L")["2025-02-12"] == pytest.approx(paid, abs=1e-3)
    assert live.rates("yahoo:SHEL.L")["2026-08-13"] == pytest.approx(
        made("SHEL", DIVIDEND[1]), abs=1e-3
    )


def test_a_day_without_trade_is_no_number(live):
    live.refresh("moex:LKOH")
    rates = live.rates("moex:LKOH")
    assert not any(str(CLOSED[0]) <= day <= str(CLOSED[1]) for day in rates)


def test_a_later_refresh_brings_only_what_is_new(live, replica, clock):
    live.refresh("fred:DGS10", "cbr:KZT")
    clock.pass_by(3 * 86_400)
    replica.market.now = clock.now()
    results = live.refresh()
    assert results["cbr:KZT"].changes.new == 3  # the 24th, 25th and 26th of November
    assert results["fred:DGS10"].outcome is RefreshOutcome.NEW
    assert replica.cbr.requests[-1].params["date_req2"] == "27/11/2026"


# ---------------------------------------------------------------- names


def test_the_ticker_of_a_series_we_have_is_that_series(live):
    names = {
        "cbr:USD": "usd_rub_cbr", "cbr:R01235": "usd_rub_cbr", "ecb:USD": "eur_usd_ecb",
        "fred:DCOILBRENTEU": "brent_fred", "yahoo:RUB=X": "usd_rub_yahoo",
        "yahoo:USDRUB=X": "usd_rub_yahoo", "moex:IMOEX": "imoex_moex",
        "moex:CNYRUB_TOM@CETS": "cny_rub_moex",
    }  # fmt: skip
    assert {name: live.known.series_id(name) for name in names} == names
    assert live.known.get("cbr:USD").card.id == "usd_rub_cbr"
    assert missing_tickers(live.known, ["cbr:USD", "usd_rub_cbr", "moex:SBER"]) == ("moex:SBER",)


def test_what_is_stored_is_read_without_the_network_and_what_is_not_is_refused(live, replica):
    with pytest.raises(InputError, match="series yahoo:UAH=X: nothing was fetched yet; refresh it"):
        live.known.get("yahoo:UAH=X")
    fetch_missing(live.known, live.rate_cache, ["yahoo:uah=x", "usd_rub_cbr"], live.clock.now)
    count = len(replica.requests)
    assert fetch_missing(live.known, live.rate_cache, ["yahoo:UAH=X"], live.clock.now) == ()
    assert live.known.get("yahoo:uah=x").card.pair.quote == "UAH"
    assert len(replica.requests) == count


def test_a_cache_from_before_tickers_takes_them(live):
    live.refresh("usd_rub_cbr")
    file = live.rate_cache._tables._folder / CACHE_FILE
    with sqlite3.connect(file) as connection:
        connection.execute("drop table tickers")
    assert live.rate_cache.tickers() == {}
    live.refresh("cbr:KZT")
    assert set(live.rate_cache.tickers()) == {"cbr:KZT"}


def test_as_of_a_moment_a_ticker_has_what_was_fetched_by_then(live, clock):
    before = clock.now().replace(hour=1)
    live.refresh("cbr:KZT")
    clock.pass_by(60)
    frozen = live.rate_cache.as_of(clock.now())
    card = live.known.find_card("cbr:KZT")
    assert len(frozen.read(card)) == len(live.known.get("cbr:KZT"))
    assert live.rate_cache.as_of(before).read(card) is None


# ---------------------------------------------------------------- search


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("tenge", "cbr:KZT"),
        ("тенге", "cbr:KZT"),
        ("Сбербанк", "moex:SBER"),
        ("sber", "moex:SBER"),
        ("10-year treasury", "fred:DGS10"),
        ("DGS10", "fred:DGS10"),
        ("злотый", "cbr:PLN"),
        ("s&p", "fred:SP500"),
        ("official rate US dollar", "usd_rub_cbr"),
        ("moex:ABRD", "moex:ABRD"),
        ("yahoo:tl0.de", "yahoo:TL0.DE"),
    ],
)
def test_a_search_finds_what_ships_as_a_name_without_asking_anybody(live, replica, text, first):
    assert search_tickers(live.known, text).matches[0].id == first
    assert replica.requests == []


def test_a_search_online_adds_what_the_publishers_find(live, replica):
    online = {match.id: match for match in search_tickers(live.known, "лит", online=True).matches}
    assert online["cbr:LTL"].publisher == "Bank of Russia"
    found = {match.id for match in search_tickers(live.known, "Toyota", online=True).matches}
    assert found == {"yahoo:7203.T"}
    found = {match.id: match for match in search_tickers(live.known, "EUR", online=True).matches}
    assert found["moex:EUR_RUB__TOM"].note
    replica.moex.answers(failures.unavailable)
    result = search_tickers(live.known, "sber", online=True)
    assert result.matches[0].id == "moex:SBER"
    assert [text.partition(" answered")[0] for text in result.problems] == ["Moscow Exchange"]


def test_what_has_numbers_is_marked_and_an_empty_search_is_refused(live):
    live.refresh("cbr:KZT")
    matches = search_tickers(live.known, "KZT").matches
    assert [match.id for match in matches if match.is_stored] == ["cbr:KZT"]
    with pytest.raises(InputError, match="give one to 60 letters"):
        search_tickers(live.known, "  ")


def test_the_split_of_yahoo_is_in_its_closes_already(live):
    live.refresh("yahoo:AAPL")
    rates = live.rates("yahoo:AAPL")
    assert rates[str(SPLIT[1])] == pytest.approx(made("AAPL", SPLIT[1]), abs=1e-3)
