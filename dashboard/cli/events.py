"""The commands about events and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.cli.groups import group
from dashboard.cli.house import all_known, give_file, parts_of_house, rejected_as_json
from dashboard.cli.options import (
    Arg,
    AsJson,
    Author,
    Awaited,
    Clock,
    DryRun,
    End,
    Excel,
    InFile,
    Link,
    NoteId,
    OfDirection,
    OfKind,
    OfOrigin,
    OfTag,
    OneOfKind,
    Opt,
    OutFile,
    Since,
    Tags,
    Until,
    WithWords,
    Words,
    Zone,
)

if TYPE_CHECKING:
    from dashboard.domain.event import Event

commands = group("List, write, import and export events and notes.")


@commands.command("list")
def list_events(  # noqa: PLR0913 - the fields of a search
    *,
    text: WithWords = "",
    category: OfKind = None,
    expected: OfDirection = None,
    tag: OfTag = None,
    origin: OfOrigin = None,
    since: Since = None,
    until: Until = None,
    removed: Annotated[bool, Opt("--removed", help="Only notes that were removed.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the events of the catalogue and the notes."""
    from dashboard.services.answer_json import event_list_rows_json
    from dashboard.services.find_events import EventFilter, find_events
    from dashboard.services.keep_events import list_notes
    from dashboard.ui import terminal, typed

    period = typed.read_day_if("--since", since), typed.read_day_if("--until", until)
    wanted = EventFilter(category or (), text, *period, origin, expected, tag or ())
    parts = parts_of_house()
    if removed:
        notes = list_notes(parts.notes, with_deleted=True)
        found = find_events((note for note in notes if note.deleted), wanted)
    else:
        found = all_known(parts, wanted)
    if as_json:
        terminal.show_json(event_list_rows_json(found))
    else:
        terminal.show_events(found)


@commands.command("add")
def add_event(  # noqa: PLR0913 - the fields of a note
    title: Annotated[str, Arg(help="Who did what.")],
    *,
    day: Annotated[str, Opt("--date", metavar="DATE", help="As 2025-04-21.")],
    time: Clock = None,
    zone: Zone = None,
    end: End = None,
    category: OneOfKind = None,
    expected: Awaited = None,
    text: Words = None,
    link: Link = None,
    tags: Tags = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Add a note."""
    from dashboard.services.keep_events import Draft, add_note
    from dashboard.ui import typed

    draft = typed.fill(
        Draft(title, typed.read_day("--date", day)), time=time, end=end, zone=zone,
        category=category, expected=expected, text=text, source_url=link, tags=tags, author=author,
    )  # fmt: skip
    _tell(add_note(parts_of_house().notes, draft), "added", as_json=as_json)


@commands.command("edit")
def edit_event(  # noqa: PLR0913 - the fields of a note
    note_id: NoteId,
    *,
    title: Annotated[str | None, Opt(help="Who did what.")] = None,
    day: Annotated[str | None, Opt("--date", metavar="DATE", help="As 2025-04-21.")] = None,
    time: Clock = None,
    zone: Zone = None,
    end: End = None,
    category: OneOfKind = None,
    expected: Awaited = None,
    text: Words = None,
    link: Link = None,
    tags: Tags = None,
    author: Author = None,
    revision: Annotated[int | None, Opt(help="Refuse if the note is at another.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change the fields of a note that are given; `none` takes a time or an end away."""
    from dashboard.services.keep_events import draft_of, edit_note, get_event
    from dashboard.ui import typed

    parts = parts_of_house()
    note = get_event(parts.catalogue, parts.notes, note_id)
    draft = typed.fill(
        draft_of(note), time=time, end=end, title=title, day=day, zone=zone,
        category=category, expected=expected, text=text, source_url=link, tags=tags, author=author,
    )  # fmt: skip
    at = note.revision if revision is None else revision
    _tell(edit_note(parts.notes, note_id, draft, at), "changed", as_json=as_json)


@commands.command("remove")
def remove_event(note_id: NoteId, *, as_json: AsJson = False) -> None:
    """Remove a note; `events restore` brings it back."""
    from dashboard.services.keep_events import delete_note, get_event

    parts = parts_of_house()
    note = get_event(parts.catalogue, parts.notes, note_id)
    _tell(delete_note(parts.notes, note_id, note.revision), "removed", as_json=as_json)


@commands.command("restore")
def restore_event(note_id: NoteId, *, as_json: AsJson = False) -> None:
    """Bring a removed note back."""
    from dashboard.services.keep_events import restore_note

    _tell(restore_note(parts_of_house().notes, note_id), "restored", as_json=as_json)


@commands.command("history")
def event_history(note_id: NoteId, *, as_json: AsJson = False) -> None:
    """Show every change to a note."""
    from dashboard.services.keep_events import note_history
    from dashboard.services.shell_json import history_json
    from dashboard.ui import terminal

    changes = note_history(parts_of_house().notes, note_id)
    if as_json:
        terminal.show_json(history_json(changes))
    else:
        terminal.show_history(changes)


@commands.command("export")
def export_events(  # noqa: PLR0913 - the fields of a search
    file: OutFile,
    *,
    text: WithWords = "",
    category: OfKind = None,
    expected: OfDirection = None,
    tag: OfTag = None,
    origin: OfOrigin = None,
    since: Since = None,
    until: Until = None,
    excel: Excel = False,
) -> None:
    """Write events and notes as CSV; `events import` reads it back."""
    from dashboard.services.export_tables import event_list_csv
    from dashboard.services.find_events import EventFilter
    from dashboard.ui import typed

    period = typed.read_day_if("--since", since), typed.read_day_if("--until", until)
    wanted = EventFilter(category or (), text, *period, origin, expected, tag or ())
    found = all_known(parts_of_house(), wanted)
    give_file(file, event_list_csv(found, "excel" if excel else "plain"))


@commands.command("import")
def import_event_file(file: InFile, *, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Turn the events of a CSV into notes: all of them or, if one is wrong, none."""
    from dashboard.assembly import events_from_file
    from dashboard.services.import_events import import_events, plan_import
    from dashboard.services.shell_json import note_rows
    from dashboard.ui import terminal

    parts = parts_of_house()
    with rejected_as_json(as_json=as_json):
        plan = plan_import(events_from_file(file), all_known(parts))
    if not dry_run:
        import_events(parts.notes, plan)
    if as_json:
        terminal.show_report(plan.status, note_rows(plan.notes), plan.messages)
        return
    terminal.mention(plan.messages)
    typer.echo(f"{len(plan.notes)} notes {'would be' if dry_run else 'were'} added")


def _tell(note: Event, done: str, *, as_json: bool) -> None:
    from dashboard.services.answer_json import event_list_rows_json
    from dashboard.ui import terminal

    if as_json:
        terminal.show_json(event_list_rows_json([note])[0])
    else:
        terminal.show_note(note, done)
