"""What one study of every known event says about each: moves, percentile, crowd, or why not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyAnswer, StudyRequest, StudyResult
from dashboard.services.explain_event import PAGE_REQUEST
from dashboard.services.run_study import run_study
from dashboard.ui import session
from dashboard.ui.session import KnownEvents
from dashboard.ui.wording import FEWEST_TO_JUDGE

REQUEST: Final = replace(PAGE_REQUEST, cars=((0, 0), (0, 1)))


@dataclass(frozen=True, slots=True)
class Studied:
    """One event on one series; moves of the rouble in log points, NaN where not known.

    `first` is the move in [0,0], `both` that in [0,1]; `percentile` and `crowd` (ids of the
    other events) are those of [0,1]. `reason` says why a number is missing.
    """

    first: float = math.nan
    both: float = math.nan
    percentile: float = math.nan
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
    answer = study_of(_series, _known, _known.events, REQUEST)
    reasons = {row.event_id: row.reason for row in answer.skipped}
    found = {name: Studied(reason=reason) for name, reason in reasons.items()}
    for result in answer.results:
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
    of_both = result.cars[1]
    enough = of_both.n_placebo[k] >= FEWEST_TO_JUDGE and not math.isnan(both)
    percentile = float(of_both.percentile[k]) if enough else math.nan
    return Studied(first, both, percentile, of_both.crowd[k], reason)
