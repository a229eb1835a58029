"""Charts for the pages of other sites: an HTML page without a session, and oEmbed (version 1.0).

A chart is that of a page, with the settings of the page's link. Its page holds the title, the
chart as a picture, the numbers folded, the source and a link back. It sets no cookie, and
loads nothing but its picture. Who may frame it is a setting; by default nobody may.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from anyio import to_thread
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from dashboard.models.errors import InputError, RateLimited, RoubleReactionError
from dashboard.models.messages import choose_language, current_language, use_language
from dashboard.models.messages import translate as _
from dashboard.models.people import IDENTITY_KEY, Forbidden, SignInRequired
from dashboard.models.tables import ChartRequest, LinkedChart
from dashboard.presentation.formatting import format_timestamp
from dashboard.services.pictures import PAGE_THREADS, caching_headers, has_etag
from dashboard.services.serializers import problem_json
from dashboard.ui import session
from dashboard.ui.components.elements import EMBED_HEIGHT, EMBED_NAMES, embed_code
from dashboard.ui.http_security import NOT_INDEXED
from dashboard.ui.index_page import APP_NAME
from dashboard.ui.pages import PAGES
from dashboard.ui.url_state import COMMON_PARAMS, SessionlessLink, parse_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jinja2 import Template
    from starlette.requests import Request

    from dashboard.config import Settings

EMBED_PREFIX: Final = "/embed"
OEMBED_PATH: Final = "/oembed"
CHART_PAGES: Final = {EMBED_NAMES[page.id]: page for page in PAGES if page.chart}
"""The page of each chart, by the name in the address of its embed."""
SITEMAP: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{}\n</urlset>\n'
)
NOBODY: Final = "'none'"
THEMES: Final = ("auto", "light", "dark")
NARROW_PIXELS: Final = 520
"""Below this width the chart is drawn for a narrow column."""
WIDTH: Final = 800
MIN_WIDTH: Final = 280
MIN_HEIGHT: Final = 240
CACHE_SECONDS: Final = 300
_PAGE: Final = Path(__file__).with_name("embed.html.j2")
_INLINE: Final = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def build_chart(request: ChartRequest) -> LinkedChart:
    """The chart that is requested, of what is shared.

    Raises:
        InputError: there is no such chart, or its link does not fit; one line.
    """
    page = CHART_PAGES.get(request.name)
    if page is None or page.chart is None:
        known = ", ".join(CHART_PAGES)
        msg = _("there is no such chart; take one of {known}", known=known)
        raise InputError(msg, field="chart", value=request.name[:40])
    texts = _group(request.query)
    common = parse_link(
        COMMON_PARAMS, {key: texts[key] for key in ("asof", "lang") if key in texts}
    ).values
    as_of: datetime | None = common["asof"]
    visitor = session.Visitor(
        request.address, as_of, is_dark=request.is_dark, is_phone=request.is_narrow
    )
    language = choose_language([common["lang"]]) or current_language()
    link, chart = SessionlessLink(page.params, texts), page.chart
    with use_language(language), session.serving_visitor(visitor):
        return chart(link)


def _group(query: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for key, text in query:
        texts.setdefault(key, []).append(text)
    return texts


# ------------------------------------------------------------------ the page


async def embed_page(request: Request) -> Response:
    """A chart as a page that other pages may frame."""
    return await to_thread.run_sync(_respond, request, limiter=PAGE_THREADS)


def _respond(request: Request) -> Response:
    query = request.query_params.multi_items()
    theme = next((value for key, value in reversed(query) if key == "theme"), THEMES[0])
    requested = ChartRequest(
        request.path_params["name"],
        tuple((key, value) for key, value in query if key != "theme"),
        get_public_address(request),
    )
    policy = page_policy(_settings().dashboard_embed_origins)
    language = choose_language([request.query_params.get("lang", "")]) or current_language()
    with use_language(language):
        try:
            _check_reader(request)
            chart = build_chart(requested)
            content = _render(requested, chart, theme if theme in THEMES else THEMES[0])
        except RoubleReactionError as error:
            return _refuse(error, policy)
    headers = caching_headers(
        hashlib.sha256(content.encode()).hexdigest()[:32], is_frozen=is_frozen(chart)
    )
    if has_etag(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers | policy)
    return HTMLResponse(content, headers=headers | policy)


def _check_reader(request: Request) -> None:
    """Let everybody read where charts may be shown elsewhere, else who may read the pages.

    Raises:
        SignInRequired: people sign in here, and nobody did.
        Forbidden: the person has no role.
    """
    access = session.get_process_context().access
    if access.policy.is_required and not _settings().dashboard_embed_origins:
        access.enter(request.scope.get(IDENTITY_KEY))


def is_frozen(chart: LinkedChart) -> bool:
    """Whether the numbers stay as they are: as of a moment that has passed."""
    return chart.frozen_at is not None and chart.frozen_at < datetime.now(UTC)


def get_public_address(request: Request) -> str:
    """Where others reach the pages: as it was set, else as this request did."""
    return _settings().pages_address(get_origin(request))


def get_origin(request: Request) -> str:
    """Scheme, host and port of a request, as who asks sees them."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _settings() -> Settings:
    return session.get_process_context().settings


