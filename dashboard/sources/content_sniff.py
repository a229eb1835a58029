"""The actual format of a response body, from its first bytes."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from dashboard.models.messages import deferred, translate_deferred

ContentKind: TypeAlias = Literal["xml", "json", "csv", "zip", "any"]

KIND_NAMES: Final = {
    "xml": "XML",
    "json": "JSON",
    "csv": "CSV",
    "zip": deferred("a ZIP file"),
    "html": "HTML",
    "nothing": deferred("nothing"),
    "text": deferred("plain text"),
    "bytes": deferred("unreadable bytes"),
}
_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<title")
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"


def kind_name(kind: str) -> str:
    """The name of a format in messages."""
    return translate_deferred(KIND_NAMES[kind])


def sniff_kind(content: bytes) -> str:
    """The format of the first bytes: a key of `KIND_NAMES`."""
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


def has_other_kind(expected: ContentKind, content: bytes) -> bool:
    """Whether a body is not what was expected."""
    return expected not in {"any", sniff_kind(content)}


def describe_content(content: bytes) -> str:
    """The name of the format of a body; a plain text is quoted."""
    kind = sniff_kind(content)
    return f"“{excerpt(content)}”" if kind == "text" else kind_name(kind)


def excerpt(content: bytes, max_length: int = 60) -> str:
    """The beginning of a plain text, on one line of limited length."""
    text = " ".join(content[:500].decode("utf-8", "replace").split())
    text = "".join(letter for letter in text if letter.isprintable())
    return text if len(text) <= max_length else text[: max_length - 1].rstrip() + "…"
