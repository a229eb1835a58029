"""Shell JSON: what `--json` prints beyond the tables: series, history, import reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Literal, TypeAlias

from dashboard.domain.event import Event
from dashboard.domain.imports import ImportRecord, UndoneImport
from dashboard.domain.note import Change
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.services.answer_json import card_json, event_list_rows_json, rate_rows_json
from dashboard.services.refresh_rates import Refreshed
from dashboard.services.report_rates import RateReport, reports_json

JsonRow: TypeAlias = dict[str, Any]

NOTE_FIELDS: Final = (
    "date", "time_utc", "zone", "end_date", "title", "category", "expected", "text",
    "source_url", "tags", "author", "visibility",
)  # fmt: skip
RATE_FIELDS: Final = ("date", "rate", "series", "known_at")
CHUNK: Final = 20_000


def report_json(
    status: Literal["accept", "warn", "reject"],
    rows: Iterable[Mapping[str, Any]],
    messages: Sequence[str],
) -> JsonRow:
    """The contract of `events import --json` and `rates import --json`."""
    return {"status": status, "rows": list(rows), "messages": list(messages)}


def note_rows(notes: Iterable[Event]) -> list[JsonRow]:
    """The notes of an import, in the words of the event columns."""
    return [{name: row[name] for name in NOTE_FIELDS} for row in event_list_rows_json(notes)]


def import_json(record: ImportRecord) -> JsonRow:
    """An import on record; moments in UTC."""
    row = asdict(record)
    for name in ("at", "undone_at"):
        row[name] = row[name] and row[name].isoformat().replace("+00:00", "Z")
    return row


def undone_json(done: UndoneImport) -> JsonRow:
    """What the undoing of an import did; the notes that stay in full."""
    return {
        "import": import_json(done.record),
        "removed": done.removed,
        "kept": event_list_rows_json(done.kept),
        "removed_before": done.gone,
    }


def rate_report_text(
    status: Literal["accept", "warn"],
    series: Iterable[RateSeries],
    messages: Sequence[str],
    kept: Sequence[SeriesCard] = (),
) -> Iterator[str]:
    """The contract of `rates import --json`, piece by piece: a file may have a million rows.

    `kept` adds the ids under which the series are kept.
    """
    yield f'{{"status": {_json(status)},\n"messages": {_json(list(messages))},\n'
    if kept:
        yield f'"kept": {_json([card.id for card in kept])},\n'
    yield '"rows": ['
    between = "\n"
    for rows in _chunks(series):
        yield between + ",\n".join(map(_json, rows))
        between = ",\n"
    yield "]}\n"


def _chunks(series: Iterable[RateSeries]) -> Iterator[list[JsonRow]]:
    for each in series:
        for start in range(0, len(each), CHUNK):
            rows = rate_rows_json([each.part(slice(start, start + CHUNK))])
            yield [{name: row[name] for name in RATE_FIELDS} for row in rows]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def series_report_json(report: RateReport) -> JsonRow:
    """What a series is, how far it goes, how old it is and what went wrong."""
    (told,) = reports_json([report])
    return {**told, **card_json(report.card), "known_when": told["date_rule"]}


def nothing_came(results: Iterable[Refreshed]) -> bool:
    """Whether publishers failed and none of those that were asked has answered."""
    answered = [one.answered for one in results]
    return False in answered and True not in answered


def refreshed_json(results: Sequence[Refreshed]) -> JsonRow:
    """What `rates refresh --json` prints."""
    failed = sum(one.answered is False for one in results)
    status = "failed" if nothing_came(results) else "partly" if failed else "ok"
    return {
        "status": status,
        "failed": failed,
        "results": [
            {
                "series": one.series,
                "source": one.source,
                "outcome": str(one.outcome),
                "new": one.kept.new,
                "revised": one.kept.revised,
                "settled": one.kept.settled,
                "last_day": one.last_day.isoformat() if one.last_day else None,
                "told": one.told,
            }
            for one in results
        ],
    }


def history_json(changes: Iterable[Change]) -> list[JsonRow]:
    """Every change to a note, with the note before and after it."""
    return [
        {
            "revision": change.revision,
            "action": str(change.action),
            "at": change.at.isoformat().replace("+00:00", "Z"),
            "who": change.who,
            "before": _note(change.before),
            "after": _note(change.after),
        }
        for change in changes
    ]


def _note(note: Event | None) -> JsonRow | None:
    return None if note is None else event_list_rows_json([note])[0]
