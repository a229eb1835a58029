"""One event in one line: shape, title with a link to its page, and when it was."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.ui import session
from dashboard.ui.palette import category_title, lane_of
from dashboard.ui.text import clip, escape_markdown
from dashboard.ui.widgets.links import page_link
from dashboard.ui.wording import when

# A link does not wrap: what does not fit in its line would be cut without a sign.
TITLE: Final = 66
PHONE_TITLE: Final = 40


def draw_event_line(event: Event, **params: str) -> None:
    """Draw the event; `params` (the quoting, the series) go along to its page."""
    with st.container(gap=None):
        title = clip(event.title, PHONE_TITLE if session.is_phone() else TITLE)
        page_link("event", f"{lane_of(event).glyph} {title}", icon="", id=event.id, **params)
        st.caption(event_caption(event))


def event_caption(event: Event) -> str:
    """Category, time and author or source of an event, safe as Markdown."""
    told = [category_title(event.category), when(event)]
    if event.author:
        told.append(f"by {event.author}")
    elif event.source_name:
        told.append(event.source_name)
    return escape_markdown(" · ".join(told))
