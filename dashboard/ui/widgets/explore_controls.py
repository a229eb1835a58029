"""The controls of Explore: which series, which days, which events, which way up."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard.domain.series import SeriesCard
from dashboard.ui.address import View
from dashboard.ui.palette import CATEGORY_LANES
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.window import PRESETS, Limits, Shown, preset_of
from dashboard.ui.wording import short_day

FLIP: Final = {Quote.WEAKER: Quote.INVERTED, Quote.INVERTED: Quote.USD, Quote.USD: Quote.WEAKER}
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


def draw_presets(view: View, shown: Shown, bounds: Limits) -> None:
    """Draw the five windows."""
    active = preset_of(shown, bounds)
    for name in PRESETS:
        st.button(
            f"**{name}**" if name == active else name,
            key=f"preset.{name}",
            type=emphasis(strong=name == active),
            on_click=_preset,
            args=(view, bounds, name),
        )


def _preset(view: View, bounds: Limits, name: str) -> None:
    since, until = bounds.preset(name)
    view.set(**{"from": since, "to": until})


def draw_days(view: View, shown: Shown, bounds: Limits) -> None:
    """Draw the two date fields."""
    common: dict[str, Any] = {
        "min_value": bounds.first,
        "max_value": bounds.furthest,
        "format": "YYYY-MM-DD",
        "width": 128,
    }
    st.date_input("From", **view.widget("from", shown.since), **common)
    st.date_input("To", **view.widget("to", shown.until), **common)


def draw_period(view: View) -> None:
    """Draw the first and the last day of the events."""
    common: dict[str, Any] = {
        "value": None, "min_value": FIRST_DAY, "max_value": LAST_DAY,
        "format": "YYYY-MM-DD", "width": 140,
    }  # fmt: skip
    st.date_input("Events from", **view.widget("from"), **common)
    st.date_input("Events to", **view.widget("to"), **common)


def draw_series(view: View, cards: tuple[SeriesCard, ...]) -> None:
    """Draw the choice of series."""
    titles = {card.id: card.title for card in cards}
    st.selectbox(
        "Series", list(titles), format_func=titles.__getitem__, width=270, **view.widget("series")
    )


def draw_quote(view: View, card: SeriesCard) -> None:
    """Draw the switch that turns series, words, arrows and axis together."""
    st.selectbox(
        "Up means",
        [quote.value for quote in Quote],
        format_func=lambda value: quote_label(card, Quote(value)),
        width=250,
        **view.widget("up"),
    )


def quote_label(card: SeriesCard, quote: Quote) -> str:
    """How the switch names one of the three ways."""
    quoting = Quoting(card, quote)
    shown = "axis inverted" if quoting.axis_is_inverted else quoting.unit
    return f"{quoting.up_word} rouble ({shown})" if card.is_rouble else shown


def draw_switches(view: View) -> None:
    """Draw the scale and whether a person's own notes are shown."""
    st.toggle("Log scale", **view.switch("scale", on="log", off="linear"))
    st.toggle("Your notes", **view.switch("notes", on="shown", off="hidden"))


def draw_categories(view: View) -> None:
    """Draw the categories; none chosen means all of them."""
    labels = {lane.id: f"{lane.glyph} {lane.title}" for lane in CATEGORY_LANES}
    st.pills(
        "Categories (none chosen: all)",
        list(labels),
        selection_mode="multi",
        format_func=labels.__getitem__,
        wrap=True,
        **view.widget("cat"),
    )


def draw_search(view: View) -> None:
    """Draw the search in titles and texts."""
    st.text_input(
        "Search events",
        placeholder="words of a title",
        icon=":material/search:",
        width=210,
        **view.typed("q"),
    )


def draw_pick(view: View) -> None:
    """Draw what the mouse does: Plotly can pick a day or drag a window, never both."""
    labels = {"day": "Pick a day", "window": "Drag a window"}
    st.segmented_control(
        "On the chart",
        list(labels),
        required=True,
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        **view.widget("drag"),
    )


def draw_empty_filter(view: View, shown: Shown, bounds: Limits) -> None:
    """Say that no event fits, and offer the two ways out."""
    with st.container(horizontal=True, vertical_alignment="center"):
        span = f"{short_day(shown.since)} – {short_day(shown.until)}"
        st.markdown(f":material/filter_alt_off: No event matches in {span}.")
        st.button("Clear the filters", key="empty.clear", on_click=_clear, args=(view,))
        st.button(
            "Widen to 2 years", key="empty.widen", on_click=_preset, args=(view, bounds, "2Y")
        )


def _clear(view: View) -> None:
    view.set(cat=(), q="", notes="shown")


def flip_quote(view: View) -> None:
    """Turn to the next way up."""
    view.set(up=FLIP[Quote(view["up"])].value)


def flip_notes(view: View) -> None:
    """Show or hide the notes."""
    view.set(notes="hidden" if view["notes"] == "shown" else "shown")
