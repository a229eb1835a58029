"""The words for currencies, numbers and how exactly they are meant."""

from __future__ import annotations

import re
from typing import Final

from dashboard.domain.article import Exactness

CURRENCIES: Final = {
    "USD": r"dollars?|greenback|USD|доллар\w*",
    "EUR": r"euros?|EUR|евро",
    "CNY": r"yuan|renminbi|CNY|юан[ьюяейм]+",
}
CURRENCY: Final = "|".join(CURRENCIES.values())
ROUBLE: Final = r"rou?bles?|RUB|Russian currency|рубл\w+|руб\."
NUMBER: Final = r"(?<![\d.,])\d{1,3}(?:[.,]\d{1,4})?(?![\d]|[.,]\d)"

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

PARTS: Final = {"quarter": 25.0, "third": 100 / 3, "half": 50.0, "fifth": 20.0, "tenth": 10.0}


def number_in(text: str) -> tuple[float, int]:
    """A number and its decimals, written with a point or a comma."""
    plain = text.replace(",", ".")
    return float(plain), len(plain.partition(".")[2])


def currency_of(word: str) -> str:
    """The code of a currency by the word for it."""
    return next(
        code for code, words in CURRENCIES.items() if re.fullmatch(words, word, re.IGNORECASE)
    )


def exactness_of(how: str | None) -> Exactness:
    """How a number is meant by the word before it; "past" needs a direction to be told."""
    for words, exactness in ((ABOVE, Exactness.MORE), (BELOW, Exactness.LESS)):
        if how and re.fullmatch(words, how, re.IGNORECASE):
            return exactness
    return Exactness.ABOUT if how else Exactness.EXACT


def subject_before(text: str, end: int) -> str:
    """Whose rate it is: `RUB`, the code of a currency, or empty where nothing is named."""
    found = [
        each
        for each in SUBJECT.finditer(text, 0, end)
        if not _OBJECT.search(text, max(0, each.start() - 16), each.start())
        and not _OBJECT_CASE.fullmatch(each[0].lower().replace("доллара", "х"))
    ]
    if not found:
        return ""
    last = found[-1]
    return "RUB" if last["rouble"] else currency_of(last[0])


def currency_in(text: str, default: str) -> str:
    """The currency that the rouble is held against in a text."""
    found = AGAINST.search(text)
    if found:
        return currency_of(found["currency"])
    named = re.search(rf"\b(?:{CURRENCY})\b", text, re.IGNORECASE)
    return currency_of(named[0]) if named else default
