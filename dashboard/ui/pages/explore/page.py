"""The Explore page: the rate with its events, the chosen day, the largest moves, data tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
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
from dashboard.models.tables import LinkedChart
from dashboard.presentation.charts.explore import RATE_TRACE, build_explore_figure
from dashboard.presentation.charts.theme import build_chart_config
from dashboard.presentation.charts.timeline import (
    EVENTS_TRACE,
    SCHEDULED_TRACE,
    ExploreChart,
    convert_to_moscow,
)
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import format_clock, format_event_time, format_weekday
from dashboard.presentation.moves import (
    MOSCOW_TIME,
    format_percentile_cell,
    format_step,
    spans_break,
)
from dashboard.presentation.palette import (
    CATEGORY_STYLES,
    LIGHT_PALETTE,
    Palette,
    category_title,
    get_event_style,
    get_palette,
)
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.presentation.regimes import describe_regimes, describe_search, regimes_view
from dashboard.presentation.reports import build_table, describe_private_notes
from dashboard.presentation.tables import build_text_columns
from dashboard.services.exports import MAX_SHEET_ROWS, TABLES, table_file
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components import view_controls
from dashboard.ui.components.browser_scripts import mount_script
from dashboard.ui.components.elements import (
    draw_copy_link,
    draw_flash,
    draw_heading,
    draw_text_table,
)
from dashboard.ui.components.event_card import draw_event_line
from dashboard.ui.components.exports import (
    ChartPicture,
    Downloads,
    build_linked_chart,
    draw_download_menu,
    draw_table_buttons,
)
from dashboard.ui.components.view_controls import DayWindow
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.explore.card import draw_day_card
from dashboard.ui.pages.explore.controls import (
    AVERAGES,
    OVERLAY_MODES,
    REGIME_KINDS,
    TABLES_KEY,
    draw_category_choice,
    draw_no_events,
    draw_overlay_controls,
    draw_page_shortcuts,
    draw_search_field,
    draw_series_controls,
    draw_window_controls,
)
from dashboard.ui.pages.explore.state import (
    ExploreState,
    build_explore_chart,
    find_largest_moves,
    format_alt_text,
    format_subtitle,
    format_title,
    read_explore_state,
    read_zoom,
)
from dashboard.ui.url_state import (
    UrlState,
    choice_param,
    choices_param,
    day_param,
    name_param,
    names_param,
    text_param,
)

TABLE_HEIGHT: Final = 320
MAX_TABLE_ROWS: Final = 5_000
"""Rows of the table in the browser; the file has all."""
MOVES_ROW_PIXELS: Final = 36
MOVES_TITLE_LIMIT: Final = 90
CHART_KEY: Final = "chart"
GESTURES: Final = {"doubleClick": False}
"""The script of the chart has the double click: the window is that of the server."""
SCRIPT_KEY: Final = "chart_events"
MOVES_KEY: Final = "moves.fold"
LISTED_ON_PHONE: Final = 12
REGIME_TEXT_LIMIT: Final = 600
MAX_LINKED_ROWS: Final = 250
"""Rows of the table below the chart on the page of another site."""
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
    names_param("over", (), ("eur_usd_ecb", "brent_eia"), "none"),
    choice_param("as", tuple(OVERLAY_MODES), "axis"),
    choice_param("ma", AVERAGES, "0"),
    choice_param("band", ("hidden", "shown"), "hidden"),
    choice_param("regimes", ("none", *REGIME_KINDS), "none"),
    # Links of before: the mouse drags and picks without a choice of mode now.
    choice_param("drag", ("day", "window"), "day"),
    choice_param("view", ("auto", "full", "compact"), "auto"),
)


def draw(view: UrlState) -> None:
    """Draw the page for a desktop or a phone."""
    state = read_explore_state(view)
    if state.phone:
        _draw_phone(view, state)
    else:
        _draw_desktop(view, state)


def _draw_desktop(view: UrlState, state: ExploreState) -> None:
    with st.container(gap="xsmall", key="explore.controls"):
        first, second, third = (
            st.container(horizontal=True, vertical_alignment="center", gap="small")
            for _row in range(3)
        )
    nothing = st.container()
    chart, card = st.columns([3.4, 1], gap="small")
    with chart:
        _draw_chart(view, state)  # sent before the controls above it: the browser begins with it
    with first:
        with st.container(width="stretch"):
            draw_heading(escape_markdown(format_title(state)))
        draw_series_controls(view, state)
    with second:
        st.markdown(f":gray[{escape_markdown(_format_window_line(state))}]", width="stretch")
        draw_window_controls(view, state)
        draw_download_menu(_list_downloads(view, state), "explore.download")
    with third:
        with st.container(width="stretch"):
            draw_category_choice(view, state)
        draw_search_field(view)
    if not state.events:
        with nothing:
            draw_no_events(view, state)
    with card, st.container(key="explore.card", border=True, gap="xsmall"):
        draw_flash()
        draw_day_card(view, state)
    _draw_folds(view, state)


def _draw_phone(view: UrlState, state: ExploreState) -> None:
    draw_heading(escape_markdown(format_title(state)), escape_markdown(_format_window_line(state)))
    with st.container(horizontal=True, wrap=False, key="explore.window"):
        view_controls.draw_window_presets(view, state.shown, state.bounds)
    chosen = len(view["cat"]) + bool(view["q"]) + (view["notes"] == "hidden")
    filters = _("Filters ({count})", count=chosen)
    with st.popover(filters, icon=":material/tune:", width="stretch"):
        view_controls.draw_series_choice(view, session.get_price_cards())
        view_controls.draw_quote_switch(view, state.series.card)
        view_controls.draw_day_fields(view, state.shown, state.bounds)
        draw_category_choice(view, state)
        draw_search_field(view, phone=True)
        draw_overlay_controls(view, state)
    if not state.events:
        draw_no_events(view, state)
    _draw_chart(view, state)
    draw_flash()
    with st.container(
        key="explore.sheet" if state.chosen else "explore.card", border=True, gap="xsmall"
    ):
        draw_day_card(view, state)
    st.markdown(_("**Events in view, newest first**"))
    for event in state.events[::-1][:LISTED_ON_PHONE]:
        draw_event_line(event, up=state.quoting.mode.value, series=state.series.card.id)
    _draw_folds(view, state)


def _format_window_line(state: ExploreState) -> str:
    """From what to what, of which series; and what is cut of the window in the link."""
    return " · ".join(filter(None, (format_subtitle(state), state.shown.notice)))


def _draw_chart(view: UrlState, state: ExploreState) -> None:
    figure = build_explore_figure(build_explore_chart(view, state), get_palette(dark=state.dark))
    with st.container(key="explore.chart"):
        st.plotly_chart(
            figure,
            theme=None,
            key=CHART_KEY,
            alt=format_alt_text(state),
            height="content" if state.phone else "stretch",
            config=build_chart_config(figure, interactive=not state.phone) | GESTURES,
        )
    mount_script(
        "chart",
        SCRIPT_KEY,
        {
            "chart": f"st-key-{CHART_KEY}",
            "traces": [RATE_TRACE, EVENTS_TRACE, SCHEDULED_TRACE],
        },
        on_zoom_change=lambda: _apply_zoom(view, state),
        on_pick_change=lambda: view.set(sel=_get_picked_day()),
        on_reset_change=lambda: view.set(**{"from": None, "to": None}),
    )


def _apply_zoom(view: UrlState, state: ExploreState) -> None:
    """Show the window that was zoomed or panned to."""
    since, until = read_zoom(st.session_state[SCRIPT_KEY]["zoom"], state.bounds)
    view.set(**{"from": since, "to": until})


def _get_picked_day() -> date:
    return date.fromisoformat(str(st.session_state[SCRIPT_KEY]["pick"])[:10])


def _draw_folds(view: UrlState, state: ExploreState) -> None:
    step = format_step(state.series.card.bar_minutes)
    moves = find_largest_moves(state)
    title = _("Largest {step} moves in view ({count})", step=step, count=len(moves))
    fold = st.expander(title, icon=":material/swap_vert:", key=MOVES_KEY, on_change="rerun")
    if fold.open:
        with fold:
            _draw_moves_table(moves, state.quoting, state.chosen, lambda day: view.set(sel=day))
    tables = st.expander(
        _("Table and CSV"), icon=":material/table:", key=TABLES_KEY, on_change="rerun"
    )
    if tables.open:
        with tables:
            _draw_data_tables(state.series, state.quoting, state.events, state.shown)
    if state.regimes is not None or state.regimes_refused:
        _draw_regimes(state)
    draw_copy_link("explore", view)
    draw_page_shortcuts(view, state)
    card = state.series.card
    st.caption(escape_markdown(_("Source: {publisher}", publisher=card.publisher_label)))


def _draw_regimes(state: ExploreState) -> None:
    """Draw what the regimes are and rest on, with their table and its files."""
    answer = state.regimes
    if answer is None:
        st.caption(escape_markdown(state.regimes_refused))
        return
    title = _("Table of the regimes ({count})", count=len(answer.regimes))
    with st.expander(title, icon=":material/table:", key="explore.regimes", expanded=True):
        st.markdown(f"**{escape_markdown(describe_regimes(answer), REGIME_TEXT_LIMIT)}**")
        columns = build_text_columns(TABLES["regimes"], [answer], regimes_view(answer))
        draw_text_table(
            {
                escape_markdown(name): [
                    escape_markdown(str(cell), REGIME_TEXT_LIMIT) for cell in cells
                ]
                for name, cells in columns.items()
            },
            _("The regimes of the series"),
        )
        for sentence in describe_search(answer):
            st.caption(escape_markdown(sentence, REGIME_TEXT_LIMIT))
        with st.container(horizontal=True):
            draw_table_buttons(
                plural("{n} regime", "{n} regimes", len(answer.regimes)),
                (answer.card.id, "regimes", answer.request.kind),
                lambda flavour: table_file("regimes", [answer], flavour),
                "explore.regimes.file",
            )


def _list_downloads(view: UrlState, state: ExploreState) -> Downloads:
    """The chart as a picture, and its rates and events as tables."""
    chart = replace(build_explore_chart(view, state), phone=False, has_overview=False)
    inside = state.series.between(state.shown.since, state.shown.until)
    return Downloads(
        (state.series.card.id, state.shown.since, state.shown.until),
        "explore",
        view,
        _build_picture(state, chart, LIGHT_PALETTE),
        {
            "rates": (
                plural("Rates in view, {n:,} row", "Rates in view, {n:,} rows", len(inside)),
                lambda flavour: table_file("rates", [inside], flavour),
            ),
            "events": (
                plural(
                    "Events in view, {n:,} row", "Events in view, {n:,} rows", len(state.events)
                ),
                lambda flavour: table_file("event_list", state.events, flavour),
            ),
        },
        warning=describe_private_notes(state.events),
    )


def _build_picture(state: ExploreState, chart: ExploreChart, palette: Palette) -> ChartPicture:
    return ChartPicture(
        lambda: build_explore_figure(chart, palette),
        format_title(state),
        format_subtitle(state),
        format_alt_text(state),
        (state.series, *(overlay.series for overlay in state.overlays)),
    )


def build_chart(view: UrlState) -> LinkedChart:
    """The chart of a link for programs and other sites, with its newest rates as a table."""
    state = read_explore_state(view)
    chart = replace(build_explore_chart(view, state), has_overview=False)
    inside = state.series.between(state.shown.since, state.shown.until)
    newest = inside.part(slice(-MAX_LINKED_ROWS, None))
    frame = _build_rates_frame(newest, state.quoting, state.shown)
    return build_linked_chart(
        "explore",
        view,
        _build_picture(state, chart, get_palette(dark=state.dark)),
        ("rates", (inside,)),
        [build_table(_("The rates in view"), {str(name): list(frame[name]) for name in frame})],
    )


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
        "rank": text(_("Bigger than"), width=78, help=share),
        "events": text(_("Events it can contain"), width="large"),
    }


PAGE = Page(
    "explore", deferred("Explore"), ":material/show_chart:", "", draw, PARAMS, chart=build_chart
)
