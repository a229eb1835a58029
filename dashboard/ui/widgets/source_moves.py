"""The move of the dollar around an event as every source measures it, each by its own clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.domain.source_move import SourceMove
from dashboard.services.compare_sources import FIRST_TWO, compare_event
from dashboard.services.export_tables import source_moves_csv
from dashboard.ui import session
from dashboard.ui import source_words as words
from dashboard.ui.event_scene import EventScene
from dashboard.ui.palette import direction_colour
from dashboard.ui.quoting import Quoting, direction
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.wording import NOTHING, count

NO_BREAK: Final = "\u00a0"
RULE_LIMIT: Final = 500
ABOUT: Final = (
    "One dollar, several numbers: an official average, a market price, an offshore quote, a cross"
    " by the yuan. The window is [0,1] of each, from its last number before the event to its"
    " second one that can contain it, so the days may differ."
)


def draw_source_moves(scene: EventScene) -> None:
    """Draw the table, when the numbers are known, and the file; nothing beside other series."""
    if not scene.view.card.is_rouble:
        return
    moves = moves_of(scene.event)
    st.subheader("The same move on every source", anchor=False)
    if scene.phone:
        for move in moves:
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{escape_markdown(words.source_name(move))}**")
                for line in move_lines(move, scene.quoting, dark=scene.dark):
                    st.markdown(line)
    else:
        st.table(
            source_columns(moves, scene.quoting, dark=scene.dark),
            hide_index=True,
            border="horizontal",
            alt="The move of the dollar around the event, one row a source",
        )
    _draw_rules(moves)
    with st.container(horizontal=True):
        draw_csv_buttons(
            f"every source, {count(len(moves), 'row')}",
            (scene.event.id, "sources"),
            lambda flavour: source_moves_csv(moves, flavour),
            "event.sources",
        )


def moves_of(event: Event) -> tuple[SourceMove, ...]:
    """The event on every daily series of the dollar that is known now."""
    daily = [card.id for card in session.cards() if not card.bar_minutes]
    return compare_event([session.series(each) for each in daily], event, FIRST_TWO)


def source_columns(
    moves: Sequence[SourceMove], quoting: Quoting, *, dark: bool
) -> dict[str, list[str]]:
    """Source, days, rates, both percentages, log points, direction; every cell safe Markdown."""
    unit, other = _units(moves, quoting)
    both = [_percents(move, quoting) for move in moves]
    return {
        "Source": [escape_markdown(words.source_name(move)) for move in moves],
        "Base → end": [words.dates_of(move) for move in moves],
        escape_markdown(unit): [_rates(move, quoting) for move in moves],
        "Direction": [_direction(move, quoting, dark=dark) for move in moves],
        f"{escape_markdown(unit)}, %": [one for one, _ in both],
        f"{escape_markdown(other)}, %": [one for _, one in both],
        "Log pts": [words.size_of(move) for move in moves],
    }


def move_lines(move: SourceMove, quoting: Quoting, *, dark: bool) -> list[str]:
    """The same row in a few lines, for a narrow screen."""
    if move.log_points is None:
        return [_direction(move, quoting, dark=dark)]
    (unit, other), (one, another) = _units([move], quoting), _percents(move, quoting)
    return [
        _direction(move, quoting, dark=dark),
        f"**{unit} {one}**, {other} {another}, {words.size_of(move)} log pts",
        f"{_rates(move, quoting)} ({words.dates_of(move)})",
    ]


def _draw_rules(moves: Sequence[SourceMove]) -> None:
    titles = {move.card.id: move.card.title for move in moves}
    st.caption(ABOUT)
    with st.expander("When the numbers of each source are known", icon=":material/schedule:"):
        for rule, ids in words.rules_of(moves).items():
            named = "; ".join(escape_markdown(titles[each]) for each in ids)
            st.markdown(f"**{named}.** {escape_markdown(rule, RULE_LIMIT)}")


def _direction(move: SourceMove, quoting: Quoting, *, dark: bool) -> str:
    if move.log_points is None:
        return escape_markdown(words.direction_of(move))
    word = direction(move.card, move.log_points)
    arrow = Quoting(move.card, quoting.mode).arrow(move.log_points)
    colour = direction_colour(word, dark=dark)
    partly = f" {words.PARTLY}" if move.partial else ""
    return f':color[**{arrow}{NO_BREAK}{word}**]{{foreground="{colour}"}}{partly}'


def _rates(move: SourceMove, quoting: Quoting) -> str:
    if move.base is None or move.end is None:
        return NOTHING
    shown = Quoting(move.card, quoting.mode)
    return f"{shown.rate(move.base.rate)} → {shown.rate(move.end.rate)}"


def _percents(move: SourceMove, quoting: Quoting) -> tuple[str, str]:
    quoted, inverse = words.percents_of(move)
    return (inverse, quoted) if quoting.is_inverse else (quoted, inverse)


def _units(moves: Sequence[SourceMove], quoting: Quoting) -> tuple[str, str]:
    card = moves[0].card
    both = (card.unit, card.inverse_unit)
    return (both[1], both[0]) if quoting.is_inverse else both
