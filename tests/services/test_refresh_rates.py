"""Refreshing: exactly what is new, once for all processes, and failures that lose nothing."""

import subprocess
import sys
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


def test_a_refresh_picks_up_exactly_the_new_days(house, replica):
    before = shipped()
    (done,) = house.refresh(USD).values()
    new = {
        str(day): rate
        for day, rate in replica.market.official(
            "USD", date(2026, 9, 3), date(2026, 11, 24)
        ).items()
    }
    assert house.rates(USD) == before | new
    assert (done.outcome, done.last_day) == (RefreshOutcome.NEW, date(2026, 11, 23))


def test_only_the_last_days_are_read_again(house, replica, clock):
    house.refresh(USD)
    first = replica.cbr.requests[-1].params
    assert (first["date_req1"], first["date_req2"]) == ("17/08/2026", "24/11/2026")
    at("2026-11-24T18:00:00+00:00", replica, clock)
    assert house.refresh(USD)[USD].kept.new == 1
    assert replica.cbr.requests[-1].params["date_req1"] == "08/11/2026"  # 16 days before the 24th
    assert "2026-11-25" in house.rates(USD)


def test_nothing_new_is_told_as_such(house, clock):
    house.refresh(USD)
    clock.pass_by(3_600)
    assert house.refresh(USD)[USD].outcome == RefreshOutcome.UNCHANGED


def test_a_number_that_its_publisher_revised_is_shown_and_the_earlier_one_kept(
    house, replica, clock
):
    house.refresh(USD)
    old = house.rates(USD)["2026-11-20"]
    replica.market.change("USD", date(2026, 11, 20), 85.5)
    clock.pass_by(3_600)
    assert house.refresh(USD)[USD].kept.revised == 1
    assert house.rates(USD)["2026-11-20"] == 85.5
    (revision,) = house.rate_cache.revisions(USD)
    assert (revision.was, revision.became) == (old, 85.5)


def test_since_reads_everything_from_a_day_on_again(house, replica, clock):
    house.refresh(USD)
    house.refresh(USD, since=date(2026, 9, 20))
    assert replica.cbr.requests[-1].params["date_req1"] == "20/09/2026"


def test_since_never_leaves_a_hole_after_what_is_known(house, replica):
    house.refresh(USD, since=date(2026, 11, 20))
    assert replica.cbr.requests[-1].params["date_req1"] == "17/08/2026"
    assert "2026-10-01" in house.rates(USD)


def test_a_series_that_ended_and_is_complete_is_not_asked_for(house, replica):
    told = house.refresh("eur_rub_ecb", force=True)["eur_rub_ecb"]
    assert told.outcome == RefreshOutcome.SKIPPED
    assert told.told == "it ended on 2022-03-01 and is complete"
    assert replica.ecb.requests == []


def test_a_series_that_ended_is_asked_for_until_it_is_complete(house, replica):
    assert house.refresh("usd_rub_moex")["usd_rub_moex"].last_day == date(2024, 6, 11)
    asked = len(replica.moex.requests)
    assert (
        house.refresh("usd_rub_moex", force=True)["usd_rub_moex"].outcome == RefreshOutcome.SKIPPED
    )
    assert len(replica.moex.requests) == asked


def test_what_was_asked_for_a_moment_ago_is_not_asked_again_unless_one_insists(
    house, replica, clock
):
    house.refresh(USD)
    clock.pass_by(60)
    assert house.refresh(USD)[USD].told == "it was asked for a moment ago"
    assert len(replica.cbr.requests) == 1
    assert house.refresh(USD, force=True)[USD].outcome == RefreshOutcome.UNCHANGED
    assert len(replica.cbr.requests) == 2


def test_an_attempt_noted_while_the_clock_was_ahead_keeps_nobody_from_asking(house, replica, clock):
    house.refresh(USD)
    clock.pass_by(-timedelta(days=365).total_seconds())
    assert house.refresh(USD)[USD].outcome != RefreshOutcome.SKIPPED
    assert len(replica.cbr.requests) == 2


def test_a_version_that_has_not_changed_is_not_sent_again(house, replica, clock):
    house.refresh("broad_dollar_fred")
    replica.fred.answers(lambda question, reply: reply.with_headers(ETag='"one"'))
    clock.pass_by(3_600)
    house.refresh("broad_dollar_fred")
    clock.pass_by(3_600)
    house.refresh("broad_dollar_fred")
    assert "If-None-Match" not in replica.fred.requests[1].headers
    assert replica.fred.requests[2].headers["If-None-Match"] == '"one"'


def test_bars_are_fetched_where_they_are_asked_for_and_then_kept_up(house, replica, clock):
    assert not any(name.endswith("m") and "_1m" in name for name in house.refresh(source="moex"))
    house.refresh("cny_rub_moex_60m")
    clock.pass_by(7_200)
    replica.market.now = clock.now()
    assert "cny_rub_moex_60m" in house.refresh(source="moex")


