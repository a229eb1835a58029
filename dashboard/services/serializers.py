"""JSON of rates, events, studies and imports, with the description of every column."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any, Final, Literal, TypeAlias

from dashboard.export.schemas import STUDY_TABLE_NAMES, TABLES, StudyTableName, study_objects
from dashboard.models.analyses import EpisodeStudy, Precedents
from dashboard.models.baskets import Basket, BasketMember
from dashboard.models.event import EVENT_FIELDS, NOTE_FIELDS, Event, iso_text
from dashboard.models.messages import deferred
from dashboard.models.moves import EventView, Fixing
from dashboard.models.records import NoteRevision
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyAnswer
from dashboard.models.tables import ColumnKind
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.services.likeness import MIN_LIKENESS, WEIGHTS
from dashboard.services.live_rates import RefreshResult, SeriesStatus, series_status_json

JsonRow: TypeAlias = dict[str, Any]

KIND_NAMES: Final[dict[ColumnKind, str]] = {
    "text": deferred("text"),
    "number": deferred("number"),
    "int": deferred("whole number"),
    "date": deferred("date, 2024-03-13"),
    "moment": deferred("UTC moment, 2024-03-13T12:30:00Z"),
    "window": deferred("window, [a,b] in offsets"),
}

JSON_TABLES: Final[tuple[StudyTableName, ...]] = tuple(
    name for name in STUDY_TABLE_NAMES if name != "paths"
)
"""The tables of a study in JSON: all but the longest."""
_NOTE_COLUMNS: Final = tuple(each.column for each in EVENT_FIELDS if each in NOTE_FIELDS)
RATE_FIELDS: Final = ("date", "rate", "series", "known_at")
CARD_FIELDS: Final = (
    "id", "title", "unit", "publisher", "source_url", "licence", "date_rule", "description",
    "move_sign", "bar_minutes",
)  # fmt: skip
ROWS_PER_CHUNK: Final = 20_000
PROBLEM_MEDIA_TYPE: Final = "application/problem+json"

_SCHEMA_TYPES: Final[dict[ColumnKind, JsonRow]] = {
    "text": {"type": ["string", "null"]},
    "number": {"type": ["number", "null"]},
    "int": {"type": ["integer", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "moment": {"type": ["string", "null"], "format": "date-time"},
    "window": {"type": ["string", "null"], "pattern": r"^\[-?\d+,-?\d+\]$"},
}


# ---- rows of tables


def json_key(name: str) -> str:
    """The JSON key of a table of a study: its name, for `headline` the plural."""
    return "headlines" if name == "headline" else name


def table_json_schema(name: str) -> JsonRow:
    """The JSON schema of one row of a table of `TABLES`."""
    table = TABLES[name]
    properties = {column.name: _SCHEMA_TYPES[column.kind] for column in table.columns}
    properties |= {column.name: {"type": "string"} for column in table.json_columns}
    columns = (*table.columns, *table.json_columns)
    return {
        "title": table.title,
        "type": "object",
        "properties": {
            column.name: {**properties[column.name], "description": column.description}
            for column in columns
        },
        "required": [column.name for column in columns],
    }


def table_json(name: str, objects: Iterable[Any]) -> list[JsonRow]:
    """The rows of a table of `TABLES`: a key a column, numbers with every digit, null for missing.

    Moments end in Z. Text is not escaped: the formula guard is for spreadsheets only.
    """
    given = tuple(objects)
    table = TABLES[name].fit(given)
    table = replace(table, columns=(*table.columns, *table.json_columns))
    rows = table.rows(given)
    return [dict(zip(table.header, map(json_value, row), strict=True)) for row in rows]


def json_bytes(rows: Sequence[JsonRow]) -> bytes:
    """Rows as a JSON file in UTF-8, one row a line."""
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return ("[" + ",\n ".join(lines) + "]\n").encode("utf-8")


def study_json(answer: StudyAnswer) -> dict[str, list[JsonRow]]:
    """Every table of a study but `paths`."""
    return {json_key(name): table_json(name, study_objects(answer, name)) for name in JSON_TABLES}


def event_view_json(view: EventView) -> JsonRow:
    """One event on one series: timing, moves, path, other events in the window, and flags."""
    timing = view.timing
    return {
        "event": table_json("event_list", [view.event])[0],
        "series": card_json(view.card),
        "timing": None if timing is None else {
            "moment": json_value(timing.moment),
            "first": _fixing_json(timing.first),
            "base": _fixing_json(timing.base),
            "alternative": None if timing.alternative is None else _fixing_json(timing.alternative),
            "shift_days": timing.shift_days,
            "partial": timing.partial,
            "far": timing.far,
        },
        "moves": table_json("event_moves", [view]),
        "path": table_json("event_window", [view]),
        "crowd": [{"offset": offset, "id": other.id} for offset, other in view.crowd],
        "flags": list(view.flags),
        "n_estimation": view.n_estimation,
        "sigma_log_pts": json_value(view.sigma),
        "previous_id": view.previous_id,
        "next_id": view.next_id,
        "reason": view.reason,
    }  # fmt: skip


PRECEDENT_TABLES: Final = ("precedents", "precedent_summary", "precedent_paths")


def precedents_json(answer: Precedents) -> JsonRow:
    """The precedents of an event: how they were chosen, and the rows of every table."""
    request, target = answer.request, answer.target
    return {
        "parameters": {
            "event_id": target.event.id,
            "series": answer.card.id,
            "number": request.number,
            "earlier_only": request.earlier_only,
            "alone": request.alone,
            "weights": dict(WEIGHTS),
            "least_likeness": MIN_LIKENESS,
        },
        "compared": answer.n_compared,
        "unlike": answer.n_unlike,
        "verdict": answer.has_verdict,
        **{name: table_json(name, (answer,)) for name in PRECEDENT_TABLES},
    }


def episodes_json(answer: EpisodeStudy) -> JsonRow:
    """The episodes of a series, and what all of them say together."""
    summary = {
        "series": answer.card.id,
        "after": answer.after,
        "episodes": len(answer.episodes),
        "n": answer.n,
        "clusters": answer.n_clusters,
        "mean_scar": answer.mean,
        "median_move": answer.median,
        "p_value": answer.p,
        "smallest_visible": answer.visible,
    }
    return {"summary": summary, "rows": table_json("episodes", answer.episodes)}


def card_json(card: SeriesCard) -> JsonRow:
    """The card of a series: title, source, licence and publication rule."""
    return {name: getattr(card, name) for name in CARD_FIELDS}


def _fixing_json(fixing: Fixing) -> JsonRow:
    names = ("day", "record", "opens", "known_at", "rate")
    return {name: json_value(getattr(fixing, name)) for name in names}


def json_value(cell: Any) -> Any:
    """A cell as a JSON value: None for a number that is none, days and moments as text."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    return cell.isoformat() if isinstance(cell, date) else cell


