"""The events of the catalogue that a person hides, and the ways to hide and show them."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import Event
from dashboard.services.hide_events import hide_events, unhide_events
from dashboard.ui import session
from dashboard.ui.palette import category_title
from dashboard.ui.text import plain
from dashboard.ui.widgets.flash import say
from dashboard.ui.wording import count

KEY: Final = "hidden.table"
ROW: Final = 35
HEIGHT: Final = 480
TOLD: Final = (
    "Hidden events are in no list, chart, crowding or study of yours. They stay in the"
    " catalogue, and nobody else misses them."
)


def draw_hidden() -> None:
    """Draw the list of hidden events and the buttons that show them again."""
    events = session.known_events().hidden
    if not events:
        st.markdown(":material/visibility: No hidden events. *Hide* on an event puts it here.")
        return
    st.caption(TOLD)
    state = st.dataframe(
        pd.DataFrame(
            {
                "Day": [event.day.isoformat() for event in events],
                "Category": [plain(category_title(event.category)) for event in events],
                "Title": [plain(event.title) for event in events],
            }
        ),
        key=KEY,
        hide_index=True,
        height=min(HEIGHT, ROW * (len(events) + 1) + 3),
        row_height=ROW,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={"Title": st.column_config.TextColumn(width="large")},
        alt="Hidden events",
    )
    chosen = [events[row] for row in state["selection"]["rows"] if row < len(events)]
    with st.container(horizontal=True):
        if chosen:
            _button(f"Show {count(len(chosen), 'event')} again", "hidden.show", chosen)
        _button("Show all again", "hidden.show_all", list(events))


def _button(label: str, key: str, events: list[Event]) -> None:
    icon = ":material/visibility:"
    st.button(label, icon=icon, key=key, on_click=show_again, args=(events,))


def draw_hide_button(event: Event, key: str) -> None:
    """Draw the button that hides an event of the catalogue, or shows it again."""
    if event.id in {each.id for each in session.known_events().hidden}:
        icon = ":material/visibility:"
        st.button("Show again", icon=icon, key=key, on_click=show_again, args=([event],))
        return
    told = "Takes it out of your lists, charts and studies; it can be shown again."
    icon = ":material/visibility_off:"
    st.button("Hide", icon=icon, key=key, help=told, on_click=hide, args=(event,))


def hide(event: Event) -> None:
    """Hide an event, with a line that takes it back."""
    parts = session.parts()
    try:
        hide_events(parts.catalogue, parts.notes, [event.id])
    except RoubleReactionError as error:
        say(f"Not hidden: {error}")
        return
    say(f"Hidden from you: {event.title}", event, "unhide")


def show_again(events: list[Event]) -> None:
    """Show hidden events again."""
    parts = session.parts()
    try:
        shown = unhide_events(parts.catalogue, parts.notes, [event.id for event in events])
    except RoubleReactionError as error:
        say(f"Not shown: {error}")
        return
    say(f"Shown again: {shown[0].title if len(shown) == 1 else count(len(shown), 'event')}")
