"""Alert rules: checking what a person enters, finding the occasions of a rule, and trying it out.

One function finds the occasions, for the watch and for a trial over the past. A rule sees the data
as known at a moment, and a number is judged by the observations until its own: what came later is
in no alert. Moves, percentiles, levels and claims are computed where the pages have them computed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.alerts import (
    SERIES_KINDS,
    Alert,
    AlertMessage,
    AlertRule,
    AlertTarget,
    LevelSide,
    Occasion,
    QuietHours,
    RuleKind,
)
from dashboard.models.article import ClaimTruth
from dashboard.models.errors import InputError
from dashboard.models.event import MOSCOW, Event, iso_text
from dashboard.models.messages import translate as _
from dashboard.models.moves import MIN_POOL_SIZE, Fixing
from dashboard.models.series import require_price
from dashboard.models.study import read_window
from dashboard.services.claims import check_claim, parse_claims
from dashboard.services.events import fold_case
from dashboard.services.inbox import propose_category
from dashboard.services.live_rates import first_overdue_day
from dashboard.services.notes import clean_category, clean_line
from dashboard.services.study import move_ending_at

if TYPE_CHECKING:
    from dashboard.models.article import ClaimVerdict
    from dashboard.models.inbox import NewsCluster
    from dashboard.models.series import RateSeries

LOOKBACK: Final = timedelta(days=14)
"""How far back a watch looks for what it has not seen: numbers that arrive later raise nothing."""
TRIAL_PERIOD: Final = timedelta(days=365)
MAX_WINDOW: Final = 20
"""The last offset of the window of a rule: a move of more rates is a trend."""
MAX_RULES: Final = 100
"""Of one person."""
LOWEST_PERCENTILE: Final = 50.0
TITLE_LIMIT: Final = 120
NAME_LIMIT: Final = 60
CLAIM_LIMIT: Final = 300


class AlertStore(Protocol):
    """Stores rules and targets of a person; every method raises StoreError where it fails."""

    def rules(self) -> tuple[AlertRule, ...]:
        """The rules in use of the person."""

    def add_rule(self, rule: AlertRule) -> AlertRule:
        """Store a rule; raises InputError where there is no target of its name."""

    def add_target(self, target: AlertTarget, address: str) -> AlertTarget:
        """Store a target; raises InputError where there is one of its name."""


@dataclass(frozen=True, slots=True)
class KnownData:
    """What is known at a moment.

    Attributes:
        now: the moment, UTC.
        series: the observations of a series by its id; raises InputError where there is none.
        events: catalogue and notes as a person sees them.
        clusters: those of the inbox, whatever was decided about them.
    """

    now: datetime
    series: Callable[[str], RateSeries]
    events: Callable[[str], Sequence[Event]]
    clusters: Callable[[], Sequence[NewsCluster]]


# ---- rules and targets as people enter them


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule as a person enters it; `quiet` as 22:00-07:00, empty where nothing is quiet."""

    kind: RuleKind
    title: str = ""
    series: str = ""
    category: str = ""
    text: str = ""
    window: str = "0:0"
    percentile: float | None = None
    level: float | None = None
    side: LevelSide = LevelSide.ABOVE
    claim: str = ""
    quiet: str = ""
    zone: str = MOSCOW
    target: str = ""


def make_rule(entry: RuleEntry, person: str, data: KnownData) -> AlertRule:
    """The checked rule, which counts from now on.

    Raises:
        InputError: a field is wrong or missing; one line with what to do.
    """
    category = clean_category(entry.category) if entry.category.strip() else ""
    rule = AlertRule(
        id=f"rule-{secrets.token_hex(6)}",
        person=person,
        title=clean_line(entry.title)[:TITLE_LIMIT],
        kind=entry.kind,
        category=category,
        text=clean_line(entry.text)[:TITLE_LIMIT],
        quiet=read_quiet_hours(entry.quiet, entry.zone),
        target=entry.target,
        created=data.now,
        known_until=data.now,
    )
    if entry.kind not in SERIES_KINDS:
        return rule
    if not entry.series:
        raise InputError(_("is missing; give the id of a series"), field="series")
    series = data.series(entry.series)
    rule = replace(
        rule, series=entry.series, known_until=min(_last_known(series, data.now), data.now)
    )
    return _NUMBER_RULES[entry.kind](rule, entry, series)


