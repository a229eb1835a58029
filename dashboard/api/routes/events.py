"""Routes of events: the list, one event, and the path of the rate around it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from dashboard.api.dependencies import Context, known_events, list_scheduled
from dashboard.api.errors import Problem
from dashboard.api.params import (
    EpisodesCsvParams,
    EpisodesParams,
    EventsCsvParams,
    EventsPageParams,
    EventWindowCsvParams,
    EventWindowParams,
    PrecedentCsvParams,
    PrecedentParams,
    SourceWindowCsvParams,
    SourceWindowParams,
    UpcomingParams,
)
from dashboard.api.responses import (
    describe_csv,
    describe_json,
    describe_page,
    describe_workbook,
    json_response,
    note_etag,
    page_response,
    table_response,
)
from dashboard.container import AppContext
from dashboard.models.analyses import EpisodeStudy, Precedents
from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView
from dashboard.models.series import read_as_of
from dashboard.services.episodes import measure_episodes
from dashboard.services.precedents import find_precedents
from dashboard.services.rates import daily_series, get_series
from dashboard.services.schedule import (
    add_usual_moves,
    find_any_event,
    upcoming_events,
    upcoming_json,
)
from dashboard.services.serializers import (
    PRECEDENT_TABLES,
    episodes_json,
    event_view_json,
    precedents_json,
    table_json,
    table_json_schema,
)
from dashboard.services.source_moves import compare_sources_of_event
from dashboard.services.study import build_event_view
from dashboard.services.study_inputs import default_request

router = APIRouter(tags=["events"])

EventId = Annotated[str, Path(max_length=200, description="The id of an event or a note.")]


@router.get("/events.csv", responses=describe_csv("event_list"), response_class=Response)
@router.get(
    "/events.xlsx",
    responses=describe_workbook("event_list"),
    response_class=Response,
)
def events_file(
    request: Request, context: Context, params: Annotated[EventsCsvParams, Query()]
) -> Response:
    """Events and notes as CSV, or a workbook."""
    events = params.find(known_events(context))
    name = ("events", params.since, params.until)
    return table_response(request, "event_list", events, name, params.flavour)


@router.get("/events.json", responses=describe_page("event_list"), response_class=Response)
def events_page(
    request: Request, context: Context, params: Annotated[EventsPageParams, Query()]
) -> Response:
    """Events and notes, a page of them."""
    events = params.find(known_events(context))
    return page_response(request, table_json("event_list", events), params.limit, params.offset)


@router.get(
    "/events/upcoming.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                "rows": {"type": "array", "items": table_json_schema("event_list")},
            },
        },
        "Scheduled events, each with the days to it and the usual moves of its kind",
    ),
    response_class=Response,
)
def upcoming(
    request: Request, context: Context, params: Annotated[UpcomingParams, Query()]
) -> Response:
    """Scheduled events, the next first: calendars, and events and notes with a future day."""
    known, now = known_events(context), datetime.now(UTC)
    if params.asof:
        scheduled, now = context.schedule.events(), read_as_of("asof", params.asof)
    else:
        scheduled = list_scheduled(context)
    series = get_series(context.rates, params.series)
    rows = add_usual_moves(upcoming_events(known, scheduled, now), series, known, now)
    return json_response(request, {"rows": upcoming_json(rows)})


@router.get("/episodes.csv", responses=describe_csv("episodes"), response_class=Response)
@router.get("/episodes.xlsx", responses=describe_workbook("episodes"), response_class=Response)
def episodes_file(
    request: Request, context: Context, params: Annotated[EpisodesCsvParams, Query()]
) -> Response:
    """Each story as one span of a series as CSV, or a workbook."""
    episodes = _measure_episodes(context, params).episodes
    return table_response(
        request, "episodes", episodes, (params.series, "episodes"), params.flavour
    )


@router.get(
    "/episodes.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                "summary": {"type": "object"},
                "rows": {"type": "array", "items": table_json_schema("episodes")},
            },
        },
        "Each story as one span of a series, and what all of them say together",
    ),
    response_class=Response,
)
def episodes(
    request: Request, context: Context, params: Annotated[EpisodesParams, Query()]
) -> Response:
    """Each story as one span of a series against other spans of its length."""
    return json_response(request, episodes_json(_measure_episodes(context, params)))


def _measure_episodes(context: AppContext, params: EpisodesParams) -> EpisodeStudy:
    series = get_series(context.rates, params.series)
    return measure_episodes(series, params.find(known_events(context)), params.after)


@router.get(
    "/events/{event_id}",
    responses=describe_json(table_json_schema("event_list"), "One event or note"),
    response_class=Response,
)
def one_event(request: Request, context: Context, event_id: EventId) -> Response:
    """One event or note; 410 for a note that was deleted."""
    event = require_event(context, event_id)
    tag = {"ETag": note_etag(event)} if event.origin == Origin.NOTE else {}
    return json_response(request, table_json("event_list", [event])[0], tag)


@router.get(
    "/events/{event_id}/window.csv",
    responses=describe_csv("event_window"),
    response_class=Response,
)
@router.get(
    "/events/{event_id}/window.xlsx",
    responses=describe_workbook("event_window"),
    response_class=Response,
)
def window_file(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[EventWindowCsvParams, Query()],
) -> Response:
    """The path of a rate around one event as CSV, or a workbook."""
    view = _event_view(context, event_id, params)
    name = (params.series, event_id, "window")
    return table_response(request, "event_window", [view], name, params.flavour)


@router.get(
    "/events/{event_id}/window.json",
    responses=describe_json({"type": "object"}, "Timing, moves and path of one event"),
    response_class=Response,
)
def window(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[EventWindowParams, Query()],
) -> Response:
    """What one event did on one series: timing, moves with their ordinary range, path."""
    return json_response(request, event_view_json(_event_view(context, event_id, params)))


@router.get(
    "/events/{event_id}/sources.csv",
    responses=describe_csv("source_moves"),
    response_class=Response,
)
@router.get(
    "/events/{event_id}/sources.xlsx",
    responses=describe_workbook("source_moves"),
    response_class=Response,
)
def sources_file(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[SourceWindowCsvParams, Query()],
) -> Response:
    """The same move of the dollar on every source as CSV, or a workbook."""
    moves = compare_sources_of_event(
        daily_series(context.rates), require_event(context, event_id), params.offsets()
    )
    name = (event_id, "sources")
    return table_response(request, "source_moves", moves, name, params.flavour)


@router.get(
    "/events/{event_id}/sources.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {"rows": {"type": "array", "items": table_json_schema("source_moves")}},
        },
        "One event on every source of the dollar",
    ),
    response_class=Response,
)
def sources(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[SourceWindowParams, Query()],
) -> Response:
    """The same move of the dollar on every source, each by its own clock, or why not."""
    moves = compare_sources_of_event(
        daily_series(context.rates), require_event(context, event_id), params.offsets()
    )
    return json_response(request, {"rows": table_json("source_moves", moves)})


@router.get(
    "/events/{event_id}/precedents.csv",
    responses=describe_csv("precedents"),
    response_class=Response,
)
@router.get(
    "/events/{event_id}/precedents.xlsx",
    responses=describe_workbook("precedents"),
    response_class=Response,
)
def precedents_file(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[PrecedentCsvParams, Query()],
) -> Response:
    """The events most alike to one and what followed each as CSV, or a workbook."""
    answer = _find_precedents(context, event_id, params)
    name = (params.series, event_id, params.table)
    return table_response(request, params.table, [answer], name, params.flavour)


@router.get(
    "/events/{event_id}/precedents.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                name: {"type": "array", "items": table_json_schema(name)}
                for name in PRECEDENT_TABLES
            },
        },
        "The events most alike to one, what followed each, and how unusual this one is",
    ),
    response_class=Response,
)
def precedents(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[PrecedentParams, Query()],
) -> Response:
    """The precedents of one event: why each was taken, what followed, and those left out."""
    return json_response(request, precedents_json(_find_precedents(context, event_id, params)))


def _find_precedents(context: AppContext, event_id: str, params: PrecedentParams) -> Precedents:
    event, series = require_event(context, event_id), get_series(context.rates, params.series)
    return find_precedents(series, event, known_events(context), params.request())


def require_event(context: AppContext, event_id: str) -> Event:
    """The event, note or scheduled event of an id.

    Raises:
        Problem: 404, there is none; 410, the note was deleted.
    """
    try:
        event = find_any_event(
            context.catalogue, context.notes, lambda: list_scheduled(context), event_id
        )
    except InputError as error:
        raise Problem(404, str(error)) from error
    if event.deleted is not None:
        raise Problem(
            410,
            _(
                "{id}: this note was deleted on {deleted:%Y-%m-%d}",
                id=event.id,
                deleted=event.deleted,
            ),
        )
    return event


def _event_view(context: AppContext, event_id: str, params: EventWindowParams) -> EventView:
    event, series = require_event(context, event_id), get_series(context.rates, params.series)
    request = default_request(series.card.bar_minutes, params.window, params.car)
    return build_event_view(series, event, known_events(context), request)
