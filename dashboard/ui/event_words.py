"""What is told about one event: the headline, how unusual it was, warnings, a sentence to copy.

Every word and number comes from an `EventView`; nothing here says that news caused a move.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.event_view import EventView, Move, Timing
from dashboard.domain.series import SeriesCard
from dashboard.domain.study import Pool, Window
from dashboard.ui.quoting import Quoting, direction
from dashboard.ui.wording import (
    FEWEST_TO_JUDGE,
    ORDINARY_PERCENTILE,
    THIN,
    count,
    day,
    number,
    percent,
    short_day,
    signed,
    weekday_day,
    when,
)

NOUNS: Final = {"bank-of-russia": "fixing", "ecb": "reference rate"}
POOL_WORDS: Final[dict[Pool, str]] = {"quiet": "quiet ", "all": ""}
INSIDE: Final = "inside the ordinary range"
OUTSIDE: Final = "outside the ordinary range"


def noun(card: SeriesCard) -> str:
    """What one observation of a series is called."""
    return NOUNS.get(card.date_rule, "rate")


def subject(quoting: Quoting) -> str:
    """Who moves: the rouble, or the number of a series that quotes no rouble."""
    return "Rouble" if quoting.card.is_rouble else quoting.card.unit


def window_words(window: Window, card: SeriesCard) -> str:
    """Where a window lies, in words: `at the first fixing`, `over the first two fixings`."""
    each = noun(card)
    named = {
        (0, 0): f"at the first {each}",
        (0, 1): f"over the first two {each}s",
        (-1, 1): f"from the {each} before to the one after",
        (0, 5): f"over the first six {each}s",
        (-5, -1): f"over the five {each}s before",
    }
    return named.get(window, f"in the window [{window[0]},{window[1]}]")


# ------------------------------------------------------------------ the headline


def hour_matters(event: Event, timing: Timing) -> bool:
    """Whether another hour of the event's day would give another first observation."""
    if event.moment is not None:
        return False
    last_minute = event.starts_at + timedelta(days=1, minutes=-1)
    return timing.first.known_at < last_minute


def main_move(view: EventView) -> Move | None:
    """The move of the headline: [0,0], or [0,1] where the first fixing may not hold it all."""
    found = {move.window: move for move in view.moves if move.log_points is not None}
    timing = view.timing
    unsure = timing is not None and (timing.partial or hour_matters(view.event, timing))
    order: tuple[Window, Window] = ((0, 1), (0, 0)) if unsure else ((0, 0), (0, 1))
    return next((found[window] for window in order if window in found), None)


def pool_size(move: Move, pool: Pool) -> int:
    """How many pseudo-dates a move is compared with."""
    return move.n_quiet if pool == "quiet" else move.n_all


def pool_percentile(move: Move, pool: Pool) -> float | None:
    """The percentile of a move in a pool; None where there is none or too few to judge."""
    share = move.percentile if pool == "quiet" else move.percentile_all
    return share if pool_size(move, pool) >= FEWEST_TO_JUDGE else None


def verdict(percentile: float | None) -> str:
    """Inside or outside the ordinary range."""
    if percentile is None or math.isnan(percentile):
        return "too few dates to judge"
    return INSIDE if percentile < ORDINARY_PERCENTILE else OUTSIDE


def share_words(percentile: float) -> str:
    """`44 %`, with a decimal only near the ends, where whole per cents would lie."""
    whole = 0.5 <= percentile < 99.5
    exact = percentile in {0.0, 100.0}
    shown = percentile if whole or exact else math.floor(percentile * 10) / 10
    return f"{number(shown, 0 if whole or exact else 1)}{THIN}%"


def compared_with(move: Move, pool: Pool) -> str:
    """`44 % of 504 quiet days moved less`."""
    size, percentile = pool_size(move, pool), pool_percentile(move, pool)
    each = "days" if move.window[0] == move.window[1] else "windows"
    among = f"{POOL_WORDS[pool]}{each}"
    if percentile is None:
        return f"{size:,} {among} to compare with"
    if percentile in {0.0, 100.0}:
        return f"{'all' if percentile else 'none of the'} {size:,} {among} moved less"
    return f"{share_words(percentile)} of {size:,} {among} moved less"


