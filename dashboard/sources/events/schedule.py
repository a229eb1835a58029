"""The bundled calendar of scheduled events, from data/events."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path

from dashboard.models.event import Event, Hour, HourKind
from dashboard.sources.datapackage import (
    DATA_FOLDER,
    DataResource,
    read_events,
    read_resources,
)


class Schedule:
    """The bundled scheduled events; the file is read once, when it is first needed."""

    id = "schedule"

    def __init__(self, folder: Path = DATA_FOLDER) -> None:
        self._folder = folder

    @cached_property
    def _resources(self) -> tuple[DataResource, ...]:
        return read_resources("event-calendar", self._folder)

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        return tuple(
            _as_scheduled(event)
            for resource in self._resources
            for event in read_events(resource, {})
        )

    def events(self) -> tuple[Event, ...]:
        """Every bundled scheduled event, past ones too, ordered by day.

        Raises:
            SourceError: the file is missing or damaged.
        """
        return self._events

    def files(self) -> dict[str, str]:
        """The sha256 of the bundled file by its name."""
        return {resource.name: resource.sha256 for resource in self._resources}


def _as_scheduled(event: Event) -> Event:
    """The event with its moment as one that was announced beforehand."""
    if event.moment is None:
        return event
    source = event.source_name, event.source_url, event.text, event.confidence
    return replace(event, hours=(Hour(event.moment, HourKind.SCHEDULED, *source),))
