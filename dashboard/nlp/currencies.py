"""The currencies of a sentence: the subject of a rate, where the rouble went, and the market."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from dashboard.models.article import Exactness, Market

FLAGS: Final = re.IGNORECASE

# ---- currencies, numbers, qualifiers


CURRENCIES: Final = {
    "USD": r"dollars?|greenback|USD|(?:US|U\.S\.|American) currency|доллар\w*"
    r"|американск\w+ валют\w+",
    "EUR": r"euros?|EUR|евро",
    "CNY": r"yuan|renminbi|CNY|юан[ьюяейм]+",
}
CURRENCY: Final = "|".join(CURRENCIES.values())
ROUBLE: Final = (
    r"ro?ubles?|RUB|Russian currency|Russia['’]s currency|рубл\w+|руб\.|российск\w+ валют\w+"
)
RATE_PATTERN: Final = r"(?<![\d.,])\d{1,3}(?:[.,]\d{1,4})?(?![\d]|[.,]\d)"
ARTICLES: Final = r"(?:(?:the|one|a|each|US|U\.S\.|Chinese|один)\s+)*"

ABOUT: Final = (
    r"(?:somewhere\s+)?around|about|roughly|nearly|almost|near|some|approximately|close to"
    r"|just short of|около|примерно|почти|порядка|приблизительно|чуть меньше"
)
ABOVE: Final = (
    r"above|over|more than|beyond|at least|topped|exceed(?:s|ed)|weaker than|слабее|выше|свыше"
    r"|более(?:\s+чем)?|больше(?:\s+чем)?|превысил[аи]?"
)
BELOW: Final = (
    r"below|under|less than|stronger than|крепче|сильнее|ниже|менее(?:\s+чем)?|меньше(?:\s+чем)?"
)
PAST: Final = r"past|through|за отметку|отметку"
QUALIFIER: Final = rf"(?P<how>{ABOUT}|{ABOVE}|{BELOW}|{PAST})"

FRACTIONS: Final = {
    "quarter": 25.0, "third": 100 / 3, "half": 50.0, "fifth": 20.0, "tenth": 10.0,
    "четверть": 25.0, "треть": 100 / 3, "половину": 50.0, "пятую часть": 20.0,
}  # fmt: skip


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


# ---- the subject of a claim
#
# The subject is the last noun before the claim that is no object: "against the U.S. dollar" and
# "82 roubles" are objects, a "rouble index" is no currency. It is held against the movement that
# stands before it: a rouble that strengthened does not stand at its weakest.


BOTH_WAYS: Final = "?"
"""The subject of a rate that may be counted either way: "the rouble's exchange rate"."""
_NOUN: Final = re.compile(
    r"(?P<both>\bro?uble(?:['’]s)?(?:[-–/ ](?:to[- ])?(?:the )?dollar)?(?: exchange)? rate\b"
    r"|\bexchange rate of the ro?uble\b)"
    r"|(?P<pair>\bUSD/?RUB\b|\bdollar[-–/]ro?uble\b)"
    rf"|(?P<rouble>\b(?:{ROUBLE}|the currency)(?!\w))|(?P<currency>\b(?:{CURRENCY})\b)",
    FLAGS,
)
_OBJECT: Final = re.compile(
    r"(?:\d\s*|\b(?:to|per|against|versus|for|a|in|за|к|на|buy|buying|bought|sell|selling|sold)\s+"
    rf"{ARTICLES})$",
    FLAGS,
)
_OBJECT_CASE: Final = re.compile(r"доллару|рублю|рублей|рубля", FLAGS)
_ATTRIBUTE: Final = re.compile(
    r"[\s-]+(?:index|bonds?|assets?|terms|liquidity|deposits?|denominated|revenues?|loans?)\b",
    FLAGS,
)
CONTINUES: Final = re.compile(r"\W*(?:(?:now|and|but)\s+)?(?:its?|he|она?|его|это)\b", FLAGS)
AGAINST: Final = re.compile(
    r"\b(?:against|versus|to|per|за|к)\s+(?:both\s+)?(?:the\s+)?(?:US\s+|U\.S\.\s+|Chinese\s+)?"
    rf"(?P<currency>{CURRENCY})\b",
    FLAGS,
)


_OBJECT_REACH: Final = 40
"""Letters before a noun in which the word that makes it an object stands."""


def find_subjects(text: str, end: int) -> list[tuple[int, str]]:
    """The subjects before a position: where each ends, and `RUB`, a currency or `BOTH_WAYS`."""
    return [subject for subject in _all_subjects(text) if subject[0] <= end]


@lru_cache(maxsize=32)
def _all_subjects(text: str) -> tuple[tuple[int, str], ...]:
    subjects = []
    for match in _NOUN.finditer(text):
        before = text[max(0, match.start() - _OBJECT_REACH) : match.start()]
        is_object = _OBJECT.search(before) or _OBJECT_CASE.fullmatch(match[0])
        if is_object or _ATTRIBUTE.match(text, match.end()):
            continue
        code = "RUB" if match["rouble"] else BOTH_WAYS if match["both"] else "USD"
        subjects.append((match.end(), currency_code(match[0]) if match["currency"] else code))
    return tuple(subjects)


def subject_of_rate(text: str, end: int) -> str:
    """The subject of a rate: `RUB`, the code of a currency, or empty where none is named."""
    subjects = find_subjects(text, end)
    return subjects[-1][1] if subjects else ""


def currency_of_text(text: str, default: str) -> str:
    """The currency that the rouble is held against in a text."""
    match = AGAINST.search(text)
    if match:
        return currency_code(match["currency"])
    named = re.search(rf"\b(?:{CURRENCY})\b", text, re.IGNORECASE)
    return currency_code(named[0]) if named else default


UP: Final = (
    r"gains? of|gain(?:s|ed)?|rise of|ris(?:en|es)|rose"
    r"|strengthen(?:s|ed)?|appreciat(?:es|ed)|added|adds|firm(?:s|ed)"
    r"|ralli(?:es|ed)|increas(?:es|ed)|advanced|jumped|surged|climbed|soared|recovered|bounced|rebounded|up|higher|stronger|firmer"
    r"|gaining|rising|strengthening|firming|climbing|adding|jumping"
    r"|укрепил(?:ся|ась)|подорожал[аи]?|вырос(?:ла|ло|ли)?|прибавил[аи]?|окреп(?:ла)?"
    r"|поднял(?:ся|ась|ось)|взлетел[аи]?|превысил[аи]?"
)
DOWN: Final = (
    r"lost|loss of|drop of|fall of"
    r"|loses?|fall(?:en|s)|fell|weaken(?:s|ed)?|depreciat(?:es|ed)|dropped|slid|tumbled|sank"
    r"|plunged|decreas(?:es|ed)|shed|down|lower|weaker|slipped|declined|eased"
    r"|losing|falling|weakening|slipping|dropping|sliding|easing|shedding"
    r"|ослаб(?:ла)?|подешевел[аи]?|упал[аи]?|потерял[аи]?|снизил(?:ся|ась)|обесценил(?:ся|ась)"
    r"|опустил(?:ся|ась)|рухнул[аи]?"
)
_MOVE: Final = re.compile(rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN}))\b", FLAGS)
_OTHER_CLAUSE: Final = re.compile(r"\b(?:as|while|whereas|because|despite)\b", FLAGS)


def rouble_direction(text: str, end: int) -> int:
    """Where the rouble went by the last movement before a position: 1 stronger, -1 weaker, or 0."""
    return next((sign for stop, sign in reversed(_all_movements(text)) if stop <= end), 0)


@lru_cache(maxsize=32)
def _all_movements(text: str) -> tuple[tuple[int, int], ...]:
    """Where each movement of the rouble ends, and its direction."""
    movements = []
    for match in _MOVE.finditer(text):
        subjects = find_subjects(text, match.start())
        if not subjects or subjects[-1][1] == BOTH_WAYS:
            continue
        stop, subject = subjects[-1]
        if not _OTHER_CLAUSE.search(text, stop, match.start()):
            sign = 1 if (match["up"] is not None) == (subject == "RUB") else -1
            movements.append((match.end(), sign))
    return tuple(movements)


# ---- the market of a claim


MARKETS: Final = {
    Market.OFFICIAL: r"official (?:exchange )?rate|central bank['’]?s? (?:exchange )?rate"
    r"|официальн\w+ курс\w*|курс\w* (?:ЦБ|Банка России)",
    Market.OTC: r"over[- ]the[- ]counter|\bOTC\b|interbank|offshore|внебиржев\w+|межбанк\w*",
    Market.FUTURE: r"\bfutures?\b(?=[\w ]* (?:on|for|contract|fell|rose|trad))|фьючерс\w*",
    Market.EXCHANGE: r"Moscow (?:Stock )?Exchange|\bMOEX\b|on the exchange"
    r"|Московск\w+ бирж\w+|Мосбирж\w+|(?<!не)биржев\w+|на бирже",
}
"""The words for the market that a number was made in."""
_MARKET: Final = re.compile(
    "|".join(f"(?P<{market.name}>{pattern})" for market, pattern in MARKETS.items()), FLAGS
)
_MARKET_CLAUSE: Final = re.compile(r"[;,—]\s|\s(?:while|whereas)\s", FLAGS)


def market_of_claim(text: str, start: int) -> Market | None:
    """The market named in the part of a sentence that a claim is in, or the only one of it.

    A future that is traded on the exchange is a future.
    """
    named = _named_markets(text)
    if not named:
        return None
    cuts = [match.start() for match in _MARKET_CLAUSE.finditer(text)]
    first = max((cut for cut in cuts if cut <= start), default=0)
    last = min((cut for cut in cuts if cut > start), default=len(text))
    inside = {market: abs(at - start) for at, market in named if first <= at < last}
    if Market.FUTURE in inside:
        return Market.FUTURE
    if inside:
        return min(inside, key=lambda market: inside[market])
    markets = {market for _, market in named}
    earlier = [market for at, market in named if at < start]
    return markets.pop() if len(markets) == 1 else earlier[-1] if earlier else None


@lru_cache(maxsize=32)
def _named_markets(text: str) -> tuple[tuple[int, Market], ...]:
    return tuple((match.start(), _market_of(match)) for match in _MARKET.finditer(text))


def _market_of(match: re.Match[str]) -> Market:
    assert match.lastgroup is not None
    return Market[match.lastgroup]
