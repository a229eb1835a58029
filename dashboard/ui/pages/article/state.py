"""State and controls of the Article page: the article that was read, its candidates as drafts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.container import article_from_bytes, article_from_link
from dashboard.models.article import Article, PublicationTime, Statement
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.event import MOSCOW, Draft, Event, Origin
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.formatting import date_field_format
from dashboard.services.article import ArticleReading, draft_from_statement, read_article
from dashboard.services.events import DuplicateIndex
from dashboard.ui import session
from dashboard.ui.components.elements import button_type
from dashboard.ui.components.note_form import EARLIEST_DAY, TIME_ZONES
from dashboard.ui.url_state import (
    UrlState,
    get_persistent,
    persistent_widget,
    reset_persistent,
    set_persistent,
)

ARTICLE_KEY: Final = "article.read"
READING_KEY: Final = "article.reading"
DECISIONS_KEY: Final = "article.fates"
PROBLEM_KEY: Final = "article.problem"
FIELD_PREFIX: Final = "article:"
DISMISSED: Final = "dismissed"
MAX_SIMILAR_EVENTS: Final = 3


@dataclass(frozen=True, slots=True)
class DraftCandidate:
    """A statement of the article as it would become a note.

    Attributes:
        number: its place in the article, from 0.
        statement: as the article has it.
        draft: with the changes of the reader; None while its day is open.
        same: the listed event that it repeats; None where none does.
        same_day: other events of its day.
        decision: the note it became, `DISMISSED`, or None while it waits.
    """

    number: int
    statement: Statement
    draft: Draft | None
    same: Event | None = None
    same_day: tuple[Event, ...] = ()
    decision: Event | str | None = None

    @property
    def is_selected(self) -> bool:
        """Whether it is among those that are accepted together."""
        if self.decision is not None or self.draft is None:
            return False
        return bool(get_persistent(build_field_name(self.number, "ticked"), self.is_proposed))

    @property
    def is_proposed(self) -> bool:
        """Whether it is ticked at first: it has a day, is no background and not listed already."""
        is_new = self.same is None and not self.alike and not self.statement.is_background
        return is_new and self.draft is not None

    @property
    def alike(self) -> tuple[Event, ...]:
        """Other events of its day and category, one of which it may repeat."""
        category = self.draft.category if self.draft else ""
        return tuple(event for event in self.same_day if event.category == category)


def build_field_name(number: int, field: str) -> str:
    """The session key of a changed field of a candidate."""
    return f"{FIELD_PREFIX}{number}.{field}"


def set_article(article: Article) -> None:
    """Replace the article, with no changes to its candidates."""
    reset_persistent(FIELD_PREFIX)
    for key in (READING_KEY, DECISIONS_KEY, PROBLEM_KEY):
        st.session_state.pop(key, None)
    st.session_state[ARTICLE_KEY] = article


def set_problem(problem: str) -> None:
    """Store why an article could not be read and drop the one before."""
    for key in (ARTICLE_KEY, READING_KEY):
        st.session_state.pop(key, None)
    st.session_state[PROBLEM_KEY] = problem


def get_problem() -> str:
    """Why the last article could not be read; empty where it could."""
    return str(st.session_state.get(PROBLEM_KEY, ""))


def read_article_state(given: PublicationTime | None) -> ArticleReading | None:
    """The candidates and claims of the article; computed again only where an input differs."""
    article: Article | None = st.session_state.get(ARTICLE_KEY)
    if article is None:
        return None
    ids = tuple(card.id for card in session.get_price_cards() if not card.bar_minutes)
    known = session.get_known_events()
    key = (given, ids, session.get_series_versions(), known.version)
    cached = st.session_state.get(READING_KEY)
    if cached is None or cached[0] != key:
        series = [session.load_series(name) for name in ids]
        cached = (key, read_article(article, series, given, known.events))
        st.session_state[READING_KEY] = cached
    reading: ArticleReading = cached[1]
    return reading


def build_given_publication(day: date | None, at: time | None, zone: str) -> PublicationTime | None:
    """The publication as the reader gives it."""
    if day is None:
        return None
    if at is None:
        return PublicationTime(day, "given")
    return PublicationTime(day, "given", datetime.combine(day, at, ZoneInfo(zone)))


# ------------------------------------------------------------------ candidates


def build_candidates(reading: ArticleReading, author: str) -> list[DraftCandidate]:
    """Every statement with its changes, the event it repeats, and its decision."""
    events = session.get_known_events().events
    known = DuplicateIndex.of(events)
    by_day: dict[date, list[Event]] = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event)
    by_id = {event.id: event for event in events}
    decisions = st.session_state.get(DECISIONS_KEY, {})
    candidates = []
    for number, statement in enumerate(reading.statements):
        draft = _build_draft(number, statement, reading.article, author)
        same = _find_same(draft, known, by_id) or reading.known[number]
        same_day = [e for e in by_day.get(draft.day, []) if e != same] if draft else []
        decision = decisions.get(number)
        candidates.append(
            DraftCandidate(
                number, statement, draft, same, tuple(same_day[:MAX_SIMILAR_EVENTS]), decision
            )
        )
    return candidates


def _find_same(draft: Draft | None, known: DuplicateIndex, by_id: dict[str, Event]) -> Event | None:
    """The event of the same day and title; a draft that the reader changed may have one."""
    label = known.find_duplicate(_convert_to_event(draft)) if draft else None
    return by_id.get(label) if label else None


def set_decision(number: int, decision: Event | str | None) -> None:
    """Store the decision on a candidate; None reopens it."""
    decisions: dict[int, Any] = st.session_state.setdefault(DECISIONS_KEY, {})
    if decision is None:
        decisions.pop(number, None)
    else:
        decisions[number] = decision


def build_initial_draft(statement: Statement, article: Article) -> Draft | None:
    """A statement as a draft before anything was changed; None while its day is open."""
    try:
        return draft_from_statement(statement, article)
    except InputError:
        return None


def _build_draft(number: int, statement: Statement, article: Article, author: str) -> Draft | None:
    def field(name: str, default: Any) -> Any:
        return get_persistent(build_field_name(number, name), default)

    start = build_initial_draft(statement, article)
    day = field("day", start.day if start else None)
    if day is None:
        return None
    if start is None:
        mention = replace(statement.mention, day=day, end_day=None)
        start = draft_from_statement(replace(statement, mention=mention), article)
    at, zone = field("time", get_draft_time(start)), field("zone", MOSCOW)
    end_day = field("end", start.end_day)
    return replace(
        start,
        title=field("title", start.title),
        day=day,
        moment=datetime.combine(day, at, ZoneInfo(zone)) if at else None,
        zone=zone,
        end_day=end_day if end_day and end_day > day and not at else None,
        category=field("category", start.category),
        expected=field("expected", start.expected) or start.expected,
        author=author,
    )


def get_draft_time(draft: Draft | None) -> time | None:
    """The time of day of a draft by the clock of Moscow; None where the hour is not known."""
    if draft is None or draft.moment is None:
        return None
    return draft.moment.astimezone(ZoneInfo(MOSCOW)).time().replace(microsecond=0)


def _convert_to_event(draft: Draft) -> Event:
    return Event(
        id="", day=draft.day, title=draft.title, moment=draft.moment,
        source_url=draft.source_url, origin=Origin.NOTE,
    )  # fmt: skip


# ------------------------------------------------------------------ controls


EXAMPLE_PUBLISHED: Final = date(2025, 4, 22)
EXAMPLE_TEXT: Final = deferred(
    "Keith Kellogg, the US envoy, said on Sunday that NATO membership for Ukraine was off the"
    " table. The Kremlin's Dmitry Peskov called that a source of satisfaction on Monday. Trump"
    " had warned on Friday that Washington would walk away from mediation. The rouble firmed to"
    " around 80 per dollar on Monday, its strongest since June 2024; since the start of the year"
    " it has gained more than 40 % against the dollar."
)
INPUT_MODES: Final = {
    "text": deferred("Paste a text"),
    "file": deferred("Bring a file"),
    "link": deferred("Give a link"),
}
TEXT_KEY: Final = "article_text"
TIME_KEY: Final = "article_published.time"
ZONE_KEY: Final = "article_published.zone"
FILE_KEY: Final = "article.file"
MAX_UPLOAD_MB: Final = 10
TEXT_BOX_HEIGHT: Final = 190


# ------------------------------------------------------------------ the example


# ------------------------------------------------------------------ the input


def draw_article_input(view: UrlState) -> PublicationTime | None:
    """Draw the input of the article, read it on a click, and return the given publication."""
    with st.container(border=True):
        st.segmented_control(
            _("How the article comes"),
            list(INPUT_MODES),
            format_func=lambda value: translate_deferred(INPUT_MODES[value]),
            required=True,
            label_visibility="collapsed",
            **view.widget("way"),
        )
        {"text": _draw_text_input, "file": _draw_file_input, "link": _draw_link_input}[view["way"]](
            view
        )
        given = _draw_publication_fields(view)
        with st.container(horizontal=True, vertical_alignment="center"):
            is_submitted = st.button(_("Read"), type=button_type(), icon=":material/article:")
            st.button(
                _("Try an example"), key="article.example", on_click=_fill_example, args=(view,)
            )
        if is_submitted:
            _read_input(view)
    return given


def _draw_text_input(_view: UrlState) -> None:
    st.text_area(
        _("The text of the article, in English or Russian"),
        height=TEXT_BOX_HEIGHT,
        placeholder=_("Paste it here"),
        **persistent_widget(TEXT_KEY, ""),
    )


def _draw_file_input(_view: UrlState) -> None:
    st.file_uploader(
        _(
            "A saved page (HTML) or a plain text, at most {max_upload_mb} MB",
            max_upload_mb=MAX_UPLOAD_MB,
        ),
        key=FILE_KEY,
        max_upload_size=MAX_UPLOAD_MB,
    )


def _draw_link_input(view: UrlState) -> None:
    st.text_input(_("Link to the article"), placeholder="https://", **view.typed("url"))
    st.caption(
        _("Followed when you press *Read*, to public addresses only; ten seconds, ten megabytes.")
    )


def _draw_publication_fields(view: UrlState) -> PublicationTime | None:
    """Draw the fields for the time of publication that the reader knows."""
    latest = session.get_view_day().replace(year=session.get_view_day().year + 1, day=1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            _("Published on, if you know"),
            min_value=EARLIEST_DAY,
            max_value=latest,
            format=date_field_format(),
            width=210,
            **view.widget("published"),
        )
        at = st.time_input(
            _("At"), step=60, width=120, disabled=day is None, **persistent_widget(TIME_KEY)
        )
        zone = st.selectbox(
            _("Time zone"),
            TIME_ZONES,
            width=190,
            disabled=day is None or at is None,
            **persistent_widget(ZONE_KEY, MOSCOW),
        )
    return build_given_publication(day if day else None, at, zone or MOSCOW)


def _fill_example(view: UrlState) -> None:
    set_persistent(TEXT_KEY, EXAMPLE_TEXT)
    set_persistent(TIME_KEY, None)
    view.set(way="text", published=EXAMPLE_PUBLISHED)


def _read_input(view: UrlState) -> None:
    """Read the input; the typed text stays whether it can be read or not."""
    try:
        with st.spinner(_("Reading the article")):
            set_article(_fetch_article(view))
    except RoubleReactionError as error:
        set_problem(str(error))


def _fetch_article(view: UrlState) -> Article:
    if view["way"] == "link":
        session.count_against_limit("fetch")
        return article_from_link(view["url"].strip(), session.get_context().settings)
    if view["way"] == "file":
        held: Any = st.session_state.get(FILE_KEY)
        if held is None:
            msg = _("no file was brought; choose one, or paste the text")
            raise InputError(msg)
        return article_from_bytes(held.getvalue(), held.name)
    text = str(get_persistent(TEXT_KEY, "") or "")
    if not text.strip():
        msg = _("there is no text yet; paste one into the field")
        raise InputError(msg)
    return article_from_bytes(text.encode("utf-8", "replace"), _("the text"))
