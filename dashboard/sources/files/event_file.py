"""Event files of every format, read row by row into an event or the reason why it is none."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, Event, Expected
from dashboard.models.messages import at_place, deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.user_files import (
    DateOrderQuestion,
    EventFileOptions,
    EventFileOutline,
    EventFileRow,
    EventFileRows,
)
from dashboard.sources.files import delimited_file, excel_file, icalendar_file, json_file
from dashboard.sources.files.date_formats import (
    WEEKDAYS,
    LocalTime,
    ambiguous_days,
    resolve_day_order,
    resolve_time,
    split_date_time,
    split_range,
    split_weekday,
    to_24_hour_time,
    to_iso_date,
)
from dashboard.sources.files.event_grid import (
    EXPORT_COLUMNS,
    MAX_BYTES,
    NUMBER_FIELDS,
    ONE_DAY,
    EventGrid,
    EventReader,
    choose_columns,
    generate_event_id,
    infer_columns,
    match_columns,
    stated_zone,
)
from dashboard.sources.files.text import (
    CellError,
    check_size,
    display_name,
    display_text,
    parse_day,
    parse_moment,
    read_bytes,
    unsupported_format_error,
)
from dashboard.sources.files.typed_columns import read_number_column

_MIDNIGHT: Final = re.compile(r"0?0:00(?::00(?:[.,]0+)?)?|24:00(?::00)?")
_QUANTITY: Final = re.compile(
    r"(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+|[+-]?\.?[0-9][^%A-Za-z]*?|[^0-9]*)"
    r"\s?(?P<mark>%|(?<=[0-9])[KMBTkmbt])?"
)
_MULTIPLES: Final = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
HOURLESS_MARKS: Final = frozenset(
    {
        "all day", "all-day", "allday", "whole day", "full day", "tentative", "tbd", "tba", "tbc",
        "n/a", "na", "none", "unknown", "not set", "-", "–", "—", "?", "весь день", "целый день",
        "уточняется", "неизвестно", "не указано", "нет",
    }
)  # fmt: skip
"""What calendars and sheets write where there is no hour."""
ALL_DAY_FLAGS: Final = frozenset({"true", "yes", "y", "1", "x", "да", "истина", "всего дня"})
_UNSUPPORTED_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0", deferred("an old Excel workbook (.xls), or one with a password"),
     deferred("save it as .xlsx without one")),
    (b"\x1f\x8b", deferred("a gzip archive"), deferred("unpack it first")),
    (b"Rar!", deferred("a RAR archive"), deferred("unpack it first")),
    (b"7z\xbc\xaf", deferred("a 7z archive"), deferred("unpack it first")),
    (b"BZh", deferred("a bzip2 archive"), deferred("unpack it first")),
    (b"\xfd7zXZ", deferred("an xz archive"), deferred("unpack it first")),
    (b"%PDF", deferred("a PDF"), deferred("put the events into a table")),
    (b"{\\rtf", deferred("a rich text document"), deferred("put the events into a table")),
    (b"SQLite format 3", deferred("a SQLite database"), deferred("export the table as CSV")),
    (b"PAR1", deferred("a Parquet file"), deferred("export it as CSV")),
    (b"\x89PNG", deferred("a picture"), deferred("type the events into a table")),
    (b"\xff\xd8\xff", deferred("a picture"), deferred("type the events into a table")),
    (b"GIF8", deferred("a picture"), deferred("type the events into a table")),
    (b"\x7fELF", deferred("a program"), deferred("give a file of events")),
    (b"MZ\x90", deferred("a program"), deferred("give a file of events")),
)  # fmt: skip
_MARKUP: Final = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    rb"<(?P<tag>!doctype\s+\w+|[a-z][\w:.-]*)",
    re.IGNORECASE | re.DOTALL,
)
_FEED_TAGS: Final = frozenset({b"rss", b"feed", b"rdf:rdf"})
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FILE_EXTENSIONS: Final = {
    "csv": delimited_file.KIND, "tsv": delimited_file.KIND, "txt": "", "xlsx": excel_file.KIND,
    "xlsm": excel_file.KIND, "json": json_file.KIND, "ics": icalendar_file.KIND,
}  # fmt: skip


def read_event_rows(
    source: Path | bytes,
    options: EventFileOptions,
    today: date,
    *,
    name: str = "",
    is_study: bool = False,
) -> EventFileRows:
    """Read CSV, Excel, JSON or iCalendar; the content decides about the format, not the name.

    Args:
        source: a path, or the bytes of an upload.
        options: what the user states about the file.
        today: the day from which "at most two years ahead" counts.
        name: of an upload in messages.
        is_study: whether a file without titles is read, and every field of an export.

    Raises:
        InputError: the file as a whole cannot be read; one line with what to do.
    """
    name = display_name(name or (source.name if isinstance(source, Path) else "file"))
    data = read_bytes(source, MAX_BYTES) if isinstance(source, Path) else source
    check_size(name, len(data), MAX_BYTES)
    grid = _read_grid(data, name, options, today)
    if options.sheet and grid.kind != excel_file.KIND:
        msg = _("{name} is {kind} and has no sheets", name=name, kind=grid.kind)
        raise InputError(msg, field="sheet", value=display_text(options.sheet))
    fields = _match_fields(grid, options, is_study=is_study)
    if not grid.rows:
        msg = _("{name}: has a header but no rows; add at least one", name=name)
        raise InputError(msg)
    forecast = _leave_out_forecasts(grid, fields, options)
    columns = build_columns(grid, fields, options)
    rows = _RowReader(columns).all()
    if is_study:
        rows = _with_further_columns(rows, grid, fields)
    return EventFileRows(
        name=name,
        kind=grid.kind,
        sha256=hashlib.sha256(data).hexdigest(),
        columns=tuple((column, field) for field, column in fields.items()),
        rows=rows,
        messages=(
            *_extension_messages(name, grid.kind),
            *grid.messages,
            *columns.messages,
            *forecast,
            *_unused_column_messages(grid, fields, is_study=is_study),
        ),
        dates=columns.dates,
        zoneless=columns.zoneless,
    )


def _with_further_columns(
    rows: tuple[EventFileRow, ...], grid: EventGrid, fields: Mapping[str, str]
) -> tuple[EventFileRow, ...]:
    """The rows with the cells that are no field, by which a study can regress its moves."""
    places = [(k, name) for k, name in enumerate(grid.header) if name not in {*fields.values(), ""}]
    if not places:
        return rows
    return tuple(
        row
        if row.event is None
        else replace(
            row, event=replace(row.event, further=tuple((name, cells[k]) for k, name in places))
        )
        for row, cells in zip(rows, grid.rows, strict=True)
    )


def outline_event_file(
    data: bytes, options: EventFileOptions, today: date, *, name: str = ""
) -> EventFileOutline:
    """The format, columns and sheets of an upload, before its rows are read.

    Args:
        data: the bytes of the upload.
        options: what the user has stated so far.
        today: the day from which "at most two years ahead" counts.
        name: in messages.

    Raises:
        InputError: it is no file that can be read; one line with what to do.
    """
    name = display_name(name or "file")
    check_size(name, len(data), MAX_BYTES)
    _reject_unsupported(data, name)
    if data.startswith(b"PK"):
        return excel_file.outline_workbook(data, name, options.sheet, options.columns)
    if _leading_text(data)[:15].upper() == "BEGIN:VCALENDAR":
        return EventFileOutline(icalendar_file.KIND)
    grid = _read_grid(data, name, options, today)
    mapping = infer_columns(grid.header, grid.rows, options.columns)
    return EventFileOutline(grid.kind, grid.header, match_columns(grid.header, mapping))


def _read_grid(data: bytes, name: str, options: EventFileOptions, today: date) -> EventGrid:
    _reject_unsupported(data, name)
    if data.startswith(b"PK"):
        return excel_file.read_workbook(data, name, options.sheet, options.columns)
    start = _leading_text(data)
    if start[:15].upper() == "BEGIN:VCALENDAR":
        _reject_mapping(name, icalendar_file.KIND, options)
        return icalendar_file.read_calendar(data, name, today)
    if start[:1] in {"[", "{"}:
        return json_file.read_json(data, name)
    return delimited_file.read_csv(data, name, options.columns)


def is_midnight(clock: str) -> bool:
    """Whether a time of day is 00:00."""
    return _MIDNIGHT.fullmatch(to_24_hour_time(clock.strip())) is not None


def _leading_text(data: bytes) -> str:
    """The first characters of a text in any encoding."""
    codec = "utf-16" if data[:2] in _BYTE_ORDER_MARKS else "utf-8-sig"
    return data[:400].decode(codec, "replace").lstrip("\ufeff \t\r\n")


def _reject_unsupported(data: bytes, name: str) -> None:
    for start, kind, advice in _UNSUPPORTED_SIGNATURES:
        if data.startswith(start):
            raise unsupported_format_error(name, kind, advice)
    match = _MARKUP.match(
        _leading_text(data)[:400].encode() if data[:2] in _BYTE_ORDER_MARKS else data[:4_000]
    )
    if not match and data.startswith(_BYTE_ORDER_MARKS[0]):
        match = _MARKUP.match(data[3:4_000])
    if match:
        tag = match["tag"].lower().split()
        message = deferred(
            "{name}: is XML, no file of events; export the events as CSV, Excel, JSON or iCalendar"
        )
        if tag[0] in _FEED_TAGS:
            message = deferred(
                "{name}: is a news feed (RSS or Atom), no file of events; export the events as CSV,"
                " Excel, JSON or iCalendar"
            )
        elif b"html" in tag:
            message = deferred(
                "{name}: is a web page, no file of events; save its table as CSV or Excel"
            )
        raise InputError(translate_deferred(message, name=name))


def _reject_mapping(name: str, kind: str, options: EventFileOptions) -> None:
    if options.columns:
        msg = _(
            "{name} is {kind}, whose fields are known; leave the mapping out", name=name, kind=kind
        )
        raise InputError(msg, field="map")


def _match_fields(grid: EventGrid, options: EventFileOptions, *, is_study: bool) -> dict[str, str]:
    if grid.kind == icalendar_file.KIND:
        return dict(icalendar_file.FIELDS)
    header_place = {json_file.KIND: "names", excel_file.KIND: "header"}.get(grid.kind, "line 1")
    mapping = infer_columns(grid.header, grid.rows, options.columns, is_study=is_study)
    fields = choose_columns(grid.name, grid.header, mapping, header_place, is_study=is_study)
    inferred = [
        f"{field} = {display_text(mapping[field])}"
        for field in mapping
        if field not in options.columns
    ]
    if inferred:
        grid.messages.append(
            _(
                "{name}: by their content, not their names: {columns}; say so if one holds"
                " something else",
                name=grid.name,
                columns=", ".join(inferred),
            )
        )
    return fields


def _leave_out_forecasts(
    grid: EventGrid, fields: dict[str, str], options: EventFileOptions
) -> list[str]:
    """Take a column `Expected` of an economic calendar for forecasts: it has no directions."""
    column = fields.get("expected")
    if column is None or "expected" in options.columns:
        return []
    index = grid.header.index(column)
    texts = {row[index].casefold() for row in grid.rows if row[index]}
    if texts & set(Expected) or not any(re.search("[0-9]", text) for text in texts):
        return []
    del fields["expected"]
    fields.setdefault("value_expected", column)
    return [
        _(
            "{name}: the column {column} holds no directions ({expected}) and was read as expected"
            " values",
            name=grid.name,
            column=display_text(column),
            expected=", ".join(Expected),
        )
    ]


def _extension_messages(name: str, kind: str) -> list[str]:
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if _FILE_EXTENSIONS.get(ending, kind) in {kind, ""}:
        return []
    return [
        _("{name}: is {kind} whatever its name says, and was read as that", name=name, kind=kind)
    ]


def _unused_column_messages(
    grid: EventGrid, fields: dict[str, str], *, is_study: bool
) -> list[str]:
    if grid.kind == icalendar_file.KIND:
        return []
    messages = []
    if "title" not in fields and not is_study:
        messages.append(_("{name}: has no column of titles; the ids were taken", name=grid.name))
    unused = [name for name in grid.header if name and name not in fields.values()]
    if unused:
        messages.append(
            _(
                "{name}: not used: {unused}",
                name=grid.name,
                unused=display_text(", ".join(unused), 120),
            )
        )
    return messages


# ---- columns by field


@dataclass(slots=True)
class EventColumns:
    """The cells of a file by field.

    Attributes:
        grid: the file.
        fields: the column of each field, as named in the file.
        cells: trimmed cells by field; `time` is resolved into `time_utc`.
        wrong: why a row cannot be read, with its place, by its index.
        messages: for the user.
        dates: the question about the order of day and month, where a date is ambiguous.
        zoneless: the number of times of day without a zone of their own.
        whole_days: rows whose flag says that they last the whole day.
    """

    grid: EventGrid
    fields: Mapping[str, str]
    cells: dict[str, list[str]]
    wrong: dict[int, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    dates: DateOrderQuestion | None = None
    zoneless: int = 0
    whole_days: set[int] = field(default_factory=set)

    @property
    def is_export(self) -> bool:
        """Whether this program wrote the file."""
        return {column.casefold() for column in self.grid.header} >= EXPORT_COLUMNS

    def column(self, name: str) -> list[str]:
        """The cells of a field; empty ones where the file has none."""
        return self.cells.get(name) or [""] * len(self.grid.rows)

    def place(self, row: int, column: str = "") -> str:
        """`file.csv, row 3 (line 4), column Дата`."""
        row_place = _("{name}, {row}", name=self.grid.name, row=self.grid.places[row])
        if not column:
            return row_place
        name = display_text(self.fields.get(column, column))
        return _("{place}, column {column}", place=row_place, column=name)

    def mark_invalid(self, row: int, column: str, reason: str) -> None:
        """Store the first reason why a row is wrong."""
        self.wrong.setdefault(row, at_place(self.place(row, column), reason))


def build_columns(
    grid: EventGrid, fields: Mapping[str, str], options: EventFileOptions
) -> EventColumns:
    """The cells of a grid by field; days are ISO where they are certain, times are UTC.

    Args:
        grid: the file.
        fields: the column of each field.
        options: the order of dates and the zone of times, where the user states them.
    """
    columns = EventColumns(grid, fields, {})
    for name, column in fields.items():
        index = grid.header.index(column)
        columns.cells[name] = [row[index] for row in grid.rows]
    for row, reason in grid.wrong.items():
        columns.wrong[row] = at_place(columns.place(row), reason)
    split, weekdays = _split_dates_and_times(columns)
    _clear_times_of_days(columns, split)
    _apply_day_order(columns, options)
    _check_weekdays(columns, weekdays)
    _resolve_times(columns, split, options)
    _shorten_exclusive_ends(columns)
    _read_numbers(columns, options)
    return columns


def _split_dates_and_times(
    columns: EventColumns,
) -> tuple[list[tuple[str, str]], list[int | None]]:
    """Leave the days in the date cells; returns time and zone, and the weekday, of each row."""
    ends = columns.column("end_date")
    columns.cells["end_date"] = [to_iso_date(split_date_time(cell)[0]) for cell in ends]
    columns.cells["date"] = list(columns.column("date"))
    times: list[tuple[str, str]] = []
    weekdays: list[int | None] = []
    for row, cell in enumerate(columns.cells["date"]):
        written, weekday = split_weekday(cell)
        first, last = split_range(written)
        last_day = split_date_time(split_weekday(last)[0])[0]
        if last and ":" not in last_day:
            if ends[row]:
                columns.mark_invalid(row, "end_date", _("the last day is given twice; keep one"))
            columns.cells["end_date"][row] = to_iso_date(last_day)
        day, time, zone = split_date_time(split_weekday(first)[0])
        columns.cells["date"][row] = to_iso_date(day)
        times.append((time, zone))
        weekdays.append(weekday)
    return times, weekdays


def _clear_times_of_days(columns: EventColumns, split: list[tuple[str, str]]) -> None:
    """Remove what stands for "no hour": midnight, `All Day`, the flag of a whole day.

    A column of dates written with midnight needs no message: spreadsheets write days like that.
    """
    clocks = list(columns.column("time"))
    has_clocks = any(clocks) or any(zone for _, zone in split)
    flags = [flag.casefold() in ALL_DAY_FLAGS for flag in columns.column("all_day")]
    midnights: list[int] = []
    hourless: Counter[str] = Counter()
    for row, ((time, zone), clock) in enumerate(zip(split, clocks, strict=True)):
        if clock.casefold() in HOURLESS_MARKS:
            hourless[clock] += 1
            clocks[row] = ""
        elif is_midnight(time) or is_midnight(clock):
            midnights.append(row)
            split[row], clocks[row] = ("", zone), ""
        if flags[row]:
            split[row], clocks[row] = ("", ""), ""
    columns.cells["time"] = clocks
    columns.whole_days.update(row for row, flag in enumerate(flags) if flag)
    unflagged = [row for row in midnights if not flags[row]]
    if unflagged and (has_clocks or any(time for time, _ in split)):
        columns.messages.append(_hourless_message(columns.grid.name, "00:00", len(unflagged)))
    for word, count in hourless.items():
        columns.messages.append(_hourless_message(columns.grid.name, word, count))


def _hourless_message(name: str, word: str, count: int) -> str:
    if word == "00:00":
        return plural(
            "{name}: {n} time 00:00 (midnight) was read as a day without an hour; where midnight"
            " itself is meant, write 00:01",
            "{name}: {n} times 00:00 (midnight) were read as days without an hour; where midnight"
            " itself is meant, write 00:01",
            count,
            name=name,
        )
    return plural(
        "{name}: {n} time '{word}' was read as a day without an hour",
        "{name}: {n} times '{word}' were read as days without an hour",
        count,
        name=name,
        word=display_text(word),
    )


def _check_weekdays(columns: EventColumns, weekdays: list[int | None]) -> None:
    """Say where the day of the week in a cell is not that of its date."""
    for row, weekday in enumerate(weekdays):
        if weekday is None or row in columns.wrong:
            continue
        with suppress(ValueError):  # reported when the row is read
            day = parse_day(columns.cells["date"][row])
            if day.weekday() != weekday:
                columns.messages.append(
                    _(
                        "{place}: {day} is a {weekday}, not a {written}; check the date",
                        place=columns.place(row, "date"),
                        day=day,
                        weekday=WEEKDAYS[day.weekday()],
                        written=WEEKDAYS[weekday],
                    )
                )


def _shorten_exclusive_ends(columns: EventColumns) -> None:
    """End an event on the day before the midnight at which it ends, as calendars write it."""
    stated = columns.column("end_time")
    ends = columns.cells["end_date"]
    for row, clock in enumerate(stated):
        if ends[row] and is_midnight(clock):
            with suppress(ValueError):  # reported when the row is read
                first, last = parse_day(columns.cells["date"][row]), parse_day(ends[row])
                ends[row] = (last - ONE_DAY).isoformat() if last - ONE_DAY > first else ""


def _read_numbers(columns: EventColumns, options: EventFileOptions) -> None:
    """Write released and expected values as plain numbers: `21.00%` is 21 with the unit %.

    A column that only its common name made one of numbers is left out if it has other content.
    """
    units = list(columns.column("value_unit"))
    for name in NUMBER_FIELDS:
        cells = [_QUANTITY.fullmatch(cell.replace("−", "-")) for cell in columns.column(name)]
        texts = [match["number"] if match else "?" for match in cells]
        marks = [match["mark"].upper() if match and match["mark"] else "" for match in cells]
        try:
            values = _finite_numbers(texts)
        except CellError as error:
            is_stated = name in options.columns or columns.fields.get(name, "").lower() == name
            _refuse_numbers(columns, name, error.index, is_stated=is_stated)
            continue
        columns.cells[name] = [
            "" if math.isnan(value) else repr(float(value) * _MULTIPLES.get(mark, 1.0))
            for value, mark in zip(values, marks, strict=True)
        ]
        units = [unit or (mark if mark == "%" else "")
                 for unit, mark in zip(units, marks, strict=True)]  # fmt: skip
    columns.cells["value_unit"] = units


def _finite_numbers(texts: Sequence[str]) -> Sequence[float]:
    values = read_number_column(texts).values
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        raise CellError(int(infinite[0]), "infinite")
    return [float(value) for value in values]


def _refuse_numbers(columns: EventColumns, name: str, row: int, *, is_stated: bool) -> None:
    cell = display_text(columns.column(name)[row])
    if is_stated:
        columns.mark_invalid(
            row, name, _("'{cell}' is not a number; write it like 92.5", cell=cell)
        )
    else:
        columns.messages.append(
            _(
                "{place}: '{cell}' is not a number, and the column is not used",
                place=columns.place(row, name),
                cell=cell,
            )
        )
    columns.cells[name] = [""] * len(columns.grid.rows)


def _apply_day_order(columns: EventColumns, options: EventFileOptions) -> None:
    both = [*columns.cells["date"], *columns.cells["end_date"]]
    rows = len(columns.grid.rows)
    ordered = resolve_day_order(both, options.dates)
    columns.cells["date"], columns.cells["end_date"] = ordered.cells[:rows], ordered.cells[rows:]
    for index, reason in ordered.wrong.items():
        column = "date" if index < rows else "end_date"
        columns.mark_invalid(index % rows, column, reason)
    if ordered.message:
        columns.messages.append(f"{columns.grid.name}: {ordered.message}")
    if ordered.ambiguous_cell:
        columns.dates = DateOrderQuestion(
            display_text(ordered.ambiguous_cell),
            *ambiguous_days(ordered.ambiguous_cell),
            ordered.order,
        )


def _resolve_times(
    columns: EventColumns, split: list[tuple[str, str]], options: EventFileOptions
) -> None:
    """Write every time of day as UTC in `time_utc`; midnights that mean no hour become days."""
    stated, zones = columns.column("time_utc"), columns.column("zone")
    columns.cells["time_utc"] = [
        "" if row in columns.whole_days else cell for row, cell in enumerate(stated)
    ]
    zone = options.zone or _header_zone(columns)
    exact = []
    for row, (time, mark) in enumerate(split):
        clock = time or columns.cells["time"][row]
        if row in columns.wrong or not clock:
            continue
        if (time and columns.cells["time"][row]) or stated[row]:
            columns.mark_invalid(
                row, "date", _("the time of day is given twice; keep one of the two")
            )
            continue
        local_time = LocalTime(
            columns.cells["date"][row], clock, mark, zones[row] or zone or MOSCOW
        )
        if _resolve_row(columns, row, local_time, "date" if time else "time"):
            columns.zoneless += not zones[row]
        elif row not in columns.wrong:
            exact.append(row)
    _take_midnights_as_days(columns, exact, stated, zone or MOSCOW)
    if zone and not any(zones):
        columns.cells["zone"] = [zone if moment else "" for moment in columns.cells["time_utc"]]
    if columns.zoneless and not options.zone:
        columns.messages.append(_zoneless_message(columns, zone))


def _resolve_row(columns: EventColumns, row: int, local_time: LocalTime, column: str) -> bool:
    """Set day and moment of a row; whether its time has no zone of its own."""
    try:
        resolved = resolve_time(local_time)
    except ValueError as error:
        columns.mark_invalid(row, column, str(error))
        return False
    if resolved.is_day_shifted:
        columns.messages.append(
            _(
                "{place}: {cells} with its offset is {day} in Moscow, which was taken",
                place=columns.place(row),
                cells=columns.cells["date"][row],
                day=resolved.day,
            )
        )
    columns.cells["time_utc"][row] = resolved.utc
    columns.cells["date"][row] = resolved.day
    return resolved.used_default_zone


def _zoneless_message(columns: EventColumns, zone: str) -> str:
    if zone:
        column = display_text(columns.fields.get("time") or columns.fields["date"])
        return _(
            "{name}: the times are those of {zone}, as the column {column} says",
            name=columns.grid.name,
            zone=zone,
            column=column,
        )
    return _(
        "{name}: {zoneless} times have no zone and were read as {moscow}; say their time "
        "zone on import if it is another",
        name=columns.grid.name,
        zoneless=columns.zoneless,
        moscow=MOSCOW,
    )


def _header_zone(columns: EventColumns) -> str:
    """The zone that the name of the column of times, or of dates, states."""
    names = (columns.fields.get("time", ""), columns.fields["date"])
    return next(filter(None, map(stated_zone, names)), "")


def _take_midnights_as_days(
    columns: EventColumns, exact: list[int], stated: list[str], zone: str
) -> None:
    """Take moments as days where all of them are midnight in a zone: programs write days so.

    Args:
        columns: with the moments as UTC.
        exact: rows whose date has a moment with a zone of its own.
        stated: the column of moments in UTC, whose midnight has to be that of the date in the row.
        zone: in which they may be midnight.
    """
    written = [row for row, cell in enumerate(stated) if cell and not columns.is_export]
    rows = exact or written
    if len(rows) < sum(map(bool, columns.cells["time_utc"])):
        return
    local: dict[int, datetime] = {}
    for row in rows:
        try:
            day = parse_day(columns.cells["date"][row])
            moment = parse_moment(columns.cells["time_utc"][row], day).astimezone(ZoneInfo(zone))
        except (ValueError, LookupError, OSError):
            return
        if moment.time() != clock_time() or (rows is written and moment.date() != day):
            return
        local[row] = moment
    for row, moment in local.items():
        columns.cells["date"][row] = moment.date().isoformat()
        columns.cells["time_utc"][row] = ""
    if local:
        columns.messages.append(
            _(
                "{name}: every time is midnight in {zone}; they were read as days without an hour",
                name=columns.grid.name,
                zone=zone,
            )
        )


# ---- rows


class _RowReader:
    """Reads the rows of a file in order."""

    def __init__(self, columns: EventColumns) -> None:
        is_escaped = columns.is_export and columns.grid.kind != json_file.KIND
        self._columns = columns
        self._reader = EventReader(columns, is_export=columns.is_export, is_escaped=is_escaped)
        self._ids: dict[str, tuple[str, Event]] = {}

    def all(self) -> tuple[EventFileRow, ...]:
        """Every row, in file order."""
        return tuple(self._row(index) for index in range(len(self._columns.grid.rows)))

    def _row(self, index: int) -> EventFileRow:
        place = self._columns.place(index)
        reason = self._columns.wrong.get(index)
        if reason:
            return EventFileRow(place, wrong=reason)
        first_note = len(self._reader.notes)
        try:
            event = self._titled(index, self._reader.event(index))
        except InputError as error:
            return EventFileRow(place, wrong=str(error))
        return EventFileRow(place, event, messages=tuple(self._reader.notes[first_note:]))

    def _titled(self, index: int, event: Event) -> Event:
        """The event; in a file without titles the id is the title.

        Raises:
            InputError: another event has its id.
        """
        place = self._columns.grid.places[index]
        if event.id:
            first, known = self._ids.setdefault(event.id, (place, event))
            if known != event:
                msg = _(
                    "{place}: '{id}' is already in {first}; rename",
                    place=self._columns.place(index, "id"),
                    id=display_text(event.id),
                    first=first,
                )
                raise InputError(msg)
        if "title" not in self._columns.fields:
            return replace(event, title=event.id)
        return event


# ---- events of a study


@dataclass(frozen=True, slots=True)
class EventTable:
    """The events of a file in the order of their days, and messages for the user.

    `places` are the places of the events: `file.csv, row 3 (line 4)`.
    """

    name: str
    events: tuple[Event, ...]
    places: tuple[str, ...]
    messages: tuple[str, ...]
    sha256: str


def read_events(
    source: Path | bytes, options: EventFileOptions, today: date, *, name: str = ""
) -> EventTable:
    """Read a file of which every row has to be an event; a row given twice is one event.

    Args:
        source: a path, or the bytes of an upload.
        options: what the user states about the file.
        today: the day from which "at most two years ahead" counts.
        name: of an upload in messages.

    Raises:
        InputError: the file or a row of it cannot be read.
    """
    file = read_event_rows(source, options, today, name=name, is_study=True)
    first_of: dict[Event, str] = {}
    messages = list(file.messages)
    for row in file.rows:
        if row.event is None:
            raise InputError(row.wrong)
        messages.extend(row.messages)
        if row.event in first_of:
            messages.append(
                _(
                    "{place}: is the event of {first_of} again and was left out",
                    place=row.place,
                    first_of=first_of[row.event],
                )
            )
        first_of.setdefault(row.event, row.place)
    events = _with_ids(list(first_of))
    generated = sum(not event.id for event in first_of)
    if generated:
        messages.append(
            _(
                "{name}: {generated} events had no id; made from title and date",
                name=file.name,
                generated=generated,
            )
        )
    order = sorted(range(len(events)), key=lambda k: events[k].day)
    places = list(first_of.values())
    return EventTable(
        name=file.name,
        events=tuple(events[k] for k in order),
        places=tuple(places[k] for k in order),
        messages=tuple(messages),
        sha256=file.sha256,
    )


def _with_ids(events: list[Event]) -> list[Event]:
    """The events with an id and a title each."""
    seen = {event.id for event in events if event.id}
    named = []
    for event in events:
        event_id = event.id or generate_event_id(event, seen)
        seen.add(event_id)
        named.append(replace(event, id=event_id, title=event.title or event_id))
    return named
