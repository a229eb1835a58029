"""Tables and reports as data.

CSV, JSON, pages, reports and the terminal are renderers of a `Table` and its objects; none lists
columns or reads values of its own. A report is one answer with its charts, tables, cautions and
sources, for any format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from dashboard.models.study import window_text

if TYPE_CHECKING:
    from datetime import datetime

    from dashboard.models.series import SeriesCard

ColumnKind: TypeAlias = Literal["text", "number", "int", "date", "moment", "window"]
Unit: TypeAlias = Literal[
    "", "signed", "log move", "log move s.e.", "log pts", "%", "percentile", "share", "p", "rate",
]  # fmt: skip
"""Of a number: one with a sign (a statistic, a correlation), a return (0.01 = 1 log point) and its
standard error, 100 times a return, a change in per cent, a percentile from 0 to 100, a share of 1,
a p-value, or the quote of the series."""
Getter: TypeAlias = str | Callable[[Any], Any]
Cells: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: in a file, a JSON row and a link; never changes.
        kind: of its values; `window` is `[a,b]`, other strings are `text`.
        unit: of its numbers.
        description: one line for the documentation.
        get: the value of an object: a path of attributes (`base.day`; None where one of them is
            None) or a function of the object. By default the attribute of the column's name.
    """

    name: str
    kind: ColumnKind = "number"
    unit: Unit = ""
    description: str = ""
    get: Getter = ""

    def reader(self) -> Callable[[Any], Any]:
        """A function that gives the value of an object, None where it is missing."""
        convert = _CONVERTERS.get(self.kind)
        if callable(self.get):
            read = self.get
        elif "." in self.get:
            read = _follow(self.get.split("."))
        else:
            read = attrgetter(self.get or self.name)
        return read if convert is None else lambda item: convert(read(item))

    def values(self, batch: Any) -> Sequence[Any]:
        """The values of every row of a batch, whose getter gives an array or a list."""
        get = self.get if callable(self.get) else attrgetter(self.get or self.name)
        values = get(batch)
        if not isinstance(values, np.ndarray):
            return values  # type: ignore[no-any-return]
        if values.dtype.kind == "f":
            missing = np.isnan(values)
            values = values.astype(object)
            values[missing] = None
        return values.tolist()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, which is the stem of its file, its title and its columns.

    Attributes:
        columns: of a file, in their order.
        bar_columns: additional last columns for series of bars, of which a day has many.
        json_columns: additional keys of a JSON row, never missing.
        expand: the objects of the rows of one given object, such as the moves of an event; by
            default each given object is a row.
        bars: the attribute of a given object that is not 0 where its series is one of bars.
        batched: whether an object is a batch of rows, of which a getter gives all values.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    bar_columns: tuple[Column, ...] = ()
    json_columns: tuple[Column, ...] = ()
    expand: Callable[[Any], Iterable[Any]] | None = field(default=None, compare=False)
    bars: str = ""
    batched: bool = False

    @property
    def file_name(self) -> str:
        """The name of its file in a folder of tables."""
        return f"{self.name}.csv"

    @property
    def header(self) -> tuple[str, ...]:
        """The column names."""
        return tuple(column.name for column in self.columns)

    def fit(self, objects: Iterable[Any]) -> Table:
        """The table with the columns that only series of bars have, where an object is of one."""
        is_bars = self.bars and any(map(attrgetter(self.bars), objects))
        return replace(self, columns=(*self.columns, *self.bar_columns)) if is_bars else self

    def items(self, objects: Iterable[Any]) -> Iterator[Any]:
        """The object of every row, or of every batch of rows."""
        expand = self.expand
        return iter(objects) if expand is None else (row for o in objects for row in expand(o))

    def rows(self, objects: Iterable[Any]) -> Iterator[Cells]:
        """The cells of every row in the order of the columns; missing values are None."""
        if self.batched:
            for batch in self.items(objects):
                yield from zip(*(column.values(batch) for column in self.columns), strict=True)
            return
        readers = [column.reader() for column in self.columns]
        for item in self.items(objects):
            yield tuple([read(item) for read in readers])

    def count(self, objects: Iterable[Any]) -> int:
        """The number of rows."""
        items = self.items(objects)
        if self.batched:
            return sum(len(self.columns[0].values(batch)) for batch in items)
        return sum(1 for _ in items)


def _follow(names: Sequence[str]) -> Callable[[Any], Any]:
    def read(item: Any) -> Any:
        for name in names:
            if item is None:
                return None
            item = getattr(item, name)
        return item

    return read


def _number(value: Any) -> Any:
    missing = value is None or value != value  # noqa: PLR0124 - NaN is the number unequal to itself
    return None if missing else value


def _integer(value: Any) -> int | None:
    return None if value is None else int(value)


def _time(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _window(value: Any) -> str | None:
    return None if value is None else window_text(value)


_CONVERTERS: Final[dict[ColumnKind, Callable[[Any], Any]]] = {
    "number": _number,
    "int": _integer,
    "date": _time,
    "moment": _time,
    "window": _window,
}


# ---- reports


ReportFormat: TypeAlias = Literal["html", "pdf", "png", "svg"]
PictureSize: TypeAlias = Literal["web", "print", "square", "embed", "narrow"]
"""Of the formats that hold the first chart alone; the last two have no caption."""


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
    value), `cautions` what a reader must know before using the numbers. `software` is its name and
    version, `made_at` the UTC moment it was made, `made_on` the same for readers. All texts are
    plain text.
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
    made_on: str = ""

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ReportDocument:
        """The report from the values of `as_json`, also after a round trip through JSON."""
        return cls(
            **{
                **values,
                "parameters": tuple((name, value) for name, value in values["parameters"]),
                "paragraphs": tuple(values["paragraphs"]),
                "charts": tuple(ReportChart(**chart) for chart in values["charts"]),
                "tables": tuple(
                    ReportTable(
                        table["title"], tuple(table["columns"]), tuple(map(tuple, table["rows"]))
                    )
                    for table in values["tables"]
                ),
                "cautions": tuple(values["cautions"]),
                "sources": tuple(ReportSource(**source) for source in values["sources"]),
                "links": tuple(ReportLink(**link) for link in values["links"]),
            }
        )


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """Which chart a program or the page of another site asks for.

    Attributes:
        name: of the chart, the path of its embed.
        query: the settings of the page's link, in their order.
        address: where who asks reaches the pages.
        is_dark: whether it is drawn in dark colours.
        is_narrow: whether it is drawn for a narrow column.
    """

    name: str
    query: tuple[tuple[str, str], ...]
    address: str
    is_dark: bool = False
    is_narrow: bool = False


@dataclass(frozen=True, slots=True)
class LinkedChart:
    """The chart of a link, with the numbers that it is drawn from.

    Attributes:
        report: one chart, its table in words, its sources and the links to its page.
        table: the name of the table of its numbers.
        objects: the objects of that table.
        series: the series that it shows, the main one first.
        page_query: the query of the page's link, without what is not valid.
        frozen_at: the moment as which the numbers were known; None: they follow the data.
        ignored: the settings of the link that are not valid.
        notice: one sentence about those; empty where there are none.
    """

    report: ReportDocument
    table: str
    objects: tuple[Any, ...]
    series: tuple[SeriesCard, ...]
    page_query: str = ""
    frozen_at: datetime | None = None
    ignored: tuple[str, ...] = ()
    notice: str = ""

    @property
    def chart(self) -> ReportChart:
        """The only chart of the report."""
        return self.report.charts[0]
