"""The head of the Event page: what happened, when, who says so, and the answer in words."""

from __future__ import annotations

import streamlit as st

from dashboard.domain.event import TEXT_LIMIT, Event, Origin
from dashboard.ui.event_scene import EventScene
from dashboard.ui.event_words import headline, main_move, sentence_case
from dashboard.ui.move_words import (
    abnormal_words,
    compared_with,
    crowd_words,
    dates_words,
    judgement,
    moved,
    p_words,
    percents,
    pool_remark,
    rates_words,
    units,
    window_words,
)
from dashboard.ui.palette import category_title, direction_colour, lane_of
from dashboard.ui.text import escape_markdown, plain_block
from dashboard.ui.widgets.event_line import facts_of


def draw_head(event: Event) -> None:
    """Draw category, title and what is known about the event; all of it as text."""
    lane = lane_of(event)
    glyph = f':color[{lane.glyph}]{{foreground="{lane.colour}"}}'
    kind = escape_markdown(category_title(event.category))
    note = " · your note" if event.origin == Origin.NOTE else ""
    st.markdown(f"{glyph} **{kind}**{note}")
    st.header(escape_markdown(event.title), anchor=False)
    st.markdown(" · ".join(facts_of(event)))
    if event.text:
        st.text(plain_block(event.text, TEXT_LIMIT))


def draw_headline(scene: EventScene) -> None:
    """Draw the answer: what moved, how unusual that was, what else is in the window."""
    view, quoting = scene.view, scene.quoting
    move = main_move(view)
    if move is None or move.log_points is None:
        st.markdown(f"### {escape_markdown(headline(view, quoting, scene.pool)[0])}")
        return
    colour = direction_colour(quoting.direction(move.log_points), dark=scene.dark)
    what = (
        f':color[{quoting.arrow(move.log_points)} {moved(move, quoting)}]{{foreground="{colour}"}}'
    )
    unusual = judgement(move, scene.pool)
    st.markdown(f"### {what} {window_words(move.window, view.card)}: {unusual}")
    chosen, other = percents(move, quoting)
    unit, other_unit = units(quoting)
    st.markdown(
        f"**{escape_markdown(sentence_case(compared_with(move, scene.pool)))}.**"
        f" {unit} {chosen} ({rates_words(move, quoting)}, {dates_words(move)}),"
        f" {other_unit} {other}. {pool_remark(move, scene.pool)}"
        f" {sentence_case(crowd_words(move, view.card))}."
    )
    if move.car is None:
        st.caption("A move near an event is no proof of its cause.")
        return
    rank = move.rank(scene.pool)
    st.caption(
        f"Abnormal move {abnormal_words(move)} log pts, p of t"
        f" {p_words(move.p_value, view.n_estimation)}, placebo p"
        f" {p_words(rank.p, rank.size)}. A move near an event is no proof of"
        " its cause."
    )
