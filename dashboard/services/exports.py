"""Exports: CSV files, folders with a manifest and reports, for pages, command line and API."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np

from dashboard import __version__
from dashboard.eventstudy.panel import P_VALUE_FAMILY
from dashboard.export import rows as rows_of
from dashboard.export.bundles import (
    DataFile,
    FileContent,
    Manifest,
    bundle_files,
    hash_data_file,
    write_bundle,
    write_file,
    zip_files,
)
from dashboard.export.csv_tables import CsvDialect, Row, csv_bytes, csv_chunks, safe_file_name
from dashboard.export.report.render import NO_CHART, render_in_subprocess
from dashboard.export.rows import (
    facts_rows,
    has_bars,
    headline_rows,
    projection_rows,
    specification_rows,
    study_rows,
    study_table_rows,
    test_rows,
)
from dashboard.export.schemas import (
    FACTS,
    SOURCE_MOVES,
    STUDY_TABLES,
    TABLES,
    StudyTableName,
    Table,
    table_schema,
)
from dashboard.models.analyses import (
    Comparison,
    CrossCell,
    Projection,
    RobustnessAnswer,
    ScoreRow,
    SpecificationGrid,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayFacts, DayMove, EventView, SourceMove
from dashboard.models.report import ReportDocument, ReportFormat
from dashboard.models.series import RateRevision, RateSeries
from dashboard.models.study import (
    CorrelationRow,
    DirectionRow,
    RegressionRow,
    StudyAnswer,
    StudyRequest,
    window_text,
)
from dashboard.services.source_moves import compare_sources_of_events, source_move_rows

__all__ = [
    "TABLES",
    "CsvDialect",
    "DataFile",
    "Provenance",
    "StudyTableName",
    "download_file_name",
    "event_list_csv",
    "event_moves_csv",
    "event_window_csv",
    "facts_csv",
    "hash_data_file",
    "largest_moves_csv",
    "rates_csv",
    "request_json",
    "revisions_csv",
    "robustness_json",
    "safe_file_name",
    "source_moves_csv",
    "study_cautions",
    "study_counts",
    "study_csv",
    "study_csvs",
    "study_files",
    "study_manifest",
    "study_table_titles",
    "table_csv",
    "table_csv_chunks",
    "table_files",
    "write_file",
    "write_robustness",
    "write_study",
]


MAX_NAMED: Final = 3
"""The number of groups or events named in a message; the rest are counted."""
MAX_REASONS: Final = 5
MEDIA_TYPES: Final[dict[ReportFormat, str]] = {
    "html": "text/html",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
}
"""The formats of a report and their media types."""
PICTURE_FORMATS: Final[frozenset[ReportFormat]] = frozenset({"png", "svg"})
"""The formats that hold the first chart alone."""


# ---- reasons of missing values


def not_applicable_reasons(answer: StudyAnswer) -> list[str]:
    """A line for each reason why tests have no value in the CAR windows.

    Returns:
        `bmp, overlap_t (all, energy): needs at least 2 events that differ`; with the window
        after the group where the study has several.
    """
    several = len(answer.request.cars) > 1
    places: dict[tuple[str, str], list[str]] = {}
    for row in answer.tests:
        if row.window in answer.request.cars and np.isnan(row.p_value):
            place = f"{row.group} {window_text(row.window)}" if several else row.group
            places.setdefault((row.note, row.test), []).append(place)
    tests: dict[tuple[str, str], list[str]] = {}
    for (reason, test), groups in places.items():
        tests.setdefault((reason, _join_names(groups)), []).append(test)
    return [f"{', '.join(names)} ({where}): {why}" for (why, where), names in tests.items()]


def skipped_reasons(answer: StudyAnswer) -> list[str]:
    """A line for each reason why events are skipped, the most frequent first.

    Returns:
        `2 x no series Z in this study (a, b)`; after five reasons the others are counted.
    """
    events: dict[str, list[str]] = {}
    for row in answer.skipped:
        events.setdefault(row.reason, []).append(row.event_id)
    ordered = sorted(events.items(), key=lambda item: -len(item[1]))
    lines = [f"{len(ids)} x {why} ({_join_names(ids)})" for why, ids in ordered[:MAX_REASONS]]
    left = len(ordered) - len(lines)
    if left > 0:
        lines.append(
            plural(
                "{n} more reason, all of them in the files and in JSON",
                "{n} more reasons, all of them in the files and in JSON",
                left,
            )
        )
    return lines


def _join_names(names: Iterable[str]) -> str:
    unique: Sequence[str] = list(dict.fromkeys(names))
    shown, left = ", ".join(unique[:MAX_NAMED]), len(unique) - MAX_NAMED
    return _("{names} and {count} more", names=shown, count=left) if left > 0 else shown


# ---- CSV files


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of a folder of tables, for its manifest.

    `parameters` are those besides the study request (rates, events, filters), as JSON values;
    `data_files` the data files with their hashes.
    """

    parameters: Mapping[str, Any]
    data_files: Sequence[DataFile]
    created_at: datetime


