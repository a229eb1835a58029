"""The Article page: candidates for notes from a text, and a check of its claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard.models.article import Article, CheckedClaim, ClaimAnswer, DateMention
from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import MOSCOW, TITLE_LIMIT, Category, Draft, Event, Expected
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.claims import (
    build_claim_columns,
    describe_common_base,
    format_badge,
    format_claims_headline,
    format_question,
    list_answer_lines,
    list_needed_bases,
)
from dashboard.presentation.escaping import escape_markdown, format_markdown_link
from dashboard.presentation.formatting import (
    capitalize_first,
    date_field_format,
)
from dashboard.presentation.incoming_events import (
    describe_precision,
    describe_publication,
    format_statement_day,
)
from dashboard.presentation.palette import STYLE_BY_ID
from dashboard.services.claims import answer_claim
from dashboard.services.notes import add_note, delete_note
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.components.elements import (
    build_claim_query,
    button_type,
    draw_flash,
    draw_page_link,
    draw_text_table,
    set_flash,
)
from dashboard.ui.components.note_form import (
    EARLIEST_DAY,
    TIME_ZONES,
    YEARS_AHEAD,
    draw_author_name,
    get_author_name,
    open_note_draft,
)
from dashboard.ui.pages.article.state import (
    DISMISSED,
    INPUT_MODES,
    DraftCandidate,
    build_candidates,
    build_field_name,
    build_initial_draft,
    draw_article_input,
    get_draft_time,
    get_problem,
    read_article_state,
    set_decision,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.url_state import UrlParam, UrlState, choice_param, day_param, persistent_widget

CARDS_PER_PAGE: Final = 20
SENTENCE_LIMIT: Final = 1_000
CLAIM_LIMIT: int = 400
PAGE_HELP: Final = deferred(
    "Finds dated statements, which can become notes, and checks claims about the rate. **Nothing is"
    " stored unless you accept it**; a pasted text never leaves this program."
)
MESSAGE_LIMIT: Final = 400
LINK_LIMIT: Final = 2_000


def draw(view: UrlState) -> None:
    """Draw the page."""
    draw_flash()
    given = draw_article_input(view)
    if get_problem():
        message = escape_markdown(get_problem(), MESSAGE_LIMIT)
        st.warning(_("Not read: {message_text}", message_text=message), icon=":material/block:")
    reading = read_article_state(given)
    if reading is None:
        return
    _draw_head(reading.article)
    candidates = build_candidates(reading, get_author_name())
    answers = _answer_claims(reading.claims)
    _draw_summary(candidates, answers)
    _draw_claims(answers)
    for base in reading.common_bases:
        text = " ".join(describe_common_base(base))
        st.markdown(f":material/join: {escape_markdown(text, CLAIM_LIMIT)}")
    _draw_candidates(candidates, reading.article)


def _answer_claims(claims: Sequence[CheckedClaim]) -> list[ClaimAnswer]:
    """The claims as the page *Check a claim* answers them."""
    series = session.load_daily_series()
    return [answer_claim(checked.claim, series, DEFAULT_SERIES) for checked in claims]


def _draw_summary(candidates: Sequence[DraftCandidate], answers: Sequence[ClaimAnswer]) -> None:
    """Draw in one line what was found."""
    new = sum(item.is_proposed for item in candidates)
    found = plural(
        "{n:,} dated statement, {new:,} of them new",
        "{n:,} dated statements, {new:,} of them new",
        len(candidates),
        new=new,
    )
    claims = format_claims_headline(answers) if answers else _("no claim about the rate")
    st.markdown(f"**{found}** · {escape_markdown(claims)}")


def _draw_head(article: Article) -> None:
    title = escape_markdown(article.title) or _("Pasted text")
    st.markdown(f"#### {title}")
    facts = [escape_markdown(text, 80) for text in (article.site, article.author) if text]
    if article.url:
        facts.append(format_markdown_link(article.url, article.url))
    facts.append(escape_markdown(describe_publication(article)))
    st.markdown(" · ".join(facts))
    if article.messages:
        lines = [f"- {escape_markdown(message, MESSAGE_LIMIT)}" for message in article.messages]
        st.info("\n".join(lines), icon=":material/info:")


def _link_param(key: str) -> UrlParam:
    """A web address from a person or another page; it is fetched only on a click."""

    def read(texts: Sequence[str]) -> str:
        text = texts[-1].strip()
        if not text.startswith(("http://", "https://")) or len(text) > LINK_LIMIT:
            raise ValueError(key)
        return text

    return UrlParam(key, "", read, lambda value: [value], ("https://example.org/article",))


# ------------------------------------------------------------------ candidates


def _draw_candidates(candidates: Sequence[DraftCandidate], article: Article) -> None:
    """Draw a page of candidates, and the button that accepts those that are ticked."""
    if not candidates:
        st.markdown(_("No dated statement was found. Read the text: the rules miss some."))
        return
    pages = -(-len(candidates) // CARDS_PER_PAGE)
    page = st.pagination(pages, key=f"article.page.{pages}") if pages > 1 else 1
    shown = candidates[(page - 1) * CARDS_PER_PAGE : page * CARDS_PER_PAGE]
    ticked = [item for item in shown if item.is_selected]
    st.markdown(
        plural(
            "**{n:,} candidate.** Nothing is stored until you accept it.",
            "**{n:,} candidates.** Nothing is stored until you accept it.",
            len(candidates),
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_author_name()
        st.button(
            _("Accept all {ticked} ticked", ticked=len(ticked)),
            key="article.accept_all",
            type=button_type(),
            icon=":material/done_all:",
            disabled=not ticked,
            on_click=_accept_candidates,
            args=(ticked,),
        )
    for candidate in shown:
        with st.container(border=True):
            _draw_candidate(candidate, article)


def _draw_candidate(candidate: DraftCandidate, article: Article) -> None:
    if isinstance(candidate.decision, Event):
        _draw_accepted(candidate.number, candidate.decision)
    elif candidate.decision == DISMISSED:
        with st.container(horizontal=True, vertical_alignment="center"):
            title = escape_markdown(candidate.statement.title)
            st.markdown(_(":gray[Dismissed: {title}]", title=title), width="stretch")
            st.button(
                _("Bring back"), key=f"article.back.{candidate.number}", on_click=set_decision,
                args=(candidate.number, None),
            )  # fmt: skip
    else:
        _draw_open_candidate(candidate, article)


def _draw_accepted(number: int, note: Event) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _(
                ":material/check: **{title}** is a note of {day}",
                title=escape_markdown(note.title),
                day=note.day,
            ),
            width="stretch",
        )
        draw_page_link("event", _("Open"), icon=":material/open_in_new:", id=note.id)
        st.button(
            _("Undo"), key=f"article.undo.{number}", on_click=_undo_acceptance, args=(number, note)
        )


def _draw_open_candidate(candidate: DraftCandidate, article: Article) -> None:
    statement, number = candidate.statement, candidate.number
    speaker = escape_markdown(statement.actor, 80) or _("nobody named")
    st.checkbox(
        f"**{format_statement_day(statement)} · {speaker}**",
        disabled=candidate.draft is None,
        **persistent_widget(build_field_name(number, "ticked"), candidate.is_proposed),
    )
    # in quotation marks: a block quotation of Streamlit is too pale to be read
    sentence = _mark_date_mention(statement.sentence, statement.mention)
    st.markdown(_("“{phrase}”", phrase=sentence))
    st.caption(escape_markdown(describe_precision(statement), SENTENCE_LIMIT))
    _draw_similar_events(candidate)
    _draw_fields(candidate, build_initial_draft(statement, article))
    with st.container(horizontal=True):
        st.button(
            _("Accept"), key=f"article.accept.{number}", icon=":material/check:",
            disabled=candidate.draft is None, on_click=_accept_candidates, args=([candidate],),
            help=None if candidate.draft else _("Say first which day it was"),
        )  # fmt: skip
        if st.button(
            _("Edit"), key=f"article.edit.{number}", icon=":material/edit:",
            disabled=candidate.draft is None,
        ) and candidate.draft:  # fmt: skip
            open_note_draft(
                candidate.draft, DEFAULT_SERIES, after=lambda note: set_decision(number, note)
            )
        st.button(
            _("Dismiss"),
            key=f"article.dismiss.{number}",
            icon=":material/close:",
            on_click=set_decision,
            args=(number, DISMISSED),
        )


def _mark_date_mention(sentence: str, mention: DateMention) -> str:
    """A sentence with the words of its date marked; everything in it is shown as it is."""
    before, phrase = sentence[: mention.start], sentence[mention.start : mention.end]
    after = sentence[mention.end :]
    if not phrase.strip() or len(sentence) > SENTENCE_LIMIT:
        return escape_markdown(sentence, SENTENCE_LIMIT)
    parts = [
        _escape_with_spaces(before),
        f":orange-background[{escape_markdown(phrase)}]",
        _escape_with_spaces(after),
    ]
    return "".join(parts)


def _escape_with_spaces(text: str) -> str:
    """Escape a text and keep the blanks at its ends."""
    start = " " if text[:1].isspace() else ""
    end = " " if text.strip() and text[-1:].isspace() else ""
    return f"{start}{escape_markdown(text, SENTENCE_LIMIT)}{end}"


def _draw_similar_events(candidate: DraftCandidate) -> None:
    if candidate.statement.is_background:
        st.caption(_("Background, dated to a year alone: it is not ticked."))
    if candidate.same is not None:
        st.markdown(_(":orange[:material/content_copy: **Already there**], so it is not ticked:"))
        draw_page_link("event", candidate.same.title, id=candidate.same.id)
    if candidate.alike and candidate.same is None:
        st.markdown(
            _(":orange[:material/content_copy: **Perhaps already there**], so it is not ticked:")
        )
    others = candidate.same_day
    if others:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("Known on this day:"), width="content")
            for event in others:
                draw_page_link("event", event.title, id=event.id)


# ------------------------------------------------------------------ fields


def _draw_fields(candidate: DraftCandidate, start: Draft | None) -> None:
    number = candidate.number
    title = start.title if start else candidate.statement.title
    st.text_input(
        _("Title"),
        max_chars=TITLE_LIMIT,
        **persistent_widget(build_field_name(number, "title"), title),
    )
    with (
        st.expander(_("Day, category and direction"), expanded=start is None),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        _draw_candidate_time(number, start)
        categories = [category.value for category in Category]
        st.selectbox(
            _("Category"),
            categories,
            width=190,
            format_func=lambda value: f"{STYLE_BY_ID[value].glyph} {STYLE_BY_ID[value].title}",
            **persistent_widget(
                build_field_name(number, "category"), str(candidate.statement.category)
            ),
        )
        st.segmented_control(
            _("Expected for the rouble"),
            [direction.value for direction in Expected],
            required=True,
            **persistent_widget(build_field_name(number, "expected"), Expected.UNCLEAR.value),
        )  # fmt: skip


def _draw_candidate_time(number: int, start: Draft | None) -> None:
    day = start.day if start else None
    st.date_input(
        _("Day") if day else _(":orange[Which day?]"), width=150, **_day_bounds(day),
        **persistent_widget(build_field_name(number, "day"), day),
    )  # fmt: skip
    if start and start.end_day:
        st.date_input(
            _("Last day"), width=150, **_day_bounds(start.end_day),
            **persistent_widget(build_field_name(number, "end"), start.end_day),
        )  # fmt: skip
    st.time_input(
        _("Time, if known"),
        step=60,
        width=120,
        **persistent_widget(build_field_name(number, "time"), get_draft_time(start)),
    )
    st.selectbox(
        _("Time zone"),
        TIME_ZONES,
        width=170,
        **persistent_widget(build_field_name(number, "zone"), MOSCOW),
    )


def _day_bounds(day: date | None) -> dict[str, Any]:
    """The first and last day that can be chosen, with the day of the draft among them."""
    latest = session.get_view_day().replace(month=12, day=31)
    latest = latest.replace(year=latest.year + YEARS_AHEAD)
    return {
        "min_value": min(EARLIEST_DAY, day or EARLIEST_DAY),
        "max_value": max(latest, day or latest),
        "format": date_field_format(),
    }


# ------------------------------------------------------------------ accepting


def _accept_candidates(chosen_ones: Sequence[DraftCandidate]) -> None:
    """Store each as a note and stop at the first failure, which is reported."""
    saved = 0
    for candidate in chosen_ones:
        if candidate.draft is None:
            continue
        try:
            session.count_against_limit("write")
            note = add_note(session.get_context().notes, candidate.draft)
        except RoubleReactionError as error:
            parts = [
                _("not saved: {title}: {error}", title=candidate.draft.title[:60], error=error)
            ]
            if saved:
                parts.insert(0, plural("{n:,} note saved", "{n:,} notes saved", saved))
            set_flash("; ".join(parts))
            return
        set_decision(candidate.number, note)
        saved += 1
    set_flash(plural("{n:,} note saved", "{n:,} notes saved", saved))


def _undo_acceptance(number: int, note: Event) -> None:
    try:
        session.count_against_limit("write")
        delete_note(session.get_context().notes, note.id, note.revision)
    except RoubleReactionError as error:
        set_flash(_("Not undone: {error}", error=error))
        return
    set_decision(number, None)


# ------------------------------------------------------------------ claims


def _draw_claims(answers: Sequence[ClaimAnswer]) -> None:
    """Draw each claim with its verdict, and the table of every source folded."""
    if not answers:
        return
    st.markdown(
        plural("#### {n:,} claim about the rate", "#### {n:,} claims about the rate", len(answers))
    )
    for answer in answers:
        with st.container(border=True, gap="xsmall"):
            _draw_claim(answer)


def _draw_claim(answer: ClaimAnswer) -> None:
    claim = answer.claim
    phrase = _("“{phrase}”", phrase=escape_markdown(claim.phrase, CLAIM_LIMIT))
    st.markdown(f"{format_badge(answer)} **{phrase}**")
    lines = [format_question(claim), *list_answer_lines(answer)]
    st.markdown(escape_markdown(" ".join(lines), SENTENCE_LIMIT))
    for caption in (translate_deferred(claim.doubt), *list_needed_bases(answer)):
        if caption:
            st.caption(escape_markdown(f"{capitalize_first(caption)}", CLAIM_LIMIT))
    settings = build_claim_query(claim)
    if settings is not None:
        draw_page_link("facts", _("Check it, with a chart"), **settings)
    if answer.rows:
        with st.expander(_("Every source and base"), icon=":material/table:"):
            draw_text_table(
                build_claim_columns(answer), _("Verdicts on a claim, one row a series and base")
            )


PAGE = Page(
    "article",
    deferred("Article"),
    ":material/article:",
    "article",
    draw,
    (
        choice_param("way", tuple(INPUT_MODES), "text"),
        _link_param("url"),
        day_param("published", "2025-04-22"),
    ),
    heading=deferred("Read an article"),
    purpose=PAGE_HELP,
)
