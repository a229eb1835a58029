"""Controls of the Explore page: series and overlays, window, categories, search, shortcuts."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.charts.overlays import MAX_OVERLAYS
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.formatting import format_number, format_short_day
from dashboard.presentation.palette import CATEGORY_STYLES, format_coloured
from dashboard.presentation.regimes import KIND_TITLES
from dashboard.ui import session
from dashboard.ui.components import view_controls
from dashboard.ui.components.elements import Shortcut, draw_shortcuts, toggle_expander
from dashboard.ui.components.view_controls import PRESETS, apply_preset
from dashboard.ui.pages.explore.state import (
    ExploreState,
    count_matches_of_all_years,
    list_overlay_cards,
    step_event,
)
from dashboard.ui.url_state import UrlState

OVERLAY_MODES: Final = {
    "axis": deferred("Own axis"),
    "index": deferred("Rebased to 100"),
    "pane": deferred("Own pane"),
}
REGIME_KINDS: Final = ("volatility", "mean")
"""The breaks that the page can show; a relation needs a factor, which the command takes."""
AVERAGES: Final = ("0", "20", "50", "100", "200")
TABLES_KEY: Final = "behind"


def draw_series_controls(view: UrlState, state: ExploreState) -> None:
    """Draw the series, what is drawn over it, and its quote."""
    cards = session.get_price_cards()
    view_controls.draw_series_choice(view, cards, label="collapsed", width=205)
    drawn = len(state.overlays) + (view["ma"] != "0") + (view["regimes"] != "none")
    label = _("Overlay ({count})", count=drawn) if drawn else _("Overlay")
    with st.popover(label, icon=":material/add:", help=_("Other series, average, scale, notes")):
        draw_overlay_controls(view, state)
    view_controls.draw_quote_switch(view, state.series.card, label="collapsed", width=160)


def draw_overlay_controls(view: UrlState, state: ExploreState) -> None:
    """Draw the choice of other series and of an average, and the switches of the chart."""
    titles = {card.id: card.label for card in list_overlay_cards(state.series.card)}
    st.multiselect(
        _("Other series"),
        list(titles),
        format_func=titles.__getitem__,
        max_selections=MAX_OVERLAYS,
        placeholder=_("up to {count}", count=MAX_OVERLAYS),
        **view.widget("over"),
    )
    if state.overlays:
        st.segmented_control(
            _("Drawn with"),
            list(OVERLAY_MODES),
            format_func=lambda mode: translate_deferred(OVERLAY_MODES[mode]),
            required=True,
            **view.widget("as"),
        )
    st.segmented_control(
        _("Moving average, observations"),
        list(AVERAGES),
        format_func=lambda length: _("none") if length == "0" else length,
        required=True,
        help=_("The mean of the last observations, today's included."),
        **view.widget("ma"),
    )
    if view["ma"] != "0":
        st.toggle(
            _("Band of 2 standard deviations"),
            help=_("Bollinger's band: the average ± 2 standard deviations of the same numbers."),
            **view.switch("band", on="shown", off="hidden"),
        )
    st.segmented_control(
        _("Regimes"),
        ["none", *REGIME_KINDS],
        format_func=lambda kind: (
            _("none") if kind == "none" else translate_deferred(KIND_TITLES[kind])
        ),
        required=True,
        help=_("Periods between breaks that a test finds in the whole series."),
        **view.widget("regimes"),
    )
    st.toggle(_("Log scale"), **view.switch("scale", on="log", off="linear"))
    st.toggle(_("Your notes"), **view.switch("notes", on="shown", off="hidden"))


def draw_window_controls(view: UrlState, state: ExploreState) -> None:
    """Draw the windows by name and a person's own dates."""
    view_controls.draw_window_presets(view, state.shown, state.bounds)
    dates = f"{format_short_day(state.shown.since)} – {format_short_day(state.shown.until)}"
    with st.popover(dates, icon=":material/calendar_month:"):
        view_controls.draw_day_fields(view, state.shown, state.bounds)


def draw_category_choice(view: UrlState, state: ExploreState) -> None:
    """Draw the categories with the marks and colours of their rows; none chosen means all."""
    labels = {
        style.id: f"{format_coloured(style.glyph, style.colour)} {style.short}"
        f" :gray[{format_number(state.counts[style.id], 0)}]"
        for style in CATEGORY_STYLES
        if state.counts[style.id] or style.id in view["cat"]
    }
    st.pills(
        _("Categories (none chosen: all)"),
        list(labels),
        selection_mode="multi",
        format_func=labels.__getitem__,
        wrap=state.phone,
        label_visibility="visible" if state.phone else "collapsed",
        **view.widget("cat"),
    )


def draw_search_field(view: UrlState, *, phone: bool = False) -> None:
    """Draw the search in titles and texts."""
    st.text_input(
        _("Search events"),
        placeholder=_("Search events"),
        icon=":material/search:",
        width="stretch" if phone else 180,
        label_visibility="visible" if phone else "collapsed",
        **view.typed("q"),
    )


def draw_no_events(view: UrlState, state: ExploreState) -> None:
    """Say that no event matches in view, with what would find some."""
    since, until = (format_short_day(day) for day in (state.shown.since, state.shown.until))
    elsewhere = count_matches_of_all_years(view, state.known)
    with st.container(horizontal=True, vertical_alignment="center"):
        text = _("No event matches in {since} – {until}.", since=since, until=until)
        if not elsewhere:
            text += " " + _("None matches in any other year either.")
        st.markdown(f":material/filter_alt_off: {escape_markdown(text)}")
        if elsewhere:
            st.button(
                plural("Show {n:,} in all years", "Show {n:,} in all years", elsewhere),
                key="empty.all",
                on_click=apply_preset,
                args=(view, state.bounds, "All"),
            )
        for key, label, usual in (
            ("q", _("Clear the search"), ""),
            ("cat", _("All categories"), ()),
            ("notes", _("Show your notes"), "shown"),
        ):
            if view[key] != usual:
                st.button(label, key=f"empty.{key}", on_click=view.set, kwargs={key: usual})


def draw_page_shortcuts(view: UrlState, state: ExploreState) -> None:
    """Draw the keys of the page; the day card has those of the days."""

    def preset(number: int, name: str) -> Shortcut:
        return Shortcut(str(number), name, lambda: apply_preset(view, state.bounds, name))

    def step(*, forward: bool) -> None:
        event = step_event(state, forward=forward)
        if event is not None:
            view.set(sel=event.day)

    draw_shortcuts(
        [
            *(preset(number, name) for number, name in enumerate(PRESETS, 1)),
            Shortcut("A", _("Add a note on the chosen day")),
            Shortcut("Left", _("The rate before")),
            Shortcut("Right", _("The rate after")),
            Shortcut("Shift+Left", _("The event before"), lambda: step(forward=False)),
            Shortcut("Shift+Right", _("The event after"), lambda: step(forward=True)),
            Shortcut("N", _("Toggle notes"), lambda: view_controls.flip_notes(view)),
            Shortcut("I", _("Next quote"), lambda: view_controls.flip_quote(view)),
            Shortcut("E", _("Table and CSV"), lambda: toggle_expander(TABLES_KEY)),
        ]
    )
