"""What a request may ask: parameters with their limits; an unknown one is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from dashboard.domain.errors import InputError
from dashboard.domain.event import CATEGORY_LIMIT, Category, Event, Expected, Origin
from dashboard.domain.study import Window
from dashboard.services.export_tables import Flavour
from dashboard.services.find_events import EventFilter, find_events, own_categories
from dashboard.services.get_rates import DEFAULT_SERIES

FEW = 20
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PAGE = 1_000
LONGEST_PAGE = 10_000
WindowText = Annotated[str, Field(pattern=r"^[+-]?\d{1,4}[hm]?:[+-]?\d{1,4}[hm]?$")]
Word = Annotated[str, Field(min_length=1, max_length=CATEGORY_LIMIT)]
LengthText = Annotated[str, Field(pattern=r"^\d{1,6}[hm]?$")]


def as_written(given: object) -> object:
    """A day or a moment as it is written; pydantic would take digits for seconds since 1970."""
    if given is not None and not (isinstance(given, str) and _DAY.match(given)):
        raise PydanticCustomError("date_as_written", "is not a date")
    return given


DayText = Annotated[date, BeforeValidator(as_written)]


class Asked(BaseModel):
    """The form of every set of parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    asof: str | None = Field(
        None, max_length=40, description="As known then: 2026-11-20 or 2026-11-20T09:00Z."
    )


class Period(Asked):
    """A period, both ends included; for rates it counts market days."""

    since: DayText | None = Field(None, alias="from", description="First day, as 2024-03-13.")
    until: DayText | None = Field(None, alias="to", description="Last day.")


class Paged(Asked):
    """One page of a list."""

    limit: int = Field(PAGE, ge=1, le=LONGEST_PAGE, description="Rows in a page.")
    offset: int = Field(0, ge=0, le=100_000_000, description="Rows to leave out before it.")


class ForFile(Asked):
    """Which of the two kinds of CSV is wanted."""

    flavour: Flavour = Field("plain", description="`excel` starts with a BOM and ends with CRLF.")


class Rates(Period):
    """Which observations."""

    series: list[str] = Field(
        [DEFAULT_SERIES], max_length=FEW, description="Ids of series; may be repeated."
    )


class Events(Period):
    """Which events: all that fit every parameter given; a repeated one is an alternative."""

    category: list[Word] = Field([], max_length=FEW, description="On the list, or a note's own.")
    q: str = Field("", max_length=200, description="Words in title, text, actor or source.")
    origin: Literal[Origin.CATALOGUE, Origin.NOTE] | None = None
    expected: Expected | None = None
    hour: Literal["known", "unknown"] | None = Field(None, description="Is the hour known?")
    tag: list[str] = Field([], max_length=FEW)

    def find(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """The events that fit."""
        if self.since is not None and self.until is not None and self.until < self.since:
            msg = f"to: {self.until} is before from: {self.since}; swap them"
            raise InputError(msg)
        known = dict.fromkeys((*Category, *own_categories(events)))
        for word in self.category:
            if word not in known:
                msg = f'category: "{word}" is unknown; take one of {", ".join(known)}'
                raise InputError(msg)
        wanted = (event for event in events if self._fits_hour(event))
        return find_events(
            wanted,
            EventFilter(
                categories=tuple(self.category),
                text=self.q,
                since=self.since,
                until=self.until,
                origin=self.origin,
                expected=self.expected,
                tags=tuple(self.tag),
            ),
        )

    def _fits_hour(self, event: Event) -> bool:
        return self.hour is None or (self.hour == "known") == (event.moment is not None)


class OneSeries(Asked):
    """The series on which one event is looked at."""

    series: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")
    window: WindowText | None = Field(
        None, description="Event window, first:last offset; on bars also -2h:6h."
    )
    car: list[WindowText] = Field([], max_length=FEW, description="CAR windows; else five.")


class RatesFile(Rates, ForFile):
    """A file of rates."""


class RatesPage(Rates, Paged):
    """A page of rates."""


class EventsFile(Events, ForFile):
    """A file of events."""


class EventsPage(Events, Paged):
    """A page of events."""


class WindowFile(OneSeries, ForFile):
    """The path around one event as a file."""


class OneWindow(Asked):
    """The window in which one event is compared on every source."""

    window: str = Field("0:1", pattern=r"^-?\d{1,3}:-?\d{1,3}$", description="First:last offset.")

    def offsets(self) -> Window:
        """The first and the last offset.

        Raises:
            InputError: the last lies before the first.
        """
        first, last = (int(part) for part in self.window.split(":"))
        if last < first:
            msg = f"window: {self.window} ends before it starts; swap the two"
            raise InputError(msg)
        return first, last


class SourcesFile(OneWindow, ForFile):
    """One event on every source as a file."""


class SourceMovesFile(Events, OneWindow, ForFile):
    """Events on every source as a file."""


class SourceMovesPage(Events, OneWindow, Paged):
    """A page of events on every source."""
