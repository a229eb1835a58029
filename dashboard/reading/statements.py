"""Dated statements: who said or did what, when; candidates for a person to accept or dismiss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dashboard.domain.article import Precision, SaidDate, Statement
from dashboard.domain.event import Category
from dashboard.reading.claims import claims_in
from dashboard.reading.date_phrases import Printed
from dashboard.reading.kinds import kind_of_news
from dashboard.reading.said_dates import said_dates
from dashboard.reading.sentences import Sentence
from dashboard.reading.speakers import (
    Speaker,
    Verb,
    is_told_by_author,
    last_person_in,
    speaker_of,
    verbs_of,
)
from dashboard.reading.speech import is_future

TITLE_MOST: Final = 140

_BACKGROUND: Final = re.compile(
    r"\b(?:since|until|till|by|before|from|through|ending|than|pre-|с|со|до|к|после|от)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_SINCE_INSIDE: Final = re.compile(r"^(?:since|until|с|со|до)\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(
    r";\s+|,?\s+(?:while|whereas)\s+|,\s+(?:but|and|а|но|и|тогда как)\s+", re.IGNORECASE
)
_POINTS_BACK: Final = re.compile(
    r"\b(?:that|this|it|they|these|those|the (?:remarks?|measures|package|deal|plan|move)|his|her"
    r"|an?|это|эти|этого)\b",
    re.I,
)
_LISTED: Final = re.compile(r"^\W{0,3}$")


@dataclass(frozen=True, slots=True)
class Before:
    """What the sentences before leave behind: the last day, person and category."""

    anchor: date | None = None
    person: str = ""
    category: Category = Category.OTHER


def statements_in(
    sentence: Sentence, printed_on: date | None, before: Before
) -> tuple[tuple[Statement, ...], Before]:
    """The candidates of a sentence, and what it leaves behind for the next one."""
    dates = said_dates(
        sentence.own,
        Printed(printed_on, before.anchor),
        lambda start, end: is_future(sentence.own, start, end),
    )
    kind = kind_of_news(sentence.text)
    found = tuple(_candidates(sentence, dates, before)) if dates else ()
    days = [said.day for said in dates if said.day and said.precision is not Precision.MONTH]
    left = Before(
        anchor=days[0] if days else before.anchor,
        person=last_person_in(sentence.text) or before.person,
        category=found[-1].category if found else (before.category if kind == "other" else kind),
    )
    return found, left


def _candidates(
    sentence: Sentence, dates: tuple[SaidDate, ...], before: Before
) -> Iterator[Statement]:
    own_dates = tuple(said for said in dates if not _is_background(sentence.own, said))
    listed = next((said for said in own_dates if _is_listed(sentence.own, said)), None)
    if listed is not None:
        clause = _Clause(sentence, (listed.end, len(sentence.own)), is_first=True)
        yield from clause.candidate((listed,), before)
        return
    for number, span in enumerate(_clauses(sentence.own)):
        inside = tuple(said for said in own_dates if span[0] <= said.start < span[1])
        if inside:
            yield from _Clause(sentence, span, is_first=number == 0).candidate(inside, before)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in _CLAUSE.finditer(text):
        yield start, cut.start()
        start = cut.end()
    yield start, len(text)


def _is_background(text: str, said: SaidDate) -> bool:
    before = text[max(0, said.start - 20) : said.start]
    return bool(_BACKGROUND.search(before) or _SINCE_INSIDE.match(said.phrase))


def _is_listed(text: str, said: SaidDate) -> bool:
    """Whether a line begins with the date, as in a list of days: "6 August: …"."""
    is_at_start = _LISTED.match(text[: said.start])
    return bool(is_at_start and re.match(r"\s*[:–—]\s", text[said.end : said.end + 4]))


@dataclass(frozen=True, slots=True)
class _Clause:
    sentence: Sentence
    span: tuple[int, int]
    is_first: bool

    def candidate(self, dates: tuple[SaidDate, ...], before: Before) -> Iterator[Statement]:
        start, end = self.span
        own, text = self.sentence.own[start:end], self.sentence.text[start:end]
        best = self._told(own, dates, before)
        kind = self._kind(f"{best[1].name}: {text}" if best else text, before)
        if best is None:
            if self.is_first and kind != Category.OTHER and not claims_in(self.sentence.text):
                yield from self._untold(own, dates, kind)
            return
        said, speaker, says = best
        if (not says and claims_in(text)) or (not self.is_first and not speaker.is_known):
            return
        if not speaker.is_known and kind == Category.OTHER:
            return
        yield self._statement(said, speaker.name, kind)

    def _told(
        self, own: str, dates: tuple[SaidDate, ...], before: Before
    ) -> tuple[SaidDate, Speaker, bool] | None:
        """The date nearest to a word of saying or doing whose speaker is found."""
        pairs = [
            (self._distance(own, said, verb), verb.start, said, verb)
            for said in dates
            for verb in verbs_of(own)
        ]
        for *_, said, verb in sorted(pairs, key=lambda pair: pair[:2]):
            speaker = speaker_of(own, verb, before.person)
            if speaker is not None and (speaker.is_known or not verb.is_weak):
                return said, speaker, verb.says
        return None

    def _distance(self, own: str, said: SaidDate, verb: Verb) -> int:
        """Letters between a date and a word; a comma between them counts for many."""
        at, stop = said.start - self.span[0], said.end - self.span[0]
        between = own[stop : verb.start] if stop <= verb.start else own[verb.end : at]
        apart = 40 * between.count(",") + 60 * len(re.findall(r"\bthat\b", between))
        return len(between) + apart + 60 * verb.is_weak

    def _untold(self, own: str, dates: tuple[SaidDate, ...], kind: Category) -> Iterator[Statement]:
        """Something that is announced or happens without anybody being named."""
        if not is_told_by_author(own):
            actor = "Bank of Russia" if kind == Category.MONETARY_POLICY else ""
            yield self._statement(dates[0], actor, kind)

    def _kind(self, text: str, before: Before) -> Category:
        kind = kind_of_news(text)
        if kind == Category.OTHER:
            kind = kind_of_news(self.sentence.text)
        if kind == Category.OTHER and _POINTS_BACK.search(text):
            return before.category
        return kind

    def _statement(self, said: SaidDate, actor: str, kind: Category) -> Statement:
        text = self.sentence.text
        if not (self.is_first and self.span[1] >= len(text)):
            text = text[self.span[0] : self.span[1]]
        title = " ".join(text.split()).strip(" ;,.:–—")
        if len(title) > TITLE_MOST:
            title = title[:TITLE_MOST].rsplit(" ", 1)[0].rstrip(" ,;") + "…"
        return Statement(replace(said), actor, title, kind, self.sentence.text)
