"""The watch: refresh rates and feeds on the clocks of their publishers, raise and send alerts.

An alert is on record before it is sent, unique by its rule and its occasion. It is marked as being
sent, in a transaction of its own, before anything leaves: at most once. What a crash or a missing
answer leaves open is shown as uncertain, and only a person has it sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from dashboard.models.alerts import Alert, AlertMessage, AlertRule, AlertState, Delivery, Occasion
from dashboard.models.errors import RoubleReactionError, StoreError
from dashboard.models.messages import translate as _
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.services.alerts import KnownData, find_occasions, moments_between
from dashboard.services.live_rates import RefreshRequest
from dashboard.services.notes import utc_now

if TYPE_CHECKING:
    import threading

    from dashboard.sources.rates.base import LiveSource

log: Final = logging.getLogger("dashboard.watch")

RETRY_AFTER: Final = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
)  # fmt: skip
"""The waits after attempts that failed; then an alert is given up."""
REPEAT_AFTER: Final = (0, 10, 30, 60, 120, 240)
"""Minutes after the usual time of publication at which a source is requested: numbers can be late,
or be corrected."""
BARS_INTERVAL: Final = timedelta(minutes=5)
NEWS_INTERVAL: Final = timedelta(minutes=10)
EVALUATION_INTERVAL: Final = timedelta(minutes=1)
SETTLE_SECONDS: Final = 30.0
"""How long the end of the watch waits for what is under way."""


class WatchStore(Protocol):
    """Stores alerts; every method raises StoreError where it fails."""

    def rules_of_everyone(self) -> tuple[AlertRule, ...]:
        """The rules in use of every person."""

    def address(self, person: str, name: str) -> str | None:
        """The address of a target; None where there is none of this name."""

    def raise_alert(self, alert: Alert) -> bool:
        """Put an alert on record; whether it is new."""

    def due(self, now: datetime) -> tuple[Alert, ...]:
        """The alerts to be sent by a moment, the oldest first."""

    def claim(self, alert_id: int) -> bool:
        """Mark a waiting alert as being sent; whether this process has it."""

    def settle(self, alert: Alert) -> None:
        """Store what became of an attempt."""

    def recover(self, problem: str) -> int:
        """Mark alerts whose sending was cut off as uncertain."""


DescribeOccasion = Callable[[AlertRule, Occasion], AlertMessage]
"""Writes the text of an alert."""
SendMessage = Callable[[str, AlertMessage], Delivery]
"""Sends a message to an address, once, and raises nothing."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one look at the rules did: alerts raised, and rules that could not be judged."""

    raised: int = 0
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class Watch:
    """Judges the rules of every person and sends what is due.

    Attributes:
        store: rules and alerts.
        describe: writes the text of an alert.
        send: sends a message.
        may_receive: whether a person may still see what alerts say.
        judged: what was judged before, by rule; it saves work and prevents nothing.
    """

    store: WatchStore
    describe: DescribeOccasion
    send: SendMessage
    may_receive: Callable[[str], bool] = lambda _person: True
    judged: dict[str, set[str]] = field(default_factory=dict)

    def recover(self) -> int:
        """Look after a crash: what was being sent is uncertain; returns how many.

        Raises:
            StoreError: the store cannot be written.
        """
        problem = _("the watch ended while this was being sent; it may have arrived")
        return self.store.recover(problem)

    def evaluate(self, data: KnownData, rules: Sequence[AlertRule] | None = None) -> Evaluation:
        """Put the new occasions of rules on record.

        A rule that cannot be judged, whose series is gone, holds the others not up.

        Args:
            data: what is known.
            rules: those to judge; all in use where None.

        Raises:
            StoreError: the store cannot be used.
        """
        raised, problems = 0, []
        for rule in self.store.rules_of_everyone() if rules is None else rules:
            if not self.may_receive(rule.person):
                continue
            try:
                occasions = find_occasions(rule, data, self.judged.setdefault(rule.id, set()))
                raised += sum(self._raise(rule, each, data.now) for each in occasions)
            except StoreError:
                self.judged.pop(rule.id, None)  # what was judged may not be on record
                raise
            except RoubleReactionError as error:
                problems.append(f"{rule.id}: {error}")
                log.warning("%s: %s", rule.id, error)
        return Evaluation(raised, tuple(problems))

    def _raise(self, rule: AlertRule, occasion: Occasion, now: datetime) -> bool:
        due = now if rule.quiet is None else rule.quiet.release(now)
        state = AlertState.PENDING if rule.target else AlertState.RECORDED
        alert = Alert(
            0, rule.id, rule.title, rule.person, occasion.key, occasion.at, now,
            self.describe(rule, occasion), rule.target, state, due,
        )  # fmt: skip
        return self.store.raise_alert(alert)

    def deliver(self, now: datetime) -> int:
        """Send what is due; returns how many were sent.

        Raises:
            StoreError: the store cannot be used.
        """
        return sum(self._deliver(alert, now) for alert in self.store.due(now))

    def _deliver(self, alert: Alert, now: datetime) -> bool:
        address = self.store.address(alert.person, alert.target)
        if not self.store.claim(alert.id):
            return False
        alert = replace(alert, attempts=alert.attempts + 1)
        refusal = _("there is no target of this name any more") if address is None else ""
        if not self.may_receive(alert.person):
            refusal = _("its person has no role here any more")
        if address is None or refusal:
            self.store.settle(_settled(alert, Delivery(refusal, is_final=True), now))
            return False
        delivery = self.send(address, alert.message)
        self.store.settle(_settled(alert, delivery, now))
        if delivery.problem:
            log.warning("alert %s of %s: %s", alert.id, alert.rule_id, delivery.problem)
        return not delivery.problem

    def replay(
        self, data_at: Callable[[datetime], KnownData], since: datetime, until: datetime
    ) -> Evaluation:
        """Watch a period of the past with the clock moved: raise and send what was due then.

        Args:
            data_at: what was known at a moment.
            since: exclusive, UTC.
            until: inclusive, UTC.

        Raises:
            StoreError: the store cannot be used.
        """
        rules = [rule.counting_from(since) for rule in self.store.rules_of_everyone()]
        raised, problems = 0, dict[str, None]()
        for moment in moments_between(rules, data_at(until), since, until):
            done = self.evaluate(data_at(moment), rules)
            raised += done.raised
            problems |= dict.fromkeys(done.problems)
            self.deliver(moment)
        return Evaluation(raised, tuple(problems))


