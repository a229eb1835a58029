"""State of the Article page: the article that was read and its candidates as drafts.

The article and the changes to its candidates are in the session of their reader only, until the
next article is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.models.article import Article, PublicationTime, Statement
from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, Draft, Event, Origin
from dashboard.services.article import ArticleReading, draft_from_statement, read_article
from dashboard.services.events import DuplicateIndex
from dashboard.ui import session
from dashboard.ui.widget_state import get_persistent, reset_persistent

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
        is_new = self.same is None and not self.statement.is_background
        return is_new and self.draft is not None


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
