"""Tables as a person reads them: a choice of the columns of a declared table, as text.

Pages, lists on a phone, reports and the terminal show what `build_text_columns` gives. How a number
looks follows from the kind and the unit of its column, see `dashboard.models.tables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from dashboard.models.messages import DeferredMessage, translate_deferred
from dashboard.models.tables import Column, ColumnKind, Table, Unit
from dashboard.presentation.escaping import plain_text
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    format_day,
    format_number,
    format_p,
    format_percent,
    format_range,
    format_signed,
    format_timestamp,
)

Cell: TypeAlias = str | Callable[[Any], Any]
View: TypeAlias = Mapping[str, Cell]
"""The columns that a person sees, by their titles (messages that are translated when it is drawn).

A column is the name of one of the table, with decimals where it is not two (`r:3`), two names for
a range (`low..high:3`), or a function of the object of a row, for what is no single column.
"""
TextColumns: TypeAlias = dict[str, list[Any]]
"""The cells of each column, by its title in the language in use."""
DECIMALS: Final = 2
_RANGE: Final = ".."

_NUMBERS: Final[dict[Unit, Callable[[float, int], str]]] = {
    "": format_number,
    "signed": format_signed,
    "log move": lambda value, decimals: format_signed(100 * value, decimals),
    "log move s.e.": lambda value, decimals: format_number(100 * value, decimals),
    "log pts": format_signed,
    "%": format_percent,
    "percentile": format_number,
    "share": lambda value, decimals: format_number(100 * value, decimals),
    "p": lambda value, _: format_p(value),
    "rate": format_number,
}
_OTHERS: Final[dict[ColumnKind, Callable[[Any], Any]]] = {
    "text": lambda value: plain_text(
        translate_deferred(value) if isinstance(value, DeferredMessage) else value
    ),
    "int": lambda value: value,
    "date": format_day,
    "moment": format_timestamp,
    "window": lambda value: value.replace("-", MINUS),
}


def build_text_columns(table: Table, objects: Iterable[Any], view: View) -> TextColumns:
    """The columns of a view, a list of cells by title; whole numbers stay numbers.

    Args:
        table: declares the columns.
        objects: as for `Table.rows`.
        view: the choice of columns.

    Raises:
        KeyError: the table has no column of a name in the view.
    """
    items = list(table.items(objects))
    columns = {column.name: column for column in table.columns}
    cells = {title: cell if callable(cell) else _formatter(cell, columns)
             for title, cell in view.items()}  # fmt: skip
    return {translate_deferred(title): list(map(cell, items)) for title, cell in cells.items()}


def format_cell(column: Column, value: Any, decimals: int = DECIMALS) -> Any:
    """A value as text; a missing one is a dash."""
    if value is None:
        return NO_VALUE
    if column.kind == "number":
        return _NUMBERS[column.unit](value, decimals)
    return _OTHERS[column.kind](value)


def _formatter(cell: str, columns: Mapping[str, Column]) -> Callable[[Any], Any]:
    names, _, digits = cell.partition(":")
    decimals = int(digits) if digits else DECIMALS
    chosen = [columns[name] for name in names.split(_RANGE)]
    readers = [column.reader() for column in chosen]

    def read(item: Any) -> Any:
        values = [reader(item) for reader in readers]
        if None in values:
            return NO_VALUE
        texts = [format_cell(c, value, decimals) for c, value in zip(chosen, values, strict=True)]
        return texts[0] if len(texts) == 1 else format_range(*texts)

    return read
