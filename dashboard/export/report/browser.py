"""The browser engine that draws charts and prints pages: Chrome or Chromium without a network.

Kaleido finds and drives it (choreographer): first the one that `BROWSER_PATH` names or that
`kaleido_get_chrome` installed, then those of the system. It runs for one report and is closed
afterwards. Three things keep a report from reaching out: its own policy, pages without script,
and a browser whose every connection goes to a proxy that is not there.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dashboard.export.report.chart_svg import Canvas, ChartRefused, svg_size
from dashboard.models.errors import RoubleReactionError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _

if TYPE_CHECKING:
    from choreographer import Tab
    from choreographer.browsers.chromium import Chromium
    from kaleido import Kaleido, PageGenerator

NOT_FOUND: Final = deferred(
    "report: neither Chrome nor Chromium is found; install one (on Debian: apt-get install"
    " chromium) or name its program in BROWSER_PATH"
)
NOT_STARTED: Final = deferred(
    "report: the browser does not start; try `{path} --headless --dump-dom about:blank`"
)
_OPTIONS: Final = (
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-quic",
)
_UNWANTED: Final = frozenset({"--disable-web-security", "--allow-file-access-from-files"})
_PRIVATE: Final = ("DASHBOARD_", "DATABASE_URL", "PG")
_FIXED_IDS: Final = """        <script>
        let state = 20260101;
        Math.random = () => (state = (state * 48271) % 2147483647) / 2147483647;
        </script>
"""
"""Plotly draws the ids inside a picture by chance; these are the same each time."""
_LOADED_FONT: Final = """        <script>
        document.fonts.load('13px "Source Sans"');
        </script>
