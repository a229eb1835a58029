"""Merge drafts: two people changed one note; what differs, and mine put on top of theirs."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from dashboard.services.clean_draft import Draft

TOGETHER: Final = ("day", "moment", "zone", "end_day")
"""Fields that mean something only with one another: an hour lies on its day, in its zone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two drafts differ, and what it said before either was written.

    Attributes:
        field: its name in `Draft`.
        read: what both had read.
        theirs: what it says now.
        mine: what I want it to say.
    """

    field: str
    read: Any
    theirs: Any
    mine: Any

    @property
    def is_mine(self) -> bool:
        """Whether I changed it; else only the other did."""
        return bool(self.mine != self.read)


def differences(read: Draft, theirs: Draft, mine: Draft) -> tuple[Difference, ...]:
    """Every field in which mine and theirs differ, in the order of the fields."""
    return tuple(
        Difference(name, getattr(read, name), getattr(theirs, name), getattr(mine, name))
        for name in (each.name for each in fields(Draft))
        if getattr(theirs, name) != getattr(mine, name)
    )


def mine_on_theirs(read: Draft, theirs: Draft, mine: Draft) -> Draft:
    """Theirs with every field that I changed as I want it; days and hours go together."""
    changed = {
        each.name for each in fields(Draft) if getattr(mine, each.name) != getattr(read, each.name)
    }
    if changed & set(TOGETHER):
        changed |= set(TOGETHER)
    return replace(theirs, **{name: getattr(mine, name) for name in changed})
