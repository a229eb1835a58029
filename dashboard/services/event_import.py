"""Import of event files as notes: a plan with a verdict for each row, the import and its undoing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Final, Literal, Protocol, TypeAlias

from dashboard.export.csv_tables import CsvDialect, csv_bytes
from dashboard.export.schemas import WRONG_ROWS
from dashboard.models.errors import InputError
from dashboard.models.event import Category, Event, Origin
from dashboard.models.user_files import EventFileRow, EventFileRows, ImportRecord, ImportUndo
from dashboard.services.events import DuplicateIndex
from dashboard.services.notes import AUTHOR_LIMIT, Draft, clean_draft, clean_line

# ------------------------------------------------------------
# Import events: a file of events becomes notes, each row with its verdict; undone as a whole.


EventImportStatus: TypeAlias = Literal["accept", "warn", "reject"]
RowStatus: TypeAlias = Literal["new", "duplicate", "wrong"]

DRAFT_FIELDS: Final = tuple(each.name for each in fields(Draft))
UNSUPPORTED_FIELDS: Final = ("actor", "source_name", "series", "confidence", "hours")
"""What an event of a file may have and a note has no place for."""
MAX_MESSAGES: Final = 10
MAX_ERROR_MESSAGES: Final = 1_000


class ImportStore(Protocol):
    """Where notes and imports are kept; every method raises StoreError where the store fails."""

    def import_notes(
        self, record: ImportRecord, notes: Sequence[Event]
    ) -> tuple[ImportRecord, tuple[Event, ...]]:
        """Store notes and where they came from, all or nothing."""
        ...

    def imports(self) -> tuple[ImportRecord, ...]:
        """Every import, the newest first."""
        ...

    def undo_import(self, import_id: str, who: str = "") -> ImportUndo:
        """Remove the notes of an import; those that were changed since stay."""
        ...


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """What would become of one row.

    Attributes:
        place: `file.csv, row 3 (line 4)`.
        verdict: new, duplicate or wrong.
        note: the note it would be; None where it is wrong.
        reason: whose duplicate it is, or why it is wrong, with its place and what to do.
    """

    place: str
    verdict: RowStatus
    note: Event | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EventImportPlan:
    """What an import would do, row by row, and what a person should know."""

    file: EventFileRows
    rows: tuple[RowVerdict, ...]
    told: tuple[str, ...]
    imports_valid_rows: bool = False

    @property
    def notes(self) -> tuple[Event, ...]:
        """The notes to add; none where the file is rejected."""
        new = tuple(row.note for row in self.rows if row.verdict == "new" and row.note)
        return new if self.status != "reject" else ()

    @property
    def wrong(self) -> tuple[RowVerdict, ...]:
        """The rows that cannot be taken."""
        return tuple(row for row in self.rows if row.verdict == "wrong")

    @property
    def status(self) -> EventImportStatus:
        """`reject` where a row is wrong, unless the good rows are wanted and there is one."""
        wrong = len(self.wrong)
        if wrong and (not self.imports_valid_rows or wrong == len(self.rows)):
            return "reject"
        return "warn" if self.messages else "accept"

    @property
    def messages(self) -> tuple[str, ...]:
        """What is wrong, then what a person should know, one line each."""
        return (*_first_lines([row.reason for row in self.wrong], MAX_ERROR_MESSAGES), *self.told)

    @property
    def refusal(self) -> str:
        """One line that says why the file is rejected."""
        first, count = self.wrong[0].reason, len(self.wrong)
        if count == 1:
            return first
        rest = "" if count == len(self.rows) else ", or take the good rows only"
        of = f"{count:,} of {len(self.rows):,} rows are wrong"
        return f"{self.file.name}: {of}; mend them{rest}; the first: {first}"


def plan_event_import(
    file: EventFileRows,
    already: Iterable[Event],
    *,
    good_rows: bool = False,
    today: date | None = None,
) -> EventImportPlan:
    """Check every row of a file and say what would become of it.

    An event that is already there (in the catalogue, in a note, or further up in the file) is
    left out and told, so that a second import adds nothing.

    Args:
        file: as it was read.
        already: the catalogue and the notes.
        good_rows: whether the good rows are taken where others are wrong.
        today: the day from which "at most two years ahead" counts.
    """
    planner = _ImportPlanner(today or datetime.now(UTC).date(), DuplicateIndex.of(already))
    verdicts = tuple(planner.verdict(row) for row in file.rows)
    told = (*file.messages, *planner.told(), *_unsupported_field_messages(file))
    return EventImportPlan(file, verdicts, told, good_rows)


def import_events(
    store: ImportStore, plan: EventImportPlan, who: str = ""
) -> tuple[ImportRecord | None, tuple[Event, ...]]:
    """Store the notes of a plan, and where they came from, in one transaction.

    Returns:
        The import on record, None where there was nothing to add; and the notes.

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
        who=clean_line(who)[:AUTHOR_LIMIT],
    )
    return store.import_notes(record, plan.notes)


