"""The hours of an event: what a clock time says of when it was, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


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
            msg = f"{self.at}: the clock time has no zone"
            raise ValueError(msg)
        HourKind(self.kind)


def first_of(hours: Sequence[Hour], kind: HourKind) -> Hour | None:
    """The earliest clock time of a kind."""
    return min((h for h in hours if h.kind == kind), key=lambda hour: hour.at, default=None)


def moment_of(hours: Sequence[Hour]) -> datetime | None:
    """The moment that stands for the event, in UTC; None where only reports are known.

    That is the earliest statement, else the earliest scheduled time. A report that precedes the
    scheduled time shows that this is the start of a measure and not the news of it.
    """
    said, planned, reported = (
        first_of(hours, kind)
        for kind in (HourKind.STATEMENT, HourKind.SCHEDULED, HourKind.PUBLISHED)
    )
    if said is not None:
        return said.at.astimezone(UTC)
    if planned is None or (reported is not None and reported.at < planned.at):
        return None
    return planned.at.astimezone(UTC)
