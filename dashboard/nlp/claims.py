"""Claims about the rate: a level, a record since a day, a change from a base, and their market."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from dashboard.models.article import Claim, ClaimKind, DateMention, Exactness, Market, Precision
from dashboard.models.messages import deferred
from dashboard.nlp.changes import find_changes
from dashboard.nlp.currencies import (
    ABOUT,
    ABOVE,
    AGAINST,
    ARTICLES,
    BELOW,
    BOTH_WAYS,
    CONTINUES,
    CURRENCIES,
    CURRENCY,
    FLAGS,
    QUALIFIER,
    RATE_PATTERN,
    ROUBLE,
    currency_code,
    currency_of_text,
    exactness_from_word,
    find_subjects,
    market_of_claim,
    parse_number,
    rouble_direction,
    subject_of_rate,
)
from dashboard.nlp.dates import (
    COUNT_PATTERN,
    DAY_FROM_PREVIOUS_SENTENCE,
    MONTH_PATTERN,
    DateContext,
    clip_range,
    count_value,
    date_mentions,
    month_after,
    month_of_year,
    week_of,
)

_MAX_RATE: Final = 999.0
READS_TWO_WAYS: Final = deferred("the sentence reads two ways; both are checked")

# ---- claims of a sentence


@dataclass(frozen=True, slots=True)
class _Found:
    """A claim where it stands: its words, and those for the period it is compared with."""

    claim: Claim
    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        return self.start < end and start < self.end

    def with_claim(self, **changes: Any) -> _Found:
        return replace(self, claim=replace(self.claim, **changes))


def find_claims(
    text: str,
    printed_on: date | None = None,
    anchor: date | None = None,
    before: Claim | None = None,
) -> tuple[Claim, ...]:
    """The claims of a sentence, in its order; both readings of one that reads two ways.

    Args:
        text: the sentence.
        printed_on: the day it was printed, the day of a claim that names none.
        anchor: the last day mentioned.
        before: the last claim of the previous sentence, which "it" may refer to.
    """
    before = before if before is not None and CONTINUES.search(text) else None
    levels = tuple(_find_levels(text, before))
    records = tuple(_find_records(text, printed_on, before, levels))
    changes = _find_change_claims(_blank(text, records), printed_on, before)
    found = [*levels, *records, *(c.with_claim(sentence=text) for c in changes)]
    if not found:
        return ()
    dates = date_mentions(text, DateContext(printed_on, anchor), lambda *_: False)
    days = _own_days(text, found, dates)
    inherited = before.market if before is not None and CONTINUES.match(text) else None
    claims = []
    for item in sorted(found, key=lambda item: item.start):
        market = market_of_claim(text, item.start) or inherited
        claims.append(_with_day(text, item.with_claim(market=market), days, printed_on))
    return tuple(claims)


_LARGEST_MOVE: Final = re.compile(
    r"\b(?:worst|best|biggest|largest|steepest|sharpest)\s+(?:[\w-]+\s+){0,3}?"
    rf"(?:day|week|month|fall|drop|gain|rise|loss|rally|move|decline)\s+since\s+(?:{MONTH_PATTERN}|\d)"
    r"\w*(?:\s+\d{4})?",
    FLAGS,
)


def _blank(text: str, records: Sequence[_Found]) -> str:
    """A text without its records and largest moves, whose "since" is no base of a change."""
    spans = [(record.start, record.end) for record in records]
    for start, end in (*spans, *(match.span() for match in _LARGEST_MOVE.finditer(text))):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


# ---- levels


_PER: Final = re.compile(
    rf"(?:\b{QUALIFIER}\s+(?:отметки\s+)?)?(?P<value>{RATE_PATTERN})\s*(?:{ROUBLE})?\s*"
    rf"(?:per|to|against|a|for|за)\s+{ARTICLES}(?P<currency>{CURRENCY})\b",
    FLAGS,
)
_ROUBLES: Final = re.compile(
    rf"(?:\b{QUALIFIER}\s+(?:отметки\s+)?)?(?P<value>{RATE_PATTERN})\s*(?:{ROUBLE})(?!\w)"
    r"(?!\s*(?:per|за|a)\b)",
    FLAGS,
)
_MOVED_TO: Final = re.compile(
    r"\b(?:firmed|weakened|strengthened|recovered|rose|fell|slid|eased|tumbled|climbed|dropped|sank"
    r"|traded|trades|stood|stands|is|was|now|closed|steady|flat|stronger|weaker|firmer|higher|lower"
    r"|up|down|gained|lost|increased|decreased"
    r"|укрепился|ослаб|вырос|опустился)"
    r"(?:\s+(?:by\s+)?[\d.,]+\s*(?:%|per\s?cent))?(?:\s+(?:against|to)\s+(?:the\s+)?(?:US\s+)?[a-z]+)?"
    rf"\s+(?:back\s+)?(?:to|at|до)\s+(?:{QUALIFIER}\s+)?"
    rf"(?P<value>{RATE_PATTERN})(?!\s*(?:%|per\s?cent|basis|points|million|billion|bn|{ROUBLE}|per\b"
    r"|to\b|against\b))",
    FLAGS,
)
_HIGH_OF: Final = re.compile(
    rf"\b(?:high|low|peak|максимум\w*|минимум\w*)\s+(?:of|в)\s+(?P<how>)(?P<value>{RATE_PATTERN})"
    r"(?!\s*(?:%|per\s?cent|points|dollars|million|billion|bn)\b)",
    FLAGS,
)
_LEFT_HIGH: Final = re.compile(r"\b(?:from|off|от)\s+[\w\s-]{0,25}$", FLAGS)
_OTHER_QUANTITY: Final = re.compile(
    r"\b(?:key|policy|interest)\s+rate|\binflation|\bindex|\bставк\w+|\bинфляци\w+", FLAGS
)


def _find_levels(text: str, before: Claim | None) -> Iterator[_Found]:
    found: list[_Found] = []
    for pattern in (_PER, _ROUBLES, _MOVED_TO, _HIGH_OF):
        for match in pattern.finditer(text):
            is_taken = any(item.overlaps(*match.span("value")) for item in found)
            if is_taken or (match.re is _HIGH_OF and _LEFT_HIGH.search(text[: match.start()])):
                continue
            currency = _currency_of_level(text, match, before)
            found += _level_claims(text, match, currency) if currency else ()
    yield from found


def _currency_of_level(text: str, match: re.Match[str], before: Claim | None) -> str:
    """The currency whose price a number is; empty where it is no rate of the rouble."""
    if match.re is _PER:
        return currency_code(match["currency"])
    head = text[: match.start()]
    subject = subject_of_rate(text, match.start())
    if match.re is _ROUBLES:
        named = re.findall(rf"\b(?:{CURRENCY})\b", head, FLAGS)
        if named:
            return currency_code(named[-1])
        is_priced = subject not in {"", "RUB", BOTH_WAYS}
        return subject if is_priced else before.currency if before is not None else ""
    if match.re is _HIGH_OF:
        subject = subject or subject_of_rate(text, len(text))
    if _OTHER_QUANTITY.search(head) or not (subject or before is not None):
        return ""
    return currency_of_text(text, before.currency if before else "USD")


_BY_AMOUNT: Final = re.compile(r"\b(?:на|by)\s+$", FLAGS)
"""Before a number of roubles that a rate changed by."""
_LEFT: Final = re.compile(r"\b(?:from|off|от)\s+(?:(?:an?|its|the|their)\s+)?$", FLAGS)
"""Before a record that a rate has left: it is not that of the day."""


def _level_claims(text: str, match: re.Match[str], currency: str) -> Iterator[_Found]:
    value, decimals = parse_number(match["value"])
    is_amount = match.re is _ROUBLES and _BY_AMOUNT.search(text[: match.start()])
    if is_amount or not 0 < value <= _MAX_RATE:
        return
    qualifier = match["how"]
    exactness = exactness_from_word(qualifier)
    if qualifier and not re.fullmatch(f"{ABOUT}|{ABOVE}|{BELOW}", qualifier, FLAGS):
        exactness = _exactness_past(text, match.start())
    claim = Claim(
        ClaimKind.LEVEL, currency, text, match[0].strip(), value, exactness, decimals,
    )  # fmt: skip
    yield _Found(claim, match.start(), match.end())


def _exactness_past(text: str, at: int) -> Exactness:
    """Whether a number that was passed was left above or below, by where the rouble went."""
    direction = rouble_direction(text, at)
    if direction:
        return Exactness.LESS if direction > 0 else Exactness.MORE
    is_of_currency = subject_of_rate(text, at) in CURRENCIES
    return Exactness.MORE if is_of_currency else Exactness.ABOUT


# ---- records


_PART_OF_PERIOD: Final = (
    r"early|mid|late|the\s+start\s+of|the\s+end\s+of|начала|начале|конца|конце|середины|середине"
    r"|spring|summer|autumn|fall|весны|лета|осени"
)
_WHEN: Final = (
    rf"(?P<when>(?:(?P<part>{_PART_OF_PERIOD})[ -](?:of\s+)?)?"
    rf"(?:(?:\d{{1,2}}\s+)?(?:{MONTH_PATTERN})\b\.?"
    r"(?:\s+\d{1,2},)?(?:\s+(?:19|20)\d\d)?|(?:19|20)\d\d))"
)
_LEVEL_WORD: Final = r"(?:\s+(?:levels?|point|rate|value|mark|reading))?"
_AGAINST_ONE: Final = (
    rf"(?:\s+(?:against|to|versus)\s+(?:both\s+)?(?:the\s+)?(?:{CURRENCY}|ro?uble)"
    rf"(?:\s+and\s+(?:the\s+)?(?:{CURRENCY}))?)?"
)
_EXTREME: Final = (
    r"(?P<word>strongest|firmest|best|highest|dearest|weakest|lowest|worst|fewest|cheapest|high|low"
    r"|peak)"
)
_GENITIVES: Final = {
    "двух": 2, "трех": 3, "трёх": 3, "четырех": 4, "четырёх": 4, "пяти": 5, "шести": 6,
    "семи": 7, "восьми": 8, "девяти": 9, "десяти": 10,
}  # fmt: skip
_COUNT: Final = rf"(?P<count>{'|'.join(_GENITIVES)}|{COUNT_PATTERN})"
_RECORDS: Final = tuple(
    re.compile(pattern, FLAGS)
    for pattern in (
        rf"\b{_EXTREME}\b{_LEVEL_WORD}{_AGAINST_ONE}(?:\s+it\s+has\s+been)?"
        rf"\s+since\s+(?:at\s+least\s+)?{_WHEN}",
        r"\b(?P<word>максимум\w*|минимум\w*|сам\w+\s+(?:крепк|высок|сильн|низк|слаб)\w+)\b"
        rf"[^.;]{{0,30}}?\s(?:с|со)\s+{_WHEN}",
        r"(?:\bnot|\bnever|n['’]t)\s+been\s+(?:this|so|as)\s+(?P<word>strong|weak|high|low|cheap)\b"
        rf"[^.;]{{0,20}}?\s+since\s+(?:the\s+)?{_WHEN}",
        r"\bне\s+был\w*\s+так\w*\s+(?P<word>дорог|деш[её]в|крепк|слаб|сильн|высок|низк)\w*\b"
        rf"[^.;]{{0,20}}?\s(?:с|со)\s+{_WHEN}",
        rf"\b(?:впервые\s+за|for\s+the\s+first\s+time\s+in)\s+(?:(?:{ABOUT}|{ABOVE})\s+)?"
        rf"(?:{_COUNT}\s+)?(?P<unit>week|month|year|недел|месяц|год|лет)\w*",
        rf"\b(?:впервые|for\s+the\s+first\s+time)\b[^.;]{{0,30}}?\s(?:с|со|since)\s+{_WHEN}",
        rf"\b(?:not|un|last)[ -]?seen\s+(?:since|in)\s+{_WHEN}",
        rf"\bне\s+(?:видел|наблюдал|был)\w*\b[^.;]{{0,25}}?\s(?:с|со)\s+{_WHEN}",
        rf"\blast\s+(?:this\s+|so\s+)?(?P<word>strong|weak|high|low|cheap)(?:er)?\s+(?:in|on)\s+{_WHEN}",
        r"\b(?P<word>сильнее|крепче|дороже|выше|слабее|дешевле|ниже)\b[^.;]{0,25}?"
        rf"\b(?:только|лишь|последний раз)\s+в\s+{_WHEN}",
        r"\bпоследний\s+раз\b[^.;]{0,40}?(?P<word>дорог|деш[её]в|крепк|слаб|сильн|высок|низк)\w*"
        rf"[^.;]{{0,40}}?\sв\s+{_WHEN}",
        rf"\b{_COUNT}[- ](?P<unit>week|month|year)s?[- ](?P<word>high|low|peak|trough)\b",
        rf"\b{_EXTREME}\b{_LEVEL_WORD}{_AGAINST_ONE}\s+(?:in|for)\s+(?:(?:{ABOUT}|{ABOVE})\s+)?"
        rf"(?:the\s+(?:past|last)\s+)?{_COUNT}\s+(?P<unit>week|month|year)s?\b",
        r"\b(?P<word>максимум\w*|минимум\w*|сам\w+\s+(?:крепк|высок|сильн|низк|слаб)\w+)"
        rf"(?:\s+(?:отмет|уровн|значен)\w+)?\s+(?:(?:{ABOUT}|{ABOVE})\s+)?за\s+(?:последн\w+\s+)?"
        rf"(?:{_COUNT}\s+)?(?P<unit>недел|месяц|год|лет)\w*",
        rf"\b(?:{_COUNT})?(?P<unit>недельн|месячн|летн|годов)\w+\s+(?P<word>максимум|минимум)\w*",
    )
)
"""Records by the period they reach back to. A form without `word` goes where the rouble went."""
_HIGH: Final = re.compile(
    r"strong\w*|firmest|best|dearest|high\w*|peak|максимум.*|сам.*(?:крепк|высок|сильн).*|сильнее|крепче"
    r"|дороже|выше|дорог|крепк|сильн|высок",
    FLAGS,
)
_STRENGTH: Final = re.compile(
    r"strong|firm|weak|(?:сам\w+\s+)?(?:крепк|сильн|слаб)|сильнее|крепче|слабее", FLAGS
)
_OF_A_RATE: Final = re.compile(r"\s+курс\w*(?!\s+(?:доллар|евро|юан))")
_ABOUT_THE_RATE: Final = re.compile(rf"{ROUBLE}|currency|{CURRENCY}|курс", FLAGS)


def _find_records(
    text: str, printed_on: date | None, before: Claim | None, levels: Sequence[_Found]
) -> Iterator[_Found]:
    taken: list[_Found] = []
    for pattern in _RECORDS:
        for match in pattern.finditer(text):
            since = _period_of_record(match, printed_on)
            is_taken = any(item.overlaps(*match.span()) for item in taken)
            if since is None or is_taken or _LEFT.search(text[: match.start()]):
                continue
            kinds = _record_kinds(text, match, before, levels)
            for kind in kinds:
                doubt = READS_TWO_WAYS if len(kinds) > 1 else ""
                claim = Claim(kind, "", text, match[0].strip(), since=since, doubt=doubt)
                item = _Found(claim, match.start(), match.end())
                currencies = _currencies_of_record(text, match, before)
                taken += [item.with_claim(currency=currency) for currency in currencies]
    yield from taken


def _currencies_of_record(text: str, match: re.Match[str], before: Claim | None) -> tuple[str, ...]:
    """The currencies of a record: "against both the dollar and the yuan" names two."""
    if AGAINST.search(match[0]):
        named = re.findall(rf"\b(?:{CURRENCY})\b", match[0], FLAGS)
        return tuple(dict.fromkeys(currency_code(word) for word in named))
    return (currency_of_text(text, before.currency if before else "USD"),)


def _record_kinds(
    text: str, match: re.Match[str], before: Claim | None, levels: Sequence[_Found]
) -> tuple[ClaimKind, ...]:
    """The kinds a record may be: one, two where two readings are left, none where it is no rate."""
    word = (match.groupdict().get("word") or "").lower()
    direction = _direction_of_record(text, match.start() if word else len(text), levels)
    subjects = _subjects_of_record(text, match, before, levels)
    if not subjects:
        return ()
    if not word:
        return _kinds_of_direction(direction)
    is_high = _HIGH.fullmatch(word) is not None
    readings = [
        ClaimKind.STRONGEST if is_high == (subject == "RUB") else ClaimKind.WEAKEST
        for subject in subjects
    ]
    agreeing = [kind for kind in readings if kind in _kinds_of_direction(direction)]
    if BOTH_WAYS in subjects[:1]:
        return _kinds_of_direction(direction)
    return (agreeing[0],) if agreeing else (ClaimKind.STRONGEST, ClaimKind.WEAKEST)


def _kinds_of_direction(direction: int) -> tuple[ClaimKind, ...]:
    both = (ClaimKind.STRONGEST, ClaimKind.WEAKEST)
    return both if not direction else both[:1] if direction > 0 else both[1:]


def _direction_of_record(text: str, at: int, levels: Sequence[_Found]) -> int:
    """Where the rouble went before a record: by a level it passed, a movement, or two levels."""
    passed = {Exactness.MORE: -1, Exactness.LESS: 1}
    for level in reversed(levels):
        if level.start < at and level.claim.exactness in passed:
            return passed[level.claim.exactness]
    values = [level.claim.value or 0.0 for level in levels if level.start < at]
    by_levels = (values[0] > values[-1]) - (values[0] < values[-1]) if values else 0
    return rouble_direction(text, at) or by_levels


def _subjects_of_record(
    text: str, match: re.Match[str], before: Claim | None, levels: Sequence[_Found]
) -> list[str]:
    """The subjects a record may have, that of the grammar first; empty where it is no rate."""
    word = (match.groupdict().get("word") or "").lower()
    if _STRENGTH.match(word) and _OF_A_RATE.match(text, match.end("word")):
        return ["RUB"]  # "доллар стоит 102 рубля, это самый слабый курс": a rate is the rouble's
    named = [subject for _, subject in reversed(find_subjects(text, match.start()))]
    named = named or [subject for _, subject in find_subjects(text, len(text))]
    if named:
        return list(dict.fromkeys(named))
    if before is not None:
        return [subject_of_rate(before.sentence, len(before.sentence)) or "RUB"]
    if not any(level.start <= match.end() for level in levels):
        return []
    return ["RUB"] if _STRENGTH.match(word) else [BOTH_WAYS]


def _period_of_record(match: re.Match[str], printed_on: date | None) -> DateMention | None:
    """The period that a record reaches back to."""
    groups = match.groupdict()
    if groups.get("when"):
        return _record_since(match["when"], match.start("when"), printed_on)
    if printed_on is None:
        return None
    count = (groups["count"] or "1").lower()
    number = _GENITIVES.get(count) or count_value(count)
    return _counted_period(number, groups["unit"].lower(), printed_on, match)


def _counted_period(count: int, unit: str, day: date, match: re.Match[str]) -> DateMention:
    """From one unit more than counted to the end of that month, or week: "a ten-month high"."""
    if unit.startswith(("week", "недел")):
        first, last = day - timedelta(weeks=count + 1), week_of(day - timedelta(weeks=count))[1]
    else:
        months = count if unit.startswith(("month", "месяц", "месячн")) else 12 * count
        one_more = months + (1 if months == count and unit.startswith(("month", "меся")) else 12)
        earliest = month_after(day, -one_more)
        first = min(earliest[0] + timedelta(days=day.day - 1), earliest[1])
        last = month_after(day, -months)[1]
    phrase = match[0].strip()
    return DateMention(phrase, match.start(), Precision.MONTH, first, last)


_THIRDS: Final = {
    (1, 3): r"early|the\s+start\s+of|начал.", (5, 8): r"mid|середин.",
    (10, 12): r"late|the\s+end\s+of|конц.", (3, 5): r"spring|весны",
    (6, 8): r"summer|лета", (9, 11): r"autumn|fall|осени",
}  # fmt: skip
"""The months meant by a part of a year."""


_YEAR_ONLY: Final = re.compile(
    rf"(?:(?P<part>{_PART_OF_PERIOD})[ -](?:of\s+)?)?(?P<year>(?:19|20)\d\d)", FLAGS
)


def _record_since(when: str, start: int, printed_on: date | None) -> DateMention | None:
    """The period that a record reaches back to, from the words for it."""
    year_only = _YEAR_ONLY.fullmatch(when)
    if year_only:
        year, part = int(year_only["year"]), year_only["part"] or ""
        months = next((m for m, p in _THIRDS.items() if re.fullmatch(p, part, FLAGS)), (1, 12))
        first, last = month_of_year(year, months[0])[0], month_of_year(year, months[1])[1]
        return DateMention(when, start, Precision.MONTH, first, last)
    month = re.sub(rf"^(?:{_PART_OF_PERIOD})[ -]", "", when, flags=FLAGS)
    phrase = month if re.search(r"\d", month) else f"in {month}"
    dates = date_mentions(phrase, DateContext(printed_on), lambda *_: False)
    if not dates or dates[0].day is None:
        return None
    return replace(dates[0], phrase=when, start=start)


# ---- changes as claims, and the day of a claim


def _find_change_claims(
    text: str, printed_on: date | None, before: Claim | None
) -> Iterator[_Found]:
    if before is None and not _ABOUT_THE_RATE.search(text):
        return
    for change in find_changes(text):
        end = change.start + len(change.phrase)
        subject = subject_of_rate(text, change.start) or _subject_after(text, change.start, end)
        if AGAINST.match(text, end + 1):
            subject = subject or "RUB"  # "it is up 27 % against the dollar"
        if not subject and before is None:
            continue
        subject = "RUB" if subject in {"", BOTH_WAYS} else subject
        rises = change.rises if subject == "RUB" else not change.rises
        since = _record_since(change.when, change.start, printed_on) if change.when else None
        if change.base == "since" and since is None:
            continue
        claim = Claim(
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
        yield _Found(claim, change.start, end)


_NEXT_CLAUSE: Final = re.compile(r"[,;—]|\b(?:while|as|and|but|а|но|и)\b", FLAGS)


def _subject_after(text: str, at: int, end: int) -> str:
    """The subject that follows a change: "Up 2 % was the rouble", «на 3 % подешевел доллар»."""
    if re.search(r"[a-z]", text[:at], FLAGS):
        return ""  # an English verb has its subject before it, here another noun
    subjects = find_subjects(text, len(text))
    return next(
        (
            subject
            for stop, subject in subjects
            if stop > end and not _NEXT_CLAUSE.search(text, end, stop)
        ),
        "",
    )


_SINCE_BEFORE: Final = re.compile(r"\b(?:since|until|till|с|со|до)\s+$", FLAGS)
_OWNER: Final = re.compile(r"['’]s\b")
_IN_FORCE: Final = re.compile(r"\b(?:на|for)\s+$", FLAGS)
_PERIOD_BOUNDARY: Final = re.compile(
    r"[,;—]|\b(?:as|after|before|while|that|which|что|после|когда|пока)\b", FLAGS
)
_PERIODS: Final = frozenset({Precision.WEEK, Precision.MONTH, Precision.YEAR})


def _own_days(
    text: str, found: Sequence[_Found], mentions: Sequence[DateMention]
) -> list[DateMention]:
    """The dates that are no part of a claim's own words and no "since"."""
    return [
        mention
        for mention in mentions
        if mention.day is not None
        and not _SINCE_BEFORE.search(text[: mention.start])
        and not _OWNER.match(text, mention.end)
        and mention.doubt != DAY_FROM_PREVIOUS_SENTENCE
        and not any(item.overlaps(mention.start, mention.end) for item in found)
    ]


