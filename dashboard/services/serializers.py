"""JSON of rates, events, studies and imports, with the description of every column."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, TypeAlias

from dashboard.export import rows as rows_of
from dashboard.export.rows import has_bars, study_table_rows
from dashboard.export.schemas import STUDY_TABLES, TABLES, ColumnKind, table_schema
from dashboard.models.event import EVENT_FIELDS, NOTE_FIELDS, Event
from dashboard.models.moves import EventView, Fixing, SourceMove, Timing
from dashboard.models.records import NoteRevision
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyAnswer
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.services.live_rates import RefreshResult, SeriesStatus, series_status_json
from dashboard.services.source_moves import source_move_rows

JsonRow: TypeAlias = dict[str, Any]

KIND_NAMES: Final[dict[ColumnKind, str]] = {
    "text": "text",
    "number": "number",
    "int": "whole number",
    "date": "date, 2024-03-13",
    "moment": "UTC moment, 2024-03-13T12:30:00Z",
    "window": "window, [a,b] in offsets",
}

BOOTSTRAP_NOTE: Final = (
    "nominal 95 %, in simulations with clustered dates it holds the mean in 86-92 %; the interval"
    " of the verdict is in headline.csv"
)
STRONGER_NOTE: Final = "positive = the rouble stronger"
"""Moves of series without the rouble are those of the quoted number."""

COLUMN_MEANINGS: Final[dict[str, str]] = {
    **{field.column: field.description for field in EVENT_FIELDS},
    "claim": "Which claim of the check, from 1",
    "kind": "level, strongest, weakest, up or down",
    "currency": "The currency that the claim holds the rouble against",
    "value": "The number claimed: a level, or a change in per cent",
    "exactness": "How the number is meant: exact, about, more or less",
    "since_day": "The first day of the period that a record or a change is claimed since",
    "since_end": "The last day of that period",
    "verdict": "true, about, false or cannot be known; of a record about = it goes back further",
    "is_claimed": "1 where the claim itself names the base, else 0",
    "change_pct": "The change in per cent, positive = in the direction of the claim",
    "reached_day": "The last day before the claim at which the rate was at the needed base",
    "reached_rate": "The rate of that day",
    "data_from": "The first day of the series",
    "event_id": "The id of the event",
    "series": "The id of the rate series; in a list of events empty = every series",
    "offset": "Observations from the first that can contain the event (0)",
    "day": "The market day the rate describes",
    "rate": "The quoted number as published",
    "return": f"The move from the observation before, 0.01 = 1 log point; {STRONGER_NOTE}",
    "normal": "The move that the model expects",
    "abnormal": "return less normal",
    "abnormal_se": "Standard error of abnormal",
    "car": f"Abnormal moves of the window added up, 0.01 = 1 log point; {STRONGER_NOTE}",
    "ordinary_low": "Lower end of the range in which 95 of 100 ordinary moves lie",
    "ordinary_high": "Upper end of the range in which 95 of 100 ordinary moves lie",
    "event_day": "The day of the event where it happened",
    "anchor_day": "The market day of offset 0",
    "shift_days": "Calendar days from the event to the market day of offset 0",
    "window": "First and last offset",
    "car_se": "Standard error of car",
    "car_t": "car divided by its standard error",
    "df": "Degrees of freedom",
    "p_value": "Two-sided p-value",
    "bhar": "Buy-and-hold abnormal return; empty for log returns",
    "placebo_p": (
        "Share of the dates compared with, the event included, with a move at least as large in"
        " units of the volatility before it; by default the dates within 250 rows of the event"
    ),
    "percentile": (
        "Per cent of the same dates with a smaller move in those units; of a group, of shifted"
        " dates with a smaller mean, in size"
    ),
    "percentile_by_move": "Per cent of the same dates with a smaller plain move, in size",
    "pool_size": "How many dates the move is compared with",
    "pool_first_day": "The first of them",
    "pool_last_day": "The last of them",
    "n_estimation": "Returns in the estimation window",
    "crowd": "How many other events lie in the window",
    "crowd_ids": "Their ids, blanks between",
    "flags": "What to know before use: date_only, hour_upper_bound, partly_in_fixing …",
    "group": "all, or a category",
    "row": "Where the row stands in the file",
    "column": "The column of the file that is wrong; empty where it is the row as a whole",
    "n": "How many events",
    "aar": "Average abnormal return",
    "aar_se": "Standard error of aar across events",
    "caar": "Cumulative average abnormal return",
    "caar_low": "Lower end of the 95 % interval of caar",
    "caar_high": "Upper end of the 95 % interval of caar",
    "supt_low": "Lower end of the 95 % band of the whole path",
    "supt_high": "Upper end of the 95 % band of the whole path",
    "test": "The id of the test",
    "statistic": "The value of the test statistic",
    "p_adjusted": "p_value adjusted for the number of tests",
    "null_hypothesis": "What the test supposes",
    "reference": "Where the test is described",
    "role": "headline = the test declared before any data; empty = another test",
    "rates": "Distinct first rates of the events",
    "mean": f"Mean CAR, 0.01 = 1 log point; {STRONGER_NOTE}",
    "median": f"Median CAR, 0.01 = 1 log point; {STRONGER_NOTE}",
    "mean_without_largest": "Mean CAR without the three largest moves in size, 0.01 = 1 log point",
    "smallest_visible": (
        "The mean CAR that the test would see in four studies of five, 0.01 = 1 log point"
    ),
    "lag": "Observations from the event to the return",
    "method": "How the number is computed",
    "r": "Correlation",
    "low": "Lower end of the 95 % interval, or of the band of shifted dates",
    "high": "Upper end of the 95 % interval, or of the band of shifted dates",
    "term": "constant, a category, a factor or another series",
    "estimate": "Return units for each unit of the term",
    "se": "Standard error, Newey-West",
    "t": "estimate divided by its standard error",
    "lags": "Lags of the Newey-West error",
    "horizon": "Rates from the event on: 0 = the first that can contain it, -1 = the base",
    "events": "How many events lie on these rows",
    "rates_dropped": "First rates on rows that are not used",
    "se_hc1": "Standard error that allows for unequal variance, HC1",
    "se_hac": "Standard error that allows for correlation over time too, Newey-West",
    "dropped": "Rows that are not used",
    "dropped_by": "How many of them for which reason, ; between",
    "pretrend_wald": "Wald statistic: all moves before the base are 0",
    "pretrend_df": "Degrees of freedom: the horizons tested",
    "pretrend_df_error": "Degrees of freedom of the error in its F distribution",
    "pretrend_p": "p-value of the Wald statistic",
    "hits": "Events that moved as expected",
    "share": "hits divided by n",
    "unclear": "Events without a clear expectation, left out",
    "unmoved": "Events that did not move at all, left out",
    "clusters": "Clusters of events with overlapping windows",
    "draws": "Bootstrap draws",
    "model": "The id of the normal-return model",
    "estimation": "Returns in the estimation window, at most",
    "gap": "Rows between estimation and event window",
    "overlap": "What happens where event windows overlap",
    "event_filter": "Which events are taken",
    "returns": "log or simple",
    "ci_low": "Lower end of the 95 % interval of caar across events",
    "ci_high": "Upper end of the 95 % interval of caar across events",
    "p_overlap": "p-value of overlap_t",
    "score": "tone or intensity from tags, crowd = events at the same first rate",
    "against": "move, or size = the move without its sign",
    "without": "Events without a score or a CAR, left out",
    "spread": "Standard deviation of the means of all calendar shifts of the same rates",
    "in_spreads": "caar less the mean of the shifts, divided by spread",
    "n_rates": "Distinct first rates with a CAR; each counts once in a mean",
    "mean_scar": "Mean of the CARs of the rates, each divided by its forecast error",
    "largest_share": "The largest move of a rate as a share of the sum of the sizes of all",
    "reason": "Why a number or an event is missing",
    "date": "The date the publisher prints; of an event the day where it happened",
    "known_at": "The moment up to which information can be inside the rate",
    "opens": "The beginning of the bar, or of the hours that make the rate",
    "was": "The number as it was first fetched",
    "became": "The number that replaced it",
    "was_fetched_at": "When the first number was fetched",
    "seen_at": "When the replacement was fetched",
    "publisher": "Who publishes the rate",
    "quantity": "What the rate measures",
    "date_rule": "When the rate of a date is known",
    "base_known_at": "The moment up to which information can be inside the base",
    "end_known_at": "The moment up to which information can be inside the last rate",
    "partly_in_rate": "1 = the event lies inside the hours that make its first rate",
    "base_day": "The market day of the base",
    "base_rate": "The rate at the base",
    "move_log_pts": f"100 x the log move from the base; {STRONGER_NOTE}",
    "move_pct_rub_per_usd": "Change of the quoted number from the base, in per cent",
    "move_pct_usd_per_rub": "Change of its inverse from the base, in per cent",
    "event_ids": "Ids of the events it can contain, blanks between",
    "end_day": "The market day of the last offset",
    "end_rate": "The rate at the last offset",
    "placebo_p_all": "placebo_p among all admissible dates",
    "percentile_all": "percentile among all admissible dates",
    "percentile_matched": "percentile among all dates of similar volatility on their eve",
    "placebo_p_quiet": "placebo_p among quiet dates, those near no listed event",
    "percentile_quiet": "percentile among quiet dates",
    "n_quiet": "Quiet pseudo-dates compared with",
    "n_all": "All pseudo-dates compared with",
    "quote": "The unit of the quoted number",
    "asked": "The day in question",
    "base": "What the change is counted from",
    "rub_per_usd_pct": "Change of the quoted number, in per cent",
    "usd_per_rub_pct": "Change of its inverse, in per cent",
    "log_points": f"100 x the log move; {STRONGER_NOTE}",
    "strongest_since_day": "The last earlier day at least as strong; empty = never in the data",
    "strongest_since_rate": "The rate of that day",
    "weakest_since_day": "The last earlier day at least as weak; empty = never in the data",
    "weakest_since_rate": "The rate of that day",
    "low_52_weeks_day": "The day of the lowest rate of the 52 weeks before",
    "low_52_weeks_rate": "The lowest rate of the 52 weeks before",
    "high_52_weeks_day": "The day of the highest rate of the 52 weeks before",
    "high_52_weeks_rate": "The highest rate of the 52 weeks before",
}

TABLE_SPECIFIC_MEANINGS: Final[dict[tuple[str, str], str]] = {
    ("projections", "n"): "Rows of the series that are used",
    ("projections", "estimate"): f"Log move from the base, 0.01 = 1 log point; {STRONGER_NOTE}",
    ("projections", "lags"): "Lags of se_hac: as many as the move has returns",
    ("projections", "low"): "Lower end of the 95 % interval at this horizon",
    ("projections", "high"): "Upper end of the 95 % interval at this horizon",
    ("projections", "p_adjusted"): "p_value corrected for all horizons from 0 on (sup-t)",
    (
        "event_moves",
        "car",
    ): f"Abnormal moves of the window added up, in log points; {STRONGER_NOTE}",
    ("event_moves", "car_se"): "Standard error of car, in log points",
    ("event_window", "ordinary_low"): "Lower end of the ordinary range, in log points",
    ("event_window", "ordinary_high"): "Upper end of the ordinary range, in log points",
    ("headline", "p_value"): "Two-sided p-value of the declared test",
    ("headline", "p_adjusted"): "p_value adjusted over the groups and windows of the study",
    ("headline", "low"): "The lowest mean that the test does not reject at 5 %, 0.01 = 1 log point",
    ("headline", "high"): (
        "The highest mean that the test does not reject at 5 %, 0.01 = 1 log point"
    ),
    ("headline", "statistic"): "Standardised sum of signed ranks; its sign is that of the verdict",
    ("headline", "reason"): "Why there is no verdict; then p_value and the interval are empty",
    ("intervals", "low"): f"Lower end of the bootstrap interval; {BOOTSTRAP_NOTE}",
    ("intervals", "high"): f"Upper end of the bootstrap interval; {BOOTSTRAP_NOTE}",
    ("direction", "low"): "Lower end of the 95 % Wilson interval of share, for orientation only",
    ("direction", "high"): "Upper end of the 95 % Wilson interval of share, for orientation only",
    ("direction", "p_value"): "Two-sided p of share = 1/2 by signs of whole clusters of events",
    ("specifications", "p_value"): "Two-sided p of the signed-rank test on clusters of events",
    ("across_series", "p_value"): "p of the signed-rank test on clusters; empty with a reason",
    ("across_series", "reason"): "Why the mean has no verdict",
    ("across_series", "caar"): "Mean CAR, each distinct first rate once",
}
"""Columns whose meaning differs from `COLUMN_MEANINGS` in one table.

