"""What every store does with rules, targets and alerts; a test module adds `url` and `store`."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from dashboard.models.alerts import (
    Alert,
    AlertMessage,
    AlertRule,
    AlertState,
    AlertTarget,
    QuietHours,
    RuleKind,
)
from dashboard.models.errors import InputError
from dashboard.storage.alerts import AlertRepository

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
RULE = AlertRule(
    "rule-1", "anna", "Big moves", RuleKind.MOVE, series="usd_rub_cbr", window="0:4",
    percentile=97.5, quiet=QuietHours(time(22), time(7), "Asia/Yekaterinburg"), created=AT,
    known_until=AT,
)  # fmt: skip
TARGET = AlertTarget("anna", "desk", "E-Mail at mail.example.org", AT)
ADDRESS = "mailto://anna:a-password@mail.example.org?to=desk@example.org"
ALERT = Alert(
    0, "rule-1", "Big moves", "anna", "usd_rub_cbr 2026-11-26", AT, AT,
    AlertMessage("Rouble 5 % weaker", "two\nlines", "?series=usd_rub_cbr"), "desk",
    AlertState.PENDING, AT,
)  # fmt: skip


def alerts_of(store, person):
    return AlertRepository(store.for_user(person), clock=lambda: AT)


@pytest.fixture
def alerts(store):
    return alerts_of(store, "anna")


@pytest.fixture
def raised(alerts):
    alerts.add_target(TARGET, ADDRESS)
    alerts.add_rule(replace(RULE, target="desk"))
    assert alerts.raise_alert(ALERT)
    return alerts


class AlertsForm:
    def test_a_rule_comes_back_as_it_was_to_its_person_alone(self, store, alerts):
        level = replace(RULE, id="rule-2", kind=RuleKind.LEVEL, level=80.0, quiet=None)
        alerts.add_rule(RULE)
        alerts.add_rule(level)
        assert alerts.rules() == (RULE, level)
        assert alerts_of(store, "boris").rules() == ()
        assert alerts_of(store, "").rules_of_everyone() == (RULE, level)
        with pytest.raises(InputError, match="no rule of this id"):
            alerts_of(store, "boris").remove_rule("rule-1")
        assert alerts.remove_rule("rule-1").removed == AT
        assert alerts.rules() == (level,)

    def test_the_address_of_a_target_is_read_by_its_person_and_the_watch_only(self, store, alerts):
        alerts.add_target(TARGET, ADDRESS)
        assert alerts.targets() == (TARGET,)
        assert "a-password" not in repr(alerts.targets())
        others = alerts_of(store, "boris")
        assert (others.targets(), others.own_address("desk")) == ((), None)
        assert others.address("anna", "desk") == alerts.own_address("desk") == ADDRESS
        with pytest.raises(InputError, match="one of this name already"):
            alerts.add_target(TARGET, ADDRESS)
        with pytest.raises(InputError, match="no target of this name"):
            alerts.add_rule(replace(RULE, target="nowhere"))
        alerts.remove_target("desk")
        assert alerts.own_address("desk") is None

    def test_an_occasion_of_a_rule_counts_once(self, raised):
        assert not raised.raise_alert(replace(ALERT, message=AlertMessage("again", "")))
        (alert,) = raised.alerts()
        assert alert == replace(ALERT, id=alert.id)
        assert raised.due(AT - timedelta(seconds=1)) == ()
        assert raised.due(AT) == (alert,)

    def test_an_alert_is_being_sent_once_and_after_a_crash_it_is_not_sent_again(self, raised):
        (alert,) = raised.alerts()
        assert raised.claim(alert.id)
        assert not raised.claim(alert.id)
        assert raised.due(AT) == ()
        assert raised.recover("it may have arrived") == 1
        (left,) = raised.alerts()
        assert (left.state, left.attempts, left.problem) == (
            AlertState.UNCERTAIN, 1, "it may have arrived",
        )  # fmt: skip
        raised.send_again(alert.id)
        assert [each.id for each in raised.due(AT)] == [alert.id]

    def test_nobody_has_the_alert_of_another_person_sent_again(self, store, raised):
        (alert,) = raised.alerts()
        raised.settle(replace(alert, state=AlertState.FAILED, problem="refused"))
        assert alerts_of(store, "boris").alerts() == ()
        with pytest.raises(InputError, match="no alert of this number"):
            alerts_of(store, "boris").send_again(alert.id)

    def test_everything_is_on_record_for_its_person_and_no_secret_is(self, store, raised):
        (alert,) = raised.alerts()
        raised.settle(replace(alert, state=AlertState.SENT, settled_at=AT))
        raised.remove_rule("rule-1")
        raised.remove_target("desk")
        entries = store.for_user("anna").audit.entries(20)
        assert [entry.action for entry in reversed(entries)] == [
            "alert-target-add", "alert-rule-add", "alert", "alert-send", "alert-rule-remove",
            "alert-target-remove",
        ]  # fmt: skip
        record = json.dumps([(entry.before, entry.after) for entry in entries])
        assert "a-password" not in record
        seen_by_others = store.for_user("boris").audit.entries(20)
        assert {(each.before, each.after) for each in seen_by_others} == {(None, None)}

    def test_one_process_holds_the_lock_of_the_watch(self, store, alerts):
        with alerts.watch_lock() as first, alerts_of(store, "boris").watch_lock() as second:
            assert (first, second) == (True, False)
        with alerts.watch_lock() as again:
            assert again
