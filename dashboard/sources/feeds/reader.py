"""Items of RSS, Atom and iCalendar: decoding, parsing, plain text, in a subprocess with limits.

Executed as a module it is the subprocess of `sources.sandbox` that parses feeds.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
import warnings
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dashboard.models.article import Precision
from dashboard.models.errors import InputError, SourceError
from dashboard.models.event import MOSCOW, TITLE_LIMIT, Event
from dashboard.models.inbox import (
    CALENDAR_KIND,
    EXCERPT_LIMIT,
    PRINTED_DATE_LIMIT,
    DatedBy,
    NewsBatch,
    NewsItem,
)
from dashboard.models.messages import deferred, join_clauses, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.sources.content_sniff import kind_name, sniff_kind
from dashboard.sources.feeds.dates import ItemDate, as_date_if_midnight, parse_item_date
from dashboard.sources.sandbox import REFUSAL, run_in_subprocess, serve_subprocess

MAX_FEED_BYTES: Final = 5_000_000
MAX_ITEMS: Final = 500
GOOGLE_NEWS_HOST: Final = "news.google.com"
GOOGLE_NEWS_ZONE: Final = "America/Los_Angeles"
_PATHOLOGICAL_MARKUP: Final = re.compile(r"<[A-Za-z][^<>]{100000}|(?:<[A-Za-z][^<>]{0,100}){300}")
"""A tag of 100,000 letters, or 300 that are never closed: minutes of parsing."""
BOT_CHECK_PHRASES: Final = (
    "just a moment", "attention required", "checking your browser", "ddos-guard",
    "enable javascript", "captcha", "access denied",
)  # fmt: skip
READ_TIMEOUT: Final = 9.0
MEMORY_LIMIT: Final = 1_000_000_000
"""Bytes of address space of the subprocess, where the system can limit it."""
SKIPPED_TAGS: Final = frozenset(
    {"script", "style", "iframe", "object", "noscript", "template", "svg"}
)
MAX_LINK_CHARS: Final = 2_000
_ILLEGAL_LINK_CHARS: Final = re.compile(r"[\s<>\"`\\^{|}\x00-\x1f\x7f]")
_BLOCK_TAGS: Final = frozenset({"p", "br", "div", "li", "td", "tr", "h1", "h2", "h3", "blockquote"})
_TAG: Final = re.compile(r"<[/!a-zA-Z]")
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_XML_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})")
_HEADER_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]{0,300}?\?>")
_ILLEGAL_XML_CHARS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BLANK_BYTES: Final = b"\xef\xbb\xbf \t\r\n"
_CALENDAR_BEGIN: Final = b"BEGIN:VCALENDAR"
_UNICODE_CODECS: Final = frozenset({"utf-8", "utf-16", "utf-32", "ascii"})


@dataclass(frozen=True, slots=True)
class FeedContent:
    """A response with a feed: bytes, address, publisher, content type, default time zone."""

    content: bytes
    url: str
    publisher: str
    content_type: str = ""
    zone: str = ""


def parse_feed_in_subprocess(
    feed: FeedContent, now: datetime, seconds: float = READ_TIMEOUT
) -> NewsBatch:
    """The items of a feed as `parse_feed` reads them, within limits of time and memory.

    Args:
        feed: the response.
        now: the present moment in UTC.
        seconds: the time limit.

    Raises:
        SourceError: it is no feed, or cannot be read within the limits.
    """
    params = {"url": feed.url, "who": feed.publisher, "content_type": feed.content_type,
            "zone": feed.zone, "now": now.isoformat()}  # fmt: skip
    try:
        answer = run_in_subprocess("dashboard.sources.feeds.reader", params, feed.content, seconds)
    except ChildProcessError:
        msg = _(
            "{publisher} answered a feed that is too large or too tangled to be read",
            publisher=feed.publisher,
        )
        raise SourceError(msg) from None
    if REFUSAL in answer:
        raise SourceError(answer[REFUSAL])
    items = tuple(_item_from_json(item) for item in answer["reports"])
    return NewsBatch(items, tuple(answer["told"]), answer["kind"])


def parse_feed(feed: FeedContent, now: datetime) -> NewsBatch:
    """The items of a feed in its order, or the future entries of a calendar.

    Unknown dates are marked.

    Args:
        feed: the response.
        now: the present moment in UTC.

    Raises:
        SourceError: it is no feed; one sentence names the actual format.
    """
    if len(feed.content) > MAX_FEED_BYTES:
        limit = f"{MAX_FEED_BYTES / 1e6:.0f} MB"
        msg = _(
            "{publisher} answered more than {limit}; no feed is that long",
            publisher=feed.publisher,
            limit=limit,
        )
        raise SourceError(msg)
    if feed.content[:200].lstrip(_BLANK_BYTES).upper().startswith(_CALENDAR_BEGIN):
        return _parse_calendar(feed, now)
    text, messages = decode_feed(feed.content, feed.content_type, feed.publisher)
    _reject_non_feed(text, feed.publisher)
    if _PATHOLOGICAL_MARKUP.search(text):
        msg = _(
            "{publisher} answered a feed with tags too long or too tangled to be read",
            publisher=feed.publisher,
        )
        raise SourceError(msg)
    parsed = _parse_document(text, feed.url)
    if not parsed.version:
        msg = _("{publisher} answered XML that is neither RSS nor Atom", publisher=feed.publisher)
        raise SourceError(msg)
    entries = parsed.entries[:MAX_ITEMS]
    parsed_items = [_parse_item(entry, feed, now) for entry in entries]
    items = tuple(item for item in parsed_items if item is not None)
    n_empty = len(entries) - len(items)
    return NewsBatch(
        _with_language(items, parsed), (*messages, *_feed_messages(parsed, text, n_empty))
    )


def _parse_calendar(feed: FeedContent, now: datetime) -> NewsBatch:
    """The entries of an iCalendar from today on by the clock of Moscow, at most `MAX_ITEMS`.

    Raises:
        SourceError: it cannot be read as a calendar; one sentence says why.
    """
    from dashboard.models.user_files import EventFileOptions
    from dashboard.sources.files.event_file import read_event_rows

    today = now.astimezone(ZoneInfo(MOSCOW)).date()
    try:
        options = EventFileOptions(zone=feed.zone)
        rows = read_event_rows(feed.content, options, today, name=feed.publisher)
    except InputError as error:
        raise SourceError(str(error)) from None
    events = sorted(
        (row.event for row in rows.rows if row.event is not None and row.event.day >= today),
        key=lambda event: (event.day, event.starts_at, event.title),
    )
    items = tuple(_item_from_event(event) for event in events[:MAX_ITEMS])
    messages = []
    wrong = sum(bool(row.wrong) for row in rows.rows)
    if wrong:
        messages.append(
            plural(
                "{n:,} entry of the calendar cannot be read and is left out",
                "{n:,} entries of the calendar cannot be read and are left out",
                wrong,
            )
        )
    if len(events) > MAX_ITEMS:
        messages.append(
            _("only the next {limit} entries of the calendar are read", limit=MAX_ITEMS)
        )
    return NewsBatch(items, tuple(messages), CALENDAR_KIND)


def _item_from_event(event: Event) -> NewsItem:
    start = event.moment or event.day
    return NewsItem(
        guid=start.isoformat(),
        link=validated_link(event.source_url),
        title=html_to_text(event.title, TITLE_LIMIT),
        excerpt=html_to_text(event.text, EXCERPT_LIMIT),
        day=event.day,
        moment=event.moment,
        zone=event.zone,
        precision=Precision.MINUTE if event.moment else Precision.DAY,
    )


def _reject_non_feed(text: str, publisher: str) -> None:
    kind = sniff_kind(text[:4_000].encode("utf-8", "replace"))
    if kind == "nothing":
        msg = _("{publisher} answered nothing", publisher=publisher)
        raise SourceError(msg)
    if kind == "html":
        start = text[:4_000].lower()
        is_bot_check = any(phrase in start for phrase in BOT_CHECK_PHRASES)
        kind = _("a page that keeps programs out") if is_bot_check else _("a web page")
        msg = _("{publisher} answered {kind} instead of a feed", publisher=publisher, kind=kind)
        raise SourceError(msg)
    if kind != "xml":
        msg = _(
            "{publisher} answered {kind} instead of RSS or Atom",
            publisher=publisher,
            kind=kind_name(kind),
        )
        raise SourceError(msg)


def _parse_document(text: str, url: str) -> Any:
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # A stream: given bytes or text, feedparser would try them as a file name or an address.
        # Its sanitizing takes minutes on bad HTML; `html_to_text` removes all markup anyway.
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def _parse_item(entry: dict[str, Any], feed: FeedContent, now: datetime) -> NewsItem | None:
    """One item; None where it has no text."""
    excerpt = html_to_text(_item_summary(entry), EXCERPT_LIMIT)
    title = html_to_text(_text_field(entry, "title"), TITLE_LIMIT)
    publisher = html_to_text(_text_field(_mapping_field(entry, "source"), "title"), 120)
    if publisher and title.endswith(f" - {publisher}"):
        title = title.removesuffix(f" - {publisher}")
    if not title and not excerpt:
        return None
    guid = _text_field(entry, "id")
    link = validated_link(_text_field(entry, "link")) or validated_link(guid)
    item_date, printed, dated_by = _item_date(entry, feed, now)
    return NewsItem(
        guid=guid[:500],
        link=link,
        title=title or truncate_text(excerpt, 120),
        excerpt=excerpt if title else "",
        day=item_date.day,
        moment=item_date.moment,
        zone=feed.zone or MOSCOW,
        precision=item_date.precision,
        dated_by=dated_by,
        printed=printed,
        doubt=item_date.doubt,
        publisher=publisher,
    )


def _item_date(
    entry: dict[str, Any], feed: FeedContent, now: datetime
) -> tuple[ItemDate, str, DatedBy]:
    """The date of publication, or that of the last change with a doubt."""
    published, updated = _text_field(entry, "published"), _text_field(entry, "updated")
    printed = published or updated
    item_date = parse_item_date(printed, feed.zone, now)
    if urlsplit(feed.url).hostname == GOOGLE_NEWS_HOST:
        item_date = as_date_if_midnight(item_date, GOOGLE_NEWS_ZONE)
    dated_by = DatedBy.PUBLISHED if published or not updated else DatedBy.UPDATED
    if dated_by is DatedBy.UPDATED and item_date.precision is not Precision.NONE:
        doubt = _("the date of the last change; when it was first published is not said")
        item_date = replace(item_date, doubt=join_clauses(doubt, item_date.doubt))
    return item_date, printed[:PRINTED_DATE_LIMIT], dated_by


def _item_summary(entry: dict[str, Any]) -> str:
    content = dict.get(entry, "content") or ()
    longer = next((_text_field(part, "value") for part in content), "")
    return _text_field(entry, "summary") or longer


def _text_field(entry: dict[str, Any], name: str) -> str:
    # `dict.get`: feedparser's own returns `updated` where `published` is missing.
    value = dict.get(entry, name)
    return value.strip() if isinstance(value, str) else ""


def _mapping_field(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = dict.get(entry, name)
    return value if isinstance(value, dict) else {}


def _with_language(reports: tuple[NewsItem, ...], parsed: Any) -> tuple[NewsItem, ...]:
    language = _text_field(parsed.feed, "language")[:20]
    return tuple(replace(report, language=language) for report in reports)


def _feed_messages(parsed: Any, text: str, empty: int) -> list[str]:
    """Messages for the user: items left out, a feed that was cut off."""
    messages = []
    if len(parsed.entries) > MAX_ITEMS:
        messages.append(
            _(
                "{count:,} items, the first {max_items} were read",
                count=len(parsed.entries),
                max_items=MAX_ITEMS,
            )
        )
    if empty:
        messages.append(
            plural(
                "{n} item without any words left out",
                "{n} items without any words left out",
                empty,
            )
        )
    end = text.rstrip()[-40:].lower()
    if not any(end.endswith(tag) for tag in ("</rss>", "</feed>", "</rdf:rdf>", "</rdf>", "-->")):
        messages.append(_("the feed was cut off; its last item may be incomplete"))
    elif parsed.bozo and "SAX" in type(parsed.get("bozo_exception")).__name__:
        messages.append(_("the feed is not well-formed XML; read as far as that can be done"))
    return messages


# ---- decoding


def decode_feed(content: bytes, content_type: str, publisher: str) -> tuple[str, tuple[str, ...]]:
    """The text of a feed without its XML declaration, and messages about its encoding.

    Bytes that are valid UTF-8 are read so: hardly any other text is valid. Else the encoding of
    the document counts, then that of the header, then windows-1251.

    Args:
        content: the bytes.
        content_type: the header.
        publisher: its name in messages.

    Raises:
        SourceError: it is in none of these encodings.
    """
    in_header = _HEADER_CHARSET.search(content_type)
    declared = _XML_ENCODING.search(content[:400])
    claims = [
        declared[1].decode("ascii") if declared else "",
        in_header[1] if in_header else "",
    ]
    mark = next((codec for start, codec in _BYTE_ORDER_MARKS if content.startswith(start)), "")
    for codec in (mark or "utf-8", *claims, "windows-1251"):
        text = _decode_as(content, codec)
        if text is not None:
            return _clean_xml_text(text), _encoding_messages(content, codec, claims)
    msg = _(
        "{publisher} answered letters in no character set that can be told", publisher=publisher
    )
    raise SourceError(msg)


def _decode_as(content: bytes, codec: str) -> str | None:
    try:
        if not codec or codecs.lookup(codec).name in {"base64", "zlib", "bz2", "hex", "rot13"}:
            return None
        return content.decode(codec)
    except (LookupError, UnicodeError, ValueError, TypeError, AssertionError):
        return None


def _clean_xml_text(text: str) -> str:
    """Remove the declaration and characters that are illegal in XML and stop every parser."""
    return _ILLEGAL_XML_CHARS.sub("", _XML_DECLARATION.sub("", text, count=1)).lstrip(
        "\ufeff \t\r\n"
    )


def _encoding_messages(content: bytes, codec: str, claims: list[str]) -> tuple[str, ...]:
    """A message about wrong statements of the encoding; none for ASCII."""
    if content.isascii():
        return ()
    real = _codec_name(codec)
    document, header = (claim[:40] if _codec_name(claim) != real else "" for claim in claims)
    if not (document or header):
        return ()
    if not header:
        message = deferred("the document says {document}, but the letters are {real}; read so")
    elif not document:
        message = deferred("the header says {header}, but the letters are {real}; read so")
    else:
        message = deferred(
            "the document says {document} and the header says {header}, but the letters are"
            " {real}; read so"
        )
    return (translate_deferred(message, document=document, header=header, real=real),)


def _codec_name(codec: str) -> str:
    """The canonical name of a character set."""
    try:
        name = codecs.lookup(codec).name.replace("-sig", "")
    except LookupError:
        return codec.lower()
    known = next((text for text in _UNICODE_CODECS if name.startswith(text)), name)
    return "windows-1251" if known == "cp1251" else known


# ---- plain text


class _TextExtractor(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipped_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._skipped_depth += tag in SKIPPED_TAGS
        if tag in _BLOCK_TAGS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED_TAGS and self._skipped_depth:
            self._skipped_depth -= 1
        if tag in _BLOCK_TAGS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._skipped_depth:
            self.parts.append(data)


def html_to_text(markup: str, limit: int) -> str:
    """The text of a piece of HTML, on one line of limited length.

    Args:
        markup: HTML, escaped HTML or plain text.
        limit: of characters; a longer text is cut between words, with an ellipsis.
    """
    text = markup[: limit * 20]
    for _pass in range(2):  # titles are often escaped twice
        if not (_TAG.search(text) or "&" in text):
            break
        text = _strip_tags(text)
    return truncate_text(_normalize_whitespace(text), limit)


def _strip_tags(text: str) -> str:
    if not _TAG.search(text):
        return unescape(text)
    reader = _TextExtractor()
    reader.feed(text)
    reader.close()
    return "".join(reader.parts)


def _normalize_whitespace(text: str) -> str:
    letters = (letter if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"} else " "
            for letter in text.replace("\u00ad", "").replace("\u200b", ""))  # fmt: skip
    return unicodedata.normalize("NFC", " ".join("".join(letters).split()))


def truncate_text(text: str, limit: int) -> str:
    """A text of at most `limit` characters, cut between words where possible."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1].rpartition(" ")[0]
    return f"{(cut or text[: limit - 1]).rstrip(' ,;:–-')}…"


