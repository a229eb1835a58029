"""The ASGI application: the pages and, under /api, the API, in one process.

Streamlit runs this file as a script, once for each rerun: then it draws a page. Everything else
imports it: then it offers `app`, the ASGI application, and `serve`. No class is defined here,
because the classes of a script are made anew at each rerun.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import secrets
import socket
import tempfile
import threading
import time
import tomllib
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from dashboard import shipped_path
from dashboard.config import LOOPBACK
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _

if TYPE_CHECKING:
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from dashboard.config import Settings
    from dashboard.models.people import Identity, Reader


APP_SCRIPT: Final = Path(__file__).resolve()
STREAMLIT_CONFIG: Final = shipped_path(".streamlit") / "config.toml"
# Each holds an event loop of three file descriptors. No docstring: Streamlit would show it.
MAX_DISCONNECTED_SESSIONS: Final = 100
BACKUP_CHECK_SECONDS: Final = 3_600.0


def serve(port: int | None = None, *, open_browser: bool = True, with_token: bool = False) -> None:
    """Serve the pages and the API until stopped; print the address.

    Args:
        port: a TCP port of the address to listen on; 0 takes a free one, None that of the settings.
        open_browser: whether to open the pages in the user's browser.
        with_token: whether only those may open them who were given the address with its token.

    Raises:
        InputError: the port is in use, or the settings let everybody in.
    """
    from dashboard.config import check_reach, configure_json_logging, read_settings
    from dashboard.ui.http_security import limit_slow_headers
    from dashboard.ui.operations import configure_server

    settings = read_settings()
    check_reach(settings)
    port = settings.dashboard_port if port is None else port
    check_port_is_free(port, settings.dashboard_listen)
    if settings.dashboard_metrics is not None:
        address, metrics_port = settings.dashboard_metrics
        check_port_is_free(metrics_port, address, "DASHBOARD_METRICS")
    configure_json_logging()
    log_libraries_through_root()
    limit_slow_headers()
    configure_server(settings.dashboard_stop_seconds)
    launch_token = secrets.token_urlsafe(32) if with_token else ""
    application = build_app(settings, open_browser=open_browser, launch_token=launch_token)
    application.run(config=streamlit_settings(settings, port))


def streamlit_settings(settings: Settings, port: int) -> dict[str, Any]:
    """The project's Streamlit settings, with those of this machine as dotted names."""
    public = urlsplit(settings.dashboard_public_url or "").hostname
    from dashboard.ui.sign_in import trusted_headers

    return read_streamlit_config(STREAMLIT_CONFIG) | {
        "server.port": port,
        "server.address": settings.dashboard_listen,
        "server.allowedHosts": list(settings.served_hosts),
        "server.baseUrlPath": settings.dashboard_base_path.strip("/"),
        "browser.serverAddress": public or LOOPBACK,
        "server.trustedUserHeaders": trusted_headers(settings),
    }


def log_libraries_through_root() -> None:
    """Keep Streamlit and uvicorn from writing by handlers of their own, now and later."""
    import uvicorn.config
    from streamlit import logger as streamlit_logger

    from dashboard.config import log_through_root

    uvicorn.config.LOGGING_CONFIG["loggers"].clear()
    streamlit_logger.setup_formatter = log_through_root
    streamlit_logger.update_formatter()


def check_port_is_free(port: int, address: str = LOOPBACK, field: str = "port") -> None:
    """Check that a port of an address can be used, before anything has started.

    Raises:
        InputError: it cannot.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as error:
            msg = _("cannot be used ({error}); choose another, as 8502", error=error)
            raise InputError(msg, field=field, value=port) from error


def read_streamlit_config(path: Path) -> dict[str, Any]:
    """The project's Streamlit settings as dotted names, whatever the current directory is."""

    def flatten(prefix: str, table: dict[str, Any]) -> dict[str, Any]:
        flat: dict[str, Any] = {}
        for name, value in table.items():
            dotted = f"{prefix}{name}"
            flat |= flatten(f"{dotted}.", value) if isinstance(value, dict) else {dotted: value}
        return flat

    return flatten("", tomllib.loads(path.read_text(encoding="utf-8")))


