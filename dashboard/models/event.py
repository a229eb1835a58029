"""An event: something dated that was said or done, its clock times, and the list of its fields.

`EVENT_FIELDS` is the one list of what an event has. The columns of CSV and JSON, the database row
of a note, the request bodies of the API, the options of the command line, the form, the history
of changes and the reader of event files come from it. A new field of a note is an attribute of
`Event` and of `Draft`, an entry at the end of the list, and a migration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias, overload
from zoneinfo import ZoneInfo

from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _

# ---- clock times


@overload
def iso_text(value: date) -> str: ...
@overload
def iso_text(value: date | None) -> str | None: ...
def iso_text(value: date | None) -> str | None:
    """A day, or a moment in UTC with Z, as JSON has it; None where there is none."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return None if value is None else value.isoformat()


class HourKind(StrEnum):
    """What a clock time is: the moment itself, an upper bound, or a lower one."""

    STATEMENT = "statement"
    """The moment it was said, posted or released."""
    PUBLISHED = "published"
    """The first report found: the event is not later, and may be hours earlier."""
    SCHEDULED = "scheduled"
    """Announced beforehand, or the start of a meeting: in general the event is not earlier."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One clock time of an event in UTC, its kind, and where it was read."""

    at: datetime
    kind: str = HourKind.STATEMENT
    source_name: str = ""
    source_url: str = ""
    evidence: str = ""
    confidence: str = ""

    def __post_init__(self) -> None:
        """Refuse a clock time without a zone, and a kind that is not known."""
        if self.at.tzinfo is None:
            msg = _("{at}: the clock time has no zone", at=self.at)
            raise ValueError(msg)
        HourKind(self.kind)


def earliest_hour(hours: Sequence[Hour], kind: HourKind) -> Hour | None:
    """The earliest clock time of a kind."""
    return min((h for h in hours if h.kind == kind), key=lambda hour: hour.at, default=None)


def moment_from_hours(hours: Sequence[Hour]) -> datetime | None:
    """The moment that stands for the event, in UTC; None where only reports are known.

    That is the earliest statement, else the earliest scheduled time. A report that precedes the
    scheduled time shows that this is the start of a measure and not the news of it.
    """
    stated, planned, reported = (
        earliest_hour(hours, kind)
        for kind in (HourKind.STATEMENT, HourKind.SCHEDULED, HourKind.PUBLISHED)
    )
    if stated is not None:
        return stated.at.astimezone(UTC)
    if planned is None or (reported is not None and reported.at < planned.at):
        return None
    return planned.at.astimezone(UTC)


# ---- events


MOSCOW: Final = "Europe/Moscow"

TITLE_LIMIT: Final = 500
TEXT_LIMIT: Final = 2_000
URL_LIMIT: Final = 2_000
CATEGORY_LIMIT: Final = 40
AUTHOR_LIMIT: Final = 80
ZONE_LIMIT: Final = 64
TAG_LIMIT: Final = 40
TAGS_LIMIT: Final = 20
UNIT_LIMIT: Final = 40
STORY_LIMIT: Final = 80


class Category(StrEnum):
    """The closed list of categories; a note may have a word of its own instead."""

    SANCTIONS = "sanctions"
    MONETARY_POLICY = "monetary_policy"
    ENERGY = "energy"
    ESCALATION = "escalation"
    PEACE_TALKS = "peace_talks"
    NATO_REMARK = "nato_remark"
    LEADER_CALL_OR_SUMMIT = "leader_call_or_summit"
    DOMESTIC = "domestic"
    OTHER = "other"


class Expected(StrEnum):
    """The direction an event of this nature is expected to move the rouble."""

    STRONGER = "stronger"
    WEAKER = "weaker"
    UNCLEAR = "unclear"


class Visibility(StrEnum):
    """Who may see a note: everybody who uses the store, or its owner alone."""

    SHARED = "shared"
    PRIVATE = "private"