def validated_link(link: str) -> str:
    """A link that may be displayed: http or https, a host, no user name; else an empty text."""
    link = link.strip()
    try:
        parts = urlsplit(link)
        is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
        is_web = is_web and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    is_bad = len(link) > MAX_LINK_CHARS or "@" in parts.netloc or _ILLEGAL_LINK_CHARS.search(link)
    return link if is_web and not is_bad else ""


# ---- the subprocess


def _item_from_json(values: dict[str, Any]) -> NewsItem:
    day, moment = values["day"], values["moment"]
    parsed = {
        "day": date.fromisoformat(day) if day else None,
        "moment": datetime.fromisoformat(moment) if moment else None,
        "precision": Precision(values["precision"]),
        "dated_by": DatedBy(values["dated_by"]),
    }
    return NewsItem(**values | parsed)


def _news_to_json(news: NewsBatch) -> dict[str, Any]:
    reports = [
        asdict(item)
        | {
            "day": item.day.isoformat() if item.day else None,
            "moment": item.moment.isoformat() if item.moment else None,
        }
        for item in news.reports
    ]
    return {"reports": reports, "told": list(news.messages), "kind": news.kind}


def _serve_feed(params: dict[str, Any], content: bytes) -> dict[str, Any]:
    now, publisher = datetime.fromisoformat(params.pop("now")), params.pop("who")
    return _news_to_json(parse_feed(FeedContent(content, publisher=publisher, **params), now))


if __name__ == "__main__":
    serve_subprocess(_serve_feed, MEMORY_LIMIT)