def moved(move: Move, quoting: Quoting) -> str:
    """`Rouble 0.47 log pts stronger`."""
    if move.log_points is None:
        return f"{subject(quoting)}: {not_available(move, quoting.card)}"
    word = direction(quoting.card, move.log_points)
    if word == "unchanged":
        return f"{subject(quoting)} unchanged"
    return f"{subject(quoting)} {number(abs(move.log_points))} log pts {word}"


def headline(view: EventView, quoting: Quoting, pool: Pool = "quiet") -> tuple[str, str]:
    """What moved, and how unusual that is, as two parts of one sentence.

    Returns:
        For example `("Rouble 0.47 log pts stronger at the first fixing", "44 % of 504 quiet
        days moved less: inside the ordinary range")`; without a move the reason and "".
    """
    move = main_move(view)
    if move is None:
        first = view.moves[0] if view.moves else None
        return (moved(first, quoting) if first else f"No move to show: {view.reason}"), ""
    unusual = f"{compared_with(move, pool)}: {verdict(pool_percentile(move, pool))}"
    return f"{moved(move, quoting)} {window_words(move.window, view.card)}", unusual


def volatility_remark(move: Move, pool: Pool) -> str:
    """How the verdict changes among days of similar volatility; empty where it does not."""
    matched, percentile = move.percentile_matched, pool_percentile(move, pool)
    if matched is None or percentile is None or verdict(matched) == verdict(percentile):
        return ""
    return (
        f"Among quiet dates of similar volatility {share_words(matched)} moved less:"
        f" {verdict(matched)}."
    )


def not_available(move: Move, card: SeriesCard) -> str:
    """Why a move has no number, never a blank or a zero."""
    reason = move.reason.replace("observation", noun(card))
    return f"not available yet: {reason}" if reason.startswith("needs") else reason


def crowd_words(move: Move, card: SeriesCard) -> str:
    """How many other events share the window of a move: `3 other events at the same fixing`."""
    others = count(len(move.crowd), "other event") if move.crowd else "no other event"
    here = f"at the same {noun(card)}" if move.window == (0, 0) else "in the same window"
    return f"{others} {here}"


# ------------------------------------------------------------------ numbers of a move


def dates_words(move: Move) -> str:
    """`18 Apr → 21 Apr 2025`."""
    if move.base is None or move.end is None:
        return "–"
    return f"{short_day(move.base.day, move.end.day)} → {day(move.end.day)}"


def rates_words(move: Move, quoting: Quoting) -> str:
    """`81.1371 → 80.7597`."""
    if move.base is None or move.end is None:
        return "–"
    return f"{quoting.rate(move.base.rate)} → {quoting.rate(move.end.rate)}"


def percents(move: Move, quoting: Quoting) -> tuple[str, str]:
    """The % change in the chosen quote and in the other one."""
    if move.pct_quoted is None or move.pct_inverse is None:
        return "–", "–"
    both = percent(move.pct_quoted, 2), percent(move.pct_inverse, 2)
    return (both[1], both[0]) if quoting.is_inverse else both


def units(quoting: Quoting) -> tuple[str, str]:
    """The unit of the chosen quote and of the other one."""
    both = quoting.card.unit, quoting.card.inverse_unit
    return (both[1], both[0]) if quoting.is_inverse else both


def p_words(p: float | None, among: int) -> str:
    """`0.75 (N = 120)`: a p-value never stands without its N."""
    if p is None:
        return "–"
    shown = f"<{THIN}0.001" if p < 0.001 else number(p, 3 if p < 0.1 else 2)
    return f"{shown} (N = {among:,})"


