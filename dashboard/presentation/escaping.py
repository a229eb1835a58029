"""Escaping of text from people, files and feeds before it reaches Markdown, Plotly or a link.

`escape_plot` goes to Plotly, `plain_text` to widgets that show text as it is (`st.text`, text
columns of `st.dataframe`, `st.code`), `escape_markdown` and `escape_label` to the places where
Streamlit insists on Markdown (labels, `st.markdown`, toasts, alerts, dialog titles).

Streamlit turns bare addresses, `:emoji:`, `:material/icons:` and arrows into something else
*after* it has parsed the Markdown, so a backslash does not stop them. A WORD JOINER (U+2060,
no width) inside the pattern does; the text looks and reads the same.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from string import ascii_uppercase
from typing import Final
from urllib.parse import quote, urlsplit

DISPLAY_LIMIT: Final = 240
LABEL_LIMIT: Final = 90
LINK_LIMIT: Final = 2_000
PLOT_COLUMNS: Final = 60
PLOT_LINES: Final = 4

_ELLIPSIS: Final = "…"
_JOINER: Final = "\u2060"
_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_ALLOWED_FORMAT: Final = frozenset("\u200c\u200d")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_MARKS_IN_A_ROW: Final = 4
_VERY_WIDE: Final = {"\ufdfd": 20.0, "\u2e3a": 3.0, "\u2e3b": 4.0}
_FIRST_BEYOND_GREEK_AND_CYRILLIC: Final = 0x0530
_WIDE_LATIN: Final = frozenset("mwMW@%—")
_WIDER_ASCII: Final = frozenset(ascii_uppercase) | _WIDE_LATIN

_MARKDOWN: Final = re.compile(r"[\\`*_\[\]<>!&~$|#{}]")
_BLOCK_START: Final = re.compile(r"^(?:[-+=]|\d{1,9}[.)])")
_AFTER_PARSING: Final = re.compile(r":(?=\S)|@(?=\S)|www(?=\.)", re.IGNORECASE)
_ARROW: Final = re.compile(r"(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_PLOT_SPECIAL: Final = str.maketrans(
    {c: html.escape(c) for c in "&<>\"'"} | {c: f"&#{ord(c)};" for c in "$#{"}
)
_LINK_CHARACTERS: Final = "%/:?#[]@!&'()*+,;=-._~"


def clean_text(text: str) -> str:
    """One line of NFC text without control, direction and invisible characters.

    Zero-width joiners between letters or emoji stay; runs of more than four combining
    marks are cut, so that a title cannot overlap its neighbours.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    return _limit_marks(" ".join("".join(map(_visible_character, composed)).split()))


def truncate(text: str, limit: int = DISPLAY_LIMIT) -> str:
    """`text` in at most `limit` characters, the last an ellipsis where something is cut."""
    if len(text) <= limit:
        return text
    cut = limit - 1
    while cut > 0 and _is_continuation(text[cut]):
        cut -= 1
    return text[:cut].rstrip() + _ELLIPSIS


def plain_text(text: str, limit: int = DISPLAY_LIMIT) -> str:
    """Text for places that show characters as they are: `st.text`, text columns, `st.code`."""
    return _isolate(truncate(clean_text(text), limit))


def plain_text_block(text: str, limit: int = DISPLAY_LIMIT) -> str:
    """Like `plain_text`, with line breaks: for `st.text` of a note's text."""
    lines = [clean_text(line) for line in truncate(text, limit).splitlines()]
    return "\n".join(_isolate(line) for line in lines).strip()


def escape_markdown(text: str, limit: int = DISPLAY_LIMIT) -> str:
    """Text that Streamlit's Markdown shows literally: no link, image, colour, maths or icon."""
    return _isolate(_escape(truncate(clean_text(text), limit)))


def escape_label(text: str, limit: int = LABEL_LIMIT) -> str:
    """A short `escape_markdown` for the labels of buttons, options, tabs, metrics and links."""
    return escape_markdown(text, limit)


