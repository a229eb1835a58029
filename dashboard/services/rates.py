"""Rate series: bundled, fetched and imported ones, as known now or at an earlier moment."""

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
from dashboard.models.currencies import pair_of_name, thing_name
from dashboard.models.errors import InputError, RoubleReactionError, SourceError, StoreError
from dashboard.models.event import Event
from dashboard.models.messages import deferred, plural
from dashboard.models.messages import translate as _
from dashboard.models.series import (
    Bools,
    Floats,
    RateSeries,
    RevisedObservation,
    SeriesCard,
    with_pair,
)
from dashboard.models.tickers import (
    Jump,
    TickerFacts,
    is_ticker,
    longest_gap,
    split_like_jumps,
    split_ticker,
    without_log,
)
from dashboard.models.user_files import IMPORTED_PREFIX, RateFileContents

if TYPE_CHECKING:
    from dashboard.models.series import RateRevision, SeriesVersion
    from dashboard.sources.events.base import EventSource
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.storage.base import RateStore


log: Final = logging.getLogger("dashboard.rates")

RateImportStatus: TypeAlias = Literal["accept", "warn"]

DEFAULT_SERIES: Final = "usd_rub_cbr"
MAX_LOG_DEVIATION: Final = np.log(1.07)
"""Quotes that differ by about 7 % or more from the official fixing are implausible."""
MAX_DISTANCE_DAYS: Final = 5
"""Fixings farther away than this do not check a quote."""
MONTH: Final = np.timedelta64(31, "D")
AS_OF_CAVEAT: Final = deferred(
    "Known then means fetched here by then, with the value held then. Rates that ship "
    "with the program count from the moment their publisher's rule says they were "
    "known; revisions before the shipped data were made are not recorded. Notes are "
    "those of then and read-only. The catalogue was compiled later: its events until "
    "then are shown."
)
ID_PATTERN: Final = re.compile(r"[a-z0-9_]{1,60}")
MAX_ID_LENGTH: Final = 60
MAX_TITLE_LENGTH: Final = 80
IMPORTED_LICENCE: Final = "yours"
_ALLOWED_PUNCTUATION: Final = " ,.()/+%-"
_WEB_ADDRESS: Final = re.compile(r"(www)\.", re.IGNORECASE)
_CYRILLIC_LETTERS: Final = "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ы э ю я"
_LATIN_LETTERS: Final = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch y e iu ia"
_TRANSLITERATION: Final = dict(zip(_CYRILLIC_LETTERS.split(), _LATIN_LETTERS.split(), strict=True))


# ---- series of sources


def list_cards(sources: Sequence[RateSource]) -> tuple[SeriesCard, ...]:
    """The cards of every series of every source, in the order of the sources."""
    return tuple(card for source in sources for card in source.cards())


def get_series(sources: Sequence[RateSource], series_id: str) -> RateSeries:
    """The observations of a series.

    Raises:
        InputError: no source has this id; the message names the known ones.
        SourceError: the source cannot deliver it.
    """
    found = find_source(sources, series_id)
    if found is not None:
        source, name = found
        return source.get(name)
    known = ", ".join(card.id for card in list_cards(sources))
    msg = _(
        "series {series_id}: not known; choose one of {known}", series_id=series_id, known=known
    )
    raise InputError(msg)


def find_source(sources: Sequence[RateSource], name: str) -> tuple[RateSource, str] | None:
    """The source of a series and its id there; None where no source has it.

    A ticker belongs to the publishers' source even while nothing of it was fetched.
    """
    for source in sources:
        has_tickers = isinstance(source, CombinedRates)
        series_id = source.series_id(name) if isinstance(source, CombinedRates) else name
        is_here = any(card.id == series_id for card in source.cards())
        if is_here or (has_tickers and is_ticker(name)):
            return source, series_id
    return None


def daily_series(sources: Sequence[RateSource]) -> list[RateSeries]:
    """Every daily price series; bars, which may have a million rows, are not read."""
    cards = [card for card in list_cards(sources) if card.is_price and not card.bar_minutes]
    return [get_series(sources, card.id) for card in cards]


# ---- plausibility of indicative quotes


