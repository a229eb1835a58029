"""Feeds for other programs: events and alerts as RSS 2.0, events as iCalendar (RFC 5545)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from dashboard.presentation.formatting import describe_values

if TYPE_CHECKING:
    from dashboard.models.event import Event

RSS_MEDIA_TYPE: Final = "application/rss+xml; charset=utf-8"
CALENDAR_MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
LINE_OCTETS: Final = 75
"""Of a line of iCalendar; longer ones are folded."""
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed; `id` is stable, `at` a moment in UTC."""

    id: str
    title: str
    at: datetime
    text: str = ""
    link: str = ""
    category: str = ""


def write_rss(title: str, link: str, entries: Iterable[FeedEntry]) -> bytes:
    """A feed of entries, in the order given; readers take a description for HTML.

    Args:
        title: of the feed.
        link: the page that shows the same.
        entries: its entries.
    """
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    for name, text in (("title", title), ("link", link), ("description", title)):
        _add_text(channel, name, text)
    for entry in entries:
        item = ElementTree.SubElement(channel, "item")
        _add_text(item, "title", entry.title)
        _add_text(item, "link", entry.link)
        _add_text(item, "description", html.escape(entry.text).replace("\n", "<br>"))
        _add_text(item, "category", entry.category)
        _add_text(item, "guid", entry.id).set("isPermaLink", "false")
        _add_text(item, "pubDate", format_datetime(entry.at.astimezone(UTC), usegmt=True))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = _NOT_XML.sub("", text)
    return element


def write_calendar(name: str, events: Iterable[tuple[Event, str]]) -> bytes:
    """Events as a calendar: those with an hour at their moment (UTC), the others on their days.

    Args:
        name: of the calendar.
        events: each with the address of its page.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rouble Reaction//EN",
        f"X-WR-CALNAME:{_escape(name)}",
    ]
    for event, link in events:
        lines += _event_lines(event, link)
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines).encode("utf-8")


def _event_lines(event: Event, link: str) -> Iterator[str]:
    stamp = event.updated or event.created or event.starts_at
    yield "BEGIN:VEVENT"
    yield f"UID:{_escape(event.id)}@rouble-reaction"
    yield f"DTSTAMP:{_moment(stamp)}"
    if event.moment is not None and not event.is_range:
        yield f"DTSTART:{_moment(event.moment)}"
    else:
        last = event.end_day or event.day
        yield f"DTSTART;VALUE=DATE:{_day(event.day)}"
        yield f"DTEND;VALUE=DATE:{_day(last + timedelta(days=1))}"
    yield f"SUMMARY:{_escape(event.title)}"
    yield f"CATEGORIES:{_escape(event.category)}"
    text = "\n".join(filter(None, (event.text, *describe_values(event))))
    if text:
        yield f"DESCRIPTION:{_escape(text)}"
    yield f"URL:{link}"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _escape(text: str) -> str:
    return _NOT_XML.sub("", text).translate(_ESCAPED)


def _fold(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which cuts a letter."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode("utf-8"))
        if size + octets > LINE_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])
