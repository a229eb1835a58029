"""One event in one line: shape, title with a link to its page, and when it was."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.event import Event, Origin
from dashboard.ui import session
from dashboard.ui.event_words import sentence_case
from dashboard.ui.palette import category_title, lane_of
from dashboard.ui.text import clip, escape_markdown, markdown_link
from dashboard.ui.widgets.links import page_link
from dashboard.ui.wording import expected_phrase, stamp, when

# A link does not wrap: what does not fit in its line would be cut without a sign.
TITLE: Final = 66
PHONE_TITLE: Final = 40
CONFIDENCE = {
    "high": "date and content stand in a document",
    "medium": "date from general knowledge: check it before you cite it",
}


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


def facts_of(event: Event) -> list[str]:
    """When, who, source, confidence, expectation, as safe Markdown."""
    facts = [f"**{escape_markdown(sentence_case(when(event)))}**"]
    if event.actor:
        facts.append(escape_markdown(event.actor))
    facts.append(_source(event))
    if event.confidence:
        told = CONFIDENCE.get(event.confidence)
        grade = f"confidence {escape_markdown(event.confidence)}"
        facts.append(f"{grade} ({told})" if told else grade)
    facts.append(expected_phrase(event.expected))
    if event.tags:
        facts.append(escape_markdown("tags: " + ", ".join(event.tags)))
    if event.origin == Origin.NOTE and event.updated is not None:
        by = f" by {event.author}" if event.author else ""
        facts.append(escape_markdown(f"last changed{by} {stamp(event.updated)}"))
    return facts


def _source(event: Event) -> str:
    if event.source_url:
        return f"source: {markdown_link(event.source_name or event.source_url, event.source_url)}"
    if event.source_name:
        return f"source: {escape_markdown(event.source_name)}"
    return "no source named"
