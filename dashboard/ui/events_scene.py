"""What Events & notes shows for one link: the events that fit, and what each choice would find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from dashboard.domain.event import CATEGORY_LIMIT, Event, Expected, Origin
from dashboard.domain.series import RateSeries
from dashboard.services.find_events import EventFilter, find_events, own_categories
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.palette import CATEGORY_LANES
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.session import KnownEvents
from dashboard.ui.studied import Studied, studied_events
from dashboard.ui.view import Param, a_day, a_name, a_text, many_words, one_of

ANY: Final = "any"
HOURS: Final = (ANY, "known", "unknown")
ORIGINS: Final = (ANY, Origin.CATALOGUE.value, Origin.NOTE.value)
EXPECTED: Final = (ANY, *(each.value for each in Expected))
CATEGORIES: Final = tuple(lane.id for lane in CATEGORY_LANES)

FILTERS: Final[tuple[Param, ...]] = (
    a_day("from", "2022-01-01"),
    a_day("to", "2022-06-30"),
    many_words("cat", CATEGORIES, CATEGORY_LIMIT),
    a_text("q"),
    one_of("origin", ORIGINS, ANY),
    one_of("exp", EXPECTED, ANY),
    one_of("hour", HOURS, ANY),
)
PARAMS: Final[tuple[Param, ...]] = (
    *FILTERS,
    one_of("show", ("kept", "deleted", "hidden"), "kept"),
    a_name("sel", "", "kellogg-nato-off-table-2025-04-20"),
    one_of("up", tuple(quote.value for quote in Quote), Quote.WEAKER.value, shared=True),
    a_name("series", DEFAULT_SERIES, "eur_rub_ecb", shared=True),
)

Fits = Callable[[Event], bool]


@dataclass(frozen=True)
class Facets:
    """The filters of a link over some events; a facet counts what its other filters leave."""

    events: tuple[Event, ...]
    chosen: Mapping[str, Fits]

    @cached_property
    def found(self) -> tuple[Event, ...]:
        """The events that fit every filter."""
        return self._fitting("")

    def counts(self, facet: str, value_of: Callable[[Event], str | int]) -> Counter[str | int]:
        """How many events each choice of a facet would find, the other filters being kept."""
        return Counter(value_of(event) for event in self._fitting(facet))

    def _fitting(self, but: str) -> tuple[Event, ...]:
        tests = [fits for name, fits in self.chosen.items() if name != but]
        return tuple(event for event in self.events if all(fits(event) for fits in tests))


@dataclass(frozen=True)
class EventsScene:
    """Everything the page is drawn from; `events` are newest first."""

    series: RateSeries
    quoting: Quoting
    known: KnownEvents
    facets: Facets
    events: tuple[Event, ...]
    studied: Mapping[str, Studied]
    since: date | None
    until: date | None
    dark: bool
    phone: bool

    @property
    def is_filtered(self) -> bool:
        """Whether any event is left out."""
        return len(self.events) < len(self.known.events)

    @property
    def earlier_first(self) -> tuple[Event, ...]:
        """The events in the order of files."""
        return self.events[::-1]


def read_events_scene(view: View) -> EventsScene:
    """The scene of a link; settings that cannot be together are ignored and told."""
    if view["series"] not in {card.id for card in session.prices()}:
        view.ignore("series")
    if view["from"] and view["to"] and view["to"] < view["from"]:
        view.ignore("from", "to")
    series, known = session.series(view["series"]), session.known_events()
    facets = read_facets(view, known.events)
    return EventsScene(
        series=series,
        quoting=Quoting(series.card, Quote(view["up"])),
        known=known,
        facets=facets,
        events=facets.found[::-1],
        studied=studied_events(series, known),
        since=view["from"],
        until=view["to"],
        dark=session.is_dark(),
        phone=session.is_phone(),
    )


def read_facets(view: View, events: tuple[Event, ...]) -> Facets:
    """The filters of a link as facets; the search is applied at once, for nobody counts it.

    A category of the link that neither is on the list nor has an event is ignored and told.
    """
    known = {*CATEGORIES, *own_categories(events)}
    view.ignore_part("cat", [word for word in view["cat"] if word not in known])
    found = find_events(events, EventFilter(text=view["q"])) if view["q"] else events
    return Facets(found, dict(_chosen(view)))


def year_of(event: Event) -> int:
    """The year an event begins in."""
    return event.day.year


def hour_of(event: Event) -> str:
    """Whether the hour of an event is known."""
    return "known" if event.moment is not None else "unknown"


def origin_of(event: Event) -> str:
    """Where an event comes from."""
    return str(event.origin)


def expected_of(event: Event) -> str:
    """The direction that is expected from the nature of an event."""
    return str(event.expected)


def whole_year(since: date | None, until: date | None) -> int | None:
    """The year that a period is exactly, None where it is something else."""
    if since is None or until is None or since.year != until.year:
        return None
    is_whole = (since.month, since.day) == (1, 1) and (until.month, until.day) == (12, 31)
    return since.year if is_whole else None


def _chosen(view: View) -> list[tuple[str, Fits]]:
    since, until, categories = view["from"], view["to"], view["cat"]
    chosen: list[tuple[str, Fits]] = []
    if since or until:
        first, last = since or date.min, until or date.max
        chosen.append(("period", lambda e: (e.end_day or e.day) >= first and e.day <= last))
    if categories:
        chosen.append(("cat", lambda e: e.category in categories))
    offered = {param.key for param in view.params}
    for key, value_of in (("origin", origin_of), ("exp", expected_of), ("hour", hour_of)):
        if key in offered and view[key] != ANY:
            chosen.append((key, _equals(value_of, view[key])))
    return chosen


def _equals(value_of: Callable[[Event], str], wanted: str) -> Fits:
    return lambda event: value_of(event) == wanted
