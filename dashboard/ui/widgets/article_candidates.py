"""The candidates of an article as cards: changed, accepted, edited or dismissed, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard.domain.article import Article, SaidDate
from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import MOSCOW, TITLE_LIMIT, Category, Event, Expected
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.services.keep_events import Draft, add_note, delete_note
from dashboard.ui import session
from dashboard.ui.article_scene import DISMISSED, Candidate, clock_of, field_name, settle, start_of
from dashboard.ui.article_words import precision_words, statement_day
from dashboard.ui.kept_choice import kept
from dashboard.ui.palette import LANE_OF
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.links import page_link
from dashboard.ui.widgets.note_form import EARLIEST, YEARS_AHEAD, ZONES, open_draft
from dashboard.ui.widgets.your_name import draw_your_name
from dashboard.ui.wording import count

CARDS: Final = 20
SENTENCE: Final = 1_000


def draw_candidates(found: Sequence[Candidate], article: Article) -> None:
    """Draw a page of candidates, and the button that accepts those that are ticked."""
    if not found:
        st.markdown("No dated statement was found. Read the text: the rules miss some.")
        return
    pages = -(-len(found) // CARDS)
    page = st.pagination(pages, key=f"article.page.{pages}") if pages > 1 else 1
    shown = found[(page - 1) * CARDS : page * CARDS]
    ticked = [each for each in shown if each.is_ticked]
    st.markdown(f"**{count(len(found), 'candidate')}.** Nothing is stored until you accept it.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_your_name()
        st.button(
            f"Accept all {len(ticked)} ticked", key="article.accept_all", type=emphasis(),
            icon=":material/done_all:", disabled=not ticked, on_click=_accept, args=(ticked,),
        )  # fmt: skip
    for candidate in shown:
        with st.container(border=True):
            _draw_card(candidate, article)


def _draw_card(candidate: Candidate, article: Article) -> None:
    if isinstance(candidate.fate, Event):
        _draw_accepted(candidate.number, candidate.fate)
    elif candidate.fate == DISMISSED:
        with st.container(horizontal=True, vertical_alignment="center"):
            title = escape_markdown(candidate.statement.title)
            st.markdown(f":gray[Dismissed: {title}]", width="stretch")
            st.button(
                "Bring back", key=f"article.back.{candidate.number}", on_click=settle,
                args=(candidate.number, None),
            )  # fmt: skip
    else:
        _draw_open(candidate, article)


def _draw_accepted(number: int, note: Event) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/check: **{escape_markdown(note.title)}** is a note of {note.day}",
            width="stretch",
        )
        page_link("event", "Open", icon=":material/open_in_new:", id=note.id)
        st.button("Undo", key=f"article.undo.{number}", on_click=_take_back, args=(number, note))


def _draw_open(candidate: Candidate, article: Article) -> None:
    statement, number = candidate.statement, candidate.number
    who = escape_markdown(statement.actor, 80) or "nobody named"
    st.checkbox(
        f"**{statement_day(statement)} · {who}**",
        disabled=candidate.draft is None,
        **kept(field_name(number, "ticked"), candidate.draft is not None and not candidate.same),
    )
    # in quotation marks: what Streamlit sets apart as a quotation is too pale to be read
    st.markdown(f"“{marked(statement.sentence, statement.said)}”")
    st.caption(escape_markdown(precision_words(statement), SENTENCE))
    _draw_known(candidate)
    _draw_fields(candidate, start_of(statement, article))
    with st.container(horizontal=True):
        st.button(
            "Accept", key=f"article.accept.{number}", icon=":material/check:",
            disabled=candidate.draft is None, on_click=_accept, args=([candidate],),
            help=None if candidate.draft else "Say first which day it was",
        )  # fmt: skip
        if st.button(
            "Edit", key=f"article.edit.{number}", icon=":material/edit:",
            disabled=candidate.draft is None,
        ) and candidate.draft:  # fmt: skip
            open_draft(candidate.draft, DEFAULT_SERIES, after=lambda note: settle(number, note))
        st.button(
            "Dismiss", key=f"article.dismiss.{number}", icon=":material/close:", on_click=settle,
            args=(number, DISMISSED),
        )  # fmt: skip


def marked(sentence: str, said: SaidDate) -> str:
    """A sentence with the words of its date marked; everything in it is shown as it is."""
    before, phrase = sentence[: said.start], sentence[said.start : said.end]
    after = sentence[said.end :]
    if not phrase.strip() or len(sentence) > SENTENCE:
        return escape_markdown(sentence, SENTENCE)
    parts = [_spaced(before), f":orange-background[{escape_markdown(phrase)}]", _spaced(after)]
    return "".join(parts)


def _spaced(text: str) -> str:
    """Text with the blanks at its ends, which cleaning takes away."""
    start = " " if text[:1].isspace() else ""
    end = " " if text.strip() and text[-1:].isspace() else ""
    return f"{start}{escape_markdown(text, SENTENCE)}{end}"


def _draw_known(candidate: Candidate) -> None:
    if candidate.same:
        st.markdown(":orange[:material/content_copy: **Already there**], so it is not ticked:")
        page_link("event", "the same day and title", id=candidate.same)
    if candidate.beside:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Known on this day:", width="content")
            for event in candidate.beside:
                page_link("event", event.title, id=event.id)


# ------------------------------------------------------------------ fields


def _draw_fields(candidate: Candidate, start: Draft | None) -> None:
    number = candidate.number
    title = start.title if start else candidate.statement.title
    st.text_input("Title", max_chars=TITLE_LIMIT, **kept(field_name(number, "title"), title))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_when(number, start)
        categories = [category.value for category in Category]
        st.selectbox(
            "Category", categories, width=190,
            format_func=lambda value: f"{LANE_OF[value].glyph} {LANE_OF[value].title}",
            **kept(field_name(number, "category"), str(candidate.statement.category)),
        )  # fmt: skip
        st.segmented_control(
            "Expected for the rouble", [each.value for each in Expected], required=True,
            **kept(field_name(number, "expected"), Expected.UNCLEAR.value),
        )  # fmt: skip


def _draw_when(number: int, start: Draft | None) -> None:
    day = start.day if start else None
    st.date_input(
        "Day" if day else ":orange[Which day?]", width=150, **_bounds(day),
        **kept(field_name(number, "day"), day),
    )  # fmt: skip
    if start and start.end_day:
        st.date_input(
            "Last day", width=150, **_bounds(start.end_day),
            **kept(field_name(number, "end"), start.end_day),
        )  # fmt: skip
    st.time_input("Time, if known", step=60, width=120,
                  **kept(field_name(number, "time"), clock_of(start)))  # fmt: skip
    st.selectbox("Time zone", ZONES, width=170, **kept(field_name(number, "zone"), MOSCOW))


def _bounds(day: date | None) -> dict[str, Any]:
    """The days one may choose: as in the form of a note, and the day that was found."""
    latest = session.today().replace(month=12, day=31)
    latest = latest.replace(year=latest.year + YEARS_AHEAD)
    return {
        "min_value": min(EARLIEST, day or EARLIEST),
        "max_value": max(latest, day or latest),
        "format": "YYYY-MM-DD",
    }


# ------------------------------------------------------------------ accepting


def _accept(chosen_ones: Sequence[Candidate]) -> None:
    """Store each as a note; the first that fails is told, and those after it wait."""
    saved = 0
    for candidate in chosen_ones:
        if candidate.draft is None:
            continue
        try:
            note = add_note(session.parts().notes, candidate.draft)
        except RoubleReactionError as error:
            before = f"{count(saved, 'note')} saved; " if saved else ""
            say(f"{before}not saved: {candidate.draft.title[:60]}: {error}")
            return
        settle(candidate.number, note)
        saved += 1
    say(f"{count(saved, 'note')} saved")


def _take_back(number: int, note: Event) -> None:
    try:
        delete_note(session.parts().notes, note.id, note.revision)
    except RoubleReactionError as error:
        say(f"Not undone: {error}")
        return
    settle(number, None)
