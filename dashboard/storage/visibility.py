"""Visibility of notes: shared ones for everybody, private ones for their owner alone.

Every question the store asks about notes and imports carries it, so that a row which a person
may not see is, for that person, not there: it cannot be listed, counted, changed or named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, Table, and_, bindparam, or_

from dashboard.models.errors import InputError
from dashboard.models.event import Visibility
from dashboard.storage.schema import IMPORTS, NOTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dashboard.models.event import Event
    from dashboard.models.records import NoteRevision


def _visible_rows(table: Table) -> ColumnElement[bool]:
    own = and_(table.c.owner != "", table.c.owner == bindparam("person"))
    return or_(table.c.visibility == Visibility.SHARED.value, own)


NOTE_IS_VISIBLE: Final = _visible_rows(NOTES)
IMPORT_IS_VISIBLE: Final = _visible_rows(IMPORTS)
"""Conditions on `:person`; who has no name sees what is shared."""


def is_visible_to(note: Event, person: str) -> bool:
    """The same rule for a note that was read."""
    return not note.is_private or bool(person and note.owner == person)


def visible_changes(changes: Iterable[NoteRevision], person: str) -> Iterator[NoteRevision]:
    """The changes a person may see: a note that is shared now may have been private before."""
    for change in changes:
        if change.after is None or not is_visible_to(change.after, person):
            continue
        is_seen = change.before is None or is_visible_to(change.before, person)
        yield change if is_seen else replace(change, before=None)


def check_private_has_owner(note: Event, person: str) -> None:
    """Refuse a private note of nobody, which nobody could ever see again.

    Raises:
        InputError: the process has no person.
    """
    if note.is_private and not person:
        msg = "visibility: a private note needs to know whose it is; set DASHBOARD_USER"
        raise InputError(msg)


def check_visibility_change(before: Event, after: Event, person: str) -> None:
    """Refuse that anybody but the owner makes a note private or shares it.

    Raises:
        InputError: saying whose note it is.
    """
    if before.visibility == after.visibility or (person and before.owner == person):
        return
    whose = f"{before.owner}, whose note it is," if before.owner else "nobody: it has no owner, and"
    msg = f"visibility: can be changed by {whose} not by you; copy it into a note of your own"
    raise InputError(msg)