def add_rule(store: AlertStore, entry: RuleEntry, person: str, data: KnownData) -> AlertRule:
    """Check and store a rule.

    Raises:
        InputError: a field is wrong, there is no such target, or the person has too many rules.
        StoreError: the store cannot be written.
    """
    if len(store.rules()) >= MAX_RULES:
        msg = _("a person has at most {most} rules; remove one first", most=MAX_RULES)
        raise InputError(msg)
    return store.add_rule(make_rule(entry, person, data))


def add_target(store: AlertStore, target: AlertTarget, address: str) -> AlertTarget:
    """Store where alerts are sent.

    Raises:
        InputError: the name is empty, too long or taken.
        StoreError: the store cannot be written.
    """
    name = clean_line(target.name)
    if not name or len(name) > NAME_LIMIT:
        msg = _("needs 1 to {most} characters", most=NAME_LIMIT)
        raise InputError(msg, field="name", value=name[:NAME_LIMIT])
    return store.add_target(replace(target, name=name), address)


def read_quiet_hours(text: str, zone: str) -> QuietHours | None:
    """Quiet hours as 22:00-07:00; None where the text is empty.

    Raises:
        InputError: the text is no pair of clock times, they are the same, or there is no such
            time zone.
    """
    if not text.strip():
        return None
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        msg = _("is no time zone; write it like Europe/Moscow")
        raise InputError(msg, field="zone", value=zone[:60]) from None
    try:
        since, until = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        msg = _("are no hours; write them like 22:00-07:00")
        raise InputError(msg, field="quiet", value=text[:40]) from None
    if since == until or since.tzinfo or until.tzinfo:
        msg = _("begin and end at the same time; write them like 22:00-07:00")
        raise InputError(msg, field="quiet", value=text[:40])
    return QuietHours(since, until, zone)


def _checked_move(rule: AlertRule, entry: RuleEntry, series: RateSeries) -> AlertRule:
    require_price(series.card)
    first, last = read_window("window", entry.window, series.card.bar_minutes)
    if first != 0 or not 0 <= last <= MAX_WINDOW:
        msg = _(
            "is impossible for a rule; it begins at 0 and ends with the newest rate: write 0:0 for "
            "the last move, 0:4 for the move over five, at most 0:{most}",
            most=MAX_WINDOW,
        )
        raise InputError(msg, field="window", value=entry.window)
    percentile = 95.0 if entry.percentile is None else entry.percentile
    if not LOWEST_PERCENTILE <= percentile < 100:
        msg = _("must be from {least:g} to below 100; 95 is usual", least=LOWEST_PERCENTILE)
        raise InputError(msg, field="percentile", value=f"{percentile:g}")
    return replace(rule, window=f"{first}:{last}", percentile=percentile)


def _checked_level(rule: AlertRule, entry: RuleEntry, series: RateSeries) -> AlertRule:
    level = entry.level
    if level is None or not np.isfinite(level) or (series.card.is_price and level <= 0):
        msg = _("is missing; give a number in {unit}", unit=series.card.unit)
        raise InputError(msg, field="level", value="" if level is None else level)
    return replace(rule, level=level, side=entry.side)


def _checked_claim(rule: AlertRule, entry: RuleEntry, series: RateSeries) -> AlertRule:
    claim = clean_line(entry.claim)[:CLAIM_LIMIT]
    verdict = _claim_verdict(claim, series, len(series) - 1)
    if verdict is None or verdict.truth == ClaimTruth.UNKNOWN:
        msg = _(
            "holds no claim that {series} can answer; write it like “the rouble is the strongest "
            "since June 2024” or “the dollar costs more than 80 roubles”",
            series=series.card.id,
        )
        raise InputError(msg, field="claim", value=claim[:80])
    return replace(rule, claim=claim)