def table_csv(name: str, rows: Iterable[Row], dialect: CsvDialect = "plain") -> bytes:
    """The CSV file of a table of `TABLES`."""
    return csv_bytes(TABLES[name], rows, dialect)


def table_csv_chunks(
    name: str, rows: Iterable[Row], dialect: CsvDialect = "plain"
) -> Iterator[bytes]:
    """The bytes of `table_csv` in chunks, for a streamed response."""
    return csv_chunks(TABLES[name], rows, dialect)


# ------------------------------------------------------------------ one table


def rates_csv(
    series: Iterable[RateSeries],
    since: date | None = None,
    until: date | None = None,
    dialect: CsvDialect = "plain",
) -> bytes:
    """`rates.csv`: the observations whose market day lies between two days, both included."""
    return table_csv("rates", rows_of.rate_rows(series, since, until), dialect)


def revisions_csv(revisions: Iterable[RateRevision], dialect: CsvDialect = "plain") -> bytes:
    """`revisions.csv`: the numbers that their publishers replaced."""
    return table_csv("revisions", rows_of.revision_rows(revisions), dialect)


def event_list_csv(events: Iterable[Event], dialect: CsvDialect = "plain") -> bytes:
    """`event_list.csv`: events and notes, in the format of an import."""
    return table_csv("event_list", rows_of.event_list_rows(events), dialect)


def largest_moves_csv(
    series_id: str, moves: Sequence[DayMove], dialect: CsvDialect = "plain"
) -> bytes:
    """`largest_moves.csv`."""
    table = table_schema("largest_moves", bars=any(move.known_at is not None for move in moves))
    return csv_bytes(table, rows_of.largest_move_rows(series_id, moves), dialect)


def event_moves_csv(view: EventView, dialect: CsvDialect = "plain") -> bytes:
    """`event_moves.csv`: the moves table of one event."""
    table = table_schema("event_moves", bars=bool(view.card.bar_minutes))
    return csv_bytes(table, rows_of.event_move_rows(view), dialect)


def event_window_csv(view: EventView, dialect: CsvDialect = "plain") -> bytes:
    """`event_window.csv`: the path around one event."""
    table = table_schema("event_window", bars=bool(view.card.bar_minutes))
    return csv_bytes(table, rows_of.event_window_rows(view), dialect)


def facts_csv(facts: Iterable[DayFacts], dialect: CsvDialect = "plain") -> bytes:
    """`facts.csv`: one row a series and base."""
    return table_csv("facts", rows_of.facts_rows(facts), dialect)


def source_moves_csv(moves: Sequence[SourceMove], dialect: CsvDialect = "plain") -> bytes:
    """`source_moves.csv`: the same move on every source."""
    return table_csv("source_moves", source_move_rows(moves), dialect)


