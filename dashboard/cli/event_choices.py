"""The commands by which a person makes the catalogue their own: copy, hide, show again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from dashboard.cli.events import tell
from dashboard.cli.house import parts_of_house
from dashboard.cli.options import AsJson, EventIds, NoteId, Opt, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.domain.event import Event


def copy_event(
    event_id: NoteId,
    *,
    hide: Annotated[bool, Opt("--hide", help="Hide the event, so that it counts once.")] = False,
    private: Seen = None,
    as_json: AsJson = False,
) -> None:
    """Copy an event into a note of your own, which can be changed."""
    from dashboard.services.hide_events import hide_events
    from dashboard.services.keep_events import add_note, draft_of, get_event
    from dashboard.ui import typed

    parts = parts_of_house()
    event = get_event(parts.catalogue, parts.notes, event_id)
    seen = typed.visibility(is_private=private)
    note = add_note(parts.notes, typed.fill(draft_of(event), time=None, end=None, visibility=seen))
    if hide:
        hide_events(parts.catalogue, parts.notes, [event_id])
    tell(note, f"copied from {event.id}", as_json=as_json)


def hide_from_me(ids: EventIds, *, as_json: AsJson = False) -> None:
    """Take events of the catalogue out of your lists, charts and studies; they stay in it."""
    from dashboard.services.hide_events import hide_events

    parts = parts_of_house()
    _tell_many(hide_events(parts.catalogue, parts.notes, ids), "hidden", as_json=as_json)


def show_again(ids: EventIds, *, as_json: AsJson = False) -> None:
    """Show hidden events again; `events list --hidden` lists them."""
    from dashboard.services.hide_events import unhide_events

    parts = parts_of_house()
    _tell_many(unhide_events(parts.catalogue, parts.notes, ids), "shown again", as_json=as_json)


def _tell_many(events: Sequence[Event], done: str, *, as_json: bool) -> None:
    from dashboard.services.answer_json import event_list_rows_json
    from dashboard.ui import terminal

    if as_json:
        terminal.show_json(event_list_rows_json(events))
        return
    for event in events:
        terminal.show_note(event, done)
    if not events:
        terminal.say(f"nothing was {done}: it was so already")
