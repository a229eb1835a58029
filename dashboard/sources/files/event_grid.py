"""Event grids, the common form of every file format: cells, fields of columns, strict events.

Text of an export of this program is read back as it was written: the quotes of the formula guard,
which only such a file has, are removed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol, TypeVar
from zoneinfo import ZoneInfo

from dashboard.models.errors import InputError
from dashboard.models.event import (
    EVENT_FIELDS,
    MOSCOW,
    Category,
    Event,
    EventField,
    Expected,
    Hour,
    HourKind,
    Origin,
    Visibility,
)
from dashboard.models.messages import at_place, deferred, join_or, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.user_files import EVENT_FILE_FIELDS, unescape_formula
from dashboard.sources.files.date_formats import is_date_text
from dashboard.sources.files.text import (
    display_text,
    find_column,
    is_web_address,
    normalize_line,
    normalize_text,
    parse_day,
    parse_moment,
)

T = TypeVar("T")

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 500
DATE_COLUMN: Final = "date"
EVENT_COLUMNS: Final = frozenset(field.column for field in EVENT_FIELDS)
EXPORT_COLUMNS: Final = frozenset({"id", "origin", "revision", "time_utc"})
MIN_FIELD_LIMIT: Final = 200
"""Longer text is cut at this limit, or at that of its field where it is higher."""
FIELD_LIMITS: Final = {field.column: max(field.limit, MIN_FIELD_LIMIT) for field in EVENT_FIELDS}
ONE_DAY: Final = timedelta(days=1)
SAMPLE_ROWS: Final = 200
"""From so many rows it is inferred what a column without a known name holds."""
MEAN_TITLE_LIMIT: Final = 200
CLEAR_TITLE: Final = 2.0
"""How much longer than any other text a title must be to be taken for one."""

_ESCAPED_TAG: Final = re.compile(r"(?:\\.|[^;\\])+")
EXPORT_ONLY_COLUMNS: Final = frozenset(
    {
        "origin",
        "created",
        "updated",
        "revision",
        "confidence",
        "visibility",
        "hour_kind",
        "reported_utc",
    }
)
"""Fields that are read from exports of this program only."""

_HEADER_ZONES: Final = {
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "new york": "America/New_York", "utc": "UTC", "gmt": "UTC", "msk": MOSCOW, "мск": MOSCOW,
    "moscow": MOSCOW, "москва": MOSCOW, "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "london": "Europe/London", "kyiv": "Europe/Kyiv",
}  # fmt: skip
COLUMN_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    **{name: (name.replace("_", " "),) for name in EVENT_FILE_FIELDS},
    "date": (
        "date", "day", "event date", "date of event", "start date", "date start", "start",
        "dtstart", "datetime", "date time", "timestamp", "when", "дата", "день", "дата события",
        "дата начала", "начало", "дата и время", "когда", "datum", "fecha", "data", "tarih",
        "päivämäärä", "kuupäev", "日付", "日期",
    ),
    "time": (
        "time", "clock", "hour", "start time", "event time", "время", "час", "время начала",
        "uhrzeit", "heure", "hora", "ora", "godzina", "saat", "時刻", "时间",
    ),
    "end_time": ("end time", "time end", "время окончания", "время конца"),
    "all_day": ("all day event", "all day", "allday", "is all day", "whole day", "весь день"),
    "time_utc": ("time utc", "utc", "utc time", "datetime utc", "время utc"),
    "zone": ("zone", "timezone", "time zone", "tz", "tzid", "часовой пояс", "пояс", "зона"),
    "end_date": (
        "end date", "date end", "end", "until", "to", "last day", "dtend", "дата окончания",
        "окончание", "дата конца", "конец", "по",
    ),
    "title": (
        "title", "headline", "event", "name", "summary", "subject", "event name", "event title",
        "what", "заголовок", "событие", "название", "наименование", "тема", "что", "ereignis",
        "titel", "événement", "titre", "evento", "título", "titolo", "wydarzenie", "tytuł",
        "подія", "olay", "başlık", "事件", "タイトル",
    ),
    "text": (
        "text", "description", "details", "body", "note", "notes", "comment", "comments",
        "remark", "текст", "описание", "подробности", "примечание", "комментарий", "заметка",
        "beschreibung", "bemerkung", "descripción", "descrizione", "opis", "опис", "açıklama",
    ),
    "category": (
        "category", "type", "kind", "категория", "тип", "вид", "рубрика", "kategorie", "catégorie",
        "categoría", "categoria", "kategoria", "категорія", "kategori",
    ),
    "expected": (
        "expected", "expected direction", "direction", "expectation", "ожидание",
        "ожидаемое направление", "направление",
    ),
    "source_url": (
        "source url", "url", "link", "href", "source link", "web address", "ссылка",
        "адрес", "url источника", "ссылка на источник",
    ),
    "source_name": (
        "source name", "source", "publisher", "outlet", "источник", "издание", "сми", "quelle",
        "fuente", "fonte", "źródło", "джерело", "kaynak", "bron", "来源", "出典",
    ),
    "tags": ("tags", "tag", "labels", "keywords", "метки", "теги", "тэги", "ключевые слова"),
    "author": ("author", "written by", "автор"),
    "value_actual": (
        "value actual", "actual", "actual value", "released", "released value", "факт",
        "фактическое значение", "фактически", "ist", "istwert", "réel", "effectif", "efectivo",
        "effettivo", "aktualny", "açıklanan",
    ),
    "value_expected": (
        "value expected", "consensus", "forecast", "expected value", "estimate", "survey",
        "median forecast", "consensus forecast", "консенсус", "прогноз", "консенсус прогноз",
        "ожидалось", "ожидаемое значение", "prognose", "konsens", "prévision", "consenso",
        "previsión", "previsione", "prognoza", "прогнозне значення", "beklenti", "予想", "预测",
    ),
    "value_previous": (
        "value previous", "previous", "previous value", "prior", "предыдущее",
        "предыдущее значение", "пред", "ранее", "vorherig", "vorheriger wert", "précédent",
        "anterior", "precedente", "poprzedni", "попереднє", "önceki", "前回", "前值",
    ),
    "value_unit": (
        "value unit", "unit", "units", "единица", "единица измерения", "ед изм", "einheit",
        "unité", "unidad", "unità", "jednostka", "birim",
    ),
    "value_source": ("value source", "source of the expected value", "consensus source"),
    "intensity": (
        "intensity", "strength", "интенсивность", "сила", "intensität", "intensité", "intensidad",
    ),
    "story": ("story", "episode", "storyline", "сюжет", "эпизод"),
    "actor": ("actor", "person", "who", "speaker", "кто", "лицо", "персона", "спикер"),
    "series": ("series", "ряд"),
    "id": ("id", "event id", "ид", "номер"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventGrid:
    """The cells of a file.

    Attributes:
        name: of the file in messages.
        kind: CSV, Excel, JSON or iCalendar.
        header: the names of the columns, as written.
        rows: trimmed cells, one per column.
        places: of the rows: `row 3 (line 4)`.
        wrong: why a row cannot be read, by its index.
        messages: for the user, about the reading.
    """

    name: str
    kind: str
    header: tuple[str, ...]
    rows: list[list[str]]
    places: list[str]
    wrong: dict[int, str] = dataclass_field(default_factory=dict)
    messages: list[str] = dataclass_field(default_factory=list)

    def index(self, column: str) -> int | None:
        """The index of a column, case-insensitive; None if there is none."""
        return find_column(self.header, column)


def check_row_count(name: str, count: int) -> None:
    """Refuse a file with more rows than an import accepts.

    Raises:
        InputError: with the limit.
    """
    if count > MAX_ROWS:
        msg = _("{name}: more than {limit:,} rows; split the file", name=name, limit=MAX_ROWS)
        raise InputError(msg)


def check_column_count(name: str, count: int) -> None:
    """Refuse a file with more columns than an import accepts.

    Raises:
        InputError: with the limit.
    """
    if count > MAX_COLUMNS:
        msg = _(
            "{name}: {count:,} columns, at most {limit} are read; drop some",
            name=name,
            count=count,
            limit=MAX_COLUMNS,
        )
        raise InputError(msg)


def uneven_row_reason(cells: list[str], width: int, *, with_decimals: bool = False) -> str:
    """Why a row with too few or too many cells is wrong; `with_decimals`: cells may be numbers."""
    if len(cells) < width:
        message = deferred(
            "{count} fields, fewer than the {width} of the header ({row}); add the missing"
            " separators"
        )
    elif with_decimals:
        message = deferred(
            "{count} fields, more than the {width} of the header ({row}); quote cells that hold"
            " the separator (a decimal comma too)"
        )
    else:
        message = deferred(
            "{count} fields, more than the {width} of the header ({row}); quote cells that hold"
            " the separator"
        )
    row = display_text(" ".join(cells))
    return translate_deferred(message, count=len(cells), width=width, row=row)


# ---- columns of fields


def normalize_column_name(name: str) -> str:
    """A column name without capitals, marks and doubled blanks: `Event_Date ` is `event date`."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    return " ".join(re.sub(r"[^\w%]|_", " ", folded).split())


