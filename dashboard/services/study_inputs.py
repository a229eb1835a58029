"""Inputs of a study: the series, events, windows and factors that were chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from dashboard.eventstudy.study import MARKET_ADJUSTED_ID
from dashboard.models.currencies import NEWS_CURRENCY
from dashboard.models.errors import InputError
from dashboard.models.event import Event, Origin
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import (
    DEFAULT_CAR_WINDOWS,
    StudyRequest,
    Window,
    read_window,
    read_windows,
)
from dashboard.models.tickers import refuse_other_publisher
from dashboard.services.events import EventFilter, find_events, hidden_notice
from dashboard.services.exports import DataFile
from dashboard.services.notes import NoteStore, all_events
from dashboard.services.rates import find_source, list_cards

if TYPE_CHECKING:
    from dashboard.sources.events.base import EventSource
    from dashboard.sources.rates.base import RateSource


DEFAULT_REQUEST: Final = StudyRequest(cars=DEFAULT_CAR_WINDOWS)
"""The default request of pages: that of the command line, with the five default CAR windows."""

DAY_WINDOWS: Final = ("-5:5", "-5:10", "-10:20", "-20:40")
HOUR_WINDOWS: Final = ("-30m:90m", "-2h:6h", "-6h:12h", "-12h:24h")
DEFAULT_DAY_WINDOW: Final = "-5:10"
DEFAULT_HOUR_WINDOW: Final = "-2h:6h"
MAX_WINDOW_LENGTH: Final = 500
"""The limit of offsets that a page draws."""
MIN_BARS_BEFORE: Final = 5
"""The minimal length of the estimation window on bars, in event windows."""


# ---- windows


def event_windows(bar_minutes: int) -> tuple[str, ...]:
    """The event windows offered by pages, in the format of links.

    On bars windows in hours that are a whole number of bars and not too long to draw; for daily
    series, and where the default window is not possible, windows in observations.
    """
    if not bar_minutes or not _fits_bars(DEFAULT_HOUR_WINDOW, bar_minutes):
        return DAY_WINDOWS
    return tuple(text for text in HOUR_WINDOWS if _fits_bars(text, bar_minutes))


def default_window(bar_minutes: int) -> str:
    """The event window of a link without one."""
    return (
        DEFAULT_HOUR_WINDOW
        if DEFAULT_HOUR_WINDOW in event_windows(bar_minutes)
        else DEFAULT_DAY_WINDOW
    )


def default_request(
    bar_minutes: int = 0, window: str | None = None, cars: Sequence[str] = ()
) -> StudyRequest:
    """The default request of pages.

    Args:
        bar_minutes: the length of a bar; 0 for daily series.
        window: the event window as entered; else the default.
        cars: CAR windows as entered; else the default ones within the event window.

    Raises:
        InputError: a window cannot be parsed, does not fit the bars, or is not within the event
            window.
    """
    if not bar_minutes and window is None and not cars:
        return DEFAULT_REQUEST
    first, last = read_window("window", window or default_window(bar_minutes), bar_minutes)
    named = read_windows("car", cars, bar_minutes)
    inside = tuple(w for w in _first_windows(bar_minutes) if first <= w[0] and w[1] <= last)
    estimation = DEFAULT_REQUEST.estimation
    if bar_minutes:
        estimation = max(estimation, MIN_BARS_BEFORE * (last - first + 1))
    return StudyRequest(
        window=(first, last), cars=named or inside or ((first, last),), estimation=estimation
    )


def first_moves_request(bar_minutes: int = 0) -> StudyRequest:
    """The request of pages that list many events: the windows [0,0] and [0,1] only."""
    return replace(default_request(bar_minutes), cars=((0, 0), (0, 1)))


def _first_windows(bar_minutes: int) -> tuple[Window, ...]:
    """On bars: the first, the first two, an hour, six hours, and the two hours before."""
    if not bar_minutes:
        return DEFAULT_CAR_WINDOWS
    hour = 60 // bar_minutes if bar_minutes < 60 and 60 % bar_minutes == 0 else 1
    wanted = ((0, 0), (0, 1), (0, hour - 1), (0, 6 * hour - 1), (-2 * hour, -1))
    return tuple(dict.fromkeys(wanted))


def _fits_bars(text: str, bar_minutes: int) -> bool:
    try:
        first, last = read_window("window", text, bar_minutes)
    except InputError:
        return False
    return last - first < MAX_WINDOW_LENGTH


# ---- factors


def codes_without_factors(studied: SeriesCard) -> tuple[str, ...]:
    """The currencies whose rates can be no factor of a series, see `available_factors`."""
    code = studied.subject.code
    return (NEWS_CURRENCY, code) if code not in {"", NEWS_CURRENCY} else (NEWS_CURRENCY,)


def is_comparable(card: SeriesCard, first: SeriesCard) -> bool:
    """Whether moves of two series are of one currency, or of none, and over equal times."""
    return (card.subject.code, card.bar_minutes) == (first.subject.code, first.bar_minutes)


def available_factors(
    studied: SeriesCard, cards: Iterable[SeriesCard], model: str = ""
) -> tuple[SeriesCard, ...]:
    """The series about other subjects with the same length of bars, except the studied one.

    Another rate of the studied currency, or of the one that the news is about, moves with the
    event itself and would absorb its effect; factors are matched by market day, or by the end of
    bars of the same length. The market-adjusted model, which subtracts the factor one for one,
    needs a price.
    """
    refused = codes_without_factors(studied)
    return tuple(
        card
        for card in cards
        if card.id != studied.id
        and card.subject.code not in refused
        and card.bar_minutes == studied.bar_minutes
        and (card.is_price or model != MARKET_ADJUSTED_ID)
    )


# ---- series and events


class DataFileContents(Protocol):
    """A data file that was read."""

    @property
    def name(self) -> str:
        """The name of the file in messages."""

    @property
    def messages(self) -> tuple[str, ...]:
        """Messages for the user about the content."""

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""


class RateFile(DataFileContents, Protocol):
    """A file of rates."""

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """One series a column."""


class EventFile(DataFileContents, Protocol):
    """A file of events."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The events by day."""