_NUMBER_RULES: Final[dict[RuleKind, Callable[[AlertRule, RuleEntry, RateSeries], AlertRule]]] = {
    RuleKind.MOVE: _checked_move,
    RuleKind.LEVEL: _checked_level,
    RuleKind.CLAIM: _checked_claim,
    RuleKind.OVERDUE: lambda rule, _entry, _series: rule,
}


def _last_known(series: RateSeries, now: datetime) -> datetime:
    return Fixing.at(series, len(series) - 1).known_at if len(series) else now


# ---- the occasions of a rule


def find_occasions(rule: AlertRule, data: KnownData, judged: set[str]) -> list[Occasion]:
    """What has happened for a rule since it was made, the earliest first.

    Args:
        rule: the rule.
        data: what is known.
        judged: what was looked at before and need not be again; what is looked at now is added.

    Raises:
        InputError: the series of the rule is gone.
        SourceError: the data are damaged.
        StoreError: the store cannot be read.
    """
    return sorted(_FINDERS[rule.kind](rule, data, judged), key=lambda each: (each.at, each.key))


def _start(rule: AlertRule, now: datetime) -> datetime:
    """After this moment things raise alerts."""
    oldest = now - LOOKBACK
    return oldest if rule.known_until is None else max(rule.known_until, oldest)


def _find_news(rule: AlertRule, data: KnownData, judged: set[str]) -> Iterator[Occasion]:
    for cluster in data.clusters():
        first_seen = min(item.first_seen for item in cluster.reports)
        key = f"news {cluster.lead.cluster}"
        is_new = _start(rule, data.now) < first_seen <= data.now and key not in judged
        if is_new and _wanted(rule, propose_category(cluster.lead), _cluster_text(cluster)):
            judged.add(key)
            yield Occasion(key, first_seen, cluster=cluster)


def _cluster_text(cluster: NewsCluster) -> str:
    return "\n".join(f"{item.report.title}\n{item.report.excerpt}" for item in cluster.reports)


def _find_events(rule: AlertRule, data: KnownData, judged: set[str]) -> Iterator[Occasion]:
    start = _start(rule, data.now)
    for event in data.events(rule.person):
        key = f"event {event.id}"
        if key in judged or not _wanted(rule, event.category, f"{event.title}\n{event.text}"):
            continue
        known_from = event_known_from(event)
        if start < known_from <= data.now:
            judged.add(key)
            yield Occasion(key, known_from, event=event)


def event_known_from(event: Event) -> datetime:
    """From when (UTC) a rule can know an event: a note when written, others when they happen."""
    return event.created or event.starts_at


def _wanted(rule: AlertRule, category: str, text: str) -> bool:
    if rule.category not in {"", category}:
        return False
    terms = fold_case(rule.text).split()
    folded = fold_case(text) if terms else ""
    return all(term in folded for term in terms)


def _find_numbers(
    judge: Callable[[AlertRule, RateSeries, int], Occasion | None],
    rule: AlertRule,
    data: KnownData,
    judged: set[str],
) -> Iterator[Occasion]:
    """The occasions among the observations of a series that were not judged before."""
    series = data.series(rule.series)
    start, now = (np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "s")
                  for moment in (_start(rule, data.now), data.now))  # fmt: skip
    is_new = (series.known_at > start) & (series.known_at <= now) & np.isfinite(series.rate)
    for row in np.flatnonzero(is_new).tolist():
        seen = f"{series.opens[row]} {series.rate[row]!r}"
        if seen in judged:
            continue
        judged.add(seen)
        occasion = judge(rule, series.part(slice(0, row + 1)), row)
        if occasion is not None:
            yield occasion


