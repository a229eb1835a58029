"""Commands of baskets: list, show, add, remove; and the study of events on every series of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

from dashboard.cli.context import (
    FileReading,
    export_time,
    get_context,
    list_data_files,
)
from dashboard.cli.options import Arg, JsonOption, Texts, command_group
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, plural
from dashboard.models.messages import translate as _

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.baskets import Basket, BasketMember
    from dashboard.models.event import Event
    from dashboard.models.study import StudyRequest
    from dashboard.models.user_files import CsvDialect
    from dashboard.services.exports import Provenance
    from dashboard.services.study_inputs import SelectedEvents

basket_commands = command_group(deferred("Lists of series: one event on everything you watch."))
BasketName: TypeAlias = Annotated[
    str, Arg(metavar="NAME", help=deferred("As `rates basket list` prints it."))
]


@basket_commands.command("list")
def list_basket_names(*, as_json: JsonOption = False) -> None:
    """List the baskets that ship and your own."""
    from dashboard.cli import listings, output
    from dashboard.services.serializers import basket_json

    baskets = _all_baskets(get_context())
    if as_json:
        output.print_json([basket_json(basket) for basket in baskets])
    else:
        listings.show_baskets(baskets)


@basket_commands.command("show")
def show_basket(name: BasketName, *, as_json: JsonOption = False) -> None:
    """Show the series of a basket, and of each that is missing what to do."""
    from dashboard.cli import listings, output
    from dashboard.services.baskets import find_basket
    from dashboard.services.serializers import basket_json

    context = get_context()
    basket = find_basket(_all_baskets(context), name)
    members = _load_members(context, basket)
    if as_json:
        output.print_json(basket_json(basket, members))
    else:
        listings.show_basket_members(members)


@basket_commands.command("add")
def add_basket(
    name: Annotated[str, Arg(metavar="NAME", help=deferred("Small letters, digits and -."))],
    series: Annotated[
        list[str], Arg(metavar="SERIES", help=deferred("Ids of series and tickers, as moex:RGBI."))
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Store a basket of your own; one of this name is replaced."""
    from dashboard.cli import output
    from dashboard.models.baskets import create_basket
    from dashboard.services.baskets import put_basket
    from dashboard.services.serializers import basket_json

    context = get_context()
    basket = put_basket(context.baskets, _shipped(), create_basket(name, series))
    if as_json:
        output.print_json(basket_json(basket))
        return
    count = plural("{n} series", "{n} series", len(basket.members))
    output.print_line(_("{name}: {series}", name=basket.name, series=count))
    _note_missing(_load_members(context, basket))


@basket_commands.command("remove")
def remove_basket(name: BasketName, *, as_json: JsonOption = False) -> None:
    """Remove a basket of your own; its series stay."""
    from dashboard.cli import output

    basket = get_context().baskets.remove(name.strip().casefold())
    if as_json:
        output.print_json({"removed": basket.name})
    else:
        output.print_line(_("{id} removed", id=basket.name))


def _shipped() -> tuple[Basket, ...]:
    from dashboard.container import shipped_baskets

    return shipped_baskets()


def _all_baskets(context: AppContext) -> tuple[Basket, ...]:
    from dashboard.services.baskets import list_baskets

    return list_baskets(_shipped(), context.baskets)


def _load_members(context: AppContext, basket: Basket) -> tuple[BasketMember, ...]:
    from dashboard.services.baskets import load_members

    return load_members(context.rates, basket, {card.id for card in context.known.all_cards()})


# ------------------------------------------------------------------ studies


@dataclass(frozen=True, slots=True)
class BasketStudy:
    """A study of events on every series of a basket, as it is requested.

    Attributes:
        basket: its name, or a file.
        event: the id of an event; empty for categories of events.
        events: a file of events; None: the catalogue and notes.
        categories: only events of these.
        origin: only those of the catalogue or of notes.
        reading: how the file of events is read.
        request: the parameters; the first CAR window is compared.
        asof: the moment as of which data are known; now if None.
        out: the folder of its files; None for none.
        dialect: that of its CSV.
        as_json: whether JSON is printed.
    """

    basket: str
    event: str
    events: Path | None
    categories: Texts
    origin: str | None
    reading: FileReading
    request: StudyRequest
    asof: str | None
    out: Path | None
    dialect: CsvDialect
    as_json: bool


