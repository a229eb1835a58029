"""What stands before every request: a launch token, a deadline, and refusals with details."""

import asyncio
import ipaddress
import json
import re

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from dashboard.ui.http_security import (
    BasePath,
    BodyDeadline,
    LaunchGate,
    OriginCheck,
    ProblemResponses,
    ProxyTrust,
    SecurityHeaders,
    is_from_proxy,
)
from dashboard.ui.index_page import local_path


async def echo(scope, receive, send):
    """Answers the body and the query it was sent."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(body + b"?" + scope["query_string"])(scope, receive, send)


def exchange(app, messages=(), **scope):
    """The messages an application sends; `messages` are pairs of a delay and a part of the body."""
    sent, parts = [], list(messages) or [(0.0, b"")]
    whole = {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [],
        "scheme": "http", "server": ("127.0.0.1", 8501),
    } | scope  # fmt: skip

    async def receive():
        if not parts:
            await asyncio.sleep(60)
        delay, body = parts.pop(0)
        await asyncio.sleep(delay)
        return {"type": "http.request", "body": body, "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    asyncio.run(app(whole, receive, send))
    return sent


def answer(sent):
    headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
    return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:])


def test_a_body_that_comes_in_time_is_passed_on():
    sent = exchange(BodyDeadline(echo, 5.0), [(0.0, b"a"), (0.01, b"b")], method="POST")
    assert answer(sent)[::2] == (200, b"ab?")


@pytest.mark.parametrize("delays", [[0.0, 9.0], [0.02] * 40], ids=["a stop", "a drip"])
def test_a_body_that_does_not_is_cut_off_and_the_connection_closed(delays):
    parts = [(delay, b"x") for delay in delays]
    status, headers, body = answer(exchange(BodyDeadline(echo, 0.1), parts, method="POST"))
    assert status == 408
    assert ("connection", "close") in headers
    assert json.loads(body)["detail"] == "The request was not complete within 0.1 seconds."


def test_a_fault_of_the_application_is_not_taken_for_a_slow_sender():
    async def broken(scope, receive, send):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        exchange(BodyDeadline(broken, 5.0))


def test_a_refusal_in_plain_text_becomes_problem_details():
    async def refusing(scope, receive, send):
        await PlainTextResponse("Bad Request", 400)(scope, receive, send)

    status, headers, body = answer(exchange(ProblemResponses(refusing), path="/odd"))
    assert status == 400
    assert ("content-type", "application/problem+json") in headers
    assert json.loads(body).keys() == {"type", "title", "status", "detail", "instance"}
    assert json.loads(body)["instance"] == "/odd"


# ------------------------------------------------------------------ launch token

BROWSER = [(b"accept", b"text/html,*/*")]


def opened(query, headers=(), path="/", **scope):
    return answer(
        exchange(
            LaunchGate(echo, "launch"),
            query_string=query,
            headers=list(headers),
            path=path,
            **scope,
        )
    )


def test_without_a_launch_token_everybody_is_let_in():
    assert answer(exchange(LaunchGate(echo), path="/anything"))[0] == 200


@pytest.mark.parametrize("query", [b"", b"token=", b"token=launc", b"token=launch2", b"t=launch"])
def test_a_missing_or_wrong_token_is_refused(query):
    for headers in ([], BROWSER, [(b"cookie", b"rouble_reaction_8501=launch")]):
        status, sent, _ = opened(query, headers)
        assert status == 401
        assert "set-cookie" not in dict(sent)


def test_a_browser_is_sent_on_without_the_token_to_this_host_only():
    status, headers, body = opened(b"token=launch&q=%22%3E%3Cb%3E", BROWSER, "//evil.example/x")
    assert status == 200
    assert 'url=/evil.example/x?q=%22%3E%3Cb%3E"' in body.decode()
    assert "launch" not in body.decode()
    cookie = dict(headers)["set-cookie"]
    assert cookie.startswith("rouble_reaction_8501=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert "launch" not in cookie


def test_a_program_is_answered_at_once_and_the_application_does_not_see_the_token():
    status, headers, body = opened(b"a=1&token=launch&b=", path="/api/v1/x")
    assert (status, body) == (200, b"?a=1&b=")
    assert "set-cookie" in dict(headers)


def test_the_cookie_of_one_start_opens_this_start_only():
    gate, other = LaunchGate(echo, "launch"), LaunchGate(echo, "launch")
    first = answer(exchange(gate, query_string=b"token=launch"))
    cookie = dict(first[1])["set-cookie"].partition(";")[0].encode()
    assert answer(exchange(gate, headers=[(b"cookie", cookie)]))[0] == 200
    assert answer(exchange(other, headers=[(b"cookie", cookie)]))[0] == 401


def test_a_websocket_without_the_cookie_is_closed_before_it_opens():
    sent = exchange(LaunchGate(echo, "launch"), type="websocket", query_string=b"token=launch")
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/x", 200), ("/api/openapi.json", 401), ("/", 401)]
)
def test_an_api_token_passes_to_the_api_alone_which_checks_it(path, status):
    headers = [(b"authorization", b"Bearer rr_x")]
    assert opened(b"", headers, path)[0] == status


# ------------------------------------------------------------------ proxies

FORWARDED = [
    (b"x-forwarded-for", b"203.0.113.9"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-email", b"ann@example.org"),
    (b"x-request-id", b"proxy-1234"),
    (b"accept", b"text/html"),
]


@pytest.mark.parametrize(
    ("peer", "client", "scheme", "is_trusted"),
    [
        ("127.0.0.1", "203.0.113.9", "https", True),
        ("10.1.2.3", "203.0.113.9", "https", True),
        ("10.2.0.1", "10.2.0.1", "http", False),
        ("127.0.0.2", "127.0.0.2", "http", False),
    ],
)
def test_forwarded_headers_of_a_trusted_proxy_alone_are_believed(peer, client, scheme, is_trusted):
    seen = []

    async def application(scope, receive, send):
        seen.append(scope)
        await echo(scope, receive, send)

    proxies = [ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.1.0.0/16")]
    exchange(ProxyTrust(application, proxies), client=(peer, 50_000), headers=FORWARDED)
    (scope,) = seen
    assert (scope["client"][0], scope["scheme"], is_from_proxy(scope)) == (
        client, scheme, is_trusted,
    )  # fmt: skip
    names = {name for name, _ in scope["headers"]}
    assert names == ({name for name, _ in FORWARDED} if is_trusted else {b"accept"})


def test_without_proxies_nothing_forwarded_reaches_the_application():
    seen = []

    async def application(scope, receive, send):
        seen.append(scope)
        await echo(scope, receive, send)

    exchange(ProxyTrust(application), client=("127.0.0.1", 1), headers=FORWARDED)
    assert seen[0]["headers"] == [(b"accept", b"text/html")]


@pytest.mark.parametrize(
    ("origin", "is_opened"),
    [
        (None, True),
        ("http://127.0.0.1:8501", True),
        ("https://desk.example.org", True),
        ("https://evil.example", False),
        ("https://desk.example.org.evil.example", False),
        ("https://example.org", False),
        ("null", False),
        ("http://[", False),
    ],
)
def test_a_websocket_is_opened_by_pages_of_this_server_only(origin, is_opened):
    async def application(scope, receive, send):
        await send({"type": "websocket.accept"})

    check = OriginCheck(application, ["127.0.0.1", "*.example.org"])
    headers = [] if origin is None else [(b"origin", origin.encode())]
    (sent,) = exchange(check, type="websocket", headers=headers)
    assert (sent["type"] == "websocket.accept") is is_opened


# ------------------------------------------------------------------ the base path


@pytest.mark.parametrize(
    ("path", "status", "rest"),
    [
        ("/rates/", 200, "/"),
        ("/rates/event", 200, "/event"),
        ("/rates/api/v1/rates.csv", 200, "/api/v1/rates.csv"),
        ("/", 307, "/rates/?a=1"),
        ("/rates", 307, "/rates/?a=1"),
        ("/event", 404, None),
        ("/ratesevent", 404, None),
        ("/rates/../api", 200, "/../api"),  # left to the path check of the application
    ],
)
def test_what_lies_below_the_base_path_is_answered(path, status, rest):
    async def application(scope, receive, send):
        await PlainTextResponse(local_path(scope))(scope, receive, send)

    answered, headers, body = answer(
        exchange(BasePath(application, "/rates"), path=path, query_string=b"a=1")
    )
    assert answered == status
    if rest is not None:
        assert (dict(headers).get("location") or body.decode()) == rest


def test_cookies_are_for_the_base_path_and_for_https():
    async def application(scope, receive, send):
        headers = {"Set-Cookie": "a=1; Path=/"}
        await PlainTextResponse("", headers=headers)(scope, receive, send)

    gate = LaunchGate(application, "launch", "/rates")
    _, headers, _ = answer(
        exchange(SecurityHeaders(gate, https_only=True), query_string=b"token=launch")
    )
    cookies = [value for name, value in headers if name == "set-cookie"]
    assert cookies[0] == "a=1; Path=/; Secure"
    assert cookies[1].endswith("; Path=/rates; HttpOnly; SameSite=Strict; Secure")
    assert dict(headers)["strict-transport-security"] == "max-age=31536000"


def test_a_fault_of_the_application_is_a_problem_with_a_number_only(caplog):
    async def broken(scope, receive, send):
        raise ValueError("canary-word")

    status, headers, body = answer(exchange(SecurityHeaders(ProblemResponses(broken))))
    assert (status, dict(headers)["x-frame-options"]) == (500, "DENY")
    assert "canary-word" not in body.decode()
    (number,) = re.findall(r"under ([0-9a-f]{8})", json.loads(body)["detail"])
    assert number in caplog.text
