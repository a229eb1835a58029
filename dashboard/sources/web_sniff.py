"""What a body really is: the first bytes decide, never the status or the header alone."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["xml", "json", "csv", "zip", "any"]

NAMES: Final = {
    "xml": "XML",
    "json": "JSON",
    "csv": "CSV",
    "zip": "a ZIP file",
    "html": "HTML",
    "nothing": "nothing",
    "text": "plain text",
    "bytes": "unreadable bytes",
}
_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<title")
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"


def kind_of(content: bytes) -> str:
    """What the first bytes look like: a key of `NAMES`."""
    start = content[:2_000].lstrip(_BLANK)
    if not start:
        return "nothing"
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if start[:1] == b"<":
        return "html" if _is_html(start.lower()) else "xml"
    if start[:1] in {b"{", b"["}:
        return "json"
    if b"\x00" in start:
        return "bytes"
    return "csv" if b"," in start.split(b"\n", maxsplit=1)[0] else "text"


def _is_html(start: bytes) -> bool:
    if start.startswith(b"<?xml"):
        start = start.partition(b"?>")[2].lstrip(_BLANK)
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip(_BLANK)
    return start.startswith(_HTML)


def instead_of(wanted: Kind, content: bytes) -> str | None:
    """What a body is instead of what was asked for ("HTML instead of XML"); None if it is."""
    found = kind_of(content)
    if wanted in {"any", found}:
        return None
    said = NAMES[found]
    if found == "text":
        said = f"“{first_words(content)}”"
    return f"{said} instead of {NAMES[wanted]}"


def first_words(content: bytes, most: int = 60) -> str:
    """The first words of a plain text, fit for one line of a message."""
    text = " ".join(content[:500].decode("utf-8", "replace").split())
    text = "".join(letter for letter in text if letter.isprintable())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
