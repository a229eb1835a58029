"""The application context of a command, the inputs of a study, and how a file is written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.cli.options import Texts
from dashboard.models.errors import InputError

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.event import Event
    from dashboard.models.series import RateSeries
    from dashboard.models.user_files import FileQuote
    from dashboard.services.events import EventFilter
    from dashboard.services.exports import DataFile, Provenance
    from dashboard.services.study_inputs import RateFile, SelectedSeries

DEFAULT_SERIES = "usd_rub_cbr"


def get_context(asof: str | None = None) -> AppContext:
    """The real parts of this process.

    Args:
        asof: the moment as which they are known; None: now.

    Raises:
        InputError: a variable of the environment holds what it cannot, or the moment is none.
    """
    from pydantic import ValidationError

    from dashboard.container import build_context, context_as_of
    from dashboard.models.series import read_as_of

    moment = None if asof is None else read_as_of("asof", asof)
    try:
        live = build_context(interface="cli")
        return live if moment is None else context_as_of(live, moment)
    except ValidationError as error:
        wrong = [f"{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        msg = f"the environment variable {'; '.join(wrong)}"
        raise InputError(msg) from None


def list_known_events(parts: AppContext, wanted: EventFilter | None = None) -> tuple[Event, ...]:
    """The catalogue and the notes, or those of them that are wanted.

    Raises:
        InputError: a category is wanted that no event has.
    """
    from dashboard.cli import output
    from dashboard.models.event import Origin
    from dashboard.services.events import find_events, hidden_notice
    from dashboard.services.notes import all_events
    from dashboard.services.study_inputs import check_categories

    known = all_events(parts.catalogue, parts.notes)
    hidden = len(parts.catalogue.events()) - sum(e.origin == Origin.CATALOGUE for e in known)
    if hidden:
        output.print_notices([hidden_notice(hidden)])
    if wanted is None:
        return known
    check_categories(known, wanted.categories)
    return find_events(known, wanted)


def select_series(
    parts: AppContext, names: Texts, quote: FileQuote | None = None, columns: Texts = None
) -> SelectedSeries:
    """The series of ids and files; what the reading of a file found is mentioned.

    Raises:
        InputError: a name is neither, or the file cannot be read as it is.
    """
    from dashboard.cli import output
    from dashboard.container import rates_from_file
    from dashboard.models.user_files import RateFileOptions
    from dashboard.services.study_inputs import resolve_series

    named = names or [DEFAULT_SERIES]
    opened: list[Path] = []

    def open_file(path: Path) -> RateFile:
        opened.append(path)
        # A column may be in one of several files, so that only one alone is read in part.
        wanted = tuple(columns) if columns and len(named) == 1 else None
        return rates_from_file(path, RateFileOptions(quote or "as-quoted", wanted))

    chosen = resolve_series(parts.rates, named, open_file, columns or ())
    if quote not in (None, "as-quoted") and not opened:
        msg = "is for a FILE of rates; our own series say what they count"
        raise InputError(msg, field="quote", value=quote)
    output.print_notices(chosen.messages)
    return chosen


def list_series(parts: AppContext) -> list[RateSeries]:
    """Every series of which something is known."""
    from dashboard.services.rates import get_series, list_cards

    return [get_series(parts.rates, card.id) for card in list_cards(parts.rates)]


def list_data_files(
    parts: AppContext, chosen: SelectedSeries, ids: Iterable[str]
) -> list[DataFile]:
    """The files behind what was chosen and behind some of our own series, each once."""
    from dashboard.services.exports import DataFile

    shipped = {name: sha for source in parts.rates for name, sha in source.files().items()}
    ours = [DataFile(f"{name}.csv", shipped[name]) for name in ids if name in shipped]
    return list(dict.fromkeys((*chosen.files, *ours)))


def export_time(parts: AppContext) -> datetime:
    """When an export is made; SOURCE_DATE_EPOCH stands in for now."""
    epoch = parts.settings.source_date_epoch
    return datetime.now(UTC) if epoch is None else datetime.fromtimestamp(epoch, UTC)


@dataclass(frozen=True, slots=True)
class StudyInputs:
    """What a study is asked about, and what went into it for the manifest."""

    series: tuple[RateSeries, ...]
    factors: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    known: tuple[Event, ...]
    made: Provenance


def read_study_inputs(
    parts: AppContext,
    of_rates: tuple[Texts, FileQuote | None, Texts, Texts],
    of_events: tuple[Path | None, Texts, str | None],
) -> StudyInputs:
    """The series, factors and events that were named.

    Args:
        parts: the real parts.
        of_rates: ids or files, quote, columns, factors.
        of_events: a file, categories, origin.

    Raises:
        InputError: one of them is not there or cannot be read.
    """
    from dashboard.cli import output
    from dashboard.container import events_from_file
    from dashboard.services.exports import Provenance
    from dashboard.services.rates import list_cards
    from dashboard.services.study_inputs import (
        available_events,
        select_events,
        select_file_events,
        split_factors,
    )

    (names, quote, columns, factors), (file, categories, origin) = of_rates, of_events
    ours = {card.id for card in list_cards(parts.rates)}
    of_file = [name for name in factors or () if name not in ours]
    wanted = list(dict.fromkeys((*columns, *of_file))) if columns else None
    chosen = select_series(parts, names, quote, wanted)
    chosen, regressors = split_factors(chosen, factors or (), parts.rates, columns or ())
    if file is None:
        source = available_events(parts.catalogue, parts.notes)
    else:
        source = select_file_events(events_from_file(file))
    output.print_notices(source.messages)
    studied = select_events(source.events, categories or (), origin)
    asked = {
        "events": source.name,
        "category": categories or [],
        "origin": origin,
        "quote": quote,
        "factors": [factor.card.id for factor in regressors],
    }
    made = Provenance(asked, (*chosen.files, *source.files), export_time(parts))
    return StudyInputs(chosen.series, regressors, studied, source.events, made)


@contextmanager
def rejection_as_json(*, as_json: bool) -> Iterator[None]:
    """Print the report of a file that is refused before the error goes its way."""
    from dashboard.cli import output

    try:
        yield
    except InputError as error:
        if as_json:
            output.print_import_report("reject", [], [str(error)])
        raise


def write_output(file: Path, content: bytes) -> None:
    """Write a file, or standard output for `-`."""
    from dashboard.services.exports import write_file

    if file == Path("-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(file, [content])
