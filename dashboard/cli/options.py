"""What may be typed: the options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from dashboard.domain.event import MOSCOW, Category, Expected
from dashboard.domain.rate_file import Quote

Opt, Arg = typer.Option, typer.Argument
Many: TypeAlias = list[str] | None
AsOf: TypeAlias = Annotated[
    str | None,
    Opt("--asof", metavar="MOMENT", help="As known then: 2026-11-20 or 2026-11-20T09:00Z."),
]

AsJson: TypeAlias = Annotated[bool, Opt("--json", help="Print JSON.")]
RatesOf: TypeAlias = Annotated[
    Many, Opt("--rates", metavar="ID|FILE", help="A series, or a CSV of levels: date,<series>…")
]
QuoteOf: TypeAlias = Annotated[Quote, Opt(help="What the numbers of a FILE of rates count.")]
PoolOf: TypeAlias = Annotated[
    Literal["near", "quiet", "all", "similar"],
    Opt("--pool", help="Dates to compare with: near it, or of all years."),
]
Seed: TypeAlias = Annotated[int, Opt(min=0, max=2**32 - 1, help="Of what is simulated.")]
Excel: TypeAlias = Annotated[bool, Opt("--excel", help="With BOM and CRLF, for spreadsheets.")]
Since: TypeAlias = Annotated[str | None, Opt("--since", metavar="DATE", help="First day.")]
Until: TypeAlias = Annotated[str | None, Opt("--until", metavar="DATE", help="Last day.")]
OfKind: TypeAlias = Annotated[Many, Opt("--category", metavar="C", help="Only this; repeatable.")]
OfOrigin: TypeAlias = Annotated[
    Literal["catalogue", "note"] | None, Opt("--origin", help="Only the catalogue or the notes.")
]
WithWords: TypeAlias = Annotated[
    str, Opt("--text", metavar="WORDS", help="Words in title, text or source.")
]
OfDirection: TypeAlias = Annotated[Expected | None, Opt("--expected", help="Only this direction.")]
OfTag: TypeAlias = Annotated[Many, Opt("--tag", help="Only with this tag; repeatable.")]
NoteId: TypeAlias = Annotated[str, Arg(metavar="ID", help="As `events add` printed it.")]
OutFile: TypeAlias = Annotated[Path, Arg(metavar="FILE", help="- is standard output.")]
InFile: TypeAlias = Annotated[Path, Arg(metavar="FILE", help="A CSV.")]
EventFile: TypeAlias = Annotated[Path, Arg(metavar="FILE", help="CSV, .xlsx, JSON or iCalendar.")]
MapColumns: TypeAlias = Annotated[
    Many, Opt("--map", metavar="FIELD=COLUMN", help="Which column holds a field; repeatable.")
]
Dates: TypeAlias = Annotated[
    Literal["dmy", "mdy"] | None, Opt("--dates", help="The order in dates like 03/04/2025.")
]
FileZone: TypeAlias = Annotated[
    str | None, Opt("--zone", metavar="NAME", help="Time zone of times without one.")
]
Sheet: TypeAlias = Annotated[str | None, Opt("--sheet", metavar="NAME", help="Of a workbook.")]
GoodRows: TypeAlias = Annotated[bool, Opt("--good-rows", help="Take them, leave wrong rows out.")]
ImportId: TypeAlias = Annotated[str, Arg(metavar="ID", help="As `events imports` lists it.")]
DryRun: TypeAlias = Annotated[bool, Opt("--dry-run", help="Check the file, change nothing.")]
Clock: TypeAlias = Annotated[str | None, Opt("--time", metavar="HH:MM", help="In --zone.")]
Zone: TypeAlias = Annotated[str | None, Opt(metavar="NAME", help=f"Time zone, else {MOSCOW}.")]
End: TypeAlias = Annotated[str | None, Opt(metavar="DATE", help="Last day of a range.")]
OneOfKind: TypeAlias = Annotated[
    str | None, Opt(help=f"{', '.join(Category)}, or a word of your own.")
]
Seen: TypeAlias = Annotated[
    bool | None, Opt("--private/--shared", help="Who sees it: you alone, or everybody here.")
]
EventIds: TypeAlias = Annotated[list[str], Arg(metavar="ID…", help="As `events list` shows it.")]
Awaited: TypeAlias = Annotated[Expected | None, Opt(help="From its nature, before looking.")]
Words: TypeAlias = Annotated[str | None, Opt(help="More words.")]
Link: TypeAlias = Annotated[str | None, Opt(metavar="URL", help="The source.")]
Tags: TypeAlias = Annotated[Many, Opt("--tag", help="Repeatable.")]
Author: TypeAlias = Annotated[str | None, Opt(help="A label for you.")]
DatesOf: TypeAlias = Annotated[
    Literal["dmy", "mdy"] | None, Opt("--dates", help="What comes first in 03/04/2025.")
]
RateZone: TypeAlias = Annotated[
    str, Opt("--zone", metavar="NAME", help="Of times without an offset: Europe/Moscow.")
]
StampsOf: TypeAlias = Annotated[
    Literal["begin", "end"] | None, Opt("--stamps", help="When a bar is stamped.")
]
OwnName: TypeAlias = Annotated[str, Opt("--name", metavar="ID", help="Kept as own_ID.")]
OwnTitle: TypeAlias = Annotated[str, Opt("--title", metavar="WORDS", help="What pages call it.")]
Replace: TypeAlias = Annotated[bool, Opt("--replace", help="In place of one of this name.")]
SeriesId: TypeAlias = Annotated[str, Arg(metavar="ID", help="As `rates import` printed it.")]