def _settled(alert: Alert, delivery: Delivery, now: datetime) -> Alert:
    """The alert after an attempt."""
    if not delivery.problem:
        return replace(alert, state=AlertState.SENT, settled_at=now, problem="")
    if delivery.is_uncertain:
        state = AlertState.UNCERTAIN
    elif delivery.is_final or alert.attempts > len(RETRY_AFTER):
        state = AlertState.FAILED
    else:
        due = now + RETRY_AFTER[alert.attempts - 1]
        return replace(alert, state=AlertState.PENDING, due=due, problem=delivery.problem)
    return replace(alert, state=state, settled_at=now, problem=delivery.problem)


def trial_message() -> AlertMessage:
    """A message that shows whether a target works."""
    return AlertMessage(
        _("Rouble Reaction: a trial"), _("This message shows that alerts arrive here.")
    )


# ---- the schedule


@dataclass(frozen=True, slots=True)
class SourceSchedule:
    """When a source is requested: from `clock` (HH:MM in `zone`) on, for some of its series."""

    source: str
    series: tuple[str, ...]
    zone: str
    clock: str
    days: str

    @property
    def id(self) -> str:
        """The name of the job."""
        return f"{self.source} {self.clock} {self.zone}"

    def times(self) -> tuple[tuple[int, int, int], ...]:
        """Day offset, hour and minute of every request, in the zone."""
        hours, minutes = map(int, self.clock.split(":"))
        starts = (60 * hours + minutes + later for later in REPEAT_AFTER)
        return tuple((at // 1440, at % 1440 // 60, at % 60) for at in starts)


def plan_sources(sources: Iterable[LiveSource]) -> tuple[SourceSchedule, ...]:
    """The schedule of every live source, by the clock of its publisher; bars have none."""
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for source in sources:
        for card in source.cards():
            rule = PUBLICATION_RULES[card.date_rule]
            if card.bar_minutes or card.history_until is not None or not rule.published:
                continue
            key = (source.id, rule.zone, rule.published, rule.published_days)
            grouped.setdefault(key, []).append(card.id)
    return tuple(
        SourceSchedule(source, tuple(series), zone, clock, days)
        for (source, zone, clock, days), series in grouped.items()
    )


@dataclass(frozen=True, slots=True)
class WatchJobs:
    """What the watch does at its times; every one may raise RoubleReactionError."""

    refresh_rates: Callable[[RefreshRequest], None]
    refresh_news: Callable[[], None]
    evaluate: Callable[[], None]


def run_watch(
    sources: Sequence[LiveSource], jobs: WatchJobs, stop: threading.Event, *, is_offline: bool
) -> None:
    """Watch until `stop` is set; what is under way is finished, and nothing new is begun.

    Args:
        sources: the live sources.
        jobs: what is done.
        stop: ends the watch.
        is_offline: nothing is fetched.
    """
    scheduler = new_scheduler()
    _add_jobs(scheduler, sources, jobs, is_offline=is_offline)
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)


def new_scheduler() -> Any:
    """A scheduler in UTC that runs one job at a time.

    A missed time is made up for once, however often it was missed.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    return BackgroundScheduler(
        timezone="UTC", executors={"default": ThreadPoolExecutor(1)}, job_defaults=options
    )


def _add_jobs(
    scheduler: Any, sources: Sequence[LiveSource], jobs: WatchJobs, *, is_offline: bool
) -> None:
    if not is_offline:
        _add_refreshes(scheduler, sources, jobs)
    evaluate = never_raising(jobs.evaluate, "alerts")
    scheduler.add_job(
        evaluate, "interval", seconds=EVALUATION_INTERVAL.total_seconds(), id="alerts",
        next_run_time=utc_now(),
    )  # fmt: skip


def _add_refreshes(scheduler: Any, sources: Sequence[LiveSource], jobs: WatchJobs) -> None:
    from apscheduler.triggers.combining import OrTrigger
    from apscheduler.triggers.cron import CronTrigger

    def refresh(name: str, request: RefreshRequest) -> Callable[[], None]:
        return never_raising(lambda: jobs.refresh_rates(request), name)

    now = utc_now()
    for plan in plan_sources(sources):
        request = RefreshRequest(series=plan.series, source=plan.source, force=True)
        times = [
            CronTrigger(
                day_of_week=shift_days(plan.days, days), hour=hour, minute=minute,
                timezone=plan.zone,
            )
            for days, hour, minute in plan.times()
        ]  # fmt: skip
        scheduler.add_job(refresh(plan.id, request), OrTrigger(times), id=plan.id)
    for source in sources:
        every = tuple(card.id for card in source.cards())
        bars = tuple(card.id for card in source.cards() if card.bar_minutes)
        first = RefreshRequest(series=every, source=source.id)
        scheduler.add_job(refresh(source.id, first), "date", run_date=now, id=f"{source.id} first")
        if bars:
            scheduler.add_job(
                refresh(source.id, RefreshRequest(series=bars, source=source.id)), "interval",
                seconds=BARS_INTERVAL.total_seconds(), id=f"{source.id} bars",
            )  # fmt: skip
    scheduler.add_job(
        never_raising(jobs.refresh_news, "feeds"), "interval",
        seconds=NEWS_INTERVAL.total_seconds(), id="feeds", next_run_time=now,
    )  # fmt: skip


_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def shift_days(days: str, later: int) -> str:
    """Days of the week some days later, for cron: `mon-fri` one later is `tue,wed,thu,fri,sat`."""
    first, _dash, last = days.partition("-")
    numbers = range(_WEEK.index(first), _WEEK.index(last or first) + 1)
    return ",".join(_WEEK[(number + later) % 7] for number in numbers)


def never_raising(work: Callable[[], object], name: str) -> Callable[[], None]:
    """A job whose failure is logged and whose next time comes."""

    def run() -> None:
        try:
            work()
        except RoubleReactionError as error:
            log.warning("%s: %s", name, error)
        except Exception:
            log.exception("%s failed", name)

    return run
