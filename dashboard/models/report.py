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
    """A table of texts: a title, the names of its columns, rows of as many cells."""

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

    `title` is the answer as a sentence, `question` the question, `parameters` how (name and
    value), `cautions` what a reader must know before using the numbers. `made_at` is the UTC
    moment it was made, `software` its name and version. All texts are plain text.
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
    def from_json(cls, values: Mapping[str, Any]) -> ReportDocument:
        """The report from the values of `as_json`, also after a round trip through JSON."""
        return cls(
            title=values["title"],
            question=values["question"],
            parameters=tuple((name, value) for name, value in values["parameters"]),
            paragraphs=tuple(values["paragraphs"]),
            charts=tuple(ReportChart(**chart) for chart in values["charts"]),
            tables=tuple(_table_from_json(table) for table in values["tables"]),
            cautions=tuple(values["cautions"]),
            sources=tuple(ReportSource(**source) for source in values["sources"]),
            links=tuple(ReportLink(**link) for link in values["links"]),
            software=values["software"],
            made_at=values["made_at"],
        )


def _table_from_json(values: Mapping[str, Any]) -> ReportTable:
    rows = tuple(tuple(row) for row in values["rows"])
    return ReportTable(values["title"], tuple(values["columns"]), rows)
