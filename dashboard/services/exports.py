"""Exports: CSV files, folders with a manifest and reports, for pages, command line and API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from dashboard import __version__
from dashboard.eventstudy.panel import P_VALUE_FAMILY
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
from dashboard.export.csv_tables import csv_bytes, csv_chunks, safe_file_name
from dashboard.export.report.render import NO_CHART, render_in_subprocess
from dashboard.export.schemas import (
    STUDY_TABLE_NAMES,
    TABLES,
    NumberedAnswer,
    StudyTableName,
    study_objects,
)
from dashboard.export.workbooks import MAX_SHEET_ROWS, value_workbook_bytes, workbook_bytes
from dashboard.models.analyses import (
    Comparison,
    EpisodeStudy,
    Precedents,
    RobustnessAnswer,
    SpecificationGrid,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayFacts, SourceMove
from dashboard.models.series import RateSeries
from dashboard.models.study import StudyAnswer, StudyRequest, window_text
from dashboard.models.tables import Cells, PictureSize, ReportDocument, ReportFormat, Table
from dashboard.models.user_files import CsvDialect, FileFormat
from dashboard.services.serializers import (
    PRECEDENT_TABLES,
    episodes_json,
    json_value,
    precedents_json,
    table_json,
)
from dashboard.services.source_moves import compare_sources_of_events

if TYPE_CHECKING:
    from dashboard.sources.rates.base import RateSource

__all__ = [
    "MAX_SHEET_ROWS",
    "TABLES",
    "CsvDialect",
    "DataFile",
    "FileFormat",
    "NumberedAnswer",
    "Provenance",
    "StudyTableName",
    "download_file_name",
    "hash_data_file",
    "request_json",
    "robustness_json",
    "safe_file_name",
    "source_files",
    "study_cautions",
    "study_csvs",
    "study_files",
    "study_manifest",
    "study_objects",
    "study_table_titles",
    "table_file",
    "table_files",
    "value_workbook_bytes",
    "write_basket",
    "write_file",
    "write_robustness",
    "write_study",
    "write_tables",
]


TABLE_MEDIA_TYPES: Final[dict[FileFormat, str]] = {
    "plain": "text/csv",
    "excel": "text/csv",
    "excel-ru": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WORKBOOK_FILE: Final = "study.xlsx"
"""The tables of a study but `paths`, the longest, in one workbook."""
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


# ---- files of tables


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of a folder of tables, for its manifest.

    `parameters` are those besides the study request (rates, events, filters), as JSON values;
    `data_files` the data files with their hashes; `is_private` says that there are private notes
    among the events, so that only the owner of the files may read them; `dialect` is that of the
    CSV files.
    """

    parameters: Mapping[str, Any]
    data_files: Sequence[DataFile]
    created_at: datetime
    is_private: bool = False
    dialect: CsvDialect = "plain"


def source_files(sources: Sequence[RateSource], ids: Sequence[str]) -> list[DataFile]:
    """The data files of some series with their hashes; series without a file are left out."""
    hashes = {name: sha for source in sources for name, sha in source.files().items()}
    return [DataFile(f"{name}.csv", hashes[name]) for name in ids if name in hashes]


def table_file(name: str, objects: Iterable[Any], dialect: FileFormat = "plain") -> bytes:
    """The file of a table of `TABLES`, made from its objects.

    Raises:
        InputError: it is too long for a workbook.
    """
    given = tuple(objects)
    table = TABLES[name].fit(given)
    return _file_bytes(table, table.rows(given), dialect)


def _file_bytes(table: Table, rows: Iterable[Cells], dialect: FileFormat) -> bytes:
    if dialect == "xlsx":
        return workbook_bytes([(table, rows)])
    return csv_bytes(table, rows, dialect)


def download_file_name(
    *parts: object, dialect: FileFormat = "plain", extension: str = "csv"
) -> str:
    """A file name such as `usd_rub_cbr_rates_2022-01-01_2022-06-30.csv`; None is skipped."""
    if dialect == "xlsx":
        extension, dialect = "xlsx", "plain"
    components = [safe_file_name(str(part), "") for part in parts if part is not None]
    stem = "_".join(component for component in components if component) or "export"
    suffix = "" if dialect == "plain" else f"_{dialect.replace('-', '_')}"
    return f"{stem[:110]}{suffix}.{extension}"


# ---- studies


def study_table_titles() -> dict[str, str]:
    """The titles of the tables of a study, by name."""
    return {name: TABLES[name].title for name in STUDY_TABLE_NAMES}


def study_csvs(answer: StudyAnswer) -> dict[str, bytes]:
    """The CSV files of a study by file name."""
    return {
        f"{name}.csv": table_file(name, study_objects(answer, name)) for name in STUDY_TABLE_NAMES
    }


