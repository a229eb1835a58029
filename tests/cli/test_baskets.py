"""`rates basket` and `study --basket`: lists, what is missing, the files of an event."""

import pytest

from tests.cli.conftest import table

HEGSETH = "hegseth-nato-2025-02-12"


def test_a_basket_of_ones_own_is_stored_listed_shown_and_removed(run_cli):
    added = run_cli("rates", "basket", "add", "Desk", "usd_rub_cbr", "moex:RGBI")
    assert (added.code, added.out) == (0, "desk: 2 series\n")
    assert "moex:RGBI: nothing of moex:RGBI was fetched yet; refresh it by this name" in added.err
    listed = run_cli("rates", "basket", "list", "--json").json
    assert [basket["name"] for basket in listed if basket["shipped"]] == [
        "rouble", "peace-and-war", "energy", "russian-assets"
    ]  # fmt: skip
    assert listed[-1]["members"] == ["usd_rub_cbr", "moex:RGBI"]
    shown = run_cli("rates", "basket", "show", "desk").out
    assert "USD/RUB, Bank of Russia" in shown
    assert "nothing of moex:RGBI was fetched yet" in " ".join(shown.split())
    assert run_cli("rates", "basket", "remove", "desk").out == "desk removed\n"
    again = run_cli("rates", "basket", "remove", "desk")
    assert (again.code, again.err.startswith("error: NAME desk: you have no")) == (2, True)


def test_one_event_on_a_basket_is_a_table_and_a_file(run_cli, tmp_path):
    answer = run_cli(
        "study", "--basket", "rouble", "--event", HEGSETH, "--out", tmp_path / "out"
    )  # fmt: skip
    assert answer.code == 0
    assert "corrected p" in answer.out
    assert "nothing of cbr:KZT was fetched yet; refresh it by this name" in answer.out
    header, rows = table(tmp_path / "out" / "basket.csv")
    assert header[:4] == ["event_id", "series", "title", "quote"]
    assert [row["series"] for row in rows[:2]] == ["cny_rub_cbr", "usd_rub_cbr"]
    assert {row["unit"] for row in rows} == {"log pts", "points", ""}
    assert len(rows) == 9  # none of the basket is left out
    printed = run_cli("study", "--basket", "rouble", "--event", HEGSETH, "--json").json
    assert [row["series"] for row in printed["rows"]] == [row["series"] for row in rows]


def test_categories_on_a_basket_of_a_file_are_the_cells_of_the_map(run_cli, tmp_path, write_file):
    file = write_file("watch.txt", "usd_rub_cbr\nkey_rate_cbr\nnothing\n")
    answer = run_cli(
        "study", "--basket", file, "--category", "nato_remark", "--out", tmp_path / "out"
    )  # fmt: skip
    assert answer.code == 0
    assert "nothing: there is no such series" in answer.err
    _header, rows = table(tmp_path / "out" / "across_series.csv")
    assert {row["series"] for row in rows} == {"usd_rub_cbr", "key_rate_cbr"}


def test_a_rate_in_per_cent_is_studied_by_its_differences(run_cli):
    refused = run_cli("study", "--rates", "key_rate_cbr", "--category", "monetary_policy")
    assert refused.code == 2
    answer = run_cli(
        "study", "--rates", "key_rate_cbr", "--returns", "difference",
        "--category", "monetary_policy",
    )  # fmt: skip
    assert answer.code == 0
    assert "moves in points" in answer.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--event", HEGSETH], "--event: needs --basket"),
        (["--basket", "roubel"], "--basket roubel: there is no such basket; choose one of rouble"),
        (["--basket", "none.txt"], "--basket none.txt: cannot be read (No such file"),
        (["--basket", "energy", "--event", "x"], "--event x: is not there"),
        (["--basket", "energy", "--rates", "usd_rub_cbr"], "--rates: cannot be given with"),
        (["--basket", "energy", "--event", HEGSETH, "--pool", "all"], "--pool all: a basket is"),
    ],
)
def test_what_cannot_be_asked_is_one_line(run_cli, options, message):
    answer = run_cli("study", *options)
    assert (answer.code, answer.err.startswith(f"error: {message}")) == (2, True), answer.err
