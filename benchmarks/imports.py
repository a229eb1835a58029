"""`python -m benchmarks.imports`: how long a file of 10,000 events takes, 137 of them wrong."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from dashboard.models.event import Event
from dashboard.models.user_files import EventFileOptions
from dashboard.services.event_import import (
    EventImportPlan,
    import_events,
    plan_event_import,
    undo_import,
)
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.files.event_file import outline_event_file, read_event_rows
from dashboard.storage.notes import NoteRepository

ROWS, WRONG = 10_000, 137
PREVIEW_SECONDS = 3.0
TODAY = date(2026, 11, 23)


def made_rows() -> list[dict[str, str]]:
    """Ten thousand events, of which 137 have a date that does not exist."""
    wrong = set(range(50, ROWS, 73)[:WRONG])
    return [
        {
            "date": "2024-02-31" if number in wrong else "2024-03-05",
            "title": f"Event {number}",
            "url": f"https://example.org/{number}",
        }
        for number in range(ROWS)
    ]


def files() -> dict[str, bytes]:
    """The same events in three formats."""
    from io import BytesIO

    from openpyxl import Workbook

    rows = made_rows()
    lines = ["date,title,url", *(",".join(row.values()) for row in rows)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    workbook = BytesIO()
    book.save(workbook)
    return {
        "CSV": "\n".join(lines).encode(),
        "JSON": json.dumps(rows).encode(),
        "Excel": workbook.getvalue(),
    }


def preview(data: bytes, known: tuple[Event, ...]) -> EventImportPlan:
    """What the page does before it stores anything: the layout, the rows, their verdicts."""
    outline_event_file(data, EventFileOptions(), TODAY)
    return plan_event_import(
        read_event_rows(data, EventFileOptions(), TODAY), known, good_rows=True, today=TODAY
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds of the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    """Print what was measured; 1 where the preview takes longer than promised."""
    known = Catalogue().events()
    slow = False
    for kind, data in files().items():
        seconds = min(timed(lambda data=data: preview(data, known)) for _ in range(3))  # type: ignore[misc]
        plan = preview(data, known)
        slow = slow or seconds > PREVIEW_SECONDS
        counts = f"{len(plan.notes):,} new, {len(plan.wrong)} wrong"
        print(f"{kind}: {ROWS:,} rows previewed in {seconds:.2f} s ({counts})")
    with tempfile.TemporaryDirectory() as folder:
        store = NoteRepository(f"sqlite:///{Path(folder) / 'events.sqlite3'}")
        stored = timed(lambda: import_events(store, plan))
        (record,) = store.imports()
        undone = timed(lambda: undo_import(store, record.id))
        store.close()
    print(f"stored in {stored:.2f} s, undone in {undone:.2f} s (SQLite)")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
