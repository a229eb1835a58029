"""Import of event files as notes: a plan with a verdict for each row, the import and its undo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, Literal, Protocol, TypeAlias

from dashboard.models.errors import InputError
from dashboard.models.event import (
    AUTHOR_LIMIT,
    MOSCOW,
    Category,
    Event,
    draft_from_event,
    note_from_draft,
)
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.user_files import EventFileRow, EventFileRows, ImportRecord, ImportUndo
from dashboard.services.events import DuplicateIndex
from dashboard.services.notes import clean_draft, clean_line

EventImportStatus: TypeAlias = Literal["accept", "warn", "reject"]
RowStatus: TypeAlias = Literal["new", "duplicate", "wrong"]

UNSUPPORTED_FIELDS: Final = ("actor", "series", "confidence", "hours")
"""Fields of an event in a file that a note does not have."""
MAX_MESSAGES: Final = 10


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A row of the template of a file of events, as a person would type it."""

    date: str
    time: str
    zone: str
    title: str
    category: str
    source_name: str
    source_url: str
    text: str


TEMPLATE_ROWS: Final = (
    TemplateRow(
        "2025-04-20", "", "", "Kellogg says NATO membership is off the table for Ukraine",
        "nato_remark", "Jerusalem Post", "https://www.jpost.com/breaking-news/article-850908", "",
    ),
    TemplateRow(
        "2025-04-25", "13:30", MOSCOW, "Bank of Russia holds the key rate at 21 %",
        "monetary_policy", "Bank of Russia", "https://www.cbr.ru/eng/press/keypr/",
        "The time is that of the press release.",
    ),
)  # fmt: skip
MAX_ERROR_MESSAGES: Final = 1_000
_CATEGORIES: Final = frozenset(Category)
_COLUMN_MESSAGE: Final = re.compile(r"column (?P<column>[^:]*): (?P<reason>.*)", re.DOTALL)


