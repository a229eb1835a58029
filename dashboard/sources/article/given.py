"""What a person gave: a page, a plain text, or something that is neither."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.sources.content_sniff import KIND_NAMES, sniff_kind
from dashboard.sources.file_bytes import shown_name

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NEITHER: Final = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
)
_AS_TEXT: Final = "; save the page as HTML, or the words as plain text"


def read_file(path: Path, most: int) -> bytes:
    """The bytes of a file, no more than one beyond `most`.

    Raises:
        InputError: it is not there, is a folder or may not be read.
    """
    name = shown_name(path.name)
    try:
        if path.is_dir():
            msg = f"{name}: is a folder; give the file of a page or a text"
            raise InputError(msg)
        with path.open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        msg = f"{name}: there is no such file; give a file, a link or - for standard input"
        raise InputError(msg) from None
    except (OSError, ValueError):
        msg = f"{name}: cannot be read; check the path and its permissions"
        raise InputError(msg) from None


def is_page(content: bytes) -> bool:
    """Whether bytes are a web page; XML counts, for some pages begin like it."""
    return sniff_kind(content) in {"html", "xml"}


def refuse_neither(content: bytes, name: str) -> None:
    """Refuse what is neither a page nor a text.

    Raises:
        InputError: one line that says what it is instead.
    """
    kind = sniff_kind(content)
    for start, what in _NEITHER:
        if content.startswith(start):
            msg = f"{name}: is {what}{_AS_TEXT}"
            raise InputError(msg)
    if kind == "nothing":
        msg = f"{name}: is empty; give the text of an article or its page"
        raise InputError(msg)
    if kind in {"json", "zip"} and not _is_words(content):
        what = "JSON" if kind == "json" else "a zip archive or an Office document"
        msg = f"{name}: is {what}{_AS_TEXT}"
        raise InputError(msg)
    if kind == "bytes" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        msg = f"{name}: is {KIND_NAMES['bytes']}{_AS_TEXT}"
        raise InputError(msg)


def _is_words(content: bytes) -> bool:
    """Whether brackets open a sentence ("[Moscow] …"), not JSON."""
    import json

    try:
        json.loads(content)
    except (ValueError, RecursionError):
        start = content.lstrip()[:40]
        return start.startswith(b"[") and not start.startswith((b"[{", b'["', b"[["))
    return False


def text_of(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """A plain text and what a person should know about its letters: UTF-8 or windows-1251.

    Raises:
        InputError: its letters are in no character set that can be told.
    """
    codec = next((codec for mark, codec in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(codec), ()
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("windows-1251")
    except UnicodeDecodeError:
        text = ""
    russian = sum(letter in _RUSSIAN for letter in text)
    if russian * 3 < sum(letter.isalpha() for letter in text) or not russian:
        msg = f"{name}: is neither UTF-8 nor Russian windows-1251; save it as UTF-8"
        raise InputError(msg)
    return text, (f"{name}: is not UTF-8, was read as windows-1251; check the Russian letters",)


_RUSSIAN: Final = frozenset(chr(code) for code in range(ord("А"), ord("я") + 1)) | {"Ё", "ё"}