def download_file_name(
    *parts: object, dialect: CsvDialect = "plain", extension: str = "csv"
) -> str:
    """A file name such as `usd_rub_cbr_rates_2022-01-01_2022-06-30.csv`; None is skipped."""
    components = [safe_file_name(str(part), "") for part in parts if part is not None]
    stem = "_".join(component for component in components if component) or "export"
    return f"{stem[:110]}{'_excel' if dialect == 'excel' else ''}.{extension}"


# ---- studies


def study_table_titles() -> dict[str, str]:
    """The titles of the tables of a study, by name."""
    return {table.name: table.title for table in STUDY_TABLES}


def study_csvs(answer: StudyAnswer, dialect: CsvDialect = "plain") -> dict[str, bytes]:
    """The CSV files of a study by file name."""
    tables = study_rows(answer)
    return {
        table.file_name: csv_bytes(table, tables[table.name], dialect)
        for table in _study_table_schemas(answer)
    }


def study_csv(answer: StudyAnswer, name: str, dialect: CsvDialect = "plain") -> bytes:
    """The CSV file of one table of a study; the others are not computed."""
    table = table_schema(name, bars=has_bars(answer))
    return csv_bytes(table, study_table_rows(answer, name), dialect)


def write_study(folder: Path, answer: StudyAnswer, provenance: Provenance) -> tuple[Path, ...]:
    """Write the files of `study --out`; only files of these names are replaced.

    Raises:
        InputError: the folder cannot be used.
    """
    return write_bundle(folder, study_files(answer), study_manifest(answer, provenance))


def study_counts(answer: StudyAnswer) -> dict[str, int]:
    """The number of events requested, used in at least one window and series, and skipped."""
    used = answer.used
    return {"events_in": answer.n_events, "used": used, "skipped": answer.n_events - used}


def write_robustness(
    folder: Path, answer: RobustnessAnswer, grid: SpecificationGrid, provenance: Provenance
) -> tuple[Path, ...]:
    """Write `specifications.csv` and a manifest with the grid and the summary.

    Raises:
        InputError: the folder cannot be used.
    """
    table, rows = TABLES["specifications"], specification_rows(answer)
    choices = asdict(grid) | {"windows": [window_text(window) for window in grid.windows]}
    manifest = Manifest(
        parameters={
            **choices,
            **provenance.parameters,
            "summary": robustness_json(answer)["summary"],
        },
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
        counts={"specifications": len(rows)},
    )
    return write_bundle(folder, {table.file_name: FileContent(csv_chunks(table, rows), len(rows))},
                        manifest)  # fmt: skip


def robustness_json(answer: RobustnessAnswer) -> dict[str, Any]:
    """Rows of `specifications` and their summary as JSON values; null for missing.

    `joint_placebo_p` is the joint p-value by sign flips of whole clusters, `shifts` the number
    of sign vectors (all, or those drawn).
    """
    header = TABLES["specifications"].header
    summary = {
        "specifications": len(answer.rows),
        "median": answer.median,
        "same_sign": answer.same_sign,
        "share_p_below_0_05": answer.share_below,
        "joint_placebo_p": answer.joint_p,
        "shifts": answer.draws,
        "joint_p_adjusted": answer.joint_p_adjusted,
        "categories": answer.categories,
        "distinct": answer.distinct,
        "clusters": answer.clusters,
    }
    return {
        "summary": {name: _json_value(value) for name, value in summary.items()},
        "specifications": [
            {name: _json_value(cell) for name, cell in zip(header, row, strict=True)}
            for row in specification_rows(answer)
        ],
    }


def study_cautions(answer: StudyAnswer) -> list[str]:
    """Cautions about tests whose simulated size is off for the dates of a group, each once."""
    return list(
        dict.fromkeys(
            f"{row.test} ({row.group}): {row.caution}" for row in answer.tests if row.caution
        )
    )


def _manifest_notes(answer: StudyAnswer) -> dict[str, list[str]]:
    return {"cautions": study_cautions(answer), "not_applicable": not_applicable_reasons(answer)}


