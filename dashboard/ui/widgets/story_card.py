"""A story of the inbox: what, when and how exactly, who, and what one can do with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard.domain.candidate import Decision, Story
from dashboard.domain.errors import RoubleReactionError
from dashboard.services.decide_news import (
    accept_story,
    accepting,
    dismiss,
    draft_of,
    undo_dismiss,
)
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.services.list_inbox import category_of
from dashboard.ui import session
from dashboard.ui.inbox_scene import InboxScene
from dashboard.ui.inbox_words import decided_words, reports_words, time_words, tone_words
from dashboard.ui.palette import LANE_OF
from dashboard.ui.text import escape_markdown, markdown_link
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.links import page_link
from dashboard.ui.widgets.note_form import AUTHOR, open_draft
from dashboard.ui.wording import count

DISMISSED: Final = "inbox.dismissed"
TITLE_SHOWN: Final = 200
DOUBT_SHOWN: Final = 240


def draw_story(story: Story, scene: InboxScene) -> None:
    """Draw one story with its buttons."""
    lead = story.lead
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="top"):
            if scene.state is Decision.NEW:
                st.checkbox(
                    f"Choose {escape_markdown(lead.report.title, 60)}", key=f"inbox.pick.{lead.id}",
                    label_visibility="collapsed", width="content",
                )  # fmt: skip
            st.markdown(f"**{escape_markdown(lead.report.title, TITLE_SHOWN)}**", width="stretch")
        st.markdown(" · ".join(_facts(story)))
        if lead.report.doubt:
            doubt = escape_markdown(lead.report.doubt, DOUBT_SHOWN)
            st.markdown(f":small[:material/schedule: {doubt}]")
        if lead.report.excerpt:
            st.caption(escape_markdown(lead.report.excerpt, 400))
        _draw_buttons(story, scene)


def _facts(story: Story) -> list[str]:
    lane = LANE_OF[category_of(story.lead)]
    return list(filter(None, (
        escape_markdown(time_words(story.lead)),
        escape_markdown(reports_words(story)),
        f"{lane.glyph} {lane.title}",
        tone_words(story),
        escape_markdown(decided_words(story)),
    )))  # fmt: skip


def _draw_buttons(story: Story, scene: InboxScene) -> None:
    name = story.lead.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if scene.state is Decision.NEW:
            st.button("Accept", key=f"inbox.accept.{name}", icon=":material/check:",
                      on_click=partial(_accept, story))  # fmt: skip
            if st.button("Edit", key=f"inbox.edit.{name}", icon=":material/edit:",
                         disabled=session.as_of() is not None):  # fmt: skip
                draft = draft_of(story, guess_day=True)
                open_draft(draft, DEFAULT_SERIES, accepting(story, session.parts().inbox))
            st.button("Dismiss", key=f"inbox.dismiss.{name}", icon=":material/close:",
                      on_click=partial(_dismiss, (story,)))  # fmt: skip
        elif scene.state is Decision.DISMISSED:
            st.button("Put back", key=f"inbox.back.{name}", icon=":material/undo:",
                      on_click=partial(_put_back, _ids((story,))))  # fmt: skip
        elif story.lead.note_id:
            page_link("event", "Open the note", icon=":material/star:", id=story.lead.note_id)
        _draw_links(story)


def _draw_links(story: Story) -> None:
    linked = [each for each in story.reports if each.report.link]
    if len(linked) == 1:
        st.markdown(markdown_link("Read it", linked[0].report.link))
    elif linked:
        with st.popover(f"Read {count(len(linked), 'report')}", type="tertiary"):
            for each in linked[:30]:
                name = each.report.publisher or each.source_id
                title = escape_markdown(each.report.title, 120)
                link = markdown_link(name, each.report.link)
                st.markdown(f"{link}: {title} · {escape_markdown(time_words(each))}")


def draw_bulk(scene: InboxScene) -> None:
    """Draw the way to dismiss what is chosen, or everything that is shown."""
    if scene.state is not Decision.NEW:
        return
    chosen = [each for each in scene.listed if st.session_state.get(f"inbox.pick.{each.lead.id}")]
    st.button(
        f"Dismiss {len(chosen)} chosen" if chosen else "Dismiss chosen",
        key="inbox.bulk",
        disabled=not chosen,
        on_click=partial(_dismiss, tuple(chosen)),
    )
    st.button(
        f"Dismiss all {len(scene.listed)} shown",
        key="inbox.all",
        on_click=partial(_dismiss, scene.listed),
    )


def draw_dismissed() -> None:
    """Draw what was just dismissed, and the way back."""
    if DISMISSED not in st.session_state:
        return
    ids, words = st.session_state[DISMISSED]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check: {escape_markdown(words)}", width="stretch")
        st.button("Undo", key="inbox.undo", on_click=partial(_put_back, ids))
        st.button("Close", key="inbox.close", type="tertiary", on_click=_forget)


def _accept(story: Story) -> None:
    who = st.session_state.get(AUTHOR, "")
    try:
        session.check_live()
        note = accept_story(story, session.parts().inbox, who=who)
    except RoubleReactionError as error:
        say(f"Not accepted: {error}")
        return
    _forget()
    say(f"Note saved: {note.title}")


def _dismiss(stories: Sequence[Story]) -> None:
    ids = _ids(stories)
    try:
        session.check_live()
        dismiss(ids, session.parts().inbox, who=st.session_state.get(AUTHOR, ""))
    except RoubleReactionError as error:
        say(f"Not dismissed: {error}")
        return
    named = count(len(stories), "story", "stories")
    title = f": {stories[0].lead.report.title}" if len(stories) == 1 else ""
    st.session_state[DISMISSED] = (ids, f"Dismissed {named}{title}")


def _put_back(ids: Sequence[str]) -> None:
    try:
        session.check_live()
        undo_dismiss(ids, session.parts().inbox)
    except RoubleReactionError as error:
        say(f"Not put back: {error}")
        return
    _forget()


def _forget() -> None:
    st.session_state.pop(DISMISSED, None)


def _ids(stories: Sequence[Story]) -> tuple[str, ...]:
    return tuple(each.id for story in stories for each in story.reports)
