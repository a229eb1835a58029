"""Tables as data: the columns of a table, and how each gets its value from an object.

CSV, JSON, pages, reports and the terminal are renderers of a `Table` and its objects; none lists
columns or reads values of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Literal, TypeAlias

import numpy as np

from dashboard.models.study import window_text

ColumnKind: TypeAlias = Literal["text", "number", "int", "date", "moment", "window"]
Unit: TypeAlias = Literal["", "log move", "log pts", "%", "share", "p", "rate"]
"""Of a number: a log or simple return (0.01 = 1 log point), 100 times that, per cent, a share of
1, a p-value, or the quote of the series."""
Getter: TypeAlias = str | Callable[[Any], Any]


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

    def using(self, get: Getter, description: str = "") -> Column:
        """The column with another way to get its value, or another description."""
        return replace(self, get=get, description=description or self.description)

    def value(self, item: Any) -> Any:
        """The value of an object; None where it is missing."""
        value = self.get(item) if callable(self.get) else _follow(item, self.get or self.name)
        return _cell(self.kind, value)

    def values(self, batch: Any) -> list[Any]:
        """The values of every row of a batch, whose getter gives an array or a list."""
        get = self.get if callable(self.get) else attrgetter(self.get or self.name)
        values = get(batch)
        if not isinstance(values, np.ndarray):
            return list(values)
        if values.dtype.kind != "f":
            return list(values.tolist())
        cells = values.astype(object)
        cells[np.isnan(values)] = None
        return list(cells.tolist())


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, which is the stem of its file, its title and its columns.

    Attributes:
        bar_columns: additional last columns for series of bars, of which a day has many.
        expand: the objects of the rows of one given object, such as the moves of an event; by
            default each given object is a row.
        batched: whether a row object is a batch of rows, of which a getter gives all values.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    bar_columns: tuple[Column, ...] = ()
    expand: Callable[[Any], Iterable[Any]] | None = None
    batched: bool = False

    @property
    def file_name(self) -> str:
        """The name of its file in a folder of tables."""
        return f"{self.name}.csv"

    @property
    def header(self) -> tuple[str, ...]:
        """The column names."""
        return tuple(column.name for column in self.columns)

    def for_bars(self, bars: bool = True) -> Table:  # noqa: FBT001 - the one question
        """The table for series of bars, or the table itself for daily ones."""
        return replace(self, columns=(*self.columns, *self.bar_columns)) if bars else self

    def select(self, names: Iterable[str]) -> Table:
        """The table with some of its columns.

        Raises:
            KeyError: it has no column of a name.
        """
        by_name = {column.name: column for column in self.columns}
        return replace(self, columns=tuple(by_name[name] for name in names))

    def rows(self, objects: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        """The cells of every row in the order of the columns; missing values are None."""
        for item in objects:
            for row in (item,) if self.expand is None else self.expand(item):
                if self.batched:
                    yield from zip(*(c.values(row) for c in self.columns), strict=True)
                else:
                    yield tuple([column.value(row) for column in self.columns])


def _follow(item: Any, path: str) -> Any:
    for name in path.split("."):
        if item is None:
            return None
        item = getattr(item, name)
    return item


def _cell(kind: ColumnKind, value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value != value:  # noqa: PLR0124 - NaN is the number unequal to itself
        return None
    if kind == "window" and not isinstance(value, str):
        return window_text(value)
    return int(value) if kind == "int" else value
