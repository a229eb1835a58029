"""Here: work runs in this process, one task after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dashboard.compute.base import Answer, Task


class Here:
    """The place that is always there."""

    id = "here"

    def map(self, function: Callable[[Task], Answer], tasks: Iterable[Task]) -> list[Answer]:
        """The answer to each task, in the order of the tasks."""
        return [function(task) for task in tasks]
