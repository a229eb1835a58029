"""Attrition: where on the way from listed to used each event of a group was lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.domain.comparison import Step, StepName
from dashboard.domain.study import Skipped, Window, window_text
from dashboard.engine.bars import HOUR_PUBLISHED, HOUR_UNKNOWN

STEPS: Final[tuple[StepName, ...]] = ("listed", "dated", "inside", "history", "apart", "used")
BEGINNINGS: Final[dict[str, StepName]] = {
    "no series ": "dated",
    HOUR_UNKNOWN: "dated",
    HOUR_PUBLISHED: "dated",
    "the series has no observations": "inside",
    "after the data": "inside",
    "before the data": "inside",
    "too little history": "history",
    "its event window overlaps": "apart",
    "window ": "used",
}
"""How the reasons of a skipped event begin, and the step that it is lost at."""


def step_of(reason: str) -> StepName:
    """The step at which an event is lost for this reason.

    Raises:
        ValueError: nobody gives such a reason.
    """
    for beginning, step in BEGINNINGS.items():
        if reason.startswith(beginning):
            return step
    msg = f"no step of the attrition has the reason: {reason}"
    raise ValueError(msg)


def attrition(listed: int, skipped: Sequence[Skipped], window: Window) -> tuple[Step, ...]:
    """The events left after each step, and those lost there; the numbers add up.

    Args:
        listed: how many events the group has.
        skipped: the events with their reasons; an event without a CAR in another window than
            the one asked for is not lost.
        window: the CAR window that an event must have.
    """
    lost: dict[StepName, list[Skipped]] = {name: [] for name in STEPS}
    ours = f"window {window_text(window)}"
    for row in skipped:
        step = step_of(row.reason)
        if step != "used" or row.reason.startswith(ours):
            lost[step].append(row)
    steps, left = [], listed
    for name in STEPS:
        left -= len(lost[name])
        steps.append(Step(name, left, tuple(lost[name])))
    return tuple(steps)
