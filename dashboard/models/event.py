"""An event: something dated that was said or done, with the clock times given for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.messages import translate as _

# ---- clock times


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
CATEGORY_LIMIT: Final = 40


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
    def is_private(self) -> bool:
        """Whether only its owner may see it; an unknown value counts as private."""
        return self.visibility != Visibility.SHARED

    @property
    def is_range(self) -> bool:
        """Whether the event lasts more than its first day."""
        return self.end_day is not None and self.end_day > self.day
