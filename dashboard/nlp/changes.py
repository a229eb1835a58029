"""Changes of a rate in per cent, as sentences state them, and the base of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.models.article import Exactness
from dashboard.nlp.currencies import (
    DOWN,
    FLAGS,
    FRACTIONS,
    QUALIFIER,
    RATE_PATTERN,
    UP,
    exactness_from_word,
    parse_number,
)
from dashboard.nlp.dates import MONTH_PATTERN

_PERCENTAGE: Final = (
    rf"(?:{QUALIFIER}\s+(?:на\s+)?)?(?:(?P<value>{RATE_PATTERN})\s*(?:%|per\s?cent\b|процент\w*)"
    rf"|(?:an?\s+)?(?P<part>{'|'.join(FRACTIONS)})\b)"
)
_BY_VERB: Final = re.compile(
    rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN}))\b(?:\s+(?:against|to|к)\s+(?:the\s+)?"
    r"(?:US\s+|U\.S\.\s+|Chinese\s+)?\w+)?"
    rf"(?:\s+(?:by|as much as|на))?\s+{_PERCENTAGE}",
    FLAGS,
)
_BEFORE_WORD: Final = re.compile(
    rf"{_PERCENTAGE}\s+(?:(?:(?P<up>stronger|higher|firmer|rally|gain|rise|jump)|"
    r"(?P<down>weaker|lower|fall|drop|loss|slide|decline))\b(?!\s+in\b))",
    FLAGS,
)
_AND_MORE: Final = re.compile(
    rf"\s*[^.;]{{0,60}}?\band\s+(?:by\s+)?{_PERCENTAGE}\s+(?=since|from|over|in)", FLAGS
)

_BASES: Final = {
    "year_start": r"since the (?:start|beginning) of (?:the year|20\d\d)|since january\b(?!\s+\d)"
    r"|(?:so far )?this year|year[ -]to[ -]date|с начала года",
    "year_end": r"(?:since|than|from|at) (?:at )?the end of last year|с конца прошлого года",
    "month_start": r"since the (?:start|beginning) of the month|(?:so far )?this month"
    r"|с начала месяца",
    "previous": r"on the day|from the previous (?:close|day)|since the previous close|at the open"
    r"|за день",
    "week": r"this week|(?:on|over|in) (?:the|a|the past) week|in a week|за неделю|с начала недели",
    "month": r"(?:on|over|in) (?:the past|a|the last) month|за месяц",
    "year": r"(?:than|from) a year (?:ago|earlier)|(?:over|in) (?:the past|a|the last) year"
    r"|year[ -]on[ -]year|за год",
}
_BASE: Final = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _BASES.items())
    + r"|(?:since|from|с|со)\s+"
    r"(?P<when>(?:(?:early|mid|late|the end of|начала|конца|середины)[ -])?"
    rf"(?:\d{{1,2}}\s+)?(?:{MONTH_PATTERN})\b\.?(?:\s+\d{{1,2}},)?(?:\s+(?:19|20)\d\d)?)",
    FLAGS,
)


@dataclass(frozen=True, slots=True)
class ChangeMention:
    """A change as it is stated; `rises` refers to its own subject."""

    phrase: str
    start: int
    value: float
    decimals: int
    exactness: Exactness
    rises: bool
    base: str
    when: str


def find_changes(text: str) -> Iterator[ChangeMention]:
    """The changes in per cent of a sentence."""
    matches = [*_BY_VERB.finditer(text), *_BEFORE_WORD.finditer(text)]
    starts = sorted(match.start() for match in matches)
    for match in matches:
        stop = min((end for end in starts if end > match.start()), default=len(text))
        more = _AND_MORE.match(text, match.end())
        is_up = match["up"] is not None
        until = more.start("how" if more["how"] else 0) if more else stop
        yield _change_from_match(text, match, is_up, (match.end(), until))
        if more:
            yield _change_from_match(text, more, is_up, (more.end(), stop))


def _change_from_match(
    text: str,
    match: re.Match[str],
    rises: bool,  # noqa: FBT001
    after: tuple[int, int],
) -> ChangeMention:
    if match["part"]:
        value, decimals = FRACTIONS[match["part"].lower()], 0
    else:
        value, decimals = parse_number(match["value"])
    base = _BASE.search(text, *after) or _last_base(text[: match.start()])
    names = {name: phrase for name, phrase in base.groupdict().items() if phrase} if base else {}
    when = names.pop("when", "")
    name = "since" if when else next(iter(names), "previous")
    return ChangeMention(
        match[0].strip(),
        match.start(),
        value,
        decimals,
        exactness_from_word(match["how"]),
        rises,
        name,
        when,
    )


def _last_base(before: str) -> re.Match[str] | None:
    return max(_BASE.finditer(before), key=lambda match: match.start(), default=None)
