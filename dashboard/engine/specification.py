"""The specification curve: the same question under many choices, and its joint placebo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import special

from dashboard.domain.event import Event
from dashboard.domain.robustness import RobustnessAnswer, Specification, SpecificationRow
from dashboard.domain.series import Floats, RateSeries
from dashboard.engine.dated_events import align_events
from dashboard.engine.pooled import GroupSample, Measured, Pooled
from dashboard.engine.shifts import share_at_least, shifted_means
from dashboard.engine.significance.overlap_t import OverlapT
from dashboard.engine.spread import count_mean_sd
from dashboard.engine.study import measure

LEVEL: Final = 0.95
SMALL: Final = 0.05
NEAR: Final = (0, 1)


def choose_events(name: str, events: Sequence[Event], series: RateSeries) -> tuple[Event, ...]:
    """The events that an event filter keeps (`domain.robustness.EVENT_FILTERS`)."""
    if name == "high-confidence":
        return tuple(event for event in events if event.confidence == "high")
    if name == "hour-known":
        settled = align_events(series, events).settled.tolist()
        return tuple(
            event
            for event, same in zip(events, settled, strict=True)
            if event.moment is not None or (event.reported is not None and same)
        )
    if name == "alone":
        rows = align_events(series, events).row
        ordered = np.sort(rows[rows >= 0])
        near = np.searchsorted(ordered, rows + NEAR[1], "right")
        near = near - np.searchsorted(ordered, rows + NEAR[0], "left")
        return tuple(e for e, count in zip(events, near.tolist(), strict=True) if count <= 1)
    return tuple(events)


def run_specification(
    specification: Specification,
    series: RateSeries,
    events: Sequence[Event],
    factors: Sequence[RateSeries],
    seed: int,
) -> tuple[SpecificationRow, Floats]:
    """One specification and its mean CAR under every calendar shift, (S,).

    Args:
        specification: the choices.
        series: the series it names.
        events: all events; the specification's filter chooses among them.
        factors: the factors its model may need.
        seed: of the study.
    """
    request = specification.request(seed)
    chosen = choose_events(specification.event_filter, events, series)
    _, measured = measure(series, chosen, events, request, factors)
    pooled = Pooled([measured], [specification.window], request)
    sample = GroupSample(pooled, np.ones(len(pooled), dtype=bool))

    def cars(each: Measured) -> Floats:
        return each.everywhere.car(specification.window)[0][:, None]

    shifts, _ = shifted_means(sample, cars)
    n, mean, sd = count_mean_sd(sample.car)
    count = int(n[0])
    half = float("nan")
    if count > 1:
        half = float(special.stdtrit(count - 1, (1 + LEVEL) / 2) * sd[0] / np.sqrt(count))
    caar = float(mean[0]) if count else float("nan")
    p = float(share_at_least(shifts, two_sided=True)[0]) if len(shifts) else float("nan")
    overlap = float(OverlapT().apply(sample).p_value[0]) if count else float("nan")
    row = SpecificationRow(specification, count, caar, caar - half, caar + half, p, overlap)
    return row, shifts[:, 0]


def summarise(found: Sequence[tuple[SpecificationRow, Floats]]) -> RobustnessAnswer:
    """Median, agreement of signs, and the joint placebo p over common calendar shifts."""
    rows = tuple(row for row, _ in found)
    caar = np.array([row.caar for row in rows])
    p = np.array([row.p_value for row in rows])
    known, tested = np.isfinite(caar), np.isfinite(p)
    if not known.any():
        nothing = float("nan")
        return RobustnessAnswer(rows, nothing, nothing, nothing, nothing, 0)
    median = float(np.median(caar[known]))
    shifts = [shift for _, shift in found if len(shift) and np.isfinite(shift[0])]
    length = min((len(shift) for shift in shifts), default=0)
    joint = float("nan")
    if length:
        medians = np.nanmedian(np.stack([shift[:length] for shift in shifts]), axis=0)
        joint = float(share_at_least(medians[:, None], two_sided=True)[0])
    return RobustnessAnswer(
        rows=rows,
        median=median,
        same_sign=float((np.sign(caar[known]) == np.sign(median)).mean()),
        share_below=float((p[tested] < SMALL).mean()) if tested.any() else float("nan"),
        joint_p=joint,
        shifts=length,
    )
