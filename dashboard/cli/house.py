"""What the commands ask of the house, and how a file is given back."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.cli.options import Many
from dashboard.domain.errors import InputError

if TYPE_CHECKING:
    from dashboard.assembly import Parts
    from dashboard.domain.event import Event
    from dashboard.domain.rate_file import Quote
    from dashboard.domain.series import RateSeries
    from dashboard.services.choose_input import ChosenSeries, RateFile
    from dashboard.services.export_tables import DataFile, MadeOf
    from dashboard.services.find_events import EventFilter

DEFAULT_SERIES = "usd_rub_cbr"


def parts_of_house(asof: str | None = None) -> Parts:
    """The real parts of this process.

    Args:
        asof: the moment as which they are known; None: now.

    Raises:
        InputError: a variable of the environment holds what it cannot, or the moment is none.
    """
    from pydantic import ValidationError

    from dashboard.assembly import assemble, freeze
    from dashboard.domain.as_of import read_as_of

    moment = None if asof is None else read_as_of("--asof", asof)
    try:
        live = assemble(door="cli")
        return live if moment is None else freeze(live, moment)
    except ValidationError as error:
        wrong = [f"{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        msg = f"the environment variable {'; '.join(wrong)}"
        raise InputError(msg) from None


def all_known(parts: Parts, wanted: EventFilter | None = None) -> tuple[Event, ...]:
    """The catalogue and the notes, or those of them that are wanted.

    Raises:
        InputError: a category is wanted that no event has.
    """
    from dashboard.domain.event import Origin
    from dashboard.services.choose_input import refuse_unknown_category
    from dashboard.services.find_events import find_events
    from dashboard.services.hide_events import hidden_notice
    from dashboard.services.keep_events import all_events
    from dashboard.ui import terminal

    known = all_events(parts.catalogue, parts.notes)
    hidden = len(parts.catalogue.events()) - sum(e.origin == Origin.CATALOGUE for e in known)
    if hidden:
        terminal.mention([hidden_notice(hidden)])
    if wanted is None:
        return known
    refuse_unknown_category(known, wanted.categories)
    return find_events(known, wanted)


def chosen_series(
    parts: Parts, names: Many, quote: Quote | None = None, columns: Many = None
) -> ChosenSeries:
    """The series of ids and files; what the reading of a file found is mentioned.

    Raises:
        InputError: a name is neither, or the file cannot be read as it is.
    """
    from dashboard.assembly import rates_from_file
    from dashboard.domain.rate_file import RateReading
    from dashboard.services.choose_input import choose_series
    from dashboard.ui import terminal

    named = names or [DEFAULT_SERIES]
    opened: list[Path] = []

    def open_file(path: Path) -> RateFile:
        opened.append(path)
        # A column may be in one of several files, so that only one alone is read in part.
        wanted = tuple(columns) if columns and len(named) == 1 else None
        try:
            return rates_from_file(path, RateReading(quote or "as-quoted", wanted))
        except InputError as error:  # what a file cannot say is said when it is imported
            raise InputError(str(error).replace("say --", "rates import it with --")) from None

    chosen = choose_series(parts.rates, named, open_file, columns or ())
    if quote not in (None, "as-quoted") and not opened:
        msg = f"--quote {quote}: is for a FILE of rates; our own series say what they count"
        raise InputError(msg)
    terminal.mention(chosen.messages)
    return chosen


def every_series(parts: Parts) -> list[RateSeries]:
    """Every series of which something is known."""
    from dashboard.services.get_rates import get_series, list_cards

    return [get_series(parts.rates, card.id) for card in list_cards(parts.rates)]


def files_of(parts: Parts, chosen: ChosenSeries, ids: Iterable[str]) -> list[DataFile]:
    """The files behind what was chosen and behind some of our own series, each once."""
    from dashboard.services.export_tables import DataFile

    shipped = {name: sha for source in parts.rates for name, sha in source.files().items()}
    ours = [DataFile(f"{name}.csv", shipped[name]) for name in ids if name in shipped]
    return list(dict.fromkeys((*chosen.files, *ours)))


def moment_of(parts: Parts) -> datetime:
    """When an export is made; SOURCE_DATE_EPOCH stands in for now."""
    epoch = parts.settings.source_date_epoch
    return datetime.now(UTC) if epoch is None else datetime.fromtimestamp(epoch, UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """What a study is asked about, and what went into it for the manifest."""

    series: tuple[RateSeries, ...]
    factors: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    known: tuple[Event, ...]
    made: MadeOf


def read_question(
    parts: Parts,
    of_rates: tuple[Many, Quote | None, Many, Many],
    of_events: tuple[Path | None, Many, str | None],
) -> Question:
    """The series, factors and events that were named.

    Args:
        parts: the real parts.
        of_rates: ids or files, quote, columns, factors.
        of_events: a file, categories, origin.

    Raises:
        InputError: one of them is not there or cannot be read.
    """
    from dashboard.assembly import events_from_file
    from dashboard.services.choose_input import (
        choose_events,
        events_of_file,
        events_of_house,
        split_factors,
    )
    from dashboard.services.export_tables import MadeOf
    from dashboard.services.get_rates import list_cards
    from dashboard.ui import terminal

    (names, quote, columns, factors), (file, categories, origin) = of_rates, of_events
    ours = {card.id for card in list_cards(parts.rates)}
    of_file = [name for name in factors or () if name not in ours]
    wanted = list(dict.fromkeys((*columns, *of_file))) if columns else None
    chosen = chosen_series(parts, names, quote, wanted)
    chosen, regressors = split_factors(chosen, factors or (), parts.rates, columns or ())
    if file is None:
        source = events_of_house(parts.catalogue, parts.notes)
    else:
        source = events_of_file(events_from_file(file))
    terminal.mention(source.messages)
    studied = choose_events(source.events, categories or (), origin)
    asked = {
        "events": source.name,
        "category": categories or [],
        "origin": origin,
        "quote": quote,
        "factors": [factor.card.id for factor in regressors],
    }
    made = MadeOf(asked, (*chosen.files, *source.files), moment_of(parts))
    return Question(chosen.series, regressors, studied, source.events, made)


@contextmanager
def rejected_as_json(*, as_json: bool) -> Iterator[None]:
    """Print the report of a file that is refused before the error goes its way."""
    from dashboard.ui import terminal

    try:
        yield
    except InputError as error:
        if as_json:
            terminal.show_report("reject", [], [str(error)])
        raise


def give_file(file: Path, content: bytes) -> None:
    """Write a file, or standard output for `-`."""
    from dashboard.services.export_tables import write_file

    if file == Path("-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(file, [content])
