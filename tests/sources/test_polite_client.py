"""The HTTP client of live sources against a server that does everything wrong."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from dashboard.models.errors import CircuitOpen, InputError, SourceError
from dashboard.sources.http_client import Request, RequestLimits
from dashboard.sources.http_transport import USER_AGENT, new_session, replica_address
from dashboard.sources.polite_client import PoliteClient
from tests.replica import failures

URL = "https://fred.stlouisfed.org/graph/fredgraph.csv"
ZIP = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
PARAMS = {"id": "VIXCLS", "cosd": "2026-11-02"}
ASK = Request(URL, "FRED", "csv", PARAMS)
QUICK = RequestLimits(connect=1.0, read=1.0, total=1.5, attempts=1)


@pytest.fixture
def quick(replica):
    """A client on the real clock that gives up soon."""
    with new_session(replica.url) as session:
        yield PoliteClient(session, limits=QUICK)


def failure_of(client, request=ASK):
    with pytest.raises(SourceError) as caught:
        client.send(request)
    return str(caught.value)


# ---------------------------------------------------------------- what is right


def test_a_right_answer_comes_whole(client, replica):
    answer = client.send(ASK)
    assert answer.content.startswith(b"observation_date,VIXCLS\n2026-11-02,")
    assert answer.url.startswith(URL)
    assert len(replica.fred.requests) == 1


def test_a_gzipped_answer_is_unpacked(client, replica):
    plain = client.send(ASK).content
    replica.fred.answers(failures.packed)
    assert client.send(ASK).content == plain


def test_it_says_who_it_is(client, replica):
    client.send(ASK)
    headers = replica.fred.requests[0].headers
    assert headers["User-Agent"] == USER_AGENT
    assert "rouble-reaction/" in USER_AGENT
    assert "Mozilla" not in USER_AGENT
    assert headers["Accept-Encoding"] == "gzip"


def test_the_replica_is_told_which_host_was_meant(client, replica):
    client.send(ASK)
    assert replica.fred.requests[0].host == "fred.stlouisfed.org"


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
    ("failure", "text"),
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
        pytest.param(
            failures.elsewhere(URL.replace("https:", "http:")),
            "FRED sent us from https to an address without encryption",
            id="http",
        ),
        (failures.elsewhere(URL), "FRED sent us round in circles"),
    ],
)
def test_an_answer_of_another_kind_is_refused_in_one_sentence_and_not_asked_for_again(
    client, replica, failure, text
):
    replica.fred.answers(failure)
    assert failure_of(client) == text
    # Redirects within the host are followed three times.
    assert len(replica.fred.requests) == (4 if "circles" in text else 1)


def test_the_body_of_a_redirect_is_not_read(client, replica):
    """requests by itself reads it to the end, however long it is."""
    replica.fred.answers(
        lambda question, reply: failures.endless(
            question, replace(reply, status=302, headers={"Location": URL})
        )
    )
    started = time.monotonic()
    assert failure_of(client) == "FRED sent us round in circles"
    assert time.monotonic() - started < 5


def test_a_status_that_means_nothing_is_an_answer(client, replica):
    replica.fred.answers(failures.not_found)
    answer = client.send(Request(URL, "FRED", "csv", PARAMS, empty_statuses=frozenset({404})))
    assert answer.status == 404


# ---------------------------------------------------------------- not whole


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (failures.cut_off(0.5), "FRED broke off its answer"),
        (failures.broken_chunks, "FRED broke off its answer"),
        (failures.cut_off_gzip, "FRED broke off its answer (the gzip end marker is missing)"),
        (failures.reset, "FRED broke the connection"),
        (failures.server_error, "FRED answered 500 Internal Server Error"),
        (failures.unavailable, "FRED answered 503 Service Unavailable"),
    ],
)
def test_a_broken_answer_is_noticed_after_three_tries(client, replica, failure, text):
    replica.fred.answers(failure)
    assert failure_of(client).startswith(text)
    assert len(replica.fred.requests) == 3


def test_a_damaged_gzip_body_is_noticed(client, replica):
    def damaged(question, reply):
        packed = bytearray(reply.packed().body)
        packed[20] ^= 0xFF
        return failures.instead(bytes(packed), "text/csv")(question, reply).with_headers(
            Content_Encoding="gzip"
        )

    replica.fred.answers(damaged)
    assert "gzip" in failure_of(client)


def test_a_gzip_body_in_two_members_comes_whole(client, replica):
    def in_two(question, reply):
        body = gzip.compress(reply.body[:20]) + gzip.compress(reply.body[20:])
        return replace(reply, body=body).with_headers(Content_Encoding="gzip")

    plain = client.send(ASK).content
    replica.fred.answers(in_two)
    assert client.send(ASK).content == plain


def test_bytes_behind_a_gzip_body_are_refused(client, replica):
    def longer(question, reply):
        body = gzip.compress(reply.body) + b"<html>"
        return replace(reply, body=body).with_headers(Content_Encoding="gzip")

    replica.fred.answers(longer)
    assert failure_of(client) == "FRED answered a damaged gzip body"


def test_an_unknown_packing_is_refused(client, replica):
    replica.fred.answers(lambda question, reply: reply.with_headers(Content_Encoding="br"))
    assert failure_of(client) == "FRED packed its answer in an unknown way (br)"


def test_a_passing_failure_is_tried_again_with_growing_waits(client, replica, clock):
    replica.fred.answers(failures.server_error, times=2)
    assert client.send(ASK).status == 200
    assert len(replica.fred.requests) == 3
    assert 0.25 <= clock.slept[0] <= 0.75  # half a second with jitter, then the host's pace
    assert 1.5 <= sum(clock.slept) <= 2.5


@pytest.mark.parametrize("failure", [failures.bomb(64), failures.endless])
def test_more_than_ten_megabytes_are_not_taken_in(client, replica, failure):
    replica.fred.answers(failure)
    assert failure_of(client) == "FRED answered more than 10 MB"
    assert len(replica.fred.requests) == 1


# ---------------------------------------------------------------- time


@pytest.mark.parametrize(
    "failure",
    [failures.hang(30), failures.drip(0.05), failures.drip_headers(0.05)],
    ids=["hang", "drip", "drip_headers"],
)
def test_the_whole_of_an_exchange_is_bounded(quick, replica, failure):
    replica.fred.answers(failure)
    started = time.monotonic()
    assert "in time" in (text := failure_of(quick)) or "within 1.5 s" in text
    assert time.monotonic() - started < 20


def test_a_cut_exchange_leaves_no_thread_behind(quick, replica):
    replica.fred.answers(failures.drip(0.05))
    earlier = set(threading.enumerate())  # another test's may still wait
    failure_of(quick)
    ends = time.monotonic() + 20
    while any(item.name == "http" for item in set(threading.enumerate()) - earlier):
        assert time.monotonic() < ends, "a thread still waits"
        time.sleep(0.02)


def test_a_host_that_is_gone_is_told_in_words(quick, replica):
    replica.stop()
    assert failure_of(quick) == "FRED refused the connection"


def test_one_host_is_asked_one_at_a_time_at_its_pace(client, replica, clock):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.send(ASK), range(4)))
    assert len(replica.fred.requests) == 4
    assert clock.slept == [1.0, 1.0, 1.0]


# ---------------------------------------------------------------- Retry-After


@pytest.mark.parametrize("text", ["120", "Mon, 23 Nov 2026 18:02:00 GMT"])
def test_a_wish_for_a_pause_is_kept_by_not_asking(client, replica, clock, text, monkeypatch):
    now = SimpleNamespace(time=lambda: clock.now().timestamp())
    monkeypatch.setattr("urllib3.util.retry.time", now)  # urllib3 reads the moment in the header
    replica.fred.answers(failures.too_many(text), times=1)
    with pytest.raises(CircuitOpen) as caught:
        client.send(ASK)
    assert str(caught.value) == (
        "FRED answered that we ask too often (429); the next try is at 18:02:00 UTC"
    )
    assert caught.value.until == clock.now() + timedelta(seconds=120)
    clock.pass_by(100)
    with pytest.raises(CircuitOpen, match="asked for a pause; the next try is at 18:02:00 UTC"):
        client.send(ASK)
    assert len(replica.fred.requests) == 1
    clock.pass_by(21)
    assert client.send(ASK).status == 200
    assert sum(clock.slept) == 0


def test_a_short_pause_is_waited_for(client, replica, clock):
    replica.fred.answers(failures.too_many(2), times=1)
    assert client.send(ASK).status == 200
    assert clock.slept == [2.0]


def test_no_host_can_send_us_away_for_longer_than_an_hour(client, replica, clock):
    replica.fred.answers(failures.too_many("999999999"), times=1)
    failure_of(client)
    clock.pass_by(3_601)
    assert client.send(ASK).status == 200


@pytest.mark.parametrize("text", [None, "soon", "-1", "9" * 5_000, "Mon, 99 Nov 2026 18:02:00 GMT"])
def test_a_host_that_names_no_time_is_left_alone_for_a_minute(client, replica, clock, text):
    replica.fred.answers(failures.too_many(text))
    failure_of(client)
    clock.pass_by(59)
    failure_of(client)
    assert len(replica.fred.requests) == 1


# ---------------------------------------------------------------- circuit


def test_25_sessions_make_five_calls_in_a_minute_to_a_dead_host(client, replica, clock):
    replica.fred.answers(failures.server_error)
    for _ in range(25):
        failure_of(client)
    assert len(replica.fred.requests) == 5
    assert "failed 5 times in a row; the next try is at" in failure_of(client)


def test_after_a_minute_one_probe_decides(client, replica, clock):
    replica.fred.answers(failures.server_error)
    for _ in range(3):
        failure_of(client)
    clock.pass_by(61)
    for _ in range(5):
        failure_of(client)
    assert len(replica.fred.requests) == 6
    replica.fred.answers_well()
    clock.pass_by(61)
    assert client.send(ASK).status == 200
    assert client.send(ASK).status == 200
    assert client.limiter(URL).failures == 0


def test_answers_of_a_wrong_kind_open_the_circuit_too(client, replica):
    replica.fred.answers(failures.html_with_200)
    for _ in range(25):
        failure_of(client)
    assert len(replica.fred.requests) == 5


def test_a_wrong_question_does_not_open_the_circuit(client, replica):
    replica.fred.answers(failures.not_found)
    for _ in range(7):
        failure_of(client)
    assert len(replica.fred.requests) == 7


def test_one_sick_host_does_not_close_another(client, replica):
    replica.fred.answers(failures.server_error)
    failure_of(client)
    failure_of(client)
    zip_request = Request(ZIP, "ECB", "zip")
    assert client.send(zip_request).status == 200
    assert client.limiter(URL).failures == 5
    assert client.limiter(zip_request.url).failures == 0


# ---------------------------------------------------------------- conditional requests


def test_a_resource_that_has_not_changed_is_not_sent_again(client, replica):
    request = Request(ZIP, "ECB", "zip")
    first = client.send(request)
    again = client.send(Request(request.url, "ECB", "zip", validator=first.validator))
    assert again.is_unchanged
    assert again.content == b""
    assert not first.is_unchanged


def test_the_version_of_another_resource_is_not_sent(client, replica):
    replica.fred.answers(lambda question, reply: reply.with_headers(ETag='"one"'))
    validator = client.send(ASK).validator
    client.send(Request(URL, "FRED", "csv", PARAMS, validator=validator))
    client.send(Request(URL, "FRED", "csv", {"id": "DTWEXBGS"}, validator=validator))
    assert replica.fred.requests[1].headers["If-None-Match"] == '"one"'
    assert "If-None-Match" not in replica.fred.requests[2].headers
