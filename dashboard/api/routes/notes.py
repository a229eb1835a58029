"""Routes that write notes: create, update, delete, restore, each with its revision as ETag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from dashboard.api.dependencies import Context, WriterToken
from dashboard.api.errors import Problem, problem_responses
from dashboard.api.params import PageParams
from dashboard.api.responses import describe_json, json_response, note_etag, page_response
from dashboard.api.routes.events import EventId
from dashboard.api.schemas import (
    JSON_MEDIA_TYPE,
    MERGE_PATCH_MEDIA_TYPE,
    NewNote,
    NoteChange,
    NoteFields,
    describe_body,
    read_body,
)
from dashboard.container import AppContext
from dashboard.models.errors import InputError, RateLimited
from dashboard.models.event import EditConflict, Event, Origin, draft_from_event
from dashboard.models.messages import join_clauses
from dashboard.models.messages import translate as _
from dashboard.models.people import Forbidden, SignInRequired
from dashboard.services.notes import (
    NoteStore,
    add_note,
    delete_note,
    edit_note,
    get_event,
    note_history,
    restore_note,
)
from dashboard.services.rate_limit import check_note_quota
from dashboard.services.serializers import (
    note_history_json,
    table_json,
    table_json_schema,
)

router = APIRouter(tags=["notes"])

_REVISION_ETAG: Final = re.compile(r'"(0|[1-9][0-9]{0,8})"')
_EXAMPLE_NOTE: Final = {
    "date": "2025-04-20",
    "title": "Kellogg: NATO membership for Ukraine is off the table",
    "category": "nato_remark",
    "tags": ["to check"],
}
_IF_MATCH_HEADER: Final = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": 'The ETag of the revision that was read, as `"3"`.',
            "schema": {"type": "string", "pattern": '^"(0|[1-9][0-9]{0,8})"$'},
            "example": '"1"',
        }
    ]
}
_NOTE_SCHEMA: Final = table_json_schema("event_list")
_ETAG_HEADER: Final = {
    "ETag": {"description": "The revision, for If-Match.", "schema": {"type": "string"}}
}
_LOCATION_HEADER: Final = {
    "Location": {"description": "Its address.", "schema": {"type": "string"}}
}


def _describe_note(description: str, headers: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": description,
        "headers": headers,
        "content": {JSON_MEDIA_TYPE: {"schema": _NOTE_SCHEMA}},
    }


# 422 and 503 are declared for every route in app.py; FastAPI would add up what is declared twice.
_AUTH_PROBLEMS: Final = problem_responses(401, 403, 429)
_BODY_PROBLEMS: Final = problem_responses(400, 413, 415)
_REVISION_PROBLEMS: Final = problem_responses(400, 404, 409, 410, 428)


async def parse_new_note(request: Request, _writer: WriterToken) -> NoteFields:
    """The body of a new note; it is read after the token was checked."""
    return await read_body(request, NewNote, (JSON_MEDIA_TYPE,))


async def parse_note_change(request: Request, _writer: WriterToken) -> NoteFields:
    """The body of a change."""
    return await read_body(request, NoteChange, (JSON_MEDIA_TYPE, MERGE_PATCH_MEDIA_TYPE))


@router.post(
    "/events",
    status_code=201,
    responses={
        201: _describe_note("The note as it is stored.", {**_ETAG_HEADER, **_LOCATION_HEADER}),
        **_AUTH_PROBLEMS,
        **_BODY_PROBLEMS,
    },
    openapi_extra=describe_body(NewNote, (JSON_MEDIA_TYPE,), _EXAMPLE_NOTE),
    response_class=Response,
)
def add(
    request: Request,
    context: Context,
    writer: WriterToken,
    sent: Annotated[NoteFields, Depends(parse_new_note)],
) -> Response:
    """Add a note; its author is the person of the token."""
    check_note_quota(context.notes, writer.person)
    context.limits.take(writer.person, "write")
    with _field_errors_as_problems():
        note = add_note(context.notes, sent.draft(writer.person))
    location = {"Location": f"{request.url.path.rstrip('/')}/{note.id}"}
    return _note_response(request, note, status=201, headers=location)


@router.patch(
    "/events/{event_id}",
    responses={
        200: _describe_note("The note as it stands now.", _ETAG_HEADER),
        **_AUTH_PROBLEMS,
        **_BODY_PROBLEMS,
        **_REVISION_PROBLEMS,
    },
    openapi_extra={
        **describe_body(
            NoteChange, (JSON_MEDIA_TYPE, MERGE_PATCH_MEDIA_TYPE), {"expected": "stronger"}
        ),
        **_IF_MATCH_HEADER,
    },
    response_class=Response,
)
def change(
    request: Request,
    context: Context,
    writer: WriterToken,
    event_id: EventId,
    sent: Annotated[NoteFields, Depends(parse_note_change)],
) -> Response:
    """Change the fields of a note that are sent, unless somebody changed it meanwhile."""
    notes, revision = context.notes, _required_revision(request)
    note = _require_note(context, event_id)
    context.limits.take(writer.person, "write")
    if note.revision != revision:
        raise _edit_conflict(notes, note, revision, sent)
    try:
        with _field_errors_as_problems():
            draft = replace(draft_from_event(note), **sent.changes())
            saved = edit_note(notes, note.id, draft, revision, author=writer.person)
    except EditConflict as error:  # changed between reading and writing
        raise _edit_conflict(notes, error.current or note, revision, sent) from error
    return _note_response(request, saved)


@router.delete(
    "/events/{event_id}",
    status_code=204,
    responses={
        204: {"description": "It is removed, and can be restored."},
        **_AUTH_PROBLEMS,
        **_REVISION_PROBLEMS,
    },
    openapi_extra=_IF_MATCH_HEADER,
    response_class=Response,
)
def remove(request: Request, context: Context, writer: WriterToken, event_id: EventId) -> Response:
    """Remove a note; it stays in the history."""
    notes, revision = context.notes, _required_revision(request)
    note = _require_note(context, event_id)
    context.limits.take(writer.person, "write")
    try:
        delete_note(notes, note.id, revision, author=writer.person)
    except EditConflict as error:
        raise _edit_conflict(notes, error.current or note, revision) from error
    return Response(status_code=204)


@router.post(
    "/events/{event_id}/restore",
    responses={
        200: _describe_note("The note as it stands now.", _ETAG_HEADER),
        **_AUTH_PROBLEMS,
        **problem_responses(404),
    },
    response_class=Response,
)
def restore(request: Request, context: Context, writer: WriterToken, event_id: EventId) -> Response:
    """Bring a removed note back; one that is not removed stays as it is."""
    note = _require_note(context, event_id, with_deleted=True)
    context.limits.take(writer.person, "write")
    return _note_response(request, restore_note(context.notes, note.id, author=writer.person))


@router.get(
    "/events/{event_id}/history",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                **{name: {"type": "integer"} for name in ("total", "limit", "offset")},
                "rows": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["revision", "action", "at", "who", "before", "after"],
                    },
                },
            },
        },
        "Every change to a note, a page of them",
    )
    | problem_responses(403, 404),
    response_class=Response,
)
def history(
    request: Request, context: Context, event_id: EventId, params: Annotated[PageParams, Query()]
) -> Response:
    """Every change to a note, the oldest first: when, by whom, before and after."""
    note = _require_note(context, event_id, with_deleted=True)
    rows = note_history_json(note_history(context.notes, note.id))
    return page_response(request, rows, params.limit, params.offset)


def _require_note(context: AppContext, event_id: str, *, with_deleted: bool = False) -> Event:
    try:
        note = get_event(context.catalogue, context.notes, event_id)
    except InputError as error:
        raise Problem(404, str(error)) from error
    if note.origin != Origin.NOTE:
        raise Problem(
            403, _("{id}: the catalogue is read-only; add a note of your own", id=note.id)
        )
    if note.deleted is not None and not with_deleted:
        detail = _(
            "{id}: this note was deleted on {deleted:%Y-%m-%d}", id=note.id, deleted=note.deleted
        )
        raise Problem(410, join_clauses(detail, _("restore it first")))
    return note


def _required_revision(request: Request) -> int:
    etag = request.headers.get("if-match")
    if etag is None:
        raise Problem(428, _('If-Match: say which revision you read, with its ETag, as "1"'))
    match = _REVISION_ETAG.fullmatch(etag.strip())
    if match is None:
        detail = 'If-Match: give one ETag of a note as it came, as "1"; neither * nor W/'
        raise Problem(400, detail)
    return int(match[1])


def _edit_conflict(
    notes: NoteStore, current: Event, revision: int, sent: NoteFields | None = None
) -> Problem:
    """409 with the current note, and the note with the rejected change applied."""
    changes = note_history(notes, current.id)
    base = next((change.after for change in changes if change.revision == revision), None)
    last = changes[-1]
    yours = None
    if base is not None and sent is not None:
        with _field_errors_as_problems():
            yours = table_json("event_list", [replace(base, **sent.changes())])[0]
    detail = _(
        "{id}: was changed by {author} at {at:%Y-%m-%d %H:%M:%S} UTC and is at revision {revision};"
        " yours was not saved. Look at both, send again",
        id=current.id,
        author=last.author or _("somebody"),
        at=last.at,
        revision=current.revision,
    )
    more = {"current": table_json("event_list", [current])[0], "yours": yours}
    return Problem(409, detail, headers={"ETag": note_etag(current)}, **more)


@contextmanager
def _field_errors_as_problems() -> Iterator[None]:
    """Turn an input error of a field into 422: the JSON is valid and its values are not."""
    try:
        yield
    except (EditConflict, RateLimited, Forbidden, SignInRequired):
        raise
    except InputError as error:
        raise Problem(422, str(error), errors=[str(error)]) from error
    except ValueError as error:
        # The event itself rejects an end before its start.
        raise Problem(422, _("end_date: is before date; swap them or leave it out")) from error


def _note_response(
    request: Request, note: Event, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    row = table_json("event_list", [note])[0]
    sent = {**(headers or {}), "ETag": note_etag(note)}
    response = json_response(request, row, sent)
    response.status_code = status
    return response
