"""The form of an event source, and the recipe for a new one.

1. `sources/news/<id>.py`: a class with `id = "<id>"` that fits `EventSource`.
2. One import and one entry in `EVENT_SOURCES` (`sources/news/__init__.py`).
3. A fixture for it in `tests/contracts/test_event_sources.py`; the tests there hold for all.
4. `assembly.py` takes it into the house.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from dashboard.domain.event import Event


@runtime_checkable
class EventSource(Protocol):
    """Somewhere dated events come from. Asking twice gives the same events."""

    @property
    def id(self) -> str:
        """The id of the source: the name of its module."""

    def events(self) -> tuple[Event, ...]:
        """Every event of the source, ordered by day, then as the source lists them.

        Raises:
            InputError: a file that a person gave is wrong; the message names the row.
            SourceError: the source cannot be read.
        """

    def files(self) -> dict[str, str]:
        """The sha256 of each file of the source by its name; a live source has none."""
