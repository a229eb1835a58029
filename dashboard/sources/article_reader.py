"""Articles from web pages and plain text: title, author, publication date and text.

The libraries that extract the text of a page are heavy; they are imported when a page is read.
Executed as a module it is the subprocess of `sources.sandbox` that reads pages.
"""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from dashboard.models.article import MAX_TEXT_LENGTH, Article, PublicationTime
from dashboard.models.errors import InputError
from dashboard.models.messages import at_place, deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.sources.content_sniff import kind_name, sniff_kind
from dashboard.sources.files.text import display_name
from dashboard.sources.publication_date import find_publication_date
from dashboard.sources.sandbox import REFUSAL, run_in_subprocess, serve_subprocess

MAX_PAGE_BYTES: Final = 10_000_000
MAX_PAGE_ELEMENTS: Final = 20_000
"""A page of more elements is no article, and extraction would take too long."""
MAX_TITLE_CHARS: Final = 300
MAX_TEXT_NODE_CHARS: Final = 2 * MAX_TEXT_LENGTH
"""Characters of one text node; longer ones are never read in full and slow the libraries down."""
_CHARSET: Final = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
READ_TIMEOUT: Final = 10.0
MEMORY_LIMIT: Final = 1_500_000_000
"""Bytes of address space of the subprocess, where the system can limit it."""
_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_UNSUPPORTED_SIGNATURES: Final = (
    (b"%PDF", deferred("a PDF")),
    (b"\x1f\x8b", deferred("a gzip archive")),
    (b"\xd0\xcf\x11\xe0", deferred("an old Office document")),
    (b"{\\rtf", deferred("a rich text document")),
    (b"\x89PNG", deferred("a picture")),
    (b"\xff\xd8\xff", deferred("a picture")),
    (b"SQLite format 3", deferred("a database")),
)
_CYRILLIC_LETTERS: Final = frozenset(chr(code) for code in range(ord("А"), ord("я") + 1)) | {
    "Ё",
    "ё",
}
MIN_ARTICLE_CHARS: Final = 300
"""Characters of text below which a page is likely incomplete."""
_BOT_TITLE: Final = re.compile(
    r"just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|not a robot"
    r"|verify(?:ing)? (?:that )?you are|checking your browser|ddos-guard|captcha|security check"
    r"|please wait|pardon our interruption|request blocked|human verification|bot detection"
    r"|проверка браузера|вы не робот|доступ (?:ограничен|запрещ[её]н)",
    re.IGNORECASE,
)
_BOT_PAGE: Final = re.compile(
    rb"cf-chl-|challenge-platform|__ddg|_Incapsula_|px-captcha|g-recaptcha|hcaptcha|datadome",
    re.IGNORECASE,
)
_ERROR_TITLE: Final = re.compile(
    r"^\W*(?:40[0-9]|45\d|50[0-9])\b|page not found|not found$|service unavailable|bad gateway"
    r"|страница не найдена",
    re.IGNORECASE,
)
_PAYWALL: Final = re.compile(
    rb"isAccessibleForFree[\"']?\s*:\s*[\"']?false|paywall|subscribe to (?:read|continue)"
    rb"|meteredContent|subscriber-only",
    re.IGNORECASE,
)
MAX_STYLE_CHARS: Final = 300_000
"""Characters of the style sheets of a page that are parsed."""
_HIDING_DECLARATION: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])"
    r"|opacity\s*:\s*0(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{4}",
    re.IGNORECASE,
)
_ZERO_HEIGHT: Final = re.compile(r"(?<![\w-])(?:max-)?height\s*:\s*0(?![.\d])", re.IGNORECASE)
_OVERFLOW_HIDDEN: Final = re.compile(r"overflow(?:-y)?\s*:\s*hidden", re.IGNORECASE)
_COLOUR: Final = re.compile(r"(?<![\w-])color\s*:\s*([#\w]+)", re.IGNORECASE)
_BACKGROUND: Final = re.compile(r"background(?:-color)?\s*:\s*([#\w]+)", re.IGNORECASE)
_SHORT_HEX_COLOUR: Final = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])")
_NAMED_COLOURS: Final = {"white": "#ffffff", "black": "#000000"}
_CSS_RULE: Final = re.compile(r"([^{}]*+)\{([^{}]*+)\}")
_CSS_SELECTOR: Final = re.compile(r"\s*([.#])([\w-]++)\s*")

