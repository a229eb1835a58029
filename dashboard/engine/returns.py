"""Returns: the move from one observation to the next, never across a filled-in day."""

from __future__ import annotations

import numpy as np

from dashboard.domain.series import ROUBLE_QUOTED, Floats, SeriesCard
from dashboard.domain.study import Returns


def log_points(rate: Floats | float, base: float, move_sign: int) -> Floats | float:
    """The move from a base to a rate, `100 x move_sign x ln(rate / base)`; never -0."""
    return 100.0 * move_sign * np.log(rate / base) + 0.0


def changes_of(card: SeriesCard, rate: Floats, kind: Returns) -> Floats:
    """The returns of a price, or the differences of numbers that are none, (n,).

    A difference counts hundreds of the number's unit: 0.01 is one percentage point of an
    interest rate, one point of an index, as 0.01 is one log point of a price.
    """
    if card.is_price:
        return observed_returns(rate, card.move_sign, kind)
    out = np.full(len(rate), np.nan)
    out[1:] = card.move_sign * np.diff(rate) / 100.0
    return out


def observed_returns(rate: Floats, move_sign: int, kind: Returns) -> Floats:
    """The return of every observation against the one before.

    A log return is `move_sign x ln(P_t / P_t-1)`. A simple return is that of the quoted
    number (`move_sign` +1) or of its inverse, the value of one rouble (-1): the two are
    not mirror images, which is why a sign alone would be wrong.

    Args:
        rate: quoted numbers, shape (n,); NaN where missing.
        move_sign: +1 as quoted, -1 roubles per foreign unit (positive = stronger rouble).
        kind: "log" or "simple".

    Returns:
        Shape (n,), dimensionless (0.01 = 1 log point or 1 %); NaN at row 0 and wherever
        either rate is missing.
    """
    out = np.full(len(rate), np.nan)
    if len(rate) < 2:
        return out
    before, after = rate[:-1], rate[1:]
    if kind == "log":
        out[1:] = move_sign * np.log(after / before)
    elif move_sign == ROUBLE_QUOTED:
        out[1:] = before / after - 1.0
    else:
        out[1:] = after / before - 1.0
    return out
