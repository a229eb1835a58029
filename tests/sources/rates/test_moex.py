"""MOEX ISS: pages, clocks, the zombie quote, and every way it is known to fail."""

from datetime import date

import numpy as np
import pytest

from dashboard.models.errors import SourceError
from dashboard.sources.rates.moex import Moex, live_price
from tests.replica import failures
from tests.replica.market import made
from tests.replica.services import moex as how
from tests.sources.made_time import at

DOLLAR, YUAN = "usd_rub_moex", "cny_rub_moex"


@pytest.fixture
def moex(client):
    return Moex(client)


def failure_of(moex, series_id=YUAN, since=date(2026, 10, 1)):
    with pytest.raises(SourceError) as caught:
        moex.fetch(series_id, since)
    return str(caught.value)


# ---------------------------------------------------------------- pages


def test_history_goes_on_over_the_page_boundary_at_100_rows(moex, replica):
    series = moex.fetch(YUAN, date(2026, 5, 1)).series
    starts = [
        int(request.params["start"])
        for request in replica.moex.requests
        if "start" in request.params
    ]
    assert starts == [0, 100, 200]
    days = list(how.days(date(2026, 5, 1), date(2026, 11, 23)))
    assert series.day.astype(object).tolist() == days  # weekends too, since 2025


def test_candles_go_on_over_the_page_boundary_at_500_rows_until_an_empty_page(moex, replica):
    series = moex.fetch(f"{YUAN}_1m", date(2026, 11, 20)).series
    starts = [int(request.params["start"]) for request in replica.moex.requests]
    assert starts == [0, 500, 1000, 1500, 2000, 2120]
    assert len(series) == 4 * 530  # 10:00 to 18:50, four days
    assert np.all(np.diff(series.opens).astype(int) > 0)


def test_a_lost_row_is_noticed(moex, replica):
    replica.moex.answers(how.lost_page, when=lambda requests: "/history/" in requests.path)
    text = failure_of(moex)
    assert text.startswith("Moscow Exchange answered")
    assert text.endswith("rows of CNYRUB_TOM")


def test_a_page_that_comes_twice_is_noticed(moex, replica):
    first = {}

    def always_the_first(question, reply):
        return first.setdefault("page", reply)

    replica.moex.answers(always_the_first)
    assert failure_of(moex, f"{YUAN}_60m") == (
        "Moscow Exchange answered a page of CNYRUB_TOM twice"
    )


def test_without_a_board_there_would_be_several_rows_a_date(moex, replica):
    replica.moex.answers(how.all_boards, when=lambda requests: "/history/" in requests.path)
    series = moex.fetch(YUAN, date(2026, 11, 16)).series
    assert series.rate[0] == round(made("CNY", date(2026, 11, 16)), 4)


# ---------------------------------------------------------------- clocks


def test_naive_stamps_are_moscow_time_and_a_bar_is_known_at_its_end(moex):
    series = moex.fetch("usd_rub_future_moex_60m", date(2026, 11, 20)).series
    assert str(series.opens[0]) == "2026-11-20T07:00:00"  # 10:00 in Moscow
    assert str(series.known_at[0]) == "2026-11-20T07:59:59"
    assert str(series.day[0]) == "2026-11-20"


def test_moscow_was_four_hours_ahead_until_october_2014(moex, replica):
    def of_2014(question, reply):
        columns = list(how.CANDLES)
        rows = [[1, 35.0, 1, 1, 1, 1, f"2014-{day} 10:00:00", "x"] for day in ("10-24", "10-27")]
        rows = rows if question.params["start"] == "0" else []
        return how.blocks(candles=(columns, rows))

    replica.moex.answers(of_2014)
    series = moex.fetch(f"{YUAN}_60m", date(2014, 10, 1)).series
    assert series.opens.astype(str).tolist() == ["2014-10-24T06:00:00", "2014-10-27T07:00:00"]


def test_the_bar_under_way_is_provisional_and_known_up_to_now(moex, replica, clock):
    at("2026-11-23T09:20:00+00:00", replica, clock)  # 12:20 in Moscow
    series = moex.fetch(f"{YUAN}_60m", date(2026, 11, 23)).series
    assert len(series) == 3
    assert series.provisional == 1
    assert str(series.opens[-1]) == "2026-11-23T09:00:00"
    assert str(series.known_at[-1])[:16] == "2026-11-23T09:20"


def test_after_the_bar_has_ended_it_is_final(moex, replica, clock):
    at("2026-11-23T20:00:00+00:00", replica, clock)
    assert moex.fetch(f"{YUAN}_60m", date(2026, 11, 23)).series.provisional == 0


def test_weekend_sessions_are_kept(moex):
    series = moex.fetch(f"{YUAN}_60m", date(2026, 11, 20)).series
    assert {str(day) for day in series.day} == {
        "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23",
    }  # fmt: skip


