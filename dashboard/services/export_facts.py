"""Export facts: the facts of a day and the same move on every source, as a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dashboard import __version__
from dashboard.domain.day_facts import DayFacts
from dashboard.domain.source_move import SourceMove
from dashboard.export.bundle import Content, Manifest, write_bundle
from dashboard.export.columns import FACTS, SOURCE_MOVES
from dashboard.export.csv_tables import csv_chunks
from dashboard.export.rows import facts_rows
from dashboard.services.compare_sources import comparison_rows
from dashboard.services.export_tables import MadeOf


def write_facts(
    folder: Path, facts: Sequence[DayFacts], moves: Sequence[SourceMove], made: MadeOf
) -> tuple[Path, ...]:
    """Write the files of `facts --out`: `facts.csv`, `source_moves.csv`, a manifest.

    Raises:
        InputError: the folder cannot be used.
    """
    rows, compared = facts_rows(facts), comparison_rows(moves)
    files = {
        FACTS.file_name: Content(csv_chunks(FACTS, rows), len(rows)),
        SOURCE_MOVES.file_name: Content(csv_chunks(SOURCE_MOVES, compared), len(compared)),
    }
    manifest = Manifest(
        parameters={"series": [fact.series for fact in facts], **made.parameters},
        software_version=__version__,
        data_files=made.data_files,
        created_at=made.created_at,
    )
    return write_bundle(folder, files, manifest)
