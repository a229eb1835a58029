"""The specification curve: distinct answers, and the joint p against a loop over every sign."""

from __future__ import annotations

import itertools
import statistics
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.eventstudy.specification_curve import (
    distinct_specifications,
    filter_events,
    joint_p,
    run_specification,
)
from dashboard.models.analyses import SpecificationGrid
from dashboard.models.event import Hour
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.services.robustness import count_categories, run_robustness
from tests.made_series import event_at_row, event_on, made_series, series_of_returns

SERIES = series_of_returns(0.01 * np.random.default_rng(4).standard_t(5, 700))
SEPARATE = tuple(event_at_row(row, category="x") for row in range(320, 680, 20))  # 18, alone
BUNCHED = (*SEPARATE, event_at_row(322, "second", category="y"))


def grid(**choices):
    defaults = {
        "windows": ((0, 1),),
        "estimations": (60, 120, 250),
        "gaps": (0, 10),
        "models": ("none",),
        "overlaps": ("keep", "first"),
        "event_filters": ("all",),
    }
    return SpecificationGrid(("made",), **defaults | choices)


def test_choices_that_change_nothing_count_once():
    # The no-change model uses no history, and no two windows overlap: one answer of twelve.
    answer = run_robustness(grid(), [SERIES], SEPARATE)
    assert (len(answer.rows), answer.distinct, answer.tested) == (12, 1, 1)


def test_a_rule_for_overlaps_counts_where_something_overlaps():
    wide = grid(windows=((0, 5),))
    assert run_robustness(wide, [SERIES], BUNCHED).distinct == 2
    assert run_robustness(grid(), [SERIES], BUNCHED).distinct == 1  # 320 and 322 do not overlap


def test_a_fitted_model_gives_an_answer_for_every_history():
    answer = run_robustness(grid(models=("none", "mean")), [SERIES], SEPARATE)
    assert answer.distinct == 1 + 3 * 2  # lengths and gaps of the constant mean


@pytest.mark.parametrize("lengths", [(60, 120, 250), (250, 120, 60)])
def test_of_equal_answers_the_longest_history_and_shortest_gap_stands_for_all(lengths):
    result = [run_specification(item, SERIES, SEPARATE, (), 1)
             for item in grid(estimations=lengths).specifications()]  # fmt: skip
    (one,) = distinct_specifications(result)
    chosen = one.row.specification
    assert (chosen.estimation, chosen.gap) == (250, 0)


def test_median_and_share_of_signs_are_those_of_the_distinct_ones():
    answer = run_robustness(
        grid(models=("none", "mean"), windows=((0, 0), (0, 1))), [SERIES], SEPARATE
    )
    values = {(row.specification.window, round(row.caar, 12)): row.caar for row in answer.rows}
    assert answer.distinct == len(values) == 14
    assert answer.median == pytest.approx(statistics.median(values.values()))
    same = sum((value > 0) == (answer.median > 0) for value in values.values()) / 14
    assert answer.same_sign == pytest.approx(same)


def p_by_loop(sums):
    """Every sign vector; the same signs for all specifications; medians of standardised sums."""
    columns = [[v / sum(u * u for u in column) ** 0.5 for v in column] for column in sums.T]

    def size(signs):
        return abs(statistics.median(
            sum(s * v for s, v in zip(signs, column, strict=True)) for column in columns
        ))  # fmt: skip

    every = [size(signs) for signs in itertools.product((1, -1), repeat=len(sums))]
    seen = size((1,) * len(sums))
    return sum(item >= seen - 1e-9 for item in every) / len(every)


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_the_joint_p_is_the_share_of_all_signs(columns):
    random = np.random.default_rng(columns)
    sums = random.standard_normal((9, 1)) + 0.3 * random.standard_normal((9, columns)) + 0.3
    result, vectors = joint_p(sums, seed=1)
    assert vectors == 2**9
    assert result == pytest.approx(p_by_loop(sums))


def test_many_clusters_are_drawn_and_close_to_all_of_them():
    sums = np.random.default_rng(3).standard_normal((15, 3)) + 0.4
    result, vectors = joint_p(sums, seed=1)
    wanted = p_by_loop(sums)
    assert vectors == 9_999
    assert result == pytest.approx(wanted, abs=4 * (wanted * (1 - wanted) / vectors) ** 0.5)


def test_below_eight_clusters_there_is_no_joint_p():
    answer = run_robustness(grid(), [SERIES], SEPARATE[:7])
    assert (answer.clusters, answer.draws) == (7, 0)
    assert np.isnan([answer.joint_p, answer.joint_p_adjusted]).all()


def test_clusters_are_those_of_the_widest_window_of_the_grid():
    # 320 and 322 share no row of [0,1], but one of [0,5]; 19 events in 18 clusters.
    both = run_robustness(grid(windows=((0, 1), (0, 5))), [SERIES], BUNCHED)
    assert both.clusters == 18
    assert run_robustness(grid(), [SERIES], BUNCHED).clusters == 19


def test_the_joint_p_is_corrected_for_the_categories_that_could_be_asked():
    answer = run_robustness(grid(), [SERIES], SEPARATE, categories=count_categories(BUNCHED))
    assert answer.categories == 2
    assert answer.joint_p_adjusted == pytest.approx(min(1.0, 2 * answer.joint_p))
    assert count_categories([event_at_row(5)]) == 1


RECORDS = ["2024-03-12", "2024-03-13", "2024-03-14", "2024-03-15", "2024-03-16", "2024-03-19"]


def reported(event_id, hour):
    hours = (Hour(datetime(2024, 3, 13, hour, tzinfo=UTC), "published"),)
    return replace(event_on("2024-03-13", event_id), hours=hours)


def test_an_hour_is_known_where_a_first_report_leaves_one_first_rate():
    # The fixing of 13 March is known at 15:30 in Moscow, which is 12:30 UTC.
    series = made_series(90 + np.arange(6), RECORDS, rule=BANK_OF_RUSSIA)
    text = event_on("2024-03-13", "said", at="2024-03-13T15:00")
    unknown = event_on("2024-03-13", "day"), event_on("2024-03-16", "saturday")
    events = [reported("morning", 9), reported("evening", 18), *unknown, text]
    chosen = filter_events("hour-known", events, series)
    assert [event.id for event in chosen] == ["morning", "said"]
