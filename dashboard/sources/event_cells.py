"""Cells that describe events become events: every field read strictly, or refused with place.

Text of this program's own export is read back as it was written: the quotes of the formula
guard, which only such a file carries, are taken off again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Container
from datetime import date, datetime, timedelta
from typing import Final, Protocol, TypeVar
from zoneinfo import ZoneInfo

from dashboard.domain.errors import InputError
from dashboard.domain.event import (
    MOSCOW,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Category,
    Event,
    Expected,
    Origin,
    Visibility,
)
from dashboard.domain.event_hour import Hour, HourKind
from dashboard.domain.formula_guard import unguard
from dashboard.sources.cells import is_web_address, lines_of_text, one_line, read_day, read_moment
from dashboard.sources.file_bytes import shown

T = TypeVar("T")

DATE: Final = "date"
COLUMNS: Final = frozenset(
    {
        DATE, "id", "time_utc", "zone", "end_date", "title", "actor", "category", "expected",
        "text", "source_name", "source_url", "tags", "series", "author", "origin", "confidence",
        "created", "updated", "revision", "visibility", "hour_kind", "reported_utc",
    }
)  # fmt: skip
OUR_EXPORT: Final = frozenset({"id", "origin", "revision", "time_utc"})
LIMITS: Final = {"title": TITLE_LIMIT, "text": TEXT_LIMIT, "source_url": 2_000}
OTHER_LIMIT: Final = 200
ONE_DAY: Final = timedelta(days=1)

_TAG: Final = re.compile(r"(?:\\.|[^;\\])+")


class EventCells(Protocol):
    """A table of text whose columns have the names of `COLUMNS`."""

    def column(self, name: str) -> list[str]:
        """The trimmed cells of a column; empty ones where there is no such column."""

    def place(self, row: int, column: str = "") -> str:
        """Where a cell stands, as messages say it."""


class EventReader:
    """Turns rows into events; collects in `notes` what was cut or left out.

    Args:
        cells: the table.
        is_ours: whether this program wrote it, so that tags with `;` inside come back.
        is_guarded: whether its text carries the quotes of the formula guard.
    """

    def __init__(self, cells: EventCells, *, is_ours: bool, is_guarded: bool) -> None:
        self._table = cells
        self._columns = {name: cells.column(name) for name in COLUMNS}
        self._ours = is_ours
        self._guarded = is_guarded
        self.notes: list[str] = []

    def event(self, row: int) -> Event:
        """The event of a row; its id is empty where the file gives none."""
        day = self._read(row, DATE, read_day)
        end_day = self._read(row, "end_date", read_day) if self._cell(row, "end_date") else None
        if end_day is not None and end_day < day:
            raise self._wrong(row, "end_date", f"{end_day} is before {day}; swap them")
        text = lines_of_text(self._unguarded(row, "text"))
        return Event(
            id=self._line(row, "id"),
            day=day,
            moment=self._moment(row, day),
            zone=self._zone(row),
            end_day=end_day,
            title=self._line(row, "title"),
            text=self._cut(row, "text", text),
            category=self._category(row),
            expected=self._expected(row),
            actor=self._line(row, "actor"),
            source_name=self._line(row, "source_name"),
            source_url=self._link(row),
            confidence=self._line(row, "confidence"),
            tags=self._tags(row),
            author=self._line(row, "author"),
            series=self._line(row, "series") or None,
            origin=Origin.FILE,
            created=self._stamp(row, "created", day),
            updated=self._stamp(row, "updated", day),
            revision=self._revision(row),
            visibility=self._visibility(row),
            hours=self._hours(row, day),
        )

    def _cell(self, row: int, column: str) -> str:
        return self._columns[column][row]

    def _unguarded(self, row: int, column: str) -> str:
        cell = self._cell(row, column)
        return unguard(cell) if self._guarded else cell

    def _line(self, row: int, column: str) -> str:
        cell = self._unguarded(row, column)
        return self._cut(row, column, one_line(cell)) if cell else ""

    def _cut(self, row: int, column: str, text: str) -> str:
        limit = LIMITS.get(column, OTHER_LIMIT)
        if len(text) <= limit:
            return text
        place = self._table.place(row, column)
        self.notes.append(f"{place}: {len(text):,} characters were cut to {limit:,}; shorten it")
        return text[: limit - 1].rstrip() + "…"

    def _read(self, row: int, column: str, read: Callable[[str], T]) -> T:
        try:
            return read(self._cell(row, column))
        except ValueError as error:
            raise self._wrong(row, column, str(error)) from None

    def _wrong(self, row: int, column: str, reason: str) -> InputError:
        return InputError(f"{self._table.place(row, column)}: {reason}")

    def _moment(self, row: int, day: date) -> datetime | None:
        moment = self._stamp(row, "time_utc", day)
        if moment is None:
            return None
        local = moment.astimezone(ZoneInfo(MOSCOW)).date()
        if abs(local - day) > ONE_DAY:
            reason = f"{moment:%Y-%m-%d %H:%M} UTC is {local} in Moscow, not {day}; correct one"
            raise self._wrong(row, "time_utc", reason)
        return moment

    def _hours(self, row: int, day: date) -> tuple[Hour, ...]:
        """What the columns of hours say beyond the moment, which by itself is a statement."""
        kind = self._line(row, "hour_kind").casefold()
        if kind and kind not in set(HourKind):
            reason = f"'{shown(kind)}' is unknown; write {', '.join(HourKind)} or nothing"
            raise self._wrong(row, "hour_kind", reason)
        moment, reported = self._moment(row, day), self._stamp(row, "reported_utc", day)
        found = [] if reported is None else [Hour(reported, HourKind.PUBLISHED)]
        if moment is not None and kind == HourKind.PUBLISHED:
            reason = "goes with reported_utc; move the clock time there, or write statement"
            raise self._wrong(row, "hour_kind", reason)
        if moment is not None and (kind == HourKind.SCHEDULED or found):
            found.insert(0, Hour(moment, kind or HourKind.STATEMENT))
        return tuple(found)

    def _stamp(self, row: int, column: str, day: date) -> datetime | None:
        if not self._cell(row, column):
            return None
        return self._read(row, column, lambda cell: read_moment(cell, day))

    def _zone(self, row: int) -> str:
        name = self._line(row, "zone")
        try:
            return ZoneInfo(name).key if name else MOSCOW
        except (KeyError, ValueError, OSError):
            reason = f"'{shown(name)}' is no time zone; write it like Europe/Moscow"
            raise self._wrong(row, "zone", reason) from None

    def _category(self, row: int) -> str:
        """A word of the closed list in its own spelling, or the file's own word."""
        cell = self._line(row, "category")
        return Category(cell.casefold()) if cell.casefold() in set(Category) else cell or "other"

    def _expected(self, row: int) -> str:
        cell = self._line(row, "expected").casefold()
        if cell and cell not in set(Expected):
            reason = f"'{shown(cell)}' is unknown; write {', '.join(Expected)} or nothing"
            raise self._wrong(row, "expected", reason)
        return Expected(cell) if cell else Expected.UNCLEAR

    def _visibility(self, row: int) -> str:
        """Who may see it; a word that is not known is refused, for it may mean nobody."""
        cell = self._line(row, "visibility").casefold()
        if cell and cell not in set(Visibility):
            reason = f"'{shown(cell)}' is unknown; write {' or '.join(Visibility)}"
            raise self._wrong(row, "visibility", reason)
        return Visibility(cell) if cell else Visibility.SHARED

    def _link(self, row: int) -> str:
        link = self._line(row, "source_url")
        if link and not is_web_address(link):
            place = self._table.place(row, "source_url")
            self.notes.append(f"{place}: '{shown(link)}' is no web address and was left out")
            return ""
        return link

    def _tags(self, row: int) -> tuple[str, ...]:
        r"""Tags between `;`; in our own export `\;` and `\\` stand for the signs themselves."""
        cell = self._unguarded(row, "tags")
        if self._ours:
            found = [re.sub(r"\\(.)", r"\1", tag) for tag in _TAG.findall(cell)]
        else:
            found = cell.split(";")
        return tuple(dict.fromkeys(tag for tag in map(one_line, found) if tag))

    def _revision(self, row: int) -> int:
        cell = self._cell(row, "revision")
        if cell and not re.fullmatch(r"[0-9]{1,9}", cell):
            raise self._wrong(row, "revision", f"'{shown(cell)}' is no number; leave it empty")
        return int(cell or 0)


def made_id(event: Event, seen: Container[str]) -> str:
    """An id from title and date that is the same at every reading, and used by no other row."""
    ascii_only = unicodedata.normalize("NFKD", event.title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:60].strip("-")
    if not slug:
        digest = hashlib.sha256(event.title.encode("utf-8")).hexdigest()[:8]
        slug = f"event-{digest}" if event.title else "event"
    made, count = f"{slug}-{event.day}", 1
    while made in seen:
        count += 1
        made = f"{slug}-{event.day}-{count}"
    return made