@dataclass(frozen=True, eq=False, slots=True)
class CheckedQuotes:
    """A series without its implausible quotes.

    Attributes:
        series: the series; implausible quotes are missing.
        withheld: the number of implausible quotes.
        unchecked: the number of quotes without a fixing near enough to check them.
    """

    series: RateSeries
    withheld: int
    unchecked: int


def withhold_implausible_quotes(quotes: RateSeries, official: RateSeries) -> CheckedQuotes:
    """Withhold every quote that is far from the official fixings around it.

    A quote is plausible if it is near the fixing of its own market day, or near the next one:
    a large move after the fixing shows in the next. Until the next fixing is known, a quote far
    from its own is withheld.

    Args:
        quotes: an indicative series of the same pair.
        official: the fixings; missing ones are ignored.
    """
    present = np.isfinite(official.rate)
    days, rates = official.day[present], official.rate[present]
    if len(days) == 0:
        return CheckedQuotes(quotes, 0, int(np.isfinite(quotes.rate).sum()))
    own_row = np.searchsorted(days, quotes.day, side="right") - 1
    far_from_own, has_own = _is_far(quotes, (own_row, days, rates))
    far_from_next, has_next = _is_far(quotes, (own_row + 1, days, rates))
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
    """Whether each quote is far from the fixing of a row, and whether that fixing is near in time.

    Args:
        quotes: (n,) quotes.
        fixings: row of the fixing for each quote (n,); days and rates of the fixings (m,).
    """
    row, days, rates = fixings
    inside = (row >= 0) & (row < len(days))
    at = np.where(inside, row, 0)
    distance = np.abs((days[at] - quotes.day).astype(np.int64))
    has_fixing = inside & (distance <= MAX_DISTANCE_DAYS)
    with np.errstate(invalid="ignore"):
        far = np.abs(np.log(quotes.rate / rates[at])) > MAX_LOG_DEVIATION
    return far, has_fixing


# ---- bundled and fetched series
#
# Merged per series and never across publishers, without using the network. A live series is
# listed once something of it was fetched.


@dataclass(frozen=True, eq=False, slots=True)
class KnownSeries:
    """One series as it is known now.

    Attributes:
        series: the final and plausible observations.
        live: the last number that may still change, a series of one row; None: there is none.
            It is in no study and on no chart.
        bundled_rows: the number of bundled rows that were not replaced.
        withheld: the number of implausible observations left out.
        unchecked: the number of observations that could not be checked.
        problem: why the fetched observations are not used, a sentence; empty where they are.
        notes: what to know of the numbers of a ticker, a sentence each.
    """

    series: RateSeries
    live: RateSeries | None = None
    bundled_rows: int = 0
    withheld: int = 0
    unchecked: int = 0
    problem: str = ""
    notes: tuple[str, ...] = ()


