"""Alerts in words: what a rule waits for, the text of an alert, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from dashboard.models.alerts import (
    RULE_KIND_LABELS,
    Alert,
    AlertMessage,
    AlertRule,
    AlertState,
    LevelSide,
    Occasion,
    RuleKind,
)
from dashboard.models.messages import at_place, deferred, join_clauses, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.presentation.escaping import clean_text
from dashboard.presentation.formatting import (
    format_day,
    format_event_time,
    format_moment,
    format_number,
    format_signed,
    format_timestamp,
)
from dashboard.presentation.incoming_events import format_publishers
from dashboard.presentation.moves import (
    describe_move,
    describe_rank,
    format_move_rates,
    format_percentile,
    name_dates,
)
from dashboard.presentation.palette import category_title
from dashboard.presentation.quoting import QuotedSeries, QuoteMode

if TYPE_CHECKING:
    from datetime import datetime

    from dashboard.models.series import SeriesCard

STATE_LABELS: Final = {
    AlertState.RECORDED: deferred("on record only"),
    AlertState.PENDING: deferred("waits"),
    AlertState.SENDING: deferred("being sent"),
    AlertState.SENT: deferred("sent"),
    AlertState.FAILED: deferred("not sent"),
    AlertState.UNCERTAIN: deferred("perhaps sent"),
}
TITLE_LIMIT: Final = 160


# ------------------------------------------------------------------ rules


def describe_rule(rule: AlertRule, card: SeriesCard | None) -> str:
    """What a rule waits for, in one phrase.

    Args:
        rule: the rule.
        card: of its series; None where it has none, or it is gone.
    """
    label = card.label if card else rule.series
    if rule.kind in {RuleKind.NEWS, RuleKind.EVENT}:
        return _describe_text_rule(rule)
    if rule.kind == RuleKind.MOVE:
        percentile = format_percentile(rule.percentile or 0.0)
        return plural(
            "{series}: a move over one rate bigger than {percentile} of those near it, in units of"
            " volatility",
            "{series}: a move over {n} rates bigger than {percentile} of those near it, in units of"
            " volatility",
            int(rule.window.partition(":")[2]) + 1,
            series=label,
            percentile=percentile,
        )
    if rule.kind == RuleKind.LEVEL:
        level = f"{rule.level:g} {card.unit if card else ''}".strip()
        message = deferred("{series}: {level} is reached from below")
        if rule.side == LevelSide.BELOW:
            message = deferred("{series}: {level} is reached from above")
        return translate_deferred(message, series=label, level=level)
    if rule.kind == RuleKind.CLAIM:
        return _("{series}: “{claim}” becomes true", series=label, claim=rule.claim)
    return _("{series}: overdue", series=label)


def _describe_text_rule(rule: AlertRule) -> str:
    category = category_title(rule.category) if rule.category else ""
    text = _("with “{text}”", text=rule.text) if rule.text else ""
    details = ", ".join(filter(None, (category, text)))
    return (
        at_place(translate_deferred(RULE_KIND_LABELS[rule.kind]), details)
        if details
        else (translate_deferred(RULE_KIND_LABELS[rule.kind]))
    )


def describe_quiet_hours(rule: AlertRule) -> str:
    """`quiet 22:00-07:00 Europe/Moscow`; empty where nothing is quiet."""
    if rule.quiet is None:
        return ""
    hours = f"{rule.quiet.since:%H:%M}–{rule.quiet.until:%H:%M}"
    return _("quiet {hours} {zone}", hours=hours, zone=rule.quiet.zone)


def name_rule(rule: AlertRule, card: SeriesCard | None) -> str:
    """The title that its person gave it, else what it waits for."""
    return rule.title or describe_rule(rule, card)


# ------------------------------------------------------------------ alerts


def write_alert(rule: AlertRule, occasion: Occasion) -> AlertMessage:
    """The text of an alert: what happened first, then the numbers and when it was known."""
    title, lines, path = _WRITERS[rule.kind](rule, occasion)
    known = _("Known from {moment}.", moment=format_moment(occasion.at))
    named = _("Rule: {rule}.", rule=name_rule(rule, occasion.card))
    text = "\n".join(clean_text(line) for line in (*filter(None, lines), known, named))
    return AlertMessage(clean_text(title)[:TITLE_LIMIT], text, path)


def _write_news(_rule: AlertRule, occasion: Occasion) -> tuple[str, list[str], str]:
    cluster = occasion.cluster
    assert cluster is not None
    report = cluster.lead.report
    lines = [format_publishers(cluster), report.excerpt, report.link]
    return _("New story: {title}", title=report.title), lines, "inbox"


def _write_event(_rule: AlertRule, occasion: Occasion) -> tuple[str, list[str], str]:
    event = occasion.event
    assert event is not None
    lines = [format_event_time(event), category_title(event.category), event.source_url]
    path = f"event?{urlencode({'id': event.id})}"
    return _("New event: {title}", title=event.title), lines, path


def _write_move(_rule: AlertRule, occasion: Occasion) -> tuple[str, list[str], str]:
    move, card = occasion.move, occasion.card
    assert move is not None
    assert card is not None
    quoting = QuotedSeries(card, QuoteMode.WEAKER)
    assert move.end is not None
    day, count = format_day(move.end.day), move.window[1] + 1
    what = describe_move(move, quoting)
    title = _("{move}, {day}", move=what, day=day)
    if count > 1:
        title = _("{move} over {n} rates to {day}", move=what, n=count, day=day)
    size = _("{points} log points", points=format_signed(move.log_points or 0.0))
    lines = [
        f"{card.label}: {format_move_rates(move, quoting)} {card.unit} ({size})",
        _("It is {rank}.", rank=describe_rank(move.ranks[0], name_dates(move))),
    ]
    return title, lines, _explore_path(occasion)


def _write_level(rule: AlertRule, occasion: Occasion) -> tuple[str, list[str], str]:
    card = occasion.card
    assert card is not None
    title = _("{series}: {level:g} is reached", series=card.label, level=rule.level)
    return title, [_rate_line(occasion)], _explore_path(occasion)


def _write_claim(rule: AlertRule, occasion: Occasion) -> tuple[str, list[str], str]:
    verdict = occasion.verdict
    assert verdict is not None
    title = _("Now true: {claim}", claim=rule.claim)
    base = ""
    if verdict.base is not None:
        base = _(
            "Compared with {day}: {rate}.",
            day=format_day(verdict.base.day),
            rate=format_number(verdict.base.rate, verdict.card.decimals),
        )
    return title, [_rate_line(occasion), base], _explore_path(occasion)


def _write_overdue(_rule: AlertRule, occasion: Occasion) -> tuple[str, list[str], str]:
    card = occasion.card
    assert card is not None
    assert occasion.last_day is not None
    title = _("Overdue: {series}", series=card.label)
    last = _("The last market day is {day}.", day=format_day(occasion.last_day))
    return title, [last, card.publisher], "data"


_WRITERS: Final = {
    RuleKind.NEWS: _write_news,
    RuleKind.EVENT: _write_event,
    RuleKind.MOVE: _write_move,
    RuleKind.LEVEL: _write_level,
    RuleKind.CLAIM: _write_claim,
    RuleKind.OVERDUE: _write_overdue,
}


def _rate_line(occasion: Occasion) -> str:
    fixing, card = occasion.fixing, occasion.card
    assert fixing is not None
    assert card is not None
    rate = format_number(fixing.rate, card.decimals)
    return _(
        "{series}: {rate} {unit} on {day}",
        series=card.label,
        rate=rate,
        unit=card.unit,
        day=format_day(fixing.day),
    )


def _explore_path(occasion: Occasion) -> str:
    fixing, card = occasion.fixing, occasion.card
    assert card is not None
    day = {"to": fixing.day.isoformat()} if fixing else {}
    return f"?{urlencode({'series': card.id, **day})}"


def describe_alert_state(alert: Alert, now: datetime) -> str:
    """What became of an alert: `sent, 22 Nov 2026, 06:10 MSK`, `not sent: refused`."""
    label = translate_deferred(STATE_LABELS[alert.state])
    if alert.state == AlertState.PENDING and alert.due > now:
        label = _("waits until {moment}", moment=format_timestamp(alert.due))
    if alert.state == AlertState.SENT and alert.settled_at is not None:
        label = f"{label}, {format_timestamp(alert.settled_at)}"
    return join_clauses(label, alert.problem) if alert.problem else label
