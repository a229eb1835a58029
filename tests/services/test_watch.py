"""The watch: attempts, retries and what is never repeated, on a real store; and its schedule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from dashboard.config import Settings
from dashboard.container import live_sources
from dashboard.models.alerts import AlertMessage, AlertState, Delivery
from dashboard.services.watch import RETRY_AFTER, Watch, plan_sources, shift_days
from dashboard.storage.alerts import AlertRepository
from dashboard.storage.notes import NoteRepository
from tests.storage.alerts_form import ADDRESS, ALERT, AT, RULE, TARGET

SENT = Delivery()
REFUSED = Delivery("the connection was refused")
GONE = Delivery("it answered 404 Not Found", is_final=True)
SILENT = Delivery("no answer within 20 s; it may have arrived", is_uncertain=True)


class Sender:
    """Answers an attempt with the next of some results, and counts them."""

    def __init__(self, *results):
        self.results = list(results)
        self.addresses = []

    def __call__(self, address, message):
        assert message == ALERT.message
        self.addresses.append(address)
        return self.results.pop(0)


@pytest.fixture
def store(tmp_path):
    notes = NoteRepository(f"sqlite:///{tmp_path / 'events.db'}", person="anna")
    alerts = AlertRepository(notes, clock=lambda: AT)
    alerts.add_target(TARGET, ADDRESS)
    alerts.add_rule(replace(RULE, target="desk"))
    alerts.raise_alert(ALERT)
    yield alerts
    notes.close()


def watch(store, sender, **more):
    return Watch(store, lambda _rule, _occasion: AlertMessage("", ""), sender, **more)


def deliver(store, sender, later=timedelta()):
    watch(store, sender).deliver(AT + later)
    (alert,) = store.alerts()
    return alert


def test_an_alert_is_sent_once(store):
    sender = Sender(SENT)
    assert deliver(store, sender).state == AlertState.SENT
    assert deliver(store, sender, timedelta(days=1)).settled_at == AT
    assert sender.addresses == [ADDRESS]


def test_a_refusal_is_tried_again_after_ever_longer_waits_and_then_given_up(store):
    sender, at = Sender(*[REFUSED] * 5), timedelta()
    for wait in RETRY_AFTER:
        alert = deliver(store, sender, at)
        assert (alert.state, alert.due) == (AlertState.PENDING, AT + at + wait)
        assert deliver(store, sender, at + wait - timedelta(seconds=1)) == alert  # not yet
        at += wait
    alert = deliver(store, sender, at)
    assert (alert.state, alert.attempts) == (AlertState.FAILED, 5)
    assert alert.problem == "the connection was refused"


@pytest.mark.parametrize(
    ("result", "state"), [(GONE, AlertState.FAILED), (SILENT, AlertState.UNCERTAIN)]
)
def test_what_cannot_be_helped_or_may_have_arrived_is_not_tried_again(store, result, state):
    sender = Sender(result)
    alert = deliver(store, sender)
    assert (alert.state, alert.problem) == (state, result.problem)
    assert deliver(store, sender, timedelta(days=9)) == alert


def test_a_target_that_is_gone_and_a_person_without_a_role_get_nothing(store):
    sender = Sender()
    left = watch(store, sender, may_receive=lambda _person: False)
    left.deliver(AT)
    (alert,) = store.alerts()
    assert (alert.state, alert.problem) == (
        AlertState.FAILED, "its person has no role here any more",
    )  # fmt: skip
    store.send_again(alert.id)
    store.remove_target("desk")
    assert deliver(store, sender).problem == "there is no target of this name any more"


def test_two_watches_at_once_do_not_send_the_same_alert(store):
    second = Sender()

    class First(Sender):
        def __call__(self, address, message):
            watch(store, second).deliver(AT)  # while the first is sending
            return super().__call__(address, message)

    assert deliver(store, First(SENT)).state == AlertState.SENT
    assert second.addresses == []


# ---- the schedule


@pytest.fixture
def plans(dashboard_home):
    planned = plan_sources(live_sources(Settings()))
    return {series: plan for plan in planned for series in plan.series}


def next_request(plan, after):
    times = [
        CronTrigger(
            day_of_week=shift_days(plan.days, days), hour=hour, minute=minute, timezone=plan.zone
        ).get_next_fire_time(None, after)
        for days, hour, minute in plan.times()
    ]
    return min(times).astimezone(UTC)


@pytest.mark.parametrize(
    ("series", "after", "expected"),
    [  # a publisher's own clock: Frankfurt's changes between winter and summer, Moscow's does not
        ("usd_rub_cbr", (2026, 3, 27, 6), (2026, 3, 27, 13)),
        ("usd_rub_cbr", (2026, 3, 30, 6), (2026, 3, 30, 13)),
        ("eur_usd_ecb", (2026, 3, 27, 6), (2026, 3, 27, 15)),
        ("eur_usd_ecb", (2026, 3, 30, 6), (2026, 3, 30, 14)),
        ("eur_usd_ecb", (2026, 3, 28, 0), (2026, 3, 30, 14)),  # from a Saturday to Monday
        ("broad_dollar_fred", (2026, 3, 31, 1), (2026, 4, 6, 20, 15)),  # Mondays in New York
    ],
)
def test_a_source_is_requested_by_the_clock_of_its_publisher(plans, series, after, expected):
    moment = datetime(*after, tzinfo=UTC)
    assert next_request(plans[series], moment) == datetime(*expected, tzinfo=UTC)


def test_every_series_that_goes_on_has_a_clock_and_bars_have_none(plans):
    cards = [card for source in live_sources(Settings()) for card in source.cards()]
    expected = {c.id for c in cards if not c.bar_minutes and c.history_until is None}
    assert set(plans) == expected
    assert all(ZoneInfo(plan.zone) for plan in plans.values())


def test_requests_after_midnight_belong_to_the_next_day_of_the_week():
    assert shift_days("mon-fri", 0) == "mon,tue,wed,thu,fri"
    assert shift_days("mon-sat", 1) == "tue,wed,thu,fri,sat,sun"
    assert shift_days("sun-sun", 1) == "mon"
