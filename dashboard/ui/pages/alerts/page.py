"""The Alerts page: rules and where they send, a trial over the last year, and what was sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.models.alerts import (
    RULE_KIND_LABELS,
    SERIES_KINDS,
    Alert,
    AlertMessage,
    AlertRule,
    AlertState,
    AlertTarget,
    LevelSide,
    Occasion,
    RuleKind,
)
from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import MOSCOW, Category
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Action
from dashboard.models.series import SeriesCard
from dashboard.presentation.alerts import (
    describe_alert_state,
    describe_quiet_hours,
    describe_rule,
    write_alert,
)
from dashboard.presentation.escaping import escape_markdown
from dashboard.presentation.formatting import NO_VALUE, format_timestamp
from dashboard.presentation.palette import category_title
from dashboard.services.alerts import (
    CLAIM_LIMIT,
    MAX_WINDOW,
    NAME_LIMIT,
    TITLE_LIMIT,
    TRIAL_PERIOD,
    RuleEntry,
    add_rule,
    add_target,
    try_rule,
)
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.watch import trial_message
from dashboard.ui import session
from dashboard.ui.components.elements import (
    button_type,
    draw_flash,
    draw_text_table,
    rerun_page,
    set_flash,
)
from dashboard.ui.pages.base import Page
from dashboard.ui.url_state import UrlState

PAGE_HELP: Final = deferred(
    "A rule waits for news, a move, a level or a claim, and the watch sends what it finds. It runs "
    "as a service of its own, with no page open: `python -m dashboard watch`."
)
TRIAL_KEY: Final = "alerts.trial"
TEXT_LIMIT: Final = 300
ALERTS_SHOWN: Final = 50
SIDE_LABELS: Final = {
    LevelSide.ABOVE: deferred("from below: at it or above"),
    LevelSide.BELOW: deferred("from above: at it or below"),
}


def draw(_view: UrlState) -> None:
    """Draw the page."""
    draw_flash()
    alerts = session.get_context().alerts
    try:
        rules, targets, record = alerts.rules(), alerts.targets(), alerts.alerts(ALERTS_SHOWN)
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    may_change = session.get_as_of() is None and session.may(Action.ALERT)
    if session.get_as_of() is not None:
        st.info(_("This view is frozen: rules are shown as they are now and cannot be changed."))
    _draw_rules(rules, may_change=may_change)
    if may_change:
        _draw_new_rule(targets)
    _draw_targets(targets, may_change=may_change)
    _draw_record(record, may_change=may_change)


def _change(work: Callable[[], str]) -> None:
    """Do something as a change of this reader, and say what was done or why it was not."""
    try:
        session.require_live_view()
        session.count_against_limit("write")
        set_flash(work())
    except RoubleReactionError as error:
        set_flash(_("Not done: {error}", error=error))


def _get_cards() -> dict[str, SeriesCard]:
    return {card.id: card for card in session.get_cards()}


# ------------------------------------------------------------------ rules


def _draw_rules(rules: tuple[AlertRule, ...], *, may_change: bool) -> None:
    st.subheader(_("Rules"), anchor="rules")
    if not rules:
        st.markdown(_("There is no rule yet."))
    cards = _get_cards()
    for rule in rules:
        with st.container(border=True, gap="small"):
            _draw_rule(rule, cards.get(rule.series), may_change=may_change)


def _draw_rule(rule: AlertRule, card: SeriesCard | None, *, may_change: bool) -> None:
    described = escape_markdown(describe_rule(rule, card), TEXT_LIMIT)
    title = escape_markdown(rule.title, TITLE_LIMIT)
    st.markdown(f"**{title}**  \n{described}" if title else f"**{described}**")
    sent = (
        _("sent to {target}", target=rule.target)
        if rule.target
        else _("on record only, sent nowhere")
    )
    st.caption(
        " · ".join(
            filter(None, (escape_markdown(sent), escape_markdown(describe_quiet_hours(rule))))
        )
    )
    with st.container(horizontal=True):
        if st.button(_("What would it have sent in the last year?"), key=f"alerts.try.{rule.id}"):
            st.session_state[TRIAL_KEY] = _try_rule(rule)
        with st.popover(_("Remove"), disabled=not may_change):
            st.markdown(_("What it has raised stays on record."))
            st.button(
                _("Remove it"), key=f"alerts.remove.{rule.id}", on_click=_change,
                args=(partial(_remove_rule, rule),),
            )  # fmt: skip
    trial = st.session_state.get(TRIAL_KEY)
    if trial is not None and trial.rule_id == rule.id:
        _draw_trial(trial)


def _remove_rule(rule: AlertRule) -> str:
    session.get_context().alerts.remove_rule(rule.id)
    return _("The rule was removed")


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a rule would have sent, or why that cannot be known."""

    rule_id: str
    alerts: tuple[tuple[Occasion, AlertMessage], ...] = ()
    problem: str = ""


