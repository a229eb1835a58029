"""AR, CAR, their errors, BHAR, placebo p, percentiles and averages as R finds them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.eventstudy.reference.stored import (
    CASES,
    answer_of,
    computed_events,
    computed_groups,
    events_by_r,
    groups_by_r,
    same,
)

EVERY = pytest.mark.parametrize("case", CASES)


@EVERY
def test_r_studies_the_same_events(case):
    assert {key[:2] for key in computed_events(case)} == {key[:2] for key in events_by_r(case)}


@EVERY
def test_r_finds_the_same_numbers_of_every_event(case):
    actual = computed_events(case)
    differences = {
        key: (actual[key], there)
        for key, there in events_by_r(case).items()
        if not same(actual[key], there)
    }
    assert differences == {}


@EVERY
def test_r_finds_the_same_averages_and_intervals(case):
    actual = computed_groups(case)
    differences = {
        key: (actual[key], there)
        for key, there in groups_by_r(case).items()
        if not same(actual[key], there)
    }
    assert differences == {}


# ------------------------------------------------------------------ missing rows (by name)


def car_of(case, event, series, window):
    return computed_events(case)[event, series, f"car {window}"]


def reasons(case):
    return {(row.event_id, row.series, row.reason) for row in answer_of(case).skipped}


def test_a_missing_return_leaves_its_ar_empty_and_its_windows_without_the_event():
    # In missing.csv series a has no rate in row 101, hence no return in rows 101 and 102.
    actual = computed_events("missing_mean")
    empty = [t for t in range(-2, 4) if math.isnan(actual["all-100", "a", f"ar[{t}]"])]
    assert empty == [1, 2]
    assert math.isfinite(car_of("missing_mean", "all-100", "a", "[0,0]"))
    assert math.isnan(car_of("missing_mean", "all-100", "a", "[0,1]"))
    day = answer_of("missing_mean").results[0].series.day[101]
    for window in ("[0,1]", "[-2,3]"):
        reason = f"window {window}: the return on {day} is missing"
        assert ("all-100", "a", reason) in reasons("missing_mean")
    counts = {(r.test, r.window): r.n for r in answer_of("missing_mean").tests if r.group == "all"}
    assert counts["cross_section_t", (0, 0)] == counts["cross_section_t", (0, 1)] + 1


def test_a_missing_factor_does_the_same_and_is_named():
    # The market has no value in row 132: no factor return on rows 132 and 133, offsets 2 and 3
    # of the event on row 130 of series c, -2 and -3 of the one on row 135 of series a.
    assert math.isfinite(car_of("missing_market", "c-130", "c", "[0,1]"))
    assert math.isnan(car_of("missing_market", "c-130", "c", "[-2,3]"))
    day = answer_of("missing_market").results[2].series.day[132]
    reason = f"window [-2,3]: the return of a factor on {day} is missing"
    assert ("c-130", "c", reason) in reasons("missing_market")
    actual = computed_events("missing_market")
    assert math.isfinite(actual["a-135", "a", "se [0,1]"])
    assert math.isnan(actual["a-135", "a", "ar[-2]"])


def test_estimation_uses_the_rows_in_which_nothing_is_missing():
    # Event a-70: estimation rows 15..64 hold the hole of a in row 60: returns 60 and 61 are gone.
    assert computed_events("missing_mean")["a-70", "a", "m"] == 48
    # With the second factor two more: oil has no value in rows 58 and 59, no return in 58, 59
    # and 60, of which 60 is gone already. (missing_factors leaves other events' days out too.)
    assert computed_events("missing_factors")["a-70", "a", "m"] == 46


@pytest.mark.parametrize("case", ["one_mean", "ties_none"])
def test_an_unmoved_event_has_a_percentile_of_nothing(case):
    actual = computed_events(case)
    for key, value in actual.items():
        if key[2].startswith("car") and value == 0:
            window = key[2].removeprefix("car ")
            percentile = actual[*key[:2], f"percentile {window}"]
            assert np.isnan(percentile) or percentile == 0
