"""Options and arguments that several commands share, and the form of a command group."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import typer

from dashboard.models.event import EVENT_CHOICES, NOTE_FIELDS, EventField
from dashboard.models.messages import deferred


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


T = TypeVar("T")
Opt, Arg = typer.Option, typer.Argument
Texts: TypeAlias = list[str] | None
AsOfOption: TypeAlias = Annotated[
    str | None,
    Opt(
        "--asof", metavar="MOMENT", help=deferred("As known then: 2026-11-20 or 2026-11-20T09:00Z.")
    ),
]

JsonOption: TypeAlias = Annotated[bool, Opt("--json", help="Print JSON.")]
RatesOption: TypeAlias = Annotated[
    Texts,
    Opt("--rates", metavar="ID|FILE", help=deferred("A series, or a CSV or .xlsx of levels.")),
]
QuoteOption: TypeAlias = Annotated[
    str,
    Opt(
        metavar="as-quoted|QUOTE-per-BASE",
        help=deferred(
            "What the numbers of a FILE of rates count, as rub-per-usd, usd-per-rub or "
            "uah-per-usd; as-quoted: what its columns are named, as USD/UAH."
        ),
    ),
]
PoolOption: TypeAlias = Annotated[
    Literal["near", "quiet", "all", "similar"],
    Opt("--pool", help=deferred("Dates to compare with: near it, or of all years.")),
]
SeedOption: TypeAlias = Annotated[
    int, Opt(min=0, max=2**32 - 1, help=deferred("Of what is simulated."))
]
ExcelOption: TypeAlias = Annotated[
    bool, Opt("--excel", help=deferred("With BOM and CRLF, for spreadsheets."))
]
SinceOption: TypeAlias = Annotated[str | None, Opt("--since", metavar="DATE", help="First day.")]
UntilOption: TypeAlias = Annotated[str | None, Opt("--until", metavar="DATE", help="Last day.")]
CategoryFilter: TypeAlias = Annotated[
    Texts, Opt("--category", metavar="C", help=deferred("Only this; repeatable."))
]
OriginFilter: TypeAlias = Annotated[
    Literal["catalogue", "note"] | None,
    Opt("--origin", help=deferred("Only the catalogue or the notes.")),
]
TextFilter: TypeAlias = Annotated[
    str, Opt("--text", metavar="WORDS", help=deferred("Words in title, text or source."))
]
TagFilter: TypeAlias = Annotated[
    Texts, Opt("--tag", help=deferred("Only with this tag; repeatable."))
]
NoteIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help=deferred("As `events add` printed it."))
]
OutputFileArgument: TypeAlias = Annotated[
    Path, Arg(metavar="FILE", help=deferred("- is standard output."))
]
CsvFileArgument: TypeAlias = Annotated[Path, Arg(metavar="FILE", help=deferred("CSV or .xlsx."))]
EventFileArgument: TypeAlias = Annotated[
    Path, Arg(metavar="FILE", help=deferred("CSV, .xlsx, JSON or iCalendar."))
]
ColumnMapOption: TypeAlias = Annotated[
    Texts,
    Opt("--map", metavar="FIELD=COLUMN", help=deferred("Which column holds a field; repeatable.")),
]
DateOrderOption: TypeAlias = Annotated[
    Literal["dmy", "mdy"] | None,
    Opt("--dates", help=deferred("The order in dates like 03/04/2025.")),
]
FileZoneOption: TypeAlias = Annotated[
    str | None, Opt("--zone", metavar="NAME", help=deferred("Time zone of times without one."))
]
SheetOption: TypeAlias = Annotated[
    str | None, Opt("--sheet", metavar="NAME", help="Of a workbook.")
]
GoodRowsOption: TypeAlias = Annotated[
    bool, Opt("--good-rows", help=deferred("Take them, leave wrong rows out."))
]
ImportIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help=deferred("As `events imports` lists it."))
]
DryRunOption: TypeAlias = Annotated[
    bool, Opt("--dry-run", help=deferred("Check the file, change nothing."))
]
PrivateOption: TypeAlias = Annotated[
    bool | None,
    Opt("--private/--shared", help=deferred("Who sees it: you alone, or everybody here.")),
]
EventIdsArgument: TypeAlias = Annotated[
    list[str], Arg(metavar="ID…", help=deferred("As `events list` shows it."))
]
AuthorOption: TypeAlias = Annotated[str | None, Opt(help=deferred("A label for you."))]
RateDateOrderOption: TypeAlias = Annotated[
    Literal["dmy", "mdy"] | None, Opt("--dates", help=deferred("What comes first in 03/04/2025."))
]
RateZoneOption: TypeAlias = Annotated[
    str, Opt("--zone", metavar="NAME", help=deferred("Of times without an offset: Europe/Moscow."))
]
BarStampsOption: TypeAlias = Annotated[
    Literal["begin", "end"] | None, Opt("--stamps", help=deferred("When a bar is stamped."))
]
SeriesNameOption: TypeAlias = Annotated[
    str, Opt("--name", metavar="ID", help=deferred("Stored as own_ID."))
]
RateDateColumnOption: TypeAlias = Annotated[
    str,
    Opt("--date", metavar="COLUMN", help=deferred("Which column of rates holds the dates.")),
]
RateColumnOption: TypeAlias = Annotated[
    Texts,
    Opt("--column", metavar="COLUMN", help=deferred("Read this column of rates; repeatable.")),
]
SeriesTitleOption: TypeAlias = Annotated[
    str, Opt("--title", metavar="WORDS", help=deferred("What pages call it."))
]
ReplaceOption: TypeAlias = Annotated[
    bool, Opt("--replace", help=deferred("In place of one of this name."))
]
SeriesIdArgument: TypeAlias = Annotated[
    str, Arg(metavar="ID", help=deferred("As `rates import` printed it."))
]


# ---- the fields of a note

_METAVARS: Final = {"date": "DATE", "moment": "HH:MM", "zone": "NAME", "link": "URL"}


def event_choice_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command an option for every `EventChoice`, in place of its `**choices`."""
    own = inspect.signature(command, eval_str=True)
    params = [p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD]
    options = [
        inspect.Parameter(
            choice.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                Literal[*choice.titles] | None, Opt(f"--{choice.name}", help=choice.help)
            ],
        )
        for choice in EVENT_CHOICES
    ]
    command.__signature__ = own.replace(parameters=[*params, *options])  # type: ignore[attr-defined]
    return command


