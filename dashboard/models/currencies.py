"""Currencies by their ISO 4217 code, currency pairs, and the subject of a rate series.

A unit such as `UAH per USD` states both currencies of a pair: the base, of which one unit is
priced (USD), and the quote, in which it is priced (UAH). The *subject* of a series is what its
moves are moves of: "the hryvnia 0.3 % stronger". It is one of the two currencies, or, where a
series is no pair, the thing that it counts, which goes up or down.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dashboard.models.errors import InputError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _

NEWS_CURRENCY: Final = "RUB"
"""The currency that the shipped events and the claims in articles are about."""
AS_QUOTED_OPTION: Final = "as-quoted"
"""The quote of a file of rates whose columns say themselves what they count."""
UNCHANGED_BELOW: Final = 5e-5
"""A move of fewer log points has no direction."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its ISO 4217 code, and its English noun in the singular and the plural."""

    code: str
    noun: str
    plural: str


# Of the two currencies of a pair, the one further down is its subject unless the series says
# otherwise: a pair with the dollar is about the other currency, a pair with the rouble about it.
CURRENCIES: Final = {
    currency.code: currency
    for currency in (
        Currency("USD", deferred("dollar"), deferred("dollars")),
        Currency("EUR", deferred("euro"), deferred("euros")),
        Currency("GBP", deferred("pound"), deferred("pounds")),
        Currency("JPY", deferred("yen"), deferred("yen")),
        Currency("CHF", deferred("franc"), deferred("francs")),
        Currency("CNY", deferred("yuan"), deferred("yuan")),
        Currency("HKD", deferred("Hong Kong dollar"), deferred("Hong Kong dollars")),
        Currency("CAD", deferred("Canadian dollar"), deferred("Canadian dollars")),
        Currency("AUD", deferred("Australian dollar"), deferred("Australian dollars")),
        Currency("NOK", deferred("Norwegian krone"), deferred("Norwegian kroner")),
        Currency("SEK", deferred("Swedish krona"), deferred("Swedish kronor")),
        Currency("CZK", deferred("Czech koruna"), deferred("Czech korunas")),
        Currency("HUF", deferred("forint"), deferred("forints")),
        Currency("PLN", deferred("zloty"), deferred("zlotys")),
        Currency("RON", deferred("Romanian leu"), deferred("Romanian lei")),
        Currency("TRY", deferred("lira"), deferred("liras")),
        Currency("ILS", deferred("shekel"), deferred("shekels")),
        Currency("AED", deferred("dirham"), deferred("dirhams")),
        Currency("INR", deferred("rupee"), deferred("rupees")),
        Currency("KRW", deferred("won"), deferred("won")),
        Currency("BRL", deferred("real"), deferred("reais")),
        Currency("ZAR", deferred("rand"), deferred("rand")),
        Currency("MXN", deferred("Mexican peso"), deferred("Mexican pesos")),
        Currency("UAH", deferred("hryvnia"), deferred("hryvnias")),
        Currency("BYN", deferred("Belarusian rouble"), deferred("Belarusian roubles")),
        Currency("KZT", deferred("tenge"), deferred("tenge")),
        Currency("GEL", deferred("lari"), deferred("lari")),
        Currency("AMD", deferred("dram"), deferred("drams")),
        Currency("AZN", deferred("manat"), deferred("manats")),
        Currency("MDL", deferred("Moldovan leu"), deferred("Moldovan lei")),
        Currency("KGS", deferred("Kyrgyz som"), deferred("Kyrgyz soms")),
        Currency("UZS", deferred("Uzbek sum"), deferred("Uzbek sums")),
        Currency("TJS", deferred("somoni"), deferred("somonis")),
        Currency("RUB", deferred("rouble"), deferred("roubles")),
    )
}
_CODE_ORDER: Final = {code: at for at, code in enumerate(CURRENCIES)}

