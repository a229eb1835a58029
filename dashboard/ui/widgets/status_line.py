"""The line under the navigation: how old each part is, and whose clock the times follow."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import Origin
from dashboard.domain.series import RateSeries
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.text import escape_markdown
from dashboard.ui.wording import ago, count, day

STALE_DAYS: Final = 7


def draw_status_line() -> None:
    """Draw the age of every part in one line; what is stale or missing is amber."""
    parts = [_rates(), *_events(), "times: Moscow"]
    st.markdown(f":small[{' · '.join(parts)}]")


def _rates() -> str:
    try:
        series = session.series(DEFAULT_SERIES)
    except RoubleReactionError:
        return ":orange[:material/warning: the rates cannot be read]"
    return rate_age(series)


def rate_age(series: RateSeries) -> str:
    """The series, its unit, its last day, and how long ago that was."""
    last, today = series.day[-1].astype(object), session.today()
    age = f"last {day(last)} ({ago(last, today)})"
    told = f":orange-badge[{age}]" if (today - last).days > STALE_DAYS else age
    return f"Rate: {escape_markdown(series.card.title)} · {told}"


def _events() -> tuple[str, ...]:
    known = session.known_events()
    notes = sum(event.origin == Origin.NOTE for event in known.events)
    catalogue = f"{count(len(known.events) - notes, 'event')} in the catalogue"
    if known.notes_fail:
        return catalogue, ":orange[:material/warning: the notes cannot be read now]"
    return catalogue, count(notes, "note")
