"""The Inbox page: news items from feeds and searches, to accept or dismiss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.inbox import Decision, NewsCluster
from dashboard.presentation.escaping import escape_markdown, format_markdown_link
from dashboard.presentation.formatting import format_count
from dashboard.presentation.incoming_events import (
    DECISION_LABELS,
    describe_decision,
    describe_feed,
    describe_refresh_progress,
    format_publishers,
    format_reported_time,
    format_tone,
)
from dashboard.presentation.palette import STYLE_BY_ID
from dashboard.services.inbox import (
    FeedStatus,
    accept_cluster,
    accepting_note_store,
    dismiss_news,
    draft_from_cluster,
    propose_category,
    undo_dismissal,
)
from dashboard.services.news import NewFeed, register_feed, set_feed_enabled, unregister_feed
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.interaction import button_type, draw_flash, rerun_page, set_flash
from dashboard.ui.components.links import draw_copy_link, draw_page_link
from dashboard.ui.components.note_form import AUTHOR_KEY, TIME_ZONES, open_note_draft
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.inbox.controls import draw_news_search
from dashboard.ui.pages.inbox.state import ITEMS_PER_STEP, PARAMS, InboxState, read_inbox_state
from dashboard.ui.url_state import UrlState

# ------------------------------------------------------------
# A story of the inbox: what, when and how exactly, who, and what one can do with it.


DISMISSED_KEY: Final = "inbox.dismissed"
TITLE_LIMIT: Final = 200
DOUBT_LIMIT: Final = 240


def draw_news_card(story: NewsCluster, scene: InboxState) -> None:
    """Draw one story with its buttons."""
    lead = story.lead
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="top"):
            if scene.state is Decision.NEW:
                st.checkbox(
                    f"Choose {escape_markdown(lead.report.title, 60)}", key=f"inbox.pick.{lead.id}",
                    label_visibility="collapsed", width="content",
                )  # fmt: skip
            st.markdown(f"**{escape_markdown(lead.report.title, TITLE_LIMIT)}**", width="stretch")
        st.markdown(" · ".join(_build_news_facts(story)))
        if lead.report.doubt:
            doubt = escape_markdown(lead.report.doubt, DOUBT_LIMIT)
            st.markdown(f":small[:material/schedule: {doubt}]")
        if lead.report.excerpt:
            st.caption(escape_markdown(lead.report.excerpt, 400))
        _draw_news_buttons(story, scene)


def _build_news_facts(story: NewsCluster) -> list[str]:
    lane = STYLE_BY_ID[propose_category(story.lead)]
    return list(filter(None, (
        escape_markdown(format_reported_time(story.lead)),
        escape_markdown(format_publishers(story)),
        f"{lane.glyph} {lane.title}",
        format_tone(story),
        escape_markdown(describe_decision(story)),
    )))  # fmt: skip


def _draw_news_buttons(story: NewsCluster, scene: InboxState) -> None:
    name = story.lead.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if scene.state is Decision.NEW:
            st.button("Accept", key=f"inbox.accept.{name}", icon=":material/check:",
                      on_click=partial(_accept_item, story))  # fmt: skip
            if st.button("Edit", key=f"inbox.edit.{name}", icon=":material/edit:",
                         disabled=session.get_as_of() is not None):  # fmt: skip
                draft = draft_from_cluster(story, guess_day=True)
                open_note_draft(
                    draft, DEFAULT_SERIES, accepting_note_store(story, session.get_context().inbox)
                )
            st.button("Dismiss", key=f"inbox.dismiss.{name}", icon=":material/close:",
                      on_click=partial(_dismiss_items, (story,)))  # fmt: skip
        elif scene.state is Decision.DISMISSED:
            st.button("Put back", key=f"inbox.back.{name}", icon=":material/undo:",
                      on_click=partial(_restore_items, _item_ids((story,))))  # fmt: skip
        elif story.lead.note_id:
            draw_page_link("event", "Open the note", icon=":material/star:", id=story.lead.note_id)
        _draw_news_links(story)


def _draw_news_links(story: NewsCluster) -> None:
    linked = [each for each in story.reports if each.report.link]
    if len(linked) == 1:
        st.markdown(format_markdown_link("Read it", linked[0].report.link))
    elif linked:
        with st.popover(f"Read {format_count(len(linked), 'report')}", type="tertiary"):
            for each in linked[:30]:
                name = each.report.publisher or each.source_id
                title = escape_markdown(each.report.title, 120)
                link = format_markdown_link(name, each.report.link)
                st.markdown(f"{link}: {title} · {escape_markdown(format_reported_time(each))}")


def draw_bulk_dismissal(scene: InboxState) -> None:
    """Draw the way to dismiss what is chosen, or everything that is shown."""
    if scene.state is not Decision.NEW:
        return
    chosen = [each for each in scene.listed if st.session_state.get(f"inbox.pick.{each.lead.id}")]
    st.button(
        f"Dismiss {len(chosen)} chosen" if chosen else "Dismiss chosen",
        key="inbox.bulk",
        disabled=not chosen,
        on_click=partial(_dismiss_items, tuple(chosen)),
    )
    st.button(
        f"Dismiss all {len(scene.listed)} shown",
        key="inbox.all",
        on_click=partial(_dismiss_items, scene.listed),
    )


def draw_dismissed_notice() -> None:
    """Draw what was just dismissed, and the way back."""
    if DISMISSED_KEY not in st.session_state:
        return
    ids, words = st.session_state[DISMISSED_KEY]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(words)}", width="stretch")
        st.button("Undo", key="inbox.undo", on_click=partial(_restore_items, ids))
        st.button("Close", key="inbox.close", type="tertiary", on_click=_clear_dismissed)


def _accept_item(story: NewsCluster) -> None:
    who = st.session_state.get(AUTHOR_KEY, "")
    try:
        session.require_live_view()
        note = accept_cluster(story, session.get_context().inbox, who=who)
    except RoubleReactionError as error:
        set_flash(f"Not accepted: {error}")
        return
    _clear_dismissed()
    set_flash(f"Note saved: {note.title}")


def _dismiss_items(stories: Sequence[NewsCluster]) -> None:
    ids = _item_ids(stories)
    try:
        session.require_live_view()
        dismiss_news(ids, session.get_context().inbox, who=st.session_state.get(AUTHOR_KEY, ""))
    except RoubleReactionError as error:
        set_flash(f"Not dismissed: {error}")
        return
    named = format_count(len(stories), "story", "stories")
    title = f": {stories[0].lead.report.title}" if len(stories) == 1 else ""
    st.session_state[DISMISSED_KEY] = (ids, f"Dismissed {named}{title}")


def _restore_items(ids: Sequence[str]) -> None:
    try:
        session.require_live_view()
        undo_dismissal(ids, session.get_context().inbox)
    except RoubleReactionError as error:
        set_flash(f"Not put back: {error}")
        return
    _clear_dismissed()


def _clear_dismissed() -> None:
    st.session_state.pop(DISMISSED_KEY, None)


def _item_ids(stories: Sequence[NewsCluster]) -> tuple[str, ...]:
    return tuple(each.id for story in stories for each in story.reports)


# ------------------------------------------------------------
# The feeds: how each is in words, switched on and off, and the way to add one.


STATUS_LIMIT = 400


def draw_feeds(scene: InboxState) -> None:
    """Draw a line that says how the feeds are; open, one line a feed and the way to add one."""
    if scene.list_problem:
        st.error(escape_markdown(scene.list_problem))
        return
    with st.expander(format_feeds_heading(scene), icon=":material/rss_feed:"):
        for feed in scene.feeds:
            _draw_feed(feed, scene)
        _draw_add_feed()


def format_feeds_heading(scene: InboxState) -> str:
    """`7 feeds, 2 of them failing`, fit for a label."""
    on = [each for each in scene.feeds if each.publisher.enabled]
    failing = [each for each in on if each.state is not None and each.state.problem]
    asked = [each for each in on if each.state is not None]
    told = f"{len(failing)} of them failing" if failing else "all answered"
    return f"{format_count(len(on), 'feed')}, {told if asked else 'not asked yet'}"


def _draw_feed(feed: FeedStatus, scene: InboxState) -> None:
    of = feed.publisher
    with st.container(horizontal=True, vertical_alignment="center"):
        words = escape_markdown(describe_feed(feed, scene.now), STATUS_LIMIT)
        is_bad = bool(of.enabled and feed.state and feed.state.problem)
        told = f":orange[:material/warning: {words}]" if is_bad else words
        terms = f" · :small[{escape_markdown(of.terms)}]" if of.terms else ""
        st.markdown(f"{format_markdown_link(of.title, of.url)} · {told}{terms}", width="stretch")
        st.button(
            "Switch off" if of.enabled else "Switch on",
            key=f"feeds.switch.{of.id}",
            type="tertiary",
            on_click=partial(_switch_feed, of.id, enabled=not of.enabled),
        )
        if of.is_imported:
            st.button("Remove", key=f"feeds.remove.{of.id}", type="tertiary",
                      on_click=partial(_remove_feed, of.id))  # fmt: skip


def _draw_add_feed() -> None:
    with (
        st.form("feeds.add", border=False, clear_on_submit=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        url = st.text_input("Address of RSS or Atom", key="feeds.url", placeholder="https://")
        title = st.text_input("Whose it is", key="feeds.title", width=220)
        zone = st.selectbox(
            "Clock of times without a zone",
            ["", *TIME_ZONES],
            key="feeds.zone",
            width=230,
            format_func=lambda value: value or "not known",
            accept_new_options=True,
        )
        pressed = st.form_submit_button("Add feed", icon=":material/add:")
    if not pressed:
        return
    try:
        session.require_live_view()
        added = register_feed(
            session.get_context().feeds, NewFeed(url or "", title or "", zone=zone or "")
        )
    except RoubleReactionError as error:
        st.warning(escape_markdown(str(error)))
        return
    set_flash(f"Feed added: {added.title}. Fetch now asks it.")
    st.rerun()


def _switch_feed(feed_id: str, *, enabled: bool) -> None:
    try:
        session.require_live_view()
        set_feed_enabled(session.get_context().feeds, feed_id, enabled=enabled)
    except RoubleReactionError as error:
        set_flash(f"Not changed: {error}")


def _remove_feed(feed_id: str) -> None:
    try:
        session.require_live_view()
        unregister_feed(session.get_context().feeds, feed_id)
    except RoubleReactionError as error:
        set_flash(f"Not removed: {error}")
        return
    set_flash(f"{feed_id} was removed; what it brought stays in the inbox")


# ------------------------------------------------------------
# Inbox: what feeds and searches reported, one line a story, until a person decides about it.


PROGRESS_INTERVAL: Final = 2.0
OPENED_KEY: Final = "inbox.opened"
OFFLINE_HELP: Final = (
    "Offline: nothing is asked. What came before is here, and can be read, accepted and dismissed."
)


def draw(view: UrlState) -> None:
    """Draw the page."""
    news = session.get_context().news
    scene = read_inbox_state(view)
    draw_flash()
    draw_dismissed_notice()
    _draw_toolbar(view, scene)
    if news.is_offline:
        st.info(OFFLINE_HELP, icon=":material/cloud_off:")
    elif news.state().is_running or news.state().problem:
        _draw_progress()
    draw_feeds(scene)
    draw_news_search(view, scene)
    if scene.problem:
        st.error(escape_markdown(scene.problem))
        return
    _draw_items(view, scene)
    draw_copy_link("inbox", view)
    if OPENED_KEY in st.session_state:
        news.ask()
    st.session_state[OPENED_KEY] = True


def _draw_toolbar(view: UrlState, scene: InboxState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Stories",
            [each.value for each in Decision],
            format_func=lambda state: (
                f"{DECISION_LABELS[Decision(state)]} {scene.counts[Decision(state)]:,}"
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
        news = session.get_context().news
        st.button(
            "Fetch now",
            icon=":material/refresh:",
            key="inbox.fetch",
            type=button_type(),
            on_click=_fetch_news,
            disabled=news.is_offline or news.state().is_running or session.get_as_of() is not None,
        )


def _fetch_news() -> None:
    session.get_context().news.ask(force=True)


@st.fragment(run_every=PROGRESS_INTERVAL)
def _draw_progress() -> None:
    """Draw how the round of asking goes, and the page anew when it is over."""
    state = session.get_context().news.state()
    words = describe_refresh_progress(state)
    if state.problem:
        st.warning(escape_markdown(words, 400))
        return
    if not state.is_running:
        rerun_page()
        return
    st.markdown(f":material/sync: {escape_markdown(words)}")


def _draw_items(view: UrlState, scene: InboxState) -> None:
    if not scene.stories:
        _draw_no_items(view, scene)
        return
    total = scene.counts[scene.state]
    of = f"{len(scene.stories):,} of {total:,}" if len(scene.stories) != total else f"{total:,}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{of} {'story' if total == 1 else 'stories'}**, newest first.",
                    width="stretch")  # fmt: skip
        draw_bulk_dismissal(scene)
    for story in scene.listed:
        draw_news_card(story, scene)
    left = len(scene.stories) - len(scene.listed)
    if left:
        st.button(
            f"Show {min(left, ITEMS_PER_STEP)} more",
            key="inbox.more",
            on_click=lambda: view.set(n=view["n"] + 1),
        )


def _draw_no_items(view: UrlState, scene: InboxState) -> None:
    """Say why there is nothing, and what to do."""
    if view["q"] or view["src"] or view["from"] or view["to"]:
        st.markdown("No story fits these filters.")
        clear = {"q": "", "src": "", "from": None, "to": None}
        st.button("Clear the filters", key="inbox.clear", on_click=lambda: view.set(**clear))
    elif scene.state is Decision.NEW:
        on = sum(each.publisher.enabled for each in scene.feeds)
        ways = f" *Fetch now* asks {format_count(on, 'feed')}; the search below the list of feeds asks GDELT."
        offline = session.get_context().news.is_offline
        st.markdown(f":material/inbox: Nothing waits here.{'' if offline else ways}")
    else:
        st.markdown(f":material/inbox: No story was {scene.state.value} yet.")


PAGE = Page("inbox", "Inbox", ":material/inbox:", "inbox", draw, PARAMS)
