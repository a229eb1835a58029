"""One event in one line: shape, title with a link to its page, and when it was."""

from __future__ import annotations

import streamlit as st

from dashboard.domain.event import Event
from dashboard.ui.palette import category_title, lane_of
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.links import page_link
from dashboard.ui.wording import when


def draw_event_line(event: Event, **params: str) -> None:
    """Draw the event; `params` (the quoting, the series) go along to its page."""
    with st.container(gap=None):
        page_link("event", f"{lane_of(event).glyph} {event.title}", id=event.id, **params)
        st.caption(event_caption(event))


def event_caption(event: Event) -> str:
    """Category, time and author or source of an event, safe as Markdown."""
    told = [category_title(event.category), when(event)]
    if event.author:
        told.append(f"by {event.author}")
    elif event.source_name:
        told.append(event.source_name)
    return escape_markdown(" · ".join(told))
