"""A grid under the names of our fields, with its days and times brought to one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dashboard.domain.event import MOSCOW
from dashboard.domain.imports import DateQuestion, Reading
from dashboard.sources.day_order import both_days, order_days
from dashboard.sources.event_files.grid import Grid
from dashboard.sources.event_files.moments import Clock, read_clock
from dashboard.sources.file_bytes import shown
from dashboard.sources.written_days import split_moment, written_day

MIDNIGHT: Final = frozenset({"0:00", "00:00", "00:00:00", "0:00:00", "00:00:00.000"})


@dataclass(slots=True)
class NamedCells:
    """Columns of text by field.

    Attributes:
        grid: where they come from.
        fields: the column of each field, as the file calls it.
        cells: trimmed cells by field; `time` is resolved into `time_utc`.
        wrong: why a row cannot be read, with its place, by its index.
        told: what a person should know.
        dates: which comes first in dates that can be two.
        zoneless: how many times of day came without a zone of their own.
    """

    grid: Grid
    fields: Mapping[str, str]
    cells: dict[str, list[str]]
    wrong: dict[int, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    dates: DateQuestion | None = None
    zoneless: int = 0

    def column(self, name: str) -> list[str]:
        """The cells of a field; empty ones where the file has none."""
        return self.cells.get(name) or [""] * len(self.grid.rows)

    def place(self, row: int, column: str = "") -> str:
        """`file.csv, row 3 (line 4), column Дата`."""
        where = f"{self.grid.name}, {self.grid.where[row]}"
        return f"{where}, column {shown(self.fields.get(column, column))}" if column else where

    def mark_wrong(self, row: int, column: str, reason: str) -> None:
        """Remember the first reason why a row is wrong."""
        self.wrong.setdefault(row, f"{self.place(row, column)}: {reason}")


def name_cells(grid: Grid, fields: Mapping[str, str], reading: Reading) -> NamedCells:
    """The cells of a grid by field; days are ISO where they are certain, times are UTC.

    Args:
        grid: the file.
        fields: the column of each field.
        reading: the order of dates and the zone of times, where a person said them.
    """
    named = NamedCells(grid, fields, {})
    for name, column in fields.items():
        index = grid.header.index(column)
        named.cells[name] = [row[index] for row in grid.rows]
    for row, reason in grid.wrong.items():
        named.wrong[row] = f"{named.place(row)}: {reason}"
    split = _split_dates(named)
    _order(named, reading)
    _resolve_times(named, split, reading)
    return named


def _split_dates(named: NamedCells) -> list[tuple[str, str]]:
    """Take the time of day out of the date cells; time and zone of each row."""
    ends = [written_day(split_moment(cell)[0]) for cell in named.column("end_date")]
    parts = [split_moment(cell) for cell in named.column("date")]
    named.cells["end_date"] = ends
    named.cells["date"] = [written_day(day) for day, _, _ in parts]
    if all(time in MIDNIGHT for _, time, _ in parts if time):
        return [("", "")] * len(parts)  # a spreadsheet's way to write a day
    return [(time, zone) for _, time, zone in parts]


def _order(named: NamedCells, reading: Reading) -> None:
    both = [*named.cells["date"], *named.cells["end_date"]]
    rows = len(named.grid.rows)
    ordered = order_days(both, reading.dates)
    named.cells["date"], named.cells["end_date"] = ordered.cells[:rows], ordered.cells[rows:]
    for index, reason in ordered.wrong.items():
        column = "date" if index < rows else "end_date"
        named.mark_wrong(index % rows, column, reason)
    if ordered.told:
        named.told.append(f"{named.grid.name}: {ordered.told}")
    if ordered.open_cell:
        named.dates = DateQuestion(
            shown(ordered.open_cell), *both_days(ordered.open_cell), ordered.order
        )


def _resolve_times(named: NamedCells, split: list[tuple[str, str]], reading: Reading) -> None:
    stated, zones = named.column("time_utc"), named.column("zone")
    utc = list(stated)
    for row, ((time, zone), own) in enumerate(zip(split, named.column("time"), strict=True)):
        if row in named.wrong or not (time or own):
            continue
        if (time and own) or stated[row]:
            named.mark_wrong(row, "date", "the time of day is given twice; keep one of the two")
            continue
        place = zones[row] or reading.zone
        clock = Clock(named.cells["date"][row], time or own, zone, place or MOSCOW)
        try:
            read = read_clock(clock)
        except ValueError as error:
            named.mark_wrong(row, "date" if time else "time", str(error))
            continue
        if read.is_moved:
            told = f"{named.cells['date'][row]} with its offset is {read.day} in Moscow"
            named.told.append(f"{named.place(row)}: {told}, which was taken")
        utc[row] = read.utc
        named.cells["date"][row] = read.day
        named.zoneless += read.took_zone and not zones[row]
    named.cells["time_utc"] = utc
    if reading.zone and not any(zones):
        named.cells["zone"] = [reading.zone if moment else "" for moment in utc]
    if named.zoneless and not reading.zone:
        named.told.append(
            f"{named.grid.name}: {named.zoneless} times have no zone and were read as {MOSCOW}; say"
            " --zone NAME if they are of another"
        )
