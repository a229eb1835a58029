"""The letters of a feed: its bytes into text, whatever the header and the first line claim."""

from __future__ import annotations

import codecs
import re
from typing import Final

from dashboard.domain.errors import SourceError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})")
_IN_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]{0,300}?\?>")
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TEXTS: Final = frozenset({"utf-8", "utf-16", "utf-32", "ascii"})


def text_of(content: bytes, content_type: str, who: str) -> tuple[str, tuple[str, ...]]:
    """The text of a feed without its XML declaration, and what was wrong with its letters.

    Bytes that are UTF-8 are UTF-8: hardly any other text can be read so. Else what the document
    declares counts, then what the header says, then windows-1251.

    Args:
        content: as it came.
        content_type: the header.
        who: the publisher, as messages name it.

    Raises:
        SourceError: it cannot be read in any of these.
    """
    in_header = _IN_HEADER.search(content_type)
    declared = _DECLARED.search(content[:400])
    said = [
        declared[1].decode("ascii") if declared else "",
        in_header[1] if in_header else "",
    ]
    mark = next((codec for start, codec in _MARKS if content.startswith(start)), "")
    for codec in (mark or "utf-8", *said, "windows-1251"):
        text = _decoded(content, codec)
        if text is not None:
            return _clean(text), _told(content, codec, said)
    msg = f"{who} answered letters in no character set that can be told"
    raise SourceError(msg)


def _decoded(content: bytes, codec: str) -> str | None:
    try:
        if not codec or codecs.lookup(codec).name in {"base64", "zlib", "bz2", "hex", "rot13"}:
            return None
        return content.decode(codec)
    except (LookupError, UnicodeError, ValueError, TypeError, AssertionError):
        return None


def _clean(text: str) -> str:
    """Without declaration and the characters no XML may hold; these would stop every reader."""
    return _NOT_IN_XML.sub("", _DECLARATION.sub("", text, count=1)).lstrip("\ufeff \t\r\n")


def _told(content: bytes, codec: str, said: list[str]) -> tuple[str, ...]:
    """Which claim about the letters was not so; nothing where the letters are plain ones."""
    if content.isascii():
        return ()
    real = _name(codec)
    wrong = [
        f"{place} says {claim[:40]}"
        for place, claim in zip(("the document", "the header"), said, strict=True)
        if claim and _name(claim) != real
    ]
    return (f"{' and '.join(wrong)}, but the letters are {real}; read so",) if wrong else ()


def _name(codec: str) -> str:
    """One name for a character set however it is spelled."""
    try:
        name = codecs.lookup(codec).name.replace("-sig", "")
    except LookupError:
        return codec.lower()
    known = next((text for text in _TEXTS if name.startswith(text)), name)
    return "windows-1251" if known == "cp1251" else known
