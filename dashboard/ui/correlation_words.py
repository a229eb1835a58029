"""The words of the Correlation page: what each part says, with N, method and correction."""

from __future__ import annotations

import math
from typing import Final

from dashboard.domain.relation import CrossCell, ScoreRow
from dashboard.domain.series import SeriesCard
from dashboard.domain.study import (
    FEWEST_RATES,
    LARGEST_SHARE,
    CorrelationRow,
    DirectionRow,
    RegressionRow,
    Window,
    window_text,
)
from dashboard.ui.palette import LANE_OF, category_title
from dashboard.ui.quoting import direction
from dashboard.ui.wording import MINUS, NOTHING, THIN, count, day, number, signed

ALL_EVENTS: Final = "All events"
SMALL: Final = 0.05
SHOWN: Final = 6
"""More means are not named in one sentence."""
LEAD: Final = (
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
AGAINST_WORDS: Final = {"move": "the move", "size": "the size of the move"}
HOW_TO_SCORE: Final = (
    "No event has a tone or an intensity yet: the catalogue carries none. To bring your own, give"
    " your notes a tag such as **tone:−3.2** or **intensity:2**, by hand or in the column *tags* of"
    " an imported file; the number is written with a point. Here it is then set against the moves."
)
CELL_WORDS: Final = {
    "scar": "Standardised mean",
    "spread": "Spreads of shifted dates",
    "percentile": "Percentile of shifted dates",
    "mean": "Mean, log points",
}


def group_title(group: str) -> str:
    """`NATO remarks`; the group of all events by its own name."""
    return ALL_EVENTS if group == "all" else category_title(group)


def group_mark(group: str) -> str:
    """The title with the glyph of the category before it."""
    lane = LANE_OF.get(group)
    return f"{lane.glyph} {lane.title}" if lane else group_title(group)


def window_shown(window: Window) -> str:
    """`[0,1]` with a true minus."""
    return window_text(window).replace("-", MINUS)


def sign_words(card: SeriesCard) -> str:
    """What a positive number means on a series."""
    return "positive = rouble stronger" if card.is_rouble else "positive = number up"


def p_text(p: float) -> str:
    """A p-value as tables print it; a dash where there is none."""
    if math.isnan(p):
        return NOTHING
    return f"<{THIN}0.001" if p < 0.001 else number(p, 3 if p < 0.1 else 2)


def lead_lag_sentence(rows: tuple[CorrelationRow, ...]) -> str:
    """How many correlations stay below 0.05 after the correction, of how many."""
    tested = [row for row in rows if row.method == "point_biserial"]
    outside = sum(not row.low <= row.r <= row.high for row in tested)
    small = [row for row in tested if row.p_adjusted < SMALL]
    if not tested:
        return "No correlation can be computed: the rate never moves, or there is too little of it."
    said = (
        f"{outside} of {len(tested)} marks lie outside their band, {round(len(tested) * SMALL)}"
        " would by chance. "
    )
    if not small:
        return said + (
            f"After the Holm correction over all {len(tested)} groups and lags none has a p below"
            f" 0.05 (N = {tested[0].n:,} rates)."
        )
    named = "; ".join(
        f"{group_title(r.group)} at lag {signed(r.lag, 0)} (r {signed(r.r)}, corrected"
        f" p {p_text(r.p_adjusted)})"
        for r in small
    )
    lead = " A lag below 0 is a move before the event." if any(r.lag < 0 for r in small) else ""
    return said + (
        f"After the Holm correction over all {len(tested)} a p below 0.05 is left for {named};"
        f" N = {tested[0].n:,} rates.{lead}"
    )


def hit_words(row: DirectionRow) -> str:
    """`26 of 41 (63 %)`."""
    if not row.n:
        return "none with an expectation"
    return f"{row.hits} of {row.n} ({number(100 * row.share, 0)}{THIN}%)"


def hit_sentence(rows: tuple[DirectionRow, ...]) -> str:
    """How many hit rates differ from a coin after the correction, and what is left out."""
    tested = [row for row in rows if row.n]
    total = next((row for row in rows if row.group == "all"), None)
    if not tested or total is None:
        return "No event has an expected direction and a move."
    small = [row for row in tested if row.p_adjusted < SMALL]
    named = "; ".join(
        f"{group_title(r.group)} ({hit_words(r)}, corrected p {p_text(r.p_adjusted)})"
        for r in small
    )
    left = f"{total.unclear} without a clear expectation and {total.unmoved} unmoved are left out"
    said = f"{hit_words(total)} of the events moved as expected; {left}. "
    after = f"After the Holm correction over {len(tested)} groups"
    if not small:
        return said + f"{after} none differs from a coin with a p below 0.05."
    return said + f"{after} a p below 0.05 is left for {named}."


def regression_words(row: RegressionRow) -> tuple[str, str]:
    """Estimate and standard error: log points for categories, a slope for another series."""
    if row.term in LANE_OF or row.term == "constant":
        return signed(100 * row.estimate, 3), number(100 * row.se, 3)
    return signed(row.estimate, 3), number(row.se, 3)


def term_title(term: str, titles: dict[str, str]) -> str:
    """The name of a term: a category, the constant, or the title of a control."""
    if term == "constant":
        return "Constant: an ordinary day"
    return titles.get(term, group_title(term))


def score_sentence(row: ScoreRow) -> str:
    """One correlation of a score in words, with N, method, band and correction."""
    what = f"{SCORE_TITLES[row.score]} against {AGAINST_WORDS[row.against]}"
    if math.isnan(row.r):
        return (
            f"{what}: {count(row.n, 'event')} with a score and a move; fewer than 5, or all alike."
        )
    return (
        f"{what}: Spearman's rho {signed(row.r)}, band of shifted dates {signed(row.low)} to"
        f" {signed(row.high)}, N = {row.n:,}, calendar-shift p {p_text(row.p_value)},"
        f" Holm-corrected {p_text(row.p_adjusted)}."
    )


def cell_number(cell: CrossCell, unit: str) -> float:
    """What a cell shows in the chosen unit; signed like the mean."""
    if unit == "mean":
        return 100 * cell.caar
    if unit == "percentile":
        return math.copysign(cell.percentile, cell.caar)
    return cell.mean_scar if unit == "scar" else cell.in_spreads


def short_reason(cell: CrossCell) -> str:
    """Why a cell has no verdict, in a word or two that fit into it; empty where it has one."""
    if not cell.reason:
        return ""
    if cell.n < FEWEST_RATES:
        return count(cell.n, "event")
    if cell.n_rates < FEWEST_RATES:
        return count(cell.n_rates, "rate")
    if cell.largest_share > LARGEST_SHARE:
        return f"one: {number(100 * cell.largest_share, 0)}{THIN}%"
    return count(cell.clusters, "cluster")


def across_sentence(cells: tuple[CrossCell, ...], cards: tuple[SeriesCard, ...]) -> str:
    """Which cells keep a p below 0.05 after the correction, of how many with a verdict.

    A series that has ended comes last: its cells end with the days it ended in.
    """
    tested = [cell for cell in cells if cell.has_verdict]
    grey = len(cells) - len(tested)
    unread = f" Without a verdict: {count(grey, 'grey cell')}, the reason in each." if grey else ""
    if not tested:
        return f"No cell has a verdict.{unread}"
    card_of = {card.id: card for card in cards}
    small = sorted(
        (cell for cell in tested if cell.p_adjusted < SMALL),
        key=lambda cell: (card_of[cell.series].history_until is not None, cell.p_adjusted),
    )
    if not small:
        return (
            f"None of {count(len(tested), 'mean')} with a verdict has a p below 0.05 after the Holm"
            f" correction.{unread}"
        )
    named = "; ".join(_named(cell, card_of[cell.series]) for cell in small[:SHOWN])
    more = f"; and {len(small) - SHOWN} more" if len(small) > SHOWN else ""
    return (
        f"{named}{more}: after the Holm correction a p below 0.05 is left for {len(small)} of"
        f" {count(len(tested), 'mean')} with a verdict.{unread}"
    )


def _named(cell: CrossCell, card: SeriesCard) -> str:
    """`Escalation on USD/RUB: 1.07 log pts weaker on average (…, corrected p 0.029)`."""
    ended = f", which ended on {day(card.history_until)}" if card.history_until else ""
    return (
        f"{group_title(cell.group)} on {card.title}{ended}:"
        f" {number(abs(100 * cell.caar), 2)} log pts {direction(card, 100 * cell.caar)} on average"
        f" (standardised {signed(cell.mean_scar)},"
        f" {count(cell.n, 'event')} on {count(cell.n_rates, 'rate')},"
        f" {count(cell.clusters, 'cluster')}, corrected p {p_text(cell.p_adjusted)})"
    )
