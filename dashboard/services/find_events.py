"""Find events: by words, category, direction, origin, tags and period; and count what there is."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from dashboard.domain.event import Category, Event


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What to look for; an empty field asks for nothing.

    An event fits when it fits every field. One of `categories` and one of `tags` is enough;
    every word of `text` must be somewhere in title, actor, text, tags or source, whatever
    its case. A range fits `since` and `until` (both inclusive) when it overlaps them.
    """

    categories: Collection[str] = ()
    text: str = ""
    since: date | None = None
    until: date | None = None
    origin: str | None = None
    expected: str | None = None
    tags: Collection[str] = ()


def find_events(events: Iterable[Event], asked: EventFilter) -> tuple[Event, ...]:
    """The events that fit, in the order given."""
    words = _folded(asked.text).split()
    tags = {_folded(tag) for tag in asked.tags}
    return tuple(
        event
        for event in events
        if _fits_choices(event, asked)
        and _fits_period(event, asked)
        and (not tags or any(_folded(tag) in tags for tag in event.tags))
        and (not words or _has_words(event, words))
    )


def own_categories(events: Iterable[Event]) -> tuple[str, ...]:
    """The categories that are not on the closed list, in the order of the alphabet."""
    return tuple(sorted({str(event.category) for event in events} - set(Category), key=_folded))


def facets(events: Iterable[Event]) -> dict[str, dict[str, int]]:
    """How many events each choice of a filter would find, the most frequent first.

    Returns:
        By field of `EventFilter` (`categories`, `origin`, `expected`, `tags`), by value. Tags
        that differ in case are one, in the spelling met first.
    """
    events = tuple(events)
    spelling: dict[str, str] = {}
    for tag in (tag for event in events for tag in event.tags):
        spelling.setdefault(_folded(tag), tag)
    counts = {
        "categories": Counter(str(event.category) for event in events),
        "origin": Counter(str(event.origin) for event in events),
        "expected": Counter(str(event.expected) for event in events),
        "tags": Counter(
            spelling[tag] for event in events for tag in {_folded(tag) for tag in event.tags}
        ),
    }
    return {
        name: dict(sorted(count.items(), key=lambda item: (-item[1], item[0])))
        for name, count in counts.items()
    }


def _fits_choices(event: Event, asked: EventFilter) -> bool:
    return (
        (not asked.categories or event.category in asked.categories)
        and (not asked.origin or event.origin == asked.origin)
        and (not asked.expected or event.expected == asked.expected)
    )


def _fits_period(event: Event, asked: EventFilter) -> bool:
    return (asked.since is None or (event.end_day or event.day) >= asked.since) and (
        asked.until is None or event.day <= asked.until
    )


def _has_words(event: Event, words: Iterable[str]) -> bool:
    parts = (event.title, event.actor, event.text, event.source_name, event.source_url)
    text = _folded("\n".join((*parts, *event.tags)))
    return all(word in text for word in words)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
