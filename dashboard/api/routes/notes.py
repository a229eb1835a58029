"""Routes that write notes: create, update, delete, restore, each with its revision as ETag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from dashboard.api.auth import WriterToken
from dashboard.api.dependencies import Context
from dashboard.api.errors import Problem, problem_responses
from dashboard.api.params import PageParams
from dashboard.api.responses import describe_json, json_response, note_etag, page_response
from dashboard.api.routes.events import EventId
from dashboard.api.schemas import (
    JSON_MEDIA_TYPE,
    MERGE_PATCH_MEDIA_TYPE,
    NewNote,
    NoteChange,
    describe_body,
    read_body,
)
from dashboard.container import AppContext, notes_for_user
from dashboard.models.errors import EditConflict, InputError, RateLimited
from dashboard.models.event import Event, Origin
from dashboard.services.notes import (
    NoteStore,
    add_note,
    delete_note,
    draft_from_event,
    edit_note,
    get_event,
    note_history,
    restore_note,
)
from dashboard.services.rate_limit import check_note_quota
from dashboard.services.serializers import (
    event_list_rows_json,
    note_history_json,
    table_json_schema,
)

router = APIRouter(tags=["notes"])

_REVISION_ETAG: Final = re.compile(r'"(\d{1,9})"')
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
            "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
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


def _describe_note(words: str, headers: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": words,
        "headers": headers,
        "content": {JSON_MEDIA_TYPE: {"schema": _NOTE_SCHEMA}},
    }


# 422 and 503 are told for every address in door.py; FastAPI would add up what is told twice.
_AUTH_PROBLEMS: Final = problem_responses(401, 403, 429)
_BODY_PROBLEMS: Final = problem_responses(400, 413, 415)
_REVISION_PROBLEMS: Final = problem_responses(400, 404, 409, 410, 428)


async def parse_new_note(request: Request, _writer: WriterToken) -> NewNote:
    """The body of a new note; it is not read before the token is known."""
    return await read_body(request, NewNote, (JSON_MEDIA_TYPE,))


async def parse_note_change(request: Request, _writer: WriterToken) -> NoteChange:
    """The body of a change."""
    return await read_body(request, NoteChange, (JSON_MEDIA_TYPE, MERGE_PATCH_MEDIA_TYPE))


@router.post(
    "/events",
    status_code=201,
    responses={
        201: _describe_note("The note as it was kept.", {**_ETAG_HEADER, **_LOCATION_HEADER}),
        **_AUTH_PROBLEMS,
        **_BODY_PROBLEMS,
    },
    openapi_extra=describe_body(NewNote, (JSON_MEDIA_TYPE,), _EXAMPLE_NOTE),
    response_class=Response,
)
def add(
    request: Request,
    house: Context,
    writer: WriterToken,
    sent: Annotated[NewNote, Depends(parse_new_note)],
) -> Response:
    """Add a note; its author is the person of the token."""
    notes = _notes_of_token(house, writer.person)
    check_note_quota(house.notes, writer.person)
    house.limits.take(writer.person, "write")
    with _field_errors_as_problems():
        note = add_note(notes, sent.draft(writer.person))
    place = {"Location": f"{request.url.path.rstrip('/')}/{note.id}"}
    return _note_response(request, note, status=201, headers=place)


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
    house: Context,
    writer: WriterToken,
    event_id: EventId,
    sent: Annotated[NoteChange, Depends(parse_note_change)],
) -> Response:
    """Change the fields of a note that are sent, unless somebody changed it meanwhile."""
    notes, revision = _notes_of_token(house, writer.person), _required_revision(request)
    note = _require_note(house, notes, event_id)
    house.limits.take(writer.person, "write")
    if note.revision != revision:
        raise _edit_conflict(notes, note, revision, sent)
    try:
        with _field_errors_as_problems():
            draft = replace(draft_from_event(note), **sent.changes())
            saved = edit_note(notes, note.id, draft, revision, who=writer.person)
    except EditConflict as error:  # somebody came between our look and our change
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
def remove(request: Request, house: Context, writer: WriterToken, event_id: EventId) -> Response:
    """Remove a note; it stays in the history."""
    notes, revision = _notes_of_token(house, writer.person), _required_revision(request)
    note = _require_note(house, notes, event_id)
    house.limits.take(writer.person, "write")
    try:
        delete_note(notes, note.id, revision, who=writer.person)
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
def restore(request: Request, house: Context, writer: WriterToken, event_id: EventId) -> Response:
    """Bring a removed note back; one that is not removed stays as it is."""
    notes = _notes_of_token(house, writer.person)
    note = _require_note(house, notes, event_id, removed_too=True)
    house.limits.take(writer.person, "write")
    return _note_response(request, restore_note(notes, note.id, who=writer.person))


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
    request: Request, house: Context, event_id: EventId, asked: Annotated[PageParams, Query()]
) -> Response:
    """Every change to a note, the oldest first: when, by whom, before and after."""
    note = _require_note(house, house.notes, event_id, removed_too=True)
    rows = note_history_json(note_history(house.notes, note.id))
    return page_response(request, rows, asked.limit, asked.offset)


def _notes_of_token(house: AppContext, person: str) -> NoteStore:
    """The notes as the person of a token sees and signs them."""
    return notes_for_user(house, person)


def _require_note(
    house: AppContext, notes: NoteStore, event_id: str, *, removed_too: bool = False
) -> Event:
    try:
        note = get_event(house.catalogue, notes, event_id)
    except InputError as error:
        raise Problem(404, str(error)) from error
    if note.origin != Origin.NOTE:
        told = f"{note.id}: the catalogue is read-only; add a note of your own"
        raise Problem(403, told)
    if note.deleted is not None and not removed_too:
        told = f"{note.id}: this note was deleted on {note.deleted:%Y-%m-%d}; restore it first"
        raise Problem(410, told)
    return note


def _required_revision(request: Request) -> int:
    given = request.headers.get("if-match")
    if given is None:
        told = 'If-Match: say which revision you read, with its ETag, as "1"'
        raise Problem(428, told)
    found = _REVISION_ETAG.fullmatch(given.strip())
    if found is None:
        told = 'If-Match: give one ETag of a note as it came, as "1"; neither * nor W/'
        raise Problem(400, told)
    return int(found[1])


def _edit_conflict(
    notes: NoteStore, current: Event, revision: int, sent: NoteChange | None = None
) -> Problem:
    """409 with the note as it stands, and as it would be had nobody come between."""
    changes = note_history(notes, current.id)
    read = next((each.after for each in changes if each.revision == revision), None)
    last = changes[-1]
    yours = None
    if read is not None and sent is not None:
        with _field_errors_as_problems():
            yours = event_list_rows_json([replace(read, **sent.changes())])[0]
    told = (
        f"{current.id}: was changed by {last.author or 'somebody'} at {last.at:%Y-%m-%d %H:%M:%S} UTC"
        f" and is at revision {current.revision}; yours was not saved. Look at both, send again"
    )
    more = {"current": event_list_rows_json([current])[0], "yours": yours}
    return Problem(409, told, headers={"ETag": note_etag(current)}, **more)


@contextmanager
def _field_errors_as_problems() -> Iterator[None]:
    """What the house says of a field is 422 here: the JSON was read and cannot be meant."""
    try:
        yield
    except (EditConflict, RateLimited):
        raise
    except InputError as error:
        raise Problem(422, str(error), errors=[str(error)]) from error
    except ValueError as error:
        # An end before the start is refused by the event itself.
        raise Problem(422, "end_date: is before date; swap them or leave it out") from error


def _note_response(
    request: Request, note: Event, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    row = event_list_rows_json([note])[0]
    sent = {**(headers or {}), "ETag": note_etag(note)}
    answer = json_response(request, row, sent)
    answer.status_code = status
    return answer
