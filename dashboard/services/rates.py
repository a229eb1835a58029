"""Rate series: shipped, fetched and imported ones, as they are known now or were at an earlier moment."""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

import numpy as np

from dashboard.eventstudy.levels import compare_vintages, restrict_to_known
from dashboard.models.errors import InputError, RoubleReactionError, SourceError, StoreError
from dashboard.models.event import Event
from dashboard.models.series import Bools, Floats, RateSeries, RevisedObservation, SeriesCard
from dashboard.models.user_files import IMPORTED_PREFIX, RateFileContents

if TYPE_CHECKING:
    from dashboard.models.series import RateRevision, SeriesVersion
    from dashboard.sources.events.base import EventSource
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.storage.base import RateStore


# ------------------------------------------------------------
# Get rates: which series there are, and one of them.


DEFAULT_SERIES: Final = "usd_rub_cbr"


def list_cards(sources: Sequence[RateSource]) -> tuple[SeriesCard, ...]:
    """The cards of every series of every source, in the order of the shelf."""
    return tuple(card for source in sources for card in source.cards())


def get_series(sources: Sequence[RateSource], series_id: str) -> RateSeries:
    """The observations of a series.

    Raises:
        InputError: for an id no source knows, naming those there are.
        SourceError: when the source cannot deliver it.
    """
    for source in sources:
        if any(card.id == series_id for card in source.cards()):
            return source.get(series_id)
    known = ", ".join(card.id for card in list_cards(sources))
    msg = f"series {series_id}: not known; choose one of {known}"
    raise InputError(msg)


def daily_series(sources: Sequence[RateSource]) -> list[RateSeries]:
    """Every price with one number a day; bars, of which there may be a million, are not read."""
    cards = [card for card in list_cards(sources) if card.is_price and not card.bar_minutes]
    return [get_series(sources, card.id) for card in cards]


# ------------------------------------------------------------
# Check quotes: which numbers of an indicative source are too far from the official ones.


MAX_LOG_DEVIATION: Final = np.log(1.07)
"""About 7 %: more than this away from the official fixing is not believed."""
MAX_DISTANCE_DAYS: Final = 5
"""A fixing farther away than this says nothing about a quote."""


@dataclass(frozen=True, eq=False, slots=True)
class CheckedQuotes:
    """A series whose implausible numbers are missing, and how many there are of each kind.

    Attributes:
        withheld: numbers that are not believed.
        unchecked: numbers that no fixing is near enough to check.
    """

    series: RateSeries
    withheld: int
    unchecked: int


def withhold_implausible_quotes(quotes: RateSeries, official: RateSeries) -> CheckedQuotes:
    """Withhold every quote that is far from the official fixings around it.

    A quote is believed if it is near the fixing of its own market day, or near the next one:
    a large move after the fixing shows in the next. Where the next is not there yet, a quote
    far from its own is withheld until it is.

    Args:
        quotes: an indicative series of the same pair.
        official: the fixings; missing ones are passed over.
    """
    present = np.isfinite(official.rate)
    days, rates = official.day[present], official.rate[present]
    if len(days) == 0:
        return CheckedQuotes(quotes, 0, int(np.isfinite(quotes.rate).sum()))
    own = np.searchsorted(days, quotes.day, side="right") - 1
    far_from_own, has_own = _is_far(quotes, (own, days, rates))
    far_from_next, has_next = _is_far(quotes, (own + 1, days, rates))
    doubted = has_own & far_from_own & (far_from_next | ~has_next)
    unchecked = np.isfinite(quotes.rate) & ~has_own
    rate = np.where(doubted, np.nan, quotes.rate)
    rate.setflags(write=False)
    series = RateSeries(
        quotes.card, quotes.record, quotes.day, quotes.opens, quotes.known_at, rate,
        quotes.fetched_at, quotes.provisional,
    )  # fmt: skip
    return CheckedQuotes(
        series if doubted.any() else quotes, int(doubted.sum()), int(unchecked.sum())
    )


