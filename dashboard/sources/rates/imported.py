"""Series that the user imported, one file each in the data directory, written atomically."""

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
from typing import Any, Final, TypeAlias

import numpy as np

from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.user_files import IMPORTED_PREFIX
from dashboard.sources.files.text import display_text

log: Final = logging.getLogger("dashboard.rates")
MAX_SERIES: Final = 200
FORMAT_VERSION: Final = 1
ARRAY_TYPES: Final = {
    "record": "datetime64[D]",
    "day": "datetime64[D]",
    "opens": "datetime64[s]",
    "known_at": "datetime64[s]",
    "rate": "float64",
}
_OMITTED_FIELDS: Final = ("breaks", "history_from", "history_until")
_FileVersion: TypeAlias = tuple[int, int, int]
"""Time of change, size and inode."""
_CANNOT_KEEP: Final = deferred("{name}: cannot be kept ({reason})")
_CANNOT_REMOVE: Final = deferred("{name}: cannot be removed ({reason})")
_READ_ERRORS: Final = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError)


class ImportedRates:
    """The series in a folder, which other processes may change at any time.

    Args:
        folder: created with the first import.
    """

    id = "imported"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._info_cache: dict[str, tuple[_FileVersion, SeriesFileInfo | None]] = {}
        self._series_cache: dict[str, tuple[_FileVersion, RateSeries]] = {}
        self._lock = threading.RLock()

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series that were imported, by id; a damaged file is logged and left out."""
        return tuple(info.card for info in self._infos().values())

    def get(self, series_id: str) -> RateSeries:
        """One series; its arrays are shared and read-only.

        Raises:
            InputError: there is none of this name.
            SourceError: its file is damaged.
        """
        with self._lock:
            file = self._file(series_id)
            version = _file_version(file)
            cached = self._series_cache.get(series_id)
            if cached is None or cached[0] != version:
                cached = self._series_cache[series_id] = (version, read_series_file(file))
            return cached[1]

    def files(self) -> dict[str, str]:
        """The sha256 of the imported file of each series, by its id."""
        return {name: info.sha256 for name, info in self._infos().items()}

    def store(self, series: Sequence[RateSeries], sha256: str, *, replace: bool = False) -> None:
        """Store series, all or none; a reader sees the old files or the new ones.

        Raises:
            InputError: an id is taken and `replace` is not given, or there are too many.
            SourceError: the folder cannot be written to.
        """
        with self._lock:
            existing = {file.stem for file in self._files()}
            ids = [item.card.id for item in series]
            taken = [name for name in ids if name in existing]
            if taken and not replace:
                msg = _(
                    "series {name}: is already kept; take another name, replace it, or remove it "
                    "first",
                    name=taken[0],
                )
                raise InputError(msg)
            if len(existing | set(ids)) > MAX_SERIES:
                msg = _(
                    "more than {limit} series of your own; rates remove some first",
                    limit=MAX_SERIES,
                )
                raise InputError(msg)
            self._put(series, sha256)

    def remove(self, series_id: str) -> None:
        """Delete a series, also one whose file is damaged.

        Raises:
            InputError: there is none of this name.
            SourceError: it cannot be removed.
        """
        with self._lock:
            file = self._file(series_id)
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise SourceError(os_error_message(_CANNOT_REMOVE, error, series_id)) from error
            self._series_cache.pop(series_id, None)

    def series_files(self) -> tuple[Path, ...]:
        """The file of every series, for a backup."""
        return tuple(self._files())

    def restore_from(self, files: Sequence[Path]) -> None:
        """Replace every series by the files of a backup; each is read first.

        Raises:
            SourceError: one of them is damaged, or the folder cannot be written to.
        """
        with self._lock:
            read = [(read_series_info(file), read_series_file(file)) for file in files]
            for info, series in read:
                self._put([series], info.sha256)
            wanted = {file.name for file in files}
            for file in self._files():
                if file.name not in wanted:
                    self.remove(file.stem)

    def _put(self, series: Sequence[RateSeries], sha256: str) -> None:
        prepared: list[tuple[Path, Path]] = []
        try:
            for item in series:
                prepared.append(prepare_series_file(self._folder, item, sha256))
            for temporary, target in prepared:
                temporary.replace(target)
        except OSError as error:
            raise SourceError(os_error_message(_CANNOT_KEEP, error, _("the series"))) from error
        finally:
            for temporary, _target in prepared:
                remove_if_exists(temporary)

    def _infos(self) -> dict[str, SeriesFileInfo]:
        with self._lock:
            infos = {file.stem: self._info(file) for file in self._files()}
            return {name: info for name, info in infos.items() if info is not None}

    def _info(self, file: Path) -> SeriesFileInfo | None:
        try:
            version = _file_version(file)
            cached = self._info_cache.get(file.stem)
            if cached is None or cached[0] != version:
                try:
                    info: SeriesFileInfo | None = read_series_info(file)
                except SourceError as error:
                    log.warning("%s", error)
                    info = None
                cached = self._info_cache[file.stem] = (version, info)
            return cached[1]
        except InputError:  # removed since the folder was listed
            return None

    def _files(self) -> list[Path]:
        try:
            return sorted(self._folder.glob(f"{IMPORTED_PREFIX}*.npz"))
        except OSError:
            return []

    def _file(self, series_id: str) -> Path:
        path = next((file for file in self._files() if file.stem == series_id), None)
        if path is None:
            known = ", ".join(file.stem for file in self._files())
            name = display_text(series_id)
            if known:
                msg = _(
                    "series {name}: is none of your own; choose one of {known}",
                    name=name,
                    known=known,
                )
            else:
                msg = _("series {name}: is none of your own; none is kept yet", name=name)
            raise InputError(msg)
        return path


def _file_version(file: Path) -> _FileVersion:
    try:
        stat = file.stat()
    except OSError:
        msg = _("series {name}: was removed", name=file.stem)
        raise InputError(msg) from None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


# ---- series files


@dataclass(frozen=True, slots=True)
class SeriesFileInfo:
    """The metadata of a series file: card, hash of the imported file, time of the import."""

    card: SeriesCard
    sha256: str
    imported_at: datetime


def prepare_series_file(folder: Path, series: RateSeries, sha256: str) -> tuple[Path, Path]:
    """Write a series to a temporary file, which `os.replace` then puts in place atomically.

    Returns:
        The temporary file and the target.

    Raises:
        SourceError: the folder cannot be written to.
    """
    target = folder / f"{series.card.id}.npz"
    temporary = folder / f".{series.card.id}.{uuid.uuid4().hex}.new"
    info = {
        "version": FORMAT_VERSION,
        "card": {k: v for k, v in asdict(series.card).items() if k not in _OMITTED_FIELDS},
        "sha256": sha256,
        "imported_at": series.fetched_at.isoformat() if series.fetched_at else "",
    }
    encoded = np.frombuffer(json.dumps(info).encode(), dtype=np.uint8)
    arrays: dict[str, Any] = {
        name: series.rate if name == "rate" else getattr(series, name).astype(np.int64)
        for name in ARRAY_TYPES
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, about=encoded, **arrays)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        remove_if_exists(temporary)
        raise SourceError(os_error_message(_CANNOT_KEEP, error, target.stem)) from error
    return temporary, target


def remove_if_exists(file: Path) -> None:
    """Remove a file, if it is there."""
    with suppress(OSError):
        file.unlink(missing_ok=True)


def read_series_info(file: Path) -> SeriesFileInfo:
    """The metadata of a series file; its arrays are not read.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return _parse_info(file, bytes(arrays["about"]))
    except _READ_ERRORS as error:
        raise SourceError(_damage_message(file)) from error


