"""Commands of the watch and of alerts: rules, targets, trials, and what is on record."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeAlias
from zoneinfo import ZoneInfo

from dashboard.cli import options
from dashboard.cli.context import EXIT_FAILED, fetch_tickers, get_context
from dashboard.cli.options import Arg, JsonOption, Opt, command_group
from dashboard.models.alerts import AlertTarget, LevelSide, RuleKind
from dashboard.models.errors import InputError, RoubleReactionError, StoreError
from dashboard.models.event import MOSCOW
from dashboard.models.messages import deferred, plural
from dashboard.models.messages import translate as _
from dashboard.services.notes import utc_now

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.alerts import AlertRule
    from dashboard.models.series import SeriesCard
    from dashboard.services.live_rates import RefreshRequest
    from dashboard.services.watch import Watch, WatchJobs


# ------------------------------------------------------------------ the watch


def watch(
    *,
    once: Annotated[
        bool, Opt("--once", help=deferred("Refresh, judge and send once, then end."))
    ] = False,
    since: Annotated[
        str | None,
        Opt("--from", metavar="DATE", help=deferred("Watch the past from this day on: a drill.")),
    ] = None,
    until: Annotated[
        str | None, Opt("--until", metavar="DATE", help=deferred("Last day of the drill."))
    ] = None,
) -> int:
    """Refresh rates and feeds when they are published, judge the alert rules, send alerts."""
    from dashboard.cli import output

    context = get_context()
    if until and not since:
        raise InputError(_("needs --from, the first day of the drill"), field="until", value=until)
    with context.alerts.watch_lock() as is_alone:
        if not is_alone:
            msg = _("another watch runs on this database; one is enough, stop it first")
            raise StoreError(msg)
        service = _build_watch(context)
        lost = service.recover()
        if lost:
            output.print_notices(
                [plural("{n} alert may have been sent", "{n} alerts may have been sent", lost)]
            )
        if since:
            return _replay(context, service, _read_drill(since, until))
        if once:
            return _watch_once(context, service)
        return _watch_until_stopped(context, service)


def _build_watch(context: AppContext) -> Watch:
    from dashboard.container import alert_sender, may_receive
    from dashboard.presentation.alerts import write_alert
    from dashboard.services.watch import Watch

    return Watch(
        context.alerts, write_alert, alert_sender(context.settings), partial(may_receive, context)
    )


def _read_drill(since: str, until: str | None) -> tuple[datetime, datetime]:
    """The beginning of the first day and the end of the last one, in Moscow."""
    first = options.read_day("from", since)
    last = options.read_day("until", until) if until else _today()
    if last < first:
        raise InputError(_("lies before the first day"), field="until", value=last)
    return _midnight(first), min(_midnight(last + timedelta(days=1)), utc_now())


def _today() -> date:
    return utc_now().astimezone(ZoneInfo(MOSCOW)).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(MOSCOW)).astimezone(UTC)


def _replay(context: AppContext, service: Watch, period: tuple[datetime, datetime]) -> int:
    from dashboard.cli import output
    from dashboard.container import known_data

    done = service.replay(partial(known_data, context), *period)
    output.print_notices(done.problems)
    output.print_line(plural("{n} alert raised", "{n} alerts raised", done.raised))
    return 0


def _watch_once(context: AppContext, service: Watch) -> int:
    from dashboard.cli import output
    from dashboard.container import known_data
    from dashboard.services.live_rates import RefreshRequest

    jobs = _watch_jobs(context, service)
    problems = []
    if not context.settings.dashboard_offline:
        for work in (partial(jobs.refresh_rates, RefreshRequest()), jobs.refresh_news):
            try:
                work()
            except RoubleReactionError as error:
                problems.append(str(error))
    done = service.evaluate(known_data(context))
    sent = service.deliver(utc_now())
    output.print_notices([*problems, *done.problems])
    output.print_line(
        _(
            "{raised}, {sent}",
            raised=plural("{n} alert raised", "{n} alerts raised", done.raised),
            sent=plural("{n} sent", "{n} sent", sent),
        )
    )
    return EXIT_FAILED if problems else 0


def _watch_jobs(context: AppContext, service: Watch) -> WatchJobs:
    from dashboard.container import enabled_feeds, known_data
    from dashboard.services.live_rates import refresh_rates
    from dashboard.services.news import refresh_news
    from dashboard.services.watch import WatchJobs

    def refresh(request: RefreshRequest) -> None:
        refresh_rates(context.known, context.rate_cache, request, utc_now)

    def refresh_feeds() -> None:
        feeds = enabled_feeds(context.feeds, context.feed_client, context.settings)
        refresh_news(feeds, context.inbox, utc_now)

    def evaluate() -> None:
        service.evaluate(known_data(context))
        service.deliver(utc_now())

    return WatchJobs(refresh, refresh_feeds, evaluate)


def _watch_until_stopped(context: AppContext, service: Watch) -> int:
    from dashboard.cli import output
    from dashboard.config import configure_json_logging
    from dashboard.services.watch import run_watch

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: stop.set())
    rules = len(context.alerts.rules_of_everyone())
    output.print_line(
        plural(
            "Watching with {n} rule; Ctrl-C ends it.", "Watching with {n} rules; Ctrl-C ends it.",
            rules,
        )
    )  # fmt: skip
    sys.stdout.flush()
    configure_json_logging()
    run_watch(
        context.known.live_sources,
        _watch_jobs(context, service),
        stop,
        is_offline=context.settings.dashboard_offline,
    )
    return 0


# ------------------------------------------------------------------ rules

alert_commands = command_group(
    deferred("Make alert rules, try them on the past, and see what was sent.")
)

RuleIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help=deferred("As `alerts list` prints it."))
]


@alert_commands.command("add")
def add_alert_rule(  # noqa: PLR0913 - the fields of a rule
    kind: Annotated[RuleKind, Arg(help=deferred("What it waits for."))],
    *,
    title: Annotated[str, Opt(help=deferred("What you call it."))] = "",
    series: Annotated[str, Opt(metavar="ID", help=deferred("Of a rule about numbers."))] = "",
    category: Annotated[
        str, Opt(metavar="C", help=deferred("Of stories and events; else all."))
    ] = "",
    text: Annotated[str, Opt(help=deferred("That a story or an event must contain."))] = "",
    window: Annotated[
        str, Opt(help=deferred("Of a move: 0:0 is the last one, 0:4 the move over five rates."))
    ] = "0:0",
    percentile: Annotated[
        float | None, Opt(help=deferred("Of a move: bigger than so many per cent of those near."))
    ] = None,
    level: Annotated[float | None, Opt(help=deferred("The number to be reached."))] = None,
    side: Annotated[
        LevelSide, Opt(help=deferred("Reached when the number comes to this side."))
    ] = LevelSide.ABOVE,
    claim: Annotated[str, Opt(help=deferred("A sentence about the rate."))] = "",
    quiet: Annotated[
        str, Opt(metavar="HH:MM-HH:MM", help=deferred("Nothing is sent in these hours."))
    ] = "",
    zone: Annotated[str, Opt(metavar="NAME", help=deferred("Time zone of these hours."))] = MOSCOW,
    target: Annotated[
        str, Opt(metavar="NAME", help=deferred("Where it is sent; else only on record."))
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Add a rule; it counts from now on."""
    from dashboard.cli import output
    from dashboard.container import known_data
    from dashboard.services.alerts import RuleEntry, add_rule, rule_json

    entry = RuleEntry(
        kind, title, series, category, text, window, percentile, level, side, claim, quiet, zone,
        target,
    )  # fmt: skip
    context = get_context()
    fetch_tickers(context, [series])
    rule = add_rule(context.alerts, entry, context.notes.person, known_data(context))
    if as_json:
        output.print_json(rule_json(rule))
    else:
        output.print_line(f"{rule.id} added: {_rule_text(context, rule)}")