def _is_far(
    quotes: RateSeries, fixings: tuple[np.ndarray, np.ndarray, Floats]
) -> tuple[Bools, Bools]:
    """Whether each quote is far from the fixing of a row, and whether one is there and near."""
    row, days, rates = fixings
    inside = (row >= 0) & (row < len(days))
    at = np.where(inside, row, 0)
    apart = np.abs((days[at] - quotes.day).astype(np.int64))
    there = inside & (apart <= MAX_DISTANCE_DAYS)
    with np.errstate(invalid="ignore"):
        far = np.abs(np.log(quotes.rate / rates[at])) > MAX_LOG_DEVIATION
    return far, there


# ------------------------------------------------------------
# Known rates: what ships and what was fetched, joined per series, never across publishers.
#
# Reading never asks the network. A live series is offered once something of it was fetched.


log: Final = logging.getLogger("dashboard.rates")


@dataclass(frozen=True, eq=False, slots=True)
class KnownSeries:
    """One series as it is known now.

    Attributes:
        series: the observations that are final and believed.
        live: the last number that may still change, with its day and moment; None: there is
            none. It is in no study and on no chart.
        shipped_rows: how many of the rows came with the program and were not replaced.
        withheld: how many numbers are left out as implausible.
        unchecked: how many could not be checked yet.
        problem: why what was fetched is not shown, a sentence; empty where it is.
    """

    series: RateSeries
    live: RateSeries | None = None
    bundled_rows: int = 0
    withheld: int = 0
    unchecked: int = 0
    problem: str = ""