def build_app(
    settings: Settings | None = None, *, open_browser: bool = False, launch_token: str = ""
) -> st.App:
    """The ASGI application: pages at /, the API at /api, the health check at /healthz.

    Args:
        settings: those of this machine; of the environment where None.
        open_browser: whether to open the pages in the user's browser at the start.
        launch_token: what the address must show once; empty lets everybody on this machine in.
    """
    import streamlit as st
    from starlette.responses import Response
    from starlette.routing import Mount, Route

    from dashboard.config import read_settings
    from dashboard.ui.operations import graceful_stop
    from dashboard.ui.sign_in import streamlit_secrets

    settings = settings or read_settings()
    base = settings.dashboard_base_path

    @asynccontextmanager
    async def announce(_app: st.App) -> AsyncIterator[None]:
        await start_parts(settings)
        address = local_address(settings, launch_token)
        text = _("Rouble Reaction is at {address} (stop it with Ctrl-C)", address=address)
        print(text, flush=True)  # noqa: T201 - the address is what this command answers
        with graceful_stop(settings.dashboard_drain_seconds):
            if open_browser:
                with launch_page(address, is_secret=bool(launch_token)) as page:
                    webbrowser.open(page)
                    yield
            else:
                yield

    return st.App(
        APP_SCRIPT,
        routes=[
            Route(f"{base}/healthz", healthz),
            Route(f"{base}/robots.txt", robots),
            Route(f"{base}/sitemap.xml", sitemap),
            Route(f"{base}/embed/{{name}}", embed_page),
            Route(f"{base}/oembed", oembed),
            Route(f"{base}/api", lambda _request: Response(status_code=404)),
            Mount(f"{base}/api", app=api_app),
        ],
        middleware=build_middleware(settings, launch_token),
        secrets=streamlit_secrets(settings) or None,
        on_script_error=show_error,
        lifespan=announce,
    )


async def start_parts(settings: Settings) -> None:
    """Start what runs in the background, and make the first page ready."""
    import anyio.to_thread

    from dashboard.ui.operations import serve_metrics

    silence_cache_warnings()
    limit_disconnected_sessions()
    await anyio.to_thread.run_sync(warm_up)
    await anyio.to_thread.run_sync(keep_downloads)
    threading.Thread(target=back_up_today, name="backup-of-today", daemon=True).start()
    serve_metrics(settings.dashboard_metrics)
    freeze_gc()


def local_address(settings: Settings, launch_token: str) -> str:
    """The address of the pages as this machine itself reaches them."""
    from dashboard.ui.http_security import LAUNCH_PARAMETER

    listen, base = settings.dashboard_listen, settings.dashboard_base_path
    if ipaddress.ip_address(listen).is_unspecified:
        listen = LOOPBACK
    host = f"[{listen}]" if ":" in listen else listen
    address = f"http://{host}:{st.get_option('server.port')}{base}"
    return f"{address}/?{LAUNCH_PARAMETER}={launch_token}" if launch_token else address


def show_error(error: Exception) -> bool:
    """Draw the error box; traceback, paths and messages of libraries go to the log only.

    Returns:
        True, so that Streamlit does not draw its own exception box.
    """
    from dashboard.presentation.escaping import plain_text

    error_id = secrets.token_hex(4)
    logging.getLogger("dashboard.pages").error("page error %s", error_id, exc_info=error)
    with st.container(border=True):
        st.markdown(_("**Something went wrong on this page.** Your notes are safe."))
        if isinstance(error, InputError):
            st.text(plain_text(str(error)))
        st.markdown(
            _(
                "Reload the page, or start again from *Explore*. If it happens again, report the"
                " number below: it is in the log of the server."
            )
        )
        st.code(error_id, language=None)
    return True


def build_middleware(settings: Settings, launch_token: str) -> list[Middleware]:
    """What every request passes before it reaches a page or the API, the outermost first."""
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from dashboard.ui.http_security import (
        BasePath,
        BodyDeadline,
        LaunchGate,
        OriginCheck,
        ProblemResponses,
        ProxyTrust,
        SecurityHeaders,
        VisitorGate,
    )
    from dashboard.ui.index_page import IndexPage
    from dashboard.ui.operations import HealthProbes, RequestLog
    from dashboard.ui.sign_in import SignInGate

    def enter(identity: Identity | None) -> Reader:
        from dashboard.ui.session import get_process_context

        return get_process_context().access.enter(identity)

    base = settings.dashboard_base_path
    is_observed = settings.dashboard_request_log or settings.dashboard_metrics is not None
    observing = [Middleware(RequestLog, base_path=base, is_written=settings.dashboard_request_log)]
    return [
        Middleware(ProxyTrust, proxies=settings.dashboard_trusted_proxies),
        *(observing if is_observed else ()),
        Middleware(SecurityHeaders, https_only=settings.is_https),
        Middleware(HealthProbes, base_path=base),
        Middleware(ProblemResponses),
        Middleware(BasePath, base_path=base),
        Middleware(TrustedHostMiddleware, allowed_hosts=settings.served_hosts, www_redirect=False),
        Middleware(OriginCheck, hosts=settings.served_hosts),
        Middleware(hide_metrics),
        Middleware(LaunchGate, token=launch_token, base_path=base),
        Middleware(SignInGate, settings=settings, enter=enter),
        *((Middleware(VisitorGate),) if settings.dashboard_public else ()),
        Middleware(BodyDeadline),
        Middleware(IndexPage, base_path=base),
    ]


