"""Robustness checks: the specification curve, computed directly or in a background run."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from dashboard import __version__
from dashboard.eventstudy.specification_curve import (
    SpecificationResult,
    run_specification,
    summarise_specifications,
)
from dashboard.eventstudy.study import get_normal_model
from dashboard.models.analyses import RobustnessAnswer, Specification, SpecificationGrid
from dashboard.models.errors import InputError, RoubleReactionError, StoreError
from dashboard.models.event import Event
from dashboard.models.messages import keep_language
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.services.study import common_bar_minutes

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from dashboard.compute.base import ComputeBackend


log: Final = logging.getLogger("dashboard.robustness")

MAX_SPECIFICATIONS: Final = 5_000
"""The limit of a background run: the processor is shared by all users."""
YIELD_SECONDS: Final = 0.002
"""The pause between two specifications, in which other requests are served."""
IDLE_SECONDS: Final = 15.0
"""A run ends itself after so many seconds without a poll: the page was left."""
MAX_CACHED_ANSWERS: Final = 16
RUN_LOCK: Final = threading.Lock()
MAX_RUNS: Final = 9
"""One that is computed, and those that wait for it."""
RUN_PLACES: Final = threading.BoundedSemaphore(MAX_RUNS)
"""Serialises the runs of a process."""


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
    """Compute every specification of a grid.

    Args:
        grid: the choices, with the ids of the series.
        series: the series of the grid.
        events: the events to study.
        factors: factors for the models that need them.
        seed: the seed of every study.
        categories: the number of categories that could be studied; see `count_categories`.
        compute: where the work runs; in this process if None.
        progress: called with (done, all) after each specification; it may raise to cancel.

    Raises:
        InputError: a series of the grid is missing, or a model is unknown.
    """
    by_id = {item.card.id: item for item in series}
    for name in grid.series:
        if name not in by_id:
            msg = _(
                "series {name}: not among those given: {by_id}", name=name, by_id=", ".join(by_id)
            )
            raise InputError(msg)
    common_bar_minutes(series, factors)
    for model in grid.models:
        get_normal_model(model)
    chosen = grid.specifications()
    done = 0

    def run(specification: Specification) -> SpecificationResult:
        nonlocal done
        result = run_specification(
            specification, by_id[specification.series], events, factors, seed
        )
        done += 1
        if progress is not None:
            progress(done, len(chosen))
        return result

    results = compute.map(run, chosen) if compute else [run(choice) for choice in chosen]
    return summarise_specifications(
        results, [by_id[name] for name in grid.series], seed, categories
    )


def count_categories(events: Iterable[Event]) -> int:
    """The number of categories of the events, each of which could be studied; at least 1."""
    return max(1, len({event.category for event in events if event.category}))


# ---- background runs


class RunCancelled(Exception):
    """Raised inside a run to end it."""


@dataclass(frozen=True, slots=True)
class RobustnessRequest:
    """The arguments of a run; see `run_robustness`."""

    grid: SpecificationGrid
    series: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    factors: tuple[RateSeries, ...] = ()
    seed: int = 1
    categories: int = 1


@dataclass(frozen=True, slots=True)
class RunProgress:
    """The progress of a run: `done` of `total` specifications.

    `is_waiting` while another run is running. A finished run has an `answer`, an `error` in one
    line, or was cancelled.
    """

    total: int
    done: int = 0
    is_waiting: bool = False
    is_cancelled: bool = False
    answer: RobustnessAnswer | None = None
    error: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it has not finished."""
        return not (self.is_cancelled or self.error or self.answer is not None)


class AnswerTexts(Protocol):
    """Answers as text, shared by replicas; raises StoreError where it fails."""

    def get(self, key: str) -> str | None:
        """The text of a key, or None."""

    def store(self, key: str, content: str) -> None:
        """Store a text, unless the key has one."""


