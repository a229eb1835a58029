"""A person's own series: files of rates that were imported, kept in their data directory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dashboard.domain.errors import InputError, SourceError
from dashboard.domain.rate_file import OWN
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.sources.file_bytes import shown
from dashboard.sources.kept_file import (
    About,
    cannot,
    discard,
    prepare_kept,
    read_about,
    read_kept,
)

log: Final = logging.getLogger("dashboard.rates")
MOST_SERIES: Final = 200

_Stat = tuple[int, int, int]


class OwnRates:
    """The series in a folder; another process may add to it or take from it at any time.

    Args:
        folder: where they are kept; it is made when the first one is.
    """

    id = "own"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._about: dict[str, tuple[_Stat, About | None]] = {}
        self._series: dict[str, tuple[_Stat, RateSeries]] = {}
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
            stat = _stat(file)
            kept = self._series.get(series_id)
            if kept is None or kept[0] != stat:
                kept = self._series[series_id] = (stat, read_kept(file))
            return kept[1]

    def files(self) -> dict[str, str]:
        """The sha256 of the file each series was read from, as it was when imported."""
        return {name: about.sha256 for name, about in self._every().items()}

    def keep(self, series: Sequence[RateSeries], sha256: str, *, replace: bool = False) -> None:
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
                    f"series {taken[0]}: is already kept; give --replace or another --name,"
                    f" or rates remove {taken[0]}"
                )
                raise InputError(msg)
            if len(known | set(ids)) > MOST_SERIES:
                msg = f"more than {MOST_SERIES} series of your own; rates remove some first"
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
                raise SourceError(cannot(series_id, "removed", error)) from error
            self._series.pop(series_id, None)

    def kept_files(self) -> tuple[Path, ...]:
        """The file of every series, for a backup."""
        return tuple(self._files())

    def put_back(self, files: Sequence[Path]) -> None:
        """Put the files of a backup in the place of every series; each is read first.

        Raises:
            SourceError: one of them is damaged, or the folder cannot be written to.
        """
        with self._reading:
            read = [(read_about(file), read_kept(file)) for file in files]
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
                ready.append(prepare_kept(self._folder, each, sha256))
            for beside, place in ready:
                beside.replace(place)
        except OSError as error:
            raise SourceError(cannot("the series", "kept", error)) from error
        finally:
            for beside, _ in ready:
                discard(beside)

    def _every(self) -> dict[str, About]:
        with self._reading:
            found = {file.stem: self._about_of(file) for file in self._files()}
            return {name: about for name, about in found.items() if about is not None}

    def _about_of(self, file: Path) -> About | None:
        try:
            stat = _stat(file)
            known = self._about.get(file.stem)
            if known is None or known[0] != stat:
                try:
                    about: About | None = read_about(file)
                except SourceError as error:
                    log.warning("%s", error)
                    about = None
                known = self._about[file.stem] = (stat, about)
            return known[1]
        except InputError:  # removed between the listing and the look
            return None

    def _files(self) -> list[Path]:
        try:
            return sorted(self._folder.glob(f"{OWN}*.npz"))
        except OSError:
            return []

    def _file(self, series_id: str) -> Path:
        found = next((file for file in self._files() if file.stem == series_id), None)
        if found is None:
            known = ", ".join(file.stem for file in self._files())
            said = f"choose one of {known}" if known else "none is kept yet"
            msg = f"series {shown(series_id)}: is none of your own; {said}"
            raise InputError(msg)
        return found


def _stat(file: Path) -> _Stat:
    try:
        told = file.stat()
    except OSError:
        msg = f"series {file.stem}: was removed"
        raise InputError(msg) from None
    return told.st_mtime_ns, told.st_size, told.st_ino
