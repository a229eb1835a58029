"""The polite client against a server that does everything wrong."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dashboard.domain.errors import InputError, SourceError, SourceResting
from dashboard.sources.web import Web
from dashboard.sources.web_forms import Ask, Limits
from dashboard.sources.web_route import USER_AGENT, new_session, replica_address
from tests.replica import failures

URL = "https://fred.stlouisfed.org/graph/fredgraph.csv"
PARAMS = {"id": "VIXCLS", "cosd": "2026-11-02"}
ASK = Ask(URL, "FRED", "csv", PARAMS)
QUICK = Limits(connect=1.0, read=1.0, total=1.5, tries=1)


@pytest.fixture
def quick(replica):
    """A client on the real clock that gives up soon."""
    with new_session(replica.url) as session:
        yield Web(session, limits=QUICK)


def failure_of(web, ask=ASK):
    with pytest.raises(SourceError) as caught:
        web.ask(ask)
    return str(caught.value)


# ---------------------------------------------------------------- what is right


def test_a_right_answer_comes_whole(web, replica):
    answer = web.ask(ASK)
    assert answer.content.startswith(b"observation_date,VIXCLS\n2026-11-02,")
    assert answer.url.startswith(URL)
    assert len(replica.fred.asked) == 1


def test_a_gzipped_answer_is_unpacked(web, replica):
    plain = web.ask(ASK).content
    replica.fred.answers(failures.packed)
    assert web.ask(ASK).content == plain


def test_it_says_who_it_is(web, replica):
    web.ask(ASK)
    headers = replica.fred.asked[0].headers
    assert headers["User-Agent"] == USER_AGENT
    assert "rouble-reaction/" in USER_AGENT
    assert "Mozilla" not in USER_AGENT
    assert headers["Accept-Encoding"] == "gzip"


def test_the_replica_is_told_which_host_was_meant(web, replica):
    web.ask(ASK)
    assert replica.fred.asked[0].host == "fred.stlouisfed.org"


@pytest.mark.parametrize(
    "address",
    ["http://example.com", "https://127.0.0.1", "http://127.0.0.1:1/path", "http://0.0.0.0:80",
     "http://user@127.0.0.1", "127.0.0.1:80", "http://127.0.0.1.example.com", ""],
)  # fmt: skip
def test_only_this_machine_can_be_a_replica(address):
    with pytest.raises(InputError, match="DASHBOARD_UPSTREAM"):
        replica_address(address)


# ---------------------------------------------------------------- the kind of an answer


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (failures.html_with_200, "FRED answered HTML instead of CSV"),
        (failures.nothing_at_all, "FRED answered nothing instead of CSV"),
        (failures.garbage, "FRED answered unreadable bytes instead of CSV"),
        (failures.instead("Be patient."), "FRED answered “Be patient.” instead of CSV"),
        (failures.instead('{"a": 1}'), "FRED answered JSON instead of CSV"),
        (failures.forbidden_html, "FRED answered 403 Forbidden"),
        (failures.not_found, "FRED answered 404 Not Found"),
        (failures.elsewhere("https://example.com/"), "FRED sent us to another host"),
        pytest.param(
            failures.elsewhere("http://127.0.0.1:1/"), "FRED sent us to another host", id="loopback"
        ),
        (failures.elsewhere(URL), "FRED sent us round in circles"),
    ],
)
def test_an_answer_of_another_kind_is_refused_in_one_sentence_and_not_asked_for_again(
    web, replica, failure, said
):
    replica.fred.answers(failure)
    assert failure_of(web) == said
    # Redirects within the host are followed three times.
    assert len(replica.fred.asked) == (4 if "circles" in said else 1)


def test_a_status_that_means_nothing_is_an_answer(web, replica):
    replica.fred.answers(failures.not_found)
    answer = web.ask(Ask(URL, "FRED", "csv", PARAMS, nothing_on=frozenset({404})))
    assert answer.status == 404


# ---------------------------------------------------------------- not whole


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (failures.cut_off(0.5), "FRED broke off its answer"),
        (failures.broken_chunks, "FRED broke off its answer"),
        (failures.cut_off_gzip, "FRED broke off its answer (the gzip end marker is missing)"),
        (failures.reset, "FRED broke the connection"),
        (failures.server_error, "FRED answered 500 Internal Server Error"),
        (failures.unavailable, "FRED answered 503 Service Unavailable"),
    ],
)
def test_a_broken_answer_is_noticed_after_three_tries(web, replica, failure, said):
    replica.fred.answers(failure)
    assert failure_of(web).startswith(said)
    assert len(replica.fred.asked) == 3


def test_a_damaged_gzip_body_is_noticed(web, replica):
    def damaged(question, reply):
        packed = bytearray(reply.packed().body)
        packed[20] ^= 0xFF
        return failures.instead(bytes(packed), "text/csv")(question, reply).with_headers(
            Content_Encoding="gzip"
        )

    replica.fred.answers(damaged)
    assert "gzip" in failure_of(web)


def test_an_unknown_packing_is_refused(web, replica):
    replica.fred.answers(lambda question, reply: reply.with_headers(Content_Encoding="br"))
    assert failure_of(web) == "FRED packed its answer in an unknown way (br)"


def test_a_passing_failure_is_tried_again_with_growing_waits(web, replica, clock):
    replica.fred.answers(failures.server_error, times=2)
    assert web.ask(ASK).status == 200
    assert len(replica.fred.asked) == 3
    assert 0.25 <= clock.slept[0] <= 0.75  # half a second with jitter, then the host's pace
    assert 1.5 <= sum(clock.slept) <= 2.5


@pytest.mark.parametrize("failure", [failures.bomb(64), failures.endless])
def test_more_than_ten_megabytes_are_not_taken_in(web, replica, failure):
    replica.fred.answers(failure)
    assert failure_of(web) == "FRED answered more than 10 MB"
    assert len(replica.fred.asked) == 1


# ---------------------------------------------------------------- time


@pytest.mark.parametrize(
    "failure",
    [failures.hang(30), failures.drip(0.05), failures.drip_headers(0.05)],
    ids=["hang", "drip", "drip_headers"],
)
def test_the_whole_of_an_exchange_is_bounded(quick, replica, failure):
    replica.fred.answers(failure)
    started = time.monotonic()
    assert "in time" in (said := failure_of(quick)) or "within 1.5 s" in said
    assert time.monotonic() - started < 20


def test_a_cut_exchange_leaves_no_thread_behind(quick, replica):
    replica.fred.answers(failures.drip(0.05))
    earlier = set(threading.enumerate())  # another test's may still wait
    failure_of(quick)
    ends = time.monotonic() + 20
    while any(each.name == "web" for each in set(threading.enumerate()) - earlier):
        assert time.monotonic() < ends, "a thread still waits"
        time.sleep(0.02)


def test_a_host_that_is_gone_is_told_in_words(quick, replica):
    replica.stop()
    assert failure_of(quick) == "FRED refused the connection"


def test_one_host_is_asked_one_at_a_time_at_its_pace(web, replica, clock):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: web.ask(ASK), range(4)))
    assert len(replica.fred.asked) == 4
    assert clock.slept == [1.0, 1.0, 1.0]


# ---------------------------------------------------------------- Retry-After


@pytest.mark.parametrize("said", ["120", "Mon, 23 Nov 2026 18:02:00 GMT"])
def test_a_wish_for_a_pause_is_kept_by_not_asking(web, replica, clock, said):
    replica.fred.answers(failures.too_many(said), times=1)
    with pytest.raises(SourceResting) as caught:
        web.ask(ASK)
    assert str(caught.value) == (
        "FRED answered that we ask too often (429); the next try is at 18:02:00 UTC"
    )
    assert caught.value.until == clock.now() + timedelta(seconds=120)
    clock.pass_by(100)
    with pytest.raises(SourceResting, match="asked for a pause; the next try is at 18:02:00 UTC"):
        web.ask(ASK)
    assert len(replica.fred.asked) == 1
    clock.pass_by(21)
    assert web.ask(ASK).status == 200
    assert sum(clock.slept) == 0


def test_a_short_pause_is_waited_for(web, replica, clock):
    replica.fred.answers(failures.too_many(2), times=1)
    assert web.ask(ASK).status == 200
    assert clock.slept == [2.0]


def test_no_host_can_send_us_away_for_longer_than_an_hour(web, replica, clock):
    replica.fred.answers(failures.too_many("999999999"), times=1)
    failure_of(web)
    clock.pass_by(3_601)
    assert web.ask(ASK).status == 200


def test_a_host_that_names_no_time_is_left_alone_for_a_minute(web, replica, clock):
    replica.fred.answers(failures.too_many())
    failure_of(web)
    clock.pass_by(59)
    failure_of(web)
    assert len(replica.fred.asked) == 1


# ---------------------------------------------------------------- circuit


def test_25_sessions_make_five_calls_in_a_minute_to_a_dead_host(web, replica, clock):
    replica.fred.answers(failures.server_error)
    for _ in range(25):
        failure_of(web)
    assert len(replica.fred.asked) == 5
    assert "failed 5 times in a row; the next try is at" in failure_of(web)


def test_after_a_minute_one_probe_decides(web, replica, clock):
    replica.fred.answers(failures.server_error)
    for _ in range(3):
        failure_of(web)
    clock.pass_by(61)
    for _ in range(5):
        failure_of(web)
    assert len(replica.fred.asked) == 6
    replica.fred.answers_well()
    clock.pass_by(61)
    assert web.ask(ASK).status == 200
    assert web.ask(ASK).status == 200
    assert web.states()[0].failures == 0


def test_answers_of_a_wrong_kind_open_the_circuit_too(web, replica):
    replica.fred.answers(failures.html_with_200)
    for _ in range(25):
        failure_of(web)
    assert len(replica.fred.asked) == 5


def test_a_wrong_question_does_not_open_the_circuit(web, replica):
    replica.fred.answers(failures.not_found)
    for _ in range(7):
        failure_of(web)
    assert len(replica.fred.asked) == 7


def test_one_sick_host_does_not_close_another(web, replica):
    replica.fred.answers(failures.server_error)
    failure_of(web)
    failure_of(web)
    zip_ask = Ask("https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip", "ECB", "zip")
    assert web.ask(zip_ask).status == 200
    states = {state.name: state.failures for state in web.states()}
    assert states == {"fred.stlouisfed.org": 5, "www.ecb.europa.eu": 0}


# ---------------------------------------------------------------- conditional requests


def test_a_resource_that_has_not_changed_is_not_sent_again(web, replica):
    ask = Ask("https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip", "ECB", "zip")
    first = web.ask(ask)
    again = web.ask(Ask(ask.url, "ECB", "zip", stamp=first.stamp))
    assert again.is_unchanged
    assert again.content == b""
    assert not first.is_unchanged


def test_a_stamp_of_another_resource_is_not_sent(web, replica):
    replica.fred.answers(lambda question, reply: reply.with_headers(ETag='"one"'))
    stamp = web.ask(ASK).stamp
    web.ask(Ask(URL, "FRED", "csv", PARAMS, stamp=stamp))
    web.ask(Ask(URL, "FRED", "csv", {"id": "DTWEXBGS"}, stamp=stamp))
    assert replica.fred.asked[1].headers["If-None-Match"] == '"one"'
    assert "If-None-Match" not in replica.fred.asked[2].headers
