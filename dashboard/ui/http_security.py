"""HTTP security of the server: who may open it, what a browser may do, how long a sender may take.

Every class wraps an ASGI application. `ProblemResponses` stands outside those that refuse, so that
what any part of the server refuses is answered with problem details (RFC 9457). `ProxyTrust` stands
outermost: what is inside it sees the true sender, and forwarded headers of a trusted proxy alone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import ipaddress
import json
import logging
import re
import secrets
import time
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.services.people import PUBLIC
from dashboard.services.serializers import PROBLEM_MEDIA_TYPE, problem_json
from dashboard.ui.index_page import LOCAL_PATH, build_index, local_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from dashboard.config import IpNetwork

SENDER_SECONDS: Final = 10.0
"""How long the headers of a request may take, and its body."""
LAUNCH_PARAMETER: Final = "token"
API_PREFIX: Final = "/api"
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY: Final = "max-age=31536000"
"""A year: browsers ask a host that was reached by HTTPS by nothing else."""
TRUSTED_PEER: Final = "dashboard.trusted_peer"
"""The key of a scope: whether a trusted proxy sent the request."""
FORWARDED_HEADERS: Final = (
    b"forwarded",
    b"x-forwarded-",
    b"x-real-ip",
    b"x-request-id",
    b"x-auth-",
)
"""The beginnings of the names of headers that a proxy sets."""
_BAD_REQUEST: Final = (
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    "Content-Length: {}\r\n\r\n{}"
)
_PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Rouble Reaction</title>{}</html>'
)
_NEXT_PAGE: Final = (
    '<meta http-equiv="refresh" content="0; url={0}"><a href="{0}">Rouble Reaction</a>'
)
_COOKIE: Final = "{}={}; Path={}; HttpOnly; SameSite=Strict"
UPLOAD_PATH: Final = "/_stcore/upload_file"
NOT_INDEXED: Final = ("/embed/", "/api/", "/_stcore/", "/media/", "/oembed", "/healthz")
CRAWLERS: Final = re.compile(
    r"bot\b|crawl|spider|slurp|facebookexternalhit|archiver|bingpreview|embedly", re.IGNORECASE
)
_INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def problem_response(status: int, detail: str, path: str, **headers: str) -> Response:
    """A refusal as problem details; the connection is closed where a header says so."""
    content = json.dumps(problem_json(status, detail, path), ensure_ascii=False)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(content, status, {"Cache-Control": "no-store", **named}, PROBLEM_MEDIA_TYPE)


# ---- proxies and the base path


class ProxyTrust:
    """Believes the forwarded headers of trusted proxies, and removes those of everybody else.

    Of a trusted proxy the scope then has the sender's address and scheme; `is_from_proxy` says so.

    Args:
        app: the application.
        proxies: addresses and networks of the proxies.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[IpNetwork] = ()) -> None:
        from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

        self._app = app
        self._proxies = tuple(proxies)
        names = [str(network) for network in proxies]
        self._believing: Any = ProxyHeadersMiddleware(app, names) if names else None  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif self._is_trusted(scope):
            await self._believing({**scope, TRUSTED_PEER: True}, receive, send)
        else:
            own = [pair for pair in scope["headers"] if not pair[0].startswith(FORWARDED_HEADERS)]
            await self._app({**scope, "headers": own}, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        if not self._proxies:
            return False
        try:
            address = ipaddress.ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def is_from_proxy(scope: Scope) -> bool:
    """Whether a trusted proxy sent the request: its headers may be believed."""
    return bool(scope.get(TRUSTED_PEER, False))


class BasePath:
    """Answers below one path alone; `local_path` is the rest of a request's path.

    The root leads there; nothing else lies outside.

    Args:
        app: the application, whose addresses lie below the path.
        base_path: as `/rouble`; empty for the root.
    """

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one connection."""
        base = self._base_path
        if not base or scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(f"{base}/"):
            inner = {**scope, LOCAL_PATH: scope["path"].removeprefix(base)}
            await self._app(inner, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["path"] in {"/", base}:
            query = scope["query_string"].decode("latin-1")
            address = f"{base}/?{query}" if query else f"{base}/"
            await RedirectResponse(address)(scope, receive, send)
        else:
            detail = _refusal_text(HTTPStatus.NOT_FOUND)
            await problem_response(HTTPStatus.NOT_FOUND, detail, scope["path"])(
                scope, receive, send
            )


class OriginCheck:
    """Refuses a WebSocket that the page of another site opens.

    Streamlit refuses it too, but asks a service elsewhere for the address of this machine first.

    Args:
        app: the application.
        hosts: the host names that are served, `*.example.org` for those below one.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = tuple(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open one connection, or answer one request."""
        if scope["type"] == "websocket" and not self._is_own(Headers(scope=scope).get("origin")):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    def _is_own(self, origin: str | None) -> bool:
        if origin is None:  # a program: browsers always say it
            return True
        try:
            host = urlsplit(origin).hostname or ""
        except ValueError:
            return False
        return any(fnmatchcase(host, name) for name in self._hosts)


# ---- headers and problem details


def page_policy() -> str:
    """The content security policy of the pages: nothing from elsewhere, and no inline script.

    The inline scripts of the page are allowed by their hashes. Streamlit and Plotly set
    styles inline, and draw pictures from `data:` and `blob:`.
    """
    scripts = _INLINE_SCRIPT.findall(build_index())
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *(f"'sha256-{value}'" for value in hashes))),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Adds the headers that tell a browser what it may do with an answer.

    Args:
        app: the application.
        https_only: whether browsers shall ask this host, and send its cookies, by HTTPS alone.
    """

    def __init__(self, app: ASGIApp, *, https_only: bool = False) -> None:
        self._app = app
        self._https_only = https_only
        self._headers = _HEADERS | {"Content-Security-Policy": page_policy()}
        if https_only:
            self._headers["Strict-Transport-Security"] = HTTPS_ONLY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own_policy = headers.get("content-security-policy", "")
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if "frame-ancestors" in own_policy and "ancestors 'none'" not in own_policy:
                    del headers["X-Frame-Options"]  # it knows no list of sites
                if self._https_only:
                    message["headers"] = [_secured(*pair) for pair in message["headers"]]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header of an answer; a cookie is marked for HTTPS (Streamlit's own are not)."""
    is_open = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_open else value


class ProblemResponses:
    """Turns a refusal in plain text, as servers give it, into problem details.

    An address that ends in `.txt` answers in plain text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].endswith(".txt"):
            await self._app(scope, receive, send)
            return
        is_replaced = has_begun = False

        async def send_problem(message: Message) -> None:
            nonlocal is_replaced, has_begun
            has_begun = True
            if message["type"] == "http.response.start" and _is_plain_refusal(message):
                is_replaced = True
                status = message["status"]
                response = problem_response(status, _refusal_text(status), scope["path"])
                await response(scope, receive, send)
            elif not is_replaced:
                await send(message)

        try:
            await self._app(scope, receive, send_problem)
        except Exception:
            if has_begun:
                raise
            error_id = secrets.token_hex(4)
            logging.getLogger("dashboard").exception("request error %s", error_id)
            detail = _(
                "Something went wrong here; the log of the server has it under {error_id}.",
                error_id=error_id,
            )
            response = problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, detail, scope["path"])
            await response(scope, receive, send)


def _is_plain_refusal(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "text/plain")
    return start["status"] >= HTTPStatus.BAD_REQUEST and kind.startswith("text/plain")


def _refusal_text(status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return _("There is nothing at this address.")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return _("This address does not take this method.")
    return _("The request cannot be answered: its address, host or content is not valid.")


# ---- slow senders


class BodyDeadline:
    """Cuts off a request whose body is not complete in time.

    Args:
        app: the application.
        seconds: counted from the moment when the application reads the body.
    """

    def __init__(self, app: ASGIApp, seconds: float = SENDER_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _TimedRequest(receive, send, self._seconds)
        try:
            await self._app(scope, request.receive, request.send)
        except Exception:
            if not request.is_late:
                raise
        if request.is_late and not request.has_answered:
            detail = _(
                "The request was not complete within {seconds:g} seconds.", seconds=self._seconds
            )
            response = problem_response(
                HTTPStatus.REQUEST_TIMEOUT, detail, scope["path"], connection="close"
            )
            await response(scope, receive, send)


class _TimedRequest:
    """A request with a deadline; after it the sender counts as gone and no answer gets out."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self._receive = receive
        self._send = send
        self._seconds = seconds
        self._ends: float | None = None
        self._is_complete = False
        self.is_late = False
        self.has_answered = False

    async def receive(self) -> Message:
        """The next message of the sender."""
        if self._is_complete:
            return await self._receive()
        if self._ends is None:
            self._ends = time.monotonic() + self._seconds
        try:
            wait = max(0.0, self._ends - time.monotonic())
            message = await asyncio.wait_for(self._receive(), wait)
        except TimeoutError:
            self.is_late = self._is_complete = True
            return {"type": "http.disconnect"}
        self._is_complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send a message, unless the sender was cut off before the answer began."""
        if self.is_late and not self.has_answered:
            return
        self.has_answered = True
        await self._send(message)


class _HeaderDeadline:
    """A part of uvicorn's protocol: the connection is closed where no request begins in time."""

    seconds: float
    cycle: Any
    transport: asyncio.Transport
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)  # type: ignore[misc]
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)  # type: ignore[misc]
        is_answering = self.cycle is not None and not self.cycle.response_complete
        protocol: object = self.transport.get_protocol()  # a WebSocket has one of its own
        if is_answering or protocol is not self:
            self._stop_timer()
        elif self._timer is None:
            self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)  # type: ignore[misc]

    def send_400_response(self, msg: str) -> None:
        """What uvicorn answers to bytes that are no request, as problem details."""
        content = json.dumps(problem_json(HTTPStatus.BAD_REQUEST, msg, "/"))
        self.transport.write(_BAD_REQUEST.format(len(content), content).encode())
        self.transport.close()

    def _start_timer(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self.seconds, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def limit_slow_headers(seconds: float = SENDER_SECONDS) -> None:
    """Close connections whose request does not begin in time; call it before the server starts.

    uvicorn has a limit for an idle connection after an answer, and none before it: there is no
    public way to give it one.

    Args:
        seconds: how long the headers of a request may take.
    """
    from uvicorn import config
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    timed: Any = type("TimedProtocol", (_HeaderDeadline, AutoHTTPProtocol), {"seconds": seconds})
    config.HTTP_PROTOCOLS["auto"] = timed


# ---- launch token


class LaunchGate:
    """Lets in whoever shows the launch token once, and then the cookie that it was answered with.

    It stands before pages, their WebSocket, downloads and the API alike. A program passes with an
    API token of its own, which the API checks.

    Args:
        app: the application.
        token: the launch token; without one everybody is let in.
        base_path: below which the cookie is sent.
    """

    def __init__(self, app: ASGIApp, token: str = "", base_path: str = "") -> None:
        self._app = app
        self._token = token
        self._base_path = base_path
        self._session = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one connection."""
        if not self._token or scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        name = f"rouble_reaction_{(scope.get('server') or ('', 0))[1]}"
        if _equal(connection.cookies.get(name, ""), self._session) or _has_api_token(connection):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif _equal(connection.query_params.get(LAUNCH_PARAMETER, ""), self._token):
            cookie = _COOKIE.format(name, self._session, self._base_path or "/")
            await self._let_in(connection, (receive, send), cookie)
        else:
            await _refuse(connection)(scope, receive, send)

    async def _let_in(
        self, connection: HTTPConnection, channel: tuple[Receive, Send], cookie: str
    ) -> None:
        """Give the cookie; a browser then asks for the same page without the token."""
        (receive, send), scope = channel, dict(connection.scope)
        others = [
            pair
            for pair in parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
            if pair[0] != LAUNCH_PARAMETER
        ]
        query = urlencode(others)
        if _is_browser(connection):
            # A redirect would be refused: where the first link is of another site, browsers do
            # not send a SameSite=Strict cookie on what follows from it.
            target = html.escape(f"/{scope['path'].lstrip('/')}{'?' if query else ''}{query}")
            page = _PAGE.format(_NEXT_PAGE.format(target))
            headers = {"Set-Cookie": cookie, "Cache-Control": "no-store"}
            await HTMLResponse(page, headers=headers)(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        scope["query_string"] = query.encode()
        await self._app(scope, receive, send_with_cookie)


def _equal(shown: str, expected: str) -> bool:
    return secrets.compare_digest(shown.encode(), expected.encode())


def _has_api_token(connection: HTTPConnection) -> bool:
    scheme = connection.headers.get("authorization", "").partition(" ")[0]
    is_api = local_path(connection.scope).startswith(f"{API_PREFIX}/v")
    return is_api and scheme.lower() == "bearer"


def _is_browser(connection: HTTPConnection) -> bool:
    path = local_path(connection.scope)
    is_page = not path.startswith((f"{API_PREFIX}/", "/_stcore/", "/media/"))
    return is_page and "text/html" in connection.headers.get("accept", "")


def _refuse(connection: HTTPConnection) -> Response:
    detail = _(
        "This dashboard was started with a launch token: open the address that was printed where it"
        " was started."
    )
    if _is_browser(connection):
        page = _PAGE.format(f"<p>{html.escape(detail)}</p>")
        return HTMLResponse(page, HTTPStatus.UNAUTHORIZED, {"Cache-Control": "no-store"})
    challenge = 'Bearer realm="Rouble Reaction"'
    return problem_response(
        HTTPStatus.UNAUTHORIZED, detail, connection.scope["path"], WWW_Authenticate=challenge
    )


# ---- visitors of a public instance


class VisitorGate:
    """What a public instance refuses before pages and API do: uploads, and sessions of crawlers.

    A crawler would open a session, which costs as much as a reader, and see nothing more than the
    title. What it may index is said in each answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open one connection."""
        path: str = scope.get("path", "")
        if scope["type"] == "websocket" and is_crawler(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http" and UPLOAD_PATH in path:
            detail = translate_deferred(PUBLIC)
            await problem_response(HTTPStatus.FORBIDDEN, detail, path)(scope, receive, send)
            return

        async def send_with_robots(message: Message) -> None:
            if message["type"] == "http.response.start" and any(x in path for x in NOT_INDEXED):
                MutableHeaders(scope=message).setdefault("X-Robots-Tag", "noindex")
            await send(message)

        await self._app(scope, receive, send_with_robots)


def is_crawler(headers: Headers) -> bool:
    """Whether a request says that it comes from a program which reads pages for others."""
    return CRAWLERS.search(headers.get("user-agent", "")) is not None