def list_imports(store: ImportStore) -> tuple[ImportRecord, ...]:
    """Every import of a file, the newest first."""
    return store.imports()


def undo_import(store: ImportStore, import_id: str, who: str = "") -> ImportUndo:
    """Remove every note that came with a file and was not changed since, in one go.

    Raises:
        InputError: there is no such import, or it was undone before.
        StoreError: the store cannot be written; nothing was removed.
    """
    return store.undo_import(import_id, clean_line(who)[:AUTHOR_LIMIT])


@dataclass(slots=True)
class _ImportPlanner:
    today: date
    known: DuplicateIndex
    twice: list[str] = field(default_factory=list)
    custom_categories: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def verdict(self, row: EventFileRow) -> RowVerdict:
        """Whether a row becomes a note, is there already, or is wrong."""
        if row.event is None:
            return RowVerdict(row.place, "wrong", reason=row.wrong)
        try:
            note = self._note(row.place, row.event)
        except InputError as error:
            return RowVerdict(row.place, "wrong", reason=f"{row.place}, {error}")
        self.read.extend(row.told)
        same = self.known.find_duplicate(note)
        if same is not None:
            reason = f"{row.place}: is already there ({same}) and is left out"
            self.twice.append(reason)
            return RowVerdict(row.place, "duplicate", note, reason)
        self.known.add(note, row.place)
        return RowVerdict(row.place, "new", note)

    def _note(self, place: str, event: Event) -> Event:
        draft = Draft(**{name: getattr(event, name) for name in DRAFT_FIELDS})
        clean = clean_draft(draft, self.today)
        if clean.category not in set(Category):
            self.custom_categories.append(
                f"{place}, column category: '{clean.category}' is not on the list and is kept as"
                " a category of your own"
            )
        values = {name: getattr(clean, name) for name in DRAFT_FIELDS}
        return Event(id="", origin=Origin.NOTE, **values)

    def told(self) -> Iterator[str]:
        """What was left out or changed, one line each; of many lines the first."""
        for lines in (self.read, self.twice, self.custom_categories):
            yield from _first_lines(lines, MAX_MESSAGES)


def _first_lines(lines: Sequence[str], most: int) -> Iterator[str]:
    yield from lines[:most]
    if len(lines) > most:
        yield f"and {len(lines) - most} more rows like this"


def _unsupported_field_messages(file: EventFileRows) -> Iterator[str]:
    lost = [
        name
        for name in UNSUPPORTED_FIELDS
        if any(getattr(row.event, name) for row in file.rows if row.event)
    ]
    if lost:
        named = ", ".join(lost).replace("hours", "the kind of an hour and a first report")
        yield f"{file.name}: notes do not keep {named}; the rest of each row is taken"


# ------------------------------------------------------------
# Export imports: the rows of a file that cannot be taken, as a table to mend them by.


_COLUMN_MESSAGE: Final = re.compile(r"column (?P<column>[^:]*): (?P<reason>.*)", re.DOTALL)


def invalid_rows_csv(rows: Iterable[RowVerdict], flavour: CsvDialect = "plain") -> bytes:
    """`wrong_rows.csv`: where each row stands, the column and what is wrong with it."""
    return csv_bytes(WRONG_ROWS, (invalid_row(row) for row in rows), flavour)


def invalid_row(row: RowVerdict) -> tuple[str, str, str]:
    """Row, column and reason of one row; the column is empty where it is the whole row."""
    told = row.reason.removeprefix(row.place).lstrip(",: ")
    found = _COLUMN_MESSAGE.fullmatch(told)
    return (row.place, found["column"], found["reason"]) if found else (row.place, "", told)
