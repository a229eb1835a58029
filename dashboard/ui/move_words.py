"""What is told about one move: its size, its dates and rates, and how unusual it was."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Final

from dashboard.domain.event_view import Fixing, Move
from dashboard.domain.rank import Rank
from dashboard.domain.series import SeriesCard
from dashboard.domain.spans import duration_words
from dashboard.domain.study import Pool, Window
from dashboard.ui.quoting import Quoting, direction
from dashboard.ui.wording import (
    FEWEST_TO_JUDGE,
    NOTHING,
    ORDINARY_PERCENTILE,
    THIN,
    clock,
    count,
    day,
    days,
    number,
    percent,
    short_day,
    signed,
)

NOUNS: Final = {"bank-of-russia": "fixing", "ecb": "reference rate"}
POOL_TITLES: Final[dict[Pool, str]] = {
    "near": "nearest dates",
    "quiet": "quiet dates",
    "all": "all dates",
    "similar": "similar volatility",
}
THINNEST: Final = 50
"""A pool with fewer dates within two years of the event says so."""
BY_MONTHS: Final = timedelta(days=92)
"""A longer span is told by its months."""
INSIDE: Final = "inside the ordinary range"
OUTSIDE: Final = "outside the ordinary range"


def noun(card: SeriesCard) -> str:
    """What one observation of a series is called."""
    if card.bar_minutes:
        return "bar"
    return NOUNS.get(card.date_rule, "rate")


def model_words(model: str, factors: tuple[SeriesCard, ...]) -> str:
    """`market, factor EUR/USD, ECB`."""
    return ", factor ".join((model, *(card.title for card in factors)))


def subject(quoting: Quoting) -> str:
    """Who moves: the rouble, or the number of a series that quotes no rouble."""
    return "Rouble" if quoting.card.is_rouble else quoting.card.title.partition(",")[0]


def window_words(window: Window, card: SeriesCard) -> str:
    """Where a window lies, in words: `at the first fixing`, `over the first two fixings`."""
    each = noun(card)
    if card.bar_minutes:
        return _bars_words(window, card.bar_minutes)
    named = {
        (0, 0): f"at the first {each}",
        (0, 1): f"over the first two {each}s",
        (-1, 1): f"from the {each} before to the one after",
        (0, 5): f"over the first six {each}s",
        (-5, -1): f"over the five {each}s before",
    }
    return named.get(window, f"in the window [{window[0]},{window[1]}]")


def _bars_words(window: Window, bar_minutes: int) -> str:
    """`over the first 6 bars (6 hours)`: bars, and how long that many last."""
    first, last = window
    count_of = last - first + 1
    lasts = duration_words(count_of, bar_minutes)
    if first == 0:
        bars = "at the first bar" if last == 0 else f"over the first {count_of} bars"
        return f"{bars} ({lasts})"
    if last == -1:
        return f"over the {count_of} bars before ({lasts})"
    return f"in the window [{first},{last}] ({lasts})"


def pool_percentile(move: Move, pool: Pool) -> float | None:
    """The percentile of a move in a pool; None where there is none or too few to judge."""
    return judged(move.rank(pool))


def judged(rank: Rank) -> float | None:
    """The percentile in units of volatility; None where there is none or too few to judge."""
    return rank.percentile if rank.size >= FEWEST_TO_JUDGE else None


def verdict(percentile: float | None) -> str:
    """Inside or outside the ordinary range."""
    if percentile is None or math.isnan(percentile):
        return "too few dates to judge"
    return INSIDE if percentile < ORDINARY_PERCENTILE else OUTSIDE


def judgement(move: Move, pool: Pool) -> str:
    """The verdict on a move, or that there is none for want of an abnormal move."""
    if move.car is None and move.reason:
        return "not judged"
    return verdict(pool_percentile(move, pool))


def share_words(percentile: float) -> str:
    """`44 %`; with a decimal, cut, where a whole number would round over a border."""
    near_border = ORDINARY_PERCENTILE - 0.5 <= percentile < ORDINARY_PERCENTILE
    whole = (0.5 <= percentile < 99.5 and not near_border) or percentile in {0.0, 100.0}
    shown = percentile if whole else math.floor(percentile * 10) / 10
    return f"{number(shown, 0 if whole else 1)}{THIN}%"


def compared_with(move: Move, pool: Pool) -> str:
    """`bigger than 44 % of 500 days, April 2024 to April 2026, in units of volatility (…)`."""
    if move.car is None and move.reason:
        return f"no abnormal move: {move.reason}"
    one = move.window[0] == move.window[1]
    of_bars = move.base is not None and move.base.bar_minutes > 0
    each = ("bars" if of_bars else "days") if one else "windows"
    words = rank_words(move.rank(pool), each)
    near = move.rank("near")
    if pool == "near" or pool_percentile(move, pool) is not None or judged(near) is None:
        return words
    return f"{words}; {rank_words(near, each)}"


def rank_words(rank: Rank, each: str) -> str:
    """How many of the dates moved less, which those are, and the same for the plain move.

    Args:
        rank: the move among the dates.
        each: what a date is called: days, bars, or windows where a move takes several.
    """
    among = {"quiet": f"quiet {each}", "similar": f"{each} of similar volatility"}.get(
        rank.pool, each
    )
    when = "" if rank.first is None or rank.last is None else span_words(rank.first, rank.last)
    percentile = judged(rank)
    if percentile is None or rank.by_move is None:
        if rank.size >= FEWEST_TO_JUDGE:
            return "no volatility before it to compare by"
        return f"only {rank.size:,} {among} to compare with{when and f', {when}'}"
    return (
        f"bigger than {_share_of(percentile, rank.size)} {among}, {when}, in units of volatility"
        f" ({share_words(rank.by_move)} by size alone)"
    )


def both_rank_words(ranks: tuple[Rank, Rank], card: SeriesCard) -> str:
    """Where the moves in [0,0] and [0,1] stand, as sentences; empty where neither can be told."""
    each = "bars" if card.bar_minutes else "days"
    first, both = ranks
    told = []
    if judged(first) is not None:
        told.append(f"[0,0] is {rank_words(first, each)}.")
    share = judged(both)
    if share is not None:
        told.append(f"[0,1] is bigger than {_share_of(share, both.size)} windows.")
    return " ".join((*told, thin_words(first)) if told else told).strip()


def share_or_nothing(rank: Rank) -> str:
    """The percentile alone, for a cell of a table."""
    share = judged(rank)
    return NOTHING if share is None else share_words(share)


def _share_of(percentile: float, size: int) -> str:
    if percentile in {0.0, 100.0}:
        return f"all {size:,}" if percentile else f"none of the {size:,}"
    return f"{share_words(percentile)} of {size:,}"


def span_words(first: date, last: date) -> str:
    """`April 2024 to April 2026`; of a short time its days, `7 to 28 Apr 2025`."""
    if last - first > BY_MONTHS:
        return f"{first:%B %Y} to {last:%B %Y}"
    return days(first, last).replace("–", " to ").replace("  to  ", " to ")


def thin_words(rank: Rank, each: str = "dates") -> str:
    """That few of the dates are of the event's own time; empty where there are enough."""
    if rank.size == 0 or rank.close >= THINNEST:
        return ""
    return f"Only {rank.close:,} of these {rank.size:,} {each} lie within two years of the event."


