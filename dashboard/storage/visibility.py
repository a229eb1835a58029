"""Visibility rules of notes: shared ones for everybody, private ones for their owner only.

Every query about notes and imports applies them (as SQL conditions, see `schema`), so that a
private row of another user cannot be listed, counted, changed or named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dashboard.models.event import Event
    from dashboard.models.records import NoteRevision


def is_visible_to(note: Event, person: str) -> bool:
    """Whether a user may see a note; a user without a name sees only shared notes."""
    return not note.is_private or bool(person and note.owner == person)


def visible_changes(changes: Iterable[NoteRevision], person: str) -> Iterator[NoteRevision]:
    """The changes a user may see: a note that is shared now may have been private before."""
    for change in changes:
        if change.after is None or not is_visible_to(change.after, person):
            continue
        is_visible = change.before is None or is_visible_to(change.before, person)
        yield change if is_visible else replace(change, before=None)


def check_private_has_owner(note: Event, person: str) -> None:
    """Refuse a private note without an owner, which nobody could ever see again.

    Raises:
        InputError: the process has no user.
    """
    if note.is_private and not person:
        msg = _("visibility: a private note needs to know whose it is; set DASHBOARD_USER")
        raise InputError(msg)


def check_visibility_change(before: Event, after: Event, person: str) -> None:
    """Refuse that anybody but the owner makes a note private or shares it.

    Raises:
        InputError: it names the owner.
    """
    if before.visibility == after.visibility or (person and before.owner == person):
        return
    message = deferred(
        "visibility: can be changed by nobody: it has no owner, and not by you; copy it into a"
        " note of your own"
    )
    if before.owner:
        message = deferred(
            "visibility: can be changed by {owner}, whose note it is, not by you; copy it into a"
            " note of your own"
        )
    raise InputError(translate_deferred(message, owner=before.owner))
