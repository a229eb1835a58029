"""The largest moves in view: a table that is also the keyboard's way to choose a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.domain.event_view import DayMove
from dashboard.ui.bar_words import is_over_break, step_words
from dashboard.ui.move_words import share_or_nothing
from dashboard.ui.palette import lane_of
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import plain
from dashboard.ui.wording import clock, weekday_day

ROW: Final = 36
TITLE: Final = 52


def draw_moves_table(
    moves: Sequence[DayMove],
    quoting: Quoting,
    chosen: date | None,
    choose: Callable[[date], None],
) -> None:
    """Draw the table; choosing a row calls `choose` with its day."""
    step = step_words(quoting.card.bar_minutes)
    days = [move.day for move in moves]
    at = days.index(chosen) if chosen in days else None
    key = f"moves:{quoting.card.id}:{'/'.join(map(str, days))}:{at}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            choose(days[rows[0]])

    st.dataframe(
        moves_frame(moves, quoting),
        key=key,
        hide_index=True,
        on_select=picked,
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if at is None else [at]}},
        row_height=ROW,
        column_config=_columns(quoting.card.bar_minutes),
        alt=f"The largest {step} moves in view, with the events each can contain",
    )


def table_height(rows: int) -> int:
    """How high the table is, in pixels, with its head and its rim."""
    return ROW * (rows + 1) + 2


def moves_frame(moves: Sequence[DayMove], quoting: Quoting) -> pd.DataFrame:
    """The rows as they are read: words already chosen, user text as plain text."""
    return pd.DataFrame(
        {
            "day": [_when(move) for move in moves],
            "move": [_move(move, quoting) for move in moves],
            "rank": [share_or_nothing(move.rank) for move in moves],
            "events": [_events(move) for move in moves],
        }
    )


def _events(move: DayMove) -> str:
    if not move.events:
        return "none listed"
    first = move.events[0]
    more = f"  +{len(move.events) - 1} more" if len(move.events) > 1 else ""
    return plain(f"{lane_of(first).glyph} {first.title}", TITLE) + more


def _when(move: DayMove) -> str:
    """The day; of a bar its end by the clock of Moscow too."""
    ends = "" if move.known_at is None else f", {clock(move.known_at)}"
    return f"{weekday_day(move.day)}{ends}"


def _move(move: DayMove, quoting: Quoting) -> str:
    over = " over a break" if is_over_break(move, quoting.card.bar_minutes) else ""
    return f"{quoting.move(move.log_points)}{over}"


def _columns(bar_minutes: int) -> dict[str, Any]:
    text, step = st.column_config.TextColumn, f"{step_words(bar_minutes)} move"
    share = (
        f"Share of the {step}s within 250 observations that were smaller, each in units of the"
        " volatility before it"
    )
    if bar_minutes:
        first, second = text("To, Moscow time", width=150), text(step.capitalize(), width=205)
    else:
        first, second = text("Day", width=112), text("1-day move", width=122)
    return {
        "day": first,
        "move": second,
        "rank": text("Larger than", width=78, help=share),
        "events": text("Events it can contain", width="large"),
    }
