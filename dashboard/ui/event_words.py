"""What is told about one event: the headline, warnings, a sentence to copy.

Every word and number comes from an `EventView`; nothing here says that news caused a move.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.event import MOSCOW, Event, Origin
from dashboard.domain.event_view import EventView, Move, Timing
from dashboard.domain.study import Pool, Window
from dashboard.ui.bar_words import bar_notices, last_day
from dashboard.ui.move_words import (
    compared_with,
    crowd_words,
    dates_words,
    judgement,
    moved,
    noun,
    percents,
    rates_words,
    subject,
    units,
    window_words,
)
from dashboard.ui.quoting import Quoting
from dashboard.ui.wording import count, day, short_day, weekday_day, when

ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def main_move(view: EventView) -> Move | None:
    """The move of the headline: [0,0], or [0,1] where the first fixing may not hold it all."""
    found = {move.window: move for move in view.moves if move.log_points is not None}
    timing = view.timing
    unsure = timing is not None and (timing.partial or not timing.settled)
    order: tuple[Window, Window] = ((0, 1), (0, 0)) if unsure else ((0, 0), (0, 1))
    return next((found[window] for window in order if window in found), None)


def headline(view: EventView, quoting: Quoting, pool: Pool = "near") -> tuple[str, str]:
    """What moved, and how unusual that is, as two parts of one sentence.

    Returns:
        For example `("Rouble 0.47 log pts stronger at the first fixing", "bigger than 44 % of 500
        days, April 2024 to April 2026, in units of volatility (41 % by size alone): inside the
        ordinary range")`; without a move the reason and "".
    """
    move = main_move(view)
    if move is None:
        first = view.moves[0] if view.moves else None
        told = moved(first, quoting) if first else f"No move to show: {reason_words(view.reason)}"
        return told, ""
    unusual = f"{compared_with(move, pool)}: {judgement(move, pool)}"
    return f"{moved(move, quoting)} {window_words(move.window, view.card)}", unusual


def reason_words(reason: str) -> str:
    """The engine's reason with its ISO dates written as on the page."""
    return ISO_DAY.sub(lambda found: day(date.fromisoformat(found.group())), reason)


def notices(view: EventView) -> tuple[str, ...]:
    """What a reader must know before using the numbers, one sentence each."""
    timing, each = view.timing, noun(view.card)
    if timing is None:
        return ()
    told = {
        **(bar_notices(view, timing) or _fixing_notices(timing, each)),
        "method_break": _breaks_words(view),
        "short_history": (
            f"Only {count(view.n_estimation, 'return')} in the estimation window,"
            f" {view.request.estimation} asked: the ordinary range is rough."
        ),
        "no_variance": "The rate did not move in the estimation window: there is no error to give.",
        "few_placebos": (
            "Fewer than 50 of the dates compared with lie within two years of the event: read the"
            " placebo p with care."
        ),
        "window_cut": (
            f"The data end inside the event window, with the {each} of {last_day(view)}."
            if view.path
            else ""
        ),
    }
    said = [told[flag] for flag in view.flags if told.get(flag)]
    if not timing.settled:
        said.insert(0, f"{_hour_words(view.event)} {_alternative_words(timing, each)}")
    return tuple(said)


def _fixing_notices(timing: Timing, each: str) -> dict[str, str]:
    closes = f"{timing.first.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M} MSK"
    return {
        "partly_in_fixing": (
            f"It came while the deals of that day's {each} were averaged (until {closes}), so"
            f" this {each} holds it only in part; the window [0,1] has the rest."
        ),
        "far_from_event": (
            f"The first {each} is {count(timing.shift_days, 'day')} after the event (holidays or"
            " a trading halt): the market had that long to move on other news."
        ),
    }


def _hour_words(event: Event) -> str:
    """What is known of an hour that leaves more than one first rate."""
    if event.reported is None:
        return "The hour is not known."
    first = f"{event_day(event.reported, event.day)}{event_clock(event.reported)}"
    if event.moment is not None:
        return f"It was scheduled for {event_clock(event.moment)} and first reported at {first}."
    return f"The hour is not known; the first report found is of {first}, so it was before that."


def _alternative_words(timing: Timing, each: str) -> str:
    closes = f"{timing.first.known_at.astimezone(ZoneInfo(MOSCOW)):%H:%M} MSK"
    if timing.alternative is None:
        return f"After {closes} no {each} could contain it yet."
    then = weekday_day(timing.alternative.day)
    return f"After {closes} the first {each} would be that of {then}: compare [0,0] and [0,1]."


def _breaks_words(view: EventView) -> str:
    named = "; ".join(f"{day(method.day)}, {method.text}" for method in view.breaks)
    return f"The event window crosses a change of the official method: {named}."


def copy_text(view: EventView, quoting: Quoting, pool: Pool, address: str) -> str:
    """One sentence with its source, made only from numbers on the page."""
    event, move = view.event, main_move(view)
    cited = f"Event: {_cited(event)}."
    # One pair of brackets: the UTC clock stands behind a comma.
    said = f"After “{event.title}” ({when(event).replace(' (', ', ').removesuffix(')')})"
    if move is None or move.end is None:
        told = view.moves[0].reason if view.moves else view.reason
        return f"{said}, no move can be shown: {_one_colon(reason_words(told))}. {cited} {address}"
    chosen, other = percents(move, quoting)
    unit, other_unit = units(quoting)
    who = "the rouble" if view.card.is_rouble else subject(quoting)
    size = moved(move, quoting).removeprefix(subject(quoting)).strip()
    was = f"{who} was {size} {window_words(move.window, view.card)} that can contain it"
    unusual = f"{compared_with(move, pool)}: {judgement(move, pool)}"
    record = f", record of {day(move.end.record)}" if move.end.record != move.end.day else ""
    return (
        f"{said}, {was}: {rates_words(move, quoting)} {unit}, {dates_words(move)}"
        f" ({unit} {chosen}, {other_unit} {other}). {sentence_case(unusual)};"
        f" {crowd_words(move, view.card)}."
        f" Rate: {view.card.publisher}{record}. {cited} {address}"
    )


def _cited(event: Event) -> str:
    """Who says that the event was, with the link; that nobody is named where nobody is."""
    named = event.source_name or event.author
    if not named:
        kind = "a note" if event.origin == Origin.NOTE else "our catalogue"
        named = kind if event.source_url else f"{kind}, without a source"
    return f"{named}, {event.source_url}" if event.source_url else named


def _one_colon(reason: str) -> str:
    """`after the data (the last observation …)`: a reason that goes on behind a colon."""
    first, colon, more = reason.partition(": ")
    return f"{first} ({more})" if colon else reason


def sentence_case(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def event_day(value: datetime, event_day: date) -> str:
    """`22 Oct ` where a moment lies on another Moscow day than the event's, else nothing."""
    there = value.astimezone(ZoneInfo(MOSCOW)).date()
    return "" if there == event_day else f"{short_day(there, event_day)} "


def event_clock(value: datetime) -> str:
    """`13:30 MSK (10:30 UTC)`, with the UTC day where it is another one."""
    msk, utc = value.astimezone(ZoneInfo(MOSCOW)), value.astimezone(ZoneInfo("UTC"))
    beside = "" if msk.date() == utc.date() else f"{short_day(utc.date(), msk.date())} "
    return f"{msk:%H:%M} MSK ({beside}{utc:%H:%M} UTC)"