class CombinedRates:
    """A rate source of bundled series, extended by observations fetched from the same publisher.

    Args:
        bundled: the rates that come with the program.
        live: the live sources.
        rate_cache: the observations fetched from them.
    """

    id = "known"

    def __init__(
        self, bundled: RateSource, live: Sequence[LiveSource], rate_cache: RateStore
    ) -> None:
        self._bundled = bundled
        self._live = tuple(live)
        self._rate_cache = rate_cache
        self._series: dict[str, KnownSeries | None] = {}
        self._state: object = None
        self._versions: Mapping[str, SeriesVersion] = {}
        self._tickers: Mapping[str, TickerFacts] = {}
        self._ticker_cards: dict[str, SeriesCard] = {}
        self._lock = threading.RLock()

    @property
    def live_sources(self) -> tuple[LiveSource, ...]:
        """The sources that can be refreshed."""
        return self._live

    def all_cards(self) -> tuple[SeriesCard, ...]:
        """Every series, also those of which nothing was fetched yet; tickers come last."""
        with self._lock:
            self._refresh_versions()
            return (*self._all_cards, *self._ticker_cards.values())

    def find_card(self, name: str) -> SeriesCard | None:
        """The card of an id or of a ticker in any spelling; None where it is not known yet."""
        try:
            series_id = self.series_id(name)
        except InputError:
            return None
        return next((card for card in self.all_cards() if card.id == series_id), None)

    def series_id(self, name: str) -> str:
        """The id of a series that is named by its id or as a ticker in any spelling.

        Raises:
            InputError: its publisher writes no symbol so.
        """
        found = self.ticker_source(name)
        if found is None:
            return name
        source, symbol = found
        series_id = source.ticker_id(symbol)
        with self._lock:
            self._refresh_versions()
            for one, facts in self._tickers.items():
                is_place = facts.place == symbol and one.startswith(f"{source.id}:")
                if is_place or one.casefold() == series_id.casefold():
                    return one
            return series_id

    def ticker_source(self, name: str) -> tuple[LiveSource, str] | None:
        """The source of a ticker and its symbol as it is written; None for any other name."""
        ticker = split_ticker(name)
        if ticker is None:
            return None
        return next(((s, ticker[1]) for s in self._live if s.id == ticker[0]), None)

    def ticker_facts(self, series_id: str) -> TickerFacts | None:
        """The facts of a ticker; None where it is none, or was never fetched."""
        with self._lock:
            self._refresh_versions()
            return self._tickers.get(series_id)

    @cached_property
    def _all_cards(self) -> tuple[SeriesCard, ...]:
        live = {card.id: card for source in self._live for card in source.cards()}
        bundled = [self._merge_card(card, live) for card in self._bundled.cards()]
        bundled_ids = {card.id for card in bundled}
        return (*bundled, *(card for card in live.values() if card.id not in bundled_ids))

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series that have observations; bundled ones come first."""
        with self._lock:
            self._refresh_versions()
            cached_ids = {name for name, version in self._versions.items() if version.has_rows}
        bundled_ids = {card.id for card in self._bundled.cards()}
        return tuple(card for card in self.all_cards() if card.id in bundled_ids | cached_ids)

    def series_versions(self) -> Mapping[str, int]:
        """A number for every fetched series that grows with every change."""
        with self._lock:
            self._refresh_versions()
            return {name: version.mark for name, version in self._versions.items()}

    def get(self, series_id: str) -> RateSeries:
        """The final and plausible observations of a series; the arrays are shared.

        Raises:
            InputError: no such series, or nothing of it was fetched yet.
            SourceError: the bundled data are damaged.
        """
        series_id = self.series_id(series_id)
        current = self.known(series_id)
        if current is not None:
            return current.series
        if self.ticker_facts(series_id) is not None:
            msg = _(
                "series {series_id}: nothing of it had been fetched by the moment of this view",
                series_id=series_id,
            )
            raise InputError(msg)
        if is_ticker(series_id):
            msg = _(
                "series {series_id}: nothing was fetched yet; refresh it by this name, or find it"
                " on the page Data",
                series_id=series_id,
            )
            raise InputError(msg)
        if any(card.id == series_id for card in self.all_cards()):
            msg = _(
                "series {series_id}: nothing was fetched yet; run rates refresh",
                series_id=series_id,
            )
            raise InputError(msg)
        known = ", ".join(card.id for card in self.cards())
        msg = _(
            "series {series_id}: not known; choose one of {known}", series_id=series_id, known=known
        )
        raise InputError(msg)

    def files(self) -> dict[str, str]:
        """The sha256 of the files of series that are still as bundled."""
        return {
            series_id: sha256
            for series_id, sha256 in self._bundled.files().items()
            if (current := self.known(series_id)) and current.bundled_rows == len(current.series)
        }

    def known(self, series_id: str) -> KnownSeries | None:
        """A series as it is known now; None where nothing is known or there is no such series.

        Raises:
            SourceError: the bundled data are damaged.
        """
        with self._lock:
            self._refresh_versions()
            if series_id not in self._series:
                self._series[series_id] = self._load(series_id)
            return self._series[series_id]

    def _refresh_versions(self) -> None:
        """Drop the series whose version in the cache has changed."""
        state = self._rate_cache.fingerprint()
        if state == self._state:
            return
        try:
            versions, tickers = self._rate_cache.versions(), self._rate_cache.tickers()
        except StoreError as error:
            log.warning("%s", error)
            versions, tickers, self._series = {}, {}, {}
        changed_facts = {n for n, facts in tickers.items() if self._tickers.get(n) != facts}
        changed = {
            name
            for name in {*versions, *self._versions}
            if versions.get(name) != self._versions.get(name)
        }
        for card in self._all_cards:
            if {card.id, card.checked_by} & changed:
                self._series.pop(card.id, None)
        for name in {*tickers, *self._tickers} & (changed | changed_facts):
            self._series.pop(name, None)
        self._state, self._versions, self._tickers = state, versions, tickers
        self._ticker_cards = {
            name: source.ticker_card(facts)
            for name, facts in tickers.items()
            if versions.get(name) is not None
            for source in self._live
            if source.id == name.partition(":")[0]
        }

    def _load(self, series_id: str) -> KnownSeries | None:
        card = next((card for card in self.all_cards() if card.id == series_id), None)
        if card is None:
            return None
        ships = any(candidate.id == series_id for candidate in self._bundled.cards())
        bundled = _with_card(self._bundled.get(series_id), card) if ships else None
        fetched, problem = self._read_cached(card)
        if fetched is None:
            if bundled is None:
                return None
            return KnownSeries(bundled, bundled_rows=len(bundled), problem=problem)
        final, live = split_provisional(fetched)
        if bundled is None:
            return self._check_quotes(final, live) if len(final) else None
        try:
            return replace(merge_series(bundled, final), live=live)
        except SourceError as error:
            return KnownSeries(bundled, bundled_rows=len(bundled), problem=str(error))

    def _read_cached(self, card: SeriesCard) -> tuple[RateSeries | None, str]:
        live = (candidate for source in self._live for candidate in source.cards())
        if not is_ticker(card.id) and all(candidate.id != card.id for candidate in live):
            return None, ""
        try:
            return self._rate_cache.read(card), ""
        except StoreError as error:
            log.warning("%s", error)
            return None, str(error)

    def _check_quotes(self, final: RateSeries, live: RateSeries | None) -> KnownSeries:
        if is_ticker(final.card.id):
            return check_ticker(final, live)
        official = self.known(final.card.checked_by) if final.card.checked_by else None
        if official is None:
            unchecked = len(final) if final.card.checked_by else 0
            return KnownSeries(final, live, unchecked=unchecked)
        checked = withhold_implausible_quotes(final, official.series)
        return KnownSeries(
            checked.series, live, withheld=checked.withheld, unchecked=checked.unchecked
        )

    def _merge_card(self, card: SeriesCard, live: dict[str, SeriesCard]) -> SeriesCard:
        """A bundled card with the fields that only the live one has."""
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


def check_ticker(final: RateSeries, live: RateSeries | None) -> KnownSeries:
    """A ticker with what to know of its numbers; of a price those without a logarithm are missing.

    A log return needs two numbers above zero: the oil future of April 2020 was below.
    """
    card, notes = final.card, []
    rows = without_log(final.rate) if card.is_price else []
    if rows:
        at = rows[0]
        notes.append(
            plural(
                "{n} number is zero or negative and has no log change, it is left out:"
                " {rate:g} of {day}",
                "{n} numbers are zero or negative and have no log change, they are left out:"
                " first {rate:g} of {day}",
                len(rows),
                rate=final.rate[at],
                day=final.day[at],
            )
        )
        rate = final.rate.copy()
        rate[rows] = np.nan
        rate.setflags(write=False)
        final = replace(final, rate=rate)
    if card.is_price:
        notes += [_describe_jump(card, jump) for jump in split_like_jumps(final)]
    if gap := longest_gap(final):
        notes.append(_("no number from {since} to {until}", since=gap[0], until=gap[1]))
    return KnownSeries(final, live, notes=tuple(notes))


def _describe_jump(card: SeriesCard, jump: Jump) -> str:
    ratio = f"{jump.ratio}:1" if jump.is_up else f"1:{jump.ratio}"
    if card.pair:
        return _(
            "the jump of {day} is near {ratio}: a redenomination? No move of it is one of the"
            " market",
            day=jump.day,
            ratio=ratio,
        )
    return _(
        "the jump of {day} is near {ratio}: a split that is not worked in? No move of it is one"
        " of the market",
        day=jump.day,
        ratio=ratio,
    )


def split_provisional(series: RateSeries) -> tuple[RateSeries, RateSeries | None]:
    """The final observations, and the last of those that may still change."""
    if not series.provisional:
        return series, None
    final = len(series) - series.provisional
    last = slice(len(series) - 1, len(series))
    return _select_rows(series, slice(0, final)), replace(_select_rows(series, last), provisional=1)


def merge_series(bundled: RateSeries, fetched: RateSeries) -> KnownSeries:
    """Extend a bundled series by fetched observations, which replace bundled ones.

    Raises:
        SourceError: they are not one series: another publisher, unit or publication rule, other
            levels where they overlap, or a gap between them.
    """
    _check_same_series(bundled, fetched)
    record = np.union1d(bundled.record, fetched.record)
    record.setflags(write=False)
    bundled_rows = np.searchsorted(record, bundled.record)
    fetched_rows = np.searchsorted(record, fetched.record)
    replaces = np.isfinite(fetched.rate) | ~np.isin(fetched.record, bundled.record)

    def merged(name: str) -> np.ndarray:
        old, new = getattr(bundled, name), getattr(fetched, name)
        array = np.empty(len(record), dtype=old.dtype)
        array[bundled_rows] = old
        array[fetched_rows[replaces]] = new[replaces]
        array.setflags(write=False)
        return array

    series = RateSeries(
        bundled.card, record, merged("day"), merged("opens"), merged("known_at"),
        merged("rate"), fetched.fetched_at,
    )  # fmt: skip
    same = np.isin(record[bundled_rows], fetched.record[replaces]) & (
        series.rate[bundled_rows] != bundled.rate
    )
    replaced = int((same & ~(np.isnan(series.rate[bundled_rows]) & np.isnan(bundled.rate))).sum())
    if len(record) == len(bundled) and not replaced:
        return KnownSeries(
            replace(bundled, fetched_at=fetched.fetched_at), bundled_rows=len(bundled)
        )
    return KnownSeries(series, bundled_rows=len(bundled) - replaced)


def _check_same_series(bundled: RateSeries, fetched: RateSeries) -> None:
    bundled_card, fetched_card = bundled.card, fetched.card
    for name in ("publisher", "unit", "date_rule"):
        if getattr(bundled_card, name) != getattr(fetched_card, name):
            msg = _(
                "series {id}: what was fetched has another {replace}",
                id=bundled_card.id,
                replace=name.replace("_", " "),
            )
            raise SourceError(msg)
    if len(fetched) and fetched.record[0] > bundled.record[-1] + MONTH:
        msg = _(
            "series {id}: nothing is known from {record} to {record_2}; refresh it since {record}",
            id=bundled_card.id,
            record=bundled.record[-1],
            record_2=fetched.record[0],
        )
        raise SourceError(msg)
    common, bundled_rows, fetched_rows = np.intersect1d(
        bundled.record, fetched.record, return_indices=True
    )
    with np.errstate(invalid="ignore"):
        differs = np.abs(np.log(fetched.rate[fetched_rows] / bundled.rate[bundled_rows])) > 0.01
    if len(common) and differs.sum() > len(common) / 2:
        msg = _(
            "series {id}: what was fetched differs from what ships on most common days",
            id=bundled_card.id,
        )
        raise SourceError(msg)


def _select_rows(series: RateSeries, rows: slice) -> RateSeries:
    return RateSeries(
        series.card, series.record[rows], series.day[rows], series.opens[rows],
        series.known_at[rows], series.rate[rows], series.fetched_at,
    )  # fmt: skip


def _with_card(series: RateSeries, card: SeriesCard) -> RateSeries:
    return series if series.card == card else replace(series, card=card)


def list_revisions(rates: CombinedRates, rate_cache: RateStore) -> tuple[RateRevision, ...]:
    """The fetched numbers that publishers replaced, the latest first; nothing is raised."""
    try:
        states = rate_cache.states()
        revised = [c.id for c in rates.all_cards() if c.id in states and states[c.id].revised]
        revisions = [
            revision for series_id in revised for revision in rate_cache.revisions(series_id)
        ]
    except RoubleReactionError:
        return ()
    return tuple(
        sorted(revisions, key=lambda revision: (revision.seen_at, revision.opens), reverse=True)
    )


# ---- point in time
#
# Known at a moment are the observations fetched by then, with the values of then, and the bundled
# ones that were published by then according to the publication rule: revisions before the bundled
# data were made are not recorded, so their values stand for earlier ones.


class AsOfSource:
    """A source of rates without revisions, as known at a moment.

    Args:
        source: the bundled or imported rates.
        moment: the moment, UTC.
        by_import: whether a series is known only from the moment of its import.
    """

    def __init__(self, source: RateSource, moment: datetime, *, by_import: bool = False) -> None:
        self._source = source
        self._moment = moment
        self._by_import = by_import
        self._known: dict[str, RateSeries | None] = {}
        self.id = source.id

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series with known observations."""
        return tuple(card for card in self._source.cards() if self._load(card.id) is not None)

    def get(self, series_id: str) -> RateSeries:
        """The known observations of a series.

        Raises:
            InputError: there is no such series, or nothing of it was known yet.
            SourceError: its file is damaged.
        """
        known = self._load(series_id)
        if known is None:
            msg = _(
                "series {series_id}: nothing of it was known at {moment:%Y-%m-%d %H:%M} UTC",
                series_id=series_id,
                moment=self._moment,
            )
            raise InputError(msg)
        return known

    def files(self) -> dict[str, str]:
        """The sha256 of the files of series that were known completely."""
        return {
            name: sha256
            for name, sha256 in self._source.files().items()
            if (known := self._load(name)) is not None and len(known) == len(self._source.get(name))
        }

    def _load(self, series_id: str) -> RateSeries | None:
        if series_id not in self._known:
            self._known[series_id] = self._restrict(self._source.get(series_id))
        return self._known[series_id]

    def _restrict(self, whole: RateSeries) -> RateSeries | None:
        if self._by_import and whole.fetched_at is not None and whole.fetched_at > self._moment:
            return None
        known = restrict_to_known(whole, self._moment)
        return known if len(known) else None


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
        """The events until the moment."""
        return tuple(event for event in self._source.events() if event.starts_at <= self._moment)

    def files(self) -> dict[str, str]:
        """The sha256 of each file of the catalogue."""
        return self._source.files()


