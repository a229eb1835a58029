"""Answer JSON: rows of the tables as JSON values, and what each column of a table holds.

The columns are those of the CSV files; a row of `tests` also says what to know before it is
read. A number keeps every digit, a missing value is null, a moment ends in Z. Text is given as
it is: JSON runs nothing, so no formula guard is needed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias

from dashboard.domain.event import Event
from dashboard.domain.event_view import EventView, Fixing, Timing
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.domain.source_move import SourceMove
from dashboard.domain.study import StudyAnswer
from dashboard.export import rows as rows_of
from dashboard.export.columns import STUDY_TABLES, TABLES, Kind, table_of
from dashboard.export.study_rows import is_of_bars, study_table
from dashboard.services.compare_sources import comparison_rows
from dashboard.services.describe_columns import describe_columns

JsonRow: TypeAlias = dict[str, Any]

JSON_TABLES: Final = tuple(table.name for table in STUDY_TABLES if table.name != "paths")
"""The tables that the whole study holds in JSON: all but the longest."""
BESIDE_TESTS: Final[dict[str, str]] = {
    "note": "Why the test does not apply, or what its number rests on",
    "dates": "The simulated pattern that the group's dates resemble: scattered, clustered, dense",
    "caution": "How the test misleads in simulations with such dates; empty = it does not",
}

_TYPES: Final[dict[Kind, JsonRow]] = {
    "text": {"type": ["string", "null"]},
    "number": {"type": ["number", "null"]},
    "int": {"type": ["integer", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "moment": {"type": ["string", "null"], "format": "date-time"},
    "window": {"type": ["string", "null"], "pattern": r"^\[-?\d+,-?\d+\]$"},
}


def json_key(name: str) -> str:
    """The key of a table of a study in JSON: its name, of `headline` the plural."""
    return "headlines" if name == "headline" else name


def table_schema(name: str) -> JsonRow:
    """The JSON schema of one row of a table of `TABLES`."""
    table = TABLES[name]
    meanings = {column.name: column.meaning for column in describe_columns(name)}
    beside = BESIDE_TESTS if name == "tests" else {}
    return {
        "title": table.title,
        "type": "object",
        "properties": {
            column.name: {**_TYPES[column.kind], "description": meanings[column.name]}
            for column in table.columns
        }
        | {each: {"type": "string", "description": said} for each, said in beside.items()},
        "required": [*table.header, *beside],
    }


def json_bytes(rows: Sequence[JsonRow]) -> bytes:
    """Rows as a JSON file in UTF-8, a row a line."""
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return ("[" + ",\n ".join(lines) + "]\n").encode("utf-8")


def rate_rows_json(
    series: Iterable[RateSeries], since: date | None = None, until: date | None = None
) -> list[JsonRow]:
    """The rows of `rates.csv`."""
    return _rows("rates", rows_of.rate_rows(series, since, until))


def event_list_rows_json(events: Iterable[Event]) -> list[JsonRow]:
    """The rows of `event_list.csv`."""
    return _rows("event_list", rows_of.event_list_rows(events))


def study_rows_json(answer: StudyAnswer, name: str) -> list[JsonRow]:
    """The rows of one table of a study; those of `tests` with what to know beside each."""
    rows = _rows(name, study_table(answer, name), bars=is_of_bars(answer))
    if name == "tests":
        for row, test in zip(rows, answer.tests, strict=True):
            row.update({each: getattr(test, each) for each in BESIDE_TESTS})
    return rows


def study_json(answer: StudyAnswer) -> dict[str, list[JsonRow]]:
    """Every table of a study but `paths`."""
    return {json_key(name): study_rows_json(answer, name) for name in JSON_TABLES}


def study_row_count(answer: StudyAnswer, name: str) -> int:
    """How many rows a table of a study has."""
    return len(study_table(answer, name))


def source_move_rows_json(moves: Sequence[SourceMove]) -> list[JsonRow]:
    """The rows of `source_moves.csv`."""
    return [{name: _value(cell) for name, cell in row.items()} for row in comparison_rows(moves)]


def event_view_json(view: EventView) -> JsonRow:
    """One event on one series: timing, moves, path, what else happened, and warnings."""
    bars = bool(view.card.bar_minutes)
    return {
        "event": event_list_rows_json([view.event])[0],
        "series": card_json(view.card),
        "timing": None if view.timing is None else _timing(view.timing),
        "moves": _rows("event_moves", rows_of.event_move_rows(view), bars=bars),
        "path": _rows("event_window", rows_of.event_window_rows(view), bars=bars),
        "crowd": [{"offset": offset, "id": other.id} for offset, other in view.crowd],
        "flags": list(view.flags),
        "n_estimation": view.n_estimation,
        "sigma_log_pts": _value(view.sigma),
        "previous_id": view.previous_id,
        "next_id": view.next_id,
        "reason": view.reason,
    }


def card_json(card: SeriesCard) -> JsonRow:
    """What a series is: its words, source, licence and date rule."""
    return {
        "id": card.id,
        "title": card.title,
        "unit": card.unit,
        "publisher": card.publisher,
        "source_url": card.source_url,
        "licence": card.licence,
        "date_rule": card.date_rule,
        "description": card.description,
        "move_sign": card.move_sign,
        "bar_minutes": card.bar_minutes,
    }


def _rows(name: str, rows: Iterable[Sequence[Any]], *, bars: bool = False) -> list[JsonRow]:
    header = table_of(name, bars=bars).header
    return [dict(zip(header, map(_value, row), strict=True)) for row in rows]


def _timing(timing: Timing) -> JsonRow:
    return {
        "moment": _value(timing.moment),
        "first": _fixing(timing.first),
        "base": _fixing(timing.base),
        "alternative": None if timing.alternative is None else _fixing(timing.alternative),
        "shift_days": timing.shift_days,
        "partial": timing.partial,
        "far": timing.far,
    }


def _fixing(fixing: Fixing) -> JsonRow:
    return {
        "day": fixing.day.isoformat(),
        "record": fixing.record.isoformat(),
        "opens": _value(fixing.opens),
        "known_at": _value(fixing.known_at),
        "rate": _value(fixing.rate),
    }


def _value(cell: Any) -> Any:
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    return cell.isoformat() if isinstance(cell, date) else cell
