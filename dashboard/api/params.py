"""Query parameters with their limits; an unknown parameter is an error."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from dashboard.models.analyses import MAX_PRECEDENTS, PrecedentRequest
from dashboard.models.errors import InputError
from dashboard.models.event import CATEGORY_LIMIT, EVENT_CHOICES, Category, Event
from dashboard.models.messages import translate as _
from dashboard.models.study import Window
from dashboard.services.episodes import MAX_AFTER
from dashboard.services.events import EventFilter, custom_categories, find_events
from dashboard.services.exports import CsvDialect
from dashboard.services.rates import DEFAULT_SERIES

MAX_REPEATS: Final = 20
DEFAULT_PAGE_SIZE: Final = 1_000
MAX_PAGE_SIZE: Final = 10_000
_DATE_PREFIX: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
WindowText = Annotated[str, Field(pattern=r"^[+-]?\d{1,4}[hm]?:[+-]?\d{1,4}[hm]?$")]
CategoryText = Annotated[str, Field(min_length=1, max_length=CATEGORY_LIMIT)]
LengthText = Annotated[str, Field(pattern=r"^\d{1,6}[hm]?$")]


def require_date_text(value: object) -> object:
    """A day or a moment as text; pydantic would take digits for seconds since 1970."""
    if value is not None and not (isinstance(value, str) and _DATE_PREFIX.match(value)):
        raise PydanticCustomError("date_as_written", _("is not a date"))
    return value


DayText = Annotated[date, BeforeValidator(require_date_text)]


class QueryParams(BaseModel):
    """The base of every set of parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    asof: str | None = Field(
        None, max_length=40, description="As known then: 2026-11-20 or 2026-11-20T09:00Z."
    )


class PeriodParams(QueryParams):
    """A period, both ends included; for rates it counts market days."""

    since: DayText | None = Field(None, alias="from", description="First day, as 2024-03-13.")
    until: DayText | None = Field(None, alias="to", description="Last day.")


class PageParams(QueryParams):
    """One page of a list."""

    limit: int = Field(DEFAULT_PAGE_SIZE, ge=1, le=MAX_PAGE_SIZE, description="Rows in a page.")
    offset: int = Field(0, ge=0, le=100_000_000, description="Rows to leave out before it.")


class CsvParams(QueryParams):
    """Which dialect of CSV."""

    flavour: CsvDialect = Field(
        "plain",
        description="Of CSV: `excel` starts with a BOM and ends lines with CRLF; `excel-ru` has"
        " semicolons and decimal commas too.",
    )


class RatesParams(PeriodParams):
    """Which observations."""

    series: list[str] = Field(
        [DEFAULT_SERIES], max_length=MAX_REPEATS, description="Ids of series; may be repeated."
    )


_CHOICES: Final[dict[str, Any]] = {
    choice.name: (Literal[*choice.titles] | None, Field(None, description=choice.help))
    for choice in EVENT_CHOICES
}
_ChoiceParams = create_model("EventChoices", __base__=PeriodParams, **_CHOICES)


class EventsParams(_ChoiceParams):  # type: ignore[valid-type, misc]
    """Filters of events: all must match; the values of a repeated one are alternatives."""

    category: list[CategoryText] = Field(
        [], max_length=MAX_REPEATS, description="On the list, or a note's own."
    )
    q: str = Field("", max_length=200, description="Words in title, text, actor or source.")
    tag: list[str] = Field([], max_length=MAX_REPEATS)

    def find(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """The events that match.

        Raises:
            InputError: the period ends before it starts, or a category is unknown.
        """
        if self.since is not None and self.until is not None and self.until < self.since:
            msg = _(
                "{until} is before from: {since}; swap them", until=self.until, since=self.since
            )
            raise InputError(msg, field="to")
        known = dict.fromkeys((*Category, *custom_categories(events)))
        for name in self.category:
            if name not in known:
                msg = _(
                    '"{name}" is unknown; take one of {known}', name=name, known=", ".join(known)
                )
                raise InputError(msg, field="category")
        return find_events(
            events,
            EventFilter(
                categories=tuple(self.category),
                text=self.q,
                since=self.since,
                until=self.until,
                tags=tuple(self.tag),
                choices={choice.name: getattr(self, choice.name) for choice in EVENT_CHOICES},
            ),
        )


class EventWindowParams(QueryParams):
    """The series and the windows of one event."""

    series: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")
    window: WindowText | None = Field(
        None, description="Event window, first:last offset; on bars also -2h:6h."
    )
    car: list[WindowText] = Field([], max_length=MAX_REPEATS, description="CAR windows; else five.")


class RatesCsvParams(RatesParams, CsvParams):
    """A file of rates."""


class RatesPageParams(RatesParams, PageParams):
    """A page of rates."""


class EventsCsvParams(EventsParams, CsvParams):
    """A file of events."""


class EventsPageParams(EventsParams, PageParams):
    """A page of events."""


class EventWindowCsvParams(EventWindowParams, CsvParams):
    """The path around one event as a file."""


class UpcomingParams(QueryParams):
    """The series whose usual moves are given."""

    series: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")


class SourceWindowParams(QueryParams):
    """The window in which one event is compared on every source."""

    window: str = Field("0:1", pattern=r"^-?\d{1,3}:-?\d{1,3}$", description="First:last offset.")

    def offsets(self) -> Window:
        """The first and the last offset.

        Raises:
            InputError: the last lies before the first.
        """
        first, last = (int(part) for part in self.window.split(":"))
        if last < first:
            msg = _("{window} ends before it starts; swap the two", window=self.window)
            raise InputError(msg, field="window")
        return first, last


class PrecedentParams(QueryParams):
    """How the precedents of one event are chosen."""

    series: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")
    number: int = Field(12, ge=1, le=MAX_PRECEDENTS, description="The most that are taken.")
    earlier_only: bool = Field(
        default=True, description="Only events that were over before it; false: later ones too."
    )
    alone: bool = Field(
        default=False, description="None with another event on its first two rates."
    )

    def request(self) -> PrecedentRequest:
        """The request of the service."""
        return PrecedentRequest(self.number, earlier_only=self.earlier_only, alone=self.alone)


class PrecedentCsvParams(PrecedentParams, CsvParams):
    """One table of the precedents of one event as a file."""

    table: Literal["precedents", "precedent_summary", "precedent_paths"] = Field(
        "precedents", description="Which table."
    )


class EpisodesParams(EventsParams):
    """The events whose stories are measured as spans."""

    series: str = Field(DEFAULT_SERIES, max_length=120, description="The id of a series.")
    after: int = Field(
        1, ge=0, le=MAX_AFTER, description="Observations after the first rate of the last event."
    )


class EpisodesCsvParams(EpisodesParams, CsvParams):
    """Episodes as a file."""


class SourceWindowCsvParams(SourceWindowParams, CsvParams):
    """One event on every source as a file."""


class BasketParams(QueryParams):
    """The basket on whose series one event is compared, and the window."""

    basket: str = Field("rouble", max_length=60, description="The name of a basket.")
    window: str = Field("0:1", pattern=r"^-?\d{1,3}:-?\d{1,3}$", description="First:last offset.")


class BasketCsvParams(BasketParams, CsvParams):
    """One event on every series of a basket as a file."""


class SourceMovesCsvParams(EventsParams, SourceWindowParams, CsvParams):
    """Events on every source as a file."""


class SourceMovesPageParams(EventsParams, SourceWindowParams, PageParams):
    """A page of events on every source."""
