"""The events as a list of lines, for screens too narrow for a table."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st

from dashboard.ui.events_scene import EventsScene
from dashboard.ui.move_words import judged, share_words
from dashboard.ui.palette import direction_colour
from dashboard.ui.studied import Studied
from dashboard.ui.widgets.event_line import draw_event_line

PAGE: Final = 15
KEY: Final = "events.list_page"


def draw_event_list(scene: EventsScene) -> None:
    """Draw the events of one page and the way to the others."""
    pages = max(1, math.ceil(len(scene.events) / PAGE))
    at = min(int(st.session_state.get(KEY, 1)), pages)
    for event in scene.events[PAGE * (at - 1) : PAGE * at]:
        with st.container(gap=None, border=True):
            draw_event_line(event, up=scene.quoting.mode.value, series=scene.series.card.id)
            # not a caption: those are paled, and the colour of a direction with them
            st.markdown(move_words(scene, scene.studied.get(event.id, Studied())))
    if pages > 1:
        st.pagination(pages, key=KEY, max_visible_pages=5)


def move_words(scene: EventsScene, studied: Studied) -> str:
    """`▼ −0.47 % stronger in [0,1], bigger than 62 %`, or why there is none."""
    if math.isnan(studied.both):
        return f"no move: {studied.reason.partition(':')[0] or 'not measured'}"
    colour = direction_colour(scene.quoting.direction(studied.both), dark=scene.dark)
    share = judged(studied.rank_both)
    rank = "" if share is None else f", bigger than {share_words(share)}"
    return f':color[{scene.quoting.move(studied.both, 2)}]{{foreground="{colour}"}} in [0,1]{rank}'
