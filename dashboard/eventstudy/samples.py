"""Samples: the events of all series of a study pooled, and the groups that are tested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol, TypeVar

import numpy as np

from dashboard.eventstudy.abnormal_returns import AbnormalReturns, standardise
from dashboard.eventstudy.numerics import cached_on
from dashboard.eventstudy.placebo import PlaceboGrid
from dashboard.eventstudy.returns import History, estimation_rows, take_or_nan
from dashboard.models.event import Event, Expected
from dashboard.models.series import Bools, Days, Floats, Ints
from dashboard.models.study import Grouping, StudyRequest, Window

ALL_EVENTS: Final = "all"
"""The group of all events; a category of that name is not listed separately."""
DIRECTION_SIGNS: Final[dict[str, int]] = {Expected.STRONGER: 1, Expected.WEAKER: -1}


@dataclass(frozen=True, eq=False, slots=True)
class SeriesSample:
    """What was measured on one series: its days, history, events and all its positions.

    `row` (N,) are the rows of offset 0 of `events`; `abnormal` their abnormal returns.
    `candidates` are all rows between the first and the last admissible pseudo-date, with the
    abnormal returns there; a study needs those more than once.
    """

    day: Days
    history: History
    events: tuple[Event, ...]
    row: Ints
    abnormal: AbnormalReturns
    candidates: PlaceboGrid

    @property
    def positions(self) -> Ints:
        """The rows of `candidates`, (K,)."""
        return self.candidates.positions

    @property
    def grid(self) -> AbnormalReturns:
        """The abnormal returns at `positions`."""
        return self.candidates.abnormal


class PooledSample:
    """N events over all series; W windows, L offsets, M estimation rows.

    Arrays are computed on first access and cached: one study needs each many times.
    """

    def __init__(
        self,
        measured: Sequence[SeriesSample],
        windows: Sequence[Window],
        request: StudyRequest,
        group: str = "",
    ) -> None:
        """Pool what was measured; `windows` are the W windows that are tested.

        With the name of a `group` all events are this one group, whatever their categories.
        """
        self.series_samples = tuple(measured)
        self.windows = tuple(windows)
        self.request = request
        self.group = group
        self.events = tuple(event for sample in measured for event in sample.events)
        self.series = np.concatenate(
            [np.full(len(sample.events), k) for k, sample in enumerate(measured)]
        ).astype(np.int64)
        self.row = np.concatenate([sample.row for sample in measured])

    def __len__(self) -> int:
        """The number of events."""
        return len(self.events)

    @cached_property
    def members(self) -> dict[str, Bools]:
        """Members of "all" and of each group that the request makes, each (N,)."""
        if self.group:
            return {self.group: np.ones(len(self), dtype=bool)}
        return group_members(self.events, self.request.by)

    def sample(self, member: Bools) -> GroupSample:
        """The group of these events, (N,); made once, because many tables need the same."""
        return cached_on(self, member.tobytes(), lambda: GroupSample(self, member))

    @property
    def lengths(self) -> Ints:
        """Rows of each window, (W,)."""
        return np.array([last - first + 1 for first, last in self.windows], dtype=np.int64)

    @cached_property
    def _cars(self) -> tuple[Floats, Floats]:
        pairs = [
            [sample.abnormal.car(window) for window in self.windows]
            for sample in self.series_samples
        ]
        car = [np.column_stack([car for car, _ in row]) for row in pairs]
        error = [np.column_stack([se for _, se in row]) for row in pairs]
        return np.concatenate(car), np.concatenate(error)

    @property
    def car(self) -> Floats:
        """CAR of every event and window, (N, W)."""
        return self._cars[0]

    @property
    def se(self) -> Floats:
        """Forecast standard error of every CAR, (N, W)."""
        return self._cars[1]

    @cached_property
    def scar(self) -> Floats:
        """CAR / S_CAR, (N, W)."""
        return standardise(self.car, self.se)

    @cached_property
    def bhar(self) -> Floats:
        """Buy-and-hold abnormal returns, (N, W)."""
        return np.column_stack(
            [
                np.concatenate([sample.abnormal.bhar(window) for sample in self.series_samples])
                for window in self.windows
            ]
        )

    @cached_property
    def ar(self) -> Floats:
        """AR on every offset of the event window, (N, L)."""
        return np.concatenate([sample.abnormal.ar for sample in self.series_samples])

    @cached_property
    def sar(self) -> Floats:
        """AR / S_AR, (N, L)."""
        return standardise(
            self.ar, np.concatenate([sample.abnormal.ar_se for sample in self.series_samples])
        )

    @cached_property
    def sigma(self) -> Floats:
        """Residual standard deviation, (N,)."""
        return np.concatenate([sample.abnormal.prediction.sigma for sample in self.series_samples])

    @cached_property
    def df(self) -> Ints:
        """M_i - p, (N,)."""
        return np.concatenate([sample.abnormal.prediction.df for sample in self.series_samples])

    @cached_property
    def expected(self) -> Ints:
        """+1 where the rouble is expected stronger, -1 weaker, 0 unclear, (N,)."""
        return np.array([DIRECTION_SIGNS.get(e.expected, 0) for e in self.events], dtype=np.int64)

    @cached_property
    def estimation(self) -> tuple[Ints, Floats]:
        """Rows (N, M) of the estimation windows and the residuals there, NaN where unusable.

        A row is below 1 where the history is short.
        """
        rows, residuals, request = [], [], self.request
        for sample in self.series_samples:
            first, _ = estimation_rows(sample.row, request.window, request.estimation, request.gap)
            at = first[:, None] + np.arange(request.estimation)[None, :]
            rows.append(at)
            residuals.append(compute_residuals(sample, at))
        return np.concatenate(rows), np.concatenate(residuals)

    @property
    def residuals(self) -> Floats:
        """Residuals of the estimation windows in event time, (N, M)."""
        return self.estimation[1]

    def window_days(self) -> tuple[Days, Days]:
        """First and last market day of every event window, cut to the data, each (N,)."""
        first, last = self.request.window
        starts, ends = [], []
        for sample in self.series_samples:
            final = len(sample.day) - 1
            starts.append(sample.day[np.clip(sample.row + first, 0, final)])
            ends.append(sample.day[np.clip(sample.row + last, 0, final)])
        return np.concatenate(starts), np.concatenate(ends)


class GroupSample:
    """One group of a study's events, n of N, in all W windows at once.

    Slices of the pooled arrays are made on access; a NaN is an event without a value in
    that window, which a test leaves out, with its past too, and does not count.
    """

    def __init__(self, pooled: PooledSample, member: Bools) -> None:
        """Look at the events of `pooled` where `member` (N,) is true."""
        self.pooled = pooled
        self.member = member
        self.size = int(member.sum())

    @cached_property
    def car(self) -> Floats:
        """CAR, (n, W)."""
        return self.pooled.car[self.member]

    @cached_property
    def scar(self) -> Floats:
        """CAR / S_CAR, (n, W)."""
        return self.pooled.scar[self.member]

    @cached_property
    def residuals(self) -> Floats:
        """Estimation residuals in event time, (n, M)."""
        return self.pooled.residuals[self.member]

    @cached_property
    def sigma(self) -> Floats:
        """Residual standard deviation, (n,)."""
        return self.pooled.sigma[self.member]

    @cached_property
    def df(self) -> Ints:
        """M_i - p, (n,)."""
        return self.pooled.df[self.member]

    @cached_property
    def tested(self) -> tuple[tuple[Ints, Bools], ...]:
        """Windows in which the same events have a CAR, with those events; see `split_by_events`."""
        return tuple(split_by_events(np.isfinite(self.car)))

    @cached_property
    def counts(self) -> Ints:
        """Events with a CAR in each window, (W,)."""
        counts: Ints = np.isfinite(self.car).sum(axis=0)
        return counts


def split_by_events(present: Bools) -> Iterator[tuple[Ints, Bools]]:
    """The windows (columns) of `present` (n, W) in parts that hold the same events.

    Nearly always there is one part: only an event at the end of the data, or one near a
    missing return, is in some windows and not in others.

    Yields:
        Window numbers of a part and its events, (n,).
    """
    parts: dict[bytes, list[int]] = {}
    for w in range(present.shape[1]):
        parts.setdefault(present[:, w].tobytes(), []).append(w)
    for windows in parts.values():
        yield np.array(windows, dtype=np.int64), present[:, windows[0]]


def compute_residuals(sample: SeriesSample, rows: Ints) -> Floats:
    """Returns minus predictions on any rows; NaN on rows that no estimation may use."""
    history, prediction = sample.history, sample.abnormal.prediction
    allowed = np.where(rows >= 1, rows, -1)
    normal = np.repeat(prediction.intercept[:, None], rows.shape[1], axis=1)
    for k in range(history.factors.shape[1]):
        slope = prediction.slopes[:, k]
        if np.any(slope != 0):
            normal = normal + slope[:, None] * take_or_nan(history.factors[:, k], allowed)
    residual = take_or_nan(history.returns, allowed) - normal
    excluded = take_or_nan(history.excluded.astype(float), allowed) != 0
    return np.where(excluded, np.nan, residual)


def group_members(events: Sequence[Event], by: Grouping = "category") -> dict[str, Bools]:
    """Members of "all" and of each group that occurs, in alphabetical order."""
    names = np.array([str(getattr(event, by)) for event in events], dtype=object)
    members = {
        name: names == name for name in sorted(set(names.tolist())) if name and name != ALL_EVENTS
    }
    return {ALL_EVENTS: np.ones(len(names), dtype=bool), **members}


# ---- groups with the same events


class GroupRow(Protocol):
    """A row of a result that names its group."""

    @property
    def group(self) -> str:
        """`all`, or a category."""
        ...


Row = TypeVar("Row", bound=GroupRow)


def map_equal_groups(members: Mapping[str, Bools]) -> dict[str, str]:
    """For each group the first one with the same events: itself, unless it repeats one.

    A study of one category has the same events in "all" and in that category: one question,
    which counts once in the number of comparisons that a p-value is corrected for.

    Args:
        members: which of N events each group holds, (N,).
    """
    first: dict[bytes, str] = {}
    return {name: first.setdefault(member.tobytes(), name) for name, member in members.items()}


def distinct_groups(members: Mapping[str, Bools]) -> dict[str, Bools]:
    """The groups that repeat no other, in their order."""
    same = map_equal_groups(members)
    return {name: member for name, member in members.items() if same[name] == name}


def expand_to_groups(rows: Iterable[Row], members: Mapping[str, Bools]) -> tuple[Row, ...]:
    """Rows of the distinct groups, listed for each group in turn with the same numbers."""
    of_group: dict[str, list[Row]] = {}
    for row in rows:
        of_group.setdefault(row.group, []).append(row)
    return tuple(
        row if row.group == name else replace(row, group=name)  # type: ignore[type-var]
        for name, first in map_equal_groups(members).items()
        for row in of_group.get(first, ())
    )
