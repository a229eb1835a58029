"""The card of one day: its rate and moves, what happened, and the way to a note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import streamlit as st

from dashboard.domain.day_facts import DayFacts
from dashboard.domain.event import Event
from dashboard.domain.event_view import DayMove
from dashboard.domain.series import RateSeries
from dashboard.services.check_facts import check_facts
from dashboard.services.scan_moves import move_on
from dashboard.ui.bar_words import is_over_break
from dashboard.ui.move_words import both_rank_words
from dashboard.ui.palette import direction_colour
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import escape_markdown
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.event_line import draw_event_line
from dashboard.ui.wording import RECORDS, clock, count, day, short_day, weekday_day

LISTED: Final = 6
BASES: Final = {
    "week": "1 week",
    "month": "1 month",
    "quarter": "3 months",
    "year": "1 year",
    "year_end": "this year",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What the card is about; `chosen` is None where the reader picked nothing yet."""

    series: RateSeries
    quoting: Quoting
    known: tuple[Event, ...]
    shown: tuple[Event, ...]
    chosen: date | None
    latest: date
    dark: bool

    @property
    def asked(self) -> date:
        """The day the card is about."""
        return self.chosen or self.latest


def rate_day(series: RateSeries, asked: date) -> date:
    """The first market day with a rate on or after a day; the last one where there is none."""
    observed = series.day[np.isfinite(series.rate)]
    at = int(np.searchsorted(observed, np.datetime64(asked, "D")))
    return date.fromisoformat(str(observed[min(at, len(observed) - 1)]))


def neighbour_days(series: RateSeries, asked: date) -> tuple[date | None, date | None]:
    """The market days with a rate before and after a day."""
    observed = series.day[np.isfinite(series.rate)]
    here = np.datetime64(asked, "D")
    before = int(np.searchsorted(observed, here)) - 1
    after = int(np.searchsorted(observed, here, side="right"))
    return (
        date.fromisoformat(str(observed[before])) if before >= 0 else None,
        date.fromisoformat(str(observed[after])) if after < len(observed) else None,
    )


def draw_day_card(card: Card, choose: Callable[[date], None], add_note: Callable[[], None]) -> None:
    """Draw the card.

    Args:
        card: the day and what is known about it.
        choose: called in a callback with another day that the reader wants.
        add_note: called in the page where the reader wants a note on this day.
    """
    _draw_head(card, choose)
    day_of_rate = rate_day(card.series, card.asked)
    move = move_on(card.series, card.known, day_of_rate)
    if move is not None:
        _draw_rate(card, move)
    _draw_facts(card, day_of_rate)
    _draw_events(card, move)
    if st.button("Add note here", icon=":material/add:", type=emphasis(), shortcut="A"):
        add_note()


def _draw_head(card: Card, choose: Callable[[date], None]) -> None:
    before, after = neighbour_days(card.series, card.asked)
    with st.container(horizontal=True, vertical_alignment="center"):
        title = weekday_day(card.asked)
        latest = "" if card.chosen else " :small[:gray[the latest rate]]"
        st.markdown(f"#### {title}{latest}", width="stretch")
        for name, icon, target in (
            ("earlier", ":material/chevron_left:", before),
            ("later", ":material/chevron_right:", after),
        ):
            st.button(
                "",
                icon=icon,
                key=f"day_card.{name}",
                help=f"The rate {name}" + (f": {day(target)}" if target else ""),
                disabled=target is None,
                on_click=choose,
                args=(target,),
                type="tertiary",
            )


def _draw_rate(card: Card, move: DayMove) -> None:
    if move.day != card.asked:
        later = move.day > card.asked
        which = "The first rate after it" if later else "The last rate before it"
        st.caption(f"No rate on this day. {which}: {weekday_day(move.day)}.")
    quoting, minutes = card.quoting, card.series.card.bar_minutes
    colour = direction_colour(quoting.direction(move.log_points), dark=card.dark)
    st.markdown(f"### {quoting.rate(move.rate)} :small[{quoting.unit}]")
    st.markdown(
        f"**{coloured(quoting.move(move.log_points, 2), colour)}** {step_told(move, minutes)},"
        f" from {quoting.rate(move.base_rate)} on {base_told(move)}"
    )
    told = both_rank_words((move.rank, move.rank_both), card.series.card)
    other = f"In the other quote: {quoting.other_percent(move.log_points, 2)}."
    st.caption(f"{told or 'Too few moves before it to learn its volatility from.'} {other}")


def step_told(move: DayMove, bar_minutes: int) -> str:
    """`in a day`, `in the last bar of the day, to 19:00 MSK`, `over a break, to 11:00 MSK`."""
    if move.known_at is None:
        return "in a day"
    over = is_over_break(move, bar_minutes)
    where = "over a break" if over else "in the last bar of the day"
    return f"{where}, to {clock(move.known_at)} MSK"


def base_told(move: DayMove) -> str:
    """The day of the base; of a bar its end too."""
    on = short_day(move.base_day, move.day)
    return on if move.base_known_at is None else f"{on} at {clock(move.base_known_at)}"


def coloured(text: str, colour: str) -> str:
    """Words in a colour of the palette; the words are ours, never a user's."""
    return f':color[{text}]{{foreground="{colour}"}}'


def _draw_facts(card: Card, day_of_rate: date) -> None:
    facts = check_facts([card.series], day_of_rate)[0]
    changes = [change for change in facts.changes if change.base in BASES]
    with st.container(horizontal=True, gap="medium"):
        for change in changes:
            quoting, move = card.quoting, change.log_points
            colour = direction_colour(quoting.direction(move), dark=card.dark)
            amount = f"{quoting.arrow(move)} {quoting.percent(move)}"
            st.markdown(
                f":small[{BASES[change.base]}]  \n**{coloured(amount, colour)}**  \n"
                f":small[{quoting.direction(move)}]",
                width="content",
            )
    since = since_words(card.quoting, facts)
    if since:
        st.caption(since)


def since_words(quoting: Quoting, facts: DayFacts) -> str:
    """When the rate was last as strong and as weak."""
    if not quoting.card.is_rouble:
        return ""
    told = []
    for word, seen in zip(RECORDS, (facts.strongest_since, facts.weakest_since), strict=True):
        if seen is None:
            told.append(f"{word} in the data, which begin {day(facts.first_day)}")
        elif (facts.day - seen.day).days > 31:
            told.append(f"{word} since {day(seen.day)} ({quoting.rate(seen.rate)})")
    return f"The {' and the '.join(told)}." if told else ""


def _draw_events(card: Card, move: DayMove | None) -> None:
    on_day = [e for e in card.shown if e.day <= card.asked <= (e.end_day or e.day)]
    ids = {event.id for event in on_day}
    contained = [] if move is None else [e for e in move.events if e.id not in ids]
    if not on_day and not contained:
        st.caption("No event on this day among those shown.")
    for heading, events in (
        (f"**{count(len(on_day), 'event')} on this day**", on_day),
        ("**Also first contained in this rate**", contained),
    ):
        if events:
            st.markdown(heading)
            for event in events[:LISTED]:
                draw_event_line(event, up=card.quoting.mode, series=card.series.card.id)
            if len(events) > LISTED:
                st.caption(escape_markdown(f"and {len(events) - LISTED} more"))
