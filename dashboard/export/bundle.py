"""A folder of tables with a manifest that says what made them.

Only files of our own names are replaced; anything else in the folder is left alone. Each file
is written beside its place and moved there when it is whole, the manifest last, so a run that
is cut short never leaves half a file, nor a manifest that vouches for old ones.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dashboard.domain.errors import InputError, RoubleReactionError

MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file the numbers come from."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What makes a folder of tables reproducible.

    `parameters` are those of the request, as plain JSON values; `counts` name what went in and
    out (`events_in`, `used`, `skipped`); the rows of every file are added when it is written.
    """

    parameters: Mapping[str, Any]
    software_version: str
    data_files: Sequence[DataFile]
    created_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)

    def as_json(self, files: Mapping[str, Mapping[str, Any]], before: bytes = b"") -> bytes:
        """The manifest with the rows, size and hash of the files it vouches for.

        `before` is the manifest that stood in the folder: where nothing but the moment of
        writing differs, the tables were created then, and its bytes are kept.
        """
        rows = {name: entry["rows"] for name, entry in files.items()}
        content = {
            "parameters": self.parameters,
            "software_version": self.software_version,
            "data_files": [{"name": f.name, "sha256": f.sha256} for f in self.data_files],
            "counts": {**self.counts, "rows": rows},
            "files": files,
            "created_at": self.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        moment = content["created_at"]
        content["created_at"] = _created_at(before)
        if content["created_at"] is None or _as_bytes(content) != before:
            content["created_at"] = moment
        return _as_bytes(content)


@dataclass(frozen=True, slots=True)
class Content:
    """The pieces of one file and how many rows they hold."""

    chunks: Iterable[bytes]
    rows: int


def write_bundle(
    folder: Path, files: Mapping[str, Content], manifest: Manifest
) -> tuple[Path, ...]:
    """Write the files and their manifest.

    Args:
        folder: made if it is not there.
        files: content by file name.
        manifest: written last, as `manifest.json`.

    Returns:
        The paths written, the manifest last.

    Raises:
        InputError: the folder cannot be used.
        RoubleReactionError: writing failed half-way (disk full).
    """
    make_folder(folder)
    try:
        before = _read(folder / MANIFEST)
        (folder / MANIFEST).unlink(missing_ok=True)
        entries = {name: _write(folder / name, content) for name, content in files.items()}
        _write(folder / MANIFEST, Content([manifest.as_json(entries, before)], 1))
    except PermissionError as error:
        msg = f"--out {folder.name}: may not be written to; choose another folder"
        raise InputError(msg) from error
    except OSError as error:
        msg = f"--out {folder.name}: writing failed ({error.strerror}); free some space and retry"
        raise RoubleReactionError(msg) from error
    return tuple(folder / name for name in (*files, MANIFEST))


def sealed_bytes(files: Mapping[str, Content], manifest: Manifest) -> dict[str, bytes]:
    """The same files and manifest in memory, by name, the manifest last."""
    made = {name: (b"".join(content.chunks), content.rows) for name, content in files.items()}
    entries = {name: {"rows": rows, **described(whole)} for name, (whole, rows) in made.items()}
    return {name: whole for name, (whole, _) in made.items()} | {
        MANIFEST: manifest.as_json(entries)
    }


def described(content: bytes) -> dict[str, Any]:
    """The size and hash of a file, as a manifest names them."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def make_folder(folder: Path) -> None:
    """Make the folder, or check that it is one.

    Raises:
        InputError: it is a file, or may not be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        msg = f"--out {folder.name}: is a file; give a folder"
        raise InputError(msg) from error
    except OSError as error:
        msg = f"--out {folder.name}: cannot be made ({error.strerror}); choose another folder"
        raise InputError(msg) from error


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write one file that a person named; it appears whole or not at all.

    Raises:
        InputError: the place may not be written to.
        RoubleReactionError: writing failed half-way (disk full).
    """
    if path.is_dir():
        msg = f"{path.name or path}: is a folder; give a file name"
        raise InputError(msg)
    try:
        _write(path, Content(chunks, 0))
    except (PermissionError, FileNotFoundError, NotADirectoryError) as error:
        msg = f"{path.name}: cannot be written ({error.strerror}); choose another place"
        raise InputError(msg) from error
    except OSError as error:
        msg = f"{path.name}: writing failed ({error.strerror}); free some space and retry"
        raise RoubleReactionError(msg) from error


def data_file(path: Path) -> DataFile:
    """A file of a person's with its hash, for the manifest."""
    return DataFile(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _as_bytes(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _created_at(manifest: bytes) -> Any:
    """The moment a manifest names; None where it is no manifest."""
    try:
        content = json.loads(manifest)
    except ValueError:
        return None
    return content.get("created_at") if isinstance(content, dict) else None


def _write(path: Path, content: Content) -> dict[str, Any]:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    digest, size = hashlib.sha256(), 0
    try:
        with beside.open("wb") as out:
            for chunk in content.chunks:
                digest.update(chunk)
                size += out.write(chunk)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return {"rows": content.rows, "bytes": size, "sha256": digest.hexdigest()}
