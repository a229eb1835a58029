"""A series kept as one file: its card and its arrays, written whole or not at all."""

from __future__ import annotations

import json
import os
import uuid
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from dashboard.domain.date_rules import RULES
from dashboard.domain.errors import SourceError
from dashboard.domain.series import RateSeries, SeriesCard

VERSION: Final = 1
ARRAYS: Final = {
    "record": "datetime64[D]",
    "day": "datetime64[D]",
    "opens": "datetime64[s]",
    "known_at": "datetime64[s]",
    "rate": "float64",
}
_NOT_KEPT: Final = ("breaks", "history_from", "history_until")
_DAMAGE: Final = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError)


@dataclass(frozen=True, slots=True)
class About:
    """What a kept file says of itself: the card, the file it came from, when it was brought."""

    card: SeriesCard
    sha256: str
    imported_at: datetime


def prepare_kept(folder: Path, series: RateSeries, sha256: str) -> tuple[Path, Path]:
    """Write a series beside its place; `os.replace` then puts it there in one step.

    Returns:
        The file written, and the place it is for.

    Raises:
        SourceError: the folder cannot be written to.
    """
    place = folder / f"{series.card.id}.npz"
    beside = folder / f".{series.card.id}.{uuid.uuid4().hex}.new"
    about = {
        "version": VERSION,
        "card": {k: v for k, v in asdict(series.card).items() if k not in _NOT_KEPT},
        "sha256": sha256,
        "imported_at": series.fetched_at.isoformat() if series.fetched_at else "",
    }
    told = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    arrays: dict[str, Any] = {
        name: series.rate if name == "rate" else getattr(series, name).astype(np.int64)
        for name in ARRAYS
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, about=told, **arrays)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        discard(beside)
        raise SourceError(cannot(place.stem, "kept", error)) from error
    return beside, place


def discard(file: Path) -> None:
    """Remove a file, if it is there."""
    with suppress(OSError):
        file.unlink(missing_ok=True)


def read_about(file: Path) -> About:
    """What a kept file says of itself; its arrays are not read.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as found:
            return _about(file, bytes(found["about"]))
    except _DAMAGE as error:
        raise SourceError(_damaged(file)) from error


def read_kept(file: Path) -> RateSeries:
    """The series in a file; its arrays cannot be written to.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as found:
            about = _about(file, bytes(found["about"]))
            arrays = {name: found[name].astype(kind) for name, kind in ARRAYS.items()}
        for array in arrays.values():
            array.setflags(write=False)
        return RateSeries(about.card, **arrays, fetched_at=about.imported_at)
    except _DAMAGE as error:
        raise SourceError(_damaged(file)) from error


def cannot(name: str, what: str, error: OSError) -> str:
    """A sentence about a file that the machine refuses."""
    reason = os.strerror(error.errno) if error.errno else "unknown reason"
    return f"{name}: cannot be {what} ({reason}); free some room or name another DASHBOARD_HOME"


def _about(file: Path, told: bytes) -> About:
    said = json.loads(told)
    known = {each.name for each in fields(SeriesCard)}
    card = SeriesCard(**{k: v for k, v in said["card"].items() if k in known})
    if said["version"] != VERSION or card.id != file.stem or card.date_rule not in RULES:
        raise ValueError(file.name)
    return About(card, said["sha256"], datetime.fromisoformat(said["imported_at"]))


def _damaged(file: Path) -> str:
    return f"series {file.stem}: its file is damaged; rates remove {file.stem} and import it again"
