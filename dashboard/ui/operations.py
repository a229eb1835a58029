"""Operation of the server: health probes, the log of requests, metrics, and the end of the process.

The metrics are Prometheus' and stand on an address of their own; without the setting its library is
never imported.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response

from dashboard.config import request_id
from dashboard.ui.http_security import is_from_proxy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from dashboard.container import AppContext
    from dashboard.services.jobs import NewsRefreshJob, RateRefreshJob

REQUEST_LOG: Final = "dashboard.requests"
REQUEST_ID: Final = "X-Request-Id"
MASK: Final = "*"
PROBE_SECONDS: Final = 5.0
"""How long the store has to answer."""
PROBE_INTERVAL: Final = 1.0
"""For how many seconds its answer holds: a flood of probes must not be one of queries."""
_FIRST_MESSAGES: Final = (
    "http.response.start", "websocket.http.response.start", "websocket.accept",
)  # fmt: skip
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_PLAIN_NAME: Final = re.compile(r"[a-z_]{1,24}(\.[a-z]{2,4})?|v1")
_stopping = threading.Event()


def configure_server(stop_seconds: int) -> None:
    """Set what Streamlit has no setting for; call it before the server starts.

    Args:
        stop_seconds: how long what runs has to end once the server stops.
    """
    from streamlit.web.server.starlette import starlette_server

    given = starlette_server._get_uvicorn_config_kwargs  # there is no public way
    starlette_server._get_uvicorn_config_kwargs = lambda: {
        **given(),
        "timeout_graceful_shutdown": stop_seconds,
        "proxy_headers": False,  # ProxyTrust reads them, of trusted proxies only
        "server_header": False,
    }


@contextmanager
def graceful_stop(drain_seconds: float = 0.0) -> Iterator[None]:
    """Within the running server: SIGTERM first makes it not ready, and stops it a while later.

    A proxy notices meanwhile that it is not ready. A second SIGTERM stops it at once.

    Args:
        drain_seconds: how long it still takes requests.
    """
    _stopping.clear()
    stop = signal.getsignal(signal.SIGTERM)
    if callable(stop) and threading.current_thread() is threading.main_thread():
        _drain_on_sigterm(stop, drain_seconds)
    try:
        yield
    finally:
        _stopping.set()
        end_reports()


def _drain_on_sigterm(stop: Any, drain_seconds: float) -> None:
    loop = asyncio.get_running_loop()

    def drain(number: int, frame: FrameType | None) -> None:
        if _stopping.is_set() or not drain_seconds:
            stop(number, frame)
        else:
            loop.call_soon_threadsafe(loop.call_later, drain_seconds, stop, number, frame)
        _stopping.set()

    signal.signal(signal.SIGTERM, drain)


def end_reports() -> None:
    """End the reports that are being made: their processes would outlive this one."""
    render = sys.modules.get("dashboard.export.report.render")
    if render is not None:
        render.end_all()


# ------------------------------------------------------------------ health probes


class HealthProbes:
    """Answers `/livez` and `/readyz` under any host name, outside and below the base path.

    `/livez` says that the process answers, `/readyz` that it takes requests: 503 where the store
    does not answer, or while it stops. They tell nothing else, so that anybody may ask.
    """

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self._app = app
        self._paths = {
            f"{base}{path}": path for base in ("", base_path) for path in ("/livez", "/readyz")
        }
        self._lock = asyncio.Lock()
        self._checked = (float("-inf"), False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = self._paths.get(scope["path"]) if scope["type"] == "http" else None
        if path is None:
            await self._app(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await Response(status_code=405, headers={"Allow": "GET, HEAD"})(scope, receive, send)
        else:
            status = "ok" if path == "/livez" else await self._find_status()
            code = HTTPStatus.OK if status == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
            response = JSONResponse({"status": status}, code, {"Cache-Control": "no-store"})
            await response(scope, receive, send)

    async def _find_status(self) -> str:
        if _stopping.is_set():
            return "stopping"
        async with self._lock:  # one probe at a time: a store that hangs must not fill the threads
            checked_at, answers = self._checked
            if time.monotonic() - checked_at > PROBE_INTERVAL:
                answers = await _store_answers()
                self._checked = (time.monotonic(), answers)
        return "ok" if answers else "store fails"


async def _store_answers() -> bool:
    import anyio
    import anyio.to_thread

    def probe() -> bool:
        return not _get_context().notes.probe().problem

    with anyio.move_on_after(PROBE_SECONDS), suppress(Exception):
        return await anyio.to_thread.run_sync(probe, abandon_on_cancel=True)
    return False


def _get_context() -> AppContext:
    from dashboard.ui.session import get_live_context

    return get_live_context()


# ------------------------------------------------------------------ log of requests


class RequestLog:
    """Gives each request an id, writes one line of it to the log, and counts it for the metrics.

    The id is that of a trusted proxy or a new one; the answer has it in `X-Request-Id`, and so has
    every line that is logged meanwhile. The line holds no query, no id of an event and no name of a
    file, since these can be private.

    Args:
        app: the application.
        base_path: below which the addresses lie.
        is_written: whether the line is written.
    """

    def __init__(self, app: ASGIApp, base_path: str = "", *, is_written: bool = True) -> None:
        self._app = app
        self._base_path = base_path
        self._is_written = is_written

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one connection to its end."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        reset = request_id.set(exchange.id)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            self._record(scope, exchange)
            request_id.reset(reset)

    def _record(self, scope: Scope, exchange: _Exchange) -> None:
        path = loggable_path(scope["path"].removeprefix(self._base_path) or "/")
        method = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
        seconds = time.monotonic() - exchange.started
        count_request(method, path, exchange.status, seconds)
        if self._is_written:
            fields = {
                "method": method if method.isalpha() and len(method) < 12 else MASK,
                "path": path,
                "status": exchange.status,
                "ms": round(seconds * 1_000, 1),
                "bytes": exchange.size,
                "client": (scope.get("client") or ("",))[0],
            }
            logging.getLogger(REQUEST_LOG).info(json.dumps(fields))


class _Exchange:
    """What is seen of a request while it is answered."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self.started = time.monotonic()
        self.status, self.size = 0, 0
        given = Headers(scope=scope).get(REQUEST_ID, "") if is_from_proxy(scope) else ""
        self.id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)

    async def receive(self) -> Message:
        """The next message of the sender."""
        message = await self._receive()
        if message["type"] == "websocket.receive":
            count_message("received")
        return message

    async def send(self, message: Message) -> None:
        """Send a message; the first one carries the id."""
        kind = message["type"]
        if kind in _FIRST_MESSAGES:
            self.status = message.get("status", HTTPStatus.SWITCHING_PROTOCOLS)
            message.setdefault("headers", [])
            MutableHeaders(scope=message)[REQUEST_ID] = self.id
        elif kind == "websocket.send":
            count_message("sent")
        elif kind == "websocket.close" and not self.status:
            self.status = HTTPStatus.FORBIDDEN  # what uvicorn answers
        self.size += len(message.get("body") or message.get("bytes") or b"")
        await self._send(message)