@dataclass(frozen=True, slots=True)
class SelectedEvents:
    """The known events, of the catalogue and notes or of a file, with the data files."""

    name: str
    events: tuple[Event, ...]
    files: tuple[DataFile, ...]
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectedSeries:
    """The selected series, their data files, and messages for the user."""

    series: tuple[RateSeries, ...]
    files: tuple[DataFile, ...]
    messages: tuple[str, ...] = ()


def resolve_series(
    sources: Sequence[RateSource],
    names: Iterable[str],
    open_file: Callable[[Path], RateFile],
    columns: Sequence[str] = (),
    factors: Sequence[str] = (),
) -> SelectedSeries:
    """The series of ids and files, in the order given.

    Args:
        sources: the sources of series.
        names: ids of series, or paths of files.
        open_file: reads a file of rates.
        columns: select only these series and the factors; all if empty.
        factors: columns of a file that explain the series.

    Raises:
        InputError: a name is neither, a column does not exist, or two series have one id.
    """
    series: list[RateSeries] = []
    files: list[DataFile] = []
    messages: list[str] = []
    for name in dict.fromkeys(names):
        found = find_source(sources, name)
        if found is not None:
            source, series_id = found
            series.append(source.get(series_id))
            sha256 = source.files().get(series_id)
            files.extend(DataFile(f"{series_id}.csv", sha) for sha in [sha256] if sha)
            continue
        table = open_file(_file_path(name, sources))
        series.extend(table.series)
        files.append(DataFile(table.name, table.sha256))
        messages.extend(table.messages)
    _check_unique_ids(series)
    return SelectedSeries(_select_columns(series, columns, factors), tuple(files), tuple(messages))


def split_factors(
    chosen: SelectedSeries,
    names: Sequence[str],
    sources: Sequence[RateSource],
    columns: Sequence[str] = (),
) -> tuple[SelectedSeries, tuple[RateSeries, ...]]:
    """Separate the factors from the series to study.

    Args:
        chosen: the selected series, among them factors or not.
        names: the factors: columns of a file, or ids of series.
        sources: the sources of series.
        columns: the series that were explicitly selected to be studied.

    Returns:
        The series to study, with the files of all, and the factors in the order given.

    Raises:
        InputError: a factor is neither, is to be studied too, or no series is left to study.
    """
    studied = {column.casefold() for column in columns}
    for name in names:
        if name.casefold() in studied:
            msg = _("is also named as a series to study; a series cannot explain itself")
            raise InputError(msg, field="factor", value=name)
    by_name = {one.card.id.casefold(): one for one in chosen.series}
    factors, files = [], list(chosen.files)
    for name in dict.fromkeys(names):
        factor = by_name.pop(name.casefold(), None)
        if factor is None:
            found = find_source(sources, name)
            if found is None:
                known = ", ".join((*by_name, *(card.id for card in list_cards(sources))))
                msg = _("is no column and no series; choose one of {known}", known=known)
                raise InputError(msg, field="factor", value=name)
            source, series_id = found
            factor = source.get(series_id)
            sha256 = source.files().get(series_id)
            files.extend(DataFile(f"{series_id}.csv", sha) for sha in [sha256] if sha)
        factors.append(factor)
    if not by_name:
        msg = _("every series is a factor; leave one to study")
        raise InputError(msg, field="factor")
    left = tuple(one for one in chosen.series if one.card.id.casefold() in by_name)
    return SelectedSeries(left, tuple(files), chosen.messages), tuple(factors)


