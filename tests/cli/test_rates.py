"""`rates`: what there is, out as a file, and the strict check of a file."""

from __future__ import annotations

import csv
import io

from openpyxl import load_workbook

from tests.cli.conftest import table


def test_the_list_says_what_each_series_is_and_how_far_it_goes(run_cli):
    rows = {row["id"]: row for row in run_cli("rates", "list", "--json").json}
    assert list(rows) == [
        "usd_rub_cbr", "cny_rub_cbr", "eur_rub_cbr", "usd_rub_ecb", "eur_rub_ecb", "eur_usd_ecb",
        "usd_cny_ecb", "eur_pln_ecb", "eur_huf_ecb", "eur_czk_ecb", "eur_try_ecb", "brent_eia",
        "key_rate_cbr", "ruonia_cbr", "gpr_daily",
    ]  # fmt: skip
    ours = rows["usd_rub_cbr"]
    # The record dated 2013-01-10 was set on the 9th, that dated 2026-09-02 on the 1st.
    assert (ours["first_day"], ours["last_day"], ours["rows"]) == ("2013-01-09", "2026-09-01", 3370)
    assert (ours["unit"], ours["publisher"]) == ("RUB per USD", "Bank of Russia")
    assert "usd_rub_cbr" in run_cli("rates", "list").out


def test_an_export_has_the_record_the_day_and_the_moment(run_cli, tmp_path):
    path = tmp_path / "r.csv"
    run_cli("rates", "export", path, "--since", "2025-04-18", "--until", "2025-04-21")
    columns, rows = table(path)
    assert columns == ["date", "day", "known_at", "rate", "series"]
    assert [tuple(row.values()) for row in rows] == [
        ("2025-04-19", "2025-04-18", "2025-04-18T12:30:00Z", "81.1371", "usd_rub_cbr"),
        ("2025-04-22", "2025-04-21", "2025-04-21T12:30:00Z", "80.7597", "usd_rub_cbr"),
    ]


def test_an_export_for_russian_excel_has_decimal_commas(run_cli, tmp_path):
    out = tmp_path / "r.csv"
    run_cli("rates", "export", out, "--rates", "cny_rub_cbr", "--dialect", "excel-ru")
    lines = out.read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[1] == "2021-01-01;2020-12-31;2020-12-31T08:30:00Z;11,2956;cny_rub_cbr"
    assert not [line for line in lines if "." in line]


def test_only_a_csv_with_decimal_points_for_excel_is_noted_for_russian_settings(run_cli, tmp_path):
    wanted = {"--excel": True, "--dialect=excel": True, "--dialect=excel-ru": False, "": False}
    for option, is_noted in wanted.items():
        answer = run_cli("rates", "export", tmp_path / "r.csv", *filter(None, [option]))
        assert ("--dialect excel-ru" in answer.err) is is_noted, option
    assert run_cli("rates", "export", tmp_path / "r.xlsx", "--excel").err == ""


def test_an_export_to_xlsx_is_a_workbook_with_the_numbers_of_the_csv(run_cli, tmp_path):
    out = tmp_path / "r.xlsx"
    run_cli("rates", "export", out, "--rates", "cny_rub_cbr")
    plain = run_cli("rates", "export", "-", "--rates", "cny_rub_cbr").out
    rows = list(load_workbook(out)["rates"].iter_rows(min_row=2, values_only=True))
    assert [(str(day.date()), rate) for day, _, _, rate, _ in rows] == [
        (row["date"], float(row["rate"])) for row in csv.DictReader(plain.splitlines())
    ]


def test_several_series_are_exported_one_after_the_other(run_cli):
    text = run_cli("rates", "export", "-", "--rates", "brent_eia", "--rates", "cny_rub_cbr").out
    names = [row["series"] for row in csv.DictReader(io.StringIO(text))]
    assert list(dict.fromkeys(names)) == ["brent_eia", "cny_rub_cbr"]


def test_an_own_export_is_a_file_for_a_study(run_cli, tmp_path):
    run_cli("rates", "export", tmp_path / "r.csv")
    by_file = run_cli(
        "study", "--rates", tmp_path / "r.csv", "--quote", "rub-per-usd", "--json"
    ).json
    by_id = run_cli("study", "--json").json
    assert [row["car"] for row in by_file["events"]] == [row["car"] for row in by_id["events"]]
    assert by_file["events"][0]["anchor_day"] == by_id["events"][0]["anchor_day"]


def test_a_file_is_checked_with_the_shape_of_the_contract(run_cli, write_file):
    path = write_file("r.csv", "date,A,B\n2024-01-02,1.5,\n2024-01-03,2,3\n")
    answer = run_cli("rates", "import", path, "--dry-run", "--json")
    assert answer.code == 0
    assert answer.json["status"] == "accept"
    assert [(row["date"], row["rate"], row["series"]) for row in answer.json["rows"]] == [
        ("2024-01-02", 1.5, "A"), ("2024-01-03", 2.0, "A"),
        ("2024-01-03", 3.0, "B"),
    ]  # fmt: skip


