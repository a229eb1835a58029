"""The items of a feed: RSS of every version and Atom, read by feedparser from bytes alone."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from dashboard.domain.article import Precision
from dashboard.domain.candidate import EXCERPT_LIMIT, PRINTED_LIMIT, DatedBy, News, Report
from dashboard.domain.errors import SourceError
from dashboard.domain.event import MOSCOW, TITLE_LIMIT
from dashboard.sources.content_sniff import KIND_NAMES, sniff_kind
from dashboard.sources.feeds.dates import ReadDate, midnight_there, read_date
from dashboard.sources.feeds.letters import text_of
from dashboard.sources.feeds.plain_text import cut, plain, web_link

MOST_BYTES: Final = 5_000_000
MOST_ITEMS: Final = 500
GOOGLE_NEWS: Final = "news.google.com"
CALIFORNIA: Final = "America/Los_Angeles"
_TANGLED: Final = re.compile(r"<[A-Za-z][^<>]{100000}|(?:<[A-Za-z][^<>]{0,100}){300}")
"""A tag of 100,000 letters, or 300 opened and never closed: minutes of work for nothing."""
WALLS: Final = ("just a moment", "attention required", "checking your browser", "ddos-guard",
                "enable javascript", "captcha", "access denied")  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedBytes:
    """A feed as it came: where from, what its header said, whose it is, by which clock."""

    content: bytes
    url: str
    who: str
    content_type: str = ""
    zone: str = ""


def read_items(feed: FeedBytes, now: datetime) -> News:
    """The items of a feed in its order, with dates that are known or said to be not.

    Args:
        feed: its bytes and what is known about it.
        now: the moment of reading, UTC.

    Raises:
        SourceError: it is no feed; one sentence says what it is instead.
    """
    if len(feed.content) > MOST_BYTES:
        msg = f"{feed.who} answered more than {MOST_BYTES / 1e6:.0f} MB; no feed is that long"
        raise SourceError(msg)
    text, told = text_of(feed.content, feed.content_type, feed.who)
    _refuse_no_feed(text, feed.who)
    if _TANGLED.search(text):
        msg = f"{feed.who} answered a feed with tags too long or too tangled to be read"
        raise SourceError(msg)
    parsed = _parsed(text, feed.url)
    if not parsed.version:
        msg = f"{feed.who} answered XML that is neither RSS nor Atom"
        raise SourceError(msg)
    entries = parsed.entries[:MOST_ITEMS]
    reports = [_report(entry, feed, now) for entry in entries]
    kept = tuple(report for report in reports if report is not None)
    return News(_language(kept, parsed), (*told, *_told(parsed, text, len(reports) - len(kept))))


def _refuse_no_feed(text: str, who: str) -> None:
    kind = sniff_kind(text[:4_000].encode("utf-8", "replace"))
    if kind == "nothing":
        msg = f"{who} answered nothing"
        raise SourceError(msg)
    if kind == "html":
        start = text[:4_000].lower()
        wall = any(words in start for words in WALLS)
        what = "a page that keeps programs out" if wall else "a web page"
        msg = f"{who} answered {what} instead of a feed"
        raise SourceError(msg)
    if kind != "xml":
        msg = f"{who} answered {KIND_NAMES[kind]} instead of RSS or Atom"
        raise SourceError(msg)


def _parsed(text: str, url: str) -> Any:
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # A stream: given bytes or a text, feedparser would look for a file or an address of it.
        # What it would do to HTML inside takes for ever on bad HTML; `plain` leaves none of it.
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def _report(entry: dict[str, Any], feed: FeedBytes, now: datetime) -> Report | None:
    """One item; None where it says nothing at all."""
    excerpt = plain(_summary(entry), EXCERPT_LIMIT)
    title = plain(_text(entry, "title"), TITLE_LIMIT)
    publisher = plain(_text(_mapping(entry, "source"), "title"), 120)
    if publisher and title.endswith(f" - {publisher}"):
        title = title.removesuffix(f" - {publisher}")
    if not title and not excerpt:
        return None
    guid = _text(entry, "id")
    link = web_link(_text(entry, "link")) or web_link(guid)
    read, printed, dated_by = _date(entry, feed, now)
    return Report(
        guid=guid[:500],
        link=link,
        title=title or cut(excerpt, 120),
        excerpt=excerpt if title else "",
        day=read.day,
        moment=read.moment,
        zone=feed.zone or MOSCOW,
        precision=read.precision,
        dated_by=dated_by,
        printed=printed,
        doubt=read.doubt,
        publisher=publisher,
    )


def _date(entry: dict[str, Any], feed: FeedBytes, now: datetime) -> tuple[ReadDate, str, DatedBy]:
    """The date of publication, or that of the last change, which is marked."""
    published, updated = _text(entry, "published"), _text(entry, "updated")
    printed = published or updated
    read = read_date(printed, feed.zone, now)
    if urlsplit(feed.url).hostname == GOOGLE_NEWS:
        read = midnight_there(read, CALIFORNIA)
    dated_by = DatedBy.PUBLISHED if published or not updated else DatedBy.UPDATED
    if dated_by is DatedBy.UPDATED and read.precision is not Precision.NONE:
        doubt = "the date of the last change; when it was first published is not said"
        read = replace(read, doubt="; ".join(filter(None, (doubt, read.doubt))))
    return read, printed[:PRINTED_LIMIT], dated_by


def _summary(entry: dict[str, Any]) -> str:
    content = dict.get(entry, "content") or ()
    longer = next((_text(each, "value") for each in content), "")
    return _text(entry, "summary") or longer


def _text(entry: dict[str, Any], name: str) -> str:
    # `dict.get`: feedparser's own gives `updated` where `published` was asked for.
    value = dict.get(entry, name)
    return value.strip() if isinstance(value, str) else ""


def _mapping(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = dict.get(entry, name)
    return value if isinstance(value, dict) else {}


def _language(reports: tuple[Report, ...], parsed: Any) -> tuple[Report, ...]:
    language = _text(parsed.feed, "language")[:20]
    return tuple(replace(report, language=language) for report in reports)


def _told(parsed: Any, text: str, empty: int) -> list[str]:
    """What a person should know: items left out, a feed that was cut off."""
    told = []
    if len(parsed.entries) > MOST_ITEMS:
        told.append(f"{len(parsed.entries):,} items, the first {MOST_ITEMS} were read")
    if empty:
        told.append(f"{empty} {'item' if empty == 1 else 'items'} without any words left out")
    end = text.rstrip()[-40:].lower()
    if not any(end.endswith(tag) for tag in ("</rss>", "</feed>", "</rdf:rdf>", "</rdf>", "-->")):
        told.append("the feed was cut off; its last item may be incomplete")
    elif parsed.bozo and "SAX" in type(parsed.get("bozo_exception")).__name__:
        told.append("the feed is not well-formed XML; read as far as that can be done")
    return told
