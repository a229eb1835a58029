"""What a group of events is called: by categories, expected direction, tags and period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from dashboard.domain.event import Category, Event
from dashboard.services.find_events import EventFilter
from dashboard.ui.wording import day, listed

PLURALS: Final[dict[str, tuple[str, str]]] = {
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
EVERY: Final = ("event", "events of every kind")


def kinds_words(categories: Sequence[str]) -> str:
    """`NATO remarks`, `sanctions decisions and peace talks`, `events of every kind`."""
    names = [PLURALS[category][1] for category in categories]
    if not names:
        return EVERY[1]
    return listed(names)


def group_words(asked: EventFilter) -> str:
    """The group without its period: `NATO remarks expected stronger, tagged swift`."""
    words = kinds_words(tuple(asked.categories))
    if asked.expected in {"stronger", "weaker"}:
        words += f" expected to go with a {asked.expected} rouble"
    elif asked.expected:
        words += " of unclear direction"
    return f"{words} tagged {' or '.join(asked.tags)}" if asked.tags else words


def counted(n: int, asked: EventFilter) -> str:
    """`17 NATO remarks`, `1 NATO remark`."""
    words = group_words(asked)
    if n == 1 and len(asked.categories) <= 1:
        one, many = PLURALS[next(iter(asked.categories))] if asked.categories else EVERY
        words = words.replace(many, one, 1)
    return f"{n:,} {words}"


def years_words(events: Sequence[Event]) -> str:
    """`2022–2026`, the years of the events; empty where there is none."""
    if not events:
        return ""
    first, last = min(e.day for e in events).year, max(e.day for e in events).year
    return str(first) if first == last else f"{first}–{last}"


def period_words(since: date | None, until: date | None) -> str:
    """`from 1 Mar 2022 to 31 Dec 2025`; empty where no period was asked for."""
    words = [f"from {day(since)}"] if since else []
    return " ".join([*words, *([f"to {day(until)}"] if until else [])])


def sentence(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]
