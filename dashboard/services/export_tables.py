"""Export tables: the one way by which pages, command line and API make files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dashboard import __version__
from dashboard.domain.day_facts import DayFacts
from dashboard.domain.event import Event
from dashboard.domain.event_view import DayMove, EventView
from dashboard.domain.remembered import Revision
from dashboard.domain.robustness import Grid, RobustnessAnswer
from dashboard.domain.series import RateSeries
from dashboard.domain.source_move import SourceMove
from dashboard.domain.study import StudyAnswer, StudyRequest, window_text
from dashboard.engine.verdicts import FAMILY
from dashboard.export import rows as rows_of
from dashboard.export.bundle import (
    Content,
    DataFile,
    Manifest,
    data_file,
    write_bundle,
    write_file,
)
from dashboard.export.columns import STUDY_TABLES, TABLES, StudyTable, Table, table_of
from dashboard.export.csv_tables import Flavour, Row, csv_bytes, csv_chunks, file_name_text
from dashboard.export.study_rows import is_of_bars, specification_rows, study_table, study_tables
from dashboard.services.compare_sources import comparison_rows
from dashboard.services.explain_gaps import not_applicable

__all__ = [
    "TABLES",
    "DataFile",
    "Flavour",
    "MadeOf",
    "StudyTable",
    "data_file",
    "download_name",
    "event_list_csv",
    "event_moves_csv",
    "event_window_csv",
    "facts_csv",
    "file_name_text",
    "largest_moves_csv",
    "rates_csv",
    "request_json",
    "revisions_csv",
    "robustness_json",
    "source_moves_csv",
    "study_cautions",
    "study_counts",
    "study_csv",
    "study_csvs",
    "study_files",
    "study_manifest",
    "study_table_titles",
    "table_bytes",
    "table_chunks",
    "table_files",
    "write_file",
    "write_robustness",
    "write_study",
]


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What went into a folder of tables, for its manifest.

    `parameters` is what was asked besides the study request (rates, events, filters), as JSON
    values; `data_files` the files that were read, with their hashes.
    """

    parameters: Mapping[str, Any]
    data_files: Sequence[DataFile]
    created_at: datetime


def table_bytes(name: str, rows: Iterable[Row], flavour: Flavour = "plain") -> bytes:
    """The CSV file of a table of `TABLES`."""
    return csv_bytes(TABLES[name], rows, flavour)


def table_chunks(name: str, rows: Iterable[Row], flavour: Flavour = "plain") -> Iterator[bytes]:
    """The same bytes in pieces, for a streamed answer."""
    return csv_chunks(TABLES[name], rows, flavour)


# ------------------------------------------------------------------ one table


def rates_csv(
    series: Iterable[RateSeries],
    since: date | None = None,
    until: date | None = None,
    flavour: Flavour = "plain",
) -> bytes:
    """`rates.csv`: the observations whose market day lies between two days, both included."""
    return table_bytes("rates", rows_of.rate_rows(series, since, until), flavour)


def revisions_csv(revisions: Iterable[Revision], flavour: Flavour = "plain") -> bytes:
    """`revisions.csv`: the numbers that their publishers replaced."""
    return table_bytes("revisions", rows_of.revision_rows(revisions), flavour)


def event_list_csv(events: Iterable[Event], flavour: Flavour = "plain") -> bytes:
    """`event_list.csv`: events and notes, which an import reads back as they were."""
    return table_bytes("event_list", rows_of.event_list_rows(events), flavour)


def largest_moves_csv(
    series_id: str, moves: Sequence[DayMove], flavour: Flavour = "plain"
) -> bytes:
    """`largest_moves.csv`."""
    table = table_of("largest_moves", bars=any(move.known_at is not None for move in moves))
    return csv_bytes(table, rows_of.largest_move_rows(series_id, moves), flavour)


def event_moves_csv(view: EventView, flavour: Flavour = "plain") -> bytes:
    """`event_moves.csv`: the moves table of one event."""
    table = table_of("event_moves", bars=bool(view.card.bar_minutes))
    return csv_bytes(table, rows_of.event_move_rows(view), flavour)


def event_window_csv(view: EventView, flavour: Flavour = "plain") -> bytes:
    """`event_window.csv`: the path around one event."""
    table = table_of("event_window", bars=bool(view.card.bar_minutes))
    return csv_bytes(table, rows_of.event_window_rows(view), flavour)


def facts_csv(facts: Iterable[DayFacts], flavour: Flavour = "plain") -> bytes:
    """`facts.csv`: a row a series and base."""
    return table_bytes("facts", rows_of.facts_rows(facts), flavour)


def source_moves_csv(moves: Sequence[SourceMove], flavour: Flavour = "plain") -> bytes:
    """`source_moves.csv`: one move as every source measures it."""
    return table_bytes("source_moves", comparison_rows(moves), flavour)


def download_name(*parts: object, flavour: Flavour = "plain", extension: str = "csv") -> str:
    """A file name such as `usd_rub_cbr_rates_2022-01-01_2022-06-30.csv`; None is left out."""
    words = [file_name_text(str(part), "") for part in parts if part is not None]
    stem = "_".join(word for word in words if word) or "export"
    return f"{stem[:110]}{'_excel' if flavour == 'excel' else ''}.{extension}"


