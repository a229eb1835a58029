"""The doctor: every source and store, working or not, in words."""

import time

import pytest

from dashboard.models.records import StoreStatus
from dashboard.services.health import diagnose, diagnosis_json
from dashboard.sources.http_client import RequestLimits
from dashboard.sources.http_transport import new_session
from dashboard.sources.rates import LIVE_SOURCES
from tests.replica import failures
from tests.services.live_setup import LiveSetup
from tests.sources.made_clock import MadeClock


class Notes:
    """A store with a given state."""

    def __init__(self, problem=""):
        self.problem = problem

    def probe(self):
        return StoreStatus("SQLite", notes=3, problem=self.problem)


def findings_of(live, notes=None, **more):
    found = diagnose(live.known, live.rate_cache, notes or Notes(), live.clock.now, **more)
    return {one.part: one for one in found}


def test_everything_works(live):
    live.refresh("usd_rub_cbr")
    found = findings_of(live)
    assert list(found) == [
        "Rates", "Notes", "Rate cache", "Bank of Russia", "Moscow Exchange", "ECB", "FRED",
        "Yahoo", "exchange-api",
    ]  # fmt: skip
    assert [one for one in found.values() if not one.works] == []
    assert found["Notes"].message == "SQLite answers, with 3 notes"
    assert found["Rate cache"].message.startswith("holds 7")
    assert found["Bank of Russia"].message.startswith("answers usd_rub_cbr: 8")
    assert diagnosis_json(tuple(found.values()))["status"] == "ok"


@pytest.mark.parametrize(
    ("service", "part", "said"),
    [
        ("cbr", "Bank of Russia", "Bank of Russia answered HTML instead of XML"),
        ("moex", "Moscow Exchange", "Moscow Exchange answered HTML instead of JSON"),
        ("ecb", "ECB", "ECB answered HTML instead of CSV"),
        ("fred", "FRED", "FRED answered HTML instead of CSV"),
        ("exchange_api", "exchange-api", "exchange-api answered HTML instead of JSON"),
    ],
)
def test_a_sick_source_is_named_in_words_and_the_others_work(live, replica, service, part, said):
    replica.services[service].answers(failures.html_with_200)
    found = findings_of(live)
    assert found[part].message == said
    assert [name for name, one in found.items() if not one.works] == [part]
    assert diagnosis_json(tuple(found.values()))["status"] == "degraded"


IN_WORDS = {
    "Bank of Russia": "XML", "Moscow Exchange": "JSON", "ECB": "CSV", "FRED": "CSV",
    "Yahoo": "JSON", "exchange-api": "JSON",
}  # fmt: skip


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (failures.html_with_200, "answered HTML instead of {kind}"),
        (failures.too_many(120), "answered that we ask too often (429); the next try is at 18:02"),
        (failures.cut_off(), "broke off its answer"),
        (failures.cut_off_gzip, "broke off its answer"),
        (failures.reset, "broke the connection"),
        (failures.server_error, "answered 500 Internal Server Error"),
    ],
    ids=["html", "429", "truncated", "cut gzip", "reset", "500"],
)
def test_however_the_sources_fail_each_says_in_words_what_is_wrong(
    replica, tmp_path, failure, said
):
    for service in replica.services.values():
        service.answers(failure)
    for make, (part, kind) in zip(LIVE_SOURCES, IN_WORDS.items(), strict=True):
        # Each on a clock of its own: the waits of the others would use up its ten seconds.
        with new_session(replica.url) as session:
            clock = MadeClock(replica.market.now)
            found = findings_of(LiveSetup(tmp_path / make.id, session, clock, makes=(make,)))
        assert found["Rates"].works
        assert not found[part].works
        expected = f"{part} {said.format(kind=kind)}"
        if (part, said) == ("Yahoo", "answered HTML instead of {kind}"):
            expected = "Yahoo answered something else than JSON"
        assert found[part].message.startswith(expected)


def test_sources_that_are_gone_are_told(live, replica):
    replica.stop()
    found = findings_of(live)
    assert [found[part].message for part in IN_WORDS] == [
        f"{part} refused the connection" for part in IN_WORDS
    ]


def test_sources_that_hang_are_given_up_at_the_deadline_all_at_once(replica, clock, tmp_path):
    for service in replica.services.values():
        service.answers(failures.hang(30))
    short = RequestLimits(connect=0.3, read=0.4, total=8.0, attempts=1)
    with new_session(replica.url) as session:
        live = LiveSetup(tmp_path, session, clock, limits=short)
        started = time.monotonic()
        found = findings_of(live)
    assert time.monotonic() - started < 20  # each alone would hang for 30
    assert [found[part].message for part in IN_WORDS] == [
        f"{part} did not answer in time" for part in IN_WORDS
    ]


def test_a_store_that_fails_is_told(live):
    found = findings_of(live, Notes("events.sqlite3: is damaged"))
    assert not found["Notes"].works
    assert found["Notes"].message == "events.sqlite3: is damaged"


def test_a_cache_that_cannot_be_used_is_told(live, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert not findings_of(live)["Rate cache"].works


def test_failed_attempts_are_counted(live, replica):
    replica.cbr.answers(failures.html_with_200)
    live.refresh("usd_rub_cbr", "eur_usd_ecb")
    assert findings_of(live)["Rate cache"].message.endswith("the last attempt failed for 1")


def test_offline_nothing_is_asked(live, replica):
    found = findings_of(live, is_offline=True)
    assert found["Network"].message == "is not asked: offline"
    assert replica.requests == []


def test_trying_changes_nothing_that_is_kept(live):
    findings_of(live)
    assert live.rate_cache.state("usd_rub_cbr") is None
