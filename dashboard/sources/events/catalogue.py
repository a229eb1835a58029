"""The bundled event catalogue and its times of day, from data/events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from dashboard.models.errors import SourceError
from dashboard.models.event import Event, Hour, Origin, moment_from_hours
from dashboard.models.messages import translate as _
from dashboard.sources.datapackage import DATA_FOLDER, DataResource, read_resources

T = TypeVar("T")


class Catalogue:
    """The bundled events; the files are read once, when they are first needed."""

    id = "catalogue"

    def __init__(self, folder: Path = DATA_FOLDER) -> None:
        self._folder = folder

    @cached_property
    def _resources(self) -> tuple[DataResource, ...]:
        return read_resources("events", self._folder)

    @cached_property
    def _hour_files(self) -> tuple[DataResource, ...]:
        return read_resources("event-hours", self._folder)

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        hours: dict[str, tuple[Hour, ...]] = {}
        for resource in self._hour_files:
            hours |= read_hours(resource)
        return tuple(
            event for resource in self._resources for event in read_events(resource, hours)
        )

    def events(self) -> tuple[Event, ...]:
        """Every bundled event, ordered by day."""
        return self._events

    def files(self) -> dict[str, str]:
        """The sha256 of each bundled file by its name, for the manifest of an export."""
        files = (*self._resources, *self._hour_files)
        return {resource.name: resource.sha256 for resource in files}


def read_events(resource: DataResource, hours: Mapping[str, tuple[Hour, ...]]) -> list[Event]:
    """Read an event file; `hours` are the clock times of events by their ids.

    Raises:
        SourceError: the file is missing or damaged.
    """
    return _read_rows(resource, lambda cells: _parse_event(cells, hours.get(cells["id"], ())))


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
