"""Commands of events and notes, among them copying and hiding events of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from dashboard.cli import options
from dashboard.cli.context import (
    DEFAULT_SERIES,
    export_time,
    find_known_event,
    get_context,
    list_known_events,
    output_format,
    rejection_as_json,
    select_series,
    write_output,
)
from dashboard.cli.options import Arg, JsonOption, Opt, command_group, note_options
from dashboard.models.errors import InputError
from dashboard.models.event import AUTHOR_LIMIT, TITLE_LIMIT, Draft, draft_from_event
from dashboard.models.messages import (
    deferred,
    translate_in_context,
)
from dashboard.models.messages import translate as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.models.event import Event


event_commands = command_group(deferred("List, write, import and export events and notes."))


@event_commands.command("list")
@options.event_choice_options
def list_events(  # noqa: PLR0913 - the fields of a search
    *,
    text: options.TextFilter = "",
    category: options.CategoryFilter = None,
    tag: options.TagFilter = None,
    since: options.SinceOption = None,
    until: options.UntilOption = None,
    removed: Annotated[
        bool, Opt("--removed", help=deferred("Only notes that were removed."))
    ] = False,
    hidden: Annotated[bool, Opt("--hidden", help=deferred("Only events that you hide."))] = False,
    as_json: JsonOption = False,
    **choices: str | None,
) -> None:
    """List the events of the catalogue and the notes."""
    from dashboard.cli import output
    from dashboard.services.events import EventFilter, find_events, hidden_events
    from dashboard.services.notes import list_notes
    from dashboard.services.serializers import table_json

    period = options.read_period(since, until)
    event_filter = EventFilter(category or (), text, *period, tag or (), choices)
    context = get_context()
    if hidden:
        events = find_events(hidden_events(context.catalogue, context.notes), event_filter)
    elif removed:
        notes = list_notes(context.notes, with_deleted=True)
        events = find_events((note for note in notes if note.deleted), event_filter)
    else:
        events = list_known_events(context, event_filter)
    if as_json:
        output.print_json(table_json("event_list", events))
    else:
        output.show_events(events)


@event_commands.command("upcoming")
def list_upcoming(*, rates: options.RatesOption = None, as_json: JsonOption = False) -> None:
    """List what is scheduled, the next first, with what is usual after events of its kind."""
    from dashboard.cli import listings, output
    from dashboard.services.notes import utc_now
    from dashboard.services.schedule import (
        add_usual_moves,
        scheduled_events,
        upcoming_events,
        upcoming_json,
    )

    context, now = get_context(), utc_now()
    known = list_known_events(context)
    scheduled = scheduled_events(context.schedule, context.inbox, context.feeds.publishers())
    series = select_series(context, rates).series[0]
    rows = add_usual_moves(upcoming_events(known, scheduled, now), series, known, now)
    if as_json:
        output.print_json(upcoming_json(rows))
    else:
        listings.show_upcoming(rows, series.card)


@event_commands.command("add")
@note_options(is_new=True)
def add_event(*, as_json: JsonOption = False, **fields: Any) -> None:
    """Add a note."""
    from dashboard.services.notes import add_note

    draft = options.fill_draft(
        Draft(fields["title"], options.read_day("date", fields["day"])), fields
    )
    print_note(
        add_note(get_context().notes, draft), translate_in_context("done", "added"), as_json=as_json
    )


@event_commands.command("edit")
@note_options()
def edit_event(
    note_id: options.NoteIdArgument,
    *,
    revision: Annotated[int | None, Opt(help=deferred("Refuse if the note is at another."))] = None,
    as_json: JsonOption = False,
    **fields: Any,
) -> None:
    """Change the fields of a note that are given; `none` takes a time or an end away."""
    from dashboard.services.notes import edit_note, get_event

    context = get_context()
    note = get_event(context.catalogue, context.notes, note_id)
    draft = options.fill_draft(draft_from_event(note), fields)
    base_revision = note.revision if revision is None else revision
    print_note(
        edit_note(context.notes, note_id, draft, base_revision),
        translate_in_context("done", "changed"),
        as_json=as_json,
    )


@event_commands.command("remove")
def remove_event(note_id: options.NoteIdArgument, *, as_json: JsonOption = False) -> None:
    """Remove a note; `events restore` brings it back."""
    from dashboard.services.notes import delete_note, get_event

    context = get_context()
    note = get_event(context.catalogue, context.notes, note_id)
    print_note(
        delete_note(context.notes, note_id, note.revision),
        translate_in_context("done", "removed"),
        as_json=as_json,
    )


@event_commands.command("restore")
def restore_event(
    note_id: options.NoteIdArgument,
    *,
    revision: Annotated[
        int | None, Opt(help=deferred("Make it say what it said at this one."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a removed note back, or what a note said at an earlier revision."""
    from dashboard.services.notes import restore_note, restore_revision

    notes = get_context().notes
    if revision is None:
        note = restore_note(notes, note_id)
    else:
        note = restore_revision(notes, note_id, revision)
    print_note(note, translate_in_context("done", "restored"), as_json=as_json)