@alert_commands.command("list")
def list_alert_rules(*, as_json: JsonOption = False) -> None:
    """List your rules."""
    from dashboard.cli import listings, output
    from dashboard.services.alerts import rule_json

    context = get_context()
    rules = context.alerts.rules()
    if as_json:
        output.print_json([rule_json(rule) for rule in rules])
    else:
        listings.show_alert_rules(rules, {card.id: card for card in context.known.all_cards()})


@alert_commands.command("remove")
def remove_alert_rule(rule_id: RuleIdArgument, *, as_json: JsonOption = False) -> None:
    """Remove a rule; what it has raised stays on record."""
    from dashboard.cli import output

    rule = get_context().alerts.remove_rule(rule_id)
    if as_json:
        output.print_json({"removed": rule.id})
    else:
        output.print_line(_("{id} removed", id=rule.id))


@alert_commands.command("test")
def try_alert_rule(
    rule_id: RuleIdArgument,
    *,
    since: options.SinceOption = None,
    until: options.UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a rule would have sent in the last year, by what was known at each moment."""
    from dashboard.cli import listings, output
    from dashboard.container import known_data
    from dashboard.presentation.alerts import write_alert
    from dashboard.services.alerts import TRIAL_PERIOD, trial_json, try_rule

    context = get_context()
    rule = _find_rule(context, rule_id)
    first, last = options.read_period(since, until)
    end = utc_now() if last is None else min(_midnight(last + timedelta(days=1)), utc_now())
    start = end - TRIAL_PERIOD if first is None else _midnight(first)
    if end <= start:
        raise InputError(_("lies after the last day"), field="since", value=start.date())
    occasions = try_rule(rule, partial(known_data, context), start, end)
    alerts = [(occasion, write_alert(rule, occasion)) for occasion in occasions]
    if as_json:
        output.print_json(trial_json(alerts))
    else:
        listings.show_alert_trial(alerts)


def _find_rule(context: AppContext, rule_id: str) -> AlertRule:
    rule = next((rule for rule in context.alerts.rules() if rule.id == rule_id), None)
    if rule is None:
        msg = _("there is no rule of this id; see `alerts list`")
        raise InputError(msg, field="ID", value=rule_id[:60])
    return rule


def _rule_text(context: AppContext, rule: AlertRule) -> str:
    from dashboard.presentation.alerts import describe_rule

    cards: dict[str, SeriesCard] = {card.id: card for card in context.known.all_cards()}
    return describe_rule(rule, cards.get(rule.series))


# ------------------------------------------------------------------ targets and the record


@alert_commands.command("targets")
def list_alert_targets(*, as_json: JsonOption = False) -> None:
    """List where your alerts can be sent; addresses, which hold secrets, are not shown."""
    from dashboard.cli import listings, output

    targets = get_context().alerts.targets()
    if as_json:
        output.print_json([{"name": each.name, "service": each.label} for each in targets])
    else:
        listings.show_alert_targets(targets)


@alert_commands.command("add-target")
def add_alert_target(
    name: Annotated[str, Arg(metavar="NAME", help=deferred("What you call it."))],
    address: Annotated[
        str,
        Arg(
            metavar="ADDRESS",
            help=deferred("As Apprise writes it, or a web address; - reads it from the input."),
        ),
    ],
) -> None:
    """Store where alerts are sent: mail, Slack, Telegram, a webhook; it is never shown again."""
    from dashboard.cli import output
    from dashboard.container import parse_alert_target
    from dashboard.services.alerts import add_target

    context = get_context()
    parsed = parse_alert_target(sys.stdin.readline() if address == "-" else address)
    target = AlertTarget(context.notes.person, name, parsed.label, utc_now())
    stored = add_target(context.alerts, target, parsed.address)
    output.print_line(_("{name} added: {service}", name=stored.name, service=stored.label))


@alert_commands.command("remove-target")
def remove_alert_target(
    name: Annotated[str, Arg(metavar="NAME", help=deferred("As `alerts targets` prints it."))],
) -> None:
    """Delete a target with its address."""
    from dashboard.cli import output

    removed = get_context().alerts.remove_target(name)
    output.print_line(_("{name} removed", name=removed.name))


@alert_commands.command("try-target")
def try_alert_target(
    name: Annotated[str, Arg(metavar="NAME", help=deferred("As `alerts targets` prints it."))],
) -> int:
    """Send one message to a target, to see that it arrives."""
    from dashboard.cli import output
    from dashboard.container import alert_sender
    from dashboard.services.watch import trial_message

    context = get_context()
    address = context.alerts.own_address(name)
    if address is None:
        msg = _("there is no target of this name; see `alerts targets`")
        raise InputError(msg, field="NAME", value=name[:60])
    delivery = alert_sender(context.settings)(address, trial_message())
    output.print_line(delivery.problem or _("sent to {name}", name=name))
    return EXIT_FAILED if delivery.problem else 0


@alert_commands.command("log")
def list_alerts(
    *,
    most: Annotated[int, Opt("--most", min=1, max=10_000, help=deferred("Only so many."))] = 100,
    as_json: JsonOption = False,
) -> None:
    """List the alerts on record, the newest first: what was sent, what failed and why."""
    from dashboard.cli import listings, output
    from dashboard.services.alerts import alert_json

    alerts = get_context().alerts.alerts(most)
    if as_json:
        output.print_json([alert_json(alert) for alert in alerts])
    else:
        listings.show_alerts(alerts, utc_now())


@alert_commands.command("send-again")
def send_alert_again(
    number: Annotated[int, Arg(metavar="NUMBER", help=deferred("As `alerts log` prints it."))],
) -> None:
    """Let an alert that failed, or that perhaps arrived, be sent once more by the watch."""
    from dashboard.cli import output

    get_context().alerts.send_again(number)
    output.print_line(_("alert {number} waits for the watch", number=number))
