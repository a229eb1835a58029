"""The publication date of a web page: JSON-LD, Open Graph, `<time>`, then htmldate.

The order is that of reliability. A timestamp without a zone gives a day only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from dashboard.models.article import PublicationTime
from dashboard.models.messages import translate as _

ARTICLE_TYPES: Final = re.compile(
    r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|\w*NewsArticle)$"
)
PAGE_TYPES: Final = re.compile(r"(?:Web|Item|About)Page$|CreativeWork$|VideoObject$")
UNRELATED_KEYS: Final = frozenset(
    {"itemListElement", "hasPart", "mentions", "isRelatedTo", "relatedLink", "comment", "review",
     "citation", "isPartOf", "publisher", "liveBlogUpdate", "associatedMedia", "subjectOf"}
)  # fmt: skip
"""Parts of JSON-LD that describe other pages."""
MAX_JSON_LD_DEPTH: Final = 20
REVISION_NOTICE_AFTER: Final = timedelta(days=30)
MAX_JSON_LD_SCRIPTS: Final = 50
_SECONDARY_CONTENT: Final = (
    "ancestor::aside|ancestor::nav|ancestor::footer|ancestor::*[contains(@class,'related')]"
    "|ancestor::*[contains(@class,'recommend')]|ancestor::*[contains(@class,'comment')]"
    "|ancestor::*[contains(@id,'comment') or contains(@id,'related') or contains(@id,'footer')]"
)
_OF_PUBLICATION: Final = (
    "not(contains(@itemprop,'odified') or contains(@itemprop,'pdated')"
    " or contains(@class,'odified') or contains(@class,'pdated'))"
)
"""A `<time>` that does not say when the page was changed."""
_OTHER_DATE_LINE: Final = re.compile(
    r"^\W*(?:last\s+)?(?:accepted|received|revised|updated|modified|changed|edited"
    r"|обновлено|изменено|отредактировано|принят[аоы]?|получен[аоы]?|поступила)\b",
    re.IGNORECASE,
)
"""A line that says when a text was accepted or changed, which is not when it was published."""
_NON_DATELINE: Final = (
    "//aside|//nav|//footer|//script|//a[@href]|//time[@datetime]"
    "|//*[contains(@class,'related') or contains(@id,'related')]"
    "|//*[contains(@class,'comment') or contains(@id,'comment')]"
    "|//*[contains(@class,'footer') or contains(@id,'footer')]"
    "|//meta[contains(@property,'modified') or contains(@property,'updated')]"
    "|//meta[contains(@property,'published_time') or contains(@name,'published_time')]"
    "|//*[contains(@itemprop,'date')]"
)
"""Elements without the publication date: other articles, navigation, timestamps read before."""
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'»”)]*$")
_MAX_DATELINE_CHARS: Final = 120
_META_PATHS: Final = (
    "//meta[@property='article:published_time' or @property='og:article:published_time'"
    " or @name='article:published_time']/@content",
    "//*[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
)
_ISO_DATE: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)|(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DOTTED_DATE: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_EARLIEST: Final = date(1995, 1, 1)


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A publication date, and messages for the user."""

    published: PublicationTime | None
    messages: tuple[str, ...] = ()


def find_publication_date(tree: Any, today: date) -> DateCandidate:
    """The publication date of a page; from htmldate only the day.

    Args:
        tree: the page, parsed by lxml.
        today: dates after tomorrow are refused.
    """
    for find in (_from_json_ld, _from_meta, _from_time, _from_htmldate):
        candidate = find(tree, today)
        day = candidate.published.day if candidate.published else None
        if day and day <= today + timedelta(days=1):
            return candidate
    return DateCandidate(None)


# ---- JSON-LD


def _from_json_ld(tree: Any, _today: date) -> DateCandidate:
    stamps: list[tuple[int, PublicationTime, PublicationTime | None]] = []
    for number, script in enumerate(tree.xpath("//script[@type='application/ld+json']")):
        if number >= MAX_JSON_LD_SCRIPTS:
            break
        for node in _json_ld_nodes(_parse_json_ld(script.text or "")):
            rank = _type_rank(node)
            published = parse_timestamp(node.get("datePublished"), "json-ld")
            if rank is not None and published is not None:
                stamps.append(
                    (rank, published, parse_timestamp(node.get("dateModified"), "modified"))
                )
    if not stamps:
        return DateCandidate(None)
    best = min(rank for rank, *_others in stamps)
    same = [(published, modified) for rank, published, modified in stamps if rank == best]
    published, modified = same[0]
    messages = []
    if len({stamp.day for stamp, _modified in same}) > 1:
        days = ", ".join(sorted({str(stamp.day) for stamp, _modified in same}))
        messages.append(
            _(
                "the page names several days of publication ({days}); {day} stands first",
                days=days,
                day=published.day,
            )
        )
    if modified and modified.day - published.day > REVISION_NOTICE_AFTER:
        messages.append(
            _(
                "the page was published on {published} and changed on {modified}; say from which"
                " day its text counts",
                published=published.day,
                modified=modified.day,
            )
        )
    return DateCandidate(published, tuple(messages))


