"""Everything in one folder, or in one file: rates, events, notes, their moves and the study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyAnswer
from dashboard.export import rows as rows_of
from dashboard.export.archive import zip_bytes
from dashboard.export.bundle import Content, sealed_bytes, write_bundle
from dashboard.export.columns import TABLES
from dashboard.export.csv_tables import csv_chunks
from dashboard.services.compare_sources import compare_events, comparison_rows
from dashboard.services.export_tables import MadeOf, study_files, study_manifest, table_files


def write_everything(
    folder: Path,
    answer: StudyAnswer,
    made: MadeOf,
    *,
    series: Sequence[RateSeries],
    events: Sequence[Event],
) -> tuple[Path, ...]:
    """Write rates, events, their moves on every source and the study (`export DIR`).

    Raises:
        InputError: the folder cannot be used.
    """
    return write_bundle(folder, _files(answer, series, events), study_manifest(answer, made))


def everything_zip(
    answer: StudyAnswer, made: MadeOf, *, series: Sequence[RateSeries], events: Sequence[Event]
) -> bytes:
    """The files of `write_everything` as one archive.

    Raises:
        InputError: they are larger than an archive may be.
    """
    return zip_bytes(sealed_bytes(_files(answer, series, events), study_manifest(answer, made)))


def _files(
    answer: StudyAnswer, series: Sequence[RateSeries], events: Sequence[Event]
) -> dict[str, Content]:
    rates, n_rates = TABLES["rates"], sum(len(each) for each in series)
    moves = comparison_rows(compare_events(series, events))
    return {
        rates.file_name: Content(csv_chunks(rates, rows_of.rate_rows(series)), n_rates),
        **table_files({"event_list": list(rows_of.event_list_rows(events)), "source_moves": moves}),
        **study_files(answer),
    }
