"""Series that the user imported, one file each in the data directory, written whole or not at all."""

from __future__ import annotations

import json
import logging
import os
import threading
import uuid
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from dashboard.models.errors import InputError, SourceError
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.user_files import IMPORTED_PREFIX
from dashboard.sources.files.text import display_text

# ------------------------------------------------------------
# A series kept as one file: its card and its arrays, written whole or not at all.


FORMAT_VERSION: Final = 1
ARRAY_TYPES: Final = {
    "record": "datetime64[D]",
    "day": "datetime64[D]",
    "opens": "datetime64[s]",
    "known_at": "datetime64[s]",
    "rate": "float64",
}
_OMITTED_FIELDS: Final = ("breaks", "history_from", "history_until")
_READ_ERRORS: Final = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError)


@dataclass(frozen=True, slots=True)
class SeriesFileInfo:
    """What a kept file says of itself: the card, the file it came from, when it was brought."""

    card: SeriesCard
    sha256: str
    imported_at: datetime


def prepare_series_file(folder: Path, series: RateSeries, sha256: str) -> tuple[Path, Path]:
    """Write a series beside its place; `os.replace` then puts it there in one step.

    Returns:
        The file written, and the place it is for.

    Raises:
        SourceError: the folder cannot be written to.
    """
    place = folder / f"{series.card.id}.npz"
    beside = folder / f".{series.card.id}.{uuid.uuid4().hex}.new"
    about = {
        "version": FORMAT_VERSION,
        "card": {k: v for k, v in asdict(series.card).items() if k not in _OMITTED_FIELDS},
        "sha256": sha256,
        "imported_at": series.fetched_at.isoformat() if series.fetched_at else "",
    }
    told = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    arrays: dict[str, Any] = {
        name: series.rate if name == "rate" else getattr(series, name).astype(np.int64)
        for name in ARRAY_TYPES
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, about=told, **arrays)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        remove_if_exists(beside)
        raise SourceError(os_error_message(place.stem, "kept", error)) from error
    return beside, place


def remove_if_exists(file: Path) -> None:
    """Remove a file, if it is there."""
    with suppress(OSError):
        file.unlink(missing_ok=True)


def read_series_info(file: Path) -> SeriesFileInfo:
    """What a kept file says of itself; its arrays are not read.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as found:
            return _parse_info(file, bytes(found["about"]))
    except _READ_ERRORS as error:
        raise SourceError(_damage_message(file)) from error


def read_series_file(file: Path) -> RateSeries:
    """The series in a file; its arrays cannot be written to.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as found:
            about = _parse_info(file, bytes(found["about"]))
            arrays = {name: found[name].astype(kind) for name, kind in ARRAY_TYPES.items()}
        for array in arrays.values():
            array.setflags(write=False)
        return RateSeries(about.card, **arrays, fetched_at=about.imported_at)
    except _READ_ERRORS as error:
        raise SourceError(_damage_message(file)) from error


def os_error_message(name: str, what: str, error: OSError) -> str:
    """A sentence about a file that the machine refuses."""
    reason = os.strerror(error.errno) if error.errno else "unknown reason"
    return f"{name}: cannot be {what} ({reason}); free some room or name another DASHBOARD_HOME"


def _parse_info(file: Path, told: bytes) -> SeriesFileInfo:
    said = json.loads(told)
    known = {each.name for each in fields(SeriesCard)}
    card = SeriesCard(**{k: v for k, v in said["card"].items() if k in known})
    if (
        said["version"] != FORMAT_VERSION
        or card.id != file.stem
        or card.date_rule not in PUBLICATION_RULES
    ):
        raise ValueError(file.name)
    return SeriesFileInfo(card, said["sha256"], datetime.fromisoformat(said["imported_at"]))


def _damage_message(file: Path) -> str:
    return f"series {file.stem}: its file is damaged; rates remove {file.stem} and import it again"


# ------------------------------------------------------------
# A person's own series: files of rates that were imported, kept in their data directory.


log: Final = logging.getLogger("dashboard.rates")
MAX_SERIES: Final = 200

_FileVersion = tuple[int, int, int]


