"""Dependencies of the routes: the application context, live or as of a moment."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from dashboard.container import AppContext, build_context, context_as_of
from dashboard.models.event import Event
from dashboard.models.series import RateSeries, read_as_of
from dashboard.services.notes import all_events
from dashboard.services.rates import get_series


@lru_cache(maxsize=1)
def get_live_context() -> AppContext:
    """The context of this process; the store opens at its first use."""
    return build_context(interface="api")


def get_context(
    request: Request, live: Annotated[AppContext, Depends(get_live_context)]
) -> AppContext:
    """The context as of the moment of the request's `asof`, else the live one.

    Raises:
        InputError: `asof` is no moment.
    """
    asof = request.query_params.get("asof")
    return live if asof is None else context_as_of(live, read_as_of("asof", asof))


Context: TypeAlias = Annotated[AppContext, Depends(get_context)]


def known_events(context: AppContext) -> tuple[Event, ...]:
    """The catalogue and the notes."""
    return all_events(context.catalogue, context.notes)


def get_series_list(context: AppContext, ids: list[str]) -> list[RateSeries]:
    """The series of these ids, each once, in the order requested.

    Raises:
        InputError: an id is not known.
    """
    return [get_series(context.rates, series_id) for series_id in dict.fromkeys(ids)]
