"""Which column holds what: said by the person, else told by its name in English or Russian."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.domain.imports import FIELDS
from dashboard.sources.event_cells import OUR_EXPORT
from dashboard.sources.file_bytes import shown

OURS_ONLY: Final = frozenset(
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
"""Fields that only this program's own export is trusted to mean."""

KNOWN_AS: Final[dict[str, tuple[str, ...]]] = {
    "date": (
        "date", "day", "event date", "date of event", "start date", "date start", "start",
        "dtstart", "datetime", "date time", "timestamp", "when", "дата", "день", "дата события",
        "дата начала", "начало", "дата и время", "когда",
    ),
    "time": ("time", "clock", "hour", "start time", "event time", "время", "час", "время начала"),
    "time_utc": ("time utc", "utc", "utc time", "datetime utc", "время utc"),
    "zone": ("zone", "timezone", "time zone", "tz", "tzid", "часовой пояс", "пояс", "зона"),
    "end_date": (
        "end date", "date end", "end", "until", "to", "last day", "dtend", "дата окончания",
        "окончание", "дата конца", "конец", "по",
    ),
    "title": (
        "title", "headline", "event", "name", "summary", "subject", "event name", "event title",
        "what", "заголовок", "событие", "название", "наименование", "тема", "что",
    ),
    "text": (
        "text", "description", "details", "body", "note", "notes", "comment", "comments",
        "remark", "текст", "описание", "подробности", "примечание", "комментарий", "заметка",
    ),
    "category": ("category", "type", "kind", "категория", "тип", "вид", "рубрика"),
    "expected": (
        "expected", "expected direction", "direction", "expectation", "ожидание",
        "ожидаемое направление", "направление",
    ),
    "source_url": (
        "source url", "url", "link", "href", "source link", "web address", "ссылка",
        "адрес", "url источника", "ссылка на источник",
    ),
    "source_name": ("source name", "source", "publisher", "outlet", "источник", "издание", "сми"),
    "tags": ("tags", "tag", "labels", "keywords", "метки", "теги", "тэги", "ключевые слова"),
    "author": ("author", "written by", "автор"),
    "actor": ("actor", "person", "who", "speaker", "кто", "лицо", "персона", "спикер"),
    "series": ("series", "ряд"),
    "id": ("id", "event id", "ид", "номер"),
    **{name: (name.replace("_", " "),) for name in sorted(OURS_ONLY)},
}  # fmt: skip


def plain(name: str) -> str:
    """A column name without capitals, marks and doubled blanks: `Event_Date ` is `event date`."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    return " ".join(re.sub(r"[^\w%]|_", " ", folded).split())


def fields_of(header: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """The column of each field that a header has; nothing is raised.

    Where a header names a field in two ways (`date` and `start`), the earlier in `KNOWN_AS`.
    """
    names = {plain(column): column for column in reversed(header) if plain(column)}
    ours = {column.casefold() for column in header} >= OUR_EXPORT
    taken = {plain(column) for column in said.values()}
    found: dict[str, str] = {}
    for field in FIELDS:
        if field in said:
            found[field] = names.get(plain(said[field]), "") if said[field] else ""
        elif field not in OURS_ONLY or ours:
            match = next((n for n in KNOWN_AS[field] if n in names and n not in taken), None)
            if match:
                found[field] = names[match]
    return {field: column for field, column in found.items() if column}


def choose_columns(
    name: str, header: Sequence[str], said: Mapping[str, str], place: str = "line 1"
) -> dict[str, str]:
    """The column of each field.

    Args:
        name: of the file.
        header: the names of its columns.
        said: columns by field, as the person named them; "" where no column holds it.
        place: where the header stands, for messages.

    Raises:
        InputError: a field or column is unknown, one is there twice, or date or title is
            missing; the line says what was found and what to do.
    """
    _check_said(name, header, said)
    found = fields_of(header, said)
    listed = shown(", ".join(filter(None, header)), 80) or "nothing"
    if "date" not in found:
        msg = (
            f"{name}, {place}: has no column date (found: {listed}); the first line names the"
            " columns, or say --map date=COLUMN"
        )
        raise InputError(msg)
    if "title" not in found and "id" not in found:
        msg = (
            f"{name}, {place}: has no column title (found: {listed}); name one, or say"
            " --map title=COLUMN"
        )
        raise InputError(msg)
    counts = Counter(plain(column) for column in header)
    twice = next((column for column in found.values() if counts[plain(column)] > 1), None)
    if twice is not None:
        msg = f"{name}, {place}: the column {shown(twice)} is there twice; rename one"
        raise InputError(msg)
    return found


def _check_said(name: str, header: Sequence[str], said: Mapping[str, str]) -> None:
    names = {plain(column) for column in header}
    for field, column in said.items():
        if field not in FIELDS or field in OURS_ONLY:
            known = ", ".join(each for each in FIELDS if each not in OURS_ONLY)
            msg = f"--map {shown(field)}: is no field; take one of {known}"
            raise InputError(msg)
        if column and plain(column) not in names:
            listed = shown(", ".join(filter(None, header)), 200)
            msg = f"{name}: has no column {shown(column)}; choose one of {listed}"
            raise InputError(msg)
    counts = Counter(plain(column) for column in said.values() if column)
    twice = [column for column, count in counts.items() if count > 1]
    if twice:
        msg = f"--map: the column {shown(twice[0])} is given to two fields; give each its own"
        raise InputError(msg)