def request_json(request: StudyRequest) -> dict[str, Any]:
    """The parameters of a study as JSON values, windows as `[a,b]`."""
    values = asdict(request)
    values["window"] = window_text(request.window)
    values["cars"] = [window_text(car) for car in request.cars]
    return values


def study_files(answer: StudyAnswer) -> dict[str, FileContent]:
    """The files of a study, by file name."""
    tables = study_rows(answer)
    rows = {table.name: tables[table.name] for table in STUDY_TABLES}
    return table_files(rows, bars=has_bars(answer))


def table_files(
    tables: Mapping[str, Sequence[Row]], *, bars: bool = False
) -> dict[str, FileContent]:
    """The files of some tables, by file name."""
    return {
        TABLES[name].file_name: FileContent(
            csv_chunks(table_schema(name, bars=bars), rows), len(rows)
        )
        for name, rows in tables.items()
    }


def _study_table_schemas(answer: StudyAnswer) -> tuple[Table, ...]:
    bars = has_bars(answer)
    return tuple(table_schema(table.name, bars=bars) for table in STUDY_TABLES)


def study_manifest(answer: StudyAnswer, provenance: Provenance) -> Manifest:
    """The manifest of a study, with everything needed to reproduce it."""
    series = [result.series.card.id for result in answer.results]
    parameters = request_json(answer.request) | {
        "series": series,
        "p_adjusted_family": P_VALUE_FAMILY,
    }
    if has_bars(answer):
        parameters["bar_minutes"] = answer.results[0].series.card.bar_minutes
    return Manifest(
        parameters={**parameters, **provenance.parameters, **_manifest_notes(answer)},
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
        counts=study_counts(answer),
    )


def _json_value(cell: Any) -> Any:
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell.isoformat() if isinstance(cell, date) else cell


# ---- comparisons and relations


def comparison_csv(
    answer: Comparison, name: StudyTableName, dialect: CsvDialect = "plain"
) -> bytes:
    """One table of a comparison: the rows of every group and, if there are any, of the difference.

    `headline` and `tests` have rows of the difference. `paths`, `events` and `skipped` have no
    group column and hold an event of both groups once.
    """
    table = table_schema(name, bars=any(has_bars(group.answer) for group in answer.groups))
    return csv_bytes(table, _comparison_rows(answer, name), dialect)


def count_comparison_rows(answer: Comparison, name: StudyTableName) -> int:
    """The number of rows of `comparison_csv`."""
    return len(_comparison_rows(answer, name))


def _comparison_rows(answer: Comparison, name: StudyTableName) -> list[Row]:
    rows = [row for group in answer.groups for row in study_table_rows(group.answer, name)]
    if name == "tests":
        rows += test_rows(answer.differences)
    if name == "headline" and answer.difference:
        rows += headline_rows([answer.difference])
    return list(dict.fromkeys(rows))


def correlation_csv(rows: Iterable[CorrelationRow], dialect: CsvDialect = "plain") -> bytes:
    """`correlation.csv`, as a study writes it."""
    return table_csv("correlation", map(astuple, rows), dialect)


def direction_csv(rows: Iterable[DirectionRow], dialect: CsvDialect = "plain") -> bytes:
    """`direction.csv`, as a study writes it."""
    return table_csv("direction", (_with_window_text(row, 1) for row in rows), dialect)


def regression_csv(rows: Iterable[RegressionRow], dialect: CsvDialect = "plain") -> bytes:
    """`regression.csv`, as a study writes it."""
    return table_csv("regression", map(astuple, rows), dialect)


def projections_csv(projections: Iterable[Projection], dialect: CsvDialect = "plain") -> bytes:
    """`projections.csv`, as a study writes it."""
    return table_csv("projections", projection_rows(projections), dialect)


def scores_csv(rows: Iterable[ScoreRow], dialect: CsvDialect = "plain") -> bytes:
    """`scores.csv`: one row a score and kind of move."""
    return table_csv("scores", (_with_window_text(row, 2) for row in rows), dialect)


