"""Known rates: what ships and what was fetched, joined per series, never across publishers.

Reading never asks the network. A live series is offered once something of it was fetched.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.domain.errors import InputError, SourceError, StoreError
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.services.check_quotes import believable

if TYPE_CHECKING:
    from dashboard.domain.remembered import Version
    from dashboard.sources.rates.base import LiveSource, RateSource
    from dashboard.store.base import RateMemory

log: Final = logging.getLogger("dashboard.rates")


@dataclass(frozen=True, eq=False, slots=True)
class Known:
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
    shipped_rows: int = 0
    withheld: int = 0
    unchecked: int = 0
    problem: str = ""


class KnownRates:
    """A rate source of what ships, extended by what was fetched from the same publisher.

    Args:
        shipped: the rates that come with the program.
        live: the sources whose answers are remembered.
        memory: what they answered.
    """

    id = "known"

    def __init__(self, shipped: RateSource, live: Sequence[LiveSource], memory: RateMemory) -> None:
        self._shipped = shipped
        self._live = tuple(live)
        self._memory = memory
        self._found: dict[str, Known | None] = {}
        self._state: object = None
        self._versions: Mapping[str, Version] = {}
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
        shipped = [self._worded(card, live) for card in self._shipped.cards()]
        mine = {card.id for card in shipped}
        return (*shipped, *(card for card in live.values() if card.id not in mine))

    def cards(self) -> tuple[SeriesCard, ...]:
        """The series that have observations; those that ship come first."""
        with self._finding:
            self._look()
            kept = {name for name, version in self._versions.items() if version.has_rows}
        mine = {card.id for card in self._shipped.cards()}
        return tuple(card for card in self.all_cards() if card.id in mine | kept)

    def marks(self) -> Mapping[str, int]:
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
            if (found := self.known(series_id)) and found.shipped_rows == len(found.series)
        }

    def known(self, series_id: str) -> Known | None:
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

    def _find(self, series_id: str) -> Known | None:
        card = next((card for card in self.all_cards() if card.id == series_id), None)
        if card is None:
            return None
        ships = any(each.id == series_id for each in self._shipped.cards())
        shipped = _with_card(self._shipped.get(series_id), card) if ships else None
        fetched, problem = self._remembered(card)
        if fetched is None:
            if shipped is None:
                return None
            return Known(shipped, shipped_rows=len(shipped), problem=problem)
        final, live = split_live(fetched)
        if shipped is None:
            return self._checked(final, live) if len(final) else None
        try:
            return replace(join(shipped, final), live=live)
        except SourceError as error:
            return Known(shipped, shipped_rows=len(shipped), problem=str(error))

    def _remembered(self, card: SeriesCard) -> tuple[RateSeries | None, str]:
        if not any(each.id == card.id for source in self._live for each in source.cards()):
            return None, ""
        try:
            return self._memory.read(card), ""
        except StoreError as error:
            log.warning("%s", error)
            return None, str(error)

    def _checked(self, final: RateSeries, live: RateSeries | None) -> Known:
        official = self.known(final.card.checked_by) if final.card.checked_by else None
        if official is None:
            unchecked = len(final) if final.card.checked_by else 0
            return Known(final, live, unchecked=unchecked)
        found = believable(final, official.series)
        return Known(found.series, live, withheld=found.withheld, unchecked=found.unchecked)

    def _worded(self, card: SeriesCard, live: dict[str, SeriesCard]) -> SeriesCard:
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


def split_live(series: RateSeries) -> tuple[RateSeries, RateSeries | None]:
    """The final observations, and the last of those that may still change."""
    if not series.provisional:
        return series, None
    final = len(series) - series.provisional
    last = slice(len(series) - 1, len(series))
    return _rows(series, slice(0, final)), replace(_rows(series, last), provisional=1)


def join(shipped: RateSeries, fetched: RateSeries) -> Known:
    """What ships with what its own publisher said later; fetched numbers replace shipped ones.

    Raises:
        SourceError: they are not one series: another publisher, unit or date rule, another
            level where they overlap, or a hole between them.
    """
    _refuse_another(shipped, fetched)
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
        return Known(replace(shipped, fetched_at=fetched.fetched_at), shipped_rows=len(shipped))
    return Known(series, shipped_rows=len(shipped) - replaced)


MONTH: Final = np.timedelta64(31, "D")


def _refuse_another(shipped: RateSeries, fetched: RateSeries) -> None:
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


def _rows(series: RateSeries, rows: slice) -> RateSeries:
    return RateSeries(
        series.card, series.record[rows], series.day[rows], series.opens[rows],
        series.known_at[rows], series.rate[rows], series.fetched_at,
    )  # fmt: skip


def _with_card(series: RateSeries, card: SeriesCard) -> RateSeries:
    return series if series.card == card else replace(series, card=card)
