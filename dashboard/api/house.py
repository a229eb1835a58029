"""The parts of the house that the network door asks; a test puts its own in their place."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from dashboard.assembly import Parts, assemble, freeze
from dashboard.domain.as_of import read_as_of
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.services.get_rates import get_series
from dashboard.services.keep_events import all_events


@lru_cache(maxsize=1)
def house_parts() -> Parts:
    """The real parts of this process; the store opens at its first use."""
    return assemble(door="api")


def house_as_of(request: Request, live: Annotated[Parts, Depends(house_parts)]) -> Parts:
    """The parts as they were known at the moment of the request's `asof`, else those of now.

    Raises:
        InputError: it is no moment.
    """
    asof = request.query_params.get("asof")
    return live if asof is None else freeze(live, read_as_of("asof", asof))


House: TypeAlias = Annotated[Parts, Depends(house_as_of)]


def known_events(house: Parts) -> tuple[Event, ...]:
    """The catalogue and the notes."""
    return all_events(house.catalogue, house.notes)


def series_of(house: Parts, ids: list[str]) -> list[RateSeries]:
    """The series of these ids, each once, in the order asked.

    Raises:
        InputError: an id is not known.
    """
    return [get_series(house.rates, series_id) for series_id in dict.fromkeys(ids)]
