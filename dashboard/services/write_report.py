"""Write a report: one answer as an HTML page, a PDF or a picture, made beside the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final, get_args

from dashboard.domain.errors import InputError
from dashboard.domain.report import PaperKind, Report
from dashboard.export.paper.apart import paper_apart

MEDIA: Final[dict[PaperKind, str]] = {
    "html": "text/html",
    "pdf": "application/pdf",
    "png": "image/png",
}
"""The kinds of paper and what browsers call them."""


def write_report(report: Report, kind: PaperKind) -> bytes:
    """A report as the bytes of a file.

    Raises:
        InputError: a picture is wanted and there is no chart.
        RoubleReactionError: it could not be made, or not in time.
    """
    if kind == "png" and not report.charts:
        msg = "report: there is no chart to make a picture of; take the page or the PDF"
        raise InputError(msg)
    return paper_apart(report, kind)


def paper_kind(path: Path) -> PaperKind:
    """The kind of paper that a file name asks for.

    Raises:
        InputError: it ends otherwise.
    """
    ending = path.suffix.lower().removeprefix(".")
    for kind in get_args(PaperKind):
        if ending == kind:
            return kind  # type: ignore[no-any-return]
    msg = f"--out {path.name}: end it with .html, .pdf or .png, which says what is wanted"
    raise InputError(msg)
