"""Robustness: one answer under every defensible choice, and how much the choices matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.domain.study import Overlap, Returns, StudyRequest, Window

OVERLAPS: Final = ("keep", "first", "exclude")
EVENT_FILTERS: Final = {
    "all": "every event",
    "high-confidence": "events whose date and content a document states",
    "hour-known": "events whose hour is known, or whose first report leaves one first rate",
    "alone": "events with no other event in [0,1]",
}
"""Ways of choosing events, each with its sentence."""


@dataclass(frozen=True, slots=True)
class Specification:
    """One set of choices; the event window is the CAR window itself."""

    series: str
    model: str
    window: Window
    estimation: int
    gap: int
    overlap: Overlap
    event_filter: str
    returns: Returns = "log"

    def request(self, seed: int) -> StudyRequest:
        """The study this specification asks for; at least half of the estimation rows needed."""
        return StudyRequest(
            returns=self.returns,
            model=self.model,
            window=self.window,
            cars=(self.window,),
            estimation=self.estimation,
            gap=self.gap,
            min_estimation=max(3, self.estimation // 2),
            overlap=self.overlap,
            seed=seed,
        )


@dataclass(frozen=True, slots=True)
class Grid:
    """The choices whose combinations are run; the defaults give 576 specifications a series."""

    series: tuple[str, ...]
    windows: tuple[Window, ...] = ((0, 0), (0, 1), (-1, 1), (0, 2), (0, 5), (-1, 5))
    estimations: tuple[int, ...] = (60, 120, 250)
    gaps: tuple[int, ...] = (0, 10)
    models: tuple[str, ...] = ("none", "mean")
    overlaps: tuple[Overlap, ...] = ("keep", "first")
    event_filters: tuple[str, ...] = tuple(EVENT_FILTERS)
    returns: Returns = "log"

    def __post_init__(self) -> None:
        """Refuse an unknown way of choosing events or of treating overlaps.

        Raises:
            InputError: naming the ways there are.
        """
        for rule in self.overlaps:
            if rule not in OVERLAPS:
                msg = f"--overlap {rule}: not known; choose one of {', '.join(OVERLAPS)}"
                raise InputError(msg)
        for name in self.event_filters:
            if name not in EVENT_FILTERS:
                msg = f"--filter {name}: not known; choose one of {', '.join(EVENT_FILTERS)}"
                raise InputError(msg)

    def specifications(self) -> tuple[Specification, ...]:
        """Every combination, in the order of the fields."""
        return tuple(
            Specification(series, model, window, estimation, gap, overlap, name, self.returns)
            for series in self.series
            for model in self.models
            for window in self.windows
            for estimation in self.estimations
            for gap in self.gaps
            for overlap in self.overlaps
            for name in self.event_filters
        )


@dataclass(frozen=True, slots=True)
class SpecificationRow:
    """The answer under one specification, in return units.

    `low`, `high`: 95 % interval across events (cross-sectional t); `p_value`: calendar-shift
    placebo; `p_overlap`: BMP for overlapping windows. NaN where they do not apply.
    """

    specification: Specification
    n: int
    caar: float
    low: float
    high: float
    p_value: float
    p_overlap: float


@dataclass(frozen=True, slots=True)
class RobustnessAnswer:
    """All specifications and what they say together.

    `same_sign` is the share with the sign of the median; `share_below` that with
    p < 0.05; `joint_p` the share of calendar shifts under which the median CAAR over all
    specifications is at least as large in size (Simonsohn, Simmons & Nelson 2020, Nature
    Human Behaviour 4), over `shifts` shifts.
    """

    rows: tuple[SpecificationRow, ...]
    median: float
    same_sign: float
    share_below: float
    joint_p: float
    shifts: int
