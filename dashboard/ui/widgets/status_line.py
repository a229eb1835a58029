"""The line under the navigation: how old each part is, and whose clock the times follow.

It looks after the rates too. At its own rhythm it asks for a refresh behind the page, which
nobody waits for, and has the page drawn anew when new days have come. While a refresh runs
the rhythm is quick and the line tells how far it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.domain.event import Origin
from dashboard.services.hide_events import hidden_words
from dashboard.services.report_rates import RateReport
from dashboard.ui import session
from dashboard.ui.rate_words import failing_words, last_words, live_words, progress_words
from dashboard.ui.rate_words import problem_words as what_went_wrong
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.dialog import draw_page_anew
from dashboard.ui.wording import count

CALM: Final = 60.0
QUICK: Final = 2.0
"""Seconds between two looks, on the clock of the browser."""

SHOWN: Final = "status_line.shown"
SEEN: Final = "status_line.seen"
DRAWING: Final = "status_line.drawing"
PROBLEM_LIMIT: Final = 200


def draw_status_line(series_id: str) -> None:
    """Draw the age of every part in one line; what is stale or missing is amber."""
    st.session_state[SEEN] = _now_known()
    st.session_state[DRAWING] = True
    try:
        _calm(series_id)
    finally:
        st.session_state[DRAWING] = False


def ask_behind() -> None:
    """End a page: ask for a refresh, but not before a session has shown its first one."""
    if SHOWN in st.session_state:
        session.refresher().ask()
    st.session_state[SHOWN] = True


@st.fragment(run_every=CALM)
def _calm(series_id: str) -> None:
    refresher = session.refresher()
    expects = refresher.state().is_running or (st.session_state[DRAWING] and refresher.is_due)
    _look(series_id)
    if expects:
        _quick(series_id)
    else:
        _draw_line(series_id)


@st.fragment(run_every=QUICK)
def _quick(series_id: str) -> None:
    _look(series_id)
    _draw_line(series_id)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was known of the rates when the page was drawn."""

    marks: dict[str, int]
    failing: tuple[str, ...]


def _now_known() -> Seen:
    return Seen(session.rate_marks(), session.failing_publishers())


def _look(series_id: str) -> None:
    """Ask for a refresh and draw the page anew if it brought something; never in a drawing."""
    if st.session_state[DRAWING]:
        return
    refresher = session.refresher()
    refresher.ask()
    seen, known = st.session_state[SEEN], _now_known()
    is_news = seen.marks.get(series_id) != known.marks.get(series_id)
    if is_news or (seen != known and not refresher.state().is_running):
        draw_page_anew()


def _draw_line(series_id: str) -> None:
    (report,) = session.rate_reports(series_id)
    told = [*rate_parts(report), *_refresh(report), *_events(), "times: Moscow"]
    st.markdown(f":small[{' · '.join(told)}]")


def rate_parts(report: RateReport) -> tuple[str, ...]:
    """The series, its last day and how long ago that was, what went wrong, what is live."""
    age = last_words(report, session.today())
    wrong = what_went_wrong(report)
    told = [
        f"Rate: {escape_markdown(report.card.title)}",
        f":orange-badge[{age}]" if report.is_overdue or not report.rows else age,
    ]
    if wrong:
        told.append(f":orange[:material/warning: {escape_markdown(wrong, PROBLEM_LIMIT)}]")
    if report.live is not None:
        told.append(live_words(report.live, report.card))
    return tuple(told)


def _refresh(report: RateReport) -> tuple[str, ...]:
    refresher = session.refresher()
    if refresher.is_offline:
        return ("offline: nothing is fetched",)
    titles = {card.id: card.title for card in session.parts().known.all_cards()}
    progress = progress_words(refresher.state(), session.present(), titles)
    told = [escape_markdown(progress)] if progress else []
    told_of = report.asked_of if report.problem else ""
    others = [each for each in session.failing_publishers() if each != told_of]
    if others:
        told.append(f":orange[{escape_markdown(failing_words(others))}]")
    return tuple(told)


def _events() -> tuple[str, ...]:
    known = session.known_events()
    notes = sum(event.origin == Origin.NOTE for event in known.events)
    catalogue = f"{count(len(known.events) - notes, 'event')} in the catalogue"
    if known.hidden:
        catalogue += f", {hidden_words(len(known.hidden))}"
    if known.notes_fail:
        return catalogue, ":orange[:material/warning: the notes cannot be read now]"
    return catalogue, count(notes, "note")
