"""A zip of our own making, the same bytes each time, and the careful reading of one that is given.

What is read may come from anybody. Nothing is ever unpacked to a disk; a name that would leave
a folder, a file twice, a link, a lock, or more bytes than a bundle can have refuses the whole.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from dashboard.domain.errors import InputError

MOST_BYTES: Final = 100_000_000
"""Of the archive, and of everything in it together."""
MOST_FILES: Final = 100
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
CHUNK: Final = 1 << 20
LOCKED: Final = 0x1
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """An archive of files in the order given; no moment, machine or user is in it.

    Raises:
        InputError: together they are larger than a bundle may be.
    """
    if sum(map(len, files.values())) > MOST_BYTES:
        msg = (
            f"bundle: more than {MOST_BYTES // 1_000_000} MB of data; study fewer series or events"
        )
        raise InputError(msg)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # as on Unix wherever it is made, so that the bytes agree
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return out.getvalue()


def unzipped(content: bytes, shown: str) -> dict[str, bytes]:
    """The files of an archive by name.

    Args:
        content: the bytes of the archive.
        shown: what messages call it.

    Raises:
        InputError: it is no zip, or one that a bundle cannot be; one line with the reason.
    """
    if len(content) > MOST_BYTES:
        raise _refused(shown, f"is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_entries(entries, shown)
            return _contents(archive, entries, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise _refused(shown, "is no whole zip") from error


def _refuse_entries(entries: list[zipfile.ZipInfo], shown: str) -> None:
    if len(entries) > MOST_FILES:
        raise _refused(shown, f"holds {len(entries):,} files, a bundle at most {MOST_FILES}")
    _refuse_twice((entry.filename for entry in entries), shown)
    for entry in entries:
        reason = _what_is_wrong(entry)
        if reason:
            raise _refused(shown, f"{_named(entry.filename)} {reason}")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _refused(shown, f"unpacks to more than {MOST_BYTES // 1_000_000} MB")


def _refuse_twice(names: Iterable[str], shown: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise _refused(shown, f"holds {_named(name)} twice")
        seen.add(name.casefold())


def _what_is_wrong(entry: zipfile.ZipInfo) -> str:
    """Why an entry cannot be one of a bundle; empty where it can."""
    name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
    parts = name.split("/")
    checks = (
        (not name.isprintable() or "\\" in name or ":" in name, "is no name of a file of ours"),
        (name.startswith("/") or ".." in parts or "" in parts or "." in parts,
         "would leave its folder"),
        (kind not in {0, stat.S_IFREG}, "is a link or a device, not a file"),
        (entry.flag_bits & LOCKED, "is locked with a password"),
        (entry.compress_type not in METHODS, "is packed in a way that is not ours"),
    )  # fmt: skip
    return next((reason for wrong, reason in checks if wrong), "")


def _contents(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], shown: str
) -> dict[str, bytes]:
    """Read the entries, counting what really comes and not what the archive promises."""
    left, files = MOST_BYTES, {}
    for entry in entries:
        pieces = []
        with archive.open(entry) as packed:
            while piece := packed.read(min(CHUNK, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise _refused(shown, f"unpacks to more than {MOST_BYTES // 1_000_000} MB")
                pieces.append(piece)
        files[entry.filename] = b"".join(pieces)
    return files


def _named(name: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return repr(shown if len(shown) <= 80 else f"{shown[:79]}…")


def _refused(shown: str, reason: str) -> InputError:
    return InputError(f"{shown}: {reason}; give a bundle that this program wrote")
