"""What stands before the text: place and day of an agency, "Published 24 October 2025"."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from dashboard.reading.calendar_words import MONTH
from dashboard.reading.date_phrases import Printed
from dashboard.reading.said_dates import said_dates

_DAY: Final = (
    rf"(?:\d{{1,2}}\.?\s+(?:{MONTH})\.?(?:,?\s+(?:19|20)\d\d)?|(?:{MONTH})\.?\s+\d{{1,2}}"
    r"(?:,?\s+(?:19|20)\d\d)?)"
)
_DATELINE: Final = re.compile(
    rf"^(?P<place>[A-ZА-ЯЁ][\w .'’/-]{{1,40}}?)(?:[,.]\s*(?P<day>(?i:{_DAY}))\.?)?"
    r"\s*(?:[A-ZА-ЯЁ]{3,15}(?:\.RU)?\s*|\([\w ./]{2,30}\)\s*){0,2}[-–—]{1,2}\s+",
)
_STAMP: Final = re.compile(
    rf"^\W*(?:(?:first\s+)?published|posted|updated|опубликовано|дата)?:?\s*(?:on\s+)?"
    rf"(?P<day>{_DAY}|\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})"
    r"(?:\s*(?:г\.|года))?(?:[,\s|·-]*\d{1,2}[:.]\d\d.{0,25})?\W*$",
    re.IGNORECASE,
)
_LINES: Final = 12
LONGEST: Final = 120
"""A dateline is short; what is looked for in it is not looked for beyond."""


def without_dateline(line: str) -> str:
    """A line without the place, day and agency it may begin with."""
    found = _DATELINE.match(line[:LONGEST])
    is_one = found is not None and (found["day"] or "(" in found[0] or found["place"].isupper())
    return line[found.end() :] if found and is_one else line


def is_stamp(line: str) -> bool:
    """Whether a line holds nothing but the day it was published."""
    return len(line) <= LONGEST and _STAMP.match(line) is not None


def day_in_text(text: str) -> date | None:
    """The day that a text itself says it was published on, year and all; None where it does not."""
    for line in text.split("\n")[:_LINES]:
        for found in (_STAMP.match(line[:LONGEST]), _DATELINE.match(line[:LONGEST])):
            if found and found["day"] and re.search(r"(?:19|20)\d\d", found["day"]):
                said = said_dates(found["day"].replace(". ", " "), Printed(None), lambda *_: False)
                if said and said[0].day:
                    return said[0].day
    return None
