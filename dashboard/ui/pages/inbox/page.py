"""The Inbox page: news items from feeds and searches, to accept or dismiss."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import Category
from dashboard.models.inbox import Decision, NewsCluster
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Action
from dashboard.presentation.escaping import escape_markdown, format_markdown_link
from dashboard.presentation.formatting import (
    date_field_format,
    format_number,
)
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
from dashboard.ui.components.elements import (
    button_type,
    draw_copy_link,
    draw_flash,
    draw_page_link,
    rerun_page,
    set_flash,
)
from dashboard.ui.components.note_form import AUTHOR_KEY, TIME_ZONES, open_note_draft
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.inbox.state import (
    ITEMS_PER_STEP,
    PARAMS,
    InboxState,
    draw_news_search,
    read_inbox_state,
)
from dashboard.ui.url_state import UrlState

DISMISSED_KEY: Final = "inbox.dismissed"
TITLE_LIMIT: Final = 200
DOUBT_LIMIT: Final = 240
STATUS_LIMIT = 400
PROGRESS_INTERVAL: Final = 2.0
OPENED_KEY: Final = "inbox.opened"
PAGE_HELP: Final = deferred(
    "News from feeds and searches waits here. Accept a story and it becomes a note on the chart."
)
OFFLINE_HELP: Final = deferred(
    "Offline: no feed is fetched. What came before can be read, accepted and dismissed."
)


def draw(view: UrlState) -> None:
    """Draw the page."""
    news = session.get_context().news
    state = read_inbox_state(view)
    draw_flash()
    _draw_dismissed_notice()
    if state.is_unused:
        _draw_fetch_button(state)
    else:
        _draw_toolbar(view, state)
    if news.is_offline:
        st.info(translate_deferred(OFFLINE_HELP), icon=":material/cloud_off:")
    elif news.state().is_running or news.state().problem:
        _draw_progress()
    if state.is_unused:
        _draw_no_items(view, state)
    _draw_feeds(state)
    draw_news_search(view, state)
    if state.problem:
        st.error(escape_markdown(state.problem))
        return
    _draw_items(view, state)
    draw_copy_link("inbox", view)
    if OPENED_KEY in st.session_state:
        news.submit()
    st.session_state[OPENED_KEY] = True


def _draw_toolbar(view: UrlState, inbox: InboxState) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            _("Stories"),
            [decision.value for decision in Decision],
            format_func=lambda state: (
                f"{translate_deferred(DECISION_LABELS[Decision(state)])}"
                f" {format_number(inbox.counts[Decision(state)], 0)}"
            ),
            required=True,
            label_visibility="collapsed" if inbox.phone else "visible",
            **view.widget("state"),
        )
        st.text_input(
            _("Search the inbox"),
            placeholder=_("words in title or source"),
            width=230,
            **view.typed("q"),
        )
        sources = inbox.sources
        if view["src"] not in sources:
            view.ignore("src")
        st.selectbox(_("Source"), list(sources), format_func=lambda key: sources[key], width=190,
                     **view.widget("src"))  # fmt: skip
        if not inbox.phone:
            st.date_input(_("From"), format=date_field_format(), width=140, **view.widget("from"))
            st.date_input(_("To"), format=date_field_format(), width=140, **view.widget("to"))
            st.space("stretch")
        _draw_fetch_button(inbox)


def _draw_fetch_button(inbox: InboxState) -> None:
    if not session.may(Action.FETCH):
        return
    news = session.get_context().news
    is_frozen = session.get_as_of() is not None
    st.button(
        plural("Fetch news from {n:,} feed", "Fetch news from {n:,} feeds", inbox.feeds_on),
        icon=":material/refresh:",
        key="inbox.fetch",
        type=button_type(),
        on_click=_fetch_news,
        disabled=news.is_offline or news.state().is_running or is_frozen,
    )


def _fetch_news() -> None:
    try:
        session.count_against_limit("fetch")
    except RoubleReactionError as error:
        set_flash(_("Not fetched: {error}", error=error))
        return
    session.get_context().news.submit(force=True)


@st.fragment(run_every=PROGRESS_INTERVAL)
def _draw_progress() -> None:
    """Draw the progress of the refresh, and rerun the page when it has ended."""
    state = session.get_context().news.state()
    text = describe_refresh_progress(state)
    if state.problem:
        st.warning(escape_markdown(text, 400))
        return
    if not state.is_running:
        rerun_page()
        return
    st.markdown(f":material/sync: {escape_markdown(text)}")


def _draw_items(view: UrlState, state: InboxState) -> None:
    if state.is_unused:
        return
    if not state.clusters:
        _draw_no_items(view, state)
        return
    total = state.counts[state.state]
    shown = {"shown": len(state.clusters)}
    if len(state.clusters) == total:
        heading = plural(
            "**{n:,} story**, newest first.", "**{n:,} stories**, newest first.", total
        )
    else:
        heading = plural(
            "**{shown:,} of {n:,} story**, newest first.",
            "**{shown:,} of {n:,} stories**, newest first.",
            total,
            **shown,
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(heading, width="stretch")
        _draw_bulk_dismissal(state)
    for cluster in state.listed:
        _draw_news_card(cluster, state)
    left = len(state.clusters) - len(state.listed)
    if left:
        st.button(
            _("Show {left} more", left=min(left, ITEMS_PER_STEP)),
            key="inbox.more",
            on_click=lambda: view.set(n=view["n"] + 1),
        )


def _draw_no_items(view: UrlState, state: InboxState) -> None:
    """Say why there is nothing, and what to do."""
    if view["q"] or view["src"] or view["from"] or view["to"]:
        st.markdown(_("No story fits these filters."))
        clear = {"q": "", "src": "", "from": None, "to": None}
        st.button(_("Clear the filters"), key="inbox.clear", on_click=lambda: view.set(**clear))
    elif state.state is Decision.NEW or state.is_unused:
        st.markdown(_(":material/inbox: Inbox is empty."))
        if state.is_unused:
            _draw_example()
    elif state.state is Decision.ACCEPTED:
        st.markdown(_(":material/inbox: No story was accepted yet."))
    else:
        st.markdown(_(":material/inbox: No story was dismissed yet."))


def _draw_example() -> None:
    """Draw what a story will look like."""
    st.caption(_("A story will look like this:"))
    with st.container(border=True, gap="small"):
        style = STYLE_BY_ID[Category.MONETARY_POLICY]
        st.markdown(_("**Bank of Russia holds the key rate at 21 %**"))
        when = _("25 Apr 2025, 13:30 Moscow · Bank of Russia")
        st.markdown(f"{when} · {style.glyph} {style.title}")
        with st.container(horizontal=True):
            for label in (_("Accept"), _("Edit"), _("Dismiss")):
                st.button(label, key=f"inbox.example.{label}", disabled=True)


# ------------------------------------------------------------------ one item


def _draw_news_card(cluster: NewsCluster, state: InboxState) -> None:
    """Draw one cluster of news items with its buttons."""
    lead = cluster.lead
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="top"):
            if state.state is Decision.NEW:
                st.checkbox(
                    _("Choose {title}", title=escape_markdown(lead.report.title, 60)),
                    key=f"inbox.pick.{lead.id}",
                    label_visibility="collapsed",
                    width="content",
                )
            st.markdown(f"**{escape_markdown(lead.report.title, TITLE_LIMIT)}**", width="stretch")
        st.markdown(" · ".join(_build_news_facts(cluster)))
        if lead.report.doubt:
            doubt = escape_markdown(lead.report.doubt, DOUBT_LIMIT)
            st.markdown(f":small[:material/schedule: {doubt}]")
        if lead.report.excerpt:
            st.caption(escape_markdown(lead.report.excerpt, 400))
        _draw_news_buttons(cluster, state)


def _build_news_facts(cluster: NewsCluster) -> list[str]:
    style = STYLE_BY_ID[propose_category(cluster.lead)]
    return list(filter(None, (
        escape_markdown(format_reported_time(cluster.lead)),
        escape_markdown(format_publishers(cluster)),
        f"{style.glyph} {style.title}",
        format_tone(cluster),
        escape_markdown(describe_decision(cluster)),
    )))  # fmt: skip


def _draw_news_buttons(cluster: NewsCluster, state: InboxState) -> None:
    name = cluster.lead.id
    with st.container(horizontal=True, vertical_alignment="center"):
        may_decide = session.may(Action.DECIDE)
        if state.state is Decision.NEW and may_decide:
            st.button(_("Accept"), key=f"inbox.accept.{name}", icon=":material/check:",
                      on_click=partial(_accept_item, cluster))  # fmt: skip
            if st.button(_("Edit"), key=f"inbox.edit.{name}", icon=":material/edit:",
                         disabled=session.get_as_of() is not None):  # fmt: skip
                draft = draft_from_cluster(cluster, guess_day=True)
                open_note_draft(
                    draft,
                    DEFAULT_SERIES,
                    accepting_note_store(cluster, session.get_context().inbox),
                )
            st.button(_("Dismiss"), key=f"inbox.dismiss.{name}", icon=":material/close:",
                      on_click=partial(_dismiss_items, (cluster,)))  # fmt: skip
        elif state.state is Decision.DISMISSED and may_decide:
            st.button(_("Put back"), key=f"inbox.back.{name}", icon=":material/undo:",
                      on_click=partial(_restore_items, _item_ids((cluster,))))  # fmt: skip
        elif cluster.lead.note_id:
            draw_page_link(
                "event", _("Open the note"), icon=":material/star:", id=cluster.lead.note_id
            )
        _draw_news_links(cluster)


def _draw_news_links(cluster: NewsCluster) -> None:
    linked = [item for item in cluster.reports if item.report.link]
    if len(linked) == 1:
        st.markdown(format_markdown_link(_("Read"), linked[0].report.link))
    elif linked:
        with st.popover(
            plural("Read {n:,} report", "Read {n:,} reports", len(linked)), type="tertiary"
        ):
            for item in linked[:30]:
                name = item.report.publisher or item.source_id
                title = escape_markdown(item.report.title, 120)
                link = format_markdown_link(name, item.report.link)
                st.markdown(f"{link}: {title} · {escape_markdown(format_reported_time(item))}")


def _draw_bulk_dismissal(state: InboxState) -> None:
    """Draw the button that dismisses the chosen items, or all that are shown."""
    if state.state is not Decision.NEW or not session.may(Action.DECIDE):
        return
    chosen = [
        cluster for cluster in state.listed if st.session_state.get(f"inbox.pick.{cluster.lead.id}")
    ]
    st.button(
        _("Dismiss {chosen} chosen", chosen=len(chosen)) if chosen else _("Dismiss chosen"),
        key="inbox.bulk",
        disabled=not chosen,
        on_click=partial(_dismiss_items, tuple(chosen)),
    )
    st.button(
        _("Dismiss all {listed} shown", listed=len(state.listed)),
        key="inbox.all",
        on_click=partial(_dismiss_items, state.listed),
    )


def _draw_dismissed_notice() -> None:
    """Draw the notice of the last dismissal with its undo button."""
    if DISMISSED_KEY not in st.session_state:
        return
    ids, text = st.session_state[DISMISSED_KEY]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(text)}", width="stretch")
        st.button(_("Undo"), key="inbox.undo", on_click=partial(_restore_items, ids))
        st.button(_("Close"), key="inbox.close", type="tertiary", on_click=_clear_dismissed)


def _accept_item(cluster: NewsCluster) -> None:
    author = st.session_state.get(AUTHOR_KEY, "")
    try:
        session.require_live_view()
        session.count_against_limit("write")
        note = accept_cluster(cluster, session.get_context().inbox, author=author)
    except RoubleReactionError as error:
        set_flash(_("Not accepted: {error}", error=error))
        return
    _clear_dismissed()
    set_flash(_("Note saved: {title}", title=note.title))


def _dismiss_items(clusters: Sequence[NewsCluster]) -> None:
    ids = _item_ids(clusters)
    try:
        session.require_live_view()
        session.count_against_limit("write")
        dismiss_news(ids, session.get_context().inbox, author=st.session_state.get(AUTHOR_KEY, ""))
    except RoubleReactionError as error:
        set_flash(_("Not dismissed: {error}", error=error))
        return
    named = plural("{n:,} story", "{n:,} stories", len(clusters))
    title = f": {clusters[0].lead.report.title}" if len(clusters) == 1 else ""
    st.session_state[DISMISSED_KEY] = (ids, _("Dismissed {named}{title}", named=named, title=title))


def _restore_items(ids: Sequence[str]) -> None:
    try:
        session.require_live_view()
        session.count_against_limit("write")
        undo_dismissal(ids, session.get_context().inbox)
    except RoubleReactionError as error:
        set_flash(_("Not put back: {error}", error=error))
        return
    _clear_dismissed()


def _clear_dismissed() -> None:
    st.session_state.pop(DISMISSED_KEY, None)


def _item_ids(clusters: Sequence[NewsCluster]) -> tuple[str, ...]:
    return tuple(item.id for cluster in clusters for item in cluster.reports)


# ------------------------------------------------------------------ feeds


def _draw_feeds(state: InboxState) -> None:
    """Draw the state of the feeds; unfolded, one line a feed and the form for another."""
    if state.list_problem:
        st.error(escape_markdown(state.list_problem))
        return
    heading, is_open = _format_feeds_heading(state), state.is_unused and not state.phone
    with st.expander(heading, icon=":material/rss_feed:", expanded=is_open):
        for feed in state.feeds:
            _draw_feed(feed, state)
        if session.may(Action.FEED):
            _draw_add_feed()


def _format_feeds_heading(state: InboxState) -> str:
    """`7 feeds, 2 of them failing`, fit for a label."""
    on = [feed for feed in state.feeds if feed.publisher.enabled]
    failing = [feed for feed in on if feed.state is not None and feed.state.problem]
    fetched = [feed for feed in on if feed.state is not None]
    if not fetched:
        return plural("{n:,} feed, not fetched yet", "{n:,} feeds, not fetched yet", len(on))
    if not failing:
        return plural("{n:,} feed, all answered", "{n:,} feeds, all answered", len(on))
    return plural(
        "{n:,} feed, {failing} of them failing",
        "{n:,} feeds, {failing} of them failing",
        len(on),
        failing=len(failing),
    )


def _draw_feed(feed: FeedStatus, state: InboxState) -> None:
    of = feed.publisher
    with st.container(horizontal=True, vertical_alignment="center"):
        text = escape_markdown(describe_feed(feed, state.now), STATUS_LIMIT)
        is_bad = bool(of.enabled and feed.state and feed.state.problem)
        status = f":orange[:material/warning: {text}]" if is_bad else text
        terms = f" · :small[{escape_markdown(translate_deferred(of.terms))}]" if of.terms else ""
        st.markdown(
            f"{format_markdown_link(translate_deferred(of.title), of.url)} · {status}{terms}",
            width="stretch",
        )
        if not session.may(Action.FEED):
            return
        st.button(
            _("Switch off") if of.enabled else _("Switch on"),
            key=f"feeds.switch.{of.id}",
            type="tertiary",
            on_click=partial(_switch_feed, of.id, enabled=not of.enabled),
        )
        if of.is_imported:
            st.button(_("Remove"), key=f"feeds.remove.{of.id}", type="tertiary",
                      on_click=partial(_remove_feed, of.id))  # fmt: skip


def _draw_add_feed() -> None:
    with (
        st.form("feeds.add", border=False, clear_on_submit=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        url = st.text_input(
            _("Address of RSS, Atom or iCalendar"), key="feeds.url", placeholder="https://"
        )
        title = st.text_input(_("Whose it is"), key="feeds.title", width=220)
        zone = st.selectbox(
            _("Clock of times without a zone"),
            ["", *TIME_ZONES],
            key="feeds.zone",
            width=230,
            format_func=lambda value: value or _("not known"),
            accept_new_options=True,
        )
        pressed = st.form_submit_button(_("Add feed"), icon=":material/add:")
    if not pressed:
        return
    try:
        session.require_live_view()
        session.count_against_limit("write")
        added = register_feed(
            session.get_context().feeds, NewFeed(url or "", title or "", zone=zone or "")
        )
        session.get_context().notes.audit.write("feed-add", added.id, (None, {"url": added.url}))
    except RoubleReactionError as error:
        st.warning(escape_markdown(str(error)))
        return
    set_flash(_("Feed added: {title}", title=added.title))
    st.rerun()


def _switch_feed(feed_id: str, *, enabled: bool) -> None:
    try:
        session.require_live_view()
        session.count_against_limit("write")
        set_feed_enabled(session.get_context().feeds, feed_id, enabled=enabled)
        action = "feed-on" if enabled else "feed-off"
        session.get_context().notes.audit.write(action, feed_id)
    except RoubleReactionError as error:
        set_flash(_("Not changed: {error}", error=error))


def _remove_feed(feed_id: str) -> None:
    try:
        session.require_live_view()
        session.count_against_limit("write")
        unregister_feed(session.get_context().feeds, feed_id)
        session.get_context().notes.audit.write("feed-remove", feed_id)
    except RoubleReactionError as error:
        set_flash(_("Not removed: {error}", error=error))
        return
    set_flash(_("{feed_id} was removed; what it brought stays in the inbox", feed_id=feed_id))


PAGE = Page(
    "inbox", deferred("Inbox"), ":material/inbox:", "inbox", draw, PARAMS,
    heading=deferred("Inbox"),
    purpose=PAGE_HELP,
)  # fmt: skip
