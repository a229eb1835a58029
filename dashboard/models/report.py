"""A report: one answer with its charts, tables, cautions and sources, for any format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

ReportFormat: TypeAlias = Literal["html", "pdf", "png", "svg"]


@dataclass(frozen=True, slots=True)
class ReportChart:
    """A chart: a figure as Plotly's plain dictionary (JSON values), and what is baked into it.

    `definition` says what is measured, `alt` the same for those who cannot see the chart.
    """

    figure: Mapping[str, Any]
    title: str
    subtitle: str
    definition: str
    alt: str


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table of words: a title, the names of its columns, rows of as many cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReportSource:
    """Where numbers or words come from; `url` is empty or may be made a live link."""

    what: str
    name: str
    definition: str = ""
    terms: str = ""
    as_of: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A way back to the page: the label says whether it follows the data or is frozen."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """What a page says, without the page.

    `title` is the answer as a sentence, `question` what was asked, `parameters` how (name and
    value), `cautions` what a reader must know before using the numbers. `made_at` is the UTC
    moment it was made, `software` its name and version. All words are plain text.
    """

    title: str
    question: str
    parameters: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    charts: tuple[ReportChart, ...]
    tables: tuple[ReportTable, ...]
    cautions: tuple[str, ...]
    sources: tuple[ReportSource, ...]
    links: tuple[ReportLink, ...]
    software: str
    made_at: str

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> ReportDocument:
        """The report that `as_json` was asked of, also after a way through JSON."""
        return cls(
            title=told["title"],
            question=told["question"],
            parameters=tuple((name, value) for name, value in told["parameters"]),
            paragraphs=tuple(told["paragraphs"]),
            charts=tuple(ReportChart(**chart) for chart in told["charts"]),
            tables=tuple(_table_from_json(table) for table in told["tables"]),
            cautions=tuple(told["cautions"]),
            sources=tuple(ReportSource(**source) for source in told["sources"]),
            links=tuple(ReportLink(**link) for link in told["links"]),
            software=told["software"],
            made_at=told["made_at"],
        )


def _table_from_json(told: Mapping[str, Any]) -> ReportTable:
    rows = tuple(tuple(row) for row in told["rows"])
    return ReportTable(told["title"], tuple(told["columns"]), rows)
