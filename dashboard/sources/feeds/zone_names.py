"""Letters for time zones, resolved by the clock of a place and never by a fixed offset.

Parsers of feeds read `MSK` as UTC without a word, three hours off. Which offset a clock has on a
day is the business of the tz database: Moscow's was another between 2011 and 2014.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

UTC_NAMES: Final = frozenset({"Z", "UT", "UTC", "GMT"})
PLACES: Final = {
    "MSK": "Europe/Moscow",
    "MSD": "Europe/Moscow",
    "МСК": "Europe/Moscow",
    "CET": "Europe/Berlin",
    "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "EET": "Europe/Kyiv",
    "EEST": "Europe/Kyiv",
    "WET": "Europe/Lisbon",
    "WEST": "Europe/Lisbon",
    "BST": "Europe/London",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "JST": "Asia/Tokyo",
    "HKT": "Asia/Hong_Kong",
}
"""Letters that mean one place in the feeds of this trade; IST, AST and others mean several."""


def at_place(local: datetime, letters: str) -> tuple[datetime, str] | None:
    """The UTC moment of a local time with letters for its zone, and what is doubtful about it.

    Args:
        local: the clock, without a zone.
        letters: `MSK`, `GMT` …

    Returns:
        The moment and a doubt, empty where there is none; None where the letters say nothing.
    """
    name = letters.upper().rstrip(".")
    if name in UTC_NAMES:
        return local.replace(tzinfo=UTC), ""
    place = PLACES.get(name)
    if place is None:
        return None
    zone = ZoneInfo(place)
    there = local.replace(tzinfo=zone)
    doubt = ""
    if there.tzname() != name and name.isascii() and not name.startswith("ME"):
        doubt = f"{name} is not what clocks in {place} showed that day; read as their time"
    return there.astimezone(UTC), doubt


def zone_of(name: str) -> tzinfo | None:
    """A zone of the tz database; None where there is none of this name."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
