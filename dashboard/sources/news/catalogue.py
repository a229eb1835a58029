"""The catalogue of events that ships with the program, read from data/events."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from dashboard.domain.errors import SourceError
from dashboard.domain.event import Event, Origin
from dashboard.sources.datapackage import DATA, Resource, read_resources


class Catalogue:
    """The shipped events; the file is read once, when it is first asked for."""

    id = "catalogue"

    def __init__(self, folder: Path = DATA) -> None:
        self._folder = folder

    @cached_property
    def _resources(self) -> tuple[Resource, ...]:
        return read_resources("events", self._folder)

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        return tuple(event for resource in self._resources for event in read_events(resource))

    def events(self) -> tuple[Event, ...]:
        """Every shipped event in order of its day."""
        return self._events

    def files(self) -> dict[str, str]:
        """The sha256 of each shipped file by its name, for the manifest of an export."""
        return {resource.name: resource.sha256 for resource in self._resources}


def read_events(resource: Resource) -> list[Event]:
    """Read an event file.

    Raises:
        SourceError: the file is missing or damaged.
    """
    names = [field["name"] for field in resource.entry["schema"]["fields"]]
    try:
        return [_event(dict(zip(names, row, strict=True))) for row in resource.rows()]
    except ValueError as error:
        msg = f"data/{resource.entry['path']}: is damaged ({error}); fetch the program again"
        raise SourceError(msg) from error


def _event(cells: dict[str, str]) -> Event:
    moment = cells["time_utc"]
    return Event(
        id=cells["id"],
        day=date.fromisoformat(cells["date"]),
        moment=datetime.fromisoformat(moment) if moment else None,
        title=cells["title"],
        actor=cells["actor"],
        category=cells["category"],
        expected=cells["expected"],
        source_name=cells["source_name"],
        source_url=cells["source_url"],
        confidence=cells["confidence"],
        origin=Origin.CATALOGUE,
    )
