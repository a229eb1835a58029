"""The workbook whose cells ask for numbers: its formulas, read as Excel reads them."""

import re
from datetime import date
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.formula import Tokenizer

from dashboard.export.workbooks import value_workbook_bytes

SERIES = [("usd_rub_cbr", "USD/RUB", "RUB per USD"), ("mine", "=1+1", "RUB per USD")]
ADDRESS = "https://rouble.example.org"


def book():
    return load_workbook(BytesIO(value_workbook_bytes(ADDRESS, SERIES)))


def address_of(sheet, row):
    """The address that the formula of a row makes, with the cells put in for their names."""
    formula = sheet.cell(row, 5).value
    inner = re.search(r"_xlfn\.WEBSERVICE\((.*)\),\"\.\"\)", formula)[1]
    day = sheet.cell(row, 2).value
    parts = {
        "$B$1": sheet["B1"].value,
        f"YEAR(B{row})": str(day.year),
        f'TEXT(MONTH(B{row}),"00")': f"{day.month:02}",
        f'TEXT(DAY(B{row}),"00")': f"{day.day:02}",
        **{f"{letter}{row}": sheet[f"{letter}{row}"].value for letter in "ACD"},
    }
    return "".join(
        part[1:-1] if part.startswith('"') else parts[part]
        for part in re.split(r'&(?=(?:[^"]*"[^"]*")*[^"]*$)', inner)
    )


def test_each_row_asks_for_its_series_day_and_change():
    sheet = book()["Values"]
    assert address_of(sheet, 5) == (
        f"{ADDRESS}/api/v1/value.txt?series=usd_rub_cbr&on=2025-04-21&show=rate&base=previous"
    )
    assert address_of(sheet, 6).endswith("&show=change&base=year_end")
    assert sheet["B5"].value.date() == date(2025, 4, 21)


def test_the_formulas_are_well_formed_and_hold_no_word_of_a_language():
    for row in range(5, 9):
        formula = book()["Values"].cell(row, 5).value
        functions = {t.value for t in Tokenizer(formula).items if t.type == "FUNC"} - {")"}
        assert functions == {
            "IF(", "IFERROR(", "_xlfn.NUMBERVALUE(", "_xlfn.WEBSERVICE(", "YEAR(", "TEXT(",
            "MONTH(", "DAY(",
        }  # fmt: skip
        assert "yyyy" not in formula


def test_a_title_of_a_series_is_no_formula():
    cell = book()["Series"]["B3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_equal_contents_are_equal_bytes():
    assert value_workbook_bytes(ADDRESS, SERIES) == value_workbook_bytes(ADDRESS, SERIES)
