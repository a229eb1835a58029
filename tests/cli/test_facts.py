"""`facts`: the shape of its JSON, files, and what a person reads."""

from __future__ import annotations

import json
import math

import pytest

from tests.cli.conftest import table

FILE = "date,EUR,note\n2024-12-30,100,1\n2025-01-09,80,1\n2025-01-10,90,1\n"


def test_the_json_has_the_shape_of_the_contract(run_cli):
    answer = run_cli("facts", "2025-04-20", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert set(answer.json) == {"asked", "answers", "source_moves"}
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


@pytest.mark.parametrize(
    ("day", "series", "last"),
    [("2099-01-01", "usd_rub_cbr", "2026-09-01"), ("2023-03-03", "usd_rub_ecb", "2022-03-01")],
)
def test_a_day_long_after_the_data_is_refused(run_cli, day, series, last):
    answer = run_cli("facts", day, "--rates", series, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        f"error: {day}: more than a year after the data of {series}; they end on {last}\n"
    )


def test_a_series_that_ended_is_left_out_next_to_one_that_goes_on(run_cli):
    both = ("--rates", "usd_rub_cbr", "--rates", "usd_rub_ecb")
    answer = run_cli("facts", "2025-04-21", *both, "--json")
    assert answer.code == 0
    assert [item["series"] for item in answer.json["answers"]] == ["usd_rub_cbr"]
    assert answer.err == (
        "note: 2025-04-21: more than a year after the data of usd_rub_ecb; they end on 2022-03-01\n"
    )
    assert "80.7597" in run_cli("facts", "2025-04-21", *both).out


def test_a_day_shortly_after_the_data_has_the_last_rate_and_says_so(run_cli):
    text = run_cli("facts", "2026-11-20").out
    assert "1 Sep 2026: 86.7530, the last rate on or before 2026-11-20" in text


def test_a_file_is_requested_as_it_is(run_cli, write_file):
    answer = run_cli("facts", "2025-01-10", "--rates", write_file("r.csv", FILE), "--json")
    eur, note = answer.json["answers"]
    assert (eur["series"], eur["quote"], note["series"]) == ("EUR", "as quoted", "note")
    change = {item["base"]: item for item in eur["changes"]}["year_end"]
    assert change["base_rate"] == 100
    assert change["rub_per_usd_pct"] == pytest.approx(-10)
    assert change["usd_per_rub_pct"] == pytest.approx(100 / 9)
    assert change["log_points"] == pytest.approx(100 * math.log(0.9))
    # As quoted, high is strong: 100 on 2024-12-30 was the last day at least as strong.
    assert eur["strongest_since"] == {"day": "2024-12-30", "rate": 100}


def test_a_file_of_roubles_is_strong_when_low(run_cli, write_file):
    path = write_file("r.csv", FILE)
    answer = run_cli("facts", "2025-01-10", "--rates", path, "--quote", "rub-per-usd", "--json")
    eur = answer.json["answers"][0]
    assert eur["strongest_since"] == {"day": "2025-01-09", "rate": 80}
    change = {item["base"]: item for item in eur["changes"]}["year_end"]
    assert change["log_points"] == pytest.approx(-100 * math.log(0.9))


def test_never_in_the_data_is_null(run_cli, write_file):
    path = write_file("r.csv", "date,x\n2024-01-01,1\n2024-01-02,2\n")
    facts = run_cli("facts", "2024-01-02", "--rates", path, "--json").json["answers"][0]
    assert facts["strongest_since"] is None
    assert facts["weakest_since"] == {"day": "2024-01-01", "rate": 1}


def test_several_series_are_answered_in_the_order_requested(run_cli):
    answer = run_cli(
        "facts", "2022-02-24", "--rates", "usd_rub_ecb", "--rates", "usd_rub_cbr", "--json"
    )
    assert [facts["series"] for facts in answer.json["answers"]] == ["usd_rub_ecb", "usd_rub_cbr"]


def test_since_is_one_more_base(run_cli):
    answer = run_cli("facts", "2025-04-21", "--since", "2024-06-12", "--json")
    change = answer.json["answers"][0]["changes"][-1]
    # The record dated 2024-06-12 was set on the 11th; the 12th was a holiday.
    assert (change["base"], change["base_day"]) == ("since", "2024-06-11")


def test_a_person_reads_text_and_both_quotes(run_cli):
    text = run_cli("facts", "2025-04-21").out
    assert "21 Apr 2025: 80.7597" in text
    assert "strongest since 30 May 2023 (80.6872)" in text
    (line,) = [line for line in text.splitlines() if line.startswith("end of the year before")]
    assert " ".join(line.split()) == (
        "end of the year before 28 Dec 2024 101.6797 −20.574 % +25.904 % +23.035 stronger"
    )


def test_a_day_without_a_rate_says_which_day_answers(run_cli):
    assert (
        "18 Apr 2025: 81.1371, the last rate on or before 2025-04-20"
        in run_cli("facts", "2025-04-20").out
    )


# ---------------------------------------------------------------- every source


def test_every_source_of_the_dollar_measures_the_same_move(run_cli):
    # 21 April 2025 against 28 December 2024, the last fixing of the year: 80.7597, 101.6797.
    rows = {row["series"]: row for row in run_cli("facts", "2025-04-21", "--json").json[
        "source_moves"]}  # fmt: skip
    assert list(rows) == ["usd_rub_cbr", "usd_rub_ecb", "usd_rub_by_cny_rub_cbr"]
    official = rows["usd_rub_cbr"]
    assert (official["base_day"], official["base_rate"]) == ("2024-12-28", 101.6797)
    assert official["base_known_at"] == "2024-12-28T12:30:00Z"
    assert official["move_pct_rub_per_usd"] == pytest.approx(100 * (80.7597 / 101.6797 - 1))
    assert official["move_pct_usd_per_rub"] == pytest.approx(100 * (101.6797 / 80.7597 - 1))
    assert rows["usd_rub_ecb"]["reason"] == "the series ended on 2022-03-01"
    assert rows["usd_rub_by_cny_rub_cbr"]["move_pct_usd_per_rub"] < 40


def test_since_is_the_base_of_every_source(run_cli):
    answer = run_cli("facts", "2022-02-24", "--since", "2022-02-17", "--json").json
    days = {row["series"]: row["base_day"] for row in answer["source_moves"]}
    assert days["usd_rub_ecb"] == "2022-02-17"
    text = run_cli("facts", "2022-02-24", "--since", "2022-02-17").out
    assert "The dollar from 17 Feb 2022 to 24 Feb 2022 on every source" in text
    assert "usd_rub_ecb: Snapshot at 14:15 Frankfurt time" in text


def test_a_base_on_the_day_itself_compares_nothing(run_cli):
    answer = run_cli("facts", "2025-04-21", "--since", "2025-04-21", "--json")
    assert (answer.code, answer.json["source_moves"]) == (0, [])


def test_a_file_of_dollars_is_compared_too_and_another_file_with_nothing(run_cli, write_file):
    path = write_file("r.csv", "date,mine\n2024-12-31,113.5\n2025-04-21,80\n")
    arguments = ("facts", "2025-04-21", "--rates", path, "--json")
    mine = run_cli(*arguments, "--quote", "rub-per-usd").json["source_moves"]
    (row,) = [row for row in mine if row["series"] == "mine"]
    assert row["move_pct_usd_per_rub"] == pytest.approx(100 * (113.5 / 80 - 1))
    assert len(mine) == 4
    assert run_cli(*arguments).json["source_moves"] == []


def test_the_facts_and_the_sources_go_into_a_folder_with_a_manifest(run_cli, tmp_path):
    folder = tmp_path / "facts"
    assert run_cli("facts", "2025-04-21", "--out", folder).out.endswith(f"written to {folder}\n")
    assert {path.name for path in folder.iterdir()} == {
        "facts.csv", "source_moves.csv", "manifest.json",
    }  # fmt: skip
    assert [row["series"] for row in table(folder / "source_moves.csv")[1]] == [
        "usd_rub_cbr", "usd_rub_ecb", "usd_rub_by_cny_rub_cbr",
    ]  # fmt: skip
    assert len(table(folder / "facts.csv")[1]) == 7
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {file["name"] for file in manifest["data_files"]} == {
        "usd_rub_cbr.csv", "usd_rub_ecb.csv", "cny_rub_cbr.csv", "usd_cny_ecb.csv",
    }  # fmt: skip
    assert manifest["parameters"]["date"] == "2025-04-21"
