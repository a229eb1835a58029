"""Writing notes over the network: add, change, remove, restore, each with its revision as ETag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from dashboard.api.answers import json_answer, note_tag, page_answer
from dashboard.api.asked import Paged
from dashboard.api.bodies import JSON, MERGE, NewNote, NoteChange, described, read_body
from dashboard.api.events import EventId
from dashboard.api.house import House
from dashboard.api.problems import Problem, problem_answers
from dashboard.api.schemas import json_of
from dashboard.api.who_writes import Writer
from dashboard.assembly import Parts, notes_as
from dashboard.domain.errors import EditConflict, InputError, TooOften
from dashboard.domain.event import Event, Origin
from dashboard.services.answer_json import event_list_rows_json, table_schema
from dashboard.services.keep_events import (
    NoteStore,
    add_note,
    delete_note,
    draft_of,
    edit_note,
    get_event,
    note_history,
    restore_note,
)
from dashboard.services.limit_use import check_room
from dashboard.services.shell_json import history_json

router = APIRouter(tags=["notes"])

_REVISION: Final = re.compile(r'"(\d{1,9})"')
_EXAMPLE: Final = {
    "date": "2025-04-20",
    "title": "Kellogg: NATO membership for Ukraine is off the table",
    "category": "nato_remark",
    "tags": ["to check"],
}
_IF_MATCH: Final = {
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
_NOTE: Final = table_schema("event_list")
_TAG: Final = {"ETag": {"description": "The revision, for If-Match.", "schema": {"type": "string"}}}
_PLACE: Final = {"Location": {"description": "Its address.", "schema": {"type": "string"}}}


def _note_answer(words: str, headers: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "headers": headers, "content": {JSON: {"schema": _NOTE}}}


# 422 and 503 are told for every address in door.py; FastAPI would add up what is told twice.
_ALWAYS: Final = problem_answers(401, 403, 429)
_WITH_BODY: Final = problem_answers(400, 413, 415)
_OF_ONE: Final = problem_answers(400, 404, 409, 410, 428)


async def new_note(request: Request, _writer: Writer) -> NewNote:
    """The body of a new note; it is not read before the token is known."""
    return await read_body(request, NewNote, (JSON,))


async def note_change(request: Request, _writer: Writer) -> NoteChange:
    """The body of a change."""
    return await read_body(request, NoteChange, (JSON, MERGE))


@router.post(
    "/events",
    status_code=201,
    responses={
        201: _note_answer("The note as it was kept.", {**_TAG, **_PLACE}),
        **_ALWAYS,
        **_WITH_BODY,
    },
    openapi_extra=described(NewNote, (JSON,), _EXAMPLE),
    response_class=Response,
)
def add(
    request: Request, house: House, writer: Writer, sent: Annotated[NewNote, Depends(new_note)]
) -> Response:
    """Add a note; its author is the person of the token."""
    notes = _notes_of(house, writer.person)
    check_room(house.notes, writer.person)
    house.limits.take(writer.person, "write")
    with _wrong_fields():
        note = add_note(notes, sent.draft(writer.person))
    place = {"Location": f"{request.url.path.rstrip('/')}/{note.id}"}
    return _told(request, note, status=201, headers=place)


@router.patch(
    "/events/{event_id}",
    responses={
        200: _note_answer("The note as it stands now.", _TAG),
        **_ALWAYS,
        **_WITH_BODY,
        **_OF_ONE,
    },
    openapi_extra={**described(NoteChange, (JSON, MERGE), {"expected": "stronger"}), **_IF_MATCH},
    response_class=Response,
)
def change(
    request: Request,
    house: House,
    writer: Writer,
    event_id: EventId,
    sent: Annotated[NoteChange, Depends(note_change)],
) -> Response:
    """Change the fields of a note that are sent, unless somebody changed it meanwhile."""
    notes, revision = _notes_of(house, writer.person), _revision(request)
    note = _note(house, notes, event_id)
    house.limits.take(writer.person, "write")
    if note.revision != revision:
        raise _conflict(notes, note, revision, sent)
    try:
        with _wrong_fields():
            draft = replace(draft_of(note), **sent.changes())
            saved = edit_note(notes, note.id, draft, revision, who=writer.person)
    except EditConflict as error:  # somebody came between our look and our change
        raise _conflict(notes, error.current or note, revision, sent) from error
    return _told(request, saved)


@router.delete(
    "/events/{event_id}",
    status_code=204,
    responses={204: {"description": "It is removed, and can be restored."}, **_ALWAYS, **_OF_ONE},
    openapi_extra=_IF_MATCH,
    response_class=Response,
)
def remove(request: Request, house: House, writer: Writer, event_id: EventId) -> Response:
    """Remove a note; it stays in the history."""
    notes, revision = _notes_of(house, writer.person), _revision(request)
    note = _note(house, notes, event_id)
    house.limits.take(writer.person, "write")
    try:
        delete_note(notes, note.id, revision, who=writer.person)
    except EditConflict as error:
        raise _conflict(notes, error.current or note, revision) from error
    return Response(status_code=204)


@router.post(
    "/events/{event_id}/restore",
    responses={
        200: _note_answer("The note as it stands now.", _TAG),
        **_ALWAYS,
        **problem_answers(404),
    },
    response_class=Response,
)
def restore(request: Request, house: House, writer: Writer, event_id: EventId) -> Response:
    """Bring a removed note back; one that is not removed stays as it is."""
    notes = _notes_of(house, writer.person)
    note = _note(house, notes, event_id, removed_too=True)
    house.limits.take(writer.person, "write")
    return _told(request, restore_note(notes, note.id, who=writer.person))


@router.get(
    "/events/{event_id}/history",
    responses=json_of(
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
    | problem_answers(403, 404),
    response_class=Response,
)
def history(
    request: Request, house: House, event_id: EventId, asked: Annotated[Paged, Query()]
) -> Response:
    """Every change to a note, the oldest first: when, by whom, before and after."""
    note = _note(house, house.notes, event_id, removed_too=True)
    rows = history_json(note_history(house.notes, note.id))
    return page_answer(request, rows, asked.limit, asked.offset)


def _notes_of(house: Parts, person: str) -> NoteStore:
    """The notes as the person of a token sees and signs them."""
    return notes_as(house, person)


def _note(house: Parts, notes: NoteStore, event_id: str, *, removed_too: bool = False) -> Event:
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


def _revision(request: Request) -> int:
    given = request.headers.get("if-match")
    if given is None:
        told = 'If-Match: say which revision you read, with its ETag, as "1"'
        raise Problem(428, told)
    found = _REVISION.fullmatch(given.strip())
    if found is None:
        told = 'If-Match: give one ETag of a note as it came, as "1"; neither * nor W/'
        raise Problem(400, told)
    return int(found[1])


def _conflict(
    notes: NoteStore, current: Event, revision: int, sent: NoteChange | None = None
) -> Problem:
    """409 with the note as it stands, and as it would be had nobody come between."""
    changes = note_history(notes, current.id)
    read = next((each.after for each in changes if each.revision == revision), None)
    last = changes[-1]
    yours = None
    if read is not None and sent is not None:
        with _wrong_fields():
            yours = event_list_rows_json([replace(read, **sent.changes())])[0]
    told = (
        f"{current.id}: was changed by {last.who or 'somebody'} at {last.at:%Y-%m-%d %H:%M:%S} UTC"
        f" and is at revision {current.revision}; yours was not saved. Look at both, send again"
    )
    more = {"current": event_list_rows_json([current])[0], "yours": yours}
    return Problem(409, told, headers={"ETag": note_tag(current)}, **more)


@contextmanager
def _wrong_fields() -> Iterator[None]:
    """What the house says of a field is 422 here: the JSON was read and cannot be meant."""
    try:
        yield
    except (EditConflict, TooOften):
        raise
    except InputError as error:
        raise Problem(422, str(error), errors=[str(error)]) from error
    except ValueError as error:
        # An end before the start is refused by the event itself.
        raise Problem(422, "end_date: is before date; swap them or leave it out") from error


def _told(
    request: Request, note: Event, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    row = event_list_rows_json([note])[0]
    sent = {**(headers or {}), "ETag": note_tag(note)}
    answer = json_answer(request, row, sent)
    answer.status_code = status
    return answer
