"""The application context of a command, the inputs of a study, and how a file is written."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from dashboard.cli.options import Texts
from dashboard.models.currencies import AS_QUOTED_OPTION
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.messages import translate as _
from dashboard.models.user_files import CsvDialect, FileFormat, FileKind

if TYPE_CHECKING:
    from dashboard.container import AppContext
    from dashboard.models.event import Event
    from dashboard.models.series import RateSeries
    from dashboard.models.user_files import EventFileOptions, RateFileOptions
    from dashboard.services.events import EventFilter
    from dashboard.services.exports import DataFile, Provenance
    from dashboard.services.study_inputs import RateFile, SelectedSeries

DEFAULT_SERIES: Final = "usd_rub_cbr"
DEFAULT_PAGES_URL: Final = "http://127.0.0.1:8501"
EXIT_FAILED: Final = 3


def get_context(asof: str | None = None) -> AppContext:
    """The application context of this process.

    Args:
        asof: the moment as of which data are known; now if None.

    Raises:
        InputError: an environment variable has an invalid value, or `asof` is no moment.
    """
    from dashboard.config import read_settings
    from dashboard.container import build_context, context_as_of
    from dashboard.models.series import read_as_of

    moment = None if asof is None else read_as_of("asof", asof)
    live = build_context(read_settings(), interface="cli")
    return live if moment is None else context_as_of(live, moment)


def get_online_context(command: str) -> AppContext:
    """The application context of a command that needs the network.

    Raises:
        InputError: the process is set to be offline.
    """
    context = get_context()
    if context.settings.dashboard_offline:
        msg = _(
            "{command}: DASHBOARD_OFFLINE is set, so nothing is asked; unset it first",
            command=command,
        )
        raise InputError(msg)
    return context


def list_known_events(
    context: AppContext, event_filter: EventFilter | None = None
) -> tuple[Event, ...]:
    """The catalogue and the notes, or those that match a filter.

    Raises:
        InputError: no event has a category of the filter.
    """
    from dashboard.cli import output
    from dashboard.models.event import Origin
    from dashboard.services.events import find_events, hidden_notice
    from dashboard.services.notes import all_events
    from dashboard.services.study_inputs import check_categories

    events = all_events(context.catalogue, context.notes)
    hidden = len(context.catalogue.events()) - sum(e.origin == Origin.CATALOGUE for e in events)
    if hidden:
        output.print_notices([hidden_notice(hidden)])
    if event_filter is None:
        return events
    check_categories(events, event_filter.categories)
    return find_events(events, event_filter)


def find_known_event(events: Sequence[Event], event_id: str) -> Event:
    """The event of an id among those that are known.

    Raises:
        InputError: there is none.
    """
    event = next((event for event in events if event.id == event_id), None)
    if event is None:
        msg = _(
            "event {event_id}: is not there; `events list --text WORDS` finds its id",
            event_id=event_id,
        )
        raise InputError(msg)
    return event


@dataclass(frozen=True, slots=True)
class FileReading:
    """How the files of a study are read, as the user says.

    Attributes:
        date: the column of the dates of a file of rates.
        dates: the order of day and month in both files.
        zone: the zone of times without one in both files.
        stamps: whether a bar is stamped when it begins or when it ends.
        columns: pairs such as `title=Headline` for the file of events.
        kind: what the numbers of a file of rates count; empty: as the file shows.
    """

    date: str = ""
    dates: Literal["dmy", "mdy"] | None = None
    zone: str = ""
    stamps: Literal["begin", "end"] | None = None
    columns: Texts = None
    kind: FileKind = ""

    def rates(self, quote: str, columns: tuple[str, ...] | None, factors: Texts) -> RateFileOptions:
        """The options of a file of rates; factors are read besides the columns."""
        from dashboard.models.user_files import RateFileOptions

        return RateFileOptions(
            quote=quote,
            columns=columns,
            factors=tuple(factors or ()),
            date=self.date,
            dates=self.dates or "",
            zone=self.zone,
            stamps=self.stamps or "",
            kind=self.kind,
        )

    def events(self) -> EventFileOptions:
        """The options of a file of events."""
        from dashboard.cli.options import read_column_map, read_optional_zone
        from dashboard.models.user_files import EventFileOptions

        column_map = read_column_map(self.columns or ())
        zone = read_optional_zone("zone", self.zone)
        return EventFileOptions(column_map, self.dates, zone)


AS_THE_FILES_SAY: Final = FileReading()


def select_series(
    context: AppContext,
    names: Texts,
    quote: str | None = None,
    columns: tuple[Texts, Texts] = (None, None),
    reading: FileReading = AS_THE_FILES_SAY,
) -> SelectedSeries:
    """The series of ids and files; messages about a file go to standard error.

    Args:
        context: the application context.
        names: ids or files.
        quote: what the numbers of a file count.
        columns: the columns to study, and the factors.
        reading: how files are read.

    Raises:
        InputError: a name is neither, or the file cannot be read.
        SourceError: the publisher of a ticker that is not stored yet did not answer.
    """
    from dashboard.cli import output
    from dashboard.container import rates_from_file
    from dashboard.services.study_inputs import resolve_series

    selected_names = names or [DEFAULT_SERIES]
    fetch_tickers(context, selected_names)
    studied, factors = columns
    opened: list[Path] = []

    def open_file(path: Path) -> RateFile:
        opened.append(path)
        # A column may be in one of several files, so that only one alone is read in part.
        read_columns = tuple(studied) if studied and len(selected_names) == 1 else None
        return rates_from_file(
            path, reading.rates(quote or AS_QUOTED_OPTION, read_columns, factors)
        )

    selection = resolve_series(
        context.rates, selected_names, open_file, studied or (), factors or ()
    )
    if quote not in (None, AS_QUOTED_OPTION) and not opened:
        msg = _("is for a FILE of rates; our own series say what they count")
        raise InputError(msg, field="quote", value=quote)
    output.print_notices(selection.messages)
    return selection


def fetch_tickers(context: AppContext, names: Iterable[str]) -> None:
    """Fetch the tickers among some names of which nothing is stored, unless the process is offline.

    What is known of the numbers of a ticker goes to standard error.

    Raises:
        InputError: there is no such series, or the process is set to be offline.
        SourceError: its publisher did not answer.
    """
    from dashboard.cli import listings, output
    from dashboard.models.tickers import is_ticker
    from dashboard.services.notes import utc_now
    from dashboard.services.tickers import fetch_missing, missing_tickers

    tickers = [name for name in names if is_ticker(name)]
    if not tickers:
        return
    missing = missing_tickers(context.known, tickers)
    if missing and context.settings.dashboard_offline:
        msg = _(
            "series {series}: nothing was fetched yet, and DASHBOARD_OFFLINE is set, so nothing is"
            " asked; unset it first",
            series=missing[0],
        )
        raise InputError(msg)
    if missing and not context.refresher.is_offline:
        with listings.refresh_progress() as progress, silence_logs():
            fetch_missing(context.known, context.rate_cache, missing, utc_now, progress)
    for name in dict.fromkeys(map(context.known.series_id, tickers)):
        known = context.known.known(name)
        output.print_notices(f"{name}: {note}" for note in (known.notes if known else ()))


@contextmanager
def silence_logs() -> Iterator[None]:
    """Keep the log off the terminal, where the result reports the same failures."""
    handler = logging.NullHandler()
    loggers = [logging.getLogger(name) for name in ("dashboard.rates", "yfinance")]
    for log in loggers:
        log.addHandler(handler)
    try:
        yield
    finally:
        for log in loggers:
            log.removeHandler(handler)


def list_series(context: AppContext) -> list[RateSeries]:
    """Every series that has observations."""
    from dashboard.services.rates import get_series, list_cards

    return [get_series(context.rates, card.id) for card in list_cards(context.rates)]


def list_data_files(
    context: AppContext, selection: SelectedSeries, ids: Iterable[str]
) -> list[DataFile]:
    """The files of a selection and of further series by id, each once."""
    from dashboard.services.exports import source_files

    return list(dict.fromkeys((*selection.files, *source_files(context.rates, tuple(ids)))))


def export_time(context: AppContext) -> datetime:
    """The moment of an export; SOURCE_DATE_EPOCH replaces the present."""
    epoch = context.settings.source_date_epoch
    return datetime.now(UTC) if epoch is None else datetime.fromtimestamp(epoch, UTC)


@dataclass(frozen=True, slots=True)
class StudyInputs:
    """The series and events of a study, and their provenance for the manifest."""

    series: tuple[RateSeries, ...]
    factors: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    known: tuple[Event, ...]
    made: Provenance


def read_study_inputs(
    context: AppContext,
    rate_selection: tuple[Texts, str | None, Texts, Texts],
    event_selection: tuple[Path | None, Texts, str | None],
    reading: FileReading = AS_THE_FILES_SAY,
) -> StudyInputs:
    """The series, factors and events of a study.

    Args:
        context: the application context.
        rate_selection: ids or files, quote, columns, factors.
        event_selection: a file, categories, origin.
        reading: how files are read.

    Raises:
        InputError: one of them is unknown or cannot be read.
    """
    from dashboard.cli import output
    from dashboard.container import events_from_file
    from dashboard.services.exports import Provenance
    from dashboard.services.rates import find_source
    from dashboard.services.study_inputs import (
        available_events,
        select_events,
        select_file_events,
        split_factors,
    )

    (names, quote, columns, factors), (file, categories, origin) = rate_selection, event_selection
    fetch_tickers(context, factors or ())
    file_factors = [name for name in factors or () if find_source(context.rates, name) is None]
    selection = select_series(context, names, quote, (columns, file_factors), reading)
    selection, factor_series = split_factors(selection, factors or (), context.rates, columns or ())
    if file is None:
        source = available_events(context.catalogue, context.notes)
    else:
        source = select_file_events(events_from_file(file, reading.events()))
    output.print_notices(source.messages)
    studied = select_events(source.events, categories or (), origin)
    parameters = {
        "events": source.name,
        "category": categories or [],
        "origin": origin,
        "quote": quote,
        "factors": [factor.card.id for factor in factor_series],
    }
    provenance = Provenance(
        parameters,
        (*selection.files, *source.files),
        export_time(context),
        is_private=any(event.is_private for event in source.events),
    )
    return StudyInputs(selection.series, factor_series, studied, source.events, provenance)


def error_text(error: RoubleReactionError) -> str:
    """The line of an error, with the fields of an input error as options.

    The name of an argument is in capitals and stays as it is.
    """
    if not isinstance(error, InputError):
        return str(error)
    field = error.field
    line = error.labelled(f"--{field.replace('_', '-')}" if field.islower() else field)
    return f"{line} (--{error.remedy})" if error.remedy else line


@contextmanager
def rejection_as_json(*, as_json: bool) -> Iterator[None]:
    """Print the report of a rejected file before the error is raised."""
    from dashboard.cli import output

    try:
        yield
    except InputError as error:
        if as_json:
            output.print_import_report("reject", [], [error_text(error)])
        raise


def output_format(file: Path, dialect: CsvDialect, *, excel: bool) -> FileFormat:
    """The format of the file of a table: a workbook by its ending, else CSV in a dialect.

    A CSV with decimal points for Excel is noted: with Russian settings 11.6 opens as 11 June.
    """
    from dashboard.cli import output

    if file.suffix.lower() == ".xlsx":
        return "xlsx"
    chosen = "excel" if excel and dialect == "plain" else dialect
    if chosen == "excel":
        output.print_notices(
            [
                _(
                    "Excel with Russian settings can open a number such as 11.6 as a date;"
                    " write it with --dialect excel-ru, or as .xlsx"
                )
            ]
        )
    return chosen


def write_output(file: Path, content: bytes, *, is_private: bool = False) -> None:
    """Write a file, or standard output for `-`; a private file may be read by its owner only."""
    from dashboard.services.exports import write_file

    if file == Path("-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(file, [content], is_private=is_private)
