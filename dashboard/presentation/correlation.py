"""Messages about correlations, hit rates, regressions and local projections."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from dashboard.models.analyses import CrossCell, Projection, ProjectionRow, ScoreRow
from dashboard.models.series import SeriesCard
from dashboard.models.study import (
    MAX_SHARE_OF_ONE_RATE,
    MIN_RATES,
    SIGNIFICANCE_LEVEL,
    CorrelationRow,
    DirectionRow,
    RegressionRow,
)
from dashboard.presentation.formatting import (
    THIN_SPACE,
    format_count,
    format_day,
    format_number,
    format_offset,
    format_p,
    format_signed,
    join_names,
)
from dashboard.presentation.palette import STYLE_BY_ID, category_title
from dashboard.presentation.quoting import name_direction

ALL_EVENTS: Final = "All events"
MAX_LISTED: Final = 6
"""One sentence names at most so many means."""
REPORTED_HORIZONS: Final = (1, 5)
"""The horizons in the sentence: the rate after the first, and a week of rates."""
PRE_TREND_HORIZONS: Final = (-5, -2)
LEAD_LAG_HELP: Final = (
    "**Lag 0** is the first rate that can contain the event, **+1** the one after it. A mark at"
    " **−1 to −5** is a move *before* the event: no effect of it can be there, so it is"
    " anticipation, a leak, other news, or coincidence. The grey band holds 95 % of the"
    " correlations that the same dates give when they are moved round the calendar together; one"
    " mark in twenty lies outside it by chance."
)
SCORE_TITLES: Final = {
    "tone": "Tone",
    "intensity": "Intensity",
    "crowd": "Events at the same first rate",
}
OUTCOME_TITLES: Final = {"move": "the move", "size": "the size of the move"}
SCORE_HELP: Final = (
    "No event has a tone or an intensity yet: the catalogue carries none. To bring your own, give"
    " your notes a tag such as **tone:−3.2** or **intensity:2**, by hand or in the column *tags* of"
    " an imported file; the number is written with a point. Here it is then set against the moves."
)
CELL_UNIT_TITLES: Final = {
    "scar": "Standardised mean",
    "spread": "Spreads of shifted dates",
    "percentile": "Percentile of shifted dates",
    "mean": "Mean, log points",
}


def format_group_title(group: str) -> str:
    """`NATO remarks`; the group of all events by its own name."""
    return ALL_EVENTS if group == "all" else category_title(group)


def format_group_label(group: str) -> str:
    """The title with the glyph of the category before it."""
    style = STYLE_BY_ID.get(group)
    return f"{style.glyph} {style.title}" if style else format_group_title(group)


def describe_sign(card: SeriesCard) -> str:
    """What a positive number means on a series."""
    subject = card.subject
    return f"positive = {subject.noun} stronger" if subject.is_currency else "positive = number up"


def describe_lead_lag(rows: tuple[CorrelationRow, ...]) -> str:
    """How many correlations stay below 0.05 after the correction, of how many."""
    tested = [row for row in rows if row.method == "point_biserial"]
    outside = sum(not row.low <= row.r <= row.high for row in tested)
    small = [row for row in tested if row.p_adjusted < SIGNIFICANCE_LEVEL]
    if not tested:
        return "No correlation can be computed: the rate never moves, or there is too little of it."
    text = (
        f"{outside} of {len(tested)} marks lie outside their band,"
        f" {round(len(tested) * SIGNIFICANCE_LEVEL)}"
        " would by chance. "
    )
    if not small:
        return text + (
            f"After the Holm correction over all {len(tested)} groups and lags none has a p below"
            f" 0.05 (N = {tested[0].n:,} rates)."
        )
    listed = "; ".join(
        f"{format_group_title(r.group)} at lag {format_signed(r.lag, 0)} (r {format_signed(r.r)},"
        " corrected"
        f" p {format_p(r.p_adjusted)})"
        for r in small
    )
    lead = " A lag below 0 is a move before the event." if any(r.lag < 0 for r in small) else ""
    return text + (
        f"After the Holm correction over all {len(tested)} a p below 0.05 is left for {listed};"
        f" N = {tested[0].n:,} rates.{lead}"
    )


def format_hits(row: DirectionRow) -> str:
    """`26 of 41 (63 %)`."""
    if not row.n:
        return "none with an expectation"
    return f"{row.hits} of {row.n} ({format_number(100 * row.share, 0)}{THIN_SPACE}%)"


def describe_hits(rows: tuple[DirectionRow, ...]) -> str:
    """How many hit rates differ from a coin after the correction, and what is left out."""
    tested = [row for row in rows if row.n]
    total = next((row for row in rows if row.group == "all"), None)
    if not tested or total is None:
        return "No event has an expected direction and a move."
    small = [row for row in tested if row.p_adjusted < SIGNIFICANCE_LEVEL]
    listed = "; ".join(
        f"{format_group_title(r.group)} ({format_hits(r)}, corrected p {format_p(r.p_adjusted)})"
        for r in small
    )
    left = f"{total.unclear} without a clear expectation and {total.unmoved} unmoved are left out"
    text = f"{format_hits(total)} of the events moved as expected; {left}. "
    after = f"After the Holm correction over {len(tested)} groups"
    if not small:
        return text + f"{after} none differs from a coin with a p below 0.05."
    return text + f"{after} a p below 0.05 is left for {listed}."


def format_estimate(row: RegressionRow) -> tuple[str, str]:
    """Estimate and standard error: log points for categories, a slope for another series."""
    if row.term in STYLE_BY_ID or row.term == "constant":
        return format_signed(100 * row.estimate, 3), format_number(100 * row.se, 3)
    return format_signed(row.estimate, 3), format_number(row.se, 3)


def format_term(term: str, titles: dict[str, str]) -> str:
    """The name of a term: a category, the constant, or the title of a control."""
    if term == "constant":
        return "Constant: an ordinary day"
    return titles.get(term, format_group_title(term))


def describe_score(row: ScoreRow) -> str:
    """One correlation of a score, with N, method, band and correction."""
    subject = f"{SCORE_TITLES[row.score]} against {OUTCOME_TITLES[row.against]}"
    if math.isnan(row.r):
        return (
            f"{subject}: {format_count(row.n, 'event')} with a score and a move; fewer than 5, or"
            " all alike."
        )
    return (
        f"{subject}: Spearman's rho {format_signed(row.r)}, band of shifted dates"
        f" {format_signed(row.low)} to"
        f" {format_signed(row.high)}, N = {row.n:,}, calendar-shift p {format_p(row.p_value)},"
        f" Holm-corrected {format_p(row.p_adjusted)}."
    )


def get_cell_number(cell: CrossCell, unit: str) -> float:
    """The number of a cell in the chosen unit, with the sign of the mean."""
    if unit == "mean":
        return 100 * cell.caar
    if unit == "percentile":
        return math.copysign(cell.percentile, cell.caar)
    return cell.mean_scar if unit == "scar" else cell.in_spreads


def shorten_reason(cell: CrossCell) -> str:
    """Why a cell has no verdict, short enough for the cell; empty where it has one."""
    if not cell.reason:
        return ""
    if cell.n < MIN_RATES:
        return format_count(cell.n, "event")
    if cell.n_rates < MIN_RATES:
        return format_count(cell.n_rates, "rate")
    if cell.largest_share > MAX_SHARE_OF_ONE_RATE:
        return f"one: {format_number(100 * cell.largest_share, 0)}{THIN_SPACE}%"
    return format_count(cell.clusters, "cluster")


def describe_cross_series(cells: tuple[CrossCell, ...], cards: tuple[SeriesCard, ...]) -> str:
    """Which cells keep a p below 0.05 after the correction, of how many with a verdict.

    A series that has ended comes last: its cells end with the days it ended in.
    """
    tested = [cell for cell in cells if cell.has_verdict]
    grey = len(cells) - len(tested)
    unread = (
        f" Without a verdict: {format_count(grey, 'grey cell')}, the reason in each."
        if grey
        else ""
    )
    if not tested:
        return f"No cell has a verdict.{unread}"
    card_of = {card.id: card for card in cards}
    small = sorted(
        (cell for cell in tested if cell.p_adjusted < SIGNIFICANCE_LEVEL),
        key=lambda cell: (card_of[cell.series].history_until is not None, cell.p_adjusted),
    )
    if not small:
        return (
            f"None of {format_count(len(tested), 'mean')} with a verdict has a p below 0.05 after"
            " the Holm"
            f" correction.{unread}"
        )
    listed = "; ".join(_format_cell(cell, card_of[cell.series]) for cell in small[:MAX_LISTED])
    more = f"; and {len(small) - MAX_LISTED} more" if len(small) > MAX_LISTED else ""
    return (
        f"{listed}{more}: after the Holm correction a p below 0.05 is left for {len(small)} of"
        f" {format_count(len(tested), 'mean')} with a verdict.{unread}"
    )


def _format_cell(cell: CrossCell, card: SeriesCard) -> str:
    """`Escalation on USD/RUB: 1.07 log pts weaker on average (…, corrected p 0.029)`."""
    ended = f", which ended on {format_day(card.history_until)}" if card.history_until else ""
    return (
        f"{format_group_title(cell.group)} on {card.title}{ended}:"
        f" {format_number(abs(100 * cell.caar), 2)} log pts"
        f" {name_direction(card, 100 * cell.caar)} on average"
        f" (standardised {format_signed(cell.mean_scar)},"
        f" {format_count(cell.n, 'event')} on {format_count(cell.n_rates, 'rate')},"
        f" {format_count(cell.clusters, 'cluster')}, corrected p {format_p(cell.p_adjusted)})"
    )


# ------------------------------------------------------------------ local projections


def describe_projection(projection: Projection, card: SeriesCard) -> str:
    """The move at two horizons with the band, the whole path, and N."""
    rows = [row for row in map(projection.at, REPORTED_HORIZONS) if math.isfinite(row.estimate)]
    first, title = projection.at(0), format_group_title(projection.group)
    if not rows:
        return f"{title}: no number, {first.reason or 'no row is used'}."
    n = f"N = {format_count(first.events, 'event')} on {format_count(first.rates, 'first rate')}"
    text = f"{title}: {join_names([_format_horizon(row) for row in rows])}; {describe_sign(card)}."
    if math.isnan(first.supt_low):
        return f"{text} No band: {first.reason}; {n}."
    return f"{text} {_describe_path(projection)} {n}."


def _format_horizon(row: ProjectionRow) -> str:
    """`−0.85 log pts 1 rate after the first (95 % band −1.77 to +0.08)`."""
    text = (
        f"{format_signed(100 * row.estimate)} log pts {format_count(row.horizon, 'rate')} after"
        " the first"
    )
    if math.isnan(row.supt_low):
        return text
    return (
        f"{text} (95 % band {format_signed(100 * row.supt_low)} to"
        f" {format_signed(100 * row.supt_high)})"
    )


def _describe_path(projection: Projection) -> str:
    """At which horizons the band of the whole path leaves 0 out."""
    outside = [row for row in projection.rows if row.supt_low > 0 or row.supt_high < 0]
    if not outside:
        return "The band of the whole path holds 0 at every horizon from 0 to 20."
    at = join_names([f"+{row.horizon}" if row.horizon else "0" for row in outside])
    p = min(row.p_adjusted for row in outside)
    return (
        f"The band of the whole path leaves 0 out at {at} (smallest p, corrected for 21 horizons,"
        f" {format_p(p)})."
    )


def describe_pre_trend(projection: Projection) -> str:
    """The result of the test of the horizons before the base."""
    test = projection.pre_trend
    span = " to ".join(map(format_offset, PRE_TREND_HORIZONS))
    if math.isnan(test.p_value):
        return f"Before the event ({span}): no test, {test.reason}."
    numbers = f"Wald {format_signed(test.statistic, 1).lstrip('+')}, {test.df} horizons, p"
    if test.p_value < SIGNIFICANCE_LEVEL:
        return (
            f"Before the event ({span}) the rate moved already ({numbers}"
            f" {format_p(test.p_value)}):"
            " read what follows with that in mind."
        )
    return (
        f"Before the event ({span}) no movement is seen ({numbers} {format_p(test.p_value)}); a"
        " small"
        " one could be missed."
    )


def describe_dropped(projection: Projection, titles: Mapping[str, str]) -> str:
    """What is left out at horizon +1 and why; `titles` are those of the controls."""
    row = projection.at(REPORTED_HORIZONS[0])
    reasons = [f"{rows:,} {_replace_control_id(reason, titles)}" for reason, rows in row.dropped]
    rates = f"{format_count(row.rates_dropped, 'first rate')} with an event left out"
    return f"{row.n:,} rates are used at +{row.horizon}; {rates}. Not used: {'; '.join(reasons)}."


def _replace_control_id(reason: str, titles: Mapping[str, str]) -> str:
    """A reason with the title of the control it names in place of its id."""
    text, _, name = reason.rpartition(" ")
    return f"{text} {titles[name]}" if name in titles else reason