def loggable_path(path: str) -> str:
    """A path with what can be private masked: `/api/v1/events/n-7` is `/api/v1/events/*`.

    Names of pages and lists are plain words; ids, names of files and tokens are not. Below a name
    only the API has further words: its version, a list, and a part of one event.
    """
    parts = path.split("/")[1:7] or [""]
    is_api = parts[:2] == ["api", "v1"]
    shown = {0, 1, 2, 4} if is_api else {0, 1} if parts[0] in {"api", "_stcore", "embed"} else {0}
    masked = [
        part if not part or (at in shown and _PLAIN_NAME.fullmatch(part)) else MASK
        for at, part in enumerate(parts)
    ]
    return "/" + "/".join(masked)


# ------------------------------------------------------------------ metrics

ROUTES: Final = {
    "api": "api", "media": "file", "static": "static", "_stcore": "streamlit", "embed": "embed",
    "healthz": "health", "livez": "health", "readyz": "health", "auth": "sign-in",
    "oauth2callback": "sign-in",
}  # fmt: skip
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS_BOUNDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class _Metrics:
    """The counters of this process, and the server that shows them."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "dashboard_requests", "Requests answered; a WebSocket counts at its end.",
            ("route", "method", "status"), registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "dashboard_request_seconds", "Seconds until a request was answered.", ("route",),
            registry=self.registry, buckets=SECONDS_BOUNDS,
        )  # fmt: skip
        self.messages = Counter(
            "dashboard_websocket_messages", "Messages of browsers (received) and to them (sent).",
            ("direction",), registry=self.registry,
        )  # fmt: skip
        self.reruns = Histogram(
            "dashboard_rerun_seconds", "Seconds of drawing a whole page.",
            registry=self.registry, buckets=SECONDS_BOUNDS,
        )  # fmt: skip
        self.registry.register(self)

    def collect(self) -> Iterable[Any]:
        """What is looked up when the metrics are requested."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        context = _get_context()
        yield from _session_metrics(GaugeMetricFamily)
        queue = context.heavy_reads
        reads = GaugeMetricFamily(
            "dashboard_heavy_reads", "Heavy studies that compute or wait.", labels=("state",)
        )
        reads.add_metric(("running",), queue.running)
        reads.add_metric(("waiting",), queue.waiting)
        yield reads
        yield CounterMetricFamily(
            "dashboard_heavy_reads_refused", "Heavy studies refused, for too many waited.",
            queue.refused,
        )  # fmt: skip
        yield from _refresh_metrics(context, CounterMetricFamily, GaugeMetricFamily)
        yield from _store_metrics(context, GaugeMetricFamily)