def match_columns(
    header: Sequence[str], mapping: Mapping[str, str], *, is_study: bool = False
) -> dict[str, str]:
    """The column of each field that a header has; nothing is raised.

    Of two names of a field (`date` and `start`) the earlier in `COLUMN_ALIASES` is taken.
    """
    names = {
        normalize_column_name(column): column
        for column in reversed(header)
        if normalize_column_name(column)
    }
    is_export = is_study or {column.casefold() for column in header} >= EXPORT_COLUMNS
    names = {_without_zone(name): column for name, column in names.items()} | names
    mapped = {normalize_column_name(column) for column in mapping.values()}
    columns: dict[str, str] = {}
    for field in EVENT_FILE_FIELDS:
        if field in mapping:
            columns[field] = (
                names.get(normalize_column_name(mapping[field]), "") if mapping[field] else ""
            )
        elif field not in EXPORT_ONLY_COLUMNS or is_export:
            match = next((n for n in COLUMN_ALIASES[field] if n in names and n not in mapped), None)
            if match:
                columns[field] = names[match]
    return {field: column for field, column in columns.items() if column}


def infer_columns(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
    *,
    is_study: bool = False,
) -> dict[str, str]:
    """`mapping` with the columns of dates, titles and links that only their content shows.

    A field that the header or the user names is left alone, and so is its column. Of several
    columns of dates the first is taken; a title is the longest text that mostly differs from row
    to row and would fit on a line, if it is twice as long as the next. A header that holds a date
    is an event: nothing is inferred below it, since it would be lost.
    """
    if any(map(is_date_text, filter(None, header))):
        return dict(mapping)
    known = match_columns(header, mapping, is_study=is_study)
    free = {
        name: [row[k] for row in rows[:SAMPLE_ROWS] if k < len(row) and row[k]]
        for k, name in enumerate(header)
        if name and name not in known.values()
    }
    inferred: dict[str, str] = {}
    for field, choose in _CONTENT_CHOICES.items():
        is_missing = field not in known and field not in mapping
        if is_missing and not (is_study and field == "title"):
            column = choose({name: cells for name, cells in free.items() if cells})
            if column:
                inferred[field] = column
                del free[column]
    return {**mapping, **inferred} if "date" in inferred or "date" in known else dict(mapping)


