"""A report in each of its forms: an HTML page, a PDF, or the picture of its first chart."""

from __future__ import annotations

from dashboard.export.paper.document import pdf_bytes
from dashboard.export.paper.figure import draw
from dashboard.export.paper.page import caption_of, html_bytes
from dashboard.models.errors import InputError
from dashboard.models.report import ReportDocument, ReportFormat


def make_paper(report: ReportDocument, kind: ReportFormat) -> bytes:
    """The bytes of a report.

    Raises:
        InputError: a picture is wanted of a report without a chart.
        CannotDraw: a chart holds what paper does not know.
    """
    if kind == "html":
        return html_bytes(report)
    if kind == "pdf":
        return pdf_bytes(report)
    if not report.charts:
        msg = "report: there is no chart to make a picture of; take the page or the PDF"
        raise InputError(msg)
    return draw(report.charts[0].figure, caption_of(report, report.charts[0]), "png")