Tables of one event are in log points where the study tables are in returns.
"""
JSON_TABLES: Final = tuple(table.name for table in STUDY_TABLES if table.name != "paths")
"""The tables of a study in JSON: all but the longest."""
EXTRA_TEST_FIELDS: Final[dict[str, str]] = {
    "note": "Why the test does not apply, or what its number rests on",
    "dates": "The simulated pattern that the group's dates resemble: scattered, clustered, dense",
    "caution": "How the test misleads in simulations with such dates; empty = it does not",
}
_NOTE_COLUMNS: Final = tuple(each.column for each in EVENT_FIELDS if each in NOTE_FIELDS)
RATE_FIELDS: Final = ("date", "rate", "series", "known_at")
ROWS_PER_CHUNK: Final = 20_000

_SCHEMA_TYPES: Final[dict[ColumnKind, JsonRow]] = {
    "text": {"type": ["string", "null"]},
    "number": {"type": ["number", "null"]},
    "int": {"type": ["integer", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "moment": {"type": ["string", "null"], "format": "date-time"},
    "window": {"type": ["string", "null"], "pattern": r"^\[-?\d+,-?\d+\]$"},
}


# ---- columns


@dataclass(frozen=True, slots=True)
class ColumnDescription:
    """The description of a column."""

    name: str
    kind: str
    meaning: str


def describe_columns(table: str) -> tuple[ColumnDescription, ...]:
    """The descriptions of the columns of a table of `TABLES`."""
    return tuple(
        ColumnDescription(
            column.name,
            KIND_NAMES[column.kind],
            TABLE_SPECIFIC_MEANINGS.get((table, column.name), COLUMN_MEANINGS[column.name]),
        )
        for column in TABLES[table].columns
    )


# ---- rows of tables
#
# The columns are those of the CSV files; rows of `tests` have the extra fields too. Numbers keep
# every digit, missing values are null, moments end in Z. Text is not escaped: the formula guard
# is for spreadsheets only.


def json_key(name: str) -> str:
    """The JSON key of a table of a study: its name, for `headline` the plural."""
    return "headlines" if name == "headline" else name


def table_json_schema(name: str) -> JsonRow:
    """The JSON schema of one row of a table of `TABLES`."""
    table = TABLES[name]
    meanings = {column.name: column.meaning for column in describe_columns(name)}
    extra_fields = EXTRA_TEST_FIELDS if name == "tests" else {}
    return {
        "title": table.title,
        "type": "object",
        "properties": {
            column.name: {**_SCHEMA_TYPES[column.kind], "description": meanings[column.name]}
            for column in table.columns
        }
        | {
            field: {"type": "string", "description": description}
            for field, description in extra_fields.items()
        },
        "required": [*table.header, *extra_fields],
    }


def json_bytes(rows: Sequence[JsonRow]) -> bytes:
    """Rows as a JSON file in UTF-8, one row a line."""
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return ("[" + ",\n ".join(lines) + "]\n").encode("utf-8")


def rate_rows_json(
    series: Iterable[RateSeries], since: date | None = None, until: date | None = None
) -> list[JsonRow]:
    """The rows of `rates.csv`."""
    return _rows_json("rates", rows_of.rate_rows(series, since, until))


def event_list_rows_json(events: Iterable[Event]) -> list[JsonRow]:
    """The rows of `event_list.csv`."""
    return _rows_json("event_list", rows_of.event_list_rows(events))


def study_rows_json(answer: StudyAnswer, name: str) -> list[JsonRow]:
    """The rows of one table of a study; those of `tests` with `EXTRA_TEST_FIELDS`."""
    rows = _rows_json(name, study_table_rows(answer, name), bars=has_bars(answer))
    if name == "tests":
        for row, test in zip(rows, answer.tests, strict=True):
            row.update({field: getattr(test, field) for field in EXTRA_TEST_FIELDS})
    return rows


def study_json(answer: StudyAnswer) -> dict[str, list[JsonRow]]:
    """Every table of a study but `paths`."""
    return {json_key(name): study_rows_json(answer, name) for name in JSON_TABLES}


def study_row_count(answer: StudyAnswer, name: str) -> int:
    """The number of rows of a table of a study."""
    return len(study_table_rows(answer, name))


def source_move_rows_json(moves: Sequence[SourceMove]) -> list[JsonRow]:
    """The rows of `source_moves.csv`."""
    return [
        {name: _json_value(cell) for name, cell in row.items()} for row in source_move_rows(moves)
    ]


def event_view_json(view: EventView) -> JsonRow:
    """One event on one series: timing, moves, path, other events in the window, and flags."""
    bars = bool(view.card.bar_minutes)
    return {
        "event": event_list_rows_json([view.event])[0],
        "series": card_json(view.card),
        "timing": None if view.timing is None else _timing_json(view.timing),
        "moves": _rows_json("event_moves", rows_of.event_move_rows(view), bars=bars),
        "path": _rows_json("event_window", rows_of.event_window_rows(view), bars=bars),
        "crowd": [{"offset": offset, "id": other.id} for offset, other in view.crowd],
        "flags": list(view.flags),
        "n_estimation": view.n_estimation,
        "sigma_log_pts": _json_value(view.sigma),
        "previous_id": view.previous_id,
        "next_id": view.next_id,
        "reason": view.reason,
    }


def card_json(card: SeriesCard) -> JsonRow:
    """The card of a series: title, source, licence and publication rule."""
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


def _rows_json(name: str, rows: Iterable[Sequence[Any]], *, bars: bool = False) -> list[JsonRow]:
    header = table_schema(name, bars=bars).header
    return [dict(zip(header, map(_json_value, row), strict=True)) for row in rows]


def _timing_json(timing: Timing) -> JsonRow:
    return {
        "moment": _json_value(timing.moment),
        "first": _fixing_json(timing.first),
        "base": _fixing_json(timing.base),
        "alternative": None if timing.alternative is None else _fixing_json(timing.alternative),
        "shift_days": timing.shift_days,
        "partial": timing.partial,
        "far": timing.far,
    }


def _fixing_json(fixing: Fixing) -> JsonRow:
    return {
        "day": fixing.day.isoformat(),
        "record": fixing.record.isoformat(),
        "opens": _json_value(fixing.opens),
        "known_at": _json_value(fixing.known_at),
        "rate": _json_value(fixing.rate),
    }


def _json_value(cell: Any) -> Any:
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
    return [{name: row[name] for name in _NOTE_COLUMNS} for row in event_list_rows_json(notes)]


def import_record_json(record: ImportRecord) -> JsonRow:
    """The record of an import; moments in UTC."""
    row = {"who" if name == "author" else name: value for name, value in asdict(record).items()}
    for name in ("at", "undone_at"):
        row[name] = row[name] and row[name].isoformat().replace("+00:00", "Z")
    return row


def undone_import_json(done: ImportUndo) -> JsonRow:
    """The result of undoing an import; notes that stay are given in full."""
    return {
        "import": import_record_json(done.record),
        "removed": done.removed,
        "kept": event_list_rows_json(done.changed),
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
    for rows in _row_chunks(series):
        yield between + ",\n".join(map(_dump_json, rows))
        between = ",\n"
    yield "]}\n"


def _row_chunks(series: Iterable[RateSeries]) -> Iterator[list[JsonRow]]:
    for one in series:
        for start in range(0, len(one), ROWS_PER_CHUNK):
            rows = rate_rows_json([one.part(slice(start, start + ROWS_PER_CHUNK))])
            yield [{name: row[name] for name in RATE_FIELDS} for row in rows]


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


def note_history_json(changes: Iterable[NoteRevision]) -> list[JsonRow]:
    """Every change to a note, with the note before and after."""
    return [
        {
            "revision": change.revision,
            "action": str(change.action),
            "at": change.at.isoformat().replace("+00:00", "Z"),
            "who": change.author,
            "before": _note_json(change.before),
            "after": _note_json(change.after),
        }
        for change in changes
    ]


def _note_json(note: Event | None) -> JsonRow | None:
    return None if note is None else event_list_rows_json([note])[0]
