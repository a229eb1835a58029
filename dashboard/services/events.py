"""Events of the catalogue and notes: filters, hidden events and duplicates.

A user can hide events of the catalogue. They disappear from the lists, charts, crowding and
studies of this user; the catalogue and other users are not affected.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from dashboard.models.errors import InputError
from dashboard.models.event import EVENT_CHOICES, Category, Event
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.services.notes import clean_line

if TYPE_CHECKING:
    from dashboard.services.notes import EventCatalogue


_TITLE_TOKENS: Final = re.compile(r"[+−-]?\d+(?:[.,:]\d+)*\s?%?|\w+")
_HOMOGLYPHS: Final = str.maketrans("авекмнорстухіјѕ", "abekmhopctyxijs")
_ANY_VALUE: Final = object()
_TRACKING_PARAMETERS: Final = re.compile(r"(?:utm_\w+|fbclid|gclid|yclid)=[^&]*&?")


# ---- filters


@dataclass(frozen=True, slots=True)
class EventFilter:
    """A filter of events; empty fields do not restrict.

    An event matches when it matches every field: one of `categories`, one of `tags`, and every
    word of `text` in title, actor, text, tags or source, ignoring case. An event of several
    days matches `since` and `until` (both inclusive) when it overlaps them. `choices` has the
    option of each `EventChoice` by its name; None or no entry does not restrict.
    """

    categories: Collection[str] = ()
    text: str = ""
    since: date | None = None
    until: date | None = None
    tags: Collection[str] = ()
    choices: Mapping[str, str | None] = field(default_factory=dict)


def find_events(events: Iterable[Event], query: EventFilter) -> tuple[Event, ...]:
    """The events that match, in the given order."""
    terms = fold_case(query.text).split()
    tags = {fold_case(tag) for tag in query.tags}
    return tuple(
        event
        for event in events
        if _matches(event, query)
        and (not tags or any(fold_case(tag) in tags for tag in event.tags))
        and (not terms or _contains_terms(event, terms))
    )


def custom_categories(events: Iterable[Event]) -> tuple[str, ...]:
    """The categories that are not on the closed list, sorted."""
    return tuple(sorted({str(event.category) for event in events} - set(Category), key=fold_case))


def count_facets(events: Iterable[Event]) -> dict[str, dict[str, int]]:
    """The number of events for each value of a filter, the most frequent first.

    Returns:
        By `categories`, `tags` and the names of `EVENT_CHOICES`, by value. Tags that differ
        in case only are counted together, in the first spelling.
    """
    events = tuple(events)
    spelling: dict[str, str] = {}
    for tag in (tag for event in events for tag in event.tags):
        spelling.setdefault(fold_case(tag), tag)
    counts = {
        "categories": Counter(str(event.category) for event in events),
        **{choice.name: Counter(map(choice.value_of, events)) for choice in EVENT_CHOICES},
        "tags": Counter(
            spelling[tag] for event in events for tag in {fold_case(tag) for tag in event.tags}
        ),
    }
    return {
        name: dict(sorted(count.items(), key=lambda item: (-item[1], item[0])))
        for name, count in counts.items()
    }


def _matches(event: Event, query: EventFilter) -> bool:
    """Whether an event has the chosen values and overlaps the period."""
    return (
        (not query.categories or event.category in query.categories)
        and all(
            not query.choices.get(choice.name)
            or choice.value_of(event) == query.choices[choice.name]
            for choice in EVENT_CHOICES
        )
        and (query.since is None or (event.end_day or event.day) >= query.since)
        and (query.until is None or event.day <= query.until)
    )


def _contains_terms(event: Event, terms: Iterable[str]) -> bool:
    parts = (event.title, event.actor, event.text, event.source_name, event.source_url)
    text = fold_case("\n".join((*parts, *event.tags)))
    return all(term in text for term in terms)


def fold_case(text: str) -> str:
    """Text for comparisons that ignore case, in NFC."""
    return unicodedata.normalize("NFC", text).casefold()


# ---- hidden events


class HiddenEventStore(Protocol):
    """Stores the hidden events of a user; every method raises StoreError where it fails."""

    def hidden(self) -> frozenset[str]:
        """The ids of the hidden events."""

    def hide(self, ids: Sequence[str]) -> None:
        """Hide events."""

    def unhide(self, ids: Sequence[str]) -> None:
        """Show events again."""


def hide_events(
    catalogue: EventCatalogue, store: HiddenEventStore, ids: Sequence[str]
) -> tuple[Event, ...]:
    """Hide events of the catalogue, all or none.

    Returns:
        The events that were not hidden before, in the order of the catalogue.

    Raises:
        InputError: the catalogue has no event of one of the ids.
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
        The events that were hidden before, in the order of the catalogue.
    """
    before, named = store.hidden(), _catalogue_events(catalogue, ids)
    store.unhide([event.id for event in named])
    return tuple(event for event in named if event.id in before)


def hidden_events(catalogue: EventCatalogue, store: HiddenEventStore) -> tuple[Event, ...]:
    """The hidden events, by day."""
    hidden = store.hidden()
    matching = (event for event in catalogue.events() if event.id in hidden)
    return tuple(sorted(matching, key=lambda event: (event.day, event.id)))


def hidden_count_text(count: int) -> str:
    """`3 hidden`; empty where nothing is hidden."""
    return _("{count:,} hidden", count=count) if count else ""


def hidden_notice(count: int) -> str:
    """The notice of a command that leaves out hidden events."""
    return plural(
        "{n:,} event of the catalogue is hidden and left out; the list of hidden events names them",
        "{n:,} events of the catalogue are hidden and left out; the list of hidden events names"
        " them",
        count,
    )


def _catalogue_events(catalogue: EventCatalogue, ids: Sequence[str]) -> tuple[Event, ...]:
    by_id = {event.id: event for event in catalogue.events()}
    for name in ids:
        if name.startswith("note-") and name not in by_id:
            msg = _(
                "{id}: is a note; remove it instead, or make it private", id=clean_line(name)[:80]
            )
            raise InputError(msg)
        if name not in by_id:
            msg = _(
                "{id}: there is no event with this id in the catalogue", id=clean_line(name)[:80]
            )
            raise InputError(msg)
    wanted = set(ids)
    return tuple(event for event in by_id.values() if event.id in wanted)


# ---- duplicates


@dataclass(slots=True)
class DuplicateIndex:
    """Finds duplicates: events with the same day and title and no different hour or link.

    Different hours or links mean different events; a missing one is no difference. Each event
    has an entry for its hour and link and for any value of them, so that a query is a few
    look-ups however many events share a title.
    """

    _entries: dict[tuple[object, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> DuplicateIndex:
        """An index of events, labelled by their ids."""
        known = cls()
        for event in events:
            known.add(event, event.id)
        return known

    def add(self, event: Event, label: str) -> None:
        """Add an event with its label in messages."""
        day, title, link = event.day, normalise_title(event.title), normalise_link(event.source_url)
        for key in product((day,), (title,), (event.moment, _ANY_VALUE), (link, _ANY_VALUE)):
            self._entries.setdefault(key, label)

    def find_duplicate(self, event: Event) -> str | None:
        """The label of the same event; None where there is none."""
        hours = (_ANY_VALUE,) if event.moment is None else (event.moment, None)
        link = normalise_link(event.source_url)
        keys = product(
            (event.day,),
            (normalise_title(event.title),),
            hours,
            (link, "") if link else (_ANY_VALUE,),
        )
        return next((self._entries[key] for key in keys if key in self._entries), None)


@lru_cache(maxsize=4_096)
def normalise_title(title: str) -> str:
    """A title without case, punctuation and homoglyphs; numbers keep their signs."""
    visible = unicodedata.normalize("NFKC", title).casefold().replace("ё", "е")
    if not visible.isascii():
        visible = "".join(c for c in visible if unicodedata.category(c) != "Cf")
    tokens = _TITLE_TOKENS.findall(visible.translate(_HOMOGLYPHS))
    return " ".join(tokens) or visible.strip()


@lru_cache(maxsize=4_096)
def normalise_link(link: str) -> str:
    """A link without scheme, `www.`, fragment, tracking parameters and trailing slash."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return link
    query = _TRACKING_PARAMETERS.sub("", parts.query).rstrip("&")
    return f"{host}{parts.path.rstrip('/')}?{query}".rstrip("?")
