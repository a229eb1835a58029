"""Series that the user imported, one file each."""

from __future__ import annotations

import json
import logging
import os
import threading
import zipfile
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from dashboard.models.errors import InputError, SourceError, StoreError
from dashboard.models.messages import deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.user_files import IMPORTED_PREFIX
from dashboard.sources.files.folder import FileChanges, FileStore, FileVersions, LocalFolder
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
SERIES_FILES: Final = f"{IMPORTED_PREFIX}*.npz"
"""The pattern of the names of their files."""
_CANNOT_KEEP: Final = deferred("{name}: cannot be kept ({reason})")
_CANNOT_REMOVE: Final = deferred("{name}: cannot be removed ({reason})")
_READ_ERRORS: Final = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError)


class ImportedRates:
    """The imported series, which other processes may change at any time.

    Args:
        files: where they are: a folder of this machine, created with the first import, or files
            in a database.
    """

    id = "imported"

    def __init__(self, files: Path | FileStore) -> None:
        self._files = LocalFolder(files, SERIES_FILES) if isinstance(files, Path) else files
        self._info_cache: dict[str, tuple[Hashable, SeriesFileInfo | None]] = {}
        self._series_cache: dict[str, tuple[Hashable, RateSeries]] = {}
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
            version = self._version(series_id)
            cached = self._series_cache.get(series_id)
            if cached is None or cached[0] != version:
                series = read_series_file(self._open(series_id), series_id)
                cached = self._series_cache[series_id] = (version, series)
            return cached[1]

    def files(self) -> dict[str, str]:
        """The sha256 of the imported file of each series, by its id."""
        return {name: info.sha256 for name, info in self._infos().items()}

    def store(self, series: Sequence[RateSeries], sha256: str, *, replace: bool = False) -> None:
        """Store series, all or none; a reader sees the old files or the new ones.

        Raises:
            InputError: an id is taken and `replace` is not given, or there are too many.
            SourceError: the folder cannot be written to.
            StoreError: the database cannot be written.
        """
        contents = {_file_name(item.card.id): series_bytes(item, sha256) for item in series}

        def decide(existing: FileVersions) -> FileChanges:
            taken = [name for name in contents if name in existing]
            if taken and not replace:
                msg = _(
                    "series {name}: is already kept; take another name, replace it, or remove it "
                    "first",
                    name=Path(taken[0]).stem,
                )
                raise InputError(msg)
            if len(existing.keys() | contents) > MAX_SERIES:
                msg = _(
                    "more than {limit} series of your own; rates remove some first",
                    limit=MAX_SERIES,
                )
                raise InputError(msg)
            return contents

        self._change(decide, _CANNOT_KEEP, ", ".join(item.card.id for item in series))

    def remove(self, series_id: str) -> None:
        """Delete a series, also one whose file is damaged.

        Raises:
            InputError: there is none of this name.
            SourceError: it cannot be removed.
            StoreError: the database cannot be written.
        """
        with self._lock:
            self._version(series_id)
            removal: FileChanges = {_file_name(series_id): None}
            self._change(lambda existing: removal, _CANNOT_REMOVE, series_id)  # noqa: ARG005
            self._series_cache.pop(series_id, None)

    def series_ids(self) -> tuple[str, ...]:
        """The id of every series, also of a damaged one."""
        return tuple(Path(name).stem for name in self._files.versions())

    def series_files(self, folder: Path) -> tuple[Path, ...]:
        """Copy the file of every series into a folder, for a backup."""
        copies = []
        for series_id in self.series_ids():
            with self._open(series_id) as file:
                copies.append(folder / _file_name(series_id))
                copies[-1].write_bytes(file.read())
        return tuple(copies)

    def restore_from(self, files: Sequence[Path]) -> None:
        """Replace every series by the files of a backup; each is read first.

        Raises:
            SourceError: one of them is damaged, or the folder cannot be written to.
            StoreError: the database cannot be written.
        """
        contents = {file.name: file.read_bytes() for file in files}
        for name, content in contents.items():
            read_series_file(BytesIO(content), Path(name).stem)
        self._change(
            lambda existing: dict.fromkeys(existing) | contents, _CANNOT_KEEP, _("the series")
        )

    def _change(
        self, decide: Callable[[FileVersions], FileChanges], message: str, name: str
    ) -> None:
        try:
            self._files.change(decide)
        except OSError as error:
            raise SourceError(_os_error_message(message, error, name)) from error

    def _infos(self) -> dict[str, SeriesFileInfo]:
        with self._lock:
            versions = self._files.versions()
            infos = {Path(name).stem: self._info(name, versions[name]) for name in versions}
            return {name: info for name, info in infos.items() if info is not None}

    def _info(self, name: str, version: Hashable) -> SeriesFileInfo | None:
        series_id = Path(name).stem
        cached = self._info_cache.get(series_id)
        if cached is None or cached[0] != version:
            try:
                info: SeriesFileInfo | None = read_series_info(self._open(series_id), series_id)
            except InputError:  # removed since the files were listed
                return None
            except StoreError as error:  # the database is away
                log.warning("%s", error)
                return None
            except SourceError as error:
                log.warning("%s", error)
                info = None
            cached = self._info_cache[series_id] = (version, info)
        return cached[1]

    def _open(self, series_id: str) -> BinaryIO:
        try:
            return self._files.open(_file_name(series_id))
        except FileNotFoundError:
            raise InputError(_("series {name}: was removed", name=series_id)) from None
        except OSError as error:
            raise SourceError(_damage_message(series_id)) from error

    def _version(self, series_id: str) -> Hashable:
        versions = self._files.versions()
        if _file_name(series_id) in versions:
            return versions[_file_name(series_id)]
        known, name = ", ".join(self.series_ids()), display_text(series_id)
        if known:
            msg = _(
                "series {name}: is none of your own; choose one of {known}", name=name, known=known
            )
        else:
            msg = _("series {name}: is none of your own; none is kept yet", name=name)
        raise InputError(msg)


