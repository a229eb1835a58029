"""A text taken apart into paragraphs and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 800
"""A sentence longer than this is cut there: nobody speaks so, and rules stay quick."""

_ABBREVIATIONS: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gen",
        "lt",
        "col",
        "sen",
        "rep",
        "gov",
        "pres",
        "st",
        "no",
        "vs",
        "inc",
        "ltd",
        "co",
        "corp",
        "u.s",
        "u.k",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "г",
        "гг",
        "руб",
        "коп",
        "млн",
        "млрд",
        "трлн",
        "тыс",
        "долл",
        "т.е",
        "т.к",
        "т.д",
        "т.п",
        "им",
        "ул",
        "св",
        "янв",
        "фев",
        "апр",
        "авг",
        "сен",
        "сент",
        "окт",
        "ноя",
        "дек",
        "стр",
        "проц",
        "ст",
        "п",
    ]
)
_STARTS_WITH_DATE: Final = re.compile(r"(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр"
    r"|октябр|ноябр|декабр|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")  # fmt: skip
_ZONE: Final = re.compile(r"(?:E[SD]?T|GMT|UTC|MSK|CES?T|BST|Moscow|Kyiv|Eastern|London)\b")
_END: Final = re.compile(r"[.!?…]{1,6}[\"”»’)\]]{0,4}\s+|\n+")
_WORD_BEFORE: Final = re.compile(r"([\w.]+)$")
_QUOTE: Final = re.compile(r'"[^"\n]*(?:"|$)|“[^”\n]*(?:”|$)', re.MULTILINE)
_TITLE_OR_QUOTE: Final = re.compile(r"«[^»\n]{40,}(?:»|$)", re.MULTILINE)
"""Between guillemets stand names too; those are short."""
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES: Final = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def plain_text(text: str) -> str:
    """The text with plain spaces and without invisible letters, which could hide or join words."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the same with what is quoted in it blanked: the words of its author."""

    text: str
    own: str


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text in its order; a line end ends one too."""
    own = _without_quotes(text)
    begun = 0
    for end in _END.finditer(text):
        if end[0].startswith("\n") or _is_end(text, end):
            yield from _cut(text, own, (begun, end.end()))
            begun = end.end()
    yield from _cut(text, own, (begun, len(text)))


def _without_quotes(text: str) -> str:
    """The text with quotes blanked; a quote ends with its paragraph at the latest."""
    blanked = _QUOTE.sub(lambda quote: _blank(quote[0]), text)
    return _TITLE_OR_QUOTE.sub(lambda quote: _blank(quote[0]), blanked)


def _blank(quote: str) -> str:
    return quote[0] + " " * (len(quote) - 2) + quote[-1] if len(quote) > 2 else quote


def _is_end(text: str, end: re.Match[str]) -> bool:
    after = text[end.end() : end.end() + 12]
    if "\n" in end[0] or not after:
        return True
    if end[0][0] != "." or end[0].rstrip()[-1] in '"”»':
        # “…?” he asked: a quote may end with its own mark inside a sentence.
        return not after[0].islower()
    word = _WORD_BEFORE.search(text, max(0, end.start() - 20), end.start())
    last = word[1].lower() if word else ""
    is_short = last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())
    if last.isdigit() and _STARTS_WITH_DATE.match(after):
        return False
    if is_short and last in {"u.s", "u.k", "a.m", "p.m"} and after[0].isupper():
        return last in {"a.m", "p.m"} and not _ZONE.match(after)
    return not is_short and not after[0].islower()


def _cut(text: str, own: str, span: tuple[int, int]) -> Iterator[Sentence]:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while start < end:
        stop = end
        if end - start > LONGEST:
            stop = text.rfind(" ", start + 1, start + LONGEST)
            stop = stop if stop > 0 else start + LONGEST
        if text[start:stop].strip():
            length = len(text[start:stop].rstrip())
            yield Sentence(text[start : start + length], own[start : start + length])
        start = stop
