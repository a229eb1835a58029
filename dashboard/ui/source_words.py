"""What is told about one move as one source measures it; pages and terminal say it alike."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.source_move import SourceMove
from dashboard.ui.quoting import direction
from dashboard.ui.wording import NOTHING, day, number, percent, short_day, signed

PARTLY = "partly in it already"


def source_name(move: SourceMove) -> str:
    """The series, and in a word what its numbers are."""
    title, quantity = move.card.title, move.card.quantity.partition(",")[0]
    return title if not quantity or "implied by" in title else f"{title}: {quantity}"


def dates_of(move: SourceMove) -> str:
    """`28 Dec 2024 → 21 Apr 2025`; a dash where nothing was measured."""
    if move.base is None or move.end is None:
        return NOTHING
    return f"{short_day(move.base.day, move.end.day)} → {day(move.end.day)}"


def rates_of(move: SourceMove) -> str:
    """`101.6797 → 80.7597`."""
    if move.base is None or move.end is None:
        return NOTHING
    both = (number(each.rate, move.card.decimals) for each in (move.base, move.end))
    return " → ".join(both)


def percents_of(move: SourceMove, decimals: int = 2) -> tuple[str, str]:
    """The change of RUB per USD and of USD per RUB."""
    if move.pct_quoted is None or move.pct_inverse is None:
        return NOTHING, NOTHING
    return percent(move.pct_quoted, decimals), percent(move.pct_inverse, decimals)


def size_of(move: SourceMove, decimals: int = 2) -> str:
    """The move in log points."""
    return NOTHING if move.log_points is None else signed(move.log_points, decimals)


def direction_of(move: SourceMove) -> str:
    """`stronger`, `weaker`, or why there is no answer."""
    if move.log_points is None:
        return f"not measured: {move.reason}"
    word = direction(move.card, move.log_points)
    return f"{word}; {PARTLY}" if move.partial else word


def rules_of(moves: Sequence[SourceMove]) -> dict[str, list[str]]:
    """When numbers are known, with the ids of the series that follow the rule."""
    named: dict[str, list[str]] = {}
    for move in moves:
        named.setdefault(move.rule, []).append(move.card.id)
    return named