def page_policy(origins: str) -> dict[str, str]:
    """The headers of an embed: its own style and script, its picture, and who may frame it.

    Args:
        origins: those that may, as in the policy; empty: none.
    """
    parts: dict[str, list[str]] = {"script": [], "style": []}
    for tag, text in _INLINE.findall(_PAGE.read_text(encoding="utf-8")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        parts[tag].append(f"'sha256-{digest}'")
    policy = (
        "default-src 'none'",
        "img-src 'self'",
        f"script-src {' '.join(parts['script'])}",
        f"style-src {' '.join(parts['style'])}",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors {origins or NOBODY}",
    )
    return {"Content-Security-Policy": "; ".join(policy)}


def _refuse(error: RoubleReactionError, policy: Mapping[str, str]) -> Response:
    """One line with the right status, as a page that a frame can show."""
    status, headers = HTTPStatus.SERVICE_UNAVAILABLE, {"Cache-Control": "no-store", **policy}
    if isinstance(error, SignInRequired | Forbidden):
        is_role = isinstance(error, Forbidden)
        status = HTTPStatus.FORBIDDEN if is_role else HTTPStatus.UNAUTHORIZED
    elif isinstance(error, RateLimited):
        status = HTTPStatus.TOO_MANY_REQUESTS
        headers["Retry-After"] = str(error.seconds)
    elif isinstance(error, InputError):
        is_missing = error.field in {"id", "chart"}
        status = HTTPStatus.NOT_FOUND if is_missing else HTTPStatus.BAD_REQUEST
    line = html.escape(str(error))
    language = current_language()
    page = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{APP_NAME}</title>'
    return HTMLResponse(f"{page}<p>{line}</p></html>", status, headers)


def _render(requested: ChartRequest, chart: LinkedChart, theme: str) -> str:
    valid = parse_qsl(chart.page_query, keep_blank_values=True)
    query = [*((k, v) for k, v in valid if k != "lang"), ("lang", current_language())]

    def picture(colours: str, size: str) -> str:
        look = urlencode([*query, ("theme", colours), ("size", size)])
        return f"../api/v1/charts/{requested.name}.svg?{look}"

    page = CHART_PAGES[requested.name]
    embed = f"{requested.address}{EMBED_PREFIX}/{requested.name}?{urlencode(requested.query)}"
    discovery = urlencode({"url": embed, "format": "json"})
    page_path = f"{page.url_path}{'?' if chart.page_query else ''}{chart.page_query}"
    rows = sum(len(table.rows) for table in chart.report.tables)
    return _template().render(
        name=APP_NAME,
        language=current_language(),
        theme=theme,
        chart=chart.chart,
        tables=chart.report.tables,
        rows=rows,
        sources="; ".join(
            ", ".join(filter(None, (one.name, one.as_of))) for one in chart.report.sources
        ),
        frozen=format_timestamp(chart.frozen_at) if chart.frozen_at else "",
        notice=chart.notice,
        picture=picture,
        narrow=NARROW_PIXELS,
        page_url=f"../{page_path}",
        canonical=f"{requested.address}/{page_path}",
        data_url=f"../api/v1/charts/{requested.name}.json?{urlencode(query)}",
        oembed_url=f"{requested.address}{OEMBED_PATH}?{discovery}",
        texts=_texts(rows),
    )


def _texts(rows: int) -> dict[str, str]:
    return {
        "table": _("The numbers as a table ({rows:,} rows)", rows=rows),
        "data": _("All numbers as JSON"),
        "live": _("The chart follows the data"),
        "frozen": _("As known on"),
        "source": _("Source:"),
        "open": _("Open the chart in {name}", name=APP_NAME),
        "late": _("The picture is being drawn."),
    }


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_PAGE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_PAGE.name)


# ------------------------------------------------------------------ oEmbed


async def oembed(request: Request) -> Response:
    """How to embed the chart of an address: oEmbed 1.0, type `rich`, as JSON."""
    return await to_thread.run_sync(_respond_oembed, request, limiter=PAGE_THREADS)


