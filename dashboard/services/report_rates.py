"""Report rates: of every series how far it goes, how old it is, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from dashboard.domain.date_rules import RULES
from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import MOSCOW
from dashboard.domain.event_view import Fixing
from dashboard.domain.series import SeriesCard
from dashboard.services.known_rates import Known
from dashboard.services.refresh_rates import day_words

if TYPE_CHECKING:
    from dashboard.domain.remembered import FetchState
    from dashboard.services.known_rates import KnownRates
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.store.base import RateMemory

NEVER: Final = "nothing fetched yet"


@dataclass(frozen=True, slots=True)
class RateReport:
    """How one series is now.

    Attributes:
        card: what it is.
        source: the live source it is refreshed from; empty where there is none.
        asked_of: the publisher it is asked of, as messages name it; empty where there is none.
        first_day: its first market day; None: nothing is known.
        last_day: its last market day.
        rows: how many observations there are.
        last_known_at: up to when (UTC) information is in the last of them.
        live: a number of today that may still change; it is in no study.
        age_days: calendar days in Moscow since the last market day.
        is_overdue: whether that is more than holidays explain.
        fetched_at: when an answer was last taken in; None: it is as it ships.
        tried_at: when it was last asked for.
        problem: why the last attempt failed, a sentence.
        notes: what a person should know about the last answer.
        revised: how many numbers were replaced by later ones.
        withheld: how many are left out as implausible.
        unchecked: how many could not be checked against official ones.
    """

    card: SeriesCard
    source: str = ""
    asked_of: str = ""
    first_day: date | None = None
    last_day: date | None = None
    rows: int = 0
    last_known_at: datetime | None = None
    live: Fixing | None = None
    age_days: int | None = None
    is_overdue: bool = False
    fetched_at: datetime | None = None
    tried_at: datetime | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()
    revised: int = 0
    withheld: int = 0
    unchecked: int = 0

    @property
    def age_label(self) -> str:
        """The age in words: "today", "3 days old", "82 days old, overdue", "ended"."""
        if self.age_days is None:
            return NEVER
        if self.has_ended:
            return f"ended on {self.card.history_until}"
        days = "day" if self.age_days == 1 else "days"
        said = f"{self.age_days} {days} old" if self.age_days > 0 else "today"
        return f"{said}, overdue" if self.is_overdue else said

    @property
    def has_ended(self) -> bool:
        """Whether the publisher has stopped and everything is there."""
        until = self.card.history_until
        return until is not None and self.last_day is not None and self.last_day >= until

    @property
    def remark(self) -> str:
        """What a status line adds, in one sentence; empty where all is well."""
        if self.problem:
            kept = f"; the data of {day_words(self.last_day)} stand" if self.last_day else ""
            return f"{self.problem}{kept}"
        if self.withheld:
            what = "number is" if self.withheld == 1 else "numbers are"
            return f"{self.withheld} {what} far from the official rate and left out"
        return self.notes[0] if self.notes else ""


def report_rates(
    known: KnownRates, memory: RateMemory, now: datetime, series: Sequence[str] = ()
) -> tuple[RateReport, ...]:
    """How every series is, also those of which nothing was fetched yet; nothing is raised.

    Args:
        known: what is known.
        memory: what was asked for.
        now: the moment, for ages.
        series: only these, all if empty.
    """
    sources = {card.id: source for source in known.live_sources for card in source.cards()}
    states, problem = _states(memory)
    return tuple(
        _report(known, card, _Asked(sources.get(card.id), states.get(card.id), problem, now))
        for card in known.all_cards()
        if not series or card.id in series
    )


def report_own(
    source: RateSource, now: datetime, series: Sequence[str] = ()
) -> tuple[RateReport, ...]:
    """How a person's own series are; nothing refreshes them, so none is ever overdue."""
    asked = _Asked(None, None, "", now)
    told = []
    for card in source.cards():
        if series and card.id not in series:
            continue
        try:
            found = source.get(card.id)
            told.append(replace(_told(Known(found), asked), fetched_at=found.fetched_at))
        except RoubleReactionError as error:
            told.append(RateReport(card, problem=str(error)))
    return tuple(told)


