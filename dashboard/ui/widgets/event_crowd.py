"""The other events in the window, by offset, each with a link that keeps the settings."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.domain.event_view import EventView
from dashboard.ui.bar_words import point_words
from dashboard.ui.charts.event_window_layout import offset_text
from dashboard.ui.palette import lane_of
from dashboard.ui.text import clip
from dashboard.ui.widgets.links import page_link
from dashboard.ui.wording import count

SHOWN: Final = 8
TITLE_LIMIT: Final = 46


def draw_crowd(view: EventView, settings: dict[str, str]) -> None:
    """Draw the list; the nearest to the event are always in sight, the others folded."""
    if not view.crowd:
        st.markdown("**No other event in the event window**")
        st.caption("As far as the catalogue and the notes know.")
        return
    first, last = (offset_text(offset) for offset in view.request.window)
    total = count(len(view.crowd), "other event")
    st.markdown(f"**{total} in the event window** (offsets {first} to {last})")
    near, far = nearest(view.crowd)
    _draw_list(view, near, settings)
    if far:
        with st.expander(f"{len(far)} more, further away"):
            _draw_list(view, far, settings)


def nearest(
    crowd: tuple[tuple[int, Event], ...], shown: int = SHOWN
) -> tuple[tuple[tuple[int, Event], ...], tuple[tuple[int, Event], ...]]:
    """The events nearest to offset 0, and the others; both in the order of the offsets."""
    ranked = sorted(range(len(crowd)), key=lambda k: (abs(crowd[k][0]), k))
    kept = set(ranked[:shown])
    return (
        tuple(each for k, each in enumerate(crowd) if k in kept),
        tuple(each for k, each in enumerate(crowd) if k not in kept),
    )


def _draw_list(
    view: EventView, crowd: tuple[tuple[int, Event], ...], settings: dict[str, str]
) -> None:
    minutes = view.card.bar_minutes
    days = {point.offset: point_words(point, minutes) for point in view.path}
    for offset, group in groupby(crowd, key=lambda each: each[0]):
        on = f", {days[offset]}" if offset in days else ""
        st.caption(f"offset {offset_text(offset)}{on}")
        for _, event in group:
            title = clip(event.title, TITLE_LIMIT)
            if minutes and event.moment is None:
                title += " (hour unknown)"
            page_link("event", f"{lane_of(event).glyph} {title}", icon="", id=event.id, **settings)