def _respond_oembed(request: Request) -> Response:
    form = request.query_params.get("format", "json")
    if form != "json":
        return _problem(501, _("format: only json is given"), request)
    address = get_public_address(request)
    url = request.query_params.get("url", "")
    here = f"{get_origin(request)}{_settings().dashboard_base_path}"
    requested = parse_chart_url(url, {address, here}, address)
    if requested is None:
        return _problem(404, _("url: is not the address of a chart here"), request)
    try:
        width = _read_pixels(request, "maxwidth", WIDTH, MIN_WIDTH)
        height = _read_pixels(request, "maxheight", EMBED_HEIGHT, MIN_HEIGHT)
        _check_reader(request)
        chart = build_chart(requested)
    except SignInRequired as error:
        return _problem(401, str(error), request)
    except RateLimited as error:
        return _problem(429, str(error), request)
    except InputError as error:
        return _problem(404, str(error), request)
    content = _oembed_content(requested, chart, (width, height))
    body = json.dumps(content, ensure_ascii=False)
    headers = caching_headers(hashlib.sha256(body.encode()).hexdigest()[:32], is_frozen=False)
    # WordPress and others ask from their servers, editors in the browser from their pages.
    return JSONResponse(content, headers=headers | {"Access-Control-Allow-Origin": "*"})


def _oembed_content(
    requested: ChartRequest, chart: LinkedChart, size: tuple[int, int]
) -> dict[str, Any]:
    width, height = size
    embed = f"{requested.address}{EMBED_PREFIX}/{requested.name}"
    query = urlencode(requested.query)
    picture = urlencode([(k, v) for k, v in requested.query if k != "theme"] + [("size", "web")])
    content: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": chart.chart.title,
        "provider_name": APP_NAME,
        "provider_url": f"{requested.address}/",
        "cache_age": CACHE_SECONDS,
        "width": width,
        "height": height,
        "html": embed_code(
            f"{embed}?{query}" if query else embed, chart.chart.title, width, height
        ),
    }
    if width >= WIDTH:  # the picture is as wide, and must not be wider than requested
        content |= {
            "thumbnail_url": f"{requested.address}/api/v1/charts/{requested.name}.png?{picture}",
            "thumbnail_width": 2400,
            "thumbnail_height": 1350,
        }
    return content


def parse_chart_url(url: str, addresses: Iterable[str], address: str) -> ChartRequest | None:
    """The chart of the address of a page or an embed; None where it is of another site or page.

    Args:
        url: any text.
        addresses: where the pages are reached.
        address: where who asks reaches them.
    """
    root = next((known for known in addresses if url.startswith(f"{known}/") or url == known), None)
    if root is None:
        return None
    try:
        parts = urlsplit(url[len(root) :])
    except ValueError:  # brackets with no IPv6 address in them
        return None
    path = parts.path.rstrip("/")
    paths = {f"/{page.url_path}".rstrip("/"): name for name, page in CHART_PAGES.items()}
    paths |= {f"{EMBED_PREFIX}/{name}": name for name in CHART_PAGES} | {"/explore": "explore"}
    if path not in paths:
        return None
    return ChartRequest(paths[path], tuple(parse_qsl(parts.query, keep_blank_values=True)), address)


def _read_pixels(request: Request, name: str, usual: int, least: int) -> int:
    """At most what is requested, and no less than a chart needs.

    Raises:
        InputError: it is no number.
    """
    text = request.query_params.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InputError(_("is no number of pixels"), field=name, value=text[:20])
    return min(usual, max(int(text), least))


def _problem(status: int, detail: str, request: Request) -> Response:
    content = json.dumps(problem_json(status, detail, request.url.path), ensure_ascii=False)
    return Response(
        content, status, {"Cache-Control": "no-store"}, media_type="application/problem+json"
    )


# ------------------------------------------------------------------ crawlers


def robots(request: Request) -> Response:
    """What crawlers may read: the pages of a public instance, else nothing."""
    if not session.is_public():
        return PlainTextResponse("User-agent: *\nDisallow: /\n")
    base = _settings().dashboard_base_path
    closed = "".join(f"Disallow: {base}{path}\n" for path in NOT_INDEXED)
    address = get_public_address(request)
    return PlainTextResponse(f"User-agent: *\n{closed}Allow: /\nSitemap: {address}/sitemap.xml\n")


async def sitemap(request: Request) -> Response:
    """The pages of a public instance, and that of every event of the catalogue."""
    return await to_thread.run_sync(_respond_sitemap, request, limiter=PAGE_THREADS)


def _respond_sitemap(request: Request) -> Response:
    if not session.is_public():
        return Response(status_code=HTTPStatus.NOT_FOUND)
    address = get_public_address(request)
    pages = [page.url_path for page in PAGES if page.visible]
    events = [
        f"event?{urlencode({'id': event.id})}"
        for event in session.get_process_context().catalogue.events()
    ]
    lines = (f"<url><loc>{html.escape(f'{address}/{path}')}</loc></url>" for path in pages + events)
    return Response(SITEMAP.format("\n".join(lines)), media_type="application/xml")