def _occasion_of_row(rule: AlertRule, series: RateSeries, row: int, **found: Any) -> Occasion:
    """An occasion of an observation: named by its printed date, a bar by its beginning."""
    fixing = Fixing.at(series, row)
    name = iso_text(fixing.opens) if series.card.bar_minutes else fixing.record.isoformat()
    return Occasion(
        f"{rule.series} {name}", fixing.known_at, card=series.card, fixing=fixing, **found
    )


def _judge_move(rule: AlertRule, series: RateSeries, row: int) -> Occasion | None:
    window = read_window("window", rule.window, series.card.bar_minutes)
    move = move_ending_at(series, row, window)
    if move is None or not move.ranks:
        return None
    rank = move.ranks[0]
    enough = rank.size >= MIN_POOL_SIZE and rank.percentile is not None
    if not enough or (rank.percentile or 0.0) <= (rule.percentile or 100.0):
        return None
    return _occasion_of_row(rule, series, row, move=move)


def _judge_level(rule: AlertRule, series: RateSeries, row: int) -> Occasion | None:
    """Reached where the number before was on the other side."""
    before = series.rate[:row][np.isfinite(series.rate[:row])]
    if not len(before) or rule.level is None:
        return None
    sign = 1 if rule.side == LevelSide.ABOVE else -1
    was, now = sign * float(before[-1]), sign * float(series.rate[row])
    reached = was < sign * rule.level <= now
    return _occasion_of_row(rule, series, row) if reached else None


def _judge_claim(rule: AlertRule, series: RateSeries, row: int) -> Occasion | None:
    """Becomes true where it was not true on the observation before."""
    verdict = _claim_verdict(rule.claim, series, row)
    if verdict is None or verdict.truth != ClaimTruth.TRUE or row == 0:
        return None
    before = _claim_verdict(rule.claim, series.part(slice(0, row)), row - 1)
    if before is not None and before.truth == ClaimTruth.TRUE:
        return None
    return _occasion_of_row(rule, series, row, verdict=verdict)


def _claim_verdict(text: str, series: RateSeries, row: int) -> ClaimVerdict | None:
    """The best verdict on the first claim of a sentence published on the day of an observation."""
    day: date = series.day[row].astype(object)
    claims = parse_claims(text, day)
    if not claims:
        return None
    checked = check_claim(replace(claims[0], day=claims[0].day or day), [series])
    verdicts = [v for v in checked.verdicts if v.is_claimed and v.card.id == series.card.id]
    order = list(ClaimTruth)
    return min(verdicts, key=lambda verdict: order.index(verdict.truth), default=None)


def _find_overdue(rule: AlertRule, data: KnownData, judged: set[str]) -> Iterator[Occasion]:
    """One occasion for each last day after which nothing came."""
    series = data.series(rule.series)
    if not len(series):
        return
    last = Fixing.at(series, len(series) - 1).day
    overdue = first_overdue_day(series.card, last)
    if overdue is None:
        return
    at = datetime.combine(overdue, time(), ZoneInfo(MOSCOW)).astimezone(UTC)
    key = f"{rule.series} after {last}"
    if _start(rule, data.now) < at <= data.now and key not in judged:
        judged.add(key)
        yield Occasion(key, at, card=series.card, last_day=last)


_FINDERS: Final[dict[RuleKind, Callable[[AlertRule, KnownData, set[str]], Iterator[Occasion]]]] = {
    RuleKind.NEWS: _find_news,
    RuleKind.EVENT: _find_events,
    RuleKind.MOVE: partial(_find_numbers, _judge_move),
    RuleKind.LEVEL: partial(_find_numbers, _judge_level),
    RuleKind.CLAIM: partial(_find_numbers, _judge_claim),
    RuleKind.OVERDUE: _find_overdue,
}


# ---- the past: what a rule would have raised


