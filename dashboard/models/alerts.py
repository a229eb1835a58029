"""Alert rules, where alerts are sent, the occasions of a rule, and alerts on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW
from dashboard.models.messages import deferred

if TYPE_CHECKING:
    from datetime import date

    from dashboard.models.article import ClaimVerdict
    from dashboard.models.event import Event
    from dashboard.models.inbox import NewsCluster
    from dashboard.models.moves import Fixing, Move
    from dashboard.models.series import SeriesCard


class RuleKind(StrEnum):
    """What a rule waits for."""

    NEWS = "news"
    EVENT = "event"
    MOVE = "move"
    LEVEL = "level"
    CLAIM = "claim"
    OVERDUE = "overdue"


RULE_KIND_LABELS: Final = {
    RuleKind.NEWS: deferred("A new story in the inbox"),
    RuleKind.EVENT: deferred("A new event or note"),
    RuleKind.MOVE: deferred("A move beyond a percentile"),
    RuleKind.LEVEL: deferred("A level is reached"),
    RuleKind.CLAIM: deferred("A claim becomes true"),
    RuleKind.OVERDUE: deferred("Data are overdue"),
}
SERIES_KINDS: Final = frozenset({RuleKind.MOVE, RuleKind.LEVEL, RuleKind.CLAIM, RuleKind.OVERDUE})
"""The kinds of rules about one series."""


class LevelSide(StrEnum):
    """On which side of a level the number has to come."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours in which nothing is sent; `until` before `since` ends on the next day.

    Both are clock times in `zone`. An alert of these hours is sent when they end.
    """

    since: time
    until: time
    zone: str = MOSCOW

    def release(self, moment: datetime) -> datetime:
        """The earliest moment (UTC) at which an alert raised at `moment` may be sent."""
        local = moment.astimezone(ZoneInfo(self.zone))
        clock, wraps = local.time(), self.until <= self.since
        is_quiet = (
            clock >= self.since or clock < self.until if wraps else self.since <= clock < self.until
        )
        if not is_quiet:
            return moment
        day = local.date() + timedelta(days=1 if wraps and clock >= self.since else 0)
        return datetime.combine(day, self.until, ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A rule of one person.

    Attributes:
        id: its id; empty before it is stored.
        person: whose it is; it sees the private notes of this person only.
        title: what its person calls it.
        kind: what it waits for.
        series: the series of a rule about numbers.
        category: the category of stories and events; empty: every one.
        text: words that a story or an event must contain.
        window: of a move: `0:b`, which ends with the newest observation.
        percentile: of a move: its size must be above this percentile of its own pool.
        level: the level of the quoted number.
        side: on which side of the level the number must come.
        claim: a sentence about the rate, read as published on the day of each observation.
        quiet: when nothing is sent; None: alerts are sent at any hour.
        target: the name of where alerts are sent; empty: they are only on record.
        created: when it was made (UTC).
        known_until: the last moment (UTC) of what was known when it was made: only what is
            later raises alerts.
        removed: when it was removed; None: it is in use.
    """

    id: str
    person: str
    title: str
    kind: RuleKind
    series: str = ""
    category: str = ""
    text: str = ""
    window: str = "0:0"
    percentile: float | None = None
    level: float | None = None
    side: LevelSide = LevelSide.ABOVE
    claim: str = ""
    quiet: QuietHours | None = None
    target: str = ""
    created: datetime | None = None
    known_until: datetime | None = None
    removed: datetime | None = None

    def counting_from(self, moment: datetime) -> AlertRule:
        """The rule as if it had been made at a moment."""
        return replace(self, created=moment, known_until=moment)


@dataclass(frozen=True, slots=True)
class AlertTarget:
    """Where alerts of one person are sent.

    `label` names the service without a secret; the address itself never leaves the store but to
    be sent to.
    """

    person: str
    name: str
    label: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something a rule waits for has happened.

    `key` is the same whenever the same thing is met again, so that no alert is sent twice; `at`
    is the moment (UTC) from which it could be known. One of the others says what it is.
    """

    key: str
    at: datetime
    card: SeriesCard | None = None
    cluster: NewsCluster | None = None
    event: Event | None = None
    move: Move | None = None
    fixing: Fixing | None = None
    verdict: ClaimVerdict | None = None
    last_day: date | None = None


class AlertState(StrEnum):
    """What became of an alert.

    `SENDING` is written before anything is sent: an alert found in it after a crash is
    `UNCERTAIN` and is never sent again by itself, so that none is sent twice.
    """

    RECORDED = "recorded"
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """The text of an alert, and the page it is about: a path with its settings."""

    title: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert on record.

    Attributes:
        id: its number.
        rule_id: the rule that raised it.
        rule_title: what the rule was called then.
        person: whose it is.
        occasion: the key of its occasion; with the rule it is unique.
        at: from when (UTC) the occasion could be known.
        raised_at: when the alert was written (UTC).
        message: its text.
        target: the name of where it is sent.
        state: what became of it.
        due: not sent before this moment (UTC).
        attempts: how often sending was tried.
        settled_at: when it was sent or given up (UTC).
        problem: why the last attempt failed, one sentence.
    """

    id: int
    rule_id: str
    rule_title: str
    person: str
    occasion: str
    at: datetime
    raised_at: datetime
    message: AlertMessage
    target: str
    state: AlertState
    due: datetime
    attempts: int = 0
    settled_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of sending one message.

    `is_uncertain`: it may have arrived, so that it must not be sent again. `is_final`: sending it
    again cannot help. `problem` is one sentence without secrets, empty where it was sent.
    """

    problem: str = ""
    is_final: bool = False
    is_uncertain: bool = False