class AnswerCache:
    """A thread-safe LRU cache of the answers of a process, and of those of other replicas.

    Args:
        max_size: how many answers of the process.
        shared: the answers of all replicas; None where there is one process.
    """

    def __init__(
        self, max_size: int = MAX_CACHED_ANSWERS, shared: AnswerTexts | None = None
    ) -> None:
        self._max_size = max_size
        self._shared = shared
        self._answers: OrderedDict[Hashable, RobustnessAnswer] = OrderedDict()
        self._changing = threading.Lock()

    def get(self, key: Hashable) -> RobustnessAnswer | None:
        """The answer of a key, or None."""
        with self._changing:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = self._shared_answer(key)
        if answer is not None:
            self._remember(key, answer)
        return answer

    def store(self, key: Hashable, answer: RobustnessAnswer) -> None:
        """Store an answer and evict the least recently used."""
        self._remember(key, answer)
        if self._shared is not None:
            content = json.dumps(_answer_adapter().dump_python(answer))
            with _logged_failure():
                self._shared.store(_key_text(key), content)

    def _shared_answer(self, key: Hashable) -> RobustnessAnswer | None:
        if self._shared is not None:
            with _logged_failure():
                content = self._shared.get(_key_text(key))
                if content is not None:
                    return _answer_adapter().validate_python(json.loads(content))
        return None

    def _remember(self, key: Hashable, answer: RobustnessAnswer) -> None:
        with self._changing:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._max_size:
                self._answers.popitem(last=False)


def _key_text(key: Hashable) -> str:
    """The same text in every replica of a release."""
    return hashlib.sha256(f"{__version__} {key!r}".encode()).hexdigest()


@cache
def _answer_adapter() -> TypeAdapter[RobustnessAnswer]:
    from pydantic import TypeAdapter

    return TypeAdapter(RobustnessAnswer)


@contextmanager
def _logged_failure() -> Iterator[None]:
    """An answer that cannot be shared is computed by each replica."""
    try:
        yield
    except (StoreError, ValueError) as error:
        log.warning("an answer could not be shared: %s", error)


class RobustnessRun:
    """One run in a background thread."""

    def __init__(
        self,
        key: Hashable,
        query: RobustnessRequest,
        cache: AnswerCache,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """Prepare a run; `start` starts it.

        Args:
            key: the key of the answer in the cache; it must determine `query`.
            query: the arguments.
            cache: stores the answer.
            idle_seconds: the run ends itself after so many seconds without a call of `poll`.
        """
        self.key = key
        self._query, self._cache, self._idle_seconds = query, cache, idle_seconds
        self._state = RunProgress(len(query.grid.specifications()), is_waiting=True)
        self._stop = threading.Event()
        self._polled_at = time.monotonic()
        self._thread = threading.Thread(
            target=keep_language(self._run), name="robustness", daemon=True
        )

    def start(self) -> RobustnessRun:
        """Start the thread; returns at once."""
        self._thread.start()
        return self

    def poll(self) -> RunProgress:
        """The progress; polling keeps the run alive."""
        self._polled_at = time.monotonic()
        return self._state

    def cancel(self) -> None:
        """End the run after the present specification; its results are discarded."""
        self._stop.set()

    def wait(self, seconds: float) -> RunProgress:
        """Wait for the end and keep the run alive meanwhile."""
        until = time.monotonic() + seconds
        while self._thread.is_alive() and time.monotonic() < until:
            self._thread.join(0.05)
            self._polled_at = time.monotonic()
        return self._state

    def _run(self) -> None:
        if not RUN_PLACES.acquire(blocking=False):
            message = _("too many runs wait at present; try again in a minute")
            self._state = replace(self._state, error=message, is_waiting=False)
            return
        try:
            self._run_in_turn()
        finally:
            RUN_PLACES.release()

    def _run_in_turn(self) -> None:
        try:
            while not RUN_LOCK.acquire(timeout=0.1):
                self._check_wanted(0.0)
            try:
                self._state = replace(self._state, is_waiting=False)
                self._check_wanted(0.0)
                query = self._query
                answer = run_robustness(
                    query.grid, query.series, query.events, query.factors, seed=query.seed,
                    categories=query.categories, progress=self._report,
                )  # fmt: skip
            finally:
                RUN_LOCK.release()
            self._cache.store(self.key, answer)
            self._state = replace(self._state, done=self._state.total, answer=answer)
        except RunCancelled:
            self._state = replace(self._state, is_cancelled=True, is_waiting=False)
        except RoubleReactionError as error:
            self._state = replace(self._state, error=str(error), is_waiting=False)
        except Exception:
            log.exception("a robustness run failed")
            message = _("the run failed; the log of the program says more")
            self._state = replace(self._state, error=message, is_waiting=False)

    def _report(self, done: int, _total: int) -> None:
        self._state = replace(self._state, done=done)
        self._check_wanted(YIELD_SECONDS)

    def _check_wanted(self, pause: float) -> None:
        """Yield the processor, and end the run if it was cancelled or is no longer polled."""
        if self._stop.wait(pause) or time.monotonic() - self._polled_at > self._idle_seconds:
            raise RunCancelled