@lru_cache(maxsize=4096)
def escape_plot(text: str, columns: int = PLOT_COLUMNS, lines: int = PLOT_LINES) -> str:
    """Text for Plotly (hover data, annotations, titles, ticks), wrapped at `columns`.

    Plotly's pseudo-HTML, its `%{...}` templates, MathJax dollars and Streamlit's colour
    placeholders (`#000001` ...) are written as character references; `<br>` only comes from us.
    Cached, because every rerun draws the same titles again.
    """
    wrapped = _wrap(clean_text(text), columns)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], truncate(wrapped[lines - 1] + " …", columns)]
    return "<br>".join(_isolate(line.translate(_PLOT_SPECIAL)) for line in wrapped)


def safe_link(url: str) -> str | None:
    """The address if it is a plain http or https link that may be made live, else None.

    Refused are other schemes, spaces and control characters, a user name in the address
    (`https://bank.ru@evil.example`) and more than 2,000 characters.
    """
    link = url.strip()
    if (
        not link
        or len(link) > LINK_LIMIT
        or any(c in '<>"\\`{}|^' or unicodedata.category(c)[0] in "CZ" for c in link)
    ):
        return None
    try:
        parts = urlsplit(link)
        hostname = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not hostname or "@" in parts.netloc:
        return None
    return link


def format_markdown_link(label: str, url: str) -> str:
    """`[label](url)` where the address may be live, else the label alone."""
    link = safe_link(url)
    shown = escape_label(label)
    return shown if link is None else f"[{shown}](<{quote(link, safe=_LINK_CHARACTERS)}>)"


def _visible_character(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else " "
    category = unicodedata.category(character)
    if category in {"Zl", "Zp", "Cc"}:
        return " "
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cf" and character not in _ALLOWED_FORMAT else character


def _limit_marks(text: str) -> str:
    characters: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run <= _MARKS_IN_A_ROW:
            characters.append(character)
    return "".join(characters)


def _is_continuation(character: str) -> bool:
    """Whether the character belongs to the one before it (accent, joiner, emoji variant)."""
    return character in _ALLOWED_FORMAT or unicodedata.category(character).startswith("M")


def _isolate(text: str) -> str:
    """Put text that holds right-to-left letters between isolates; other text cannot leak."""
    if any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text if not c.isascii()):
        return f"{_ISOLATE}{text}{_POP_ISOLATE}"
    return text


def _escape(text: str) -> str:
    joined = _ARROW.sub(lambda m: m.group()[0] + _JOINER + m.group()[1:], text)
    joined = _AFTER_PARSING.sub(lambda m: m.group() + _JOINER, joined)
    escaped = _MARKDOWN.sub(lambda m: "\\" + m.group(), joined)
    return _BLOCK_START.sub(lambda m: m.group()[:-1] + "\\" + m.group()[-1], escaped)


def _wrap(text: str, columns: int) -> list[str]:
    lines: list[str] = []
    line, taken = "", 0.0
    for word in text.split(" "):
        width = _text_width(word)
        if taken + width + bool(line) <= columns:
            line, taken = (f"{line} {word}", taken + width + 1) if line else (word, width)
            continue
        if line:
            lines.append(line)
        *full, line = _split_word(word, columns)
        taken = _text_width(line)
        lines.extend(full)
    return [*lines, line]


def _split_word(word: str, columns: int) -> list[str]:
    pieces = [""]
    width = 0.0
    for character in word:
        width += _text_width(character)
        if width > columns and pieces[-1]:
            pieces.append("")
            width = _text_width(character)
        pieces[-1] += character
    return pieces


def _text_width(text: str) -> float:
    if text.isascii():
        return len(text) + 0.25 * sum(map(_WIDER_ASCII.__contains__, text))
    return sum(map(_character_width, text))


def _character_width(character: str) -> float:
    if _is_continuation(character):
        return 0.0
    if ord(character) >= _FIRST_BEYOND_GREEK_AND_CYRILLIC:
        return _VERY_WIDE.get(character, 1.0 if character in "…–—−‘’“”" else 2.0)
    return 1.25 if character.isupper() or character in _WIDE_LATIN else 1.0
