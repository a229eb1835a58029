"""The category that a statement is proposed for, from the words in it."""

from __future__ import annotations

import re
from typing import Final

from dashboard.domain.event import Category

_WORDS: Final = {
    Category.NATO_REMARK: ((3, r"\bnato\b|нато\b"),),
    Category.SANCTIONS: (
        (3, r"sanction|blacklist|price cap|embargo|shadow fleet|freez|froze|\bswift\b"
            r"|export control|санкци|пошлин|эмбарго|потолок цен|теневого флота|замороз"),
        (2, r"\btariff|restrictions|restrictive measures|\d(?:th|st|nd|rd) package"),
    ),
    Category.MONETARY_POLICY: (
        (3, r"key rate|interest rate|policy rate|monetary policy|purchases of foreign currency"
            r"|ключев\w+ ставк|денежно-кредитн|покупк\w+ валют|exporters to sell|курс\w* рубля"),
        (2, r"bank of russia|central bank|inflation|foreign currency|capital control|board meeting"
            r"|trading in|the board|банк\w? россии|центробанк|инфляци|валют"),
    ),
    Category.PEACE_TALKS: (
        (4, r"halt strikes|stop the war|end the war|peace talks|energy truce"),
        (3, r"ceasefire|cease-fire|truce|negotiat|mediat|\bpeace|settlement|security guarantee"
            r"|diplomatic solution|dialogue|direct talks|to sign\b|will sign"
            r"|переговор|перемири|урегулирован|мирн(?:ый|ого|ом|ые)|прекращени\w огня|медиаци"),
        (2, r"\btalks\b|delegation|second round|envoy|meeting of the presidents|the sides"
            r"|compromise|breakthrough|импульс|послов"),
    ),
    Category.ESCALATION: (
        (3, r"missile|\bdrones?\b|strikes?\b|attack|offensive|invad|invasion|mobili[sz]"
            r"|shelled|bomb|troops|annex|military aid"
            r"|military operation|\btanks\b|breakaway|defen[cs]e spending|nuclear"
            r"|ракет|дрон|беспилотник|атаков|атак[аиуе]|удар|мобилизац|наступлени|вторжени|обстрел"),
    ),
    Category.ENERGY: (
        (2, r"\bgas\b|\boil\b|opec|pipeline|\blng\b|crude|refiner|barrel|hormuz|transit of"
            r"|nord stream|нефт|\bгаз\b|газа\b|опек|баррел|газопровод"),
    ),
    Category.LEADER_CALL_OR_SUMMIT: (
        (3, r"summit|phone call|by phone|\bsaммит|саммит|телефонн\w+ разговор|по телефону"),
    ),
    Category.DOMESTIC: (
        (2, r"\bbudget|\btax\b|\bvat\b|deficit|election|\bduma\b|referendum|cabinet reshuffle"
            r"|бюджет|налог|\bндс\b|дефицит|выборы|госдум|законопроект|правительств"),
    ),
}  # fmt: skip
_PATTERNS: Final = {
    category: tuple((weight, re.compile(words, re.IGNORECASE)) for weight, words in rules)
    for category, rules in _WORDS.items()
}
_LEADER: Final = (
    r"(?:putin|trump|zelensk\w+|biden|xi|macron|merz|erdogan|modi|starmer|leaders"
    r"|путин|трамп|зеленск|байден|макрон|мерц|эрдоган|стармер)\w*"
)
_LEADERS_MEET: Final = re.compile(
    rf"\b{_LEADER}.{{0,60}}\b(?:met|meets?|spoke|speaks|visits?|hosts?|hosted|talked|встрет\w+"
    rf"|поговори\w+|провел\w?)\b.{{0,60}}\b(?:{_LEADER}|white house|kremlin|phone|анкоридж\w?)"
    rf"|\b{_LEADER},?\s+(?:and|и)\s+(?:\w+\s+){{0,2}}{_LEADER}\s+(?:met|meet|spoke|hold|held|talked"
    r"|встрет\w+|поговори\w+|провели)",
    re.IGNORECASE,
)


def kind_of_news(text: str) -> Category:
    """The category whose words weigh most; the first of the list where two weigh the same."""
    weights = {
        category: sum(weight for weight, pattern in rules if pattern.search(text))
        for category, rules in _PATTERNS.items()
    }
    if _LEADERS_MEET.search(text):
        weights[Category.LEADER_CALL_OR_SUMMIT] += 4
    best = max(weights, key=lambda category: weights[category])
    return best if weights[best] else Category.OTHER
