"""Choose input: the series and the events that were named, and the files they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event, Origin
from dashboard.domain.series import RateSeries
from dashboard.services.export_tables import DataFile
from dashboard.services.find_events import EventFilter, find_events
from dashboard.services.get_rates import list_cards
from dashboard.services.hide_events import hidden_notice, hidden_words
from dashboard.services.keep_events import NoteStore, all_events

if TYPE_CHECKING:
    from dashboard.sources.news.base import EventSource
    from dashboard.sources.rates.base import RateSource


class RateFile(Protocol):
    """A file of rates as it was read."""

    @property
    def name(self) -> str:
        """What messages call the file."""

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """One series a column."""

    @property
    def messages(self) -> tuple[str, ...]:
        """What a person should know about the reading."""

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""


class EventFile(Protocol):
    """A file of events as it was read."""

    @property
    def name(self) -> str:
        """What messages call the file."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The events in the order of their days."""

    @property
    def messages(self) -> tuple[str, ...]:
        """What a person should know about the reading."""

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""


@dataclass(frozen=True, slots=True)
class ChosenEvents:
    """Every known event of a house or a file, and the files behind them."""

    name: str
    events: tuple[Event, ...]
    files: tuple[DataFile, ...]
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenSeries:
    """The series asked for, the files behind them, and what a person should know."""

    series: tuple[RateSeries, ...]
    files: tuple[DataFile, ...]
    messages: tuple[str, ...] = ()


def choose_series(
    sources: Sequence[RateSource],
    names: Iterable[str],
    open_file: Callable[[Path], RateFile],
    columns: Sequence[str] = (),
) -> ChosenSeries:
    """The series of ids and files, in the order they were named.

    Args:
        sources: where ids are looked up first.
        names: ids of series, or paths of files.
        open_file: reads a file of rates.
        columns: take only these series; all if empty.

    Raises:
        InputError: a name is neither, a column is not there, or two series have one id.
    """
    series: list[RateSeries] = []
    files: list[DataFile] = []
    messages: list[str] = []
    for name in dict.fromkeys(names):
        source = next((s for s in sources if any(card.id == name for card in s.cards())), None)
        if source is not None:
            series.append(source.get(name))
            files.extend(DataFile(f"{name}.csv", sha) for sha in [source.files().get(name)] if sha)
            continue
        table = open_file(_path_of(name, sources))
        series.extend(table.series)
        files.append(DataFile(table.name, table.sha256))
        messages.extend(table.messages)
    _refuse_one_id_twice(series)
    return ChosenSeries(_picked(series, columns), tuple(files), tuple(messages))


def split_factors(
    chosen: ChosenSeries,
    names: Sequence[str],
    sources: Sequence[RateSource],
    columns: Sequence[str] = (),
) -> tuple[ChosenSeries, tuple[RateSeries, ...]]:
    """Part the factors from the series that are studied.

    Args:
        chosen: the series asked for; a factor that is among them is taken out.
        names: columns of a file, or ids of our own series.
        sources: where ids are looked up.
        columns: the series that were named to be studied.

    Returns:
        What is left to study, with the files of all, and the factors in the order named.

    Raises:
        InputError: a factor is neither, is to be studied too, or nothing is left to study.
    """
    studied = {column.casefold() for column in columns}
    for name in names:
        if name.casefold() in studied:
            msg = f"--factor {name}: is also named by --series; a series cannot explain itself"
            raise InputError(msg)
    by_name = {each.card.id.casefold(): each for each in chosen.series}
    factors, files = [], list(chosen.files)
    for name in dict.fromkeys(names):
        found = by_name.pop(name.casefold(), None)
        if found is None:
            source = next((s for s in sources if any(c.id == name for c in s.cards())), None)
            if source is None:
                known = ", ".join((*by_name, *(card.id for card in list_cards(sources))))
                msg = f"--factor {name}: is no column and no series; choose one of {known}"
                raise InputError(msg)
            found = source.get(name)
            files.extend(DataFile(f"{name}.csv", sha) for sha in [source.files().get(name)] if sha)
        factors.append(found)
    if not by_name:
        msg = "--factor: every series is a factor; leave one to study"
        raise InputError(msg)
    left = tuple(each for each in chosen.series if each.card.id.casefold() in by_name)
    return ChosenSeries(left, tuple(files), chosen.messages), tuple(factors)


def events_of_house(catalogue: EventSource, notes: NoteStore) -> ChosenEvents:
    """The catalogue and the notes, without what the person hides, which is told."""
    return known_to_house(catalogue, all_events(catalogue, notes))


def known_to_house(catalogue: EventSource, known: tuple[Event, ...]) -> ChosenEvents:
    """What `events_of_house` says of events that were read before."""
    files = tuple(DataFile(f"{name}.csv", sha) for name, sha in catalogue.files().items())
    n_notes = sum(event.origin == Origin.NOTE for event in known)
    hidden = len(catalogue.events()) - (len(known) - n_notes)
    told = (hidden_notice(hidden),) if hidden else ()
    without = f" without {hidden_words(hidden)}" if hidden else ""
    return ChosenEvents(f"catalogue{without} and {n_notes} notes", known, files, told)


def events_of_file(table: EventFile) -> ChosenEvents:
    """The events of a file, which stand alone: ours do not crowd them."""
    file = DataFile(table.name, table.sha256)
    return ChosenEvents(table.name, table.events, (file,), table.messages)


def choose_events(
    events: Sequence[Event], categories: Sequence[str], origin: str | None = None
) -> tuple[Event, ...]:
    """The events of some categories and of one origin, all of them where none is named.

    Raises:
        InputError: there is none, or none of a category; the message names those there are.
    """
    refuse_unknown_category(events, categories)
    chosen = find_events(events, EventFilter(categories, origin=origin))
    if not chosen:
        msg = "there is no event to study; drop --origin or --category, or add a note"
        raise InputError(msg)
    return chosen


def refuse_unknown_category(events: Iterable[Event], categories: Iterable[str]) -> None:
    """Refuse a category that no event has, so that a slip is not taken for "none found".

    Raises:
        InputError: naming the categories there are.
    """
    there = sorted({event.category for event in events})
    for category in categories:
        if category not in there:
            msg = f"--category {category}: no event has it; choose one of {', '.join(there)}"
            raise InputError(msg)


def _path_of(name: str, sources: Sequence[RateSource]) -> Path:
    path = Path(name)
    if path.exists() or path.suffix:
        return path
    known = ", ".join(card.id for card in list_cards(sources))
    msg = f"--rates {name}: is neither a file nor one of the series {known}"
    raise InputError(msg)


def _refuse_one_id_twice(series: Sequence[RateSeries]) -> None:
    counts = Counter(each.card.id for each in series)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        msg = f"--rates: two series are called {twice[0]}; rename a column"
        raise InputError(msg)


def _picked(series: Sequence[RateSeries], columns: Sequence[str]) -> tuple[RateSeries, ...]:
    by_name = {each.card.id.casefold(): each for each in series}
    for column in columns:
        if column.casefold() not in by_name:
            known = ", ".join(each.card.id for each in series)
            msg = f"--series {column}: is not there; choose one of {known}"
            raise InputError(msg)
    wanted = dict.fromkeys(column.casefold() for column in columns)
    return tuple(by_name[name] for name in wanted) or tuple(series)
