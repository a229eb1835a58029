"""The words of local projections: the answer first, then what came before and what is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from dashboard.domain.relation import Projection, ProjectionRow
from dashboard.domain.series import SeriesCard
from dashboard.ui.charts.compare_view import offset_text
from dashboard.ui.correlation_words import SMALL, group_title, p_text, sign_words
from dashboard.ui.wording import count, listed, signed

SAID: Final = (1, 5)
"""The horizons that the sentence names: the rate after the first, and a week of rates."""
BEFORE: Final = (-5, -2)


def projection_sentence(found: Projection, card: SeriesCard) -> str:
    """The move at two horizons with the band, the whole path, and N."""
    rows = [row for row in map(found.at, SAID) if math.isfinite(row.estimate)]
    first, title = found.at(0), group_title(found.group)
    if not rows:
        return f"{title}: no number, {first.reason or 'no row is used'}."
    n = f"N = {count(first.events, 'event')} on {count(first.rates, 'first rate')}"
    said = f"{title}: {listed([_at(row) for row in rows])}; {sign_words(card)}."
    if math.isnan(first.supt_low):
        return f"{said} No band: {first.reason}; {n}."
    return f"{said} {_path(found)} {n}."


def _at(row: ProjectionRow) -> str:
    """`−0.85 log pts 1 rate after the first (95 % band −1.77 to +0.08)`."""
    said = f"{signed(100 * row.estimate)} log pts {count(row.horizon, 'rate')} after the first"
    if math.isnan(row.supt_low):
        return said
    return f"{said} (95 % band {signed(100 * row.supt_low)} to {signed(100 * row.supt_high)})"


def _path(found: Projection) -> str:
    """At which horizons the band of the whole path leaves 0 out."""
    outside = [row for row in found.rows if row.supt_low > 0 or row.supt_high < 0]
    if not outside:
        return "The band of the whole path holds 0 at every horizon from 0 to 20."
    at = listed([f"+{row.horizon}" if row.horizon else "0" for row in outside])
    p = min(row.p_adjusted for row in outside)
    return (
        f"The band of the whole path leaves 0 out at {at} (smallest p, corrected for 21 horizons,"
        f" {p_text(p)})."
    )


def before_sentence(found: Projection) -> str:
    """What the test of the horizons before the base says."""
    test = found.pre_trend
    span = " to ".join(map(offset_text, BEFORE))
    if math.isnan(test.p_value):
        return f"Before the event ({span}): no test, {test.reason}."
    numbers = f"Wald {signed(test.statistic, 1).lstrip('+')}, {test.df} horizons, p"
    if test.p_value < SMALL:
        return (
            f"Before the event ({span}) the rate moved already ({numbers} {p_text(test.p_value)}):"
            " read what follows with that in mind."
        )
    return (
        f"Before the event ({span}) no movement is seen ({numbers} {p_text(test.p_value)}); a small"
        " one could be missed."
    )


def dropped_sentence(found: Projection, titles: Mapping[str, str]) -> str:
    """What is left out at horizon +1 and why; `titles` are those of the controls."""
    row = found.at(SAID[0])
    reasons = [f"{rows:,} {_titled(reason, titles)}" for reason, rows in row.dropped]
    rates = f"{count(row.rates_dropped, 'first rate')} with an event left out"
    return f"{row.n:,} rates are used at +{row.horizon}; {rates}. Not used: {'; '.join(reasons)}."


def _titled(reason: str, titles: Mapping[str, str]) -> str:
    """A reason with the title of the control it names in place of its id."""
    words, _, name = reason.rpartition(" ")
    return f"{words} {titles[name]}" if name in titles else reason
