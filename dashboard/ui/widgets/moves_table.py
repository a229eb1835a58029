"""The largest moves in view: a table that is also the keyboard's way to choose a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.domain.event_view import DayMove
from dashboard.ui.palette import lane_of
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import plain
from dashboard.ui.wording import THIN, number, weekday_day

ROW: Final = 36
TITLE: Final = 52


def draw_moves_table(
    moves: Sequence[DayMove],
    quoting: Quoting,
    chosen: date | None,
    choose: Callable[[date], None],
) -> None:
    """Draw the table; choosing a row calls `choose` with its day."""
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
        column_config=_columns(),
        alt="The largest one-day moves in view, with the events each can contain",
    )


def table_height(rows: int) -> int:
    """How high the table is, in pixels, with its head and its rim."""
    return ROW * (rows + 1) + 2


def moves_frame(moves: Sequence[DayMove], quoting: Quoting) -> pd.DataFrame:
    """The rows as they are read: words already chosen, user text as plain text."""
    return pd.DataFrame(
        {
            "day": [weekday_day(move.day) for move in moves],
            "move": [quoting.move(move.log_points) for move in moves],
            "rank": [f"{number(move.percentile, 1)}{THIN}%" for move in moves],
            "events": [_events(move) for move in moves],
        }
    )


def _events(move: DayMove) -> str:
    if not move.events:
        return "none listed"
    first = move.events[0]
    more = f"  +{len(move.events) - 1} more" if len(move.events) > 1 else ""
    return plain(f"{lane_of(first).glyph} {first.title}", TITLE) + more


def _columns() -> dict[str, Any]:
    text = st.column_config.TextColumn
    return {
        "day": text("Day", width=112),
        "move": text("1-day move", width=122),
        "rank": text("Larger than", width=78, help="Share of all 1-day moves of this series"),
        "events": text("Events it can contain", width="large"),
    }