def abnormal_words(move: Move) -> str:
    """`+0.36 ± 1.12`: CAR and its standard error in log points."""
    if move.car is None:
        return "–"
    error = "–" if move.car_se is None else number(move.car_se)
    return f"{signed(move.car)} ± {error}"


# ------------------------------------------------------------------ warnings


def notices(view: EventView) -> tuple[str, ...]:
    """What a reader must know before using the numbers, one sentence each."""
    timing, each = view.timing, noun(view.card)
    if timing is None:
        return ()
    closes = f"{timing.first.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M} MSK"
    told = {
        "partly_in_fixing": (
            f"It came while the deals of that day's {each} were averaged (until {closes}), so"
            f" this {each} holds it only in part; the window [0,1] has the rest."
        ),
        "far_from_event": (
            f"The first {each} is {count(timing.shift_days, 'day')} after the event (holidays or"
            " a trading halt): the market had that long to move on other news."
        ),
        "method_break": _breaks_words(view),
        "short_history": (
            f"Only {count(view.n_estimation, 'return')} in the estimation window,"
            f" {view.request.estimation} asked: the ordinary range is rough."
        ),
        "no_variance": "The rate did not move in the estimation window: there is no error to give.",
        "few_placebos": "Few dates are admissible as pseudo-dates: read the placebo p with care.",
        "window_cut": (
            f"The data end inside the event window, with the {each} of {day(view.path[-1].day)}."
            if view.path
            else ""
        ),
    }
    said = [told[flag] for flag in view.flags if told.get(flag)]
    if hour_matters(view.event, timing):
        said.insert(0, f"The hour is not known. {_alternative_words(timing, each)}")
    return tuple(said)


def _alternative_words(timing: Timing, each: str) -> str:
    closes = f"{timing.first.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M} MSK"
    if timing.alternative is None:
        return f"After {closes} no {each} could contain it yet."
    then = weekday_day(timing.alternative.day)
    return f"After {closes} the first {each} would be that of {then}: compare [0,0] and [0,1]."


def _breaks_words(view: EventView) -> str:
    named = "; ".join(f"{day(method.day)}, {method.text}" for method in view.breaks)
    return f"The event window crosses a change of the official method: {named}."


# ------------------------------------------------------------------ a sentence to copy


def copy_text(view: EventView, quoting: Quoting, pool: Pool, address: str) -> str:
    """One sentence with its source, made only from numbers on the page."""
    event, move = view.event, main_move(view)
    source = event.source_name or event.author or event.origin
    cited = f"Event: {source}{', ' + event.source_url if event.source_url else ''}."
    said = f"After “{event.title}” ({when(event)})"
    if move is None or move.end is None:
        return f"{said}: {headline(view, quoting, pool)[0]}. {cited} {address}"
    chosen, other = percents(move, quoting)
    unit, other_unit = units(quoting)
    who = "the rouble" if view.card.is_rouble else view.card.unit
    size = moved(move, quoting).removeprefix(subject(quoting)).strip()
    was = f"{who} was {size} {window_words(move.window, view.card)} that can contain it"
    unusual = f"{compared_with(move, pool)} ({verdict(pool_percentile(move, pool))})"
    record = f", record of {day(move.end.record)}" if move.end.record != move.end.day else ""
    return (
        f"{said}, {was}: {rates_words(move, quoting)} {unit}, {dates_words(move)}"
        f" ({unit} {chosen}, {other_unit} {other}). {sentence_case(unusual)};"
        f" {crowd_words(move, view.card)}."
        f" Rate: {view.card.publisher}{record}. {cited} {address}"
    )


def sentence_case(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def event_clock(value: datetime) -> str:
    """`13:30 MSK (10:30 UTC)`, with the UTC day where it is another one."""
    msk, utc = value.astimezone(ZoneInfo(MOSCOW)), value.astimezone(ZoneInfo("UTC"))
    beside = "" if msk.date() == utc.date() else f"{short_day(utc.date(), msk.date())} "
    return f"{msk:%H:%M} MSK ({beside}{utc:%H:%M} UTC)"
