"""What stands before every request: a launch token, a deadline, and refusals with details."""

import asyncio
import json

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from dashboard.ui.http_security import BodyDeadline, LaunchGate, ProblemResponses


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
