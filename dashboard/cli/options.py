"""Options and arguments that several commands share: their form and how their values are read."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import typer

from dashboard.models.article import PublicationTime
from dashboard.models.errors import InputError
from dashboard.models.event import EVENT_CHOICES, MOSCOW, NOTE_FIELDS, Draft, EventField, Visibility
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.user_files import CsvDialect


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
    bool, Opt("--excel", help=deferred("As --dialect excel: with BOM and CRLF, for spreadsheets."))
]
DialectOption: TypeAlias = Annotated[
    CsvDialect,
    Opt(
        "--dialect",
        help=deferred(
            "Of CSV: excel has a BOM and CRLF; excel-ru semicolons and decimal commas too, for an"
            " Excel with Russian settings."
        ),
    ),
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
TableFileArgument: TypeAlias = Annotated[
    Path,
    Arg(
        metavar="FILE",
        help=deferred("CSV, or a workbook if it ends in .xlsx; - is standard output."),
    ),
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
KindOption: TypeAlias = Annotated[
    Literal["price", "odds", "tone", "volume", "index"] | None,
    Opt(
        "--kind",
        help=deferred(
            "What the numbers of a FILE count, where they are no price: odds (0 to 1, or per cent),"
            " tone (may be negative), volume or index."
        ),
    ),
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

_METAVARS: Final = {"date": "DATE", "moment": "HH:MM", "zone": "NAME", "link": "URL",
                    "number": "NUMBER"}  # fmt: skip


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


# ---- values: days, moments, time zones, column maps

REMOVE_FIELD: Final = "none"
"""The value of an end, a time or a number that removes it from a note."""

_DAY_PATTERN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK_PATTERN: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def read_day(field: str, text: str) -> date:
    """A day, as 2025-04-21.

    Raises:
        InputError: it is no day, or does not exist.
    """
    if not _DAY_PATTERN.fullmatch(text):
        msg = _("is no date; write it like 2025-04-21")
        raise InputError(msg, field=field, value=text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = _("is a date that does not exist; correct it")
        raise InputError(msg, field=field, value=text) from None


def read_optional_day(field: str, text: str | None) -> date | None:
    """A day, or None where none was given."""
    return None if text is None else read_day(field, text)


def read_period(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """The first and the last day of the options `--since` and `--until`."""
    return read_optional_day("since", since), read_optional_day("until", until)


def read_moment(day: date, clock: str, zone: str) -> datetime:
    """The UTC moment of HH:MM on a day in a time zone.

    Raises:
        InputError: the time or the time zone is not valid.
    """
    match = _CLOCK_PATTERN.fullmatch(clock)
    if match is None:
        msg = _("is no time; write it like 18:05")
        raise InputError(msg, field="time", value=clock)
    try:
        zone_info = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        msg = _("is no time zone; write it like Europe/Moscow")
        raise InputError(msg, field="zone", value=zone) from None
    return datetime.combine(day, clock_time(int(match[1]), int(match[2])), zone_info).astimezone(
        UTC
    )


def read_number(field: str, text: str) -> float:
    """A finite number, as 0.5 or -25.

    Raises:
        InputError: it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(_("is no number; write it like 0.5"), field=field, value=text)
    return value


def read_optional_zone(field: str, text: str | None) -> str:
    """The name of a time zone; empty where none was given.

    Raises:
        InputError: it is no time zone.
    """
    if not text:
        return ""
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError):
        msg = _("is no time zone; write it like Europe/Moscow")
        raise InputError(msg, field=field, value=text) from None


def read_column_map(texts: Iterable[str]) -> dict[str, str]:
    """Pairs like `title=Headline`, each field once; `expected=` says that no column holds it.

    Raises:
        InputError: one is no pair, or a field is given twice.
    """
    columns: dict[str, str] = {}
    for text in texts:
        field, separator, column = (part.strip() for part in text.partition("="))
        if not (field and separator):
            msg = _("is no pair; write it like title=Headline")
            raise InputError(msg, field="map", value=text)
        if field in columns:
            msg = _("is given twice; keep one")
            raise InputError(msg, field="map", value=field)
        columns[field] = column
    return columns


def read_published(field: str, text: str) -> PublicationTime:
    """When an article was published: a day, or a day with an hour, in Moscow where no zone is.

    Raises:
        InputError: it is neither.
    """
    if _DAY_PATTERN.fullmatch(text):
        return PublicationTime(read_day(field, text), "given")
    msg = _("is no date; write it like 2025-04-22 or 2025-04-22T10:15")
    if not text.isascii():
        raise InputError(msg, field=field, value=text)
    try:
        moment = datetime.fromisoformat(text)
        local = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(MOSCOW))
        return PublicationTime(local.date(), "given", local.astimezone(UTC))
    except (ValueError, OverflowError):
        raise InputError(msg, field=field, value=text) from None


def fill_draft(draft: Draft, options: Mapping[str, Any]) -> Draft:
    """The draft with the options of its fields that were given; None means not given.

    Raises:
        InputError: a day, a time or a time zone is not valid.
    """
    given = {f: options[f.key] for f in NOTE_FIELDS if options.get(f.key) not in (None, [])}
    values = {f.name: _read_note_field(f, value) for f, value in given.items()}
    clock = values.pop("moment", None)
    draft = replace(draft, **values)
    if clock is not None:
        moment = None if clock == REMOVE_FIELD else read_moment(draft.day, clock, draft.zone)
        draft = replace(draft, moment=moment)
    return draft


def _read_note_field(field: EventField, value: Any) -> Any:
    if field.kind == "date":
        is_removed = value == REMOVE_FIELD and not field.required
        return None if is_removed else read_day(field.option, value)
    if field.kind == "number":
        return None if value == REMOVE_FIELD else read_number(field.option, value)
    if isinstance(value, bool):
        return Visibility.PRIVATE if value else Visibility.SHARED
    return tuple(value) if field.kind == "tags" else value
