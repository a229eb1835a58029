"""Events over the network: the list, one of them, and the path of the rate around it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from dashboard.api.answers import csv_answer, json_answer, note_tag, page_answer
from dashboard.api.asked import (
    EventsFile,
    EventsPage,
    OneSeries,
    OneWindow,
    SourcesFile,
    WindowFile,
)
from dashboard.api.house import House, known_events
from dashboard.api.problems import Problem
from dashboard.api.schemas import csv_file, json_of, page_of
from dashboard.assembly import Parts
from dashboard.domain.errors import InputError
from dashboard.domain.event import Event, Origin
from dashboard.domain.event_view import EventView
from dashboard.services.answer_json import (
    event_list_rows_json,
    event_view_json,
    source_move_rows_json,
    table_schema,
)
from dashboard.services.choose_windows import page_request
from dashboard.services.compare_sources import compare_event
from dashboard.services.explain_event import explain_event
from dashboard.services.export_tables import (
    download_name,
    event_list_csv,
    event_window_csv,
    source_moves_csv,
)
from dashboard.services.get_rates import daily_series, get_series
from dashboard.services.keep_events import get_event

router = APIRouter(tags=["events"])

EventId = Annotated[str, Path(max_length=200, description="The id of an event or a note.")]


@router.get("/events.csv", responses=csv_file("event_list"), response_class=Response)
def events_file(request: Request, house: House, asked: Annotated[EventsFile, Query()]) -> Response:
    """Events and notes as CSV."""
    found = asked.find(known_events(house))
    name = download_name("events", asked.since, asked.until, flavour=asked.flavour)
    return csv_answer(request, event_list_csv(found, asked.flavour), name)


@router.get("/events.json", responses=page_of("event_list"), response_class=Response)
def events_page(request: Request, house: House, asked: Annotated[EventsPage, Query()]) -> Response:
    """Events and notes, a page of them."""
    found = asked.find(known_events(house))
    return page_answer(request, event_list_rows_json(found), asked.limit, asked.offset)


@router.get(
    "/events/{event_id}",
    responses=json_of(table_schema("event_list"), "One event or note"),
    response_class=Response,
)
def one_event(request: Request, house: House, event_id: EventId) -> Response:
    """One event or note; 410 for a note that was deleted."""
    event = _event(house, event_id)
    tag = {"ETag": note_tag(event)} if event.origin == Origin.NOTE else {}
    return json_answer(request, event_list_rows_json([event])[0], tag)


@router.get(
    "/events/{event_id}/window.csv", responses=csv_file("event_window"), response_class=Response
)
def window_file(
    request: Request, house: House, event_id: EventId, asked: Annotated[WindowFile, Query()]
) -> Response:
    """The path of a rate around one event as CSV."""
    view = _view(house, event_id, asked)
    name = download_name(asked.series, event_id, "window", flavour=asked.flavour)
    return csv_answer(request, event_window_csv(view, asked.flavour), name)


@router.get(
    "/events/{event_id}/window.json",
    responses=json_of({"type": "object"}, "Timing, moves and path of one event"),
    response_class=Response,
)
def window(
    request: Request, house: House, event_id: EventId, asked: Annotated[OneSeries, Query()]
) -> Response:
    """What one event did on one series: timing, moves with their ordinary range, path."""
    return json_answer(request, event_view_json(_view(house, event_id, asked)))


@router.get(
    "/events/{event_id}/sources.csv", responses=csv_file("source_moves"), response_class=Response
)
def sources_file(
    request: Request, house: House, event_id: EventId, asked: Annotated[SourcesFile, Query()]
) -> Response:
    """The same move of the dollar on every source as CSV."""
    moves = compare_event(daily_series(house.rates), _event(house, event_id), asked.offsets())
    name = download_name(event_id, "sources", flavour=asked.flavour)
    return csv_answer(request, source_moves_csv(moves, asked.flavour), name)


@router.get(
    "/events/{event_id}/sources.json",
    responses=json_of(
        {
            "type": "object",
            "properties": {"rows": {"type": "array", "items": table_schema("source_moves")}},
        },
        "One event on every source of the dollar",
    ),
    response_class=Response,
)
def sources(
    request: Request, house: House, event_id: EventId, asked: Annotated[OneWindow, Query()]
) -> Response:
    """The same move of the dollar on every source, each by its own clock, or why not."""
    moves = compare_event(daily_series(house.rates), _event(house, event_id), asked.offsets())
    return json_answer(request, {"rows": source_move_rows_json(moves)})


def _event(house: Parts, event_id: str) -> Event:
    try:
        event = get_event(house.catalogue, house.notes, event_id)
    except InputError as error:
        raise Problem(404, str(error)) from error
    if event.deleted is not None:
        raise Problem(410, f"{event.id}: this note was deleted on {event.deleted:%Y-%m-%d}")
    return event


def _view(house: Parts, event_id: str, asked: OneSeries) -> EventView:
    event, series = _event(house, event_id), get_series(house.rates, asked.series)
    request = page_request(series.card.bar_minutes, asked.window, asked.car)
    return explain_event(series, event, known_events(house), request)
