"""Messages about a basket: the answer in a sentence, its table, and what to know of each series."""

from __future__ import annotations

import math
from typing import Final

from dashboard.models.baskets import AssetMove, BasketMoves
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.escaping import truncate
from dashboard.presentation.formatting import (
    NO_VALUE,
    format_number,
    format_p,
    format_percent,
    format_range,
    format_short_day,
    format_signed,
    format_window,
    join_first,
)
from dashboard.presentation.quoting import name_direction
from dashboard.presentation.tables import View

MAX_NAMED: Final = 4
UNIT_TITLES: Final = {"log pts": deferred("log pts"), "points": deferred("points")}
FLAG_TITLES: Final = {
    "date_only": deferred("hour unknown"),
    "hour_upper_bound": deferred("hour of the first report"),
    "hour_scheduled": deferred("hour as scheduled"),
    "partly_in_fixing": deferred("partly inside the first number"),
    "far_from_event": deferred("first number more than 5 days later"),
    "window_cut": deferred("event window cut by the end of the data"),
    "short_history": deferred("short history"),
    "no_variance": deferred("no variance before"),
    "few_placebos": deferred("few dates to compare with"),
    "method_break": deferred("method break in the window"),
}


def describe_basket(answer: BasketMoves) -> str:
    """How many series moved more than on the dates near the event, with N and corrected p."""
    tested = answer.tested
    window = format_window(answer.window)
    if not tested:
        return _("No series of the basket has a number in {window}.", window=window)
    outside = [move for move in tested if move.is_outside]
    if not outside:
        return plural(
            "In {window} no corrected p is below 0.05: {n:,} series tested.",
            "In {window} no corrected p is below 0.05: {n:,} series tested.",
            len(tested),
            window=window,
        )
    named = [
        _(
            "{series} {move}, corrected p {p}",
            series=name_asset(move),
            move=format_directed_move(move),
            p=format_p(move.p_adjusted),
        )
        for move in outside
    ]
    return plural(
        "In {window} {count} of {n:,} series moved outside the ordinary range of the dates near the"
        " event: {moves}.",
        "In {window} {count} of {n:,} series moved outside the ordinary range of the dates near the"
        " event: {moves}.",
        len(tested),
        window=window,
        count=len(outside),
        moves=join_first(named, MAX_NAMED, "; "),
    )


def describe_basket_method(answer: BasketMoves) -> tuple[str, ...]:
    """What the corrected p rests on, what it can find, and how many series have no number."""
    sentences = []
    if answer.tested:
        sentences.append(
            _(
                "p: the share of the dates within 250 numbers of the event with a move at least as"
                " large in forecast errors; corrected by Holm over {count:,} series. The smallest"
                " corrected p possible is {smallest}.",
                count=len(answer.tested),
                smallest=format_p(answer.smallest_p),
            )
        )
    missing = sum(bool(move.reason) for move in answer.moves)
    if missing:
        sentences.append(
            plural(
                "{n:,} series without a number, each with its reason.",
                "{n:,} series without a number, each with its reason.",
                missing,
            )
        )
    return tuple(sentences)


def name_asset(move: AssetMove, limit: int = 60) -> str:
    """The title of a series; as the basket names it where there is none."""
    return truncate(move.card.label if move.card else move.member, limit)


def format_unit(move: AssetMove) -> str:
    """The unit of a move in the language in use."""
    return translate_deferred(UNIT_TITLES[move.unit]) if move.unit else ""


def format_asset_move(move: AssetMove) -> str:
    """`+5.11 log pts`, or a dash."""
    if move.move is None:
        return NO_VALUE
    return f"{format_signed(move.move)} {format_unit(move)}"


def format_directed_move(move: AssetMove) -> str:
    """`+5.11 log pts (stronger)`."""
    if move.move is None or move.card is None:
        return NO_VALUE
    return f"{format_asset_move(move)} ({name_direction(move.card, move.move)})"


def format_asset_change(move: AssetMove) -> str:
    """The change of a price in per cent; a dash for a number that is none."""
    if move.move is None or move.card is None or not move.card.is_price:
        return NO_VALUE
    return format_percent(100 * math.expm1(move.card.move_sign * move.move / 100))


def format_asset_clock(move: AssetMove) -> str:
    """The market days of the base and of the last number: `11 → 13 Feb 2025`."""
    if move.base is None or move.end is None:
        return NO_VALUE
    return f"{format_short_day(move.base.day, move.end.day)} → {format_short_day(move.end.day)}"


def format_asset_range(move: AssetMove) -> str:
    """The range of ordinary moves."""
    if move.low is None or move.high is None or not math.isfinite(move.low + move.high):
        return NO_VALUE
    return format_range(format_signed(move.low), format_signed(move.high))


def format_asset_rank(move: AssetMove) -> str:
    """`99 % of 499`: the share of the dates of the pool with a smaller move."""
    if move.rank is None or move.rank.percentile is None:
        return NO_VALUE
    share = format_number(math.floor(move.rank.percentile), 0)
    return _("{share} % of {size:,}", share=share, size=move.rank.size)


def format_asset_p(move: AssetMove) -> str:
    """The p, and the one corrected over the family."""
    if math.isnan(move.p_value):
        return NO_VALUE
    return f"{format_p(move.p_value)} → {format_p(move.p_adjusted)}"


def format_visible(move: AssetMove) -> str:
    """The smallest abnormal move that the family could find."""
    if move.visible is None:
        return _("none") if move.rank is not None else NO_VALUE
    return format_number(move.visible)


def describe_asset(move: AssetMove) -> str:
    """Why there is no number, or what to know of it: other events, the clock, breaks."""
    if move.reason:
        return translate_deferred(move.reason)
    notes = [translate_deferred(FLAG_TITLES[flag]) for flag in move.flags if flag in FLAG_TITLES]
    if move.shift_days and move.first is not None:
        notes.insert(0, _("first number of {day}", day=format_short_day(move.first.day)))
    if move.crowd:
        notes.insert(
            0, plural("{n:,} other event in it", "{n:,} other events in it", len(move.crowd))
        )
    return "; ".join(notes)


BASKET_VIEW: Final[View] = {
    deferred("series"): name_asset,
    deferred("move"): format_directed_move,
    deferred("change of the price"): format_asset_change,
    deferred("ordinary range"): format_asset_range,
    deferred("SCAR"): lambda move: NO_VALUE if move.scar is None else format_signed(move.scar),
    deferred("larger than"): format_asset_rank,
    deferred("p → corrected"): format_asset_p,
    deferred("smallest visible"): format_visible,
    deferred("days"): format_asset_clock,
    deferred("to know"): describe_asset,
}
"""The table of one event on every series of a basket, as pages and the terminal show it."""
