"""A change to a note: what was done to it, when, by whom, and how it stood before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.domain.event import Event


class Action(StrEnum):
    """What a person can do to a note."""

    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a note's history; `before` is None for its creation.

    `revision` is the one the change made, `at` its UTC moment, `who` the person who made it
    or the label that was given, empty where neither is known. `before` is also None where it
    was private to somebody else. `origin` is the door it came through: page, cli or api; empty
    where that was not yet written down.
    """

    note_id: str
    revision: int
    action: str
    at: datetime
    who: str
    before: Event | None
    after: Event | None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How the store is, for a status line; `problem` is empty where it answers.

    `engine` names the kind of database; `last_change` is the UTC moment of the last change
    to any note, None where there never was one.
    """

    engine: str
    notes: int = 0
    deleted: int = 0
    last_change: datetime | None = None
    problem: str = ""
