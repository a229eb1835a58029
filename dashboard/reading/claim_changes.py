"""Changes in per cent: by how much, up or down, and from which base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.domain.article import Exactness
from dashboard.reading.calendar_words import MONTH
from dashboard.reading.rate_words import NUMBER, PARTS, QUALIFIER, exactness_of, number_in

_FLAGS: Final = re.IGNORECASE
_UP: Final = (
    r"gains? of|gain(?:s|ed)?|rise of|ris(?:en|es)|rose"
    r"|strengthen(?:s|ed)?|appreciat(?:es|ed)|added|adds|firm(?:s|ed)"
    r"|ralli(?:es|ed)|advanced|jumped|surged|climbed|soared|up|higher|stronger"
    r"|укрепил(?:ся|ась)|подорожал[аи]?|вырос(?:ла|ло|ли)?|прибавил[аи]?|окреп(?:ла)?"
)
_DOWN: Final = (
    r"lost|loss of|drop of|fall of"
    r"|loses?|fall(?:en|s)|fell|weaken(?:s|ed)?|depreciat(?:es|ed)|dropped|slid|tumbled|sank"
    r"|plunged|shed|down|lower|weaker|slipped|declined|eased"
    r"|ослаб(?:ла)?|подешевел[аи]?|упал[аи]?|потерял[аи]?|снизил(?:ся|ась)|обесценил(?:ся|ась)"
)
_SHARE: Final = (
    rf"(?:{QUALIFIER}\s+(?:на\s+)?)?(?:(?P<value>{NUMBER})\s*(?:%|per\s?cent\b|процент\w*)"
    rf"|an?\s+(?P<part>{'|'.join(PARTS)})\b)"
)
_BY_VERB: Final = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?:\s+(?:against|to|к)\s+(?:the\s+)?\w+)?"
    rf"(?:\s+(?:by|as much as|на))?\s+{_SHARE}",
    _FLAGS,
)
_BEFORE_WORD: Final = re.compile(
    rf"{_SHARE}\s+(?:(?P<up>stronger|higher|firmer)|(?P<down>weaker|lower))", _FLAGS
)
_AND_MORE: Final = re.compile(
    rf"\s*[^.;]{{0,60}}?\band\s+(?:by\s+)?{_SHARE}\s+(?=since|from|over|in)", _FLAGS
)

_BASES: Final = {
    "year_start": r"since the (?:start|beginning) of the year|since january|(?:so far )?this year"
    r"|year[ -]to[ -]date|с начала года",
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
    "|".join(f"(?P<{name}>{words})" for name, words in _BASES.items())
    + rf"|(?:since|from|с|со)\s+(?P<when>(?:(?:early|mid|late|начала|конца|середины)[ -])?"
    rf"(?:\d{{1,2}}\s+)?(?:{MONTH})\b\.?(?:\s+\d{{1,2}},)?(?:\s+(?:19|20)\d\d)?)",
    _FLAGS,
)


@dataclass(frozen=True, slots=True)
class SaidChange:
    """A change as it is said; `rises` is told of its own subject."""

    phrase: str
    start: int
    value: float
    decimals: int
    exactness: Exactness
    rises: bool
    base: str
    when: str


def changes_in(text: str) -> Iterator[SaidChange]:
    """The changes in per cent of a sentence."""
    found = [*_BY_VERB.finditer(text), *_BEFORE_WORD.finditer(text)]
    ends = sorted(each.start() for each in found)
    for each in found:
        stop = min((end for end in ends if end > each.start()), default=len(text))
        more = _AND_MORE.match(text, each.end())
        is_up = each["up"] is not None
        until = more.start("how" if more["how"] else 0) if more else stop
        yield _change(text, each, is_up, (each.end(), until))
        if more:
            yield _change(text, more, is_up, (more.end(), stop))


def _change(text: str, found: re.Match[str], rises: bool, after: tuple[int, int]) -> SaidChange:  # noqa: FBT001
    if found["part"]:
        value, decimals = PARTS[found["part"].lower()], 0
    else:
        value, decimals = number_in(found["value"])
    base = _BASE.search(text, *after) or _last_base(text[: found.start()])
    names = {name: words for name, words in base.groupdict().items() if words} if base else {}
    when = names.pop("when", "")
    name = "since" if when else next(iter(names), "previous")
    return SaidChange(
        found[0].strip(),
        found.start(),
        value,
        decimals,
        exactness_of(found["how"]),
        rises,
        name,
        when,
    )


def _last_base(before: str) -> re.Match[str] | None:
    return max(_BASE.finditer(before), key=lambda each: each.start(), default=None)
