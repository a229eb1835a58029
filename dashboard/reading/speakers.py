"""Who says or does it: the name that a word of saying or doing belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dashboard.reading.actor_names import INSTITUTION, PERSON, institution_of, person_of
from dashboard.reading.calendar_words import MONTH, WEEKDAY
from dashboard.reading.speech import DOING, PAST, SAYING

_OF_ANOTHER: Final = re.compile(
    r"\b(?:with|to|of|by|from|for|against|about|at|in|on|than|near|via|through|with\s+the|of\s+the"
    r"|by\s+the|с|со|к|для|от|из|о|об|про|против|у|при|в|на|по)\s+"
    rf"(?:(?!(?i:{WEEKDAY}|{MONTH})\b)[A-Z][\w.-]+\s+){{0,3}}$"
)
_POSSESSIVE: Final = re.compile(r"['’]s?\b")
_AND: Final = re.compile(r"(?:\s*,)?\s+(?:and|и)\s+(?:[\w.-]+\s+){0,3}$", re.IGNORECASE)
_PART_END: Final = re.compile(r",\s|\bthat\b|\bwhich\b|\bчто\b|[—–:]")
_ME: Final = re.compile(r"\b(?:I|we|We|you|You|я|Я|мы|Мы)\b")
_HE: Final = re.compile(r"\b(?:he|she|He|She|он|она|Он|Она)\s+(?:\w+\s+){0,3}$")
_UNKNOWN: Final = re.compile(r"((?:[\w’'.-]+\s+){0,4}[\w’'.-]+)\s*$")
_INVERTS: Final = re.compile(
    r"said|says|told|tells|wrote|writes|adds|added|announced|warned|asked|replied|noted|stated",
    re.IGNORECASE,
)
_AFTER_END: Final = re.compile(
    r"[,;:.!?](?:\s|$)|\b(?:that|on|in|at|after|it|he|she|during|about|что|после)\b"
)
_DETERMINER: Final = re.compile(
    r"^(?:(?:the|a|an|his|her|their|late|early|on|in|but|and|had|has|have|also|then|last|this|next"
    r"|who|as|week|month|earlier|later)\s+)+", re.IGNORECASE,
)  # fmt: skip
_NO_NAME: Final = re.compile(r"(?:it|they|this|that|there|who|which|is|was|has|had|\d.*)?", re.I)


@dataclass(frozen=True, slots=True)
class Verb:
    """A word of saying or doing, and where it stands."""

    start: int
    end: int
    says: bool
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who it is; `is_known` where the name is one of ours, not only a word before the verb."""

    name: str
    is_known: bool


def verbs_of(text: str) -> list[Verb]:
    """The words of saying and doing, in their order."""
    found = [Verb(m.start(), m.end(), True) for m in SAYING.finditer(text)]
    said = {(verb.start, verb.end) for verb in found}
    found += [Verb(m.start(), m.end(), False) for m in DOING.finditer(text) if m.span() not in said]
    taken = {position for verb in found for position in range(verb.start, verb.end)}
    found += [
        Verb(m.start(), m.end(), says=False, is_weak=True)
        for m in PAST.finditer(text)
        if m.start() not in taken
    ]
    return sorted(found, key=lambda verb: verb.start)


def speaker_of(text: str, verb: Verb, last_person: str) -> Speaker | None:
    """Who the word belongs to; None where that is the author or cannot be told.

    Args:
        text: the clause.
        verb: the word in it.
        last_person: who "he" is.
    """
    before = text[: verb.start]
    verb_text = text[verb.start : verb.end]
    is_inverted = _INVERTS.fullmatch(verb_text) or not verb_text.isascii()
    if verb.says and is_inverted and re.search(r"[,\"”»—–]\s*$", before):
        named = _after(text, verb)
        if named is not None:
            return named
    own = before[_part_start(before) :]
    if _ME.search(own):
        return None
    person = _person_in(before)
    if person:
        return Speaker(person, is_known=True)
    if _HE.search(before):
        return Speaker(last_person, is_known=True) if last_person else None
    place = _institution_in(before)
    if place:
        return Speaker(place, is_known=True)
    return _after_directly(text, verb) or (_unknown(own) if verb.says else None)


def last_person_in(text: str) -> str:
    """The last person who is named, empty where nobody is."""
    found = list(PERSON.finditer(text))
    return person_of(found[-1]) if found else ""


def is_told_by_author(text: str) -> bool:
    """Whether the author tells of himself or to his reader."""
    return _ME.search(text) is not None


def _part_start(before: str) -> int:
    return max((m.end() for m in _PART_END.finditer(before)), default=0)


def _person_in(before: str) -> str:
    """The last person before the word who is not somebody's object, or the first beside him."""
    own = [m for m in PERSON.finditer(before) if _is_subject(before, m)]
    if not own:
        return ""
    chosen = own[-1]
    for earlier in reversed(own[:-1]):
        between = before[earlier.end() : chosen.start()]
        if not _AND.fullmatch(between):
            break
        chosen = earlier
    return person_of(chosen)


def _institution_in(before: str) -> str:
    start = _part_start(before)
    for begun in (start, 0):
        own = [m for m in INSTITUTION.finditer(before, begun) if _is_subject(before, m)]
        if own:
            return institution_of(own[0])
    found = INSTITUTION.search(before)
    is_owner = found is not None and _POSSESSIVE.match(before, found.end())
    if found is None or not is_owner:
        return ""
    return " ".join(before[found.start() : found.start() + 80].split())


def _is_subject(before: str, found: re.Match[str]) -> bool:
    is_owner = _POSSESSIVE.match(before, found.end())
    return not is_owner and not _OF_ANOTHER.search(
        before, max(0, found.start() - 80), found.start()
    )


def _after(text: str, verb: Verb) -> Speaker | None:
    """The speaker after the word: “…,” said Kallas."""
    rest = text[verb.end : verb.end + 160]
    stop = _AFTER_END.search(rest)
    rest = rest[: stop.start()] if stop else rest
    person, place = PERSON.search(rest), INSTITUTION.search(rest)
    if person:
        return Speaker(person_of(person), is_known=True)
    if place:
        return Speaker(institution_of(place), is_known=True)
    named = re.match(r"\s+((?:[A-ZА-ЯЁ][\w’'-]+\s*){1,4})", rest)
    return Speaker(named[1].strip(), is_known=False) if named else None


def _after_directly(text: str, verb: Verb) -> Speaker | None:
    """A name right behind the word, as Russian has it: «заявил Песков»."""
    person = PERSON.search(text, verb.end, verb.end + 60)
    if person and not re.search(r"[,;:.]", text[verb.end : person.start()]):
        is_russian = not text[verb.start : verb.end].isascii()
        return Speaker(person_of(person), is_known=True) if is_russian else None
    return None


def _unknown(before: str) -> Speaker | None:
    found = _UNKNOWN.search(before)
    name = _DETERMINER.sub("", found[1]).strip() if found else ""
    return None if _NO_NAME.fullmatch(name) else Speaker(name[:80], is_known=False)