def note_options(
    *omitted: str, is_new: bool = False, **hints: str
) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Give a command an option for every field of a note, in place of its `**fields`.

    Args:
        omitted: fields that the command does not have.
        is_new: whether the title is an argument and the day has to be given.
        hints: the help of single fields, where it differs.
    """

    def decorate(command: Callable[..., T]) -> Callable[..., T]:
        own = inspect.signature(command, eval_str=True)
        params = [p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD]
        options = [
            _note_option(field, hints.get(field.name, field.hint), is_new=is_new)
            for field in NOTE_FIELDS
            if field.name not in omitted
        ]
        # What a command takes first is what it is about: the title of a new note, or an id.
        first = sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in params)
        ordered = [*params[:first], *options, *params[first:]]
        command.__signature__ = own.replace(parameters=ordered)  # type: ignore[attr-defined]
        return command

    return decorate


def _note_option(field: EventField, hint: str, *, is_new: bool) -> inspect.Parameter:
    kind: Any = {"choice": field.choices, "tags": list[str]}.get(field.kind, str)
    is_flag = "/" in field.option
    name = "/".join(f"--{part}" for part in field.option.split("/"))
    info = Opt(name, metavar=_METAVARS.get(field.kind), help=hint)
    if is_new and field.name == "title":
        info = Arg(help=hint)
    is_required = is_new and field.required
    annotation = kind if is_required else (bool if is_flag else kind) | None
    return inspect.Parameter(
        field.key,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if is_required else None,
        annotation=Annotated[annotation, info],
    )
