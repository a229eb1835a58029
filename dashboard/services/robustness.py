"""Robustness checks: the specification curve, computed at once or in a background run."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dashboard.eventstudy.specification_curve import (
    SpecificationResult,
    run_specification,
    summarise_specifications,
)
from dashboard.eventstudy.study import get_normal_model
from dashboard.models.analyses import RobustnessAnswer, Specification, SpecificationGrid
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.event import Event
from dashboard.models.series import RateSeries
from dashboard.services.study import common_bar_minutes

if TYPE_CHECKING:
    from dashboard.compute.base import ComputeBackend


# ------------------------------------------------------------
# Run a robustness check: the specification curve over a grid of choices.


def run_robustness(  # noqa: PLR0913 - a grid of studies has this many parts
    grid: SpecificationGrid,
    series: Sequence[RateSeries],
    events: Sequence[Event],
    factors: Sequence[RateSeries] = (),
    *,
    seed: int = 1,
    categories: int = 1,
    compute: ComputeBackend | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RobustnessAnswer:
    """Every specification of a grid on the events.

    Args:
        grid: the choices; it names the series.
        series: the series the grid names.
        events: the events to study.
        factors: factors for the models that need them.
        seed: of every study.
        categories: how many categories could be asked about; see `count_categories`.
        compute: where the work runs; in this process if None.
        told: called with (done, all) after each specification, for a progress bar; it may
            raise to cancel.

    Raises:
        InputError: for a series that is not given or a model that is not known.
    """
    by_id = {one_series.card.id: one_series for one_series in series}
    for name in grid.series:
        if name not in by_id:
            msg = f"series {name}: not among those given: {', '.join(by_id)}"
            raise InputError(msg)
    common_bar_minutes(series, factors)
    for model in grid.models:
        get_normal_model(model)
    chosen = grid.specifications()
    done = 0

    def one(specification: Specification) -> SpecificationResult:
        nonlocal done
        found = run_specification(specification, by_id[specification.series], events, factors, seed)
        done += 1
        if progress is not None:
            progress(done, len(chosen))
        return found

    found = compute.map(one, chosen) if compute else [one(one_series) for one_series in chosen]
    return summarise_specifications(found, [by_id[name] for name in grid.series], seed, categories)


def count_categories(events: Iterable[Event]) -> int:
    """How many categories the events have, each of which could be asked about; 1 at least."""
    return max(1, len({event.category for event in events if event.category}))


# ------------------------------------------------------------
# Run a robustness check behind a page: in small pieces, watched, and ended when nobody looks.


log: Final = logging.getLogger("dashboard.robustness")
MAX_SPECIFICATIONS: Final = 5_000
"""More than this are refused: nobody reads them, and others wait for the processor."""
YIELD_SECONDS: Final = 0.002
"""Seconds between two specifications, in which other readers are served."""
IDLE_SECONDS: Final = 15.0
"""Seconds without anybody looking after which a run ends itself: the page was left."""
MAX_CACHED_ANSWERS: Final = 16
RUN_LOCK: Final = threading.Lock()
"""Runs of one process queue here, so that ten readers do not share one processor ten ways."""


class RunCancelled(Exception):
    """Raised inside a run to end it."""


@dataclass(frozen=True, slots=True)
class RobustnessRequest:
    """What a run is about."""

    grid: SpecificationGrid
    series: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    factors: tuple[RateSeries, ...] = ()
    seed: int = 1
    categories: int = 1


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How a run is going: `done` of `total` specifications.

    `is_waiting` while another run goes first. A run that has ended has an `answer`, an
    `error` in one line, or was cancelled.
    """

    total: int
    done: int = 0
    is_waiting: bool = False
    is_cancelled: bool = False
    answer: RobustnessAnswer | None = None
    error: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return not (self.is_cancelled or self.error or self.answer is not None)


class AnswerCache:
    """The last answers of a process by their immutable keys; safe to share between threads."""

    def __init__(self, most: int = MAX_CACHED_ANSWERS) -> None:
        """Keep at most so many."""
        self._max_size = most
        self._answers: OrderedDict[Hashable, RobustnessAnswer] = OrderedDict()
        self._changing = threading.Lock()

    def get(self, key: Hashable) -> RobustnessAnswer | None:
        """The answer under a key, or None."""
        with self._changing:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def store(self, key: Hashable, answer: RobustnessAnswer) -> None:
        """Keep an answer; the one that nobody asked for longest makes room."""
        with self._changing:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._max_size:
                self._answers.popitem(last=False)


class RobustnessRun:
    """One run of one reader, in a thread of its own."""

    def __init__(
        self,
        key: Hashable,
        query: RobustnessRequest,
        cache: AnswerCache,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Prepare a run; `start` begins it.

        Args:
            key: under which the answer is kept; it must say everything that `asked` holds.
            asked: what to run.
            kept: where the answer goes.
            patience: seconds without a call of `look` after which the run ends itself.
        """
        self.key = key
        self._asked, self._answers, self._patience = query, cache, idle_seconds
        self._state = RunProgress(len(query.grid.specifications()), is_waiting=True)
        self._stop = threading.Event()
        self._polled_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="robustness", daemon=True)

    def start(self) -> RobustnessRun:
        """Begin; returns at once."""
        self._thread.start()
        return self

    def look(self) -> RunProgress:
        """How it goes; a page that looks keeps the run alive."""
        self._polled_at = time.monotonic()
        return self._state

    def cancel(self) -> None:
        """End it after the specification under way; what is done is thrown away."""
        self._stop.set()

    def wait(self, seconds: float) -> RunProgress:
        """Wait for the end, for a test; looking all the while."""
        until = time.monotonic() + seconds
        while self._thread.is_alive() and time.monotonic() < until:
            self._thread.join(0.05)
            self._polled_at = time.monotonic()
        return self._state

    def _run(self) -> None:
        try:
            while not RUN_LOCK.acquire(timeout=0.1):
                self._end_if_unwanted(0.0)
            try:
                self._state = replace(self._state, is_waiting=False)
                answer = self._answer()
            finally:
                RUN_LOCK.release()
            self._answers.store(self.key, answer)
            self._state = replace(self._state, done=self._state.total, answer=answer)
        except RunCancelled:
            self._state = replace(self._state, is_cancelled=True, is_waiting=False)
        except RoubleReactionError as error:
            self._state = replace(self._state, error=str(error), is_waiting=False)
        except Exception:
            log.exception("a robustness run failed")
            message = "the run failed; the log of the program says more"
            self._state = replace(self._state, error=message, is_waiting=False)

    def _answer(self) -> RobustnessAnswer:
        query = self._asked
        self._end_if_unwanted(0.0)
        return run_robustness(
            query.grid, query.series, query.events, query.factors,
            seed=query.seed, categories=query.categories, progress=self._told,
        )  # fmt: skip

    def _told(self, done: int, _total: int) -> None:
        self._state = replace(self._state, done=done)
        self._end_if_unwanted(YIELD_SECONDS)

    def _end_if_unwanted(self, pause: float) -> None:
        """Give the processor away for a moment, and end where the run is no longer wanted."""
        if self._stop.wait(pause) or time.monotonic() - self._polled_at > self._patience:
            raise RunCancelled


def count_specifications(grid_lengths: Sequence[int]) -> int:
    """How many combinations so many choices of each kind give."""
    product = 1
    for length in grid_lengths:
        product *= length
    return product