@event_commands.command("history")
def event_history(note_id: options.NoteIdArgument, *, as_json: JsonOption = False) -> None:
    """Show every change to a note."""
    from dashboard.cli import output
    from dashboard.services.notes import note_history
    from dashboard.services.serializers import note_history_json

    changes = note_history(get_context().notes, note_id)
    if as_json:
        output.print_json(note_history_json(changes))
    else:
        output.show_note_history(changes)


@event_commands.command("export")
@options.event_choice_options
def export_events(  # noqa: PLR0913 - the fields of a search
    file: options.TableFileArgument,
    *,
    text: options.TextFilter = "",
    category: options.CategoryFilter = None,
    tag: options.TagFilter = None,
    since: options.SinceOption = None,
    until: options.UntilOption = None,
    excel: options.ExcelOption = False,
    dialect: options.DialectOption = "plain",
    **choices: str | None,
) -> None:
    """Write events and notes as CSV or .xlsx; `events import` reads it back."""
    from dashboard.services.events import EventFilter
    from dashboard.services.exports import table_file

    period = options.read_period(since, until)
    event_filter = EventFilter(category or (), text, *period, tag or (), choices)
    events = list_known_events(get_context(), event_filter)
    content = table_file("event_list", events, output_format(file, dialect, excel=excel))
    write_output(file, content, is_private=any(event.is_private for event in events))


