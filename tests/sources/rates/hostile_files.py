"""Files of rates as people really have them, each with the outcome and the rows it must have.

Every expectation was written by hand, from the file alone, before there was a reader for it.
A row is `(date, rate)`, `(date, rate, series)` or `(date, rate, series, known at, UTC)`;
`said` is a part of one of the messages. Files that are refused have no rows.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Hostile:
    """A file, the options of its reading, and the expected result."""

    id: str
    content: bytes
    status: str
    rows: tuple[tuple, ...]
    said: str
    options: tuple[str, ...]


def taken(name, content, *rows, options=()):
    """Right without a word."""
    return Hostile(name, _bytes(content), "accept", rows, "", options)


def warned(name, content, said, *rows, options=()):
    """Taken, with something a person should know."""
    return Hostile(name, _bytes(content), "warn", rows, said, options)


def refused(name, content, said, options=()):
    """Not taken; the message says where, what and what to do."""
    return Hostile(name, _bytes(content), "reject", (), said, options)


def _bytes(content):
    return content.encode() if isinstance(content, str) else content


def _zip():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("rates.csv", "date,USD\n2024-01-05,92.5\n")
    return made.getvalue()


TWO = ("2024-01-05", 92.5), ("2024-01-09", 93.0)
PLAIN = "date,USD\n2024-01-05,92.5\n2024-01-09,93\n"
COURSE = "date;курс\n2024-01-05;92.5\n2024-01-09;93\n"
HOURS = "date,USD\n2026-09-01 10:00,80.5\n2026-09-01 11:00,80.7\n2026-09-01 12:00,80.6\n"
"""Ten in Moscow is seven in UTC; a bar that begins at 07:00:00 is known at 07:59:59."""
MOSCOW_BARS = (
    ("2026-09-01", 80.5, "USD", "2026-09-01T07:59:59Z"),
    ("2026-09-01", 80.7, "USD", "2026-09-01T08:59:59Z"),
    ("2026-09-01", 80.6, "USD", "2026-09-01T09:59:59Z"),
)
MOSCOW = ("--zone", "Europe/Moscow")
BEGIN = ("--stamps", "begin")


ENCODINGS = (
    taken("utf-8", PLAIN, *TWO),
    taken("utf-8 with its mark", b"\xef\xbb\xbf" + PLAIN.encode(), *TWO),
    taken("utf-16, little end first", b"\xff\xfe" + PLAIN.encode("utf-16-le"), *TWO),
    taken("utf-16, big end first", b"\xfe\xff" + PLAIN.encode("utf-16-be"), *TWO),
    taken("utf-32 with its mark", PLAIN.encode("utf-32"), *TWO),
    taken("Russian in utf-8", COURSE, ("2024-01-05", 92.5, "курс"), ("2024-01-09", 93.0, "курс")),
    warned("Russian in windows-1251", COURSE.encode("cp1251"), "was read as windows-1251",
           ("2024-01-05", 92.5, "курс"), ("2024-01-09", 93.0, "курс")),
    refused("Russian of DOS", COURSE.encode("cp866"), "is neither UTF-8 nor Russian windows-1251"),
    refused("Russian in koi8", COURSE.encode("koi8-r"), "is neither UTF-8 nor Russian"),
    refused("utf-16 without its mark", PLAIN.encode("utf-16-le"), "holds a NUL character"),
    refused("utf-16 cut in half", (b"\xff\xfe" + PLAIN.encode("utf-16-le"))[:-1], "is not UTF-16"),
    warned("a letter was lost on the way", "date,k\ufffdrs\n2024-01-05,92.5\n",
           "sign for a lost letter", ("2024-01-05", 92.5)),
)  # fmt: skip

SEPARATORS = (
    taken("semicolons", PLAIN.replace(",", ";"), *TWO),
    taken("tabs", PLAIN.replace(",", "\t"), *TWO),
    taken("bars", PLAIN.replace(",", "|"), *TWO),
    taken("what Excel writes first", "sep=;\n" + PLAIN.replace(",", ";"), *TWO),
    taken("carriage returns", PLAIN.replace("\n", "\r\n"), *TWO),
    taken("carriage returns alone", PLAIN.replace("\n", "\r"), *TWO),
    taken("no line end at the end", PLAIN.rstrip("\n"), *TWO),
    taken("every cell in quotes", '"date","USD"\n"2024-01-05","92.5"\n"2024-01-09","93"\n', *TWO),
    taken("blanks around cells", "date , USD\n 2024-01-05 , 92.5 \n2024-01-09, 93\n", *TWO),
    taken("a separator ends every line", "date,USD,\n2024-01-05,92.5,\n2024-01-09,93,\n", *TWO),
    refused("two separators at once", "date;a,date\n2024-01-05;1,2024-01-05\n",
            "the separator may be comma or semicolon"),
    refused("a blank as separator", PLAIN.replace(",", " "), "has no column date"),
)  # fmt: skip

SHAPES = (
    refused("no byte at all", b"", "is empty"),
    refused("blanks alone", " \n\n", "is empty"),
    refused("a mark alone", b"\xef\xbb\xbf", "is empty"),
    refused("a header alone", "date,USD\n", "has a header but no rows"),
    refused("no header", "2024-01-05,92.5\n2024-01-09,93\n", "has no column date"),
    refused("no column of rates", "date\n2024-01-05\n", "has no column of rates"),
    warned("a column without a name", "date,,USD\n2024-01-05,1,92.5\n", "not column 2",
           ("2024-01-05", 92.5, "USD")),
    refused("a column twice", "date,USD,usd\n2024-01-05,1,2\n", "is there twice"),
    refused("a field too many", "date,USD\n2024-01-05,92.5,1\n", "line 2: 3 fields, more than"),
    refused("a field too few", "date,USD,EUR\n2024-01-05,92.5\n", "line 2: 2 fields, fewer than"),
    warned("a line of totals", PLAIN + "Total: 2 rows\n", "line 4: the table ends here", *TWO),
    refused("a line of totals in the middle", PLAIN + "Total: 2 rows\n2024-01-10,94\n",
            "line 4: 'Total: 2 rows' is no row of the table"),
    warned("a title above the header", "Exchange rates\n" + PLAIN, "starts on line 2", *TWO),
    refused("a quote never closed", 'date,USD\n2024-01-05,"92.5\n', "never closed"),
    refused("text behind a quote", 'date,USD\n2024-01-05,"92.5"x\n', "text follows a closing"),
    refused("an endless cell", "date,USD\n2024-01-05," + "9" * 140_000 + "\n", "is longer than"),
    refused("a thousand columns", "date," + ",".join(f"c{n}" for n in range(1_000)) + "\n2024-01-05"
            + ",1" * 1_000 + "\n", "1,001 columns"),
    warned("empty rows between", "date,USD\n2024-01-05,92.5\n,\n2024-01-09,93\n",
           "1 empty rows were left out", *TWO),
    taken("several columns are several series", "date,A,B\n2024-01-05,1,\n2024-01-09,1.1,2\n",
          ("2024-01-05", 1.0, "A"), ("2024-01-09", 1.1, "A"),
          ("2024-01-09", 2.0, "B")),
    warned("a column of words", "date,USD,note\n2024-01-05,92.5,steady\n", "column note: holds",
           ("2024-01-05", 92.5, "USD")),
    warned("an empty column", "date,USD,EUR\n2024-01-05,92.5,\n", "column EUR: holds no number",
           ("2024-01-05", 92.5, "USD")),
)  # fmt: skip

NO_TEXT = (
    refused("an Excel workbook or a zip", _zip(), "is a zip archive; unpack it"),
    refused("an old Excel workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
            "is an old Excel workbook"),
    refused("packed by gzip", gzip.compress(PLAIN.encode()), "is a gzip archive"),
    refused("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"),
    refused("a Parquet file", b"PAR1" + bytes(40) + b"PAR1", "is a Parquet file"),
    refused("a page with a login", "<!DOCTYPE html><html>Sign in</html>", "a web page"),
    refused("an answer in XML", '<?xml version="1.0"?><ValCurs></ValCurs>', "is XML"),
    refused("an answer in JSON", '[{"date":"2024-01-05","USD":92.5}]', "holds no list of points"),
    refused("a NUL", "date,USD\n2024-01-05,92\0.5\n", "line 2: holds a NUL character"),
    refused("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "f.csv"),
)  # fmt: skip


def day(cell, after="2024-01-09"):
    """A file whose first date is `cell`."""
    return f"date;USD\n{cell};92.5\n{after};93\n"


ORDER = "date,USD\n03/04/2025,84.2\n04/04/2025,84.1\n"
"""3 and 4 April where the day comes first, 4 March and 4 April where the month does."""
DATES = (
    taken("without dashes", day("20240105", "20240109"), *TWO),
    taken("year first with slashes", day("2024/01/05", "2024/1/9"), *TWO),
    taken("dots, day first", day("05.01.2024", "09.01.2024"), *TWO),
    taken("midnight is a date", day("2024-01-05 00:00:00", "2024-01-09 00:00:00"), *TWO),
    warned("midnight in UTC is a date", day("2024-01-05T00:00:00Z", "2024-01-09T00:00:00Z"),
           "midnight", *TWO),
    taken("names of months", day("5 Jan 2024", "Jan 9, 2024"), *TWO),
    taken("names of months in Russian", day("5 января 2024", "9 января 2024 г."), *TWO),
    refused("day or month first?", ORDER, "on import which order the dates have, dmy or mdy"),
    refused("day or month first, with dashes?", ORDER.replace("/", "-"),
            "on import which order the dates have, dmy or mdy"),
    taken("day first, as told", ORDER, ("2025-04-03", 84.2), ("2025-04-04", 84.1),
          options=("--dates", "dmy")),
    taken("month first, as told", ORDER, ("2025-03-04", 84.2), ("2025-04-04", 84.1),
          options=("--dates", "mdy")),
    warned("the column proves the day first", ORDER + "14/04/2025,82\n", "14/04/2025 proves",
           ("2025-04-03", 84.2), ("2025-04-04", 84.1), ("2025-04-14", 82.0)),
    warned("the column proves the month first", "date,USD\n04/03/2025,84.2\n04/14/2025,82\n",
           "04/14/2025 proves", ("2025-04-03", 84.2), ("2025-04-14", 82.0)),
    refused("both orders in one column", "date,USD\n14/04/2025,84\n04/15/2025,83\n",
            "has the day first and '04/15/2025' the month"),
    refused("told against the column", "date,USD\n14/04/2025,84\n", "is no date in month/day/year",
            options=("--dates", "mdy")),
    taken("the same either way", "date,USD\n03/03/2025,89\n04/04/2025,84\n",
          ("2025-03-03", 89.0), ("2025-04-04", 84.0)),
    refused("dots, month first", day("01.15.2024"), "does not exist"),
    taken("dots, month first, as told", "date,USD\n01.05.2024,92.5\n01.09.2024,93\n", *TWO,
          options=("--dates", "mdy")),
    refused("two digits of a year", day("05.01.24"), "a year of two digits"),
    refused("two digits of a year with slashes", day("13/1/24"), "a year of two digits"),
    refused("two digits of a year with a name", day("05-Jan-24"), "a year of two digits"),
    refused("30 February", day("2024-02-30"), "does not exist"),
    refused("29 February of another year", day("2023-02-29"), "does not exist"),
    refused("month 13", day("2024-13-01"), "does not exist"),
    refused("an empty date", day(""), "is empty"),
    refused("a word for a date", day("yesterday"), "'yesterday' is not a date"),
    refused("a month alone", day("2024-01"), "is not a date"),
    refused("a quarter", day("2024Q1"), "is not a date"),
    refused("year 3024", day("3024-01-05"), "is not between"),
    refused("year 0001", day("0001-01-05"), "is not between"),
    refused("Arabic digits", day("٢٠٢٤-٠١-٠٥"), "is not a date"),
    warned("Excel's numbers", "date,USD\n45296,92.5\n45300,93\n", "45296 as 2024-01-05", *TWO),
    warned("Excel's numbers with .0", "date,USD\n45296.0,92.5\n45300.0,93\n",
           "45296.0 as 2024-01-05", *TWO),
    refused("Excel's numbers with hours", "date,USD\n45296.4375,92.5\n45300.4375,93\n",
            "time of day"),
    refused("Excel's number among dates", day("45296"), "looks like Excel's number for 2024-01-05"),
    refused("Excel's number of 1930", "date,USD\n11000,92.5\n11001,93\n", "f.csv"),
    warned("seconds since 1970 at midnight", "date,USD\n1704412800,92.5\n1704758400,93\n",
           "1704412800 as 2024-01-05", *TWO),
    warned("milliseconds since 1970", "date,USD\n1704412800000,92.5\n1704758400000,93\n",
           "1704412800000 as 2024-01-05", *TWO),
    refused("hours written as one number", "date,USD\n2024010510,92.5\n2024010511,93\n",
            "is not a date"),
    refused("a small number", "date,USD\n1,92.5\n2,93\n", "is not a date"),
    warned("a day to come", "date,USD\n2026-11-20,80\n2099-01-05,81\n", "still to come",
           ("2026-11-20", 80.0), ("2099-01-05", 81.0)),
)  # fmt: skip


def rate(cell):
    """A file whose second rate is `cell`."""
    return f"date,USD\n2024-01-05,92.5\n2024-01-09,{cell}\n"


NUMBERS = (
    warned("decimal commas", "date;USD\n2024-01-05;92,5\n2024-01-09;93\n", "decimal commas", *TWO),
    warned("decimal commas in quotes", 'date,USD\n2024-01-05,"92,5"\n2024-01-09,93\n',
           "decimal commas", *TWO),
    refused("decimal commas between commas", "date,USD\n2024-01-05,92,5\n", "3 fields"),
    refused("a comma and a point", "date;USD\n2024-01-05;92,5\n2024-01-09;93.1\n", "in two ways"),
    refused("thousands or thousandths", 'date,USD\n2024-01-05,"1,234"\n', "can be 1234 or 1.234"),
    warned("thousands by commas", 'date,USD\n2024-01-05,"1,234.5"\n2024-01-09,999.25\n',
           "thousands", ("2024-01-05", 1234.5), ("2024-01-09", 999.25)),
    warned("thousands by points", "date;USD\n2024-01-05;1.234,5\n2024-01-09;999,25\n",
           "thousands", ("2024-01-05", 1234.5), ("2024-01-09", 999.25)),
    warned("thousands by blanks", "date;USD\n2024-01-05;1\u00a0234,5\n2024-01-09;1 235,25\n",
           "thousands", ("2024-01-05", 1234.5), ("2024-01-09", 1235.25)),
    warned("thousands by apostrophes", "date;USD\n2024-01-05;1'234.5\n2024-01-09;1’235\n",
           "thousands", ("2024-01-05", 1234.5), ("2024-01-09", 1235.0)),
    refused("thousands by commas and by points",
            "date;USD\n2024-01-05;1,234.5\n2024-01-09;1.234,5\n", "in two ways"),
    refused("groups of two digits", 'date,USD\n2024-01-05,"12,34.5"\n', "is not a number"),
    warned("three places behind a point", "date;USD\n2024-01-05;1.234\n2024-01-09;1.301\n",
           "1.234 was read as 1 and 234 thousandths", ("2024-01-05", 1.234), ("2024-01-09", 1.301)),
    taken("an exponent", rate("9.3e1"), *TWO),
    taken("a plus", rate("+93"), *TWO),
    taken("every digit of a double", "date,USD\n2024-01-05,0.30000000000000004\n",
          ("2024-01-05", 0.30000000000000004)),
    refused("zero", rate("0"), "'0' is not above zero"),
    refused("minus", rate("-93"), "'-93' is not above zero"),
    refused("too small for a double", rate("1e-400"), "is not above zero"),
    refused("too large for a double", rate("1e400"), "'1e400' is too large"),
    refused("infinite", rate("inf"), "is not finite"),
    refused("infinite in Russian dress", rate("∞"), "is not finite"),
    refused("a word", rate("abc"), "'abc' is not a number"),
    refused("a unit", rate("93 RUB"), "is not a number"),
    refused("per cent", rate("93%"), "is not a number"),
    refused("an error of Excel", rate("#DIV/0!"), "is not a number"),
    refused("a formula", rate("=A1*2"), "is not a number"),
    refused("hexadecimal", rate("0x5d"), "is not a number"),
    refused("an underscore", rate("9_3"), "is not a number"),
    refused("Arabic digits in a rate", rate("٩٣"), "is not a number"),
    taken("an empty cell is missing", rate("") + "2024-01-10,93\n",
          ("2024-01-05", 92.5), ("2024-01-09", None), ("2024-01-10", 93.0)),
    *(
        warned(f"{word} is missing", rate(word) + "2024-01-10,93\n", "missing",
               ("2024-01-05", 92.5), ("2024-01-09", None), ("2024-01-10", 93.0))
        for word in ("NA", "n/a", "#N/A", "nan", "NULL", "None", "-", "–", ".")
    ),
    refused("nothing but missing", "date,USD\n2024-01-05,NA\n2024-01-09,-\n", "holds no number"),
    warned("ten times", rate("925"), "10 times", ("2024-01-05", 92.5), ("2024-01-09", 925.0)),
    warned("a hundred times", rate("9250"), "100 times", ("2024-01-05", 92.5),
           ("2024-01-09", 9250.0)),
    warned("a thousandth", rate("0.0925"), "1/1,000", ("2024-01-05", 92.5),
           ("2024-01-09", 0.0925)),
    warned("a jump over a missing cell", rate("") + "2024-01-10,9.3\n", "1/9.95",
           ("2024-01-05", 92.5), ("2024-01-09", None), ("2024-01-10", 9.3)),
)  # fmt: skip

ROWS = (
    warned("newest first", "date,USD\n2024-01-09,93\n2024-01-05,92.5\n", "were sorted", *TWO),
    warned("a row twice", PLAIN + "2024-01-05,92.5\n", "is there twice", *TWO),
    warned("a row twice in two forms", PLAIN + "05.01.2024,92.50\n", "is there twice", *TWO),
    refused("a date with two rates", PLAIN + "2024-01-05,92.6\n", "row 3 (line 4)"),
    refused("a rate and a missing one", PLAIN + "2024-01-05,\n", "row 3 (line 4)"),
    refused("one of two series differs", "date,A,B\n2024-01-05,1,2\n2024-01-05,1,2.1\n",
            "is already on line 2"),
    warned("a gap", "date,USD\n2024-01-05,1\n2024-01-08,1\n2024-01-09,1\n2024-03-01,1\n",
           "a gap from 2024-01-09 to 2024-03-01", ("2024-01-05", 1.0), ("2024-01-08", 1.0),
           ("2024-01-09", 1.0), ("2024-03-01", 1.0)),
)  # fmt: skip

TIMES = (
    refused("hours without a zone", HOURS, "say its time zone on import, as Europe/Moscow"),
    warned("hours of Moscow", HOURS, "begin", *MOSCOW_BARS, options=MOSCOW),
    taken("hours of Moscow that begin", HOURS, *MOSCOW_BARS, options=(*MOSCOW, *BEGIN)),
    taken("hours of Moscow that end", HOURS,
          ("2026-09-01", 80.5, "USD", "2026-09-01T07:00:00Z"),
          ("2026-09-01", 80.7, "USD", "2026-09-01T08:00:00Z"),
          ("2026-09-01", 80.6, "USD", "2026-09-01T09:00:00Z"),
          options=(*MOSCOW, "--stamps", "end")),
    taken("hours with an offset",
          "date,USD\n2026-09-01T10:00:00+03:00,80.5\n2026-09-01T11:00+03:00,80.7\n"
          "2026-09-01T12:00:00.000+0300,80.6\n", *MOSCOW_BARS, options=BEGIN),
    taken("hours in UTC",
          "date,USD\n2026-09-01T07:00:00Z,80.5\n2026-09-01 08:00Z,80.7\n"
          "2026-09-01 09:00 UTC,80.6\n",
          *MOSCOW_BARS, options=BEGIN),
    taken("hours in a column of their own",
          "date,time,USD\n2026-09-01,10:00,80.5\n2026-09-01,11:00,80.7\n2026-09-01,12:00:00,80.6\n",
          *MOSCOW_BARS, options=(*MOSCOW, *BEGIN)),
    taken("hours in a column, dotted dates",
          "date;time;USD\n01.09.2026;10:00;80.5\n01.09.2026;11:00;80.7\n01.09.2026;12:00;80.6\n",
          *MOSCOW_BARS, options=(*MOSCOW, *BEGIN)),
    refused("a time that is none", "date,time,USD\n2026-09-01,25:00,80.5\n", "'25:00'",
            options=MOSCOW),
    refused("a time that is missing", "date,time,USD\n2026-09-01,10:00,80.5\n2026-09-01,,80.6\n",
            "row 2 (line 3), column time", options=MOSCOW),
    taken("an hour of noon or night", "date,USD\n2026-09-01 10:00 PM,80.5\n",
          ("2026-09-01", 80.5, "USD", "2026-09-01T19:00:00Z"), options=MOSCOW),
    refused("one stamp without an offset", "date,USD\n2026-09-01T10:00+03:00,80.5\n"
            "2026-09-01T11:00,80.7\n", "row 2 (line 3)"),
    refused("one date without a time", "date,USD\n2026-09-01 10:00,80.5\n2026-09-01,80.7\n",
            "row 2 (line 3)", options=MOSCOW),
    refused("a zone that is none", HOURS, "Mars/Phobos", options=("--zone", "Mars/Phobos")),
    refused("an hour that summer time leaves out",
            "date,USD\n2024-03-31 01:30,1\n2024-03-31 02:30,1\n2024-03-31 03:30,1\n",
            "'2024-03-31 02:30'", options=("--zone", "Europe/Berlin", *BEGIN)),
    refused("an hour that comes twice that night, once there",
            "date,USD\n2024-10-27 01:30,1\n2024-10-27 02:30,1\n2024-10-27 03:30,1\n",
            "'2024-10-27 02:30'", options=("--zone", "Europe/Berlin", *BEGIN)),
    taken("an hour that comes twice that night, twice there",
          "date,USD\n2024-10-27 01:30,1\n2024-10-27 02:30,2\n2024-10-27 02:30,3\n"
          "2024-10-27 03:30,4\n",
          ("2024-10-27", 1.0, "USD", "2024-10-27T00:29:59Z"),
          ("2024-10-27", 2.0, "USD", "2024-10-27T01:29:59Z"),
          ("2024-10-27", 3.0, "USD", "2024-10-27T02:29:59Z"),
          ("2024-10-27", 4.0, "USD", "2024-10-27T03:29:59Z"),
          options=("--zone", "Europe/Berlin", *BEGIN)),
    refused("two rates of one minute", HOURS + "2026-09-01 12:00,80.9\n", "row 4 (line 5)",
            options=MOSCOW),
    warned("a minute twice", HOURS + "2026-09-01 12:00,80.6\n", "is there twice", *MOSCOW_BARS,
           options=(*MOSCOW, *BEGIN)),
    refused("a bar too close", "date,USD\n2026-09-01 10:00,1\n2026-09-01 11:00,1\n"
            "2026-09-01 12:00,1\n2026-09-01 12:20,1\n", "row 4 (line 5)", options=MOSCOW),
    refused("seconds apart", "date,USD\n2026-09-01 10:00:01,1\n2026-09-01 10:00:02,1\n"
            "2026-09-01 10:00:03,1\n", "at least a minute", options=MOSCOW),
    taken("a number a day, with its hour",
          "date,USD\n2026-09-01 18:00,80.5\n2026-09-02 18:30,80.7\n",
          ("2026-09-01", 80.5, "USD", "2026-09-01T15:00:00Z"),
          ("2026-09-02", 80.7, "USD", "2026-09-02T15:30:00Z"), options=MOSCOW),
    warned("seconds since 1970, hours apart",
           "date,USD\n1788246000,80.5\n1788249600,80.7\n1788253200,80.6\n", "seconds since 1970",
           *MOSCOW_BARS),
    warned("newest minute first",
           "date,USD\n2026-09-01 12:00,80.6\n2026-09-01 11:00,80.7\n2026-09-01 10:00,80.5\n",
           "were sorted", *MOSCOW_BARS, options=(*MOSCOW, *BEGIN)),
    taken("over midnight in New York",
          "date,USD\n2026-09-01 23:00,1\n2026-09-02 00:00,1.1\n2026-09-02 01:00,1.2\n",
          ("2026-09-01", 1.0, "USD", "2026-09-02T03:59:59Z"),
          ("2026-09-02", 1.1, "USD", "2026-09-02T04:59:59Z"),
          ("2026-09-02", 1.2, "USD", "2026-09-02T05:59:59Z"),
          options=("--zone", "America/New_York", *BEGIN)),
)  # fmt: skip

FILES = (*ENCODINGS, *SEPARATORS, *SHAPES, *NO_TEXT, *DATES, *NUMBERS, *ROWS, *TIMES)