def _column_of_dates(columns: Mapping[str, list[str]]) -> str:
    return _first_column(columns, is_date_text)


def _column_of_links(columns: Mapping[str, list[str]]) -> str:
    return _first_column(columns, is_web_address)


def _first_column(columns: Mapping[str, list[str]], fits: Callable[[str], bool]) -> str:
    return next((name for name, cells in columns.items() if all(map(fits, cells))), "")


def _column_of_titles(columns: Mapping[str, list[str]]) -> str:
    scores = {
        name: sum(map(len, cells)) / len(cells) * len(set(cells)) / len(cells)
        for name, cells in columns.items()
        if all(any(letter.isalpha() for letter in cell) for cell in cells)
        and not any(map(is_web_address, cells))
        and sum(map(len, cells)) <= MEAN_TITLE_LIMIT * len(cells)
    }
    best, second = sorted([*scores.values(), 0.0, 0.0], reverse=True)[:2]
    if best < CLEAR_TITLE * second:  # several columns of texts: the user says which
        return ""
    return max(scores, key=scores.__getitem__, default="")


_CONTENT_CHOICES: Final[dict[str, Callable[[Mapping[str, list[str]]], str]]] = {
    "date": _column_of_dates,
    "source_url": _column_of_links,
    "title": _column_of_titles,
}


