"""The commands of alerts: rules, targets, trials and bad input, one line each."""

import pytest

from tests.loopback_receivers import webhook

SERIES = ("--series", "usd_rub_cbr")


def test_a_rule_is_added_listed_tried_and_removed(run_cli):
    added = run_cli("alerts", "add", "level", *SERIES, "--level", "80", "--title", "Eighty",
                    "--quiet", "22:00-07:00", "--json").json  # fmt: skip
    assert added == run_cli("alerts", "list", "--json").json[0]
    assert (added["level"], added["side"], added["quiet"]) == (80.0, "above", "22:00-07:00")
    trial = run_cli("alerts", "test", added["id"], "--since", "2026-03-01", "--until",
                    "2026-03-31", "--json").json  # fmt: skip
    # 79.0671 is followed by 80.2254, dated 14 March 2026 and known the day before at 15:30.
    assert [(row["at"], row["title"]) for row in trial] == [
        ("2026-03-13T12:30:00Z", "USD/RUB, Bank of Russia: 80 is reached")
    ]
    assert "80.2254 RUB per USD on 13 Mar 2026" in trial[0]["text"]
    assert run_cli("alerts", "log", "--json").json == []  # a trial leaves nothing
    assert run_cli("alerts", "remove", added["id"]).code == 0
    assert run_cli("alerts", "list", "--json").json == []


def test_an_alert_about_a_move_says_its_rank_and_among_how_many(run_cli):
    rule = run_cli("alerts", "add", "move", *SERIES, "--percentile", "99", "--json").json
    (alert,) = run_cli("alerts", "test", rule["id"], "--since", "2025-10-20", "--until",
                       "2025-10-31", "--json").json  # fmt: skip
    # 80.9713 and 78.9848 are the records of 25 and 28 October: ln(80.9713/78.9848) is 2.484 %.
    assert alert["title"] == "Rouble 2.5 % stronger, 27 Oct 2025"
    assert "80.9713 → 78.9848 RUB per USD (+2.48 log points)" in alert["text"]
    assert "bigger than 99 % of 241 days" in alert["text"]


def test_a_target_is_used_and_never_shown_again(run_cli, monkeypatch):
    monkeypatch.setenv("DASHBOARD_ALERT_HOSTS", "127.0.0.1")
    with webhook() as hook:
        added = run_cli("alerts", "add-target", "desk", hook.address)
        assert run_cli("alerts", "try-target", "desk").out == "sent to desk\n"
        assert len(hook.bodies) == 1
    said = [added, *(run_cli("alerts", name, "--json") for name in ("targets", "list", "log"))]
    said.append(run_cli("audit", "--json"))
    assert added.out == "desk added: webhook at 127.0.0.1\n"
    assert not [answer for answer in said if "of-a-secret" in answer.out + answer.err]
    failed = run_cli("alerts", "try-target", "desk")
    assert (failed.code, failed.out) == (3, "the connection was refused\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "move", *SERIES, "--window", "5:0"), "--window 5:0: is impossible for a rule;"),
        (("add", "move", *SERIES, "--percentile", "101"), "--percentile 101: must be from 50"),
        (("add", "level", *SERIES), "--level: is missing; give a number in RUB per USD"),
        (("add", "claim", *SERIES, "--claim", "all is well"), "--claim all is well: holds no"),
        (("add", "overdue"), "--series: is missing; give the id of a series"),
        (("add", "level", *SERIES, "--level", "80", "--quiet", "night"), "--quiet night: are no"),
        (("add", "level", *SERIES, "--level", "80", "--target", "x"), "--target x: there is no"),
        (("add-target", "x", "https://user:geheim"), "ADDRESS: "),
        (("remove", "rule-0"), "ID rule-0: there is no rule of this id; see `alerts list`"),
        (("test", "rule-0"), "ID rule-0: there is no rule of this id; see `alerts list`"),
        (("remove-target", "x"), "--target x: there is no target of this name"),
        (("try-target", "x"), "NAME x: there is no target of this name"),
        (("send-again", "7"), "NUMBER 7: there is no alert of this number that failed"),
    ],
)
def test_bad_input_is_one_line(run_cli, arguments, says):
    answer = run_cli("alerts", *arguments)
    assert answer.code == 2
    assert answer.err.startswith(f"error: {says}")
    assert answer.err.count("\n") == 1
    assert "geheim" not in answer.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--until", "2026-01-01"), "--until 2026-01-01: needs --from, the first day of the drill"),
        (("--from", "tomorrow"), "--from tomorrow: is no date; write it like 2025-04-21"),
        (("--from", "2026-02-01", "--until", "2026-01-01"),
         "--until 2026-01-01: lies before the first day"),
    ],
)  # fmt: skip
def test_a_drill_needs_a_period(run_cli, options, says):
    assert run_cli("watch", *options).err == f"error: {says}\n"