def moments_between(
    rules: Iterable[AlertRule], data: KnownData, since: datetime, until: datetime
) -> tuple[datetime, ...]:
    """The moments (UTC) at which something became known that rules look at.

    Args:
        rules: the rules.
        data: all that is known by `until`.
        since: exclusive.
        until: inclusive, and always one of the moments.
    """
    moments = {until}
    for rule in rules:
        if rule.kind == RuleKind.OVERDUE:
            moments.update(_midnights(since, until))
        else:
            moments.update(_moments_of(rule, data))
    return tuple(sorted(moment for moment in moments if since < moment <= until))


def _midnights(since: datetime, until: datetime) -> Iterator[datetime]:
    """The beginnings of the days in Moscow, on which a series can become overdue."""
    day = since.astimezone(ZoneInfo(MOSCOW)).date()
    while day <= until.astimezone(ZoneInfo(MOSCOW)).date():
        yield datetime.combine(day, time(), ZoneInfo(MOSCOW)).astimezone(UTC)
        day += timedelta(days=1)


def _moments_of(rule: AlertRule, data: KnownData) -> Iterator[datetime]:
    if rule.kind == RuleKind.NEWS:
        for cluster in data.clusters():
            yield from (item.first_seen for item in cluster.reports)
    elif rule.kind == RuleKind.EVENT:
        yield from map(event_known_from, data.events(rule.person))
    else:
        known = data.series(rule.series).known_at.astype("datetime64[s]").tolist()
        yield from (moment.replace(tzinfo=UTC) for moment in known)


def try_rule(
    rule: AlertRule, data_at: Callable[[datetime], KnownData], since: datetime, until: datetime
) -> tuple[Occasion, ...]:
    """What a rule would have raised in a period, by what was known at each moment.

    Args:
        rule: the rule, stored or not.
        data_at: what was known at a moment.
        since: exclusive, UTC.
        until: inclusive, UTC.

    Raises:
        InputError: the series of the rule is gone.
        SourceError: the data are damaged.
        StoreError: the store cannot be read.
    """
    past, judged = rule.counting_from(since), set[str]()
    found: dict[str, Occasion] = {}
    for moment in moments_between([rule], data_at(until), since, until):
        for occasion in find_occasions(past, data_at(moment), judged):
            found.setdefault(occasion.key, occasion)
    return tuple(found.values())


# ---- JSON


def rule_json(rule: AlertRule) -> dict[str, Any]:
    """A rule as `alerts list --json` prints it; moments in UTC."""
    quiet = rule.quiet
    return {
        "id": rule.id,
        "title": rule.title,
        "kind": rule.kind.value,
        "series": rule.series or None,
        "category": rule.category or None,
        "text": rule.text or None,
        "window": rule.window if rule.kind == RuleKind.MOVE else None,
        "percentile": rule.percentile,
        "level": rule.level,
        "side": rule.side.value if rule.kind == RuleKind.LEVEL else None,
        "claim": rule.claim or None,
        "quiet": f"{quiet.since:%H:%M}-{quiet.until:%H:%M}" if quiet else None,
        "zone": quiet.zone if quiet else None,
        "target": rule.target or None,
        "created": iso_text(rule.created),
    }


def alert_json(alert: Alert) -> dict[str, Any]:
    """An alert as `alerts log --json` prints it; moments in UTC."""
    return {
        "number": alert.id,
        "rule": alert.rule_id,
        "rule_title": alert.rule_title,
        "at": iso_text(alert.at),
        "raised_at": iso_text(alert.raised_at),
        "title": alert.message.title,
        "text": alert.message.text,
        "target": alert.target or None,
        "state": alert.state.value,
        "due": iso_text(alert.due),
        "attempts": alert.attempts,
        "settled_at": iso_text(alert.settled_at),
        "problem": alert.problem or None,
    }


def trial_json(occasions: Sequence[tuple[Occasion, AlertMessage]]) -> list[dict[str, Any]]:
    """What a rule would have raised, as `alerts test --json` prints it."""
    return [
        {"at": iso_text(each.at), "title": message.title, "text": message.text}
        for each, message in occasions
    ]
