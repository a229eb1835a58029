"""The bundled event catalogue, its times of day and released values, from data/events."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path

from dashboard.models.event import Event, Hour
from dashboard.sources.datapackage import (
    DATA_FOLDER,
    DataResource,
    read_events,
    read_hours,
    read_resources,
    read_stories,
    read_values,
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
    def _value_files(self) -> tuple[DataResource, ...]:
        return read_resources("event-values", self._folder)

    @cached_property
    def _story_files(self) -> tuple[DataResource, ...]:
        return read_resources("event-stories", self._folder)

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        hours: dict[str, tuple[Hour, ...]] = {}
        for resource in self._hour_files:
            hours |= read_hours(resource)
        values = {k: v for file in self._value_files for k, v in read_values(file).items()}
        events = (e for resource in self._resources for e in read_events(resource, hours))
        stories = {k: v for file in self._story_files for k, v in read_stories(file).items()}
        valued = (values[e.id].apply(e) if e.id in values else e for e in events)
        return tuple(replace(e, story=stories[e.id]) if e.id in stories else e for e in valued)

    def events(self) -> tuple[Event, ...]:
        """Every bundled event, ordered by day."""
        return self._events

    def files(self) -> dict[str, str]:
        """The sha256 of each bundled file by its name, for the manifest of an export."""
        files = (*self._resources, *self._hour_files, *self._value_files, *self._story_files)
        return {resource.name: resource.sha256 for resource in files}
