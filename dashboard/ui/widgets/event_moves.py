"""The moves around one event: first what moved, then how unusual and how certain that is."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.event_view import EventView, Move
from dashboard.domain.spans import duration_words
from dashboard.domain.study import Pool, window_text
from dashboard.ui.event_tables import percentile_cells, percentile_titles
from dashboard.ui.move_words import (
    POOL_TITLES,
    abnormal_words,
    compared_with,
    dates_words,
    judgement,
    model_words,
    not_available,
    p_words,
    percents,
    rates_words,
    units,
    window_words,
)
from dashboard.ui.palette import direction_colour, lane_of
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import escape_markdown
from dashboard.ui.wording import MINUS, NOTHING, crowd_phrase, signed

POOL_HELP: Final[dict[Pool, str]] = {
    "near": "dates within 250 observations of the event whose window does not contain it",
    "quiet": "dates of all years whose own event window touches no listed event",
    "all": "every other date of the series",
    "similar": "dates of all years in the same third by their volatility",
}
NAMED: Final = 2
NAME_LIMIT: Final = 40
NO_BREAK: Final = "\u00a0"
Columns = dict[str, list[str]]


def draw_moves(view: EventView, quoting: Quoting, pool: Pool, *, dark: bool) -> None:
    """Draw both tables, and what their columns mean."""
    st.table(
        moves_columns(view, quoting, pool, dark=dark),
        hide_index=True,
        border="horizontal",
        alt="The moves around the event, one row a window",
    )
    st.markdown("**How certain is that?**")
    st.table(
        tests_columns(view, pool),
        hide_index=True,
        border="horizontal",
        alt="Abnormal moves, their errors and tests, one row a window",
    )
    st.caption(reading_help(view, pool))


def draw_moves_list(view: EventView, quoting: Quoting, pool: Pool, *, dark: bool) -> None:
    """Draw the same moves one under the other, for a narrow screen."""
    for move in view.moves:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"{_window(move, view)}  \n{_direction(move, quoting, dark=dark)}")
            for line in move_lines(view, move, quoting, pool):
                st.caption(line)
    st.caption(reading_help(view, pool))


def move_lines(view: EventView, move: Move, quoting: Quoting, pool: Pool) -> list[str]:
    """A move in a few lines of safe Markdown: size, rank, error and tests, other events."""
    if move.log_points is None:
        return [not_available(move, view.card)]
    (unit, other_unit), (chosen, other) = units(quoting), percents(move, quoting)
    rank = move.rank(pool)
    return [
        f"**{unit} {chosen}**, {other_unit} {other}, {signed(move.log_points)} log pts",
        f"{rates_words(move, quoting)} ({dates_words(move)})",
        _unusual(move, pool),
        f"CAR {_certain(move, abnormal_words(move))}; p of t"
        f" {p_words(move.p_value, view.n_estimation)}; placebo p"
        f" {p_words(rank.p, rank.size)}",
        crowd_phrase(len(move.crowd)),
    ]


def moves_columns(view: EventView, quoting: Quoting, pool: Pool, *, dark: bool) -> Columns:
    """Window, dates, rates, direction, both percentages, log points, rank, other events.

    Every cell is safe Markdown; a move without numbers says why in the column of the dates.
    """
    unit, other_unit = units(quoting)
    moves = view.moves
    chosen = [percents(move, quoting) for move in moves]
    return {
        "Window": [_window(move, view) for move in moves],
        "Base → end": [_dates(move, view) for move in moves],
        escape_markdown(unit): [rates_words(move, quoting) for move in moves],
        "Direction": [_direction(move, quoting, dark=dark) for move in moves],
        f"{escape_markdown(unit)}, %": [both[0] for both in chosen],
        f"{escape_markdown(other_unit)}, %": [both[1] for both in chosen],
        "Log pts": [NOTHING if m.log_points is None else signed(m.log_points) for m in moves],
        "How unusual": [_unusual(move, pool) for move in moves],
        "Also in the window": [_crowd(move) for move in moves],
    }


def tests_columns(view: EventView, pool: Pool) -> Columns:
    """CAR with its error, t, p with N, placebo p with the size of its pool, percentiles."""
    moves = view.moves
    ranks = [move.rank(pool) for move in moves]
    percentiles = zip(*(percentile_cells(move) for move in moves), strict=True)
    return {
        "Window": [f"**{_offsets(move)}**" for move in moves],
        "CAR ± s.e., log pts": [_certain(move, abnormal_words(move)) for move in moves],
        "t": [NOTHING if m.car_t is None else signed(m.car_t) for m in moves],
        "p of t": [p_words(move.p_value, view.n_estimation) for move in moves],
        f"Placebo p, {POOL_TITLES[pool]}": [p_words(rank.p, rank.size) for rank in ranks],
        **dict(zip(percentile_titles(), map(list, percentiles), strict=True)),
    }


def reading_help(view: EventView, pool: Pool) -> str:
    """What the columns mean, in the words of the Method page."""
    request = view.request
    return (
        "Log pts = 100 × log change of the rouble's value, positive = stronger; the two"
        " percentages are the same move seen from either side. CAR: the move less the one expected"
        f" under the model ({model_words(request.model, view.factors)}), from the"
        f" {view.n_estimation} moves that end {request.gap} before the window. Percentile: share of"
        f" {POOL_HELP[pool]} with a smaller CAR, each in units of the volatility before it; by size"
        " alone: with a smaller CAR as it is. Placebo p: share, the event included, with one at"
        " least as large in those units. Windows are written in offsets: 0 is the first rate that"
        f" can contain the event.{_bars_help(view)}"
    )


def _bars_help(view: EventView) -> str:
    if not view.card.bar_minutes:
        return ""
    length = duration_words(1, view.card.bar_minutes)
    return (
        f" An offset is a bar of {length} in Moscow time; a return from one session to the next"
        " is one move too, in the estimation as in the window."
    )


def _offsets(move: Move) -> str:
    return window_text(move.window).replace("-", MINUS)


def _window(move: Move, view: EventView) -> str:
    return f"**{_offsets(move)}** {window_words(move.window, view.card)}"


def _dates(move: Move, view: EventView) -> str:
    return not_available(move, view.card) if move.end is None else dates_words(move)


def _direction(move: Move, quoting: Quoting, *, dark: bool) -> str:
    if move.log_points is None:
        return NOTHING
    word = quoting.direction(move.log_points)
    colour = direction_colour(word, dark=dark)
    return f':color[**{quoting.arrow(move.log_points)}{NO_BREAK}{word}**]{{foreground="{colour}"}}'


def _unusual(move: Move, pool: Pool) -> str:
    if move.log_points is None:
        return NOTHING
    return f"{compared_with(move, pool)}: {judgement(move, pool)}"


def _crowd(move: Move) -> str:
    """How many other events, and the first of them by name."""
    if not move.crowd:
        return "no other event"
    named = [
        f"{lane_of(event).glyph} {escape_markdown(event.title, NAME_LIMIT)}"
        for event in move.crowd[:NAMED]
    ]
    more = f" and {len(move.crowd) - NAMED} more" if len(move.crowd) > NAMED else ""
    return f"**{len(move.crowd)}**: {'; '.join(named)}{more}"


def _certain(move: Move, words: str) -> str:
    if move.car is None and move.log_points is not None:
        return escape_markdown(move.reason or "a rate inside the window is missing")
    return words