def study_basket(query: BasketStudy) -> None:
    """Study one event, or categories of events, on every series of a basket.

    Raises:
        InputError: the basket or the event is not known.
    """
    context = get_context(query.asof)
    basket = _read_basket(context, query.basket)
    members = _load_members(context, basket)
    source = _read_events(context, query.events, query.reading)
    made = _provenance(context, (basket, members), source, query)
    if query.event:
        _study_event(query, (basket, members), source.events, made)
    else:
        _study_categories(query, members, source.events, made)


def _study_event(
    query: BasketStudy,
    basket: tuple[Basket, Sequence[BasketMember]],
    known: Sequence[Event],
    made: Provenance,
) -> None:
    from dashboard.cli import output
    from dashboard.services.baskets import measure_basket
    from dashboard.services.exports import write_basket
    from dashboard.services.serializers import table_json

    answer = measure_basket(*basket, _find_event(known, query.event), known, query.request)
    if query.out is not None:
        write_basket(query.out, "basket", answer.moves, made)
    if query.as_json:
        rows = table_json("basket", answer.moves)
        output.print_json({"basket": answer.basket.name, "rows": rows})
    else:
        output.show_basket_moves(answer, query.out)


def _study_categories(
    query: BasketStudy, members: Sequence[BasketMember], known: Sequence[Event], made: Provenance
) -> None:
    from dashboard.cli import output
    from dashboard.services.compare import relate_across_series
    from dashboard.services.exports import write_basket
    from dashboard.services.serializers import table_json
    from dashboard.services.study_inputs import select_events

    chosen = select_events(known, query.categories or (), query.origin)
    series = [member.series for member in members if member.series is not None]
    cells = relate_across_series(series, chosen, known, query.request)
    if query.out is not None:
        write_basket(query.out, "across_series", cells, made)
    _note_missing(members)
    if query.as_json:
        output.print_json({"rows": table_json("across_series", cells)})
    else:
        output.show_category_cells(cells, query.out)


def _note_missing(members: Sequence[BasketMember]) -> None:
    from dashboard.cli import output

    missing = [member for member in members if member.reason]
    output.print_notices(f"{member.name}: {member.reason}" for member in missing)


def _read_basket(context: AppContext, name: str) -> Basket:
    from dashboard.services.baskets import find_basket, read_basket

    path = Path(name)
    if not path.suffix and not path.is_file():
        return find_basket(_all_baskets(context), name)
    try:
        return read_basket(path.read_text(encoding="utf-8-sig"), path.stem)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or _("it is no text in UTF-8")
        msg = _("cannot be read ({reason}); give a file with a series a line", reason=reason)
        raise InputError(msg, field="basket", value=path.name) from error


def _read_events(context: AppContext, file: Path | None, reading: FileReading) -> SelectedEvents:
    from dashboard.cli import output
    from dashboard.container import events_from_file
    from dashboard.services.study_inputs import available_events, select_file_events

    if file is None:
        source = available_events(context.catalogue, context.notes)
    else:
        source = select_file_events(events_from_file(file, reading.events()))
    output.print_notices(source.messages)
    return source


def _find_event(events: Sequence[Event], event_id: str) -> Event:
    event = next((event for event in events if event.id == event_id), None)
    if event is None:
        msg = _("is not there; `events list --text WORDS` finds its id")
        raise InputError(msg, field="event", value=event_id[:60])
    return event


def _provenance(
    context: AppContext,
    basket: tuple[Basket, Sequence[BasketMember]],
    source: SelectedEvents,
    query: BasketStudy,
) -> Provenance:
    from dashboard.services.exports import Provenance, request_json
    from dashboard.services.study_inputs import SelectedSeries

    series = tuple(member.series for member in basket[1] if member.series is not None)
    files = list_data_files(context, SelectedSeries(series, ()), [one.card.id for one in series])
    parameters = {
        **request_json(query.request),
        "basket": basket[0].name,
        "members": list(basket[0].members),
        "events": source.name,
        "event": query.event,
        "category": query.categories or [],
        "origin": query.origin,
    }
    return Provenance(
        parameters if query.asof is None else parameters | {"asof": query.asof},
        (*files, *source.files),
        export_time(context),
        is_private=any(event.is_private for event in source.events),
        dialect=query.dialect,
    )
