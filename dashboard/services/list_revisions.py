"""List revisions: every number that a publisher replaced after it was fetched here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.domain.errors import RoubleReactionError

if TYPE_CHECKING:
    from dashboard.domain.remembered import Revision
    from dashboard.services.known_rates import KnownRates
    from dashboard.store.base import RateMemory


def list_revisions(known: KnownRates, memory: RateMemory) -> tuple[Revision, ...]:
    """The numbers that were replaced, the latest replacement first; nothing is raised."""
    try:
        states = memory.states()
        revised = [c.id for c in known.all_cards() if c.id in states and states[c.id].revised]
        found = [one for series_id in revised for one in memory.revisions(series_id)]
    except RoubleReactionError:
        return ()
    return tuple(sorted(found, key=lambda one: (one.seen_at, one.opens), reverse=True))
