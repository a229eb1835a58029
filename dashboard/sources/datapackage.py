"""The bundled data files, as data/datapackage.json describes them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboard import shipped_path
from dashboard.models.errors import SourceError
from dashboard.models.messages import translate as _

DATA_FOLDER: Final = shipped_path("data")


@dataclass(frozen=True, slots=True)
class DataResource:
    """One bundled file: its entry in the descriptor, and its folder."""

    entry: dict[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        """The name of the resource; for a rate file the id of its series."""
        return str(self.entry["name"])

    @property
    def sha256(self) -> str:
        """The hash of the file according to the descriptor."""
        return str(self.entry["hash"]).removeprefix("sha256:")

    def rows(self) -> list[list[str]]:
        """The cells of the file below its header.

        Raises:
            SourceError: the file is missing or is not the one described.
        """
        expected = [field["name"] for field in self.entry["schema"]["fields"]]
        try:
            with (self.folder / self.entry["path"]).open(encoding="utf-8", newline="") as lines:
                header, *rows = csv.reader(lines, strict=True)
        except (OSError, ValueError, csv.Error) as error:
            msg = _(
                "data/{entry}: cannot be read ({error_reason}); fetch the program again",
                entry=self.entry["path"],
                error_reason=_error_reason(error),
            )
            raise SourceError(msg) from error
        if header != expected or any(len(row) != len(expected) for row in rows):
            msg = _(
                "data/{entry}: the columns are not {expected}; fetch the program again",
                entry=self.entry["path"],
                expected=", ".join(expected),
            )
            raise SourceError(msg)
        return rows


def read_resources(kind: str, folder: Path = DATA_FOLDER) -> tuple[DataResource, ...]:
    """The bundled files of one kind, `rates` or `events`, in the order of the descriptor.

    Raises:
        SourceError: the descriptor is missing or is not JSON.
    """
    try:
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = _error_reason(error)
        msg = _(
            "data/datapackage.json: cannot be read ({reason}); fetch the program again",
            reason=reason,
        )
        raise SourceError(msg) from error
    return tuple(
        DataResource(entry, folder) for entry in descriptor["resources"] if entry["kind"] == kind
    )


def _error_reason(error: Exception) -> str:
    """The reason without the path that an OSError carries."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
