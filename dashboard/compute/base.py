"""The form of a place where work runs, and the recipe for a new one.

1. `compute/<id>.py`: a class with `id = "<id>"` that fits `Compute`.
2. One import and one entry in `COMPUTE_PLACES` (`compute/__init__.py`); the tests in
   `tests/contracts/test_compute_places.py` hold for all.
3. `assembly.py` chooses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar, runtime_checkable

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@runtime_checkable
class Compute(Protocol):
    """A place where independent pieces of work run."""

    @property
    def id(self) -> str:
        """The id of the place: the name of its module."""

    def map(self, function: Callable[[Task], Answer], tasks: Iterable[Task]) -> list[Answer]:
        """The answer to each task, in the order of the tasks.

        An error of a task is raised as it is, and the tasks after it may not have run.
        """
