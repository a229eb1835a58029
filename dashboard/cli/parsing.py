"""Parsing of option values: days, moments, time zones, column maps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard.models.article import PublicationTime
from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, NOTE_FIELDS, Draft, EventField, Visibility
from dashboard.models.messages import translate as _

REMOVE_FIELD: Final = "none"
"""The value of an end or a time that removes it from a note."""

_DAY_PATTERN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK_PATTERN: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def read_day(field: str, text: str) -> date:
    """A day, as 2025-04-21.

    Raises:
        InputError: it is no day, or does not exist.
    """
    if not _DAY_PATTERN.fullmatch(text):
        msg = _("is no date; write it like 2025-04-21")
        raise InputError(msg, field=field, value=text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = _("is a date that does not exist; correct it")
        raise InputError(msg, field=field, value=text) from None


def read_optional_day(field: str, text: str | None) -> date | None:
    """A day, or None where none was given."""
    return None if text is None else read_day(field, text)


def read_period(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """The first and the last day of the options `--since` and `--until`."""
    return read_optional_day("since", since), read_optional_day("until", until)


def read_moment(day: date, clock: str, zone: str) -> datetime:
    """The UTC moment of HH:MM on a day in a time zone.

    Raises:
        InputError: the time or the time zone is not valid.
    """
    match = _CLOCK_PATTERN.fullmatch(clock)
    if match is None:
        msg = _("is no time; write it like 18:05")
        raise InputError(msg, field="time", value=clock)
    try:
        zone_info = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        msg = _("is no time zone; write it like Europe/Moscow")
        raise InputError(msg, field="zone", value=zone) from None
    return datetime.combine(day, clock_time(int(match[1]), int(match[2])), zone_info).astimezone(
        UTC
    )


def read_optional_zone(field: str, text: str | None) -> str:
    """The name of a time zone; empty where none was given.

    Raises:
        InputError: it is no time zone.
    """
    if not text:
        return ""
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        msg = _("is no time zone; write it like Europe/Moscow")
        raise InputError(msg, field=field, value=text) from None


def read_column_map(texts: Iterable[str]) -> dict[str, str]:
    """Pairs like `title=Headline`, each field once; `expected=` says that no column holds it.

    Raises:
        InputError: one is no pair, or a field is given twice.
    """
    columns: dict[str, str] = {}
    for text in texts:
        field, separator, column = (part.strip() for part in text.partition("="))
        if not (field and separator):
            msg = _("is no pair; write it like title=Headline")
            raise InputError(msg, field="map", value=text)
        if field in columns:
            msg = _("is given twice; keep one")
            raise InputError(msg, field="map", value=field)
        columns[field] = column
    return columns


def read_published(field: str, text: str) -> PublicationTime:
    """When an article was published: a day, or a day with an hour, in Moscow where no zone is.

    Raises:
        InputError: it is neither.
    """
    if _DAY_PATTERN.fullmatch(text):
        return PublicationTime(read_day(field, text), "given")
    msg = _("is no date; write it like 2025-04-22 or 2025-04-22T10:15")
    if not text.isascii():
        raise InputError(msg, field=field, value=text)
    try:
        moment = datetime.fromisoformat(text)
        local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(MOSCOW))
        return PublicationTime(local.date(), "given", local.astimezone(UTC))
    except (ValueError, OverflowError):
        raise InputError(msg, field=field, value=text) from None


def fill_draft(draft: Draft, options: Mapping[str, Any]) -> Draft:
    """The draft with the options of its fields that were given; None means not given.

    Raises:
        InputError: a day, a time or a time zone is not valid.
    """
    given = {f: options[f.key] for f in NOTE_FIELDS if options.get(f.key) not in (None, [])}
    values = {f.name: _read_note_field(f, value) for f, value in given.items()}
    clock = values.pop("moment", None)
    draft = replace(draft, **values)
    if clock is not None:
        moment = None if clock == REMOVE_FIELD else read_moment(draft.day, clock, draft.zone)
        draft = replace(draft, moment=moment)
    return draft


def _read_note_field(field: EventField, value: Any) -> Any:
    if field.kind == "date":
        is_removed = value == REMOVE_FIELD and not field.required
        return None if is_removed else read_day(field.option, value)
    if isinstance(value, bool):
        return Visibility.PRIVATE if value else Visibility.SHARED
    return tuple(value) if field.kind == "tags" else value