def _file_name(series_id: str) -> str:
    return f"{series_id}.npz"


# ---- series files


@dataclass(frozen=True, slots=True)
class SeriesFileInfo:
    """The metadata of a series file: card, hash of the imported file, time of the import."""

    card: SeriesCard
    sha256: str
    imported_at: datetime


def series_bytes(series: RateSeries, sha256: str) -> bytes:
    """The file of a series.

    Args:
        series: the series.
        sha256: of the file it was imported from.
    """
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
    file = BytesIO()
    np.savez(file, about=encoded, **arrays)
    return file.getvalue()


def read_series_info(opened: BinaryIO, series_id: str) -> SeriesFileInfo:
    """The metadata of a series file; its arrays are not read.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with opened, np.load(opened, allow_pickle=False) as arrays:
            return _parse_info(series_id, bytes(arrays["about"]))
    except _READ_ERRORS as error:
        raise SourceError(_damage_message(series_id)) from error


def read_series_file(opened: BinaryIO, series_id: str) -> RateSeries:
    """The series in a file, with read-only arrays.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        with opened, np.load(opened, allow_pickle=False) as stored:
            info = _parse_info(series_id, bytes(stored["about"]))
            arrays = {name: stored[name].astype(kind) for name, kind in ARRAY_TYPES.items()}
        for array in arrays.values():
            array.setflags(write=False)
        return RateSeries(info.card, **arrays, fetched_at=info.imported_at)
    except _READ_ERRORS as error:
        raise SourceError(_damage_message(series_id)) from error


def _os_error_message(message: str, error: OSError, name: str) -> str:
    """A deferred message with the reason of an error of the operating system, and what to do."""
    reason = os.strerror(error.errno) if error.errno else _("unknown reason")
    advice = _("free some space or name another DASHBOARD_HOME")
    return join_clauses(translate_deferred(message, name=name, reason=reason), advice)


def _parse_info(series_id: str, content: bytes) -> SeriesFileInfo:
    info = json.loads(content)
    names = {field.name for field in fields(SeriesCard)}
    card = SeriesCard(**{k: v for k, v in info["card"].items() if k in names})
    if (
        info["version"] != FORMAT_VERSION
        or card.id != series_id
        or card.date_rule not in PUBLICATION_RULES
    ):
        raise ValueError(series_id)
    return SeriesFileInfo(card, info["sha256"], datetime.fromisoformat(info["imported_at"]))


def _damage_message(series_id: str) -> str:
    return _(
        "series {name}: its file is damaged; rates remove {name} and import it again",
        name=series_id,
    )