def _session_metrics(gauge: Any) -> Iterator[Any]:
    from streamlit import runtime

    manager = runtime.get_instance()._session_mgr  # there is no public way
    sessions = gauge("dashboard_sessions", "Sessions of browsers.", labels=("state",))
    active = len(manager.list_active_sessions())
    sessions.add_metric(("connected",), active)
    sessions.add_metric(("disconnected",), len(manager.list_sessions()) - active)
    yield sessions


def _refresh_metrics(context: AppContext, counter: Any, gauge: Any) -> Iterator[Any]:
    jobs: dict[str, RateRefreshJob | NewsRefreshJob] = {
        "rates": context.refresher, "news": context.news,
    }  # fmt: skip
    runs = counter("dashboard_refreshes", "Refreshes started.", labels=("kind",))
    running = gauge("dashboard_refresh_running", "Whether a refresh runs.", labels=("kind",))
    ended = gauge(
        "dashboard_refresh_finished_timestamp_seconds", "When the last one ended.", labels=("kind",)
    )
    for kind, job in jobs.items():
        state = job.state()
        runs.add_metric((kind,), job.runs)
        running.add_metric((kind,), state.is_running)
        if state.finished_at is not None:
            ended.add_metric((kind,), state.finished_at.timestamp())
    yield from (runs, running, ended)


def _store_metrics(context: AppContext, gauge: Any) -> Iterator[Any]:
    started = time.perf_counter()
    status = context.notes.probe()
    seconds = time.perf_counter() - started
    yield gauge("dashboard_store_up", "Whether the store answers.", not status.problem)
    yield gauge("dashboard_store_probe_seconds", "Seconds until it answered.", seconds)
    if not status.problem:
        yield gauge("dashboard_store_notes", "Notes in the store.", status.notes)


_metrics: _Metrics | None = None


def serve_metrics(address: tuple[str, int] | None) -> None:
    """Serve the metrics under `/metrics` of an address; nothing is imported without one."""
    global _metrics  # noqa: PLW0603 - one per process, as the server itself
    if address is None:
        return
    from prometheus_client import disable_created_metrics, start_http_server

    disable_created_metrics()  # type: ignore[no-untyped-call]
    _metrics = _Metrics()
    start_http_server(address[1], address[0], _metrics.registry)


def count_request(method: str, path: str, status: int, seconds: float) -> None:
    """Count an answered request; `path` is below the base path."""
    if _metrics is None:
        return
    route = ROUTES.get(path.split("/")[1], "page")
    known = method if method in METHODS or method == "WEBSOCKET" else "other"
    _metrics.requests.labels(route, known, str(int(status))).inc()
    if known != "WEBSOCKET":
        _metrics.seconds.labels(route).observe(seconds)


def count_message(direction: str) -> None:
    """Count a message of a WebSocket."""
    if _metrics is not None:
        _metrics.messages.labels(direction).inc()


@contextmanager
def timed_rerun() -> Iterator[None]:
    """Count what is drawn within as one rerun of a page."""
    started = time.perf_counter()
    try:
        yield
    finally:
        if _metrics is not None:
            _metrics.reruns.observe(time.perf_counter() - started)
