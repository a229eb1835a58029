"""Health probes, the log of requests and what is masked in it."""

import asyncio
import json
import logging
from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse

from dashboard.config import JsonLogFormatter
from dashboard.ui import operations
from dashboard.ui.http_security import ProxyTrust
from dashboard.ui.operations import HealthProbes, RequestLog, loggable_path
from tests.ui.test_http_security import answer, echo, exchange


@pytest.fixture
def store(monkeypatch):
    """A store whose answer a test chooses, and how often it was asked."""
    state = SimpleNamespace(problem="", probes=0)

    def probe():
        state.probes += 1
        return state

    context = SimpleNamespace(notes=SimpleNamespace(probe=probe))
    monkeypatch.setattr(operations, "_get_context", lambda: context)
    monkeypatch.setattr(operations, "_stopping", operations.threading.Event())
    return state


@pytest.mark.parametrize("path", ["/livez", "/rates/livez", "/readyz", "/rates/readyz"])
def test_probes_are_answered_below_the_base_path_and_outside(store, path):
    status, headers, body = answer(exchange(HealthProbes(echo, "/rates"), path=path))
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert dict(headers)["cache-control"] == "no-store"


def test_a_store_that_does_not_answer_makes_it_not_ready_but_alive(store):
    store.problem = "connection refused at db.internal"
    status, _, body = answer(exchange(HealthProbes(echo), path="/readyz"))
    assert (status, json.loads(body)) == (503, {"status": "store fails"})
    assert answer(exchange(HealthProbes(echo), path="/livez"))[0] == 200


def test_a_flood_of_probes_is_not_one_of_queries(store):
    probes = HealthProbes(echo)

    async def flood():
        await asyncio.gather(*(probes._find_status() for _ in range(50)))

    asyncio.run(flood())
    assert store.probes == 1


def test_while_it_stops_it_is_not_ready(store):
    operations._stopping.set()
    status, _, body = answer(exchange(HealthProbes(echo), path="/readyz"))
    assert (status, json.loads(body)) == (503, {"status": "stopping"})
    assert store.probes == 0


def test_a_probe_is_only_read(store):
    assert answer(exchange(HealthProbes(echo), path="/livez", method="POST"))[0] == 405
    assert answer(exchange(HealthProbes(echo), path="/livezz"))[2] == b"?"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/event", "/event"),
        ("/api/v1/facts.json", "/api/v1/facts.json"),
        ("/api/v1/events/n-1f3a", "/api/v1/events/*"),
        ("/api/v1/events/dinner_with_the_minister/window.csv", "/api/v1/events/*/window.csv"),
        ("/media/8f3b2a91c0.csv", "/media/*"),
        ("/_stcore/upload_file/5f6c-11/8812", "/_stcore/upload_file/*/*"),
        ("/static/js/index.DormvYxC.js", "/static/*/*"),
        ("/a-secret-of-mine", "/*"),
        ("/rr_8f3b2a91", "/*"),
        ("/a\nb", "/*"),
        ("", "/"),
    ],
)
def test_what_can_be_private_in_an_address_is_masked(path, shown):
    assert loggable_path(path) == shown


def logged_line(caplog, app, **scope):
    with caplog.at_level(logging.INFO, logger="dashboard.requests"):
        _, headers, _ = answer(exchange(app, **scope))
    (record,) = [r for r in caplog.records if r.name == "dashboard.requests"]
    return json.loads(JsonLogFormatter().format(record)), dict(headers)


def test_a_request_is_one_line_without_its_query_and_headers(caplog):
    line, headers = logged_line(
        caplog, RequestLog(echo, "/rates"), path="/rates/event", query_string=b"id=canary",
        client=("192.0.2.5", 1), headers=[(b"authorization", b"Bearer canary")],
    )  # fmt: skip
    assert line.items() >= {
        "logger": "dashboard.requests", "method": "GET", "path": "/event", "status": 200,
        "bytes": len("?id=canary"), "client": "192.0.2.5",
    }.items()  # fmt: skip
    assert len(headers["x-request-id"]) == 16
    assert "canary" not in json.dumps(line)


@pytest.mark.parametrize(
    ("peer", "given", "is_kept"),
    [
        ("127.0.0.1", b"0af7651916cd43dd", True),
        ("127.0.0.1", b'x"}\n{"forged', False),
        ("127.0.0.1", b"x" * 65, False),
        ("192.0.2.5", b"0af7651916cd43dd", False),
    ],
)
def test_the_id_of_a_request_is_that_of_a_trusted_proxy_only(peer, given, is_kept):
    from ipaddress import ip_network

    seen = []

    async def application(scope, receive, send):
        seen.append(operations.request_id.get())
        await PlainTextResponse("")(scope, receive, send)

    app = ProxyTrust(RequestLog(application, is_written=False), [ip_network("127.0.0.1")])
    headers = [(b"x-request-id", given)]
    _, sent, _ = answer(exchange(app, client=(peer, 1), headers=headers))
    assert (seen[0].encode() == given) is is_kept
    assert dict(sent)["x-request-id"] == seen[0]
    assert operations.request_id.get() == ""
