"""Messages about one event and the names of groups of events.

Every number comes from an `EventView`; no sentence says that news caused a move.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW, Category, Event, Origin
from dashboard.models.moves import EventView, Move, Timing
from dashboard.models.study import Pool, Window
from dashboard.presentation.formatting import (
    capitalize_first,
    format_count,
    format_day,
    format_event_time,
    format_iso_days,
    format_short_day,
    format_weekday,
    join_names,
)
from dashboard.presentation.moves import (
    build_bar_notices,
    describe_comparison,
    describe_crowd,
    describe_move,
    describe_verdict,
    describe_window,
    format_last_day,
    format_move_dates,
    format_move_rates,
    format_percents,
    name_subject,
    observation_name,
    quote_units,
)
from dashboard.presentation.quoting import QuotedSeries
from dashboard.services.events import EventFilter

CATEGORY_NOUNS: Final[dict[str, tuple[str, str]]] = {
    Category.SANCTIONS: ("sanctions decision", "sanctions decisions"),
    Category.MONETARY_POLICY: ("monetary-policy decision", "monetary-policy decisions"),
    Category.ENERGY: ("energy event", "energy events"),
    Category.ESCALATION: ("escalation", "escalations"),
    Category.PEACE_TALKS: ("peace-talks event", "peace talks"),
    Category.NATO_REMARK: ("NATO remark", "NATO remarks"),
    Category.LEADER_CALL_OR_SUMMIT: ("leaders' call or summit", "leaders' calls and summits"),
    Category.DOMESTIC: ("domestic event", "domestic events"),
    Category.OTHER: ("other event", "other events"),
}
ANY_EVENT_NOUNS: Final = ("event", "events of every kind")


def get_main_move(view: EventView) -> Move | None:
    """The move of the headline: [0,0], or [0,1] where the first fixing may hold it in part."""
    moves = {move.window: move for move in view.moves if move.log_points is not None}
    timing = view.timing
    unsure = timing is not None and (timing.partial or not timing.settled)
    order: tuple[Window, Window] = ((0, 1), (0, 0)) if unsure else ((0, 0), (0, 1))
    return next((moves[window] for window in order if window in moves), None)


def format_headline(view: EventView, quoting: QuotedSeries, pool: Pool = "near") -> tuple[str, str]:
    """What moved, and how unusual that is, as two parts of one sentence.

    Returns:
        For example `("Rouble 0.47 log pts stronger at the first fixing", "bigger than 44 % of 500
        days, April 2024 to April 2026, in units of volatility (41 % by size alone): inside the
        ordinary range")`; without a move the reason and "".
    """
    move = get_main_move(view)
    if move is None:
        first = view.moves[0] if view.moves else None
        text = (
            describe_move(first, quoting)
            if first
            else f"No move to show: {format_iso_days(view.reason)}"
        )
        return text, ""
    unusual = f"{describe_comparison(move, pool)}: {describe_verdict(move, pool)}"
    return f"{describe_move(move, quoting)} {describe_window(move.window, view.card)}", unusual


def build_notices(view: EventView) -> tuple[str, ...]:
    """What a reader must know before using the numbers, one sentence each."""
    timing, noun = view.timing, observation_name(view.card)
    if timing is None:
        return ()
    texts = {
        **(build_bar_notices(view, timing) or _build_fixing_notices(timing, noun)),
        "method_break": _describe_breaks(view),
        "short_history": (
            f"Only {format_count(view.n_estimation, 'return')} in the estimation window,"
            f" {view.request.estimation} asked: the ordinary range is rough."
        ),
        "no_variance": "The rate did not move in the estimation window: there is no error to give.",
        "few_placebos": (
            "Fewer than 50 of the dates compared with lie within two years of the event: read the"
            " placebo p with care."
        ),
        "window_cut": (
            f"The data end inside the event window, with the {noun} of {format_last_day(view)}."
            if view.path
            else ""
        ),
    }
    notices = [texts[flag] for flag in view.flags if texts.get(flag)]
    if not timing.settled:
        notices.insert(0, f"{_describe_hour(view.event)} {_describe_alternative(timing, noun)}")
    return tuple(notices)


def _build_fixing_notices(timing: Timing, noun: str) -> dict[str, str]:
    closes = f"{timing.first.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M} MSK"
    return {
        "partly_in_fixing": (
            f"It came while the deals of that day's {noun} were averaged (until {closes}), so"
            f" this {noun} holds it only in part; the window [0,1] has the rest."
        ),
        "far_from_event": (
            f"The first {noun} is {format_count(timing.shift_days, 'day')} after the event"
            " (holidays or"
            " a trading halt): the market had that long to move on other news."
        ),
    }


def _describe_hour(event: Event) -> str:
    """What is known of an hour that leaves more than one first rate."""
    if event.reported is None:
        return "The hour is not known."
    first = f"{format_other_day(event.reported, event.day)}{format_event_clock(event.reported)}"
    if event.moment is not None:
        return (
            f"It was scheduled for {format_event_clock(event.moment)} and first reported at"
            f" {first}."
        )
    return f"The hour is not known; the first report found is of {first}, so it was before that."


def _describe_alternative(timing: Timing, noun: str) -> str:
    closes = f"{timing.first.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M} MSK"
    if timing.alternative is None:
        return f"After {closes} no {noun} could contain it yet."
    day = format_weekday(timing.alternative.day)
    return f"After {closes} the first {noun} would be that of {day}: compare [0,0] and [0,1]."


def _describe_breaks(view: EventView) -> str:
    changes = "; ".join(f"{format_day(method.day)}, {method.text}" for method in view.breaks)
    return f"The event window crosses a change of the official method: {changes}."


def format_citation(view: EventView, quoting: QuotedSeries, pool: Pool, address: str) -> str:
    """One sentence with its source, made only from numbers on the page."""
    event, move = view.event, get_main_move(view)
    cited = f"Event: {_format_event_source(event)}."
    # One pair of brackets: the UTC time follows a comma.
    opening = (
        f"After “{event.title}” ({format_event_time(event).replace(' (', ', ').removesuffix(')')})"
    )
    if move is None or move.end is None:
        reason = view.moves[0].reason if view.moves else view.reason
        return (
            f"{opening}, no move can be shown: {_bracket_after_colon(format_iso_days(reason))}."
            f" {cited} {address}"
        )
    chosen, other = format_percents(move, quoting)
    unit, other_unit = quote_units(quoting)
    subject = view.card.subject.name
    size = describe_move(move, quoting).removeprefix(name_subject(quoting)).strip()
    statement = (
        f"{subject} was {size} {describe_window(move.window, view.card)} that can contain it"
    )
    unusual = f"{describe_comparison(move, pool)}: {describe_verdict(move, pool)}"
    record = f", record of {format_day(move.end.record)}" if move.end.record != move.end.day else ""
    return (
        f"{opening}, {statement}: {format_move_rates(move, quoting)} {unit},"
        f" {format_move_dates(move)}"
        f" ({unit} {chosen}, {other_unit} {other}). {capitalize_first(unusual)};"
        f" {describe_crowd(move, view.card)}."
        f" Rate: {view.card.publisher}{record}. {cited} {address}"
    )


def _format_event_source(event: Event) -> str:
    """The source of an event with its link, or that none is named."""
    source = event.source_name or event.author
    if not source:
        kind = "a note" if event.origin == Origin.NOTE else "our catalogue"
        source = kind if event.source_url else f"{kind}, without a source"
    return f"{source}, {event.source_url}" if event.source_url else source


def _bracket_after_colon(reason: str) -> str:
    """`after the data (the last observation …)`: what follows a colon goes into brackets."""
    first, colon, more = reason.partition(": ")
    return f"{first} ({more})" if colon else reason


def format_other_day(value: datetime, event_day: date) -> str:
    """`22 Oct ` where the Moscow day of a moment is not the event's, else empty."""
    day = value.astimezone(ZoneInfo(MOSCOW)).date()
    return "" if day == event_day else f"{format_short_day(day, event_day)} "


