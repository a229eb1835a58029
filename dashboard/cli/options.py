"""Options and arguments that several commands share, and the form of a command group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from dashboard.models.event import MOSCOW, Category, Expected


def command_group(sentence: str) -> typer.Typer:
    """A group of commands with its sentence of help."""
    made = typer.Typer(
        help=sentence,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
    )
    made.callback()(show_help)
    return made


def show_help(context: typer.Context) -> None:
    """Show the help where no command is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


Opt, Arg = typer.Option, typer.Argument
Texts: TypeAlias = list[str] | None
AsOfOption: TypeAlias = Annotated[
    str | None,
    Opt("--asof", metavar="MOMENT", help="As known then: 2026-11-20 or 2026-11-20T09:00Z."),
]

JsonOption: TypeAlias = Annotated[bool, Opt("--json", help="Print JSON.")]
RatesOption: TypeAlias = Annotated[
    Texts, Opt("--rates", metavar="ID|FILE", help="A series, or a CSV of levels: date,<series>…")
]
QuoteOption: TypeAlias = Annotated[
    str,
    Opt(
        metavar="as-quoted|QUOTE-per-BASE",
        help="What the numbers of a FILE of rates count, as rub-per-usd, usd-per-rub or"
        " uah-per-usd; as-quoted: what its columns are named, as USD/UAH.",
    ),
]
PoolOption: TypeAlias = Annotated[
    Literal["near", "quiet", "all", "similar"],
    Opt("--pool", help="Dates to compare with: near it, or of all years."),
]
SeedOption: TypeAlias = Annotated[int, Opt(min=0, max=2**32 - 1, help="Of what is simulated.")]
ExcelOption: TypeAlias = Annotated[
    bool, Opt("--excel", help="With BOM and CRLF, for spreadsheets.")
]
SinceOption: TypeAlias = Annotated[str | None, Opt("--since", metavar="DATE", help="First day.")]
UntilOption: TypeAlias = Annotated[str | None, Opt("--until", metavar="DATE", help="Last day.")]
CategoryFilter: TypeAlias = Annotated[
    Texts, Opt("--category", metavar="C", help="Only this; repeatable.")
]
OriginFilter: TypeAlias = Annotated[
    Literal["catalogue", "note"] | None, Opt("--origin", help="Only the catalogue or the notes.")
]
TextFilter: TypeAlias = Annotated[
    str, Opt("--text", metavar="WORDS", help="Words in title, text or source.")
]
ExpectedFilter: TypeAlias = Annotated[
    Expected | None, Opt("--expected", help="Only this direction.")
]
TagFilter: TypeAlias = Annotated[Texts, Opt("--tag", help="Only with this tag; repeatable.")]
NoteIdArgument: TypeAlias = Annotated[str, Arg(metavar="ID", help="As `events add` printed it.")]
OutputFileArgument: TypeAlias = Annotated[Path, Arg(metavar="FILE", help="- is standard output.")]
CsvFileArgument: TypeAlias = Annotated[Path, Arg(metavar="FILE", help="A CSV.")]
EventFileArgument: TypeAlias = Annotated[
    Path, Arg(metavar="FILE", help="CSV, .xlsx, JSON or iCalendar.")
]
ColumnMapOption: TypeAlias = Annotated[
    Texts, Opt("--map", metavar="FIELD=COLUMN", help="Which column holds a field; repeatable.")
]
DateOrderOption: TypeAlias = Annotated[
    Literal["dmy", "mdy"] | None, Opt("--dates", help="The order in dates like 03/04/2025.")
]
FileZoneOption: TypeAlias = Annotated[
    str | None, Opt("--zone", metavar="NAME", help="Time zone of times without one.")
]
SheetOption: TypeAlias = Annotated[
    str | None, Opt("--sheet", metavar="NAME", help="Of a workbook.")
]
GoodRowsOption: TypeAlias = Annotated[
    bool, Opt("--good-rows", help="Take them, leave wrong rows out.")
]
ImportIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help="As `events imports` lists it.")
]
DryRunOption: TypeAlias = Annotated[bool, Opt("--dry-run", help="Check the file, change nothing.")]
TimeOption: TypeAlias = Annotated[str | None, Opt("--time", metavar="HH:MM", help="In --zone.")]
ZoneOption: TypeAlias = Annotated[
    str | None, Opt(metavar="NAME", help=f"Time zone, else {MOSCOW}.")
]
EndDateOption: TypeAlias = Annotated[str | None, Opt(metavar="DATE", help="Last day of a range.")]
CategoryOption: TypeAlias = Annotated[
    str | None, Opt(help=f"{', '.join(Category)}, or a word of your own.")
]
PrivateOption: TypeAlias = Annotated[
    bool | None, Opt("--private/--shared", help="Who sees it: you alone, or everybody here.")
]
EventIdsArgument: TypeAlias = Annotated[
    list[str], Arg(metavar="ID…", help="As `events list` shows it.")
]
ExpectedOption: TypeAlias = Annotated[Expected | None, Opt(help="From its nature, before looking.")]
TextOption: TypeAlias = Annotated[str | None, Opt(help="More words.")]
LinkOption: TypeAlias = Annotated[str | None, Opt(metavar="URL", help="The source.")]
TagsOption: TypeAlias = Annotated[Texts, Opt("--tag", help="Repeatable.")]
AuthorOption: TypeAlias = Annotated[str | None, Opt(help="A label for you.")]
RateDateOrderOption: TypeAlias = Annotated[
    Literal["dmy", "mdy"] | None, Opt("--dates", help="What comes first in 03/04/2025.")
]
RateZoneOption: TypeAlias = Annotated[
    str, Opt("--zone", metavar="NAME", help="Of times without an offset: Europe/Moscow.")
]
BarStampsOption: TypeAlias = Annotated[
    Literal["begin", "end"] | None, Opt("--stamps", help="When a bar is stamped.")
]
SeriesNameOption: TypeAlias = Annotated[str, Opt("--name", metavar="ID", help="Stored as own_ID.")]
SeriesTitleOption: TypeAlias = Annotated[
    str, Opt("--title", metavar="WORDS", help="What pages call it.")
]
ReplaceOption: TypeAlias = Annotated[bool, Opt("--replace", help="In place of one of this name.")]
SeriesIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help="As `rates import` printed it.")
]
