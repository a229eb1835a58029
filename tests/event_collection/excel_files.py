"""Workbooks of the collection. Serials by hand: 45356 is 5 March 2024, 45357 the 6th."""

from __future__ import annotations

from tests.event_collection.form import (
    MAIN,
    STYLES,
    Cell,
    cases_of,
    clock,
    day,
    day_time,
    dotted_day,
    error,
    formula,
    sheet_xml,
    workbook,
    zipped,
)

TOP = ["date", "title"]
TWO = [("2024-03-05", "Talks in Riyadh"), ("2024-03-06", "Rate kept")]
ONE = TWO[:1]
ROWS = [TOP, [day(45356), "Talks in Riyadh"], [day(45357), "Rate kept"]]
PLAIN = workbook(ROWS)
SHARED = (
    f'<sst {MAIN} count="3" uniqueCount="3"><si><t>date</t></si><si><t>title</t></si>'
    "<si><r><t>Talks </t></r><r><rPr><b/></rPr><t>in Riyadh</t></r>"
    '<rPh sb="0" eb="1"><t>phonetic</t></rPh></si></sst>'
)
SHARED_SHEET = sheet_xml(
    [
        [Cell('t="s"', "<v>0</v>"), Cell('t="s"', "<v>1</v>")],
        [day(45356), Cell('t="s"', "<v>2</v>")],
    ]
)


