"""When a page was published: what it says itself, in the order in which that can be trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from dashboard.domain.article import Published
from dashboard.sources.article.stamps import read_stamp

ARTICLES: Final = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|\w*NewsArticle)$")
PAGES: Final = re.compile(r"(?:Web|Item|About)Page$|CreativeWork$|VideoObject$")
ELSEWHERE: Final = frozenset(
    {"itemListElement", "hasPart", "mentions", "isRelatedTo", "relatedLink", "comment", "review",
     "citation", "isPartOf", "publisher", "liveBlogUpdate", "associatedMedia", "subjectOf"}
)  # fmt: skip
"""Parts of a page's own description that tell of other pages."""

DEEPEST: Final = 20
REWRITTEN: Final = timedelta(days=30)
MOST_SCRIPTS: Final = 50

_ASIDE: Final = (
    "ancestor::aside|ancestor::nav|ancestor::footer|ancestor::*[contains(@class,'related')]"
    "|ancestor::*[contains(@class,'recommend')]|ancestor::*[contains(@class,'comment')]"
    "|ancestor::*[contains(@id,'comment') or contains(@id,'related') or contains(@id,'footer')]"
)
_NO_DATELINE: Final = (
    "//aside|//nav|//footer|//script|//a[@href]|//time[@datetime]"
    "|//*[contains(@class,'related') or contains(@id,'related')]"
    "|//*[contains(@class,'comment') or contains(@id,'comment')]"
    "|//*[contains(@class,'footer') or contains(@id,'footer')]"
    "|//meta[contains(@property,'modified') or contains(@property,'updated')]"
    "|//meta[contains(@property,'published_time') or contains(@name,'published_time')]"
    "|//*[contains(@itemprop,'date')]"
)
"""What a day of publication is not looked for in: other stories, edges, stamps read before."""

_SENTENCE: Final = re.compile(r"[.!?…][\"'»”)]*$")
_LINE_MOST: Final = 120


@dataclass(frozen=True, slots=True)
class Found:
    """When a page was published, and what a person should know about that."""

    published: Published | None
    messages: tuple[str, ...] = ()


def published_of(tree: Any, today: date) -> Found:
    """When a page was published: JSON-LD, Open Graph, `<time>`, then htmldate to the day.

    Args:
        tree: the page, parsed by lxml.
        today: a stamp after tomorrow cannot be right.
    """
    for find in (_from_json_ld, _from_meta, _from_time, _from_htmldate):
        found = find(tree, today)
        day = found.published.day if found.published else None
        if day and day <= today + timedelta(days=1):
            return found
    return Found(None)


# ---------------------------------------------------------------- JSON-LD


def _from_json_ld(tree: Any, _: date) -> Found:
    stamps: list[tuple[int, Published, Published | None]] = []
    for number, script in enumerate(tree.xpath("//script[@type='application/ld+json']")):
        if number >= MOST_SCRIPTS:
            break
        for node in _nodes(_parsed(script.text or "")):
            rank = _rank(node)
            published = read_stamp(node.get("datePublished"), "json-ld")
            if rank is not None and published is not None:
                stamps.append((rank, published, read_stamp(node.get("dateModified"), "modified")))
    if not stamps:
        return Found(None)
    best = min(rank for rank, *_ in stamps)
    same = [(published, modified) for rank, published, modified in stamps if rank == best]
    published, modified = same[0]
    messages = []
    if len({each.day for each, _ in same}) > 1:
        days = ", ".join(sorted({str(each.day) for each, _ in same}))
        messages.append(f"the page names several days of publication ({days}); {published.day}"
                        " stands first")  # fmt: skip
    if modified and modified.day - published.day > REWRITTEN:
        messages.append(f"the page was published on {published.day} and changed on {modified.day};"
                        " say with --published from which day its text counts")  # fmt: skip
    return Found(published, tuple(messages))


def _parsed(text: str) -> Any:
    text = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>)\s*$", "", text)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name, each in value.items():
            if name not in ELSEWHERE and isinstance(each, dict | list):
                yield from _nodes(each, depth + 1)


def _rank(node: dict[str, Any]) -> int | None:
    kinds = node.get("@type")
    names = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    if any(ARTICLES.search(name) for name in names):
        return 0
    return 1 if any(PAGES.search(name) for name in names) else None


# ---------------------------------------------------------------- Open Graph, time


_META: Final = (
    "//meta[@property='article:published_time' or @property='og:article:published_time'"
    " or @name='article:published_time']/@content",
    "//*[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
)


def _from_meta(tree: Any, _: date) -> Found:
    for path in _META:
        for stamp in tree.xpath(path):
            published = read_stamp(stamp, "open-graph" if "property" in path else "time")
            if published is not None:
                return Found(published)
    return Found(None)


def _from_time(tree: Any, _: date) -> Found:
    """The first `<time>` of the article itself; links to other stories have theirs elsewhere."""
    marked = tree.xpath("//time[@pubdate]/@datetime")
    inside = tree.xpath(f"(//article|//main|//header)//time[@datetime][not({_ASIDE})]/@datetime")
    anywhere = tree.xpath(f"//time[@datetime][not({_ASIDE})]/@datetime")
    for stamps in (marked, inside):
        found = [stamp for each in stamps if (stamp := read_stamp(each, "time"))]
        if found:
            return Found(found[0])
    found = [stamp for each in anywhere if (stamp := read_stamp(each, "time"))]
    return Found(found[0]) if len({stamp.day for stamp in found}) == 1 else Found(None)


# ---------------------------------------------------------------- htmldate


def _from_htmldate(tree: Any, today: date) -> Found:
    """A day that htmldate finds; never 1 January, which it makes of a year in the footer."""
    from copy import deepcopy

    import htmldate

    body = deepcopy(tree)
    for aside in body.xpath(_NO_DATELINE):
        _drop(aside)
    for paragraph in body.xpath("//p|//li|//blockquote|//td"):
        if _is_sentence(" ".join("".join(paragraph.itertext()).split())):
            _drop(paragraph)
    text = htmldate.find_date(
        body, original_date=True, extensive_search=True, max_date=today.isoformat()
    )
    day = date.fromisoformat(text) if text else None
    if day is None or (day.month, day.day) == (1, 1):
        return Found(None)
    words = " ".join(body.itertext())
    written = (f"{day:%d}/{day:%m}/{day:%Y}", f"{day.day}/{day.month}/{day.year}")
    if day.day <= 12 and day.day != day.month and any(form in words for form in written):
        message = f"the page writes {written[0]}, taken for {day}; day and month may be swapped"
        return Found(Published(day, "htmldate"), (message,))
    return Found(Published(day, "htmldate"))


def _is_sentence(words: str) -> bool:
    """Whether a paragraph is part of the story, whose days are not that of its publication."""
    return len(words) > _LINE_MOST or bool(_SENTENCE.search(words))


def _drop(element: Any) -> None:
    """Take an element out, and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail or "", element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
