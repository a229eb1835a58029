"""The formula guard: text that a spreadsheet would run is written with a quote in front.

A spreadsheet runs a cell that starts with `= + - @`; it may also split a cell at a comma,
semicolon, bar or line break when its own separator differs from the file's. So the quote
stands before a dangerous character at the start of the text and after each separator; blanks,
quotes and invisible characters in between do not count. Exactly one quote is added at each
such place, so `unguard(guard(text)) == text` for every text.
"""

from __future__ import annotations

from typing import Final

QUOTE: Final = "'"
DANGEROUS: Final = frozenset("=+-@\t\r\0＝＋－＠﹦﹢﹣﹫")
_SEPARATORS: Final = frozenset(",;|\n\v\f\x85\u2028\u2029")
_SKIPPED: Final = frozenset(
    " \"'\u00a0\u00ad\u1680\u180e\u202f\u205f\u3000\ufeff"
    + "".join(map(chr, range(0x2000, 0x2010)))
    + "".join(map(chr, range(0x202A, 0x202F)))
    + "".join(map(chr, range(0x2060, 0x2070)))
)


def guard(text: str) -> str:
    """The text with a quote before every character that could start a formula."""
    if DANGEROUS.isdisjoint(text):
        return text
    out: list[str] = []
    at_start = True
    for character in text:
        if at_start and character in DANGEROUS:
            out.append(QUOTE)
        out.append(character)
        at_start = _starts_cell(character, at_start)
    return "".join(out)


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    if QUOTE not in text:
        return text
    out: list[str] = []
    at_start = True
    for character, following in zip(text, [*text[1:], ""], strict=True):
        if at_start and character == QUOTE and following in DANGEROUS:
            continue
        out.append(character)
        at_start = _starts_cell(character, at_start)
    return "".join(out)


def _starts_cell(character: str, at_start: bool) -> bool:  # noqa: FBT001 - a state, not a switch
    """Whether what follows `character` could be taken for the start of a cell."""
    return character in _SEPARATORS or (at_start and character in _SKIPPED)
