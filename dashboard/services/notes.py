r"""Notes: validate, create, update, delete and restore them, merge concurrent edits, read history.

Cleaning brings text to NFC, line ends to `\n` in the text and to spaces in one-line fields, and
removes control characters, lone surrogates and noncharacters. Anything that would change the
meaning is refused with a message that names the field and the remedy.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dashboard.models.errors import InputError
from dashboard.models.event import (
    CATEGORY_LIMIT,
    NOTE_FIELDS,
    TAGS_LIMIT,
    ZONE_LIMIT,
    Category,
    Draft,
    Event,
    EventField,
    FieldKind,
    note_from_draft,
)
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.records import NoteRevision

NOTE_PREFIX: Final = "note-"
EARLIEST_DAY: Final = date(1900, 1, 1)
MAX_YEARS_AHEAD: Final = 2
LINKED_FIELDS: Final = ("day", "moment", "zone", "end_day")
"""Fields that are merged together: a moment lies on its day, in its zone."""

_LINE_ENDS: Final = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVALID_LINK_CHARACTERS: Final = re.compile(r"[\s<>\"`\\^{|}]")


# ---- validation


def clean_draft(draft: Draft, today: date) -> Draft:
    """The validated draft.

    Args:
        draft: the draft as entered.
        today: the day from which the limit of two years ahead is counted.

    Raises:
        InputError: the message names the field, the problem and the remedy.
    """
    values = {
        each.name: _CLEANERS[each.kind](each, getattr(draft, each.name))
        for each in NOTE_FIELDS
        if each.kind in _CLEANERS
    }
    return replace(draft, moment=_clean_dates(draft, today), **values)


@lru_cache(maxsize=1_024)
def clean_category(category: str) -> str:
    """A category of the closed list in any spelling, or a custom category on one line.

    Raises:
        InputError: it is too long, or has no letter, digit or sign.
    """
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in category):
        msg = _(
            "category: {category} holds control characters; type it anew",
            category=_quote_value(category),
        )
        raise InputError(msg)
    cleaned = clean_line(category)
    listed = re.sub(r"[\s-]+", "_", cleaned).casefold()
    if listed in set(Category):
        return Category(listed)
    if not any(unicodedata.category(letter)[0] not in "CZM" for letter in cleaned):
        msg = _(
            "category: is empty; take one of {category}, or a word of your own",
            category=", ".join(Category),
        )
        raise InputError(msg)
    return _check_length("category", cleaned, CATEGORY_LIMIT)


def clean_line(text: str) -> str:
    """One line in NFC: line ends and tabs become spaces, runs of spaces one space."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # most text of an import
    return " ".join(_without_controls(_LINE_ENDS.sub(" ", text.replace("\t", " "))).split())


def clean_text(text: str) -> str:
    r"""Several lines in NFC: line ends become `\n`, tabs spaces; the text is stripped."""
    return _without_controls(_LINE_ENDS.sub("\n", text.replace("\t", " "))).strip()


