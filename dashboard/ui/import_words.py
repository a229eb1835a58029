"""What the page of imports says: verdicts, counts, and a reader's messages without options."""

from __future__ import annotations

from typing import Final

from dashboard.domain.imports import ImportRecord, UndoneImport
from dashboard.services.import_events import ImportPlan, RowVerdict, Verdict
from dashboard.ui.text import plain
from dashboard.ui.wording import count, stamp

VERDICTS: Final[dict[Verdict, str]] = {
    "new": "✚ New",
    "duplicate": "= Already there",
    "wrong": "✕ Wrong",
}
SHOWN: Final[dict[str, str]] = {"all": "All rows", **dict(VERDICTS.items())}
"""What the table of the preview may show: every row, or those of one verdict."""

FIELD_WORDS: Final = {
    "date": "Date",
    "title": "Title",
    "time": "Time of day",
    "time_utc": "Moment in UTC",
    "zone": "Time zone",
    "end_date": "Last day",
    "text": "Text",
    "category": "Category",
    "expected": "Expected direction",
    "source_url": "Link",
    "tags": "Tags",
    "author": "Author",
}
"""The fields a note keeps, in the order in which a person looks for them."""

NO_COLUMN: Final = "– not in the file –"
OPTIONS: Final = {
    "the first line names the columns, or say --map date=COLUMN": "choose the column of the dates",
    "name one, or say --map title=COLUMN": "choose the column of the titles",
    "say --dates dmy or --dates mdy": "say above which of the two is meant",
    "say --dates if they are not": "say so above if they are not",
    "say --zone NAME if they are of another": "choose another above if they are not",
    "say which with --sheet NAME": "choose one above",
    ", or take the rest with --good-rows": "",
    "--map: ": "",
    "--map ": "",
    "--sheet ": "sheet ",
    "; leave --map out": "",
}


def on_page(message: str) -> str:
    """A message of the reader, with the controls of the page instead of options."""
    for option, control in OPTIONS.items():
        message = message.replace(option, control)
    return message


def verdict_counts(plan: ImportPlan) -> dict[str, int]:
    """How many rows the table has for every choice of `SHOWN`."""
    kinds = [row.verdict for row in plan.rows]
    return {"all": len(kinds), **{kind: kinds.count(kind) for kind in VERDICTS}}


def why(row: RowVerdict) -> str:
    """What is said about a row beside its verdict, without repeating where it stands."""
    told = row.reason.removeprefix(row.place).lstrip(",: ")
    return plain(on_page(told).removesuffix(" and is left out"))


def where(row: RowVerdict) -> str:
    """Where a row stands, without the name of the file."""
    return plain(row.place.rpartition(", ")[2], 60)


def done_words(record: ImportRecord) -> str:
    """What an import did, for the line that is drawn after it."""
    told = [f"{count(record.added, 'note')} added from {record.file_name}"]
    if record.duplicates:
        told.append(f"{record.duplicates:,} already there")
    if record.wrong:
        told.append(f"{record.wrong:,} wrong and left out")
    return ", ".join(told)


def record_words(record: ImportRecord) -> list[str]:
    """When, by whom and how many, for the list of earlier imports."""
    told = [stamp(record.at)] if record.at else []
    if record.who:
        told.append(f"by {record.who}")
    told += [record.kind, f"{count(record.rows, 'row')}", f"{record.added:,} added"]
    if record.duplicates:
        told.append(f"{record.duplicates:,} already there")
    if record.wrong:
        told.append(f"{record.wrong:,} wrong")
    if record.undone_at:
        by = f" by {record.undone_by}" if record.undone_by else ""
        told.append(f"undone {stamp(record.undone_at)}{by}")
    return told


def undone_words(done: UndoneImport) -> str:
    """What the undoing of an import did."""
    told = [f"{count(done.removed, 'note')} of {done.record.file_name} removed"]
    if done.gone:
        told.append(f"{done.gone:,} had been removed before")
    if done.kept:
        stay = "stays" if len(done.kept) == 1 else "stay"
        told.append(f"{count(len(done.kept), 'note')} changed since {stay}")
    return "; ".join(told)
