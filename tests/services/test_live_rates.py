"""Refreshing: exactly what is new, once for all processes, and failures that lose nothing."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from dashboard.models.errors import InputError
from dashboard.services.jobs import RateRefreshJob
from dashboard.services.live_rates import RefreshOutcome, RefreshRequest, refresh_rates
from dashboard.sources.rates.bundled import BundledRates
from tests.replica import failures
from tests.replica.services import cbr as cbr_how
from tests.sources.made_time import at

USD = "usd_rub_cbr"
ROOT = Path(__file__).parents[2]


def shipped(series_id=USD):
    series = BundledRates().get(series_id)
    return dict(zip(series.record.astype(str).tolist(), series.rate.tolist(), strict=True))


# ---------------------------------------------------------------- what is new


def test_a_refresh_picks_up_exactly_the_new_days(live, replica):
    before = shipped()
    (done,) = live.refresh(USD).values()
    new = {
        str(day): rate
        for day, rate in replica.market.official(
            "USD", date(2026, 9, 3), date(2026, 11, 24)
        ).items()
    }
    assert live.rates(USD) == before | new
    assert (done.outcome, done.last_day) == (RefreshOutcome.NEW, date(2026, 11, 23))


def test_only_the_last_days_are_read_again(live, replica, clock):
    live.refresh(USD)
    first = replica.cbr.requests[-1].params
    assert (first["date_req1"], first["date_req2"]) == ("17/08/2026", "24/11/2026")
    at("2026-11-24T18:00:00+00:00", replica, clock)
    assert live.refresh(USD)[USD].changes.new == 1
    assert replica.cbr.requests[-1].params["date_req1"] == "08/11/2026"  # 16 days before the 24th
    assert "2026-11-25" in live.rates(USD)


def test_nothing_new_is_told_as_such(live, clock):
    live.refresh(USD)
    clock.pass_by(3_600)
    assert live.refresh(USD)[USD].outcome == RefreshOutcome.UNCHANGED


def test_a_number_that_its_publisher_revised_is_shown_and_the_earlier_one_kept(
    live, replica, clock
):
    live.refresh(USD)
    old = live.rates(USD)["2026-11-20"]
    replica.market.change("USD", date(2026, 11, 20), 85.5)
    clock.pass_by(3_600)
    assert live.refresh(USD)[USD].changes.revised == 1
    assert live.rates(USD)["2026-11-20"] == 85.5
    (revision,) = live.rate_cache.revisions(USD)
    assert (revision.was, revision.became) == (old, 85.5)


def test_since_reads_everything_from_a_day_on_again(live, replica, clock):
    live.refresh(USD)
    live.refresh(USD, since=date(2026, 9, 20))
    assert replica.cbr.requests[-1].params["date_req1"] == "20/09/2026"


def test_since_never_leaves_a_hole_after_what_is_known(live, replica):
    live.refresh(USD, since=date(2026, 11, 20))
    assert replica.cbr.requests[-1].params["date_req1"] == "17/08/2026"
    assert "2026-10-01" in live.rates(USD)


def test_a_series_that_ended_and_is_complete_is_not_asked_for(live, replica):
    result = live.refresh("eur_rub_ecb", force=True)["eur_rub_ecb"]
    assert result.outcome == RefreshOutcome.SKIPPED
    assert result.message == "it ended on 2022-03-01 and is complete"
    assert replica.ecb.requests == []


def test_a_series_that_ended_is_asked_for_until_it_is_complete(live, replica):
    assert live.refresh("usd_rub_moex")["usd_rub_moex"].last_day == date(2024, 6, 11)
    requests = len(replica.moex.requests)
    assert (
        live.refresh("usd_rub_moex", force=True)["usd_rub_moex"].outcome == RefreshOutcome.SKIPPED
    )
    assert len(replica.moex.requests) == requests


def test_what_was_asked_for_a_moment_ago_is_not_asked_again_unless_one_insists(
    live, replica, clock
):
    live.refresh(USD)
    clock.pass_by(60)
    assert live.refresh(USD)[USD].message == "it was asked for a moment ago"
    assert len(replica.cbr.requests) == 1
    assert live.refresh(USD, force=True)[USD].outcome == RefreshOutcome.UNCHANGED
    assert len(replica.cbr.requests) == 2


def test_an_attempt_noted_while_the_clock_was_ahead_keeps_nobody_from_asking(live, replica, clock):
    live.refresh(USD)
    clock.pass_by(-timedelta(days=365).total_seconds())
    assert live.refresh(USD)[USD].outcome != RefreshOutcome.SKIPPED
    assert len(replica.cbr.requests) == 2


def test_a_version_that_has_not_changed_is_not_sent_again(live, replica, clock):
    live.refresh("broad_dollar_fred")
    replica.fred.answers(lambda question, reply: reply.with_headers(ETag='"one"'))
    clock.pass_by(3_600)
    live.refresh("broad_dollar_fred")
    clock.pass_by(3_600)
    live.refresh("broad_dollar_fred")
    assert "If-None-Match" not in replica.fred.requests[1].headers
    assert replica.fred.requests[2].headers["If-None-Match"] == '"one"'


def test_bars_are_fetched_where_they_are_asked_for_and_then_kept_up(live, replica, clock):
    assert not any(name.endswith("m") and "_1m" in name for name in live.refresh(source="moex"))
    live.refresh("cny_rub_moex_60m")
    clock.pass_by(7_200)
    replica.market.now = clock.now()
    assert "cny_rub_moex_60m" in live.refresh(source="moex")


def test_all_sources_are_refreshed_with_progress(live):
    result = []
    found = live.refresh(progress=lambda done, total, name: result.append((done, total, name)))
    ended = {name for name, one in found.items() if one.outcome == RefreshOutcome.SKIPPED}
    assert ended == {"usd_rub_ecb", "eur_rub_ecb"}
    assert {one.outcome for name, one in found.items() if name not in ended} == {RefreshOutcome.NEW}
    assert {one.source for one in found.values()} == {
        "cbr", "moex", "ecb", "fred", "yahoo", "exchange_api",
    }  # fmt: skip
    assert result[-1] == (len(found), len(found), "")
    assert {name for _, _, name in result} == {*found, ""}
    assert {card.id for card in live.known.cards()} >= set(found)


def test_an_unknown_series_or_source_is_refused_with_the_names_there_are(live):
    with pytest.raises(InputError, match="series brent_eia: cannot be refreshed; choose brent_f"):
        live.refresh("brent_eia")
    with pytest.raises(InputError, match="source nasdaq: cannot be refreshed; choose cbr, ecb"):
        live.refresh(source="nasdaq")


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (failures.html_with_200, "answered HTML instead of XML"),
        (failures.cut_off_gzip, "broke off its answer"),
        (failures.forbidden_html, "answered 403 Forbidden"),
        (failures.too_many(600), "answered that we ask too often (429); the next try is at"),
        (failures.reset, "broke the connection"),
        (cbr_how.another_currency, "answered another currency than R01235"),
        (cbr_how.no_records, "answered no rate at all since 2026-11-08"),
    ],
    ids=["html", "cut gzip", "403", "429", "reset", "another currency", "empty"],
)
def test_a_failure_is_told_and_loses_nothing(live, replica, clock, failure, said):
    live.refresh(USD)
    before = live.rates(USD)
    at("2026-11-24T18:00:00+00:00", replica, clock)
    replica.cbr.answers(failure)
    result = live.refresh(USD)[USD]
    assert result.outcome == RefreshOutcome.FAILED
    assert result.message.startswith(f"Bank of Russia {said}")
    assert result.message.endswith("; kept the data of 23 Nov 2026")
    assert live.rates(USD) == before
    assert said in live.rate_cache.state(USD).problem


def test_an_answer_on_another_scale_is_refused(live, replica, clock):
    live.refresh(USD)
    at("2026-11-24T18:00:00+00:00", replica, clock)
    replica.market.change("USD", date(2026, 11, 25), 8.4)
    result = live.refresh(USD)[USD]
    assert "answered 8.4 after 84" in result.message
    assert "2026-11-25" not in live.rates(USD)


def test_without_earlier_data_a_failure_says_so(live, replica):
    replica.moex.answers(failures.html_with_200)
    result = live.refresh("cny_rub_moex")["cny_rub_moex"]
    assert (
        result.message == "Moscow Exchange answered HTML instead of JSON; there are no earlier data"
    )


def test_one_sick_publisher_stops_no_other(live, replica):
    replica.cbr.answers(failures.html_with_200)
    found = live.refresh("usd_rub_cbr", "cny_rub_moex", "eur_usd_ecb")
    assert {name: one.outcome for name, one in found.items()} == {
        "usd_rub_cbr": RefreshOutcome.FAILED,
        "cny_rub_moex": RefreshOutcome.NEW,
        "eur_usd_ecb": RefreshOutcome.NEW,
    }


def test_what_failed_a_moment_ago_is_left_alone_for_a_minute(live, replica, clock):
    replica.cbr.answers(failures.html_with_200)
    for _ in range(25):
        live.refresh(USD)
        clock.pass_by(1)
    assert len(replica.cbr.requests) == 1
    clock.pass_by(60)
    replica.cbr.answers_well()
    assert live.refresh(USD)[USD].outcome == RefreshOutcome.NEW


def test_25_sessions_that_insist_ask_a_sick_publisher_five_times_a_minute(live, replica):
    replica.cbr.answers(failures.html_with_200)
    for _ in range(25):
        live.refresh(USD, force=True)
    assert len(replica.cbr.requests) == 5


def test_a_cache_that_cannot_be_written_is_told_and_what_ships_stays(live, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    result = live.refresh(USD)[USD]
    assert result.outcome == RefreshOutcome.FAILED
    assert str(tmp_path) not in result.message
    assert live.rates(USD) == shipped()


# ---------------------------------------------------------------- two processes

PROCESS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from dashboard.container import build_context
from dashboard.config import Settings
from dashboard.services.live_rates import RefreshRequest, refresh_rates
parts = build_context(Settings(dashboard_cache=Path(sys.argv[1]), dashboard_upstream=sys.argv[2]))
request = RefreshRequest(series=("usd_rub_cbr", "cny_rub_cbr"))
print("ready", flush=True)
sys.stdin.readline()
found = refresh_rates(parts.known, parts.rate_cache, request, lambda: datetime.now(UTC))
print(sorted((one.series, str(one.outcome)) for one in found))
"""