def _try_rule(rule: AlertRule) -> _Trial:
    from dashboard.container import known_data

    until = session.get_view_time()
    context = session.get_process_context()  # the rule is this reader's, and so what it sees
    try:
        session.count_against_limit("study")
        with st.spinner(_("Going through the last year …")):
            work = partial(
                try_rule, rule, partial(known_data, context), until - TRIAL_PERIOD, until
            )
            occasions = context.heavy_reads.run(work)
    except RoubleReactionError as error:
        return _Trial(rule.id, problem=str(error))
    return _Trial(rule.id, tuple((each, write_alert(rule, each)) for each in occasions))


def _draw_trial(trial: _Trial) -> None:
    if trial.problem:
        st.error(escape_markdown(trial.problem, TEXT_LIMIT))
        return
    count = len(trial.alerts)
    st.markdown(
        plural(
            "In the last year it would have raised **{n:,} alert**, by what was known then.",
            "In the last year it would have raised **{n:,} alerts**, by what was known then.",
            count,
        )
    )
    if count:
        columns = {
            _("Known from"): [format_timestamp(each.at) for each, _message in trial.alerts],
            _("Alert"): [escape_markdown(m.title, TEXT_LIMIT) for _each, m in trial.alerts],
        }
        draw_text_table(columns, _("The alerts of the last year"))


# ------------------------------------------------------------------ a new rule


def _draw_new_rule(targets: tuple[AlertTarget, ...]) -> None:
    with st.expander(_("New rule"), icon=":material/add:", key="alerts.new"):
        chosen = st.selectbox(
            _("It waits for"),
            [kind.value for kind in RuleKind],
            format_func=lambda value: translate_deferred(RULE_KIND_LABELS[RuleKind(value)]),
            key="alerts.kind",
        )
        kind = RuleKind(chosen)
        with st.form("alerts.form", border=False):
            fields = _draw_number_fields(kind) if kind in SERIES_KINDS else _draw_text_fields()
            fields |= _draw_delivery_fields(targets)
            if st.form_submit_button(_("Add the rule"), type=button_type()):
                _change(partial(_add_rule, RuleEntry(kind, **fields)))
                rerun_page()


def _draw_text_fields() -> dict[str, Any]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        category = st.selectbox(
            _("Category"),
            ["", *(each.value for each in Category)],
            format_func=lambda each: category_title(each) if each else _("every one"),
            key="alerts.category",
            width=260,
        )
        text = st.text_input(
            _("Words it must contain"), max_chars=TITLE_LIMIT, key="alerts.text", width=260
        )
    return {"category": category, "text": text}


def _draw_number_fields(kind: RuleKind) -> dict[str, Any]:
    cards = _get_cards()
    needs_price = kind in {RuleKind.MOVE, RuleKind.CLAIM}
    names = [name for name, card in cards.items() if card.is_price or not needs_price]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        series = st.selectbox(
            _("Series"), names, format_func=lambda name: cards[name].label,
            index=names.index(DEFAULT_SERIES), key="alerts.series", width=320,
        )  # fmt: skip
        return {"series": series} | _FIELDS[kind]()


def _draw_move_fields() -> dict[str, Any]:
    percentile = st.number_input(
        _("Bigger than, per cent"),
        min_value=50.0, max_value=99.9, value=95.0, step=0.5, format="%.1f",
        key="alerts.percentile", width=170,
        help=_("Of the moves near it, in units of the volatility before each."),
    )  # fmt: skip
    rates = st.number_input(
        _("Over so many rates"), min_value=1, max_value=MAX_WINDOW + 1, value=1,
        key="alerts.rates", width=170, help=_("The window ends with the newest rate."),
    )  # fmt: skip
    return {"percentile": percentile, "window": f"0:{rates - 1}"}


def _draw_level_fields() -> dict[str, Any]:
    level = st.number_input(
        _("Level"), value=None, format="%.4f", key="alerts.level", width=170,
        placeholder=_("as 80"),
    )  # fmt: skip
    side = st.selectbox(
        _("Reached"), list(LevelSide), key="alerts.side", width=240,
        format_func=lambda each: translate_deferred(SIDE_LABELS[each]),
    )  # fmt: skip
    return {"level": level, "side": side}


def _draw_claim_fields() -> dict[str, Any]:
    claim = st.text_input(
        _("Claim"), max_chars=CLAIM_LIMIT, key="alerts.claim", width=380,
        placeholder=_("the rouble is the strongest since June 2024"),
    )  # fmt: skip
    return {"claim": claim}


_FIELDS: Final[dict[RuleKind, Callable[[], dict[str, Any]]]] = {
    RuleKind.MOVE: _draw_move_fields,
    RuleKind.LEVEL: _draw_level_fields,
    RuleKind.CLAIM: _draw_claim_fields,
    RuleKind.OVERDUE: dict,
}


def _draw_delivery_fields(targets: tuple[AlertTarget, ...]) -> dict[str, Any]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            _("Name of the rule"), max_chars=TITLE_LIMIT, key="alerts.title", width=260,
            placeholder=_("optional"),
        )  # fmt: skip
        target = st.selectbox(
            _("Send to"),
            ["", *(target.name for target in targets)],
            format_func=lambda name: name or _("nobody: only on record"),
            key="alerts.target",
            width=240,
        )
        quiet = st.text_input(
            _("Quiet hours"), placeholder="22:00-07:00", key="alerts.quiet", width=150,
            help=_("An alert of these hours is sent when they end."),
        )  # fmt: skip
        zone = st.text_input(_("Time zone"), value=MOSCOW, key="alerts.zone", width=180)
    return {"title": title, "target": target, "quiet": quiet, "zone": zone}


