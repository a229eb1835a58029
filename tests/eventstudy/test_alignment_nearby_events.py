"""Other events in a window, and which events stay when windows overlap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.eventstudy.alignment import apply_overlap_rule, find_nearby_events


def crowd(anchors, own, known, window):
    first, last, ids = zip(*known, strict=True)
    return find_nearby_events(
        np.array(anchors), tuple(own), (np.array(first), np.array(last), tuple(ids)), window
    )


def test_the_others_are_named_in_the_order_of_their_rows_and_oneself_is_not():
    known = [(104, 104, "late"), (100, 100, "self"), (98, 98, "early"), (105, 105, "too late"),
             (97, 97, "too early"), (100, 100, "same day")]  # fmt: skip
    assert crowd([100], ["self"], known, (-2, 4)) == (("early", "same day", "late"),)


def test_a_range_that_reaches_into_the_window_counts():
    known = [(10, 10, "self"), (2, 8, "reaches in"), (1, 7, "ends before"), (12, 40, "starts in"),
             (0, 99, "covers it")]  # fmt: skip
    assert crowd([10], ["self"], known, (-2, 2)) == (("covers it", "reaches in", "starts in"),)


def test_nobody_else_is_nobody():
    assert crowd([10], ["self"], [(10, 10, "self")], (-5, 10)) == ((),)
    assert find_nearby_events(np.array([]), (), (np.array([]), np.array([]), ()), (0, 1)) == ()


rows = st.integers(0, 60)


@given(
    known=st.lists(st.tuples(rows, st.integers(0, 20)), min_size=1, max_size=25),
    window=st.tuples(st.integers(-8, 0), st.integers(0, 8)),
)
def test_crowds_are_those_that_a_look_at_every_pair_finds(known, window):
    table = [(row, row + length, f"e{k}") for k, (row, length) in enumerate(known)]
    result = crowd([row for row, _, _ in table], [name for *_, name in table], table, window)
    for (anchor, _, name), names in zip(table, result, strict=True):
        touching = {
            other
            for first, last, other in table
            if other != name and first <= anchor + window[1] and last >= anchor + window[0]
        }
        assert set(names) == touching
        assert len(names) == len(touching)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("keep", [True, True, True, True, True]),
        # Windows of 3 rows: 10 stays, 11 overlaps it, 13 is free, 15 overlaps 13, 30 is free.
        ("first", [True, False, True, False, True]),
        ("exclude", [False, False, False, False, True]),
    ],
)
def test_the_overlap_rules_by_hand(rule, kept):
    assert apply_overlap_rule(np.array([10, 11, 13, 15, 30]), (-1, 1), rule).tolist() == kept


def test_windows_that_only_touch_do_not_overlap():
    assert apply_overlap_rule(np.array([10, 13]), (-1, 1), "exclude").tolist() == [True, True]


@pytest.mark.parametrize("rule", ["keep", "first", "exclude"])
@pytest.mark.parametrize("anchors", [[], [7]])
def test_a_lonely_event_stays_under_every_rule(rule, anchors):
    kept = apply_overlap_rule(np.array(anchors, dtype=np.int64), (-5, 10), rule)
    assert kept.tolist() == [True] * len(anchors)
