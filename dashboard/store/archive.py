"""One file for a backup: a zip of the database, a person's own series, and a manifest with hashes.

Nothing is extracted by the name it has in the file: a member is taken if the manifest lists
it under a name we know, with its size and SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from dashboard import __version__
from dashboard.domain.backup import BackupContents
from dashboard.domain.errors import InputError, StoreError

KIND: Final = "rouble-reaction backup"
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "notes.sqlite3"
_KNOWN: Final = re.compile(
    r"notes\.sqlite3|tables/[a-z_]{1,60}\.jsonl|rates/own_[a-z0-9_]{1,120}\.npz"
)
_LARGEST_MANIFEST: Final = 10_000_000
_LARGEST: Final = 20_000_000_000
_CHUNK: Final = 1 << 20
_FAST: Final = 1
"""The level of deflate: notes shrink to a quarter, and 100 MB take seconds."""


def write_archive(target: Path, members: Mapping[str, Path], contents: BackupContents) -> None:
    """Write a backup beside its place and put it there whole.

    Args:
        target: a file that is not there yet; only its owner may read it.
        members: the file behind each name.
        contents: what the manifest says of them.

    Raises:
        StoreError: it cannot be written.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    about = {"kind": KIND, "format": FORMAT, **asdict(contents), "software": __version__}
    about["files"] = [{"name": name, **_measured(file)} for name, file in members.items()]
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as opened:
            with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as packed:
                packed.writestr(MANIFEST, json.dumps(about, indent=1))
                for name, file in members.items():
                    packed.write(file, name)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(target)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "unknown reason"
        msg = f"{target.name}: the backup cannot be written ({reason}); free some room"
        raise StoreError(msg) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def read_archive(file: Path, folder: Path) -> BackupContents:
    """Check a backup and put its members into a folder, each under the name it has in it.

    Raises:
        InputError: it is no backup, was made by a newer release, or is damaged.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            about = _manifest(packed, file.name)
            for member in about["files"]:
                _take_out(packed, member, folder, file.name)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number else "is damaged"
        msg = f"{file.name}: cannot be read as a backup ({reason}); take another one"
        raise InputError(msg) from error
    return BackupContents(
        engine=str(about["engine"]),
        schema=str(about["schema"]),
        rows={str(name): int(count) for name, count in about["rows"].items()},
        series=tuple(map(str, about["series"])),
        created_at=str(about["created_at"]),
        software=str(about["software"]),
    )


def _manifest(packed: zipfile.ZipFile, name: str) -> dict[str, Any]:
    try:
        with packed.open(MANIFEST) as opened:
            about: dict[str, Any] = json.loads(opened.read(_LARGEST_MANIFEST))
        is_ours = about["kind"] == KIND
        listed = {MANIFEST, *(member["name"] for member in about["files"])}
        wanted = {"engine", "schema", "rows", "series", "created_at", "software"}
    except (KeyError, ValueError, TypeError):
        msg = f"{name}: is no backup of this program; take a file that `backup` wrote"
        raise InputError(msg) from None
    if is_ours and about["format"] > FORMAT:
        msg = f"{name}: was made by a newer release ({about['software']}); install that one"
        raise InputError(msg)
    if not is_ours or not wanted <= about.keys() or listed != set(packed.namelist()):
        msg = f"{name}: is no backup of this program, or was changed; take another one"
        raise InputError(msg)
    return about


def _take_out(packed: zipfile.ZipFile, member: dict[str, Any], folder: Path, name: str) -> None:
    info, digest = packed.getinfo(member["name"]), hashlib.sha256()
    is_right = _KNOWN.fullmatch(info.filename) and info.file_size == member["bytes"] < _LARGEST
    if is_right:
        place = folder / info.filename
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with packed.open(info) as source, place.open("wb") as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
    if not is_right or digest.hexdigest() != member["sha256"]:
        msg = f"{name}: {member['name']} is damaged in it; nothing was changed, take another backup"
        raise InputError(msg)


def _measured(file: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return {"bytes": file.stat().st_size, "sha256": digest.hexdigest()}