for _library in ("trafilatura", "htmldate"):
    # They warn about every page without text; `short_text_warning` does so for the user.
    logging.getLogger(_library).setLevel(logging.CRITICAL)


def read_article(content: bytes, name: str, today: date, *, content_type: str = "") -> Article:
    """An article from the bytes of a page or of a plain text.

    Args:
        content: the bytes.
        name: in messages.
        today: the present day; no page is from later.
        content_type: the header of the response.

    Raises:
        InputError: it is neither, too large, or a page in place of the article.
    """
    if len(content) > MAX_PAGE_BYTES:
        size, limit = len(content) / 1e6, MAX_PAGE_BYTES / 1e6
        msg = _(
            "{name}: {size:,.1f} MB, at most {limit:.0f} MB are read; save only the article",
            name=name,
            size=size,
            limit=limit,
        )
        raise InputError(msg)
    reject_unsupported_content(content, name)
    if is_web_page(content):
        article = _read_page(content, name, today, content_type)
    else:
        text, messages = decode_article_text(content, name)
        article = Article(text, messages=messages)
    if len(article.text) > MAX_TEXT_LENGTH:
        message = _(
            "{name}: only the first {max_text_length:,} characters of the text are read",
            name=name,
            max_text_length=MAX_TEXT_LENGTH,
        )
        article = replace(
            article, text=article.text[:MAX_TEXT_LENGTH], messages=(*article.messages, message)
        )
    return article


def read_article_in_subprocess(
    content: bytes,
    name: str,
    today: date,
    *,
    content_type: str = "",
    seconds: float = READ_TIMEOUT,
) -> Article:
    """An article as `read_article` reads it, within limits of time and memory.

    Args:
        content: the page.
        name: in messages.
        today: the present day.
        content_type: the header of the response.
        seconds: the time limit.

    Raises:
        InputError: it is no article, or cannot be read within the limits.
    """
    params = {"name": name, "today": today.isoformat(), "content_type": content_type}
    try:
        answer = run_in_subprocess("dashboard.sources.article_reader", params, content, seconds)
    except ChildProcessError:
        msg = _(
            "{name}: is too large or too tangled to be read; paste the text of the article",
            name=name,
        )
        raise InputError(msg) from None
    if REFUSAL in answer:
        raise InputError(answer[REFUSAL])
    return _article_from_json(answer)


