"""Run a robustness check behind a page: in small pieces, watched, and ended when nobody looks."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import Event
from dashboard.domain.robustness import Grid, RobustnessAnswer
from dashboard.domain.series import RateSeries
from dashboard.services.run_robustness import run_robustness

log: Final = logging.getLogger("dashboard.robustness")
MOST_SPECIFICATIONS: Final = 5_000
"""More than this are refused: nobody reads them, and others wait for the processor."""
PAUSE: Final = 0.002
"""Seconds between two specifications, in which other readers are served."""
PATIENCE: Final = 15.0
"""Seconds without anybody looking after which a run ends itself: the page was left."""
KEPT: Final = 16
ONE_AT_A_TIME: Final = threading.Lock()
"""Runs of one process queue here, so that ten readers do not share one processor ten ways."""


class Cancelled(Exception):
    """Raised inside a run to end it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is about."""

    grid: Grid
    series: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    factors: tuple[RateSeries, ...] = ()
    seed: int = 1
    categories: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
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


class KeptAnswers:
    """The last answers of a process by their immutable keys; safe to share between threads."""

    def __init__(self, most: int = KEPT) -> None:
        """Keep at most so many."""
        self._most = most
        self._answers: OrderedDict[Hashable, RobustnessAnswer] = OrderedDict()
        self._changing = threading.Lock()

    def get(self, key: Hashable) -> RobustnessAnswer | None:
        """The answer under a key, or None."""
        with self._changing:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def keep(self, key: Hashable, answer: RobustnessAnswer) -> None:
        """Keep an answer; the one that nobody asked for longest makes room."""
        with self._changing:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


class RobustnessRun:
    """One run of one reader, in a thread of its own."""

    def __init__(
        self, key: Hashable, asked: Asked, kept: KeptAnswers, patience: float = PATIENCE
    ) -> None:
        """Prepare a run; `start` begins it.

        Args:
            key: under which the answer is kept; it must say everything that `asked` holds.
            asked: what to run.
            kept: where the answer goes.
            patience: seconds without a call of `look` after which the run ends itself.
        """
        self.key = key
        self._asked, self._kept, self._patience = asked, kept, patience
        self._state = Progress(len(asked.grid.specifications()), is_waiting=True)
        self._stop = threading.Event()
        self._looked_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="robustness", daemon=True)

    def start(self) -> RobustnessRun:
        """Begin; returns at once."""
        self._thread.start()
        return self

    def look(self) -> Progress:
        """How it goes; a page that looks keeps the run alive."""
        self._looked_at = time.monotonic()
        return self._state

    def cancel(self) -> None:
        """End it after the specification under way; what is done is thrown away."""
        self._stop.set()

    def wait(self, seconds: float) -> Progress:
        """Wait for the end, for a test; looking all the while."""
        until = time.monotonic() + seconds
        while self._thread.is_alive() and time.monotonic() < until:
            self._thread.join(0.05)
            self._looked_at = time.monotonic()
        return self._state

    def _run(self) -> None:
        try:
            while not ONE_AT_A_TIME.acquire(timeout=0.1):
                self._end_if_unwanted(0.0)
            try:
                self._state = replace(self._state, is_waiting=False)
                answer = self._answer()
            finally:
                ONE_AT_A_TIME.release()
            self._kept.keep(self.key, answer)
            self._state = replace(self._state, done=self._state.total, answer=answer)
        except Cancelled:
            self._state = replace(self._state, is_cancelled=True, is_waiting=False)
        except RoubleReactionError as error:
            self._state = replace(self._state, error=str(error), is_waiting=False)
        except Exception:
            log.exception("a robustness run failed")
            said = "the run failed; the log of the program says more"
            self._state = replace(self._state, error=said, is_waiting=False)

    def _answer(self) -> RobustnessAnswer:
        asked = self._asked
        self._end_if_unwanted(0.0)
        return run_robustness(
            asked.grid, asked.series, asked.events, asked.factors,
            seed=asked.seed, categories=asked.categories, told=self._told,
        )  # fmt: skip

    def _told(self, done: int, _total: int) -> None:
        self._state = replace(self._state, done=done)
        self._end_if_unwanted(PAUSE)

    def _end_if_unwanted(self, pause: float) -> None:
        """Give the processor away for a moment, and end where the run is no longer wanted."""
        if self._stop.wait(pause) or time.monotonic() - self._looked_at > self._patience:
            raise Cancelled


def count_specifications(grid_lengths: Sequence[int]) -> int:
    """How many combinations so many choices of each kind give."""
    product = 1
    for length in grid_lengths:
        product *= length
    return product