class ImportedRates:
    """The series in a folder; another process may add to it or take from it at any time.

    Args:
        folder: where they are kept; it is made when the first one is.
    """

    id = "imported"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._about: dict[str, tuple[_FileVersion, SeriesFileInfo | None]] = {}
        self._series: dict[str, tuple[_FileVersion, RateSeries]] = {}
        self._reading = threading.RLock()

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series that were imported, by id; a damaged file is logged and left out."""
        return tuple(about.card for about in self._every().values())

    def get(self, series_id: str) -> RateSeries:
        """One series; its arrays are shared and cannot be written to.

        Raises:
            InputError: there is none of this name.
            SourceError: its file is damaged.
        """
        with self._reading:
            file = self._file(series_id)
            stat = _file_version(file)
            kept = self._series.get(series_id)
            if kept is None or kept[0] != stat:
                kept = self._series[series_id] = (stat, read_series_file(file))
            return kept[1]

    def files(self) -> dict[str, str]:
        """The sha256 of the file each series was read from, as it was when imported."""
        return {name: about.sha256 for name, about in self._every().items()}

    def store(self, series: Sequence[RateSeries], sha256: str, *, replace: bool = False) -> None:
        """Keep series, all or none; a reader sees the old ones or the new ones whole.

        Raises:
            InputError: an id is taken and `replace` is not given, or there are too many.
            SourceError: the folder cannot be written to.
        """
        with self._reading:
            known = {file.stem for file in self._files()}
            ids = [each.card.id for each in series]
            taken = [name for name in ids if name in known]
            if taken and not replace:
                msg = (
                    f"series {taken[0]}: is already kept; take another name, replace it,"
                    " or remove it first"
                )
                raise InputError(msg)
            if len(known | set(ids)) > MAX_SERIES:
                msg = f"more than {MAX_SERIES} series of your own; rates remove some first"
                raise InputError(msg)
            self._put(series, sha256)

    def remove(self, series_id: str) -> None:
        """Remove a series for good, also one whose file is damaged.

        Raises:
            InputError: there is none of this name.
            SourceError: it cannot be removed.
        """
        with self._reading:
            file = self._file(series_id)
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise SourceError(os_error_message(series_id, "removed", error)) from error
            self._series.pop(series_id, None)

    def series_files(self) -> tuple[Path, ...]:
        """The file of every series, for a backup."""
        return tuple(self._files())

    def restore_from(self, files: Sequence[Path]) -> None:
        """Put the files of a backup in the place of every series; each is read first.

        Raises:
            SourceError: one of them is damaged, or the folder cannot be written to.
        """
        with self._reading:
            read = [(read_series_info(file), read_series_file(file)) for file in files]
            for about, series in read:
                self._put([series], about.sha256)
            wanted = {file.name for file in files}
            for file in self._files():
                if file.name not in wanted:
                    self.remove(file.stem)

    def _put(self, series: Sequence[RateSeries], sha256: str) -> None:
        ready: list[tuple[Path, Path]] = []
        try:
            for each in series:
                ready.append(prepare_series_file(self._folder, each, sha256))
            for beside, place in ready:
                beside.replace(place)
        except OSError as error:
            raise SourceError(os_error_message("the series", "kept", error)) from error
        finally:
            for beside, _ in ready:
                remove_if_exists(beside)

    def _every(self) -> dict[str, SeriesFileInfo]:
        with self._reading:
            found = {file.stem: self._about_of(file) for file in self._files()}
            return {name: about for name, about in found.items() if about is not None}

    def _about_of(self, file: Path) -> SeriesFileInfo | None:
        try:
            stat = _file_version(file)
            known = self._about.get(file.stem)
            if known is None or known[0] != stat:
                try:
                    about: SeriesFileInfo | None = read_series_info(file)
                except SourceError as error:
                    log.warning("%s", error)
                    about = None
                known = self._about[file.stem] = (stat, about)
            return known[1]
        except InputError:  # removed between the listing and the look
            return None

    def _files(self) -> list[Path]:
        try:
            return sorted(self._folder.glob(f"{IMPORTED_PREFIX}*.npz"))
        except OSError:
            return []

    def _file(self, series_id: str) -> Path:
        found = next((file for file in self._files() if file.stem == series_id), None)
        if found is None:
            known = ", ".join(file.stem for file in self._files())
            said = f"choose one of {known}" if known else "none is kept yet"
            msg = f"series {display_text(series_id)}: is none of your own; {said}"
            raise InputError(msg)
        return found


def _file_version(file: Path) -> _FileVersion:
    try:
        told = file.stat()
    except OSError:
        msg = f"series {file.stem}: was removed"
        raise InputError(msg) from None
    return told.st_mtime_ns, told.st_size, told.st_ino