def live_differences(frozen: RateSeries, live: RateSeries) -> tuple[RevisedObservation, ...]:
    """The observations of a series that were added or revised since, by day."""
    return compare_vintages(frozen, live)


# ---- imported series


class ImportedRateStore(Protocol):
    """Stores imported series."""

    def cards(self) -> tuple[SeriesCard, ...]:
        """The cards of the stored series."""

    def get(self, series_id: str) -> RateSeries:
        """A stored series."""

    def store(self, series: Sequence[RateSeries], sha256: str, *, replace: bool = False) -> None:
        """Store series, all or none; raises InputError where an id is taken."""

    def remove(self, series_id: str) -> None:
        """Delete a series; raises InputError where there is none of this id."""


@dataclass(frozen=True, slots=True)
class SeriesNaming:
    """The name of an imported series, part of its id, and its title; empty: as the file."""

    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class RateImportPlan:
    """The series of an import, with messages for the user to confirm."""

    series: tuple[RateSeries, ...]
    messages: tuple[str, ...]
    sha256: str

    @property
    def status(self) -> RateImportStatus:
        """`warn` where there are messages, else `accept`."""
        return "warn" if self.messages else "accept"


def plan_rate_import(
    table: RateFileContents, naming: SeriesNaming, now: datetime
) -> RateImportPlan:
    """Assign ids and cards to the series of a file.

    Args:
        table: the content of the file.
        naming: name and title by the user.
        now: the moment of the import, UTC.

    Raises:
        InputError: a name that cannot be an id, or two series with one id.
    """
    alone = len(table.series) == 1
    pair = pair_of_name(naming.name) if alone else None
    named = naming.name.strip().casefold().removeprefix(IMPORTED_PREFIX)
    if pair:
        named = _slug(named)
    if named and not ID_PATTERN.fullmatch(named):
        msg = _(
            "use letters a-z, digits and _ only, at most {most}",
            most=MAX_ID_LENGTH,
        )
        raise InputError(msg, field="name", value=naming.name)
    stem = named or _slug(table.name.rpartition(".")[0] or table.name) or "file"
    series = []
    for number, column_series in enumerate(table.series, start=1):
        column = column_series.card.id
        slug = stem if alone else f"{stem}_{_slug(column) or number}"
        card = _imported_card(column_series.card, table, now)
        if pair and not card.pair:
            column, card = naming.name, with_pair(card, pair)
        title = _series_title(naming.title, column, table.name, alone=alone)
        card = replace(card, id=f"{IMPORTED_PREFIX}{slug[:MAX_ID_LENGTH]}", title=title)
        if not card.pair and card.kind not in {"odds", "tone"}:
            card = _name_unit(card)
        series.append(replace(column_series, card=card, fetched_at=now))
    _check_unique_ids(series)
    return RateImportPlan(tuple(series), table.messages, table.sha256)


