"""Results on the Event page: verdict, moves, tests, the move on every source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.models.currencies import NEWS_CURRENCY
from dashboard.models.event import Event, Origin
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView, Move, SourceMove
from dashboard.models.study import Pool, Window, duration_text
from dashboard.presentation import moves as moves_module
from dashboard.presentation import reports
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.events import format_headline, get_main_move
from dashboard.presentation.formatting import (
    NO_VALUE,
    capitalize_first,
    format_day_range,
    format_event_time,
    format_window,
    join_first,
)
from dashboard.presentation.moves import (
    describe_comparison,
    describe_crowd,
    describe_missing_move,
    describe_model,
    describe_move,
    describe_pool_caveat,
    describe_rank_briefly,
    describe_verdict,
    describe_window,
    format_move_dates,
    format_move_rates,
    format_p_value,
    format_percentile,
    format_percents,
    judged_percentile,
    name_dates,
    quote_units,
)
from dashboard.presentation.palette import category_title, format_coloured, get_event_style
from dashboard.presentation.quoting import QuotedSeries, move_colour, name_direction
from dashboard.services.schedule import is_upcoming
from dashboard.services.source_moves import DEFAULT_SOURCE_WINDOW, compare_sources_of_event
from dashboard.ui import session
from dashboard.ui.components.elements import term_help, term_link
from dashboard.ui.components.event_card import draw_countdown, format_source
from dashboard.ui.pages.event.state import EventState

POOL_HELP: Final[dict[Pool, str]] = {
    "near": deferred("dates within 250 observations of the event whose window does not contain it"),
    "quiet": deferred("dates of all years whose own event window touches no listed event"),
    "all": deferred("every other date of the series"),
    "similar": deferred("dates of all years in the same third by their volatility"),
}
POOL_TERMS: Final[dict[Pool, str]] = {
    "near": "nearest_dates",
    "quiet": "quiet_date",
    "all": "pseudo_date",
    "similar": "similar_volatility",
}
MAX_NAMED_EVENTS: Final = 2
MAX_SHORT_ROWS: Final = 4
LONG_ONLY_WINDOW: Final[Window] = (-1, 1)
"""In the details alone: it holds the others in part."""
EVENT_NAME_LIMIT: Final = 40
NO_BREAK_SPACE: Final = "\u00a0"
TableColumns = dict[str, list[str]]
SOURCE_NO_BREAK_SPACE: Final = "\u00a0"
RULE_LIMIT: Final = 500
SOURCES_HELP: Final = deferred(
    "One dollar, several numbers: an official average, a market price, an offshore quote, a"
    " cross by the yuan. The window is {window} of each, as in the headline, from its last number"
    " before the event, so the days may differ."
)


def format_event_line(event: Event, *, short: bool = False) -> str:
    """`✚ **NATO remarks** · 20 Apr 2025, hour not known · source: …`, as safe Markdown.

    The short line has the day alone.
    """
    style = get_event_style(event)
    glyph = f':color[{style.glyph}]{{foreground="{style.colour}"}}'
    kind = f"{glyph} **{escape_markdown(category_title(event.category))}**"
    note = [_("your note")] if event.origin == Origin.NOTE else []
    if short:
        return " · ".join([kind, *note, format_day_range(event.day, event.end_day)])
    when = escape_markdown(capitalize_first(format_event_time(event)))
    return " · ".join([kind, *note, when, format_source(event)])


def draw_verdict(state: EventState) -> None:
    """Draw the answer: the move, and whether it is ordinary."""
    view, quoting = state.view, state.quoting
    move = get_main_move(view)
    if is_upcoming(state.event, session.get_view_time()) and view.timing is None:
        draw_countdown(state.event, session.load_series(view.card.id), heading="### ")
        return
    if move is None or move.log_points is None:
        st.markdown(f"### {escape_markdown(format_headline(view, quoting, state.pool)[0])}")
        return
    colour = quoting.colour(move.log_points, dark=state.dark)
    movement = format_coloured(
        f"{quoting.arrow(move.log_points)} {describe_move(move, quoting)}", colour
    )
    verdict = describe_verdict(move, state.pool)
    st.markdown(f"### {movement} {describe_window(move.window, view.card)}: {verdict}")


def draw_basis(state: EventState) -> None:
    """Draw in one line what the answer rests on: rank, rates, days, other events."""
    view, quoting = state.view, state.quoting
    move = get_main_move(view)
    if move is None or move.log_points is None:
        return
    rank = (
        escape_markdown(capitalize_first(describe_comparison(move, state.pool)), 300)
        if move.car is None and move.reason
        else describe_rank_briefly(move.rank(state.pool), name_dates(move))
    )
    parts = (
        rank,
        f"{format_move_rates(move, quoting)} {escape_markdown(quoting.unit)}"
        f" ({format_move_dates(move)})",
        describe_crowd(move, view.card),
    )
    st.markdown(
        " · ".join(parts), help=term_help("first_rate", "percentile", POOL_TERMS[state.pool])
    )
    caveat = describe_pool_caveat(move, state.pool)
    if caveat:
        st.markdown(f":material/info: {escape_markdown(caveat, 400)}")


# ------------------------------------------------------------------ moves


def draw_moves(view: EventView, quoting: QuotedSeries, pool: Pool, *, dark: bool) -> None:
    """Draw the table of at most four windows in three columns; the rest is folded."""
    st.table(
        build_short_columns(view, quoting, pool, dark=dark),
        hide_index=True,
        border="horizontal",
        width="content",
        alt=_("The moves around the event, one row a window"),
    )


def build_short_columns(
    view: EventView, quoting: QuotedSeries, pool: Pool, *, dark: bool
) -> TableColumns:
    """Window, move of the number with the direction, share of dates that moved less."""
    moves = [move for move in view.moves if move.window != LONG_ONLY_WINDOW][:MAX_SHORT_ROWS]
    return {
        _("Window"): [capitalize_first(describe_window(move.window, view.card)) for move in moves],
        escape_markdown(quoting.unit): [
            _format_short_move(move, view, quoting, dark=dark) for move in moves
        ],
        _("Bigger than"): [_format_share_of_dates(move, pool) for move in moves],
    }


def _format_short_move(move: Move, view: EventView, quoting: QuotedSeries, *, dark: bool) -> str:
    if move.log_points is None:
        return escape_markdown(describe_missing_move(move, view.card))
    colour = quoting.colour(move.log_points, dark=dark)
    return format_coloured(f"**{quoting.move(move.log_points)}**", colour)


def _format_share_of_dates(move: Move, pool: Pool) -> str:
    percentile = judged_percentile(move.rank(pool))
    if percentile is None:
        return NO_VALUE
    return _("{share} of {dates}", share=format_percentile(percentile), dates=name_dates(move))


def draw_move_details(state: EventState) -> None:
    """Draw every window with its days, rates, percentages and other events."""
    view, quoting = state.view, state.quoting
    if state.phone:
        for move in view.moves:
            _draw_card(
                f"{_format_window(move, view)}",
                _format_move_direction(move, quoting, dark=state.dark),
                *build_move_lines(view, move, quoting),
            )
    else:
        st.table(
            build_moves_columns(view, quoting, state.pool, dark=state.dark),
            hide_index=True,
            border="horizontal",
            alt=_("The moves around the event with days and rates, one row a window"),
        )
    st.caption(_describe_columns(view, quoting))
    st.caption(" · ".join(map(term_link, ("fixing", "base", "window", "log_points", "crowding"))))


def draw_tests(state: EventState) -> None:
    """Draw the abnormal moves with their errors and tests, and what the columns mean."""
    view, quoting, pool = state.view, state.quoting, state.pool
    if state.phone:
        for move in view.moves:
            _draw_card(_format_window(move, view), *build_test_lines(view, move, quoting, pool))
    else:
        st.table(
            build_tests_columns(view, quoting, pool),
            hide_index=True,
            border="horizontal",
            alt=_("Abnormal moves, their errors and tests, one row a window"),
        )
    st.caption(_describe_tests(view, pool))
    terms = ("car", "t_statistic", "p_value", "placebo_p", "percentile", POOL_TERMS[pool])
    st.caption(" · ".join(map(term_link, terms)))


def _draw_card(*lines: str) -> None:
    """Draw lines of safe Markdown one under the other in a frame."""
    with st.container(border=True, gap=None):
        st.markdown("  \n".join(lines))


def build_move_lines(view: EventView, move: Move, quoting: QuotedSeries) -> list[str]:
    """The numbers of a move in two lines of safe Markdown, or why there are none."""
    if move.log_points is None:
        return [escape_markdown(describe_missing_move(move, view.card))]
    (unit, other_unit), (chosen, other) = quote_units(quoting), format_percents(move, quoting)
    return [
        _(
            "**{unit} {chosen}**, {other_unit} {other}, {log_points} log pts",
            unit=unit,
            chosen=chosen,
            other_unit=other_unit,
            other=other,
            log_points=quoting.signed(move.log_points),
        ),
        f"{format_move_rates(move, quoting)} ({format_move_dates(move)})",
    ]


def build_test_lines(view: EventView, move: Move, quoting: QuotedSeries, pool: Pool) -> list[str]:
    """The tests of a move in two lines of safe Markdown."""
    rank = move.rank(pool)
    return [
        f"{describe_comparison(move, pool)}: {describe_verdict(move, pool)}",
        _(
            "CAR {error}; p of t {p}; placebo p {placebo_p}",
            error=_format_significance(move, quoting),
            p=format_p_value(move.p_value, view.n_estimation),
            placebo_p=format_p_value(rank.p, rank.size),
        ),
    ]


def build_moves_columns(
    view: EventView, quoting: QuotedSeries, pool: Pool, *, dark: bool
) -> TableColumns:
    """The table of the report as safe Markdown, with the names of the other events.

    A move without numbers has its reason in the column of the dates.
    """
    plain = reports.build_moves_columns(view, quoting, pool)
    del plain[_("Other events")]
    return {escape_markdown(title): cells for title, cells in plain.items()} | {
        _("Window"): [_format_window(move, view) for move in view.moves],
        _("Direction"): [_format_move_direction(move, quoting, dark=dark) for move in view.moves],
        _("Also in the window"): [_format_crowd(move) for move in view.moves],
    }


def build_tests_columns(view: EventView, quoting: QuotedSeries, pool: Pool) -> TableColumns:
    """The table of the report as safe Markdown."""
    plain = reports.build_significance_columns(view, quoting, pool)
    return plain | {
        _("Window"): [f"**{window}**" for window in plain[_("Window")]],
        _("CAR ± s.e., log pts"): [_format_significance(move, quoting) for move in view.moves],
    }


def _describe_columns(view: EventView, quoting: QuotedSeries) -> str:
    """The meaning of the columns of moves, as the Method page has it."""
    columns = _(
        "Log pts = 100 × log change of {unit}, + = more {unit}; the two percentages are the same"
        " move seen from either side. Windows are written in offsets: 0 is the first rate that"
        " can contain the event.",
        unit=quoting.unit,
    )
    if not view.card.bar_minutes:
        return columns
    bars = _(
        "An offset is a bar of {length} in Moscow time; a return from one session to the next is"
        " one move too, in the estimation as in the window.",
        length=duration_text(1, view.card.bar_minutes),
    )
    return f"{columns} {bars}"


def _describe_tests(view: EventView, pool: Pool) -> str:
    """The meaning of the columns of tests, as the Method page has it."""
    request = view.request
    return _(
        "CAR: the move less the one expected under the model ({model}), from the {moves} moves"
        " that end {gap} before the window. Percentile: share of {dates} with a smaller CAR, each"
        " in units of the volatility before it; by size alone: with a smaller CAR as it is."
        " Placebo p: share, the event included, with one at least as large in those units.",
        model=describe_model(request.model, view.factors),
        moves=view.n_estimation,
        gap=request.gap,
        dates=translate_deferred(POOL_HELP[pool]),
    )


def _format_window(move: Move, view: EventView) -> str:
    return f"**{format_window(move.window)}** {describe_window(move.window, view.card)}"


def _format_move_direction(move: Move, quoting: QuotedSeries, *, dark: bool) -> str:
    if move.log_points is None:
        return NO_VALUE
    word = quoting.direction(move.log_points)
    colour = quoting.colour(move.log_points, dark=dark)
    return format_coloured(f"**{quoting.arrow(move.log_points)}{NO_BREAK_SPACE}{word}**", colour)


def _format_crowd(move: Move) -> str:
    """How many other events, and the first of them by name."""
    if not move.crowd:
        return _("no other event")
    named = [
        f"{get_event_style(event).glyph} {escape_markdown(event.title, EVENT_NAME_LIMIT)}"
        for event in move.crowd
    ]
    return f"**{len(move.crowd)}**: {join_first(named, MAX_NAMED_EVENTS, '; ')}"


def _format_significance(move: Move, quoting: QuotedSeries) -> str:
    text = reports.format_abnormal_move(move, quoting)
    return escape_markdown(text) if move.car is None else text


# ------------------------------------------------------------------ moves by source


def draw_source_moves(state: EventState) -> None:
    """Draw the move on every source, and when the numbers of each are known."""
    window = get_source_window(state.view)
    moves = get_source_moves(state.event, window)
    if state.phone:
        for move in moves:
            _draw_card(
                f"**{escape_markdown(moves_module.format_source_name(move))}**",
                *build_source_lines(move, state.quoting, dark=state.dark),
            )
    else:
        st.table(
            build_source_columns(moves, state.quoting, dark=state.dark),
            hide_index=True,
            border="horizontal",
            alt=_("The move of the dollar around the event, one row a source"),
        )
    _draw_publication_rules(moves, window)


def get_source_window(view: EventView) -> Window:
    """The window of the headline; of bars, which the daily sources do not have, [0,1]."""
    move = get_main_move(view)
    return DEFAULT_SOURCE_WINDOW if move is None or view.card.bar_minutes else move.window


def get_source_moves(event: Event, window: Window) -> tuple[SourceMove, ...]:
    """The event on every daily series of the dollar that is known now."""
    daily = [card.id for card in session.get_cards() if not card.bar_minutes]
    return compare_sources_of_event(
        [session.load_series(series_id) for series_id in daily], event, window
    )


def build_source_columns(
    moves: Sequence[SourceMove], quoting: QuotedSeries, *, dark: bool
) -> dict[str, list[str]]:
    """Source, days, rates, both percentages, log points, direction; every cell safe Markdown."""
    unit, other = _source_quote_units(moves, quoting)
    both = [_format_source_percents(move, quoting) for move in moves]
    return {
        _("Source"): [escape_markdown(moves_module.format_source_name(move)) for move in moves],
        _("Base → end"): [moves_module.format_move_dates(move) for move in moves],
        escape_markdown(unit): [_format_source_rates(move, quoting) for move in moves],
        _("Direction"): [_format_source_direction(move, quoting, dark=dark) for move in moves],
        f"{escape_markdown(unit)}, %": [one for one, _ in both],
        f"{escape_markdown(other)}, %": [one for _, one in both],
        _("Log pts"): [moves_module.format_source_size(move, quoting.mode) for move in moves],
    }


def build_source_lines(move: SourceMove, quoting: QuotedSeries, *, dark: bool) -> list[str]:
    """The same row in a few lines, for a narrow screen."""
    if move.log_points is None:
        return [_format_source_direction(move, quoting, dark=dark)]
    (unit, other), (one, another) = (
        _source_quote_units([move], quoting),
        _format_source_percents(move, quoting),
    )
    return [
        _format_source_direction(move, quoting, dark=dark),
        _(
            "**{unit} {one_text}**, {other} {another}, {source_size} log pts",
            unit=unit,
            one_text=one,
            other=other,
            another=another,
            source_size=moves_module.format_source_size(move, quoting.mode),
        ),
        f"{_format_source_rates(move, quoting)} ({moves_module.format_move_dates(move)})",
    ]


def has_source_moves(view: EventView) -> bool:
    """Whether there are other sources of the same rate to compare with."""
    return view.card.subject.code == NEWS_CURRENCY


def _draw_publication_rules(moves: Sequence[SourceMove], window: Window) -> None:
    titles = {move.card.id: move.card.label for move in moves}
    st.caption(translate_deferred(SOURCES_HELP, window=format_window(window)))
    for rule, ids in moves_module.group_publication_rules(moves).items():
        named = "; ".join(escape_markdown(titles[series_id]) for series_id in ids)
        st.caption(f"**{named}.** {escape_markdown(translate_deferred(rule), RULE_LIMIT)}")


def _format_source_direction(move: SourceMove, quoting: QuotedSeries, *, dark: bool) -> str:
    if move.log_points is None:
        return escape_markdown(moves_module.name_source_direction(move))
    word = name_direction(move.card, move.log_points)
    arrow = QuotedSeries(move.card, quoting.mode).arrow(move.log_points)
    colour = move_colour(move.card, move.log_points, dark=dark)
    partly = f" {translate_deferred(moves_module.PARTLY_INCLUDED)}" if move.partial else ""
    return f':color[**{arrow}{SOURCE_NO_BREAK_SPACE}{word}**]{{foreground="{colour}"}}{partly}'


def _format_source_rates(move: SourceMove, quoting: QuotedSeries) -> str:
    if move.base is None or move.end is None:
        return NO_VALUE
    shown = QuotedSeries(move.card, quoting.mode)
    return f"{shown.rate(move.base.rate)} → {shown.rate(move.end.rate)}"


def _format_source_percents(move: SourceMove, quoting: QuotedSeries) -> tuple[str, str]:
    quoted, inverse = moves_module.format_source_percents(move)
    return (inverse, quoted) if quoting.is_inverse else (quoted, inverse)


def _source_quote_units(moves: Sequence[SourceMove], quoting: QuotedSeries) -> tuple[str, str]:
    card = moves[0].card
    both = (card.unit_label, card.inverse_unit_label)
    return (both[1], both[0]) if quoting.is_inverse else both
