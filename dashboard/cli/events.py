"""The commands about events and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from dashboard.cli.groups import group
from dashboard.cli.house import all_known, give_file, parts_of_house, rejected_as_json
from dashboard.cli.options import (
    Arg,
    AsJson,
    Author,
    Awaited,
    Clock,
    Dates,
    DryRun,
    End,
    EventFile,
    Excel,
    FileZone,
    GoodRows,
    ImportId,
    Link,
    MapColumns,
    NoteId,
    OfDirection,
    OfKind,
    OfOrigin,
    OfTag,
    OneOfKind,
    Opt,
    OutFile,
    Seen,
    Sheet,
    Since,
    Tags,
    Until,
    WithWords,
    Words,
    Zone,
)
from dashboard.domain.errors import InputError

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
    hidden: Annotated[bool, Opt("--hidden", help="Only events that you hide.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the events of the catalogue and the notes."""
    from dashboard.services.answer_json import event_list_rows_json
    from dashboard.services.find_events import EventFilter, find_events
    from dashboard.services.hide_events import hidden_events
    from dashboard.services.keep_events import list_notes
    from dashboard.ui import terminal, typed

    period = typed.read_day_if("--since", since), typed.read_day_if("--until", until)
    wanted = EventFilter(category or (), text, *period, origin, expected, tag or ())
    parts = parts_of_house()
    if hidden:
        found = find_events(hidden_events(parts.catalogue, parts.notes), wanted)
    elif removed:
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
    private: Seen = None,
    as_json: AsJson = False,
) -> None:
    """Add a note."""
    from dashboard.services.keep_events import Draft, add_note
    from dashboard.ui import typed

    draft = typed.fill(
        Draft(title, typed.read_day("--date", day)), time=time, end=end, zone=zone,
        category=category, expected=expected, text=text, source_url=link, tags=tags, author=author,
        visibility=typed.visibility(is_private=private),
    )  # fmt: skip
    tell(add_note(parts_of_house().notes, draft), "added", as_json=as_json)


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
    private: Seen = None,
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
        visibility=typed.visibility(is_private=private),
    )  # fmt: skip
    at = note.revision if revision is None else revision
    tell(edit_note(parts.notes, note_id, draft, at), "changed", as_json=as_json)


@commands.command("remove")
def remove_event(note_id: NoteId, *, as_json: AsJson = False) -> None:
    """Remove a note; `events restore` brings it back."""
    from dashboard.services.keep_events import delete_note, get_event

    parts = parts_of_house()
    note = get_event(parts.catalogue, parts.notes, note_id)
    tell(delete_note(parts.notes, note_id, note.revision), "removed", as_json=as_json)


@commands.command("restore")
def restore_event(
    note_id: NoteId,
    *,
    revision: Annotated[int | None, Opt(help="Make it say what it said at this one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a removed note back, or what a note said at an earlier revision."""
    from dashboard.services.keep_events import restore_note, restore_revision

    notes = parts_of_house().notes
    if revision is None:
        note = restore_note(notes, note_id)
    else:
        note = restore_revision(notes, note_id, revision)
    tell(note, "restored", as_json=as_json)


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
def import_event_file(  # noqa: PLR0913 - what a person may say about a file
    file: EventFile,
    *,
    dry_run: DryRun = False,
    columns: MapColumns = None,
    dates: Dates = None,
    zone: FileZone = None,
    sheet: Sheet = None,
    good_rows: GoodRows = False,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Turn the events of a file into notes: CSV, Excel, JSON or iCalendar; all rows or none."""
    from dashboard.assembly import events_to_import
    from dashboard.domain.imports import Reading
    from dashboard.services.import_events import import_events, plan_import
    from dashboard.ui import import_report, typed

    parts = parts_of_house()
    with rejected_as_json(as_json=as_json):
        said = typed.read_columns(columns or ())
        reading = Reading(said, dates, typed.read_zone_if("--zone", zone), sheet or "")
        rows = events_to_import(file, reading)
    plan = plan_import(rows, all_known(parts), good_rows=good_rows)
    if plan.status == "reject":
        if as_json:
            import_report.show_json(plan, None)
        else:
            import_report.show_rejected(plan)
        raise InputError(plan.refusal)
    record = None if dry_run else import_events(parts.notes, plan, author or "")[0]
    if as_json:
        import_report.show_json(plan, record)
    else:
        import_report.show_taken(plan, record, dry_run=dry_run)


@commands.command("imports")
def show_imports(*, as_json: AsJson = False) -> None:
    """List the files that were imported, the newest first."""
    from dashboard.services.import_events import list_imports
    from dashboard.services.shell_json import import_json
    from dashboard.ui import import_report, terminal

    records = list_imports(parts_of_house().notes)
    if as_json:
        terminal.show_json([import_json(record) for record in records])
    else:
        import_report.show_list(records)


@commands.command("undo-import")
def take_import_back(
    import_id: ImportId, *, author: Author = None, as_json: AsJson = False
) -> None:
    """Remove the notes of an import; the ones that were changed since stay."""
    from dashboard.services.import_events import undo_import
    from dashboard.services.shell_json import undone_json
    from dashboard.ui import import_report, terminal

    done = undo_import(parts_of_house().notes, import_id, author or "")
    if as_json:
        terminal.show_json(undone_json(done))
    else:
        import_report.show_undone(done)


def tell(note: Event, done: str, *, as_json: bool) -> None:
    """Print a note and what was done to it."""
    from dashboard.services.answer_json import event_list_rows_json
    from dashboard.ui import terminal

    if as_json:
        terminal.show_json(event_list_rows_json([note])[0])
    else:
        terminal.show_note(note, done)