"""
"""Plotly measures labels before it draws them: with the font that is loaded then."""
_PDF_DATE: Final = re.compile(rb"(/(?:Creation|Mod)Date \(D:)\d{14}[+-]\d\d'\d\d'\)")


class Browser:
    """One running browser.

    Attributes:
        kaleido: the library that drives it.
    """

    def __init__(self, kaleido: Kaleido) -> None:
        self.kaleido = kaleido

    async def draw(self, figure: Mapping[str, Any]) -> bytes:
        """The SVG of a Plotly figure, drawn by the plotly.js of plotly.py.

        Raises:
            ChartRefused: Plotly cannot draw it.
        """
        from kaleido.errors import JavascriptError, KaleidoError

        try:
            svg: bytes = await self.kaleido.calc_fig(dict(figure), {"format": "svg"})
        except (JavascriptError, KaleidoError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            msg = _("report: the chart cannot be drawn ({reason})", reason=reason[:200])
            raise ChartRefused(msg) from None
        return svg

    async def print_pdf(self, html: str, footer: str, made_at: str) -> bytes:
        """A page printed on A4.

        Args:
            html: the whole page.
            footer: the markup of the foot of each sheet.
            made_at: the ISO moment that the file says it was made at.
        """
        tab = await self._show(html.replace("</head>", f"<style>{_font_face()}</style></head>", 1))
        answer = await _command(
            tab,
            "Page.printToPDF",
            printBackground=True,
            preferCSSPageSize=True,
            displayHeaderFooter=True,
            headerTemplate="<span></span>",
            footerTemplate=footer,
            generateTaggedPDF=True,
            generateDocumentOutline=True,
        )
        return dated(base64.b64decode(answer["data"]), made_at)

    async def picture(self, svg: bytes, canvas: Canvas) -> bytes:
        """An SVG as a PNG of as many pixels as its canvas has."""
        width, height = svg_size(svg)
        source = base64.b64encode(with_font(svg)).decode("ascii")
        html = (
            f'<body style="margin:0"><img style="display:block;width:{width}px;height:{height}px"'
            f' src="data:image/svg+xml;base64,{source}"></body>'
        )
        tab = await self._show(html, (width, height), canvas.scale)
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        answer = await _command(tab, "Page.captureScreenshot", format="png", clip=clip)
        return base64.b64decode(answer["data"])

    async def _show(self, html: str, size: tuple[int, int] | None = None, scale: float = 1) -> Tab:
        """A tab with a page in it that runs no script; images inside the page are loaded."""
        tab: Tab = await self.kaleido.create_tab("about:blank")
        await _command(tab, "Page.enable")
        await _command(tab, "Emulation.setScriptExecutionDisabled", value=True)
        if size is not None:
            await _command(
                tab,
                "Emulation.setDeviceMetricsOverride",
                width=size[0],
                height=size[1],
                deviceScaleFactor=scale,
                mobile=False,
            )
        tree = await _command(tab, "Page.getFrameTree")
        loaded = tab.subscribe_once("Page.loadEventFired")
        frame = tree["frameTree"]["frame"]["id"]
        await _command(tab, "Page.setDocumentContent", frameId=frame, html=html)
        await loaded
        return tab


@asynccontextmanager
async def open_browser(*, root: bool) -> AsyncIterator[Browser]:
    """A browser that is closed in the end.

    Args:
        root: whether the process has all rights: Chromium has no sandbox then. Otherwise the
            sandbox is on, unless the system does not let the browser start with it.

    Raises:
        RoubleReactionError: none is installed, or it does not start; one line.
    """
    kaleido = await _started(sandbox=not root)
    try:
        yield Browser(kaleido)
    finally:
        await kaleido.close()


def with_font(svg: bytes) -> bytes:
    """A picture of `captioned_svg` that carries the font of the pages, to be drawn by a browser."""
    start = svg.index(b">", svg.index(b"<svg")) + 1
    return svg[:start] + f"<style>{_font_face()}</style>".encode() + svg[start:]


@cache
def _font_face() -> str:
    """The font of the pages as a style sheet, from the files of Streamlit; empty without them."""
    package = find_spec("streamlit")
    for folder in package.submodule_search_locations or () if package else ():
        for file in Path(folder).glob("static/static/media/SourceSansVF-Upright*.woff2"):
            font = base64.b64encode(file.read_bytes()).decode("ascii")
            return (
                '@font-face{font-family:"Source Sans";font-weight:200 900;'
                f'src:url("data:font/woff2;base64,{font}")}}'
            )
    return ""


def dated(pdf: bytes, made_at: str) -> bytes:
    """A PDF of Chromium whose two dates say when the report was made, in place."""
    moment = datetime.fromisoformat(made_at.replace("Z", "+00:00")).astimezone(UTC)
    stamp = moment.strftime("%Y%m%d%H%M%S").encode("ascii")
    return _PDF_DATE.sub(lambda match: match[1] + stamp + b"+00'00')", pdf)


async def _started(*, sandbox: bool) -> Kaleido:
    from choreographer.browsers import BrowserFailedError
    from choreographer.errors import ChromeNotFoundError
    from kaleido import Kaleido

    try:
        kaleido = Kaleido(
            page_generator=_drawing_page(),
            timeout=None,
            browser_cls=_without_network(),
            enable_sandbox=sandbox,
        )
    except ChromeNotFoundError:
        if sandbox:  # on Ubuntu the library looks for the system's browser alone
            return await _started(sandbox=False)
        raise RoubleReactionError(NOT_FOUND) from None
    try:
        await kaleido.open()
    except (BrowserFailedError, OSError):
        await kaleido.close()
        if sandbox:  # containers and some systems do not allow it
            return await _started(sandbox=False)
        path = kaleido._browser_impl.path
        raise RoubleReactionError(NOT_STARTED.format(path=path)) from None
    return kaleido


def _drawing_page() -> PageGenerator:
    """The page that draws charts: the installed plotly.js, no MathJax, nothing from a network."""
    from kaleido import PageGenerator

    page = PageGenerator(mathjax=False)
    page.header += _FIXED_IDS + f"<style>{_font_face()}</style>{_LOADED_FONT}"
    return page


@cache
def _without_network() -> type[Chromium]:
    """The library's Chromium with fewer rights, defined when it is first needed."""
    from choreographer.browsers.chromium import Chromium

    class ReportChromium(Chromium):
        """A Chromium that reaches nothing and stays in the process group of its parent."""

        def get_cli(self) -> list[str]:
            options = [option for option in super().get_cli() if option not in _UNWANTED]
            return [*options, *_OPTIONS]

        def get_env(self) -> dict[str, str]:
            """The environment without the secrets of the dashboard."""
            variables = super().get_env().items()
            return {name: value for name, value in variables if not name.startswith(_PRIVATE)}

        def get_popen_args(self) -> dict[str, Any]:
            """Without a session of its own, so that who ends this process ends the browser."""
            return {**super().get_popen_args(), "start_new_session": False}

    return ReportChromium


async def _command(tab: Tab, name: str, **parameters: Any) -> dict[str, Any]:
    answer = await tab.send_command(name, params=parameters)
    if "error" in answer:
        msg = _(
            "report: the browser refuses {name} ({reason})",
            name=name,
            reason=answer["error"].get("message", ""),
        )
        raise RoubleReactionError(msg)
    result: dict[str, Any] = answer["result"]
    return result
