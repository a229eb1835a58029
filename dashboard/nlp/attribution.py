"""Attribution: reporting and action verbs, and the person or institution each belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dashboard.nlp.dates import MONTH_PATTERN, WEEKDAY_PATTERN

# ---- names


PERSONS: Final = {
    "Alexander Lukashenko": r"Lukashenk[oa]|Лукашенко",
    "Alexander Novak": r"Novak|Новак\w{0,2}",
    "Andrii Sybiha": r"Sybiha|Сибиг\w",
    "Andriy Yermak": r"Yermak|Ермак\w{0,2}",
    "Anton Siluanov": r"Siluanov|Силуанов\w{0,2}",
    "Antony Blinken": r"Blinken|Блинкен\w{0,2}",
    "António Costa": r"Costa",
    "Dmitry Medvedev": r"Medvedev|Медведев\w{0,2}",
    "Dmitry Peskov": r"Peskov|Песков\w{0,2}",
    "Donald Trump": r"Trump|Трамп\w{0,2}",
    "Elvira Nabiullina": r"Nabiullina|Набиуллин\w{1,2}",
    "Emmanuel Macron": r"Macron|Макрон\w{0,2}",
    "Friedrich Merz": r"Merz|Мерц\w{0,2}",
    "Igor Sechin": r"Sechin|Сечин\w{0,2}",
    "JD Vance": r"Vance|Вэнс\w{0,2}",
    "Janet Yellen": r"Yellen|Йеллен",
    "Jens Stoltenberg": r"Stoltenberg|Столтенберг\w{0,2}",
    "Jerome Powell": r"Powell|Пауэлл\w{0,2}",
    "Joe Biden": r"Biden|Байден\w{0,2}",
    "Kaja Kallas": r"Kallas|Каллас",
    "Keir Starmer": r"Starmer|Стармер\w{0,2}",
    "Keith Kellogg": r"Kellogg|Келлог\w{0,2}",
    "Kirill Dmitriev": r"Dmitriev|Дмитриев\w{0,2}",
    "Marco Rubio": r"Rubio|Рубио",
    "Maria Zakharova": r"Zakharova|Захаров(?:а|ой|у)",
    "Mark Rutte": r"Rutte|Рютте",
    "Maxim Reshetnikov": r"Reshetnikov|Решетников\w{0,2}",
    "Mikhail Mishustin": r"Mishustin|Мишустин\w{0,2}",
    "Narendra Modi": r"Modi|Моди",
    "Olaf Scholz": r"Scholz|Шольц\w{0,2}",
    "Pete Hegseth": r"Hegseth|Хегсет\w{0,2}",
    "Recep Tayyip Erdogan": r"Erdo[gğ]an|Эрдоган\w{0,2}",
    "Rustem Umerov": r"Umerov|Умеров\w{0,2}",
    "Scott Bessent": r"Bessent|Бессент\w{0,2}",
    "Sergei Lavrov": r"Lavrov|Лавров\w{0,2}",
    "Sergei Ryabkov": r"Ryabkov|Рябков\w{0,2}",
    "Sergei Shoigu": r"Shoigu|Шойгу",
    "Steve Witkoff": r"Witkoff|Уиткофф\w{0,2}|Виткофф\w{0,2}",
    "Ursula von der Leyen": r"von der Leyen|фон дер Ляйен",
    "Viktor Orban": r"Orb[aá]n|Орбан\w{0,2}",
    "Vladimir Medinsky": r"Medinsky|Мединск\w{2,3}",
    "Vladimir Putin": r"Putin|Путин\w{0,2}",
    "Volodymyr Zelensky": r"Zelensk(?:y|yy|iy|yi|i)|Зеленск\w{2,3}",
    "Wally Adeyemo": r"Adeyemo|Адейемо",
    "Xi Jinping": r"Xi(?: Jinping)?|Си Цзиньпин\w?",
    "Yuri Ushakov": r"Ushakov|Ушаков\w{0,2}",
}
"""Persons by the last part of their names; what stands before it may differ."""

INSTITUTIONS: Final = {
    "Bank of Russia": r"Bank of Russia|Russia['’]s central bank|Russian central bank"
    r"|Central Bank of Russia|CBR|Банк\w? России|ЦБ(?: РФ)?|Центробанк\w{0,2}",
    "Central bank": r"[Tt]he central bank",
    "European Central Bank": r"European Central Bank|ECB|ЕЦБ",
    "Federal Reserve": r"Federal Reserve|the Fed|ФРС",
    "European Council": r"Council of the (?:European Union|EU)|European Council|[Tt]he Council"
    r"|Совет\w? ЕС|Евросовет\w?",
    "European Commission": r"European Commission|Commission|Еврокомисси\w",
    "European Parliament": r"European Parliament|Европарламент\w?",
    "Kremlin": r"Kremlin|Кремл[ьяюе]\w?",
    "State Duma": r"State Duma|Duma|Госдум\w|Государственн\w{2} дум\w",
    "Federation Council": r"Federation Council|Совет\w? Федерации|Совфед\w?",
    "US Treasury": r"(?:U\.?S\.? )?Treasury(?: Department)?|OFAC|Минфин\w? США",
    "State Department": r"(?:U\.?S\.? )?State Department|Госдеп\w*",
    "White House": r"White House|Бел(?:ый|ого|ом) дом\w?",
    "Pentagon": r"Pentagon|Пентагон\w?",
    "US Congress": r"(?:U\.?S\.? )?(?:Senate|Congress|House of Representatives)|Конгресс\w? США"
    r"|Сенат\w? США",
    "Finance Ministry of Russia": r"(?:Russian |Russia['’]s )?(?:[Ff]inance [Mm]inistry"
    r"|[Mm]inistry of [Ff]inance)|Минфин\w?(?: РФ| России)?",
    "Economy Ministry of Russia": r"(?:Russian )?[Ee]conomy [Mm]inistry|Минэкономразвити\w",
    "Foreign Ministry of Russia": r"(?:Russian |Russia['’]s )?[Ff]oreign [Mm]inistry"
    r"|МИД\w?(?: РФ| России)?",
    "Defence Ministry of Russia": r"(?:Russian |Russia['’]s )?[Dd]efen[cs]e [Mm]inistry"
    r"|Минобороны(?: РФ| России)?",
    "OPEC+": r"OPEC\+?|ОПЕК\+?",
    "NATO": r"NATO|Nato|НАТО",
    "G7": r"G7|Group of Seven|\bG-7|Больш\w{2} семерк\w",
    "IMF": r"IMF|International Monetary Fund|МВФ",
    "United Nations": r"United Nations|UN Security Council|U\.N\.|ООН",
    "Gazprom": r"Gazprom|Газпром\w{0,2}",
    "Rosneft": r"Rosneft|Роснефт[ьи]",
    "Lukoil": r"Lukoil|Лукойл\w?",
    "Moscow Exchange": r"Moscow Exchange|MOEX|Мос(?:ковск\w{2} )?бирж\w",
    "European Union (EU)": r"European Union|EU(?: leaders)?|ЕС|Евросоюз\w?|Стран\w ЕС"
    r"|European leaders",
    "United States": r"United States|U\.S\.|US|USA|Washington|США|Вашингтон\w?",
    "United Kingdom": r"United Kingdom|Britain|UK|London|Великобритани\w|Лондон\w?",
    "Ukraine": r"Ukraine|Kyiv|Kiev|Украин\w|Киев\w?",
    "Russia": r"Russia|Moscow|Росси\w|Москв\w",
    "China": r"China|Beijing|Кита[йяюе]|Пекин\w?",
    "India": r"India|New Delhi|Инди[яию]",
    "Turkey": r"Turkey|Türkiye|Ankara|Турци\w|Анкар\w",
    "Iran": r"Iran|Tehran|Иран\w?|Тегеран\w?",
    "Germany": r"Germany|Berlin|Германи\w|Берлин\w?",
    "France": r"France|Paris|Франци\w|Париж\w?",
}
"""Institutions and states; the first that fits a place in the text is taken."""


def _names_pattern(names: dict[str, str]) -> re.Pattern[str]:
    groups = (f"(?P<n{number}>{pattern})" for number, pattern in enumerate(names.values()))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(groups)})(?![\w])")


PERSON: Final = _names_pattern(PERSONS)
INSTITUTION: Final = _names_pattern(INSTITUTIONS)


def person_name(match: re.Match[str]) -> str:
    """The full name of a person who was found."""
    return _matched_name(match, PERSONS)


def institution_name(match: re.Match[str]) -> str:
    """The name of an institution that was found."""
    return _matched_name(match, INSTITUTIONS)


def _matched_name(match: re.Match[str], names: dict[str, str]) -> str:
    assert match.lastgroup is not None
    return tuple(names)[int(match.lastgroup[1:])]


# ---- verbs


REPORTING_VERBS: Final = re.compile(
    r"""\b(?:said|says|told|tells|announc(?:es|ed)|warn(?:s|ed)|call(?:s|ed)|writes|wrote|add(?:s|ed)
    |(?-i:stat(?:es|ed))|declar(?:es|ed)|insist(?:s|ed)|den(?:ies|ied)|confirm(?:s|ed)|accus(?:es|ed)
    |demand(?:s|ed)|suggest(?:s|ed)|argu(?:es|ed)|promis(?:es|ed)|vow(?:s|ed)|pledg(?:es|ed)
    |threaten(?:s|ed)|urg(?:es|ed)|welcom(?:es|ed)|reject(?:s|ed)|propos(?:es|ed)|repeat(?:s|ed)
    |reiterat(?:es|ed)|acknowledg(?:es|ed)|admit(?:s|ted)|describ(?:es|ed)|report(?:s|ed)
    |rul(?:es|ed)\ out|float(?:s|ed)|sp(?:oke|eaks)\ of|announce|warn|say|tell|reject|insist
    |comment(?:s|ed)|declin(?:es|ed)|posted|tweeted|signal(?:s|led)|hint(?:s|ed)|claim(?:s|ed)
    |predict(?:s|ed)|mention(?:s|ed)|explain(?:s|ed)|noted|notes|asked|replied|responded
    |заяви(?:л|ла|ло|ли)|сказа(?:л|ла|ли)|сообщи(?:л|ла|ло|ли)|сообща(?:ет|ют)|отмети(?:л|ла|ли)
    |назва(?:л|ла|ли)|предупреди(?:л|ла|ли)|пригрози(?:л|ла|ли)|пообеща(?:л|ла|ли)|призва(?:л|ла|ли)
    |подчеркну(?:л|ла|ли)|доба(?:вил|вила|вили)|написа(?:л|ла|ли)|объяви(?:л|ла|ли)|подтверди(?:л|ла|ли)
    |рассказа(?:л|ла|ли)|указа(?:л|ла|ли)|уточни(?:л|ла|ли)|поясни(?:л|ла|ли)|отказа(?:лся|лась|лись)
    |прокомментирова(?:л|ла|ли)|выска(?:зался|залась)|допусти(?:л|ла|ли)|опроверг(?:ла|ли)?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Reporting verbs; each is followed or preceded by its speaker."""

ACTION_VERBS: Final = re.compile(
    r"""\b(?:adopt(?:s|ed)|approv(?:es|ed)|impos(?:es|ed)|lift(?:s|ed)|cuts?|raised|raises|lowered
    |lowers|hiked|kept|keeps|signed|signs|met|meets?|held|holds?|hosts?|hosted|spoke|speaks|agreed?
    |agrees|launch(?:es|ed)|attack(?:s|ed)|invaded|invades|bombed|struck|strikes?|fired|shelled
    |captured|annexed|recogni[sz]ed|ordered|orders|suspended|suspends|pauses|paused|halted|halts
    |stopped|blacklisted|sanctioned|banned|bans|froze|freezes|seized|doubled|more\ than\ doubled
    |voted|votes|visit(?:s|ed|\ the)|arrived|travel(?:s|led)|resigned|dismissed|appointed|elected
    |extend(?:s|ed)|renew(?:s|ed)|join(?:s|ed)|withdr(?:ew|aws)|walked|proposed|published|publishes
    |decided?|decides|set|sets|transferred|exchanged|deliver(?:s|ed)|sent|sends|blocked|vetoed
    |called\ off|cancel(?:s|led)|postponed|delayed|declared|flow(?:s|ed|ing)|exploded|recognised
    |утверди(?:л|ла|ло|ли)|приня(?:л|ла|ло|ли)|вве(?:л|ла|ло|ли)|сня(?:л|ла|ли)|подписа(?:л|ла|ли)
    |повыси(?:л|ла|ли)|снизи(?:л|ла|ли)|сохрани(?:л|ла|ли)|прове(?:л|ла|ли)|встрети(?:лся|лась|лись)
    |договори(?:лся|лась|лись)|атакова(?:л|ла|ли)|удари(?:л|ла|ли)|обстреля(?:л|ла|ли)
    |уда́рил|нанес(?:ла|ли)?|нан[её]с|остановил(?:а|и)?|приостанови(?:л|ла|ли)|прекрати(?:л|ла|ли)
    |расшири(?:л|ла|ли)|продли(?:л|ла|ли)|согласова(?:л|ла|ли)|одобри(?:л|ла|ли)|отправи(?:л|ла|ли)
    |прилете(?:л|ла|ли)|прибы(?:л|ла|ли)|запрети(?:л|ла|ли)|внес(?:ла|ли)?|вн[её]с|обсуди(?:л|ла|ли)
    |поговори(?:л|ла|ли)|проголосова(?:л|ла|ли)|ввод(?:ит|ят)|назначи(?:л|ла|ли))\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Verbs of actions that are news on their own."""

PAST_TENSE: Final = re.compile(
    r"\b(?!need|speed|indeed|hundred|exceed|based|armed|united)[a-z]{2,}ed\b"
    r"|\b(?!капитал|материал|журнал|канал|потенциал|сигнал|начала|генерал|финал|тыла|сила|числ|дел)"
    r"[а-яё]{2,}[аиеуяоы]л(?:а|о|и|ся|ась|ось|ись)?\b"
)
"""Any other word that looks like a past tense; it counts where a known name stands before it."""

FUTURE_MARKERS: Final = re.compile(
    r"""\b(?:will|shall|would|due|scheduled|plan(?:s|ned)?|planning|expected|upcoming|set\ to
    |is\ set|are\ set|to\ meet|to\ hold|to\ visit|to\ speak|to\ decide|going\ to|about\ to|next
    |буд(?:ет|ут)|состо(?:ится|ятся)|пройд[её]т|намерен\w*|планиру\w+|ожида\w+|запланирован\w*
    |предсто\w+|встретится|встретятся|рассмотрит|проведут|проведет)\b""",
    re.IGNORECASE | re.VERBOSE,
)
CLAUSE_END: Final = re.compile(
    r"[;:—–]|,\s+(?:while|but|and|whereas|who|which|where|when|а|но|и|тогда\s+как)\b"
    r"|\s+while\s+|\s+whereas\s+",
    re.IGNORECASE,
)


def refers_to_future(sentence: str, start: int, end: int) -> bool:
    """Whether a date inside a sentence belongs to the future.

    The nearest future marker or verb before it in its clause decides; where there is none, the
    first after it does.
    """
    clause_start = max((m.end() for m in CLAUSE_END.finditer(sentence, 0, start)), default=0)
    last_future = _last_match(FUTURE_MARKERS, sentence, clause_start, start)
    last_verb = max(
        _last_match(REPORTING_VERBS, sentence, clause_start, start),
        _last_match(ACTION_VERBS, sentence, clause_start, start),
    )
    if last_future >= 0 or last_verb >= 0:
        return last_future >= last_verb or (
            last_future >= 0 and _is_infinitive(sentence, last_verb)
        )
    stop = CLAUSE_END.search(sentence, end)
    until = stop.start() if stop else len(sentence)
    first_future = FUTURE_MARKERS.search(sentence, end, until)
    verbs = [
        match for p in (REPORTING_VERBS, ACTION_VERBS) if (match := p.search(sentence, end, until))
    ]
    first_verb = min((match.start() for match in verbs), default=len(sentence))
    return first_future is not None and first_future.start() < first_verb


def _last_match(pattern: re.Pattern[str], sentence: str, start: int, end: int) -> int:
    return max((m.start() for m in pattern.finditer(sentence, start, end)), default=-1)


def _is_infinitive(sentence: str, at: int) -> bool:
    """Whether a future auxiliary governs the verb: "will meet", "is to decide"."""
    before = sentence[:at].rstrip().lower()
    return before.endswith((" will", " to", " would", " shall", " not"))


# ---- speakers


_OBJECT_PREPOSITION: Final = re.compile(
    r"\b(?:with|to|of|by|from|for|against|about|at|in|on|than|near|via|through|with\s+the|of\s+the"
    r"|by\s+the|с|со|к|для|от|из|о|об|про|против|у|при|в|на|по)\s+"
    rf"(?:(?!(?i:{WEEKDAY_PATTERN}|{MONTH_PATTERN})\b)[A-Z][\w.-]+\s+){{0,3}}$"
)
_POSSESSIVE: Final = re.compile(r"['’]s?\b")
_CONJUNCTION: Final = re.compile(r"(?:\s*,)?\s+(?:and|и)\s+(?:[\w.-]+\s+){0,3}$", re.IGNORECASE)
_PART_END: Final = re.compile(r",\s|\bthat\b|\bwhich\b|\bчто\b|[—–:]")
_FIRST_PERSON: Final = re.compile(r"\b(?:I|we|We|you|You|я|Я|мы|Мы)\b")
_THIRD_PERSON: Final = re.compile(r"\b(?:he|she|He|She|он|она|Он|Она)\s+(?:\w+\s+){0,3}$")
_PHRASE_BEFORE_VERB: Final = re.compile(r"((?:[\w’'.-]+\s+){0,4}[\w’'.-]+)\s*$")
_INVERTS: Final = re.compile(
    r"said|says|told|tells|wrote|writes|adds|added|announced|warned|asked|replied|noted|stated",
    re.IGNORECASE,
)
_SPEAKER_END: Final = re.compile(
    r"[,;:.!?](?:\s|$)|\b(?:that|on|in|at|after|it|he|she|during|about|что|после)\b"
)
_DETERMINER: Final = re.compile(
    r"^(?:(?:the|a|an|his|her|their|late|early|on|in|but|and|had|has|have|also|then|last|this|next"
    r"|who|as|week|month|earlier|later)\s+)+", re.IGNORECASE,
)  # fmt: skip
_NO_NAME: Final = re.compile(r"(?:it|they|this|that|there|who|which|is|was|has|had|\d.*)?", re.I)


@dataclass(frozen=True, slots=True)
class Verb:
    """A reporting or action verb, and its position."""

    start: int
    end: int
    says: bool
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """The speaker; `is_known` where the name is listed above, not only a word before the verb."""

    name: str
    is_known: bool


def find_verbs(text: str) -> list[Verb]:
    """The reporting and action verbs, in their order."""
    verbs = [Verb(m.start(), m.end(), True) for m in REPORTING_VERBS.finditer(text)]
    reporting_spans = {(verb.start, verb.end) for verb in verbs}
    verbs += [
        Verb(m.start(), m.end(), False)
        for m in ACTION_VERBS.finditer(text)
        if m.span() not in reporting_spans
    ]
    taken = {position for verb in verbs for position in range(verb.start, verb.end)}
    verbs += [
        Verb(m.start(), m.end(), says=False, is_weak=True)
        for m in PAST_TENSE.finditer(text)
        if m.start() not in taken
    ]
    return sorted(verbs, key=lambda verb: verb.start)


def find_speaker(text: str, verb: Verb, last_person: str) -> Speaker | None:
    """The speaker of a verb; None where that is the author or is not known.

    Args:
        text: the clause.
        verb: the verb in it.
        last_person: the person "he" refers to.
    """
    before = text[: verb.start]
    verb_text = text[verb.start : verb.end]
    is_inverted = _INVERTS.fullmatch(verb_text) or not verb_text.isascii()
    if verb.says and is_inverted and re.search(r"[,\"”»—–]\s*$", before):
        named = _speaker_after(text, verb)
        if named is not None:
            return named
    clause_part = before[_part_start(before) :]
    if _FIRST_PERSON.search(clause_part):
        return None
    person = _person_in(before)
    if person:
        return Speaker(person, is_known=True)
    if _THIRD_PERSON.search(before):
        return Speaker(last_person, is_known=True) if last_person else None
    institution = _institution_in(before)
    if institution:
        return Speaker(institution, is_known=True)
    return _speaker_directly_after(text, verb) or (
        _unlisted_speaker(clause_part) if verb.says else None
    )


_ROLE: Final = (
    r"(?:spokes\w+|aide|adviser|envoy|negotiator|governor|chief|head|minister|secretary|president)"
)


def person_of_institution(text: str, name: str) -> str:
    """Who speaks for an institution, as "Kremlin spokesman Dmitry Peskov"; else its name."""
    if name not in INSTITUTIONS:
        return name
    pattern = re.compile(
        rf"(?<![\w-])(?:{INSTITUTIONS[name]})(?:['’]s)?\s+{_ROLE}\s+(?:[A-Z]\w+\s+)?$"
    )
    for person in PERSON.finditer(text):
        if pattern.search(text[max(0, person.start() - 60) : person.start()]):
            return person_name(person)
    return name


def last_person_named(text: str) -> str:
    """The last person named, empty where there is none."""
    matches = list(PERSON.finditer(text))
    return person_name(matches[-1]) if matches else ""


def is_first_person(text: str) -> bool:
    """Whether the author speaks in the first person or to the reader."""
    return _FIRST_PERSON.search(text) is not None


def _part_start(before: str) -> int:
    return max((m.end() for m in _PART_END.finditer(before)), default=0)


def _person_in(before: str) -> str:
    """The last person before the verb who is no object, or the first of those joined by "and"."""
    subjects = [m for m in PERSON.finditer(before) if _is_subject(before, m)]
    if not subjects:
        return ""
    chosen = subjects[-1]
    for earlier in reversed(subjects[:-1]):
        between = before[earlier.end() : chosen.start()]
        if not _CONJUNCTION.fullmatch(between):
            break
        chosen = earlier
    return person_name(chosen)


def _institution_in(before: str) -> str:
    start = _part_start(before)
    for position in (start, 0):
        subjects = [m for m in INSTITUTION.finditer(before, position) if _is_subject(before, m)]
        if subjects:
            return institution_name(subjects[0])
    match = INSTITUTION.search(before)
    is_owner = match is not None and _POSSESSIVE.match(before, match.end())
    if match is None or not is_owner:
        return ""
    return " ".join(before[match.start() : match.start() + 80].split())


def _is_subject(before: str, match: re.Match[str]) -> bool:
    is_owner = _POSSESSIVE.match(before, match.end())
    return not is_owner and not _OBJECT_PREPOSITION.search(
        before, max(0, match.start() - 80), match.start()
    )


def _speaker_after(text: str, verb: Verb) -> Speaker | None:
    """The speaker after the verb: “…,” said Kallas."""
    rest = text[verb.end : verb.end + 160]
    stop = _SPEAKER_END.search(rest)
    rest = rest[: stop.start()] if stop else rest
    person, institution = PERSON.search(rest), INSTITUTION.search(rest)
    if person:
        return Speaker(person_name(person), is_known=True)
    if institution:
        return Speaker(institution_name(institution), is_known=True)
    named = re.match(r"\s+((?:[A-ZА-ЯЁ][\w’'-]+\s*){1,4})", rest)
    return Speaker(named[1].strip(), is_known=False) if named else None


def _speaker_directly_after(text: str, verb: Verb) -> Speaker | None:
    """A name directly after the verb, as in Russian: «заявил Песков»."""
    person = PERSON.search(text, verb.end, verb.end + 60)
    if person and not re.search(r"[,;:.]", text[verb.end : person.start()]):
        is_russian = not text[verb.start : verb.end].isascii()
        return Speaker(person_name(person), is_known=True) if is_russian else None
    return None


def _unlisted_speaker(before: str) -> Speaker | None:
    match = _PHRASE_BEFORE_VERB.search(before)
    name = _DETERMINER.sub("", match[1]).strip() if match else ""
    return None if _NO_NAME.fullmatch(name) else Speaker(name[:80], is_known=False)
