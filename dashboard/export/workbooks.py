"""Excel workbooks (.xlsx) of tables: a sheet each, with typed cells and a header that stays.

Numbers are numbers, days and moments (UTC) are dates, and text is text whatever it starts with: no
cell is a formula. The note of a header cell says what the column means. Equal tables give equal
bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import chain, islice
from typing import Any, Final

from dashboard.export.bundles import ZIP_EPOCH
from dashboard.export.csv_tables import clean_text
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.tables import Cells, Column, ColumnKind, Table

MAX_SHEET_ROWS: Final = 100_000
"""Rows of a sheet; longer tables are files for programs, and CSV."""
MAX_CELL_TEXT: Final = 32_767
"""Characters of a cell, the maximum of Excel."""
_SAMPLE_ROWS: Final = 100
"""The first rows, which decide about the widths of columns of text."""
_MAX_WIDTH: Final = 60
_WIDTHS: Final[dict[ColumnKind, int]] = {
    "text": 8, "number": 12, "int": 8, "date": 12, "moment": 20, "window": 9,
}  # fmt: skip
_FIRST_VALUE_ROW: Final = 5
_VALUE_ROWS: Final = (
    (date(2025, 4, 21), "rate", "previous"),
    (date(2025, 4, 21), "change", "year_end"),
    (date(2025, 4, 21), "inverse_change", "year_end"),
    (date(2025, 4, 21), "move", "previous"),
)
_VALUE_CHOICES: Final = (
    ("rate", "inverse", "change", "inverse_change", "move"),
    ("previous", "week", "month", "quarter", "year", "year_end", "year_start"),
)
# TEXT(…, "yyyy-mm-dd") is written otherwise in other languages of Excel; numbers are not. The
# names of functions that Excel has had since 2013 begin with _xlfn in a file.
_VALUE_FORMULA: Final = (
    '=IF(B{row}="","",IFERROR(_xlfn.NUMBERVALUE(_xlfn.WEBSERVICE($B$1&"/api/v1/value.txt?series="'
    '&A{row}&"&on="&YEAR(B{row})&"-"&TEXT(MONTH(B{row}),"00")&"-"&TEXT(DAY(B{row}),"00")'
    '&"&show="&C{row}&"&base="&D{row}),"."),"no value"))'
)
_NO_XML: Final = dict.fromkeys((0xFFFE, 0xFFFF))
"""Characters that XML cannot hold and `clean_text` leaves."""
_TYPED_STARTS: Final = ("=", "+", "-", "@", "#")
"""Starts of text that Excel or openpyxl would take for a formula or an error."""


def workbook_bytes(tables: Iterable[tuple[Table, Iterable[Cells]]]) -> bytes:
    """A workbook with a sheet for each table, in their order.

    Args:
        tables: the tables with their cells; NaN and None are missing values.

    Raises:
        InputError: a table has more than `MAX_SHEET_ROWS` rows.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for table, rows in tables:
        _write_sheet(book.create_sheet(table.name), table, iter(rows))
    return _save(book)


def value_workbook_bytes(address: str, series: Sequence[tuple[str, str, str]]) -> bytes:
    """A workbook whose cells ask the API for numbers: a row a number, to be copied down.

    Args:
        address: where the pages are, such as `https://rouble.example.org`.
        series: id, title and unit of each series that can be chosen.
    """
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet, known = book.worksheets[0], book.create_sheet("Series")
    sheet.title = "Values"
    _fill_rows(known, [("series", "title", "unit"), *series])
    _fill_rows(
        sheet,
        [
            ("Address", address),
            ("Cells E5 and below ask this address for a number; copy a row to ask for another.",),
            (),
            ("series", "on", "show", "base", "value"),
        ],
    )
    for at, wanted in enumerate(_VALUE_ROWS, _FIRST_VALUE_ROW):
        cells: tuple[str | date, ...] = (series[0][0], *wanted)
        for column, cell in enumerate(cells, 1):
            sheet.cell(at, column, cell)
        sheet.cell(at, 2).number_format = "yyyy-mm-dd"
        sheet.cell(at, 5).value = _VALUE_FORMULA.format(row=at)
    choices = (f"Series!$A$2:$A${len(series) + 1}", *(f'"{",".join(c)}"' for c in _VALUE_CHOICES))
    for letter, formula in zip("ACD", choices, strict=True):
        rule = DataValidation(type="list", formula1=formula, allow_blank=True)
        rule.add(f"{letter}{_FIRST_VALUE_ROW}:{letter}1000")
        sheet.add_data_validation(rule)
    for each, widths in ((sheet, (24, 12, 16, 12, 16)), (known, (24, 60, 16))):
        for letter, width in zip("ABCDE", widths, strict=False):
            each.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{_FIRST_VALUE_ROW}"
    return _save(book)