def read_article_file(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file, at most `max_bytes` + 1.

    Raises:
        InputError: it does not exist, is a folder or may not be read.
    """
    name = display_name(path.name)
    try:
        if path.is_dir():
            msg = _("{name}: is a folder; give the file of a page or a text", name=name)
            raise InputError(msg)
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError:
        msg = _("{name}: there is no such file; give a file or a link", name=name)
        raise InputError(msg) from None
    except (OSError, ValueError):
        msg = _("{name}: cannot be read; check the path and its permissions", name=name)
        raise InputError(msg) from None


# ---- pages


def _read_page(content: bytes, name: str, today: date, content_type: str) -> Article:
    tree = _parse_html(content, content_type)
    if tree is None or len(list(islice(tree.iter(), MAX_PAGE_ELEMENTS + 1))) > MAX_PAGE_ELEMENTS:
        msg = _("{name}: is no page that can be read; paste the text of the article", name=name)
        raise InputError(msg)
    publication = find_publication_date(tree, today)
    hidden = strip_hidden(tree)
    _truncate_long_texts(tree)
    page = _extract_content(tree)
    title, text = page.get("title") or _title_element(tree), page.get("text") or ""
    interstitial = detect_interstitial(title, text, content)
    if interstitial:
        advice = _("open it in a browser and paste the text")
        raise InputError(at_place(name, join_clauses(interstitial, advice)))
    short = short_text_warning(text, content)
    hidden_note = (
        _("{hidden:,} characters that the page does not show were left out", hidden=hidden)
        if hidden
        else ""
    )
    return Article(
        text,
        " ".join(title.split())[:MAX_TITLE_CHARS],
        publication.published,
        author=(page.get("author") or "")[:MAX_TITLE_CHARS],
        site=(page.get("sitename") or "")[:MAX_TITLE_CHARS],
        messages=(*publication.messages, *filter(None, (short, hidden_note))),
    )


def _parse_html(content: bytes, content_type: str) -> Any:
    """The page as a tree; None where it is none."""
    from lxml.etree import LxmlError
    from trafilatura.utils import load_html

    try:
        return load_html(_decode_html(content, content_type))
    except (LxmlError, ValueError):
        return None


def _decode_html(content: bytes, content_type: str) -> bytes | str:
    """The bytes, or their text where only the header states the encoding."""
    charset = _CHARSET.search(content_type)
    if charset is None or _CHARSET.search(content[:4_000].decode("latin-1")):
        return content
    try:
        return content.decode(charset[1])
    except (LookupError, UnicodeDecodeError):
        return content


def _extract_content(tree: Any) -> dict[str, Any]:
    from trafilatura import bare_extraction

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about dates that a library of trafilatura cannot parse
        document = bare_extraction(
            tree, with_metadata=True, include_comments=False, include_tables=False, url=None
        )
    if document is None or isinstance(document, dict):
        return document or {}
    fields: dict[str, Any] = document.as_dict()
    return fields


def _truncate_long_texts(tree: Any) -> None:
    """Cut text nodes that are longer than what is read of a whole page."""
    for element in tree.iter():
        if element.text and len(element.text) > MAX_TEXT_NODE_CHARS:
            element.text = element.text[:MAX_TEXT_NODE_CHARS]
        if element.tail and len(element.tail) > MAX_TEXT_NODE_CHARS:
            element.tail = element.tail[:MAX_TEXT_NODE_CHARS]


def _title_element(tree: Any) -> str:
    return " ".join(tree.xpath("//title//text()"))


# ---- formats


def is_web_page(content: bytes) -> bool:
    """Whether bytes are a web page; XML counts, because some pages begin like it."""
    return sniff_kind(content) in {"html", "xml"}


def reject_unsupported_content(content: bytes, name: str) -> None:
    """Refuse content that is neither a page nor a text.

    Raises:
        InputError: one line that names the actual format.
    """
    kind = sniff_kind(content)
    for start, format_name in _UNSUPPORTED_SIGNATURES:
        if content.startswith(start):
            raise _format_error(name, translate_deferred(format_name))
    if kind == "nothing":
        msg = _("{name}: is empty; give the text of an article or its page", name=name)
        raise InputError(msg)
    if kind in {"json", "zip"} and not _is_bracketed_text(content):
        format_name = "JSON" if kind == "json" else _("a zip archive or an Office document")
        raise _format_error(name, format_name)
    if kind == "bytes" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _format_error(name, kind_name("bytes"))


def _format_error(name: str, kind: str) -> InputError:
    msg = _(
        "{name}: is {kind}; save the page as HTML, or the words as plain text", name=name, kind=kind
    )
    return InputError(msg)


def _is_bracketed_text(content: bytes) -> bool:
    """Whether brackets open a sentence ("[Moscow] …"), not JSON."""
    import json

    try:
        json.loads(content)
    except (ValueError, RecursionError):
        start = content.lstrip()[:40]
        return start.startswith(b"[") and not start.startswith((b"[{", b'["', b"[["))
    return False


def decode_article_text(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """A plain text in UTF-8 or windows-1251, and messages for the user.

    Raises:
        InputError: it is in another character set.
    """
    codec = next((codec for mark, codec in _BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(codec), ()
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("windows-1251")
    except UnicodeDecodeError:
        text = ""
    russian = sum(letter in _CYRILLIC_LETTERS for letter in text)
    if russian * 3 < sum(letter.isalpha() for letter in text) or not russian:
        msg = _("{name}: is neither UTF-8 nor Russian windows-1251; save it as UTF-8", name=name)
        raise InputError(msg)
    return text, (
        _("{name}: is not UTF-8, was read as windows-1251; check the Russian letters", name=name),
    )


# ---- hidden text


def strip_hidden(tree: Any) -> int:
    """Remove elements that are not displayed; returns their number of characters of text."""
    classes, ids = _hidden_selectors(tree)
    count = 0
    for element in tree.xpath("//body//*[@hidden or @style or @class or @id or self::template]"):
        parent = element.getparent()
        if parent is None or not _is_hidden(element, classes, ids):
            continue
        count += len(" ".join("".join(element.itertext()).split()))
        element.drop_tree()
    return count


def _is_hidden(element: Any, classes: set[str], ids: set[str]) -> bool:
    if element.tag == "template" or element.get("hidden") is not None:
        return True
    if is_hiding_style(element.get("style") or "") or element.get("id") in ids:
        return True
    return not classes.isdisjoint((element.get("class") or "").split())


def is_hiding_style(style: str) -> bool:
    """Whether the declarations of a style hide a text."""
    if _HIDING_DECLARATION.search(style) or (
        _ZERO_HEIGHT.search(style) and _OVERFLOW_HIDDEN.search(style)
    ):
        return True
    colour, background = _COLOUR.search(style), _BACKGROUND.search(style)
    return bool(
        colour and background and _normalize_colour(colour[1]) == _normalize_colour(background[1])
    )


def _normalize_colour(colour: str) -> str:
    """A colour in one notation: `#FFF` and `white` are `#ffffff`."""
    colour = colour.casefold()
    return _NAMED_COLOURS.get(
        colour, _SHORT_HEX_COLOUR.sub(r"#\1\1\2\2\3\3", colour) if len(colour) == 4 else colour
    )


def _hidden_selectors(tree: Any) -> tuple[set[str], set[str]]:
    """Classes and ids that the style sheets of the page hide on every screen."""
    names: dict[str, set[str]] = {".": set(), "#": set()}
    sheet = "\n".join(style.text or "" for style in tree.xpath("//style[not(@media)]"))
    for selectors, declarations in _css_rules(_strip_css_comments(sheet[:MAX_STYLE_CHARS])):
        if not is_hiding_style(declarations):
            continue
        for selector in selectors.split(","):
            match = _CSS_SELECTOR.fullmatch(selector)
            if match:
                names[match[1]].add(match[2])
    return names["."], names["#"]


def _strip_css_comments(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return first + "".join(other.partition("*/")[2] for other in others)


def _css_rules(sheet: str) -> list[tuple[str, str]]:
    """The rules outside `@media` and other blocks."""
    rules, depth, start = [], 0, 0
    for place, char in enumerate(sheet):
        if char == "{":
            depth += 1
        elif char == "}" and depth:
            depth -= 1
            if depth == 0:
                match = _CSS_RULE.fullmatch(sheet[start : place + 1])
                rules += [(match[1], match[2])] if match else []
                start = place + 1
    return rules


# ---- pages that are not the article


def detect_interstitial(title: str, text: str, page: bytes) -> str:
    """What the page is instead of an article ("is a check for robots"); empty if it is one."""
    if len(text) >= 3 * MIN_ARTICLE_CHARS:
        return ""
    if _BOT_TITLE.search(title) or (len(text) < MIN_ARTICLE_CHARS and _BOT_PAGE.search(page)):
        return _("is a check for robots, not the article")
    if _ERROR_TITLE.search(title):
        return _("is a page that says that something failed, not the article")
    return ""


def short_text_warning(text: str, page: bytes) -> str:
    """A warning about a text that is too short to be complete; empty where it is not."""
    if len(text) >= MIN_ARTICLE_CHARS:
        return ""
    if _PAYWALL.search(page):
        return _(
            "the page holds {count} characters of text; the rest is likely behind a payment or a"
            " login; paste the text if there is more",
            count=len(text),
        )
    return _(
        "the page holds {count} characters of text; paste the text if there is more",
        count=len(text),
    )


# ---- the subprocess


def _article_from_json(answer: dict[str, Any]) -> Article:
    published = answer.pop("published")
    if published is not None:
        moment = published["moment"]
        published = PublicationTime(
            date.fromisoformat(published["day"]),
            published["origin"],
            datetime.fromisoformat(moment) if moment else None,
        )
    return Article(published=published, **{**answer, "messages": tuple(answer["messages"])})


def _article_to_json(article: Article) -> dict[str, Any]:
    published = article.published
    return {
        "text": article.text,
        "title": article.title,
        "author": article.author,
        "site": article.site,
        "messages": list(article.messages),
        "published": published and {
            "day": published.day.isoformat(),
            "origin": published.origin,
            "moment": published.moment.isoformat() if published.moment else None,
        },
    }  # fmt: skip


def _serve_article(params: dict[str, Any], content: bytes) -> dict[str, Any]:
    today = date.fromisoformat(params.pop("today"))
    return _article_to_json(read_article(content, params.pop("name"), today, **params))


if __name__ == "__main__":
    serve_subprocess(_serve_article, MEMORY_LIMIT)
