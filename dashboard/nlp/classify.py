"""The event category proposed for a text, from weighted keywords."""

from __future__ import annotations

import re
from typing import Final

from dashboard.models.event import Category

_KEYWORDS: Final = {
    Category.NATO_REMARK: (
        (3, r"\bnato\b|нато\b"),
        (4, r"\bstoltenberg\b|\brutte\b|article[- ]5\b|столтенберг|рютте"),
    ),
    Category.SANCTIONS: (
        (3, r"sanction|blacklist|price cap|embargo|shadow fleet|freez|froze|\bswift\b"
            r"|export control|санкци|пошлин|эмбарго|потолок цен|теневого флота|замороз"),
        (2, r"\btariff|restrictions|restrictive measures|\d(?:th|st|nd|rd) package"),
        (4, r"\beu\b.{0,25}\bpackage|most-favou?red"
            r"|\bwaive[rsd]?\b|\blicen[cs]es?\b|expel\w*\b.{0,30}diplomat|secondary tariff"
            r"|cap on \w+ (?:seaborne )?(?:crude|oil)|normal trade status|money-laundering"
            r"|вторичн\w+ (?:пошлин|тариф)|высыла\w+ дипломат|выслал\w* .{0,20}дипломат"),
        (3, r"\bban(?:s|ned|ning)?\b.{0,40}(?:invest|import|export|bank|debt|bond|food|gold|oil)"
            r"|\bbar(?:s|red)\b.{0,30}(?:bank|debt|bond)"
            r"|запрет\w* .{0,30}(?:импорт|экспорт|инвест)"),
    ),
    Category.MONETARY_POLICY: (
        (3, r"key rate|interest rate|policy rate|monetary policy|purchases of foreign currency"
            r"|foreign-currency revenue|basis points|ключев\w+ ставк|денежно-кредитн"
            r"|покупк\w+ валют|exporters to sell|курс\w* рубля|базисн\w+ пункт"),
        (2, r"bank of russia|central bank|inflation|foreign currency|capital control|board meeting"
            r"|trading in|the board|банк\w? россии|центробанк|инфляци|валют"),
    ),
    Category.PEACE_TALKS: (
        (4, r"halt strikes|stop the war|end(?:ing)? the war|peace talks|energy truce"
            r"|prisoner (?:swap|exchange)|grain deal|pullback|troops? .{0,25}back to base"
            r"|return to base|обмен\w* пленны|зернов\w+ сделк"),
        (3, r"ceasefire|cease-fire|truce|negotiat|mediat|\bpeace|settlement|security guarantee"
            r"|diplomatic solution|dialogue|direct talks|to sign\b|will sign|\d+-point plan"
            r"|memorand\w+|minerals (?:agreement|deal)"
            r"|переговор|перемири|урегулирован|мирн(?:ый|ого|ом|ые)|прекращени\w огня|медиаци"
            r"|меморандум"),
        (2, r"\btalks\b|delegation|(?:first|second|third) (?:\w+ )?round|envoy|witkoff|kushner"
            r"|umerov|meeting of the presidents|the sides|diplomacy|foreign ministers? me(?:t|et)"
            r"|compromise|breakthrough|импульс|послов|уиткофф|умеров|делегаци|раунд|спецпосланник"),
        (1, r"ukraine deal|\bproposals?\b|\bterms\b|\bcontacts\b|\bsides\b|предложени"),
    ),
    Category.ESCALATION: (
        (3, r"missile|\bdrones?\b|strikes?\b|attack|offensive|invad|invasion|mobili[sz]"
            r"|shell(?:ed|ing|s)\b|bomb|troops|annex|military aid"
            r"|military operation|\btanks\b|breakaway|defen[cs]e spending|nuclear"
            r"|\bsho(?:o?t)s? down|airspace|explosion|\bblasts?\b|poison|use of force|war crimes"
            r"|\bkill(?:s|ed|ings?)\b|warplane|fighter jet|martial law|arms treaty|new start"
            r"|(?:weapons?|arms) (?:deliver|suppl|shipment)|aid (?:bill|package)|atacms|oreshnik"
            r"|ракет|дрон|беспилотник|атаков|атак[аиуе]|удар|мобилизац|наступлени|вторжени|обстрел"
            r"|сбит\w?\b|сбил|истребител|воздушн\w+ пространств|взрыв|отравлен|погиб|орешник"
            r"|военн\w+ помощ|поставк\w+ (?:оружия|вооружени)|ядерн"),
        (2, r"\bseiz\w+|\bdestroy\w*|\bfighting\b|\bfighters\b|\bwithdraw\w* from (?:kh|the city)"
            r"|navy|warship|threatens?\b|\bforces? (?:cross|enter)|(?<!price )\bwar\b"
            r"|accession|joining russia"
            r"|угроз|угрожа|захват|уничтож|войн[аыуе]\b"),
    ),
    Category.ENERGY: (
        (2, r"\bgas\b|\boil\b|opec|pipeline|\blng\b|crude|refiner|barrel|hormuz|transit of"
            r"|nord stream|gazprom|tankers?\b|\bfuel\b|petrol|diesel"
            r"|нефт|\bгаз\b|газа\b|опек|баррел|газопровод|газпром|танкер|бензин|топлив"),
        (2, r"opec\+?|refiner(?:y|ies)\b|oil (?:price|output|depot|terminal)|gas (?:price|flow)"
            r"|cut\w* (?:off )?(?:gas|output|production)|нпз\b|цен\w* на (?:нефть|газ)|добыч"),
    ),
    Category.LEADER_CALL_OR_SUMMIT: (
        (3, r"summit|phone call|by phone|state visit|oval office|face[- ]to[- ]face"
            r"|video (?:call|summit)|телефонн\w+ разговор|по телефону|саммит"
            r"|государственн\w+ визит"),
        (4, r"\btelephones\b"),
    ),
    Category.DOMESTIC: (
        (2, r"\bbudget|\btax(?:es)?\b|\bvat\b|deficit|election|\bduma\b|referendum|reshuffle"
            r"|бюджет|налог|\bндс\b|дефицит|выборы|госдум|законопроект|правительств"),
        (3, r"\bjunk\b|downgrad|credit rating|\bdefaults?\b|moody|\bfitch\b|navalny|prigozhin"
            r"|\bwagner\b|inaugurat|presidency|constitution|resigns?\b|gunmen"
            r"|stock (?:market|exchange)|equity trading|share trading|bond payment"
            r"|names? .{0,30}minister"
            r"|рейтинг|дефолт|навальн|пригожин|вагнер|инаугурац|конституци|отставк|теракт"),
    ),
}  # fmt: skip
_PATTERNS: Final = {
    category: tuple((weight, re.compile(pattern, re.IGNORECASE)) for weight, pattern in rules)
    for category, rules in _KEYWORDS.items()
}
_LEADER: Final = (
    r"(?:putin|trump|zelensk\w+|biden|xi|macron|merz|erdogan|modi|starmer|leaders"
    r"|путин|трамп|зеленск|байден|макрон|мерц|эрдоган|стармер)\w*"
)
_LEADERS_MEET: Final = re.compile(
    rf"\b{_LEADER}.{{0,60}}\b(?:met|meets?|spoke|speaks|visits?|hosts?|hosted|talked|встрет\w+"
    rf"|поговори\w+|провел\w?)\b.{{0,60}}\b(?:{_LEADER}|white house|kremlin|phone|анкоридж\w?)"
    rf"|\b{_LEADER}[-–]{_LEADER}|\bcalls?\b.{{0,30}}\bwith {_LEADER}"
    rf"|\b{_LEADER}\s+tells?\s+{_LEADER}"
    rf"|\b{_LEADER},?\s+(?:and|и)\s+(?:\w+\s+){{0,2}}{_LEADER}\s+(?:met|meet|speak|spoke|hold"
    r"|held|talked|agree|встрет\w+|поговори\w+|провели)",
    re.IGNORECASE,
)


def category_of_text(text: str) -> Category:
    """The category whose words weigh most; the first of the list where two weigh the same."""
    weights = {
        category: sum(weight for weight, pattern in rules if pattern.search(text))
        for category, rules in _PATTERNS.items()
    }
    if _LEADERS_MEET.search(text):
        weights[Category.LEADER_CALL_OR_SUMMIT] += 4
    best = max(weights, key=lambda category: weights[category])
    return best if weights[best] else Category.OTHER
