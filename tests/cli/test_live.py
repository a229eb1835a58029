"""`rates refresh` and `doctor`: what came, what failed and stayed as it was, and the exit codes."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.replica import Replica, failures
from tests.replica.market import Market

USD = "usd_rub_cbr"


@pytest.fixture
def replica(monkeypatch):
    """The data services as of this moment, in place of the real ones."""
    with Replica(market=Market(datetime.now(UTC))) as running:
        monkeypatch.setenv("DASHBOARD_UPSTREAM", running.url)
        monkeypatch.setenv("DASHBOARD_OFFLINE", "0")
        yield running


def listed(run_cli, *arguments):
    return {row["id"]: row for row in run_cli("rates", "list", *arguments, "--json").json}


# ---------------------------------------------------------------- refresh


@pytest.mark.clock
def test_a_refresh_brings_exactly_the_new_days_and_the_list_and_exports_have_them(run_cli, replica):
    new = replica.market.official("USD", date(2026, 9, 3), date.today() + timedelta(days=1))  # noqa: DTZ011
    answer = run_cli("rates", "refresh", "--series", USD, "--json")
    assert (answer.code, answer.err, answer.json["status"]) == (0, "", "ok")
    (text,) = answer.json["results"]
    assert (text["series"], text["outcome"], text["new"]) == (USD, "new", len(new))
    row = listed(run_cli)[USD]
    assert row["rows"] == 3370 + len(new)
    assert row["last_day"] == text["last_day"] == str(max(new) - timedelta(days=1))
    message = run_cli("rates", "export", "-", "--since", "2026-09-02").out
    result = {row["date"]: float(row["rate"]) for row in csv.DictReader(io.StringIO(message))}
    assert result == {str(day): rate for day, rate in new.items()}


def test_a_series_that_does_not_ship_is_exported_after_it_was_fetched(run_cli, replica):
    before = run_cli("rates", "export", "-", "--rates", "vix_fred")
    assert before.code == 2
    run_cli("rates", "refresh", "--series", "vix_fred")
    message = run_cli("rates", "export", "-", "--rates", "vix_fred").out
    assert {row["series"] for row in csv.DictReader(io.StringIO(message))} == {"vix_fred"}
    assert listed(run_cli)["vix_fred"]["licence"].startswith("Copyright Cboe")


def test_a_person_reads_one_line_a_series_and_the_sum(run_cli, replica):
    message = run_cli("rates", "refresh", "--source", "fred").out.splitlines()
    assert [line.split()[:2] for line in message[2:5]] == [
        ["brent_fred", "fred"], ["broad_dollar_fred", "fred"], ["vix_fred", "fred"],
    ]  # fmt: skip
    assert message[5].startswith("3 series: ")
    assert message[5].endswith(" new numbers, 0 failed")


def test_since_is_handed_on(run_cli, replica):
    run_cli("rates", "refresh", "--series", "eur_rub_cbr", "--since", "2026-08-03")
    assert replica.cbr.requests[0].params["date_req1"] == "03/08/2026"


def test_when_everything_requested_failed_the_exit_code_is_3_and_what_was_stored_is_reported(
    run_cli, replica
):
    replica.cbr.answers(failures.html_with_200)
    answer = run_cli("rates", "refresh", "--series", USD)
    assert (answer.code, answer.err) == (3, "")
    text = "Bank of Russia answered HTML instead of XML; kept the data of 1 Sep 2026"
    assert text in answer.out
    assert "1 series: 0 new numbers, 1 failed" in answer.out
    # Within the minute the publisher is not requested again, and it is no success.
    again = run_cli("rates", "refresh", "--series", USD, "--json")
    assert (again.code, again.json["status"]) == (3, "failed")
    assert len(replica.cbr.requests) == 1


def test_when_some_came_the_exit_code_is_0_and_the_others_are_named(run_cli, replica):
    replica.cbr.answers(failures.html_with_200)
    answer = run_cli("rates", "refresh", "--series", USD, "--series", "vix_fred", "--json")
    assert (answer.code, answer.json["status"], answer.json["failed"]) == (0, "partly", 1)
    assert {one["series"]: one["outcome"] for one in answer.json["results"]} == {
        USD: "failed", "vix_fred": "new",
    }  # fmt: skip
    assert listed(run_cli)[USD]["problem"] == "Bank of Russia answered HTML instead of XML"
    assert "HTML instead of XML; the data of 1 Sep 2026 stand" in run_cli("rates", "list").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--series", "brent_eia"), "series brent_eia: cannot be refreshed; choose brent_fred"),
        (("--source", "nasdaq"), "source nasdaq: cannot be refreshed; choose cbr, ecb"),
        (("--source", "ecb", "--series", USD), f"series {USD}: cannot be refreshed; choose eur_"),
        (("--since", "yesterday"), "--since yesterday: is no date"),
    ],
    ids=["series", "source", "both", "since"],
)
def test_names_that_are_not_there_are_refused(run_cli, replica, arguments, message):
    answer = run_cli("rates", "refresh", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {message}")
    assert len(answer.err.splitlines()) == 1
    assert replica.requests == []


def test_offline_nothing_is_requested_and_a_refresh_is_refused(run_cli, replica, monkeypatch):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    answer = run_cli("rates", "refresh")
    assert answer.code == 2
    assert "DASHBOARD_OFFLINE is set" in answer.err
    assert replica.requests == []


# ---------------------------------------------------------------- list


def test_the_list_names_what_could_be_fetched_only_when_requested(run_cli):
    usual, every = listed(run_cli), listed(run_cli, "--all")
    assert "usd_rub_yahoo" not in usual
    assert every["usd_rub_yahoo"]["age"] == "nothing fetched yet"
    assert f"{len(every) - len(usual)} more can be fetched" in run_cli("rates", "list").out


@pytest.mark.clock
def test_the_list_says_how_old_each_series_is(run_cli):
    def days():
        return max((datetime.now(ZoneInfo("Europe/Moscow")).date() - date(2026, 9, 1)).days, 0)

    before = days()
    row = listed(run_cli)[USD]
    assert before <= row["age_days"] <= days()  # midnight may lie between
    assert row["last_known_at"] == "2026-09-01T12:30:00Z"
    assert row["date_rule"] == "bank-of-russia"
    assert "15:30" in row["known_when"]


# ---------------------------------------------------------------- doctor


def test_the_doctor_says_that_everything_works(run_cli, replica):
    answer = run_cli("doctor")
    assert (answer.code, answer.err) == (0, "")
    assert "Bank of Russia    works" in answer.out
    assert answer.out.count("works") == 10


def test_the_doctor_names_what_fails_with_exit_code_3(run_cli, replica):
    replica.cbr.answers(failures.html_with_200)
    answer = run_cli("doctor", "--json")
    assert (answer.code, answer.err, answer.json["status"]) == (3, "", "degraded")
    failing = [part for part in answer.json["parts"] if not part["works"]]
    assert [(part["part"], part["told"]) for part in failing] == [
        ("Bank of Russia", "Bank of Russia answered HTML instead of XML")
    ]


def test_the_doctor_offline_says_so_and_asks_nothing(run_cli, replica, monkeypatch):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    answer = run_cli("doctor")
    assert answer.code == 0
    assert "is not asked: offline" in answer.out
    assert replica.requests == []


def test_a_store_that_does_not_answer_is_reported_by_the_doctor(run_cli, monkeypatch, tmp_path):
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DASHBOARD_HOME", str(tmp_path / "file"))
    answer = run_cli("doctor")
    assert answer.code == 3
    assert [line.split()[1] for line in answer.out.splitlines() if "FAILS" in line]
