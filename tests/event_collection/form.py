"""The form of a file of the collection, and makers of workbooks and calendars by hand."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from xml.sax.saxutils import escape

HEADER = "date,title\n"


@dataclass(frozen=True)
class Case:
    """A file and what a careful person expects of it, written down before it was first read.

    `rows` are (date, title) of what would be taken; `says` must stand in one of the messages;
    `fields` are further values of the first row.
    """

    id: str
    content: bytes
    status: str
    rows: tuple = ()
    says: str = ""
    name: str = "f.csv"
    options: tuple = ()
    fields: dict = field(default_factory=dict)


def cases_of(name, *rows):
    """Cases from tuples (id, content, status, rows, says, options or fields…)."""
    made = []
    for case_id, content, status, *rest in rows:
        result = {"rows": (), "says": "", "options": (), "fields": {}, "name": name}
        for value in rest:
            kind = {str: "says", list: "rows", tuple: "options", dict: "fields"}[type(value)]
            result[kind] = tuple(value) if kind == "rows" else value
        result["name"] = result["fields"].pop("name", name)
        data = content.encode("utf-8") if isinstance(content, str) else content
        made.append(Case(case_id, data, status, **result))
    return made


# ---------------------------------------------------------------- workbooks

STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
    '<fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
    '<xf numFmtId="20"/><xf numFmtId="164"/></cellXfs></styleSheet>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Cell:
    """The XML of a cell by hand: attributes and what is inside."""

    attributes: str
    inside: str


def day(serial):
    """A number formatted as a date."""
    return Cell('s="1"', f"<v>{serial}</v>")


def dotted_day(serial):
    return Cell('s="4"', f"<v>{serial}</v>")


def day_time(serial):
    return Cell('s="2"', f"<v>{serial}</v>")


def clock(fraction):
    return Cell('s="3"', f"<v>{fraction}</v>")


def formula(text, saved=None, kind="str"):
    value = "" if saved is None else f"<v>{escape(saved)}</v>"
    return Cell(f't="{kind}"', f"<f>{escape(text)}</f>{value}")


def error(text):
    return Cell('t="e"', f"<v>{text}</v>")


def letters(column):
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def cell_xml(value, row, column):
    place = f'r="{letters(column)}{row}"'
    if isinstance(value, Cell):
        return f"<c {place} {value.attributes}>{value.inside}</c>"
    if isinstance(value, (int, float)):
        return f"<c {place}><v>{value}</v></c>"
    text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
    return f'<c {place} t="inlineStr">{text}</c>' if value else ""


def sheet_xml(rows, before="", after="", first_row=1, row_attributes=None):
    lines = []
    for number, row in enumerate(rows, first_row):
        cells = "".join(cell_xml(value, number, column) for column, value in enumerate(row))
        more = (row_attributes or {}).get(number, "")
        lines.append(f'<row r="{number}" {more}>{cells}</row>')
    return f"<worksheet {MAIN}>{before}<sheetData>{''.join(lines)}</sheetData>{after}</worksheet>"


def workbook(*sheets, date1904=False, states=None, parts=None, names=None):
    """The bytes of a workbook: each sheet is a list of rows or the XML of a sheet."""
    names = names or [f"Sheet{k + 1}" for k in range(len(sheets))]
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{k + 1}" r:id="rId{k + 1}"'
        f' state="{(states or {}).get(name, "visible")}"/>'
        for k, name in enumerate(names)
    )
    epoch = '<workbookPr date1904="1"/>' if date1904 else "<workbookPr/>"
    files = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
            ' ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.styles+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{k + 1}.xml" ContentType="application/'
                'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
                for k in range(len(sheets))
            )
            + "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook {MAIN} xmlns:r="{RELS}">{epoch}<sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="rId{k + 1}" Type="{RELS}/worksheet"'
                f' Target="worksheets/sheet{k + 1}.xml"/>'
                for k in range(len(sheets))
            )
            + f'<Relationship Id="rId99" Type="{RELS}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": STYLES,
        **{
            f"xl/worksheets/sheet{k + 1}.xml": (
                sheet if isinstance(sheet, (str, bytes)) else sheet_xml(sheet)
            )
            for k, sheet in enumerate(sheets)
        },
        **(parts or {}),
    }
    return zipped(files)


def zipped(files):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# ---------------------------------------------------------------- calendars


def calendar(*events, before="", end="\r\n"):
    """An iCalendar file: each event is its lines without BEGIN and END."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//made by hand//EN"]
    lines += before.split("\n") if before else []
    for number, event in enumerate(events):
        inside = event.strip("\n").split("\n")
        lines += ["BEGIN:VEVENT", f"UID:{number}@example.org", *inside, "END:VEVENT"]
    return end.join([*lines, "END:VCALENDAR", ""])