# ---- imports, series and note history


def import_report_json(
    status: Literal["accept", "warn", "reject"],
    rows: Iterable[Mapping[str, Any]],
    messages: Sequence[str],
) -> JsonRow:
    """The JSON of `events import --json` and `rates import --json`."""
    return {"status": status, "rows": list(rows), "messages": list(messages)}


def note_rows_json(notes: Iterable[Event]) -> list[JsonRow]:
    """The notes of an import, with the names of the event columns."""
    return [{name: row[name] for name in _NOTE_COLUMNS} for row in table_json("event_list", notes)]


def import_record_json(record: ImportRecord) -> JsonRow:
    """The record of an import; moments in UTC."""
    row = {"who" if name == "author" else name: value for name, value in asdict(record).items()}
    for name in ("at", "undone_at"):
        row[name] = iso_text(row[name])
    return row


def undone_import_json(done: ImportUndo) -> JsonRow:
    """The result of undoing an import; notes that stay are given in full."""
    return {
        "import": import_record_json(done.record),
        "removed": done.removed,
        "kept": table_json("event_list", done.changed),
        "removed_before": done.already_removed,
    }


def rate_import_report_chunks(
    status: Literal["accept", "warn"],
    series: Iterable[RateSeries],
    messages: Sequence[str],
    stored: Sequence[SeriesCard] = (),
) -> Iterator[str]:
    """The JSON of `rates import --json` in chunks: a file may have a million rows.

    `stored` adds the ids of the stored series.
    """
    yield f'{{"status": {_dump_json(status)},\n"messages": {_dump_json(list(messages))},\n'
    if stored:
        yield f'"kept": {_dump_json([card.id for card in stored])},\n'
    yield '"rows": ['
    between = "\n"
    for one in series:
        for start in range(0, len(one), ROWS_PER_CHUNK):
            rows = table_json("rates", [one.part(slice(start, start + ROWS_PER_CHUNK))])
            chosen = ({name: row[name] for name in RATE_FIELDS} for row in rows)
            yield between + ",\n".join(map(_dump_json, chosen))
            between = ",\n"
    yield "]}\n"


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def series_json(status: SeriesStatus) -> JsonRow:
    """The card of a series and its present state."""
    (state,) = series_status_json([status])
    return {**state, **card_json(status.card), "known_when": state["date_rule"]}


def all_refreshes_failed(results: Iterable[RefreshResult]) -> bool:
    """Whether publishers failed and none answered."""
    answered = [result.answered for result in results]
    return False in answered and True not in answered


def refresh_results_json(results: Sequence[RefreshResult]) -> JsonRow:
    """The results of a refresh as `rates refresh --json` prints them."""
    failed = sum(result.answered is False for result in results)
    status = "failed" if all_refreshes_failed(results) else "partly" if failed else "ok"
    return {
        "status": status,
        "failed": failed,
        "results": [
            {
                "series": result.series,
                "source": result.source,
                "outcome": str(result.outcome),
                "new": result.changes.new,
                "revised": result.changes.revised,
                "settled": result.changes.settled,
                "last_day": result.last_day.isoformat() if result.last_day else None,
                "told": result.message,
            }
            for result in results
        ],
    }


def basket_json(basket: Basket, members: Iterable[BasketMember] = ()) -> JsonRow:
    """A basket; with its members, of each why it has no series."""
    row = {
        "name": basket.name,
        "title": basket.title or basket.name,
        "shipped": basket.is_shipped,
        "members": list(basket.members),
    }
    states = [
        {
            "member": member.name,
            "series": None if member.series is None else member.series.card.id,
            "reason": member.reason,
        }
        for member in members
    ]
    return row | {"series": states} if states else row


def note_history_json(changes: Iterable[NoteRevision]) -> list[JsonRow]:
    """Every change to a note, with the note before and after."""
    return [
        {
            "revision": change.revision,
            "action": str(change.action),
            "at": iso_text(change.at),
            "who": change.author,
            "before": _note_json(change.before),
            "after": _note_json(change.after),
        }
        for change in changes
    ]


def _note_json(note: Event | None) -> JsonRow | None:
    return None if note is None else table_json("event_list", [note])[0]


# ---- problems


def problem_json(status: int, detail: str, instance: str, **more: Any) -> JsonRow:
    """Problem details (RFC 9457): type, title, status, detail, instance, and further members."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        **more,
    }
