"""The feeds: how each is in words, switched on and off, and the way to add one."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.services.keep_feeds import NewFeed, add_feed, remove_feed, switch_feed
from dashboard.services.list_inbox import FeedReport
from dashboard.ui import session
from dashboard.ui.inbox_scene import InboxScene
from dashboard.ui.inbox_words import feed_words
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.note_form import ZONES
from dashboard.ui.wording import count

WORDS_SHOWN = 400


def draw_feeds(scene: InboxScene) -> None:
    """Draw a line that says how the feeds are; open, one line a feed and the way to add one."""
    if scene.list_problem:
        st.error(escape_markdown(scene.list_problem))
        return
    with st.expander(heading(scene), icon=":material/rss_feed:"):
        for feed in scene.feeds:
            _draw_feed(feed, scene)
        _draw_way_in()


def heading(scene: InboxScene) -> str:
    """`7 feeds, 2 of them failing`, fit for a label."""
    on = [each for each in scene.feeds if each.publisher.enabled]
    failing = [each for each in on if each.state is not None and each.state.problem]
    asked = [each for each in on if each.state is not None]
    told = f"{len(failing)} of them failing" if failing else "all answered"
    return f"{count(len(on), 'feed')}, {told if asked else 'not asked yet'}"


def _draw_feed(feed: FeedReport, scene: InboxScene) -> None:
    of = feed.publisher
    with st.container(horizontal=True, vertical_alignment="center"):
        words = escape_markdown(feed_words(feed, scene.now), WORDS_SHOWN)
        is_bad = bool(of.enabled and feed.state and feed.state.problem)
        told = f":orange[:material/warning: {words}]" if is_bad else words
        terms = f" · :small[{escape_markdown(of.terms)}]" if of.terms else ""
        st.markdown(f"{markdown_link(of.title, of.url)} · {told}{terms}", width="stretch")
        st.button(
            "Switch off" if of.enabled else "Switch on",
            key=f"feeds.switch.{of.id}",
            type="tertiary",
            on_click=partial(_switch, of.id, enabled=not of.enabled),
        )
        if of.is_own:
            st.button("Remove", key=f"feeds.remove.{of.id}", type="tertiary",
                      on_click=partial(_remove, of.id))  # fmt: skip


def _draw_way_in() -> None:
    with (
        st.form("feeds.add", border=False, clear_on_submit=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        url = st.text_input("Address of RSS or Atom", key="feeds.url", placeholder="https://")
        title = st.text_input("Whose it is", key="feeds.title", width=220)
        zone = st.selectbox(
            "Clock of times without a zone",
            ["", *ZONES],
            key="feeds.zone",
            width=230,
            format_func=lambda value: value or "not known",
            accept_new_options=True,
        )
        pressed = st.form_submit_button("Add feed", icon=":material/add:")
    if not pressed:
        return
    try:
        session.check_live()
        added = add_feed(session.parts().feeds, NewFeed(url or "", title or "", zone=zone or ""))
    except RoubleReactionError as error:
        st.warning(escape_markdown(str(error)))
        return
    say(f"Feed added: {added.title}. Fetch now asks it.")
    st.rerun()


def _switch(feed_id: str, *, enabled: bool) -> None:
    try:
        session.check_live()
        switch_feed(session.parts().feeds, feed_id, enabled=enabled)
    except RoubleReactionError as error:
        say(f"Not changed: {error}")


def _remove(feed_id: str) -> None:
    try:
        session.check_live()
        remove_feed(session.parts().feeds, feed_id)
    except RoubleReactionError as error:
        say(f"Not removed: {error}")
        return
    say(f"{feed_id} was removed; what it brought stays in the inbox")
