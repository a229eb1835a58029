"""Local backend: tasks run in this process, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dashboard.compute.base import Task, TaskResult


class LocalBackend:
    """The place that is always there."""

    id = "local"

    def map(
        self, function: Callable[[Task], TaskResult], tasks: Iterable[Task]
    ) -> list[TaskResult]:
        """The answer to each task, in the order of the tasks."""
        return [function(task) for task in tasks]
