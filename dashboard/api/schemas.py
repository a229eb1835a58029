"""How the description for machines tells what an answer holds, from the columns of the tables."""

from __future__ import annotations

from typing import Any, TypeAlias

from dashboard.services.answer_json import table_schema

Responses: TypeAlias = dict[int | str, dict[str, Any]]

_NOT_CHANGED: Responses = {304: {"description": "The copy named by If-None-Match still holds."}}


def csv_file(table: str) -> Responses:
    """A CSV file of a table."""
    schema = table_schema(table)
    columns = ", ".join(schema["required"])
    return {
        200: {
            "description": f"{schema['title']}. Columns: {columns}.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **_NOT_CHANGED,
    }


def page_of(table: str) -> Responses:
    """A page of the rows of a table."""
    counts = {name: {"type": "integer"} for name in ("total", "limit", "offset")}
    rows = {"type": "array", "items": table_schema(table)}
    schema = {"type": "object", "properties": {**counts, "rows": rows}}
    return json_of(schema, table_schema(table)["title"])


def json_of(schema: dict[str, Any], description: str) -> Responses:
    """A JSON value of a schema."""
    return {
        200: {"description": description, "content": {"application/json": {"schema": schema}}},
        **_NOT_CHANGED,
    }