def _without_controls(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # a fast path for most text of an import
    allowed = (letter for letter in text if letter == "\n" or _is_allowed_character(letter))
    return unicodedata.normalize("NFC", "".join(allowed))


def _is_allowed_character(letter: str) -> bool:
    nonchar = (ord(letter) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
    return not nonchar and unicodedata.category(letter) not in {"Cc", "Cs"}


def _clean_line_field(field: EventField, value: str) -> str:
    cleaned = clean_line(value)
    if field.required and not any(unicodedata.category(c)[0] not in "CZM" for c in cleaned):
        advice = translate_deferred(_EMPTY_ADVICE.get(field.name, _FILL_IN))
        raise InputError(_("{field}: is empty; {advice}", field=field.key, advice=advice))
    return _check_length(field.key, cleaned, field.limit)


def _check_length(name: str, text: str, limit: int) -> str:
    if len(text) > limit:
        msg = _(
            "{name}: {count:,} characters, at most {limit:,} are kept; shorten it",
            name=name,
            count=len(text),
            limit=limit,
        )
        raise InputError(msg)
    return text


def _clean_choice(field: EventField, value: str) -> str:
    choices: Any = field.choices
    try:
        return str(choices(value))
    except ValueError:
        msg = _(
            "{key}: {value} is unknown; take one of {choices}",
            key=field.key,
            value=_quote_value(value),
            choices=", ".join(choices),
        )
        raise InputError(msg) from None


def _clean_dates(draft: Draft, today: date) -> datetime | None:
    """The moment of a draft in UTC, after its days, zone and moment were checked."""
    zone = _parse_zone(draft.zone)
    _check_day("day", draft.day, today)
    if draft.end_day is not None:
        _check_day("end", draft.end_day, today)
        if draft.end_day < draft.day:
            msg = _(
                "end: {end_day} is before the start {day}; swap them or leave it out",
                end_day=draft.end_day,
                day=draft.day,
            )
            raise InputError(msg)
    return None if draft.moment is None else _clean_moment(draft.moment, draft.day, zone)


def _check_day(name: str, day: date, today: date) -> None:
    last = _last_day(today)
    if not EARLIEST_DAY <= day <= last:
        msg = _(
            "{name}: {day} is not between {first} and {last}; check the year",
            name=name,
            day=day,
            first=EARLIEST_DAY,
            last=last,
        )
        raise InputError(msg)


@lru_cache(maxsize=1)
def _last_day(today: date) -> date:
    leap_day = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year + MAX_YEARS_AHEAD, day=28 if leap_day else today.day)


def _clean_moment(moment: datetime, day: date, zone: ZoneInfo) -> datetime:
    if moment.tzinfo is None:
        msg = _(
            "time: {moment:%H:%M} has no time zone; give it in UTC or name the zone", moment=moment
        )
        raise InputError(msg)
    try:
        utc, local = moment.astimezone(UTC), moment.astimezone(zone)
    except OverflowError:
        utc = local = moment
    if day not in {local.date(), utc.date()}:
        msg = _(
            "time: {local:%Y-%m-%d %H:%M} in {key} is not on {day}; change the day or time",
            local=local,
            key=zone.key,
            day=day,
        )
        raise InputError(msg)
    return utc


def _parse_zone(name: str) -> ZoneInfo:
    try:
        if len(name) <= ZONE_LIMIT:
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    msg = _("zone: {name} is no time zone; write it like Europe/Moscow", name=_quote_value(name))
    raise InputError(msg)


def _clean_link(field: EventField, value: str) -> str:
    link = _check_length(field.key, clean_text(value), field.limit)
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        host, port_is_right = parts.hostname, parts.port is None or parts.port > 0
    except ValueError:
        host, port_is_right = None, False
    right = parts.scheme in {"http", "https"} if host else False
    if (
        not (right and port_is_right)
        or "@" in parts.netloc
        or _INVALID_LINK_CHARACTERS.search(link)
    ):
        msg = _(
            "{key}: {link} is no web address; write it like https://example.org/page",
            key=field.key,
            link=_quote_value(link),
        )
        raise InputError(msg)
    return link


def _clean_tags(field: EventField, value: tuple[str, ...]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for tag in filter(None, map(clean_line, value)):
        unique.setdefault(tag.casefold(), _check_length(field.key, tag, field.limit))
    if len(unique) > TAGS_LIMIT:
        msg = _(
            "{key}: {count} tags, at most {limit} are kept; drop some",
            key=field.key,
            count=len(unique),
            limit=TAGS_LIMIT,
        )
        raise InputError(msg)
    return tuple(unique.values())


def _clean_number(field: EventField, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        msg = _("{key}: {value} is not finite; correct it or leave it out", key=field.key,
                value=value)  # fmt: skip
        raise InputError(msg)
    return None if value is None else float(value)


def _quote_value(text: str) -> str:
    clipped = clean_line(text[:200])
    return f'"{clipped[:60]}…"' if len(clipped) > 60 else f'"{clipped}"'


_FILL_IN: Final = deferred("fill it in")
_EMPTY_ADVICE: Final = {"title": deferred("say in a few words who did what")}
_CLEANERS: Final[dict[FieldKind, Callable[[EventField, Any], Any]]] = {
    "line": _clean_line_field,
    "text": lambda field, value: _check_length(field.key, clean_text(value), field.limit),
    "link": _clean_link,
    "category": lambda _field, value: clean_category(value),
    "choice": _clean_choice,
    "tags": _clean_tags,
    "number": _clean_number,
}
"""How the value of a field is validated, by its kind; dates are validated together."""


# ---- changes


class EventCatalogue(Protocol):
    """The read-only events."""

    def events(self) -> tuple[Event, ...]:
        """Every event."""


class NoteStore(Protocol):
    """Stores the notes visible to one user, that is without private notes of others.

    Every method raises StoreError where the store fails.
    """

    def add(self, note: Event, author: str = "") -> Event:
        """Store a new note; the store assigns id, revision 1 and times."""

    def edit(self, note: Event, revision: int, author: str = "") -> Event:
        """Replace the note with the same id; EditConflict where `revision` is not current."""

    def delete(self, note_id: str, revision: int, author: str = "") -> Event:
        """Mark a note deleted; EditConflict where `revision` is not current."""

    def restore(self, note_id: str, author: str = "") -> Event:
        """Undo a deletion."""

    def restore_revision(self, note_id: str, revision: int, author: str = "") -> Event:
        """Store the content of an earlier revision as the newest one."""

    def hidden(self) -> frozenset[str]:
        """The ids of the events of the catalogue that the user hides."""

    def get(self, note_id: str) -> Event | None:
        """The note, even if deleted; None where it never existed."""

    def notes(self, *, with_deleted: bool = False) -> tuple[Event, ...]:
        """Every note, by day."""

    def history(self, note_id: str) -> tuple[NoteRevision, ...]:
        """Every change to a note, oldest first."""

    def version(self) -> str:
        """A short text that differs after every change to any note."""


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def add_note(store: NoteStore, draft: Draft, *, now: Callable[[], datetime] = utc_now) -> Event:
    """Validate a draft and store it as a new note.

    Raises:
        InputError: a field is not valid.
        StoreError: the store cannot be written.
    """
    note = note_from_draft(clean_draft(draft, today=now().date()))
    return store.add(note, author=note.author)


def edit_note(  # noqa: PLR0913 - the note, its new content, the revision and the author
    store: NoteStore,
    note_id: str,
    draft: Draft,
    revision: int,
    *,
    author: str = "",
    now: Callable[[], datetime] = utc_now,
) -> Event:
    """Replace a note by a draft, unless it was changed after `revision`.

    `author` signs the change; the author of the draft where it is empty.

    Raises:
        InputError: a field is not valid, the note is unknown, or it is an event of the catalogue.
        EditConflict: it was changed or deleted in the meantime.
        StoreError: the store cannot be written.
    """
    _check_is_note(note_id)
    note = note_from_draft(clean_draft(draft, today=now().date()), note_id)
    return store.edit(note, revision, author=clean_line(author) or note.author)


def delete_note(store: NoteStore, note_id: str, revision: int, *, author: str = "") -> Event:
    """Mark a note deleted; `restore_note` undoes it. Raises as `edit_note` does."""
    _check_is_note(note_id)
    return store.delete(note_id, revision, author=clean_line(author))


def restore_note(store: NoteStore, note_id: str, *, author: str = "") -> Event:
    """Undo the deletion of a note; a note that is not deleted stays as it is."""
    _check_is_note(note_id)
    return store.restore(note_id, author=clean_line(author))


def restore_revision(store: NoteStore, note_id: str, revision: int, *, author: str = "") -> Event:
    """Store the content of an earlier revision as the newest one.

    The visibility of the note does not change. A deleted note is restored.

    Raises:
        InputError: there is no such note or revision, or it is an event of the catalogue.
        StoreError: the store cannot be written.
    """
    _check_is_note(note_id)
    return store.restore_revision(note_id, revision, author=clean_line(author))


def undo_edit(store: NoteStore, edited: Event) -> Event:
    """Give a note the content it had before its last edit, unless it was changed since then.

    Raises:
        InputError: there is no such note, or no revision before this one.
        EditConflict: it was changed or deleted after `edited`.
        StoreError: the store cannot be written.
    """
    before = next(
        (item.before for item in note_history(store, edited.id)
         if item.revision == edited.revision), None,
    )  # fmt: skip
    if before is None:
        raise _unknown_event_error(edited.id)
    return store.edit(before, edited.revision)


def note_history(store: NoteStore, note_id: str) -> tuple[NoteRevision, ...]:
    """Every change to a note, oldest first.

    Raises:
        InputError: the note never existed.
    """
    changes = store.history(note_id)
    if not changes:
        raise _unknown_event_error(note_id)
    return changes


def list_notes(store: NoteStore, *, with_deleted: bool = False) -> tuple[Event, ...]:
    """Every note, sorted by day, moment and id."""
    return tuple(sorted(store.notes(with_deleted=with_deleted), key=_sort_key))


def get_event(catalogue: EventCatalogue, store: NoteStore, event_id: str) -> Event:
    """An event of the catalogue or a note; `deleted` is set for a deleted note.

    Raises:
        InputError: there is no such event.
    """
    note = store.get(event_id) if event_id.startswith(NOTE_PREFIX) else None
    if note is not None:
        return note
    catalogue_event = next((event for event in catalogue.events() if event.id == event_id), None)
    if catalogue_event is None:
        raise _unknown_event_error(event_id)
    return catalogue_event


def all_events(catalogue: EventCatalogue, store: NoteStore) -> tuple[Event, ...]:
    """The events visible to the user, sorted by day, moment and id.

    These are the events of the catalogue without hidden ones, and the notes without deleted ones.
    """
    notes, hidden = store.notes(), store.hidden()
    shown = (event for event in catalogue.events() if event.id not in hidden)
    return tuple(sorted((*shown, *notes), key=_sort_key))


def _sort_key(event: Event) -> tuple[object, ...]:
    return event.day, event.starts_at, event.id


def _check_is_note(note_id: str) -> None:
    if not note_id.startswith(NOTE_PREFIX):
        msg = _(
            "{id}: the catalogue is read-only; copy the event into a note",
            id=clean_line(note_id)[:80],
        )
        raise InputError(msg)


def _unknown_event_error(event_id: str) -> InputError:
    return InputError(_("{id}: there is no event with this id", id=clean_line(event_id)[:80]))


# ---- merging concurrent edits


@dataclass(frozen=True, slots=True)
class DraftDifference:
    """A field in which two drafts differ, for a three-way merge.

    Attributes:
        field: its name in `Draft`.
        base: the value that both edits started from.
        theirs: the stored value.
        mine: the value of the pending edit.
    """

    field: str
    base: Any
    theirs: Any
    mine: Any

    @property
    def is_mine(self) -> bool:
        """Whether the pending edit changed it; else only the stored one did."""
        return bool(self.mine != self.base)


def draft_differences(base: Draft, theirs: Draft, mine: Draft) -> tuple[DraftDifference, ...]:
    """The fields in which both edits differ, in the order of the fields."""
    return tuple(
        DraftDifference(name, getattr(base, name), getattr(theirs, name), getattr(mine, name))
        for name in (field.name for field in NOTE_FIELDS)
        if getattr(theirs, name) != getattr(mine, name)
    )


def merge_drafts(base: Draft, theirs: Draft, mine: Draft) -> Draft:
    """The stored draft with every field changed by the pending edit; dates are merged together."""
    changed = {
        field.name
        for field in NOTE_FIELDS
        if getattr(mine, field.name) != getattr(base, field.name)
    }
    if changed & set(LINKED_FIELDS):
        changed |= set(LINKED_FIELDS)
    return replace(theirs, **{name: getattr(mine, name) for name in changed})
