"""Time zones as calendars name them, in the words of the time zone database."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW

WINDOWS: Final = {
    "russian standard time": MOSCOW,
    "utc": "UTC",
    "gmt standard time": "Europe/London",
    "greenwich standard time": "Atlantic/Reykjavik",
    "w. europe standard time": "Europe/Berlin",
    "central europe standard time": "Europe/Budapest",
    "romance standard time": "Europe/Paris",
    "central european standard time": "Europe/Warsaw",
    "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kiev",
    "gtb standard time": "Europe/Bucharest",
    "turkey standard time": "Europe/Istanbul",
    "israel standard time": "Asia/Jerusalem",
    "arab standard time": "Asia/Riyadh",
    "arabian standard time": "Asia/Dubai",
    "belarus standard time": "Europe/Minsk",
    "ekaterinburg standard time": "Asia/Yekaterinburg",
    "n. central asia standard time": "Asia/Novosibirsk",
    "china standard time": "Asia/Shanghai",
    "india standard time": "Asia/Kolkata",
    "tokyo standard time": "Asia/Tokyo",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
}
"""Names that Outlook writes (CLDR, windowsZones, territory 001)."""


def zone_named(name: str) -> str:
    """The zone of a TZID; empty where it is not known."""
    wanted = name.strip()
    known = WINDOWS.get(wanted.casefold())
    if known:
        return known
    parts = wanted.strip("/").split("/")
    for first in range(len(parts)):  # /freeassociation.sourceforge.net/Europe/Moscow
        candidate = "/".join(parts[first:])
        try:
            return ZoneInfo(candidate).key
        except (KeyError, ValueError, OSError):
            continue
    return ""
