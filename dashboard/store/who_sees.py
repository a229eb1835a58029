"""The one rule of who may see what: shared rows everybody, private ones their owner alone.

Every question the store asks about notes and imports carries it, so that a row which a person
may not see is, for that person, not there: it cannot be listed, counted, changed or named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_

from dashboard.domain.errors import InputError
from dashboard.domain.event import Visibility
from dashboard.store.schema import IMPORTS, NOTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dashboard.domain.event import Event
    from dashboard.domain.note import Change


def _seen(table: Table) -> ColumnElement[bool]:
    own = and_(table.c.owner != "", table.c.owner == bindparam("person"))
    return or_(table.c.visibility == Visibility.SHARED.value, own)


NOTE_IS_SEEN: Final = _seen(NOTES)
IMPORT_IS_SEEN: Final = _seen(IMPORTS)
"""Conditions on `:person`; who has no name sees what is shared."""


def may_see(note: Event, person: str) -> bool:
    """The same rule for a note that was read."""
    return not note.is_private or bool(person and note.owner == person)


def seen_changes(changes: Iterable[Change], person: str) -> Iterator[Change]:
    """The changes a person may see: a note that is shared now may have been private before."""
    for change in changes:
        if change.after is None or not may_see(change.after, person):
            continue
        is_seen = change.before is None or may_see(change.before, person)
        yield change if is_seen else replace(change, before=None)


def check_may_hide(note: Event, person: str) -> None:
    """Refuse a private note of nobody, which nobody could ever see again.

    Raises:
        InputError: the process has no person.
    """
    if note.is_private and not person:
        msg = "visibility: a private note needs to know whose it is; set DASHBOARD_USER"
        raise InputError(msg)


def check_may_change(before: Event, after: Event, person: str) -> None:
    """Refuse that anybody but the owner makes a note private or shares it.

    Raises:
        InputError: saying whose note it is.
    """
    if before.visibility == after.visibility or (person and before.owner == person):
        return
    whose = f"{before.owner}, whose note it is," if before.owner else "nobody: it has no owner, and"
    msg = f"visibility: can be changed by {whose} not by you; copy it into a note of your own"
    raise InputError(msg)
