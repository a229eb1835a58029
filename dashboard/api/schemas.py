"""Request bodies: the fields of a note in JSON, with their limits; anything else is refused."""

from __future__ import annotations

import json
import re
from datetime import date as Day  # noqa: N812 - a field is called date
from typing import Annotated, Any, ClassVar, Final, TypeVar

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic import WithJsonSchema as As
from starlette.requests import ClientDisconnect

from dashboard.api.errors import Problem, validation_message
from dashboard.models.event import (
    CATEGORY_LIMIT,
    MOSCOW,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Category,
    Expected,
    Visibility,
)
from dashboard.services.notes import TAG_LIMIT, TAGS_LIMIT, URL_LIMIT, ZONE_LIMIT, Draft

MAX_BODY_BYTES: Final = 65_536
JSON_MEDIA_TYPE: Final = "application/json"
MERGE_PATCH_MEDIA_TYPE: Final = "application/merge-patch+json"

_DATE_PREFIX: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

NoteBody = TypeVar("NoteBody", bound="NoteFields")


class NoteFields(BaseModel):
    """The fields of a note, named as in the list of events; the author is the token's.

    A field that is not sent keeps its value, or takes the default here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    FIELDS: ClassVar[dict[str, str]] = {"date": "day", "time_utc": "moment", "end_date": "end_day"}
    """Fields with another name in a draft."""

    date: Annotated[Day, Field(description="The day in `zone`, as 2025-04-21.")] = Day.min
    title: Annotated[
        str, Field(min_length=1, max_length=TITLE_LIMIT, description="Who did what.")
    ] = "?"
    time_utc: Annotated[
        AwareDatetime | None, Field(description="The moment, as 2025-04-21T15:05:00Z; or null.")
    ] = None
    zone: Annotated[str, Field(max_length=ZONE_LIMIT, description="As Europe/Moscow.")] = MOSCOW
    end_date: Annotated[Day | None, Field(description="The last day of a range, or null.")] = None
    category: Annotated[
        str,
        Field(
            min_length=1,
            max_length=CATEGORY_LIMIT,
            description=f"{', '.join(Category)}, or a word of your own.",
        ),
    ] = Category.OTHER
    expected: Annotated[Expected, As({"type": "string", "enum": [*Expected]})] = Expected.UNCLEAR
    text: Annotated[str, Field(max_length=TEXT_LIMIT)] = ""
    source_url: Annotated[str, Field(max_length=URL_LIMIT, description="http or https.")] = ""
    tags: Annotated[
        list[Annotated[str, Field(max_length=TAG_LIMIT)]], Field(max_length=TAGS_LIMIT)
    ] = []
    visibility: Annotated[Visibility, As({"type": "string", "enum": [*Visibility]})] = (
        Visibility.SHARED
    )

    def changes(self) -> dict[str, Any]:
        """The fields that were sent, under their names in a draft."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if "tags" in sent:
            sent["tags"] = tuple(self.tags)
        return {self.FIELDS.get(name, name): value for name, value in sent.items()}


class NewNote(NoteFields):
    """A new note."""

    date: Annotated[Day, Field(description="The day in `zone`, as 2025-04-21.")]
    title: Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT, description="Who did what.")]

    def draft(self, author: str) -> Draft:
        """The note as a draft."""
        return Draft(**self.changes(), author=author)


class NoteChange(NoteFields):
    """The fields of a note that are to change; null takes a time or an end away."""


def describe_body(model: type[NoteFields], media: tuple[str, ...], example: Any) -> dict[str, Any]:
    """The OpenAPI description of a body."""
    schema = model.model_json_schema()
    if model is NoteChange:
        for field in schema["properties"].values():
            field.pop("default", None)  # what is not sent is not changed
        schema["minProperties"] = 1
    content = {media_type: {"schema": schema, "example": example} for media_type in media}
    return {"requestBody": {"required": True, "content": content}}


async def read_body(request: Request, model: type[NoteBody], media: tuple[str, ...]) -> NoteBody:
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
        raise Problem(422, "body: names no field to change")
    return sent


def _reject_timestamps(fields: dict[str, Any]) -> None:
    """Reject digits where a day or a moment belongs; pydantic takes them for seconds since 1970."""
    for name in ("date", "time_utc", "end_date"):
        if fields.get(name) is not None and not _DATE_PREFIX.match(fields[name]):
            raise Problem(422, f"{name}: is not written as 2025-04-21 or 2025-04-21T15:05:00Z")


def _check_media_type(request: Request, media: tuple[str, ...]) -> None:
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.replace(" ", "").replace('"', "").lower().removeprefix("charset=")
    if kind.strip().lower() not in media or charset not in {"", "utf-8"}:
        raise Problem(415, f"Content-Type: send {' or '.join(media)} in UTF-8")


async def _read_bytes(request: Request) -> bytes:
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_BODY_BYTES:
                raise Problem(
                    413, f"body: is larger than {MAX_BODY_BYTES:,} bytes; shorten the note"
                )
    except ClientDisconnect:
        raise Problem(400, "body: ended before it was complete") from None
    return bytes(content)


def _validation_problem(error: ValidationError) -> Problem:
    errors = error.errors(include_url=False)
    if errors[0]["type"] == "json_invalid":
        return Problem(400, "body: is not JSON in UTF-8")
    lines = [validation_message(details) for details in errors]
    return Problem(422, "; ".join(lines[:5]), errors=lines)
