"""Routes for other programs to subscribe to: events as RSS and iCalendar, alerts as RSS."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from dashboard.api.dependencies import Context, known_events
from dashboard.api.errors import Problem
from dashboard.api.params import EventsParams
from dashboard.api.responses import OpenApiResponses, document_response
from dashboard.container import AppContext
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.presentation.feeds import (
    CALENDAR_MEDIA_TYPE,
    RSS_MEDIA_TYPE,
    FeedEntry,
    write_calendar,
    write_rss,
)
from dashboard.presentation.formatting import format_event_time
from dashboard.presentation.palette import category_title

router = APIRouter(tags=["feeds"])

RSS_ENTRIES: Final = 100
"""The newest of them; a reader of feeds wants no archive."""


def _describe(media: str, description: str) -> OpenApiResponses:
    content = {media.partition(";")[0]: {"schema": {"type": "string"}}}
    return {200: {"description": description, "content": content}}


@router.get(
    "/events.rss",
    responses=_describe(RSS_MEDIA_TYPE, "The newest events and notes"),
    response_class=Response,
)
def events_rss(
    request: Request, context: Context, params: Annotated[EventsParams, Query()]
) -> Response:
    """The newest events and notes as RSS 2.0; with the token of a person also private ones."""
    events = sorted(params.find(known_events(context)), key=lambda e: (e.starts_at, e.id))
    entries = [
        FeedEntry(
            event.id,
            event.title,
            event.starts_at,
            "\n".join(filter(None, (format_event_time(event), event.text, event.source_url))),
            _event_link(request, context, event),
            category_title(event.category),
        )
        for event in reversed(events[-RSS_ENTRIES:])
    ]
    body = write_rss(_("Rouble Reaction: events"), f"{_pages(request, context)}/events", entries)
    return document_response(request, body, RSS_MEDIA_TYPE)


@router.get(
    "/events.ics",
    responses=_describe(CALENDAR_MEDIA_TYPE, "Events and notes as a calendar"),
    response_class=Response,
)
def events_calendar(
    request: Request, context: Context, params: Annotated[EventsParams, Query()]
) -> Response:
    """Events and notes as iCalendar; with the token of a person also private ones."""
    events = params.find(known_events(context))
    linked = ((event, _event_link(request, context, event)) for event in events)
    body = write_calendar(_("Rouble Reaction: events"), linked)
    return document_response(request, body, CALENDAR_MEDIA_TYPE)


@router.get(
    "/alerts.rss",
    responses=_describe(RSS_MEDIA_TYPE, "The newest alerts of the person of the token"),
    response_class=Response,
)
def alerts_rss(request: Request, context: Context) -> Response:
    """The newest alerts of a person as RSS 2.0; it needs the token of the person."""
    if not context.notes.person:
        detail = _("Authorization: alerts are those of a person; send Bearer rr_…")
        raise Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Rouble Reaction"'})
    pages = _pages(request, context)
    entries = [
        FeedEntry(
            f"alert-{alert.id}",
            alert.message.title,
            alert.at,
            alert.message.text,
            f"{pages}/{alert.message.path}",
        )
        for alert in context.alerts.alerts(RSS_ENTRIES)
    ]
    body = write_rss(_("Rouble Reaction: alerts"), f"{pages}/alerts", entries)
    return document_response(request, body, RSS_MEDIA_TYPE)


def _pages(request: Request, context: AppContext) -> str:
    """The address of the pages, without a slash at its end."""
    settings = context.settings
    if settings.dashboard_public_url:
        return settings.dashboard_public_url.rstrip("/")
    base = f"/{settings.dashboard_base_path.strip('/')}".rstrip("/")
    return f"{request.url.scheme}://{request.url.netloc}{base}"


def _event_link(request: Request, context: AppContext, event: Event) -> str:
    return f"{_pages(request, context)}/event?{urlencode({'id': event.id})}"
