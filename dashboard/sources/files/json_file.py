"""A JSON list of events as a grid: one object a row, its names the columns."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from dashboard.models.errors import InputError
from dashboard.sources.files.event_grid import EventGrid, check_column_count, check_row_count
from dashboard.sources.files.text import decode_text, display_text

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
        msg = f"{name}: is an empty list; give at least one event"
        raise InputError(msg)
    check_row_count(name, len(items))
    objects = [item for item in items if isinstance(item, dict)]
    header = tuple(dict.fromkeys(key.strip() for item in objects for key in item))
    check_column_count(name, len(header))
    grid = EventGrid(name, KIND, header, [], [], {}, messages)
    for index, item in enumerate(items):
        grid.places.append(f"item {index + 1}")
        cells, reason = _item_cells(item, header)
        grid.rows.append(cells)
        if reason:
            grid.wrong[index] = reason
    return grid


def _parse_json(text: str, name: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_build_object, parse_constant=_reject_constant)
    except json.JSONDecodeError as error:
        msg = f"{name}, line {error.lineno}: {_json_error_reason(error, text)}"
    except _InvalidNumber as error:
        msg = f"{name}: holds {error}, which is no JSON; write null or leave it out"
    except RecursionError:
        msg = f"{name}: is nested too deeply; give a list of events"
    except ValueError:  # a number of thousands of digits
        msg = f"{name}: holds a number with too many digits; write it as text"
    raise InputError(msg)


def _json_error_reason(error: json.JSONDecodeError, text: str) -> str:
    if error.msg == "Extra data":
        return "a second document follows; put all events into one list"
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return "the file ends in the middle; it was cut off"
    return f"is no JSON here ({display_text(error.msg)}, column {error.colno}); correct it"


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
            msg = f"{name}: it is not told which list holds the events; give one list"
            raise InputError(msg)
    msg = f'{name}: holds no list of events; write [{{"date": …, "title": …}}] or {{"events": […]}}'
    raise InputError(msg)


def _item_cells(item: Any, header: Iterable[str]) -> tuple[list[str], str]:
    """The values of an object as text, and the reason why it cannot be read."""
    if not isinstance(item, dict):
        return ["" for _ in header], f"is {_type_name(item)}, no object with names"
    reason = ""
    duplicate = getattr(item, "duplicate_key", "")
    if duplicate:
        reason = f"has {display_text(duplicate)} twice; keep one"
    values = {key.strip(): value for key, value in item.items()}
    cells = []
    for column in header:
        text = _value_text(values.get(column))
        if text is None:
            reason = (
                reason
                or f"column {display_text(column)}: holds {_type_name(values[column])}; give text"
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
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true or false"
    return "nothing" if value is None else f"'{display_text(str(value))}'"