def stated_zone(column: str) -> str:
    """The zone that the name of a column of times states: of `Time (ET)`; empty without one."""
    return _HEADER_ZONES.get(normalize_column_name(column).partition(" ")[2], "")


def _without_zone(name: str) -> str:
    return name.split(maxsplit=1)[0] if stated_zone(name) and name != "time utc" else name


def choose_columns(
    name: str,
    header: Sequence[str],
    mapping: Mapping[str, str],
    place: str = "line 1",
    *,
    is_study: bool = False,
) -> dict[str, str]:
    """The column of each field.

    Args:
        name: of the file.
        header: the names of its columns.
        mapping: columns by field, as the user named them; "" where no column holds it.
        place: of the header, in messages.
        is_study: whether a file without titles is read, and every field of an export.

    Raises:
        InputError: a field or column is unknown or named twice, or date or title is missing; the
            line says what was found and what to do.
    """
    _check_mapping(name, header, mapping)
    columns = match_columns(header, mapping, is_study=is_study)
    listed = display_text(", ".join(filter(None, header)), 80) or _("nothing")
    if "date" not in columns:
        msg = _(
            "{name}, {place}: has no column date (found: {listed}); name it in the first "
            "line, or say on import which column holds the dates",
            name=name,
            place=place,
            listed=listed,
        )
        raise InputError(msg, remedy="map")
    if not is_study and "title" not in columns and "id" not in columns:
        msg = _(
            "{name}, {place}: has no column title (found: {listed}); name one, or say on "
            "import which column holds the titles",
            name=name,
            place=place,
            listed=listed,
        )
        raise InputError(msg, remedy="map")
    counts = Counter(normalize_column_name(column) for column in header)
    duplicate = next(
        (column for column in columns.values() if counts[normalize_column_name(column)] > 1), None
    )
    if duplicate is not None:
        msg = _(
            "{name}, {place}: the column {column} is there twice; rename one",
            name=name,
            place=place,
            column=display_text(duplicate),
        )
        raise InputError(msg)
    return columns


def _check_mapping(name: str, header: Sequence[str], mapping: Mapping[str, str]) -> None:
    names = {normalize_column_name(column) for column in header}
    for field, column in mapping.items():
        if field not in EVENT_FILE_FIELDS or field in EXPORT_ONLY_COLUMNS:
            known = ", ".join(
                known_field
                for known_field in EVENT_FILE_FIELDS
                if known_field not in EXPORT_ONLY_COLUMNS
            )
            msg = _("is no field; take one of {known}", known=known)
            raise InputError(msg, field="map", value=display_text(field))
        if column and normalize_column_name(column) not in names:
            listed = display_text(", ".join(filter(None, header)), 200)
            msg = _(
                "{name}: has no column {column}; choose one of {listed}",
                name=name,
                column=display_text(column),
                listed=listed,
            )
            raise InputError(msg)
    counts = Counter(normalize_column_name(column) for column in mapping.values() if column)
    duplicates = [column for column, count in counts.items() if count > 1]
    if duplicates:
        column = display_text(duplicates[0])
        msg = _("the column {column} is given to two fields; give each its own", column=column)
        raise InputError(msg, field="map")


# ---- events


class CellTable(Protocol):
    """A table of text whose columns have the names of `EVENT_COLUMNS`."""

    def column(self, name: str) -> list[str]:
        """The trimmed cells of a column; empty ones where there is no such column."""

    def place(self, row: int, column: str = "") -> str:
        """The place of a cell in messages."""


_CATEGORIES: Final = {str(each): each for each in Category}
NUMBER_FIELDS: Final = tuple(each.column for each in EVENT_FIELDS if each.kind == "number")
_TEXT_FIELDS: Final = {each.name: each for each in EVENT_FIELDS if each.kind in {"line", "text"}}