def write_study(
    folder: Path,
    answer: StudyAnswer,
    provenance: Provenance,
    further: Mapping[str, Sequence[Any]] | None = None,
) -> tuple[Path, ...]:
    """Write the files of `study --out`; only files of these names are replaced.

    `further` holds the objects of tables that were asked for beside those of every study.

    Raises:
        InputError: the folder cannot be used.
    """
    return write_bundle(
        folder,
        study_files(answer, provenance.dialect) | table_files(further or {}, provenance.dialect),
        study_manifest(answer, provenance),
        is_private=provenance.is_private,
    )


def write_robustness(
    folder: Path, answer: RobustnessAnswer, grid: SpecificationGrid, provenance: Provenance
) -> tuple[Path, ...]:
    """Write `specifications.csv` and a manifest with the grid and the summary.

    Raises:
        InputError: the folder cannot be used.
    """
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
        counts={"specifications": len(answer.rows)},
    )
    return write_bundle(
        folder,
        table_files({"specifications": answer.rows}, provenance.dialect),
        manifest,
        is_private=provenance.is_private,
    )


def write_precedents(folder: Path, answer: Precedents, provenance: Provenance) -> tuple[Path, ...]:
    """Write the tables of the precedents of an event and a manifest with how they were chosen.

    Raises:
        InputError: the folder cannot be used.
    """
    manifest = Manifest(
        parameters={**precedents_json(answer)["parameters"], **provenance.parameters},
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
        counts={"precedents": len(answer.taken), "left_out": len(answer.left_out)},
    )
    tables = dict.fromkeys(PRECEDENT_TABLES, (answer,))
    files = table_files(tables, provenance.dialect)
    return write_bundle(folder, files, manifest, is_private=provenance.is_private)


def write_episodes(
    folder: Path, answers: Sequence[EpisodeStudy], provenance: Provenance
) -> tuple[Path, ...]:
    """Write `episodes.csv` and a manifest with the summary of each series.

    Raises:
        InputError: the folder cannot be used.
    """
    rows = [episode for answer in answers for episode in answer.episodes]
    manifest = Manifest(
        parameters={
            **provenance.parameters,
            "by_story": "span",
            "summary": [episodes_json(answer)["summary"] for answer in answers],
        },
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
        counts={"episodes": len(rows)},
    )
    files = table_files({"episodes": rows}, provenance.dialect)
    return write_bundle(folder, files, manifest, is_private=provenance.is_private)


def robustness_json(answer: RobustnessAnswer) -> dict[str, Any]:
    """Rows of `specifications` and their summary as JSON values; null for missing.

    `joint_placebo_p` is the joint p-value by sign flips of whole clusters, `shifts` the number
    of sign vectors (all, or those drawn).
    """
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
        "summary": {name: json_value(value) for name, value in summary.items()},
        "specifications": table_json("specifications", answer.rows),
    }


def study_cautions(answer: StudyAnswer) -> list[str]:
    """Cautions about tests whose simulated size is off for the dates of a group, each once."""
    return list(
        dict.fromkeys(
            f"{row.test} ({row.group}): {row.caution}" for row in answer.tests if row.caution
        )
    )


def request_json(request: StudyRequest) -> dict[str, Any]:
    """The parameters of a study as JSON values, windows as `[a,b]`."""
    values = asdict(request)
    values["window"] = window_text(request.window)
    values["cars"] = [window_text(car) for car in request.cars]
    return values


def study_files(answer: StudyAnswer, dialect: CsvDialect = "plain") -> dict[str, FileContent]:
    """The files of a study by file name: its workbook, and the CSV of every table."""
    objects: dict[str, Sequence[Any]] = {
        name: study_objects(answer, name) for name in STUDY_TABLE_NAMES
    }
    sheets = {name: given for name, given in objects.items() if name != "paths"}
    return {WORKBOOK_FILE: _workbook_content(sheets), **table_files(objects, dialect)}


def _workbook_content(objects: Mapping[str, Sequence[Any]]) -> FileContent:
    fitted = [(TABLES[name].fit(given), given) for name, given in objects.items()]
    sheets = ((table, table.rows(given)) for table, given in fitted)
    count = sum(table.count(given) for table, given in fitted)
    return FileContent((workbook_bytes(sheets) for _once in range(1)), count)


def table_files(
    objects: Mapping[str, Sequence[Any]], dialect: CsvDialect = "plain"
) -> dict[str, FileContent]:
    """The CSV files of some tables, made from their objects, by file name."""
    files = {}
    for name, given in objects.items():
        table = TABLES[name].fit(given)
        chunks = csv_chunks(table, table.rows(given), dialect)
        files[table.file_name] = FileContent(chunks, table.count(given))
    return files