class CombinedRates:
    """A rate source of what ships, extended by what was fetched from the same publisher.

    Args:
        shipped: the rates that come with the program.
        live: the sources whose answers are remembered.
        memory: what they answered.
    """

    id = "known"

    def __init__(self, shipped: RateSource, live: Sequence[LiveSource], memory: RateStore) -> None:
        self._shipped = shipped
        self._live = tuple(live)
        self._memory = memory
        self._found: dict[str, KnownSeries | None] = {}
        self._state: object = None
        self._versions: Mapping[str, SeriesVersion] = {}
        self._finding = threading.RLock()

    @property
    def live_sources(self) -> tuple[LiveSource, ...]:
        """The sources that can be refreshed."""
        return self._live

    def all_cards(self) -> tuple[SeriesCard, ...]:
        """Every series there is, with those of which nothing was fetched yet."""
        return self._every_card

    @cached_property
    def _every_card(self) -> tuple[SeriesCard, ...]:
        live = {card.id: card for source in self._live for card in source.cards()}
        shipped = [self._merge_card(card, live) for card in self._shipped.cards()]
        mine = {card.id for card in shipped}
        return (*shipped, *(card for card in live.values() if card.id not in mine))

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series that have observations; those that ship come first."""
        with self._finding:
            self._look()
            kept = {name for name, version in self._versions.items() if version.has_rows}
        mine = {card.id for card in self._shipped.cards()}
        return tuple(card for card in self.all_cards() if card.id in mine | kept)

    def series_versions(self) -> Mapping[str, int]:
        """Of every series that was fetched a number that grows when anything of it changed."""
        with self._finding:
            self._look()
            return {name: version.mark for name, version in self._versions.items()}

    def get(self, series_id: str) -> RateSeries:
        """The final and believed observations of a series; the arrays are shared.

        Raises:
            InputError: no such series, or nothing of it was fetched yet.
            SourceError: what ships is damaged.
        """
        found = self.known(series_id)
        if found is not None:
            return found.series
        if any(card.id == series_id for card in self.all_cards()):
            msg = f"series {series_id}: nothing was fetched yet; run rates refresh"
            raise InputError(msg)
        known = ", ".join(card.id for card in self.cards())
        msg = f"series {series_id}: not known; choose one of {known}"
        raise InputError(msg)

    def files(self) -> dict[str, str]:
        """The sha256 of shipped files, of the series that are still as they shipped."""
        return {
            series_id: sha256
            for series_id, sha256 in self._shipped.files().items()
            if (found := self.known(series_id)) and found.bundled_rows == len(found.series)
        }

    def known(self, series_id: str) -> KnownSeries | None:
        """A series as it is known now; None where nothing is, or it is not a series.

        Raises:
            SourceError: what ships is damaged.
        """
        with self._finding:
            self._look()
            if series_id not in self._found:
                self._found[series_id] = self._find(series_id)
            return self._found[series_id]

    def _look(self) -> None:
        """Forget the series of which another version is kept by now."""
        state = self._memory.fingerprint()
        if state == self._state:
            return
        try:
            versions = self._memory.versions()
        except StoreError as error:
            log.warning("%s", error)
            versions, self._found = {}, {}
        changed = {
            name
            for name in {*versions, *self._versions}
            if versions.get(name) != self._versions.get(name)
        }
        for card in self.all_cards():
            if {card.id, card.checked_by} & changed:
                self._found.pop(card.id, None)
        self._state, self._versions = state, versions

    # ------------------------------------------------------------ one series

    def _find(self, series_id: str) -> KnownSeries | None:
        card = next((card for card in self.all_cards() if card.id == series_id), None)
        if card is None:
            return None
        ships = any(each.id == series_id for each in self._shipped.cards())
        shipped = _with_card(self._shipped.get(series_id), card) if ships else None
        fetched, problem = self._read_cached(card)
        if fetched is None:
            if shipped is None:
                return None
            return KnownSeries(shipped, bundled_rows=len(shipped), problem=problem)
        final, live = split_provisional(fetched)
        if shipped is None:
            return self._checked(final, live) if len(final) else None
        try:
            return replace(merge_series(shipped, final), live=live)
        except SourceError as error:
            return KnownSeries(shipped, bundled_rows=len(shipped), problem=str(error))

    def _read_cached(self, card: SeriesCard) -> tuple[RateSeries | None, str]:
        if not any(each.id == card.id for source in self._live for each in source.cards()):
            return None, ""
        try:
            return self._memory.read(card), ""
        except StoreError as error:
            log.warning("%s", error)
            return None, str(error)

    def _checked(self, final: RateSeries, live: RateSeries | None) -> KnownSeries:
        official = self.known(final.card.checked_by) if final.card.checked_by else None
        if official is None:
            unchecked = len(final) if final.card.checked_by else 0
            return KnownSeries(final, live, unchecked=unchecked)
        found = withhold_implausible_quotes(final, official.series)
        return KnownSeries(found.series, live, withheld=found.withheld, unchecked=found.unchecked)

    def _merge_card(self, card: SeriesCard, live: dict[str, SeriesCard]) -> SeriesCard:
        """A shipped card with what only the live one says."""
        more = live.get(card.id)
        if more is None:
            return card
        return replace(
            card,
            quantity=more.quantity,
            limits=more.limits,
            history_from=more.history_from,
            history_until=more.history_until,
            stale_after=more.stale_after,
        )


def split_provisional(series: RateSeries) -> tuple[RateSeries, RateSeries | None]:
    """The final observations, and the last of those that may still change."""
    if not series.provisional:
        return series, None
    final = len(series) - series.provisional
    last = slice(len(series) - 1, len(series))
    return _select_rows(series, slice(0, final)), replace(_select_rows(series, last), provisional=1)


def merge_series(shipped: RateSeries, fetched: RateSeries) -> KnownSeries:
    """What ships with what its own publisher said later; fetched numbers replace shipped ones.

    Raises:
        SourceError: they are not one series: another publisher, unit or date rule, another
            level where they overlap, or a hole between them.
    """
    _check_same_series(shipped, fetched)
    record = np.union1d(shipped.record, fetched.record)
    record.setflags(write=False)
    mine = np.searchsorted(record, shipped.record)
    theirs = np.searchsorted(record, fetched.record)
    replaces = np.isfinite(fetched.rate) | ~np.isin(fetched.record, shipped.record)

    def merged(name: str) -> np.ndarray:
        old, new = getattr(shipped, name), getattr(fetched, name)
        array = np.empty(len(record), dtype=old.dtype)
        array[mine] = old
        array[theirs[replaces]] = new[replaces]
        array.setflags(write=False)
        return array

    series = RateSeries(
        shipped.card, record, merged("day"), merged("opens"), merged("known_at"),
        merged("rate"), fetched.fetched_at,
    )  # fmt: skip
    same = np.isin(record[mine], fetched.record[replaces]) & (series.rate[mine] != shipped.rate)
    replaced = int((same & ~(np.isnan(series.rate[mine]) & np.isnan(shipped.rate))).sum())
    if len(record) == len(shipped) and not replaced:
        return KnownSeries(
            replace(shipped, fetched_at=fetched.fetched_at), bundled_rows=len(shipped)
        )
    return KnownSeries(series, bundled_rows=len(shipped) - replaced)


MONTH: Final = np.timedelta64(31, "D")


def _check_same_series(shipped: RateSeries, fetched: RateSeries) -> None:
    one, other = shipped.card, fetched.card
    for name in ("publisher", "unit", "date_rule"):
        if getattr(one, name) != getattr(other, name):
            msg = f"series {one.id}: what was fetched has another {name.replace('_', ' ')}"
            raise SourceError(msg)
    if len(fetched) and fetched.record[0] > shipped.record[-1] + MONTH:
        msg = (
            f"series {one.id}: nothing is known from {shipped.record[-1]} to"
            f" {fetched.record[0]}; refresh it since {shipped.record[-1]}"
        )
        raise SourceError(msg)
    both, ours, theirs = np.intersect1d(shipped.record, fetched.record, return_indices=True)
    with np.errstate(invalid="ignore"):
        apart = np.abs(np.log(fetched.rate[theirs] / shipped.rate[ours])) > 0.01
    if len(both) and apart.sum() > len(both) / 2:
        msg = f"series {one.id}: what was fetched differs from what ships on most common days"
        raise SourceError(msg)


def _select_rows(series: RateSeries, rows: slice) -> RateSeries:
    return RateSeries(
        series.card, series.record[rows], series.day[rows], series.opens[rows],
        series.known_at[rows], series.rate[rows], series.fetched_at,
    )  # fmt: skip


def _with_card(series: RateSeries, card: SeriesCard) -> RateSeries:
    return series if series.card == card else replace(series, card=card)


# ------------------------------------------------------------
# List revisions: every number that a publisher replaced after it was fetched here.


def list_revisions(known: CombinedRates, memory: RateStore) -> tuple[RateRevision, ...]:
    """The numbers that were replaced, the latest replacement first; nothing is raised."""
    try:
        states = memory.states()
        revised = [c.id for c in known.all_cards() if c.id in states and states[c.id].revised]
        found = [one for series_id in revised for one in memory.revisions(series_id)]
    except RoubleReactionError:
        return ()
    return tuple(sorted(found, key=lambda one: (one.seen_at, one.opens), reverse=True))


# ------------------------------------------------------------
# Freeze: rates and events as they were known at a moment, and how live ones differ.
#
# What was known is what had been fetched by then with the values held then, and of what ships the
# observations that the rule of their publisher lets be known by then: revisions before the data
# package was made are not recorded, so its values stand for what was known before it.


AS_OF_CAVEAT: Final = (
    "Known then means fetched here by then, with the value held then. Rates that ship with the"
    " program count from the moment their publisher's rule says they were known; revisions before"
    " the shipped data were made are not recorded. Notes are those of then and read-only. The"
    " catalogue was compiled later: its events until then are shown."
)


class AsOfSource:
    """A source of rates that are never revised, as far as it was known at a moment.

    Args:
        source: what ships, or what a person imported.
        moment: until when an observation counts.
        by_import: whether a series counts only from the moment it was brought.
    """

    def __init__(self, source: RateSource, moment: datetime, *, by_import: bool = False) -> None:
        self._source = source
        self._moment = moment
        self._by_import = by_import
        self.id = source.id

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series of which something was known."""
        return tuple(card for card in self._source.cards() if self._find(card.id) is not None)

    def get(self, series_id: str) -> RateSeries:
        """What was known of a series.

        Raises:
            InputError: there is no such series, or nothing of it was known yet.
            SourceError: its file is damaged.
        """
        found = self._find(series_id)
        if found is None:
            msg = (
                f"series {series_id}: nothing of it was known at {self._moment:%Y-%m-%d %H:%M} UTC"
            )
            raise InputError(msg)
        return found

    def files(self) -> dict[str, str]:
        """The sha256 of the files that were known whole."""
        return {
            name: sha256
            for name, sha256 in self._source.files().items()
            if (found := self._find(name)) is not None and len(found) == len(self._source.get(name))
        }

    def _find(self, series_id: str) -> RateSeries | None:
        whole = self._source.get(series_id)
        if self._by_import and whole.fetched_at is not None and whole.fetched_at > self._moment:
            return None
        found = restrict_to_known(whole, self._moment)
        return found if len(found) else None


