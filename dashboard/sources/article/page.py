"""A page or a text, read into an article: title, day of publication and words.

The libraries that find the text of a page are heavy; they are imported when a page is read.
"""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import replace
from datetime import date
from typing import Any, Final

from dashboard.domain.article import TEXT_MOST, Article
from dashboard.domain.errors import InputError
from dashboard.sources.article.given import is_page, refuse_neither, text_of
from dashboard.sources.article.hidden import take_out_hidden
from dashboard.sources.article.published import published_of
from dashboard.sources.article.walls import thin_text_of, wall_of

MOST_BYTES: Final = 10_000_000
MOST_ELEMENTS: Final = 20_000
"""A page of more elements is no article; rules that look at all of them would take too long."""

TITLE_MOST: Final = 300
LONGEST: Final = 2 * TEXT_MOST
"""Characters of one piece of text; no more of it could be read, and libraries get slow."""

_CHARSET: Final = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


for _library in ("trafilatura", "htmldate"):
    # They tell of every page without a text; so do we, in words.
    logging.getLogger(_library).setLevel(logging.CRITICAL)


def read_article(content: bytes, name: str, today: date, *, content_type: str = "") -> Article:
    """An article from the bytes of a page or of a plain text.

    Args:
        content: as they came.
        name: what messages call it.
        today: the day it is read; no page is from later.
        content_type: what its server said about it.

    Raises:
        InputError: it is neither, too large, or stands in place of the article.
    """
    if len(content) > MOST_BYTES:
        size, most = len(content) / 1e6, MOST_BYTES / 1e6
        msg = f"{name}: {size:,.1f} MB, at most {most:.0f} MB are read; save only the article"
        raise InputError(msg)
    refuse_neither(content, name)
    if is_page(content):
        article = _read_page(content, name, today, content_type)
    else:
        text, messages = text_of(content, name)
        article = Article(text, messages=messages)
    if len(article.text) > TEXT_MOST:
        message = f"{name}: only the first {TEXT_MOST:,} characters of the text are read"
        article = replace(
            article, text=article.text[:TEXT_MOST], messages=(*article.messages, message)
        )
    return article


def _read_page(content: bytes, name: str, today: date, content_type: str) -> Article:
    tree = _parsed(content, content_type)
    if tree is None or sum(1 for _ in zip(tree.iter(), range(MOST_ELEMENTS + 1), strict=False)) > (
        MOST_ELEMENTS
    ):
        msg = f"{name}: is no page that can be read; paste the text of the article"
        raise InputError(msg)
    found = published_of(tree, today)
    hidden = take_out_hidden(tree)
    _cut_long_texts(tree)
    page = _extracted(tree)
    title, text = page.get("title") or _title(tree), page.get("text") or ""
    wall = wall_of(title, text, content)
    if wall:
        msg = f"{name}: {wall}; open it in a browser and paste the text"
        raise InputError(msg)
    thin = thin_text_of(text, content)
    told = f"{hidden:,} characters that the page does not show were left out" if hidden else ""
    return Article(
        text,
        " ".join(title.split())[:TITLE_MOST],
        found.published,
        author=(page.get("author") or "")[:TITLE_MOST],
        site=(page.get("sitename") or "")[:TITLE_MOST],
        messages=(*found.messages, *(message for message in (thin, told) if message)),
    )


def _parsed(content: bytes, content_type: str) -> Any:
    """The page as a tree; None where it is none."""
    from lxml.etree import LxmlError
    from trafilatura.utils import load_html

    try:
        return load_html(_decoded(content, content_type))
    except (LxmlError, ValueError):
        return None


def _decoded(content: bytes, content_type: str) -> bytes | str:
    """The bytes, or their text where only the server says how they are written."""
    said = _CHARSET.search(content_type)
    if said is None or _CHARSET.search(content[:4_000].decode("latin-1")):
        return content
    try:
        return content.decode(said[1])
    except (LookupError, UnicodeDecodeError):
        return content


def _extracted(tree: Any) -> dict[str, Any]:
    from trafilatura import bare_extraction

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about stamps that a library behind it cannot read
        document = bare_extraction(
            tree, with_metadata=True, include_comments=False, include_tables=False, url=None
        )
    if document is None or isinstance(document, dict):
        return document or {}
    found: dict[str, Any] = document.as_dict()
    return found


def _cut_long_texts(tree: Any) -> None:
    """Shorten every piece of text that is longer than what is read of a whole page."""
    for element in tree.iter():
        if element.text and len(element.text) > LONGEST:
            element.text = element.text[:LONGEST]
        if element.tail and len(element.tail) > LONGEST:
            element.tail = element.tail[:LONGEST]


def _title(tree: Any) -> str:
    return " ".join(tree.xpath("//title//text()"))