@event_commands.command("import")
def import_event_file(  # noqa: PLR0913 - the options of the contract
    file: options.EventFileArgument,
    *,
    dry_run: options.DryRunOption = False,
    columns: options.ColumnMapOption = None,
    dates: options.DateOrderOption = None,
    zone: options.FileZoneOption = None,
    sheet: options.SheetOption = None,
    good_rows: options.GoodRowsOption = False,
    author: options.AuthorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn the events of a file into notes: CSV, Excel, JSON or iCalendar; all rows or none."""
    from dashboard.cli import listings
    from dashboard.container import event_rows_from_file
    from dashboard.models.user_files import EventFileOptions
    from dashboard.services.event_import import import_events, plan_event_import

    context = get_context()
    with rejection_as_json(as_json=as_json):
        column_map = options.read_column_map(columns or ())
        reading = EventFileOptions(
            column_map, dates, options.read_optional_zone("zone", zone), sheet or ""
        )
        rows = event_rows_from_file(file, reading)
    plan = plan_event_import(rows, list_known_events(context), good_rows=good_rows)
    if plan.status == "reject":
        if as_json:
            listings.print_import_json(plan, None)
        else:
            listings.show_rejected_import(plan)
        raise InputError(plan.refusal)
    record = None if dry_run else import_events(context.notes, plan, author or "")[0]
    if as_json:
        listings.print_import_json(plan, record)
    else:
        listings.show_import(plan, record, dry_run=dry_run)


@event_commands.command("imports")
def list_event_imports(*, as_json: JsonOption = False) -> None:
    """List the files that were imported, the newest first."""
    from dashboard.cli import listings, output
    from dashboard.services.serializers import import_record_json

    records = get_context().notes.imports()
    if as_json:
        output.print_json([import_record_json(record) for record in records])
    else:
        listings.show_imports(records)


@event_commands.command("undo-import")
def undo_event_import(
    import_id: options.ImportIdArgument,
    *,
    author: options.AuthorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove the notes of an import; the ones that were changed since stay."""
    from dashboard.cli import listings, output
    from dashboard.services.event_import import undo_import
    from dashboard.services.serializers import undone_import_json

    undone = undo_import(get_context().notes, import_id, author or "")
    if as_json:
        output.print_json(undone_import_json(undone))
    else:
        listings.show_import_undo(undone)


def print_note(note: Event, done: str, *, as_json: bool) -> None:
    """Print a note and what was done to it."""
    from dashboard.cli import output
    from dashboard.services.serializers import table_json

    if as_json:
        output.print_json(table_json("event_list", [note])[0])
    else:
        output.show_note_change(note, done)


# ------------------------------------------------------------------ copies and hidden events


def copy_event(
    event_id: options.NoteIdArgument,
    *,
    hide: Annotated[
        bool, Opt("--hide", help=deferred("Hide the event, so that it counts once."))
    ] = False,
    private: options.PrivateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy an event into a note of your own, which can be changed."""
    from dashboard.services.events import hide_events
    from dashboard.services.notes import add_note, get_event

    context = get_context()
    event = get_event(context.catalogue, context.notes, event_id)
    draft = options.fill_draft(draft_from_event(event), {"visibility": private})
    note = add_note(context.notes, draft)
    if hide:
        hide_events(context.catalogue, context.notes, [event_id])
    print_note(note, _("copied from {id}", id=event.id), as_json=as_json)


def hide_catalogue_events(ids: options.EventIdsArgument, *, as_json: JsonOption = False) -> None:
    """Take events of the catalogue out of your lists, charts and studies; they stay in it."""
    from dashboard.services.events import hide_events

    context = get_context()
    _print_notes(
        hide_events(context.catalogue, context.notes, ids),
        translate_in_context("done", "hidden"),
        as_json=as_json,
    )


def unhide_catalogue_events(ids: options.EventIdsArgument, *, as_json: JsonOption = False) -> None:
    """Show hidden events again; `events list --hidden` lists them."""
    from dashboard.services.events import unhide_events

    context = get_context()
    _print_notes(
        unhide_events(context.catalogue, context.notes, ids),
        translate_in_context("done", "shown again"),
        as_json=as_json,
    )


def _print_notes(events: Sequence[Event], done: str, *, as_json: bool) -> None:
    from dashboard.cli import output
    from dashboard.services.serializers import table_json

    if as_json:
        output.print_json(table_json("event_list", events))
        return
    for event in events:
        output.show_note_change(event, done)
    if not events:
        output.print_line(_("nothing was {done}: it was so already", done=done))


# ------------------------------------------------------------------ precedents


def precedents(  # noqa: PLR0913 - an event, or the words of one, and how precedents are chosen
    event_id: Annotated[
        str, Arg(metavar="[EVENT_ID]", help=deferred("As `events list` prints it."))
    ] = "",
    *,
    text: Annotated[
        str, Opt("--text", metavar="WORDS", help=deferred("Of an event of today instead."))
    ] = "",
    actor: Annotated[str, Opt(help=deferred("Who said or did it, with --text."))] = "",
    category: Annotated[
        str, Opt(metavar="C", help=deferred("With --text; else by its words."))
    ] = "",
    expected: Annotated[
        Literal["stronger", "weaker", "unclear"], Opt(help=deferred("With --text."))
    ] = "unclear",
    rates: Annotated[str, Opt("--rates", metavar="ID", help="A series.")] = DEFAULT_SERIES,
    number: Annotated[int, Opt(min=1, help=deferred("The most that are taken."))] = 12,
    later: Annotated[
        bool, Opt("--later", help=deferred("Later events too, which were not known then."))
    ] = False,
    alone: Annotated[
        bool, Opt("--alone", help=deferred("None with another event on its first two rates."))
    ] = False,
    out: Annotated[
        Path | None, Opt(metavar="DIR", help=deferred("Write the tables as CSV."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the events most alike to one, what followed them, and how unusual it is."""
    from dashboard.cli import listings, output
    from dashboard.models.analyses import PrecedentRequest
    from dashboard.services.exports import Provenance, source_files, write_precedents
    from dashboard.services.precedents import find_precedents
    from dashboard.services.rates import get_series
    from dashboard.services.serializers import precedents_json

    context = get_context()
    known, series = list_known_events(context), get_series(context.rates, rates)
    if bool(event_id) == bool(text.strip()):
        msg = _("give either the id of an event or --text WORDS")
        raise InputError(msg)
    event = (
        _draft_of_text(text, (actor, category, expected))
        if text
        else find_known_event(known, event_id)
    )
    request = PrecedentRequest(number, earlier_only=not later, alone=alone)
    answer = find_precedents(series, event, known, request)
    if out is not None:
        files = source_files(context.rates, [series.card.id])
        is_private = any(one.event.is_private for one in (answer.target, *answer.rows))
        provenance = Provenance({}, files, export_time(context), is_private=is_private)
        write_precedents(out, answer, provenance)
    if as_json:
        output.print_json(precedents_json(answer))
    else:
        listings.show_precedents(answer, out)


def _draft_of_text(text: str, fields: tuple[str, str, str]) -> Event:
    """An event of today from the words of its title; `fields`: actor, category, direction."""
    from dashboard.models.event import Event
    from dashboard.nlp.classify import category_of_text
    from dashboard.services.notes import clean_category, clean_line, utc_now

    actor, category, expected = fields
    title = clean_line(text)[:TITLE_LIMIT]
    named = clean_category(category) if category else str(category_of_text(title))
    return Event(
        "text",
        utc_now().date(),
        title,
        named,
        expected,
        actor=clean_line(actor)[:AUTHOR_LIMIT],
    )
