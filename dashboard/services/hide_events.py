"""Hide events: a person takes events of the catalogue out of sight, and shows them again.

Hidden events leave the lists, the charts, the crowding and the studies of that person. They
stay in the catalogue, and nobody else misses them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from dashboard.domain.errors import InputError
from dashboard.services.clean_draft import clean_line

if TYPE_CHECKING:
    from dashboard.domain.event import Event
    from dashboard.services.keep_events import Catalogue


class Hiding(Protocol):
    """Where it is kept what a person hides; every method raises StoreError where that fails."""

    def hidden(self) -> frozenset[str]:
        """The ids of the events that the person hides."""
        ...

    def hide(self, ids: Sequence[str]) -> None:
        """Hide events from the person."""
        ...

    def unhide(self, ids: Sequence[str]) -> None:
        """Show them again."""
        ...


def hide_events(catalogue: Catalogue, store: Hiding, ids: Sequence[str]) -> tuple[Event, ...]:
    """Hide events of the catalogue, all of those named or none.

    Returns:
        Those that were not hidden before, in the order of the catalogue.

    Raises:
        InputError: an id is not one of the catalogue.
        StoreError: the store cannot be written.
    """
    before, named = store.hidden(), _named(catalogue, ids)
    store.hide([event.id for event in named])
    return tuple(event for event in named if event.id not in before)


def unhide_events(catalogue: Catalogue, store: Hiding, ids: Sequence[str]) -> tuple[Event, ...]:
    """Show hidden events again; raises as `hide_events` does.

    Returns:
        Those that were hidden before, in the order of the catalogue.
    """
    before, named = store.hidden(), _named(catalogue, ids)
    store.unhide([event.id for event in named])
    return tuple(event for event in named if event.id in before)


def hidden_events(catalogue: Catalogue, store: Hiding) -> tuple[Event, ...]:
    """The events that the person hides, by their days."""
    hidden = store.hidden()
    found = (event for event in catalogue.events() if event.id in hidden)
    return tuple(sorted(found, key=lambda event: (event.day, event.id)))


def hidden_words(count: int) -> str:
    """`3 hidden`, as lists, studies and files say it; empty where nothing is hidden."""
    return f"{count:,} hidden" if count else ""


def hidden_notice(count: int) -> str:
    """What a command says where events are hidden."""
    many = "event of the catalogue is" if count == 1 else "events of the catalogue are"
    return f"{count:,} {many} hidden and left out; see `events list --hidden`"


def _named(catalogue: Catalogue, ids: Sequence[str]) -> tuple[Event, ...]:
    by_id = {event.id: event for event in catalogue.events()}
    for name in ids:
        if name.startswith("note-") and name not in by_id:
            msg = f"{clean_line(name)[:80]}: is a note; remove it instead, or make it private"
            raise InputError(msg)
        if name not in by_id:
            msg = f"{clean_line(name)[:80]}: there is no event with this id in the catalogue"
            raise InputError(msg)
    asked = set(ids)
    return tuple(event for event in by_id.values() if event.id in asked)
