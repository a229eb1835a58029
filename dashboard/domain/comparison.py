"""A comparison: one or two groups of events on one series, and everything told about them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias

from dashboard.domain.event import Event
from dashboard.domain.series import Floats, RateSeries
from dashboard.domain.study import (
    Headline,
    Skipped,
    StudyAnswer,
    StudyRequest,
    StudyResult,
    TestResult,
    Window,
)

StepName: TypeAlias = Literal["listed", "dated", "inside", "history", "apart", "used"]


@dataclass(frozen=True, slots=True)
class Group:
    """Some events under a name, which the tables of the comparison carry as their group."""

    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the attrition of a group: how many events are left, and those it lost."""

    name: StepName
    left: int
    lost: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One event of a group: its CAR, and the CAAR of the others without it (return units)."""

    event_id: str
    car: float
    without: float


@dataclass(frozen=True, eq=False, slots=True)
class Placebo:
    """What the average and the single CAR are like elsewhere on the series, in return units.

    `means` (S,) are the CAARs of the group's dates moved round the calendar, the first one
    where they are; `cars` (K,) the CARs of the pseudo-dates of the pool that was asked for.
    """

    means: Floats
    cars: Floats


@dataclass(frozen=True, eq=False, slots=True)
class GroupAnswer:
    """What is known of one group: its study, its attrition, each event left out, its placebo.

    `answer` has one group only, under the group's name; `medians` (L,) are those of the paths and
    `half_width` (N,) half the 95 % interval of each event's CAR in the window asked for.
    """

    name: str
    events: tuple[Event, ...]
    answer: StudyAnswer
    steps: tuple[Step, ...]
    left_out: tuple[LeftOut, ...]
    placebo: Placebo
    medians: Floats
    half_width: Floats

    @property
    def result(self) -> StudyResult:
        """The study of its series."""
        return self.answer.results[0]

    @property
    def car(self) -> Floats:
        """The CAR of every event of `result` in the window that is asked for, (N,)."""
        return self.result.cars[0].car

    @property
    def mean(self) -> float:
        """The CAAR in the window that is asked for, NaN without events."""
        values = [each.car for each in self.left_out]
        return math.fsum(values) / len(values) if values else math.nan

    @property
    def middle(self) -> float:
        """The median CAR in that window, NaN without events."""
        values = [each.car for each in self.left_out]
        return median(values) if values else math.nan

    @property
    def n(self) -> int:
        """Events with a CAR in the window that is asked for."""
        return self.steps[-1].left

    @property
    def headline(self) -> Headline | None:
        """The declared test in that window; None where no event is left."""
        window = self.answer.request.cars[0]
        return next((row for row in self.answer.headlines if row.window == window), None)


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """One or two groups; for two the tests of the difference of their CAARs (first - second).

    `shifted` (S,) are the differences after every shift of both groups' dates together, the
    first one where they are. `in_both` are the events that belong to either group. `difference`
    is the difference with the interval of the test that answers for it; None for one group.
    """

    request: StudyRequest
    series: RateSeries
    groups: tuple[GroupAnswer, ...]
    differences: tuple[TestResult, ...]
    shifted: Floats
    in_both: tuple[str, ...]
    difference: Headline | None = None

    @property
    def window(self) -> Window:
        """The CAR window that is asked for."""
        return self.request.cars[0]
