"""Dated statements in a text: its sentences, and who said or did what on which day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dashboard.models.article import (
    MAX_TEXT_LENGTH,
    Claim,
    DateMention,
    Precision,
    Statement,
    TextFindings,
)
from dashboard.models.event import Category
from dashboard.models.messages import deferred
from dashboard.nlp.attribution import (
    Speaker,
    Verb,
    find_speaker,
    find_verbs,
    is_first_person,
    last_person_named,
    person_of_institution,
    refers_to_future,
)
from dashboard.nlp.claims import find_claims
from dashboard.nlp.classify import category_of_text
from dashboard.nlp.currencies import find_subjects
from dashboard.nlp.dates import DateContext, date_mentions, is_publication_line, strip_dateline

# ---- paragraphs and sentences


MAX_SENTENCE_LENGTH: Final = 800
"""A sentence longer than this is cut there: it keeps the rules quick."""

_ABBREVIATIONS: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gen",
        "lt",
        "col",
        "sen",
        "rep",
        "gov",
        "pres",
        "st",
        "no",
        "vs",
        "inc",
        "ltd",
        "co",
        "corp",
        "u.s",
        "u.k",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "г",
        "гг",
        "руб",
        "коп",
        "млн",
        "млрд",
        "трлн",
        "тыс",
        "долл",
        "т.е",
        "т.к",
        "т.д",
        "т.п",
        "им",
        "ул",
        "св",
        "янв",
        "фев",
        "апр",
        "авг",
        "сен",
        "сент",
        "окт",
        "ноя",
        "дек",
        "стр",
        "проц",
        "ст",
        "п",
    ]
)
_STARTS_WITH_DATE: Final = re.compile(r"(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр"
    r"|октябр|ноябр|декабр|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")  # fmt: skip
_ZONE_PATTERN: Final = re.compile(r"(?:E[SD]?T|GMT|UTC|MSK|CES?T|BST|Moscow|Kyiv|Eastern|London)\b")
_SENTENCE_END: Final = re.compile(r"[.!?…]{1,6}[\"”»’)\]]{0,4}\s+|\n+")
_WORD_BEFORE: Final = re.compile(r"([\w.]+)$")
_QUOTE: Final = re.compile(r'"[^"\n]*(?:"|$)|“[^”\n]*(?:”|$)', re.MULTILINE)
_TITLE_OR_QUOTE: Final = re.compile(r"«[^»\n]{40,}(?:»|$)", re.MULTILINE)
"""Between guillemets stand names too; those are short."""
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES: Final = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def plain_text(text: str) -> str:
    """The text with plain spaces and without invisible letters, which could hide or join words."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the same with its quotes blanked: the words of its author."""

    text: str
    unquoted: str


