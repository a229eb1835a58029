"""A note: its form with live preview, conflicts between two editors, its revision history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.event import (
    AUTHOR_LIMIT,
    MOSCOW,
    NOTE_FIELDS,
    TEXT_LIMIT,
    Category,
    Draft,
    EditConflict,
    Event,
    EventField,
    FieldKind,
    Visibility,
    draft_defaults,
    draft_from_event,
    note_from_draft,
)
from dashboard.models.messages import (
    deferred,
    plural,
    translate_deferred,
    translate_in_context,
)
from dashboard.models.messages import translate as _
from dashboard.models.people import Action, Forbidden
from dashboard.models.records import NoteAction, NoteRevision
from dashboard.presentation.escaping import escape_markdown, plain_text, plain_text_block
from dashboard.presentation.events import build_notices, format_headline
from dashboard.presentation.formatting import (
    NO_VALUE,
    capitalize_first,
    date_field_format,
    format_day,
    format_digits,
    format_moment,
    format_timestamp,
)
from dashboard.presentation.palette import STYLE_BY_ID, category_title
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.events import custom_categories, hide_events
from dashboard.services.notes import (
    DraftDifference,
    NoteStore,
    add_note,
    draft_differences,
    edit_note,
    merge_drafts,
    note_history,
    restore_note,
    restore_revision,
)
from dashboard.services.rate_limit import check_note_quota
from dashboard.services.study import build_event_view
from dashboard.ui import session
from dashboard.ui.components.browser_scripts import mount_script
from dashboard.ui.components.elements import button_type, open_dialog, set_flash
from dashboard.ui.components.timing import draw_timing
from dashboard.ui.url_state import get_persistent, persistent_widget

# ------------------------------------------------------------------ the revision history of a note


VISIBILITY_LABELS: Final = {
    Visibility.SHARED.value: deferred("Everyone here"),
    Visibility.PRIVATE.value: deferred("Only me"),
}
"""The visibility of a note, from the point of view of its author."""

ACTION_LABELS: Final = {
    NoteAction.CREATE: deferred("Written"),
    NoteAction.EDIT: deferred("Changed"),
    NoteAction.DELETE: deferred("Deleted"),
    NoteAction.RESTORE: deferred("Restored"),
}
ROW_PIXELS: Final = 35


def open_note_history(note: Event) -> None:
    """Open the dialog; call it after the click of a button."""
    open_dialog(_("History of this note"), ":material/history:", _draw_history, note)


def _draw_history(note: Event) -> None:
    try:
        changes = note_history(session.get_context().notes, note.id)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    st.text(plain_text(note.title))
    st.caption(
        plural(
            "{n:,} change, the latest first. Nothing is ever thrown away.",
            "{n:,} changes, the latest first. Nothing is ever thrown away.",
            len(changes),
        )
    )
    newest = changes[-1].revision if changes else 0
    for change in reversed(changes):
        _draw_change(change, is_newest=change.revision == newest)


def _draw_change(change: NoteRevision, *, is_newest: bool) -> None:
    done = translate_deferred(ACTION_LABELS.get(NoteAction(change.action), change.action))
    time = format_timestamp(change.at)
    if change.author:
        time = _("{time} by {author}", time=time, author=change.author)
    with st.container(border=True):
        revision = _("revision {number}", number=change.revision)
        st.markdown(f"**{done}** {escape_markdown(time)} :small[{revision}]")
        rows = list_changed_fields(change)
        if rows:
            names = [_("Field"), _("Before"), translate_in_context("a changed text", "After")]
            st.dataframe(
                pd.DataFrame(rows, columns=names),
                hide_index=True,
                height=ROW_PIXELS * (len(rows) + 1) + 3,
                row_height=ROW_PIXELS,
                column_config={
                    name: st.column_config.TextColumn(width=width)
                    for name, width in zip(names, (120, 380, 380), strict=True)
                },
                alt=_("What this change did, field by field"),
            )
            _draw_long_texts(change)
        if not is_newest:
            _draw_restore(change)


def _draw_restore(change: NoteRevision) -> None:
    key = f"history.restore.{change.revision}"
    label = _("Restore revision {revision}", revision=change.revision)
    if not st.button(label, icon=":material/restore:", key=key, type="tertiary"):
        return
    try:
        session.count_against_limit("write")
        note = restore_revision(session.get_context().notes, change.note_id, change.revision)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    set_flash(
        _(
            "Restored as it was at revision {revision}: {title}",
            revision=change.revision,
            title=note.title,
        )
    )
    st.rerun()


def _draw_long_texts(change: NoteRevision) -> None:
    """Draw the text in full where it changed, for a cell shows its beginning only."""
    before, after = _get_field_value(change.before, "text"), _get_field_value(change.after, "text")
    if before == after or max(len(before), len(after)) <= 60:
        return
    for head, text in ((_("Text before"), before), (_("Text after"), after)):
        if text:
            st.caption(head)
            st.text(plain_text_block(text, TEXT_LIMIT))


def list_changed_fields(change: NoteRevision) -> list[tuple[str, str, str]]:
    """Field, value before and after, of every field the change touched, as plain text."""
    return [
        (
            translate_deferred(field.label),
            _format_note_field(change.before, field),
            _format_note_field(change.after, field),
        )
        for field in NOTE_FIELDS
        if _get_field_value(change.before, field.name) != _get_field_value(change.after, field.name)
        and not (change.before is None and _is_default_value(change.after, field.name))
    ]


def _is_default_value(note: Event | None, name: str) -> bool:
    """Whether a field of a new note has its default value."""
    default = draft_defaults().get(name)
    is_usual = name in {"zone", "expected"} or _get_field_value(note, name) == default
    return is_usual or not _get_field_value(note, name)


def _get_field_value(note: Event | None, name: str) -> Any:
    value = getattr(note, name) if note is not None else None
    return value if value is not None else ""


def _format_note_field(note: Event | None, field: EventField) -> str:
    return format_field_value(field, _get_field_value(note, field.name))


def format_field_value(field: EventField, value: Any) -> str:
    """The value of a field of a note as plain text on one line."""
    if value in (None, "", ()):
        return NO_VALUE
    formatted = _FORMATTERS.get(field.kind, str)(value)
    if field.name == "visibility":
        formatted = translate_deferred(
            VISIBILITY_LABELS.get(value, VISIBILITY_LABELS[Visibility.PRIVATE.value])
        )
    return formatted if field.kind in {"date", "moment"} else plain_text(formatted)


_FORMATTERS: Final[dict[FieldKind, Callable[[Any], str]]] = {
    "category": category_title,
    "date": format_day,
    "moment": format_moment,
    "number": format_digits,
    "tags": ", ".join,
}


# ------------------------------------------------------------------ dialogs of the form


TIME_ZONES: Final = (
    MOSCOW,
    "UTC",
    "Europe/Kyiv",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
)
EARLIEST_DAY: Final = date(1900, 1, 1)
YEARS_AHEAD: Final = 2
COLUMN_WIDTHS: Final = (2, 5, 5)
NAME_WIDTH: Final = 220
FORM_KEY: Final = "note_form"
CONFLICT_KEY: Final = "note_form:conflict"
OPENED_KEY: Final = "note_form.opened"
"""How often the form was opened in this session; each time its title gets the focus.

