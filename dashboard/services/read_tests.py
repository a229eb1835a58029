"""Read tests: which tests of a study to read first, and what must be known beside each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.domain.study import StudyAnswer, TestResult
from dashboard.engine.cautions import brief_caution
from dashboard.engine.recommended import first_to_read, reading_for
from dashboard.engine.size_table import STUDIES


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test of one group and window, with what to know beside it.

    `first` marks the tests to read whatever the dates are like; `beside` says in a few words
    that the test does not apply, or that it misleads with such dates; else it is empty.
    """

    __test__ = False

    result: TestResult
    first: bool
    beside: str

    @property
    def words(self) -> str:
        """How to read it: what to know beside it, else whether it is among the first."""
        return self.beside or ("read first" if self.first else "")


def read_tests(answer: StudyAnswer) -> tuple[TestLine, ...]:
    """The tests of the CAR windows, in their order."""
    first = first_to_read()
    return tuple(
        TestLine(row, row.test in first, _beside(row))
        for row in answer.tests
        if row.window in answer.request.cars
    )


def reading_sentences(answer: StudyAnswer) -> tuple[str, ...]:
    """Which tests to read for each pattern of dates in a study, and what the words beside mean."""
    sentences = []
    for dates, groups in _groups(answer):
        also = reading_for(dates).also
        sentences.append(
            f"{', '.join(groups)}: {dates} dates. Read {' and '.join(first_to_read())} first"
            + (f"; sound with such dates too: {', '.join(also)}." if also else ".")
        )
    if sentences:
        sentences.append(
            f"Too often, too rarely: in brackets the share of {STUDIES:,} simulated studies without"
            " effect and with such dates in which the test rejects at the 5 % level."
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
