"""`robustness`: one question under every combination of choices."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import table

SMALL = ("robustness", "--category", "nato_remark", "--estimation", "60", "--gap", "0",
         "--car", "0:0", "--car", "0:1", "--model", "none", "--overlap", "keep")  # fmt: skip


def test_every_combination_is_a_row(run_cli, tmp_path):
    out = tmp_path / "out"
    assert run_cli(*SMALL, "--model", "mean", "--filter", "all", "--out", out).code == 0
    header, rows = table(out / "specifications.csv")
    choices = "series model window estimation gap overlap event_filter returns"
    assert header == f"{choices} n caar ci_low ci_high p_value p_overlap".split()
    assert {(row["model"], row["window"]) for row in rows} == {
        ("none", "[0,0]"), ("none", "[0,1]"), ("mean", "[0,0]"), ("mean", "[0,1]"),
    }  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["specifications"] == 4


def test_the_defaults_give_at_least_500_specifications(run_cli):
    answer = run_cli("robustness", "--category", "nato_remark", "--json").json
    assert answer["summary"]["specifications"] == len(answer["specifications"]) >= 500


def test_the_joint_p_is_corrected_for_the_categories_of_the_catalogue(run_cli, tmp_path):
    summary = run_cli(*SMALL, "--json").json["summary"]
    run_cli("study", "--out", tmp_path)
    groups = {row["group"] for row in table(tmp_path / "tests.csv")[1]} - {"all"}
    assert summary["categories"] == len(groups)
    adjusted = min(1.0, summary["categories"] * summary["joint_placebo_p"])
    assert summary["joint_p_adjusted"] == pytest.approx(adjusted)


def test_the_summary_is_that_of_the_rows(run_cli):
    answer = run_cli(*SMALL, "--json").json
    result = {(row["window"], row["n"], row["caar"]) for row in answer["specifications"]}
    values = sorted(caar for *_, caar in result if caar is not None)  # each distinct one once
    middle = len(values) // 2
    median = (values[middle] + values[~middle]) / 2
    assert answer["summary"]["distinct"] == len(values)
    assert answer["summary"]["median"] == pytest.approx(median)
    same = sum((value > 0) == (median > 0) for value in values) / len(values)
    assert answer["summary"]["same_sign"] == pytest.approx(same)


def test_a_row_is_the_answer_of_the_study_with_those_choices(run_cli, tmp_path):
    rows = run_cli(*SMALL, "--filter", "all", "--json").json["specifications"]
    row = next(row for row in rows if row["window"] == "[0,1]")
    run_cli(
        "study", "--category", "nato_remark", "--model", "none", "--window", "0:1",
        "--car", "0:1", "--estimation", "60", "--gap", "0", "--min-estimation", "30",
        "--out", tmp_path,
    )  # fmt: skip
    cars = [float(event["car"]) for event in table(tmp_path / "events.csv")[1]]
    assert row["n"] == len(cars) > 50
    assert row["caar"] == pytest.approx(sum(cars) / len(cars))
    tests = {t["test"]: t for t in table(tmp_path / "tests.csv")[1]
             if t["group"] == "all" and t["window"] == "[0,1]"}  # fmt: skip
    assert row["p_overlap"] == pytest.approx(float(tests["overlap_t"]["p_value"]))
    assert row["p_value"] == pytest.approx(float(tests["cluster_rank"]["p_value"]))


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (("--filter", "nice"), "--filter nice: not known; choose one of all, high-confidence"),
        (("--overlap", "maybe"), "--overlap maybe: not known; choose one of keep, first, exclude"),
        (("--model", "arima"), "--model arima: not known; choose one of none, mean"),
        (("--model", "market"), "--model market: needs a factor"),
    ],
)
def test_a_choice_that_is_none_is_one_line(run_cli, more, text):
    answer = run_cli(*SMALL, *more)
    assert answer.code == 2
    assert text in answer.err
    assert answer.err.count("\n") == 1