The number is part of the keys of its fields: a browser whose last run was interrupted still has
what a field of the form before held, and would show it in a field of the same key.
"""
FIELD_BY_NAME: Final = {field.name: field for field in NOTE_FIELDS}
HIDE_COPIED_KEY: Final = "note_form:hide_copied"
AUTHOR_KEY: Final = "note_form.author_of_this_session"
AUTHOR_NAME_KEY: Final = "person.name"


# ------------------------------------------------------------------ preview


def draw_note_preview(draft: Draft, series_id: str, note: Event | None) -> None:
    """Draw the timing and the move of a draft, or why there is none yet."""
    st.markdown(_("**What this note will say**"))
    try:
        event = note_from_draft(draft, note.id if note is not None else "note-draft")
    except ValueError:
        st.caption(_("The last day lies before the day: change one of them."))
        return
    series = session.load_series(series_id)
    view = build_event_view(series, event, session.get_known_events().events)
    headline, how_unusual = format_headline(view, QuotedSeries(view.card, QuoteMode.WEAKER))
    rank = escape_markdown(capitalize_first(how_unusual))
    st.markdown(f"**{escape_markdown(headline)}.** {rank}")
    if view.timing is not None:
        draw_timing(event, view.timing, view.card)
    for remark in build_notices(view):
        st.caption(escape_markdown(remark))


# ------------------------------------------------------------------ conflict between two editors


@dataclass(frozen=True, slots=True)
class ConflictState:
    """A conflict: its message, and the note as the other editor saved it."""

    message: str
    theirs: Event


def remember_conflict(conflict: EditConflict) -> None:
    """Store a conflict until the form is closed; both texts are shown from now on."""
    if conflict.current is not None:
        st.session_state[CONFLICT_KEY] = ConflictState(str(conflict), conflict.current)


def get_conflict() -> ConflictState | None:
    """The conflict of the open form, None where there is none."""
    conflict: ConflictState | None = st.session_state.get(CONFLICT_KEY)
    return conflict


def draw_conflict(base: Draft, mine: Draft | None, conflict: ConflictState) -> None:
    """Draw both texts field by field and a button for each resolution.

    Args:
        base: the note as both editors had read it.
        mine: what the form says; None while a field of it cannot be read.
        conflict: what the other editor saved.
    """
    st.error(escape_markdown(conflict.message))
    if mine is None:
        return
    differences = draft_differences(base, draft_from_event(conflict.theirs), mine)
    _draw_differences(differences)
    with st.container(horizontal=True, vertical_alignment="center"):
        _draw_resolution_buttons(base, mine, conflict)
    st.caption(
        _(
            "Or edit below until it says what you both mean, and save that. Every version stays"
            " in the history."
        )
    )


def _draw_differences(differences: tuple[DraftDifference, ...]) -> None:
    if not differences:
        st.caption(_("Both say the same now."))
        return
    with st.container(border=True, gap="small"):
        for column, heading in zip(
            st.columns(COLUMN_WIDTHS), ("", _("Theirs, saved"), _("Yours")), strict=True
        ):
            column.markdown(f"**{heading}**" if heading else "")
        for difference in differences:
            label, theirs, mine = st.columns(COLUMN_WIDTHS)
            field = FIELD_BY_NAME[difference.field]
            name = translate_deferred(field.label)
            editor = _describe_editor(difference)
            label.markdown(f"{name}  \n:small[{editor}]")
            theirs.text(_format_conflict_value(field, difference.theirs))
            mine.text(_format_conflict_value(field, difference.mine))


def _describe_editor(difference: DraftDifference) -> str:
    if not difference.is_mine:
        return _("changed by them")
    return _("changed by you") if difference.theirs == difference.base else _("changed by both")


def _format_conflict_value(field: EventField, value: object) -> str:
    if field.kind == "text" and value:
        return plain_text_block(str(value), field.limit)
    return format_field_value(field, value)


def _draw_resolution_buttons(base: Draft, mine: Draft, conflict: ConflictState) -> None:
    gone = conflict.theirs.deleted is not None
    keep = _("Bring it back with mine") if gone else _("Keep mine on top of theirs")
    take = _("Leave it deleted") if gone else _("Take theirs")
    help_text = _(
        "Fields that you changed become yours; fields that only they changed stay theirs."
    )
    if st.button(keep, type=button_type(), key="note_form:keep_mine", help=help_text):
        _save_mine(merge_drafts(base, draft_from_event(conflict.theirs), mine), conflict.theirs)
    if st.button(take, key="note_form:take_theirs", help=_("Your text is dropped.")):
        set_flash(_("Left as it was saved by the other: {title}", title=conflict.theirs.title))
        st.rerun()


def _save_mine(merged: Draft, theirs: Event) -> None:
    notes = session.get_context().notes
    try:
        session.count_against_limit("write")
        if theirs.deleted is not None:
            theirs = restore_note(notes, theirs.id)
        saved = edit_note(notes, theirs.id, merged, theirs.revision)
    except EditConflict as again:  # a third change came between
        remember_conflict(again)
        st.rerun(scope="fragment")
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    set_flash(_("Note changed: {title}", title=saved.title), saved, "edit")
    st.rerun()


# ------------------------------------------------------------------ the form


@dataclass(frozen=True, slots=True)
class NoteFormContext:
    """The subject of the form: a new note or the note to change, and the series of the preview.

    `copied` is the event of the catalogue that a new note starts from; `store` receives a new
    note instead of the notes of the context.
    """

    draft: Draft
    series_id: str
    note: Event | None = None
    after: Callable[[Event], None] | None = None
    copied: Event | None = None
    store: NoteStore | None = None

    @property
    def title(self) -> str:
        """The heading of the dialog."""
        return _("Edit note") if self.note is not None else _("Add note")


def open_new_note(day: date, series_id: str, after: Callable[[Event], None] | None = None) -> None:
    """Open the dialog for a new note on a day; call it after the click of a button."""
    author = st.session_state.get(AUTHOR_KEY, "")
    _open_form(NoteFormContext(Draft("", day, author=author), series_id, after=after))


def open_note_copy(event: Event, series_id: str) -> None:
    """Open the dialog for a new note that starts as a copy of an event of the catalogue."""
    _open_form(NoteFormContext(draft_from_event(event), series_id, copied=event))


def open_note_editor(
    note: Event, series_id: str, after: Callable[[Event], None] | None = None
) -> None:
    """Open the dialog that edits a note; a conflict with another editor is shown in it."""
    _open_form(NoteFormContext(draft_from_event(note), series_id, note, after))


def open_note_draft(
    draft: Draft,
    series_id: str,
    store: NoteStore | None = None,
    after: Callable[[Event], None] | None = None,
) -> None:
    """Open the dialog for a new note that begins as a draft made elsewhere.

    Args:
        draft: what the form says at first.
        series_id: the series to preview on.
        store: where a save puts it; with the other notes where None.
        after: what to do with the note that was saved.
    """
    author = draft.author or st.session_state.get(AUTHOR_KEY, "")
    _open_form(NoteFormContext(replace(draft, author=author), series_id, after=after, store=store))


def _open_form(context: NoteFormContext) -> None:
    try:
        session.authorize(Action.NOTE)
    except Forbidden as refusal:  # before anything is typed in vain; saving would refuse it, too
        st.toast(escape_markdown(capitalize_first(str(refusal))), icon=":material/lock:")
        return
    for name in [k for k in st.session_state if str(k).startswith(f"{FORM_KEY}:")]:
        del st.session_state[name]
    st.session_state[OPENED_KEY] = st.session_state.get(OPENED_KEY, 0) + 1
    open_dialog(context.title, ":material/edit_note:", draw_note_form, context)


def draw_note_form(context: NoteFormContext) -> None:
    """Draw fields, preview and *Save note*; a save sets a message, calls `after` and reruns."""
    mount_script("focus", f"{FORM_KEY}:focus", {"opened": st.session_state.get(OPENED_KEY, 0)})
    above = st.container()
    form, preview = st.columns([7, 5], gap="large")
    with form:
        try:
            draft = _draw_fields(context)
        except InputError as error:
            draft = None
            st.warning(escape_markdown(str(error)))
    with preview:
        if draft is not None:
            draw_note_preview(draft, context.series_id, context.note)
    conflict = get_conflict()
    label = _("Save what this form says") if conflict else _("Save note")
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = button_type(strong=conflict is None)
        pressed = st.button(label, type=kind, key=f"{FORM_KEY}:save", disabled=draft is None)
        st.caption(_describe_visibility(draft))
    if pressed and draft is not None:
        _save_note(context, draft)
    conflict = get_conflict()
    if conflict is not None:
        with above:
            draw_conflict(context.draft, draft, conflict)


def _describe_visibility(draft: Draft | None) -> str:
    """Who will see what is saved."""
    if draft is None or draft.visibility == Visibility.SHARED:
        return _("Visible to everyone on this server.")
    person = escape_markdown(session.get_context().notes.person, 80)
    return _(
        "Only {person} sees it: in lists, charts, studies and files. It is not encrypted: who"
        " can read the database can read it.",
        person=person,
    )


def _save_note(context: NoteFormContext, draft: Draft) -> None:
    notes = session.get_context().notes
    try:
        session.count_against_limit("write")
        if context.note is None:
            check_note_quota(notes, draft.author)
            saved = add_note(context.store or notes, draft)
            _hide_copied_event(context)
            set_flash(
                _("Note saved on {day}: {title}", day=format_day(saved.day), title=saved.title),
                saved,
                "delete",
            )
        else:
            met = get_conflict()
            revision = context.note.revision if met is None else met.theirs.revision
            saved = edit_note(notes, context.note.id, draft, revision)
            set_flash(_("Note changed: {title}", title=saved.title), saved, "edit")
    except EditConflict as conflict:
        remember_conflict(conflict)
        return
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        if not isinstance(error, InputError):
            st.caption(_("Your text is kept in this form. Copy it, or try again in a moment."))
        return
    st.session_state[AUTHOR_KEY] = draft.author
    if context.after is not None:
        context.after(saved)
    st.rerun()


def _hide_copied_event(context: NoteFormContext) -> None:
    """Hide the event a note was copied from, where that is chosen."""
    if context.copied is not None and st.session_state.get(HIDE_COPIED_KEY):
        hide_events(
            session.get_context().catalogue, session.get_context().notes, [context.copied.id]
        )


def _draw_fields(context: NoteFormContext) -> Draft:
    """Draw every field and return their values, not validated except the time."""
    values = _draw_field_widgets([f for f in NOTE_FIELDS if not f.is_rare], context)
    rare = [field for field in NOTE_FIELDS if field.is_rare]
    is_filled = any(getattr(context.draft, field.name) not in (None, "") for field in rare)
    with st.expander(_("Released value, intensity and story"), expanded=is_filled):
        st.caption(_("For a decision or a release: what came, and what was expected of it."))
        values |= _draw_field_widgets(rare, context)
    if context.copied is not None:
        st.checkbox(
            _("Hide the event it is copied from, so that it counts once"), True, HIDE_COPIED_KEY
        )
    if values["moment"] is not None:
        values["moment"] = datetime.combine(
            values["day"], values["moment"], ZoneInfo(values["zone"])
        )
    return Draft(**values)


def _draw_field_widgets(
    note_fields: Sequence[EventField], context: NoteFormContext
) -> dict[str, Any]:
    """Draw fields, two in a row where each takes a half, and return their values by name."""
    values: dict[str, Any] = {}
    halves: list[DeltaGenerator] = []
    for field in note_fields:
        if not field.is_half:
            halves = []
        elif not halves:
            halves = list(st.columns(2))
        with halves.pop(0) if halves else nullcontext():
            values[field.name] = _FIELD_WIDGETS[field.kind](field, context)
    return values


def _build_field_key(name: str) -> str:
    """The key of a field of the form, another one each time the form is opened."""
    return f"{FORM_KEY}:{st.session_state.get(OPENED_KEY, 0)}:{name}"


def _draw_line(field: EventField, context: NoteFormContext) -> str:
    value = getattr(context.draft, field.name)
    hints = {"title": translate_deferred(field.description), "source_url": "https://"}
    is_limited = field.kind == "line"
    return (
        st.text_input(
            translate_deferred(field.form_label),
            value,
            key=_build_field_key(field.form_label),
            max_chars=field.limit if is_limited else None,
            required=field.required,
            placeholder=hints.get(field.name),
        )
        or ""
    )


def _draw_number(field: EventField, context: NoteFormContext) -> float | None:
    value, key = getattr(context.draft, field.name), _build_field_key(field.key)
    label = translate_deferred(field.form_label)
    number: float | None = st.number_input(label, None, None, value, format="%g", key=key)
    return number


def _draw_text(field: EventField, context: NoteFormContext) -> str:
    value, key = getattr(context.draft, field.name), _build_field_key(field.form_label)
    text = st.text_area(
        translate_deferred(field.form_label), value, key=key, max_chars=field.limit, height=96
    )
    return text or ""


def _draw_tags(field: EventField, context: NoteFormContext) -> tuple[str, ...]:
    value, key = ", ".join(context.draft.tags), _build_field_key(field.form_label)
    tags = st.text_input(translate_deferred(field.form_label), value, key=key) or ""
    return tuple(tag.strip() for tag in tags.split(",") if tag.strip())


def _draw_date(field: EventField, context: NoteFormContext) -> date | None:
    latest = session.get_view_day().replace(month=12, day=31)
    day: date | None = st.date_input(
        translate_deferred(field.form_label),
        getattr(context.draft, field.name),
        key=_build_field_key(field.key),
        required=field.required,
        min_value=EARLIEST_DAY,
        max_value=max(latest.replace(year=latest.year + YEARS_AHEAD), context.draft.day),
        format=date_field_format(),
    )
    return day


def _draw_time(field: EventField, context: NoteFormContext) -> time | None:
    """The hour, where it is known, in the zone of its source."""
    start = context.draft
    local = start.moment.astimezone(ZoneInfo(start.zone)).time() if start.moment else None
    at: time | None = st.time_input(
        translate_deferred(field.form_label), local, key=_build_field_key(field.key), step=60
    )
    return at


def _draw_zone(field: EventField, context: NoteFormContext) -> str:
    zones = tuple(dict.fromkeys((*TIME_ZONES, context.draft.zone)))
    start = zones.index(context.draft.zone)
    return st.selectbox(
        translate_deferred(field.form_label), zones, start, key=_build_field_key(field.key)
    )


def _draw_category(field: EventField, context: NoteFormContext) -> str:
    custom = custom_categories(session.get_known_events().events)
    start = context.draft.category
    categories = list(dict.fromkeys([*(item.value for item in Category), *custom, start]))
    category = st.selectbox(
        translate_deferred(field.form_label),
        categories,
        categories.index(start),
        format_func=_format_category,
        accept_new_options=True,
        help=_("One of the list, or type a word of your own."),
        key=_build_field_key(field.key),
    )
    return category or Category.OTHER.value


def _draw_choice(field: EventField, context: NoteFormContext) -> str:
    if field.name == "visibility":
        return _draw_visibility(context)
    start, choices = getattr(context.draft, field.name), field.choices or ()
    chosen = st.segmented_control(
        translate_deferred(field.form_label),
        [item.value for item in choices],
        default=start,
        format_func=translate_deferred,
        required=True,
        key=_build_field_key(field.key),
    )
    return chosen or str(start)


def _format_category(category: str) -> str:
    style = STYLE_BY_ID[category] if category in set(Category) else None
    return f"{style.glyph} {style.title}" if style else plain_text(category_title(category))


def _draw_visibility(context: NoteFormContext) -> str:
    """Who sees the note; only its owner may change that."""
    person = session.get_context().notes.person
    mine = bool(person) and (context.note is None or context.note.owner == person)
    owner = context.note.owner if context.note is not None else ""
    help_text = (
        _("A private note needs to know whose it is: set DASHBOARD_USER.")
        if not person
        else (
            _("You are {person}.", person=escape_markdown(person, 80))
            if mine
            else _("Only {owner} can.", owner=escape_markdown(owner, 80) or _("its owner"))
        )
    )
    chosen: str | None = st.segmented_control(
        _("Who sees it"),
        list(VISIBILITY_LABELS),
        default=context.draft.visibility,
        format_func=lambda value: translate_deferred(VISIBILITY_LABELS[value]),
        required=True,
        disabled=not mine,
        help=help_text,
        key=_build_field_key("visibility"),
    )
    return chosen or context.draft.visibility


_FIELD_WIDGETS: Final[dict[FieldKind, Callable[[EventField, NoteFormContext], Any]]] = {
    "line": _draw_line,
    "link": _draw_line,
    "text": _draw_text,
    "tags": _draw_tags,
    "date": _draw_date,
    "moment": _draw_time,
    "number": _draw_number,
    "zone": _draw_zone,
    "category": _draw_category,
    "choice": _draw_choice,
}


# ------------------------------------------------------------------ name of the author


def draw_author_name() -> None:
    """Draw the field; it starts with the name of the note written last."""
    st.text_input(
        _("Your name, if you like"),
        max_chars=AUTHOR_LIMIT,
        width=NAME_WIDTH,
        **persistent_widget(AUTHOR_NAME_KEY, _last_author_name()),
    )


def get_author_name() -> str:
    """The value of the field; may be empty."""
    return str(get_persistent(AUTHOR_NAME_KEY, _last_author_name()) or "")


def _last_author_name() -> str:
    return str(st.session_state.get(AUTHOR_KEY, ""))
