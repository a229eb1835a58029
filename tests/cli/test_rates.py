"""`rates`: what there is, out as a file, and the strict check of a file."""

from __future__ import annotations

import csv
import io

from tests.cli.conftest import table


def test_the_list_says_what_each_series_is_and_how_far_it_goes(shell):
    rows = {row["id"]: row for row in shell("rates", "list", "--json").json}
    assert list(rows) == [
        "usd_rub_cbr", "cny_rub_cbr", "usd_rub_ecb", "eur_rub_ecb", "eur_usd_ecb", "usd_cny_ecb",
        "brent_eia",
    ]  # fmt: skip
    ours = rows["usd_rub_cbr"]
    # The record dated 2013-01-10 was set on the 9th, that dated 2026-09-02 on the 1st.
    assert (ours["first_day"], ours["last_day"], ours["rows"]) == ("2013-01-09", "2026-09-01", 3370)
    assert (ours["unit"], ours["publisher"]) == ("RUB per USD", "Bank of Russia")
    assert "usd_rub_cbr" in shell("rates", "list").out


def test_an_export_has_the_record_the_day_and_the_moment(shell, tmp_path):
    path = tmp_path / "r.csv"
    shell("rates", "export", path, "--since", "2025-04-18", "--until", "2025-04-21")
    columns, rows = table(path)
    assert columns == ["date", "day", "known_at", "rate", "series"]
    assert [tuple(row.values()) for row in rows] == [
        ("2025-04-19", "2025-04-18", "2025-04-18T12:30:00Z", "81.1371", "usd_rub_cbr"),
        ("2025-04-22", "2025-04-21", "2025-04-21T12:30:00Z", "80.7597", "usd_rub_cbr"),
    ]


def test_several_series_are_exported_one_after_the_other(shell):
    said = shell("rates", "export", "-", "--rates", "brent_eia", "--rates", "cny_rub_cbr").out
    names = [row["series"] for row in csv.DictReader(io.StringIO(said))]
    assert list(dict.fromkeys(names)) == ["brent_eia", "cny_rub_cbr"]


def test_an_own_export_is_a_file_for_a_study(shell, tmp_path):
    shell("rates", "export", tmp_path / "r.csv")
    by_file = shell("study", "--rates", tmp_path / "r.csv", "--quote", "rub-per-usd", "--json").json
    by_id = shell("study", "--json").json
    assert [row["car"] for row in by_file["events"]] == [row["car"] for row in by_id["events"]]
    assert by_file["events"][0]["anchor_day"] == by_id["events"][0]["anchor_day"]


def test_a_file_is_checked_with_the_shape_of_the_contract(shell, made):
    path = made("r.csv", "date,A,B\n2024-01-02,1.5,\n2024-01-03,2,3\n")
    answer = shell("rates", "import", path, "--dry-run", "--json")
    assert answer.code == 0
    assert answer.json["status"] == "accept"
    assert [(row["date"], row["rate"], row["series"]) for row in answer.json["rows"]] == [
        ("2024-01-02", 1.5, "A"), ("2024-01-03", 2.0, "A"),
        ("2024-01-02", None, "B"), ("2024-01-03", 3.0, "B"),
    ]  # fmt: skip


def test_a_file_that_needed_mending_is_taken_with_a_warning(shell, made):
    path = made("r.csv", "date,A\n2024-01-03,2\n2024-01-02,1\n")
    answer = shell("rates", "import", path, "--dry-run", "--json")
    assert (answer.code, answer.json["status"]) == (0, "warn")
    assert [row["date"] for row in answer.json["rows"]] == ["2024-01-02", "2024-01-03"]
    assert "were not in ascending order and were sorted" in answer.json["messages"][0]
    said = shell("rates", "import", path, "--dry-run")
    assert said.err.startswith("note: r.csv: the dates were not in ascending order")


def test_a_file_that_is_wrong_is_rejected(shell, made):
    path = made("r.csv", "date,A\n2024-01-02,zero\n")
    answer = shell("rates", "import", path, "--dry-run", "--json")
    assert (answer.code, answer.json["status"], answer.json["rows"]) == (2, "reject", [])
    assert answer.err == f"error: {answer.json['messages'][0]}\n"