def _with_day(
    text: str, item: _Found, mentions: Sequence[DateMention], printed_on: date | None
) -> Claim:
    """A claim with the day or days it speaks of: the nearest day, else a period of its clause."""
    days = [m for m in mentions if m.precision not in _PERIODS and m.day == (m.end_day or m.day)]
    if days:
        nearest = min(days, key=lambda mention: abs(mention.start - item.start))
        assert nearest.day is not None
        in_force = item.claim.market is Market.OFFICIAL and _IN_FORCE.search(text[: nearest.start])
        return replace(item.claim, day=nearest.day - timedelta(days=1 if in_force else 0))
    period = next((m for m in mentions if _is_period_of_claim(text, item, m)), None)
    if period is None or item.claim.base not in {"", "previous"}:
        return replace(item.claim, day=printed_on)
    assert period.day is not None
    assert period.end_day is not None
    first, last = period.day, period.end_day
    if printed_on is not None:
        first, last = clip_range((first, last), printed_on)
    base = "period" if item.claim.base else ""
    return replace(item.claim, first_day=first, day=last, base=base)


def _is_period_of_claim(text: str, item: _Found, mention: DateMention) -> bool:
    if mention.precision not in _PERIODS:
        return False
    if mention.start < item.start:
        between = text[mention.end : item.start]
        # "In May, the rouble …": the comma after a phrase that opens the sentence is no boundary
        between = between.lstrip(", ") if len(text[: mention.start].strip()) <= 3 else between
    else:
        between = text[item.end : mention.start]
    return not _PERIOD_BOUNDARY.search(between)
