"""A report as one HTML page: no script, nothing to fetch, opens without a network.

Every word goes through the template's escaping; a link is live only where its address is plain
http or https. A policy in the page forbids scripts, requests and forms as well.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dashboard.export.report.chart_svg import Caption
from dashboard.models.messages import current_language, plural
from dashboard.models.messages import translate as _
from dashboard.models.tables import ReportChart, ReportDocument

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

PAGE: Final = "report.html.j2"
FOOTER: Final = "footer.html.j2"
LIVE: Final = ("http://", "https://")
FOOTER_LENGTH: Final = 160
"""Characters of a line at the foot of a sheet."""


def report_html(report: ReportDocument, charts: Sequence[bytes]) -> str:
    """The whole page, its charts inside it.

    Args:
        report: what is written.
        charts: an SVG for each chart of the report, with its caption.
    """
    pictures = [
        (chart, f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}")
        for chart, svg in zip(report.charts, charts, strict=True)
    ]
    page = _templates().get_template(PAGE)
    return page.render(
        report=report,
        charts=pictures,
        linked=_linked,
        fingerprint=fingerprint(report),
        language=current_language(),
        texts={
            "cautions": _("To know before using the numbers"),
            "parameters": _("How it was computed"),
            "sources": _("Sources and terms"),
            "advice": _("Not investment advice."),
            "fingerprint": _("SHA-256 of the content, the same in every format:"),
        },
    )


def footer_html(report: ReportDocument) -> str:
    """The foot of each printed sheet: sources with their day, link, number of the sheet."""
    link = report.links[0].url if report.links else ""
    lines = [line for line in ("; ".join(dated_sources(report)), link) if line]
    cut = [
        line if len(line) <= FOOTER_LENGTH else f"{line[: FOOTER_LENGTH - 1]}…" for line in lines
    ]
    return _templates().get_template(FOOTER).render(report=report, lines=cut, page=_page_number())


def caption_of(report: ReportDocument, chart: ReportChart) -> Caption:
    """What is baked into a picture: title, subtitle, definition, sources, product and link.

    A link that leads nowhere from another machine gives way to the moment it was made.
    """
    names = "; ".join(dated_sources(report))
    source = plural("Source: {names}", "Sources: {names}", len(report.sources), names=names)
    link = report.links[-1].url if report.links else ""
    place = link if is_live(link) else report.made_on
    product = " · ".join(filter(None, (report.software, place)))
    footer = [text for text in (chart.definition, names and source, product) if text]
    return Caption(chart.title, chart.subtitle, footer, chart.alt)


def dated_sources(report: ReportDocument) -> list[str]:
    """Each source with the day of its data: `Bank of Russia, as of 1 Sep 2026`."""
    return [", ".join(filter(None, (source.name, source.as_of))) for source in report.sources]


def fingerprint(report: ReportDocument) -> str:
    """The SHA-256 of the content, the same for every format of one report."""
    content = json.dumps(report.as_json(), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _page_number() -> Markup:
    """`page 1 of 3`, whose numbers the browser fills in."""
    from markupsafe import Markup

    return Markup.escape(_("page {number} of {total}")).format(
        number=Markup('<span class="pageNumber"></span>'),
        total=Markup('<span class="totalPages"></span>'),
    )


def is_live(url: str) -> bool:
    """Whether an address may be a link: plain http or https, nothing else."""
    return url.lower().startswith(LIVE)


def _linked(label: str, url: str) -> Markup:
    from markupsafe import Markup, escape

    if not is_live(url):
        return escape(label)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(url, label)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
