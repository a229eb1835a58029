"""Words on paper: the markup of figures made plain, text fit for a font, lines for a width."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from dashboard.export.paper.known import refuse

Measure = Callable[[str], float]

_BREAK: Final = re.compile(r"<br ?/?>")
_PLAIN_TAGS: Final = re.compile(r"</?(?:b|i|sub|sup)>")
_SPAN: Final = re.compile(r"</?span(?: style=\"[a-z0-9:;#,.()% -]*\")?>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")


def plain_lines(text: str) -> list[str]:
    """The lines of a text of a figure, its markup taken away, characters as they are.

    Raises:
        CannotDraw: it holds a tag that is none of ours.
    """
    kept = _SPAN.sub("", _PLAIN_TAGS.sub("", text))
    lines = _BREAK.split(kept)
    for line in lines:
        found = _TAG.search(line)
        if found:
            raise refuse("tag", found[0])
    return [printable(html.unescape(line)) for line in lines]


def weight_of(text: str, font: Mapping[str, Any]) -> str:
    """`bold` where a text begins so or its font is heavy, else `normal`."""
    return "bold" if text.startswith("<b>") or font.get("weight", 400) >= 600 else "normal"


def printable(text: str) -> str:
    """One line without control and invisible characters, which a font draws as boxes."""
    kept = "".join(
        " " if c.isspace() or unicodedata.category(c) == "Cc" else c
        for c in text
        if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(kept.split()) if "\n" in text else kept.strip()


def wrapped(text: str, width: float, measure: Measure) -> list[str]:
    """The lines of a text that are no wider than `width`; a long word is cut, nothing is lost."""
    lines: list[str] = []
    line = ""
    for word in printable(text).split():
        candidate = f"{line} {word}" if line else word
        if measure(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width, measure)
        lines += full
    return [*lines, line] if line or not lines else lines


def _pieces(word: str, width: float, measure: Measure) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and measure(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