class ImportStore(Protocol):
    """Stores notes and imports; every method raises StoreError where the store fails."""

    def import_notes(
        self, record: ImportRecord, notes: Sequence[Event]
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Store notes and the import they came with, in one transaction."""

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import, the newest first."""

    def undo_import(self, import_id: str, author: str = "") -> ImportUndo:
        """Delete the notes of an import, except those changed since."""


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """The result of checking one row.

    Attributes:
        place: `file.csv, row 3 (line 4)`.
        verdict: new, duplicate or wrong.
        note: the note to add; None where the row is wrong.
        reason: which event it duplicates, or what is wrong, with the place and the remedy.
        same: the event it duplicates; empty where it is none.
    """

    place: str
    verdict: RowStatus
    note: Event | None = None
    reason: str = ""
    same: str = ""

    @property
    def wrong_column(self) -> str:
        """The column that is wrong; empty where it is the row as a whole."""
        return self._wrong[0]

    @property
    def problem(self) -> str:
        """What is wrong, without the place."""
        return self._wrong[1]

    @property
    def _wrong(self) -> tuple[str, str]:
        reason = self.reason.removeprefix(self.place).lstrip(",: ")
        matched = _COLUMN_MESSAGE.fullmatch(reason)
        return (matched["column"], matched["reason"]) if matched else ("", reason)


@dataclass(frozen=True, slots=True)
class EventImportPlan:
    """An import that is checked row by row and not yet executed, with notices for the user."""

    file: EventFileRows
    rows: tuple[RowVerdict, ...]
    notices: tuple[str, ...]
    imports_valid_rows: bool = False

    @property
    def notes(self) -> tuple[Event, ...]:
        """The notes to add; empty where the file is rejected."""
        new = tuple(row.note for row in self.rows if row.verdict == "new" and row.note)
        return new if self.status != "reject" else ()

    @property
    def wrong(self) -> tuple[RowVerdict, ...]:
        """The rows that cannot be imported."""
        return tuple(row for row in self.rows if row.verdict == "wrong")

    @property
    def status(self) -> EventImportStatus:
        """`reject` where a row is wrong, unless valid rows are imported and there is one."""
        wrong = len(self.wrong)
        if wrong and (not self.imports_valid_rows or wrong == len(self.rows)):
            return "reject"
        return "warn" if self.messages else "accept"

    @property
    def messages(self) -> tuple[str, ...]:
        """The errors, then the notices, one line each."""
        errors = _first_lines([row.reason for row in self.wrong], MAX_ERROR_MESSAGES)
        return (*errors, *self.notices)

    @property
    def refusal(self) -> str:
        """Why the file is rejected, in one line."""
        first, count = self.wrong[0].reason, len(self.wrong)
        if count == 1:
            return first
        message = deferred(
            "{name}: {wrong:,} of {all:,} rows are wrong; mend them, or take the good rows only;"
            " the first: {first}"
        )
        if count == len(self.rows):
            message = deferred(
                "{name}: {wrong:,} of {all:,} rows are wrong; mend them; the first: {first}"
            )
        values = {"name": self.file.name, "wrong": count, "all": len(self.rows), "first": first}
        return translate_deferred(message, **values)


def plan_event_import(
    file: EventFileRows,
    existing: Iterable[Event],
    *,
    good_rows: bool = False,
    today: date | None = None,
) -> EventImportPlan:
    """Check every row of a file.

    An event that exists (in the catalogue, in a note, or earlier in the file) is left out with a
    notice, so that a second import adds nothing.

    Args:
        file: the rows of the file.
        existing: the events of the catalogue and the notes.
        good_rows: whether valid rows are imported where others are wrong.
        today: the day from which the limit of two years ahead is counted.
    """
    planner = _ImportPlanner(today or datetime.now(UTC).date(), DuplicateIndex.of(existing))
    verdicts = tuple(planner.verdict(row) for row in file.rows)
    notices = (*file.messages, *planner.notices(), *_unsupported_field_messages(file))
    return EventImportPlan(file, verdicts, notices, good_rows)


def import_events(
    store: ImportStore, plan: EventImportPlan, author: str = ""
) -> tuple[ImportRecord | None, tuple[Event, ...]]:
    """Store the notes of a plan and the record of the import, in one transaction.

    Returns:
        The record, None where there was nothing to add; and the notes.

    Raises:
        InputError: the plan is rejected.
        StoreError: the store cannot be written; nothing was added.
    """
    if plan.status == "reject":
        raise InputError(plan.refusal)
    if not plan.notes:
        return None, ()
    count = {kind: sum(row.verdict == kind for row in plan.rows) for kind in ("duplicate", "wrong")}
    record = ImportRecord(
        file_name=plan.file.name,
        kind=plan.file.kind,
        sha256=plan.file.sha256,
        rows=len(plan.rows),
        added=len(plan.notes),
        duplicates=count["duplicate"],
        wrong=count["wrong"],
        author=clean_line(author)[:AUTHOR_LIMIT],
    )
    return store.import_notes(record, plan.notes)


def undo_import(store: ImportStore, import_id: str, author: str = "") -> ImportUndo:
    """Delete every note of an import that was not changed since, in one transaction.

    Raises:
        InputError: there is no such import, or it was undone before.
        StoreError: the store cannot be written; nothing was deleted.
    """
    return store.undo_import(import_id, clean_line(author)[:AUTHOR_LIMIT])


@dataclass(slots=True)
class _ImportPlanner:
    today: date
    known: DuplicateIndex
    duplicates: list[str] = field(default_factory=list)
    custom_categories: list[str] = field(default_factory=list)
    reading: list[str] = field(default_factory=list)

    def verdict(self, row: EventFileRow) -> RowVerdict:
        """The verdict on one row."""
        if row.event is None:
            return RowVerdict(row.place, "wrong", reason=row.wrong)
        try:
            note = self._note(row.place, row.event)
        except InputError as error:
            return RowVerdict(row.place, "wrong", reason=f"{row.place}, {error}")
        self.reading.extend(row.messages)
        same = self.known.find_duplicate(note)
        if same is not None:
            reason = _(
                "{place}: is already there ({same}) and is left out", place=row.place, same=same
            )
            self.duplicates.append(reason)
            return RowVerdict(row.place, "duplicate", note, reason, same)
        self.known.add(note, row.place)
        return RowVerdict(row.place, "new", note)

    def _note(self, place: str, event: Event) -> Event:
        clean = clean_draft(draft_from_event(event), self.today)
        if clean.category not in _CATEGORIES:
            self.custom_categories.append(
                _(
                    "{place}, column category: '{category}' is not on the list and is kept as a "
                    "category of your own",
                    place=place,
                    category=clean.category,
                )
            )
        return note_from_draft(clean)

    def notices(self) -> Iterator[str]:
        """What was left out or changed, one line each, limited for each kind."""
        for lines in (self.reading, self.duplicates, self.custom_categories):
            yield from _first_lines(lines, MAX_MESSAGES)


def _first_lines(lines: Sequence[str], limit: int) -> Iterator[str]:
    yield from lines[:limit]
    if len(lines) > limit:
        yield _("and {count} more rows like this", count=len(lines) - limit)


def _unsupported_field_messages(file: EventFileRows) -> Iterator[str]:
    dropped = [
        name
        for name in UNSUPPORTED_FIELDS
        if any(getattr(row.event, name) for row in file.rows if row.event)
    ]
    if dropped:
        hours = _("the kind of an hour and a first report")
        named = ", ".join(hours if name == "hours" else name for name in dropped)
        yield _(
            "{name}: notes do not keep {fields}; the rest of each row is taken",
            name=file.name,
            fields=named,
        )
