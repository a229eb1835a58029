"""Import events: a file of events becomes notes, all of them or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import Final, Literal, Protocol, TypeAlias

from dashboard.domain.errors import InputError
from dashboard.domain.event import Category, Event, Origin
from dashboard.services.clean_draft import Draft, clean_draft

Status: TypeAlias = Literal["accept", "warn"]

NOT_KEPT: Final = ("actor", "source_name", "series", "confidence")
"""What an event of a file may have and a note has no place for."""
MOST_TOLD: Final = 10


class EventFile(Protocol):
    """A file of events as it was read."""

    @property
    def name(self) -> str:
        """What messages call the file."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The events in the order of their days."""

    @property
    def places(self) -> tuple[str, ...]:
        """Where each event stands in the file."""

    @property
    def messages(self) -> tuple[str, ...]:
        """What a person should know about the reading."""


class Notes(Protocol):
    """Where notes are kept; adding is one transaction."""

    def notes(self) -> tuple[Event, ...]:
        """Every note that is not deleted."""
        ...

    def add_all(self, notes: Sequence[Event], who: str = "") -> tuple[Event, ...]:
        """Store new notes, all or none; raises StoreError."""
        ...


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do: the notes to add, and what a person should know."""

    notes: tuple[Event, ...]
    messages: tuple[str, ...]

    @property
    def status(self) -> Status:
        """`warn` where something is left out or changed, else `accept`."""
        return "warn" if self.messages else "accept"


def plan_import(
    file: EventFile, already: Iterable[Event], *, today: date | None = None
) -> ImportPlan:
    """Check every row of a file and say what would become a note.

    An event whose day, moment and title are already there (in the catalogue, in a note, or
    further up in the file) is left out and told, so that a second import adds nothing.

    Args:
        file: as it was read.
        already: the catalogue and the notes.
        today: the day from which "at most two years ahead" counts.

    Raises:
        InputError: a row cannot become a note; the line names file, row, field and fix.
    """
    planner = _Planner(today or datetime.now(UTC).date(), {_key(e): e.id for e in already})
    for place, event in zip(file.places, file.events, strict=True):
        planner.take(place, event)
    return ImportPlan(tuple(planner.notes), (*file.messages, *planner.told(), *_lost_fields(file)))


def import_events(store: Notes, plan: ImportPlan) -> tuple[Event, ...]:
    """Store the notes of a plan in one transaction.

    Raises:
        StoreError: the store cannot be written; nothing was added.
    """
    return store.add_all(plan.notes) if plan.notes else ()


@dataclass(slots=True)
class _Planner:
    today: date
    seen: dict[tuple[object, ...], str]
    notes: list[Event] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    tagged: list[str] = field(default_factory=list)

    def take(self, place: str, event: Event) -> None:
        """Turn an event into a note, or remember why it is left out."""
        note = self._note(place, event)
        known = self.seen.get(_key(note))
        if known is not None:
            self.twice.append(f"{place}: is already there ({known}) and is left out")
            return
        self.seen[_key(note)] = place
        self.notes.append(note)

    def _note(self, place: str, event: Event) -> Event:
        draft = Draft(**{each.name: getattr(event, each.name) for each in fields(Draft)})
        if event.category not in set(Category):
            self.tagged.append(
                f"{place}, column category: '{event.category}' is not on the list and became a tag"
            )
            draft = replace(draft, category=Category.OTHER, tags=(*event.tags, event.category))
        try:
            clean = clean_draft(draft, self.today)
        except InputError as error:
            msg = f"{place}, {error}"
            raise InputError(msg) from None
        values = {each.name: getattr(clean, each.name) for each in fields(Draft)}
        return Event(id="", origin=Origin.NOTE, **values)

    def told(self) -> Iterator[str]:
        """What was left out or changed, one line each; of many lines the first."""
        for lines in (self.twice, self.tagged):
            yield from lines[:MOST_TOLD]
            if len(lines) > MOST_TOLD:
                yield f"and {len(lines) - MOST_TOLD} more rows like this"


def _key(event: Event) -> tuple[object, ...]:
    return event.day, event.moment, event.title.casefold()


def _lost_fields(file: EventFile) -> Iterator[str]:
    lost = [name for name in NOT_KEPT if any(getattr(event, name) for event in file.events)]
    if lost:
        yield f"{file.name}: notes do not keep {', '.join(lost)}; the rest of each row is taken"