def test_binary_noise_is_rounded_away(moex, replica):
    replica.market.change("IMOEX", date(2026, 11, 20), 69.67999999999999)
    series = moex.fetch("imoex_moex", date(2026, 11, 20)).series
    assert series.rate[0] == 69.68


# ---------------------------------------------------------------- the dollar after June 2024


def zombie_rows():
    """What ISS listed on 21 August 2024: no trade, June's price as yesterday's."""
    return [{"SECID": "USD000UTSTOM", "LAST": None, "NUMTRADES": 0, "PREVPRICE": 89.0625,
             "SYSTIME": "2024-08-21 15:00:00"}]  # fmt: skip


def test_the_zombie_quote_of_the_dollar_is_never_a_price():
    assert live_price(zombie_rows(), "USD000UTSTOM", date(2024, 8, 21)) is None
    traded = [{**zombie_rows()[0], "LAST": 89.0625, "NUMTRADES": 31_000}]
    assert live_price(traded, "USD000UTSTOM", date(2024, 8, 21)) == 89.0625
    assert live_price(traded, "USD000UTSTOM", date(2024, 8, 22)) is None  # another day's


def test_a_zombie_quote_adds_no_price_of_today(moex, replica):
    assert moex.fetch(YUAN, date(2026, 11, 16)).series.provisional == 1
    replica.moex.answers(
        how.zombie_quote,
        when=lambda requests: (
            requests.path.endswith("CNYRUB_TOM.json") and "/history/" not in requests.path
        ),
    )
    series = moex.fetch(YUAN, date(2026, 11, 16)).series
    assert (str(series.day[-1]), series.provisional) == ("2026-11-22", 0)


@pytest.mark.parametrize("variant", ["empty", "nulls", "waprice"])
def test_whatever_history_tells_of_the_dollar_after_its_end_it_ends_on_11_june_2024(
    moex, replica, variant
):
    replica.moex.after_halt = variant
    series = moex.fetch(DOLLAR, date(2024, 6, 1)).series
    assert str(series.day[-1]) == "2024-06-11"
    assert series.provisional == 0


@pytest.mark.parametrize("variant", ["nulls", "waprice"])
def test_an_average_never_stands_in_for_a_close(moex, replica, variant):
    """The yuan, halted as the dollar was: rows without a trade are no observations."""

    def halted(question, reply):
        average = 12.3 if variant == "waprice" else None
        traded = ("CETS", "2026-11-19", "x", "CNYRUB_TOM", 12.0, 12.0, 12.2, 12.1, 9, 9, 12.1)
        not_traded = ("CETS", "2026-11-20", "x", "CNYRUB_TOM", *[None] * 4, 0, 0, average)
        return how.blocks(
            history=(how.HISTORY, [traded, not_traded]),
            history__cursor=(how.CURSOR, [(0, 2, 100)]),
        )

    replica.moex.answers(halted, when=lambda requests: "/history/" in requests.path)
    series = moex.fetch(YUAN, date(2026, 11, 16)).series
    assert series.day.astype(str).tolist() == ["2026-11-19", "2026-11-23"]
    assert series.provisional == 1


def test_todays_last_price_is_provisional_until_history_has_the_day(moex, replica, clock):
    series = moex.fetch(YUAN, date(2026, 11, 20)).series
    assert str(series.day[-1]) == "2026-11-23"
    assert series.provisional == 1
    at("2026-11-24T03:00:00+00:00", replica, clock)
    again = moex.fetch(YUAN, date(2026, 11, 20)).series
    assert str(again.day[-1 - again.provisional]) == "2026-11-23"


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize("series_id", [YUAN, f"{YUAN}_60m"], ids=["history", "candles"])
@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (how.no_rows, "Moscow Exchange answered no rate at all since 2026-10-01"),
        (failures.html_with_200, "Moscow Exchange answered HTML instead of JSON"),
        (failures.forbidden_html, "Moscow Exchange answered 403 Forbidden"),
        (failures.too_many(), "Moscow Exchange answered that we ask too often (429)"),
        (failures.not_found, "Moscow Exchange answered 404 Not Found"),
        (failures.reset, "Moscow Exchange broke the connection"),
        (failures.cut_off_unnoticed(), "Moscow Exchange answered damaged JSON"),
        (failures.instead("[1]"), "Moscow Exchange answered no block of"),
    ],
    ids=["empty", "html", "403", "429", "404", "reset", "cut unnoticed", "extended"],
)
def test_every_known_failure_is_told_in_one_sentence(moex, replica, failure, text, series_id):
    replica.moex.answers(failure)
    assert failure_of(moex, series_id).startswith(text)


def test_another_instrument_is_refused(moex, replica):
    replica.moex.answers(failures.altered(b'"CNYRUB_TOM"', b'"EUR_RUB__TOM"'))
    assert failure_of(moex) == "Moscow Exchange answered another instrument than CNYRUB_TOM"
