"""The bundled data files, as data/datapackage.json describes them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from dashboard import shipped_path
from dashboard.models.baskets import Basket
from dashboard.models.errors import SourceError
from dashboard.models.event import Event, Hour, Origin, moment_from_hours
from dashboard.models.messages import translate as _

T = TypeVar("T")
DATA_FOLDER: Final[Path] = shipped_path("data")


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
    """The bundled files of one kind, as `rates` or `events`, in the order of the descriptor.

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


# ---- baskets


def read_shipped_baskets(folder: Path = DATA_FOLDER) -> tuple[Basket, ...]:
    """The baskets that ship, in the order of their file.

    Raises:
        SourceError: the file is missing or damaged.
    """
    members: dict[tuple[str, str], list[str]] = {}
    for resource in read_resources("baskets", folder):
        for name, title, member in resource.rows():
            members.setdefault((name, title), []).append(member)
    return tuple(
        Basket(name, tuple(listed), title, is_shipped=True)
        for (name, title), listed in members.items()
    )


# ---- events


def read_events(resource: DataResource, hours: Mapping[str, tuple[Hour, ...]]) -> list[Event]:
    """Read an event file; `hours` are the clock times of events by their ids.

    Raises:
        SourceError: the file is missing or damaged.
    """
    return _read_rows(resource, lambda cells: _parse_event(cells, hours.get(cells["id"], ())))


@dataclass(frozen=True, slots=True)
class ReleasedValue:
    """What was released and expected of an event of the catalogue, and who said so."""

    actual: float | None
    expected: float | None
    previous: float | None
    unit: str
    evidence: str
    source_url: str

    def apply(self, event: Event) -> Event:
        """The event with its values; the evidence follows its text."""
        return replace(
            event,
            value_actual=self.actual,
            value_expected=self.expected,
            value_previous=self.previous,
            value_unit=self.unit,
            value_source=self.source_url,
            text="\n".join(filter(None, (event.text, self.evidence))),
        )


def read_values(resource: DataResource) -> dict[str, ReleasedValue]:
    """Read a file of released and expected values: those of each event by its id.

    Raises:
        SourceError: the file is missing or damaged.
    """
    return dict(_read_rows(resource, _parse_value))


def read_stories(resource: DataResource) -> dict[str, str]:
    """Read a file of stories: that of each event by its id.

    Raises:
        SourceError: the file is missing or damaged.
    """
    return dict(_read_rows(resource, lambda cells: (cells["event_id"], cells["story"])))


def read_hours(resource: DataResource) -> dict[str, tuple[Hour, ...]]:
    """Read a file of clock times: those of each event by its id, in the order of the file.

    Raises:
        SourceError: the file is missing or damaged.
    """
    hours: dict[str, tuple[Hour, ...]] = {}
    for event_id, hour in _read_rows(resource, _parse_hour):
        hours[event_id] = (*hours.get(event_id, ()), hour)
    return hours


def _read_rows(resource: DataResource, row_of: Callable[[dict[str, str]], T]) -> list[T]:
    names = [field["name"] for field in resource.entry["schema"]["fields"]]
    try:
        return [row_of(dict(zip(names, row, strict=True))) for row in resource.rows()]
    except ValueError as error:
        msg = _(
            "data/{entry}: is damaged ({error}); fetch the program again",
            entry=resource.entry["path"],
            error=error,
        )
        raise SourceError(msg) from error


def _parse_hour(cells: dict[str, str]) -> tuple[str, Hour]:
    source = (cells[name] for name in ("source_name", "source_url", "evidence", "confidence"))
    return cells["id"], Hour(datetime.fromisoformat(cells["time_utc"]), cells["kind"], *source)


def _parse_value(cells: dict[str, str]) -> tuple[str, ReleasedValue]:
    actual, expected, previous = (
        float(cells[name]) if cells[name] else None
        for name in ("value_actual", "value_expected", "value_previous")
    )
    source = ", ".join(filter(None, (cells["source_name"], cells["expected_as_of"])))
    evidence = f"{cells['evidence']} ({source})" if cells["evidence"] else ""
    return cells["event_id"], ReleasedValue(
        actual, expected, previous, cells["value_unit"], evidence, cells["source_url"]
    )


def _parse_event(cells: dict[str, str], hours: tuple[Hour, ...]) -> Event:
    moment = cells["time_utc"]
    return Event(
        id=cells["id"],
        day=date.fromisoformat(cells["date"]),
        moment=datetime.fromisoformat(moment) if moment else moment_from_hours(hours),
        title=cells["title"],
        actor=cells["actor"],
        category=cells["category"],
        expected=cells["expected"],
        source_name=cells["source_name"],
        source_url=cells["source_url"],
        confidence=cells["confidence"],
        text=cells["evidence"],
        hours=hours,
        origin=Origin.CATALOGUE,
    )