class Origin(StrEnum):
    """Where an event comes from; only notes can be edited."""

    CATALOGUE = "catalogue"
    NOTE = "note"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event.

    `day` is the local day in `zone`; `moment` is the UTC moment where the hour is known: of a
    statement, or the one that was scheduled. `hours` are the clock times that documents give
    with their kinds; a moment that none of them names is a statement.
    A range has an `end_day` (inclusive). `series` binds the event to one series; None
    means every series. `category` is a `Category` value for the catalogue; notes and study
    files may bring a word of their own. `owner` is the person who wrote a note, empty where
    that is not known; `author` is only a label.

    `value_actual` is the value that was released, `value_expected` what was forecast of it and
    `value_previous` the one before, all in `value_unit`; `value_source` is where the forecast was
    published. `expected` is another thing, the direction of the rouble. `intensity` is a number
    somebody gives the event. Events with the same `story` belong together: rounds of talks, a
    package from its proposal to its adoption. `further` holds the columns of a file of events
    that have no field, for a second stage.
    """

    id: str
    day: date
    title: str
    category: str = Category.OTHER
    expected: str = Expected.UNCLEAR
    moment: datetime | None = None
    zone: str = MOSCOW
    end_day: date | None = None
    text: str = ""
    actor: str = ""
    source_name: str = ""
    source_url: str = ""
    confidence: str = ""
    tags: tuple[str, ...] = field(default=())
    author: str = ""
    series: str | None = None
    origin: Origin = Origin.CATALOGUE
    created: datetime | None = None
    updated: datetime | None = None
    revision: int = 0
    deleted: datetime | None = None
    visibility: str = Visibility.SHARED
    owner: str = ""
    hours: tuple[Hour, ...] = ()
    value_actual: float | None = None
    value_expected: float | None = None
    value_previous: float | None = None
    value_unit: str = ""
    value_source: str = ""
    intensity: float | None = None
    story: str = ""
    further: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Refuse a moment without a zone, and a range that ends before it starts."""
        if self.moment is not None and self.moment.tzinfo is None:
            msg = _("event {id}: the moment has no time zone", id=self.id)
            raise ValueError(msg)
        if self.end_day is not None and self.end_day < self.day:
            msg = _(
                "event {id}: the end {end_day} is before the start {day}",
                id=self.id,
                end_day=self.end_day,
                day=self.day,
            )
            raise ValueError(msg)

    @property
    def starts_at(self) -> datetime:
        """The UTC moment the event cannot precede: its own, or 00:00 Moscow of its day.

        A report before that midnight shows that it was earlier: then the report's.
        """
        if self.moment is not None:
            return self.moment.astimezone(UTC)
        midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=ZoneInfo(MOSCOW))
        reported = self.reported
        return midnight.astimezone(UTC) if reported is None else min(reported, midnight)

    @property
    def reported(self) -> datetime | None:
        """The UTC moment of the first report found, which the event cannot follow."""
        hour = earliest_hour(self.hours, HourKind.PUBLISHED) if self.hours else None
        return None if hour is None else hour.at.astimezone(UTC)

    @property
    def hour(self) -> Hour | None:
        """The clock time that dates the event: that of its moment, else of the first report."""
        if self.moment is None:
            return earliest_hour(self.hours, HourKind.PUBLISHED)
        named = (hour for hour in self.hours if hour.at == self.moment)
        dated = (hour for hour in named if hour.kind != HourKind.PUBLISHED)
        return next(dated, Hour(self.moment))

    @property
    def hour_kind(self) -> str:
        """The `HourKind` of what is known of the hour, empty where only the day is."""
        if not self.hours:
            return "" if self.moment is None else HourKind.STATEMENT
        return "" if self.hour is None else self.hour.kind

    @property
    def latest(self) -> datetime | None:
        """The UTC moment the event cannot follow; None where only the day is known.

        A scheduled event lies between its moment and the first report after it.
        """
        if self.hour_kind == HourKind.STATEMENT:
            return self.starts_at
        reported = self.reported
        return self.moment and self.starts_at if reported is None else reported

    @property
    def surprise(self) -> float | None:
        """The released value less the expected one, in `value_unit`; None without either."""
        return _difference(self.value_actual, self.value_expected)

    @property
    def value_change(self) -> float | None:
        """The released value less the previous one, in `value_unit`; None without either."""
        return _difference(self.value_actual, self.value_previous)

    @property
    def is_private(self) -> bool:
        """Whether only its owner may see it; an unknown value counts as private."""
        return self.visibility != Visibility.SHARED

    @property
    def is_range(self) -> bool:
        """Whether the event lasts more than its first day."""
        return self.end_day is not None and self.end_day > self.day


def _difference(value: float | None, other: float | None) -> float | None:
    """The difference without the digits that binary fractions add: 2.3 - 2.2 is 0.1."""
    return None if value is None or other is None else round(value - other, 10)


