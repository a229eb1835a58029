"""The bundled event catalogue and its times of day, from data/events."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from dashboard.models.event import Event, Hour
from dashboard.sources.datapackage import (
    DATA_FOLDER,
    DataResource,
    read_events,
    read_hours,
    read_resources,
)


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
