"""A year of the shipped data through the command `watch`, which is killed on the way.

The alerts of 3 September 2025 to 2 September 2026 (Moscow), by hand from `data/`:

* Level 80 from below, USD/RUB of the Bank of Russia: pairs of neighbouring records of which the
  first is under 80 and the second is not: 79.0839 → 80.9834 (dated 18 Oct), 79.4715 → 80.5037
  (31 Oct), 79.4302 → 80.3807 (18 Dec), 79.0671 → 80.2254 (14 Mar), 79.4637 → 80.0687 (4 Aug). A
  record dated E is known the calendar day before, at 15:30 in Moscow.
* Overdue, five days: the record dated 31 Dec 2025 is of the market day 30 Dec, the next one of
  12 Jan 2026; the sixth day after 30 Dec is 5 Jan. No other two records are so far apart.
* Monetary policy: the meetings of the catalogue in that year, each announced at 13:30 in Moscow.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.loopback_receivers import mail_server, wait_until

ROOT = Path(__file__).parents[1]
PERIOD = ("--from", "2025-09-03", "--until", "2026-09-02")
LEVEL = "USD/RUB, Bank of Russia: 80 is reached"
EXPECTED = [  # known from (UTC), subject
    ("2025-09-12T10:30:00Z", "New event: Bank of Russia cuts the key rate to 17.0%"),
    ("2025-10-17T12:30:00Z", LEVEL),
    ("2025-10-24T10:30:00Z", "New event: Bank of Russia cuts the key rate to 16.5%"),
    ("2025-10-30T12:30:00Z", LEVEL),
    ("2025-12-17T12:30:00Z", LEVEL),
    ("2025-12-19T10:30:00Z", "New event: Bank of Russia cuts the key rate to 16.0%"),
    ("2026-01-04T21:00:00Z", "Overdue: USD/RUB, Bank of Russia"),
    ("2026-02-13T10:30:00Z", "New event: Bank of Russia cuts the key rate to 15.5%"),
    ("2026-03-13T12:30:00Z", LEVEL),
    ("2026-03-20T10:30:00Z", "New event: Bank of Russia cuts the key rate to 15.0%"),
    ("2026-04-24T10:30:00Z", "New event: Bank of Russia cuts the key rate to 14.5%"),
    ("2026-06-19T10:30:00Z", "New event: Bank of Russia cuts the key rate to 14.25%"),
    ("2026-07-24T10:30:00Z", "New event: Bank of Russia cuts the key rate to 14.0%"),
    ("2026-08-03T12:30:00Z", LEVEL),
]
KILLED_AT = 5
"""The mail server has taken so many messages when the watch is killed, and has not said so."""


def watch_process(*options):
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard", "watch", *options],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def add_rules(run_cli, mailbox):
    target = f"{mailbox.address}&mode=insecure"
    added = run_cli("alerts", "add-target", "desk", target)
    assert added.code == 0, added.err
    series = ("--series", "usd_rub_cbr", "--target", "desk")
    for options in (
        ("level", "--level", "80", *series),
        ("overdue", *series),
        ("event", "--category", "monetary_policy", "--target", "desk"),
    ):
        assert run_cli("alerts", "add", *options).code == 0


class WatchForm:
    def test_a_year_sends_what_was_expected_and_nothing_twice_though_it_is_killed(
        self, run_cli, database
    ):
        del database
        running = []

        def kill(count):
            if count == KILLED_AT and len(running) == 1:
                os.kill(running[0].pid, signal.SIGKILL)
                running[0].wait()  # before the answer

        with mail_server(before_answer=kill) as mailbox:
            add_rules(run_cli, mailbox)
            running.append(watch_process(*PERIOD))
            running[0].communicate(timeout=180)
            assert running[0].returncode == -signal.SIGKILL
            assert len(mailbox.messages) == KILLED_AT
            for raised in (len(EXPECTED) - KILLED_AT, 0):  # on, and once more from the beginning
                running.append(watch_process(*PERIOD))
                out, _err = running[-1].communicate(timeout=180)
                assert running[-1].returncode == 0
                assert out.startswith(f"{raised} alert")
        assert mailbox.subjects() == [subject for _at, subject in EXPECTED]
        record = json.loads(run_cli("alerts", "log", "--json").out)
        assert [(row["at"], row["title"]) for row in reversed(record)] == EXPECTED
        states = [row["state"] for row in reversed(record)]
        assert states == ["sent"] * 4 + ["uncertain"] + ["sent"] * 9
        assert "may have arrived" in record[-KILLED_AT]["problem"]

    def test_there_is_one_watch_for_a_database_and_it_ends_gracefully(self, run_cli, database):
        del database
        first = watch_process()
        assert first.stdout.readline() == "Watching with 0 rules; Ctrl-C ends it.\n"
        second = run_cli("watch", "--once")
        assert (second.code, second.err) == (
            3,
            "error: another watch runs on this database; one is enough, stop it first\n",
        )
        started = time.monotonic()
        first.terminate()
        first.communicate(timeout=60)
        assert first.returncode == 0
        assert time.monotonic() - started < 30
        wait_until(lambda: run_cli("watch", "--once").code == 0, 10)  # the lock is free again
