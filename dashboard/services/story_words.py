"""The words of a headline as they count when two are compared: stems, numbers, and which way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"\d+|[^\W\d_]+")
_LAST_PART: Final = re.compile(r"\s+[-–—|]\s+(?P<last>[^-–—|]+)$")
_SMALL: Final = frozenset(
    {
        "a", "an", "the", "of", "to", "in", "on", "at", "by", "for", "from", "with", "and",
        "or", "as", "is", "are", "was", "be", "its", "it", "s", "says", "said", "say",
        "after", "over", "new", "will", "has", "have", "had", "that", "this", "than",
        "amid", "и", "в", "во", "на", "с", "со", "к", "ко", "по", "от", "до", "за", "из",
        "о", "об", "у", "для", "что", "как", "это", "его", "ее", "их", "при", "или", "а",
        "но", "сообщил", "сообщила", "сообщили", "заявил", "заявила", "заявили",
    }
)  # fmt: skip
"""Words that are left out; «не» and "not" are not among them, for they turn a headline round."""
_LATIN_ENDS: Final = ("ings", "ing", "ies", "ied", "ed", "es", "s")
_WAYS: Final = {
    "up": r"rais|hik|rise|rose|gain|strengthen|firm(?:s|ed)?\b|climb|jump|surg|повыс|вырос|раст"
    r"|укреп|подня",
    "down": r"cut|lower|fall|fell|weak|drop|slid|plung|slump|сниз|упал|пада|ослаб|опуст",
    "hold": r"keep|kept|hold|held|unchanged|сохран|остав|без изменен",
    "no": r"den(?:y|ies|ied)|refus|reject|not\b|no\b|never|rule[sd]? out|не\b|нет\b|опроверг"
    r"|отрица|отказ|отверг",
}
_WAY_PATTERNS: Final = {way: re.compile(rf"\b(?:{words})") for way, words in _WAYS.items()}
FEWEST: Final = 4
ALIKE: Final = 0.8
ALIKE_OVERALL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline taken apart: its stems, its numbers, and the ways it says something went."""

    stems: frozenset[str]
    numbers: frozenset[str]
    ways: frozenset[str]

    @classmethod
    def of(cls, title: str, publisher: str = "") -> Headline:
        """Take a headline apart; a publisher at its end does not count."""
        text = unicodedata.normalize("NFKC", title).casefold().replace("ё", "е")
        text = _without_publisher(title, text, publisher)
        words = [word for word in _WORD.findall(text) if word not in _SMALL]
        ways = (way for way, pattern in _WAY_PATTERNS.items() if pattern.search(text))
        return cls(
            frozenset(_stem(word) for word in words if not word.isdigit()),
            frozenset(word.lstrip("0") or "0" for word in words if word.isdigit()),
            frozenset(ways),
        )

    def likeness(self, other: Headline) -> float:
        """How much two headlines say the same: 1 where equal, 0 where they must not be one story.

        The share of the shorter one's words that stand in the other, but never across different
        numbers ("by 25", "by 50") or where only one says which way ("raises", "keeps", "denies"):
        to show one event twice is better than to hide a second one.
        """
        if self._contradicts(other):
            return 0.0
        mine, theirs = self.stems | self.numbers, other.stems | other.numbers
        shared = len(mine & theirs)
        if mine == theirs:
            return 1.0
        if min(len(mine), len(theirs)) < FEWEST or shared < ALIKE_OVERALL * len(mine | theirs):
            return 0.0
        return shared / min(len(mine), len(theirs))

    def overlap(self, other: Headline) -> float:
        """The share of the shorter one's words that stand in the other, whatever they say."""
        shorter = min(len(self.stems), len(other.stems))
        return len(self.stems & other.stems) / shorter if shorter else 0.0

    def _contradicts(self, other: Headline) -> bool:
        one_in_other = self.numbers <= other.numbers or other.numbers <= self.numbers
        if self.numbers and other.numbers and not one_in_other:
            return True
        return self.ways != other.ways


def _without_publisher(title: str, text: str, publisher: str) -> str:
    """The text without ` - Publisher` at its end: one that is known, or a short capital one."""
    found = _LAST_PART.search(title)
    if found is None:
        return text
    last = found["last"].strip()
    rest = title[: found.start()]
    known = bool(publisher) and last.casefold() in publisher.casefold()
    is_name = last[:1].isupper() and len(last.split()) <= 4 <= len(rest.split())
    if not (known or is_name):
        return text
    return unicodedata.normalize("NFKC", rest).casefold().replace("ё", "е")


def _stem(word: str) -> str:
    """A word without the end that changes with its case or number."""
    if not word.isascii():
        return word[:-2] if len(word) >= 5 else word
    end = next((each for each in _LATIN_ENDS if word.endswith(each)), "")
    return word.removesuffix(end) if len(word) - len(end) >= 3 else word