def test_two_processes_that_refresh_at_once_ask_once_for_each_series(replica, tmp_path):
    command = [sys.executable, "-c", PROCESS, str(tmp_path / "cache"), replica.url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(2)]
    assert [process.stdout.readline() for process in running] == ["ready\n"] * 2
    for process in running:
        process.stdin.write("start\n")
        process.stdin.flush()
    result = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    requests = [requests.params["VAL_NM_RQ"] for requests in replica.cbr.requests]
    assert sorted(requests) == ["R01235", "R01375"]
    assert "".join(result).count("skipped") == 2


class Ticking:
    """A clock that advances a little at every reading."""

    def __init__(self, clock):
        self._clock = clock

    def __call__(self):
        self._clock.pass_by(0.001)
        return self._clock.now()


def test_who_insists_while_another_asks_takes_the_answer_of_the_other(live, replica, clock):
    def slow(question, reply):
        time.sleep(1)
        return reply

    replica.cbr.answers(slow)
    request = RefreshRequest(series=(USD,), force=True)
    now = Ticking(clock)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(refresh_rates, live.known, live.rate_cache, request, now)
        while not replica.cbr.requests:
            time.sleep(0.01)
        second = pool.submit(refresh_rates, live.known, live.rate_cache, request, now)
    assert first.result()[0].outcome == RefreshOutcome.NEW
    assert second.result()[0].message == "another process has just asked for it"
    assert len(replica.cbr.requests) == 1


