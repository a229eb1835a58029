"""Data and the status line when rates were fetched: cards, ages, failures, revised values."""

import csv
import io
from datetime import date, timedelta

import pytest

from dashboard.services.exports import table_file
from dashboard.services.rates import list_revisions
from tests.replica import failures
from tests.ui.app_in_test import as_read, open_page, unfold, words_of

USD = "usd_rub_cbr"
DETAILS = "data.series.details"


def row_of(app, title):
    table = next(each.value for each in app.table if "Status" in each.value)
    (row,) = [row for _, row in table.iterrows() if row["Series"] == title]
    return row


def test_a_fetched_series_stands_with_its_rows_days_and_when_it_was_fetched(live_setup, replica):
    live_setup.refresh(USD, "eur_rub_cbr")
    row = row_of(open_page("data"), "USD/RUB, Bank of Russia")
    new = replica.market.official("USD", date(2026, 9, 3), date(2026, 11, 24))
    assert row["Rows"] == f"{3_370 + len(new):,}"  # 3,370 rows ship
    assert row["Market days"] == "9 Jan 2013 – 23 Nov 2026"
    assert row["Updated"] == "fetched 23 Nov 2026, 21:00 MSK"


def test_every_card_says_what_it_measures_what_it_cannot_say_and_its_licence(live_setup):
    app = unfold(open_page("data"), DETAILS)
    cards = {each.value.split("`")[1]: each.value for each in app.markdown if "** `" in each.value}
    assert {card.id for card in live_setup.known.all_cards()} == set(cards)
    yahoo = cards["usd_rub_yahoo"]
    for words in (
        "indicative offshore quote; RUB per USD",
        "Personal use; not to be passed on",
        "Not official: flat stretches, spikes",
        "since 2 Jan 2012; none here",
        "[Yahoo Finance](<https://finance.yahoo.com>)",
    ):
        assert words in yahoo


def test_what_was_never_fetched_is_named(live_setup):
    words = words_of(open_page("data"))
    assert "- CNY/RUB, Moscow Exchange :gray-badge[not fetched yet]" in words
    assert "- USD/RUB, Yahoo :gray-badge[not fetched yet]" in words


def test_a_failure_stands_in_words_with_the_data_that_stand(live_setup, replica):
    live_setup.refresh(USD)
    replica.cbr.answers(failures.html_with_200)
    replica.fred.answers(failures.unavailable)
    live_setup.clock.pass_by(3_600)
    live_setup.refresh(USD, "vix_fred")
    told = "Bank of Russia answered HTML instead of XML; the data of 23 Nov 2026 stand"
    app = open_page("data")
    assert "fetch failed" in row_of(app, "USD/RUB, Bank of Russia")["Status"]
    assert "fetch failed" not in row_of(app, "EUR/USD, ECB")["Status"]
    words = as_read(unfold(app, DETAILS))
    assert f":gray[to know:] {told}" in words
    assert "; there are no earlier data" in words
    for page in ("", "events", "method"):
        assert told in words_of(open_page(page)), page


@pytest.mark.clock
def test_the_line_tells_of_the_series_of_the_page(live_setup, replica):
    replica.fred.answers(failures.unavailable)
    live_setup.refresh("vix_fred", "eur_usd_ecb")
    lines = words_of(open_page(series="eur_usd_ecb")).replace("\u2060", "").split("\n")
    at = next(k for k, line in enumerate(lines) if line.startswith("Rate: EUR/USD, ECB"))
    assert lines[at + 1].startswith("last 23 Nov 2026")


def test_a_number_that_may_still_change_is_told_as_such(live_setup):
    live_setup.refresh(USD, "usd_rub_yahoo")
    live = live_setup.known.known("usd_rub_yahoo").live
    said = f"provisional: {live.rate[0]:.4f} on 23 Nov 2026, 21:00 MSK; it may still change"
    assert said in words_of(open_page(series="usd_rub_yahoo"))
    assert f":gray[live:] {said}" in as_read(unfold(open_page("data"), DETAILS))


def test_implausible_numbers_are_counted(live_setup, replica):
    replica.market.change("RUB=X", date(2026, 11, 11), 120.0)
    live_setup.refresh(USD, "usd_rub_yahoo")
    left_out = live_setup.known.known("usd_rub_yahoo").withheld
    words = words_of(unfold(open_page("data"), DETAILS))
    assert f"{left_out} implausible value" in words


# ---------------------------------------------------------------- revised values


def revised(live_setup, replica):
    live_setup.refresh(USD)
    first = live_setup.rates(USD)["2026-11-20"]
    replica.market.change("USD", date(2026, 11, 20), 85.5)
    live_setup.clock.pass_by(timedelta(hours=1).total_seconds())
    live_setup.refresh(USD)
    return first


def test_without_a_revision_the_page_says_so(live_setup):
    live_setup.refresh(USD)
    assert "No value has been revised" in words_of(unfold(open_page("data"), "data.further"))


def test_a_revised_value_stands_with_both_numbers_and_when_each_was_seen(live_setup, replica):
    first = revised(live_setup, replica)
    app = unfold(open_page("data"), "data.further", "data.revisions.download", DETAILS)
    (frame,) = [f.value for f in app.dataframe if "Is now" in f.value]
    (row,) = frame.to_dict("records")
    assert row["Series"] == "USD/RUB, Bank of Russia"
    assert (row["Printed date"], row["Was"], row["Is now"]) == (
        "20 Nov 2026", f"{first:.4f}", "85.5000",
    )  # fmt: skip
    assert row["First fetched"] == "23 Nov 2026, 21:00 MSK"
    assert row["Revision seen"] == "23 Nov 2026, 22:00 MSK"
    assert "1 revised value" in words_of(app)
    assert "All, 1 row" in words_of(app)
    assert "CSV" in [button.label for button in app.get("download_button")]


def test_the_file_of_revised_values_holds_them(live_setup, replica):
    first = revised(live_setup, replica)
    text = table_file("revisions", list_revisions(live_setup.known, live_setup.rate_cache)).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["series"], row["date"]) == (USD, "2026-11-20")
    assert (float(row["was"]), float(row["became"])) == (first, 85.5)
    assert (row["was_fetched_at"], row["seen_at"]) == (
        "2026-11-23T18:00:00Z", "2026-11-23T19:00:00Z",
    )  # fmt: skip


def test_revisions_of_several_series_come_latest_first_and_a_damaged_memory_has_none(
    live_setup, replica, dashboard_home
):
    revised(live_setup, replica)
    live_setup.refresh("eur_rub_cbr")
    replica.market.change("EUR", date(2026, 11, 20), 99.5)
    live_setup.clock.pass_by(3_600)
    live_setup.refresh("eur_rub_cbr")
    found = list_revisions(live_setup.known, live_setup.rate_cache)
    assert [one.series for one in found] == ["eur_rub_cbr", USD]
    (dashboard_home / "cache" / "rates.sqlite3").write_bytes(b"damaged" * 1_000)
    assert list_revisions(live_setup.known, live_setup.rate_cache) == ()
