"""The dates that a sentence says, resolved against the day it was printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from dashboard.domain.article import Precision, SaidDate
from dashboard.reading.clock_words import clock_in
from dashboard.reading.date_phrases import RULES, Printed, Rule, Unresolved

MOST: Final = 10
"""Phrases for dates that are looked at in one sentence; more are a table, no sentence."""

UNDATED: Final = "the text's own date is not known"


def said_dates(
    sentence: str, printed: Printed, is_future: Callable[[int, int], bool]
) -> tuple[SaidDate, ...]:
    """The dates of a sentence in its order, none inside another.

    Args:
        sentence: one sentence.
        printed: what relative dates count from.
        is_future: whether the words from one place to another are told of the future.
    """
    found = sorted(_matches(sentence), key=lambda each: (each[0].start(), -each[0].end()))[:MOST]
    dates: list[SaidDate] = []
    done = 0
    for match, rule in found:
        if match.start() < done:
            continue
        done = match.end()  # a date that does not exist leaves no other inside it
        future = is_future(match.start(), match.end())
        said = _resolved(match, rule, replace(printed, is_future=future))
        if said is not None:
            dates.append(said)
            is_day = said.precision is Precision.DAY and said.day is not None
            printed = replace(printed, anchor=said.day) if is_day else printed
    return clock_in(sentence, tuple(dates), printed.anchor)


def _matches(sentence: str) -> Iterator[tuple[re.Match[str], Rule]]:
    for pattern, rule in RULES:
        for match in pattern.finditer(sentence):
            if _is_written_as_a_name(match):
                yield match, rule


def _is_written_as_a_name(match: re.Match[str]) -> bool:
    """English days and months have a capital; "may" and "march" are words else."""
    name = match.groupdict().get("name") or ""
    return not name.isascii() or name[:1].isupper() or not name


def _resolved(match: re.Match[str], rule: Rule, printed: Printed) -> SaidDate | None:
    try:
        meant = rule(match, printed)
    except Unresolved:
        return SaidDate(match[0], match.start(), Precision.NONE, doubt=UNDATED)
    except (ValueError, OverflowError):
        return None
    if meant is None:
        return None
    known = meant.precision is not Precision.NONE
    return SaidDate(
        match[0], match.start(), meant.precision, meant.first if known else None,
        meant.last if known else None, doubt=meant.doubt,
    )  # fmt: skip
