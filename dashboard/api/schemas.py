"""Request bodies: the fields of a note in JSON, with their limits; anything else is refused."""

from __future__ import annotations

import json
import re
from datetime import date as Day  # noqa: N812 - a field is called date
from typing import Annotated, Any, Final, TypeVar

from fastapi import Request
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    create_model,
)
from pydantic import WithJsonSchema as As
from starlette.requests import ClientDisconnect

from dashboard.api.errors import Problem, validation_message
from dashboard.models.baskets import MAX_MEMBER_LENGTH, MAX_MEMBERS, MEMBER_PATTERN
from dashboard.models.event import (
    EVENT_FIELDS,
    NOTE_FIELDS,
    TAGS_LIMIT,
    Category,
    Draft,
    EventField,
    FieldKind,
    draft_defaults,
)
from dashboard.models.messages import translate as _

MAX_BODY_BYTES: Final = 65_536
JSON_MEDIA_TYPE: Final = "application/json"
MERGE_PATCH_MEDIA_TYPE: Final = "application/merge-patch+json"

Body = TypeVar("Body", bound=BaseModel)
_MEMBER_PATTERN: Final = f"^{MEMBER_PATTERN.pattern}$"

_DATE_PREFIX: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class NoteFields(BaseModel):
    """The fields of a note, named as in the list of events; the author is the token's.

    A field that is not sent keeps its value, or takes the default of `Draft`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def changes(self) -> dict[str, Any]:
        """The fields that were sent, under their names in a draft."""
        sent = {
            f.name: getattr(self, f.column) for f in _FIELDS if f.column in self.model_fields_set
        }
        return sent | ({"tags": tuple(sent["tags"])} if "tags" in sent else {})

    def draft(self, author: str) -> Draft:
        """A new note as a draft."""
        return Draft(**self.changes(), author=author)


_FIELDS: Final = tuple(f for f in EVENT_FIELDS if f in NOTE_FIELDS and f.name != "author")
_TYPES: Final[dict[FieldKind, Any]] = {
    "date": Day,
    "moment": AwareDatetime,
    "number": FiniteFloat,
}
_HINTS: Final[dict[FieldKind, str]] = {
    "date": "As 2025-04-21.",
    "moment": "As 2025-04-21T15:05:00Z.",
    "zone": "As Europe/Moscow.",
    "link": "http or https.",
    "category": f"They are {', '.join(Category)}; or a word of your own.",
}


def _field_type(field: EventField) -> Any:
    """The type of a field in a body, with its limit and description."""
    description = f"{field.description}. {_HINTS.get(field.kind, '')}".rstrip()
    if field.kind in _TYPES:
        kind = _TYPES[field.kind]
        return Annotated[kind if field.required else kind | None, Field(description=description)]
    if field.kind == "tags":
        tag = Annotated[str, Field(max_length=field.limit)]
        return Annotated[list[tag], Field(max_length=TAGS_LIMIT)]
    if field.choices is not None:
        choices: Any = field.choices
        return Annotated[choices, As({"type": "string", "enum": [*choices]})]
    shortest = 1 if field.required or field.kind == "category" else None
    limits = Field(min_length=shortest, max_length=field.limit, description=description)
    return Annotated[str, limits]


def _note_model(name: str, doc: str, *, is_new: bool) -> type[NoteFields]:
    defaults = draft_defaults() if is_new else {field.name: None for field in _FIELDS}
    fields: dict[str, Any] = {
        field.column: (_field_type(field), defaults.get(field.name, ...)) for field in _FIELDS
    }
    return create_model(name, __base__=NoteFields, __doc__=doc, **fields)


NewNote: Final = _note_model("NewNote", "A new note.", is_new=True)
NoteChange: Final = _note_model(
    "NoteChange",
    "The fields of a note that are to change; null takes a time or an end away.",
    is_new=False,
)


class BasketFields(BaseModel):
    """The series of a basket."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    members: Annotated[
        list[Annotated[str, Field(max_length=MAX_MEMBER_LENGTH, pattern=_MEMBER_PATTERN)]],
        Field(min_length=1, max_length=MAX_MEMBERS, description="Ids of series and tickers."),
    ]


def describe_body(model: type[BaseModel], media: tuple[str, ...], example: Any) -> dict[str, Any]:
    """The OpenAPI description of a body."""
    schema = model.model_json_schema()
    if model is NoteChange:
        for field in schema["properties"].values():
            field.pop("default", None)  # what is not sent is not changed
        schema["minProperties"] = 1
    content = {media_type: {"schema": schema, "example": example} for media_type in media}
    return {"requestBody": {"required": True, "content": content}}


async def read_body(request: Request, model: type[Body], media: tuple[str, ...]) -> Body:
    """The body of a request as a model.

    Raises:
        Problem: 413 too large, 415 no JSON by its type, 400 no JSON at all, 422 wrong fields.
    """
    _check_media_type(request, media)
    content = await _read_bytes(request)
    try:
        sent = model.model_validate_json(content)
    except ValidationError as error:
        raise _validation_problem(error) from None
    _reject_timestamps(json.loads(content))
    if not sent.model_fields_set:
        raise Problem(422, _("body: names no field to change"))
    return sent


def _reject_timestamps(fields: dict[str, Any]) -> None:
    """Reject digits where a day or a moment belongs; pydantic takes them for seconds since 1970."""
    for name in (field.column for field in _FIELDS if field.kind in {"date", "moment"}):
        if fields.get(name) is not None and not _DATE_PREFIX.match(fields[name]):
            raise Problem(
                422, _("{name}: is not written as 2025-04-21 or 2025-04-21T15:05:00Z", name=name)
            )


def _check_media_type(request: Request, media: tuple[str, ...]) -> None:
    kind, _separator, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.replace(" ", "").replace('"', "").lower().removeprefix("charset=")
    if kind.strip().lower() not in media or charset not in {"", "utf-8"}:
        raise Problem(415, _("Content-Type: send {media} in UTF-8", media=" or ".join(media)))


async def _read_bytes(request: Request) -> bytes:
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_BODY_BYTES:
                raise Problem(
                    413,
                    _(
                        "body: is larger than {most:,} bytes; shorten the note",
                        most=MAX_BODY_BYTES,
                    ),
                )
    except ClientDisconnect:
        raise Problem(400, _("body: ended before it was complete")) from None
    return bytes(content)


def _validation_problem(error: ValidationError) -> Problem:
    errors = error.errors(include_url=False)
    if errors[0]["type"] == "json_invalid":
        return Problem(400, "body: is not JSON in UTF-8")
    lines = [validation_message(details) for details in errors]
    return Problem(422, "; ".join(lines[:5]), errors=lines)