def study_manifest(answer: StudyAnswer, provenance: Provenance) -> Manifest:
    """The manifest of a study, with everything needed to reproduce it."""
    series = [result.series.card.id for result in answer.results]
    parameters = request_json(answer.request) | {
        "series": series,
        "p_adjusted_family": P_VALUE_FAMILY,
    }
    bar_minutes = [result.series.card.bar_minutes for result in answer.results]
    if any(bar_minutes):
        parameters["bar_minutes"] = bar_minutes[0]
    return Manifest(
        parameters={
            **parameters,
            **provenance.parameters,
            "cautions": study_cautions(answer),
            "not_applicable": not_applicable_reasons(answer),
        },
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
        counts={
            "events_in": answer.n_events,
            "used": answer.used,
            "skipped": answer.n_events - answer.used,
        },
    )


# ---- comparisons and relations


def comparison_file(
    answer: Comparison, name: StudyTableName, dialect: FileFormat = "plain"
) -> bytes:
    """The file of one table of a comparison: the rows of every group and of the difference, if any.

    `headline` and `tests` have rows of the difference. `moves`, `paths`, `events` and `skipped`
    have no group column and hold an event of both groups once.
    """
    table = TABLES[name].fit(_comparison_objects(answer, name))
    return _file_bytes(table, comparison_rows(answer, name), dialect)


def count_comparison_rows(answer: Comparison, name: StudyTableName) -> int:
    """The number of rows of `comparison_file`."""
    return len(comparison_rows(answer, name))


def comparison_rows(answer: Comparison, name: StudyTableName) -> dict[Cells, None]:
    """The rows of a table of a comparison, each once; see `comparison_file`."""
    objects = _comparison_objects(answer, name)
    return dict.fromkeys(TABLES[name].fit(objects).rows(objects))


def _comparison_objects(answer: Comparison, name: StudyTableName) -> list[Any]:
    objects = [one for group in answer.groups for one in study_objects(group, name)]
    if name == "tests":
        objects += answer.differences
    if name == "headline" and answer.difference:
        objects.append(answer.difference)
    return objects


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
        folder,
        _full_export_files(answer, series, events, provenance.dialect),
        study_manifest(answer, provenance),
        is_private=provenance.is_private,
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
        bundle_files(
            _full_export_files(answer, series, events, provenance.dialect),
            study_manifest(answer, provenance),
        )
    )


def _full_export_files(
    answer: StudyAnswer,
    series: Sequence[RateSeries],
    events: Sequence[Event],
    dialect: CsvDialect = "plain",
) -> dict[str, FileContent]:
    moves = compare_sources_of_events(series, events)
    return {
        **table_files({"rates": series, "event_list": events, "source_moves": moves}, dialect),
        **study_files(answer, dialect),
    }


def write_facts(
    folder: Path, facts: Sequence[DayFacts], moves: Sequence[SourceMove], provenance: Provenance
) -> tuple[Path, ...]:
    """Write the files of `facts --out`: `facts.csv`, `source_moves.csv`, a manifest.

    Raises:
        InputError: the folder cannot be used.
    """
    parameters = {"series": [fact.series for fact in facts], **provenance.parameters}
    made = replace(provenance, parameters=parameters)
    return write_tables(folder, {"facts": facts, "source_moves": moves}, made)


def write_tables(
    folder: Path, objects: Mapping[str, Sequence[Any]], provenance: Provenance
) -> tuple[Path, ...]:
    """Write the CSV files of some tables, made from their objects, and a manifest.

    Raises:
        InputError: the folder cannot be used.
    """
    manifest = Manifest(
        parameters=dict(provenance.parameters),
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
    )
    files = table_files(objects, provenance.dialect)
    return write_bundle(folder, files, manifest, is_private=provenance.is_private)


def write_basket(
    folder: Path,
    table: Literal["basket", "across_series"],
    objects: Sequence[Any],
    provenance: Provenance,
) -> tuple[Path, ...]:
    """Write the files of `study --basket --out`: the CSV of one table, and a manifest.

    Raises:
        InputError: the folder cannot be used.
    """
    manifest = Manifest(
        parameters=dict(provenance.parameters),
        software_version=__version__,
        data_files=provenance.data_files,
        created_at=provenance.created_at,
        counts={"rows": len(objects)},
    )
    files = table_files({table: objects}, provenance.dialect)
    return write_bundle(folder, files, manifest, is_private=provenance.is_private)


# ---- reports


def write_report(report: ReportDocument, kind: ReportFormat, size: PictureSize = "web") -> bytes:
    """A report as the bytes of a file; `size` is that of a picture.

    Raises:
        InputError: the format is a picture and the report has no chart.
        RoubleReactionError: rendering failed or took too long, or no browser is installed.
    """
    if kind in PICTURE_FORMATS and not report.charts:
        raise InputError(NO_CHART)
    return render_in_subprocess(report, kind, size)


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