def with_shared():
    """A workbook whose strings stand in a part of their own, one of them in two fonts."""
    import io
    import zipfile

    files = {}
    with zipfile.ZipFile(io.BytesIO(workbook(SHARED_SHEET, parts={}))) as archive:
        for name in archive.namelist():
            files[name] = archive.read(name).decode()
    files["xl/sharedStrings.xml"] = SHARED
    files["xl/_rels/workbook.xml.rels"] = files["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId98" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    files["[Content_Types].xml"] = files["[Content_Types].xml"].replace(
        "</Types>",
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    return zipped(files)


def one(*cells, **more):
    return workbook([TOP, list(cells)], **more)


BOMB = sheet_xml(ROWS).replace("</sheetData>", " " * 120_000_000 + "</sheetData>")
CELLS = sheet_xml(ROWS).replace("</sheetData>", ("<row>" + "<c/>" * 400 + "</row>") * 10_000)
FORMATS = STYLES.replace("<cellXfs", '<cellXfs count="1000000">' + '<xf numFmtId="0"/>' * 1_000_000)
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + sheet_xml(ROWS)
FAR = sheet_xml(ROWS).replace(
    "</sheetData>",
    '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>',
)
WIDE = sheet_xml(ROWS).replace(
    "</row></sheetData>", '<c r="XFD3" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
)
MERGED = sheet_xml(
    [TOP, [day(45356), "Talks in Riyadh"], ["", "Rate kept"]],
    after='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
)
MERGED_ACROSS = sheet_xml(
    [["date", "title", "text"], [day(45356), "Talks in Riyadh", ""]],
    after='<mergeCells count="1"><mergeCell ref="B2:C2"/></mergeCells>',
)

CASES = cases_of(
    "f.xlsx",
    ("plain", PLAIN, "accept", TWO),
    ("dates with a format of their own", one(dotted_day(45356), "Talks in Riyadh"), "accept", ONE),
    ("strings in a part of their own", with_shared(), "accept", ONE),
    ("the years from 1904", workbook([TOP, [day(43894), "Talks in Riyadh"]], date1904=True),
     "accept", ONE),
    ("dates as ISO", one(Cell('t="d" s="1"', "<v>2024-03-05</v>"), "Talks in Riyadh"), "accept",
     ONE),
    ("dates as text", one("2024-03-05", "Talks in Riyadh"), "accept", ONE),
    ("dates as text with two meanings", one("03/04/2025", "Talks"), "reject",
     "which order"),
    ("dates as text, the order is said", one("03/04/2025", "Talks"), "accept",
     [("2025-04-03", "Talks")], ("--dates", "dmy")),
    ("a number without a date format", one(45356, "Talks"), "reject",
     "Excel's number for 2024-03-05"),
    ("a whole number like a date", one(20240305, "Talks in Riyadh"), "accept", ONE),
    ("a date and a time", one(day_time(45356.4375), "Talks in Riyadh"), "warn", ONE,
     "were read as Europe/Moscow", {"time_utc": "2024-03-05T07:30:00Z"}),
    ("a time that is almost a minute", one(day_time(45356.43749999), "Talks in Riyadh"), "accept",
     ONE, ("--zone", "Europe/Moscow"), {"time_utc": "2024-03-05T07:30:00Z"}),
    ("a column of times", workbook([["date", "time", "title"],
     [day(45356), clock(0.75), "Talks in Riyadh"]]), "accept", ONE, ("--zone", "Europe/Moscow"),
     {"time_utc": "2024-03-05T15:00:00Z"}),
    ("a date before there were dates", one(day(-5), "Talks"), "reject",
     "row 1 (row 2 of the sheet)"),
    ("a date beyond all dates", one(day(99999999), "Talks"), "reject"),
    ("the day after Excel's 29 February 1900", one(day(61), "Talks"), "accept",
     [("1900-03-01", "Talks")]),
    ("a formula with its value",
     one(day(45356), formula('"Talks "&"in Riyadh"', "Talks in Riyadh")), "warn", ONE,
     "last saved values"),
    ("a formula without a value", one(day(45356), formula("A1&B1")), "reject",
     "formula without a saved value"),
    ("a date by formula without a value", one(formula("TODAY()", kind="n"), "Talks"), "reject",
     "formula without a saved value"),
    ("an error for a title", one(day(45356), error("#N/A")), "reject", "'#N/A' is an error"),
    ("an error for a date", one(error("#REF!"), "Talks"), "reject", "'#REF!' is an error"),
    ("a formula that failed", one(day(45356), formula("1/0", "#DIV/0!", "e")), "reject",
     "'#DIV/0!' is an error"),
    ("a number for a title", one(day(45356), 1984), "accept", [("2024-03-05", "1984")]),
    ("a fraction for a title", one(day(45356), 3.5), "accept", [("2024-03-05", "3.5")]),
    ("a title that looks like a formula", one(day(45356), "=1+1"), "accept",
     [("2024-03-05", "=1+1")]),
    ("an empty title", one(day(45356), "", ), "reject", "title: is empty"),
    ("no date", one("", "Talks"), "reject", "is empty"),
    ("merged days", workbook(MERGED), "warn",
     [("2024-03-05", "Talks in Riyadh"), ("2024-03-05", "Rate kept")], "merged"),
    ("a merge of a whole column", workbook(MERGED.replace("A2:A3", "A2:A1048576")), "reject",
     "cells are merged; take"),
    ("merged across", workbook(MERGED_ACROSS), "accept", ONE),
    ("a hidden row", workbook(sheet_xml(ROWS, row_attributes={3: 'hidden="1"'})), "warn", TWO,
     "hidden"),
    ("blank rows between", workbook([TOP, ROWS[1], [], ["", ""], ROWS[2]]), "accept", TWO),
    ("blank rows above", workbook(sheet_xml(ROWS, first_row=4)), "accept", TWO),
    ("a blank column before", workbook([["", *row] for row in ROWS]), "accept", TWO),
    ("a cell beyond the header", workbook([TOP, [day(45356), "Talks", "lost"]]), "reject",
     "more than the 2"),
    ("a sheet that lies of its size", workbook(sheet_xml(ROWS, '<dimension ref="A1"/>')), "accept",
     TWO),
    ("a sheet that says it is huge", workbook(sheet_xml(ROWS, '<dimension ref="A1:XFD1048576"/>')),
     "accept", TWO),
    ("a cell in the last row", workbook(FAR), "reject", "row 3 (row 1048576 of the sheet)"),
    ("a cell in the last column", workbook(WIDE), "reject", "at most 500"),
    ("a second sheet of words", workbook(ROWS, [["About"], ["Made by me"]]), "warn", TWO,
     "the sheet Sheet1 was read, not Sheet2"),
    ("two sheets of events", workbook(ROWS, ROWS), "reject", "say on import which to read"),
    ("two sheets, one is said", workbook(ROWS, [TOP, [day(45358), "Second"]]), "accept",
     [("2024-03-07", "Second")], ("--sheet", "sheet2")),
    ("a sheet that is not there", PLAIN, "reject", "has no sheet Nowhere", ("--sheet", "Nowhere")),
    ("a hidden sheet beside", workbook(ROWS, ROWS, states={"Sheet2": "hidden"}), "accept", TWO),
    ("an empty workbook", workbook([]), "reject", "is empty"),
    ("a header alone", workbook([TOP]), "reject", "no rows"),
    ("no header", workbook(ROWS[1:]), "reject", "no column date"),
    ("a banner above the header", workbook([["My events"], *ROWS]), "warn", TWO,
     "starts on row 2"),
    ("columns in Russian", workbook([["Дата", "Событие"], [day(45356), "Переговоры"]]), "accept",
     [("2024-03-05", "Переговоры")]),
    ("columns that are said", workbook([["Wann", "Was"], [day(45356), "Talks in Riyadh"]]),
     "accept", ONE, ("--map", "date=Wann", "--map", "title=Was")),
    ("a name that lies", PLAIN, "warn", TWO, "is Excel whatever", {"name": "f.csv"}),
    ("macros beside", workbook(ROWS, parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "accept",
     TWO, {"name": "f.xlsm"}),
    ("a document type", workbook(DOCTYPE), "reject", "document type"),
    ("120 MB of blanks in 120 kB", workbook(BOMB), "reject", "unpacks to more than 50 MB"),
    ("4,000,000 cells", workbook(CELLS), "reject", "more cells than 50,000 rows"),
    ("a million formats", workbook(ROWS, parts={"xl/styles.xml": FORMATS}), "reject",
     "more cells than 50,000 rows"),
    ("2,000 parts", workbook(ROWS, parts={f"xl/media/{k}.txt": "" for k in range(2_000)}),
     "reject", "archive of"),
    ("cut in the middle", PLAIN[: len(PLAIN) // 2], "reject", "damaged"),
    ("a flipped byte", PLAIN[:60] + b"\xff\xff\xff" + PLAIN[63:], "reject", "damaged"),
    ("a sheet that is no XML", workbook("<worksheet><sheetData><row>"), "reject", "damaged"),
    ("no sheet where one is named", zipped({"xl/workbook.xml": "<workbook/>"}), "reject",
     "damaged"),
    ("a zip of a file", zipped({"f.csv": "date,title\n2024-03-05,x\n"}), "reject", "zip archive",
     {"name": "f.zip"}),
    ("OpenDocument", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
     "content.xml": "<x/>"}), "reject", "OpenDocument", {"name": "f.ods"}),
    ("a Word document", zipped({"word/document.xml": "<x/>"}), "reject", "Word",
     {"name": "f.docx"}),
    ("a binary workbook", zipped({"xl/workbook.bin": b"\x83"}), "reject", "binary Excel",
     {"name": "f.xlsb"}),
    ("the first letters of a zip", b"PK\x03\x04rest", "reject", "damaged"),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "reject", ".xls",
     {"name": "f.xls"}),
)  # fmt: skip
