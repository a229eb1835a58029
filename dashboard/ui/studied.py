"""What one study of every known event says about each: moves, percentile, crowd, or why not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.domain.rank import Rank
from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyAnswer, StudyRequest, StudyResult
from dashboard.services.choose_windows import first_moves_request
from dashboard.services.run_study import measure_events, run_study
from dashboard.ui import session
from dashboard.ui.session import KnownEvents

UNRANKED: Final = Rank("near")


@dataclass(frozen=True, slots=True)
class Studied:
    """One event on one series; moves of the rouble in log points, NaN where not known.

    `first` is the move in [0,0], `both` that in [0,1]; `rank_first` and `rank_both` say where
    each stands among the dates near the event. `crowd` (ids of the other events) is that of
    [0,1]. `reason` says why a number is missing.
    """

    first: float = math.nan
    both: float = math.nan
    rank_first: Rank = UNRANKED
    rank_both: Rank = UNRANKED
    crowd: tuple[str, ...] = ()
    reason: str = ""


def study_of(
    series: RateSeries, known: KnownEvents, events: tuple[Event, ...], request: StudyRequest
) -> StudyAnswer:
    """The study of some of the known events, kept until anything in it changes."""
    is_all = len(events) == len(known.events)
    which = "every event" if is_all else " ".join(["only", *(event.id for event in events)])
    version = f"{session.series_version(series)}/{known.version}/{request}"
    return _answer(series, (events, known.events, request), version, which)


def studied_events(series: RateSeries, known: KnownEvents) -> Mapping[str, Studied]:
    """What the study of every event says about each, by its id."""
    return _by_id(series, known, f"{session.series_version(series)}/{known.version}")


@st.cache_resource(show_spinner=False, max_entries=8)
def _by_id(_series: RateSeries, _known: KnownEvents, version: str) -> dict[str, Studied]:  # noqa: ARG001 - the key of the cache
    request = first_moves_request(_series.card.bar_minutes)
    result = measure_events(_series, _known.events, request, _known.events)
    reasons = {row.event_id: row.reason for row in result.skipped}
    found = {name: Studied(reason=reason) for name, reason in reasons.items()}
    for k, event in enumerate(result.events):
        found[event.id] = _studied(result, k, reasons.get(event.id, ""))
    return found


Asked = tuple[tuple[Event, ...], tuple[Event, ...], StudyRequest]


@st.cache_resource(show_spinner=False, max_entries=8)
def _answer(_series: RateSeries, _asked: Asked, version: str, which: str) -> StudyAnswer:  # noqa: ARG001 - the key of the cache
    events, known, request = _asked
    return run_study([_series], events, request, known=known, compute=session.parts().compute)


def _studied(result: StudyResult, k: int, reason: str) -> Studied:
    at = int(result.offsets.searchsorted(0))
    first, both = (100.0 * float(value) for value in result.from_base[0][k, at : at + 2])
    pool = result.request.pool
    rank_first, rank_both = (Rank.of_car(car, k, pool) for car in result.cars)
    return Studied(first, both, rank_first, rank_both, result.cars[1].crowd[k], reason)
