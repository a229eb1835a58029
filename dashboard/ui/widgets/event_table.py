"""The table of events with their moves: read-only, a row is chosen, columns sort as numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.domain.event import MOSCOW, Event
from dashboard.domain.rank import Rank
from dashboard.ui.events_scene import EventsScene
from dashboard.ui.move_words import judged, share_words
from dashboard.ui.palette import category_title, direction_colour, lane_of
from dashboard.ui.quoting import Quoting, percent_of_log
from dashboard.ui.studied import Studied
from dashboard.ui.text import plain
from dashboard.ui.wording import NOTHING, day

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

KEY: Final = "events.table"
ROW: Final = 35
HEIGHT: Final = 700
WORDS_UP_TO: Final = 2_000
PERCENT: Final = "%+.2f %%"
MOVES: Final = ("[0,0]", "[0,1]")
RANKS: Final = ("Percentile [0,0]", "Percentile [0,1]")
UNSTUDIED: Final = Studied()


def draw_event_table(scene: EventsScene, chosen: str, choose: Callable[[str], None]) -> None:
    """Draw the table; a click on a row calls `choose` with the id of its event, "" for none."""
    ids = [event.id for event in scene.events]
    rows = [ids.index(chosen)] if chosen in ids else []
    st.session_state[KEY] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def picked() -> None:
        at = picked_row(st.session_state[KEY]["selection"])
        choose(ids[at] if at is not None and at < len(ids) else "")

    frame = event_frame(scene.events, scene.studied, scene.quoting)
    st.dataframe(
        _styled(frame, scene),
        key=KEY,
        hide_index=True,
        height=min(HEIGHT, ROW * (len(ids) + 1) + 3),
        row_height=ROW,
        lazy=False,
        on_select=picked,
        selection_mode=("single-row", "single-cell"),
        column_config=_columns(scene.quoting, title_width=290 if rows else 280),
        column_order=_shown_columns(frame, beside_card=bool(rows)),
        placeholder=NOTHING,
        alt="Events and notes with the rouble's move at and after each",
    )


def picked_row(selection: Mapping[str, Any]) -> int | None:
    """The row that was clicked: its box, or any cell of it; None where it was let go."""
    cells = selection.get("cells") or []
    if cells:
        return int(cells[0][0])
    rows = selection.get("rows") or []
    return int(rows[0]) if rows else None


def event_frame(
    events: Sequence[Event], studied: Mapping[str, Studied], quoting: Quoting
) -> pd.DataFrame:
    """A row an event: text as plain text, moves as percentages of the number shown."""
    found = [studied.get(event.id, UNSTUDIED) for event in events]
    shown = partial(_shown_percent, quoting)
    return pd.DataFrame(
        {
            "Day": pd.array([pd.Timestamp(event.day) for event in events], dtype="datetime64[s]"),
            "Hour": [_hour(event) for event in events],
            "Category": [f"{lane_of(e).glyph} {plain(category_title(e.category))}" for e in events],
            "Title": [plain(event.title) for event in events],
            "[0,0]": [shown(each.first) for each in found],
            "[0,1]": [shown(each.both) for each in found],
            "Remark": [_missing(each) for each in found],
            "Percentile [0,0]": [_percentile_of(each.rank_first) for each in found],
            "Percentile [0,1]": [_percentile_of(each.rank_both) for each in found],
            "Others": pd.array([_others(each) for each in found], dtype="Int64"),
            "Source": [plain(event.source_name, 80) for event in events],
            "Author": [plain(event.author, 80) for event in events],
        }
    )


def _shown_columns(frame: pd.DataFrame, *, beside_card: bool) -> list[str]:
    """The columns that say anything; beside a card there is no room for the hour, it has it."""
    worth = [str(name) for name in frame.columns if _is_worth(frame[name])]
    return [name for name in worth if not (beside_card and name == "Hour")]


def _is_worth(column: pd.Series[Any]) -> bool:
    """Whether a column says anything; an empty one of texts would only take room."""
    return (column.dtype.kind != "O" and str(column.dtype) != "str") or bool((column != "").any())


def _shown_percent(quoting: Quoting, log_points: float) -> float:
    return percent_of_log(quoting.quoted_log_points(log_points))


def _others(studied: Studied) -> int | None:
    return None if math.isnan(studied.both) else len(studied.crowd)


def _hour(event: Event) -> str:
    if event.moment is not None:
        return f"{event.moment.astimezone(ZoneInfo(MOSCOW)):%H:%M}"
    if event.is_range and event.end_day:
        return f"to {day(event.end_day)}"
    if event.reported is None:
        return ""
    local = event.reported.astimezone(ZoneInfo(MOSCOW))
    return f"by {local:%H:%M}" if local.date() == event.day else f"by {local:%H:%M} next day"


def _styled(frame: pd.DataFrame, scene: EventsScene) -> Styler | pd.DataFrame:
    """The frame with words and colours; the numbers below stay, so that columns sort.

    A very long table goes without: signed percentages, which the browser formats.
    """
    if len(frame) > WORDS_UP_TO:
        return frame
    quoting = scene.quoting
    style = frame.style.format(_day, subset=["Day"])
    style = style.format(_percentile, subset=list(RANKS))
    for column in MOVES:
        style = style.format(partial(_move, quoting), subset=[column])
        style = style.map(partial(_colour, quoting, dark=scene.dark), subset=[column])
    return style


def _missing(studied: Studied) -> str:
    """Why a number is missing."""
    return studied.reason.partition(":")[0] if math.isnan(studied.both) else ""


def _day(value: Any) -> str:
    return day(value.date())


def _move(quoting: Quoting, shown: Any) -> str:
    if math.isnan(shown):
        return NOTHING
    return quoting.move(_log_points(quoting, shown), 2)


def _log_points(quoting: Quoting, shown: float) -> float:
    """The rouble's move behind a percentage of the number shown."""
    return quoting.quoted_log_points(100.0 * math.log1p(shown / 100.0))


def _colour(quoting: Quoting, shown: Any, *, dark: bool) -> str:
    if math.isnan(shown):
        return ""
    word = quoting.direction(_log_points(quoting, shown))
    return f"color: {direction_colour(word, dark=dark)}"


def _percentile_of(rank: Rank) -> float:
    share = judged(rank)
    return math.nan if share is None else share


def _percentile(value: Any) -> str:
    return NOTHING if math.isnan(value) else share_words(value)


def _columns(quoting: Quoting, title_width: int) -> dict[str, Any]:
    text, numeric = st.column_config.TextColumn, st.column_config.NumberColumn
    move = f"Change of {quoting.unit} from the base to the"
    return {
        "Day": st.column_config.DateColumn("Day", width=92),
        "Hour": text("MSK", width=58, help="Moscow time, where the hour is known"),
        "Category": text("Category", width=140),
        "Title": text("Title", width=title_width),
        "[0,0]": numeric(
            "Move [0,0]", width=100, format=PERCENT, help=f"{move} first rate that can contain it"
        ),
        "[0,1]": numeric(
            "Move [0,1]", width=100, format=PERCENT, help=f"{move} rate after that one"
        ),
        "Remark": text("Why none", width=120),
        **{
            name: numeric(
                name,
                width=112,
                format="%.0f %%",
                help=f"Larger than this share of the dates within 250 observations over {window},"
                " each move in units of the volatility before it",
            )
            for name, window in zip(RANKS, MOVES, strict=True)
        },
        "Others": numeric("Others", width=66, help="Other events in the window [0,1]"),
        "Source": text("Source", width=170),
        "Author": text("Author", width=90, help="Who wrote the note"),
    }
