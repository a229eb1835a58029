"""Inbox: what feeds and searches reported, one line a story, until a person decides about it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.candidate import Decision
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.inbox_scene import PARAMS, STEP, InboxScene, read_inbox_scene
from dashboard.ui.inbox_words import STATES, progress_words
from dashboard.ui.pages.base import Page
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.copy_link import draw_copy_link
from dashboard.ui.widgets.dialog import draw_page_anew
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.feed_list import draw_feeds
from dashboard.ui.widgets.flash import draw_flash
from dashboard.ui.widgets.news_search import draw_search
from dashboard.ui.widgets.story_card import draw_bulk, draw_dismissed, draw_story
from dashboard.ui.wording import count

QUICK: Final = 2.0
OPENED: Final = "inbox.opened"
OFFLINE: Final = (
    "Offline: nothing is asked. What came before is here, and can be read, accepted and dismissed."
)


def draw(view: View) -> None:
    """Draw the page."""
    news = session.parts().news
    scene = read_inbox_scene(view)
    draw_flash()
    draw_dismissed()
    _draw_bar(view, scene)
    if news.is_offline:
        st.info(OFFLINE, icon=":material/cloud_off:")
    elif news.state().is_running or news.state().problem:
        _draw_progress()
    draw_feeds(scene)
    draw_search(view, scene)
    if scene.problem:
        st.error(escape_markdown(scene.problem))
        return
    _draw_stories(view, scene)
    draw_copy_link("inbox", view)
    if OPENED in st.session_state:
        news.ask()
    st.session_state[OPENED] = True


def _draw_bar(view: View, scene: InboxScene) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Stories",
            [each.value for each in Decision],
            format_func=lambda state: (
                f"{STATES[Decision(state)]} {scene.counts[Decision(state)]:,}"
            ),
            required=True,
            label_visibility="collapsed" if scene.phone else "visible",
            **view.widget("state"),
        )
        st.text_input("Search the inbox", placeholder="words in title or source", width=230,
                      **view.typed("q"))  # fmt: skip
        sources = scene.sources
        if view["src"] not in sources:
            view.ignore("src")
        st.selectbox("Source", list(sources), format_func=lambda key: sources[key], width=190,
                     **view.widget("src"))  # fmt: skip
        if not scene.phone:
            st.date_input("From", format="YYYY-MM-DD", width=140, **view.widget("from"))
            st.date_input("To", format="YYYY-MM-DD", width=140, **view.widget("to"))
            st.space("stretch")
        news = session.parts().news
        st.button(
            "Fetch now",
            icon=":material/refresh:",
            key="inbox.fetch",
            type=emphasis(),
            on_click=_fetch,
            disabled=news.is_offline or news.state().is_running or session.as_of() is not None,
        )


def _fetch() -> None:
    session.parts().news.ask(force=True)


@st.fragment(run_every=QUICK)
def _draw_progress() -> None:
    """Draw how the round of asking goes, and the page anew when it is over."""
    state = session.parts().news.state()
    words = progress_words(state)
    if state.problem:
        st.warning(escape_markdown(words, 400))
        return
    if not state.is_running:
        draw_page_anew()
        return
    st.markdown(f":material/sync: {escape_markdown(words)}")


def _draw_stories(view: View, scene: InboxScene) -> None:
    if not scene.stories:
        _draw_nothing(view, scene)
        return
    total = scene.counts[scene.state]
    of = f"{len(scene.stories):,} of {total:,}" if len(scene.stories) != total else f"{total:,}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{of} {'story' if total == 1 else 'stories'}**, newest first.",
                    width="stretch")  # fmt: skip
        draw_bulk(scene)
    for story in scene.listed:
        draw_story(story, scene)
    left = len(scene.stories) - len(scene.listed)
    if left:
        st.button(
            f"Show {min(left, STEP)} more",
            key="inbox.more",
            on_click=lambda: view.set(n=view["n"] + 1),
        )


def _draw_nothing(view: View, scene: InboxScene) -> None:
    """Say why there is nothing, and what to do."""
    if view["q"] or view["src"] or view["from"] or view["to"]:
        st.markdown("No story fits these filters.")
        clear = {"q": "", "src": "", "from": None, "to": None}
        st.button("Clear the filters", key="inbox.clear", on_click=lambda: view.set(**clear))
    elif scene.state is Decision.NEW:
        on = sum(each.publisher.enabled for each in scene.feeds)
        ways = (
            f" *Fetch now* asks {count(on, 'feed')}; the search below the list of feeds asks GDELT."
        )
        offline = session.parts().news.is_offline
        st.markdown(f":material/inbox: Nothing waits here.{'' if offline else ways}")
    else:
        st.markdown(f":material/inbox: No story was {scene.state.value} yet.")


PAGE = Page("inbox", "Inbox", ":material/inbox:", "inbox", draw, PARAMS)
