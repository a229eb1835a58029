"""A report as a PDF: headings, words, charts, tables, and on every page where it comes from.

The letters are DejaVu Sans, which the drawing library brings along and which has Cyrillic; it
is embedded, so that the paper looks the same everywhere. The same report gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dashboard.export.paper.figure import draw
from dashboard.export.paper.page import caption_of, is_live
from dashboard.export.paper.words import printable
from dashboard.models.report import ReportDocument, ReportTable

if TYPE_CHECKING:
    from fpdf import FPDF

FONT: Final = "DejaVu"
MARGIN: Final = 15
TEXT: Final = (34, 38, 43)
MUTED: Final = (92, 99, 109)
RULE: Final = (210, 214, 219)
FOOT: Final = 160
"""Characters of a line at the foot of a page."""


def pdf_bytes(report: ReportDocument) -> bytes:
    """The whole document.

    Raises:
        CannotDraw: a chart holds what paper does not know.
    """
    paper = _new_paper(report)
    _heading(paper, report.title, 15)
    _words(paper, report.question, MUTED)
    for text in report.paragraphs:
        _words(paper, text)
    for chart in report.charts:
        picture = draw(chart.figure, caption_of(report, chart), "png")
        paper.image(io.BytesIO(picture), w=paper.epw, alt_text=printable(chart.alt))
        paper.ln(3)
    if report.cautions:
        _heading(paper, "To know before using the numbers", 11)
        for caution in report.cautions:
            _words(paper, f"• {caution}")
    for table in report.tables:
        _heading(paper, table.title, 11)
        _table(paper, table)
    _heading(paper, "How it was asked", 11)
    for name, value in report.parameters:
        _words(paper, f"{name}: {value}")
    _write_sources(paper, report)
    return bytes(paper.output())


def _new_paper(report: ReportDocument) -> FPDF:
    paper = _paper_class()(format="A4")
    paper.report = report  # type: ignore[attr-defined]
    paper.set_margins(MARGIN, MARGIN)
    paper.set_auto_page_break(auto=True, margin=22)
    for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        paper.add_font(FONT, style, _fonts() / name)
    made = datetime.fromisoformat(report.made_at.replace("Z", "+00:00"))
    paper.set_creation_date(made)
    paper.set_title(printable(report.title))
    paper.set_subject(printable(report.question))
    paper.set_author("; ".join(dict.fromkeys(printable(s.name) for s in report.sources)))
    paper.set_creator(report.software)
    paper.set_keywords("rouble, exchange rate, event study")
    paper.set_lang("en")
    paper.alias_nb_pages()
    paper.add_page()
    return paper


@cache
def _fonts() -> Path:
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def _paper_class() -> type[FPDF]:
    """The paper with its foot, defined when it is first wanted: the library is slow to load."""
    import fpdf

    class ReportPaper(fpdf.FPDF):
        """A page whose foot says where it comes from."""

        report: ReportDocument

        def footer(self) -> None:
            """Write sources with their day, the link, and the number of the page."""
            report = self.report
            sources = "; ".join(
                f"{source.name}{', ' + source.as_of if source.as_of else ''}"
                for source in report.sources
            )
            link = report.links[0].url if report.links else ""
            self.set_y(-18)
            self.set_font(FONT, size=6.5)
            self.set_text_color(*MUTED)
            for line in (sources, link):
                cut = printable(line)
                cut = cut if len(cut) <= FOOT else cut[: FOOT - 1] + "…"
                self.cell(0, 3.4, cut, new_x="LMARGIN", new_y="NEXT")
            made = f"{report.software}, made {report.made_at} · page {self.page_no()} of {{nb}}"
            self.cell(0, 3.4, made)

    return ReportPaper


def _heading(paper: FPDF, text: str, size: float) -> None:
    if paper.get_y() > paper.eph - 10:
        paper.add_page()
    paper.ln(1.5)
    paper.set_font(FONT, "B", size)
    paper.set_text_color(*TEXT)
    paper.multi_cell(0, size * 0.46, printable(text), align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(1)


def _words(paper: FPDF, text: str, tint: tuple[int, int, int] = TEXT) -> None:
    paper.set_font(FONT, size=8.5)
    paper.set_text_color(*tint)
    paper.multi_cell(0, 4.3, printable(text), align="L", new_x="LMARGIN", new_y="NEXT")
    paper.ln(0.8)


def _table(paper: FPDF, table: ReportTable) -> None:
    from fpdf.fonts import FontFace

    paper.set_font(FONT, size=6.5 if len(table.columns) > 6 else 7.5)
    paper.set_text_color(*TEXT)
    paper.set_draw_color(*RULE)
    with paper.table(
        col_widths=_widths(table),
        line_height=3.6,
        text_align="LEFT",
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD", color=MUTED),
        padding=0.7,
    ) as drawn:
        for cells in (table.columns, *table.rows):
            row = drawn.row()
            for cell in cells:
                row.cell(printable(cell))
    paper.ln(2)


def _widths(table: ReportTable) -> tuple[int, ...]:
    """Shares of the width: as long as the longest cell and word, within bounds."""
    return tuple(
        max(min(20, _longest(" ".join(cells).split()) * 5 // 4 + 2), min(30, 1 + _longest(cells)))
        for cells in zip(table.columns, *table.rows, strict=True)
    )


def _longest(texts: Sequence[str]) -> int:
    return max(map(len, texts), default=0)


def _write_sources(paper: FPDF, report: ReportDocument) -> None:
    _heading(paper, "Sources and terms", 11)
    for source in report.sources:
        said = "; ".join(
            part for part in (source.name, source.definition, source.as_of, source.terms) if part
        )
        _words(paper, f"{source.what}: {said}")
        _live_line(paper, source.url)
    for link in report.links:
        _words(paper, link.label, MUTED)
        _live_line(paper, link.url)


def _live_line(paper: FPDF, url: str) -> None:
    if is_live(url):
        paper.set_font(FONT, size=7)
        paper.set_text_color(*MUTED)
        paper.multi_cell(
            0,
            3.6,
            printable(url),
            align="L",
            link=url,
            new_x="LMARGIN",
            new_y="NEXT",
        )
        paper.ln(0.8)