class AsOfCatalogue:
    """The catalogue without the events after a moment.

    Args:
        source: the catalogue.
        moment: an event of unknown hour counts from 00:00 Moscow of its day.
    """

    def __init__(self, source: EventSource, moment: datetime) -> None:
        self._source = source
        self._moment = moment
        self.id = source.id

    def events(self) -> tuple[Event, ...]:
        """The events that had happened by then."""
        return tuple(each for each in self._source.events() if each.starts_at <= self._moment)

    def files(self) -> dict[str, str]:
        """The sha256 of each file of the catalogue."""
        return self._source.files()


def live_differences(frozen: RateSeries, live: RateSeries) -> tuple[RevisedObservation, ...]:
    """The rows of a series that were added or revised since, by day."""
    return compare_vintages(frozen, live)


# ------------------------------------------------------------
# Import rates: a file that was read becomes series of a person's own, kept until removed.


RateImportStatus: TypeAlias = Literal["accept", "warn"]

ID_PATTERN: Final = re.compile(r"[a-z0-9_]{1,60}")
MAX_ID_LENGTH: Final = 60
MAX_TITLE_LENGTH: Final = 80
IMPORTED_LICENCE: Final = "yours"
_ALLOWED_PUNCTUATION: Final = " ,.()/+%-"
_WEB_ADDRESS: Final = re.compile(r"(www)\.", re.IGNORECASE)
_CYRILLIC_LETTERS: Final = "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ы э ю я"
_LATIN_LETTERS: Final = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch y e iu ia"
_TRANSLITERATION: Final = dict(zip(_CYRILLIC_LETTERS.split(), _LATIN_LETTERS.split(), strict=True))