def across_series_csv(cells: Iterable[CrossCell], dialect: CsvDialect = "plain") -> bytes:
    """`across_series.csv`: one row a category and series."""
    return table_csv("across_series", (_with_window_text(cell, 2) for cell in cells), dialect)


def specifications_csv(answer: RobustnessAnswer, dialect: CsvDialect = "plain") -> bytes:
    """`specifications.csv`, as `robustness --out` writes it."""
    return table_csv("specifications", specification_rows(answer), dialect)


def _with_window_text(row: Any, at: int) -> tuple[Any, ...]:
    """The cells of a row, the window at index `at` written as `[a,b]`."""
    cells = list(astuple(row))
    cells[at] = window_text(cells[at])
    return tuple(cells)


# ---- folders and archives


def write_full_export(
    folder: Path,
    answer: StudyAnswer,
    provenance: Provenance,
    *,
    series: Sequence[RateSeries],
    events: Sequence[Event],
) -> tuple[Path, ...]:
    """Write rates, events, their moves on every source, and the study (`export DIR`).

    Raises:
        InputError: the folder cannot be used.
    """
    return write_bundle(
        folder, _full_export_files(answer, series, events), study_manifest(answer, provenance)
    )


def full_export_zip(
    answer: StudyAnswer,
    provenance: Provenance,
    *,
    series: Sequence[RateSeries],
    events: Sequence[Event],
) -> bytes:
    """The files of `write_full_export` as a zip archive.

    Raises:
        InputError: they exceed the size limit of an archive.
    """
    return zip_files(
        bundle_files(_full_export_files(answer, series, events), study_manifest(answer, provenance))
    )


def _full_export_files(
    answer: StudyAnswer, series: Sequence[RateSeries], events: Sequence[Event]
) -> dict[str, FileContent]:
    rates, n_rates = TABLES["rates"], sum(len(one) for one in series)
    moves = source_move_rows(compare_sources_of_events(series, events))
    return {
        rates.file_name: FileContent(csv_chunks(rates, rows_of.rate_rows(series)), n_rates),
        **table_files({"event_list": list(rows_of.event_list_rows(events)), "source_moves": moves}),
        **study_files(answer),
    }


def write_facts(
    folder: Path, facts: Sequence[DayFacts], moves: Sequence[SourceMove], provenance: Provenance
) -> tuple[Path, ...]:
    """Write the files of `facts --out`: `facts.csv`, `source_moves.csv`, a manifest.

    Raises:
        InputError: the folder cannot be used.
    """
    rows, move_rows = facts_rows(facts), source_move_rows(moves)
    files = {
        FACTS.file_name: FileContent(csv_chunks(FACTS, rows), len(rows)),
        SOURCE_MOVES.file_name: FileContent(csv_chunks(SOURCE_MOVES, move_rows), len(move_rows)),
    }
    manifest = Manifest(
        parameters={"series": [fact.series for fact in facts], **provenance.parameters},
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
    )
    return write_bundle(folder, files, manifest)


# ---- reports


def write_report(report: ReportDocument, kind: ReportFormat) -> bytes:
    """A report as the bytes of a file.

    Raises:
        InputError: the format is a picture and the report has no chart.
        RoubleReactionError: rendering failed or took too long, or no browser is installed.
    """
    if kind in PICTURE_FORMATS and not report.charts:
        raise InputError(NO_CHART)
    return render_in_subprocess(report, kind)


def report_format(path: Path) -> ReportFormat:
    """The report format of a file name.

    Raises:
        InputError: the name has another extension.
    """
    ending = path.suffix.lower().removeprefix(".")
    for kind in get_args(ReportFormat):
        if ending == kind:
            return kind  # type: ignore[no-any-return]
    msg = _("end it with .html, .pdf, .png or .svg, which says what is wanted")
    raise InputError(msg, field="out", value=path.name)
