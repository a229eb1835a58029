"""State and controls of the Inbox page: the items that match a link, the state of the feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.inbox import Decision, NewsCluster, ToneTimeline
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.charts.timeline import (
    build_tone_columns,
    build_tone_figure,
    summarize_tone,
)
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.palette import LIGHT_PALETTE, get_palette
from dashboard.services.exports import table_file
from dashboard.services.inbox import (
    FeedStatus,
    InboxFilter,
    count_inbox,
    list_feed_statuses,
    list_inbox,
)
from dashboard.services.news import SEARCH_PERIODS, search_news, tone_timeline
from dashboard.ui import session
from dashboard.ui.components.elements import draw_figure, set_flash
from dashboard.ui.components.exports import ChartPicture, Downloads, draw_download_menu
from dashboard.ui.url_state import (
    UrlParam,
    UrlState,
    choice_param,
    count_param,
    day_param,
    name_param,
    text_param,
)

ITEMS_PER_STEP: Final = 20
ANY_SOURCE: Final = ""
PERIOD_LABELS: Final = {
    "1d": deferred("last day"),
    "3d": deferred("last 3 days"),
    "7d": deferred("last week"),
    "30d": deferred("last month"),
    "90d": deferred("last 3 months"),
}
PARAMS: Final[tuple[UrlParam, ...]] = (
    choice_param("state", tuple(each.value for each in Decision), Decision.NEW.value),
    text_param("q", "rouble"),
    name_param("src", ANY_SOURCE, "tass_en"),
    day_param("from", "2026-11-20"),
    day_param("to", "2026-11-26"),
    count_param("n", 1, 2, 50),
    text_param("find", "rouble sanctions"),
    choice_param("period", tuple(SEARCH_PERIODS), "3d"),
)


@dataclass(frozen=True)
class InboxState:
    """Everything the page is drawn from; `problem` says why there is nothing to draw."""

    clusters: tuple[NewsCluster, ...]
    listed: tuple[NewsCluster, ...]
    counts: dict[Decision, int]
    feeds: tuple[FeedStatus, ...]
    now: datetime
    state: Decision
    phone: bool
    problem: str = ""
    list_problem: str = ""

    @property
    def is_unused(self) -> bool:
        """Whether no story has come yet, so that there is nothing to choose from."""
        return not (sum(self.counts.values()) or self.problem)

    @property
    def feeds_on(self) -> int:
        """How many feeds are asked for news."""
        return sum(feed.publisher.enabled for feed in self.feeds)

    @property
    def sources(self) -> dict[str, str]:
        """The choices of the source filter: feeds by id, and the search."""
        named = {feed.publisher.id: translate_deferred(feed.publisher.title) for feed in self.feeds}
        return {ANY_SOURCE: _("every source"), **named, "gdelt": _("GDELT search")}


def read_inbox_state(view: UrlState) -> InboxState:
    """The state for a link; settings that do not fit one another are ignored."""
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    parts, state = session.get_context(), Decision(view["state"])
    feeds, list_problem = _list_feeds()
    inbox_filter = InboxFilter(state, view["src"], view["q"], view["from"], view["to"])
    clusters: tuple[NewsCluster, ...] = ()
    counts = dict.fromkeys(Decision, 0)
    problem = ""
    try:
        clusters = list_inbox(parts.inbox, inbox_filter)
        counts = count_inbox(parts.inbox)
    except RoubleReactionError as error:
        problem = str(error)
    return InboxState(
        clusters,
        clusters[: ITEMS_PER_STEP * view["n"]],
        counts,
        feeds,
        session.get_wall_time(),
        state,
        session.is_phone(),
        problem,
        list_problem,
    )


def _list_feeds() -> tuple[tuple[FeedStatus, ...], str]:
    """The feeds, and the problem with their list or their state."""
    parts = session.get_context()
    try:
        publishers = parts.feeds.publishers()
    except RoubleReactionError as error:
        return (), str(error)
    try:
        return list_feed_statuses(publishers, parts.inbox.feed_states()), ""
    except RoubleReactionError:
        return list_feed_statuses(publishers, ()), ""  # the list of stories says what is wrong


# ------------------------------------------------------------------ the news search


TONE_KEY: Final = "inbox.tone"
SEARCH_FAILED_KEY: Final = "inbox.search_failed"
SEARCH_HELP: Final = deferred(
    "GDELT reads the news of the world in 65 languages and says when it first saw an article,"
    " not when that was published. Operators: “key rate”, (a OR b), -word, sourcelang:russian."
)


@dataclass(frozen=True, slots=True)
class MeasuredTone:
    """The tone of a search as it was last measured."""

    query: str
    period: str
    timeline: ToneTimeline


def draw_news_search(view: UrlState, state: InboxState) -> None:
    """Draw the search field, the last problem, and the tone of the last search."""
    is_offline = session.get_context().news.is_offline
    measured: MeasuredTone | None = st.session_state.get(TONE_KEY)
    is_open = bool(view["find"] or measured or st.session_state.get(SEARCH_FAILED_KEY))
    with st.expander(_("Search the news of the world (GDELT)"), expanded=is_open,
                     icon=":material/travel_explore:"):  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(_("Words"), placeholder='rouble "key rate"', max_chars=200,
                          **view.typed("find"))  # fmt: skip
            st.selectbox(
                _("Period"),
                list(PERIOD_LABELS),
                format_func=lambda value: translate_deferred(PERIOD_LABELS[value]),
                width=150,
                **view.widget("period"),
            )
            search = (view["find"], view["period"])
            st.button(
                _("Search"),
                key="inbox.search",
                icon=":material/search:",
                on_click=_search_news,
                args=search,
                disabled=is_offline or not view["find"],
            )
            st.button(_("Tone"), key="inbox.tone_of", icon=":material/show_chart:",
                      on_click=_measure_tone, args=search,
                      disabled=is_offline or not view["find"])  # fmt: skip
        st.caption(escape_markdown(translate_deferred(SEARCH_HELP), 400))
        if is_offline:
            st.markdown(_("Offline: GDELT is not asked."))
        if problem := st.session_state.get(SEARCH_FAILED_KEY):
            st.warning(escape_markdown(problem, 400))
        if measured is not None:
            _draw_tone(view, measured, state)


def _search_news(query: str, period: str) -> None:
    parts = session.get_context()
    try:
        session.require_live_view()
        session.count_against_limit("fetch")
        result = search_news(parts.search, parts.inbox, query, period, session.get_wall_time)
    except RoubleReactionError as error:
        st.session_state[SEARCH_FAILED_KEY] = str(error)
        return
    messages = f" {' '.join(result.messages)}" if result.messages else ""
    st.session_state.pop(SEARCH_FAILED_KEY, None)
    set_flash(
        plural(
            "GDELT: {n:,} article, {new:,} new in the inbox.{messages}",
            "GDELT: {n:,} articles, {new:,} new in the inbox.{messages}",
            result.found,
            new=result.new,
            messages=messages,
        )
    )


def _measure_tone(query: str, period: str) -> None:
    try:
        session.count_against_limit("fetch")
        timeline = tone_timeline(session.get_context().search, query, period, session.get_wall_time)
    except RoubleReactionError as error:
        st.session_state[SEARCH_FAILED_KEY] = str(error)
        return
    st.session_state.pop(SEARCH_FAILED_KEY, None)
    st.session_state[TONE_KEY] = MeasuredTone(query, period, timeline)


def _draw_tone(view: UrlState, measured: MeasuredTone, state: InboxState) -> None:
    timeline = measured.timeline
    st.markdown(
        _(
            "**Tone of the articles on {query}**, {period}",
            query=escape_markdown(timeline.query),
            period=translate_deferred(PERIOD_LABELS[measured.period]),
        )
    )
    if not timeline.points:
        st.markdown(escape_markdown(" ".join(timeline.messages), 300))
        return
    draw_download_menu(_list_tone_downloads(view, measured), "inbox.tone.download")
    figure = build_tone_figure(timeline, get_palette(dark=session.is_dark()), phone=state.phone)
    draw_figure(figure, "inbox.tone.chart", summarize_tone(timeline),
                phone=state.phone)  # fmt: skip
    with st.expander(_("The table behind the chart"), icon=":material/table:"):
        st.table(build_tone_columns(timeline), hide_index=True, border="horizontal")


def _list_tone_downloads(view: UrlState, measured: MeasuredTone) -> Downloads:
    """The chart of the tone as a picture, and its points as a table."""
    timeline = measured.timeline
    return Downloads(
        ("tone", measured.period),
        "inbox",
        view,
        ChartPicture(
            lambda: build_tone_figure(timeline, LIGHT_PALETTE),
            _("Tone of the articles on {query}", query=plain_text(timeline.query, 100)),
            _(
                "Average tone by GDELT, below 0 = negative; {period}",
                period=translate_deferred(PERIOD_LABELS[measured.period]),
            ),
            summarize_tone(timeline),
        ),
        {
            "points": (
                plural("Tone, {n:,} row", "Tone, {n:,} rows", len(timeline.points)),
                lambda dialect: table_file("tone", timeline.points, dialect),
            )
        },
    )
