"""Responses: CSV and JSON with an ETag, pages of a list, and their OpenAPI descriptions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

from fastapi import Request, Response

from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.user_files import CsvDialect, FileFormat
from dashboard.services.exports import TABLE_MEDIA_TYPES, download_file_name, table_file
from dashboard.services.pictures import has_etag
from dashboard.services.serializers import table_json_schema

CACHE_CONTROL: Final = "private, no-cache"
"""A client may store a response and revalidates it on each use (304)."""

CSV_MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
WORKBOOK_MEDIA_TYPE: Final = TABLE_MEDIA_TYPES["xlsx"]

OpenApiResponses: TypeAlias = dict[int | str, dict[str, Any]]

_NOT_MODIFIED: OpenApiResponses = {
    304: {"description": "The copy named by If-None-Match still holds."}
}


def table_response(
    request: Request,
    table: str,
    objects: Iterable[Any],
    name: Sequence[object],
    flavour: CsvDialect,
) -> Response:
    """The file of a table: a workbook where the address ends in `.xlsx`, else CSV.

    Args:
        request: its address says which.
        table: a table of `TABLES`.
        objects: its objects.
        name: the parts of the file name.
        flavour: the dialect of CSV.

    Raises:
        InputError: a workbook has no dialect, or the table is too long for one.
    """
    is_workbook = request.url.path.endswith(".xlsx")
    if is_workbook and flavour != "plain":
        raise InputError(
            _("is of CSV; leave it out, or ask for .csv"), field="flavour", value=flavour
        )
    form: FileFormat = "xlsx" if is_workbook else flavour
    file_name = download_file_name(*name, dialect=form)
    disposition = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    media = WORKBOOK_MEDIA_TYPE if is_workbook else CSV_MEDIA_TYPE
    return _conditional_response(request, table_file(table, objects, form), media, disposition)


def json_response(
    request: Request, content: Any, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON value."""
    body = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _conditional_response(request, body.encode("utf-8"), "application/json", headers or {})


def text_response(request: Request, text: str) -> Response:
    """One line of plain text, without its end: a spreadsheet would take that into the cell."""
    return _conditional_response(request, text.encode(), "text/plain", {})


def note_etag(event: Event) -> str:
    """The ETag of a note: its revision, which a change names in If-Match."""
    return f'"{event.revision}"'


def page_response(
    request: Request, rows: Sequence[Mapping[str, Any]], limit: int, offset: int, **more: Any
) -> Response:
    """One page of a list, with how many rows there are and links to the other pages."""
    content = {
        **more,
        "total": len(rows),
        "limit": limit,
        "offset": offset,
        "rows": rows[offset : offset + limit],
    }
    links = _page_links(request, len(rows), limit, offset)
    return json_response(request, content, {"Link": links} if links else {})


def _conditional_response(
    request: Request, body: bytes, media: str, headers: Mapping[str, str]
) -> Response:
    sent = {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Cache-Control": CACHE_CONTROL,
        "Vary": "Authorization",
        "X-Content-Type-Options": "nosniff",
        **headers,
    }
    tag = sent["ETag"]
    if request.method == "GET" and has_etag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=sent)
    return Response(body, 200, sent, media)


def _page_links(request: Request, total: int, limit: int, offset: int) -> str:
    last = max(0, (total - 1) // limit * limit)
    pages = {"first": 0, "prev": max(0, offset - limit), "next": offset + limit, "last": last}
    if offset == 0:
        del pages["prev"]
    if offset + limit >= total:
        del pages["next"]
    return ", ".join(f'<{_page_url(request, start)}>; rel="{rel}"' for rel, start in pages.items())


def _page_url(request: Request, offset: int) -> str:
    others = [(k, v) for k, v in request.query_params.multi_items() if k != "offset"]
    query = urlencode([*others, ("offset", str(offset))])
    return f"{request.url.path}?{query}"


def describe_csv(table: str) -> OpenApiResponses:
    """A CSV file of a table."""
    return _describe_file(table, "text/csv")


def describe_workbook(table: str) -> OpenApiResponses:
    """A workbook of a table."""
    return _describe_file(table, WORKBOOK_MEDIA_TYPE)


def _describe_file(table: str, media: str) -> OpenApiResponses:
    schema = table_json_schema(table)
    columns = ", ".join(schema["required"])
    return {
        200: {
            "description": f"{schema['title']}. Columns: {columns}.",
            "content": {media: {"schema": {"type": "string"}}},
        },
        **_NOT_MODIFIED,
    }


def describe_page(table: str) -> OpenApiResponses:
    """A page of the rows of a table."""
    counts = {name: {"type": "integer"} for name in ("total", "limit", "offset")}
    rows = {"type": "array", "items": table_json_schema(table)}
    schema = {"type": "object", "properties": {**counts, "rows": rows}}
    return describe_json(schema, table_json_schema(table)["title"])


def describe_json(schema: dict[str, Any], description: str) -> OpenApiResponses:
    """A JSON value of a schema."""
    return {
        200: {"description": description, "content": {"application/json": {"schema": schema}}},
        **_NOT_MODIFIED,
    }
