"""A JSON list of events as a grid: one object a row, its names the columns."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import Any, Final, NoReturn

from dashboard.models.errors import InputError
from dashboard.models.messages import at_place
from dashboard.models.messages import translate as _
from dashboard.sources.files.event_grid import EventGrid, check_column_count, check_row_count
from dashboard.sources.files.text import (
    decode_text,
    display_text,
    line_place,
)

KIND: Final = "JSON"
LIST_KEYS: Final = ("events", "items", "rows")
"""Keys of a list in an object; the API of this program uses all three."""


class _JsonObject(dict[str, Any]):
    """An object of the file; `duplicate_key` is a key that it has twice."""

    duplicate_key = ""


class _InvalidNumber(ValueError):
    """NaN or Infinity, which JSON does not have."""


def read_json(data: bytes, name: str) -> EventGrid:
    """The objects of a list, or of the list in `events`.

    Raises:
        InputError: it is no JSON, or has no such list; the line says where and what to do.
    """
    text, messages = decode_text(data, name)
    items = _list_items(_parse_json(text, name), name)
    if not items:
        msg = _("{name}: is an empty list; give at least one event", name=name)
        raise InputError(msg)
    check_row_count(name, len(items))
    objects = [item for item in items if isinstance(item, dict)]
    header = tuple(dict.fromkeys(key.strip() for item in objects for key in item))
    check_column_count(name, len(header))
    grid = EventGrid(name, KIND, header, [], [], {}, messages)
    for index, item in enumerate(items):
        grid.places.append(_("item {number}", number=index + 1))
        cells, reason = _item_cells(item, header)
        grid.rows.append(cells)
        if reason:
            grid.wrong[index] = reason
    return grid


def _parse_json(text: str, name: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_build_object, parse_constant=_reject_constant)
    except json.JSONDecodeError as error:
        msg = at_place(line_place(name, error.lineno), _json_error_reason(error, text))
    except _InvalidNumber as error:
        msg = _(
            "{name}: holds {number}, which is no JSON; write null or leave it out",
            name=name,
            number=error,
        )
    except RecursionError:
        msg = _("{name}: is nested too deeply; give a list of events", name=name)
    except ValueError:  # a number of thousands of digits
        msg = _("{name}: holds a number with too many digits; write it as text", name=name)
    raise InputError(msg)


def _json_error_reason(error: json.JSONDecodeError, text: str) -> str:
    if error.msg == "Extra data":
        return _("a second document follows; put all events into one list")
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return _("the file ends in the middle; it was cut off")
    return _(
        "is no JSON here ({reason}, column {column}); correct it",
        reason=display_text(error.msg),
        column=error.colno,
    )


def _build_object(pairs: list[tuple[str, Any]]) -> _JsonObject:
    result = _JsonObject(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        result.duplicate_key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return result


def _reject_constant(constant: str) -> NoReturn:
    raise _InvalidNumber(constant)


def _list_items(document: Any, name: str) -> list[Any]:
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        lists = [key for key in LIST_KEYS if isinstance(document.get(key), list)]
        if len(lists) == 1:
            return list(document[lists[0]])
        if document.get("type") == "FeatureCollection" or len(lists) > 1:
            msg = _("{name}: it is not told which list holds the events; give one list", name=name)
            raise InputError(msg)
    msg = _(
        '{name}: holds no list of events; write [{{"date": …, "title": …}}] or {{"events": […]}}',
        name=name,
    )
    raise InputError(msg)


def _item_cells(item: Any, header: Collection[str]) -> tuple[list[str], str]:
    """The values of an object as text, and the reason why it cannot be read."""
    if not isinstance(item, dict):
        reason = _("is {kind}, no object with names", kind=_type_name(item))
        return [""] * len(header), reason
    reason = ""
    duplicate = getattr(item, "duplicate_key", "")
    if duplicate:
        reason = _("has {key} twice; keep one", key=display_text(duplicate))
    values = {key.strip(): value for key, value in item.items()}
    cells = []
    for column in header:
        text = _value_text(values.get(column))
        if text is None:
            reason = reason or _(
                "column {column}: holds {kind}; give text",
                column=display_text(column),
                kind=_type_name(values[column]),
            )
        cells.append(text or "")
    return cells, reason


def _value_text(value: Any) -> str | None:
    r"""A value as text, a list of texts with `;` after each; None where it is neither."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _number_text(value)
    is_text_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not is_text_list or ";" in "".join(value):
        return None
    return "".join(f"{item};" for item in value)


def _number_text(value: float) -> str | None:
    """A number as text; None for an infinite one."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(int(value)) if value == int(value) else str(value)


def _type_name(value: Any) -> str:
    if isinstance(value, dict):
        return _("an object")
    if isinstance(value, list):
        return _("a list")
    if isinstance(value, bool):
        return _("true or false")
    return _("nothing") if value is None else f"'{display_text(str(value))}'"