# ------------------------------------------------------------------ a study


def study_table_titles() -> dict[str, str]:
    """What each table of a study holds, by its name; the one list of them."""
    return {table.name: table.title for table in STUDY_TABLES}


def study_csvs(answer: StudyAnswer, flavour: Flavour = "plain") -> dict[str, bytes]:
    """The CSV files of a study by file name."""
    tables = study_tables(answer)
    return {
        table.file_name: csv_bytes(table, tables[table.name], flavour)
        for table in _tables_of(answer)
    }


def study_csv(answer: StudyAnswer, name: str, flavour: Flavour = "plain") -> bytes:
    """The CSV file of one table of a study; the others are not made."""
    table = table_of(name, bars=is_of_bars(answer))
    return csv_bytes(table, study_table(answer, name), flavour)


def write_study(folder: Path, answer: StudyAnswer, made: MadeOf) -> tuple[Path, ...]:
    """Write the files of `study --out`; only files of these names are replaced.

    Raises:
        InputError: the folder cannot be used.
    """
    return write_bundle(folder, study_files(answer), study_manifest(answer, made))


def study_counts(answer: StudyAnswer) -> dict[str, int]:
    """Events asked for, used in at least one window and series, and left out everywhere."""
    used = answer.used
    return {"events_in": answer.asked, "used": used, "skipped": answer.asked - used}


def write_robustness(
    folder: Path, answer: RobustnessAnswer, grid: Grid, made: MadeOf
) -> tuple[Path, ...]:
    """Write `specifications.csv` and a manifest with the grid and the summary.

    Raises:
        InputError: the folder cannot be used.
    """
    table, rows = TABLES["specifications"], specification_rows(answer)
    choices = asdict(grid) | {"windows": [window_text(window) for window in grid.windows]}
    manifest = Manifest(
        parameters={**choices, **made.parameters, "summary": robustness_json(answer)["summary"]},
        software_version=__version__,
        data_files=made.data_files,
        created_at=made.created_at,
        counts={"specifications": len(rows)},
    )
    return write_bundle(folder, {table.file_name: Content(csv_chunks(table, rows), len(rows))},
                        manifest)  # fmt: skip


def robustness_json(answer: RobustnessAnswer) -> dict[str, Any]:
    """Rows of `specifications` and their summary as JSON values; null for missing."""
    header = TABLES["specifications"].header
    summary = {
        "specifications": len(answer.rows),
        "median": answer.median,
        "same_sign": answer.same_sign,
        "share_p_below_0_05": answer.share_below,
        "joint_placebo_p": answer.joint_p,
        "shifts": answer.shifts,
    }
    return {
        "summary": {name: _json_value(value) for name, value in summary.items()},
        "specifications": [
            {name: _json_value(cell) for name, cell in zip(header, row, strict=True)}
            for row in specification_rows(answer)
        ],
    }


def study_cautions(answer: StudyAnswer) -> list[str]:
    """Tests that simulations show to reject wrongly for the dates of a group, each once."""
    return list(
        dict.fromkeys(
            f"{row.test} ({row.group}): {row.caution}" for row in answer.tests if row.caution
        )
    )


def _said_of(answer: StudyAnswer) -> dict[str, list[str]]:
    return {"cautions": study_cautions(answer), "not_applicable": not_applicable(answer)}


def request_json(request: StudyRequest) -> dict[str, Any]:
    """The parameters of a study as JSON values, windows as `[a,b]`."""
    values = asdict(request)
    values["window"] = window_text(request.window)
    values["cars"] = [window_text(car) for car in request.cars]
    return values


def study_files(answer: StudyAnswer) -> dict[str, Content]:
    """The files of a study, by file name."""
    tables = study_tables(answer)
    rows = {table.name: tables[table.name] for table in STUDY_TABLES}
    return table_files(rows, bars=is_of_bars(answer))


def table_files(tables: Mapping[str, Sequence[Row]], *, bars: bool = False) -> dict[str, Content]:
    """The files of tables, by file name."""
    return {
        TABLES[name].file_name: Content(csv_chunks(table_of(name, bars=bars), rows), len(rows))
        for name, rows in tables.items()
    }


def _tables_of(answer: StudyAnswer) -> tuple[Table, ...]:
    bars = is_of_bars(answer)
    return tuple(table_of(table.name, bars=bars) for table in STUDY_TABLES)


def study_manifest(answer: StudyAnswer, made: MadeOf) -> Manifest:
    """What makes the files of a study reproducible."""
    series = [result.series.card.id for result in answer.results]
    parameters = request_json(answer.request) | {"series": series, "p_adjusted_family": FAMILY}
    if is_of_bars(answer):
        parameters["bar_minutes"] = answer.results[0].series.card.bar_minutes
    return Manifest(
        parameters={**parameters, **made.parameters, **_said_of(answer)},
        software_version=__version__,
        data_files=made.data_files,
        created_at=made.created_at,
        counts=study_counts(answer),
    )


def _json_value(cell: Any) -> Any:
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell.isoformat() if isinstance(cell, date) else cell