def split_sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text in its order; a line end ends one too."""
    unquoted = _without_quotes(text)
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if end[0].startswith("\n") or _is_sentence_end(text, end):
            yield from _cut_sentence(text, unquoted, (start, end.end()))
            start = end.end()
    yield from _cut_sentence(text, unquoted, (start, len(text)))


def _without_quotes(text: str) -> str:
    """The text with quotes blanked; a quote ends with its paragraph at the latest."""
    blanked = _QUOTE.sub(lambda quote: _blank_quote(quote[0]), text)
    return _TITLE_OR_QUOTE.sub(lambda quote: _blank_quote(quote[0]), blanked)


def _blank_quote(quote: str) -> str:
    return quote[0] + " " * (len(quote) - 2) + quote[-1] if len(quote) > 2 else quote


def _is_sentence_end(text: str, end: re.Match[str]) -> bool:
    after = text[end.end() : end.end() + 12]
    if "\n" in end[0] or not after:
        return True
    if end[0][0] != "." or end[0].rstrip()[-1] in '"”»':
        # “…?” he replied: a quote may end with its own mark inside a sentence.
        return not after[0].islower()
    word = _WORD_BEFORE.search(text, max(0, end.start() - 20), end.start())
    last = word[1].lower() if word else ""
    is_short = last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())
    if last.isdigit() and _STARTS_WITH_DATE.match(after):
        return False
    if is_short and last in {"u.s", "u.k", "a.m", "p.m"} and after[0].isupper():
        return last in {"a.m", "p.m"} and not _ZONE_PATTERN.match(after)
    return not is_short and not after[0].islower()


def _cut_sentence(text: str, unquoted: str, span: tuple[int, int]) -> Iterator[Sentence]:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while start < end:
        stop = end
        if end - start > MAX_SENTENCE_LENGTH:
            stop = text.rfind(" ", start + 1, start + MAX_SENTENCE_LENGTH)
            stop = stop if stop > 0 else start + MAX_SENTENCE_LENGTH
        if text[start:stop].strip():
            length = len(text[start:stop].rstrip())
            yield Sentence(text[start : start + length], unquoted[start : start + length])
        start = stop


# ---- statements


MAX_TITLE_LENGTH: Final = 100
MIN_TITLE_LENGTH: Final = 35
INFERRED_DAY: Final = deferred("no day is named; the day of publication is inferred")

_BACKGROUND: Final = re.compile(
    r"\b(?:since|until|till|by|before|from|through|ending|than|pre-|с|со|до|к|после|от)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_SINCE_INSIDE: Final = re.compile(r"^(?:since|until|с|со|до)\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(
    r";\s+|,?\s+(?:while|whereas)\s+|,?\s+after\s+(?=(?:the\s+)?(?-i:[A-Z]))"
    r"|,\s+(?:but|and|а|но|и|тогда как)\s+",
    re.IGNORECASE,
)
_BACK_REFERENCE: Final = re.compile(
    r"\b(?:that|this|it|they|these|those|the (?:remarks?|measures|package|deal|plan|move)|his|her"
    r"|an?|это|эти|этого)\b",
    re.I,
)
_LISTED: Final = re.compile(r"^\W{0,3}$")


_LONG_PERIODS: Final = frozenset({Precision.MONTH, Precision.YEAR})


@dataclass(frozen=True, slots=True)
class SentenceContext:
    """Context of the previous sentences: the last day, person and category."""

    anchor: date | None = None
    person: str = ""
    category: Category = Category.OTHER


def find_statements(
    sentence: Sentence, printed_on: date | None, before: SentenceContext
) -> tuple[tuple[Statement, ...], SentenceContext]:
    """The candidates of a sentence, and the context of the next one."""
    dates = date_mentions(
        sentence.unquoted,
        DateContext(printed_on, before.anchor),
        lambda start, end: refers_to_future(sentence.unquoted, start, end),
    )
    kind = category_of_text(sentence.text)
    statements = tuple(_find_candidates(sentence, dates, before)) if dates else ()
    days = [
        mention.day
        for mention in dates
        if mention.day
        and mention.precision not in _LONG_PERIODS
        and not _is_background(sentence.unquoted, mention)
    ]
    context = SentenceContext(
        anchor=days[0] if days else before.anchor,
        person=last_person_named(sentence.text) or before.person,
        category=statements[-1].category
        if statements
        else (before.category if kind == "other" else kind),
    )
    return statements, context


def _find_candidates(
    sentence: Sentence, dates: tuple[DateMention, ...], before: SentenceContext
) -> Iterator[Statement]:
    own_dates = tuple(
        mention for mention in dates if not _is_background(sentence.unquoted, mention)
    )
    listed = next(
        (mention for mention in own_dates if _is_listed(sentence.unquoted, mention)), None
    )
    if listed is not None:
        clause = _Clause(sentence, (listed.end, len(sentence.unquoted)), is_first=True)
        yield from clause.find_candidates((listed,), before)
        return
    for number, span in enumerate(_clauses(sentence.unquoted)):
        inside = tuple(mention for mention in own_dates if span[0] <= mention.start < span[1])
        if inside:
            yield from _Clause(sentence, span, is_first=number == 0).find_candidates(inside, before)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in _CLAUSE.finditer(text):
        yield start, cut.start()
        start = cut.end()
    yield start, len(text)


def _is_background(text: str, mention: DateMention) -> bool:
    if mention.day != mention.end_day and mention.precision is Precision.DAY:
        return False  # "from 16 to 18 April": the word belongs to the range
    before = text[max(0, mention.start - 20) : mention.start]
    return bool(_BACKGROUND.search(before) or _SINCE_INSIDE.match(mention.phrase))


def _is_listed(text: str, mention: DateMention) -> bool:
    """Whether a line begins with the date, as in a list of days: "6 August: …"."""
    is_at_start = _LISTED.match(text[: mention.start])
    return bool(is_at_start and re.match(r"\s*[:–—]\s", text[mention.end : mention.end + 4]))


@dataclass(frozen=True, slots=True)
class _Clause:
    sentence: Sentence
    span: tuple[int, int]
    is_first: bool

    def find_candidates(
        self, dates: tuple[DateMention, ...], before: SentenceContext
    ) -> Iterator[Statement]:
        start, end = self.span
        unquoted, text = self.sentence.unquoted[start:end], self.sentence.text[start:end]
        best = self._attributed(unquoted, dates, before)
        kind = self._kind(f"{best[1].name}: {text}" if best else text, before)
        if best is None:
            is_market = find_subjects(unquoted, len(unquoted)) or find_claims(self.sentence.text)
            if self.is_first and kind != Category.OTHER and not is_market:
                yield from self._unattributed(unquoted, dates, kind)
            return
        mention, speaker, says = best
        if (not says and find_claims(text)) or (not self.is_first and not speaker.is_known):
            return
        is_year = mention.precision is Precision.YEAR
        if kind == Category.OTHER and (is_year or not speaker.is_known):
            return
        yield self._statement(mention, speaker.name, kind)

    def _attributed(
        self, unquoted: str, dates: tuple[DateMention, ...], before: SentenceContext
    ) -> tuple[DateMention, Speaker, bool] | None:
        """The date nearest to a word of saying or doing whose speaker is found."""
        pairs = [
            (self._distance(unquoted, mention, verb), verb.start, mention, verb)
            for mention in dates
            for verb in find_verbs(unquoted)
        ]
        for *_, mention, verb in sorted(pairs, key=lambda pair: pair[:2]):
            speaker = find_speaker(unquoted, verb, before.person)
            if speaker is not None and (speaker.is_known or not verb.is_weak):
                return mention, speaker, verb.says
        return None

    def _distance(self, unquoted: str, mention: DateMention, verb: Verb) -> int:
        """Letters between a date and a word; a comma between them counts for many."""
        at, stop = mention.start - self.span[0], mention.end - self.span[0]
        between = unquoted[stop : verb.start] if stop <= verb.start else unquoted[verb.end : at]
        penalty = 40 * between.count(",") + 60 * len(re.findall(r"\bthat\b", between))
        # "he hopes for a deal this week" does not say when he said so
        sentence = self.sentence.unquoted
        is_ahead = verb.says and refers_to_future(sentence, mention.start, mention.end)
        return len(between) + penalty + 60 * verb.is_weak + 60 * is_ahead

    def _unattributed(
        self, unquoted: str, dates: tuple[DateMention, ...], kind: Category
    ) -> Iterator[Statement]:
        """Something that is announced or happens without anybody being named."""
        if not is_first_person(unquoted):
            actor = "Bank of Russia" if kind == Category.MONETARY_POLICY else ""
            yield self._statement(dates[0], actor, kind)

    def _kind(self, text: str, before: SentenceContext) -> Category:
        kind = category_of_text(text)
        if kind == Category.OTHER:
            kind = category_of_text(self.sentence.text)
        if kind == Category.OTHER and _BACK_REFERENCE.search(text):
            return before.category
        return kind

    def _statement(self, mention: DateMention, actor: str, kind: Category) -> Statement:
        text = self.sentence.text
        if not (self.is_first and self.span[1] >= len(text)):
            text = text[self.span[0] : self.span[1]]
        is_year = mention.precision is Precision.YEAR
        title = short_title(text, "" if is_year else mention.phrase)
        return Statement(replace(mention), actor, title, kind, self.sentence.text, is_year)


_TITLE_CUT: Final = re.compile(r"[,;:—–]\s|\s(?:after|as|while|adding|saying|что|после|когда)\s")
_APPOSITION: Final = re.compile(r",\s(?:an?|the|who|which|его|ее|который|которая)\s[^,]{3,60},\s")
_WEEKDAY_PHRASE: Final = re.compile(
    r",?\s*\b(?:on\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day|во?\s+(?:понедельник|вторник|среду|"
    r"четверг|пятницу|субботу|воскресенье))\b(?!\s*(?:night|session))",
    re.IGNORECASE,
)
_MARKET_OPENING: Final = re.compile(
    r"^(?:(?:the|russia's)\s+)?(?:ro?uble|рубль|доллар)\b.*?\s(?:after|following|when"
    r"|после того,? как|когда)\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
"""What the currency did before the words that say why: no part of the title of an event."""
_RECENT_OPENING: Final = re.compile(r"^in\s+an?\s+recent\b[^,]{0,60},\s+", re.IGNORECASE)


def short_title(text: str, phrase: str = "") -> str:
    """The words of a statement as a title: without its date, cut where a part of it ends.

    Args:
        text: the sentence or clause.
        phrase: the words of its date; empty where they stay.
    """
    title = _RECENT_OPENING.sub("", " ".join(text.split()))
    if phrase:
        dated = rf"\b(?:(?:on|in|at|в|во)\s+)?{re.escape(' '.join(phrase.split()))}(?!\w)"
        title = re.sub(rf"^{dated},?\s*|,?\s*{dated}", "", title, count=1, flags=re.IGNORECASE)
    title = _WEEKDAY_PHRASE.sub("", title).strip(" ;,.:–—")
    title = _APPOSITION.sub(" ", title)
    event = _MARKET_OPENING.sub("", title)
    title = event if len(event) >= MIN_TITLE_LENGTH else title
    if len(title) > MAX_TITLE_LENGTH:
        cuts = [cut.start() for cut in _TITLE_CUT.finditer(title, MIN_TITLE_LENGTH)]
        fitting = [cut for cut in cuts if cut <= MAX_TITLE_LENGTH]
        end = fitting[-1] if fitting else title.rfind(" ", 0, MAX_TITLE_LENGTH)
        title = title[:end] + ("" if fitting else "…")
    title = title.strip(" ;,.:–—")
    return title[:1].upper() + title[1:]


# ---- whole texts


def read_text(text: str, published: date | None) -> TextFindings:
    """What a text says, in its order.

    Args:
        text: of an article; what lies beyond `MAX_TEXT_LENGTH` characters is not read.
        published: the day from which "on Sunday" counts; None leaves such days open.
    """
    lines = (strip_dateline(line) for line in plain_text(text[:MAX_TEXT_LENGTH]).split("\n"))
    body = "\n".join(line for line in lines if not is_publication_line(line))
    statements: list[Statement] = []
    claims: list[Claim] = []
    before, last = SentenceContext(), None
    sentences = tuple(split_sentences(body))
    for sentence in sentences:
        sentence_claims = find_claims(sentence.text, published, before.anchor, last)
        claims.extend(sentence_claims)
        last = sentence_claims[-1] if sentence_claims else None
        candidates, before = find_statements(sentence, published, before)
        statements.extend(candidates)
    statements[:0] = _undated_main_event(sentences, published, statements)
    return TextFindings(tuple(_unique_statements(statements)), tuple(claims))


_LEAD: Final = 2
"""Sentences that may say the main event: the title and the first of the text."""


def _undated_main_event(
    sentences: tuple[Sentence, ...], published: date | None, dated: list[Statement]
) -> list[Statement]:
    """The event of a lead that names no day, on the day of publication, which is inferred."""
    lead = sentences[:_LEAD]
    if published is None or any(_names_time(sentence.text, published) for sentence in lead):
        return []
    for sentence in lead:
        kind, actor = category_of_text(sentence.text), _known_speaker(sentence.unquoted)
        if kind == Category.OTHER or not actor or find_claims(sentence.text, published):
            continue
        later = " ".join(s.unquoted for s in sentences)
        actor = person_of_institution(later, actor)
        if any(statement.actor == actor and not statement.is_background for statement in dated):
            return []
        day = DateMention("", 0, Precision.DAY, published, published, doubt=INFERRED_DAY)
        return [Statement(day, actor, short_title(sentence.text), kind, sentence.text)]
    return []


_AHEAD: Final = re.compile(
    r"\bчерез\s|\b(?:in|within)\s+\w+\s+(?:minutes?|hours?)\b", re.IGNORECASE
)


def _names_time(text: str, published: date) -> bool:
    """Whether a sentence names a day, or counts from its own."""
    dates = date_mentions(text, DateContext(published), lambda *_: False)
    return bool(dates or _AHEAD.search(text))


def _known_speaker(text: str) -> str:
    """The person or institution whose word or action a sentence reports; empty where none is."""
    for verb in find_verbs(text):
        speaker = None if verb.is_weak else find_speaker(text, verb, "")
        if speaker is not None and speaker.is_known:
            return speaker.name
    return ""


def _unique_statements(statements: list[Statement]) -> list[Statement]:
    """Each candidate once: the same words may stand in the lead and below."""
    unique = {
        (statement.day, statement.end_day, statement.actor, statement.sentence): statement
        for statement in statements
    }
    return list(unique.values())