def available_events(catalogue: EventSource, notes: NoteStore) -> SelectedEvents:
    """The events of the catalogue and the notes, with a notice about hidden ones."""
    return available_events_from(catalogue, all_events(catalogue, notes))


def available_events_from(catalogue: EventSource, known: tuple[Event, ...]) -> SelectedEvents:
    """`available_events` for events that were read before."""
    files = tuple(DataFile(f"{name}.csv", sha) for name, sha in catalogue.files().items())
    n_notes = sum(event.origin == Origin.NOTE for event in known)
    hidden = len(catalogue.events()) - (len(known) - n_notes)
    notices = (hidden_notice(hidden),) if hidden else ()
    name = deferred("catalogue and {notes} notes", notes=n_notes)
    if hidden:
        name = deferred(
            "catalogue without {hidden:,} hidden and {notes} notes", hidden=hidden, notes=n_notes
        )
    return SelectedEvents(
        name,
        known,
        files,
        notices,
    )


def select_file_events(table: EventFile) -> SelectedEvents:
    """The events of a file, without those of the catalogue and notes."""
    file = DataFile(table.name, table.sha256)
    return SelectedEvents(table.name, table.events, (file,), table.messages)


def select_events(
    events: Sequence[Event], categories: Sequence[str], origin: str | None = None
) -> tuple[Event, ...]:
    """The events of some categories and of one origin; empty arguments do not restrict.

    Raises:
        InputError: there is no such event, or a category has none; the message names the known
            categories.
    """
    check_categories(events, categories)
    chosen = find_events(events, EventFilter(categories, choices={"origin": origin}))
    if not chosen:
        msg = _("there is no event to study; drop the origin or the category, or add a note")
        raise InputError(msg)
    return chosen


def check_categories(events: Iterable[Event], categories: Iterable[str]) -> None:
    """Refuse a category without events, so that a typo is not reported as an empty result.

    Raises:
        InputError: the message names the known categories.
    """
    available = sorted({event.category for event in events})
    for category in categories:
        if category not in available:
            msg = _("no event has it; choose one of {available}", available=", ".join(available))
            raise InputError(msg, field="category", value=category)


def _file_path(name: str, sources: Sequence[RateSource]) -> Path:
    path = Path(name)
    if not path.exists():
        refuse_other_publisher(name)
    if path.exists() or path.suffix:
        return path
    known = ", ".join(card.id for card in list_cards(sources))
    msg = _("is neither a file nor one of the series {known}", known=known)
    raise InputError(msg, field="rates", value=name)


def _check_unique_ids(series: Sequence[RateSeries]) -> None:
    counts = Counter(one.card.id for one in series)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        msg = _("two series are called {twice}; rename a column", twice=twice[0])
        raise InputError(msg, field="rates")


def _select_columns(
    series: Sequence[RateSeries], columns: Sequence[str], factors: Sequence[str]
) -> tuple[RateSeries, ...]:
    if not columns:
        return tuple(series)
    by_name = {one.card.id.casefold(): one for one in series}
    for column in columns:
        if column.casefold() not in by_name:
            known = ", ".join(one.card.id for one in series)
            msg = _("is not there; choose one of {known}", known=known)
            raise InputError(msg, field="series", value=column)
    for factor in factors:
        if factor.casefold() not in by_name:
            msg = _("is a column of none of the files; name one that is")
            raise InputError(msg, field="factor", value=factor)
    wanted = dict.fromkeys(name.casefold() for name in (*columns, *factors))
    return tuple(by_name[name] for name in wanted)
