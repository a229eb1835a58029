"""The protocol of a compute backend, and the recipe for a new one.

1. `compute/<id>.py`: a class with `id = "<id>"` that fits `ComputeBackend`.
2. One import and one entry in `COMPUTE_BACKENDS` (`compute/__init__.py`); the tests in
   `tests/contracts/test_compute_backends.py` hold for all.
3. `container.py` chooses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar, runtime_checkable

Task = TypeVar("Task")
TaskResult = TypeVar("TaskResult")


@runtime_checkable
class ComputeBackend(Protocol):
    """A place where independent pieces of work run."""

    @property
    def id(self) -> str:
        """The id of the place: the name of its module."""

    def map(
        self, function: Callable[[Task], TaskResult], tasks: Iterable[Task]
    ) -> list[TaskResult]:
        """The answer to each task, in the order of the tasks.

        An error of a task is raised as it is, and the tasks after it may not have run.
        """
