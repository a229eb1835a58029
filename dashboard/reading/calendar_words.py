"""The words for days, months and spans in English and Russian, as patterns and as numbers."""

from __future__ import annotations

import re
from typing import Final

_WEEKDAYS: Final = (
    ("monday|mon", "понедельник(?:а|у|ом|е)?"),
    ("tuesday|tues?", "вторник(?:а|у|ом|е)?"),
    ("wednesday|wed", "сред(?:а|у|ы|е|ой)"),
    ("thursday|thurs?|thu", "четверг(?:а|у|ом|е)?"),
    ("friday|fri", "пятниц(?:а|у|ы|е|ей)"),
    ("saturday|sat", "суббот(?:а|у|ы|е|ой)"),
    ("sunday|sun", "воскресень(?:е|я|ю|ем)"),
)
_MONTHS: Final = (
    ("january|jan", "январ(?:ь|я|е|ю|ем)"),
    ("february|feb", "феврал(?:ь|я|е|ю|ем)"),
    ("march|mar", "март(?:а|е|у|ом)?"),
    ("april|apr", "апрел(?:ь|я|е|ю|ем)"),
    ("may", "ма(?:й|я|е|ю|ем)"),
    ("june|jun", "июн(?:ь|я|е|ю|ем)"),
    ("july|jul", "июл(?:ь|я|е|ю|ем)"),
    ("august|aug", "август(?:а|е|у|ом)?"),
    ("september|sept?", "сентябр(?:ь|я|е|ю|ем)"),
    ("october|oct", "октябр(?:ь|я|е|ю|ем)"),
    ("november|nov", "ноябр(?:ь|я|е|ю|ем)"),
    ("december|dec", "декабр(?:ь|я|е|ю|ем)"),
)

WEEKDAY: Final = "|".join(f"{english.split('|')[0]}|{russian}" for english, russian in _WEEKDAYS)
"""Whole names only: "sun" and "sat" are words of their own."""
MONTH: Final = "|".join(f"{english}|{russian}" for english, russian in _MONTHS)

NUMBER_WORDS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "один": 1, "одну": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6,
    "семь": 7, "восемь": 8, "девять": 9, "десять": 10,
}  # fmt: skip
NUMBER: Final = "|".join([r"\d{1,3}", *NUMBER_WORDS])


def weekday_of(word: str) -> int:
    """The number of a weekday, Monday = 0."""
    return _index(word, _WEEKDAYS)


def month_of(word: str) -> int:
    """The number of a month, January = 1."""
    return _index(word, _MONTHS) + 1


def number_of(word: str) -> int:
    """A small number, written in digits or in words."""
    return int(word) if word.isdigit() else NUMBER_WORDS[word.lower()]


def _index(word: str, names: tuple[tuple[str, str], ...]) -> int:
    word = word.lower().rstrip(".")
    found = (n for n, pair in enumerate(names) if re.fullmatch("|".join(pair), word))
    return next(found)
