"""Which bars follow one another, and which do not."""

from __future__ import annotations

import numpy as np

from dashboard.models.series import find_gaps
from tests.made_bars import begins_of, made_bars
from tests.made_series import made_series


def test_a_new_session_missing_bars_and_the_weekend_are_told_apart():
    friday = begins_of(["2025-06-20"], 16, 18)
    saturday = begins_of(["2025-06-21"], 10, 13)
    monday = begins_of(["2025-06-23"], 10, 10)
    # Friday 16 17 18, Saturday 10 11 13 (12 was not traded), Monday 10
    begins = [*friday, *saturday[:2], saturday[3], *monday]
    gaps = find_gaps(made_bars([1.0] * len(begins), begins))
    assert gaps.session.tolist() == [False, False, False, True, False, False, True]
    assert gaps.missing.tolist() == [False, False, False, False, False, True, False]
    assert gaps.weekend.tolist() == [False, False, False, True, True, True, False]
    assert [gaps.before(row) for row in (2, 3, 5)] == ["", "session", "missing"]


def test_a_market_that_never_closes_has_no_break_at_midnight():
    begins = begins_of(["2025-06-17", "2025-06-18"], 0, 23)
    gaps = find_gaps(made_bars([1.0] * len(begins), begins))
    assert not np.any([gaps.session, gaps.missing, gaps.weekend])


def test_one_number_a_day_has_no_gaps():
    gaps = find_gaps(made_series([1, 1, 1], ["2025-06-20", "2025-06-21", "2025-06-30"]))
    assert not np.any([gaps.session, gaps.missing, gaps.weekend])
