"""`study` on a file of levels with a factor and events bound to series; the same bytes twice."""

from __future__ import annotations

import math

import pytest

from tests.cli.conftest import table

# Levels whose simple returns are, from the second day on:
#   M: +1 %, -1 %, +2 %, 0, -2 %, +1 %, +3 %
#   A: twice M, plus 1 % on the last day;  B: M alone.
MARKET = (0.01, -0.01, 0.02, 0.0, -0.02, 0.01, 0.03)


def levels(returns):
    result = [100.0]
    for move in returns:
        result.append(result[-1] * (1 + move))
    return result


@pytest.fixture
def panel(write_file):
    a = [2 * move for move in MARKET[:-1]] + [2 * MARKET[-1] + 0.01]
    columns = zip(levels(a), levels(MARKET), levels(MARKET), strict=True)
    lines = [f"2024-01-{k + 1:02d},{x!r},{y!r},{m!r}" for k, (x, y, m) in enumerate(columns)]
    rates = write_file("panel.csv", "date,A,B,M\n" + "\n".join(lines) + "\n")
    events = write_file(
        "bound.csv",
        "id,date,series,category\non-a,2024-01-08,A,talks\non-both,2024-01-08,,talks\n"
        "nowhere,2024-01-08,C,talks\n",
    )
    return (
        "study", "--rates", rates, "--events", events, "--factor", "M", "--returns", "simple",
        "--window", "0:0", "--car", "0:0", "--estimation", "6", "--gap", "0",
        "--min-estimation", "4",
    )  # fmt: skip


def test_a_market_adjusted_move_by_hand(run_cli, panel, tmp_path):
    out = tmp_path / "out"
    assert run_cli(*panel, "--model", "market-adjusted", "--out", out).code == 0
    rows = {(r["event_id"], r["series"]): r for r in table(out / "events.csv")[1]}
    assert set(rows) == {("on-a", "A"), ("on-both", "A"), ("on-both", "B")}
    # A moved 2 x 3 % + 1 % = 7 %, the factor 3 %: 4 % abnormal. B moved with the factor.
    assert float(rows["on-a", "A"]["car"]) == pytest.approx(0.04)
    assert float(rows["on-both", "B"]["car"]) == pytest.approx(0.0, abs=1e-12)
    # sigma^2 of A = mean of (2M - M)^2 = M^2 over the six days before, p = 0
    sigma = math.sqrt(sum(move**2 for move in MARKET[:-1]) / 6)
    assert float(rows["on-a", "A"]["car_se"]) == pytest.approx(sigma)


def test_an_event_bound_to_a_series_that_is_not_there_is_skipped_with_its_reason(
    run_cli, panel, tmp_path
):
    run_cli(*panel, "--model", "market", "--out", tmp_path / "out")
    skipped = {row["event_id"]: row["reason"] for row in table(tmp_path / "out" / "skipped.csv")[1]}
    assert skipped["nowhere"] == "no series C in this study"


def test_the_market_model_finds_what_the_factor_does_not_explain(run_cli, panel, tmp_path):
    run_cli(*panel, "--model", "market", "--out", tmp_path / "out")
    rows = {(r["event_id"], r["series"]): r for r in table(tmp_path / "out" / "events.csv")[1]}
    # A = 2 M exactly in the past, so that 7 % - 2 x 3 % = 1 % is left.
    assert float(rows["on-a", "A"]["car"]) == pytest.approx(0.01)


def test_a_second_run_leaves_the_same_bytes(run_cli, panel, tmp_path):
    out = tmp_path / "out"
    run_cli(*panel, "--model", "market", "--out", out)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    run_cli(*panel, "--model", "market", "--out", out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    assert set(first) == {
        "paths.csv", "events.csv", "averages.csv", "headline.csv", "tests.csv", "skipped.csv",
        "correlation.csv", "regression.csv", "direction.csv", "intervals.csv", "projections.csv",
        "manifest.json", "moves.csv", "study.xlsx",
    }  # fmt: skip


def test_the_factor_is_no_series_of_the_study(run_cli, panel):
    answer = run_cli(*panel, "--model", "market", "--json")
    assert {row["series"] for row in answer.json["events"]} == {"A", "B"}


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (("--factor", "Q"), "--factor Q: is no column and no series; choose one of"),
        (("--factor", "A", "--factor", "B"), "--factor: every series is a factor"),
        (("--model", "scholes-williams", "--factor", "B"), "takes 1 factor, 2 are given"),
    ],
)
def test_a_factor_that_cannot_be_is_one_line(run_cli, panel, more, text):
    answer = run_cli(*panel, *more)
    assert answer.code == 2
    assert text in answer.err
    assert answer.err.count("\n") == 1


def test_our_own_series_can_be_a_factor_on_the_days_both_have(run_cli, tmp_path):
    answer = run_cli(
        "study", "--model", "market", "--factor", "cny_rub_cbr", "--out", tmp_path / "out"
    )
    assert answer.code == 0
    reasons = {row["reason"] for row in table(tmp_path / "out" / "skipped.csv")[1]}
    # The yuan starts on 2021-01-01: before that the Bank of Russia's dollar has no factor.
    assert "too little history: 0 returns in the estimation window, 60 needed" in reasons


def test_a_model_with_factors_says_which_option_is_missing(run_cli):
    answer = run_cli("study", "--model", "market")
    assert answer.code == 2
    assert (
        answer.err
        == "error: --model market: needs a factor; name its column or its series as the factor\n"
    )


# ------------------------------------------------------------------ shipped controls


@pytest.mark.parametrize("control", ["key_rate_cbr", "ruonia_cbr", "gpr_daily"])
def test_a_shipped_control_is_a_factor_and_no_series_to_study(run_cli, control, tmp_path):
    answer = run_cli("study", "--category", "nato_remark", "--factor", control, "--model", "market",
                   "--out", tmp_path)  # fmt: skip
    assert answer.code == 0
    assert len(table(tmp_path / "events.csv")[1]) > 50
    refused = run_cli("study", "--rates", control)
    assert (refused.code, refused.out) == (2, "")
    assert "is no price" in refused.err
    assert f"give {control} as a factor" in refused.err
    assert len(refused.err.strip().splitlines()) == 1


def test_facts_of_a_control_are_refused_in_one_line(run_cli):
    refused = run_cli("facts", "2025-04-21", "--rates", "gpr_daily")
    assert (refused.code, refused.out) == (2, "")
    assert "counts index points and is no price" in refused.err