def failing_sources(known: KnownRates, memory: RateMemory) -> tuple[str, ...]:
    """The publishers, as messages name them, that answered nothing usable when last asked."""
    states, _ = _states(memory)
    return tuple(
        source.who
        for source in known.live_sources
        if any(card.id in states and states[card.id].problem for card in source.cards())
    )


def reports_json(reports: Sequence[RateReport]) -> list[dict[str, Any]]:
    """What `rates list --json` prints of every series beyond its card."""
    return [
        {
            "id": each.card.id,
            "title": each.card.title,
            "publisher": each.card.publisher,
            "quantity": each.card.quantity,
            "limits": each.card.limits,
            "licence": each.card.licence,
            "date_rule": RULES[each.card.date_rule].description,
            "source": each.source or None,
            "first_day": _iso(each.first_day),
            "last_day": _iso(each.last_day),
            "rows": each.rows,
            "last_known_at": _iso(each.last_known_at),
            "age_days": each.age_days,
            "age": each.age_label,
            "overdue": each.is_overdue,
            "fetched_at": _iso(each.fetched_at),
            "tried_at": _iso(each.tried_at),
            "problem": each.problem or None,
            "notes": list(each.notes),
            "revised": each.revised,
            "withheld": each.withheld,
            "unchecked": each.unchecked,
            "live": None if each.live is None else {"day": _iso(each.live.day),
                                                    "known_at": _iso(each.live.known_at),
                                                    "rate": each.live.rate},
        }
        for each in reports
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known of the attempts at a series, and why that cannot be read."""

    source: LiveSource | None
    state: FetchState | None
    unreadable: str
    now: datetime

    @property
    def problem(self) -> str:
        """Why the last attempt failed, or why that is not known; empty where all is well."""
        return (self.state.problem if self.state else "") or (
            self.unreadable if self.source else ""
        )

    @property
    def ids(self) -> tuple[str, str]:
        """The id of the source, and how messages name it."""
        return (self.source.id, self.source.who) if self.source else ("", "")


def _states(memory: RateMemory) -> tuple[Mapping[str, FetchState], str]:
    try:
        return memory.states(), ""
    except RoubleReactionError as error:
        return {}, str(error)


def _report(known: KnownRates, card: SeriesCard, asked: _Asked) -> RateReport:
    source, asked_of = asked.ids
    try:
        found = known.known(card.id)
    except RoubleReactionError as error:
        return RateReport(card, source, asked_of, problem=str(error))
    if found is None or len(found.series) == 0:
        tried = asked.state.tried_at if asked.state else None
        return RateReport(card, source, asked_of, problem=asked.problem, tried_at=tried)
    return _told(found, asked)


def _told(found: Known, asked: _Asked) -> RateReport:
    state, now, (source, asked_of) = asked.state, asked.now, asked.ids
    series, card = found.series, found.series.card
    last = Fixing.at(series, len(series) - 1)
    age = (now.astimezone(ZoneInfo(MOSCOW)).date() - last.day).days
    return RateReport(
        card=card,
        source=source,
        asked_of=asked_of,
        first_day=series.day[0].astype(object),
        last_day=last.day,
        rows=len(series),
        last_known_at=last.known_at,
        live=Fixing.at(found.live, 0) if found.live is not None else None,
        age_days=max(age, 0),
        is_overdue=card.history_until is None and age > card.stale_after,
        fetched_at=state.ok_at if state else None,
        tried_at=state.tried_at if state else None,
        problem=found.problem or asked.problem,
        notes=state.notes if state else (),
        revised=state.revised if state else 0,
        withheld=found.withheld,
        unchecked=found.unchecked,
    )


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")