def test_all_sources_are_refreshed_with_progress(house):
    told = []
    found = house.refresh(progress=lambda done, total, name: told.append((done, total, name)))
    ended = {name for name, one in found.items() if one.outcome == RefreshOutcome.SKIPPED}
    assert ended == {"usd_rub_ecb", "eur_rub_ecb"}
    assert {one.outcome for name, one in found.items() if name not in ended} == {RefreshOutcome.NEW}
    assert {one.source for one in found.values()} == {
        "cbr", "moex", "ecb", "fred", "yahoo", "exchange_api",
    }  # fmt: skip
    assert told[-1] == (len(found), len(found), "")
    assert {name for _, _, name in told} == {*found, ""}
    assert {card.id for card in house.known.cards()} >= set(found)


def test_an_unknown_series_or_source_is_refused_with_the_names_there_are(house):
    with pytest.raises(InputError, match="series brent_eia: cannot be refreshed; choose brent_f"):
        house.refresh("brent_eia")
    with pytest.raises(InputError, match="source nasdaq: cannot be refreshed; choose cbr, ecb"):
        house.refresh(source="nasdaq")


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (failures.html_with_200, "answered HTML instead of XML"),
        (failures.cut_off_gzip, "broke off its answer (the gzip end marker is missing)"),
        (failures.forbidden_html, "answered 403 Forbidden"),
        (failures.too_many(600), "answered that we ask too often (429); the next try is at"),
        (failures.reset, "broke the connection"),
        (cbr_how.another_currency, "answered another currency than R01235"),
        (cbr_how.no_records, "answered no rate at all since 2026-11-08"),
    ],
    ids=["html", "cut gzip", "403", "429", "reset", "another currency", "empty"],
)
def test_a_failure_is_told_and_loses_nothing(house, replica, clock, failure, said):
    house.refresh(USD)
    before = house.rates(USD)
    at("2026-11-24T18:00:00+00:00", replica, clock)
    replica.cbr.answers(failure)
    told = house.refresh(USD)[USD]
    assert told.outcome == RefreshOutcome.FAILED
    assert told.told.startswith(f"Bank of Russia {said}")
    assert told.told.endswith("; kept the data of 23 Nov 2026")
    assert house.rates(USD) == before
    assert said in house.rate_cache.state(USD).problem


def test_an_answer_on_another_scale_is_refused(house, replica, clock):
    house.refresh(USD)
    at("2026-11-24T18:00:00+00:00", replica, clock)
    replica.market.change("USD", date(2026, 11, 25), 8.4)
    told = house.refresh(USD)[USD]
    assert "answered 8.4 after 84" in told.told
    assert "2026-11-25" not in house.rates(USD)


def test_without_earlier_data_a_failure_says_so(house, replica):
    replica.moex.answers(failures.html_with_200)
    told = house.refresh("cny_rub_moex")["cny_rub_moex"]
    assert told.told == "Moscow Exchange answered HTML instead of JSON; there are no earlier data"


def test_one_sick_publisher_stops_no_other(house, replica):
    replica.cbr.answers(failures.html_with_200)
    found = house.refresh("usd_rub_cbr", "cny_rub_moex", "eur_usd_ecb")
    assert {name: one.outcome for name, one in found.items()} == {
        "usd_rub_cbr": RefreshOutcome.FAILED,
        "cny_rub_moex": RefreshOutcome.NEW,
        "eur_usd_ecb": RefreshOutcome.NEW,
    }


def test_what_failed_a_moment_ago_is_left_alone_for_a_minute(house, replica, clock):
    replica.cbr.answers(failures.html_with_200)
    for _ in range(25):
        house.refresh(USD)
        clock.pass_by(1)
    assert len(replica.cbr.requests) == 1
    clock.pass_by(60)
    replica.cbr.answers_well()
    assert house.refresh(USD)[USD].outcome == RefreshOutcome.NEW


def test_25_sessions_that_insist_ask_a_sick_publisher_five_times_a_minute(house, replica):
    replica.cbr.answers(failures.html_with_200)
    for _ in range(25):
        house.refresh(USD, force=True)
    assert len(replica.cbr.requests) == 5