def import_rates(
    store: ImportedRateStore, plan: RateImportPlan, *, replace: bool = False
) -> tuple[SeriesCard, ...]:
    """Store the series of a plan, all or none; identical stored ones are not written again.

    Raises:
        InputError: an id is taken by another series and `replace` is not set.
        SourceError: they cannot be written.
    """
    known = {card.id for card in store.cards()}
    if not all(_is_stored(store, known, series) for series in plan.series):
        store.store(plan.series, plan.sha256, replace=replace)
    return tuple(series.card for series in plan.series)


def audit_state_of_import(plan: RateImportPlan) -> tuple[str, tuple[None, dict[str, str]]]:
    """The entry of the audit trail for an import: ids, no state before, the hash of the file."""
    ids = ", ".join(series.card.id for series in plan.series)
    return ids, (None, {"sha256": plan.sha256})


def delete_imported_rates(store: ImportedRateStore, series_id: str) -> str:
    """Delete an imported series and return its id.

    Raises:
        InputError: there is none of this id.
    """
    store.remove(series_id)
    return series_id


def is_imported(card: SeriesCard) -> bool:
    """Whether a series was imported."""
    return card.id.startswith(IMPORTED_PREFIX)


def _imported_card(card: SeriesCard, table: RateFileContents, now: datetime) -> SeriesCard:
    file = plain_title(table.name) or "file"
    return replace(
        card,
        publisher=f"your own file {file}",
        licence=IMPORTED_LICENCE,
        description=(
            f"Your own file {file}, column {plain_title(card.id)}, imported"
            f" {now:%Y-%m-%d %H:%M} UTC, sha256 {table.sha256}."
        ),
        quantity=_IMPORTED_QUANTITIES.get(card.kind)
        or (
            deferred("bars of your own file")
            if card.bar_minutes
            else deferred("levels of your own file")
        ),
        limits=deferred("Only what the file says; nothing refreshes it."),
        stale_after=10**6,
    )


