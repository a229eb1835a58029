"""Studies made by hand: each event has a past of its own and then the returns it is given."""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy import stats

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


# Two events, M = 3. Pasts over their sigma sqrt(14/3): of 1, -2, 3: 0.46, -0.93, 1.39. SCARs 1 and
# 3 over their standard deviation sqrt 2: 0.71, 2.12. With T = 4, U = rank/5 - 1/2:
#   first:  -0.1 -0.3 0.3 | 0.1        second: -0.1 -0.3 0.1 | 0.3     mean: -0.1 -0.3 0.2 | 0.2
# S^2 = (0.01 + 0.09 + 0.04 + 0.04) / 4 = 0.045, Z = 0.2 / sqrt 0.045, Z^2 = 8/9.
SIGMA = math.sqrt(14 / 3)
TWO_RANKED = [((1, -2, 3), [SIGMA]), ((1, -2, 3), [3 * SIGMA])]


def ranks_by_scipy(past, event):
    """Ubar_0, S^2, T and the T_i of equally long pasts, with constant-mean SCARs."""
    n, m = past.shape
    residual = past - past.mean(axis=1, keepdims=True)
    sigma = past.std(axis=1, ddof=1)
    length = event.shape[1]
    car = (event - past.mean(axis=1, keepdims=True)).sum(axis=1)
    scar = car / (sigma * np.sqrt(length + length**2 / m))
    points = np.column_stack((residual / sigma[:, None], scar / scar.std(ddof=1)))
    u = np.array([stats.rankdata(row) for row in points]) / (m + 2) - 0.5
    return u[:, -1].mean(), (u.mean(axis=0) ** 2).mean(), m + 1, n


# Two pasts of 32 rows with mean 0 and mean square 1; b agrees with a on `same` of 8 rows.
A = (1, 1, 1, 1, -1, -1, -1, -1) * 4
HALF = (1, 1, 1, -1, -1, -1, -1, 1) * 4  # 6 of 8 alike: r = (6 - 2) / 8 = 0.5
NONE = (1, 1, -1, -1, 1, 1, -1, -1) * 4  # 4 of 8 alike: r = 0
AGAINST = (-1, -1, -1, 1, 1, 1, 1, -1) * 4  # 2 of 8 alike: r = -0.5


def pair(past, first=1, second=2):
    """Two series with an event on one date; SCARs are the events themselves (sigma 1)."""
    return {"a": [(A, [first])], "b": [(past, [second])]}


def p_of_signed_ranks(values):
    """Every pattern of signs on the ranks of the sizes, ties averaged; SciPy's own is inexact."""
    ranks = stats.rankdata(np.abs(np.round(values, 12)))
    seen = abs((np.sign(values) * ranks).sum())
    sums = [abs(ranks @ signs) for signs in itertools.product((1, -1), repeat=len(ranks))]
    return np.mean(np.array(sums) >= seen - 1e-9)
