"""Read tests: which test of a study answers, and what must be known beside each other one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.domain.study import FEWEST_CLUSTERS, Headline, StudyAnswer, TestResult
from dashboard.engine.cautions import brief_caution
from dashboard.engine.headline import HEADLINE, LEVEL
from dashboard.engine.recommended import reading_for

__all__ = [
    "FEWEST_CLUSTERS",
    "HEADLINE",
    "ROLE",
    "TestLine",
    "is_unusual",
    "read_tests",
    "reading_sentences",
]

ROLE: Final = "headline"
"""The role of the test that answers: declared before any data were looked at."""


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test of one group and window, with what to know beside it.

    `declared` marks the test that answers; `beside` says in a few words that a test does not
    apply, or that it misleads with such dates; else it is empty.
    """

    __test__ = False

    result: TestResult
    declared: bool
    beside: str

    @property
    def words(self) -> str:
        """How to read it: what to know beside it, else whether it is the one that answers."""
        declared = "the declared test" if self.declared else ""
        return "; ".join(text for text in (declared, self.beside) if text)


def is_unusual(found: Headline) -> bool:
    """Whether the declared test rejects at 5 % after correction; False without a verdict."""
    return not found.reason and found.p_adjusted <= LEVEL


def read_tests(answer: StudyAnswer) -> tuple[TestLine, ...]:
    """The tests of the CAR windows, the declared one first, the others in their order."""
    lines = [
        TestLine(row, row.role == ROLE, _beside(row))
        for row in answer.tests
        if row.window in answer.request.cars
    ]
    return tuple(sorted(lines, key=lambda line: not line.declared))


def reading_sentences(answer: StudyAnswer) -> tuple[str, ...]:
    """Which tests are sound for each pattern of dates, and what the words beside them mean."""
    sentences = []
    for dates, groups in _groups(answer):
        reading = reading_for(dates)
        sound = [test for test in (*reading.first, *reading.also) if test != HEADLINE]
        sentences.append(
            f"{', '.join(groups)}: {dates} dates. {HEADLINE} answers"
            + (f"; sound with such dates too: {', '.join(sound)}." if sound else ".")
        )
    if sentences:
        sentences.append(
            "Too often, too rarely: in brackets the share of simulated studies without effect and"
            " with such dates in which the test rejects at the 5 % level."
        )
    return tuple(sentences)


def _groups(answer: StudyAnswer) -> Iterator[tuple[str, list[str]]]:
    pattern = {row.group: row.dates for row in answer.tests}
    for dates in dict.fromkeys(pattern.values()):
        yield dates, [group for group, each in pattern.items() if each == dates]


def _beside(row: TestResult) -> str:
    if math.isnan(row.p_value):
        return f"does not apply: {row.note.removeprefix('does not apply: ')}"
    return brief_caution(row.test, row.dates)