def test_a_file_that_needed_mending_is_taken_with_a_warning(run_cli, write_file):
    path = write_file("r.csv", "date,A\n2024-01-03,2\n2024-01-02,1\n")
    answer = run_cli("rates", "import", path, "--dry-run", "--json")
    assert (answer.code, answer.json["status"]) == (0, "warn")
    assert [row["date"] for row in answer.json["rows"]] == ["2024-01-02", "2024-01-03"]
    assert "were not in ascending order and were sorted" in answer.json["messages"][0]
    text = run_cli("rates", "import", path, "--dry-run")
    assert text.err.startswith("note: r.csv: the dates were not in ascending order")


def test_a_file_that_is_wrong_is_rejected(run_cli, write_file):
    path = write_file("r.csv", "date,A\n2024-01-02,zero\n")
    answer = run_cli("rates", "import", path, "--dry-run", "--json")
    assert (answer.code, answer.json["status"], answer.json["rows"]) == (2, "reject", [])
    assert answer.err == f"error: {answer.json['messages'][0]}\n"


HOURS = "date,USD\n" + "".join(
    f"2025-04-{day:02d} {hour:02d}:00,{80 + day / 10 + hour / 100:.2f}\n"
    for day in range(14, 26) for hour in range(10, 19)
)  # fmt: skip


def test_a_file_becomes_a_series_of_ones_own(run_cli, write_file):
    path = write_file("desk.csv", "date,USD\n2025-04-17,82.5\n2025-04-18,81.1\n2025-04-21,80.8\n")
    answer = run_cli(
        "rates", "import", path, "--quote", "rub-per-usd", "--title", "My desk", "--json"
    )
    assert (answer.code, answer.json["status"], answer.json["kept"]) == (0, "accept", ["own_desk"])
    rows = {row["id"]: row for row in run_cli("rates", "list", "--json").json}
    assert list(rows)[-1] == "own_desk"
    assert (rows["own_desk"]["title"], rows["own_desk"]["rows"]) == ("My desk", 3)
    assert rows["own_desk"]["publisher"] == "your own file desk.csv"
    text = run_cli("rates", "export", "-", "--rates", "own_desk").out
    assert "2025-04-21,2025-04-21,2025-04-21T20:59:00Z,80.8,own_desk" in text
    facts = run_cli("facts", "2025-04-21", "--rates", "own_desk", "--json").json
    assert facts
    study = run_cli(
        "study",
        "--rates",
        "own_desk",
        "--model",
        "none",
        "--window",
        "0:0",
        "--car",
        "0:0",
        "--estimation",
        "3",
        "--gap",
        "0",
        "--min-estimation",
        "3",
        "--json",
    )
    assert study.code == 0, study.err


def test_a_series_of_bars_is_one_too(run_cli, write_file):
    path = write_file("bars.csv", HOURS)
    answer = run_cli("rates", "import", path)
    assert answer.code == 2
    assert "say its time zone" in answer.err
    answer = run_cli("rates", "import", path, "--zone", "Europe/Moscow", "--name", "b")
    assert answer.code == 0
    assert "taken to be stamped when they begin" in answer.err
    text = run_cli("rates", "export", "-", "--rates", "own_b").out.splitlines()
    assert text[1] == "2025-04-14,2025-04-14,2025-04-14T07:59:59Z,81.5,own_b"
    assert len(text) == 1 + 12 * 9


def test_what_is_removed_is_gone(run_cli, write_file):
    run_cli("rates", "import", write_file("a.csv", "date,USD\n2025-04-17,82.5\n"))
    assert run_cli("rates", "remove", "own_a").out == "own_a removed\n"
    answer = run_cli("rates", "remove", "own_a")
    assert answer.code == 2
    assert answer.err == "error: series own_a: is none of your own; none is kept yet\n"
    assert run_cli("rates", "remove", "usd_rub_cbr").code == 2


def test_a_name_that_is_taken_is_refused_with_what_to_do(run_cli, write_file):
    run_cli("rates", "import", write_file("a.csv", "date,USD\n2025-04-17,82.5\n"))
    other = write_file("a.csv", "date,USD\n2025-04-17,82.6\n")
    answer = run_cli("rates", "import", other, "--json")
    assert (answer.code, answer.json["status"]) == (2, "reject")
    assert "take another name, replace it" in answer.json["messages"][0]
    assert run_cli("rates", "import", other, "--replace").code == 0


def test_a_study_on_a_file_that_has_to_be_explained_says_how(run_cli, write_file):
    answer = run_cli("study", "--rates", write_file("bars.csv", HOURS))
    assert answer.code == 2
    assert "say its time zone" in answer.err