_UNIT: Final = re.compile(r"([A-Z]{3}) per ([A-Z]{3})")
_QUOTE_OPTION: Final = re.compile(r"([a-z]{3})-per-([a-z]{3})", re.ASCII)
_NAMED_UNIT: Final = re.compile(r"([A-Z]{3})[ _-]PER[ _-]([A-Z]{3})")
_NAMED_PAIR: Final = re.compile(r"([A-Z]{3})[/_ -]?([A-Z]{3})(?:[^A-Z0-9].*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CurrencyPair:
    """How many units of `quote` one unit of `base` costs; both are ISO 4217 codes."""

    base: str
    quote: str

    @property
    def unit(self) -> str:
        """`UAH per USD`."""
        return f"{self.quote} per {self.base}"

    @property
    def inverse_unit(self) -> str:
        """`USD per UAH`."""
        return f"{self.base} per {self.quote}"

    @property
    def is_about_quote(self) -> bool:
        """Whether the subject is the quote currency by the order of `CURRENCIES`.

        A currency that is not among them comes after those that are.
        """
        last = len(_CODE_ORDER)
        return _CODE_ORDER.get(self.quote, last) > _CODE_ORDER.get(self.base, last)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the moves of a series are moves of, in the forms that a sentence needs.

    Attributes:
        code: the ISO 4217 code of a currency; empty for anything else.
        noun: `rouble`, `Brent crude`.
        name: as the subject of a sentence: `the rouble`, `Brent crude`.
        title: at the beginning of a sentence or as a heading: `Rouble`, `Brent crude`.
        up: the direction of a positive move: `stronger`, `up`.
        down: the direction of a negative move: `weaker`, `down`.
    """

    code: str
    noun: str
    name: str
    title: str
    up: str
    down: str

    @property
    def is_currency(self) -> bool:
        """Whether it is a currency, which gets stronger and weaker."""
        return bool(self.code)

    def direction(self, log_points: float) -> str:
        """`up` or `down` of the subject, or `unchanged`; empty where there is no move (NaN)."""
        if math.isnan(log_points):
            return ""
        if is_unchanged(log_points):
            return "unchanged"
        return self.up if log_points > 0 else self.down


def is_unchanged(log_points: float) -> bool:
    """Whether a move is too small to have a direction."""
    return abs(log_points) < UNCHANGED_BELOW


def currency_of(code: str) -> Currency:
    """A currency; one that is not in the table goes by its code."""
    return CURRENCIES.get(code) or Currency(code, code, code)


def currency_subject(code: str) -> Subject:
    """A currency as the subject of a pair."""
    noun = translate_deferred(currency_of(code).noun)
    name = _("the {noun}", noun=noun) if code in CURRENCIES else noun
    title = f"{noun[:1].upper()}{noun[1:]}"
    return Subject(code, noun, name, title, "stronger", "weaker")


def thing_subject(title: str) -> Subject:
    """The subject of a series that is no pair: its title without the publisher."""
    name = thing_name(title)
    return Subject("", name, name, name, "up", "down")


def thing_name(title: str) -> str:
    """The title of a series without its publisher: `Brent crude`."""
    return title.partition(",")[0]


def name_unit(unit: str) -> str:
    """A unit in the language in use: `RUB per USD`; one that nobody translated as it is."""
    pair = pair_of_unit(unit)
    if pair is None:
        return translate_deferred(unit)
    counted, base = (pair.quote, pair.base) if unit == pair.unit else (pair.base, pair.quote)
    return _("{counted} per {base}", counted=counted, base=base)


@lru_cache(maxsize=512)
def pair_of_unit(unit: str) -> CurrencyPair | None:
    """The currencies of a unit such as `UAH per USD`; None for another unit."""
    match = _UNIT.fullmatch(unit)
    return CurrencyPair(match[2], match[1]) if match else None


def pair_of_name(name: str) -> CurrencyPair | None:
    """The pair that a column or a title names, of known currencies; None where it names none.

    `USD/UAH`, `usd_uah_nbu` and `USDUAH` price the dollar in hryvnias, the market's notation;
    so does `UAH per USD`.
    """
    text = name.strip().upper()
    match = _NAMED_UNIT.fullmatch(text)
    if match:
        return _known_pair(match[2], match[1])
    match = _NAMED_PAIR.fullmatch(text)
    return _known_pair(match[1], match[2]) if match else None


def pair_of_option(quote: str) -> CurrencyPair | None:
    """The pair of a quote option such as `uah-per-usd`; None for `as-quoted`.

    Raises:
        InputError: it is neither, or a code is not in `CURRENCIES`.
    """
    if quote == AS_QUOTED_OPTION:
        return None
    match = _QUOTE_OPTION.fullmatch(quote)
    pair = _known_pair(match[2].upper(), match[1].upper()) if match else None
    if pair is None:
        shown = "".join(c for c in quote if c.isprintable())[:40]
        message = _(
            "is no quote; choose {option}, or two of {codes} written like rub-per-usd",
            option=AS_QUOTED_OPTION,
            codes=", ".join(CURRENCIES),
        )
        raise InputError(message, field="quote", value=shown)
    return pair


def _known_pair(base: str, quote: str) -> CurrencyPair | None:
    is_known = base != quote and base in CURRENCIES and quote in CURRENCIES
    return CurrencyPair(base, quote) if is_known else None
