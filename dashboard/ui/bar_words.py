"""What is told about bars: hours beside the event, breaks between sessions, thin weekends."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dashboard.domain.event_view import DayMove, EventView, PathPoint, Timing
from dashboard.domain.spans import duration_words
from dashboard.ui.wording import MINUS, bar, clock, count, day, weekday_day

NO_BREAK: Final = "\u00a0"
MOSCOW_TIME: Final = "Moscow time"
AT_EVENT: Final = "the first bar that can contain it"


def offset_in_time(offset: int, bar_minutes: int) -> str:
    """`2 hours before`, `6 hours after`: how much trading lies between a bar and offset 0."""
    if offset == 0:
        return AT_EVENT
    side = "before" if offset < 0 else "after"
    return f"{duration_words(offset, bar_minutes)} {side}"


def window_in_time(window: tuple[int, int], bar_minutes: int) -> str:
    """`2 hours before to 6 hours after`."""
    first, last = (offset_in_time(offset, bar_minutes) for offset in window)
    return f"{first} to {last}"


def window_label(window: str) -> str:
    """`−5 to 10`, `−2 h to 6 h`, `−30 min to 90 min`."""
    units = {"h": f"{NO_BREAK}h", "m": f"{NO_BREAK}min", "-": MINUS}
    first, last = ("".join(units.get(c, c) for c in end) for end in window.split(":"))
    return f"{first} to {last}"


def step_words(bar_minutes: int) -> str:
    """From one number to the next: `one-day`, `one-hour`, `10-minute`."""
    if not bar_minutes:
        return "one-day"
    number, unit = duration_words(1, bar_minutes).split(" ")
    return f"{'one' if number == '1' else number}-{unit.removesuffix('s')}"


def is_over_break(move: DayMove, bar_minutes: int) -> bool:
    """Whether the market was closed, or bars are missing, between the two ends of a move."""
    if move.known_at is None or move.base_known_at is None:
        return False
    return move.known_at - move.base_known_at > timedelta(minutes=bar_minutes)


def wait_words(timing: Timing) -> str:
    """How long an event waits for its first bar: `7 h 20 min`."""
    moment = timing.moment or timing.first.opens
    minutes = int((timing.first.opens - moment) / timedelta(minutes=1))
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (left, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def point_words(point: PathPoint, bar_minutes: int) -> str:
    """`Sat 21 Jun 2025, 10:00–11:00 MSK` of a bar, else the day."""
    if not bar_minutes or point.opens is None or point.known_at is None:
        return weekday_day(point.day)
    return f"{weekday_day(point.day)}, {bar(point.opens, point.known_at)}"


def mark_words(point: PathPoint) -> str:
    """What marks a bar: a new session, bars missing before it, a weekend session."""
    told = {"session": "new session", "missing": "bars missing before", "": ""}[point.gap]
    weekend = "weekend session" if point.weekend else ""
    return ", ".join(words for words in (told, weekend) if words)


def bar_notices(view: EventView, timing: Timing) -> dict[str, str]:
    """What a reader must know of bars, by flag; empty where there is one number a day."""
    if not view.card.bar_minutes:
        return {}
    length = duration_words(1, view.card.bar_minutes)
    first = f"{day(timing.first.day)}, {bar(timing.first.opens, timing.first.known_at)}"
    return {
        "partly_in_fixing": (
            f"It came inside a bar, that of {first}, which holds it only in part: the window"
            " [0,1] has the rest."
        ),
        "no_bar_then": (
            f"There was no bar then (market closed, or no trade): the first one, {first}, begins"
            f" {wait_words(timing)} after the event and holds whatever else was known by then."
        ),
        "far_from_event": (
            f"The first bar is {count(timing.shift_days, 'day')} after the event (holidays or a"
            " trading halt): the market had that long to move on other news."
        ),
        "session_break": _session_words(view, length),
        "missing_bars": (
            f"{_missing(view)}, without a trade or in a halt: nothing is filled in, and the"
            " next return covers the gap."
        ),
        "weekend_session": (
            "Part of the window is a weekend session, with thin volume: its bars are kept and"
            " marked."
        ),
    }


def last_day(view: EventView) -> str:
    """The day on which the data end; of a bar its end too."""
    last = view.path[-1]
    if not view.card.bar_minutes or last.known_at is None:
        return day(last.day)
    return f"{day(last.day)}, {clock(last.known_at)} MSK"


def _session_words(view: EventView, length: str) -> str:
    breaks = sum(point.gap == "session" for point in view.path)
    said = (
        f"The window crosses {count(breaks, 'break')} between sessions: the return over a break"
        f" is a real move, but not one of {length}."
    )
    first, last = view.path[0].opens, view.path[-1].known_at
    if first is None or last is None or not any(point.gap for point in view.path[1:]):
        return said
    traded = duration_words(len(view.path), view.card.bar_minutes)
    spent = (last - first) / timedelta(hours=1)
    return f"{said} Hours count bars: {traded} of trading took {spent:,.0f} hours by the clock."


def _missing(view: EventView) -> str:
    gaps = sum(point.gap == "missing" for point in view.path)
    return f"Bars are missing at {count(gaps, 'place')} of the window"