# ---- notes before they are stored, and the list of fields


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a note before validation; the fields are those of `Event`."""

    title: str
    day: date
    end_day: date | None = None
    moment: datetime | None = None
    zone: str = MOSCOW
    category: str = Category.OTHER
    expected: str = Expected.UNCLEAR
    text: str = ""
    source_name: str = ""
    source_url: str = ""
    tags: tuple[str, ...] = ()
    author: str = ""
    visibility: str = Visibility.SHARED
    value_actual: float | None = None
    value_expected: float | None = None
    value_previous: float | None = None
    value_unit: str = ""
    value_source: str = ""
    intensity: float | None = None
    story: str = ""


FieldKind: TypeAlias = Literal[
    "line", "text", "link", "zone", "category", "choice", "tags", "date", "moment", "int", "number"
]
"""What a field holds: one line, several lines, a web address, …, a UTC moment, a finite number."""


@dataclass(frozen=True, slots=True)
class EventField:
    """One field of an event, with its names and texts in every interface.

    Attributes:
        name: the attribute of `Event`, and the column of a note in the database.
        kind: what it holds.
        description: the meaning of its column.
        column: its name in CSV and JSON; `name` where empty.
        label: what the history calls it; empty where a note does not have it.
        form_label: what the form calls it; `label` where empty.
        key: its short name in messages and among the arguments of a command; `name` where empty.
        option: its name among the options of the command line, `key` where empty; of a flag
            both names, with / between.
        hint: the help of the option.
        limit: the most characters it may have, of tags each.
        required: whether a note must have it.
        choices: the values of a choice.
        is_half: whether the form gives it half of a row.
        is_rare: whether the form has it in a part that is closed at first.
    """

    name: str
    kind: FieldKind
    description: str
    column: str = ""
    label: str = ""
    form_label: str = ""
    key: str = ""
    option: str = ""
    hint: str = ""
    limit: int = 200
    required: bool = False
    choices: type[StrEnum] | None = None
    is_half: bool = False
    is_rare: bool = False

    def __post_init__(self) -> None:
        """Fill in the names that follow from others."""
        key = self.key or self.name
        names = {
            "column": self.column or self.name,
            "form_label": self.form_label or self.label,
            "key": key,
            "option": self.option or key.replace("_", "-"),
            "hint": self.hint or f"{self.description}.",
        }
        for name, value in names.items():
            object.__setattr__(self, name, value)


EVENT_FIELDS: Final = (
    EventField("id", "line", "Unique and stable"),
    EventField(
        "day", "date", "The day where it happened", column="date",
        label=deferred("Day"), option="date", hint="As 2025-04-21.", required=True,
        is_half=True,
    ),
    EventField(
        "moment", "moment", "The moment, where the hour is known; else empty",
        column="time_utc", label=deferred("Time"), form_label=deferred("Time, if it is known"),
        key="time", hint="In the zone given.", is_half=True,
    ),
    EventField(
        "zone", "zone", "The time zone of the date", label=deferred("Time zone"),
        hint=f"Time zone, else {MOSCOW}.", limit=ZONE_LIMIT, is_half=True,
    ),
    EventField(
        "end_day", "date", "The last day of a range, included", column="end_date",
        label=deferred("Last day"), form_label=deferred("Last day, if it lasts"), key="end",
        hint="Last day of a range.", is_half=True,
    ),
    EventField(
        "title", "line", "Who did what", label=deferred("Title"),
        limit=TITLE_LIMIT, required=True,
    ),
    EventField("actor", "line", "Who said or did it"),
    EventField(
        "category", "category", "One of the closed list of categories",
        label=deferred("Category"),
        hint=f"{', '.join(Category)}, or a word of your own.",
        limit=CATEGORY_LIMIT, is_half=True,
    ),
    EventField(
        "expected", "choice",
        "Direction expected from the nature of the event, fixed before looking",
        label=deferred("Expected rouble"), form_label=deferred("Expected for the rouble"),
        hint="From its nature, before looking.", limit=20, choices=Expected,
        is_half=True,
    ),
    EventField(
        "text", "text", "The text of a note", label=deferred("Text"),
        hint="More words.", limit=TEXT_LIMIT,
    ),
    EventField(
        "source_name", "line", "Who published it", label=deferred("Source"),
        key="source",
    ),
    EventField(
        "source_url", "link", "Where it was published", label=deferred("Link"),
        key="link", hint="The source.", limit=URL_LIMIT,
    ),
    EventField(
        "tags", "tags", "Tags with ; between", label=deferred("Tags"),
        form_label=deferred("Tags, with commas"), option="tag", hint="Repeatable.",
        limit=TAG_LIMIT, is_half=True,
    ),
    EventField("series", "line", "The rate series it belongs to; empty = every series"),
    EventField(
        "author", "line", "The label the writer of a note gave",
        label=deferred("Author"), form_label=deferred("Your name on the note"),
        hint="A label for you.", limit=AUTHOR_LIMIT, is_half=True,
    ),
    EventField("origin", "choice", "catalogue, note or file", choices=Origin),
    EventField(
        "confidence", "line",
        "high = a document states date and content; medium = general knowledge",
    ),
    EventField("created", "moment", "When the note was written"),
    EventField("updated", "moment", "When the note was last changed"),
    EventField("revision", "int", "How often the note was saved"),
    EventField(
        "visibility", "choice", "shared, or private: seen by its owner alone",
        label=deferred("Who sees it"), option="private/shared",
        hint="Who sees it: you alone, or everybody here.", limit=20,
        choices=Visibility,
    ),
    EventField(
        "hour_kind", "choice",
        "statement, scheduled or published (only reported_utc); empty = hour not known",
        choices=HourKind,
    ),
    EventField(
        "reported", "moment", "The first report found: the event is not later",
        column="reported_utc",
    ),
    EventField(
        "value_actual", "number", "The value that was released",
        label=deferred("Released value"), hint="The value that was released, as 21 or 0.5.",
        is_half=True, is_rare=True,
    ),
    EventField(
        "value_expected", "number", "The value that was expected: the consensus of forecasts",
        label=deferred("Expected value"),
        hint="The value that was expected of it; released less expected is the surprise.",
        is_half=True, is_rare=True,
    ),
    EventField(
        "value_previous", "number", "The value before", label=deferred("Previous value"),
        hint="The value before.", is_half=True, is_rare=True,
    ),
    EventField(
        "value_unit", "line", "The unit of the three values", label=deferred("Unit of the values"),
        hint="The unit of the three values, as %.", limit=UNIT_LIMIT, is_half=True, is_rare=True,
    ),
    EventField(
        "value_source", "link", "Where the expected value was published",
        label=deferred("Source of the expected value"),
        hint="The address where the expected value was published.",
        limit=URL_LIMIT, is_rare=True,
    ),
    EventField(
        "intensity", "number", "How strong its writer thinks the event is, in any unit",
        label=deferred("Intensity"), hint="A number for how strong you think it is.",
        is_half=True, is_rare=True,
    ),
    EventField(
        "story", "line", "The story it belongs to, by name", label=deferred("Story"),
        hint="The story it belongs to; events of one story have the same name here.",
        limit=STORY_LIMIT, is_half=True, is_rare=True,
    ),
)  # fmt: skip
"""In the order of the columns of a list of events; new ones are added at the end."""

_FIELD_BY_NAME: Final = {each.name: each for each in EVENT_FIELDS}
NOTE_FIELDS: Final = tuple(_FIELD_BY_NAME[each.name] for each in fields(Draft))
"""The fields of a note, in the order in which a form asks for them."""


def draft_defaults() -> dict[str, Any]:
    """The value of each field of a note that is not given; of a required one there is none."""
    return {f.name: f.default for f in fields(Draft) if f.default is not MISSING}


def draft_from_event(event: Event) -> Draft:
    """An event as a draft, for a form or to copy an event of the catalogue into a note."""
    return Draft(**{each.name: getattr(event, each.name) for each in NOTE_FIELDS})


def note_from_draft(draft: Draft, note_id: str = "") -> Event:
    """A draft as a note; the store completes it.

    Raises:
        ValueError: the last day lies before the first.
    """
    values = {each.name: getattr(draft, each.name) for each in NOTE_FIELDS}
    return Event(id=note_id, origin=Origin.NOTE, **values)


class EditConflict(InputError):
    """A note was changed between reading and saving; no text is lost.

    Attributes:
        current: the current note, or None where it was deleted for good.
    """

    def __init__(self, message: str, current: Event | None) -> None:
        """Store the current note, so that a page can show both texts."""
        super().__init__(message)
        self.current = current


# ------------------------------------------------------------------ filters


@dataclass(frozen=True, slots=True)
class EventChoice:
    """A filter of events by one of a few options, declared once for every interface.

    The link of a page, its control, the option of the commands and the parameter of the API are
    made from it.

    Attributes:
        name: the command option `--name`, the parameter of the API, the key in `EventFilter`.
        key: the key in links of pages.
        label: the title of the control.
        help: what the option and the parameter do.
        titles: the options by their title.
        value_of: the option that an event belongs to.
    """

    name: str
    key: str
    label: str
    help: str
    titles: Mapping[str, str]
    value_of: Callable[[Event], str]


EXPECTED_TITLES: Final = {
    "stronger": deferred("Stronger"),
    "weaker": deferred("Weaker"),
    "unclear": deferred("Unclear"),
}
"""The directions that an event may be expected to go with, as a control shows them."""

EVENT_CHOICES: Final = (
    EventChoice(
        "origin",
        "origin",
        deferred("Events of"),
        deferred("Only the catalogue or the notes."),
        {"catalogue": deferred("Catalogue"), "note": deferred("Notes")},
        lambda event: str(event.origin),
    ),
    EventChoice(
        "expected",
        "exp",
        deferred("Expected rouble"),
        deferred("Only this direction."),
        EXPECTED_TITLES,
        lambda event: str(event.expected),
    ),
    EventChoice(
        "hour",
        "hour",
        deferred("Hour"),
        deferred("Only with, or without, a known hour."),
        {"known": deferred("Known"), "unknown": deferred("Not known")},
        lambda event: "known" if event.moment is not None else "unknown",
    ),
)
"""The filters by one option, in the order of the controls."""