def _fill_rows(sheet: Any, rows: Iterable[Sequence[str]]) -> None:
    """Write rows of text, none of which is a formula."""
    for at, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(at, column, clean_text(text).translate(_NO_XML))
            cell.data_type = "s"


def _save(book: Any) -> bytes:
    from openpyxl.writer.excel import ExcelWriter

    book.properties.created = book.properties.modified = datetime(*ZIP_EPOCH, tzinfo=UTC)
    book.properties.creator = "Rouble Reaction"
    written = BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    return _repack(written)


def _repack(written: BytesIO) -> bytes:
    """The archive compressed and without the time at which it was written."""
    out = BytesIO()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(out, "w") as packed:
        for name in archive.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, archive.read(name))
    return out.getvalue()


def _write_sheet(sheet: Any, table: Table, rows: Iterator[Cells]) -> None:
    from openpyxl.utils import get_column_letter

    sample = list(islice(rows, _SAMPLE_ROWS))
    sheet.freeze_panes = "A2"
    for at, column in enumerate(table.columns):
        letter = get_column_letter(at + 1)
        sheet.column_dimensions[letter].width = _column_width(column, [row[at] for row in sample])
    sheet.append([_header_cell(sheet, column) for column in table.columns])
    writers = [_cell_writer(sheet, column.kind) for column in table.columns]
    count = 0
    for count, row in enumerate(chain(sample, rows), 1):
        if count > MAX_SHEET_ROWS:
            sheet.close()
            msg = _(
                "{table}: has more than {limit:,} rows, too many for a sheet; take the CSV",
                table=table.name,
                limit=MAX_SHEET_ROWS,
            )
            raise InputError(msg)
        sheet.append([write(value) for write, value in zip(writers, row, strict=True)])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{count + 1}"


def _column_width(column: Column, sample: Iterable[Any]) -> int:
    """A width that shows the name with its filter button and, up to a limit, the text."""
    texts = (len(str(value)) for value in sample if value is not None and column.kind == "text")
    return min(max(len(column.name) + 4, _WIDTHS[column.kind], *texts), _MAX_WIDTH)


def _header_cell(sheet: Any, column: Column) -> Any:
    """The name of a column in bold; its note says what it means."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, column.name)
    cell.font = Font(bold=True)
    meaning = f"{column.description} (UTC)" if column.kind == "moment" else column.description
    if meaning:
        cell.comment = Comment(meaning, "Rouble Reaction", height=90, width=320)
    return cell


def _cell_writer(sheet: Any, kind: ColumnKind) -> Callable[[Any], Any]:
    """A function that gives the cell of a value."""
    from openpyxl.cell import WriteOnlyCell

    def write_text(value: Any) -> Any:
        text = clean_text(str(value)).translate(_NO_XML)[:MAX_CELL_TEXT]
        if not text.startswith(_TYPED_STARTS):
            return text or None
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"
        cell.quotePrefix = True  # it stays text when somebody edits the cell
        return cell

    convert = _CONVERTERS.get(kind, write_text)
    return lambda value: None if value is None else convert(value)


def _to_number(value: Any) -> float | None:
    number = float(value) + 0.0
    return number if abs(number) < float("inf") else None


def _to_date(value: Any) -> date | None:
    text = str(value)
    return None if text == "NaT" else date.fromisoformat(text[:10])


def _to_moment(value: Any) -> datetime | None:
    """The moment in UTC, without a zone: Excel has none."""
    text = str(value)
    if text == "NaT":
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


_CONVERTERS: Final[Mapping[ColumnKind, Callable[[Any], Any]]] = {
    "number": _to_number,
    "int": int,
    "date": _to_date,
    "moment": _to_moment,
}
