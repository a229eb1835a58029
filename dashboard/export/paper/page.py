"""A report as one HTML page: no script, nothing to fetch, opens without a network.

Every word goes through the template's escaping; a link is live only where its address is plain
http or https. A policy in the page forbids scripts, requests and forms beside that.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dashboard.export.paper.figure import Caption, draw
from dashboard.models.report import ReportChart, ReportDocument

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

TEMPLATE: Final = "page.html.j2"
LIVE: Final = ("http://", "https://")


def html_bytes(report: ReportDocument) -> bytes:
    """The whole page in UTF-8, its charts inside it.

    Raises:
        CannotDraw: a chart holds what paper does not know.
    """
    pictures = [(chart, _as_address(chart_svg(report, chart))) for chart in report.charts]
    page = _template().render(report=report, charts=pictures, linked=_linked)
    return (page + "\n").encode("utf-8", "replace")


def chart_svg(report: ReportDocument, chart: ReportChart) -> bytes:
    """The SVG of a chart with its words."""
    return draw(chart.figure, caption_of(report, chart), "svg")


def caption_of(report: ReportDocument, chart: ReportChart) -> Caption:
    """What is baked into a chart: title, subtitle, definition, sources with their day, links."""
    sources = [
        f"{source.what}: {source.name}{', ' + source.as_of if source.as_of else ''}"
        for source in report.sources
    ]
    links = [f"{link.label}: {link.url}" for link in report.links]
    made = f"{report.software}, made {report.made_at}"
    return Caption(chart.title, chart.subtitle, [chart.definition, *sources, *links, made])


def is_live(url: str) -> bool:
    """Whether an address may be a link: plain http or https, nothing else."""
    return url.lower().startswith(LIVE)


def _linked(label: str, url: str) -> Markup:
    from markupsafe import Markup, escape

    if not is_live(url):
        return escape(label)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(url, label)


def _as_address(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE)
