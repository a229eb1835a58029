"""The search of the world's news: its results land in the inbox, its tone is a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.domain.candidate import ToneTimeline
from dashboard.domain.errors import RoubleReactionError
from dashboard.services.search_news import search_news, tone_timeline
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.tone import build_tone_figure, tone_columns, tone_summary
from dashboard.ui.inbox_scene import PERIOD_WORDS, InboxScene
from dashboard.ui.palette import ink
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.figure import draw_figure
from dashboard.ui.widgets.flash import say
from dashboard.ui.wording import count

TONE: Final = "inbox.tone"
FAILED: Final = "inbox.search_failed"
TERMS: Final = (
    "GDELT reads the news of the world in 65 languages and says when it first saw an article, not"
    " when that was published. Operators: “key rate”, (a OR b), -word, sourcelang:russian."
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The tone of a search as it was last measured."""

    query: str
    period: str
    timeline: ToneTimeline


def draw_search(view: View, scene: InboxScene) -> None:
    """Draw the box, what went wrong, and the tone of the last search."""
    is_offline = session.parts().news.is_offline
    measured: Measured | None = st.session_state.get(TONE)
    is_open = bool(view["find"] or measured or st.session_state.get(FAILED))
    with st.expander("Search the news of the world (GDELT)", expanded=is_open,
                     icon=":material/travel_explore:"):  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Words", placeholder='rouble "key rate"', max_chars=200,
                          **view.typed("find"))  # fmt: skip
            st.selectbox("Period", list(PERIOD_WORDS), format_func=PERIOD_WORDS.__getitem__,
                         width=150, **view.widget("period"))  # fmt: skip
            asked = (view["find"], view["period"])
            st.button("Search", key="inbox.search", icon=":material/search:", on_click=_search,
                      args=asked, disabled=is_offline or not view["find"])  # fmt: skip
            st.button("Tone", key="inbox.tone_of", icon=":material/show_chart:",
                      on_click=_measure, args=asked,
                      disabled=is_offline or not view["find"])  # fmt: skip
        st.caption(escape_markdown(TERMS, 400))
        if is_offline:
            st.markdown("Offline: GDELT is not asked.")
        if problem := st.session_state.get(FAILED):
            st.warning(escape_markdown(problem, 400))
        if measured is not None:
            _draw_tone(measured, scene)


def _search(query: str, period: str) -> None:
    parts = session.parts()
    try:
        session.check_live()
        found = search_news(parts.search, parts.inbox, query, period, session.present)
    except RoubleReactionError as error:
        st.session_state[FAILED] = str(error)
        return
    told = f" {' '.join(found.told)}" if found.told else ""
    st.session_state.pop(FAILED, None)
    say(f"GDELT: {count(found.found, 'article')}, {found.new:,} new in the inbox.{told}")


def _measure(query: str, period: str) -> None:
    try:
        timeline = tone_timeline(session.parts().search, query, period, session.present)
    except RoubleReactionError as error:
        st.session_state[FAILED] = str(error)
        return
    st.session_state.pop(FAILED, None)
    st.session_state[TONE] = Measured(query, period, timeline)


def _draw_tone(measured: Measured, scene: InboxScene) -> None:
    timeline = measured.timeline
    st.markdown(f"**Tone of the articles on {escape_markdown(timeline.query)}**,"
                f" {PERIOD_WORDS[measured.period]}")  # fmt: skip
    if not timeline.points:
        st.markdown(escape_markdown(" ".join(timeline.told), 300))
        return
    figure = build_tone_figure(timeline, ink(dark=session.is_dark()), phone=scene.phone)
    draw_figure(figure, "inbox.tone.chart", tone_summary(timeline), "gdelt-tone",
                phone=scene.phone)  # fmt: skip
    with st.expander("The table behind the chart", icon=":material/table:"):
        st.table(tone_columns(timeline), hide_index=True, border="horizontal")
