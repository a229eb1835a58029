"""The result of one series: its matrices, crowds and flags, and the events with no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Final

import numpy as np

from dashboard.domain.date_rules import breaks_between
from dashboard.domain.event import Event
from dashboard.domain.event_hour import HourKind
from dashboard.domain.series import Bools, Ints, RateSeries
from dashboard.domain.study import (
    CarResult,
    Skipped,
    StudyRequest,
    StudyResult,
    Window,
    window_text,
)
from dashboard.engine.abnormal import Abnormal
from dashboard.engine.alignment import Alignment
from dashboard.engine.bars import bar_flags
from dashboard.engine.crowding import others_in_window
from dashboard.engine.dated_events import KnownRows
from dashboard.engine.history import History
from dashboard.engine.reasons import why_no_value
from dashboard.engine.windows import estimation_rows, event_rows, take

FEW_PLACEBOS: Final = 50
"""A pool with fewer dates within two years of the event says so."""


@dataclass(frozen=True, eq=False)
class Studied:
    """What was measured on one series, before it is laid out: N events."""

    series: RateSeries
    events: tuple[Event, ...]
    alignment: Alignment
    request: StudyRequest
    found: Abnormal
    history: History
    known: KnownRows

    @cached_property
    def crowds(self) -> dict[Window, Sequence[tuple[str, ...]]]:
        """Ids of the other events in the event window and in each CAR window."""
        own = tuple(map(attrgetter("id"), self.events))
        known = (self.known.first, self.known.last, self.known.ids)
        return {
            window: others_in_window(self.alignment.row, own, known, window)
            for window in {self.request.window, *self.request.cars}
        }


def lay_out(study: Studied, cars: tuple[CarResult, ...], skipped: list[Skipped]) -> StudyResult:
    """The answer for one series from what was measured and the events that were skipped."""
    request, found = study.request, study.found
    offsets = np.arange(request.window[0], request.window[1] + 1, dtype=np.int64)
    car, low, high = found.path()
    return StudyResult(
        request=request,
        series=study.series,
        events=study.events,
        anchor=study.alignment.row,
        shift_days=study.alignment.shift_days,
        offsets=offsets,
        rate=take(study.series.rate, event_rows(study.alignment.row, request.window)),
        returns=found.returns,
        normal=np.asarray(found.prediction.normal),
        abnormal=found.ar,
        abnormal_se=found.ar_se,
        car=car,
        ordinary_low=low,
        ordinary_high=high,
        from_base=found.from_base(),
        sigma=found.prediction.sigma,
        n_estimation=found.prediction.usable,
        estimation_events=_estimation_events(study),
        crowd=study.crowds[request.window],
        flags=_flags(study, cars),
        cars=cars,
        skipped=(*skipped, *_incomplete(study, cars)),
    )


def _estimation_events(study: Studied) -> Ints:
    """How many known events lie in each event's estimation window, (N,)."""
    rows, request = np.sort(study.known.first), study.request
    first, last = estimation_rows(
        study.alignment.row, request.window, request.estimation, request.gap
    )
    within = np.searchsorted(rows, last, "right") - np.searchsorted(rows, first, "left")
    return within.astype(np.int64)


def _incomplete(study: Studied, cars: tuple[CarResult, ...]) -> list[Skipped]:
    """Events taken out of a CAR window, because a return in it is missing."""
    out, card = [], study.series.card
    for result in cars:
        for k in np.flatnonzero(~np.isfinite(result.car)).tolist():
            row = int(study.alignment.row[k])
            rows = range(row + result.window[0], row + result.window[1] + 1)
            why = why_no_value(study.history, study.series, rows)
            reason = f"window {window_text(result.window)}{why}"
            out.append(Skipped(study.events[k].id, card.id, reason))
    return out


def _flags(study: Studied, cars: tuple[CarResult, ...]) -> tuple[tuple[str, ...], ...]:
    rows, last = study.alignment.row, len(study.series) - 1
    first = np.clip(rows + study.request.window[0] - 1, 0, last)
    final = np.clip(rows + study.request.window[1], 0, last)
    few = np.zeros(len(rows), dtype=bool)
    for result in cars:
        few |= result.n_close < FEW_PLACEBOS
    marks: Mapping[str, Sequence[bool] | Bools] = {
        "date_only": _hour_unknown(study),
        "hour_upper_bound": [e.hour_kind == HourKind.PUBLISHED for e in study.events],
        "hour_scheduled": [e.hour_kind == HourKind.SCHEDULED for e in study.events],
        "partly_in_fixing": study.alignment.partial,
        "far_from_event": study.alignment.far,
        "window_cut": rows + study.request.window[1] > last,
        "short_history": study.found.prediction.usable < study.request.estimation,
        "no_variance": ~(study.found.prediction.sigma > 0),
        "few_placebos": few,
        "method_break": breaks_between(
            study.series.card.breaks, study.series.day[first], study.series.day[final]
        ),
        **bar_flags(study.series, study.events, rows, study.request.window),
    }
    return _words(marks, len(rows))


def _hour_unknown(study: Studied) -> Bools:
    """Whether the moment is not known, and no first report leaves but one first rate, (N,)."""
    bounded = [event.moment is None and event.reported is not None for event in study.events]
    unknown = np.array([event.moment is None for event in study.events], dtype=bool)
    return unknown & ~(np.array(bounded, dtype=bool) & study.alignment.settled)


def _words(marks: Mapping[str, Sequence[bool] | Bools], count: int) -> tuple[tuple[str, ...], ...]:
    """The names of the marks that are set, for each of `count` events."""
    code = np.zeros(count, dtype=np.int64)
    for bit, values in enumerate(marks.values()):
        code |= np.asarray(values, dtype=np.int64) << bit
    words = {
        each: tuple(name for bit, name in enumerate(marks) if each >> bit & 1)
        for each in np.unique(code).tolist()
    }
    return tuple(map(words.__getitem__, code.tolist()))