def format_event_clock(value: datetime) -> str:
    """`13:30 MSK (10:30 UTC)`, with the UTC day where it is another one."""
    msk, utc = value.astimezone(ZoneInfo(MOSCOW)), value.astimezone(ZoneInfo("UTC"))
    utc_day = "" if msk.date() == utc.date() else f"{format_short_day(utc.date(), msk.date())} "
    return f"{msk:%H:%M} MSK ({utc_day}{utc:%H:%M} UTC)"


# ------------------------------------------------------------------ names of groups


def format_categories(categories: Sequence[str]) -> str:
    """`NATO remarks`, `sanctions decisions and peace talks`, `events of every kind`."""
    names = [CATEGORY_NOUNS[category][1] for category in categories]
    if not names:
        return ANY_EVENT_NOUNS[1]
    return join_names(names)


def format_group(filters: EventFilter) -> str:
    """The group without its period: `NATO remarks expected stronger, tagged swift`."""
    text = format_categories(tuple(filters.categories))
    if filters.expected in {"stronger", "weaker"}:
        text += f" expected to go with a {filters.expected} rouble"
    elif filters.expected:
        text += " of unclear direction"
    return f"{text} tagged {' or '.join(filters.tags)}" if filters.tags else text


def format_group_count(n: int, filters: EventFilter) -> str:
    """`17 NATO remarks`, `1 NATO remark`."""
    text = format_group(filters)
    if n == 1 and len(filters.categories) <= 1:
        singular, plural = (
            CATEGORY_NOUNS[next(iter(filters.categories))]
            if filters.categories
            else ANY_EVENT_NOUNS
        )
        text = text.replace(plural, singular, 1)
    return f"{n:,} {text}"


def format_years(events: Sequence[Event]) -> str:
    """`2022–2026`, the years of the events; empty where there is none."""
    if not events:
        return ""
    first, last = min(e.day for e in events).year, max(e.day for e in events).year
    return str(first) if first == last else f"{first}–{last}"


def format_period_limits(since: date | None, until: date | None) -> str:
    """`from 1 Mar 2022 to 31 Dec 2025`; empty without a period."""
    parts = [f"from {format_day(since)}"] if since else []
    return " ".join([*parts, *([f"to {format_day(until)}"] if until else [])])
