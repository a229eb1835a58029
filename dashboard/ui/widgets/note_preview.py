"""What a note would say about the rate, while it is being written."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from dashboard.domain.event import Event, Origin
from dashboard.services.explain_event import explain_event
from dashboard.services.keep_events import Draft
from dashboard.ui import session
from dashboard.ui.event_words import headline, notices
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.timing_strip import timing_steps


def draw_preview(draft: Draft, series_id: str, note: Event | None) -> None:
    """Draw the timing of a draft and the move it would be given, or why there is none yet."""
    st.markdown("**What this note will say**")
    try:
        event = Event(
            id=note.id if note is not None else "note-draft",
            origin=Origin.NOTE,
            **{field.name: getattr(draft, field.name) for field in fields(Draft)},
        )
    except ValueError:
        st.caption("The last day lies before the day: change one of them.")
        return
    series = session.series(series_id)
    view = explain_event(series, event, session.known_events().events)
    what, how_unusual = headline(view, Quoting(view.card, Quote.WEAKER))
    st.markdown(f"**{escape_markdown(what)}.** {escape_markdown(how_unusual)}")
    if view.timing is not None:
        for step in timing_steps(event, view.timing, view.card):
            foot = escape_markdown(step.foot.replace("\n", " · "))
            st.markdown(
                f":small[:gray[{escape_markdown(step.head)}]]  \n"
                f"{escape_markdown(step.text)}  \n:small[:gray[{foot}]]"
            )
    for remark in notices(view):
        st.caption(escape_markdown(remark))
