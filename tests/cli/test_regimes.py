"""`rates regimes`, `study --split` and `counterfactual`: text, files and JSON agree."""

import json
import math

import pytest

from tests.cli.conftest import table


def test_regimes_are_printed_written_and_given_as_json(run_cli, tmp_path):
    out = tmp_path / "out"
    printed = run_cli("rates", "regimes", "usd_rub_cbr", "--trim", "10", "--out", out)
    assert printed.code == 0
    assert "regimes of the volatility (p = " in printed.out
    assert "N = 3,369 moves" in printed.out
    answer = run_cli("rates", "regimes", "usd_rub_cbr", "--trim", "10", "--json").json
    header, rows = table(out / "regimes.csv")
    assert header[:6] == ["series", "kind", "regime", "from", "to", "n"]
    assert [row["from"] for row in rows] == [row["from"] for row in answer["regimes"]]
    assert sum(int(row["n"]) for row in rows) == answer["summary"]["moves"] == 3369
    chosen = [row["breaks"] for row in table(out / "break_counts.csv")[1] if row["chosen"]]
    assert chosen == [str(len(rows) - 1)]
    parameters = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["parameters"]
    assert parameters["kind"] == "volatility"


def test_a_null_says_what_it_would_have_seen(run_cli):
    printed = run_cli("rates", "regimes", "usd_rub_cbr", "--kind", "mean", "--trim", "15")
    assert "no break of the mean move was found" in printed.out
    assert "would be seen in at least four of five" in printed.out


def test_a_study_is_answered_in_each_period(run_cli, tmp_path):
    words = ("study", "--category", "monetary_policy", "--category", "nato_remark",
             "--split", "method-breaks")  # fmt: skip
    assert run_cli(*words, "--out", tmp_path).code == 0
    header, rows = table(tmp_path / "split.csv")
    assert header[:3] == ["period", "from", "to"]
    assert {row["period"] for row in rows} == {"1", "2", "3", "4", "5"}
    assert rows[0]["to"] == "2022-03-11"
    answer = run_cli(*words, "--json").json
    assert [row["n"] for row in answer["split"]] == [int(row["n"]) for row in rows]
    for row in rows:
        assert bool(row["p_adjusted"]) != bool(row["reason"])
    assert "no verdict" in run_cli(*words).out


@pytest.mark.parametrize(
    "words",
    [
        ("study", "--split", "sometimes"),
        ("study", "--split", "1990-01-01"),
        ("rates", "regimes", "nothing"),
        ("rates", "regimes", "key_rate_cbr"),
        ("rates", "regimes", "usd_rub_cbr", "--kind", "relation"),
        ("counterfactual", "2013-02-01"),
        ("counterfactual", "no-such-event"),
        ("counterfactual", "2020-03-09", "--donors", "eur_usd_ecb"),
        ("counterfactual", "2020-03-09", "--rates", "key_rate_cbr"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(run_cli, words):
    answer = run_cli(*words)
    assert answer.code == 2
    assert len(answer.err.strip().splitlines()) == 1


def test_a_counterfactual_is_printed_written_and_given_as_json(run_cli, tmp_path):
    words = ("counterfactual", "2020-03-09")
    donors = ("--donors", "eur_usd_ecb", "--donors", "usd_cny_ecb", "--donors", "key_rate_cbr")
    printed = run_cli(*words, *donors, "--out", tmp_path)
    assert printed.code == 0
    assert "weaker than its synthetic series after 20 days" in printed.out
    assert "key_rate_cbr counts" in printed.out
    answer = run_cli(*words, *donors, "--json").json
    rows = table(tmp_path / "counterfactual.csv")[1]
    assert [row["offset"] for row in rows] == ["1", "5", "20", "60"]
    for row, given in zip(rows, answer["counterfactual"], strict=True):
        assert float(row["gap"]) == given["gap"]
        assert float(row["gap"]) == pytest.approx(float(row["actual"]) - float(row["synthetic"]))
    # By hand: the records of 7 and 12 March, set on the 6th and the 11th
    assert float(rows[0]["actual"]) == pytest.approx(-100 * math.log(71.472 / 67.5175))
    weights = [float(row["weight"]) for row in table(tmp_path / "counterfactual_donors.csv")[1]]
    assert sum(weights) == pytest.approx(1)
    base = [r for r in table(tmp_path / "counterfactual_path.csv")[1] if r["offset"] == "-1"]
    assert float(base[0]["actual_index"]) == 100
    assert answer["summary"]["n_dates"] == 500