def read_series_file(file: Path) -> RateSeries:
    """The series in a file, with read-only arrays.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            info = _parse_info(file, bytes(stored["about"]))
            arrays = {name: stored[name].astype(kind) for name, kind in ARRAY_TYPES.items()}
        for array in arrays.values():
            array.setflags(write=False)
        return RateSeries(info.card, **arrays, fetched_at=info.imported_at)
    except _READ_ERRORS as error:
        raise SourceError(_damage_message(file)) from error


def os_error_message(message: str, error: OSError, name: str) -> str:
    """A deferred message with the reason of an error of the operating system, and what to do."""
    reason = os.strerror(error.errno) if error.errno else _("unknown reason")
    advice = _("free some space or name another DASHBOARD_HOME")
    return join_clauses(translate_deferred(message, name=name, reason=reason), advice)


def _parse_info(file: Path, content: bytes) -> SeriesFileInfo:
    info = json.loads(content)
    names = {field.name for field in fields(SeriesCard)}
    card = SeriesCard(**{k: v for k, v in info["card"].items() if k in names})
    if (
        info["version"] != FORMAT_VERSION
        or card.id != file.stem
        or card.date_rule not in PUBLICATION_RULES
    ):
        raise ValueError(file.name)
    return SeriesFileInfo(card, info["sha256"], datetime.fromisoformat(info["imported_at"]))


def _damage_message(file: Path) -> str:
    return _(
        "series {name}: its file is damaged; rates remove {name} and import it again",
        name=file.stem,
    )