# ---------------------------------------------------------------- in the background


def refresher_of(live, **more):
    return RateRefreshJob(live.known, live.rate_cache, live.clock.now, **more)


def test_a_refresh_behind_the_pages_makes_nobody_wait(live, replica, clock):
    answered = threading.Event()

    def when_looked_at(question, reply):
        answered.wait(60)
        return reply

    replica.cbr.answers(when_looked_at)
    job = refresher_of(live)
    assert job.submit(RefreshRequest(series=(USD,)))
    assert not job.submit(RefreshRequest(series=(USD,)))
    assert live.rates(USD) == shipped()
    assert job.state().is_running  # nothing waited for its end
    answered.set()
    job.wait(20)
    assert not job.state().is_running


def test_new_days_are_there_after_a_refresh_behind_the_pages(live):
    job = refresher_of(live)
    job.submit(RefreshRequest(series=(USD,)))
    job.wait(20)
    assert job.state().results[0].outcome == RefreshOutcome.NEW
    assert job.state().finished_at is not None
    assert "2026-11-24" in live.rates(USD)


def test_a_clock_that_is_put_back_does_not_stop_the_refresh_behind_the_pages(live, clock):
    job = refresher_of(live)
    assert job.submit(RefreshRequest(series=(USD,)))
    job.wait(20)
    clock.pass_by(-3_600)
    assert job.is_due


def test_pages_that_ask_at_every_rerun_start_one_refresh_a_minute(live, replica, clock):
    job = refresher_of(live)
    for _ in range(25):
        job.submit(RefreshRequest(series=(USD,)))
        job.wait(20)
    assert len(replica.cbr.requests) == 1
    clock.pass_by(61)
    assert job.submit(RefreshRequest(series=(USD,)))
    job.wait(20)


def test_offline_nothing_is_asked(live, replica):
    assert not refresher_of(live, is_offline=True).submit()
    assert replica.requests == []


def test_a_refresh_that_fails_in_an_unforeseen_way_ends(live, monkeypatch):
    class Broken:
        def fingerprint(self):
            raise ZeroDivisionError

    live.known._memory = Broken()
    job = refresher_of(live)
    job.submit(RefreshRequest(series=(USD,)))
    job.wait(20)
    assert not job.state().is_running


def test_a_bar_under_way_is_settled_by_the_next_refresh(live, replica, clock):
    at("2026-11-23T09:20:00+00:00", replica, clock)
    live.refresh("cny_rub_moex_60m")
    before = live.known.known("cny_rub_moex_60m")
    assert before.live is not None
    assert np.all(before.series.known_at < np.datetime64("2026-11-23T09:00"))
    at("2026-11-23T10:20:00+00:00", replica, clock)
    assert live.refresh("cny_rub_moex_60m")["cny_rub_moex_60m"].changes.settled == 1
    after = live.known.known("cny_rub_moex_60m")
    assert len(after.series) == len(before.series) + 1
    assert str(after.series.known_at[-1]) == "2026-11-23T09:59:59"
