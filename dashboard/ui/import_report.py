"""Imports in the terminal: what a file holds, what was taken from it, what was undone."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.domain.imports import ImportRecord, UndoneImport
from dashboard.services.import_events import ImportPlan
from dashboard.services.shell_json import note_rows, report_json
from dashboard.ui import terminal, wording
from dashboard.ui.text import clean


def show_json(plan: ImportPlan, record: ImportRecord | None) -> None:
    """Print the report of an import; it names the import where notes were stored."""
    report = report_json(plan.status, note_rows(plan.notes), plan.messages)
    if record is not None:
        report["import"] = record.id
    terminal.show_json(report)


def show_rejected(plan: ImportPlan) -> None:
    """Print every row that is wrong, and how many of each kind there are."""
    for row in plan.wrong:
        terminal.say(clean(row.reason))
    terminal.say(counts(plan))
    terminal.mention(plan.told)


def show_taken(plan: ImportPlan, record: ImportRecord | None, *, dry_run: bool) -> None:
    """Say how many notes were or would be added, and how to take them away again."""
    terminal.mention(plan.messages)
    if dry_run:
        terminal.mention([columns(plan), counts(plan)])
    done = "would be" if dry_run else "were"
    terminal.say(f"{len(plan.notes)} notes {done} added")
    if record is not None:
        terminal.mention([f"`events undo-import {record.id}` takes them away again"])


def counts(plan: ImportPlan) -> str:
    """`10,000 rows: 9,863 new, 0 already there, 137 wrong`."""
    kinds = [row.verdict for row in plan.rows]
    return (
        f"{wording.count(len(kinds), 'row')}: {kinds.count('new'):,} new,"
        f" {kinds.count('duplicate'):,} already there, {kinds.count('wrong'):,} wrong"
    )


def columns(plan: ImportPlan) -> str:
    """Which column is read as what: `Дата is date, Событие is title`."""
    pairs = ", ".join(f"{column} is {field}" for column, field in plan.file.columns)
    return f"{plan.file.name}: {plan.file.kind}; {pairs}"


def show_list(records: Iterable[ImportRecord]) -> None:
    """Print which files were imported."""
    header = ("id", "when", "who", "file", "rows", "added", "already there", "wrong", "undone")
    rows = (
        (
            record.id,
            wording.stamp(record.at) if record.at else "",
            record.who or "–",
            record.file_name,
            *(
                f"{number:,}"
                for number in (record.rows, record.added, record.duplicates, record.wrong)
            ),
            wording.stamp(record.undone_at) if record.undone_at else "",
        )
        for record in records
    )
    terminal.show_table(header, rows, header[4:8])


def show_undone(done: UndoneImport) -> None:
    """Say what was removed, and name what stays."""
    for note in done.kept:
        who = f" by {note.author}" if note.author else ""
        terminal.mention([f"{note.id} was changed since{who} and stays: {note.title}"])
    before = f"; {done.gone:,} had been removed before" if done.gone else ""
    kept = f"; {len(done.kept):,} stay" if done.kept else ""
    terminal.say(f"{wording.count(done.removed, 'note')} of {done.record.id} removed{kept}{before}")