class EventReader:
    """Turns rows into events; `notes` lists what was cut or left out.

    Args:
        cells: the table.
        is_export: whether this program wrote it, so that tags may contain `;`.
        is_escaped: whether its text has the quotes of the formula guard.
    """

    def __init__(self, cells: CellTable, *, is_export: bool, is_escaped: bool) -> None:
        self._table = cells
        self._columns = {name: cells.column(name) for name in EVENT_COLUMNS}
        self._filled = {name for name, column in self._columns.items() if any(column)}
        self._no_text = dict.fromkeys(_TEXT_FIELDS, "")
        self._texts = {
            name: field for name, field in _TEXT_FIELDS.items() if field.column in self._filled
        }
        self._is_export = is_export
        self._is_escaped = is_escaped
        self.notes: list[str] = []

    def event(self, row: int) -> Event:
        """The event of a row; its id is empty where the file gives none."""
        day = self._read(row, DATE_COLUMN, parse_day)
        end_day = self._read(row, "end_date", parse_day) if self._cell(row, "end_date") else None
        if end_day is not None and end_day < day:
            raise self._wrong(
                row, "end_date", _("{end_day} is before {day}; swap them", end_day=end_day, day=day)
            )
        texts = self._no_text | {
            name: self._text(row, field) for name, field in self._texts.items()
        }
        numbers: dict[str, Any] = {name: self._number(row, name) for name in NUMBER_FIELDS}
        moment = self._moment(row, day)
        return Event(
            **texts | {"series": texts["series"] or None},
            day=day,
            moment=moment,
            zone=self._zone(row),
            end_day=end_day,
            category=self._category(row),
            expected=self._expected(row),
            source_url=self._link(row, "source_url"),
            value_source=self._link(row, "value_source"),
            tags=self._tags(row),
            origin=Origin.FILE,
            created=self._stamp(row, "created", day),
            updated=self._stamp(row, "updated", day),
            revision=self._revision(row),
            visibility=self._visibility(row),
            hours=self._hours(row, day, moment),
            **numbers,
        )

    def _cell(self, row: int, column: str) -> str:
        return self._columns[column][row]

    def _unescaped(self, row: int, column: str) -> str:
        cell = self._cell(row, column)
        return unescape_formula(cell) if self._is_escaped else cell

    def _text(self, row: int, field: EventField) -> Any:
        if field.kind == "line":
            return self._line(row, field.column)
        text = normalize_text(self._unescaped(row, field.column))
        return self._cut(row, field.column, text)

    def _line(self, row: int, column: str) -> str:
        if column not in self._filled:
            return ""
        cell = self._unescaped(row, column)
        return self._cut(row, column, normalize_line(cell)) if cell else ""

    def _cut(self, row: int, column: str, text: str) -> str:
        limit = FIELD_LIMITS[column]
        if len(text) <= limit:
            return text
        place = self._table.place(row, column)
        self.notes.append(
            _(
                "{place}: {count:,} characters were cut to {limit:,}; shorten it",
                place=place,
                count=len(text),
                limit=limit,
            )
        )
        return text[: limit - 1].rstrip() + "…"

    def _read(self, row: int, column: str, read: Callable[[str], T]) -> T:
        try:
            return read(self._cell(row, column))
        except ValueError as error:
            raise self._wrong(row, column, str(error)) from None

    def _wrong(self, row: int, column: str, reason: str) -> InputError:
        return InputError(at_place(self._table.place(row, column), reason))

    def _moment(self, row: int, day: date) -> datetime | None:
        moment = self._stamp(row, "time_utc", day)
        if moment is None:
            return None
        local = moment.astimezone(ZoneInfo(MOSCOW)).date()
        if abs(local - day) > ONE_DAY:
            reason = _(
                "{moment:%Y-%m-%d %H:%M} UTC is {local} in Moscow, not {day}; correct one",
                moment=moment,
                local=local,
                day=day,
            )
            raise self._wrong(row, "time_utc", reason)
        return moment

    def _hours(self, row: int, day: date, moment: datetime | None) -> tuple[Hour, ...]:
        """The hours of a row; a moment alone is a statement and makes none."""
        if not self._filled & {"hour_kind", "reported_utc"}:
            return ()
        kind = self._line(row, "hour_kind").casefold()
        if kind and kind not in set(HourKind):
            reason = _(
                "'{value}' is unknown; write {values} or nothing",
                value=display_text(kind),
                values=", ".join(HourKind),
            )
            raise self._wrong(row, "hour_kind", reason)
        reported = self._stamp(row, "reported_utc", day)
        hours = [] if reported is None else [Hour(reported, HourKind.PUBLISHED)]
        if moment is not None and kind == HourKind.PUBLISHED:
            reason = _("goes with reported_utc; move the clock time there, or write statement")
            raise self._wrong(row, "hour_kind", reason)
        if moment is not None and (kind == HourKind.SCHEDULED or hours):
            hours.insert(0, Hour(moment, kind or HourKind.STATEMENT))
        return tuple(hours)

    def _stamp(self, row: int, column: str, day: date) -> datetime | None:
        if not self._cell(row, column):
            return None
        return self._read(row, column, lambda cell: parse_moment(cell, day))

    def _zone(self, row: int) -> str:
        name = self._line(row, "zone")
        try:
            return ZoneInfo(name).key if name else MOSCOW
        except (KeyError, ValueError, OSError):
            reason = _(
                "'{name}' is no time zone; write it like Europe/Moscow", name=display_text(name)
            )
            raise self._wrong(row, "zone", reason) from None

    def _category(self, row: int) -> str:
        """A category of the list in its spelling, or the text of the file."""
        cell = self._line(row, "category")
        return _CATEGORIES.get(cell.casefold()) or cell or "other"

    def _expected(self, row: int) -> str:
        cell = self._line(row, "expected").casefold()
        if cell and cell not in set(Expected):
            reason = _(
                "'{value}' is unknown; write {values} or nothing",
                value=display_text(cell),
                values=", ".join(Expected),
            )
            raise self._wrong(row, "expected", reason)
        return Expected(cell) if cell else Expected.UNCLEAR

    def _visibility(self, row: int) -> str:
        """The visibility; an unknown value is refused, because it may mean private."""
        cell = self._line(row, "visibility").casefold()
        if cell and cell not in set(Visibility):
            reason = _(
                "'{value}' is unknown; write {values}",
                value=display_text(cell),
                values=join_or(Visibility),
            )
            raise self._wrong(row, "visibility", reason)
        return Visibility(cell) if cell else Visibility.SHARED

    def _link(self, row: int, column: str) -> str:
        link = self._line(row, column)
        if link and not is_web_address(link):
            place = self._table.place(row, column)
            self.notes.append(
                _(
                    "{place}: '{link}' is no web address and was left out",
                    place=place,
                    link=display_text(link),
                )
            )
            return ""
        return link

    def _tags(self, row: int) -> tuple[str, ...]:
        r"""Tags between `;`, else between commas; an export escapes `;` and `\\`."""
        cell = self._unescaped(row, "tags")
        if not cell:
            return ()
        if self._is_export:
            tags = [re.sub(r"\\(.)", r"\1", tag) for tag in _ESCAPED_TAG.findall(cell)]
        else:
            tags = cell.split(";" if ";" in cell else ",")
        return tuple(dict.fromkeys(tag for tag in map(normalize_line, tags) if tag))

    def _number(self, row: int, column: str) -> float | None:
        cell = self._cell(row, column)
        return float(cell) if cell else None

    def _revision(self, row: int) -> int:
        cell = self._cell(row, "revision")
        if cell and not re.fullmatch(r"[0-9]{1,9}", cell):
            raise self._wrong(
                row, "revision", _("'{cell}' is no number; leave it empty", cell=display_text(cell))
            )
        return int(cell or 0)


def generate_event_id(event: Event, seen: Container[str]) -> str:
    """A reproducible id from title and date that no other row has."""
    ascii_only = unicodedata.normalize("NFKD", event.title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:60].strip("-")
    if not slug:
        digest = hashlib.sha256(event.title.encode("utf-8")).hexdigest()[:8]
        slug = f"event-{digest}" if event.title else "event"
    event_id, count = f"{slug}-{event.day}", 1
    while event_id in seen:
        count += 1
        event_id = f"{slug}-{event.day}-{count}"
    return event_id
