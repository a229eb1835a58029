"""Plain text from what a feed calls a title or a summary: no marks, no scripts, one line."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

SILENT: Final = frozenset({"script", "style", "iframe", "object", "noscript", "template", "svg"})
LINK_LIMIT: Final = 2_000
_NOT_IN_LINKS: Final = re.compile(r"[\s<>\"`\\^{|}\x00-\x1f\x7f]")
_PARTING: Final = frozenset({"p", "br", "div", "li", "td", "tr", "h1", "h2", "h3", "blockquote"})
_TAG: Final = re.compile(r"<[/!a-zA-Z]")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in SILENT
        if tag in _PARTING:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT and self._silent:
            self._silent -= 1
        if tag in _PARTING:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def plain(markup: str, limit: int) -> str:
    """The words of a piece of HTML or text, at most so many characters.

    Args:
        markup: HTML, escaped HTML or plain text.
        limit: a longer text is cut at a word, with an ellipsis.
    """
    text = markup[: limit * 20]
    for _ in range(2):  # titles are often escaped twice
        if not (_TAG.search(text) or "&" in text):
            break
        text = _words_of(text)
    return cut(_one_line(text), limit)


def _words_of(text: str) -> str:
    if not _TAG.search(text):
        return unescape(text)
    reader = _Words()
    reader.feed(text)
    reader.close()
    return "".join(reader.words)


def _one_line(text: str) -> str:
    kept = (letter if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"} else " "
            for letter in text.replace("\u00ad", "").replace("\u200b", ""))  # fmt: skip
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters, cut at a word where there is one."""
    if len(text) <= limit:
        return text
    words = text[: limit - 1].rpartition(" ")[0]
    return f"{(words or text[: limit - 1]).rstrip(' ,;:–-')}…"


def web_link(link: str) -> str:
    """A link that may be shown as one: http or https, a host, no user name; else nothing."""
    link = link.strip()
    try:
        parts = urlsplit(link)
        is_good = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
        is_good = is_good and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    bad = len(link) > LINK_LIMIT or "@" in parts.netloc or _NOT_IN_LINKS.search(link)
    return link if is_good and not bad else ""
