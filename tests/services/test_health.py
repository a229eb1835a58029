"""The status tells how far the data reach and which part does not answer, and nothing else."""

from datetime import UTC, date, datetime

from dashboard.models.errors import SourceError
from dashboard.models.records import StoreStatus
from dashboard.services.health import HealthStatus, check_health, health_json
from dashboard.services.jobs import RateRefreshState
from dashboard.services.live_rates import series_status
from tests.made_series import event_on, made_card, made_series
from tests.replica import failures


class Rates:
    id = "made"

    def cards(self):
        return (made_card("first"), made_card("second"))

    def get(self, series_id):
        if series_id == "second":
            raise SourceError("/srv/data/second.csv: is damaged")
        return made_series([1.0, 2.0, 3.0])


class Events:
    def events(self):
        return (event_on("2024-01-01"), event_on("2024-01-02"))


class Store:
    def __init__(self, problem=""):
        self.problem = problem

    def probe(self):
        changed = datetime(2026, 11, 23, tzinfo=UTC)
        return StoreStatus("sqlite", 3, 1, None if self.problem else changed, self.problem)


def test_each_series_tells_its_last_day_and_rows():
    first = check_health((Rates(),), Events(), Store()).series[0]
    # three days from 2024-01-01 on
    assert (first.last_day, first.rows, first.fails) == (date(2024, 1, 3), 3, False)


def test_a_series_that_fails_degrades_the_whole_and_keeps_the_rest():
    status = check_health((Rates(),), Events(), Store())
    assert not status.is_healthy
    assert [each.fails for each in status.series] == [False, True]
    assert status.events == 2
    assert status.notes == 3


def test_a_store_that_fails_is_told_without_its_message():
    status = health_json(check_health((), Events(), Store("no file at /home/anna/events.sqlite3")))
    assert status["status"] == "degraded"
    assert status["store"] == {"status": "fails", "notes": None, "last_change": None}
    assert "anna" not in str(status)
    assert "/srv" not in str(health_json(check_health((Rates(),), Events(), Store())))


def test_all_well_is_ok():
    status = health_json(check_health((), Events(), Store()))
    assert status["status"] == "ok"
    assert status["store"]["last_change"] == "2026-11-23T00:00:00+00:00"


# ---------------------------------------------------------------- live rates


def status_of(live, **more):
    reports = series_status(live.known, live.rate_cache, live.clock.now())
    series = check_health((live.known,), Events(), Store()).series
    return health_json(HealthStatus(series, 2, 3, None, reports, **more))


def test_a_publisher_that_fails_is_told_and_the_data_stay_healthy(live, replica, clock):
    live.refresh("usd_rub_cbr", "eur_usd_ecb")
    replica.cbr.answers(failures.html_with_200)
    clock.pass_by(3_600)
    live.refresh("usd_rub_cbr")
    status = status_of(live)
    sources = {each["id"]: each for each in status["sources"]}
    assert status["status"] == "ok"
    assert sources["cbr"]["status"] == "fails"
    assert sources["cbr"]["problem"] == "Bank of Russia answered HTML instead of XML"
    assert sources["cbr"]["tried_at"] == "2026-11-23T19:00:00+00:00"
    assert sources["cbr"]["fetched_at"] == "2026-11-23T18:00:00+00:00"
    assert (sources["ecb"]["status"], sources["moex"]["status"]) == ("ok", "not asked")


def test_each_series_tells_how_fresh_it_is(live):
    live.refresh("usd_rub_cbr")
    series = {each["id"]: each for each in status_of(live)["series"]}
    rouble, brent = series["usd_rub_cbr"], series["brent_eia"]
    assert (rouble["age_days"], rouble["overdue"], rouble["source"]) == (0, False, "cbr")
    assert rouble["last_known_at"] == "2026-11-23T12:30:00+00:00"
    assert (brent["age_days"], brent["overdue"], brent["source"]) == (83, True, None)


def test_the_refresh_tells_how_far_it_is(live):
    begun = datetime(2026, 11, 23, 18, tzinfo=UTC)
    running = RateRefreshState(is_running=True, started_at=begun, done=3, total=21)
    assert status_of(live)["refresh"] is None
    assert status_of(live, refresh=running)["refresh"] == {
        "running": True,
        "done": 3,
        "total": 21,
        "started_at": "2026-11-23T18:00:00+00:00",
        "finished_at": None,
    }