def moved(move: Move, quoting: Quoting) -> str:
    """`Rouble 0.47 log pts stronger`."""
    if move.log_points is None:
        return f"{subject(quoting)}: {not_available(move, quoting.card)}"
    word = direction(quoting.card, move.log_points)
    if word == "unchanged":
        return f"{subject(quoting)} unchanged"
    return f"{subject(quoting)} {number(abs(move.log_points))} log pts {word}"


def pool_remark(move: Move, pool: Pool) -> str:
    """What to know of the dates: few of them of its time, or another verdict in like volatility."""
    said = "" if pool == "near" else thin_words(move.rank(pool))
    matched, percentile = pool_percentile(move, "similar"), pool_percentile(move, pool)
    if matched is None or percentile is None or verdict(matched) == verdict(percentile):
        return said
    other = (
        f"Among {move.rank('similar').size:,} dates of similar volatility it is bigger than"
        f" {share_words(matched)}: {verdict(matched)}."
    )
    return f"{said} {other}".strip()


def crowd_words(move: Move, card: SeriesCard) -> str:
    """How many other events share the window of a move: `3 other events at the same fixing`."""
    others = count(len(move.crowd), "other event") if move.crowd else "no other event"
    here = f"at the same {noun(card)}" if move.window == (0, 0) else "in the same window"
    return f"{others} {here}"


def not_available(move: Move, card: SeriesCard) -> str:
    """Why a move has no number, never a blank or a zero."""
    reason = move.reason.replace("observation", noun(card))
    return f"not available yet: {reason}" if reason.startswith("needs") else reason


def dates_words(move: Move) -> str:
    """`18 Apr → 21 Apr 2025`; of bars their ends, `18 Apr 2025, 11:00 → 13:00 MSK`."""
    if move.base is None or move.end is None:
        return NOTHING
    if move.end.bar_minutes:
        return ends_words(move.base, move.end)
    return f"{short_day(move.base.day, move.end.day)} → {day(move.end.day)}"


def ends_words(base: Fixing, end: Fixing) -> str:
    """The ends of two bars, with the day of the first where it is another one."""
    last = f"{clock(end.known_at)} MSK"
    if base.day == end.day:
        return f"{day(end.day)}, {clock(base.known_at)} → {last}"
    first = f"{short_day(base.day, end.day)} {clock(base.known_at)}"
    return f"{first} → {day(end.day)} {last}"


def rates_words(move: Move, quoting: Quoting) -> str:
    """`81.1371 → 80.7597`."""
    if move.base is None or move.end is None:
        return NOTHING
    return f"{quoting.rate(move.base.rate)} → {quoting.rate(move.end.rate)}"


def percents(move: Move, quoting: Quoting) -> tuple[str, str]:
    """The % change in the chosen quote and in the other one."""
    if move.pct_quoted is None or move.pct_inverse is None:
        return NOTHING, NOTHING
    both = percent(move.pct_quoted, 2), percent(move.pct_inverse, 2)
    return (both[1], both[0]) if quoting.is_inverse else both


def units(quoting: Quoting) -> tuple[str, str]:
    """The unit of the chosen quote and of the other one."""
    both = quoting.card.unit, quoting.card.inverse_unit
    return (both[1], both[0]) if quoting.is_inverse else both


def p_words(p: float | None, among: int) -> str:
    """`0.75 (N = 120)`: a p-value never stands without its N."""
    if p is None:
        return NOTHING
    shown = f"<{THIN}0.001" if p < 0.001 else number(p, 3 if p < 0.1 else 2)
    return f"{shown} (N = {among:,})"


def abnormal_words(move: Move) -> str:
    """`+0.36 ± 1.12`: CAR and its standard error in log points."""
    if move.car is None:
        return NOTHING
    error = NOTHING if move.car_se is None else number(move.car_se)
    return f"{signed(move.car)} ± {error}"
