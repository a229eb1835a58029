"""The cautions about the tests of a study."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.models.study import StudyRequest
from dashboard.services.compare import explain_tests, is_significant, read_tests
from dashboard.services.study import run_study
from tests.made_series import event_at_row, series_of_returns

FILE = Path(__file__).parents[2] / "dashboard" / "eventstudy" / "test_sizes.csv"
REQUEST = StudyRequest(estimation=20, gap=0, min_estimation=10)


def answer(rows):
    series = series_of_returns(0.01 * np.random.default_rng(2).standard_normal(600))
    events = [event_at_row(row, f"{k}", category="talks") for k, row in enumerate(rows)]
    return run_study([series], events, REQUEST)


@pytest.fixture(scope="module")
def clustered():
    return answer([100, 102, 104, 300, 303, 550])


def worst(test, pattern):
    """The size farthest from 5 % with such dates, in per cent, from the file that ships."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rates = [
            100 * float(row["rejected"])
            for row in csv.DictReader(lines)
            if (row["test"], row["pattern"], row["effect"]) == (test, pattern, "0")
        ]
    return round(max(rates, key=lambda rate: abs(rate - 5)))


def words(found, test):
    return {line.text for line in read_tests(found) if line.result.test == test}


def test_only_the_windows_asked_for_are_read(clustered):
    assert {line.result.window for line in read_tests(clustered)} == {(0, 1)}


def test_the_declared_test_comes_first_and_the_others_in_their_order(clustered):
    lines = read_tests(clustered)
    assert {line.result.test for line in lines[:2]} == {"cluster_rank"}
    assert [line.declared for line in lines] == [True] * 2 + [False] * (len(lines) - 2)
    others = [line.result.test for line in lines[2:] if line.result.group == "all"]
    assert others == [test.id for test in SIGNIFICANCE_TESTS if test.id != "cluster_rank"]
    many = answer(range(50, 590, 60))
    assert words(many, "cluster_rank") == {"the declared test"}
    assert words(many, "wilcoxon") == {""}


def test_unusual_needs_the_corrected_p_of_a_verdict(clustered):
    none = clustered.headlines[0]
    assert none.reason
    assert not is_significant(none)
    made = replace(none, reason="", p_value=0.01, p_adjusted=0.05)
    assert is_significant(made)
    assert not is_significant(replace(made, p_adjusted=0.0501))


def test_a_test_that_misleads_says_so_in_words(clustered):
    assert words(clustered, "patell") == {f"rejects too often ({worst('patell', 'clustered')} %)"}
    assert words(clustered, "kolari_pynnonen") == {"rejects too rarely (0 %)"}


def test_a_test_that_misleads_with_other_dates_says_nothing_here():
    # docs/size.md: too often with clustered dates, not with these.
    assert worst("wilcoxon", "clustered") > 7
    assert words(answer([100, 200, 300, 400]), "wilcoxon") == {""}


def test_a_test_that_does_not_apply_says_why(clustered):
    assert words(clustered, "bhar_t") == {
        "does not apply: needs simple returns (--returns simple) and at least 2 events that differ"
    }
    # kolari_pynnonen says so itself; the words stand there once
    alone = words(answer([300]), "kolari_pynnonen")
    assert alone == {"does not apply: needs at least 2 events whose past varies"}


def test_the_sentences_name_the_groups_and_what_to_read(clustered):
    first, meaning = explain_tests(clustered)
    assert first == "all, talks: clustered dates. cluster_rank answers."
    far, _ = explain_tests(answer([100, 200, 300, 400]))
    assert far.startswith("all, talks: scattered dates. cluster_rank answers; sound with such")
    assert "wilcoxon" in far.partition("sound with such dates too: ")[2]
    assert "the share of simulated studies without effect" in meaning


def test_a_study_without_events_has_nothing_to_say():
    assert explain_tests(answer([])) == ()
