"""Studies made by hand: each event has a past of its own and then the returns it is given."""

from __future__ import annotations

import itertools

import numpy as np

from dashboard.models.study import StudyRequest
from dashboard.services.study import run_study
from tests.made_series import event_at_row, made_series

STEADY = (1, -1, 1, -1)
"""A past in per cent whose mean is 0 and whose mean square is 1."""


def made_study(series, *, factors=(), expected=(), days_apart=1, **request):
    """Study blocks of (past, event) in per cent, one after the other on each series.

    `series` maps a name to its blocks; every past is as long as the others, every event too.
    The k-th event of a series stands on the same row as the k-th of the others. The
    no-change model is the default, so that sigma is the root mean square of the past.
    """
    past, event = next(iter(series.values()))[0]
    options = {
        "returns": "simple",
        "model": "none",
        "window": (0, len(event) - 1),
        "cars": ((0, len(event) - 1),),
        "estimation": len(past),
        "gap": 0,
        "min_estimation": 3,
        "pool": "all",
    } | request
    events = [
        event_at_row(
            1 + k * (len(past) + len(event)) + len(past), f"{name}-{k}", series=name,
            expected=direction,
        )
        for name, blocks in series.items()
        for k, direction in zip(range(len(blocks)), [*expected, *["unclear"] * 99], strict=False)
    ]  # fmt: skip
    generated = [
        _series([*itertools.chain(*itertools.chain(*blocks))], name)
        for name, blocks in series.items()
    ]
    columns = [_series(values, f"factor-{k}") for k, values in enumerate(factors)]
    return run_study(generated, events, StudyRequest(**options), factors=columns)


def result_of(test_id, blocks, window=None, **options):
    """The result of one test for the group of all events; `blocks` of one series or of several."""
    series = blocks if isinstance(blocks, dict) else {"made": blocks}
    answer = made_study(series, **options)
    window = window or answer.request.cars[0]
    return next(
        row for row in answer.tests
        if (row.test, row.group, row.window) == (test_id, "all", window)
    )  # fmt: skip


def after(past, events):
    """Blocks with one past for all events; a single number is an event of one day."""
    return [(past, np.atleast_1d(event).tolist()) for event in events]


def _series(percent, name):
    returns = np.array(percent, dtype=float) / 100
    return made_series(100 * np.concatenate(([1.0], np.cumprod(1 + returns))), series_id=name)