class ImportedRateStore(Protocol):
    """Where a person's own series are kept."""

    def cards(self) -> tuple[SeriesCard, ...]:
        """What is kept."""
        ...

    def get(self, series_id: str) -> RateSeries:
        """One of them."""
        ...

    def store(self, series: Sequence[RateSeries], sha256: str, *, replace: bool = False) -> None:
        """Keep series, all or none; raises InputError where an id is taken."""
        ...

    def remove(self, series_id: str) -> None:
        """Remove one; raises InputError where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class SeriesNaming:
    """What a person calls a series: a short name for its id, and a title; empty: as the file."""

    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class RateImportPlan:
    """What an import would keep, and what a person should know first."""

    series: tuple[RateSeries, ...]
    messages: tuple[str, ...]
    sha256: str

    @property
    def status(self) -> RateImportStatus:
        """`warn` where there is something a person should know, else `accept`."""
        return "warn" if self.messages else "accept"


def plan_rate_import(
    table: RateFileContents, naming: SeriesNaming, now: datetime
) -> RateImportPlan:
    """Give the series of a file their ids and cards.

    Args:
        table: the file as it was read.
        naming: what the person calls them.
        now: the moment of the import, in UTC.

    Raises:
        InputError: a name that cannot be an id, or two series with one id.
    """
    named = naming.name.strip().casefold().removeprefix(IMPORTED_PREFIX)
    if named and not ID_PATTERN.fullmatch(named):
        msg = f"use letters a-z, digits and _ only, at most {MAX_ID_LENGTH}"
        raise InputError(msg, field="name", value=naming.name)
    stem = named or _slug(table.name.rpartition(".")[0] or table.name) or "file"
    alone = len(table.series) == 1
    series = []
    for number, each in enumerate(table.series, start=1):
        column = each.card.id
        slug = stem if alone else f"{stem}_{_slug(column) or number}"
        card = _imported_card(each.card, table, now)
        title = _series_title(naming.title, column, table.name, alone=alone)
        card = replace(card, id=f"{IMPORTED_PREFIX}{slug[:MAX_ID_LENGTH]}", title=title)
        series.append(replace(each, card=card, fetched_at=now))
    _check_unique_ids(series)
    return RateImportPlan(tuple(series), table.messages, table.sha256)


def import_rates(
    shelf: ImportedRateStore, plan: RateImportPlan, *, replace: bool = False
) -> tuple[SeriesCard, ...]:
    """Keep the series of a plan, all or none; those that are kept already stay as they are.

    Raises:
        InputError: an id is taken by other numbers and `replace` is not given.
        SourceError: they cannot be written.
    """
    known = {card.id for card in shelf.cards()}
    if not all(_is_stored(shelf, known, each) for each in plan.series):
        shelf.store(plan.series, plan.sha256, replace=replace)
    return tuple(each.card for each in plan.series)


def audit_state_of_import(plan: RateImportPlan) -> tuple[str, tuple[None, dict[str, str]]]:
    """What the record says of an import: the ids, nothing before, and the hash of the file."""
    ids = ", ".join(each.card.id for each in plan.series)
    return ids, (None, {"sha256": plan.sha256})


def delete_imported_rates(shelf: ImportedRateStore, series_id: str) -> str:
    """Remove a series of a person's own; answer its id.

    Raises:
        InputError: there is none of this name.
    """
    shelf.remove(series_id)
    return series_id


def is_imported(card: SeriesCard) -> bool:
    """Whether a person brought the series."""
    return card.id.startswith(IMPORTED_PREFIX)


def _imported_card(card: SeriesCard, table: RateFileContents, now: datetime) -> SeriesCard:
    file = plain_title(table.name) or "file"
    return replace(
        card,
        publisher=f"your own file {file}",
        licence=IMPORTED_LICENCE,
        description=(
            f"Your own file {file}, column {plain_title(card.id)},"
            f" imported {now:%Y-%m-%d %H:%M} UTC, sha256 {table.sha256}."
        ),
        quantity="bars of your own file" if card.bar_minutes else "levels of your own file",
        limits="Only what the file says; nothing refreshes it.",
        stale_after=10**6,
    )


def _series_title(title: str, column: str, file: str, *, alone: bool) -> str:
    named = plain_title(title)
    if named and alone:
        return named[:MAX_TITLE_LENGTH]
    return f"{plain_title(column)[:40] or 'rate'}, {named or plain_title(file)}"[:MAX_TITLE_LENGTH]


def plain_title(text: str) -> str:
    """Letters, digits and a few harmless signs: a title stands in charts, links and tables."""
    kept = "".join(c if c.isalnum() or c in _ALLOWED_PUNCTUATION else " " for c in text)
    return " ".join(_WEB_ADDRESS.sub(r"\1 ", kept).split()).lstrip(_ALLOWED_PUNCTUATION)


def _slug(text: str) -> str:
    latin = "".join(_TRANSLITERATION.get(letter, letter) for letter in text.casefold())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _check_unique_ids(series: Sequence[RateSeries]) -> None:
    counts = Counter(each.card.id for each in series)
    twice = next((name for name, count in counts.items() if count > 1), "")
    if twice:
        msg = f"two columns would both be called {twice}; rename one of them"
        raise InputError(msg)


def _is_stored(shelf: ImportedRateStore, known: set[str], series: RateSeries) -> bool:
    if series.card.id not in known:
        return False
    there = shelf.get(series.card.id)
    same_card = (there.card.unit, there.card.title) == (series.card.unit, series.card.title)
    return (
        same_card
        and np.array_equal(there.known_at, series.known_at)
        and np.array_equal(there.rate, series.rate, equal_nan=True)
    )
