"""Parsing of option values: days, moments, time zones, column maps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard.models.article import PublicationTime
from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, Visibility
from dashboard.services.notes import Draft

REMOVE_FIELD: Final = "none"
"""Typed in place of an end or a time, it takes the one that is there away."""

_DAY_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK_PATTERN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def read_day(field: str, text: str) -> date:
    """A day, as 2025-04-21.

    Raises:
        InputError: it is none, or does not exist.
    """
    if not _DAY_PATTERN.fullmatch(text):
        msg = "is no date; write it like 2025-04-21"
        raise InputError(msg, field=field, value=text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = "is a date that does not exist; correct it"
        raise InputError(msg, field=field, value=text) from None


def read_optional_day(field: str, text: str | None) -> date | None:
    """A day where one was typed."""
    return None if text is None else read_day(field, text)


def read_moment(day: date, clock: str, zone: str) -> datetime:
    """The UTC moment of HH:MM on a day in a time zone.

    Raises:
        InputError: the time or the zone is none.
    """
    found = _CLOCK_PATTERN.fullmatch(clock)
    if found is None:
        msg = "is no time; write it like 18:05"
        raise InputError(msg, field="time", value=clock)
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        msg = "is no time zone; write it like Europe/Moscow"
        raise InputError(msg, field="zone", value=zone) from None
    return datetime.combine(day, clock_time(int(found[1]), int(found[2])), place).astimezone(UTC)


def read_optional_zone(field: str, text: str | None) -> str:
    """The name of a time zone; empty where none was typed.

    Raises:
        InputError: it is none.
    """
    if not text:
        return ""
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        msg = "is no time zone; write it like Europe/Moscow"
        raise InputError(msg, field=field, value=text) from None


def read_column_map(texts: Iterable[str]) -> dict[str, str]:
    """Pairs like `title=Headline`, each field once.

    Raises:
        InputError: one is no pair, or a field is there twice.
    """
    columns: dict[str, str] = {}
    for text in texts:
        field, mark, column = (part.strip() for part in text.partition("="))
        if not (field and mark and column):
            msg = "is no pair; write it like title=Headline"
            raise InputError(msg, field="map", value=text)
        if field in columns:
            msg = "is given twice; keep one"
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
    msg = "is no date; write it like 2025-04-22 or 2025-04-22T10:15"
    if not text.isascii():
        raise InputError(msg, field=field, value=text)
    try:
        said = datetime.fromisoformat(text)
        local = said if said.tzinfo else said.replace(tzinfo=ZoneInfo(MOSCOW))
        return PublicationTime(local.date(), "given", local.astimezone(UTC))
    except (ValueError, OverflowError):
        raise InputError(msg, field=field, value=text) from None


def read_visibility(*, is_private: bool | None) -> str | None:
    """The visibility that `--private` or `--shared` asks for; None where neither was typed."""
    if is_private is None:
        return None
    return Visibility.PRIVATE if is_private else Visibility.SHARED


def fill_draft(draft: Draft, *, time: str | None, end: str | None, **given: Any) -> Draft:
    """The draft with the fields that were typed; what is None was not typed.

    Raises:
        InputError: a day, a time or a zone is none.
    """
    given["tags"] = tuple(given["tags"]) if given.get("tags") else None
    if given.get("day") is not None:
        given["day"] = read_day("date", given["day"])
    draft = replace(draft, **{name: value for name, value in given.items() if value is not None})
    if end is not None:
        draft = replace(draft, end_day=None if end == REMOVE_FIELD else read_day("end", end))
    if time is not None:
        moment = None if time == REMOVE_FIELD else read_moment(draft.day, time, draft.zone)
        draft = replace(draft, moment=moment)
    return draft
