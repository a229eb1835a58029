"""Events of the catalogue and notes: filters, hidden events and duplicates."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from dashboard.models.errors import InputError
from dashboard.models.event import Category, Event
from dashboard.services.notes import clean_line

if TYPE_CHECKING:
    from dashboard.services.notes import EventCatalogue


# ------------------------------------------------------------
# Find events: by words, category, direction, origin, tags and period; and count what there is.


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
    words = _fold_case(asked.text).split()
    tags = {_fold_case(tag) for tag in asked.tags}
    return tuple(
        event
        for event in events
        if _matches_choices(event, asked)
        and _matches_period(event, asked)
        and (not tags or any(_fold_case(tag) in tags for tag in event.tags))
        and (not words or _contains_terms(event, words))
    )


def custom_categories(events: Iterable[Event]) -> tuple[str, ...]:
    """The categories that are not on the closed list, in the order of the alphabet."""
    return tuple(sorted({str(event.category) for event in events} - set(Category), key=_fold_case))


def count_facets(events: Iterable[Event]) -> dict[str, dict[str, int]]:
    """How many events each choice of a filter would find, the most frequent first.

    Returns:
        By field of `EventFilter` (`categories`, `origin`, `expected`, `tags`), by value. Tags
        that differ in case are one, in the spelling met first.
    """
    events = tuple(events)
    spelling: dict[str, str] = {}
    for tag in (tag for event in events for tag in event.tags):
        spelling.setdefault(_fold_case(tag), tag)
    counts = {
        "categories": Counter(str(event.category) for event in events),
        "origin": Counter(str(event.origin) for event in events),
        "expected": Counter(str(event.expected) for event in events),
        "tags": Counter(
            spelling[tag] for event in events for tag in {_fold_case(tag) for tag in event.tags}
        ),
    }
    return {
        name: dict(sorted(count.items(), key=lambda item: (-item[1], item[0])))
        for name, count in counts.items()
    }


def _matches_choices(event: Event, asked: EventFilter) -> bool:
    return (
        (not asked.categories or event.category in asked.categories)
        and (not asked.origin or event.origin == asked.origin)
        and (not asked.expected or event.expected == asked.expected)
    )


def _matches_period(event: Event, asked: EventFilter) -> bool:
    return (asked.since is None or (event.end_day or event.day) >= asked.since) and (
        asked.until is None or event.day <= asked.until
    )


def _contains_terms(event: Event, words: Iterable[str]) -> bool:
    parts = (event.title, event.actor, event.text, event.source_name, event.source_url)
    text = _fold_case("\n".join((*parts, *event.tags)))
    return all(word in text for word in words)


def _fold_case(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


# ------------------------------------------------------------
# Hide events: a person takes events of the catalogue out of sight, and shows them again.
#
# Hidden events leave the lists, the charts, the crowding and the studies of that person. They
# stay in the catalogue, and nobody else misses them.


class HiddenEventStore(Protocol):
    """Where it is kept what a person hides; every method raises StoreError where that fails."""

    def hidden(self) -> frozenset[str]:
        """The ids of the events that the person hides."""
        ...

    def hide(self, ids: Sequence[str]) -> None:
        """Hide events from the person."""
        ...

    def unhide(self, ids: Sequence[str]) -> None:
        """Show them again."""
        ...


def hide_events(
    catalogue: EventCatalogue, store: HiddenEventStore, ids: Sequence[str]
) -> tuple[Event, ...]:
    """Hide events of the catalogue, all of those named or none.

    Returns:
        Those that were not hidden before, in the order of the catalogue.

    Raises:
        InputError: an id is not one of the catalogue.
        StoreError: the store cannot be written.
    """
    before, named = store.hidden(), _catalogue_events(catalogue, ids)
    store.hide([event.id for event in named])
    return tuple(event for event in named if event.id not in before)


def unhide_events(
    catalogue: EventCatalogue, store: HiddenEventStore, ids: Sequence[str]
) -> tuple[Event, ...]:
    """Show hidden events again; raises as `hide_events` does.

    Returns:
        Those that were hidden before, in the order of the catalogue.
    """
    before, named = store.hidden(), _catalogue_events(catalogue, ids)
    store.unhide([event.id for event in named])
    return tuple(event for event in named if event.id in before)


def hidden_events(catalogue: EventCatalogue, store: HiddenEventStore) -> tuple[Event, ...]:
    """The events that the person hides, by their days."""
    hidden = store.hidden()
    found = (event for event in catalogue.events() if event.id in hidden)
    return tuple(sorted(found, key=lambda event: (event.day, event.id)))


def hidden_count_text(count: int) -> str:
    """`3 hidden`, as lists, studies and files say it; empty where nothing is hidden."""
    return f"{count:,} hidden" if count else ""


def hidden_notice(count: int) -> str:
    """What a command says where events are hidden."""
    many = "event of the catalogue is" if count == 1 else "events of the catalogue are"
    return f"{count:,} {many} hidden and left out; the list of hidden events names them"


def _catalogue_events(catalogue: EventCatalogue, ids: Sequence[str]) -> tuple[Event, ...]:
    by_id = {event.id: event for event in catalogue.events()}
    for name in ids:
        if name.startswith("note-") and name not in by_id:
            msg = f"{clean_line(name)[:80]}: is a note; remove it instead, or make it private"
            raise InputError(msg)
        if name not in by_id:
            msg = f"{clean_line(name)[:80]}: there is no event with this id in the catalogue"
            raise InputError(msg)
    asked = set(ids)
    return tuple(event for event in by_id.values() if event.id in asked)


# ------------------------------------------------------------
# Whether two events are the same: on one day, under one title, with no other link or hour.


_TITLE_TOKENS: Final = re.compile(r"[+−-]?\d+(?:[.,:]\d+)*\s?%?|\w+")
_HOMOGLYPHS: Final = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
_ANY_VALUE: Final = object()
_TRACKING_PARAMETERS: Final = re.compile(r"(?:utm_\w+|fbclid|gclid|yclid)=[^&]*&?")


@dataclass(slots=True)
class DuplicateIndex:
    """Events by day, title, hour and link, to ask whether another is among them.

    Two hours or two links that differ tell two events; one that is missing does not. So each
    event is filed under its hour and link, and under any of them, and a question is a few
    look-ups however many events share a title.
    """

    _filed: dict[tuple[object, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> DuplicateIndex:
        """Those of the catalogue and the notes, called by their ids."""
        known = cls()
        for event in events:
            known.add(event, event.id)
        return known

    def add(self, event: Event, called: str) -> None:
        """Remember an event under what messages call it."""
        day, title, link = event.day, normalise_title(event.title), normalise_link(event.source_url)
        for key in product((day,), (title,), (event.moment, _ANY_VALUE), (link, _ANY_VALUE)):
            self._filed.setdefault(key, called)

    def find_duplicate(self, event: Event) -> str | None:
        """What the same event is called; None where there is none."""
        hours = (_ANY_VALUE,) if event.moment is None else (event.moment, None)
        link = normalise_link(event.source_url)
        keys = product(
            (event.day,),
            (normalise_title(event.title),),
            hours,
            (link, "") if link else (_ANY_VALUE,),
        )
        return next((self._filed[key] for key in keys if key in self._filed), None)


def normalise_title(title: str) -> str:
    """A title without capitals, marks and letters that only look different; numbers stay."""
    folded = unicodedata.normalize("NFKC", title).casefold().replace("ё", "е")
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    words = _TITLE_TOKENS.findall(visible.translate(_HOMOGLYPHS))
    return " ".join(words) or visible.strip()


def normalise_link(link: str) -> str:
    """A link without scheme, `www.`, fragment, visitor counts and last slash."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return link
    query = _TRACKING_PARAMETERS.sub("", parts.query).rstrip("&")
    return f"{host}{parts.path.rstrip('/')}?{query}".rstrip("?")
