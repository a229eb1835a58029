"""`facts`: the shape of its JSON, files, and what a person reads."""

from __future__ import annotations

import math

import pytest

FILE = "date,EUR,note\n2024-12-30,100,1\n2025-01-09,80,1\n2025-01-10,90,1\n"


def test_the_json_has_the_shape_of_the_contract(shell):
    answer = shell("facts", "2025-04-20", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert set(answer.json) == {"asked", "answers"}
    assert answer.json["asked"] == "2025-04-20"
    (facts,) = answer.json["answers"]
    assert {"series", "quote", "day", "rate", "changes", "strongest_since", "weakest_since"} <= set(
        facts
    )
    assert (facts["series"], facts["quote"]) == ("usd_rub_cbr", "RUB per USD")
    assert facts["day"] == "2025-04-18"  # the last fixing on or before a Sunday
    assert [change["base"] for change in facts["changes"]] == [
        "previous", "week", "month", "quarter", "year", "year_end", "year_start",
    ]  # fmt: skip
    for change in facts["changes"]:
        assert set(change) == {
            "base", "base_day", "base_rate", "rub_per_usd_pct", "usd_per_rub_pct", "log_points",
        }  # fmt: skip


def test_a_file_is_asked_as_it_is(shell, made):
    answer = shell("facts", "2025-01-10", "--rates", made("r.csv", FILE), "--json")
    eur, note = answer.json["answers"]
    assert (eur["series"], eur["quote"], note["series"]) == ("EUR", "as quoted", "note")
    change = {each["base"]: each for each in eur["changes"]}["year_end"]
    assert change["base_rate"] == 100
    assert change["rub_per_usd_pct"] == pytest.approx(-10)
    assert change["usd_per_rub_pct"] == pytest.approx(100 / 9)
    assert change["log_points"] == pytest.approx(100 * math.log(0.9))
    # As quoted, high is strong: 100 on 2024-12-30 was the last day at least as strong.
    assert eur["strongest_since"] == {"day": "2024-12-30", "rate": 100}


def test_a_file_of_roubles_is_strong_when_low(shell, made):
    path = made("r.csv", FILE)
    answer = shell("facts", "2025-01-10", "--rates", path, "--quote", "rub-per-usd", "--json")
    eur = answer.json["answers"][0]
    assert eur["strongest_since"] == {"day": "2025-01-09", "rate": 80}
    change = {each["base"]: each for each in eur["changes"]}["year_end"]
    assert change["log_points"] == pytest.approx(-100 * math.log(0.9))


def test_never_in_the_data_is_null(shell, made):
    path = made("r.csv", "date,x\n2024-01-01,1\n2024-01-02,2\n")
    facts = shell("facts", "2024-01-02", "--rates", path, "--json").json["answers"][0]
    assert facts["strongest_since"] is None
    assert facts["weakest_since"] == {"day": "2024-01-01", "rate": 1}


def test_several_series_are_answered_in_the_order_asked(shell):
    answer = shell(
        "facts", "2022-02-24", "--rates", "usd_rub_ecb", "--rates", "usd_rub_cbr", "--json"
    )
    assert [facts["series"] for facts in answer.json["answers"]] == ["usd_rub_ecb", "usd_rub_cbr"]


def test_since_is_one_more_base(shell):
    answer = shell("facts", "2025-04-21", "--since", "2024-06-12", "--json")
    change = answer.json["answers"][0]["changes"][-1]
    # The record dated 2024-06-12 was set on the 11th; the 12th was a holiday.
    assert (change["base"], change["base_day"]) == ("since", "2024-06-11")


def test_a_person_reads_words_and_both_quotes(shell):
    said = shell("facts", "2025-04-21").out
    assert "21 Apr 2025: 80.7597" in said
    assert "strongest since 30 May 2023 (80.6872)" in said
    (line,) = [line for line in said.splitlines() if line.startswith("end of the year before")]
    assert " ".join(line.split()) == (
        "end of the year before 28 Dec 2024 101.6797 −20.574 % +25.904 % +23.035 stronger"
    )


def test_a_day_without_a_rate_says_which_day_answers(shell):
    assert (
        "18 Apr 2025: 81.1371, the last rate on or before 2025-04-20"
        in shell("facts", "2025-04-20").out
    )
