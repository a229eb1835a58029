"""Claims about the rate: a level, a record since some day, a percentage change from some base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dashboard.models.article import Claim, ClaimKind, DateMention, Exactness, Precision
from dashboard.nlp.dates import MONTH_PATTERN, DateContext, date_mentions

_FLAGS: Final = re.IGNORECASE
_MAX_RATE: Final = 999.0

# ---- currencies, numbers, qualifiers


CURRENCIES: Final = {
    "USD": r"dollars?|greenback|USD|доллар\w*",
    "EUR": r"euros?|EUR|евро",
    "CNY": r"yuan|renminbi|CNY|юан[ьюяейм]+",
}
CURRENCY: Final = "|".join(CURRENCIES.values())
ROUBLE: Final = r"rou?bles?|RUB|Russian currency|рубл\w+|руб\."
RATE_PATTERN: Final = r"(?<![\d.,])\d{1,3}(?:[.,]\d{1,4})?(?![\d]|[.,]\d)"

SUBJECT: Final = re.compile(
    rf"(?P<rouble>\b(?:{ROUBLE}|the currency)\b)|(?P<currency>\b(?:{CURRENCY})\b)", re.IGNORECASE
)
_OBJECT: Final = re.compile(
    r"(?:\d|\b(?:to|per|against|for|a|in|за|к|на))\s*(?:(?:the|one|a|each|US|U\.S\.|один)\s+)*$",
    re.IGNORECASE,
)
_OBJECT_CASE: Final = re.compile(r"доллару|доллара(?=.{0,2}$)|рублю|рублей|рубля\b", re.IGNORECASE)
AGAINST: Final = re.compile(
    rf"\b(?:against|versus|to|per|за|к)\s+(?:the\s+)?(?:US\s+|U\.S\.\s+)?(?P<currency>{CURRENCY})\b",
    re.IGNORECASE,
)

ABOUT: Final = (
    r"(?:somewhere\s+)?around|about|roughly|nearly|almost|near|some|approximately|close to"
    r"|just short of|около|примерно|почти|порядка|приблизительно|чуть меньше"
)
ABOVE: Final = r"above|over|more than|beyond|at least|выше|свыше|более(?:\s+чем)?|больше(?:\s+чем)?"
BELOW: Final = r"below|under|less than|ниже|менее(?:\s+чем)?|меньше(?:\s+чем)?"
PAST: Final = r"past|through|за отметку|отметку"
QUALIFIER: Final = rf"(?P<how>{ABOUT}|{ABOVE}|{BELOW}|{PAST})"

FRACTIONS: Final = {"quarter": 25.0, "third": 100 / 3, "half": 50.0, "fifth": 20.0, "tenth": 10.0}


def parse_number(text: str) -> tuple[float, int]:
    """A number and its decimals, written with a point or a comma."""
    plain = text.replace(",", ".")
    return float(plain), len(plain.partition(".")[2])


def currency_code(word: str) -> str:
    """The code of a currency by the word for it."""
    return next(
        code for code, pattern in CURRENCIES.items() if re.fullmatch(pattern, word, re.IGNORECASE)
    )


def exactness_from_word(qualifier: str | None) -> Exactness:
    """How a number is meant by the word before it; "past" needs a direction as well."""
    for pattern, exactness in ((ABOVE, Exactness.MORE), (BELOW, Exactness.LESS)):
        if qualifier and re.fullmatch(pattern, qualifier, re.IGNORECASE):
            return exactness
    return Exactness.ABOUT if qualifier else Exactness.EXACT


def subject_of_rate(text: str, end: int) -> str:
    """The subject of a rate: `RUB`, the code of a currency, or empty where none is named."""
    matches = [
        match
        for match in SUBJECT.finditer(text, 0, end)
        if not _OBJECT.search(text, max(0, match.start() - 16), match.start())
        and not _OBJECT_CASE.fullmatch(match[0].lower().replace("доллара", "х"))
    ]
    if not matches:
        return ""
    last = matches[-1]
    return "RUB" if last["rouble"] else currency_code(last[0])


def currency_of_text(text: str, default: str) -> str:
    """The currency that the rouble is held against in a text."""
    match = AGAINST.search(text)
    if match:
        return currency_code(match["currency"])
    named = re.search(rf"\b(?:{CURRENCY})\b", text, re.IGNORECASE)
    return currency_code(named[0]) if named else default


# ---- changes in per cent


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
_PERCENTAGE: Final = (
    rf"(?:{QUALIFIER}\s+(?:на\s+)?)?(?:(?P<value>{RATE_PATTERN})\s*(?:%|per\s?cent\b|процент\w*)"
    rf"|an?\s+(?P<part>{'|'.join(FRACTIONS)})\b)"
)
_BY_VERB: Final = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?:\s+(?:against|to|к)\s+(?:the\s+)?\w+)?"
    rf"(?:\s+(?:by|as much as|на))?\s+{_PERCENTAGE}",
    _FLAGS,
)
_BEFORE_WORD: Final = re.compile(
    rf"{_PERCENTAGE}\s+(?:(?P<up>stronger|higher|firmer)|(?P<down>weaker|lower))", _FLAGS
)
_AND_MORE: Final = re.compile(
    rf"\s*[^.;]{{0,60}}?\band\s+(?:by\s+)?{_PERCENTAGE}\s+(?=since|from|over|in)", _FLAGS
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
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _BASES.items())
    + rf"|(?:since|from|с|со)\s+(?P<when>(?:(?:early|mid|late|начала|конца|середины)[ -])?"
    rf"(?:\d{{1,2}}\s+)?(?:{MONTH_PATTERN})\b\.?(?:\s+\d{{1,2}},)?(?:\s+(?:19|20)\d\d)?)",
    _FLAGS,
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


# ---- levels, records and changes


_PER: Final = re.compile(
    rf"(?:\b{QUALIFIER}\s+)?(?P<value>{RATE_PATTERN})\s*(?:{ROUBLE})?\s*(?:per|to|against|a|for|за)\s+"
    rf"(?:(?:the|one|each|US|U\.S\.|один)\s+)*(?P<currency>{CURRENCY})\b",
    _FLAGS,
)
_ROUBLES: Final = re.compile(
    rf"(?:\b{QUALIFIER}\s+(?:отметки\s+)?)?(?P<value>{RATE_PATTERN})\s*(?:{ROUBLE})(?!\w)"
    r"(?!\s*(?:per|за|a)\b)",
    _FLAGS,
)
_MOVED_TO: Final = re.compile(
    rf"\b(?:firmed|weakened|strengthened|recovered|rose|fell|slid|eased|tumbled|climbed|dropped|sank"
    rf"|traded|trades|stood|stands|is|was|now|укрепился|ослаб|вырос|опустился)"
    rf"\s+(?:back\s+)?(?:to|at|до)\s+(?:{QUALIFIER}\s+)?"
    rf"(?P<value>{RATE_PATTERN})(?!\s*(?:%|per\s?cent|basis|points|million|billion|bn|{ROUBLE}|per\b|to\b"
    r"|against\b))",
    _FLAGS,
)
_OTHER_QUANTITY: Final = re.compile(
    r"\b(?:key|policy|interest)\s+rate|\binflation|\bindex|\bставк\w+|\bинфляци\w+", _FLAGS
)
_WHEN: Final = (
    rf"(?P<when>(?:(?:early|mid|late|the\s+start\s+of|the\s+end\s+of|начала|конца|середины)[ -])?"
    rf"(?:\d{{1,2}}\s+)?(?:{MONTH_PATTERN})\.?(?:\s+\d{{1,2}},)?(?:\s+(?:19|20)\d\d)?|(?:19|20)\d\d)"
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


def find_claims(
    text: str,
    printed_on: date | None = None,
    anchor: date | None = None,
    before: Claim | None = None,
) -> tuple[Claim, ...]:
    """The claims of a sentence, in its order.

    Args:
        text: the sentence.
        printed_on: the day it was printed, the day of a claim that names none.
        anchor: the last day mentioned.
        before: the last claim of the previous sentence, which "it" may refer to.
    """
    claims = sorted(
        (
            *_find_levels(text, before),
            *_find_records(text, printed_on),
            *_find_change_claims(text, printed_on, before),
        ),
        key=lambda claim: text.find(claim.phrase),
    )
    if not claims:
        return ()
    dates = date_mentions(text, DateContext(printed_on, anchor), lambda *_: False)
    days = [mention for mention in dates if _is_day_of_claim(text, mention)]
    return tuple(replace(claim, day=_claim_day(text, claim, days, printed_on)) for claim in claims)


def _claim_day(
    text: str, claim: Claim, days: list[DateMention], printed_on: date | None
) -> date | None:
    if not days:
        return printed_on
    at = text.find(claim.phrase)
    return min(days, key=lambda mention: abs(mention.start - at)).day


def _is_day_of_claim(text: str, mention: DateMention) -> bool:
    is_day = mention.precision in {Precision.DAY, Precision.MINUTE} and mention.day is not None
    return is_day and not re.search(r"\b(?:since|с|со)\s+$", text[: mention.start], _FLAGS)


def _find_levels(text: str, before: Claim | None) -> Iterator[Claim]:
    for match in _PER.finditer(text):
        yield from _level_claims(text, match, currency_code(match["currency"]))
    if any(_PER.finditer(text)):
        return
    for match in _ROUBLES.finditer(text):
        subject = subject_of_rate(text, match.start())
        named = re.findall(rf"\b(?:{CURRENCY})\b", text[: match.start()], _FLAGS)
        if named or subject not in {"", "RUB"}:
            yield from _level_claims(text, match, currency_code(named[-1]) if named else subject)
    for match in _MOVED_TO.finditer(text):
        if _OTHER_QUANTITY.search(text[: match.start()]):
            continue
        about_rouble = subject_of_rate(text, match.start()) or (
            before is not None and re.search(r"\b(?:it|он)\b", text[: match.start()], _FLAGS)
        )
        if about_rouble:
            yield from _level_claims(
                text, match, currency_of_text(text, before.currency if before else "USD")
            )


def _level_claims(text: str, match: re.Match[str], currency: str) -> Iterator[Claim]:
    value, decimals = parse_number(match["value"])
    if not 0 < value <= _MAX_RATE:
        return
    qualifier = match["how"]
    exactness = exactness_from_word(qualifier)
    if qualifier and not re.fullmatch(f"{ABOUT}|{ABOVE}|{BELOW}", qualifier, _FLAGS):
        is_of_rouble = subject_of_rate(text, match.start()) in {"", "RUB"}
        rises = _RISING.search(text[: match.start()]) is not None
        exactness = Exactness.LESS if rises == is_of_rouble else Exactness.MORE
    yield Claim(
        ClaimKind.LEVEL, currency, text, match[0].strip(), value, exactness, decimals,
    )  # fmt: skip


def _find_records(text: str, printed_on: date | None) -> Iterator[Claim]:
    for pattern in (_RECORD, _RECORD_RU):
        for match in pattern.finditer(text):
            since = _record_since(match["when"], match.start("when"), printed_on)
            kind = _record_kind(text, match)
            if since is not None and kind is not None:
                named = AGAINST.search(match[0])
                currency = (
                    currency_code(named["currency"]) if named else currency_of_text(text, "USD")
                )
                yield Claim(kind, currency, text, match[0].strip(), since=since)


_STRENGTH: Final = re.compile(r"сам\w+\s+(?:крепк|сильн|слаб)")
_OF_A_RATE: Final = re.compile(r"\s+курс\w*(?!\s+(?:доллар|евро|юан))")


def _record_kind(text: str, match: re.Match[str]) -> ClaimKind | None:
    word = match["word"].lower()
    if not re.search(rf"{ROUBLE}|currency|{CURRENCY}|\bits\b|\bit\b|курс", text, _FLAGS):
        return None
    subject = subject_of_rate(text, match.start())
    if _STRENGTH.match(word) and _OF_A_RATE.match(text, match.end("word")):
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


def _record_since(when: str, start: int, printed_on: date | None) -> DateMention | None:
    """The period that a record reaches back to."""
    if re.fullmatch(r"(?:19|20)\d\d", when):
        year = int(when)
        return DateMention(when, start, Precision.MONTH, date(year, 1, 1), date(year, 12, 31))
    phrase = when if re.search(r"\d", when) else f"in {when}"
    dates = date_mentions(phrase, DateContext(printed_on), lambda *_: False)
    if not dates or dates[0].day is None:
        return None
    return replace(dates[0], phrase=when, start=start)


def _find_change_claims(
    text: str, printed_on: date | None, before: Claim | None
) -> Iterator[Claim]:
    continues = before is not None and re.match(r"\W*(?:it|он)\b", text, _FLAGS) is not None
    if not (continues or re.search(rf"\b(?:{ROUBLE}|{CURRENCY}|currency)\b|курс", text, _FLAGS)):
        return
    for change in find_changes(text):
        subject = subject_of_rate(text, change.start) or "RUB"
        rises = change.rises if subject == "RUB" else not change.rises
        since = _record_since(change.when, change.start, printed_on) if change.when else None
        yield Claim(
            ClaimKind.UP if rises else ClaimKind.DOWN,
            currency_of_text(text, before.currency if before else "USD"),
            text,
            change.phrase,
            change.value,
            change.exactness,
            change.decimals,
            since,
            change.base,
            subject=subject,
        )
