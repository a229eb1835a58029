"""Dates and times as people write them (5 March 2024, 5 марта 2024, 6:05 PM), in one form."""

from __future__ import annotations

import re
from typing import Final

_ENGLISH: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_RUSSIAN: Final = (
    ("январь", "января"), ("февраль", "февраля"), ("март", "марта"), ("апрель", "апреля"),
    ("май", "мая"), ("июнь", "июня"), ("июль", "июля"), ("август", "августа"),
    ("сентябрь", "сентября"), ("октябрь", "октября"), ("ноябрь", "ноября"),
    ("декабрь", "декабря"),
)  # fmt: skip
_SHORT: Final = {"sept": 9, "нояб": 11, "сент": 9, "февр": 2, "авг": 8, "окт": 10}
MONTHS: Final[dict[str, int]] = {
    **{name: number for number, name in enumerate(_ENGLISH, 1)},
    **{name[:3]: number for number, name in enumerate(_ENGLISH, 1)},
    **{name: number for number, names in enumerate(_RUSSIAN, 1) for name in names},
    **{names[1][:3]: number for number, names in enumerate(_RUSSIAN, 1)},
    **_SHORT,
}

_WEEKDAY: Final = r"(?:[^\W\d_]{2,11}\.?,\s*)?"
_DAY_FIRST: Final = re.compile(
    _WEEKDAY + r"([0-9]{1,2})(?:st|nd|rd|th)?[\s-]{1,2}([^\W\d_]{3,9})\.?[\s,-]{1,2}([0-9]{4})"
    r"(?:\s?(?:г\.?|года))?",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    _WEEKDAY + r"([^\W\d_]{3,9})\.?\s([0-9]{1,2})(?:st|nd|rd|th)?,?\s([0-9]{4})", re.IGNORECASE
)
_CLOCK: Final = re.compile(
    r"([0-9]{1,2})(?::([0-9]{2}))?(?::([0-9]{2})(?:\.[0-9]{1,9})?)?\s?([AaPp])\.?[Mm]\.?"
)
_WITH_TIME: Final = re.compile(
    r"(?P<day>\S.{4,40}?)(?:T|,?\s+|\s*(?:at|в)\s+)"
    r"(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:\s?[AaPp]\.?[Mm]\.?)?)"
    r"\s?(?P<zone>Z|UTC|GMT|MSK|МСК|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)


def written_day(cell: str) -> str:
    """A date with the name of its month as 2024-03-05; any other cell as it is."""
    for pattern, order in ((_DAY_FIRST, (1, 2, 3)), (_MONTH_FIRST, (2, 1, 3))):
        found = pattern.fullmatch(cell)
        month = MONTHS.get(found[order[1]].casefold()) if found else None
        if found and month:
            return f"{found[order[2]]}-{month:02d}-{int(found[order[0]]):02d}"
    return cell


def split_moment(cell: str) -> tuple[str, str, str]:
    """A cell with a date and a time of day in its parts: day, time, zone; day alone else."""
    found = _WITH_TIME.fullmatch(cell) if ":" in cell else None
    if found is None:
        return cell, "", ""
    return found["day"].strip().rstrip(","), found["time"], (found["zone"] or "").upper()


def clock_24(cell: str) -> str:
    """A time with AM or PM as 18:05; any other cell as it is."""
    found = _CLOCK.fullmatch(cell)
    if found is None or not 1 <= int(found[1]) <= 12:
        return cell
    hour = int(found[1]) % 12 + (12 if found[4].casefold() == "p" else 0)
    return f"{hour:02d}:{found[2] or '00'}:{found[3] or '00'}"
