"""The terminal on sources: one move as each of them measures it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.domain.source_move import SourceMove
from dashboard.ui import source_words as words
from dashboard.ui.terminal import say, show_table
from dashboard.ui.wording import day


def show_source_moves(moves: Sequence[SourceMove], since: date, until: date) -> None:
    """Print the move of the dollar between two days on every source, and its clock."""
    say(f"The dollar from {day(since)} to {day(until)} on every source, each by its own clock:\n")
    columns = ("source", "days", "rates", "RUB per USD", "USD per RUB", "log pts", "move")
    rows = [
        (
            move.card.id,
            words.dates_of(move),
            words.rates_of(move),
            *words.percents_of(move, 3),
            words.size_of(move, 3),
            words.direction_of(move),
        )
        for move in moves
    ]
    show_table(columns, rows, columns[2:6])
    say("\nWhen the numbers are known:")
    for rule, ids in words.rules_of(moves).items():
        say(f"  {', '.join(ids)}: {rule}")