@contextmanager
def launch_page(address: str, *, is_secret: bool) -> Iterator[str]:
    """What the browser is started with: the address, or a file with it where it is a secret.

    Everybody on this machine can read the arguments of a program; the file is for its owner alone.
    """
    if not is_secret:
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="rouble-reaction-") as folder:
        page = Path(folder) / "open.html"
        page.write_text(f'<meta http-equiv="refresh" content="0; url={address}">', encoding="utf-8")
        yield page.as_uri()


def hide_metrics(app: ASGIApp) -> ASGIApp:
    """The application without Streamlit's public metrics of this process."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import PlainTextResponse

        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/_stcore/metrics"):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
        await app(scope, receive, send)

    return guarded


def silence_cache_warnings() -> None:
    """Keep Streamlit from warning of each cache that is filled outside a session.

    The start, the daily backup and the API share caches with the pages on purpose.
    """
    name = "streamlit.runtime.scriptrunner_utils.script_run_context"
    logging.getLogger(name).setLevel(logging.ERROR)


def warm_up() -> None:
    """Import what the first page needs and open the data, so that it draws at once."""
    try:
        from dashboard.ui.shell import warm_up_pages

        warm_up_pages()
    except Exception:
        # The page that needs it will meet the same error and show it.
        logging.getLogger("dashboard").exception("warming up failed")


def keep_downloads() -> None:
    """Let files for download outlive the run of the page that offered them."""
    from dashboard.ui.components.exports import keep_downloads as keep_files

    keep_files()


def back_up_today() -> None:
    """Make the backup of every day, unless there is one, as long as the process runs."""
    from dashboard.ui.session import make_daily_backup

    while True:
        make_daily_backup()
        time.sleep(BACKUP_CHECK_SECONDS)


def freeze_gc() -> None:
    """Exclude what was imported and read so far from later garbage collections.

    Streamlit runs a full collection after each run of a script or a fragment, on the thread of
    the event loop; traversing the imported modules takes 0.2 s each time.
    """
    gc.collect()
    gc.freeze()


async def api_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request to the API, which is imported at the first one."""
    import anyio.to_thread

    api = await anyio.to_thread.run_sync(_import_api)
    await api(scope, receive, send)


def _import_api() -> Any:
    from dashboard.api import application
    from dashboard.ui.embeds import build_chart

    application.state.build_chart = build_chart
    return application


async def embed_page(request: Request) -> Response:
    """A chart for the page of another site."""
    embeds = await _import_embeds()
    response: Response = await embeds.embed_page(request)
    return response


async def robots(request: Request) -> Response:
    """What crawlers may read."""
    embeds = await _import_embeds()
    response: Response = embeds.robots(request)
    return response


async def sitemap(request: Request) -> Response:
    """The pages that crawlers may read."""
    embeds = await _import_embeds()
    response: Response = await embeds.sitemap(request)
    return response


async def oembed(request: Request) -> Response:
    """How to embed the chart of an address (oEmbed)."""
    embeds = await _import_embeds()
    response: Response = await embeds.oembed(request)
    return response


async def _import_embeds() -> Any:
    """The module of embeds, which is imported at the first request."""
    import importlib

    import anyio.to_thread

    return await anyio.to_thread.run_sync(importlib.import_module, "dashboard.ui.embeds")


async def healthz(_request: Request) -> Response:
    """How old each part of the data is and whether the store answers, as JSON."""
    import anyio.to_thread
    from starlette.responses import JSONResponse

    from dashboard.ui.shell import health_report

    healthy, report = await anyio.to_thread.run_sync(health_report)
    return JSONResponse(report, status_code=200 if healthy else 503)


def limit_disconnected_sessions() -> None:
    """Store at most `MAX_DISCONNECTED_SESSIONS`; call it before the first session.

    Streamlit has a setting for how long a disconnected session is stored, and none for how many:
    it stores 128, which alone are 384 descriptors of a process that runs for weeks.
    """
    lifetime = st.get_option("server.disconnectedSessionTTL")
    manager = runtime.get_instance()._session_mgr  # there is no public way
    assert isinstance(manager, WebsocketSessionManager)
    manager._session_storage = MemorySessionStorage(
        maxsize=MAX_DISCONNECTED_SESSIONS, ttl_seconds=lifetime
    )


if __name__ == "__main__":
    from dashboard.ui.operations import timed_rerun
    from dashboard.ui.shell import draw_app

    with timed_rerun():
        draw_app()
else:
    app = build_app()