def _add_rule(entry: RuleEntry) -> str:
    from dashboard.container import known_data

    context = session.get_context()
    data = known_data(session.get_process_context())
    rule = add_rule(context.alerts, entry, context.notes.person, data)
    card = _get_cards().get(rule.series)
    return _("The rule counts from now on: {rule}", rule=describe_rule(rule, card))


# ------------------------------------------------------------------ targets


def _draw_targets(targets: tuple[AlertTarget, ...], *, may_change: bool) -> None:
    st.subheader(_("Where alerts are sent"), anchor="targets")
    if not targets:
        st.markdown(_("Nowhere yet: alerts are only on record, below."))
    for target in targets:
        with st.container(horizontal=True, vertical_alignment="center"):
            label = escape_markdown(target.label, TEXT_LIMIT)
            st.markdown(f"**{escape_markdown(target.name)}** · {label}", width="stretch")
            st.button(
                _("Send a trial"), key=f"alerts.send.{target.name}", disabled=not may_change,
                on_click=_change, args=(partial(_send_trial, target),),
            )  # fmt: skip
            with st.popover(_("Remove"), disabled=not may_change):
                st.markdown(_("Its address is deleted; rules that name it send no more."))
                st.button(
                    _("Remove it"), key=f"alerts.forget.{target.name}", on_click=_change,
                    args=(partial(_remove_target, target),),
                )  # fmt: skip
    if may_change:
        _draw_new_target()


def _draw_new_target() -> None:
    with (
        st.expander(_("New target"), icon=":material/add:", key="alerts.new_target"),
        st.form("alerts.target_form", border=False, clear_on_submit=True),
    ):
        name = st.text_input(_("Name"), max_chars=NAME_LIMIT, key="alerts.target_name")
        address = st.text_input(
            _("Address"),
            type="password",
            key="alerts.address",
            placeholder="mailto://user:password@mail.example.org?to=desk@example.org",
            help=_(
                "Mail, Slack, Telegram, Discord and others as Apprise writes them, or the web "
                "address of a webhook. It holds a secret, so that it is never shown again."
            ),
        )
        if st.form_submit_button(_("Add the target"), type=button_type()):
            _change(partial(_add_target, name, address))
            rerun_page()


def _add_target(name: str, address: str) -> str:
    from dashboard.container import parse_alert_target

    context = session.get_context()
    parsed = parse_alert_target(address)
    target = AlertTarget(context.notes.person, name, parsed.label, session.get_wall_time())
    stored = add_target(context.alerts, target, parsed.address)
    return _("{name} was added: {service}", name=stored.name, service=stored.label)


def _remove_target(target: AlertTarget) -> str:
    session.get_context().alerts.remove_target(target.name)
    return _("{name} was removed", name=target.name)


def _send_trial(target: AlertTarget) -> str:
    from dashboard.container import alert_sender

    session.count_against_limit("fetch")
    context = session.get_context()
    address = context.alerts.own_address(target.name)
    delivery = alert_sender(context.settings)(address or "", trial_message())
    if delivery.problem:
        return _("Not sent to {name}: {problem}", name=target.name, problem=delivery.problem)
    return _("A trial was sent to {name}", name=target.name)


# ------------------------------------------------------------------ the record


def _draw_record(record: tuple[Alert, ...], *, may_change: bool) -> None:
    st.subheader(_("Alerts"), anchor="record")
    if not record:
        st.markdown(_("No alert yet."))
        return
    now = session.get_wall_time()
    columns = {
        _("Known from"): [format_timestamp(alert.at) for alert in record],
        _("Alert"): [escape_markdown(alert.message.title, TEXT_LIMIT) for alert in record],
        _("Sent to"): [escape_markdown(alert.target) or NO_VALUE for alert in record],
        _("State"): [
            escape_markdown(describe_alert_state(alert, now), TEXT_LIMIT) for alert in record
        ],
    }
    draw_text_table(columns, _("The last alerts"))
    open_alerts = [a for a in record if a.state in {AlertState.FAILED, AlertState.UNCERTAIN}]
    if open_alerts and may_change:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                _("Send again"), open_alerts, key="alerts.again", width=420,
                format_func=lambda alert: alert.message.title,
                help=_("One that perhaps arrived may then arrive twice."),
            )  # fmt: skip
            st.button(
                _("Let the watch send it"), key="alerts.send_again", on_click=_change,
                args=(partial(_send_again, chosen),),
            )  # fmt: skip


def _send_again(alert: Alert) -> str:
    session.get_context().alerts.send_again(alert.id)
    return _("It waits for the watch")


PAGE = Page(
    "alerts", deferred("Alerts"), ":material/notifications:", "alerts", draw,
    heading=deferred("Alerts"), purpose=PAGE_HELP,
)  # fmt: skip