def test_a_cache_that_cannot_be_written_is_told_and_what_ships_stays(house, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    told = house.refresh(USD)[USD]
    assert told.outcome == RefreshOutcome.FAILED
    assert str(tmp_path) not in told.told
    assert house.rates(USD) == shipped()


# ---------------------------------------------------------------- two processes

PROCESS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from dashboard.container import assemble
from dashboard.config import Settings
from dashboard.services.live_rates import RefreshRequest, refresh_rates
parts = assemble(Settings(dashboard_cache=Path(sys.argv[1]), dashboard_upstream=sys.argv[2]))
request = RefreshRequest(series=("usd_rub_cbr", "cny_rub_cbr"))
time.sleep(max(float(sys.argv[3]) - time.time(), 0))
found = refresh_rates(parts.known, parts.memory, request, lambda: datetime.now(UTC))
print(sorted((one.series, str(one.outcome)) for one in found))
"""


def test_two_processes_that_refresh_at_once_ask_once_for_each_series(replica, tmp_path):
    start = str(time.time() + 6)
    command = [sys.executable, "-c", PROCESS, str(tmp_path / "cache"), replica.url, start]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]
    told = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    asked = [asked.params["VAL_NM_RQ"] for asked in replica.cbr.requests]
    assert sorted(asked) == ["R01235", "R01375"]
    assert "".join(told).count("skipped") == 2


class Ticking:
    """A clock that moves on a little whenever it is asked."""

    def __init__(self, clock):
        self._clock = clock

    def __call__(self):
        self._clock.pass_by(0.001)
        return self._clock.now()


def test_who_insists_while_another_asks_takes_the_answer_of_the_other(house, replica, clock):
    def slow(question, reply):
        time.sleep(1)
        return reply

    replica.cbr.answers(slow)
    request = RefreshRequest(series=(USD,), force=True)
    now = Ticking(clock)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(refresh_rates, house.known, house.rate_cache, request, now)
        while not replica.cbr.requests:
            time.sleep(0.01)
        second = pool.submit(refresh_rates, house.known, house.rate_cache, request, now)
    assert first.result()[0].outcome == RefreshOutcome.NEW
    assert second.result()[0].told == "another process has just asked for it"
    assert len(replica.cbr.requests) == 1


# ---------------------------------------------------------------- behind the pages


def refresher_of(house, **more):
    return RateRefreshJob(house.known, house.rate_cache, house.clock.now, **more)


def test_a_refresh_behind_the_pages_makes_nobody_wait(house, replica, clock):
    replica.cbr.answers(failures.hang(4))
    behind = refresher_of(house)
    assert behind.ask(RefreshRequest(series=(USD,)))
    assert not behind.ask(RefreshRequest(series=(USD,)))
    assert house.rates(USD) == shipped()
    assert behind.state().is_running  # nothing waited for its end
    behind.wait(20)
    assert not behind.state().is_running


def test_new_days_are_there_after_a_refresh_behind_the_pages(house):
    behind = refresher_of(house)
    behind.ask(RefreshRequest(series=(USD,)))
    behind.wait(20)
    assert behind.state().results[0].outcome == RefreshOutcome.NEW
    assert behind.state().finished_at is not None
    assert "2026-11-24" in house.rates(USD)


def test_a_clock_that_is_put_back_does_not_stop_the_refresh_behind_the_pages(house, clock):
    behind = refresher_of(house)
    assert behind.ask(RefreshRequest(series=(USD,)))
    behind.wait(20)
    clock.pass_by(-3_600)
    assert behind.is_due


def test_pages_that_ask_at_every_rerun_start_one_refresh_a_minute(house, replica, clock):
    behind = refresher_of(house)
    for _ in range(25):
        behind.ask(RefreshRequest(series=(USD,)))
        behind.wait(20)
    assert len(replica.cbr.requests) == 1
    clock.pass_by(61)
    assert behind.ask(RefreshRequest(series=(USD,)))
    behind.wait(20)


def test_offline_nothing_is_asked(house, replica):
    assert not refresher_of(house, is_offline=True).ask()
    assert replica.requests == []


def test_a_refresh_that_fails_in_an_unforeseen_way_ends(house, monkeypatch):
    class Broken:
        def fingerprint(self):
            raise ZeroDivisionError

    house.known._memory = Broken()
    behind = refresher_of(house)
    behind.ask(RefreshRequest(series=(USD,)))
    behind.wait(20)
    assert not behind.state().is_running


def test_a_bar_under_way_is_settled_by_the_next_refresh(house, replica, clock):
    at("2026-11-23T09:20:00+00:00", replica, clock)
    house.refresh("cny_rub_moex_60m")
    before = house.known.known("cny_rub_moex_60m")
    assert before.live is not None
    assert np.all(before.series.known_at < np.datetime64("2026-11-23T09:00"))
    at("2026-11-23T10:20:00+00:00", replica, clock)
    assert house.refresh("cny_rub_moex_60m")["cny_rub_moex_60m"].kept.settled == 1
    after = house.known.known("cny_rub_moex_60m")
    assert len(after.series) == len(before.series) + 1
    assert str(after.series.known_at[-1]) == "2026-11-23T09:59:59"