_IMPORTED_QUANTITIES: Final = {
    "odds": deferred("odds of your own file, in per cent"),
    "tone": deferred("tone of texts, of your own file"),
    "volume": deferred("volume of your own file"),
    "index": deferred("an index of your own file"),
}
"""What an imported series counts, by the kind of its card."""


def _name_unit(card: SeriesCard) -> SeriesCard:
    """A card of no currency pair whose unit is the name of the series, as `KZT/RUB`."""
    name = thing_name(card.title)
    return replace(card, unit=name, inverse_unit=f"1 / {name}")


def _series_title(title: str, column: str, file: str, *, alone: bool) -> str:
    named = plain_title(title)
    if named and alone:
        return named[:MAX_TITLE_LENGTH]
    return f"{plain_title(column)[:40] or 'rate'}, {named or plain_title(file)}"[:MAX_TITLE_LENGTH]


def plain_title(text: str) -> str:
    """A title of letters, digits and safe punctuation, for charts, links and tables."""
    allowed = "".join(
        letter if letter.isalnum() or letter in _ALLOWED_PUNCTUATION else " " for letter in text
    )
    return " ".join(_WEB_ADDRESS.sub(r"\1 ", allowed).split()).lstrip(_ALLOWED_PUNCTUATION)


def _slug(text: str) -> str:
    latin = "".join(_TRANSLITERATION.get(letter, letter) for letter in text.casefold())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _check_unique_ids(series: Sequence[RateSeries]) -> None:
    counts = Counter(one.card.id for one in series)
    duplicate = next((name for name, count in counts.items() if count > 1), "")
    if duplicate:
        msg = _(
            "two columns would both be called {duplicate}; rename one of them", duplicate=duplicate
        )
        raise InputError(msg)


def _is_stored(store: ImportedRateStore, known: set[str], series: RateSeries) -> bool:
    if series.card.id not in known:
        return False
    stored = store.get(series.card.id)
    same_card = (stored.card.unit, stored.card.title) == (series.card.unit, series.card.title)
    return (
        same_card
        and np.array_equal(stored.known_at, series.known_at)
        and np.array_equal(stored.rate, series.rate, equal_nan=True)
    )
