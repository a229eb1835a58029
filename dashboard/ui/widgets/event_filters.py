"""The filters of Events & notes; each choice says how many events it would find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard.domain.event import CATEGORY_LIMIT, Event
from dashboard.services.find_events import own_categories
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.echoes import heard
from dashboard.ui.events_scene import (
    ANY,
    FILTERS,
    EventsScene,
    expected_of,
    hour_of,
    origin_of,
    whole_year,
    year_of,
)
from dashboard.ui.palette import CATEGORY_LANES, category_title
from dashboard.ui.text import escape_markdown, label_text, plain
from dashboard.ui.widgets.explore_controls import draw_quote, draw_series
from dashboard.ui.wording import EXPECTED_TITLES, short_day

YEAR: Final = "events.year"
EARLIEST: Final = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A facet with one choice of a few: its key in the link, its words, what it looks at."""

    key: str
    label: str
    words: Mapping[str, str]
    value_of: Callable[[Event], str]


CHOICES: Final = (
    Choice(
        "origin", "Events of", {ANY: "All", "catalogue": "Catalogue", "note": "Notes"}, origin_of
    ),
    Choice(
        "exp",
        "Expected rouble",
        {ANY: "All"} | EXPECTED_TITLES,
        expected_of,
    ),
    Choice("hour", "Hour", {ANY: "All", "known": "Known", "unknown": "Not known"}, hour_of),
)


def draw_filters(view: View, scene: EventsScene) -> None:
    """Draw search, period and every facet: in rows that wrap, on a phone folded away."""
    if scene.phone:
        draw_search(view)
        with st.popover("Filters", icon=":material/tune:", width="stretch"):
            draw_measure(view, scene)
            _draw_facets(view, scene)
        return
    _draw_facets(view, scene)


def draw_measure(view: View, scene: EventsScene) -> None:
    """Draw on which series, and in which quote, the moves are given."""
    draw_series(view, session.prices())
    draw_quote(view, scene.series.card)


def _draw_facets(view: View, scene: EventsScene) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not scene.phone:
            draw_search(view)
        _draw_year(view, scene)
        _draw_days(view)
        for choice in CHOICES:
            _draw_choice(view, scene, choice)
    _draw_categories(view, scene)


def draw_search(view: View) -> None:
    """Draw the search in titles, texts and sources."""
    st.text_input(
        "Search",
        placeholder="words of title, text or source",
        icon=":material/search:",
        width=220,
        **view.typed("q"),
    )


def draw_plain_filters(view: View) -> None:
    """Draw the same filters without counts, for a page that lists no events."""
    _draw_days(view)
    draw_search(view)
    for choice in CHOICES:
        if choice.key in {param.key for param in view.params}:
            st.selectbox(
                choice.label,
                list(choice.words),
                format_func=choice.words.__getitem__,
                width=130,
                **view.widget(choice.key),
            )
    words = own_categories(session.known_events().events)
    st.multiselect(
        "Categories",
        list(dict.fromkeys((*(lane.id for lane in CATEGORY_LANES), *words, *view["cat"]))),
        format_func=lambda name: plain(category_title(name)),
        placeholder="all",
        width=300,
        **view.widget("cat"),
    )


def draw_nothing_found(view: View, scene: EventsScene) -> None:
    """Say what found nothing, with a button for each way out."""
    with st.container(border=True):
        st.markdown(f":material/filter_alt_off: {nothing_words(view)}")
        with st.container(horizontal=True):
            for key, name in (("cat", "Clear category"), ("q", "Clear search")):
                if view[key]:
                    st.button(name, key=f"events.clear.{key}", on_click=_clear, args=(view, key))
            if scene.since or scene.until:
                st.button(
                    "All dates", key="events.clear.days", on_click=_clear, args=(view, "from", "to")
                )
            st.button("Clear all filters", key="events.clear", on_click=clear_filters, args=(view,))


def nothing_words(view: View) -> str:
    """`No events match *Sanctions* in 1 Mar 2021 – 30 Apr 2021.`, without the reader's words."""
    named = " or ".join(
        f"*{escape_markdown(category_title(category))}*" for category in view["cat"]
    )
    searched = "the search" if view["q"] else ""
    others = any(view[key] != ANY for key in ("origin", "exp", "hour"))
    what = " and ".join(word for word in (named, searched) if word) or (
        "these filters" if others else "this period"
    )
    return f"No events match {what}{_period_words(view['from'], view['to'])}."


def _period_words(since: date | None, until: date | None) -> str:
    if since and until:
        return f" in {short_day(since)} – {short_day(until)}"
    if since:
        return f" from {short_day(since)} on"
    return f" until {short_day(until)}" if until else ""


def clear_filters(view: View) -> None:
    """Put every filter back."""
    view.set(**{param.key: param.default for param in FILTERS})


def _clear(view: View, *keys: str) -> None:
    defaults = {param.key: param.default for param in FILTERS}
    view.set(**{key: defaults[key] for key in keys})


def _draw_year(view: View, scene: EventsScene) -> None:
    counts = scene.facets.counts("period", year_of)
    years = sorted({year_of(event) for event in scene.known.events}, reverse=True)
    chosen = whole_year(scene.since, scene.until)
    total = sum(counts.values())
    st.session_state[YEAR] = chosen if chosen in years else 0

    def choose() -> None:
        year = st.session_state[YEAR]
        first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (None, None)
        view.set(**{"from": first, "to": last})

    st.selectbox(
        "Year",
        [0, *years],
        format_func=lambda y: f"{y} · {counts[y]:,}" if y else f"All · {total:,}",
        key=YEAR,
        on_change=heard(choose),
        width=130,
    )


def _draw_days(view: View) -> None:
    common: dict[str, Any] = {
        "value": None,
        "min_value": EARLIEST,
        "max_value": date(2100, 12, 31),
        "format": "YYYY-MM-DD",
        "width": 152,
    }
    st.date_input("From day", **view.widget("from"), **common)
    st.date_input("To day", **view.widget("to"), **common)


def _draw_choice(view: View, scene: EventsScene, choice: Choice) -> None:
    counts = scene.facets.counts(choice.key, choice.value_of)
    total = sum(counts.values())
    st.segmented_control(
        choice.label,
        list(choice.words),
        format_func=lambda option: (
            f"{choice.words[option]} · {total if option == ANY else counts[option]:,}"
        ),
        required=True,
        **view.widget(choice.key),
    )


def _draw_categories(view: View, scene: EventsScene) -> None:
    counts = scene.facets.counts("cat", lambda event: str(event.category))
    labels = {
        lane.id: f"{lane.glyph} {lane.title} · {counts[lane.id]:,}" for lane in CATEGORY_LANES
    }
    for word in own_categories(scene.known.events):
        labels[word] = f"{label_text(word, CATEGORY_LIMIT)} · {counts[word]:,}"
    st.pills(
        "Categories (none chosen: all)",
        list(labels),
        selection_mode="multi",
        format_func=labels.__getitem__,
        **view.widget("cat"),
    )