def _parse_json_ld(text: str) -> Any:
    text = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>)\s*$", "", text)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _json_ld_nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > MAX_JSON_LD_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _json_ld_nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name, item in value.items():
            if name not in UNRELATED_KEYS and isinstance(item, dict | list):
                yield from _json_ld_nodes(item, depth + 1)


def _type_rank(node: dict[str, Any]) -> int | None:
    kinds = node.get("@type")
    names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    if any(ARTICLE_TYPES.search(name) for name in names):
        return 0
    return 1 if any(PAGE_TYPES.search(name) for name in names) else None


# ---- Open Graph, time


def _from_meta(tree: Any, _today: date) -> DateCandidate:
    for path in _META_PATHS:
        for stamp in tree.xpath(path):
            published = parse_timestamp(stamp, "open-graph" if "property" in path else "time")
            if published is not None:
                return DateCandidate(published)
    return DateCandidate(None)


def _from_time(tree: Any, _today: date) -> DateCandidate:
    """The first `<time>` of the article; links to other articles have theirs elsewhere."""
    marked = tree.xpath("//time[@pubdate]/@datetime")
    inside = tree.xpath(
        f"(//article|//main|//header)//time[@datetime][{_OF_PUBLICATION}]"
        f"[not({_SECONDARY_CONTENT})]/@datetime"
    )
    anywhere = tree.xpath(
        f"//time[@datetime][{_OF_PUBLICATION}][not({_SECONDARY_CONTENT})]/@datetime"
    )
    for stamps in (marked, inside):
        read = [stamp for text in stamps if (stamp := parse_timestamp(text, "time"))]
        if read:
            return DateCandidate(read[0])
    read = [stamp for text in anywhere if (stamp := parse_timestamp(text, "time"))]
    return (
        DateCandidate(read[0]) if len({stamp.day for stamp in read}) == 1 else DateCandidate(None)
    )


# ---- htmldate


def _from_htmldate(tree: Any, today: date) -> DateCandidate:
    """The day that htmldate finds; never 1 January, which it derives from a year in the footer."""
    from copy import deepcopy

    import htmldate

    body = deepcopy(tree)
    for aside in body.xpath(_NON_DATELINE):
        _drop_element(aside)
    for paragraph in body.xpath("//p|//li|//blockquote|//td|//span|//div[not(*)]"):
        line = " ".join("".join(paragraph.itertext()).split())
        is_block = paragraph.tag not in {"span", "div"}
        if (is_block and _is_sentence(line)) or _OTHER_DATE_LINE.match(line):
            _drop_element(paragraph)
    text = htmldate.find_date(
        body, original_date=True, extensive_search=True, max_date=today.isoformat()
    )
    day = date.fromisoformat(text) if text else None
    if day is None or (day.month, day.day) == (1, 1):
        return DateCandidate(None)
    body_text = " ".join(body.itertext())
    written = (f"{day:%d}/{day:%m}/{day:%Y}", f"{day.day}/{day.month}/{day.year}")
    if day.day <= 12 and day.day != day.month and any(form in body_text for form in written):
        message = _(
            "the page writes {written}, taken for {day}; day and month may be swapped",
            written=written[0],
            day=day,
        )
        return DateCandidate(PublicationTime(day, "htmldate"), (message,))
    return DateCandidate(PublicationTime(day, "htmldate"))


def _is_sentence(text: str) -> bool:
    """Whether a paragraph is part of the body, whose dates are not that of its publication."""
    return len(text) > _MAX_DATELINE_CHARS or bool(_SENTENCE_END.search(text))


def _drop_element(element: Any) -> None:
    """Remove an element, but not the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail or "", element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


# ---- timestamps


def parse_timestamp(text: object, origin: str) -> PublicationTime | None:
    """The day of a timestamp, and its moment where it has a zone; None for an implausible one.

    Without a zone only the day is taken: some publishers mean UTC, some their local time.
    Midnight counts as a day without a time, because several publishers write it so.
    """
    text = _timestamp_text(text)
    if text is None:
        return None
    moment = _parse_moment(text)
    if moment is None:
        return _parse_day(text, origin)
    if moment.tzinfo is None or moment.time() == time():
        return _if_plausible(PublicationTime(moment.date(), origin))
    try:
        return _if_plausible(PublicationTime(moment.date(), origin, moment.astimezone(UTC)))
    except OverflowError:
        return None


def _timestamp_text(value: object) -> str | None:
    """The text of a timestamp; JSON-LD may wrap it in a list or give it a type."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value")
    return value.strip() if isinstance(value, str) else None


def _parse_moment(text: str) -> datetime | None:
    """A moment in ISO 8601 or RFC 5322 (`Tue, 22 Apr 2025 10:15:00 GMT`)."""
    try:
        if text[:1].isalpha():
            return parsedate_to_datetime(text)
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _parse_day(text: str, origin: str) -> PublicationTime | None:
    iso, dotted = _ISO_DATE.match(text), _DOTTED_DATE.match(text)
    numbers = [part for part in iso.groups() if part] if iso else []
    if dotted:
        numbers = list(reversed(dotted.groups()))
    try:
        day = date(*map(int, numbers)) if numbers else None
    except ValueError:
        day = None
    return _if_plausible(PublicationTime(day, origin)) if day else None


def _if_plausible(published: PublicationTime) -> PublicationTime | None:
    return published if published.day >= _EARLIEST else None
