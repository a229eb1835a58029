"""The HTML page that a browser loads: Streamlit's own, with the product's title, style and scripts.

Both stand in the page itself: it is never cached, so they are as new as the server, and cost no
request. The policy of `dashboard.ui.http_security` allows the scripts by their hashes.
"""

from __future__ import annotations

import tomllib
from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from dashboard import shipped_path
from dashboard.presentation.palette import LOGO_BACKGROUND, LOGO_BASELINE, LOGO_LINE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

APP_NAME: Final = "Rouble Reaction"
# An inline icon: one by name would be fetched from Google's servers.
APP_ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    f'<rect width="32" height="32" rx="7" fill="{LOGO_BACKGROUND}"/>'
    f'<path d="M5 21l7-8 6 5 9-11" fill="none" stroke="{LOGO_LINE}" stroke-width="3"/>'
    f'<path d="M5 26h22" stroke="{LOGO_BASELINE}" stroke-width="2"/></svg>'
)
FIRST_SCREEN: Final = (
    f'<div class="first-screen" aria-hidden="true"><header>{APP_NAME}</header>'
    "<div></div><div></div></div>"
)
"""What is seen until the first element of the page is there; shell.js removes it."""
ASSETS: Final = Path(__file__).with_name("assets")
SCRIPTS: Final = ("shell.js", "dates.js")
STREAMLIT_INDEX: Final = Path(streamlit.__file__).parent / "static" / "index.html"
BASE_PATH_NAME: Final = "base-path"
"""The name of a `meta` of the page; shell.js reads it."""
LOCAL_PATH: Final = "dashboard.path"
"""The key of a scope: the path below the base path."""
OTHER_PREFIXES: Final = (
    "/api", "/healthz", "/livez", "/readyz", "/embed/", "/oembed", "/_stcore/", "/media/",
    "/static/", "/component/",
    "/auth/", "/oauth2callback",
)  # fmt: skip
"""Addresses below which no page lies."""
CHART_PATHS: Final = frozenset({"/", "/event", "/compare", "/facts"})
"""Pages whose chart can be shown on other sites."""
THEME_VARIABLES: Final = {
    "background": "backgroundColor",
    "text": "textColor",
    "gray-text": "grayTextColor",
    "primary": "primaryColor",
    "link": "linkColor",
    "border": "borderColor",
    "block": "secondaryBackgroundColor",
}


@cache
def build_index(base_path: str = "") -> str:
    """Streamlit's page with the title, the icon, the style and the scripts of the product.

    Args:
        base_path: below which the addresses lie, as `/rouble`; empty for the root.

    Raises:
        ValueError: the page of the installed Streamlit has no place for them.
    """
    style = f"{_theme_variables()}\n{(ASSETS / 'shell.css').read_text(encoding='utf-8')}"
    scripts = "\n".join(
        f"<script>{(ASSETS / name).read_text(encoding='utf-8')}</script>" for name in SCRIPTS
    )
    base = f'<meta name="{BASE_PATH_NAME}" content="{base_path}">\n' if base_path else ""
    return _replace_once(
        STREAMLIT_INDEX.read_text(encoding="utf-8"),
        {
            "<title>Streamlit</title>": f"{base}<title>{APP_NAME}</title>\n<style>{style}</style>",
            'href="./favicon.png"': f'href="{_icon_address()}"',
            '<div id="root"></div>': f'<div id="root"></div>\n{FIRST_SCREEN}',
            '<script type="module"': f'{scripts}\n{_chart_link()}\n<script type="module"',
        },
    )


def _replace_once(text: str, parts: dict[str, str]) -> str:
    for old, new in parts.items():
        if old not in text:
            msg = f"missing: {old}"
            raise ValueError(msg)
        text = text.replace(old, new, 1)
    return text


def _chart_link() -> str:
    """What lets a browser fetch the code of charts early; Streamlit asks at the first chart.

    Its low priority leaves Streamlit's own code first, which the page needs before any chart.

    Raises:
        ValueError: the installed Streamlit has no file of it.
    """
    for path in (STREAMLIT_INDEX.parent / "static" / "js").glob("PlotlyChart.*.js"):
        address = f"./static/js/{path.name}"
        return f'<link rel="modulepreload" fetchpriority="low" crossorigin href="{address}">'
    msg = "Streamlit has no file static/js/PlotlyChart.*.js"
    raise ValueError(msg)


def _icon_address() -> str:
    return f"data:image/svg+xml;base64,{b64encode(APP_ICON.encode()).decode()}"


def _theme_variables() -> str:
    """The colours of both themes of the configuration as custom properties."""
    config = (shipped_path(".streamlit") / "config.toml").read_text(encoding="utf-8")
    themes = tomllib.loads(config)["theme"]
    rules = [f':root {{ --logo: url("{_icon_address()}"); }}']
    for name in ("light", "dark"):
        colours = "; ".join(f"--{var}: {themes[name][key]}" for var, key in THEME_VARIABLES.items())
        rules.append(f'html[data-theme="{name}"] {{ {colours}; }}')
    return "\n".join(rules)


class IndexPage:
    """Answers the address of a page; everything else is for the application it wraps.

    `/explore` leads to the page that opens first.
    """

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and is_page(scope):
            await self._answer(Request(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _answer(self, request: Request) -> HTMLResponse | RedirectResponse:
        query = request.url.query
        if local_path(request.scope) == "/explore":
            start = f"{self._base_path}/"
            return RedirectResponse(f"{start}?{query}" if query else start)
        content = build_index(self._base_path)
        if local_path(request.scope) in CHART_PATHS:
            link = _discovery_link(request, self._base_path)
            content = content.replace("</title>", f"</title>\n{link}", 1)
        return HTMLResponse(content, headers={"Cache-Control": "no-store"})


def local_path(scope: Scope) -> str:
    """The path of a request below the base path, as `/event`."""
    path: str = scope.get(LOCAL_PATH, scope["path"])
    return path


def is_page(scope: Scope) -> bool:
    """Whether a request asks for a page: `/`, or one name without an extension."""
    path = local_path(scope)
    name = path[1:]
    return not path.startswith(OTHER_PREFIXES) and "." not in name and "/" not in name


def _discovery_link(request: Request, base_path: str) -> str:
    """What tells a site how to embed the chart of this page (oEmbed)."""
    url = urlencode({"url": str(request.url), "format": "json"})
    server = f"{request.url.scheme}://{request.url.netloc}{base_path}"
    address = escape(f"{server}/oembed?{url}")
    return f'<link rel="alternate" type="application/json+oembed" href="{address}">'
