"""The Explore page: the rate with its events, the chosen day, the largest moves, data tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.models.event import Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayMove
from dashboard.models.series import Bools, RateSeries
from dashboard.presentation.charts.explore import build_explore_figure
from dashboard.presentation.charts.theme import get_picked_day, get_picked_window
from dashboard.presentation.charts.timeline import convert_to_moscow
from dashboard.presentation.claims import describe_last_reached
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import (
    format_clock,
    format_day,
    format_event_time,
    format_short_day,
    format_weekday,
)
from dashboard.presentation.moves import (
    MOSCOW_TIME,
    describe_both_ranks,
    format_percentile_cell,
    format_step,
    spans_break,
)
from dashboard.presentation.palette import (
    CATEGORY_STYLES,
    category_title,
    format_coloured,
    get_event_style,
    get_palette,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.claims import check_facts
from dashboard.services.exports import MAX_SHEET_ROWS, table_file
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components import view_controls
from dashboard.ui.components.elements import (
    Shortcut,
    button_type,
    draw_after_chart,
    draw_copy_link,
    draw_figure,
    draw_flash,
    draw_selectable_figure,
    draw_shortcuts,
    request_deferred_run,
    toggle_expander,
)
from dashboard.ui.components.event_card import draw_event_line
from dashboard.ui.components.exports import draw_table_buttons
from dashboard.ui.components.note_form import open_new_note
from dashboard.ui.components.view_controls import PRESETS, DayWindow, widen_window
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.explore.state import (
    ExploreState,
    build_explore_chart,
    find_day_move,
    find_largest_moves,
    format_alt_text,
    format_title,
    read_explore_state,
)
from dashboard.ui.url_state import (
    UrlState,
    choice_param,
    choices_param,
    day_param,
    name_param,
    text_param,
)

TABLE_HEIGHT: Final = 320
MAX_TABLE_ROWS: Final = 5_000
"""Rows of the table in the browser; the file has all."""
MAX_LISTED_EVENTS: Final = 6
BASE_LABELS: Final = {
    "week": deferred("1 week"),
    "month": deferred("1 month"),
    "quarter": deferred("3 months"),
    "year": deferred("1 year"),
    "year_end": deferred("this year"),
}
MOVES_ROW_PIXELS: Final = 36
MOVES_TITLE_LIMIT: Final = 52
CHART_KEY: Final = "chart"
MAX_LISTED_MOVES: Final = 12
PARAMS: Final = (
    day_param("from", "2022-01-01"),
    day_param("to", "2022-06-30"),
    choices_param("cat", tuple(style.id for style in CATEGORY_STYLES)),
    text_param("q"),
    choice_param(
        "up", tuple(quote.value for quote in QuoteMode), QuoteMode.WEAKER.value, shared=True
    ),
    choice_param("scale", ("linear", "log"), "linear"),
    choice_param("notes", ("shown", "hidden"), "shown"),
    day_param("sel", "2025-04-21"),
    name_param("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
    choice_param("drag", ("day", "window"), "day"),
    choice_param("view", ("auto", "full", "compact"), "auto"),
)


def draw(view: UrlState) -> None:
    """Draw the page for a desktop or a phone."""
    state = read_explore_state(view)
    if state.shown.notice:
        st.caption(f":material/info: {state.shown.notice}")
    if state.phone:
        _draw_phone(view, state)
    else:
        _draw_desktop(view, state)


def _draw_desktop(view: UrlState, state: ExploreState) -> None:
    first, second = (st.container(horizontal=True, vertical_alignment="bottom") for _ in range(2))
    third = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    nothing = st.container()
    _draw_chart(view, state)  # sent before the controls above it: the browser begins with it
    with first:
        view_controls.draw_series_choice(view, session.get_price_cards())
        view_controls.draw_quote_switch(view, state.series.card)
        view_controls.draw_day_fields(view, state.shown, state.bounds)
        view_controls.draw_window_presets(view, state.shown, state.bounds)
    with second:
        view_controls.draw_category_choice(view)
        view_controls.draw_search_field(view)
    with third:
        view_controls.draw_pick_mode(view)
        view_controls.draw_display_switches(view)
    if not state.events:
        with nothing:
            view_controls.draw_no_events(view, state.shown, state.bounds)
    _draw_below_chart(view, state)
    request_deferred_run()


def _draw_below_chart(view: UrlState, state: ExploreState) -> None:
    left, right = st.columns([5, 7], gap="medium")
    with left:
        draw_flash()
        with st.container(border=True):
            _draw_day_card(view, state)
    with right:
        _draw_moves(view, state)
        draw_copy_link("", view)
        _draw_page_shortcuts(view, state)
    tables = st.expander(
        _("The table behind the chart"), icon=":material/table:", key="behind", on_change="rerun"
    )
    if tables.open:
        with tables:
            _draw_data_tables(state.series, state.quoting, state.events, state.shown)


def _draw_phone(view: UrlState, state: ExploreState) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        view_controls.draw_window_presets(view, state.shown, state.bounds)
    st.markdown(f"**{escape_markdown(format_title(state))}**")
    figure = build_explore_figure(
        build_explore_chart(state, log_scale=view["scale"] == "log", brush=False),
        get_palette(dark=state.dark),
    )
    draw_figure(figure, CHART_KEY, format_alt_text(state), _build_file_name(state), phone=True)
    draw_flash()
    with st.popover(_("Filters"), icon=":material/tune:", width="stretch"):
        view_controls.draw_series_choice(view, session.get_price_cards())
        view_controls.draw_quote_switch(view, state.series.card)
        view_controls.draw_day_fields(view, state.shown, state.bounds)
        view_controls.draw_display_switches(view)
        view_controls.draw_category_choice(view)
        view_controls.draw_search_field(view)
    if not state.events:
        view_controls.draw_no_events(view, state.shown, state.bounds)
    with st.container(border=True):
        _draw_day_card(view, state)
    st.markdown(_("**Events in view, newest first**"))
    for event in state.events[::-1][:MAX_LISTED_MOVES]:
        draw_event_line(event, up=state.quoting.mode.value, series=state.series.card.id)
    _draw_moves(view, state)
    draw_copy_link("", view)
    request_deferred_run()


def _draw_chart(view: UrlState, page: ExploreState) -> None:
    brush = view["drag"] == "window"
    figure = build_explore_figure(
        build_explore_chart(page, log_scale=view["scale"] == "log", brush=brush),
        get_palette(dark=page.dark),
    )

    def selected(state: Any) -> None:
        window = get_picked_window(state) if brush else None
        day = get_picked_day(state)
        if window is not None:
            since, until = widen_window(*window)
            view.set(**{"from": since, "to": until})
        elif day is not None and not brush:
            view.set(sel=day)

    draw_selectable_figure(
        figure, CHART_KEY, format_alt_text(page), _build_file_name(page), selected
    )


def _draw_moves(view: UrlState, state: ExploreState) -> None:
    st.markdown(
        _("**Largest {step} moves in view**", step=format_step(state.series.card.bar_minutes))
    )
    moves = find_largest_moves(state)

    def draw_table() -> None:
        _draw_moves_table(moves, state.quoting, state.chosen, choose=lambda day: view.set(sel=day))

    draw_after_chart(draw_table, _compute_table_height(len(moves)))


def _draw_page_shortcuts(view: UrlState, state: ExploreState) -> None:
    def preset(name: str) -> Shortcut:
        since, until = state.bounds.preset(name)
        number = str(list(PRESETS).index(name) + 1)
        return Shortcut(number, name, lambda: view.set(**{"from": since, "to": until}))

    draw_shortcuts(
        [
            *(preset(name) for name in PRESETS),
            Shortcut("A", _("Add a note on the chosen day")),
            Shortcut("N", _("My notes on or off"), lambda: view_controls.flip_notes(view)),
            Shortcut("I", _("Turn what up means"), lambda: view_controls.flip_quote(view)),
            Shortcut(
                "E", _("The table behind the chart, and its CSV"), lambda: toggle_expander("behind")
            ),
        ]
    )


def _build_file_name(state: ExploreState) -> str:
    return f"{state.series.card.id}_{state.shown.since}_{state.shown.until}"


# ------------------------------------------------------------------ data tables


def _draw_data_tables(
    series: RateSeries, quoting: QuotedSeries, events: tuple[Event, ...], shown: DayWindow
) -> None:
    """Draw two tabs, each with its table and its CSV."""
    rates, listed = st.tabs([_("Rates"), _("Events ({events})", events=len(events))])
    with rates:
        inside = series.between(shown.since, shown.until)
        total = len(inside)
        with st.container(horizontal=True):
            draw_table_buttons(
                plural("this view, {n:,} row", "this view, {n:,} rows", total),
                (series.card.id, "rates", shown.since, shown.until),
                lambda flavour: table_file("rates", [inside], flavour),
                "behind.rates",
                has_workbook=total <= MAX_SHEET_ROWS,
            )
        if total > MAX_TABLE_ROWS:
            st.caption(
                _(
                    "The newest {max_table_rows:,} of {total:,} rows; the CSV has all of them",
                    max_table_rows=MAX_TABLE_ROWS,
                    total=total,
                )
            )
        newest = inside.part(slice(-MAX_TABLE_ROWS, None))
        frame = _build_rates_frame(newest, quoting, shown)
        st.dataframe(frame, hide_index=True, height=TABLE_HEIGHT, alt=_("The rates in view"))
    with listed:
        with st.container(horizontal=True):
            draw_table_buttons(
                plural("this view, {n:,} row", "this view, {n:,} rows", len(events)),
                ("events", shown.since, shown.until),
                lambda flavour: table_file("event_list", events, flavour),
                "behind.events",
            )
        st.dataframe(
            _build_events_frame(events),
            hide_index=True,
            height=TABLE_HEIGHT,
            alt=_("The events in view"),
        )


def _build_rates_frame(series: RateSeries, quoting: QuotedSeries, shown: DayWindow) -> pd.DataFrame:
    """The observations of a window, in the quote of the page, newest first."""
    days = pd.DatetimeIndex(series.day.astype("datetime64[s]"))
    inside = (days >= pd.Timestamp(shown.since)) & (days <= pd.Timestamp(shown.until))
    frame = pd.DataFrame(
        {
            _("Market day"): days[inside].strftime("%Y-%m-%d"),
            **_build_date_column(series, inside),
            quoting.unit: [quoting.rate(rate) for rate in series.rate[inside].tolist()],
        }
    )
    return frame.iloc[::-1]


def _build_date_column(series: RateSeries, inside: Bools) -> dict[str, list[str]]:
    """The printed date, or the end of each bar by the clock of Moscow."""
    if not series.card.bar_minutes:
        return {_("Printed date"): series.record[inside].astype(str).tolist()}
    ends = np.datetime_as_string(convert_to_moscow(series.known_at[inside]), unit="m")
    return {
        _("To ({moscow_time})", moscow_time=translate_deferred(MOSCOW_TIME)): [
            text[11:] for text in ends.tolist()
        ]
    }


def _build_events_frame(events: tuple[Event, ...]) -> pd.DataFrame:
    """The events of a window as plain text, newest first."""
    newest = events[::-1]
    return pd.DataFrame(
        {
            _("Day"): [event.day.isoformat() for event in newest],
            _("When"): [format_event_time(event) for event in newest],
            _("Category"): [category_title(event.category) for event in newest],
            _("Title"): [plain_text(event.title) for event in newest],
            _("Source"): [plain_text(event.source_name or event.author) for event in newest],
        }
    )


# ------------------------------------------------------------------ the day


def _find_rate_day(series: RateSeries, day: date) -> date:
    """The first market day with a rate on or after a day; the last one where there is none."""
    observed = series.day[np.isfinite(series.rate)]
    at = int(np.searchsorted(observed, np.datetime64(day, "D")))
    return date.fromisoformat(str(observed[min(at, len(observed) - 1)]))


def _find_neighbour_days(series: RateSeries, day: date) -> tuple[date | None, date | None]:
    """The market days with a rate before and after a day."""
    observed = series.day[np.isfinite(series.rate)]
    here = np.datetime64(day, "D")
    before = int(np.searchsorted(observed, here)) - 1
    after = int(np.searchsorted(observed, here, side="right"))
    return (
        date.fromisoformat(str(observed[before])) if before >= 0 else None,
        date.fromisoformat(str(observed[after])) if after < len(observed) else None,
    )


def _draw_day_card(view: UrlState, state: ExploreState) -> None:
    """Draw the rate and the events of the day, links to its neighbours, and the note button."""
    _draw_card_head(view, state)
    day_of_rate = _find_rate_day(state.series, state.day)
    move = find_day_move(state, day_of_rate)
    if move is not None:
        _draw_rate(state, move)
    _draw_facts(state, day_of_rate)
    _draw_events(state, move)
    if st.button(_("Add note here"), icon=":material/add:", type=button_type(), shortcut="A"):
        open_new_note(state.day, state.series.card.id)


def _draw_card_head(view: UrlState, state: ExploreState) -> None:
    before, after = _find_neighbour_days(state.series, state.day)
    with st.container(horizontal=True, vertical_alignment="center"):
        title, latest = format_weekday(state.day), _("the latest rate")
        if not state.chosen:
            title = f"{title} :small[:gray[{latest}]]"
        st.markdown(f"#### {title}", width="stretch")
        for name, icon, target, help_text in (
            ("earlier", ":material/chevron_left:", before, _("The rate earlier")),
            ("later", ":material/chevron_right:", after, _("The rate later")),
        ):
            st.button(
                "",
                icon=icon,
                key=f"day_card.{name}",
                help=f"{help_text}: {format_day(target)}" if target else help_text,
                disabled=target is None,
                on_click=view.set,
                kwargs={"sel": target},
                type="tertiary",
            )


def _draw_rate(state: ExploreState, move: DayMove) -> None:
    if move.day != state.day:
        later = move.day > state.day
        day = format_weekday(move.day)
        st.caption(
            _("No rate on this day. The first rate after it: {day}.", day=day)
            if later
            else _("No rate on this day. The last rate before it: {day}.", day=day)
        )
    quoting, minutes = state.quoting, state.series.card.bar_minutes
    colour = quoting.colour(move.log_points, dark=state.dark)
    st.markdown(f"### {quoting.rate(move.rate)} :small[{quoting.unit}]")
    st.markdown(
        _(
            "**{move}** {step}, from {rate} on {day}",
            move=format_coloured(quoting.move(move.log_points, 2), colour),
            step=_describe_step(move, minutes),
            rate=quoting.rate(move.base_rate),
            day=_format_base_day(move),
        )
    )
    rank_text = describe_both_ranks((move.rank, move.rank_both), state.series.card)
    other = _("In the other quote: {change}.", change=quoting.other_percent(move.log_points, 2))
    st.caption(f"{rank_text or _('Too few moves before it to learn its volatility from.')} {other}")


def _describe_step(move: DayMove, bar_minutes: int) -> str:
    """`in a day`, `in the last bar of the day, to 19:00 MSK`, `over a break, to 11:00 MSK`."""
    if move.known_at is None:
        return _("in a day")
    clock = format_clock(move.known_at)
    if spans_break(move, bar_minutes):
        return _("over a break, to {clock} MSK", clock=clock)
    return _("in the last bar of the day, to {clock} MSK", clock=clock)


def _format_base_day(move: DayMove) -> str:
    """The day of the base; of a bar its end too."""
    day = format_short_day(move.base_day, move.day)
    if move.base_known_at is None:
        return day
    return _("{day} at {clock}", day=day, clock=format_clock(move.base_known_at))


def _draw_facts(state: ExploreState, day_of_rate: date) -> None:
    facts = check_facts([state.series], day_of_rate)[0]
    changes = [change for change in facts.changes if change.base in BASE_LABELS]
    with st.container(horizontal=True, gap="medium"):
        for change in changes:
            quoting, move = state.quoting, change.log_points
            colour = quoting.colour(move, dark=state.dark)
            amount = f"{quoting.arrow(move)} {quoting.percent(move)}"
            st.markdown(
                f":small[{translate_deferred(BASE_LABELS[change.base])}]  \n"
                f"**{format_coloured(amount, colour)}**  \n:small[{quoting.direction(move)}]",
                width="content",
            )
    since = describe_last_reached(state.quoting, facts)
    if since:
        st.caption(since)


def _draw_events(state: ExploreState, move: DayMove | None) -> None:
    on_day = [e for e in state.events if e.day <= state.day <= (e.end_day or e.day)]
    ids = {event.id for event in on_day}
    contained = [] if move is None else [e for e in move.events if e.id not in ids]
    if not on_day and not contained:
        st.caption(_("No event on this day among those shown."))
    for heading, events in (
        (
            plural("**{n:,} event on this day**", "**{n:,} events on this day**", len(on_day)),
            on_day,
        ),
        (_("**Also first contained in this rate**"), contained),
    ):
        if events:
            st.markdown(heading)
            for event in events[:MAX_LISTED_EVENTS]:
                draw_event_line(event, up=state.quoting.mode, series=state.series.card.id)
            if len(events) > MAX_LISTED_EVENTS:
                st.caption(
                    escape_markdown(_("and {events} more", events=len(events) - MAX_LISTED_EVENTS))
                )


# ------------------------------------------------------------------ largest moves


def _draw_moves_table(
    moves: Sequence[DayMove],
    quoting: QuotedSeries,
    chosen: date | None,
    choose: Callable[[date], None],
) -> None:
    """Draw the table; choosing a row calls `choose` with its day."""
    step = format_step(quoting.card.bar_minutes)
    days = [move.day for move in moves]
    at = days.index(chosen) if chosen in days else None
    key = f"moves:{quoting.card.id}:{'/'.join(map(str, days))}:{at}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            choose(days[rows[0]])

    st.dataframe(
        _build_moves_frame(moves, quoting),
        key=key,
        hide_index=True,
        on_select=picked,
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if at is None else [at]}},
        row_height=MOVES_ROW_PIXELS,
        column_config=_build_column_config(quoting.card.bar_minutes),
        alt=_("The largest {step} moves in view, with the events each can contain", step=step),
    )


def _compute_table_height(rows: int) -> int:
    """The height of the table in pixels, with its header and border."""
    return MOVES_ROW_PIXELS * (rows + 1) + 2


def _build_moves_frame(moves: Sequence[DayMove], quoting: QuotedSeries) -> pd.DataFrame:
    """One row a move, user text as plain text."""
    return pd.DataFrame(
        {
            "day": [_format_move_time(move) for move in moves],
            "move": [_format_move(move, quoting) for move in moves],
            "rank": [format_percentile_cell(move.rank) for move in moves],
            "events": [_format_events(move) for move in moves],
        }
    )


def _format_events(move: DayMove) -> str:
    if not move.events:
        return _("none listed")
    first = move.events[0]
    title = plain_text(f"{get_event_style(first).glyph} {first.title}", MOVES_TITLE_LIMIT)
    others = len(move.events) - 1
    return _("{title}  +{count} more", title=title, count=others) if others else title


def _format_move_time(move: DayMove) -> str:
    """The day; of a bar its end by the clock of Moscow too."""
    ends = "" if move.known_at is None else f", {format_clock(move.known_at)}"
    return f"{format_weekday(move.day)}{ends}"


def _format_move(move: DayMove, quoting: QuotedSeries) -> str:
    text = quoting.move(move.log_points)
    if not spans_break(move, quoting.card.bar_minutes):
        return text
    return _("{move} over a break", move=text)


def _build_column_config(bar_minutes: int) -> dict[str, Any]:
    text, step = st.column_config.TextColumn, _("{step} move", step=format_step(bar_minutes))
    share = _(
        "Share of the {step}s within 250 observations that were smaller, each in units of the"
        " volatility before it",
        step=step,
    )
    if bar_minutes:
        first, second = text(_("To, Moscow time"), width=150), text(step.capitalize(), width=205)
    else:
        first, second = text(_("Day"), width=112), text(_("1-day move"), width=122)
    return {
        "day": first,
        "move": second,
        "rank": text(_("Larger than"), width=78, help=share),
        "events": text(_("Events it can contain"), width="large"),
    }


PAGE = Page("explore", deferred("Explore"), ":material/show_chart:", "", draw, PARAMS)
