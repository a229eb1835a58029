"""What the page of articles is about: the article that was read, and its candidates as drafts.

An article is kept in the session of the one who gave it, and nowhere else. What a person
changes on a candidate is kept beside it, until the next article is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.domain.article import Article, Published, Statement
from dashboard.domain.errors import InputError
from dashboard.domain.event import MOSCOW, Event, Origin
from dashboard.services.keep_events import Draft
from dashboard.services.read_article import ArticleReading, draft_of, read_article
from dashboard.services.same_event import KnownEvents
from dashboard.ui import session
from dashboard.ui.kept_choice import chosen, forget

ARTICLE: Final = "article.read"
READING: Final = "article.reading"
FATES: Final = "article.fates"
PROBLEM: Final = "article.problem"
CHOICE: Final = "article:"
DISMISSED: Final = "dismissed"
MOST_BESIDE: Final = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement of the article as it would become a note.

    Attributes:
        number: its place in the article, from 0.
        statement: as it was found.
        draft: with what a person changed; None while its day is open.
        same: the id of the event that it is already; empty where there is none.
        beside: other events of its day.
        fate: the note it became, `DISMISSED`, or None while it waits.
    """

    number: int
    statement: Statement
    draft: Draft | None
    same: str = ""
    beside: tuple[Event, ...] = ()
    fate: Event | str | None = None

    @property
    def is_ticked(self) -> bool:
        """Whether it goes with those that are accepted together."""
        if self.fate is not None or self.draft is None:
            return False
        return bool(chosen(field_name(self.number, "ticked"), not self.same))


def field_name(number: int, field: str) -> str:
    """The name under which a changed field of a candidate is kept."""
    return f"{CHOICE}{number}.{field}"


def keep_article(article: Article) -> None:
    """Take an article in the place of the one before, with nothing changed yet."""
    forget(CHOICE)
    for key in (READING, FATES, PROBLEM):
        st.session_state.pop(key, None)
    st.session_state[ARTICLE] = article


def keep_problem(problem: str) -> None:
    """Remember why an article could not be read; the one before goes."""
    for key in (ARTICLE, READING):
        st.session_state.pop(key, None)
    st.session_state[PROBLEM] = problem


def problem_told() -> str:
    """Why the last article could not be read; empty where it could."""
    return str(st.session_state.get(PROBLEM, ""))


def the_reading(given: Published | None) -> ArticleReading | None:
    """What the article says, worked out anew only where something differs."""
    article: Article | None = st.session_state.get(ARTICLE)
    if article is None:
        return None
    ids = tuple(card.id for card in session.prices() if not card.bar_minutes)
    key = (given, ids, session.rate_marks())
    kept = st.session_state.get(READING)
    if kept is None or kept[0] != key:
        series = [session.series(name) for name in ids]
        kept = (key, read_article(article, series, given))
        st.session_state[READING] = kept
    found: ArticleReading = kept[1]
    return found


def given_publication(day: date | None, at: time | None, zone: str) -> Published | None:
    """When a person says that the article was published."""
    if day is None:
        return None
    if at is None:
        return Published(day, "given")
    return Published(day, "given", datetime.combine(day, at, ZoneInfo(zone)))


# ------------------------------------------------------------------ candidates


def candidates(reading: ArticleReading, author: str) -> list[Candidate]:
    """Every statement with what was changed on it, what it is already, and what became of it."""
    events = session.known_events().events
    known = KnownEvents.of(events)
    by_day: dict[date, list[Event]] = {}
    for event in events:
        by_day.setdefault(event.day, []).append(event)
    fates = st.session_state.get(FATES, {})
    found = []
    for number, statement in enumerate(reading.statements):
        draft = _drafted(number, statement, reading.article, author)
        same = (known.same_as(_as_event(draft)) or "") if draft else ""
        beside = [e for e in by_day.get(draft.day, []) if e.id != same] if draft else []
        fate = fates.get(number)
        found.append(
            Candidate(number, statement, draft, same, tuple(beside[:MOST_BESIDE]), fate)
        )  # fmt: skip
    return found


def settle(number: int, fate: Event | str | None) -> None:
    """Remember what became of a candidate; None brings it back."""
    fates: dict[int, Any] = st.session_state.setdefault(FATES, {})
    if fate is None:
        fates.pop(number, None)
    else:
        fates[number] = fate


def start_of(statement: Statement, article: Article) -> Draft | None:
    """A statement as a draft before anything was changed; None while its day is open."""
    try:
        return draft_of(statement, article)
    except InputError:
        return None


def _drafted(number: int, statement: Statement, article: Article, author: str) -> Draft | None:
    def field(name: str, default: Any) -> Any:
        return chosen(field_name(number, name), default)

    start = start_of(statement, article)
    day = field("day", start.day if start else None)
    if day is None:
        return None
    if start is None:
        said = replace(statement.said, day=day, end_day=None)
        start = draft_of(replace(statement, said=said), article)
    at, zone = field("time", clock_of(start)), field("zone", MOSCOW)
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


def clock_of(draft: Draft | None) -> time | None:
    """The time of day of a draft by the clock of Moscow; None where the hour is not known."""
    if draft is None or draft.moment is None:
        return None
    return draft.moment.astimezone(ZoneInfo(MOSCOW)).time().replace(microsecond=0)


def _as_event(draft: Draft) -> Event:
    return Event(
        id="", day=draft.day, title=draft.title, moment=draft.moment,
        source_url=draft.source_url, origin=Origin.NOTE,
    )  # fmt: skip
