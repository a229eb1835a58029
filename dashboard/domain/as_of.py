"""A moment at which knowledge is frozen, how it is written, and what differs since."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.domain.errors import InputError
from dashboard.domain.event import MOSCOW

FIRST: Final = date(2014, 1, 1)
"""Before it there is too little of the default series to look at."""
LAST_MICROSECOND: Final = time(23, 59, 59, 999_999)

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class LiveRow:
    """An observation in which live data differ; `was` is None where it was added since."""

    day: date
    record: date
    was: float | None
    became: float


def read_as_of(option: str, text: str) -> datetime:
    """The UTC moment that is meant: a day is its end in Moscow.

    Args:
        option: how messages name it.
        text: `2026-11-20`, or a moment with its zone as `2026-11-20T09:00Z`.

    Raises:
        InputError: it is neither, or lies before 2014.
    """
    shown = "".join(c for c in text if c.isprintable())[:40]
    msg = f"{option} {shown}: is no moment; write it like 2026-11-20 or 2026-11-20T09:00Z"
    try:
        if _DAY.fullmatch(text):
            moment = datetime.combine(
                date.fromisoformat(text), LAST_MICROSECOND, ZoneInfo(MOSCOW)
            ).astimezone(UTC)
        elif _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text).astimezone(UTC)
        else:
            raise InputError(msg)
    except (ValueError, OverflowError):
        raise InputError(msg) from None
    if moment.date() < FIRST:
        msg = f"{option} {shown}: lies before {FIRST}, when the data begin; give a later moment"
        raise InputError(msg)
    return moment


def as_of_text(moment: datetime) -> str:
    """A moment as `read_as_of` reads it; the end of a day in Moscow is the day alone."""
    local = moment.astimezone(ZoneInfo(MOSCOW))
    if local.time() == LAST_MICROSECOND:
        return local.date().isoformat()
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    whole = utc.second == 0 and utc.microsecond == 0
    return f"{utc.isoformat(timespec='minutes' if whole else 'auto')}Z"
