"""The result of one series: its matrices, crowds and flags, and the events with no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np

from dashboard.domain.date_rules import breaks_between
from dashboard.domain.event import Event
from dashboard.domain.event_hour import HourKind
from dashboard.domain.series import Bools, Floats, Ints, RateSeries
from dashboard.domain.study import (
    MATRICES,
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
from dashboard.engine.dated_events import Dated, KnownRows, with_hours
from dashboard.engine.history import History
from dashboard.engine.placebo import Places
from dashboard.engine.reasons import why_no_value
from dashboard.engine.windows import estimation_rows, event_rows, take

FEW_PLACEBOS: Final = 50
"""A pool with fewer dates within two years of the event says so."""


@dataclass(frozen=True, eq=False)
class Studied:
    """What was measured on one series, before it is laid out: N events on D first rates.

    Their moves are in `places`.
    """

    series: RateSeries
    dated: Dated
    alignment: Alignment
    request: StudyRequest
    places: Places
    history: History
    known: KnownRows

    @property
    def events(self) -> tuple[Event, ...]:
        """The events, in the order of their first rates."""
        return self.dated.events

    @property
    def at(self) -> Ints:
        """The rows that are measured, (D,)."""
        return self.places.at

    @property
    def back(self) -> Ints:
        """The place of each event's first rate among them, (N,)."""
        return self.places.back

    @property
    def found(self) -> Abnormal:
        """The abnormal returns at those rows."""
        return self.places.found

    @property
    def found_of_events(self) -> Abnormal:
        """The abnormal returns of every event."""
        return (
            self.found if np.array_equal(self.at[self.back], self.at) else self.found.at(self.back)
        )

    @cached_property
    def crowds(self) -> dict[Window, Sequence[tuple[str, ...]]]:
        """Ids of the other events in the event window and in each CAR window."""
        own = self.dated.ids
        known = (self.known.first, self.known.last, self.known.ids)
        return {
            window: others_in_window(self.alignment.row, own, known, window)
            for window in {self.request.window, *self.request.cars}
        }


def lay_out(study: Studied, cars: tuple[CarResult, ...], skipped: list[Skipped]) -> StudyResult:
    """The answer for one series from what was measured and the events that were skipped."""
    request, prediction, back = study.request, study.found.prediction, study.back
    return StudyResult.with_matrices_later(
        partial(_matrices, study),
        request=request,
        series=study.series,
        events=study.events,
        anchor=study.alignment.row,
        shift_days=study.alignment.shift_days,
        offsets=np.arange(request.window[0], request.window[1] + 1, dtype=np.int64),
        sigma=prediction.sigma[back],
        n_estimation=prediction.usable[back],
        estimation_events=_estimation_events(study)[back],
        crowd=study.crowds[request.window],
        flags=_flags(study, cars),
        cars=cars,
        skipped=(*skipped, *_incomplete(study, cars)),
    )


def _matrices(study: Studied) -> dict[str, Floats | tuple[Floats, ...]]:
    """The fields of a result that are matrices, (N, L)."""
    found, window = study.found, study.request.window
    *matrices, base, low, high = _of_events(
        study,
        take(study.series.rate, event_rows(study.at, window)),
        found.returns,
        np.asarray(found.prediction.normal),
        found.ar,
        found.ar_se,
        *found.path(),
        *found.from_base(),
    )
    return dict(zip(MATRICES, (*matrices, (base, low, high)), strict=True))


def _of_events(study: Studied, *matrices: Floats) -> tuple[Floats, ...]:
    """Matrices (D, L) of the first rates as those of the events, (N, L).

    They lie in one block of memory, which the system hands out in large pages: a page at a time
    it takes longer than the numbers.
    """
    if np.array_equal(study.at[study.back], study.at):
        return matrices
    block = np.empty((len(matrices), matrices[0].shape[1], len(study.back)))
    for each, out in zip(matrices, block, strict=True):
        each.T.take(study.back, axis=1, mode="clip", out=out)
    return tuple(each.T for each in block)


def _estimation_events(study: Studied) -> Ints:
    """How many known events lie in the estimation window of each first rate, (D,)."""
    request, size = study.request, len(study.series)
    first, last = estimation_rows(study.at, request.window, request.estimation, request.gap)
    before = np.concatenate(([0], np.cumsum(np.bincount(study.known.first, minlength=size))))
    within: Ints = before[np.clip(last + 1, 0, size)] - before[np.clip(first, 0, size)]
    return within


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
    marks: dict[str, Sequence[bool] | Bools] = {
        **_hour_marks(study),
        "partly_in_fixing": study.alignment.partial,
        "far_from_event": study.alignment.far,
        "window_cut": rows + study.request.window[1] > last,
        "short_history": (study.found.prediction.usable < study.request.estimation)[study.back],
        "no_variance": ~(study.found.prediction.sigma > 0)[study.back],
        "few_placebos": np.any([result.n_close < FEW_PLACEBOS for result in cars], axis=0),
        "method_break": _breaks(study)[study.back],
        **bar_flags(study.series, study.events, rows, study.request.window),
    }
    return _words(marks, len(rows))


def _hour_marks(study: Studied) -> dict[str, Bools]:
    """What to know of each event's hour, (N,).

    `date_only`: the moment is not known, and no first report leaves but one first rate.
    """
    when, settled = study.dated.when, study.alignment.settled
    reported = when.bounded & ~when.timed
    scheduled = np.zeros(len(when.timed), dtype=bool)
    for k in with_hours(study.events) if when.timed.any() else ():
        scheduled[k] = study.events[k].hour_kind == HourKind.SCHEDULED
    return {
        "date_only": ~when.timed & ~(reported & settled),
        "hour_upper_bound": reported,
        "hour_scheduled": scheduled,
    }


def _breaks(study: Studied) -> Bools:
    """Whether the event window of each first rate holds a break of the method, (D,)."""
    day, window = study.series.day, study.request.window
    if not study.series.card.breaks:
        return np.zeros(len(study.at), dtype=bool)
    first = np.clip(study.at + window[0] - 1, 0, len(day) - 1)
    final = np.clip(study.at + window[1], 0, len(day) - 1)
    found = breaks_between(study.series.card.breaks, day[first], day[final])
    return np.array(found, dtype=bool)


def _words(marks: Mapping[str, Sequence[bool] | Bools], count: int) -> tuple[tuple[str, ...], ...]:
    """The names of the marks that are set, for each of `count` events."""
    code = np.zeros(count, dtype=np.int64)
    for bit, values in enumerate(marks.values()):
        code |= np.asarray(values, dtype=np.int64) << bit
    words = np.empty(1 << len(marks), dtype=object)
    for each in np.flatnonzero(np.bincount(code)).tolist():
        words[each] = tuple(name for bit, name in enumerate(marks) if each >> bit & 1)
    return tuple(words[code].tolist())
