"""Claims about the rate: a level, a record since some day, a change since some day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from dashboard.domain.article import Claim, ClaimKind, Exactness, Precision, SaidDate
from dashboard.reading.calendar_words import MONTH
from dashboard.reading.claim_changes import changes_in
from dashboard.reading.date_phrases import Printed
from dashboard.reading.rate_words import (
    ABOUT,
    ABOVE,
    AGAINST,
    BELOW,
    CURRENCY,
    NUMBER,
    QUALIFIER,
    ROUBLE,
    currency_in,
    currency_of,
    exactness_of,
    number_in,
    subject_before,
)
from dashboard.reading.said_dates import said_dates

_FLAGS: Final = re.IGNORECASE
_MOST: Final = 999.0

_PER: Final = re.compile(
    rf"(?:\b{QUALIFIER}\s+)?(?P<value>{NUMBER})\s*(?:{ROUBLE})?\s*(?:per|to|against|a|for|за)\s+"
    rf"(?:(?:the|one|each|US|U\.S\.|один)\s+)*(?P<currency>{CURRENCY})\b",
    _FLAGS,
)
_ROUBLES: Final = re.compile(
    rf"(?:\b{QUALIFIER}\s+(?:отметки\s+)?)?(?P<value>{NUMBER})\s*(?:{ROUBLE})(?!\w)"
    r"(?!\s*(?:per|за|a)\b)",
    _FLAGS,
)
_MOVED_TO: Final = re.compile(
    rf"\b(?:firmed|weakened|strengthened|recovered|rose|fell|slid|eased|tumbled|climbed|dropped|sank"
    rf"|traded|trades|stood|stands|is|was|now|укрепился|ослаб|вырос|опустился)"
    rf"\s+(?:back\s+)?(?:to|at|до)\s+(?:{QUALIFIER}\s+)?"
    rf"(?P<value>{NUMBER})(?!\s*(?:%|per\s?cent|basis|points|million|billion|bn|{ROUBLE}|per\b|to\b"
    r"|against\b))",
    _FLAGS,
)
_ANOTHER: Final = re.compile(
    r"\b(?:key|policy|interest)\s+rate|\binflation|\bindex|\bставк\w+|\bинфляци\w+", _FLAGS
)
_WHEN: Final = (
    rf"(?P<when>(?:(?:early|mid|late|the\s+start\s+of|the\s+end\s+of|начала|конца|середины)[ -])?"
    rf"(?:\d{{1,2}}\s+)?(?:{MONTH})\.?(?:\s+\d{{1,2}},)?(?:\s+(?:19|20)\d\d)?|(?:19|20)\d\d)"
)
_RECORD: Final = re.compile(
    rf"\b(?P<word>strongest|firmest|best|highest|weakest|lowest|worst|high|low)\b"
    rf"(?:\s+(?:level|point|rate|value|mark|reading))?(?:\s+(?:against|to|versus)\s+(?:the\s+)?"
    rf"(?:{CURRENCY}))?\s+since\s+(?:at\s+least\s+)?{_WHEN}",
    _FLAGS,
)
_RECORD_RU: Final = re.compile(
    rf"\b(?P<word>максимум\w*|минимум\w*|сам\w+\s+(?:крепк|высок|сильн|низк|слаб)\w+|впервые"
    rf"|for\s+the\s+first\s+time)\b[^.;]{{0,30}}?\s(?:с|со|since)\s+{_WHEN}",
    _FLAGS,
)
_HIGH: Final = re.compile(
    r"strongest|firmest|best|highest|high|максимум.*|сам.*(?:крепк|высок|сильн).*", _FLAGS
)
_RISING: Final = re.compile(
    r"\b(?:rose|risen|rises?|gain\w*|firm\w*|strengthen\w*|climb\w*|ralli\w+|jump\w*|surg\w+|up"
    r"|подорожа\w+|укрепи\w+|вырос\w*|поднял\w+|превыси\w+)\b",
    _FLAGS,
)


def claims_in(
    text: str,
    printed_on: date | None = None,
    anchor: date | None = None,
    before: Claim | None = None,
) -> tuple[Claim, ...]:
    """The claims of a sentence, in its order.

    Args:
        text: the sentence.
        printed_on: the day it was printed, the day of a claim that names none.
        anchor: the last day that was said.
        before: the last claim of the sentence before, which "it" may go on from.
    """
    found = sorted(
        (*_levels(text, before), *_records(text, printed_on), *_changes(text, printed_on, before)),
        key=lambda claim: text.find(claim.phrase),
    )
    if not found:
        return ()
    dates = said_dates(text, Printed(printed_on, anchor), lambda *_: False)
    days = [said for said in dates if _is_day_of_claim(text, said)]
    return tuple(replace(claim, day=_day(text, claim, days, printed_on)) for claim in found)


def _day(text: str, claim: Claim, days: list[SaidDate], printed_on: date | None) -> date | None:
    if not days:
        return printed_on
    at = text.find(claim.phrase)
    return min(days, key=lambda said: abs(said.start - at)).day


def _is_day_of_claim(text: str, said: SaidDate) -> bool:
    is_day = said.precision in {Precision.DAY, Precision.MINUTE} and said.day is not None
    return is_day and not re.search(r"\b(?:since|с|со)\s+$", text[: said.start], _FLAGS)


# ---------------------------------------------------------------- levels


def _levels(text: str, before: Claim | None) -> Iterator[Claim]:
    for found in _PER.finditer(text):
        yield from _level(text, found, currency_of(found["currency"]))
    if any(_PER.finditer(text)):
        return
    for found in _ROUBLES.finditer(text):
        subject = subject_before(text, found.start())
        named = re.findall(rf"\b(?:{CURRENCY})\b", text[: found.start()], _FLAGS)
        if named or subject not in {"", "RUB"}:
            yield from _level(text, found, currency_of(named[-1]) if named else subject)
    for found in _MOVED_TO.finditer(text):
        if _ANOTHER.search(text[: found.start()]):
            continue
        about_rouble = subject_before(text, found.start()) or (
            before is not None and re.search(r"\b(?:it|он)\b", text[: found.start()], _FLAGS)
        )
        if about_rouble:
            yield from _level(text, found, currency_in(text, before.currency if before else "USD"))


def _level(text: str, found: re.Match[str], currency: str) -> Iterator[Claim]:
    value, decimals = number_in(found["value"])
    if not 0 < value <= _MOST:
        return
    how = found["how"]
    exactness = exactness_of(how)
    if how and not re.fullmatch(f"{ABOUT}|{ABOVE}|{BELOW}", how, _FLAGS):
        is_rouble = subject_before(text, found.start()) in {"", "RUB"}
        rises = _RISING.search(text[: found.start()]) is not None
        exactness = Exactness.LESS if rises == is_rouble else Exactness.MORE
    yield Claim(
        ClaimKind.LEVEL, currency, text, found[0].strip(), value, exactness, decimals,
    )  # fmt: skip


# ---------------------------------------------------------------- records


def _records(text: str, printed_on: date | None) -> Iterator[Claim]:
    for pattern in (_RECORD, _RECORD_RU):
        for found in pattern.finditer(text):
            since = _since(found["when"], found.start("when"), printed_on)
            kind = _record_kind(text, found)
            if since is not None and kind is not None:
                named = AGAINST.search(found[0])
                currency = currency_of(named["currency"]) if named else currency_in(text, "USD")
                yield Claim(kind, currency, text, found[0].strip(), since=since)


_STRENGTH: Final = re.compile(r"сам\w+\s+(?:крепк|сильн|слаб)")
_OF_A_RATE: Final = re.compile(r"\s+курс\w*(?!\s+(?:доллар|евро|юан))")


def _record_kind(text: str, found: re.Match[str]) -> ClaimKind | None:
    word = found["word"].lower()
    if not re.search(rf"{ROUBLE}|currency|{CURRENCY}|\bits\b|\bit\b|курс", text, _FLAGS):
        return None
    subject = subject_before(text, found.start())
    if _STRENGTH.match(word) and _OF_A_RATE.match(text, found.end("word")):
        subject = "RUB"  # "доллар стоит 102 рубля, это самый слабый курс": a rate is the rouble's
    if word in {"впервые", "for the first time"}:
        level = re.search(rf"(?P<above>{ABOVE})|(?P<below>{BELOW})", text, _FLAGS)
        if level is None:
            return None
        return ClaimKind.WEAKEST if level["above"] else ClaimKind.STRONGEST
    if not re.search(rf"{ROUBLE}|currency|{CURRENCY}|курс", text, _FLAGS):
        return None
    is_high = _HIGH.fullmatch(word) is not None
    return ClaimKind.STRONGEST if is_high == (subject in {"", "RUB"}) else ClaimKind.WEAKEST


def _since(when: str, start: int, printed_on: date | None) -> SaidDate | None:
    """The period that a record reaches back to."""
    if re.fullmatch(r"(?:19|20)\d\d", when):
        year = int(when)
        return SaidDate(when, start, Precision.MONTH, date(year, 1, 1), date(year, 12, 31))
    words = when if re.search(r"\d", when) else f"in {when}"
    dates = said_dates(words, Printed(printed_on), lambda *_: False)
    if not dates or dates[0].day is None:
        return None
    return replace(dates[0], phrase=when, start=start)


# ---------------------------------------------------------------- changes


def _changes(text: str, printed_on: date | None, before: Claim | None) -> Iterator[Claim]:
    goes_on = before is not None and re.match(r"\W*(?:it|он)\b", text, _FLAGS) is not None
    if not (goes_on or re.search(rf"\b(?:{ROUBLE}|{CURRENCY}|currency)\b|курс", text, _FLAGS)):
        return
    for change in changes_in(text):
        subject = subject_before(text, change.start) or "RUB"
        rises = change.rises if subject == "RUB" else not change.rises
        since = _since(change.when, change.start, printed_on) if change.when else None
        yield Claim(
            ClaimKind.UP if rises else ClaimKind.DOWN,
            currency_in(text, before.currency if before else "USD"),
            text,
            change.phrase,
            change.value,
            change.exactness,
            change.decimals,
            since,
            change.base,
            subject=subject,
        )
