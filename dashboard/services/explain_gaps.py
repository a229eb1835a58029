"""Explain gaps: why a study has no value where one would look for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from dashboard.domain.study import StudyAnswer, window_text

NAMED: Final = 3
"""So many places or events are named, the rest are counted."""
REASONS: Final = 5


def not_applicable(answer: StudyAnswer) -> list[str]:
    """A sentence for each reason why tests have no value in the CAR windows.

    Returns:
        `bmp, overlap_t (all, energy): needs at least 2 events that differ`; the window stands
        beside the group where the study has several.
    """
    several = len(answer.request.cars) > 1
    places: dict[tuple[str, str], list[str]] = {}
    for row in answer.tests:
        if row.window in answer.request.cars and np.isnan(row.p_value):
            place = f"{row.group} {window_text(row.window)}" if several else row.group
            places.setdefault((row.note, row.test), []).append(place)
    tests: dict[tuple[str, str], list[str]] = {}
    for (reason, test), found in places.items():
        tests.setdefault((reason, _named(found)), []).append(test)
    return [f"{', '.join(names)} ({where}): {why}" for (why, where), names in tests.items()]


def skipped_reasons(answer: StudyAnswer) -> list[str]:
    """A sentence for each reason why events are skipped, the most frequent first.

    Returns:
        `2 x no series Z in this study (a, b)`; after five reasons the rest are counted.
    """
    events: dict[str, list[str]] = {}
    for row in answer.skipped:
        events.setdefault(row.reason, []).append(row.event_id)
    ordered = sorted(events.items(), key=lambda each: -len(each[1]))
    found = [f"{len(ids)} x {why} ({_named(ids)})" for why, ids in ordered[:REASONS]]
    left = len(ordered) - len(found)
    if left > 0:
        more = "more reason" if left == 1 else "more reasons"
        found.append(f"{left} {more}, all of them with --out or --json")
    return found


def _named(names: Iterable[str]) -> str:
    each: Sequence[str] = list(dict.fromkeys(names))
    rest = f" and {len(each) - NAMED} more" if len(each) > NAMED else ""
    return ", ".join(each[:NAMED]) + rest
